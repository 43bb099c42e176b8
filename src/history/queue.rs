//! A queue that gives events in their order: by time, `seq` and kind. What comes in order goes through
//! at no cost; stragglers wait in a heap.

use super::store::Held;
use crate::ty::Kind;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

/// The part of the order of events that needs no texts. Events of equal keys are ordered by id and
/// member when they leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) struct Key {
    /// In files sorted by member: which stretch of rows of one member; else 0.
    pub(super) stretch: u64,
    pub(super) micros: i64,
    seq: Option<i64>,
    kind: Kind,
}

impl Key {
    pub(super) fn of(event: &Held, stretch: u64) -> Self {
        Self { stretch, micros: event.at.instant.micros(), seq: event.seq, kind: event.kind }
    }
}

/// An event in the queue: its number, and which of its times it stands at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Entry {
    pub(super) key: Key,
    pub(super) event: u64,
    pub(super) version: u32,
}

/// The events that wait, smallest key first.
#[derive(Debug, Default)]
pub(super) struct Queue {
    sorted: VecDeque<Entry>,
    stragglers: BinaryHeap<Reverse<Entry>>,
}

impl Queue {
    pub(super) fn push(&mut self, entry: Entry) {
        if self.sorted.back().is_none_or(|last| last.key <= entry.key) {
            self.sorted.push_back(entry);
        } else {
            self.stragglers.push(Reverse(entry));
        }
    }

    /// Takes the entry with the smallest key, if the key passes the test.
    pub(super) fn pop_if(&mut self, test: impl Fn(Key) -> bool) -> Option<Entry> {
        let front = self.sorted.front().copied();
        let straggler = self.stragglers.peek().map(|entry| entry.0);
        let (first, in_heap) = match (front, straggler) {
            (Some(front), Some(straggler)) if straggler.key < front.key => (straggler, true),
            (None, Some(straggler)) => (straggler, true),
            (Some(front), _) => (front, false),
            (None, None) => return None,
        };
        if !test(first.key) {
            return None;
        }
        if in_heap {
            self.stragglers.pop();
        } else {
            self.sorted.pop_front();
        }
        Some(first)
    }
}
