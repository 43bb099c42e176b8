//! Time passes: the two halves of each midnight, in the order that the language fixes.
//!
//! *End of the old day*: rules "at the end of" → tier reviews → expiry, wipes, decay → ladders on a
//! balance may fall. *Start of the new day*: what limits carried → lots open and pay debts →
//! ladders rise → rules "on the". Midnights at which nothing is due are jumped over.

use super::Fault;
use super::account::Account;
use super::book::Shared;
use super::index::{at_end_of_day, moves_by_itself};
use super::post::{Cause, Desk};
use super::tally::Tally;
use super::tier::Rise;
use crate::ledger::{Dates, EntryKind, Expires, Opens, Pile, Sink};
use crate::plan::{CounterId, Ladder, LadderId, RuleId, Trigger, UnitId};
use crate::syntax::ast::Side;
use crate::time::{Day, Moment, TimeOfDay};
use crate::ty::event::Datum;

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
                self.open_instants(account, self.plan.zone.start_of(midnight))?;
            }
            let gave = self.midnight(account, shared, midnight)?;
            account.today = account.today.max(midnight);
            self.plan_ahead(account, midnight);
            if gave && self.index.restless_ladders {
                // What the start of a day gave is seen by these ladders at the start of the next.
                account.due = account.due.min(midnight.next().unwrap_or(Day::MAX));
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
        let new = self.plan.zone.start_of(day);
        let end = Moment {
            instant: crate::time::Instant::from_micros(new.instant.micros().saturating_sub(1)),
            day: old,
            time: TimeOfDay::hms(23, 59, 59).unwrap_or_default(),
        };
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
                let over = |pile: &Pile| {
                    pile.open.iter().any(|heap| self.is_over(account, &heap.dates, end))
                        || pile.pending.iter().any(|heap| is_cancelled(&heap.dates, end))
                };
                let pile = account.holdings.get(unit.index()).and_then(|holding| holding.piles.get(place));
                if let Some(tag) = pile.filter(|pile| over(pile)).map(|pile| pile.tag) {
                    self.expire_pile(account, unit, tag, end)?;
                }
            }
        }
        Ok(())
    }

    /// Is the last day of open units over?
    pub(super) fn is_over(&self, account: &Account, dates: &Dates, end: Moment) -> bool {
        match dates.expires {
            Expires::On(last) => last <= end.day,
            Expires::Never | Expires::WithNextPurchase => false,
            Expires::WithTier(ladder, tier) => {
                account.standings.get(ladder.index()).is_some_and(|standing| standing.tier < tier)
            }
            Expires::After(..) => self.last_day(account, &dates.expires).is_some_and(|last| last <= end.day),
        }
    }

    fn expire_pile(&mut self, account: &mut Account, unit: UnitId, tag: Datum, end: Moment) -> Result<(), Fault> {
        let keeps_lost = !account.receipts.is_empty();
        let (taken, _) = self.take(account, unit, tag, |desk, account, pile, taken| {
            let mut lost: Vec<_> = pile.open.extract_if(.., |heap| desk.is_over(account, &heap.dates, end)).collect();
            lost.sort_by_key(|heap| heap.dates.opens.rank());
            lost.extend(pile.pending.extract_if(.., |heap| is_cancelled(&heap.dates, end)));
            for mut heap in lost {
                if keeps_lost {
                    crate::ledger::put(&mut pile.lost, heap.dates, heap.amount, None)?;
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
        self.open_where(account, at, |opens| matches!(opens, Opens::On(day) if day <= at.day), Cause::midnight(at))
    }

    /// Lots open at an instant before a moment.
    fn open_instants(&mut self, account: &mut Account, to: Moment) -> Result<(), Fault> {
        if !self.index.opens_at_instants {
            return Ok(());
        }
        let due = |opens: Opens| if let Opens::At(instant, _) = opens { Some(instant) } else { None };
        loop {
            let pending = account.holdings.iter().flat_map(|h| &h.piles).flat_map(|pile| &pile.pending);
            let next = pending.filter_map(|heap| due(heap.dates.opens)).filter(|at| *at <= to.instant).min();
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
            if !holding.piles.iter().flat_map(|pile| &pile.pending).any(|heap| fits(heap.dates.opens)) {
                continue;
            }
            let mut opened = Vec::new();
            let mut tags = Vec::new();
            for pile in &mut holding.piles {
                let mut waiting = Vec::with_capacity(pile.pending.len());
                for heap in std::mem::take(&mut pile.pending) {
                    if fits(heap.dates.opens) { opened.push((pile.tag, heap)) } else { waiting.push(heap) }
                }
                pile.pending = waiting;
            }
            opened.sort_by_key(|(_, heap)| heap.dates.opens.rank());
            for (tag, heap) in opened {
                let mut dates = heap.dates;
                if matches!(dates.opens, Opens::WithAction(..)) {
                    dates = self.opened_by_action(account, dates, at);
                }
                let Some(holding) = account.holdings.get_mut(unit.index()) else { continue };
                let pile = holding.pile(tag);
                if dates != heap.dates {
                    let returns = |(_, now): &(Dates, Dates)| {
                        let opened = now.opens.day(None).unwrap_or(at.day);
                        self.plan.returns.within.after_day(opened).is_none_or(|last| last >= at.day)
                    };
                    pile.opened.retain(returns);
                    pile.opened.push((heap.dates, dates));
                }
                if heap.lots.is_empty() {
                    pile.put(false, dates, heap.amount, None)?;
                    self.row(account, cause, unit, EntryKind::Open, crate::value::Amount::ZERO, Some(&dates), "")?;
                } else {
                    for lot in &heap.lots {
                        let Some(holding) = account.holdings.get_mut(unit.index()) else { continue };
                        holding.pile(tag).put(false, dates, lot.amount, Some(std::sync::Arc::clone(&lot.name)))?;
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
                if of.on_balance {
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

    /// When something is due next. Called whenever the state has changed.
    pub(super) fn plan_ahead(&self, account: &mut Account, today: Day) {
        let mut due = Day::MAX;
        let after = |day: Option<Day>| day.and_then(Day::next).unwrap_or(Day::MAX);
        for holding in &account.holdings {
            for pile in &holding.piles {
                for heap in &pile.open {
                    due = due.min(match heap.dates.expires {
                        Expires::On(day) => after(Some(day)),
                        Expires::Never | Expires::WithNextPurchase => Day::MAX,
                        Expires::WithTier(ladder, tier) => {
                            let lost =
                                account.standings.get(ladder.index()).is_some_and(|standing| standing.tier < tier);
                            if lost { after(Some(today)) } else { Day::MAX }
                        }
                        Expires::After(..) => after(self.last_day(account, &heap.dates.expires)),
                    });
                }
                for heap in &pile.pending {
                    // What opens at an instant is lost later, at a midnight that must be known now.
                    due = due.min(after(self.last_day(account, &heap.dates.expires)));
                    due = due.min(match heap.dates.opens {
                        Opens::On(day) => day,
                        Opens::WithAction(_, until, _) => after(until),
                        Opens::AtOnce | Opens::At(..) => Day::MAX,
                    });
                }
            }
        }
        due = due.min(self.ladders_due(account, today));
        if account.gifted || self.can_convert(account) {
            due = due.min(after(Some(today)));
        }
        for carried in &account.carried {
            due = due.min(carried.due);
        }
        for (place, rule) in self.index.moments.iter().enumerate() {
            let known = account.moments.get(place).copied().flatten();
            let next = match known {
                Some(day) if day > today && !self.moves(*rule) => known,
                _ => self.next_moment(account, *rule, today),
            };
            if account.moments.len() <= place {
                account.moments.resize(place + 1, None);
            }
            if let Some(slot) = account.moments.get_mut(place) {
                *slot = next;
            }
            due = due.min(next.unwrap_or(Day::MAX));
        }
        // A merge may bring days that are over: they are due at the next midnight, none comes twice.
        let next = today.next().unwrap_or(Day::MAX);
        account.due = if account.left { Day::MAX } else { due.max(next) };
    }

    /// Does the moment of a rule move with what the member does?
    fn moves(&self, rule: RuleId) -> bool {
        matches!(&self.plan.rule(rule).trigger, Trigger::StartOf(period)
            if matches!(self.plan.period(*period), crate::plan::Period::Around(_, _, anchor) if !matches!(anchor, crate::plan::Anchor::Feast(_) | crate::plan::Anchor::Joining)))
    }

    fn next_moment(&self, account: &Account, rule: RuleId, today: Day) -> Option<Day> {
        let who = account.who(self.plan, &self.index.layout);
        match &self.plan.rule(rule).trigger {
            Trigger::StartOf(period) => who.next_start(*period, today),
            Trigger::At(edge) => {
                let (_, end) = who.bounds(edge.kalendar, today)?;
                // Both edges fall on the same midnight: the end of this span, the start of the next.
                let _ = Side::Start;
                end.next()
            }
            Trigger::Fact { .. } | Trigger::Nth { .. } | Trigger::Entering(..) => None,
        }
    }

    /// Can nothing but a fact lift the value of a ladder?
    fn only_sinks(&self, account: &Account, ladder: usize) -> bool {
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

    fn ladders_due(&self, account: &mut Account, today: Day) -> Day {
        let mut due = Day::MAX;
        for (place, of) in self.plan.ladders.iter().enumerate() {
            for day in [of.in_force.from, of.in_force.to.and_then(Day::next)].into_iter().flatten() {
                if day > today {
                    due = due.min(day);
                }
            }
            let Some(standing) = account.standings.get(place) else { continue };
            for hold in standing.holds.iter().flatten() {
                if let Some(until) = hold.until {
                    due = due.min(until.next().unwrap_or(Day::MAX));
                }
                if hold.from > today {
                    due = due.min(hold.from);
                }
            }
            // What rules give or take at the start of a day moves a ladder at the next half.
            let by_awards = of.keep.is_none() && of.counters.iter().any(|id| self.index.awarded.contains(id));
            if of.on_balance || by_awards {
                let at = self.plan.zone.start_of(today);
                let value = self.value_tier(account, LadderId::new(place), at).unwrap_or(0);
                let stands = value.max(standing.held_on(today));
                if value > standing.tier.max(standing.held_on(today)) || (of.keep.is_none() && stands < standing.tier) {
                    due = due.min(today.next().unwrap_or(Day::MAX));
                }
            }
            // From the lowest tier nobody falls.
            let rests = standing.tier == 0 && self.only_sinks(account, place);
            if of.keep.is_none() && !rests {
                for id in &of.counters {
                    let counter = self.plan.counter(*id);
                    if moves_by_itself(&counter.window) {
                        let seen = account.seen.get(id.index()).is_some_and(|seen| !seen.values.is_empty());
                        let change = if seen { today.next() } else { self.next_change(account, *id, today) };
                        due = due.min(change.unwrap_or(Day::MAX));
                    }
                }
            }
        }
        due
    }
}

impl<S: Sink> Desk<'_, S> {
    /// When the value of a counter changes if nothing happens. The tally is lifted out for that long.
    fn next_change(&self, account: &mut Account, id: CounterId, today: Day) -> Option<Day> {
        let mut tally = std::mem::take(account.counters.get_mut(id.index())?);
        let who = account.who(self.plan, &self.index.layout);
        let change = tally.next_change(&self.plan.counter(id).window, &who, today);
        if let Some(place) = account.counters.get_mut(id.index()) {
            *place = tally;
        }
        change
    }
}

/// Has the action that would open units not come in time?
fn is_cancelled(dates: &Dates, end: Moment) -> bool {
    matches!(dates.opens, Opens::WithAction(_, Some(until), _) if until <= end.day)
}

fn tiers_of(account: &Account) -> Vec<u8> {
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
