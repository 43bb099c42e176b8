//! What an event says, to tell its double from another event of the same id.

use super::error::Problem;
use super::map::kind_name;
use crate::ty::event::RowPlace;
use crate::ty::{Event, Kind, Line};
use crate::value::Amount;
use std::hash::{BuildHasher, Hash, Hasher};

/// A hash of all that the event says, whatever the order of its lines and wherever it stood.
pub(super) fn content_hash(event: &Event, hasher: &impl BuildHasher) -> u64 {
    let mut state = hasher.build_hasher();
    (event.kind, event.at, event.seq, event.discounts).hash(&mut state);
    (&event.receipt, &event.of, &event.referred_by, &event.into, event.action, &event.values).hash(&mut state);
    let adjusted = event.adjusted.map(|adjusted| (adjusted.unit, adjusted.points));
    adjusted.hash(&mut state);
    let lines = event.lines.iter().map(|line| line_hash(line, hasher));
    let redeemed =
        event.redeemed.iter().map(|redeemed| hasher.hash_one((redeemed.unit, redeemed.points, redeemed.reward)));
    lines.chain(redeemed).fold(0, u64::wrapping_add).hash(&mut state);
    state.finish()
}

fn line_hash(line: &Line, hasher: &impl BuildHasher) -> u64 {
    hasher.hash_one((line.sku, line.amount, line.quantity, line.discount, &line.values))
}

/// What is wrong where another event of this id was handed on before.
pub(super) fn conflict(event: &Event, has_id: bool, rows: u64, first: RowPlace) -> Problem {
    if first.file == event.place.file && !has_id && !event.receipt.is_empty() {
        return Problem::Reappears { receipt: event.receipt.to_string(), first: format!("row {}", first.row) };
    }
    let first = format!("one in file {}, row {}", first.file, first.row);
    Problem::IdConflict { id: event.id.to_string(), first, second: shown(event, rows) }
}

/// The event in a few words: `purchase of 12.50 on 2026-12-20 (file 1, row 7)`.
pub(super) fn shown(event: &Event, rows: u64) -> String {
    let sum = event.lines.iter().try_fold(Amount::ZERO, |sum, line| sum.plus(line.amount)).unwrap_or_default();
    let kind = kind_name(event.kind);
    let amount = match event.kind {
        Kind::Purchase | Kind::Return => {
            format!(" of {sum} in {rows} row{}", if rows == 1 { "" } else { "s" })
        }
        Kind::Redeem | Kind::Adjust => {
            let points = event.redeemed.first().or(event.adjusted.as_ref()).map_or(Amount::ZERO, |r| r.points);
            format!(" of {points}")
        }
        Kind::Join | Kind::Merge | Kind::Action | Kind::Leave => String::new(),
    };
    format!("{kind}{amount} on {} (file {}, row {})", event.at, event.place.file, event.place.row)
}
