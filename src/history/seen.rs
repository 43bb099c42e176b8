//! The ids of events that were handed on lately, to know the double of one when it comes late.
//!
//! Accounts remember theirs for thirty days; this memory serves files that overlap.

use crate::ty::event::RowPlace;
use std::collections::{HashMap, VecDeque};

/// How many ids are remembered.
const IDS_MAX: usize = 1 << 18;

/// Ids, by their hash, with a hash of the content and the place.
#[derive(Debug, Default)]
pub(super) struct Seen {
    known: HashMap<u64, (u64, RowPlace)>,
    order: VecDeque<u64>,
}

impl Seen {
    pub(super) fn find(&self, id: u64) -> Option<(u64, RowPlace)> {
        self.known.get(&id).copied()
    }

    pub(super) fn note(&mut self, id: u64, content: u64, place: RowPlace) {
        if self.order.len() >= IDS_MAX
            && let Some(oldest) = self.order.pop_front()
        {
            self.known.remove(&oldest);
        }
        if self.known.insert(id, (content, place)).is_none() {
            self.order.push_back(id);
        }
    }
}
