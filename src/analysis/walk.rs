//! Every formula of a plan, those in the rows of tables too, and expressions as they are written.

use crate::plan::{Act, Benefit, ExprId, Formula, Node, OverLimit, Plan, Prize, Role};

/// An expression as it is written.
pub(super) fn told(plan: &Plan, id: ExprId) -> String {
    match plan.node(id) {
        Node::Counter(counter, _) => plan.counter(*counter).text.clone(),
        _ => crate::eval::text_of(plan, id),
    }
}

/// Every formula of a plan.
pub(super) fn each_of(plan: &Plan, see: &mut dyn FnMut(&Formula)) {
    for rule in &plan.rules {
        for act in &rule.acts {
            if let Act::Give(give) = act
                && let Prize::Units(_, formula) = &give.prize
            {
                walk(formula, see);
            }
        }
        if let Role::Reward(reward) = &rule.role {
            for benefit in reward.offers.iter().flat_map(|offer| &offer.gifts) {
                if let Benefit::Off { money, .. } = benefit {
                    walk(money, see);
                }
            }
        }
    }
    for limit in &plan.limits {
        if let OverLimit::Then(formula) = &limit.over {
            walk(formula, see);
        }
    }
}

/// A formula, and those in its rows.
pub(super) fn walk(formula: &Formula, see: &mut dyn FnMut(&Formula)) {
    see(formula);
    match formula {
        Formula::ByKey { rows, otherwise, .. } => {
            rows.iter().map(|(_, row)| row).chain(otherwise.as_deref()).for_each(|row| walk(row, see));
        }
        Formula::Bands { rows, otherwise, .. } => {
            rows.iter().map(|(_, row)| row).chain(otherwise.as_deref()).for_each(|row| walk(row, see));
        }
        Formula::Dated(first, later) => {
            walk(first, see);
            for (_, row) in later {
                walk(row, see);
            }
        }
        Formula::Fixed { .. }
        | Formula::Share { .. }
        | Formula::Block { .. }
        | Formula::Each { .. }
        | Formula::Running { .. }
        | Formula::OfAward { .. } => {}
    }
}
