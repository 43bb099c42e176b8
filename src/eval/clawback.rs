//! Clawback: taking an award back, giving it back again, and units spent that come back.

use super::Fault;
use super::account::{Account, Charge, Few, Posted, Receipt};
use super::around::Around;
use super::counter;
use super::fall::LoweredOf;
use super::kept::Kept;
use super::migration::Passed;
use super::post::{Cause, Desk};
use crate::ledger::{EntryKind, Expires, Opens, Sink, Taken};
use crate::plan::Measure;
use crate::syntax::ast::ReturnsMode;
use crate::time::{Day, Moment};
use crate::ty::Line;
use crate::ty::event::Datum;
use crate::value::{Amount, Exact, Rounding};

impl<S: Sink> Desk<'_, S> {
    /// Units spent on the returned part come back with their old dates, before anything is taken back.
    pub(super) fn units_come_back(
        &mut self,
        account: &mut Account,
        cause: Cause<'_>,
        receipt: &mut Receipt,
        kept: &Kept,
    ) -> Result<(), Fault> {
        if self.plan.returns.modes.contains(&ReturnsMode::SpentUnitsStay) {
            return Ok(());
        }
        let (lines, values, bought) = (&receipt.lines, &receipt.values, receipt.frame.at);
        for spent in &mut receipt.spent {
            let by_money = spent.paid.is_positive();
            let of = |line: &Line, paid: Amount| if by_money { Ok(paid) } else { line.amount.minus(line.discount) };
            let mut whole = Amount::ZERO;
            for line in lines {
                whole = whole.plus(of(&line.line, line.paid)?)?;
            }
            let mut rest = Amount::ZERO;
            for (line, paid) in kept.lines.iter().zip(&kept.paid) {
                rest = rest.plus(of(line, *paid)?)?;
            }
            let back = if kept.lines.is_empty() {
                spent.total
            } else if whole.is_positive() {
                let share = Exact::from(whole.minus(rest)?).over(Exact::from(whole))?;
                Exact::from(spent.total).times(share)?.round(Rounding::Down, self.plan.unit(spent.unit).decimals)?
            } else {
                Amount::ZERO
            };
            let mut left = back.minus(spent.back)?;
            if !left.is_positive() {
                continue;
            }
            let stays = (spent.total.minus(spent.back)?, spent.total.minus(back)?);
            let mut gone = std::mem::replace(&mut spent.back, back);
            self.tell_spent(account, values, spent, stays, bought)?;
            let passed = self.passed(spent.unit, bought.day, cause.at.day)?;
            let owed = spent.owed.min(left);
            if owed.is_positive() {
                spent.owed = spent.owed.minus(owed)?;
                left = left.minus(owed)?;
                let owed = self.turned(passed, &mut gone, owed)?;
                self.debt_comes_back(account, cause, &receipt.id, passed.unit, spent.tag, owed)?;
            }
            while left.is_positive() {
                let Some(last) = spent.taken.last_mut() else { break };
                let part = last.amount.min(left);
                let back = Taken { amount: self.turned(passed, &mut gone, part)?, ..last.clone() };
                last.amount = last.amount.minus(part)?;
                left = left.minus(part)?;
                if last.amount.is_zero() {
                    spent.taken.pop();
                }
                if back.amount.is_positive() {
                    self.put_again(account, cause, passed.unit, spent.tag, &back, EntryKind::Redeem)?;
                }
            }
        }
        Ok(())
    }

    /// What so many more of a unit became, `gone` of which have gone before: of all of them, so that parts add up.
    fn turned(&self, passed: Passed, gone: &mut Amount, amount: Amount) -> Result<Amount, Fault> {
        let decimals = self.plan.unit(passed.unit).decimals;
        let became = |all: Amount| Exact::from(all).times(passed.factor)?.round(Rounding::Down, decimals);
        let before = became(*gone)?;
        *gone = gone.plus(amount)?;
        became(*gone)?.minus(before).map_err(Fault::from)
    }

    /// Debt that a redemption left goes first; where it was paid since, units come back open.
    pub(super) fn debt_comes_back(
        &mut self,
        account: &mut Account,
        cause: Cause<'_>,
        of: &str,
        unit: crate::plan::UnitId,
        tag: Datum,
        owed: Amount,
    ) -> Result<(), Fault> {
        let Some(holding) = account.holdings.get_mut(unit.index()) else { return Ok(()) };
        let part = holding.pile(tag).forgive(of, owed)?;
        if part.is_positive() {
            self.row(account, cause, unit, EntryKind::Redeem, part, None, "debt")?;
        }
        // Lots that paid this debt since get their units back, with their old dates.
        let mut rest = owed.minus(part)?;
        while rest.is_positive() {
            let Some(holding) = account.holdings.get_mut(unit.index()) else { return Ok(()) };
            let repaid = &mut holding.pile(tag).repaid;
            let Some(last) = repaid.iter().rposition(|(fact, _)| **fact == *of) else { break };
            let Some((_, paid)) = repaid.get_mut(last) else { break };
            let back = Taken { amount: paid.amount.min(rest), ..paid.clone() };
            paid.amount = paid.amount.minus(back.amount)?;
            rest = rest.minus(back.amount)?;
            if paid.amount.is_zero() {
                repaid.remove(last);
            }
            self.put_again(account, cause, unit, tag, &back, EntryKind::Redeem)?;
        }
        Ok(())
    }

    /// Units go back where they were; those whose last day is over are lost at once.
    pub(super) fn put_again(
        &mut self,
        account: &mut Account,
        cause: Cause<'_>,
        unit: crate::plan::UnitId,
        tag: Datum,
        back: &Taken,
        kind: EntryKind,
    ) -> Result<(), Fault> {
        let pending = match back.dates.opens {
            Opens::AtOnce => false,
            Opens::On(day) => day > cause.at.day,
            Opens::At(instant, _) => instant > cause.at.instant,
            Opens::WithAction(..) => true,
        };
        let Some(holding) = account.holdings.get_mut(unit.index()) else { return Ok(()) };
        holding.pile(tag).put(pending, back.dates, back.amount, back.lot.as_ref())?;
        let lot = back.lot.as_deref().unwrap_or("");
        self.row(account, cause, unit, kind, back.amount, Some(&back.dates), lot)?;
        let over = match back.dates.expires {
            Expires::WithTier(..) => self.is_over(account, unit, &back.dates, cause.at),
            _ => self.last_day(account, unit, &back.dates.expires).is_some_and(|last| last < cause.at.day),
        };
        if over && !pending {
            let (taken, _) = self.take(account, unit, tag, |_, _, pile, taken| {
                let missing = pile.take_same(back.amount, &back.dates, back.lot.as_ref(), taken)?;
                pile.lose(back.dates, back.amount, cause.at.instant)?;
                Ok(missing)
            })?;
            return self.rows_of(account, cause, unit, EntryKind::Expire, &taken);
        }
        if pending { Ok(()) } else { self.pay_debt(account, cause, unit, tag) }
    }

    /// Takes back from a row, or gives back to it, until it stands at `target`.
    pub(super) fn bring_row(
        &mut self,
        account: &mut Account,
        around: &mut Around<'_>,
        cause: Cause<'_>,
        row: &mut Posted,
        target: Amount,
        bought: super::tally::Bought,
        charges: Option<&[Charge]>,
        lowered: &mut LoweredOf,
    ) -> Result<(), Fault> {
        let change = target.minus(row.net)?;
        if change.is_zero() {
            return self.free_room(account, around, row, charges, bought, cause.at);
        }
        around.note_moved(row.level);
        let before = row.net;
        let lender = self.lend(account, around, row.level);
        let receiver = around.at(account, row.level);
        let Some(receiver) = receiver else { return Ok(()) };
        let cause = cause.by(row.rule);
        let passed = self.passed(row.unit, bought.0.day, cause.at.day)?;
        if passed != (Passed { unit: row.unit, factor: Exact::ONE }) {
            self.bring_turned_row(receiver, cause, row, target, passed, bought.0)?;
        } else if change.is_negative() {
            let wanted = change.negated()?;
            let done = self.take_back(receiver, cause, row, wanted, bought.0)?;
            row.net = row.net.minus(done)?;
        } else {
            self.give_back(receiver, cause, row, change, bought.0)?;
            row.net = row.net.plus(change)?;
        }
        self.hand_back(account, around, lender, row.level);
        let seat = around.seat(row.level);
        let receiver = around.at(account, row.level);
        let Some(receiver) = receiver else { return Ok(()) };
        // Where not all was there to take, a limit is charged what is left.
        let charges = charges.filter(|_| row.net == target);
        let moved = row.net.minus(before)?;
        for id in &self.index.awarded {
            let measure = self.plan.counter(*id).measure;
            if counter::counts_award(self.plan, measure, row.rule, row.unit) {
                let amount = if matches!(measure, Measure::AwardTimes(_)) {
                    match (before.is_positive(), row.net.is_positive()) {
                        (true, false) => Amount::ONE.negated()?,
                        (false, true) => Amount::ONE,
                        _ => Amount::ZERO,
                    }
                } else {
                    moved
                };
                counter::add_back(receiver, self.plan, self.index, *id, bought, cause.at, amount)?;
                // A ladder of the member and one of who referred look at what each of them lost.
                lowered.extend(seat.map(|seat| (seat, *id, amount)));
            }
        }
        self.free_room(account, around, row, charges, bought, cause.at)
    }

    /// A row from before a migration: what is taken back or given passes through it, so that parts add up.
    fn bring_turned_row(
        &mut self,
        receiver: &mut Account,
        cause: Cause<'_>,
        row: &mut Posted,
        target: Amount,
        passed: Passed,
        bought: Moment,
    ) -> Result<(), Fault> {
        let decimals = self.plan.unit(passed.unit).decimals;
        let gone = |left: Amount| -> Result<Amount, Fault> {
            let gone = Exact::from(row.first.minus(left)?).times(passed.factor)?;
            gone.round(Rounding::Down, decimals).map_err(Fault::from)
        };
        let change = gone(row.net)?.minus(gone(target)?)?;
        row.net = target;
        let mut now = Posted { unit: passed.unit, ..row.clone() };
        if change.is_negative() {
            self.take_back(receiver, cause, &mut now, change.negated()?, bought)?;
        } else if change.is_positive() {
            self.give_back(receiver, cause, &mut now, change, bought)?;
        }
        (row.lost, row.dropped) = (now.lost, now.dropped);
        Ok(())
    }

    /// Room that becomes free serves later facts of the same window. A row that was worked out again is
    /// charged what the rework charges, another in proportion to what is left of it.
    pub(super) fn free_room(
        &mut self,
        account: &mut Account,
        around: &mut Around<'_>,
        row: &mut Posted,
        fresh: Option<&[Charge]>,
        bought: super::tally::Bought,
        now: Moment,
    ) -> Result<(), Fault> {
        for charge in fresh.unwrap_or_default() {
            if !row.charges.iter().any(|known| known.limit == charge.limit && known.key == charge.key) {
                row.charges.push(Charge { amount: Amount::ZERO, net: Amount::ZERO, ..*charge });
            }
        }
        for charge in &mut row.charges {
            let of = self.plan.limit(charge.limit);
            if of.window.is_none() {
                continue;
            }
            let net = if let Some(fresh) = fresh {
                let same = fresh.iter().find(|own| own.limit == charge.limit && own.key == charge.key);
                same.map_or(Amount::ZERO, |own| own.amount)
            } else if row.net == row.first {
                charge.amount
            } else if row.first.is_zero() {
                // Only a rework gave it, and charged it.
                charge.net
            } else if matches!(of.measured, crate::plan::Measured::Units(_) | crate::plan::Measured::Money) {
                let share = Exact::from(row.net).over(Exact::from(row.first))?;
                Exact::from(charge.amount).times(share)?.round(Rounding::HalfUp, 6)?
            } else if row.net.is_positive() {
                charge.amount
            } else {
                Amount::ZERO
            };
            let amount = net.minus(charge.net)?;
            charge.net = net;
            self.charge_again(account, around, charge, amount, bought, now)?;
        }
        Ok(())
    }

    /// Several awards of a receipt are one time for a limit on their sum, also where one stays that is given no more.
    pub(super) fn charge_once(
        &self,
        account: &mut Account,
        around: &mut Around<'_>,
        rows: &mut [Posted],
        bought: super::tally::Bought,
        now: Moment,
    ) -> Result<(), Fault> {
        let mut known = Vec::new();
        for charge in rows.iter_mut().flat_map(|row| &mut row.charges).filter(|charge| charge.net.is_positive()) {
            let measured = self.plan.limit(charge.limit).measured;
            if !matches!(measured, crate::plan::Measured::Times | crate::plan::Measured::Receipts) {
                continue;
            }
            let own = (charge.limit, charge.key, charge.level);
            if known.contains(&own) {
                let more = std::mem::take(&mut charge.net);
                self.charge_again(account, around, charge, more.negated()?, bought, now)?;
            } else {
                known.push(own);
            }
        }
        Ok(())
    }

    /// Charges a limit with more or less on the day of purchase.
    fn charge_again(
        &self,
        account: &mut Account,
        around: &mut Around<'_>,
        charge: &Charge,
        amount: Amount,
        bought: super::tally::Bought,
        now: Moment,
    ) -> Result<(), Fault> {
        let of = self.plan.limit(charge.limit);
        let Some(window) = &of.window else { return Ok(()) };
        let Some(receiver) = around.referrers.at(account, charge.level) else { return Ok(()) };
        if amount.is_zero() {
            return Ok(());
        }
        let days = receiver.clone_days(self.plan);
        let who = days.who(self.plan, &self.index.layout);
        let change = |usage: &mut Few<super::account::Usage, 1>, amount: Amount| -> Result<Amount, Fault> {
            let mut left = Amount::ZERO;
            super::award::add_usage(usage, charge, |tally| {
                tally.roll(window, &who, now)?;
                tally.add_back(window, &who, bought, amount)?;
                left = tally.value(window);
                Ok(())
            })?;
            Ok(left)
        };
        if of.measured == crate::plan::Measured::Members {
            // A member counts for the programme as long as there is one award.
            let times = change(&mut receiver.usage, amount)?;
            let counts = if amount.is_negative() { times.is_zero() } else { times == amount };
            if counts {
                change(&mut around.shared.usage, amount)?;
            }
        } else {
            let wide = super::index::is_programme_wide(of);
            change(if wide { &mut around.shared.usage } else { &mut receiver.usage }, amount)?;
        }
        Ok(())
    }

    /// Takes back: units of the same dates (also those lost), open units in the order of spending, pending ones, debt.
    pub(super) fn take_back(
        &mut self,
        account: &mut Account,
        cause: Cause<'_>,
        row: &mut Posted,
        wanted: Amount,
        bought: Moment,
    ) -> Result<Amount, Fault> {
        if self.modes(row.rule).contains(&ReturnsMode::FromPendingOnly) {
            let (taken, missing) = self.take(account, row.unit, row.tag, |_, _, pile, taken| {
                let open = std::mem::take(&mut pile.open);
                let missing = pile.take_same(wanted, &pile.dates_now(row.dates.dates()), row.lot.as_ref(), taken);
                pile.open = open;
                missing.map_err(Fault::from)
            })?;
            self.rows_of(account, cause, row.unit, EntryKind::Reverse, &taken)?;
            return wanted.minus(missing).map_err(Fault::from);
        }
        let (taken, missing) = self.take(account, row.unit, row.tag, |_, _, pile, taken| {
            pile.take_same(wanted, &pile.dates_now(row.dates.dates()), row.lot.as_ref(), taken).map_err(Fault::from)
        })?;
        self.rows_of(account, cause, row.unit, EntryKind::Reverse, &taken)?;
        let mut left = missing;
        if left.is_positive() {
            let holding = account.holdings.get_mut(row.unit.index()).ok_or(Fault::Overflow)?;
            let pile = holding.pile(row.tag);
            let rest = pile.take_lost(left, &pile.dates_now(row.dates.dates()), bought.instant)?;
            row.lost = row.lost.plus(left.minus(rest)?)?;
            left = rest;
        }
        let (taken, missing) = self.take_open(account, row.unit, row.tag, left)?;
        self.rows_of(account, cause, row.unit, EntryKind::Reverse, &taken)?;
        let (taken, missing) = self.take_pending(account, row.unit, row.tag, missing)?;
        self.rows_of(account, cause, row.unit, EntryKind::Reverse, &taken)?;
        let owed = self.owe(account, cause, row.unit, row.tag, EntryKind::Reverse, missing)?;
        row.dropped = row.dropped.plus(missing.minus(owed)?)?;
        Ok(wanted)
    }

    pub(super) fn give_back(
        &mut self,
        account: &mut Account,
        cause: Cause<'_>,
        row: &mut Posted,
        amount: Amount,
        bought: Moment,
    ) -> Result<(), Fault> {
        let from_lost = row.lost.min(amount);
        if from_lost.is_positive() {
            row.lost = row.lost.minus(from_lost)?;
            let holding = account.holdings.get_mut(row.unit.index()).ok_or(Fault::Overflow)?;
            let pile = holding.pile(row.tag);
            let dates = pile.dates_now(row.dates.dates());
            pile.lose(dates, from_lost, bought.instant)?;
        }
        let rest = amount.minus(from_lost)?;
        // What could not be taken back is with the member still.
        let kept = row.dropped.min(rest);
        row.dropped = row.dropped.minus(kept)?;
        let rest = rest.minus(kept)?;
        if !rest.is_positive() {
            return Ok(());
        }
        let holding = account.holdings.get_mut(row.unit.index()).ok_or(Fault::Overflow)?;
        let dates = holding.pile(row.tag).dates_now(row.dates.dates());
        let back = Taken { dates, amount: rest, lot: row.lot.clone() };
        self.put_again(account, cause, row.unit, row.tag, &back, EntryKind::Reverse)
    }
}

/// The days of a member, copied so that usage can be changed meanwhile.
pub(super) struct DaysOf {
    joined: Day,
    birthday: Option<Day>,
    days: Vec<Option<Day>>,
}

impl DaysOf {
    pub(super) fn who<'a>(
        &'a self,
        plan: &'a crate::plan::Plan,
        layout: &'a super::when::Layout,
    ) -> super::when::Who<'a> {
        super::when::Who { plan, layout, joined: self.joined, birthday: self.birthday, days: &self.days }
    }
}

impl Account {
    pub(super) fn clone_days(&self, plan: &crate::plan::Plan) -> DaysOf {
        DaysOf {
            joined: self.joined.unwrap_or(self.today),
            birthday: super::account::birthday(plan, &self.values),
            days: self.days.to_vec(),
        }
    }
}
