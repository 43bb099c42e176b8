//! Merge: one account goes up in another; and opening balances, which members bring along.

use super::Fault;
use super::account::{Account, Hold};
use super::around::{Around, Membership};
use super::book::{Book, OpeningBalance};
use super::post::{Cause, Desk, dates_of};
use super::tally::Bought;
use crate::ledger::{Dates, EntryKind, Expires, Opens, Sink};
use crate::plan::{CounterId, LadderId, Plan, UnitId};
use crate::time::{Day, Moment};
use crate::ty::Event;
use crate::ty::event::Datum;
use crate::value::Amount;
use std::sync::Arc;

impl Book {
    /// The old account `at` goes up in `event.into`.
    pub(super) fn merge(&mut self, at: usize, event: &Event, sink: &mut impl Sink) -> Result<(), Fault> {
        let into = self.find_or_make(&event.into);
        let friend = self.friend_of(at);
        let above = if self.per_friend { self.all_above(at) } else { Vec::new() };
        let (plan, index) = (Arc::clone(&self.plan), Arc::clone(&self.index));
        let mut desk = Desk { plan: &plan, index: &index, sink, named: self.options.named_lots, pool: &self.pool };
        let mut old = self.accounts.get_mut(at).map(std::mem::take).unwrap_or_default();
        let mut new = self.accounts.get_mut(into).map(std::mem::take).unwrap_or_default();
        for account in [&mut old, &mut new] {
            if account.joined.is_none() {
                desk.begin(account, event.at.day);
            }
            desk.catch_up(account, &mut self.shared, event.at)?;
            desk.roll_all(account, event.at)?;
        }
        let cause = Cause { at: event.at, event: &event.id, receipt: &event.receipt, rule: None };
        desk.move_units(&mut old, &mut new, cause)?;
        merge_state(&plan, &mut old, &mut new)?;
        desk.pay_debts(&mut new, cause)?;
        // Nobody refers to oneself, also not by a merge.
        new.referrer = new.referrer.map(|by| self.last_of(by)).filter(|by| *by != into && *by != at);
        let gone = Account::new(&plan, &index.layout, Arc::clone(&old.name));
        old = Account {
            merged_into: Some(Membership { account: into, number: new.membership }),
            membership: old.membership,
            clock: std::mem::take(&mut old.clock),
            recent: std::mem::take(&mut old.recent),
            home: old.home,
            house: old.house.take(),
            ..gone
        };
        let fact = super::purchase::Fact { kind: crate::ty::Kind::Merge, ..super::purchase::Fact::NONE };
        let mut around = Around::alone(&mut self.shared);
        desk.fact_rules(&mut new, &mut around, cause, &fact)?;
        let mut rises = Vec::new();
        desk.look_at_ladders(&mut new, event.at, &mut rises)?;
        desk.entered(&mut new, &mut self.shared, cause, &rises)?;
        new.clock = new.clock.clone().max(old.clock.clone());
        desk.plan_anew(&mut new, event.at.day);
        if let Some(slot) = self.accounts.get_mut(at) {
            *slot = old;
        }
        if let Some(slot) = self.accounts.get_mut(into) {
            *slot = new;
        }
        if self.per_friend { self.friend_goes_on((friend, into), &above, event.at) } else { Ok(()) }
    }

    /// Books what a member brings along, before the first fact.
    pub fn open_with(&mut self, opening: &OpeningBalance, sink: &mut impl Sink) -> Result<(), Fault> {
        let at = self.find_or_make(&opening.member);
        let start = self.plan.zone.start_of(opening.at);
        if self.sweeps && self.swept < opening.at {
            self.sweep(start, sink)?;
        }
        self.bring_house(self.home(at), start, sink)?;
        self.host(at, start, sink)?;
        let (plan, index) = (Arc::clone(&self.plan), Arc::clone(&self.index));
        let mut desk = Desk { plan: &plan, index: &index, sink, named: self.options.named_lots, pool: &self.pool };
        let Some(account) = self.accounts.get_mut(at) else { return Ok(()) };
        if account.joined.is_none() {
            let joined = account.listed.filter(|day| *day <= opening.at).unwrap_or(opening.at);
            account.joined = Some(joined);
            account.today = joined;
        }
        desk.plan_ahead(account, account.today);
        let now = plan.zone.start_of(opening.at);
        desk.catch_up(account, &mut self.shared, now)?;
        let cause = Cause { at: now, event: "opening", receipt: "", rule: None };
        if let Some((unit, points)) = opening.points {
            desk.open_units(account, cause, UnitId::new(unit), points, opening)?;
        }
        if let Some((counter, stood)) = opening.counter {
            super::counter::add(account, &plan, &index, CounterId::new(counter), now, stood)?;
        }
        if let Some((ladder, tier)) = opening.tier {
            let id = LadderId::new(ladder);
            desk.give_tier(account, id, tier, opening.until, now);
        }
        // How a member stands is no rise that a rule hears of.
        desk.look_at_ladders(account, now, &mut Vec::new())?;
        desk.plan_anew(account, opening.at);
        self.unhost(at);
        Ok(())
    }
}

impl<S: Sink> Desk<'_, S> {
    /// Brings every window of an account to a moment, so that sums of the same stretch are added.
    fn roll_all(&self, account: &mut Account, at: Moment) -> Result<(), Fault> {
        for id in (0..self.plan.counters.len()).map(CounterId::new) {
            super::counter::add(account, self.plan, self.index, id, at, Amount::ZERO)?;
        }
        let mut usage = std::mem::take(&mut account.usage);
        let mut running = std::mem::take(&mut account.running);
        let who = account.who(self.plan, &self.index.layout);
        for own in &mut usage {
            if let Some(window) = &self.plan.limit(own.limit).window {
                own.tally.roll(window, &who, at)?;
            }
        }
        for own in &mut running {
            if let Some(counter) = super::award::running_counter(self.plan, own.rule, own.act) {
                own.paid.roll(&self.plan.counter(counter).window, &who, at)?;
            }
        }
        account.usage = usage;
        account.running = running;
        Ok(())
    }

    /// Lots and debt go over with their dates, in pairs of rows.
    pub(super) fn move_units(&mut self, old: &mut Account, new: &mut Account, cause: Cause<'_>) -> Result<(), Fault> {
        for unit in (0..self.plan.units.len()).map(UnitId::new) {
            let Some(holding) = old.holdings.get_mut(unit.index()) else { continue };
            for pile in std::mem::take(&mut holding.piles) {
                let lost = pile.lost;
                for (pending, heaps) in [(false, pile.open), (true, pile.pending)] {
                    for mut heap in heaps {
                        let mut taken = Vec::new();
                        let amount = heap.amount;
                        heap.take(amount, &mut taken)?;
                        for part in taken {
                            let lot = part.lot.as_deref().unwrap_or("");
                            self.row(
                                old,
                                cause,
                                unit,
                                EntryKind::Transfer,
                                part.amount.negated()?,
                                Some(&part.dates),
                                lot,
                            )?;
                            let to = new.holdings.get_mut(unit.index()).ok_or(Fault::Overflow)?;
                            to.pile(pile.tag).put(pending, part.dates, part.amount, part.lot.as_ref())?;
                            self.row(new, cause, unit, EntryKind::Transfer, part.amount, Some(&part.dates), lot)?;
                        }
                    }
                }
                let to = new.holdings.get_mut(unit.index()).ok_or(Fault::Overflow)?;
                to.pile(pile.tag).repaid.extend(pile.repaid);
                to.pile(pile.tag).opened.extend(pile.opened);
                to.pile(pile.tag).lost.extend(lost);
                if pile.debt.is_positive() {
                    let into = to.pile(pile.tag);
                    into.debt = into.debt.plus(pile.debt)?;
                    into.debts.extend(pile.debts);
                    into.debts.sort_by_key(|owed| owed.at);
                    self.row(old, cause, unit, EntryKind::Transfer, pile.debt, None, "debt")?;
                    self.row(new, cause, unit, EntryKind::Transfer, pile.debt.negated()?, None, "debt")?;
                }
            }
        }
        Ok(())
    }

    /// Open units pay debt, in the order of spending that the days of both accounts make.
    pub(super) fn pay_debts(&mut self, account: &mut Account, cause: Cause<'_>) -> Result<(), Fault> {
        for unit in (0..self.plan.units.len()).map(UnitId::new) {
            let piles = account.holdings.get(unit.index()).map_or(0, |holding| holding.piles.len());
            for place in 0..piles {
                let pile = account.holdings.get(unit.index()).and_then(|holding| holding.piles.get(place));
                if let Some(tag) = pile.map(|pile| pile.tag) {
                    self.pay_debt(account, cause, unit, tag)?;
                }
            }
        }
        Ok(())
    }

    fn open_units(
        &mut self,
        account: &mut Account,
        cause: Cause<'_>,
        unit: UnitId,
        points: Amount,
        opening: &OpeningBalance,
    ) -> Result<(), Fault> {
        if points.is_negative() {
            let tag = Datum::Missing;
            let holding = account.holdings.get_mut(unit.index()).ok_or(Fault::Overflow)?;
            let pile = holding.pile(tag);
            pile.incur("", cause.at.instant, points.negated()?)?;
            self.row(account, cause, unit, EntryKind::Adjust, points, None, "debt")?;
            return self.pay_debt(account, cause, unit, tag);
        }
        let frame = self.frame(account, cause.at)?;
        let scene = self.state_scene(&frame);
        let length = |length: &crate::plan::Length| super::tier::length_of(&scene, length);
        let at_once = crate::plan::Opening::AtOnce;
        let known = dates_of(
            self.plan,
            self.index,
            account,
            unit,
            (Some(&at_once), None),
            self.plan.zone.start_of(opening.earned),
            Datum::Missing,
            length,
        );
        let opens = opening.opens.filter(|day| *day > opening.at);
        let dates = Dates {
            opens: opens.map_or(Opens::AtOnce, Opens::On),
            // Nothing is lost before it opens.
            expires: opening
                .expires
                .map_or(known.expires, |day| Expires::On(opens.map_or(day, |opens| day.max(opens)))),
            earned: self.index.is_of_age(unit).then_some(opening.earned),
        };
        let lot = self.named.then(|| Arc::from(format!("opening {}", opening.earned)));
        self.give(account, cause, unit, Datum::Missing, dates, points, lot.as_ref(), EntryKind::Adjust)
    }
}

/// Purchases of one moment are told apart by their numbers: those of two accounts that become one are counted anew, in
/// the order of their ids.
fn number_anew(old: &mut Account, new: &mut Account) {
    let of = |account: &Account| -> Vec<(Moment, Arc<str>, u64)> {
        account.receipts.iter().map(|own| (own.frame.at, Arc::clone(&own.id), own.nth)).collect()
    };
    let (olds, news) = (of(old), of(new));
    let both: Vec<Moment> = olds.iter().map(|own| own.0).filter(|at| news.iter().any(|other| other.0 == *at)).collect();
    if both.is_empty() {
        return;
    }
    let mut all: Vec<(Moment, Arc<str>)> = olds.iter().chain(&news).map(|own| (own.0, Arc::clone(&own.1))).collect();
    all.sort();
    for (account, own) in [(old, olds), (new, news)] {
        // What stands after the n-th purchase stands after the last one of its own that comes no later.
        let number = |of: Bought| -> u64 {
            if !both.contains(&of.0) {
                return of.1;
            }
            let last = own.iter().filter(|own| own.0 == of.0 && own.2 <= of.1).map(|own| &own.1).max();
            let before = |id: &Arc<str>| all.iter().filter(|other| other.0 == of.0 && other.1 <= *id).count();
            last.map_or(0, before) as u64
        };
        for receipt in &mut account.receipts {
            receipt.nth = number((receipt.frame.at, receipt.nth));
        }
        for hold in account.standings.iter_mut().flat_map(|standing| &mut standing.holds).flatten() {
            hold.purchases = number((hold.entered, hold.purchases));
            hold.after = hold.after.map(|after| (after.0, number(after)));
        }
        let limits = account.usage.iter_mut().map(|usage| &mut usage.tally);
        let running = account.running.iter_mut().map(|running| &mut running.paid);
        account.counters.iter_mut().chain(limits).chain(running).for_each(|tally| tally.number_since(number));
    }
}

/// Sums of counters, used limits, tiers, days and receipts of two accounts become one's.
fn merge_state(plan: &Plan, old: &mut Account, new: &mut Account) -> Result<(), Fault> {
    number_anew(old, new);
    new.joined = match (old.joined, new.joined) {
        (Some(old), Some(new)) => Some(old.min(new)),
        (old, new) => old.or(new),
    };
    new.referrer = new.referrer.or(old.referrer);
    let days = old.house.as_ref().map_or(&old.days[..], |house| &house.days);
    for (place, (own, of_all)) in old.days.iter().zip(days).enumerate() {
        let latest = |slot: &mut Option<Day>, day: Option<Day>| *slot = (*slot).max(day);
        if let Some(slot) = new.days.get_mut(place) {
            latest(slot, *own);
        }
        if let Some(slot) = new.house.as_mut().and_then(|house| house.days.get_mut(place)) {
            latest(slot, (*own).max(*of_all));
        }
    }
    for (to, from) in new.counters.iter_mut().zip(&old.counters) {
        to.merge(from)?;
    }
    for ((to, from), counter) in new.seen.iter_mut().zip(&old.seen).zip(&plan.counters) {
        for (value, at) in &from.values {
            to.note(*value, *at, &counter.window);
        }
    }
    for usage in std::mem::take(&mut old.usage) {
        match new.usage.iter_mut().find(|own| own.limit == usage.limit && own.key == usage.key) {
            Some(own) => own.tally.merge(&usage.tally)?,
            None => new.usage.push(usage),
        }
    }
    for running in std::mem::take(&mut old.running) {
        match new.running.iter_mut().find(|own| own.rule == running.rule && own.act == running.act) {
            Some(own) => own.paid.merge(&running.paid)?,
            None => new.running.push(running),
        }
    }
    for (ladder, (to, from)) in new.standings.iter_mut().zip(&old.standings).enumerate() {
        to.hold(from.holds.len().saturating_sub(1));
        for (tier, to) in to.holds.iter_mut().enumerate() {
            *to = later_hold(to.take(), from.holds.get(tier).cloned().flatten());
            if let Some(hold) = to
                && plan.ladders.get(ladder).is_some_and(|ladder| ladder.keep.is_some())
            {
                // No later return asks which account it was reached in.
                hold.given = true;
            }
        }
        let keeps = plan.ladders.get(ladder).is_some_and(|ladder| ladder.keep.is_some());
        if keeps || from.tier > to.tier {
            to.tier = to.tier.max(from.tier);
        }
    }
    new.receipts.extend(std::mem::take(&mut old.receipts));
    new.keeps_until = new.keeps_until.min(old.keeps_until);
    new.receipts.make_contiguous().sort_by(|one, other| (one.frame.at, &one.id).cmp(&(other.frame.at, &other.id)));
    // In the order in which it was cut.
    old.carried.append(&mut new.carried);
    new.carried = std::mem::take(&mut old.carried);
    new.carried.sort_by_key(|carried| carried.at);
    new.purchases += old.purchases;
    new.revenue = new.revenue.plus(old.revenue)?;
    new.last_purchase = new.last_purchase.max(old.last_purchase);
    new.moments.clear();
    Ok(())
}

fn later_hold(one: Option<Hold>, other: Option<Hold>) -> Option<Hold> {
    let last = |hold: &Hold| hold.until.unwrap_or(Day::MAX);
    match (one, other) {
        // What one of them holds already goes on, though the later keeping takes effect only later.
        (Some(one), Some(other)) => {
            let from = one.from.min(other.from);
            Some(Hold { from, ..if last(&other) > last(&one) { other } else { one } })
        }
        (one, other) => one.or(other),
    }
}
