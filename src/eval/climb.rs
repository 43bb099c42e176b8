//! Ladders that one number climbs: `tiers status by spend over the last 12 months { Silver from 20_000 RUB }`.
//!
//! Their bounds are amounts of the program, so that the tier of a value is found by comparing, without a frame and
//! without walking over conditions. Where only time can lower the value, the day on which a tier is lost is found by
//! taking the oldest days off until the bound is missed: midnights before it need no look.

use super::account::{Account, Standing};
use super::counter;
use super::fault::Fault;
use super::index::Index;
use super::post::Desk;
use super::quick::{Counted, Quick};
use super::tier::Rise;
use crate::ledger::Sink;
use crate::plan::{CounterId, ExprId, InForce, Ladder, LadderId, LadderOpening, Measure, Node, NumField, Plan, Window};
use crate::syntax::ast::Compare;
use crate::time::{Day, Duration, Moment};
use crate::value::Amount;

/// The bounds of a ladder that one number climbs.
#[derive(Debug)]
pub(super) struct Climb {
    /// Which number.
    counter: CounterId,
    /// From how much on each tier is reached; none where only a rule gives it.
    bounds: Vec<Option<Amount>>,
    /// Over how many days or months it is a sum, if only they move it without a fact.
    rolling: Option<Duration>,
}

impl Climb {
    /// The bounds of a ladder, if one number climbs it.
    pub(super) fn of(plan: &Plan, ladder: &Ladder) -> Option<Self> {
        let [counter] = ladder.counters.as_slice() else { return None };
        let bound = |reach: ExprId| match Quick::of(plan, reach)? {
            Quick::Number { of: Counted::Counter(of), compare, bound } if of == *counter => match compare {
                Compare::AtLeast => Some(bound),
                Compare::More => bound.plus(Amount::from_micros(1)).ok(),
                Compare::Equal | Compare::NotEqual | Compare::Less | Compare::AtMost => None,
            },
            _ => None,
        };
        let bounds = ladder.tiers.iter().map(|tier| match tier.reach {
            Some(reach) => bound(reach).map(Some),
            None => Some(None),
        });
        let rolling = if let Window::Rolling(how_long) = plan.counter(*counter).window { Some(how_long) } else { None };
        (!ladder.on_balance).then_some(Self { counter: *counter, bounds: bounds.collect::<Option<_>>()?, rolling })
    }

    /// The number.
    pub(super) const fn counter(&self) -> CounterId {
        self.counter
    }

    /// The bounds of the tiers.
    pub(super) fn bounds(&self) -> &[Option<Amount>] {
        &self.bounds
    }

    /// Do only the days that leave its window move the number while nothing happens?
    pub(super) const fn is_by_days(&self) -> bool {
        self.rolling.is_some()
    }

    /// The highest tier that a value reaches.
    fn tier(&self, value: Amount) -> u8 {
        let reached = self.bounds.iter().rposition(|bound| bound.is_some_and(|bound| value >= bound));
        reached.map_or(0, super::accrual::position)
    }
}

impl Index {
    /// Can only purchases and the days that leave a sum move a ladder while nothing else happens?
    pub(super) fn is_calm(&self, plan: &Plan, ladder: usize) -> bool {
        let by_days = self.climbs.get(ladder).and_then(Option::as_ref).is_some_and(Climb::is_by_days);
        let sinks = self.sinks.get(ladder).copied().unwrap_or(false);
        let bought = |of: &Ladder| of.counters.iter().all(|id| self.bought.contains(id));
        by_days && sinks && plan.ladders.get(ladder).is_some_and(|of| of.keep.is_none() && !of.on_balance && bought(of))
    }
}

impl<S: Sink> Desk<'_, S> {
    /// The tier of the day's value, where one number climbs the ladder.
    pub(super) fn climbed(&self, account: &Account, ladder: usize, at: Moment) -> Result<Option<u8>, Fault> {
        let Some(Some(climb)) = self.index.climbs.get(ladder) else { return Ok(None) };
        let value = counter::value(account, self.plan, self.index, climb.counter, at)?;
        Ok(Some(climb.tier(value)))
    }

    /// Looks at a ladder without `keep`, where one number climbs it; answers whether it does.
    pub(super) fn look_by_climb(
        &mut self,
        account: &mut Account,
        ladder: LadderId,
        at: Moment,
        rises: &mut Vec<Rise>,
    ) -> Result<bool, Fault> {
        let Some(reached) = self.climbed(account, ladder.index(), at)? else { return Ok(false) };
        let stays = |standing: &Standing| standing.tier == reached && standing.holds.is_empty();
        if !account.standings.get(ladder.index()).is_some_and(stays) {
            self.settle(account, ladder, at, reached, rises);
        }
        Ok(true)
    }

    /// Looks at all ladders after a purchase whose counters were brought to its moment just now; answers whether all
    /// stand as they stood, and their next midnight with them.
    pub(super) fn look_after_counting(
        &mut self,
        account: &mut Account,
        at: Moment,
        rises: &mut Vec<Rise>,
    ) -> Result<bool, Fault> {
        account.gifted = false;
        self.tell_climbed(account, at)?;
        let mut all = true;
        for place in 0..self.plan.ladders.len() {
            if !self.stands_on(account, place) {
                all = false;
                self.look(account, LadderId::new(place), at, rises)?;
            }
        }
        Ok(all)
    }

    /// Does a calm ladder stand where the value of its counter, at this moment, has it?
    fn stands_on(&self, account: &Account, ladder: usize) -> bool {
        let (Some(true), Some(Some(climb))) = (self.index.calm.get(ladder), self.index.climbs.get(ladder)) else {
            return false;
        };
        let (Some(tally), Some(standing)) =
            (account.counters.get(climb.counter.index()), account.standings.get(ladder))
        else {
            return false;
        };
        let value = tally.value(&self.plan.counter(climb.counter).window);
        !tally.dips() && standing.holds.is_empty() && standing.tier == climb.tier(value)
    }

    /// The day from which on the tier held may be lost if nothing happens; remembered with the standing, because
    /// a purchase only puts it off.
    pub(super) fn falls(&self, account: &mut Account, ladder: usize, today: Day) -> Day {
        let known = account.standings.get(ladder).and_then(|standing| standing.falls);
        if let Some(day) = known.filter(|day| *day > today) {
            return day;
        }
        let day = self.find_fall(account, ladder, today).unwrap_or(Day::MAX);
        let own = account.standings.get_mut(ladder);
        // A tier that a rule gave may stand above the value, which then a purchase lifts to it.
        if let Some(standing) = own.filter(|standing| standing.holds.iter().all(Option::is_none)) {
            standing.falls = Some(day);
        }
        day
    }

    fn find_fall(&self, account: &Account, ladder: usize, today: Day) -> Option<Day> {
        let climb = self.index.climbs.get(ladder)?.as_ref()?;
        let tier = account.standings.get(ladder)?.tier;
        let bound = climb.bounds.get(usize::from(tier)).copied().flatten();
        let who = account.who(self.plan, &self.index.layout);
        // A tier that no value holds is looked at every day.
        let Some(bound) = bound else { return today.next() };
        account.counters.get(climb.counter.index())?.falls_below(bound, climb.rolling?, &who, today)
    }
}

/// Can the value of a ladder only fall while nothing happens? Sums over windows do, in conditions that ask for
/// at least so much; counts of awards do not, as a midnight may bring an award.
pub(super) fn sinks(plan: &Plan, ladder: &Ladder) -> bool {
    let falls = |id: &CounterId| {
        let counter = plan.counter(*id);
        let sums = matches!(
            counter.measure,
            Measure::Sum(NumField::Spend(_) | NumField::Quantity) | Measure::Visits | Measure::Actions(_)
        );
        sums && matches!(counter.window, Window::Rolling(_) | Window::This(_))
    };
    !ladder.on_balance
        && ladder.in_force == InForce::default()
        && ladder.opening == LadderOpening::NextEvent
        && ladder.counters.iter().all(falls)
        && ladder.tiers.iter().filter_map(|tier| tier.reach).all(|reach| asks_for_at_least(plan, reach))
}

fn asks_for_at_least(plan: &Plan, condition: ExprId) -> bool {
    match plan.node(condition) {
        Node::And(parts) | Node::Or(parts) => parts.iter().all(|part| asks_for_at_least(plan, *part)),
        Node::Compare(Compare::AtLeast | Compare::More, value, bound) => {
            matches!(plan.node(*value), Node::Counter(..)) && matches!(plan.node(*bound), Node::Literal(_))
        }
        _ => false,
    }
}
