//! Rules that together cost more than a purchase brings: `60% of spend` and, for Gold at New Year, twice that.

use super::number::is_more;
use super::warning;
use crate::analysis::cost::LargestCost;
use crate::analysis::told::percent;
use crate::analysis::witness::witness;
use crate::diag::{Code, Diagnostic, Label};
use crate::plan::{Plan, RuleId};
use crate::value::Exact;
use std::sync::Arc;

/// Warns of a share above all of the receipt, where a purchase shows it that no rule costs more than by itself.
pub(super) fn told(plan: &Arc<Plan>, cost: &LargestCost) -> Option<Diagnostic> {
    if !is_more(cost.money.share, Exact::ONE) {
        return None;
    }
    let found = witness(plan)?;
    let (first, others) = found.rules.split_first()?;
    if !is_more(found.cost, found.amount) || others.is_empty() {
        return None;
    }
    let name = |rule: &RuleId| format!("`{}`", plan.rule(*rule).name);
    let (last, between) = others.split_last()?;
    let mut names = vec![name(first)];
    names.extend(between.iter().map(name));
    let situation = if cost.situation.is_empty() { String::new() } else { format!(" ({})", cost.situation) };
    let message = format!(
        "{} and {} together cost more than a purchase brings: {} of it{situation}",
        names.join(", "),
        name(last),
        percent(cost.money.share)
    );
    let help = "write smaller rates, `at most …`, or `best of` these rules".to_owned();
    let mut warning = warning(Code::MoreThanPaid, plan.rule(*first).span, message, help);
    warning.labels =
        others.iter().map(|rule| Label { span: plan.rule(*rule).span, text: "and this".to_owned() }).collect();
    warning.shown = Some(found.example);
    Some(warning)
}
