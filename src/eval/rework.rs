//! Rework: a receipt is worked out again with the lines that were kept, with the state of its day.
//!
//! Each row comes to what the rework gives it; counters go back on the day of purchase; a running
//! total gives back only what it no longer supports.

use super::Fault;
use super::account::{Account, Charge, Frame, Posted, Receipt};
use super::accrual::{Award, Chosen, Done, Work};
use super::around::{Around, Level};
use super::award::{give_of, running_counter};
use super::counter;
use super::fall::LoweredOf;
use super::formula;
use super::kept::{Kept, whole_of};
use super::post::{Cause, Desk, dates_of};
use super::rooms::Past;
use super::tier::length_of;
use super::value::{Basket, Scene};
use crate::ledger::{Dates, Expires, Note, Opens, Sink};
use crate::plan::Window;
use crate::plan::{Act, Formula, Measure, Prize, RuleId};
use crate::syntax::ast::ReturnsMode;
use crate::time::Day;
use crate::time::Moment;
use crate::ty::event::Datum;
use crate::ty::{Event, Kind};
use crate::value::{Amount, Exact, Rounding};
use std::borrow::Cow;

impl<S: Sink> Desk<'_, S> {
    pub(super) fn modes(&self, rule: RuleId) -> &[ReturnsMode] {
        self.plan.rule(rule).returns.as_ref().map_or(&self.plan.returns.modes, |own| &own.modes)
    }

    /// Works a receipt out again and takes the difference back; `before` and `kept` are its lines before the return
    /// and after it.
    pub(super) fn rework(
        &mut self,
        account: &mut Account,
        around: &mut Around<'_>,
        receipt: &mut Receipt,
        (before, kept): (&Kept, &Kept),
        event: &Event,
        friend: Datum,
    ) -> Result<LoweredOf, Fault> {
        let cause = Cause { at: event.at, event: &event.id, receipt: &event.receipt, rule: None };
        if kept.lines.is_empty() {
            receipt.visit = false;
        } else if kept.lines != before.lines && self.plan.returns.modes.contains(&ReturnsMode::WholeReceiptsOnly) {
            self.sink.note(Note::PartialReturn);
        }
        self.units_come_back(account, cause, receipt, kept)?;
        let now = self.work_again(receipt, kept, friend)?;
        let mut lowered = LoweredOf::new();
        self.change_rows(account, around, cause, receipt, kept, (&now, friend), &mut lowered)?;
        self.lower_counters(account, receipt, before, kept, event.at, &mut lowered)?;
        self.take_running(account, around, cause, receipt, &mut lowered)?;
        self.pool.put_done(now);
        Ok(lowered)
    }

    pub(super) fn work_again(&self, receipt: &Receipt, kept: &Kept, friend: Datum) -> Result<Box<Done>, Fault> {
        if kept.lines.is_empty() {
            return Ok(self.pool.done());
        }
        let rooms = Past(receipt);
        let frame = self.frame_again(receipt, kept)?;
        let mut work = Work {
            plan: self.plan,
            index: self.index,
            frame: &frame,
            basket: kept.basket(&receipt.values),
            kind: Kind::Purchase,
            action: None,
            friend,
            rooms: &rooms,
            done: self.pool.done(),
            trace: None,
        };
        work.run(&self.index.purchase)?;
        Ok(work.done)
    }

    /// What the rules of the receipt read: the tier that counts at once follows from the lines that are kept.
    fn frame_again<'r>(&self, receipt: &'r Receipt, kept: &Kept) -> Result<Cow<'r, Frame>, Fault> {
        let mut frame = Cow::Borrowed(&receipt.frame);
        if self.index.opens_at_once {
            let mut tiers = receipt.frame.held.clone();
            self.tiers_at_once(&self.past_scene(&receipt.frame, kept.basket(&receipt.values)), &mut tiers)?;
            frame.to_mut().tiers = tiers;
        }
        Ok(frame)
    }

    /// Each row of the receipt comes to what the rework gives it.
    pub(super) fn change_rows(
        &mut self,
        account: &mut Account,
        around: &mut Around<'_>,
        cause: Cause<'_>,
        receipt: &mut Receipt,
        kept: &Kept,
        (now, friend): (&Done, Datum),
        lowered: &mut LoweredOf,
    ) -> Result<(), Fault> {
        self.add_new_rows(account, around, receipt, kept, now)?;
        let mut targets = Vec::with_capacity(receipt.awards.len());
        let modes = |rule| self.modes(rule).contains(&ReturnsMode::InProportion);
        let first = if receipt.awards.iter().any(|row| modes(row.rule)) && !kept.lines.is_empty() {
            Some(self.work_again(receipt, &whole_of(receipt), friend)?)
        } else {
            None
        };
        let nothing = Done::default();
        let first = first.as_deref().unwrap_or(&nothing);
        for row in &receipt.awards {
            targets.push(self.target(receipt, row, kept, (first, now))?);
        }
        // Where a unit would gain in total, the rows first given stand.
        let runs: Vec<bool> =
            receipt.awards.iter().map(|row| self.runs_on(account, around, row, receipt.frame.at, cause.at)).collect();
        for (at, row) in receipt.awards.iter().enumerate() {
            let same = |other: &Posted| other.unit == row.unit && other.level == row.level;
            let mut first = Amount::ZERO;
            let mut again = Amount::ZERO;
            for ((other, (_, target)), runs) in receipt.awards.iter().zip(&targets).zip(&runs) {
                if same(other) && !runs && self.is_reworked(other.rule) {
                    first = first.plus(other.first)?;
                    again = again.plus(*target)?;
                }
            }
            if again > first
                && self.is_reworked(row.rule)
                && let Some((stands, _)) = targets.get_mut(at)
            {
                *stands = true;
            }
        }
        let mut rows = std::mem::take(&mut receipt.awards);
        for ((row, (stands, target)), runs) in rows.iter_mut().zip(targets).zip(runs) {
            if runs {
                continue;
            }
            let target = if stands { row.first } else { target };
            let before = row.net;
            let again = now.awards.iter().find(|award| same_award(row, award)).filter(|_| !stands);
            let fresh = again.filter(|_| self.is_reworked(row.rule) && !kept.lines.is_empty());
            let charges = fresh.map(|award| award.charges.as_slice());
            self.bring_row(account, around, cause, row, target, (receipt.frame.at, receipt.nth), charges, lowered)?;
            self.tell_award(account, &receipt.values, row.unit, (before, row.net), receipt.frame.at)?;
            self.pay_again(account, around, row, row.net.minus(before)?, (receipt.frame.at, receipt.nth), cause.at)?;
        }
        self.charge_once(account, around, &mut rows, (receipt.frame.at, receipt.nth), cause.at)?;
        receipt.awards = rows;
        Ok(())
    }

    /// Is a rule's award worked out again, and not reversed in some other way?
    fn is_reworked(&self, rule: RuleId) -> bool {
        let others = [ReturnsMode::InProportion, ReturnsMode::WholeReceiptsOnly, ReturnsMode::AwardsStay];
        !self.modes(rule).iter().any(|mode| others.contains(mode))
    }

    /// What a running total gave back does not count as paid.
    fn pay_again(
        &self,
        account: &mut Account,
        around: &mut Around<'_>,
        row: &Posted,
        change: Amount,
        bought: super::tally::Bought,
        now: Moment,
    ) -> Result<(), Fault> {
        let Some(counter) = running_counter(self.plan, row.rule, row.act) else { return Ok(()) };
        let receiver = around.at(account, row.level);
        let Some(receiver) = receiver else { return Ok(()) };
        let window = &self.plan.counter(counter).window;
        let days = receiver.clone_days(self.plan);
        let who = days.who(self.plan, &self.index.layout);
        if let Some(own) = receiver.running.iter_mut().find(|own| own.rule == row.rule && own.act == row.act) {
            own.paid.roll(window, &who, now)?;
            own.paid.add_back(window, &who, bought, change)?;
        }
        Ok(())
    }

    /// A rule that gave nothing at first may give now.
    pub(super) fn add_new_rows(
        &self,
        account: &Account,
        around: &Around<'_>,
        receipt: &mut Receipt,
        kept: &Kept,
        now: &Done,
    ) -> Result<(), Fault> {
        for row in receipt.awards.iter_mut().filter(|row| row.first.is_zero() && row.net.is_zero()) {
            // A rule that another took the place of: an action may have come meanwhile.
            if let Some(receiver) = around.look(account, row.level) {
                let dates = row.dates.dates();
                row.dates = self.opened_since(receiver, row.unit, row.tag, dates, receipt.frame.at.day).into();
            }
        }
        for award in &now.awards {
            let known = receipt.awards.iter().any(|row| same_award(row, award));
            if known || !award.given.is_positive() || !self.is_reworked(award.rule) {
                continue;
            }
            let receiver = around.look(account, award.level);
            let Some(receiver) = receiver else { continue };
            let give = give_of(self.plan, award.source);
            let own = (give.and_then(|give| give.opening.as_ref()), give.and_then(|give| give.expiry.as_ref()));
            let frame = self.frame_again(receipt, kept)?;
            let scene = self.past_scene(&frame, kept.basket(&receipt.values));
            let mut dates =
                dates_of(self.plan, self.index, receiver, award.unit, own, receipt.frame.at, receipt.named, |length| {
                    length_of(&scene, length)
                });
            if let Expires::WithTier(ladder, tier) = &mut dates.expires
                && award.level == Level::MEMBER
            {
                // The tier that the member held on the day of purchase, whatever is held now.
                let held = [&receipt.frame.held, &receipt.frame.tiers];
                *tier = held.into_iter().find_map(|tiers| tiers.get(ladder.index())).copied().unwrap_or(*tier);
            }
            let lot = self.lot_of(
                receiver,
                award.unit,
                Cause { at: receipt.frame.at, event: &receipt.id, receipt: "", rule: None },
                award.rule,
            );
            let tag = self.tag(award.unit, &receipt.values);
            let dates = self.opened_since(receiver, award.unit, tag, dates, receipt.frame.at.day);
            receipt.awards.push(Posted {
                rule: award.rule,
                act: award.act,
                level: award.level,
                unit: award.unit,
                dates: dates.into(),
                tag,
                lot,
                first: Amount::ZERO,
                net: Amount::ZERO,
                lost: Amount::ZERO,
                dropped: Amount::ZERO,
                charges: award
                    .charges
                    .iter()
                    .map(|charge| Charge { amount: Amount::ZERO, net: Amount::ZERO, ..*charge })
                    .collect(),
                again: true,
            });
        }
        receipt.awards.sort_by_key(|row| (row.rule, row.act));
        Ok(())
    }

    /// Units that would have been earned on a day and that an action opened since.
    fn opened_since(&self, account: &Account, unit: crate::plan::UnitId, tag: Datum, dates: Dates, day: Day) -> Dates {
        let Opens::WithAction(action, until, _) = dates.opens else { return dates };
        let pile = account.holdings.get(unit.index()).and_then(|holding| holding.piles.iter().find(|p| p.tag == tag));
        let now = pile.map_or(dates, |pile| pile.dates_now(dates));
        let came = account.days.get(self.index.layout.action(action)).copied().flatten();
        match came.filter(|came| *came >= day && until.is_none_or(|until| *came <= until)) {
            Some(came) if now == dates => self.opened_by_action(account, dates, self.plan.zone.start_of(came)),
            _ => now,
        }
    }

    pub(super) fn past_scene<'s>(&'s self, frame: &'s Frame, basket: Basket<'s>) -> Scene<'s> {
        Scene {
            plan: self.plan,
            index: self.index,
            frame,
            basket,
            chosen: &[],
            line: None,
            given: &[],
            kind: Kind::Purchase,
            action: None,
            part: None,
            paid: None,
        }
    }

    /// What a row should come to; with `true` it stands as first given whatever others do.
    pub(super) fn target(
        &self,
        receipt: &Receipt,
        row: &Posted,
        kept: &Kept,
        (first, now): (&Done, &Done),
    ) -> Result<(bool, Amount), Fault> {
        let modes = self.modes(row.rule);
        if modes.contains(&ReturnsMode::AwardsStay) {
            return Ok((true, row.first));
        }
        if kept.lines.is_empty() {
            return Ok((false, Amount::ZERO));
        }
        if modes.contains(&ReturnsMode::WholeReceiptsOnly) {
            return Ok((true, row.first));
        }
        if modes.contains(&ReturnsMode::InProportion) {
            return Ok((false, self.in_proportion(receipt, row, kept, first)?));
        }
        let again = now.awards.iter().find(|award| same_award(row, award)).map_or(Amount::ZERO, |award| award.given);
        Ok((false, again))
    }

    /// `in proportion`: the share that is kept of the lines the award was worked out on, what is taken
    /// back rounded up.
    fn in_proportion(&self, receipt: &Receipt, row: &Posted, kept: &Kept, first: &Done) -> Result<Amount, Fault> {
        let whole = whole_of(receipt);
        let Some(lines) = self.lines_of(row.rule, first) else { return Ok(row.first) };
        let net = |kept: &Kept| -> Result<Amount, Fault> {
            let basket = kept.basket(&receipt.values);
            let mut sum = Amount::ZERO;
            for (line, place) in kept.places.iter().enumerate() {
                if lines.iter().any(|known| usize::from(*known) == *place) {
                    sum = sum.plus(basket.number(line, crate::plan::NumField::Spend(None))?)?;
                }
            }
            Ok(sum)
        };
        let (whole, rest) = (net(&whole)?, net(kept)?);
        if !whole.is_positive() {
            return Ok(row.first);
        }
        let share = Exact::from(rest).over(Exact::from(whole))?;
        Exact::from(row.first)
            .times(share)?
            .round(Rounding::Down, self.plan.unit(row.unit).decimals)
            .map_err(Fault::from)
    }

    /// The lines that an award was worked out on: for a multiplier those that all its rules look at.
    fn lines_of(&self, rule: RuleId, done: &Done) -> Option<Chosen> {
        let mut lines = done.chosen.get(rule.index())?.clone()?;
        if let Some(Act::Multiply { base, .. } | Act::Add { base, .. }) = self.plan.rule(rule).acts.first() {
            let base = self.lines_of(*base, done)?;
            lines.retain(|line| base.contains(line));
        }
        Some(lines)
    }

    /// Sums and visits go back on the day of purchase.
    pub(super) fn lower_counters(
        &mut self,
        account: &mut Account,
        receipt: &Receipt,
        before: &Kept,
        kept: &Kept,
        now: Moment,
        lowered: &mut LoweredOf,
    ) -> Result<(), Fault> {
        for id in &self.index.bought {
            let by_lines = match self.plan.counter(*id).measure {
                // What stands on the receipt as a whole goes back with the last of its lines.
                Measure::Sum(crate::plan::NumField::Receipt(_)) if !kept.lines.is_empty() => false,
                Measure::Visits | Measure::Sum(_) => true,
                _ => false,
            };
            if !by_lines {
                continue;
            }
            let old = counter::adds(*id, &self.past_scene(&receipt.frame, before.basket(&receipt.values)))?;
            let new = if kept.lines.is_empty() {
                Amount::ZERO
            } else {
                counter::adds(*id, &self.past_scene(&receipt.frame, kept.basket(&receipt.values)))?
            };
            let change = new.minus(old)?;
            if !change.is_zero() {
                counter::add_back(account, self.plan, self.index, *id, (receipt.frame.at, receipt.nth), now, change)?;
                lowered.push((Level::MEMBER, *id, change));
            }
        }
        Ok(())
    }

    /// A running-total award gives back only what the total no longer supports.
    pub(super) fn take_running(
        &mut self,
        account: &mut Account,
        around: &mut Around<'_>,
        cause: Cause<'_>,
        receipt: &mut Receipt,
        lowered: &mut LoweredOf,
    ) -> Result<(), Fault> {
        let mut rows = std::mem::take(&mut receipt.awards);
        for row in &mut rows {
            let Some(id) = running_counter(self.plan, row.rule, row.act) else { continue };
            if !self.runs_on(account, around, row, receipt.frame.at, cause.at) {
                continue;
            }
            let receiver = around.at(account, row.level);
            let Some(receiver) = receiver else { continue };
            let total = counter::value(receiver, self.plan, self.index, id, cause.at)?;
            let supported = self.supported(&receipt.frame, row, total)?;
            let window = &self.plan.counter(id).window;
            let days = receiver.clone_days(self.plan);
            let who = days.who(self.plan, &self.index.layout);
            let running = receiver.running.iter().find(|own| own.rule == row.rule && own.act == row.act);
            let Some(running) = running else { continue };
            let paid = running.paid.peek(window, &who, cause.at)?;
            let excess = paid.minus(supported)?.min(row.net);
            if !excess.is_positive() {
                continue;
            }
            let (before, target) = (row.net, row.net.minus(excess)?);
            self.bring_row(account, around, cause, row, target, (receipt.frame.at, receipt.nth), None, lowered)?;
            self.pay_again(account, around, row, row.net.minus(before)?, (receipt.frame.at, receipt.nth), cause.at)?;
            self.tell_award(account, &receipt.values, row.unit, (before, row.net), receipt.frame.at)?;
        }
        receipt.awards = rows;
        Ok(())
    }

    /// Does a running total still stand in the window of an award? A rolling window has moved on, and so
    /// has a calendar's that is over: such an award is worked out again with the state of its day.
    fn runs_on(&self, account: &Account, around: &Around<'_>, row: &Posted, bought: Moment, now: Moment) -> bool {
        let Some(counter) = running_counter(self.plan, row.rule, row.act) else { return false };
        // What only a rework gave is no award of the receipt's day.
        if row.again || !self.is_reworked(row.rule) {
            return false;
        }
        let window = &self.plan.counter(counter).window;
        let Some(receiver) = around.look(account, row.level) else { return false };
        let who = receiver.who(self.plan, &self.index.layout);
        let contains = |(first, last): (Day, Day)| first <= bought.day && bought.day <= last;
        !matches!(window, Window::Rolling(_)) && who.window(window, now).is_some_and(contains)
    }

    pub(super) fn supported(&self, frame: &Frame, row: &Posted, total: Amount) -> Result<Amount, Fault> {
        let Some(Prize::Units(_, Formula::Running { units, size, mode, .. })) =
            give_of(self.plan, (row.rule, row.act)).map(|give| &give.prize)
        else {
            return Ok(Amount::ZERO);
        };
        let scene = self.past_scene(frame, Basket::EMPTY);
        let (Some(units), Some(size)) = (scene.number(*units)?, scene.number(*size)?) else { return Ok(Amount::ZERO) };
        let exact = units.times(formula::blocks(Exact::from(total), size, *mode)?)?;
        exact.round(self.plan.unit(row.unit).round.mode, self.plan.unit(row.unit).decimals).map_err(Fault::from)
    }
}

pub(super) fn same_award(row: &Posted, award: &Award) -> bool {
    row.rule == award.rule && row.act == award.act && row.level == award.level && row.unit == award.unit
}
