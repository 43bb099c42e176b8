//! `round … per item`: each item is worked out as if it were a line of its own; `round … per receipt`:
//! all rows of a unit are rounded as one and shared back.

use super::Fault;
use super::accrual::{Chosen, Done, Leaf, Work};
use super::around::Level;
use super::explain::Reason;
use super::value::Basket;
use crate::plan::{NumField, Round, RuleId};
use crate::syntax::ast::RoundScope;
use crate::value::{Amount, Exact, Rounding};

impl<'a> Work<'a> {
    /// `round … per item`: each whole item, then what is left of the quantity.
    pub(super) fn rounded_by_item(
        &self,
        id: RuleId,
        leaf: Leaf<'a>,
        chosen: &[u16],
        round: Round,
        decimals: u32,
    ) -> Result<Amount, Fault> {
        let mut sum = Amount::ZERO;
        for at in chosen {
            let at = usize::from(*at);
            let quantity = self.basket.number(at, NumField::Quantity)?;
            let rest = Amount::from_micros(quantity.micros() % Amount::SCALE);
            let whole = Exact::whole(quantity.micros() / Amount::SCALE);
            let parts = if quantity.is_positive() {
                [(Amount::ONE, whole), (rest, Exact::ONE)]
            } else {
                [(quantity, Exact::ONE); 2]
            };
            for (size, times) in parts.into_iter().take(if quantity.is_positive() { 2 } else { 1 }) {
                if quantity.is_positive() && (size.is_zero() || times.is_zero()) {
                    continue;
                }
                let exact = self.exact_of_part(id, leaf, at, size, quantity)?.unwrap_or(Exact::ZERO);
                let item = Exact::from(exact.round(round.mode, decimals)?);
                sum = sum.plus(item.times(times)?.round(Rounding::Down, 6)?)?;
            }
        }
        Ok(sum)
    }

    /// The exact award of `size` out of the `quantity` of one line.
    fn exact_of_part(
        &self,
        id: RuleId,
        leaf: Leaf<'a>,
        at: usize,
        size: Amount,
        quantity: Amount,
    ) -> Result<Option<Exact>, Fault> {
        let one = at..at.saturating_add(1);
        let Some(lines) = self.basket.lines.get(one.clone()) else { return Ok(None) };
        let paid = self.basket.paid.get(one).unwrap_or_default();
        let share = if quantity.is_positive() { Exact::from(size).over(Exact::from(quantity))? } else { Exact::ONE };
        // Rules that looked at the line look at its part.
        let looks = |lines: &Option<Chosen>| {
            let fits = lines.as_ref().is_some_and(|lines| lines.iter().any(|line| usize::from(*line) == at));
            fits.then(|| Chosen::from_slice(&[0]))
        };
        let done = Done {
            chosen: self.done.chosen.iter().map(looks).collect(),
            given: self.done.given.clone(),
            ..Done::default()
        };
        let basket = Basket { lines, paid, values: self.basket.values, part: Some(share) };
        let work = Work {
            plan: self.plan,
            index: self.index,
            frame: self.frame,
            basket,
            kind: self.kind,
            action: self.action,
            friend: self.friend,
            rooms: self.rooms,
            done: Box::new(done),
            trace: None,
        };
        let leaf = work.leaves(id).into_iter().find(|own| own.is_same(&leaf));
        leaf.map_or(Ok(None), |leaf| work.exact(id, leaf, &[0]))
    }

    /// On which lines a rule fires; else why it does not.
    pub(super) fn fires(&self, id: RuleId) -> Result<Result<Chosen, Reason>, Fault> {
        let mut chosen = Chosen::new();
        Ok(self.misses(id, &mut chosen)?.map_or(Ok(chosen), Err))
    }

    /// The lines that a rule is worked out on: in a group that chooses for each line, those that it keeps.
    fn keeps(&self, id: RuleId) -> Result<Option<Chosen>, Fault> {
        let group = self.plan.rule(id).group.map(|group| self.plan.group(group)).filter(|group| group.per_line);
        let Some(group) = group else { return Ok(self.fires(id)?.ok()) };
        let mut by_name = group.rules.clone();
        by_name.sort_unstable();
        let looks = by_name.iter().map(|rule| Ok(self.fires(*rule)?.ok())).collect::<Result<Vec<_>, Fault>>()?;
        let won = self.lines_won(&by_name, &looks, group.by_worth)?;
        Ok(by_name.iter().zip(won).find(|(rule, lines)| **rule == id && !lines.is_empty()).map(|(_, lines)| lines))
    }

    /// `round … per receipt`: what the rules want that round so is added up for each unit and recipient,
    /// rounded as one and shared back by largest remainder.
    pub(super) fn round_receipt(&mut self, rules: &[RuleId]) -> Result<(), Fault> {
        let mut rows: Vec<(RuleId, Leaf<'a>, Round, Exact)> = Vec::new();
        let mut sorted = rules.to_vec();
        sorted.sort_unstable();
        for id in sorted {
            let rule = self.plan.rule(id);
            let leaves = self.leaves(id);
            let own = leaves.iter().all(|leaf| leaf.source.0 == id && !leaf.quotes());
            let scope = |leaf: &Leaf<'_>| rule.round.unwrap_or(self.plan.unit(leaf.unit()).round);
            if !own || leaves.iter().all(|leaf| scope(leaf).scope != RoundScope::Receipt) {
                continue;
            }
            let Some(chosen) = self.keeps(id)? else { continue };
            for leaf in leaves {
                let round = scope(&leaf);
                let received = Level::from(leaf.give().recipient).links() <= self.frame.referrers;
                let in_force = self.plan.unit(leaf.unit()).in_force.on(self.frame.at.day);
                if round.scope == RoundScope::Receipt
                    && received
                    && in_force
                    && let Some(exact) = self.exact(id, leaf, &chosen)?
                {
                    // What is below zero gives nothing, and takes nothing from others.
                    rows.push((id, leaf, round, if exact.is_negative() { Exact::ZERO } else { exact }));
                }
            }
        }
        while let Some((rule, first, round, _)) = rows.first().copied() {
            let same = |id: RuleId, leaf: &Leaf<'_>, other: Round| {
                (id == rule || ![id, rule].into_iter().any(|id| self.plan.is_one_of_several(self.plan.rule(id))))
                    && leaf.unit() == first.unit()
                    && leaf.give().recipient == first.give().recipient
                    && other.mode == round.mode
            };
            let (mine, others): (Vec<_>, Vec<_>) =
                rows.into_iter().partition(|(id, leaf, round, _)| same(*id, leaf, *round));
            rows = others;
            let decimals = self.plan.unit(first.unit()).decimals;
            let exact: Vec<Exact> = mine.iter().map(|(.., exact)| *exact).collect();
            let parts = by_remainder(&exact, round.mode, decimals)?;
            self.done.shared.extend(mine.iter().zip(parts).map(|((id, leaf, ..), part)| (*id, leaf.act(), part)));
        }
        Ok(())
    }
}

/// An amount in proportion to exact weights, by largest remainder; without any weight the first takes it.
pub(super) fn share_exactly(amount: Amount, weights: &[Exact], decimals: u32) -> Result<Vec<Amount>, Fault> {
    let sum = weights.iter().try_fold(Exact::ZERO, |sum, weight| sum.plus(*weight))?;
    let mut parts = Vec::with_capacity(weights.len());
    for (at, weight) in weights.iter().enumerate() {
        let first = if at == 0 { Exact::ONE } else { Exact::ZERO };
        let share = if sum.is_zero() { first } else { weight.over(sum)? };
        parts.push(Exact::from(amount).times(share)?);
    }
    by_remainder(&parts, Rounding::Down, decimals)
}

/// The rounded sum: each part rounded down, the rest in smallest steps to the largest remainders.
fn by_remainder(exact: &[Exact], mode: Rounding, decimals: u32) -> Result<Vec<Amount>, Fault> {
    let mut sum = Exact::ZERO;
    let mut parts = Vec::with_capacity(exact.len());
    for one in exact {
        sum = sum.plus(*one)?;
        parts.push(one.round(Rounding::Down, decimals)?);
    }
    let mut left = sum.round(mode, decimals)?;
    let mut order: Vec<(Exact, usize)> = Vec::with_capacity(exact.len());
    for (at, (one, part)) in exact.iter().zip(&parts).enumerate() {
        left = left.minus(*part)?;
        order.push((one.minus(Exact::from(*part))?, at));
    }
    order.sort_by(|(one, at), (other, other_at)| {
        other.compare(*one).unwrap_or(std::cmp::Ordering::Equal).then(at.cmp(other_at))
    });
    let step = Amount::from_micros(10_i64.pow(6_u32.saturating_sub(decimals)));
    for (_, at) in order {
        if left >= step
            && let Some(part) = parts.get_mut(at)
        {
            *part = part.plus(step)?;
            left = left.minus(step)?;
        }
    }
    Ok(parts)
}
