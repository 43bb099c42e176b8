//! Examples from the bounds of a program: just below, at and just above each, as far as none tries that yet.

use super::search::Moves;
use super::story::Story;
use super::{Asked, Made, example, free_name, proven, with_expectations};
use crate::eval::Reason;
use crate::plan::{LadderId, Node, Plan, RuleId};
use crate::sim::coverage::{self, Coverage, ThresholdCovered};
use crate::sim::example::{Stage, run_examples};
use crate::sim::seen::Digest;
use crate::sim::threshold::{Edges, Threshold};
use crate::source::Source;
use crate::syntax::ast::{Example, File};
use crate::time::Day;
use crate::value::Exact;
use std::sync::Arc;

/// So many stories are run for one bound.
const RUNS_MAX: usize = 20_000;
/// So many changes bring a rule to its bound.
const CHANGES_MAX: usize = 8;
/// So many days later it is looked at what became of a tier.
const LATER: [i64; 3] = [1, LATER_STILL, 370];
/// Past the next month.
const LATER_STILL: i64 = 32;
/// What is enough of anything.
const A_LOT: i64 = 10_000_000;
/// The knobs that turn the last purchase itself stand first.
const KNOBS_OF_LAST: usize = 2;
/// So many kinds of receipts and lines are looked at for a tier.
const KINDS_MAX: usize = 4;

/// The sides of a bound, with the words for each.
const SIDES: [&str; 3] = ["just below", "at", "just above"];

/// Examples that try each bound of a program on all its sides; `file` and `plan` are those of the source.
pub fn boundaries(source: &Source, file: &File, plan: &Arc<Plan>) -> Made {
    let results = run_examples(plan, file);
    let Coverage { thresholds: tried, .. } = coverage::coverage(source, plan, file, &results);
    let edges = Edges::of(file);
    let (mut examples, mut left): (Vec<Example>, Vec<String>) = (Vec::new(), Vec::new());
    for (threshold, tried) in edges.thresholds.iter().zip(&tried) {
        let wanted = [!tried.below, !tried.at, !tried.above];
        if wanted == [false; 3] {
            continue;
        }
        let mut search = Search::new(source, plan, threshold, &edges, wanted);
        search.run();
        for (side, found) in SIDES.iter().zip(search.found.iter().zip(wanted)) {
            let (Some(story), true) = (found.0, found.1) else { continue };
            let of = search.named();
            let called = free_name(file, &examples, &format!("{of}: {}, {side}", tried.threshold));
            match with_expectations(plan, &called, story.steps(plan), search.asked()) {
                Ok(made) => examples.push(made),
                Err(fault) => left.push(format!("{called}: {fault}")),
            }
        }
        left.extend(search.missing(tried));
    }
    let mut made = proven(source, examples);
    left.append(&mut made.left);
    Made { left, ..made }
}

/// The search for stories around one bound.
struct Search<'a> {
    plan: &'a Arc<Plan>,
    /// The rule that the bound stands in.
    rule: Option<RuleId>,
    /// The tier that it is the bound of.
    tier: Option<(LadderId, u8)>,
    /// The program with the bound moved, so that two neighbours differ on one side of it.
    low: Option<Arc<Plan>>,
    middle: Option<Arc<Plan>>,
    high: Option<Arc<Plan>>,
    top: Option<Arc<Plan>>,
    /// The program with a bound that nobody reaches.
    never: Option<Arc<Plan>>,
    wanted: [bool; 3],
    found: [Option<Story>; 3],
    runs: usize,
}

impl<'a> Search<'a> {
    fn new(source: &Source, plan: &'a Arc<Plan>, threshold: &Threshold, edges: &Edges, wanted: [bool; 3]) -> Self {
        let moved = |by: Option<Exact>| coverage::with_bound(source, threshold, by?).map(|(plan, _)| plan);
        let [low, middle, high, top] = coverage::around(threshold.open).map(moved);
        let rule = plan.rules.iter().position(|rule| rule.span.contains(threshold.span)).map(RuleId::new);
        let row = edges.rows.iter().find(|row| row.span.contains(threshold.span));
        let left_out = row.and_then(|row| coverage::without(source, row.span, "")).map(|(plan, _)| plan);
        // A table of one row is none without it.
        let never = left_out.or_else(|| moved(Some(Exact::whole(1_000_000_000))));
        let tier = plan.ladders.iter().enumerate().find_map(|(at, ladder)| {
            let name = threshold.of.strip_prefix(&ladder.name)?.strip_prefix('.')?;
            let place = ladder.tiers.iter().position(|tier| tier.name == name)?;
            Some((LadderId::new(at), u8::try_from(place).ok()?))
        });
        let tier = tier.filter(|_| rule.is_none());
        Self { plan, rule, tier, low, middle, high, top, never, wanted, found: [None, None, None], runs: 0 }
    }

    /// `Base`, `status.Gold`
    fn named(&self) -> String {
        match (self.rule, self.tier) {
            (Some(rule), _) => self.plan.rule(rule).name.clone(),
            (None, Some((ladder, tier))) => {
                let ladder = self.plan.ladder(ladder);
                let tier = ladder.tiers.get(usize::from(tier)).map_or("", |tier| tier.name.as_str());
                format!("{}.{tier}", ladder.name)
            }
            (None, None) => String::new(),
        }
    }

    fn asked(&self) -> Asked<'a> {
        Asked {
            nothing_of: self.rule.map(|rule| self.plan.rule(rule).name.as_str()),
            tier_of: self.tier.map(|(ladder, _)| ladder),
            end: None,
        }
    }

    /// What of it was not found.
    fn missing(&self, tried: &ThresholdCovered) -> Option<String> {
        let sides = SIDES.iter().zip(self.wanted).zip(&self.found);
        let sides: Vec<&str> =
            sides.filter(|((_, wanted), found)| *wanted && found.is_none()).map(|((side, _), _)| *side).collect();
        let of = format!("{}: {}", tried.of, tried.threshold);
        (!sides.is_empty()).then(|| format!("{of}: no story was found that tries it {}", sides.join(", ")))
    }

    fn is_done(&self) -> bool {
        let all = self.found.iter().zip(self.wanted).all(|(found, wanted)| found.is_some() || !wanted);
        all || self.runs > RUNS_MAX
    }

    fn run(&mut self) {
        let plan = Arc::clone(self.plan);
        let moves = Moves::of(&plan);
        let trigger = self.rule.map(|rule| &plan.rule(rule).trigger);
        let from = self.rule.and_then(|rule| plan.rule(rule).in_force.from);
        let day = from.and_then(|day| day.plus_days(500)).or(Day::from_ymd_clamped(2026, 6, 1));
        let in_force = |day: &Day| self.rule.is_none_or(|rule| plan.rule(rule).in_force.to.is_none_or(|to| *day <= to));
        let Some(day) = day.filter(in_force).or(from).or(Day::from_ymd_clamped(2026, 6, 1)) else { return };
        let Some(story) = Story::plain(&plan, day, trigger) else { return };
        // A story counts on its way too: what stands before the bound may hide what stands behind it.
        let mut stories = self.climb(&moves, story);
        stories.reverse();
        if self.tier.is_some() {
            stories.extend(self.kinds(&moves));
        }
        let later: Vec<Option<i64>> =
            if self.tier.is_some() { std::iter::once(None).chain(LATER.map(Some)).collect() } else { vec![None] };
        for days in later {
            for story in &stories {
                for knob in moves.knobs() {
                    if self.is_done() {
                        return;
                    }
                    let turned = |number: i64| {
                        let story = (knob.turn)(story, number)?;
                        days.map_or(Some(story.clone()), |days| story.followed(days))
                    };
                    self.turn(knob.most, &turned);
                }
            }
        }
    }

    /// Turns one number until the bound is reached, and looks at it from all sides.
    fn turn(&mut self, most: i64, turned: &dyn Fn(i64) -> Option<Story>) {
        let around = [self.low.clone(), self.middle.clone(), self.high.clone()];
        let [low, middle, high] = around.map(|plan| self.first_that_reaches(&plan?, most, turned));
        let Some(bound) = middle.or(high).or(low) else { return };
        let near = |number: i64| [number - 1, number, number + 1];
        let mut numbers: Vec<i64> = [low, middle, high].into_iter().flatten().flat_map(near).collect();
        // The nearest to the bound first.
        numbers.sort_unstable_by_key(|number| ((number - bound).abs(), *number));
        numbers.dedup();
        for number in numbers.into_iter().filter(|number| *number > 0) {
            if let Some(story) = turned(number) {
                self.look(&story);
            }
        }
    }

    fn first_that_reaches(
        &mut self,
        plan: &Arc<Plan>,
        most: i64,
        turned: &dyn Fn(i64) -> Option<Story>,
    ) -> Option<i64> {
        let mut reaches = |number: i64| turned(number).is_some_and(|story| self.reaches(plan, &story));
        let (mut below, mut high) = (0_i64, 1_i64);
        while !reaches(high) {
            below = high;
            high = high.checked_mul(10).filter(|high| *high <= most)?;
        }
        while high - below > 1 {
            let middle = below + (high - below) / 2;
            if reaches(middle) { high = middle } else { below = middle }
        }
        Some(high)
    }

    /// Does a story reach the bound of a program?
    fn reaches(&mut self, plan: &Arc<Plan>, story: &Story) -> bool {
        let Some(seen) = self.played(plan, story) else { return false };
        match (self.tier, self.never.clone()) {
            (Some((ladder, tier)), _) => seen.holds(ladder, tier),
            (None, Some(never)) => self.played(&never, story).is_some_and(|never| never != seen),
            (None, None) => false,
        }
    }

    /// On which sides a story tries the bound, by what differs where it is moved.
    fn look(&mut self, story: &Story) {
        let plans = [self.low.clone(), self.middle.clone(), self.high.clone(), self.top.clone()];
        let [low, middle, high, top] = plans.map(|plan| self.played(&plan?, story));
        let differ = |one: &Option<Digest>, other: &Option<Digest>| {
            one.as_ref().zip(other.as_ref()).is_some_and(|(one, other)| one != other)
        };
        let sides = [differ(&low, &middle), differ(&middle, &high), differ(&high, &top)];
        for (place, tried) in self.found.iter_mut().zip(sides) {
            if tried && place.is_none() {
                *place = Some(story.clone());
            }
        }
    }

    fn played(&mut self, plan: &Arc<Plan>, story: &Story) -> Option<Digest> {
        self.runs += 1;
        let of = example("", story.steps(plan));
        let mut stage = Stage::new(plan, &of);
        for at in 0..of.steps.len() {
            stage.go(at).ok()?;
        }
        Some(stage.seen.digest())
    }

    /// Stories of each kind of receipt and line with which the tier can be reached at all.
    fn kinds(&mut self, moves: &Moves<'_>) -> Vec<Story> {
        let Some(story) = Story::plain(self.plan, Day::from_ymd_clamped(2026, 6, 1).unwrap_or_default(), None) else {
            return Vec::new();
        };
        let plan = Arc::clone(self.plan);
        let all = moves.kinds().into_iter().filter_map(|change| change(&story));
        let knobs = moves.knobs();
        let mut reached = |story: &Story| {
            knobs.iter().take(KNOBS_OF_LAST).any(|knob| {
                let turned = (knob.turn)(story, A_LOT.min(knob.most)).and_then(|story| story.followed(LATER_STILL));
                turned.is_some_and(|story| self.reaches(&plan, &story))
            })
        };
        all.filter(|story| reached(story)).take(KINDS_MAX).collect()
    }

    /// Stories that bring the rule further and further; the last comes as far as was found.
    fn climb(&mut self, moves: &Moves<'_>, story: Story) -> Vec<Story> {
        let Some(rule) = self.rule else { return vec![story] };
        let changes = moves.changes(Some(rule));
        let mut stories = vec![story.clone()];
        let (mut here, mut rank) = self.moved_into_period(rule, story);
        stories.push(here.clone());
        while rank < PAID && stories.len() < CHANGES_MAX {
            let mut better = None;
            for change in &changes {
                let Some(next) = change(&here) else { continue };
                let (next, next_rank) = self.moved_into_period(rule, next);
                if next_rank > rank {
                    better = Some((next, next_rank));
                    break;
                }
            }
            let Some((next, next_rank)) = better else { break };
            (here, rank) = (next, next_rank);
            stories.push(here.clone());
        }
        stories.dedup();
        stories
    }

    /// The story on a day on which the rule applies, where its reason names one, and how far it comes there.
    fn moved_into_period(&mut self, rule: RuleId, story: Story) -> (Story, usize) {
        let (rank, next) = self.rank(rule, &story);
        let Some(day) = next.filter(|day| *day > story.last.day) else { return (story, rank) };
        let moved = story.moved(day);
        let (moved_rank, _) = self.rank(rule, &moved);
        if moved_rank > rank { (moved, moved_rank) } else { (story, rank) }
    }

    /// How far a rule comes on the last fact that asks it, and on which day it would come further.
    fn rank(&mut self, rule: RuleId, story: &Story) -> (usize, Option<Day>) {
        self.runs += 1;
        let of = example("", story.steps(self.plan));
        let mut stage = Stage::new(self.plan, &of);
        for at in 0..of.steps.len() {
            if stage.go(at).is_err() {
                return (0, None);
            }
        }
        let reason = stage.seen.asked.iter().rev().find(|(asked, _)| *asked == rule).map(|(_, why)| why);
        match reason {
            None => (0, None),
            Some(None) => (PAID, None),
            Some(Some(why)) => {
                let next = match why {
                    Reason::OutsidePeriod { next, .. } => *next,
                    _ => None,
                };
                (self.rank_of(rule, why), next)
            }
        }
    }

    fn rank_of(&self, rule: RuleId, why: &Reason) -> usize {
        match why {
            Reason::WrongFact => 1,
            Reason::NotInForce => 2,
            Reason::NoReferrer | Reason::NotAsked => 3,
            Reason::NotNth { .. } => 4,
            Reason::OutsidePeriod { .. } => 5,
            Reason::MissingValue => 6,
            Reason::NoLines => 7,
            Reason::Condition { text, .. } => {
                let conditions = &self.plan.rule(rule).conditions;
                let parts = conditions.iter().flat_map(|condition| match self.plan.node(*condition) {
                    Node::And(parts) => parts.clone(),
                    _ => vec![*condition],
                });
                let mut texts = parts.map(|part| crate::eval::text_of(self.plan, part));
                8 + texts.position(|part| part == *text).unwrap_or(0)
            }
            _ => PAID - 1,
        }
    }
}

/// Further a rule cannot come.
const PAID: usize = 1_000;
