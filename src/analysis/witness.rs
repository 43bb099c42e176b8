//! The search for a purchase that costs as much as the bound allows.
//!
//! It begins with the situations that make the bound (the day, the tier, the kind of line) and changes one thing after
//! the other as long as the purchase comes nearer to the bound. The evaluator alone decides what a story costs.

use super::award::Count;
use super::bound::Sum;
use super::cost::{Bounds, Case, Cost};
use super::deed::{BUYER, Deed, What};
use super::moves::Moves;
use super::script::{Outcome, Script};
use super::situations::Differences;
use super::told::percent;
use crate::plan::{Plan, RuleId};
use crate::time::{Day, TimeOfDay};
use crate::value::{Amount, Exact};
use std::collections::BTreeSet;
use std::sync::Arc;

/// So many stories are tried from one beginning, and in all.
const TRIES_MAX: usize = 6_000;
/// The money that the purchase begins with.
const AMOUNTS: [i64; 3] = [10_000_000, 100_000, 1_000];
/// So near to the bound a witness is sought.
const NEAR: (i128, i128) = (995, 1_000);

/// A purchase that really costs what the bound says, or nearly.
#[derive(Debug, Clone, PartialEq)]
pub struct Witness {
    /// The story as an example block, with what its last purchase gives.
    pub example: String,
    /// What the purchase costs.
    pub cost: Exact,
    /// What the bound says of it.
    pub bound: Exact,
    /// What the receipt comes to before discounts.
    pub amount: Exact,
    /// The rules that cost something in it, in their order.
    pub rules: Vec<RuleId>,
}

impl Witness {
    /// The share of the bound that it reaches.
    pub fn reached(&self) -> String {
        self.cost.over(self.bound).map_or_else(|_| percent(Exact::ONE), percent)
    }
}

/// Searches a purchase that reaches the bound on money; none where there is no bound, or nothing to reach.
pub fn witness(plan: &Arc<Plan>) -> Option<Witness> {
    let differences = Differences::of(plan);
    let situations = differences.situations(plan);
    let bounds = Bounds::over(&situations, Count::Money).ok()?;
    let cost = bounds.cost();
    if !cost.open.is_empty() || cost.is_nothing() {
        return None;
    }
    let moves = Moves::of(plan, &differences);
    let mut search = Search { plan, cost: &cost, moves: &moves, tries: 0, best: None };
    for amount in AMOUNTS {
        for case in [&bounds.steepest, &bounds.largest].into_iter().flatten() {
            search.climb(begin(&moves, case, amount)?);
        }
    }
    search.shorten();
    search.told()
}

/// A story in the situation of a case.
fn begin(moves: &Moves<'_>, case: &Case<'_>, amount: i64) -> Option<Script> {
    let scene = &case.scene;
    let day = scene.day;
    let time = TimeOfDay::default();
    let long_ago = |days: i64| day.plus_days(-days).unwrap_or(Day::MIN);
    let mut before = Vec::new();
    for who in BUYER.checked_sub(moves.levels())?..BUYER {
        let what = What::Join(who.checked_sub(1).filter(|_| moves.levels() > BUYER - who));
        before.push(Deed { day: long_ago(900), time, who, what });
    }
    if !scene.newcomer {
        before.push(Deed {
            day: long_ago(20),
            time,
            who: BUYER,
            what: What::Join(BUYER.checked_sub(1).filter(|_| moves.levels() > 0)),
        });
    }
    let mut member = moves.values(&scene.values, true);
    if moves.has_birthday() {
        moves.birthday(&mut member, day);
    }
    let goods = vec![moves.goods(case.kind, Amount::whole(amount).ok()?)];
    let what = What::Purchase(moves.values(&scene.values, false), goods);
    Some(Script { member, before, last: Deed { day, time, who: BUYER, what } })
}

/// A search on its way.
struct Search<'s> {
    plan: &'s Arc<Plan>,
    cost: &'s Cost,
    moves: &'s Moves<'s>,
    tries: usize,
    best: Option<Found>,
}

/// A story, what it costs and what the bound says of it.
struct Found {
    script: Script,
    outcome: Outcome,
    bound: Exact,
    reached: Exact,
}

impl Search<'_> {
    /// Changes a story as long as that brings it nearer to the bound.
    fn climb(&mut self, script: Script) {
        if self.is_near() {
            return;
        }
        let Some(mut here) = self.found(script) else { return };
        let changes = self.moves.changes();
        let until = self.tries + TRIES_MAX;
        let mut better = true;
        while better && self.tries < until {
            better = false;
            for change in &changes {
                if self.tries >= until {
                    break;
                }
                let Some(next) = change(&here.script) else { continue };
                let Some(next) = self.found(next) else { continue };
                if next.reached.compare(here.reached).is_ok_and(std::cmp::Ordering::is_gt) {
                    (here, better) = (next, true);
                    if near(here.reached) {
                        break;
                    }
                }
            }
            if near(here.reached) {
                break;
            }
        }
        let is_best = |best: &Found| here.reached.compare(best.reached).is_ok_and(std::cmp::Ordering::is_gt);
        if self.best.as_ref().is_none_or(is_best) {
            self.best = Some(here);
        }
    }

    /// Leaves out of the best story what it does not need.
    fn shorten(&mut self) {
        let Some(best) = self.best.take() else { return };
        let (near_before, mut here) = (near(best.reached), best);
        let keeps = |next: &Found, here: &Found| {
            let as_good = next.reached.compare(here.reached).is_ok_and(std::cmp::Ordering::is_ge);
            as_good || (near_before && near(next.reached))
        };
        let mut shorter = true;
        while shorter {
            shorter = false;
            let all = super::moves::smaller(&here.script).into_iter().chain(super::moves::shorter(&here.script));
            for next in all.collect::<Vec<Script>>() {
                let Some(next) = self.found(next) else { continue };
                if keeps(&next, &here) {
                    (here, shorter) = (next, true);
                    break;
                }
            }
        }
        self.best = Some(here);
    }

    fn is_near(&self) -> bool {
        self.best.as_ref().is_some_and(|best| near(best.reached))
    }

    fn found(&mut self, script: Script) -> Option<Found> {
        self.tries += 1;
        let outcome = script.run(self.plan)?;
        let bound = self.cost.at(self.plan, &script).ok()?;
        let reached = outcome.cost.over(bound).ok()?.lowest();
        Some(Found { script, outcome, bound, reached })
    }

    fn told(self) -> Option<Witness> {
        let Found { script, outcome, bound, .. } = self.best?;
        let example = script.example(self.plan, "the largest cost of a purchase", &outcome);
        let off = outcome.off.iter().filter(|(_, money)| money.is_positive()).map(|(rule, _)| *rule);
        let rules: BTreeSet<RuleId> = outcome.given.keys().map(|(rule, ..)| *rule).chain(off).collect();
        let rules = rules.into_iter().collect();
        Some(Witness { example, cost: outcome.cost, bound, amount: script.amount(), rules })
    }
}

fn near(reached: Exact) -> bool {
    Exact::new(NEAR.0, NEAR.1).and_then(|near| reached.compare(near)).is_ok_and(std::cmp::Ordering::is_ge)
}

impl Cost {
    /// What the bound says of the last purchase of a story.
    fn at(&self, plan: &Plan, script: &Script) -> Sum<Exact> {
        let mut sum = self.share.times(script.amount())?.plus(self.fixed)?;
        for (of, number) in &self.per {
            sum = sum.plus(number.times(script.measured(plan, of)?)?)?;
        }
        Ok(sum)
    }
}
