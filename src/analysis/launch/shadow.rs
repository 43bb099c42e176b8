//! Rules of a group that another leaves nothing to: in `best of` one that never gives more than another which applies
//! wherever it does, in `first of` one that stands after such another.
//!
//! `first of { "Base", "Gold" }` never comes to `if status = Gold give 7% of spend`, since "Base" asks for nothing.

use super::number::{is_more, least, most, parts_of};
use super::warning;
use crate::diag::{Code, Diagnostic, Label};
use crate::plan::{Act, Benefit, ExprId, Formula, InForce, Plan, Prize, Role, Rule, RuleId, Stacking, UnitId};
use crate::syntax::ast::Recipient;
use crate::value::Exact;

/// The one thing that a rule gives, or a reward takes off.
struct Given<'p> {
    /// Money off is of no unit.
    unit: Option<(UnitId, Recipient)>,
    formula: &'p Formula,
    is_limited: bool,
}

/// Warns of each.
pub(super) fn told(plan: &Plan) -> Vec<Diagnostic> {
    let mut all = Vec::new();
    for group in plan.groups.iter().filter(|group| group.kind != Stacking::All && !group.per_line) {
        let first = group.kind == Stacking::First;
        for (at, rule) in group.rules.iter().enumerate() {
            let others =
                group.rules.iter().enumerate().filter(|(other, _)| if first { *other < at } else { *other != at });
            let shadow = others.map(|(_, other)| *other).find(|other| shadows(plan, *other, *rule, first));
            all.extend(shadow.map(|other| said(plan, *rule, other, first)));
        }
    }
    all
}

/// Does one leave nothing to another?
fn shadows(plan: &Plan, one: RuleId, other: RuleId, first: bool) -> bool {
    let (one, other) = (plan.rule(one), plan.rule(other));
    let (Some(more), Some(less)) = (given(one), given(other)) else { return false };
    let alike = more.unit == less.unit && one.trigger == other.trigger && one.round == other.round;
    let amounts = match (amount(plan, more.formula), amount(plan, less.formula)) {
        (Some((least, _, of)), Some((_, most, also))) => {
            let same = match (of, also) {
                (None, None) => true,
                (Some(of), Some(also)) => plan.same(of, also),
                (None, Some(_)) => first,
                (Some(_), None) => false,
            };
            let enough = if first { least.is_positive() } else { !is_more(most, least) };
            // Of two that give the same the name decides; neither is idle.
            let same_amount = !first && least == most && one.name > other.name;
            same && enough && !same_amount
        }
        _ => false,
    };
    alike && amounts && !more.is_limited && applies_wherever(plan, one, other)
}

fn given(rule: &Rule) -> Option<Given<'_>> {
    if let Role::Reward(reward) = &rule.role {
        let [offer] = reward.offers.as_slice() else { return None };
        let [Benefit::Off { money, limits, .. }] = offer.gifts.as_slice() else { return None };
        let is_limited = !limits.is_empty() || !rule.limits.is_empty();
        return offer.cost.is_none().then_some(Given { unit: None, formula: money, is_limited });
    }
    let [Act::Give(give)] = rule.acts.as_slice() else { return None };
    let Prize::Units(unit, formula) = &give.prize else { return None };
    let is_limited = !give.limits.is_empty() || !rule.limits.is_empty();
    Some(Given { unit: Some((*unit, give.recipient)), formula, is_limited })
}

/// The least and the most of a share, with what it is of, or of a fixed amount.
fn amount(plan: &Plan, formula: &Formula) -> Option<(Exact, Exact, Option<ExprId>)> {
    match formula {
        Formula::Fixed { amount, .. } => Some((least(plan, *amount)?, most(plan, *amount)?, None)),
        Formula::Share { share, of, .. } => Some((least(plan, *share)?, most(plan, *share)?, Some(*of))),
        _ => None,
    }
}

/// Does one apply wherever another does, on all of its lines?
fn applies_wherever(plan: &Plan, one: &Rule, other: &Rule) -> bool {
    let lines = match (one.filter, other.filter) {
        (None, _) => true,
        (Some(one), Some(other)) => plan.same(one, other),
        (Some(_), None) => false,
    };
    let of = |rule: &Rule| -> Vec<ExprId> {
        rule.conditions.iter().flat_map(|condition| parts_of(plan, *condition)).collect()
    };
    let asked = of(other);
    // A sum of fewer lines meets less than one of more, so conditions are the same only of the same lines.
    let same_lines = one.filter.is_none() == other.filter.is_none();
    let conditions = of(one);
    lines
        && (conditions.is_empty() || same_lines)
        && conditions.iter().all(|wanted| asked.iter().any(|other| plan.same(*wanted, *other)))
        && one.during.iter().all(|wanted| {
            other.during.iter().any(|other| wanted == other || plan.period(*wanted) == plan.period(*other))
        })
        && covers(one.in_force, other.in_force)
}

fn covers(one: InForce, other: InForce) -> bool {
    one.from.is_none_or(|from| other.from.is_some_and(|other| from <= other))
        && one.to.is_none_or(|to| other.to.is_some_and(|other| other <= to))
}

fn said(plan: &Plan, rule: RuleId, other: RuleId, first: bool) -> Diagnostic {
    let (name, by) = (&plan.rule(rule).name, &plan.rule(other).name);
    let (message, help) = if first {
        (
            format!(
                "`{name}` is never reached: `{by}` stands before it in `first of` and gives wherever `{name}` applies"
            ),
            format!("write `{name}` before `{by}`, or `best of`"),
        )
    } else {
        (
            format!("`{name}` is never the best: `{by}` applies wherever it does and gives at least as much"),
            format!("let `{name}` give more, or leave it out of the group"),
        )
    };
    let mut warning = warning(Code::Shadowed, plan.rule(rule).span, message, help);
    warning.labels.push(Label { span: plan.rule(other).span, text: "this one".to_owned() });
    warning
}
