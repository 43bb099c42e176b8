//! Ladders: which tiers are reached, which are held, reviews and rises.
//!
//! The value of a ladder is worked out from all facts each time it is looked at.

use super::expr::{Ctx, Ty, Val};
use super::num::Q;
use super::rules::Job;
use super::world::{Booked, Hold, Rise, World};
use earnest::syntax::ast::{Compare, Drop, Expr, ExprKind, LiteralKind, Measure, Opening, Path, Window};
use earnest::time::Day;

impl World {
    /// Which tiers of a ladder the day's value reaches.
    pub fn reached(
        &self,
        ladder: usize,
        member: &str,
        now: earnest::time::Moment,
        up_to: Option<(Day, usize)>,
        with: Option<&Booked>,
    ) -> Vec<bool> {
        let def = &self.setup.ladders[ladder];
        let in_force = World::day_in_force(def.in_force, now.day);
        let mut ctx = Ctx::new(self, member);
        ctx.now = now;
        ctx.up_to = up_to.map(|up_to| up_to.0);
        ctx.up_to_step = up_to.map(|up_to| up_to.1).filter(|_| def.restart);
        ctx.counting = true;
        ctx.current = with;
        ctx.including = with.is_some();
        if def.restart {
            ctx.after = Some(self.restarted(ladder, member, up_to.map_or(usize::MAX, |up_to| up_to.1)));
        }
        let by = def.by.as_ref();
        let window = by.and_then(|by| match &by.kind {
            ExprKind::Counted { window, .. } => window.as_ref(),
            _ => None,
        });
        let all = |tests: &Vec<Expr>, above: bool| tests.iter().all(|test| test_holds(&ctx, by, window, test, above));
        def.tiers
            .iter()
            .enumerate()
            .map(|(at, tier)| match &tier.reach {
                None => at == 0,
                Some(reach) => in_force && reach.any.iter().any(|tests| all(tests, reach.above)),
            })
            .collect()
    }

    /// The rises after which a ladder counts that restarts: those before a step.
    fn restarted(&self, ladder: usize, member: &str, before: usize) -> Vec<Rise> {
        let rises = self.members[member].ladders[ladder].rises.iter();
        rises.filter(|rise| rise.step < before).cloned().collect()
    }

    fn keep_date(&self, ladder: usize, member: &str, from: earnest::time::Moment) -> Option<Day> {
        let due = self.setup.ladders[ladder].keep.as_ref()?;
        self.due(due, member, from, None).map(|due| due.1)
    }

    /// The highest tier held on a day.
    fn highest(&self, ladder: usize, member: &str, day: Day) -> usize {
        let holds = self.members[member].ladders[ladder].holds.iter();
        let alive = |hold: &&Hold| hold.effective <= day && hold.until.is_none_or(|until| until >= day);
        holds.filter(alive).map(|hold| hold.tier).max().unwrap_or(0)
    }

    /// The highest tier held; the one in effect until it is reviewed.
    fn still(&self, ladder: usize, member: &str) -> usize {
        let standing = &self.members[member].ladders[ladder];
        let waits = standing.holds.iter().any(|hold| hold.tier == standing.tier);
        self.highest(ladder, member, self.now.day).max(if waits { standing.tier } else { 0 })
    }

    /// The highest tier held, also one that takes effect later.
    pub fn held(&self, ladder: usize, member: &str) -> usize {
        let holds = self.members[member].ladders[ladder].holds.iter();
        let alive = |hold: &&Hold| hold.until.is_none_or(|until| until >= self.now.day);
        holds.filter(alive).map(|hold| hold.tier).max().unwrap_or(0)
    }

    fn hold(&mut self, ladder: usize, member: &str, tier: usize, until: Option<Day>, by_rule: bool) {
        self.hold_from(ladder, member, tier, until, by_rule, false);
    }

    /// Without `keep`: what the value reaches, as long as it does; nothing beside what a rule gave.
    fn hold_by_value(&mut self, ladder: usize, member: &str, tier: usize, at_once: bool) {
        let today = self.now.day;
        let holds = &self.members[member].ladders[ladder].holds;
        let alive = |hold: &Hold| hold.tier == tier && hold.until.is_none_or(|until| until >= today);
        if !holds.iter().any(|hold| hold.by_rule && alive(hold)) {
            self.hold_from(ladder, member, tier, None, false, at_once);
        }
    }

    /// `at_once`: at a review, what is held anew goes on.
    fn hold_from(
        &mut self,
        ladder: usize,
        member: &str,
        tier: usize,
        until: Option<Day>,
        by_rule: bool,
        at_once: bool,
    ) {
        let today = self.now.day;
        let effective = match &self.setup.ladders[ladder].opens {
            Some(Opening::Due(due)) if !by_rule && !at_once => {
                self.due(due, member, self.now, None).map_or(today, |due| due.1)
            }
            _ => today,
        };
        let (now, step) = (self.now, self.step);
        let standing = &mut self.members.get_mut(member).unwrap().ladders[ladder];
        let alive = |hold: &&mut Hold| hold.tier == tier && hold.until.is_none_or(|until| until >= today);
        match standing.holds.iter_mut().find(alive) {
            Some(hold) => {
                hold.until = if hold.until.is_none() || until.is_none() { None } else { hold.until.max(until) };
                hold.effective = hold.effective.min(effective);
            }
            None => {
                // What ended is held no more, also where nobody has looked since.
                standing.holds.retain(|hold| hold.tier != tier);
                standing.holds.push(Hold { tier, until, made: now, made_step: step, effective, by_rule });
            }
        }
    }

    /// Ladders look: after a fact, and where a midnight says so. `balance`: −1 only falls, +1 only rises.
    pub fn look(&mut self, member: &str) {
        if !self.members.get(member).is_some_and(|member| member.active) {
            return;
        }
        self.gifted.retain(|other| other != member);
        for ladder in 0..self.setup.ladders.len() {
            self.look_at(ladder, member, true, true);
        }
        self.entered();
    }

    pub fn look_at(&mut self, ladder: usize, member: &str, may_rise: bool, may_fall: bool) {
        let reached = self.reached(ladder, member, self.now, None, None);
        let today = self.now.day;
        let tier = if self.setup.ladders[ladder].keep.is_some() {
            for tier in (1..reached.len()).filter(|tier| reached[*tier]) {
                let until = self.keep_date(ladder, member, self.now);
                self.hold(ladder, member, tier, until, false);
            }
            // A tier held never falls by being looked at; its review does that.
            self.still(ladder, member)
        } else if matches!(self.setup.ladders[ladder].opens, Some(Opening::Due(_))) {
            for tier in 1..reached.len() {
                if reached[tier] && may_rise {
                    self.hold_by_value(ladder, member, tier, false);
                } else if !reached[tier] {
                    let holds = &mut self.members.get_mut(member).unwrap().ladders[ladder].holds;
                    holds.retain(|hold| hold.tier != tier || hold.by_rule);
                }
            }
            self.highest(ladder, member, today)
        } else {
            let given = self.highest(ladder, member, today);
            let value = (0..reached.len()).filter(|tier| reached[*tier]).max().unwrap_or(0);
            given.max(value)
        };
        let old = self.members[member].ladders[ladder].tier;
        if (tier > old && may_rise) || (tier < old && may_fall) {
            self.set_tier(ladder, member, tier);
        }
    }

    /// A rise that was to take effect today does.
    pub fn take_effect(&mut self, ladder: usize, member: &str) {
        let tier = self.highest(ladder, member, self.now.day);
        if tier > self.members[member].ladders[ladder].tier {
            self.set_tier(ladder, member, tier);
        }
    }

    pub fn set_tier(&mut self, ladder: usize, member: &str, tier: usize) {
        let (now, step) = (self.now, self.step);
        let standing = &mut self.members.get_mut(member).unwrap().ladders[ladder];
        let old = standing.tier;
        standing.tier = tier;
        if tier <= old {
            return;
        }
        standing.rises.push(Rise { at: now, step, tier, who: member.to_owned() });
        self.step += 1;
        self.moved.push((member.to_owned(), ladder));
        self.rose.push((member.to_owned(), ladder, tier));
    }

    /// When all ladders have looked: the rules on entering, for each rise.
    pub fn entered(&mut self) {
        for (member, ladder, tier) in std::mem::take(&mut self.rose) {
            let def = &self.setup.ladders[ladder];
            let names = [def.name.clone(), def.tiers[tier].name.text.clone()];
            let rules: Vec<usize> = (0..self.setup.rules.len())
                .filter(|rule| matches!(&self.setup.rules[*rule].trig, super::world::Trig::Entering(name) if names.contains(name)))
                .collect();
            if !rules.is_empty() {
                let outcome = Job::new(self, &member, None).run(&rules);
                self.post(&outcome, None, &member, "");
                if outcome.cands.iter().any(|cand| (cand.given + cand.extra).positive()) {
                    self.gifted.push(member.clone());
                }
                self.promoted(&member);
            }
        }
    }

    /// A tier that a rule of a midnight, of joining or of a rise gave counts from now on.
    pub fn promoted(&mut self, member: &str) {
        for ladder in 0..self.setup.ladders.len() {
            self.take_effect(ladder, member);
        }
        self.entered();
    }

    /// The end of the day on which the hold of the tier ends.
    pub fn review(&mut self, ladder: usize, member: &str, day: Day) {
        let standing = &self.members[member].ladders[ladder];
        let tier = standing.tier;
        let last = standing
            .holds
            .iter()
            .filter(|hold| hold.tier == tier)
            .map(|hold| hold.until)
            .max_by_key(|until| until.unwrap_or(Day::MAX));
        if tier == 0 || last.flatten().is_none_or(|until| until > day) {
            return;
        }
        let drop = self.setup.ladders[ladder].drop;
        let reached = self.reached(ladder, member, self.now, None, None);
        let until = self.keep_date(ladder, member, self.now);
        let standing = &mut self.members.get_mut(member).unwrap().ladders[ladder];
        standing.holds.retain(|hold| hold.tier != tier);
        let none_reached = !(1..reached.len()).any(|tier| reached[tier]);
        if drop == Some(Drop::Bottom) {
            standing.holds.retain(|hold| reached[hold.tier]);
        }
        // A lower tier whose keeping ends with this day too is lengthened, not begun anew.
        let keeps = self.setup.ladders[ladder].keep.is_some();
        for tier in (1..reached.len()).filter(|tier| keeps && reached[*tier]) {
            self.hold_from(ladder, member, tier, until, false, true);
        }
        let waits = !keeps && matches!(self.setup.ladders[ladder].opens, Some(Opening::Due(_)));
        for tier in (1..reached.len()).filter(|tier| waits && reached[*tier]) {
            self.hold_by_value(ladder, member, tier, true);
        }
        let holds = &mut self.members.get_mut(member).unwrap().ladders[ladder].holds;
        holds.retain(|hold| (keeps && reached[hold.tier]) || hold.until.is_none_or(|until| until > day));
        let after = |hold: &&Hold| hold.until.is_none_or(|until| until > day) && hold.effective <= day;
        let holds = &self.members[member].ladders[ladder].holds;
        let still = holds.iter().filter(after).map(|hold| hold.tier).max().unwrap_or(0);
        // What is held anew goes on, also where its keeping ends with this very day.
        let anew = (1..reached.len()).filter(|tier| reached[*tier]).max().unwrap_or(0);
        let mut next = still.max(anew);
        match drop {
            Some(Drop::OneDown) if next + 1 < tier => {
                next = tier - 1;
                // No return takes back what a fall left.
                self.hold(ladder, member, next, until, true);
            }
            Some(Drop::Bottom) if none_reached => next = 0,
            Some(Drop::Stay) if next < tier => {
                next = tier;
                self.hold(ladder, member, next, None, true);
            }
            _ => {}
        }
        self.set_tier(ladder, member, next);
        if next != tier {
            self.moved.push((member.to_owned(), ladder));
        }
    }

    /// After a return: a hold that its receipt or a later one made is taken back if neither the value of
    /// its day nor that of today holds it any more.
    pub fn take_back_tiers(&mut self, member: &str, receipt_step: usize) {
        for ladder in 0..self.setup.ladders.len() {
            if self.setup.ladders[ladder].keep.is_none() {
                continue;
            }
            let today = self.reached(ladder, member, self.now, None, None);
            let holds = self.members[member].ladders[ladder].holds.clone();
            let stays = |hold: &Hold| {
                hold.by_rule
                    || hold.made_step < receipt_step
                    || today[hold.tier]
                    || self.reached(ladder, member, hold.made, Some((hold.made.day, hold.made_step)), None)[hold.tier]
            };
            let kept: Vec<Hold> = holds.iter().filter(|hold| stays(hold)).cloned().collect();
            if kept.len() < holds.len() {
                self.members.get_mut(member).unwrap().ladders[ladder].holds = kept;
                let tier = self.still(ladder, member);
                if tier < self.members[member].ladders[ladder].tier {
                    self.set_tier(ladder, member, tier);
                }
            }
        }
    }

    pub fn give_tier(&mut self, gift: &super::rules::TierGift) {
        let until = match &gift.expiry {
            Some(earnest::syntax::ast::Expiry::Due(due)) => self.due(due, &gift.to, self.now, None).map(|due| due.1),
            _ => self.keep_date(gift.ladder, &gift.to, self.now),
        };
        if self.setup.ladders[gift.ladder].keep.is_none() {
            // What is given stands by itself; what the value reaches ends with the value.
            let holds = &mut self.members.get_mut(&gift.to).unwrap().ladders[gift.ladder].holds;
            holds.retain(|hold| hold.tier != gift.tier || hold.by_rule);
        }
        self.hold(gift.ladder, &gift.to, gift.tier, until, true);
    }

    /// Until when the tier is held.
    pub fn until(&self, ladder: usize, member: &str) -> Option<Day> {
        let standing = &self.members[member].ladders[ladder];
        if standing.tier == 0 {
            return None;
        }
        let holds = standing.holds.iter().filter(|hold| hold.tier == standing.tier).filter_map(|hold| hold.until);
        holds.filter(|until| *until >= self.now.day).max()
    }
}

fn test_holds(ctx: &Ctx, by: Option<&Expr>, window: Option<&Window>, test: &Expr, above: bool) -> bool {
    let mut ctx = ctx.clone();
    let wanted = ctx.eval(test);
    let Val::N(_, ty) = wanted else { return false };
    let by_value = by.map(|by| ctx.eval(by));
    let noun = match &test.kind {
        ExprKind::Literal(LiteralKind::Quantity(_, name)) => Some(name.clone()),
        _ => None,
    };
    let setup = &ctx.w.setup;
    let counter = noun.filter(|name| {
        let declared = setup.counters.iter().any(|counter| counter.nouns.iter().any(|noun| noun.text == name.text));
        let unit = setup.unit_named(&name.text).is_some();
        let by_is_it = matches!((&by_value, ty), (Some(Val::N(_, Ty::Unit(a))), Ty::Unit(b)) if *a == b);
        (declared || unit) && !by_is_it
    });
    let value = match counter {
        Some(name) => {
            ctx.default_window = window;
            let span = name.span;
            ctx.counter(&Measure::Path(Path { names: vec![name], before: None, span }), None)
        }
        None => by_value.unwrap_or(Val::N(Q::whole(0), Ty::Plain)),
    };
    ctx.compare(if above { Compare::More } else { Compare::AtLeast }, &value, &wanted) == Ok(true)
}
