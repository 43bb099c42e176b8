//! Tiers: reaching, keeping, dropping, and taking a rise back.

use super::Fault;
use super::account::{Account, Frame, Hold};
use super::accrual::position;
use super::counter;
use super::post::Desk;
use super::value::{Basket, Scene};
use super::when::{DueAt, From};
use crate::ledger::{Sink, TierMove};
use crate::plan::{Due, Ladder, LadderId, LadderOpening, Length, Window};
use crate::syntax::ast::Drop;
use crate::time::{Day, Duration, Moment};
use crate::ty::Kind;
use crate::value::Amount;

/// A rise, for rules on entering.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rise {
    /// The ladder.
    pub ladder: LadderId,
    /// The tier entered.
    pub tier: u8,
}

/// Does a tier of a ladder without `keep` take effect on a later day than it is reached?
fn opens_later(ladder: &Ladder) -> bool {
    ladder.keep.is_none() && matches!(ladder.opening, LadderOpening::Due(_))
}

/// A number of days or months that may be a value of the program.
pub(super) fn length_of(scene: &Scene<'_>, length: &Length) -> Option<Duration> {
    match length {
        Length::Fixed(how_long) => Some(*how_long),
        Length::Value(expr, unit) => {
            let number = scene.number(*expr).ok().flatten()?.to_amount()?;
            let count = u32::try_from(number.micros() / Amount::SCALE).ok()?;
            Some(Duration { count, unit: *unit })
        }
    }
}

impl<S: Sink> Desk<'_, S> {
    /// A frame of what ladders read, as it stands now.
    pub(super) fn ladder_frame(&self, account: &Account, ladder: LadderId, at: Moment) -> Result<Box<Frame>, Fault> {
        let mut frame = self.pool.ladder();
        frame.at = at;
        frame.counters.resize(self.plan.counters.len(), None);
        frame.joined = account.joined.unwrap_or(at.day);
        for id in &self.plan.ladder(ladder).counters {
            if let Some(place) = frame.counters.get_mut(id.index()) {
                *place = Some(counter::value(account, self.plan, self.index, *id, at)?);
            }
        }
        if self.plan.ladder(ladder).on_balance {
            frame.balances = super::purchase::balances(account)?;
        }
        Ok(frame)
    }

    /// A scene without a fact: what ladders and state expectations look at.
    pub(super) fn state_scene<'s>(&'s self, frame: &'s Frame) -> Scene<'s> {
        Scene {
            plan: self.plan,
            index: self.index,
            frame,
            basket: Basket::EMPTY,
            chosen: &[],
            line: None,
            given: &[],
            kind: Kind::Adjust,
            action: None,
            part: None,
            paid: None,
        }
    }

    /// The highest tier whose condition holds in a frame.
    fn tier_in(&self, ladder: LadderId, frame: &Frame) -> Result<u8, Fault> {
        let scene = self.state_scene(frame);
        for (at, tier) in self.plan.ladder(ladder).tiers.iter().enumerate().rev() {
            if let Some(reach) = tier.reach
                && scene.holds(reach)?
            {
                return Ok(position(at));
            }
        }
        Ok(0)
    }

    /// The tier of the day's value.
    pub(super) fn value_tier(&self, account: &Account, ladder: LadderId, at: Moment) -> Result<u8, Fault> {
        let of = self.plan.ladder(ladder);
        if !of.in_force.on(at.day) {
            return Ok(0);
        }
        if let Some(tier) = self.climbed(account, ladder.index(), at)? {
            return Ok(tier);
        }
        let frame = self.ladder_frame(account, ladder, at)?;
        let tier = self.tier_in(ladder, &frame);
        self.pool.put_ladder(frame);
        tier
    }

    /// Puts into the frame of a purchase what `opens at once` needs: the tiers held and their counters.
    pub(super) fn note_ladders(&self, account: &Account, frame: &mut Frame) -> Result<(), Fault> {
        frame.held.clone_from(&frame.tiers);
        let at_once = self.plan.ladders.iter().filter(|of| of.opening == LadderOpening::AtOnce);
        for id in at_once.flat_map(|of| &of.counters) {
            let value = counter::value(account, self.plan, self.index, *id, frame.at)?;
            if let Some(place @ None) = frame.counters.get_mut(id.index()) {
                *place = Some(value);
                self.note_seen(account, *id, frame);
            }
        }
        Ok(())
    }

    /// The tiers that hold for a purchase already (`opens at once`), this purchase counted.
    pub(super) fn tiers_at_once(&self, scene: &Scene<'_>, tiers: &mut [u8]) -> Result<(), Fault> {
        for (at, of) in self.plan.ladders.iter().enumerate() {
            let ladder = LadderId::new(at);
            if of.opening != LadderOpening::AtOnce || !of.in_force.on(scene.frame.at.day) {
                continue;
            }
            let mut frame = self.pool.ladder();
            frame.at = scene.frame.at;
            frame.joined = scene.frame.joined;
            frame.balances.clone_from(&scene.frame.balances);
            frame.counters.resize(self.plan.counters.len(), None);
            for id in &of.counters {
                let before = scene.frame.counters.get(id.index()).copied().flatten().unwrap_or_default();
                let with = scene.including(*id, before)?;
                if let Some(place) = frame.counters.get_mut(id.index()) {
                    *place = Some(with);
                }
            }
            let reached = self.tier_in(ladder, &frame);
            self.pool.put_ladder(frame);
            let reached = reached?;
            if let Some(tier) = tiers.get_mut(at) {
                *tier = (*tier).max(reached);
            }
        }
        Ok(())
    }

    /// After an event: a tier that the value reaches is held; notes each rise.
    pub(super) fn look_at_ladders(
        &mut self,
        account: &mut Account,
        at: Moment,
        rises: &mut Vec<Rise>,
    ) -> Result<(), Fault> {
        account.gifted = false;
        self.tell_climbed(account, at)?;
        for ladder in 0..self.plan.ladders.len() {
            self.look(account, LadderId::new(ladder), at, rises)?;
        }
        Ok(())
    }

    /// Looks at one ladder.
    pub(super) fn look(
        &mut self,
        account: &mut Account,
        ladder: LadderId,
        at: Moment,
        rises: &mut Vec<Rise>,
    ) -> Result<(), Fault> {
        let of = self.plan.ladder(ladder);
        if !of.in_force.on(at.day) {
            // There is no value; what a rule gave counts, and what is held runs to the end of its keeping.
            if let (None, Some(standing)) = (&of.keep, account.standings.get_mut(ladder.index())) {
                standing.holds.iter_mut().for_each(|hold| *hold = hold.take().filter(|hold| hold.given));
            }
            self.settle(account, ladder, at, 0, rises);
            return Ok(());
        }
        if of.keep.is_none() && !opens_later(of) && self.look_by_climb(account, ladder, at, rises)? {
            return Ok(());
        }
        let frame = self.ladder_frame(account, ladder, at)?;
        let reached = self.tier_in(ladder, &frame)?;
        if of.keep.is_some() && reached > 0 {
            let from = self.effective_from(account, ladder, at);
            self.keep_reached(account, ladder, reached, &frame, from);
        } else if opens_later(of) {
            self.note_reached(account, ladder, reached, &frame);
        }
        // The value of the day on which a tier was reached counts to the end of that day.
        let restarts = of.counters.iter().any(|id| self.plan.counter(*id).restarts.is_some());
        if of.keep.is_some()
            && !restarts
            && let Some(standing) = account.standings.get_mut(ladder.index())
        {
            let today = |hold: &&mut Hold| hold.entered.day == at.day && !hold.given;
            for hold in standing.holds.iter_mut().flatten().filter(today) {
                hold.values = self.values_in(ladder, &frame);
            }
        }
        self.pool.put_ladder(frame);
        self.settle(account, ladder, at, reached, rises);
        Ok(())
    }

    /// Holds the tier that was reached and those below whose condition holds too.
    fn keep_reached(&self, account: &mut Account, ladder: LadderId, reached: u8, frame: &Frame, from: Day) {
        let of = self.plan.ladder(ladder);
        let at = frame.at;
        let scene = self.state_scene(frame);
        let until = of.keep.as_ref().and_then(|keep| self.keep_until(account, keep, at));
        let mut held: Vec<usize> = Vec::new();
        for (place, tier) in of.tiers.iter().enumerate().take(usize::from(reached) + 1).skip(1) {
            if tier.reach.is_some_and(|reach| scene.holds(reach).unwrap_or(false)) {
                held.push(place);
            }
        }
        let values = self.values_in(ladder, frame);
        let purchases = account.purchases;
        let restarting = of.counters.iter().filter(|id| self.plan.counter(**id).restarts.is_some());
        let after = restarting.filter_map(|id| account.counters.get(id.index())?.since()).max();
        let Some(standing) = account.standings.get_mut(ladder.index()) else { return };
        let tier = usize::from(standing.tier);
        for place in held {
            let Some(hold) = standing.hold(place) else { continue };
            // What goes on though its keeping ended with its review does not open a second time.
            let from = if place == tier && hold.is_some() { from.min(at.day) } else { from };
            match hold {
                Some(held) if held.until.is_none_or(|until| at.day <= until) => {
                    held.until = match (held.until, until) {
                        (Some(old), Some(new)) => Some(old.max(new)),
                        _ => None,
                    };
                }
                _ => {
                    let values = values.clone();
                    *hold = Some(Hold { from, until, entered: at, purchases, values, given: false, after });
                }
            }
        }
    }

    /// The ladder's counters, as they stand in a frame.
    fn values_in(&self, ladder: LadderId, frame: &Frame) -> Vec<Amount> {
        let counters = self.plan.ladder(ladder).counters.iter();
        counters.map(|id| frame.counters.get(id.index()).copied().flatten().unwrap_or_default()).collect()
    }

    /// Without `keep`, a tier that opens later waits for its day as long as the value reaches it.
    fn note_reached(&self, account: &mut Account, ladder: LadderId, reached: u8, frame: &Frame) {
        let from = self.effective_from(account, ladder, frame.at);
        let scene = self.state_scene(frame);
        let purchases = account.purchases;
        let Some(standing) = account.standings.get_mut(ladder.index()) else { return };
        standing.hold(self.plan.ladder(ladder).tiers.len().saturating_sub(1));
        for ((place, hold), tier) in standing.holds.iter_mut().enumerate().zip(&self.plan.ladder(ladder).tiers).skip(1)
        {
            let holds = tier.reach.is_some_and(|reach| scene.holds(reach).unwrap_or(false));
            if place <= usize::from(reached) && holds {
                hold.get_or_insert_with(|| Hold {
                    from,
                    until: None,
                    entered: frame.at,
                    purchases,
                    values: Vec::new(),
                    given: false,
                    after: None,
                });
            } else if hold.as_ref().is_some_and(|hold| !hold.given) {
                *hold = None;
            }
        }
    }

    fn effective_from(&self, account: &Account, ladder: LadderId, at: Moment) -> Day {
        let LadderOpening::Due(due) = &self.plan.ladder(ladder).opening else { return at.day };
        let who = account.who(self.plan, &self.index.layout);
        let fixed = |length: &Length| if let Length::Fixed(how_long) = length { Some(*how_long) } else { None };
        match who.due(due, From { now: at, opens: None }, fixed) {
            Some(DueAt::Day(day)) => day.max(at.day),
            _ => at.day,
        }
    }

    /// The last day of a keeping that begins now.
    fn keep_until(&self, account: &Account, keep: &Due, at: Moment) -> Option<Day> {
        let who = account.who(self.plan, &self.index.layout);
        let fixed = |length: &Length| if let Length::Fixed(how_long) = length { Some(*how_long) } else { None };
        match who.due(keep, From { now: at, opens: None }, fixed) {
            Some(DueAt::Day(day)) => Some(day),
            Some(DueAt::Instant(instant)) => Some(self.plan.zone.moment(instant).day),
            None => None,
        }
    }

    /// The tier in effect follows from what is held (and, without `keep`, from the day's value).
    pub(super) fn settle(
        &mut self,
        account: &mut Account,
        ladder: LadderId,
        at: Moment,
        reached: u8,
        rises: &mut Vec<Rise>,
    ) {
        let of = self.plan.ladder(ladder);
        let Some(standing) = account.standings.get_mut(ladder.index()) else { return };
        let held = standing.holds.iter().enumerate().rev().find(|(place, hold)| {
            // What was held anew to the very day of its review waits for the next one.
            let waits = of.keep.is_some() && position(*place) == standing.tier;
            hold.as_ref()
                .is_some_and(|hold| hold.from <= at.day && (waits || hold.until.is_none_or(|until| at.day <= until)))
        });
        let held = held.map_or(0, |(place, _)| position(place));
        let now = if of.keep.is_none() && !opens_later(of) { held.max(reached) } else { held };
        let before = standing.tier;
        if now == before {
            return;
        }
        (standing.tier, standing.falls) = (now, None);
        let short = if now < before { self.short_of(account, ladder, before, at) } else { None };
        self.sink.moved(&account.name, TierMove { at, ladder, from: before, to: now, short });
        if now > before {
            self.rise(account, ladder, now, at);
            rises.push(Rise { ladder, tier: now });
        }
    }

    fn rise(&self, account: &mut Account, ladder: LadderId, tier: u8, at: Moment) {
        for place in [Some(tier), None] {
            let place = self.index.layout.entering(ladder.index(), place);
            if let Some(day) = account.days.get_mut(place) {
                *day = Some(at.day);
            }
        }
        for (id, counter) in self.plan.counters.iter().enumerate() {
            let begins = matches!(counter.window, Window::SinceEntering(of, which) if of == ladder && which.is_none_or(|which| which == tier));
            if (counter.restarts == Some(ladder) || begins)
                && let Some(tally) = account.counters.get_mut(id)
            {
                tally.restart((at, account.purchases));
                if let Some(seen) = account.seen.get_mut(id) {
                    seen.values.clear();
                }
            }
        }
        let begins = |window: &Window| matches!(window, Window::SinceEntering(of, which) if *of == ladder && which.is_none_or(|which| which == tier));
        let bought = (at, account.purchases);
        for own in &mut account.usage {
            if self.plan.limit(own.limit).window.as_ref().is_some_and(begins) {
                own.tally.restart(bought);
            }
        }
        for own in &mut account.running {
            let counter = super::award::running_counter(self.plan, own.rule, own.act);
            if counter.is_some_and(|id| {
                begins(&self.plan.counter(id).window) || self.plan.counter(id).restarts == Some(ladder)
            }) {
                own.paid.restart(bought);
            }
        }
    }

    /// A rule gives a tier: it is held, and counts when ladders look next.
    pub(super) fn give_tier(
        &mut self,
        account: &mut Account,
        ladder: LadderId,
        tier: u8,
        until: Option<Day>,
        at: Moment,
    ) {
        let keep = self.plan.ladder(ladder).keep.as_ref();
        let until = match (until, keep) {
            (Some(day), _) => Some(day),
            (None, Some(keep)) => self.keep_until(account, keep, at),
            (None, None) => None,
        };
        let purchases = account.purchases;
        let Some(standing) = account.standings.get_mut(ladder.index()) else { return };
        if let Some(hold) = standing.hold(usize::from(tier)) {
            match hold {
                // Without `keep` what the value reaches ends with the value: what is given stands by itself.
                Some(held) if held.until.is_none_or(|until| at.day <= until) && (keep.is_some() || held.given) => {
                    held.until = match (held.until, until) {
                        (Some(old), Some(new)) => Some(old.max(new)),
                        _ => None,
                    };
                    held.from = held.from.min(at.day);
                }
                _ => {
                    *hold = Some(Hold::given(at, until, purchases));
                }
            }
        }
    }

    /// At the end of a day: the keeping of the tier in effect ended.
    pub(super) fn review(&mut self, account: &mut Account, at: Moment, rises: &mut Vec<Rise>) -> Result<(), Fault> {
        for place in 0..self.plan.ladders.len() {
            let ladder = LadderId::new(place);
            let Some(standing) = account.standings.get(place) else { continue };
            let tier = standing.tier;
            let ended = |hold: &Hold| hold.until.is_some_and(|until| until <= at.day);
            let held = standing.holds.get(usize::from(tier)).and_then(Option::as_ref);
            if tier > 0 && held.is_some_and(ended) {
                self.review_ladder(account, ladder, tier, at, rises)?;
            }
            if let Some(standing) = account.standings.get_mut(place) {
                let held = usize::from(standing.tier);
                for (at, hold) in standing.holds.iter_mut().enumerate() {
                    // A keeping that ends with the very day of its review is looked at the day after.
                    if at != held && hold.as_ref().is_some_and(ended) {
                        *hold = None;
                    }
                }
            }
        }
        Ok(())
    }

    fn review_ladder(
        &mut self,
        account: &mut Account,
        ladder: LadderId,
        tier: u8,
        at: Moment,
        rises: &mut Vec<Rise>,
    ) -> Result<(), Fault> {
        let of = self.plan.ladder(ladder);
        let frame = self.ladder_frame(account, ladder, at)?;
        let reached = if of.in_force.on(at.day) { self.tier_in(ladder, &frame)? } else { 0 };
        let Some(standing) = account.standings.get_mut(ladder.index()) else { return Ok(()) };
        if let Some(hold) = standing.holds.get_mut(usize::from(tier)) {
            *hold = None;
        }
        let still = standing
            .holds
            .iter()
            .enumerate()
            .rev()
            .find(|(_, hold)| {
                hold.as_ref().is_some_and(|hold| hold.from <= at.day && hold.until.is_none_or(|until| until > at.day))
            })
            .map_or(0, |(place, _)| position(place));
        let until = of.keep.as_ref().and_then(|keep| self.keep_until(account, keep, at));
        let mut target = reached.max(still);
        if reached < tier {
            match of.drop {
                None => {}
                Some(Drop::OneDown) => target = target.max(tier - 1),
                Some(Drop::Bottom) => target = reached,
                Some(Drop::Stay) => target = tier,
            }
        }
        if of.keep.is_some() && reached > 0 {
            // What is held anew goes on: it does not open a second time.
            self.keep_reached(account, ladder, reached, &frame, at.day);
        } else if opens_later(of) {
            self.note_reached(account, ladder, reached, &frame);
        }
        if let Some(standing) = account.standings.get_mut(ladder.index()) {
            let anew = standing.holds.iter_mut().take(usize::from(reached) + 1).flatten();
            anew.for_each(|hold| hold.from = hold.from.min(at.day));
        }
        let dropped = of.drop;
        let purchases = account.purchases;
        let Some(standing) = account.standings.get_mut(ladder.index()) else { return Ok(()) };
        if dropped == Some(Drop::Bottom) && reached < tier {
            for hold in standing.holds.iter_mut().skip(usize::from(reached) + 1) {
                *hold = None;
            }
        }
        if target > reached
            && target > still
            && let Some(hold) = standing.hold(usize::from(target))
        {
            let until = if dropped == Some(Drop::Stay) { None } else { until };
            *hold = Some(Hold::given(at, until, purchases));
        }
        standing.tier = target;
        if target != tier {
            let short = if target < tier { self.short_of(account, ladder, tier, at) } else { None };
            self.sink.moved(&account.name, TierMove { at, ladder, from: tier, to: target, short });
            if target > tier {
                self.rise(account, ladder, target, at);
                rises.push(Rise { ladder, tier: target });
            }
        }
        Ok(())
    }
}
