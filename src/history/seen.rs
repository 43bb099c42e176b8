//! The ids of events that were handed on lately, to know the double of one when it comes late.
//!
//! Accounts remember theirs for thirty days; this memory serves files that overlap, and receipts that
//! go on too late. It is a ring, so that it never grows, with a table of places in it.

use crate::ty::event::RowPlace;
use hashbrown::HashTable;

/// How many ids are remembered.
const IDS_MAX: usize = 1 << 18;

/// An id by its hash, a hash of the content, and the place.
#[derive(Debug, Clone, Copy)]
struct Entry {
    id: u64,
    content: u64,
    place: RowPlace,
}

/// Ids of the latest events.
#[derive(Debug, Default)]
pub(super) struct Seen {
    ring: Vec<Entry>,
    /// Where the next one goes.
    next: usize,
    places: HashTable<u32>,
}

impl Seen {
    /// The content and place of an id, if it is remembered.
    pub(super) fn find(&self, id: u64) -> Option<(u64, RowPlace)> {
        let at = self.places.find(id, |at| self.ring.get(*at as usize).is_some_and(|entry| entry.id == id))?;
        self.ring.get(*at as usize).map(|entry| (entry.content, entry.place))
    }

    /// Remembers an id that is not remembered yet.
    pub(super) fn note(&mut self, id: u64, content: u64, place: RowPlace) {
        let Self { ring, next, places } = self;
        let at = u32::try_from(*next).unwrap_or(0);
        let entry = Entry { id, content, place };
        match ring.get_mut(*next) {
            None => ring.push(entry),
            Some(oldest) => {
                if let Ok(found) = places.find_entry(oldest.id, |other| *other == at) {
                    found.remove();
                }
                *oldest = entry;
            }
        }
        places.insert_unique(id, at, |at| ring.get(*at as usize).map_or(0, |entry| entry.id));
        *next = (*next + 1) % IDS_MAX;
    }
}
