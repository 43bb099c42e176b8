//! Numbers and conditions of a program as far as they are known beforehand: `minimum` is at least 100 RUB, whatever
//! its date; `a and b` are two parts.

use crate::plan::{ExprId, Formula, LadderId, Literal, Node, NumField, Plan, UnitId};
use crate::syntax::ast::Factor;
use crate::value::{Exact, Rounding};

/// Is one number more than another?
pub(super) fn is_more(one: Exact, other: Exact) -> bool {
    one.compare(other).is_ok_and(std::cmp::Ordering::is_gt)
}

/// The least that a number may be, on any day and at any tier.
pub(super) fn least(plan: &Plan, id: ExprId) -> Option<Exact> {
    values(plan, id)?.into_iter().reduce(|one, other| if is_more(one, other) { other } else { one })
}

/// The most that a number may be.
pub(super) fn most(plan: &Plan, id: ExprId) -> Option<Exact> {
    values(plan, id)?.into_iter().reduce(|one, other| if is_more(other, one) { other } else { one })
}

/// What one of a unit is worth at most.
pub(super) fn most_worth(plan: &Plan, unit: UnitId) -> Option<Exact> {
    most(plan, plan.unit(unit).worth?)
}

/// So many values of a number are told apart.
const VALUES_MAX: usize = 64;

/// All that a number may be: of each date, of each tier. None where data decide.
fn values(plan: &Plan, id: ExprId) -> Option<Vec<Exact>> {
    let all = match plan.node(id) {
        Node::Literal(Literal::Number(number)) => vec![*number],
        Node::Dated(first, later) => {
            let mut all = values(plan, *first)?;
            for (_, value) in later {
                all.extend(values(plan, *value)?);
            }
            all
        }
        Node::TierValue(ladder, at) => of_tiers(plan, *ladder, *at)?,
        Node::Sum(parts) => {
            let mut all = vec![Exact::ZERO];
            for (part, minus) in parts {
                all = paired(&all, &values(plan, *part)?, |one, other| {
                    if *minus { one.minus(other).ok() } else { one.plus(other).ok() }
                })?;
            }
            all
        }
        Node::Product(parts) => {
            let mut all = vec![Exact::ONE];
            for (factor, part) in parts {
                all = paired(&all, &values(plan, *part)?, |one, other| match factor {
                    Factor::Times => one.times(other).ok(),
                    Factor::Over => one.over(other).ok(),
                })?;
            }
            all
        }
        _ => return None,
    };
    (all.len() <= VALUES_MAX).then_some(all)
}

fn of_tiers(plan: &Plan, ladder: LadderId, at: usize) -> Option<Vec<Exact>> {
    let mut all = Vec::new();
    for value in plan.ladder(ladder).tiers.iter().filter_map(|tier| *tier.values.get(at)?) {
        all.extend(values(plan, value)?);
    }
    Some(all)
}

fn paired(one: &[Exact], other: &[Exact], with: impl Fn(Exact, Exact) -> Option<Exact>) -> Option<Vec<Exact>> {
    if one.len().saturating_mul(other.len()) > VALUES_MAX {
        return None;
    }
    one.iter().flat_map(|one| other.iter().map(|other| with(*one, *other)).collect::<Vec<_>>()).collect()
}

/// The parts of an `and`.
pub(super) fn parts_of(plan: &Plan, id: ExprId) -> Vec<ExprId> {
    match plan.node(id) {
        Node::And(parts) => parts.iter().flat_map(|part| parts_of(plan, *part)).collect(),
        _ => vec![id],
    }
}

/// Does an expression, or one in it, satisfy a test?
pub(super) fn any_node(plan: &Plan, id: ExprId, test: &dyn Fn(&Node) -> bool) -> bool {
    let node = plan.node(id);
    test(node) || node.children().into_iter().any(|child| any_node(plan, child, test))
}

/// Does a formula read something that satisfies a test?
pub(super) fn reads(plan: &Plan, formula: &Formula, test: &dyn Fn(&Node) -> bool) -> bool {
    let mut found = false;
    super::super::walk::walk(formula, &mut |formula| {
        let all: &[ExprId] = match formula {
            Formula::Fixed { amount, .. } => &[*amount],
            Formula::Share { share, of, .. } => &[*share, *of],
            Formula::Block { units, size, of, .. } => &[*units, *size, *of],
            Formula::Each { units, .. } | Formula::Running { units, .. } => &[*units],
            Formula::OfAward { share, .. } => &[*share],
            Formula::ByKey { key, .. } | Formula::Bands { key, .. } => &[*key],
            Formula::Dated(..) => &[],
        };
        found |= all.iter().any(|id| any_node(plan, *id, test));
    });
    found
}

/// The expression that a formula begins with.
pub(super) fn first_of(formula: &Formula) -> Option<ExprId> {
    match formula {
        Formula::Fixed { amount: first, .. }
        | Formula::Share { share: first, .. }
        | Formula::Block { units: first, .. }
        | Formula::Each { units: first, .. }
        | Formula::Running { units: first, .. }
        | Formula::OfAward { share: first, .. } => Some(*first),
        Formula::ByKey { rows, otherwise, .. } => {
            rows.iter().map(|(_, row)| row).chain(otherwise.as_deref()).find_map(first_of)
        }
        Formula::Bands { rows, otherwise, .. } => {
            rows.iter().map(|(_, row)| row).chain(otherwise.as_deref()).find_map(first_of)
        }
        Formula::Dated(first, _) => first_of(first),
    }
}

/// Is it the money of lines, or of the receipt?
pub(super) fn is_spend(plan: &Plan, id: ExprId) -> bool {
    matches!(plan.node(id), Node::Lines(NumField::Spend(_)) | Node::Receipt(NumField::Spend(_)))
}

/// A number as it is read.
pub(super) fn told_number(number: Exact) -> String {
    number.round(Rounding::HalfUp, 6).map(|number| number.to_string()).unwrap_or_default()
}
