//! What the examples try, for people: how much of each kind, and what is left.

use crate::table::cut;
use earnest::sim::coverage::Coverage;
use std::fmt::Write as _;

/// As wide as a terminal of old.
const WIDTH: usize = 80;

/// What is tried and what is left, in lines of 80 columns.
pub(crate) fn render(file: &str, coverage: &Coverage) -> String {
    let mut text = format!("\n{}\n", cut(&format!("coverage of {file}"), WIDTH));
    let rules = coverage.rules.iter().map(|rule| (rule.gave, rule.rule.clone(), "never gave".to_owned()));
    part(&mut text, "rules that gave", &rules.collect::<Vec<_>>());
    let conditions = coverage.conditions.iter().map(|of| {
        let left = [(of.held, "never true"), (of.failed, "never false")];
        (of.held && of.failed, format!("{}: {}", of.rule, of.condition), missing(&left))
    });
    part(&mut text, "conditions seen true and false", &conditions.collect::<Vec<_>>());
    let tiers =
        coverage.tiers.iter().map(|of| (of.held, format!("{}.{}", of.ladder, of.tier), "never held".to_owned()));
    part(&mut text, "tiers that were held", &tiers.collect::<Vec<_>>());
    let rows = coverage.rows.iter().map(|of| (of.hit, format!("{}: {}", of.of, of.row), "never hit".to_owned()));
    part(&mut text, "rows of tables that were hit", &rows.collect::<Vec<_>>());
    let thresholds = coverage.thresholds.iter().map(|of| {
        let left = [(of.below, "not just below"), (of.at, "not at"), (of.above, "not just above")];
        (of.below && of.at && of.above, format!("{}: {}", of.of, of.threshold), missing(&left))
    });
    part(&mut text, "bounds tried on both sides and at", &thresholds.collect::<Vec<_>>());
    text
}

fn missing(of: &[(bool, &str)]) -> String {
    of.iter().filter(|(done, _)| !done).map(|(_, word)| *word).collect::<Vec<_>>().join(", ")
}

/// One kind of thing: how many are tried, then a line for each that is not.
fn part(text: &mut String, head: &str, of: &[(bool, String, String)]) {
    if of.is_empty() {
        return;
    }
    let done = of.iter().filter(|(done, ..)| *done).count();
    let _ = writeln!(text, "{head:<34} {done} of {}", of.len());
    for (_, what, left) in of.iter().filter(|(done, ..)| !done) {
        let _ = writeln!(text, "  {}", cut(&format!("{left}: {what}"), WIDTH - 2));
    }
}
