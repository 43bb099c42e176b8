//! `round … per item`: each item is worked out as if it were a line of its own; `round … per receipt`:
//! all rows of a unit are rounded as one and shared back.

use super::Fault;
use super::accrual::{Chosen, Done, Leaf, Work};
use super::value::Basket;
use crate::plan::{Measured, NumField, Round, RuleId};
use crate::ty::event::Datum;
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
        let Some(mut line) = self.basket.lines.get(at).cloned() else { return Ok(None) };
        let share = if quantity.is_positive() { Exact::from(size).over(Exact::from(quantity))? } else { Exact::ONE };
        let part = |whole: Amount| Exact::from(whole).times(share)?.round(Rounding::HalfUp, 6);
        line.amount = part(line.amount)?;
        line.discount = part(line.discount)?;
        line.quantity = size;
        for value in &mut line.values {
            if let Datum::Number(number) = value {
                *number = part(*number)?;
            }
        }
        let paid = [part(self.basket.paid.get(at).copied().unwrap_or_default())?];
        let lines = [line];
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
        let basket = Basket { lines: &lines, paid: &paid, values: self.basket.values };
        let work = Work {
            plan: self.plan,
            index: self.index,
            frame: self.frame,
            basket,
            kind: self.kind,
            action: self.action,
            friend: self.friend,
            rooms: self.rooms,
            done,
            trace: None,
        };
        let leaf = work.leaves(id).into_iter().find(|own| own.is_same(&leaf));
        leaf.map_or(Ok(None), |leaf| work.exact(id, leaf, &[0]))
    }

    /// `round … per receipt`: the rows of a unit are rounded as one and shared back by largest remainder.
    pub(super) fn round_receipt(&mut self) -> Result<(), Fault> {
        use crate::syntax::ast::RoundScope;
        for (at, unit) in self.plan.units.iter().enumerate() {
            let Round { mode, scope: RoundScope::Receipt } = unit.round else { continue };
            let mut rows: Vec<usize> = Vec::new();
            let mut total = Exact::ZERO;
            for (row, award) in self.done.awards.iter().enumerate() {
                let own = self.plan.rule(award.rule).round.is_some();
                if award.unit.index() == at && !own && award.given == award.wanted && !award.exact.is_negative() {
                    rows.push(row);
                    total = total.plus(award.exact)?;
                }
            }
            self.share_back(&rows, total.round(mode, unit.decimals)?, unit.decimals)?;
        }
        Ok(())
    }

    pub(super) fn share_back(&mut self, rows: &[usize], total: Amount, decimals: u32) -> Result<(), Fault> {
        let weights: Vec<Amount> = rows
            .iter()
            .filter_map(|row| self.done.awards.get(*row))
            .map(|award| award.exact.round(Rounding::Down, 6).unwrap_or(Amount::ZERO))
            .collect();
        let plan = self.plan;
        let step = 10_i64.pow(6_u32.saturating_sub(decimals));
        let parts = crate::value::share_out(total, &weights, step)?;
        for (row, part) in rows.iter().zip(parts) {
            if let Some(award) = self.done.awards.get_mut(*row) {
                let before = award.given;
                award.wanted = part;
                award.given = part;
                for charge in &mut award.charges {
                    if matches!(plan.limit(charge.limit).measured, Measured::Units(_)) && before.is_positive() {
                        let share = Exact::from(charge.amount).over(Exact::from(before))?;
                        charge.amount = share.times(Exact::from(part))?.round(Rounding::Down, decimals)?;
                    }
                }
            }
        }
        Ok(())
    }
}
