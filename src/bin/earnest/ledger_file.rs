//! `--ledger F`: every row of the ledger, as it is made.

use crate::cells::{Sheet, Target};
use crate::failure::Failure;
use earnest::ledger::{Entry, Sink};
use earnest::plan::Plan;
use earnest::time::{Moment, TimeOfDay};
use std::fmt;
use std::sync::Arc;

/// The columns: a promise to other tools.
const COLUMNS: [&str; 13] = [
    "seq", "member", "at", "event", "receipt", "rule", "unit", "entry", "amount", "lot", "opens", "expires", "balance",
];

/// The ledger file being written.
pub(crate) struct LedgerFile {
    sheet: Sheet,
    plan: Arc<Plan>,
    rows: u64,
}

impl LedgerFile {
    /// Begins the file.
    pub(crate) fn create(target: Target<'_>, plan: Arc<Plan>) -> Result<Self, Failure> {
        Ok(Self { sheet: Sheet::create(target, &COLUMNS.map(str::to_owned))?, plan, rows: 0 })
    }

    /// The file takes its place; answers its hash where that was asked for.
    pub(crate) fn finish(self) -> Result<Option<String>, Failure> {
        self.sheet.finish()
    }
}

/// A moment as ISO 8601 writes it: `2026-12-20T15:00`; at midnight only the day.
struct Stamp(Moment);

impl fmt::Display for Stamp {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.time == TimeOfDay::MIDNIGHT {
            write!(out, "{}", self.0.day)
        } else {
            write!(out, "{}T{}", self.0.day, self.0.time)
        }
    }
}

impl Sink for LedgerFile {
    fn entry(&mut self, entry: &Entry<'_>) {
        self.rows += 1;
        let rule = entry.rule.and_then(|rule| self.plan.rules.get(rule.index()));
        let unit = self.plan.units.get(entry.unit.index());
        let sheet = &mut self.sheet;
        sheet.plain(self.rows);
        sheet.text(entry.member);
        sheet.plain(Stamp(entry.at));
        sheet.text(entry.event);
        sheet.text(entry.receipt);
        sheet.text(rule.map_or("", |rule| rule.name.as_str()));
        sheet.text(unit.map_or("", |unit| unit.key()));
        sheet.text(entry.kind.word());
        sheet.plain(entry.amount);
        sheet.text(entry.lot);
        sheet.maybe(entry.opens);
        sheet.maybe(entry.expires);
        sheet.plain(entry.balance);
        sheet.end_row();
    }
}
