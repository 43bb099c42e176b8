//! An event that is still being gathered from its rows.

use super::decode::Draft;
use super::error::{HistoryError, Problem};
use crate::ty::event::{Datum, RowPlace};
use crate::ty::{Event, Kind, Line};
use crate::value::Amount;
use std::hash::{BuildHasher, Hash, Hasher};

/// An event with what is known of its rows.
#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is one plain fact about the event")]
pub(super) struct Slot {
    /// Boxed, so that taking it in or out moves a pointer.
    pub(super) event: Box<Event>,
    /// For a sale to a non-member: its money.
    pub(super) net: Amount,
    /// How many rows it has.
    pub(super) rows: u64,
    /// How many rows had been read when its last one came.
    pub(super) last_seen: u64,
    /// How often the slot has been used.
    pub(super) generation: u32,
    /// Which stretch of rows of one member it began in.
    pub(super) block: u64,
    pub(super) alive: bool,
    pub(super) receipt_hash: Option<u64>,
    pub(super) id_hash: Option<u64>,
    /// It stands in the table of ids.
    pub(super) in_ids: bool,
    pub(super) has_id: bool,
    /// It began as an event of spent points.
    pub(super) is_redeem: bool,
    /// Another event of the same id: slot and generation.
    pub(super) twin: Option<(usize, u32)>,
    /// Why its rows are set aside.
    pub(super) bad: Option<Box<HistoryError>>,
    pub(super) raws: Vec<RawRow>,
}

/// A row as it stands in its file, kept where bad rows are set aside.
pub(super) struct RawRow {
    pub(super) place: RowPlace,
    pub(super) text: String,
    /// What is wrong with this very row.
    pub(super) bad: Option<Box<HistoryError>>,
}

impl Slot {
    /// Starts an event with the draft of its first row; the draft gets the slot's old buffers.
    pub(super) fn begin(&mut self, draft: &mut Draft) {
        std::mem::swap(&mut self.event, &mut draft.event);
        self.net = draft.net;
        self.rows = 1;
        self.alive = true;
        self.has_id = draft.has_id;
        self.in_ids = false;
        self.twin = None;
        self.bad = None;
        self.raws.clear();
    }

    /// Is it the event of a member, to be handed on?
    pub(super) fn is_member(&self) -> bool {
        !self.event.member.is_empty()
    }

    /// A hash of all that the event says, whatever the order of its lines and wherever it stood.
    pub(super) fn content_hash(&self, hasher: &impl BuildHasher) -> u64 {
        let event = &self.event;
        let mut state = hasher.build_hasher();
        (event.kind, event.at, event.seq).hash(&mut state);
        (&event.receipt, &event.of, &event.referred_by, &event.into, event.action, &event.values).hash(&mut state);
        let adjusted = event.adjusted.map(|adjusted| (adjusted.unit, adjusted.points));
        adjusted.hash(&mut state);
        let lines = event.lines.iter().map(|line| line_hash(line, hasher));
        let redeemed = event.redeemed.iter().map(|redeemed| hasher.hash_one((redeemed.unit, redeemed.points)));
        lines.chain(redeemed).fold(0, u64::wrapping_add).hash(&mut state);
        state.finish()
    }

    /// What is wrong where another event of this id was handed on before.
    pub(super) fn conflict_with(&self, first: RowPlace) -> Problem {
        let event = &self.event;
        if first.file == event.place.file && !self.has_id && !event.receipt.is_empty() {
            return Problem::Reappears { receipt: event.receipt.clone(), first: format!("row {}", first.row) };
        }
        let first = format!("one in file {}, row {}", first.file, first.row);
        Problem::IdConflict { id: event.id.clone(), first, second: self.shown() }
    }

    /// The event in a few words: `purchase of 12.50 on 2026-12-20 (file 1, row 7)`.
    pub(super) fn shown(&self) -> String {
        let event = &self.event;
        let sum = event.lines.iter().try_fold(Amount::ZERO, |sum, line| sum.plus(line.amount)).unwrap_or_default();
        let kind = super::map::kind_name(event.kind);
        let amount = match event.kind {
            Kind::Purchase | Kind::Return => {
                format!(" of {sum} in {} row{}", self.rows, if self.rows == 1 { "" } else { "s" })
            }
            Kind::Redeem | Kind::Adjust => {
                let points = event.redeemed.first().or(event.adjusted.as_ref()).map_or(Amount::ZERO, |r| r.points);
                format!(" of {points}")
            }
            Kind::Join | Kind::Merge | Kind::Action | Kind::Leave => String::new(),
        };
        format!("{kind}{amount} on {} (file {}, row {})", event.at, event.place.file, event.place.row)
    }
}

fn line_hash(line: &Line, hasher: &impl BuildHasher) -> u64 {
    hasher.hash_one((line.sku, line.amount, line.quantity, line.discount, &line.values))
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

/// A row that contradicts an earlier row of its receipt.
pub(super) struct Disagreement {
    pub(super) column: String,
    pub(super) problem: Problem,
}

impl Disagreement {
    pub(super) fn of(column: &str, found: &str, first: &Event) -> Self {
        let problem = Problem::Disagrees { found: found.to_owned(), first: first.id.clone(), row: first.place.row };
        Self { column: column.to_owned(), problem }
    }

    pub(super) fn against(mut self, kept: &str) -> Self {
        if let Problem::Disagrees { first, .. } = &mut self.problem {
            kept.clone_into(first);
        }
        self
    }

    pub(super) fn overflow() -> Self {
        Self { column: "amount".to_owned(), problem: Problem::Overflow }
    }
}
