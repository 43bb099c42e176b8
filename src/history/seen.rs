//! The ids of events that were handed on lately, to know the double of one when it comes late.
//!
//! Accounts remember theirs for thirty days; this memory serves files that overlap, and receipts that
//! go on too late. It holds hashes and places alone, in two tables of one size: when the newer one is
//! full, the older one is forgotten and takes its turn. So it never grows beyond them.

use crate::ty::event::RowPlace;
use hashbrown::HashTable;
use hashbrown::hash_table::Entry;

/// So many ids at least are remembered, and at most twice as many: a table of them is just full.
const IDS: usize = (1 << 18) / 8 * 7;
/// The bits of a place that tell the row; those above tell the file.
const ROW_BITS: u32 = 44;

/// An id by its hash, a hash of the content, and the place.
#[derive(Debug, Clone, Copy)]
struct Known {
    id: u64,
    content: u64,
    place: u64,
}

/// Ids of the latest events.
#[derive(Debug, Default)]
pub(super) struct Seen {
    newer: HashTable<Known>,
    older: HashTable<Known>,
}

impl Seen {
    /// The content and place of an id, if it is remembered.
    pub(super) fn find(&self, id: u64) -> Option<(u64, RowPlace)> {
        let known = [&self.newer, &self.older].into_iter().find_map(|table| table.find(id, |known| known.id == id))?;
        Some((known.content, unpacked(known.place)))
    }

    /// The same; one that is not remembered is from now on.
    pub(super) fn find_or_note(&mut self, id: u64, content: u64, place: RowPlace) -> Option<(u64, RowPlace)> {
        let found = self.older.find(id, |known| known.id == id).copied();
        let known = found.or_else(|| match self.newer.entry(id, |known| known.id == id, |known| known.id) {
            Entry::Occupied(known) => Some(*known.get()),
            Entry::Vacant(room) => {
                room.insert(Known { id, content, place: packed(place) });
                None
            }
        });
        if known.is_none() && self.newer.len() >= IDS {
            std::mem::swap(&mut self.newer, &mut self.older);
            self.newer.clear();
        }
        known.map(|known| (known.content, unpacked(known.place)))
    }
}

/// A place in one number; beyond a million files or ten million million rows the message names another.
fn packed(place: RowPlace) -> u64 {
    (u64::from(place.file) << ROW_BITS) | (place.row & ((1 << ROW_BITS) - 1))
}

fn unpacked(place: u64) -> RowPlace {
    RowPlace { file: u32::try_from(place >> ROW_BITS).unwrap_or(0), row: place & ((1 << ROW_BITS) - 1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_ids_are_remembered_and_old_ones_forgotten() {
        let place = RowPlace { file: 3, row: 5_000_000_000 };
        let mut seen = Seen::default();
        let hash = |number: u64| (number + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let last = 3 * IDS as u64;
        for number in 0..=last {
            assert_eq!(seen.find_or_note(hash(number), number, place), None);
        }
        let latest = last - IDS as u64..=last;
        assert!(latest.clone().all(|number| seen.find_or_note(hash(number), 0, place) == Some((number, place))));
        assert_eq!(seen.find_or_note(hash(0), 0, place), None);
    }
}
