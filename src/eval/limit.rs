//! Limits: the least of what is wanted and the room in each.

use super::Fault;
use super::account::{Charge, Key, Room};
use super::accrual::{Award, Chosen, Leaf, Work};
use super::around::Level;
use super::formula;
use super::rounding::share_exactly;
use super::value::Val;
use crate::plan::{Limit, LimitId, LimitKey, Measured, OverLimit, RuleId, TextField};
use crate::ty::event::Datum;
use crate::value::{Amount, Exact, Rounding, share_out};
use smallvec::SmallVec;

/// What a limit leaves of an award.
struct Left {
    /// How many units.
    allowed: Amount,
    /// What is charged for them, by key.
    charges: Charged,
}

/// What is charged, by key; mostly one.
type Charged = SmallVec<[(Key, Amount); 1]>;

impl<'a> Work<'a> {
    /// Cuts an award to the least room of its own limits and its rule's, and notes what each is charged.
    pub(super) fn limit_award(&mut self, award: &mut Award, leaf: Leaf<'a>, chosen: &[u16]) -> Result<(), Fault> {
        let plan = self.plan;
        award.given = award.wanted;
        let own =
            if leaf.give().limits.is_empty() || award.source.0 != award.rule { &[][..] } else { &leaf.give().limits };
        let rule = plan.rule(award.rule);
        if own.is_empty() && rule.limits.is_empty() {
            return Ok(());
        }
        let one_act = rule.acts.len() == 1;
        let all = own.iter().map(|limit| (*limit, award.level));
        // Several gives share the room of a rule's limit: that is cut when all are worked out.
        let of_rule = rule.limits.iter().filter(|limit| one_act || !self.is_shared(**limit));
        let all: SmallVec<[(LimitId, Level); 4]> =
            all.chain(of_rule.map(|limit| (*limit, if one_act { award.level } else { Level::MEMBER }))).collect();
        if all.is_empty() || award.wanted.is_zero() {
            return Ok(());
        }
        let mut least = award.wanted;
        let mut lefts: SmallVec<[(Amount, Amount, Charged); 2]> = SmallVec::new();
        for (id, level) in &all {
            let mut left = self.left(award, *id, *level, award.wanted, chosen)?;
            let mut allowed = left.allowed;
            if matches!(plan.limit(*id).over, OverLimit::AllOrNothing) && allowed < award.wanted {
                allowed = Amount::ZERO;
                left.charges.iter_mut().for_each(|(_, amount)| *amount = Amount::ZERO);
            }
            least = least.min(allowed);
            lefts.push((award.wanted.minus(allowed)?, allowed, left.charges));
        }
        let mut extra = Amount::ZERO;
        for ((id, level), (cut, allowed, charged)) in all.iter().zip(lefts) {
            let limit = plan.limit(*id);
            match &limit.over {
                OverLimit::Then(formula) if cut.is_positive() => {
                    extra = extra.max(self.fallback(award, formula, cut, chosen)?);
                }
                OverLimit::Carried if cut.is_positive() => {
                    let key = self.key(award.rule, limit, chosen.first().copied());
                    award.carried = Some((*id, key, cut));
                }
                _ => {}
            }
            let charged = if least == allowed {
                charged
            } else if charged.len() > 1 && matches!(limit.measured, Measured::Units(_)) {
                // Another limit left less: of each group in proportion to what this one left it.
                let step = 10_i64.pow(6_u32.saturating_sub(plan.unit(award.unit).decimals));
                let parts: Vec<Amount> = charged.iter().map(|(_, amount)| *amount).collect();
                let parts = share_out(least, &parts, step)?;
                charged.iter().zip(parts).map(|((key, _), part)| (*key, part)).collect()
            } else {
                self.left(award, *id, *level, least, chosen)?.charges
            };
            for (key, amount) in charged {
                award.charges.push(Charge { limit: *id, key, level: *level, amount, net: amount });
            }
        }
        (award.given, award.extra) = (least.plus(extra)?, extra);
        Ok(())
    }

    /// Is a rule's limit a sum that several gives share in proportion?
    fn is_shared(&self, id: LimitId) -> bool {
        let limit = self.plan.limit(id);
        let by_line = limit.keys.iter().any(|key| matches!(key, LimitKey::Sku | LimitKey::Line(_)));
        let sums = matches!(limit.measured, Measured::Units(_) | Measured::Money);
        sums && !by_line && matches!(limit.over, OverLimit::Cut | OverLimit::AllOrNothing)
    }

    /// Cuts the awards of a rule with several gives to the limits on their sum.
    pub(super) fn limit_rule(&mut self, rule: RuleId, chosen: &[u16]) -> Result<(), Fault> {
        let plan = self.plan;
        if plan.rule(rule).acts.len() > 1 {
            for limit in &plan.rule(rule).limits {
                if self.is_shared(*limit) {
                    self.limit_group(*limit, &[rule], false, Some(chosen))?;
                }
            }
        }
        Ok(())
    }

    /// What the share that was cut earns by the fallback rate.
    fn fallback(
        &self,
        award: &Award,
        formula: &crate::plan::Formula,
        cut: Amount,
        chosen: &[u16],
    ) -> Result<Amount, Fault> {
        let Some(whole) = formula::exact(&self.scene(chosen), formula, award.unit)? else { return Ok(Amount::ZERO) };
        let share = Exact::from(cut).over(Exact::from(award.wanted))?;
        let unit = self.plan.unit(award.unit);
        whole.times(share)?.round(Rounding::Down, unit.decimals).map_err(Fault::from)
    }

    /// How much of `wanted` one limit leaves, and what it would be charged for it.
    fn left(
        &mut self,
        award: &Award,
        id: LimitId,
        level: Level,
        wanted: Amount,
        chosen: &[u16],
    ) -> Result<Left, Fault> {
        let plan = self.plan;
        let limit = plan.limit(id);
        let by_line = limit.keys.iter().any(|key| matches!(key, LimitKey::Sku | LimitKey::Line(_)));
        if !by_line {
            let key = self.key(award.rule, limit, None);
            let (allowed, charge) = self.left_of(award, id, key, level, wanted, chosen)?;
            return Ok(Left { allowed, charges: SmallVec::from_buf([(key, charge)]) });
        }
        // Lines apart by key: the award is shared over them by what each would earn alone.
        let mut keys: Vec<(Key, Vec<u16>)> = Vec::new();
        for line in chosen {
            let key = self.key(award.rule, limit, Some(*line));
            match keys.iter_mut().find(|(known, _)| *known == key) {
                Some((_, lines)) => lines.push(*line),
                None => keys.push((key, vec![*line])),
            }
        }
        let mut weights = Vec::with_capacity(keys.len());
        for (_, lines) in &keys {
            let leaf = self.leaves(award.rule).into_iter().find(|leaf| leaf.act() == award.act);
            let exact = match leaf {
                Some(leaf) => self.exact(award.rule, leaf, lines)?.unwrap_or(Exact::ZERO),
                None => Exact::ZERO,
            };
            weights.push(if exact.is_negative() { Exact::ZERO } else { exact });
        }
        let parts = share_exactly(wanted, &weights, plan.unit(award.unit).decimals)?;
        let mut left = Left { allowed: Amount::ZERO, charges: SmallVec::new() };
        for ((key, lines), part) in keys.iter().zip(parts) {
            let (allowed, charge) = self.left_of(award, id, *key, level, part, lines)?;
            left.allowed = left.allowed.plus(allowed)?;
            left.charges.push((*key, charge));
        }
        Ok(left)
    }

    fn left_of(
        &mut self,
        award: &Award,
        id: LimitId,
        key: Key,
        level: Level,
        wanted: Amount,
        chosen: &[u16],
    ) -> Result<(Amount, Amount), Fault> {
        let plan = self.plan;
        let limit = plan.limit(id);
        let Some(room) = self.scene(chosen).number(limit.room)? else { return Ok((wanted, Amount::ZERO)) };
        let before = if limit.window.is_some() { self.rooms.used(id, key, level)? } else { Amount::ZERO };
        self.note_room(id, key, before, level);
        let mut used = before;
        let (mut own_times, mut own_member) = (false, false);
        for charge in self.done.awards.iter().flat_map(|done| done.charges.iter().map(move |charge| (done, charge))) {
            let (done, charge) = charge;
            if charge.limit == id && charge.key == key {
                used = used.plus(charge.amount)?;
                own_times |= done.rule == award.rule && charge.amount.is_positive();
                own_member |= charge.level == level && charge.amount.is_positive();
            }
        }
        let rest = self.room_of(limit, room)?.minus(Exact::from(used))?;
        let rest = if rest.is_negative() { Exact::ZERO } else { rest };
        let unit = plan.unit(award.unit);
        Ok(match limit.measured {
            Measured::Units(_) => {
                let allowed = rest.round(Rounding::Down, unit.decimals)?.min(wanted);
                (allowed, allowed)
            }
            Measured::Money => {
                let worth = formula::worth(&self.scene(chosen), award.unit)?.unwrap_or(Exact::ONE);
                let most = rest.over(worth)?.round(Rounding::Down, unit.decimals)?;
                let allowed = most.min(wanted);
                (allowed, Exact::from(allowed).times(worth)?.round(Rounding::HalfUp, 6)?)
            }
            Measured::Times | Measured::Receipts if own_times => (wanted, Amount::ZERO),
            Measured::Times | Measured::Receipts | Measured::Members => {
                let served = limit.measured == Measured::Members && (own_member || self.rooms.served(id, key, level));
                let allowed = if served || rest.compare(Exact::ONE)?.is_ge() { wanted } else { Amount::ZERO };
                (allowed, if allowed.is_positive() { Amount::ONE } else { Amount::ZERO })
            }
        })
    }

    /// Money is limited in smallest units of the currency.
    fn room_of(&self, limit: &Limit, room: Exact) -> Result<Exact, Fault> {
        if limit.measured != Measured::Money {
            return Ok(room);
        }
        room.round(Rounding::HalfUp, self.plan.currency_decimals).map(Exact::from).map_err(Fault::from)
    }

    /// A receipt that may come back remembers the room that its limits had.
    fn note_room(&mut self, limit: LimitId, key: Key, used: Amount, level: Level) {
        if !self.done.rooms.iter().any(|room| room.limit == limit && room.key == key) {
            let served = self.rooms.served(limit, key, level);
            self.done.rooms.push(Room { limit, key, used, served });
        }
    }

    /// The values of a limit's keys.
    pub(super) fn key(&self, rule: RuleId, limit: &Limit, line: Option<u16>) -> Key {
        let mut key = Key::default();
        let mut place = 0;
        for part in &limit.keys {
            let line = line.map_or(usize::MAX, usize::from);
            let datum = match part {
                LimitKey::Member | LimitKey::Programme => continue,
                LimitKey::Friend => self.friend,
                LimitKey::Occurrence => self.occurrence(rule),
                LimitKey::Sku => self.basket.text(line, TextField::Sku),
                LimitKey::Line(slot) => self.basket.text(line, TextField::Line(*slot)),
                LimitKey::Receipt(slot) => self.basket.values.get(*slot).copied().unwrap_or_default(),
                LimitKey::MemberAttribute(slot) => self.frame.member.get(*slot).copied().unwrap_or_default(),
            };
            if let Some(free) = key.0.get_mut(place) {
                *free = datum;
            }
            place += 1;
        }
        key
    }

    fn occurrence(&self, rule: RuleId) -> Datum {
        let who = self.frame.who(self.plan, &self.index.layout);
        let starts = self.plan.rule(rule).during.iter().filter_map(|period| who.occurrence(*period, self.frame.at));
        starts.max().map_or(Datum::Missing, Datum::Date)
    }

    /// Cuts the awards of a group's rules to a limit on their sum. The money that it names is that of `lines`, those of
    /// a rule with several gives, or of the whole receipt.
    pub(super) fn limit_group(
        &mut self,
        id: LimitId,
        rules: &[RuleId],
        in_order: bool,
        lines: Option<&[u16]>,
    ) -> Result<(), Fault> {
        let plan = self.plan;
        let limit = plan.limit(id);
        let key = self.key(rules.first().copied().unwrap_or(RuleId::new(0)), limit, None);
        let before = if limit.window.is_some() { self.rooms.used(id, key, Level::MEMBER)? } else { Amount::ZERO };
        self.note_room(id, key, before, Level::MEMBER);
        let all = || (0..self.basket.lines.len()).map(|at| u16::try_from(at).unwrap_or(u16::MAX)).collect();
        let lines = lines.map_or_else(all, Chosen::from_slice);
        let Val::Num(room) = self.scene(&lines).value(limit.room)? else { return Ok(()) };
        let rest = self.room_of(limit, room)?.minus(Exact::from(before))?;
        let mut rest = if rest.is_negative() { Exact::ZERO } else { rest };
        let mut rows: Vec<usize> = Vec::new();
        for rule in rules {
            rows.extend(
                (0..self.done.awards.len()).filter(|at| self.done.awards.get(*at).is_some_and(|a| a.rule == *rule)),
            );
        }
        if !in_order {
            rows.sort_by_key(|at| self.done.awards.get(*at).map(|award| (award.rule, award.act)));
        }
        // Money is counted in units where it is all the same unit: so many as its room is worth.
        let unit = rows.first().and_then(|at| self.done.awards.get(*at)).map(|award| award.unit);
        let alike = |at: &usize| self.done.awards.get(*at).map(|award| award.unit) == unit;
        let in_money = limit.measured == Measured::Money;
        let worth = match unit {
            Some(unit) if in_money && rows.iter().all(alike) => formula::worth(&self.scene(&[]), unit)?,
            _ => None,
        };
        if let Some(worth) = worth {
            rest = rest.over(worth)?;
        }
        let by_worth = in_money && worth.is_none();
        let decimals = unit.filter(|_| !by_worth).map_or(6, |unit| plan.unit(unit).decimals);
        let costs = self.costs(by_worth, &rows)?;
        let total = costs.iter().try_fold(Amount::ZERO, |sum, cost| sum.plus(*cost))?;
        let most = rest.round(Rounding::Down, decimals)?;
        let kept = if total <= most {
            costs.clone()
        } else if matches!(limit.over, OverLimit::AllOrNothing) {
            vec![Amount::ZERO; costs.len()]
        } else if in_order {
            let mut left = most;
            let mut kept = Vec::with_capacity(costs.len());
            for cost in &costs {
                let part = left.min(*cost);
                left = left.minus(part)?;
                kept.push(part);
            }
            kept
        } else {
            share_out(most, &costs, 10_i64.pow(6_u32.saturating_sub(decimals)))?
        };
        for ((row, kept), cost) in rows.iter().zip(kept).zip(costs) {
            let charged = match worth {
                Some(worth) => Exact::from(kept).times(worth)?.round(Rounding::HalfUp, 6)?,
                None => kept,
            };
            self.cut_row(
                *row,
                kept,
                cost,
                Charge { limit: id, key, level: Level::MEMBER, amount: charged, net: charged },
            )?;
        }
        Ok(())
    }

    /// What limits count of awards: units, or what these are worth.
    fn costs(&self, by_worth: bool, rows: &[usize]) -> Result<Vec<Amount>, Fault> {
        let mut costs = Vec::with_capacity(rows.len());
        for award in rows.iter().filter_map(|at| self.done.awards.get(*at)) {
            let counted = award.given.minus(award.extra)?;
            let cost = if by_worth {
                let worth = formula::worth(&self.scene(&[]), award.unit)?.unwrap_or(Exact::ONE);
                Exact::from(counted).times(worth)?.round(Rounding::Down, 6)?
            } else {
                counted
            };
            costs.push(cost);
        }
        Ok(costs)
    }

    /// Cuts an award to what is kept of its cost; what a fallback rate added stays.
    fn cut_row(&mut self, row: usize, kept: Amount, cost: Amount, charge: Charge) -> Result<(), Fault> {
        let plan = self.plan;
        let Some(award) = self.done.awards.get_mut(row) else { return Ok(()) };
        if kept < cost {
            let decimals = plan.unit(award.unit).decimals;
            let share = Exact::from(kept).over(Exact::from(cost))?;
            let counted = award.given.minus(award.extra)?;
            let left = Exact::from(counted).times(share)?.round(Rounding::Down, decimals)?;
            let given = left.plus(award.extra)?;
            if let Some(sum) = self.done.given.get_mut(award.rule.index()) {
                *sum = sum.minus(Exact::from(award.given))?.plus(Exact::from(given))?;
            }
            for charge in &mut award.charges {
                charge.amount = match plan.limit(charge.limit).measured {
                    // Each limit is charged what was given.
                    Measured::Units(_) | Measured::Money if counted.is_positive() => {
                        let share = Exact::from(left).over(Exact::from(counted))?;
                        Exact::from(charge.amount).times(share)?.round(Rounding::HalfUp, 6)?
                    }
                    _ if left.is_zero() => Amount::ZERO,
                    _ => charge.amount,
                };
                charge.net = charge.amount;
            }
            award.given = given;
        }
        award.charges.push(charge);
        if kept < cost
            && let Some(trace) = &mut self.trace
        {
            trace.cut(award.rule, award.act, award.given, charge.limit);
        }
        Ok(())
    }

    /// Is a datum that keys a limit a moment of time, so that older ones can be forgotten?
    pub(super) fn is_dated(key: Key) -> bool {
        key.0.iter().any(|datum| matches!(datum, Datum::Date(_)))
    }
}
