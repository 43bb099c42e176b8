//! What is kept of an event while it waits: numbers and places alone. Its texts, lines and values stand
//! beside those of the others in the block of the [store](super::store).

use super::draft::RawRow;
use super::error::HistoryError;
use crate::time::Moment;
use crate::ty::event::{Datum, Discounts, RowPlace};
use crate::ty::{Kind, Line, Redemption, Seq, Sym};
use crate::value::Amount;
use std::num::NonZeroU64;

/// A line of an event that waits; its values stand beside it in the block.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct HeldLine {
    pub(super) sku: Option<Sym>,
    pub(super) amount: Amount,
    pub(super) quantity: Amount,
    pub(super) discount: Amount,
}

impl HeldLine {
    pub(super) fn copy_out(self, values: &[Datum], line: &mut Line) {
        (line.sku, line.amount, line.quantity, line.discount) = (self.sku, self.amount, self.quantity, self.discount);
        line.values.clear();
        line.values.extend_from_slice(values);
    }
}

/// An event with what is known of its rows. Many wait at once, so it is kept short.
#[expect(clippy::struct_excessive_bools, reason = "each is one plain fact about the event")]
pub(super) struct Held {
    pub(super) kind: Kind,
    pub(super) alive: bool,
    /// Do its lines tell what the till took off?
    pub(super) discounts: Discounts,
    /// It stands in the table of ids.
    pub(super) in_ids: bool,
    /// Its rows bear an id of their own.
    pub(super) has_id: bool,
    /// It does not leave in the order of the store: the queue has an entry for it.
    pub(super) aside: bool,
    /// Its age is looked at in a place of its own.
    pub(super) aged: bool,
    pub(super) at: Moment,
    pub(super) seq: Option<Seq>,
    /// Where its first row stood.
    pub(super) place: RowPlace,
    pub(super) action: u32,
    /// Where its texts begin: member, receipt, id and one more, with their lengths.
    pub(super) text: u32,
    pub(super) lengths: [u32; 4],
    /// Its lines, beginning and count; so for their values and those of the receipt.
    pub(super) lines: (u32, u32),
    pub(super) line_values: (u32, u32),
    pub(super) values: (u32, u32),
    /// How often its time became earlier.
    pub(super) version: u32,
    /// How many rows it has.
    pub(super) rows: u32,
    /// For a sale to a non-member: its money.
    pub(super) net: Amount,
    /// How many rows had been read when its first one came, and its last.
    pub(super) first_seen: u64,
    pub(super) last_seen: u64,
    /// In files sorted by member: which stretch of rows of one member it began in.
    pub(super) stretch: u64,
    pub(super) receipt_hash: Option<NonZeroU64>,
    pub(super) id_hash: Option<NonZeroU64>,
    pub(super) rare: Option<Box<Rare>>,
}

/// Stands for no action.
pub(super) const NO_ACTION: u32 = u32::MAX;

/// What is left of an event that went: where else it was known.
pub(super) struct Gone {
    pub(super) kind: Kind,
    pub(super) receipt_hash: Option<NonZeroU64>,
    /// If it stood in the table of ids.
    pub(super) id_hash: Option<NonZeroU64>,
}

/// What few events have.
#[derive(Default)]
pub(super) struct Rare {
    /// Lines of rows that did not stand with the others.
    pub(super) lines: Vec<(HeldLine, Vec<Datum>)>,
    pub(super) redeemed: Vec<Redemption>,
    pub(super) adjusted: Option<Redemption>,
    /// The rows, where bad ones are set aside.
    pub(super) raws: Vec<RawRow>,
    /// Why its rows are set aside.
    pub(super) bad: Option<Box<HistoryError>>,
    /// Another event of the same id.
    pub(super) twin: Option<u64>,
}

impl Held {
    /// Is it the event of a member, to be handed on?
    pub(super) fn is_member(&self) -> bool {
        self.lengths.first().is_some_and(|length| *length > 0)
    }

    /// What few events have, made when it is asked for.
    pub(super) fn rare_mut(&mut self) -> &mut Rare {
        self.rare.get_or_insert_default()
    }

    /// Has it no rows but those that came one after the other?
    pub(super) fn is_in_one_piece(&self) -> bool {
        self.rare.is_none() && self.last_seen - self.first_seen + 1 == u64::from(self.rows)
    }

    /// The place that stands for an id.
    pub(super) fn unnamed(&self) -> Option<RowPlace> {
        (!self.has_id && self.lengths.get(1).is_none_or(|length| *length == 0)).then_some(self.place)
    }
}

/// Copies the values of a line or a receipt: they are few, so one by one is the quickest.
pub(super) fn put_values(into: &mut Vec<Datum>, values: &[Datum]) {
    for value in values {
        into.push(*value);
    }
}
