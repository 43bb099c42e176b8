//! What is due next: midnights before it bring a member nothing and are jumped over.
//!
//! A day that is too early does no harm, because each step of midnight asks for itself whether it has something to
//! do. So after a purchase only what the purchase brought is looked at: it brings other days no nearer.

use super::account::{Account, Hold};
use super::climb::Climb;
use super::index::moves_by_itself;
use super::post::Desk;
use crate::ledger::{Dates, Expires, Opens, Pile, Sink};
use crate::plan::{Anchor, CounterId, DueBase, Expiry, Ladder, LadderId, RuleId, Trigger, UnitId};
use crate::syntax::ast::Side;
use crate::time::Day;

/// The midnight after a day.
fn after(day: Option<Day>) -> Day {
    day.and_then(Day::next).unwrap_or(Day::MAX)
}

impl<S: Sink> Desk<'_, S> {
    /// When something is due next. Called whenever the state has changed.
    pub(super) fn plan_ahead(&self, account: &mut Account, today: Day) {
        let mut due = Day::MAX;
        for (unit, holding) in account.holdings.iter().enumerate() {
            for pile in &holding.piles {
                due = due.min(self.pile_due(account, UnitId::new(unit), pile, today));
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

    /// When something of a pile is due.
    pub(super) fn pile_due(&self, account: &Account, unit: UnitId, pile: &Pile, today: Day) -> Day {
        let open = pile.open.iter().map(|heap| self.loss_due(account, unit, &heap.dates(), today));
        let pending = pile.pending.iter().map(|heap| self.opening_due(account, unit, &heap.dates()));
        open.chain(pending).min().unwrap_or(Day::MAX)
    }

    /// The same after a fact that may have lowered what ladders count.
    pub(super) fn plan_anew(&self, account: &mut Account, today: Day) {
        account.standings.iter_mut().for_each(|standing| standing.falls = None);
        self.plan_ahead(account, today);
    }

    /// The same after a purchase.
    pub(super) fn plan_on(&self, account: &mut Account, today: Day) {
        if !self.index.steady || account.gifted || account.left || !account.carried.is_empty() {
            return self.plan_ahead(account, today);
        }
        let due = account.due.min(self.ladders_due(account, today));
        account.due = due.max(today.next().unwrap_or(Day::MAX));
    }

    /// The midnight at which new units open or are lost.
    pub(super) fn units_due(&self, account: &Account, unit: UnitId, dates: &Dates, pending: bool, today: Day) -> Day {
        let due =
            if pending { self.opening_due(account, unit, dates) } else { self.loss_due(account, unit, dates, today) };
        due.max(today.next().unwrap_or(Day::MAX))
    }

    /// The midnight at which open units are lost.
    fn loss_due(&self, account: &Account, unit: UnitId, dates: &Dates, today: Day) -> Day {
        match dates.expires {
            Expires::On(day) => after(Some(day)),
            Expires::Never | Expires::WithNextPurchase => Day::MAX,
            Expires::WithTier(ladder, tier) => {
                let lost = account.standings.get(ladder.index()).is_some_and(|standing| standing.tier < tier);
                if lost { after(Some(today)) } else { Day::MAX }
            }
            Expires::After(..) => after(self.last_day(account, unit, &dates.expires)),
        }
    }

    /// The midnight at which pending units open. What opens at an instant is lost later, at a midnight that must
    /// be known now.
    fn opening_due(&self, account: &Account, unit: UnitId, dates: &Dates) -> Day {
        let opens = match dates.opens {
            Opens::On(day) => day,
            Opens::WithAction(_, until, _) => after(until),
            // Ladders on what is available look at the start of a day.
            Opens::At(instant, day) if self.index.restless_ladders => {
                if self.pool.start_of(self.plan, day).instant == instant { day } else { after(Some(day)) }
            }
            // What lives with a tier that ended before it opens is lost at the end of the day on which it does.
            Opens::At(_, day) if matches!(dates.expires, Expires::WithTier(..)) => after(Some(day)),
            Opens::AtOnce | Opens::At(..) => Day::MAX,
        };
        opens.min(after(self.last_day(account, unit, &dates.expires)))
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

    fn ladders_due(&self, account: &mut Account, today: Day) -> Day {
        let mut due = Day::MAX;
        for (place, of) in self.plan.ladders.iter().enumerate() {
            let calm = self.index.calm.get(place).copied().unwrap_or(false) && self.only_sinks(account, place);
            let tier = account.standings.get(place).filter(|own| own.holds.is_empty()).map(|own| own.tier);
            due = due.min(match tier {
                // From the lowest tier nobody falls.
                Some(0) if calm => Day::MAX,
                Some(_) if calm => self.falls(account, place, today),
                _ => self.ladder_due(account, place, of, today),
            });
        }
        due
    }

    fn ladder_due(&self, account: &mut Account, place: usize, of: &Ladder, today: Day) -> Day {
        let mut due = Day::MAX;
        for day in [of.in_force.from, of.in_force.to.and_then(Day::next)].into_iter().flatten() {
            if day > today {
                due = due.min(day);
            }
        }
        let Some(standing) = account.standings.get(place) else { return due };
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
            // Without `keep` what the value reached ends with the value.
            let given = |hold: &Hold| hold.given && hold.until.is_none_or(|until| until >= today);
            let given = standing.holds.iter().rposition(|hold| hold.as_ref().is_some_and(given));
            let stands = value.max(given.map_or(0, super::accrual::position));
            if value > standing.tier.max(standing.held_on(today)) || (of.keep.is_none() && stands < standing.tier) {
                due = due.min(today.next().unwrap_or(Day::MAX));
            }
        }
        let only_sinks = self.only_sinks(account, place);
        // From the lowest tier nobody falls.
        if of.keep.is_some() || (standing.tier == 0 && only_sinks) {
            return due;
        }
        let by_days = self.index.climbs.get(place).and_then(Option::as_ref).is_some_and(Climb::is_by_days);
        if by_days && only_sinks {
            return due.min(self.falls(account, place, today));
        }
        for id in &of.counters {
            if moves_by_itself(&self.plan.counter(*id).window) {
                let seen = account.seen.get(id.index()).is_some_and(|seen| !seen.values.is_empty());
                let change = if seen { today.next() } else { self.next_change(account, *id, today) };
                due = due.min(change.unwrap_or(Day::MAX));
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

/// Does an expiry stand once the units are open, whatever the member does then?
pub(super) fn stands(expiry: &Expiry) -> bool {
    match expiry {
        Expiry::Never => true,
        Expiry::With(_) | Expiry::WithNextPurchase => false,
        Expiry::Due(due) => !matches!(
            due.base,
            DueBase::After(
                _,
                Anchor::LastPurchase
                    | Anchor::LastAward(_)
                    | Anchor::LastRedemption(_)
                    | Anchor::Entering(..)
                    | Anchor::Action(_)
            )
        ),
    }
}
