//! Migrations: units become other units, tiers other tiers, at the start of a day.
//!
//! `rule "New points" { on 2026-07-01 turn 100 points into 1 mile }` acts on each lot: the member's sum is worked
//! out exactly and rounded down, and shared over the lots by largest remainder, so that nothing is made or lost by
//! rounding lot by lot. A receipt from before that comes back passes through the migrations since.

use super::Fault;
use super::account::Account;
use super::post::{Cause, Desk};
use crate::ledger::{Dates, EntryKind, Heap, Owed, Pile, Sink, Taken};
use crate::plan::{LadderId, Plan, Role, RuleId, Turn, UnitId};
use crate::syntax::ast::SpendOrder;
use crate::time::{Day, Moment};
use crate::ty::event::Datum;
use crate::value::{Amount, Exact, Rounding, share_out};
use std::sync::Arc;

/// What became of one of a unit since a day: of which unit it is now, and how many.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Passed {
    /// The unit that it is now.
    pub unit: UnitId,
    /// How many for one.
    pub factor: Exact,
}

/// What a migration makes of a member's units.
#[derive(Debug, Default)]
struct Made {
    /// Units, each heap with the value under which it lies, and whether it waits to open.
    heaps: Vec<(UnitId, Datum, bool, Heap)>,
    /// Debt, and what a return may still ask for.
    pasts: Vec<(UnitId, Pile)>,
}

/// The turns of units of a program, the earliest first.
pub(super) fn turns_of_units(plan: &Plan) -> Vec<(Day, UnitId, UnitId, Exact)> {
    let mut all = Vec::new();
    for rule in &plan.rules {
        let (Role::Migration(turns), Some(day)) = (&rule.role, day_of(plan, rule)) else { continue };
        all.extend(turns.iter().filter_map(|turn| match turn {
            Turn::Units { from, into, factor } => Some((day, *from, *into, *factor)),
            Turn::Tier { .. } => None,
        }));
    }
    all.sort_by_key(|(day, from, ..)| (*day, *from));
    all
}

/// Units that are spent by their age, and those that turn into such, through however many migrations.
pub(super) fn units_of_age(plan: &Plan) -> Vec<bool> {
    let mut all: Vec<bool> = plan.units.iter().map(|unit| unit.spend_order != SpendOrder::Soonest).collect();
    for (_, from, into, _) in turns_of_units(plan).into_iter().rev() {
        if all.get(into.index()).copied().unwrap_or(false)
            && let Some(slot) = all.get_mut(from.index())
        {
            *slot = true;
        }
    }
    all
}

/// The one day of a migration.
fn day_of(plan: &Plan, rule: &crate::plan::Rule) -> Option<Day> {
    let crate::plan::Trigger::StartOf(period) = rule.trigger else { return None };
    match plan.period(period) {
        crate::plan::Period::Dates(list) => list.first().and_then(|(from, _)| *from),
        _ => None,
    }
}

impl<S: Sink> Desk<'_, S> {
    /// The migrations of a day.
    pub(super) fn migrate(&mut self, account: &mut Account, day: Day, at: Moment) -> Result<(), Fault> {
        let plan = self.plan;
        let mut migrated = false;
        for (id, rule) in plan.rules.iter().enumerate() {
            let Role::Migration(turns) = &rule.role else { continue };
            if day_of(plan, rule) != Some(day) || !rule.in_force.on(day) || !plan.in_force.on(day) {
                continue;
            }
            let cause = Cause::midnight(at).by(RuleId::new(id));
            // All turn at once, so that what one makes is not turned by the next.
            let mut made = Made::default();
            for turn in turns {
                if let Turn::Units { from, into, factor } = turn {
                    // What a household has together turns once.
                    if account.pool_of(plan, *from).is_some_and(|house| house.turned == day) {
                        continue;
                    }
                    self.empty(account, cause, *from, *into, *factor, &mut made)?;
                }
            }
            self.put_made(account, cause, made)?;
            for turn in turns {
                if let Turn::Tier { from, into } = turn {
                    self.turn_tier(account, *from, *into, at)?;
                }
            }
            migrated = true;
        }
        if let Some(house) = account.house.as_mut().filter(|_| migrated) {
            house.turned = day;
        }
        Ok(())
    }

    /// Empties the piles of a unit, and says what they become.
    fn empty(
        &mut self,
        account: &mut Account,
        cause: Cause<'_>,
        from: UnitId,
        into: UnitId,
        factor: Exact,
        made: &mut Made,
    ) -> Result<(), Fault> {
        let Some(holding) = account.holdings.get_mut(from.index()) else { return Ok(()) };
        let mut piles = std::mem::take(&mut holding.piles);
        let decimals = self.plan.unit(into).decimals;
        let step = 10_i64.pow(6_u32.saturating_sub(decimals));
        let heaps = || piles.iter().flat_map(|pile| pile.open.iter().chain(&pile.pending));
        let old: Vec<Amount> = heaps().map(|heap| heap.amount).collect();
        let sum = old.iter().try_fold(Amount::ZERO, |sum, part| sum.plus(*part))?;
        let new = Exact::from(sum).times(factor)?.round(Rounding::Down, decimals)?;
        let mut parts = share_out(new, &old, step)?.into_iter();
        let turn = |amount: Amount| Exact::from(amount).times(factor)?.round(Rounding::Down, decimals);
        for pile in &mut piles {
            let tag = self.tag_of_turned(from, into, pile.tag);
            for (pending, list) in [(false, &mut pile.open), (true, &mut pile.pending)] {
                for heap in list.drain(..) {
                    let part = parts.next().unwrap_or_default();
                    self.rows_of_heap(account, cause, from, &heap, true)?;
                    made.heaps.push((into, tag, pending, turned(&heap, part, step)?));
                }
            }
            let mut past = Pile { opened: std::mem::take(&mut pile.opened), ..Pile::tagged(tag) };
            if pile.debt.is_positive() {
                let forgiven = std::mem::take(&mut pile.debt);
                let owed: Vec<Amount> = pile.debts.iter().map(|owed| owed.amount).collect();
                let parts = share_out(turn(forgiven)?, &owed, step)?;
                let debts = std::mem::take(&mut pile.debts).into_iter().zip(parts);
                past.debts = debts.map(|(owed, amount)| Owed { amount, ..owed }).collect();
                self.row(account, cause, from, EntryKind::Adjust, forgiven, None, "debt")?;
            }
            for (of, part) in std::mem::take(&mut pile.repaid) {
                past.repaid.push((of, Taken { amount: turn(part.amount)?, ..part }));
            }
            for mut lost in std::mem::take(&mut pile.lost) {
                lost.amount = turn(lost.amount)?;
                past.lost.push(lost);
            }
            made.pasts.push((into, past));
        }
        if let Some(holding) = account.holdings.get_mut(from.index()) {
            holding.piles = piles;
        }
        Ok(())
    }

    /// Under which value units lie that were turned: the same, where both units are kept apart by the same.
    fn tag_of_turned(&self, from: UnitId, into: UnitId, tag: Datum) -> Datum {
        let same = self.plan.unit(from).apart_by == self.plan.unit(into).apart_by;
        if same { tag } else { Datum::Missing }
    }

    /// Puts what was made where it belongs: debt first, so that units that open pay it.
    fn put_made(&mut self, account: &mut Account, cause: Cause<'_>, made: Made) -> Result<(), Fault> {
        let mut owing = Vec::new();
        for (unit, past) in made.pasts {
            let Some(holding) = account.holdings.get_mut(unit.index()) else { continue };
            let pile = holding.pile(past.tag);
            let mut debt = Amount::ZERO;
            for owed in past.debts.into_iter().filter(|owed| owed.amount.is_positive()) {
                debt = debt.plus(owed.amount)?;
                pile.debts.push(owed);
            }
            pile.debt = pile.debt.plus(debt)?;
            pile.repaid.extend(past.repaid);
            pile.lost.extend(past.lost);
            pile.opened.extend(past.opened);
            if debt.is_positive() {
                owing.push((unit, past.tag));
                self.row(account, cause, unit, EntryKind::Adjust, debt.negated()?, None, "debt")?;
            }
        }
        for (unit, tag, pending, heap) in made.heaps {
            self.fill(account, cause, unit, tag, pending, &heap)?;
        }
        owing.into_iter().try_for_each(|(unit, tag)| self.pay_debt(account, cause, unit, tag))
    }

    /// Puts what a heap became where it belongs.
    fn fill(
        &mut self,
        account: &mut Account,
        cause: Cause<'_>,
        unit: UnitId,
        tag: Datum,
        pending: bool,
        heap: &Heap,
    ) -> Result<(), Fault> {
        if heap.amount.is_zero() {
            return Ok(());
        }
        let lots: Vec<(Amount, Option<Arc<str>>)> = if heap.lots().next().is_none() {
            vec![(heap.amount, None)]
        } else {
            heap.lots().map(|lot| (lot.amount, Some(Arc::clone(&lot.name)))).collect()
        };
        for (amount, lot) in lots {
            let Some(holding) = account.holdings.get_mut(unit.index()) else { return Ok(()) };
            holding.pile(tag).put(pending, heap.dates(), amount, lot.as_ref())?;
            let name = lot.as_deref().unwrap_or("");
            self.row(account, cause, unit, EntryKind::Adjust, amount, Some(&heap.dates()), name)?;
        }
        if pending { Ok(()) } else { self.pay_debt(account, cause, unit, tag) }
    }

    fn rows_of_heap(
        &mut self,
        account: &mut Account,
        cause: Cause<'_>,
        unit: UnitId,
        heap: &Heap,
        gone: bool,
    ) -> Result<(), Fault> {
        let sign = |amount: Amount| if gone { amount.negated() } else { Ok(amount) };
        let dates: &Dates = &heap.dates();
        if heap.lots().next().is_none() {
            return self.row(account, cause, unit, EntryKind::Adjust, sign(heap.amount)?, Some(dates), "");
        }
        for lot in heap.lots() {
            self.row(account, cause, unit, EntryKind::Adjust, sign(lot.amount)?, Some(dates), &lot.name)?;
        }
        Ok(())
    }

    /// Who holds the one tier holds the other, as long.
    fn turn_tier(
        &mut self,
        account: &mut Account,
        from: (LadderId, u8),
        into: (LadderId, u8),
        at: Moment,
    ) -> Result<(), Fault> {
        let Some(standing) = account.standings.get_mut(from.0.index()) else { return Ok(()) };
        if standing.tier != from.1 {
            return Ok(());
        }
        let hold = standing.holds.get_mut(usize::from(from.1)).and_then(Option::take);
        let until = hold.and_then(|hold| hold.until);
        self.give_tier(account, into.0, into.1, until, at);
        for ladder in [into.0, from.0] {
            let reached = self.value_tier(account, ladder, at)?;
            self.settle(account, ladder, at, reached, &mut Vec::new());
        }
        Ok(())
    }

    /// What became of one of a unit after a day, up to and with another.
    pub(super) fn passed(&self, unit: UnitId, since: Day, to: Day) -> Result<Passed, Fault> {
        let mut passed = Passed { unit, factor: Exact::ONE };
        for (day, from, into, factor) in &self.index.turns {
            if since < *day && *day <= to && *from == passed.unit {
                passed = Passed { unit: *into, factor: passed.factor.times(*factor)? };
            }
        }
        Ok(passed)
    }
}

/// A heap of so many of the new unit, its lots in proportion.
fn turned(heap: &Heap, amount: Amount, step: i64) -> Result<Heap, Fault> {
    let weights: Vec<Amount> = heap.lots().map(|lot| lot.amount).collect();
    let parts = share_out(amount, &weights, step)?;
    let mut new = heap.clone();
    new.amount = amount;
    for (lot, part) in new.lots_mut().zip(parts) {
        lot.amount = part;
    }
    new.forget_empty_lots();
    Ok(new)
}
