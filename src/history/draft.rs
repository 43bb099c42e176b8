//! What one row says, before it is known which event it belongs to.

use super::error::{HistoryError, Problem};
use super::held::HeldLine;
use crate::time::Moment;
use crate::ty::event::{Datum, Discounts, RowPlace};
use crate::ty::{Kind, Redemption, Seq};
use crate::value::Amount;

/// What one row says. It is used for one row after the other; texts that stay as they were are not
/// written anew.
#[derive(Default)]
pub(super) struct Draft {
    pub(super) kind: Kind,
    pub(super) at: Moment,
    pub(super) seq: Option<Seq>,
    pub(super) place: RowPlace,
    pub(super) member: String,
    pub(super) receipt: String,
    /// The id that the row bears; else empty.
    pub(super) id: String,
    /// Of a return or an action the receipt it is about, of a join who referred, of a merge who goes on.
    pub(super) other: String,
    pub(super) line: Option<HeldLine>,
    /// The line's attributes.
    pub(super) line_values: Vec<Datum>,
    /// Attributes of the receipt, or of the action.
    pub(super) values: Vec<Datum>,
    /// Does the line tell what the till took off?
    pub(super) discounts: Discounts,
    pub(super) redeemed: Option<Redemption>,
    pub(super) adjusted: Option<Redemption>,
    pub(super) action: Option<usize>,
    /// For a sale to a non-member: its money, returns below zero.
    pub(super) net: Amount,
    /// The row bears an id of its own.
    pub(super) has_id: bool,
    /// The file and the number of the fact among those of the file, by what its rows repeat.
    pub(super) identity: (u32, u64),
    /// Kind, member and receipt could be read, so the receipt of a bad row is known.
    pub(super) identified: bool,
    /// The row's text, where bad rows are set aside.
    pub(super) raw: String,
    /// The name of an action that the program does not know; else empty.
    pub(super) unknown_action: String,
}

impl Draft {
    /// Forgets the row before; its member, receipt and id are written over where they change.
    pub(super) fn begin(&mut self, place: RowPlace) {
        self.kind = Kind::Purchase;
        self.at = Moment::default();
        self.identity = (0, 0);
        self.go_on(place);
        self.identified = false;
    }

    /// Forgets what the row before said of its own; which fact it is of stays.
    pub(super) fn go_on(&mut self, place: RowPlace) {
        self.identified = true;
        self.seq = None;
        self.place = place;
        self.other.clear();
        self.line = None;
        self.line_values.clear();
        self.values.clear();
        self.discounts = Discounts::Programs;
        (self.redeemed, self.adjusted, self.action) = (None, None, None);
        self.net = Amount::ZERO;
        self.unknown_action.clear();
    }

    /// The row's text, if it is kept.
    pub(super) fn take_raw(&mut self) -> Option<RawRow> {
        if self.raw.is_empty() {
            return None;
        }
        Some(RawRow { place: self.place, text: std::mem::take(&mut self.raw), bad: None })
    }
}

/// A row as it stands in its file, kept where bad rows are set aside.
pub(super) struct RawRow {
    pub(super) place: RowPlace,
    pub(super) text: String,
    /// What is wrong with this very row.
    pub(super) bad: Option<Box<HistoryError>>,
}

/// A row that contradicts an earlier row of its receipt.
pub(super) struct Disagreement {
    pub(super) column: String,
    pub(super) problem: Problem,
}

impl Disagreement {
    /// The row says `found` where the rows from row `row` on say `kept`.
    pub(super) fn of(column: &str, found: &str, kept: &str, row: u64) -> Box<Self> {
        let problem = Problem::Disagrees { found: found.to_owned(), first: kept.to_owned(), row };
        Box::new(Self { column: column.to_owned(), problem })
    }

    pub(super) fn overflow() -> Box<Self> {
        Box::new(Self { column: "amount".to_owned(), problem: Problem::Overflow })
    }
}

/// A value as a message shows it.
pub(super) fn datum_shown(datum: Datum, texts: &crate::ty::Texts) -> String {
    match datum {
        Datum::Missing => String::new(),
        Datum::Text(sym) => texts.text(sym).to_owned(),
        Datum::Number(number) => number.to_string(),
        Datum::Date(day) => day.to_string(),
        Datum::Time(time) => time.to_string(),
        Datum::Flag(flag) => if flag { "yes" } else { "no" }.to_owned(),
    }
}
