//! What can be wrong with a history: the place, what was found, what was expected, what to do.
//!
//! ```text
//! shop.csv, row 7, column `amount`: found `12,50`, expected a number such as 12.50
//!   help: if the file writes decimals with a comma, say `decimal = ","` in the map
//! ```

use crate::time::Day;
use crate::value::AmountError;
use std::fmt;

/// A file, a row or a value that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryError {
    /// The file's name, as it was given.
    pub file: String,
    /// The row, counted from 1 as in an editor; none where the file as a whole is meant.
    pub row: Option<u64>,
    /// The column's name in the file, or its standard name where the file has none.
    pub column: Option<String>,
    /// What is wrong.
    pub problem: Box<Problem>,
}

/// What is wrong with a file, a row or a value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// The bytes did not come.
    #[error("the file cannot be read: {0}")]
    Unreadable(String),
    /// A map file that says something unknown or impossible.
    #[error("{0}")]
    Map(String),
    /// Not even a header.
    #[error("the file is empty, expected a header row")]
    Empty,
    /// `program "Sweet Corner" {`
    #[error("this is a rule file, expected a table of rows with a header")]
    Rules,
    /// `FF FE` at the start.
    #[error("found UTF-16 text, expected UTF-8")]
    Utf16,
    /// A byte that is no UTF-8.
    #[error("found bytes that are not UTF-8 text")]
    Encoding,
    /// Lines that end in a carriage return alone.
    #[error("found a carriage return inside a row, expected rows that end with a line feed")]
    CarriageReturn,
    /// More or fewer fields than the header.
    #[error("found {found} fields, expected {expected} as in the header")]
    FieldCount {
        /// In this row.
        found: usize,
        /// In the header.
        expected: usize,
    },
    /// A quote that never closes.
    #[error("found a quoted field that is never closed")]
    UnclosedQuote,
    /// `"abc"def`
    #[error("found text after a closing quote, expected the delimiter or the end of the row")]
    AfterQuote,
    /// Beyond the limit of a field.
    #[error("found a field of more than 1 MiB")]
    FieldTooLong,
    /// Beyond the limit of a row.
    #[error("found a row of more than 16 MiB")]
    RowTooLong,
    /// A line that is no JSON object of plain values.
    #[error("found no JSON object of plain values: {0}")]
    Json(String),
    /// Two columns of one name.
    #[error("found the column twice, expected each name once")]
    DoubledColumn,
    /// The map names a column that no file has.
    #[error("the map names this column for `{standard}`, but no file has it")]
    UnknownMapped {
        /// The standard name.
        standard: String,
        /// A column of the file with a name like it.
        nearest: Option<String>,
        /// The columns of the file.
        columns: Vec<String>,
    },
    /// A column that the program needs.
    #[error("the file has no such column, but {reader} needs it")]
    MissingColumn {
        /// What reads it.
        reader: String,
        /// Its standard name.
        name: String,
        /// The section of the map that names it: `columns`, `members`.
        section: &'static str,
        /// A column of the file with a name like it.
        nearest: Option<String>,
        /// The columns of the file.
        columns: Vec<String>,
    },
    /// An empty field that may not be empty.
    #[error("found nothing, but {reader} needs a value")]
    NoValue {
        /// What reads it.
        reader: String,
    },
    /// `12,50`, `abc`
    #[error("found `{found}`, expected {}", expected_number(*.reason))]
    NotANumber {
        /// The field.
        found: String,
        /// Why it is none.
        reason: AmountError,
    },
    /// Quantity × price beyond six decimals or the range of amounts.
    #[error("quantity × price is {found}, expected at most six decimals within the range of money")]
    NotMoney {
        /// `0.3333 × 0.0001`
        found: String,
    },
    /// A field of another type.
    #[error("found `{found}`, {}expected {expected}", no_such_day(found))]
    NotA {
        /// The field.
        found: String,
        /// `a date such as 2026-12-20`
        expected: String,
    },
    /// A name that is not among those known.
    #[error("found `{found}`, expected one of {known}")]
    NotOneOf {
        /// The field.
        found: String,
        /// The names that are known.
        known: String,
    },
    /// A number below zero where only returns have one.
    #[error("found `{found}`, expected a number of at least 0 in a {kind}")]
    Negative {
        /// The field.
        found: String,
        /// `purchase`
        kind: &'static str,
    },
    /// A number above zero where the map promised negatives.
    #[error("found `{found}`, expected a number below 0 in a {kind}, as the map says")]
    NotNegative {
        /// The field.
        found: String,
        /// `return`
        kind: &'static str,
    },
    /// More taken off than there was.
    #[error("found a discount of {discount} on {amount}, expected at most the amount")]
    DiscountAboveAmount {
        /// What was taken off.
        discount: String,
        /// From what.
        amount: String,
    },
    /// Points on a purchase row.
    #[error("found `{found}` on a {kind}, expected points only on rows of kind redeem or adjust")]
    StrayPoints {
        /// The field.
        found: String,
        /// `purchase`
        kind: &'static str,
    },
    /// Rows of one receipt that disagree.
    #[error("found `{found}`, expected `{first}` as in row {row} of the same receipt")]
    Disagrees {
        /// In this row.
        found: String,
        /// In an earlier row.
        first: String,
        /// The earlier row.
        row: u64,
    },
    /// One id, two contents.
    #[error("the id `{id}` stands for two different events: {first} and {second}")]
    IdConflict {
        /// The id.
        id: String,
        /// The first, with its place.
        first: String,
        /// The second, with its place.
        second: String,
    },
    /// A receipt that goes on more than 100,000 rows later.
    #[error("receipt `{receipt}` goes on here, but it ended at {first}, too far back to be joined")]
    Reappears {
        /// Its number.
        receipt: String,
        /// Where it stood.
        first: String,
    },
    /// Not sorted.
    #[error("found {found} after {last}, expected rows sorted by time, or by member and time")]
    OutOfOrder {
        /// The time of this row.
        found: String,
        /// The time that was reached before.
        last: String,
    },
    /// A member with two rows in the members file.
    #[error("found `{found}` twice, first in row {row}, expected each member once")]
    DoubledMember {
        /// Who.
        found: String,
        /// The first row.
        row: u64,
    },
    /// Sums beyond what can be held.
    #[error("a sum grew beyond what can be held exactly")]
    Overflow,
}

fn expected_number(reason: AmountError) -> &'static str {
    match reason {
        AmountError::NotANumber => "a number such as 12.50",
        AmountError::TooPrecise => "a number with at most six decimals",
        AmountError::TooLarge => "a number below 9 million million",
    }
}

/// What to do about `12,50`, `1,234.50`, `1 000` and `€12`.
fn number_help(found: &str) -> Option<String> {
    let text = match (found.contains(','), found.contains('.')) {
        (true, true) => "write numbers without signs between the thousands: `1234.50`",
        (true, false) => "if the file writes decimals with a comma, say `decimal = \",\"` in the map (`--map F`)",
        _ if !found.bytes().any(|byte| byte.is_ascii_digit()) => return None,
        _ => "write the number alone, without blanks and currency: `1234.50`",
    };
    Some(text.to_owned())
}

/// `2026-02-30` is written as a day, but the calendar has none of that name.
fn no_such_day(found: &str) -> &'static str {
    let is_day = |text: &str| {
        let mut parts =
            text.split('-').map(|part| part.bytes().all(|byte| byte.is_ascii_digit()).then_some(part.len()));
        [parts.next(), parts.next(), parts.next(), parts.next()] == [Some(Some(4)), Some(Some(2)), Some(Some(2)), None]
    };
    let impossible = found.get(..10).filter(|text| is_day(text)).is_some_and(|text| {
        let year = text.get(..4).and_then(|year| year.parse::<u32>().ok());
        year.is_some_and(|year| (1900..=2200).contains(&year)) && Day::parse_bytes(text.as_bytes()).is_none()
    });
    if impossible { "a day that does not exist, " } else { "" }
}

/// The columns of the file, in backticks.
fn listed(columns: &[String]) -> String {
    /// How many are shown.
    const SHOWN_MAX: usize = 12;
    let shown: Vec<String> = columns.iter().take(SHOWN_MAX).map(|column| format!("`{column}`")).collect();
    format!("the file has {}{}", shown.join(", "), if columns.len() > SHOWN_MAX { ", …" } else { "" })
}

/// What every history needs, and what exports call it.
const USUAL: [(&str, &[&str]); 4] = [
    ("member", &["member", "customer", "client", "card", "user", "buyer"]),
    ("at", &["date", "time"]),
    ("receipt", &["receipt", "invoice", "order", "bill", "number"]),
    ("amount", &["amount", "sum", "total", "price", "revenue"]),
];

/// A map file with a line for each column that the file calls otherwise, as far as it can be guessed.
fn smallest_map(wanted: &str, section: &str, nearest: Option<&str>, columns: &[String]) -> String {
    let has = |name: &str| columns.iter().any(|column| column == name);
    let usual = |name: &str| USUAL.iter().find(|(usual, _)| *usual == name).map_or(&[][..], |(_, words)| words);
    let meant = |name: &str| {
        let like = |column: &&String| usual(name).iter().any(|word| column.to_lowercase().contains(word));
        columns.iter().find(like).map(String::as_str)
    };
    let theirs = meant(wanted).or(nearest).unwrap_or("its name in the file");
    let mut lines = vec![format!("[{section}]"), format!("{wanted} = \"{theirs}\"")];
    if section == "columns" {
        let others = USUAL.iter().filter(|(name, _)| *name != wanted && !has(name));
        lines.extend(others.filter_map(|(name, _)| Some(format!("{name} = \"{}\"", meant(name)?))));
    }
    lines.iter().fold(String::new(), |text, line| text + "\n  " + line)
}

/// What lies between the fields of a header that was read as one column: the map has another delimiter.
fn undivided(columns: &[String]) -> Option<&'static str> {
    let [only] = columns else { return None };
    let signs = [(',', "`,`"), (';', "`;`"), ('\t', "tabs")];
    signs.iter().find(|(sign, _)| only.contains(*sign)).map(|(_, shown)| *shown)
}

impl HistoryError {
    /// Something wrong with a file as a whole.
    pub(super) fn of_file(file: &str, problem: Problem) -> Self {
        Self { file: file.to_owned(), row: None, column: None, problem: Box::new(problem) }
    }

    /// Something wrong with a row.
    pub(super) fn of_row(file: &str, row: u64, problem: Problem) -> Self {
        Self { file: file.to_owned(), row: Some(row), column: None, problem: Box::new(problem) }
    }

    /// The same, in a column.
    pub(super) fn in_column(mut self, column: &str) -> Self {
        self.column = Some(column.to_owned());
        self
    }

    /// A stable word for the kind of problem: `bad-number`.
    pub fn code(&self) -> &'static str {
        self.problem.code()
    }

    /// What to do about it, where that is known.
    pub fn help(&self) -> Option<String> {
        self.problem.help()
    }
}

impl Problem {
    /// A stable word for the kind of problem: `bad-number`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreadable(_) => "unreadable",
            Self::Map(_) => "bad-map",
            Self::Empty => "empty-file",
            Self::Rules => "not-a-history",
            Self::Utf16 | Self::Encoding => "bad-encoding",
            Self::CarriageReturn => "bad-row-end",
            Self::FieldCount { .. } => "field-count",
            Self::UnclosedQuote | Self::AfterQuote => "bad-quote",
            Self::FieldTooLong | Self::RowTooLong => "limit-exceeded",
            Self::Json(_) => "bad-json",
            Self::DoubledColumn => "doubled-column",
            Self::UnknownMapped { .. } => "unknown-column",
            Self::MissingColumn { .. } => "missing-column",
            Self::NoValue { .. } => "missing-value",
            Self::NotANumber { .. } | Self::NotMoney { .. } => "bad-number",
            Self::NotA { .. } | Self::NotOneOf { .. } => "bad-value",
            Self::Negative { .. } | Self::NotNegative { .. } => "bad-sign",
            Self::DiscountAboveAmount { .. } => "bad-discount",
            Self::StrayPoints { .. } => "stray-points",
            Self::Disagrees { .. } => "rows-disagree",
            Self::IdConflict { .. } => "id-conflict",
            Self::Reappears { .. } => "receipt-reappears",
            Self::OutOfOrder { .. } => "out-of-order",
            Self::DoubledMember { .. } => "doubled-member",
            Self::Overflow => "overflow",
        }
    }

    /// Is it about the whole file, so that leaving out a row does not help?
    pub(super) fn is_fatal(&self) -> bool {
        matches!(
            self,
            Self::Unreadable(_)
                | Self::Map(_)
                | Self::Empty
                | Self::Rules
                | Self::Utf16
                | Self::RowTooLong
                | Self::DoubledColumn
                | Self::UnknownMapped { .. }
                | Self::MissingColumn { .. }
                | Self::OutOfOrder { .. }
        )
    }

    fn help(&self) -> Option<String> {
        let text = match self {
            Self::Utf16 => "save the file as UTF-8",
            Self::Rules => "the rule file stands first, and the history behind `--history`",
            Self::Encoding => "if the file is older Cyrillic text, say `encoding = \"windows-1251\"` in the map",
            Self::CarriageReturn => "save the file with Windows or Unix line ends, or quote the field",
            Self::FieldCount { .. } => {
                "quote a field that holds the delimiter, or say `delimiter = \";\"` in the map if the file has another"
            }
            Self::UnknownMapped { standard, nearest: Some(nearest), .. } => {
                return Some(format!(
                    "the file has a column `{nearest}`; correct the name for `{standard}` in the map"
                ));
            }
            Self::UnknownMapped { standard, columns, .. } => {
                return Some(format!("{}; correct the name for `{standard}` in the map", listed(columns)));
            }
            Self::MissingColumn { name, section, nearest, columns, .. } => {
                if let Some(sign) = undivided(columns) {
                    return Some(format!(
                        "the fields of this file lie between {sign}, and the map divides all files of the command by \
                         its `delimiter`; leave that out of the map, and each file is divided as its header shows"
                    ));
                }
                let map = smallest_map(name, section, nearest.as_deref(), columns);
                return Some(format!("{}; name them in a map file, and pass it with `--map F`:{map}", listed(columns)));
            }
            Self::NoValue { .. } => "fill the field, or let the program say `may be missing` or `or` a value",
            Self::NotANumber { found, reason: AmountError::NotANumber } => return number_help(found),
            Self::NotA { found, .. } if !no_such_day(found).is_empty() => {
                "correct the day; to set such rows aside pass `--on-bad-row skip --rejects F`"
            }
            Self::NotA { expected, .. } if expected.starts_with("a date such") => {
                "if the file writes dates in another way, say so in the map (`--map F`) for this attribute: \
                 `birthday.format = \"%d.%m.%Y\"`"
            }
            Self::NotA { expected, .. } if expected.starts_with("a date or") => {
                "if the file writes all its dates in another way, say so in the map (`--map F`): \
                 `at.format = \"%d.%m.%Y %H:%M\"`; if only some rows are so, set them aside: \
                 `--on-bad-row skip --rejects F`"
            }
            Self::Negative { kind: "purchase", .. } => {
                "if such rows are returns, say so in the map: `[kind] return = { column = \"quantity\", below = 0 }`"
            }
            Self::Negative { kind: "return", .. } => {
                "if the file writes returns below zero, say so in the map: `[sign] return = \"negative\"`"
            }
            Self::Negative { kind: "redeem", .. } => {
                "if the file writes spent points below zero, say so in the map: `[sign] redeem = \"negative\"`"
            }
            Self::StrayPoints { .. } => {
                "write points spent on a purchase as a row of kind `redeem` with the same receipt"
            }
            Self::Reappears { .. } | Self::OutOfOrder { .. } => "sort the file by `at`, or pass `--unsorted`",
            Self::IdConflict { .. } => "keep one of the two, or give the other its own id",
            _ => return None,
        };
        Some(text.to_owned())
    }
}

impl fmt::Display for HistoryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file)?;
        if let Some(row) = self.row {
            write!(f, ", row {row}")?;
        }
        if let Some(column) = &self.column {
            write!(f, ", column `{column}`")?;
        }
        write!(f, ": {}", self.problem)?;
        match self.help() {
            Some(help) => write!(f, "\n  help: {help}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for HistoryError {}

/// The name among `names` that was probably meant.
pub(super) fn nearest<'a>(wanted: &str, names: impl IntoIterator<Item = &'a str>) -> Option<String> {
    crate::diag::nearest(wanted, names).map(str::to_owned)
}
