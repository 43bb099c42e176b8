//! What became of the rows: each is accounted for once.

use crate::value::Amount;
use serde::{Deserialize, Serialize};

/// Every row that was read: `read` = `events` + `non_member` + `set_aside` + `already_counted`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RowCounts {
    /// All rows, without headers and empty lines.
    pub read: u64,
    /// Rows of events that were handed on.
    pub events: u64,
    /// Rows of sales to people who are no members.
    pub non_member: u64,
    /// Rows that are bad, or of a receipt with a bad row.
    pub set_aside: u64,
    /// Rows of events that came a second time.
    pub already_counted: u64,
}

/// Sales without a member: they earn nothing and are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct NonMemberSales {
    /// Receipts, returns included.
    pub receipts: u64,
    /// Money, less what was returned.
    pub amount: Amount,
}

/// Something that is no error and that people should know: `{"code": "rows-without-id", "count": 7}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// A stable word.
    pub code: String,
    /// How often.
    pub count: u64,
    /// The names that are meant, if it is about names.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub detail: String,
}

impl Warning {
    /// A warning about names.
    pub(super) fn of_names(code: &str, names: &[String]) -> Self {
        Self { code: code.to_owned(), count: names.len() as u64, detail: names.join(", ") }
    }
}

/// A row that was set aside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reject {
    /// The file's name.
    pub file: String,
    /// The row, from 1.
    pub row: u64,
    /// The stable word of the problem.
    pub code: String,
    /// What is wrong, with it or with another row of its receipt.
    pub reason: String,
    /// The row as it stands in the file.
    pub text: String,
}
