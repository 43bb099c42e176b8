//! The ids of events that were handed on lately, to know the double of one when it comes late.
//!
//! Accounts remember theirs for thirty days; this memory serves files that overlap, and receipts that
//! go on too late. It is a table of fixed size in which a later id takes the place of an earlier one,
//! so an event costs one look.

use crate::ty::event::RowPlace;

/// How many ids are remembered at most.
const IDS_MAX: usize = 1 << 18;

/// An id by its hash, a hash of the content, and the place.
#[derive(Debug, Clone, Copy, Default)]
struct Entry {
    id: u64,
    content: u64,
    place: RowPlace,
}

/// Ids of the latest events.
#[derive(Debug, Default)]
pub(super) struct Seen(Vec<Entry>);

fn place(id: u64) -> usize {
    usize::try_from(id).unwrap_or(0) % IDS_MAX
}

impl Seen {
    /// The content and place of an id, if it is remembered. A row is never 0, so no entry is taken for one.
    pub(super) fn find(&self, id: u64) -> Option<(u64, RowPlace)> {
        let entry = self.0.get(place(id))?;
        (entry.id == id && entry.place.row > 0).then_some((entry.content, entry.place))
    }

    pub(super) fn note(&mut self, id: u64, content: u64, at: RowPlace) {
        if self.0.is_empty() {
            self.0.resize(IDS_MAX, Entry::default());
        }
        if let Some(entry) = self.0.get_mut(place(id)) {
            *entry = Entry { id, content, place: at };
        }
    }
}
