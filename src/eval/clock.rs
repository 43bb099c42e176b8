//! Time passes: the two halves of each midnight, in the order that the language fixes.
//!
//! *End of the old day*: rules "at the end of" → tier reviews → expiry, wipes, decay → ladders on a
//! balance may fall. *Start of the new day*: what limits carried → lots open and pay debts →
//! ladders rise → rules "on the". Midnights at which nothing is due are jumped over.

use super::Fault;
use super::account::Account;
use super::book::Shared;
use super::index::at_end_of_day;
use super::post::{Cause, Desk};
use super::tally::Tally;
use super::tier::Rise;
use crate::ledger::{Dates, EntryKind, Expires, Opens, Pile, Sink};
use crate::plan::{CounterId, Ladder, LadderId, RuleId, UnitId};
use crate::time::{Day, Moment, TimeOfDay};
use crate::ty::event::Datum;
use smallvec::SmallVec;

/// More midnights than any member lives through: 300 years.
const MIDNIGHTS_MAX: u32 = 110_000;

impl<S: Sink> Desk<'_, S> {
    /// Brings a member to a moment: works every midnight that is due, up to the start of its day, and
    /// opens what opens at an instant before it.
    pub(super) fn catch_up(&mut self, account: &mut Account, shared: &mut Shared, to: Moment) -> Result<(), Fault> {
        for _ in 0..MIDNIGHTS_MAX {
            if account.due > to.day {
                self.open_instants(account, to)?;
                account.today = account.today.max(to.day);
                return Ok(());
            }
            let midnight = account.due.max(account.today);
            if self.index.opens_at_instants {
                // What opens at the very instant of midnight opens with the new day.
                let new = self.pool.start_of(self.plan, midnight);
                let last = crate::time::Instant::from_micros(new.instant.micros().saturating_sub(1));
                self.open_instants(account, Moment { instant: last, ..new })?;
            }
            let gave = self.midnight(account, shared, midnight)?;
            account.today = account.today.max(midnight);
            self.plan_ahead(account, midnight);
            if gave && self.index.restless_ladders {
                // What the start of a day gave is seen by these ladders at the start of the next.
                account.due = account.due.min(midnight.next().unwrap_or(Day::MAX));
                if let Some(house) = &mut account.house {
                    house.gave = true;
                }
            }
            if account.due <= midnight {
                account.due = midnight.next().ok_or(Fault::DateOutOfRange)?;
            }
        }
        Err(Fault::TooManySteps(MIDNIGHTS_MAX))
    }

    /// The account of a member begins: with a fact of that day, or earlier as the members file says.
    pub(super) fn begin(&self, account: &mut Account, day: Day) {
        let joined = account.listed.filter(|listed| *listed <= day).unwrap_or(day);
        account.joined = Some(joined);
        account.today = joined;
        account.left = false;
        self.plan_ahead(account, joined);
    }

    /// One midnight, before the start of `day`: did the start of the day give units?
    fn midnight(&mut self, account: &mut Account, shared: &mut Shared, day: Day) -> Result<bool, Fault> {
        let Some(old) = day.previous() else { return Ok(false) };
        if account.joined.is_none_or(|joined| joined > day) || account.left {
            return Ok(false);
        }
        let new = self.pool.start_of(self.plan, day);
        let end = Moment {
            instant: crate::time::Instant::from_micros(new.instant.micros().saturating_sub(1)),
            day: old,
            time: TimeOfDay::hms(23, 59, 59).unwrap_or_default(),
        };
        if self.is_quiet(account) {
            return self.quiet_midnight(account, shared, end, new).map(|()| false);
        }
        if account.joined.is_some_and(|joined| joined <= old) {
            account.today = account.today.max(old);
            let tiers = tiers_of(account);
            self.moment_rules(account, shared, day, end, Half::EndGives)?;
            let mut rises = Vec::new();
            self.review(account, end, &mut rises)?;
            self.entered(account, shared, Cause::midnight(end), &rises)?;
            self.expire(account, end)?;
            self.moment_rules(account, shared, day, end, Half::EndTakes)?;
            self.look_at_restless(account, end, &mut Vec::new(), true)?;
            self.look_at_gifts(account, shared, end, &tiers, true)?;
        }
        account.today = account.today.max(day);
        let tiers = tiers_of(account);
        if self.index.migrates {
            self.migrate(account, day, new)?;
        }
        self.carry_on(account, shared, new)?;
        self.open_days(account, new)?;
        let mut rises = Vec::new();
        self.look_at_restless(account, new, &mut rises, false)?;
        self.effective_rises(account, new, &mut rises)?;
        self.entered(account, shared, Cause::midnight(new), &rises)?;
        self.moment_rules(account, shared, day, new, Half::Start)?;
        self.convert(account, shared, Cause::midnight(new), &self.index.automatic)?;
        let gave = account.gifted;
        self.look_at_gifts(account, shared, new, &tiers, false)?;
        Ok(gave)
    }

    /// Can a midnight bring this member nothing but units that are lost or open, and a sum that a day has left?
    fn is_quiet(&self, account: &Account) -> bool {
        self.index.quiet
            && !account.gifted
            && account.carried.is_empty()
            && account.standings.iter().all(|standing| standing.holds.is_empty())
    }

    /// The steps of such a midnight.
    fn quiet_midnight(
        &mut self,
        account: &mut Account,
        shared: &mut Shared,
        end: Moment,
        new: Moment,
    ) -> Result<(), Fault> {
        if account.joined.is_some_and(|joined| joined <= end.day) {
            account.today = account.today.max(end.day);
            self.expire(account, end)?;
        }
        account.today = account.today.max(new.day);
        self.open_days(account, new)?;
        if account.standings.iter().any(|standing| standing.tier > 0) {
            let mut rises = Vec::new();
            self.look_at_restless(account, new, &mut rises, false)?;
            self.entered(account, shared, Cause::midnight(new), &rises)?;
        }
        account.gifted = false;
        Ok(())
    }

    /// A half that gave units: ladders that keep look at their value, if they did not move in it already.
    fn look_at_gifts(
        &mut self,
        account: &mut Account,
        shared: &mut Shared,
        at: Moment,
        before: &[u8],
        end: bool,
    ) -> Result<(), Fault> {
        if !std::mem::take(&mut account.gifted) {
            return Ok(());
        }
        let mut rises = Vec::new();
        for (place, of) in self.plan.ladders.iter().enumerate() {
            let moved = account.standings.get(place).map(|standing| standing.tier) != before.get(place).copied();
            if of.keep.is_some() && !moved && !(of.on_balance && end) {
                self.look(account, LadderId::new(place), at, &mut rises)?;
            }
        }
        self.entered(account, shared, Cause::midnight(at), &rises)
    }

    /// Lots whose last day is over are lost.
    fn expire(&mut self, account: &mut Account, end: Moment) -> Result<(), Fault> {
        for unit in (0..self.plan.units.len()).map(UnitId::new) {
            let piles = account.holdings.get(unit.index()).map_or(0, |holding| holding.piles.len());
            for place in 0..piles {
                if self.expire_heap(account, unit, place, end)? {
                    continue;
                }
                let over = |pile: &Pile| {
                    pile.open.iter().any(|heap| self.is_over(account, unit, &heap.dates(), end))
                        || pile.pending.iter().any(|heap| is_cancelled(&heap.dates(), end))
                };
                let pile = account.holdings.get(unit.index()).and_then(|holding| holding.piles.get(place));
                if let Some(tag) = pile.filter(|pile| over(pile)).map(|pile| pile.tag) {
                    self.expire_pile(account, unit, tag, end)?;
                }
            }
        }
        Ok(())
    }

    /// One heap at most is over, as it mostly is, and nothing else can be: it is lost as it lies. Answers whether
    /// that is so.
    fn expire_heap(&mut self, account: &mut Account, unit: UnitId, place: usize, end: Moment) -> Result<bool, Fault> {
        let keeps_lost = self.index.keeps_lost(self.plan, account, unit);
        let pile = account.holdings.get_mut(unit.index()).and_then(|holding| holding.piles.get_mut(place));
        let Some(pile) = pile.filter(|pile| pile.pending.is_empty()) else { return Ok(false) };
        let mut over = None;
        for (at, heap) in pile.open.iter().enumerate() {
            match heap.dates().expires {
                Expires::On(last) if last <= end.day && (over.is_some() || heap.lots().next().is_some()) => {
                    return Ok(false);
                }
                Expires::On(last) if last <= end.day => over = Some(at),
                Expires::On(_) | Expires::Never => {}
                Expires::After(..) | Expires::WithTier(..) | Expires::WithNextPurchase => return Ok(false),
            }
        }
        let Some(at) = over else { return Ok(true) };
        let heap = pile.open.remove(at);
        let dates = heap.dates();
        if keeps_lost {
            pile.lose(dates, heap.amount, end.instant)?;
        }
        let lost = heap.amount.negated()?;
        self.row(account, Cause::midnight(end), unit, EntryKind::Expire, lost, Some(&dates), "")?;
        Ok(true)
    }

    /// Is the last day of open units over?
    pub(super) fn is_over(&self, account: &Account, unit: UnitId, dates: &Dates, end: Moment) -> bool {
        match dates.expires {
            Expires::On(last) => last <= end.day,
            Expires::Never | Expires::WithNextPurchase => false,
            Expires::WithTier(ladder, tier) => {
                account.standings.get(ladder.index()).is_some_and(|standing| standing.tier < tier)
            }
            Expires::After(..) => self.last_day(account, unit, &dates.expires).is_some_and(|last| last <= end.day),
        }
    }

    fn expire_pile(&mut self, account: &mut Account, unit: UnitId, tag: Datum, end: Moment) -> Result<(), Fault> {
        let keeps_lost = self.index.keeps_lost(self.plan, account, unit);
        let (taken, _) = self.take(account, unit, tag, |desk, account, pile, taken| {
            let mut lost: Vec<_> =
                pile.open.extract_if(.., |heap| desk.is_over(account, unit, &heap.dates(), end)).collect();
            lost.sort_by_key(|heap| heap.dates().opens.rank());
            lost.extend(pile.pending.extract_if(.., |heap| is_cancelled(&heap.dates(), end)));
            for mut heap in lost {
                if keeps_lost {
                    pile.lose(heap.dates(), heap.amount, end.instant)?;
                }
                let amount = heap.amount;
                heap.take(amount, taken)?;
            }
            Ok(crate::value::Amount::ZERO)
        })?;
        self.rows_of(account, Cause::midnight(end), unit, EntryKind::Expire, &taken)
    }

    /// Lots whose day has come open; debts are paid.
    fn open_days(&mut self, account: &mut Account, at: Moment) -> Result<(), Fault> {
        let due = |opens| match opens {
            Opens::On(day) => day <= at.day,
            Opens::At(instant, _) => instant <= at.instant,
            Opens::AtOnce | Opens::WithAction(..) => false,
        };
        self.open_where(account, at, due, Cause::midnight(at))
    }

    /// Lots open at an instant before a moment.
    pub(super) fn open_instants(&mut self, account: &mut Account, to: Moment) -> Result<(), Fault> {
        if !self.index.opens_at_instants {
            return Ok(());
        }
        let due = |opens: Opens| if let Opens::At(instant, _) = opens { Some(instant) } else { None };
        loop {
            let pending = account.holdings.iter().flat_map(|h| &h.piles).flat_map(|pile| &pile.pending);
            let next = pending.filter_map(|heap| due(heap.dates().opens)).filter(|at| *at <= to.instant).min();
            let Some(instant) = next else { return Ok(()) };
            let at = self.plan.zone.moment(instant);
            self.open_where(account, at, |opens| due(opens) == Some(instant), Cause::midnight(at))?;
        }
    }

    /// Opens the pending lots that fit.
    pub(super) fn open_where(
        &mut self,
        account: &mut Account,
        at: Moment,
        fits: impl Fn(Opens) -> bool,
        cause: Cause<'_>,
    ) -> Result<(), Fault> {
        for unit in (0..self.plan.units.len()).map(UnitId::new) {
            let Some(holding) = account.holdings.get_mut(unit.index()) else { continue };
            if !holding.piles.iter().flat_map(|pile| &pile.pending).any(|heap| fits(heap.dates().opens)) {
                continue;
            }
            let mut opened = Vec::new();
            let mut tags = Vec::new();
            for pile in &mut holding.piles {
                let mut waiting = Vec::with_capacity(pile.pending.len());
                for heap in std::mem::take(&mut pile.pending) {
                    if fits(heap.dates().opens) { opened.push((pile.tag, heap)) } else { waiting.push(heap) }
                }
                pile.pending = waiting;
            }
            // Of what one action opens the lot that lies there longest comes first, as of what was open together.
            let by_action = |opens: Opens| matches!(opens, Opens::WithAction(..));
            opened.sort_by_key(|(_, heap)| Some(heap.dates().opens).filter(|own| !by_action(*own)).map(Opens::rank));
            for (tag, heap) in opened {
                let mut dates = heap.dates();
                if matches!(dates.opens, Opens::WithAction(..)) {
                    dates = self.opened_by_action(account, dates, at);
                }
                let Some(holding) = account.holdings.get_mut(unit.index()) else { continue };
                let pile = holding.pile(tag);
                if dates != heap.dates() {
                    let returns = |(_, now): &(Dates, Dates)| {
                        let opened = now.opens.day(None).unwrap_or(at.day);
                        self.plan.returns.within.after_day(opened).is_none_or(|last| last >= at.day)
                    };
                    pile.opened.retain(returns);
                    pile.opened.push((heap.dates(), dates));
                }
                if heap.lots().next().is_none() {
                    pile.put(false, dates, heap.amount, None)?;
                    self.row(account, cause, unit, EntryKind::Open, crate::value::Amount::ZERO, Some(&dates), "")?;
                } else {
                    for lot in heap.lots() {
                        let Some(holding) = account.holdings.get_mut(unit.index()) else { continue };
                        holding.pile(tag).put(false, dates, lot.amount, Some(&lot.name))?;
                        self.row(
                            account,
                            cause,
                            unit,
                            EntryKind::Open,
                            crate::value::Amount::ZERO,
                            Some(&dates),
                            &lot.name,
                        )?;
                    }
                }
                if !tags.contains(&tag) {
                    tags.push(tag);
                }
            }
            for tag in tags {
                self.pay_debt(account, cause, unit, tag)?;
            }
        }
        Ok(())
    }

    /// Ladders whose value moves without a fact: those without `keep`, and those on a balance.
    fn look_at_restless(
        &mut self,
        account: &mut Account,
        at: Moment,
        rises: &mut Vec<Rise>,
        end: bool,
    ) -> Result<(), Fault> {
        if !self.index.restless_ladders {
            return Ok(());
        }
        for (place, of) in self.plan.ladders.iter().enumerate() {
            // At the end of a day only a ladder on a balance can fall: windows move with the new day.
            let looks = if end { of.on_balance && of.keep.is_none() } else { of.on_balance || of.keep.is_none() };
            if looks {
                let mut found = Vec::new();
                let tier = account.standings.get(place).map_or(0, |standing| standing.tier);
                if self.only_sinks(account, place) && (tier == 0 || !self.moves_on(account, of, at.day)) {
                    continue;
                }
                // A ladder on a balance falls at the end of a day and rises at its start.
                if of.on_balance && of.in_force.on(at.day) {
                    let value = self.value_tier(account, LadderId::new(place), at)?;
                    // What is held already, though it takes effect later, is not reached once more.
                    let held = account.standings.get(place).map_or(0, |standing| standing.held_on(at.day));
                    if (end && value > tier) || (!end && value <= tier.max(held)) {
                        continue;
                    }
                }
                self.look(account, LadderId::new(place), at, &mut found)?;
                rises.extend(found);
            }
        }
        Ok(())
    }

    /// Tiers reached earlier that take effect today.
    fn effective_rises(&mut self, account: &mut Account, at: Moment, rises: &mut Vec<Rise>) -> Result<(), Fault> {
        for place in 0..self.plan.ladders.len() {
            let begins = account.standings.get(place).is_some_and(|standing| {
                standing.holds.iter().flatten().any(|hold| hold.from == at.day && hold.entered.day < at.day)
            });
            if begins {
                // The hold runs from the day it was reached; today it only takes effect.
                let reached = self.value_tier(account, LadderId::new(place), at)?;
                self.settle(account, LadderId::new(place), at, reached, rises);
            }
        }
        Ok(())
    }

    /// The rules that this midnight sets off.
    fn moment_rules(
        &mut self,
        account: &mut Account,
        shared: &mut Shared,
        day: Day,
        at: Moment,
        half: Half,
    ) -> Result<(), Fault> {
        if self.index.moments.is_empty() {
            return Ok(());
        }
        let mut rules: Vec<RuleId> = Vec::new();
        for (place, rule) in self.index.moments.iter().enumerate() {
            let is_end = at_end_of_day(&self.plan.rule(*rule).trigger);
            let due = account.moments.get(place).copied().flatten() == Some(day);
            if due && is_end == (half != Half::Start) {
                rules.push(*rule);
            }
        }
        if rules.is_empty() { Ok(()) } else { self.moment(account, shared, &rules, at, half) }
    }

    /// Can nothing but a fact lift the value of a ladder?
    pub(super) fn only_sinks(&self, account: &Account, ladder: usize) -> bool {
        let dips = |id: &CounterId| account.counters.get(id.index()).is_some_and(Tally::dips);
        self.index.sinks.get(ladder).copied().unwrap_or(false)
            && !self.plan.ladders.get(ladder).is_some_and(|of| of.counters.iter().any(dips))
    }

    /// Can a sum that a ladder reads have changed with the start of a day?
    fn moves_on(&self, account: &Account, of: &Ladder, day: Day) -> bool {
        let who = account.who(self.plan, &self.index.layout);
        of.counters.iter().any(|id| {
            let tally = account.counters.get(id.index());
            tally.is_none_or(|tally| tally.moves_on(&self.plan.counter(*id).window, &who, day))
        })
    }
}

/// Has the action that would open units not come in time?
fn is_cancelled(dates: &Dates, end: Moment) -> bool {
    matches!(dates.opens, Opens::WithAction(_, Some(until), _) if until <= end.day)
}

fn tiers_of(account: &Account) -> SmallVec<[u8; 4]> {
    account.standings.iter().map(|standing| standing.tier).collect()
}

/// Which half of midnight, and what rules do in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Half {
    /// End of the old day: rules give.
    EndGives,
    /// End of the old day, later: rules take.
    EndTakes,
    /// Start of the new day.
    Start,
}
