//! Variants side by side: what changes in the totals, and for how many members it is better or worse.
//!
//! A member's side of a run is what was awarded less what returns took back, in money by each unit's worth;
//! a unit without worth counts one for one. What members spend is their choice and is left out.

use super::report::{Report, Rows, Totals};
use crate::eval::Book;
use crate::ledger::{Entry, EntryKind, Sink};
use crate::plan::UnitId;
use crate::time::Day;
use crate::value::{Exact, Rounding};
use serde::Serialize;
use std::collections::BTreeMap;

/// What each member was awarded, less what was taken back.
#[derive(Debug, Clone, Default)]
pub struct Earnings {
    members: BTreeMap<String, Vec<i128>>,
}

impl Sink for Earnings {
    fn entry(&mut self, entry: &Entry<'_>) {
        if !matches!(entry.kind, EntryKind::Earn | EntryKind::Reverse) {
            return;
        }
        let sums = match self.members.get_mut(entry.member) {
            Some(sums) => sums,
            None => self.members.entry(entry.member.to_owned()).or_default(),
        };
        let unit = entry.unit.index();
        if sums.len() <= unit {
            sums.resize(unit + 1, 0);
        }
        if let Some(sum) = sums.get_mut(unit) {
            *sum = sum.saturating_add(i128::from(entry.amount.micros()));
        }
    }
}

impl Earnings {
    /// Each member's side in millionths of millionths of money.
    fn values(&self, worths: &[Option<Exact>]) -> BTreeMap<&str, i128> {
        let worth = |unit: usize| {
            let worth = worths.get(unit).copied().flatten().unwrap_or(Exact::ONE);
            worth.round(Rounding::HalfEven, 6).map_or(0, |worth| i128::from(worth.micros()))
        };
        let value = |sums: &Vec<i128>| {
            let parts = sums.iter().enumerate().map(|(unit, sum)| sum.saturating_mul(worth(unit)));
            parts.fold(0_i128, i128::saturating_add)
        };
        self.members.iter().map(|(member, sums)| (member.as_str(), value(sums))).collect()
    }
}

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
#[derive(Debug, Clone)]
pub struct VariantRun {
    /// What it is called: a file, or `base=4%`.
    pub name: String,
    /// Its result.
    pub report: Report,
    /// What each member was awarded.
    pub earnings: Earnings,
    /// Each unit's worth on the day of the result, by its position in the plan.
    pub worths: Vec<Option<Exact>>,
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
    /// What came out.
    pub totals: Totals,
    /// What changes against the baseline.
    pub delta: Totals,
    /// For how many it is better.
    pub members: Members,
}

/// Sets runs side by side; the first is the baseline. Nothing for no runs.
pub fn compare(runs: &[VariantRun]) -> Option<Comparison> {
    let baseline = runs.first()?;
    let base_values = baseline.earnings.values(&baseline.worths);
    let everyone = u64::try_from(baseline.report.totals.members).unwrap_or(0);
    let variants = runs
        .iter()
        .map(|run| Variant {
            name: run.name.clone(),
            program: run.report.program.clone(),
            version: run.report.version.clone(),
            totals: run.report.totals.clone(),
            delta: run.report.totals.delta(&baseline.report.totals),
            members: members(&base_values, &run.earnings.values(&run.worths), everyone),
        })
        .collect();
    let report = &baseline.report;
    let history = History { as_of: report.as_of, zone_rules: report.zone_rules.clone(), rows: report.rows };
    Some(Comparison { history, variants })
}

fn members(base: &BTreeMap<&str, i128>, variant: &BTreeMap<&str, i128>, everyone: u64) -> Members {
    let mut members = Members::default();
    for (name, value) in variant {
        let before = base.get(name).copied().unwrap_or(0);
        members.better += u64::from(*value > before);
        members.worse += u64::from(*value < before);
    }
    for (name, before) in base {
        if !variant.contains_key(name) {
            members.better += u64::from(*before < 0);
            members.worse += u64::from(*before > 0);
        }
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
        let base = BTreeMap::from([("a", 5), ("b", 5), ("c", 5)]);
        let variant = BTreeMap::from([("a", 6), ("b", 4), ("d", 1)]);
        assert_eq!(members(&base, &variant, 5), Members { better: 2, worse: 2, same: 1 });
    }
}
