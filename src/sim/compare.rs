//! Variants side by side: what changes in the numbers, and who is better or worse off by it.
//!
//! A member's side of a run is what was awarded less what returns took back, in money by each unit's worth on the
//! day of the result (a unit without worth counts one for one), and money that came off without units. What members
//! spend is their choice and is left out.

use super::count::{Counting, Counts, MemberCount};
use super::gains::{Changes, Flow, flows};
use super::report::{Named, Report, Rows, Totals};
use crate::eval::Book;
use crate::plan::{Plan, UnitId};
use crate::time::Day;
use crate::value::Exact;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;

/// For how many members a variant is better than the baseline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Members {
    /// Awarded more.
    pub better: u64,
    /// Awarded less.
    pub worse: u64,
    /// Awarded the same.
    pub same: u64,
}

/// One variant's run, as [`compare`] takes it.
#[derive(Debug)]
pub struct VariantRun {
    /// What it is called: a file, a scenario, or `base=4%`.
    pub name: String,
    /// Its program.
    pub plan: Arc<Plan>,
    /// Its result.
    pub report: Report,
    /// What was counted.
    pub counts: Counts,
    /// What was counted of each member.
    pub counting: Counting,
    /// Each unit's worth on the day of the result, by its position in the plan.
    pub worths: Vec<Option<Exact>>,
    /// What is assumed in it, as the scenario says it; facts have none.
    pub assumptions: Vec<String>,
    /// The command that explains a member's receipts under it, up to the member.
    pub explain: String,
}

/// The result of `simulate`, with its stable keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// What all variants were run on.
    pub history: History,
    /// The baseline first.
    pub variants: Vec<Variant>,
}

/// What all variants were run on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct History {
    /// The day of the results, if there is one.
    pub as_of: Option<Day>,
    /// The release of the zone rules.
    pub zone_rules: String,
    /// Where every row went.
    pub rows: Rows,
}

/// A variant against the baseline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Variant {
    /// Its name.
    pub name: String,
    /// The programme's name.
    pub program: String,
    /// The hash of its checked program.
    pub version: String,
    /// What is assumed in it: behaviour that no history tells.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub assumptions: Vec<String>,
    /// The command that explains a member's receipts under it, up to the member; empty where there is none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub explain: String,
    /// What came out.
    pub totals: Totals,
    /// What changes against the baseline.
    pub delta: Totals,
    /// For how many it is better.
    pub members: Members,
    /// Who wins and who loses, by how much, and why.
    pub changes: Changes,
    /// By ladder: the tiers at the end under the baseline and here.
    pub flows: Named<Vec<Flow>>,
    /// What was counted in total, by month, tier and attribute.
    pub counts: Counts,
    /// What changes of it against the baseline.
    pub counts_delta: Counts,
    /// What did not go the usual way.
    pub warnings: Vec<super::report::Warning>,
}

/// Sets runs side by side; the first is the baseline. Nothing for no runs.
pub fn compare(runs: &[VariantRun]) -> Option<Comparison> {
    let baseline = runs.first()?;
    let everyone = u64::try_from(baseline.report.totals.members).unwrap_or(0);
    let variants = runs
        .iter()
        .map(|run| {
            let pairs = Pairs::of(baseline, run);
            Variant {
                name: run.name.clone(),
                program: run.report.program.clone(),
                version: run.report.version.clone(),
                assumptions: run.assumptions.clone(),
                explain: run.explain.clone(),
                totals: run.report.totals.clone(),
                delta: run.report.totals.delta(&baseline.report.totals),
                members: members(pairs.all.values().copied(), everyone),
                changes: Changes::of(baseline, run, &pairs, everyone),
                flows: flows(baseline, run),
                counts: run.counts.clone(),
                counts_delta: run.counts.delta(&baseline.counts),
                warnings: run.report.warnings.clone(),
            }
        })
        .collect();
    let report = &baseline.report;
    let history = History { as_of: report.as_of, zone_rules: report.zone_rules.clone(), rows: report.rows };
    Some(Comparison { history, variants })
}

/// Each member's side under the baseline and under a variant, in millionths of money.
pub(super) struct Pairs<'a> {
    pub(super) all: BTreeMap<&'a str, (i128, i128)>,
}

impl<'a> Pairs<'a> {
    fn of(baseline: &'a VariantRun, run: &'a VariantRun) -> Self {
        let mut all: BTreeMap<&str, (i128, i128)> = BTreeMap::new();
        for member in baseline.counting.members().iter().filter(|member| member.appeared()) {
            all.entry(&member.name).or_default().0 = side(member, &baseline.worths);
        }
        for member in run.counting.members().iter().filter(|member| member.appeared()) {
            all.entry(&member.name).or_default().1 = side(member, &run.worths);
        }
        Self { all }
    }
}

/// What a member got, in money.
fn side(member: &MemberCount, worths: &[Option<Exact>]) -> i128 {
    let parts = member.gains.iter().enumerate().map(|(unit, sum)| {
        let worth = worths.get(unit).copied().flatten().unwrap_or(Exact::ONE);
        super::worked::in_money(*sum, Some(worth)).0
    });
    parts.fold(member.discounts, i128::saturating_add)
}

fn members(pairs: impl Iterator<Item = (i128, i128)>, everyone: u64) -> Members {
    let mut members = Members::default();
    for (before, after) in pairs {
        members.better += u64::from(after > before);
        members.worse += u64::from(after < before);
    }
    members.same = everyone.saturating_sub(members.better).saturating_sub(members.worse);
    members
}

/// Each unit's worth on a day, by its position in the plan.
pub fn worths(book: &Book, day: Day) -> Vec<Option<Exact>> {
    (0..book.plan().units.len()).map(|unit| book.worth(UnitId::new(unit), day)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_counted_on_both_sides() {
        let pairs = [(5, 6), (5, 4), (5, 5), (0, 1), (-1, 0)];
        assert_eq!(members(pairs.into_iter(), 9), Members { better: 3, worse: 1, same: 5 });
    }
}
