//! What the examples of a program try: which rules gave, which conditions were seen true and false, which tiers were
//! held, which rows of tables were hit, and whether each bound was tried just below, at and just above.
//!
//! Whether a bound was tried is found by moving it: `spend >= 100 RUB` was tried at 100 if something comes out
//! otherwise with `100.01`, and just below if something does with `99`. A row was hit if it matters that it is there.

use super::example::{ExampleResult, run_examples};
use super::seen::{Digest, Seen};
use super::threshold::{Edges, Threshold};
use crate::check;
use crate::eval::{Reason, text_of};
use crate::plan::{ExprId, LadderId, Node, Plan, RuleId};
use crate::source::{Source, Span};
use crate::syntax::{self, ast::File};
use crate::value::Exact;
use serde::Serialize;
use std::sync::Arc;

/// What the examples of a program try.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Coverage {
    /// Every rule, reward and draw.
    pub rules: Vec<RuleCovered>,
    /// Every condition of theirs.
    pub conditions: Vec<ConditionCovered>,
    /// Every tier.
    pub tiers: Vec<TierCovered>,
    /// Every row of their tables.
    pub rows: Vec<RowCovered>,
    /// Every bound.
    pub thresholds: Vec<ThresholdCovered>,
}

/// Did a rule give anything?
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RuleCovered {
    /// Its name.
    pub rule: String,
    /// Did it give?
    pub gave: bool,
}

/// What was seen of a condition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConditionCovered {
    /// Whose it is.
    pub rule: String,
    /// As written.
    pub condition: String,
    /// Was it seen to hold?
    pub held: bool,
    /// Was it seen to fail?
    pub failed: bool,
}

/// Did anybody hold a tier?
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TierCovered {
    /// `status`
    pub ladder: String,
    /// `Gold`
    pub tier: String,
    /// Did anybody hold it?
    pub held: bool,
}

/// Was a row of a table hit?
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RowCovered {
    /// `rule "Base"`
    pub of: String,
    /// The row, as written.
    pub row: String,
    /// Was it hit?
    pub hit: bool,
}

/// On which sides a bound was tried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ThresholdCovered {
    /// `rule "Base"`, `status.Gold`
    pub of: String,
    /// As written: `spend >= 100 RUB`
    pub threshold: String,
    /// Less than one below it.
    pub below: bool,
    /// The bound itself.
    pub at: bool,
    /// Less than one above it.
    pub above: bool,
}

/// So far from a bound is still just beside it.
const BESIDE: Exact = Exact::whole(1);

/// What the examples try, where their results are known already.
pub fn coverage(source: &Source, plan: &Arc<Plan>, file: &File, results: &[ExampleResult]) -> Coverage {
    let seen: Vec<&Seen> = results.iter().map(|result| &result.seen).collect();
    let mover = Mover { source, now: results.iter().map(|result| result.seen.digest()).collect() };
    let edges = Edges::of(file);
    Coverage {
        rules: rules(plan, &seen),
        conditions: conditions(plan, &seen),
        tiers: tiers(plan, &seen),
        rows: edges
            .rows
            .iter()
            .map(|row| RowCovered {
                of: row.of.clone(),
                row: one_line(source.slice(row.span)),
                hit: mover.hit(row.span),
            })
            .collect(),
        thresholds: edges.thresholds.iter().map(|threshold| mover.tried(threshold)).collect(),
    }
}

fn rules(plan: &Plan, seen: &[&Seen]) -> Vec<RuleCovered> {
    let rules = plan.rules.iter().enumerate().map(|(at, rule)| {
        let id = RuleId::new(at);
        let paid = |seen: &&Seen| {
            seen.fired.contains(&id) || seen.asked.iter().any(|(asked, why)| *asked == id && why.is_none())
        };
        RuleCovered { rule: rule.name.clone(), gave: seen.iter().any(paid) }
    });
    rules.collect()
}

fn conditions(plan: &Plan, seen: &[&Seen]) -> Vec<ConditionCovered> {
    let mut found = Vec::new();
    for (at, rule) in plan.rules.iter().enumerate() {
        let id = RuleId::new(at);
        let whys: Vec<Option<&Reason>> = seen
            .iter()
            .flat_map(|seen| &seen.asked)
            .filter(|(asked, _)| *asked == id)
            .map(|(_, why)| why.as_ref())
            .collect();
        if let Some(filter) = rule.filter {
            found.push(ConditionCovered {
                rule: rule.name.clone(),
                condition: format!("where {}", text_of(plan, filter)),
                held: whys.iter().any(|why| passed_lines(*why)),
                failed: whys.iter().any(|why| matches!(why, Some(Reason::NoLines))),
            });
        }
        let parts: Vec<String> =
            rule.conditions.iter().flat_map(|condition| parts(plan, *condition)).map(|id| text_of(plan, id)).collect();
        for (place, part) in parts.iter().enumerate() {
            let fails = |why: Option<&Reason>| matches!(why, Some(Reason::Condition { text, .. }) if text == part);
            // Parts are asked in their order: one behind it that fails says that this one held.
            let later = |why: Option<&Reason>| match why {
                Some(Reason::Condition { text, .. }) => parts.iter().skip(place + 1).any(|other| other == text),
                why => passed_conditions(why),
            };
            found.push(ConditionCovered {
                rule: rule.name.clone(),
                condition: format!("if {part}"),
                held: whys.iter().any(|why| later(*why)),
                failed: whys.iter().any(|why| fails(*why)),
            });
        }
    }
    found
}

/// The parts of an `and`.
fn parts(plan: &Plan, condition: ExprId) -> Vec<ExprId> {
    match plan.node(condition) {
        Node::And(parts) => parts.clone(),
        _ => vec![condition],
    }
}

/// Did a rule come as far as its lines, and have some?
fn passed_lines(why: Option<&Reason>) -> bool {
    match why {
        Some(Reason::Condition { .. }) => true,
        why => passed_conditions(why),
    }
}

/// Did a rule come past its conditions?
fn passed_conditions(why: Option<&Reason>) -> bool {
    match why {
        None => true,
        Some(why) => !matches!(
            why,
            Reason::WrongFact
                | Reason::NotInForce
                | Reason::NoReferrer
                | Reason::NotNth { .. }
                | Reason::OutsidePeriod { .. }
                | Reason::NoLines
                | Reason::MissingValue
                | Reason::Condition { .. }
                | Reason::NotAsked
        ),
    }
}

fn tiers(plan: &Plan, seen: &[&Seen]) -> Vec<TierCovered> {
    let mut found = Vec::new();
    for (at, ladder) in plan.ladders.iter().enumerate() {
        for (place, tier) in ladder.tiers.iter().enumerate() {
            let held = |(held, at_tier): &(LadderId, u8)| *held == LadderId::new(at) && usize::from(*at_tier) == place;
            found.push(TierCovered {
                ladder: ladder.name.clone(),
                tier: tier.name.clone(),
                held: seen.iter().any(|seen| seen.tiers.iter().any(held)),
            });
        }
    }
    found
}

/// Moves bounds and takes rows out, to see whether it matters to the examples.
struct Mover<'a> {
    source: &'a Source,
    now: Vec<Digest>,
}

impl Mover<'_> {
    fn tried(&self, of: &Threshold) -> ThresholdCovered {
        let moved = |by: Option<Exact>| self.with_bound(of, by?);
        let [low, middle, high, top] = around(of.open).map(moved);
        let differ = |one: &Option<Vec<Digest>>, other: &Option<Vec<Digest>>| {
            one.as_ref().zip(other.as_ref()).is_some_and(|(one, other)| one != other)
        };
        ThresholdCovered {
            of: of.of.clone(),
            threshold: one_line(self.source.slice(of.span)),
            below: differ(&low, &middle),
            at: differ(&middle, &high),
            above: differ(&high, &top),
        }
    }

    fn with_bound(&self, of: &Threshold, by: Exact) -> Option<Vec<Digest>> {
        if by.is_zero() {
            return Some(self.now.clone());
        }
        with_bound(self.source, of, by).map(|(plan, file)| digests(&plan, &file))
    }

    fn hit(&self, row: Span) -> bool {
        without(self.source, row, "").is_some_and(|(plan, file)| digests(&plan, &file) != self.now)
    }
}

fn digests(plan: &Arc<Plan>, file: &File) -> Vec<Digest> {
    run_examples(plan, file).iter().map(|result| result.seen.digest()).collect()
}

/// By how much a bound is moved to be seen from its sides: from the first to the second lies what is just below, to
/// the third the bound, to the last what is just above.
pub(super) fn around(open: bool) -> [Option<Exact>; 4] {
    // A hundredth tells the bound from its neighbours.
    let hundredth = BESIDE.over(Exact::whole(100)).unwrap_or(BESIDE);
    let (zero, one) = (Some(Exact::ZERO), Some(BESIDE));
    let back = |exact: Exact| Exact::ZERO.minus(exact).ok();
    if open {
        [back(BESIDE.plus(hundredth).unwrap_or(BESIDE)), back(hundredth), zero, one]
    } else {
        [back(BESIDE), zero, Some(hundredth), BESIDE.plus(hundredth).ok()]
    }
}

/// The program with a bound moved.
pub(super) fn with_bound(source: &Source, of: &Threshold, by: Exact) -> Option<(Arc<Plan>, File)> {
    let bound = of.bound.plus(by).ok()?.to_amount().filter(|bound| !bound.is_negative())?;
    let written = source.slice(of.literal);
    let unit = written.trim_start_matches(|sign: char| sign.is_ascii_digit() || "_.".contains(sign));
    without(source, of.literal, &format!("{bound}{unit}"))
}

/// The program where a place of it says something else; nothing if that is no program.
pub(super) fn without(source: &Source, span: Span, text: &str) -> Option<(Arc<Plan>, File)> {
    let (whole, start, end) = (source.text(), span.start as usize, span.end as usize);
    let changed = format!("{}{text}{}", whole.get(..start)?, whole.get(end..)?);
    let source = Source::new(source.name(), changed);
    let parsed = syntax::parse(&source);
    if !parsed.diagnostics.is_empty() {
        return None;
    }
    let plan = Arc::new(check::check(&source, &parsed.file).plan?);
    Some((plan, parsed.file))
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
