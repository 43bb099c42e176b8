//! What is told of a program before it begins: mistakes that its form does not show, each with what members would do.
//!
//! ```text
//! rule "Review" { on action review give 50 beans }      each review gives 50 beans again
//! ```
//!
//! What could go wrong is found in the plan; where a story shows it, it is run through the evaluator, and told only
//! as it came out.

mod back;
mod free;
mod number;
mod reach;
mod sat;
mod season;
mod setting;
mod shadow;
mod time;
mod together;
mod worth;

use super::cost::LargestCost;
use crate::diag::{Code, Diagnostic, Severity};
use crate::plan::{ExprId, Measure, Node, Plan, Role, UnitId};
use crate::source::Span;
use setting::Settings;
use std::sync::Arc;
use worth::Worths;

/// All that is told of a program that has no error, sorted by place; with the largest cost of a purchase, if that could
/// be worked out.
pub fn before_launch(plan: &Arc<Plan>, cost: Option<&LargestCost>) -> Vec<Diagnostic> {
    let settings = Settings::of(plan);
    let worths = Worths::of(plan);
    let mut all = free::told(plan, &settings, &worths);
    all.extend(worth::told(plan, &settings, &worths));
    all.extend(back::told(plan, &settings, &worths));
    all.extend(season::told(plan, &settings));
    all.extend(cost.and_then(|cost| together::told(plan, cost)));
    all.sort_by_key(|found| (found.span, found.code));
    all
}

/// What of a program that has no error never comes to be, as far as its form alone shows it.
pub fn unreachable(plan: &Plan) -> Vec<Diagnostic> {
    let mut all = reach::told(plan);
    all.extend(shadow::told(plan));
    all
}

/// A warning.
fn warning(code: Code, span: Span, message: String, help: String) -> Diagnostic {
    Diagnostic { code, severity: Severity::Warning, message, span, labels: Vec::new(), help: Some(help), shown: None }
}

/// Where an expression stands.
fn place(plan: &Plan, id: ExprId) -> Span {
    plan.spans.get(id.index()).copied().unwrap_or_default()
}

/// The text of a place.
fn text(plan: &Plan, span: Span) -> &str {
    plan.source.get(span.start as usize..span.end as usize).unwrap_or_default()
}

/// Does a member gain from having more of a unit: has it a worth, is it taken for a reward, does it win in a draw or
/// lift a tier? What has a price is paid for.
fn useful(plan: &Plan, unit: UnitId) -> bool {
    let of = plan.unit(unit);
    let takes = |role: &Role| match role {
        Role::Reward(reward) => {
            reward.offers.iter().filter_map(|offer| offer.cost.as_ref()).any(|cost| cost.unit == unit)
        }
        Role::Draw(draw) => draw.unit == unit,
        Role::Rule | Role::Migration(_) => false,
    };
    let counts = |measure: Measure| matches!(measure, Measure::Awarded(counted, _) if counted == unit);
    let lifts = plan.ladders.iter().any(|ladder| {
        let reads =
            |id: &ExprId| number::any_node(plan, *id, &|node| matches!(node, Node::Balance(read, _) if *read == unit));
        ladder.counters.iter().any(|counter| counts(plan.counter(*counter).measure))
            || ladder.tiers.iter().filter_map(|tier| tier.reach.as_ref()).any(reads)
    });
    of.price.is_none() && (of.worth.is_some() || lifts || plan.rules.iter().any(|rule| takes(&rule.role)))
}
