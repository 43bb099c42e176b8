//! What became of units by the month in which they were issued: how much of a month's points is spent by now, how much
//! was lost, how much is still owed. It follows lots by their names, so it is counted only where that is asked for.

use super::Counting;
use super::figures::Flow;
use crate::ledger::{Entry, EntryKind};
use crate::sim::report::{Named, Sum};
use crate::sim::worked::of;
use hashbrown::{DefaultHashBuilder, HashMap};
use std::collections::BTreeMap;

/// What is counted by the month of issue.
#[derive(Debug, Default)]
pub(super) struct Issues {
    /// The month of each lot, by whose it is, its unit and its name; only asked for.
    months: HashMap<(usize, usize, String), i32, DefaultHashBuilder>,
    /// By month and the unit's place; none: units that were in no lot.
    flows: BTreeMap<Option<i32>, Vec<Flow>>,
    /// The lot that was given away last: it arrives in the next row.
    away: (String, Option<i32>),
}

impl Issues {
    /// A row of the ledger of the member at a place.
    pub(super) fn add(&mut self, entry: &Entry<'_>, member: usize, units: usize) {
        let month = self.month_of(entry, member);
        let flows = self.flows.entry(month).or_insert_with(|| vec![Flow::default(); units]);
        if let Some(flow) = flows.get_mut(entry.unit.index()) {
            flow.add(entry.kind, i128::from(entry.amount.micros()));
        }
    }

    fn month_of(&mut self, entry: &Entry<'_>, member: usize) -> Option<i32> {
        if entry.lot.is_empty() || entry.lot == "debt" {
            return None;
        }
        let key = (member, entry.unit.index(), entry.lot.to_owned());
        let known = self.months.get(&key).copied();
        if entry.kind == EntryKind::Transfer && entry.amount.is_negative() {
            self.away = (key.2, known);
            return known;
        }
        let month = known.or_else(|| match entry.kind {
            EntryKind::Transfer if self.away.0 == entry.lot => self.away.1,
            _ => Some(super::month_of(entry.at.day)),
        })?;
        if known.is_none() {
            self.months.insert(key, month);
        }
        Some(month)
    }
}

impl Counting {
    /// Counts by the month of issue as well; the run has to name its lots.
    pub fn count_issues(&mut self) {
        self.issues = Some(Issues::default());
    }

    /// Months of issue in their order, and what belongs to no lot.
    pub(super) fn by_issue(&self, issues: &Issues) -> Named<Named<Sum>> {
        let mut rows = Named::default();
        for (month, flows) in &issues.flows {
            let mut numbers: Named<Sum> = Named::default();
            for (unit, flow) in self.plan.units.iter().zip(flows) {
                let issued = flow.earned.saturating_sub(flow.reversed);
                for (name, value) in [
                    ("earned", flow.earned),
                    ("reversed", flow.reversed),
                    ("redeemed", flow.redeemed),
                    ("expired", flow.expired),
                    ("adjusted", flow.adjusted),
                    ("balance", flow.net()),
                ] {
                    numbers.0.push((format!("{}.{name}", unit.key()), Sum(value)));
                }
                if let Some(rate) = of(Sum(flow.redeemed), Sum(issued)) {
                    numbers.0.push((format!("{}.redemption_rate", unit.key()), rate));
                }
            }
            let name = month.map(|month| format!("{:04}-{:02}", month.div_euclid(12), month.rem_euclid(12) + 1));
            rows.0.push((name.unwrap_or_default(), numbers));
        }
        rows
    }
}
