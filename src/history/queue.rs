//! A queue that gives events in their order: by time, `seq` and kind. What comes in order leaves as it
//! stands in the store, at no cost; stragglers wait in a heap.

use super::held::Held;
use super::store::Store;
use crate::ty::{Kind, Seq};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

/// The part of the order of events that needs no texts. Events of equal keys are ordered by id and
/// member when they leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) struct Key {
    /// In files sorted by member: which stretch of rows of one member; else 0.
    pub(super) stretch: u64,
    pub(super) micros: i64,
    seq: Option<Seq>,
    kind: Kind,
}

impl Key {
    pub(super) fn of(event: &Held) -> Self {
        Self { stretch: event.stretch, micros: event.at.instant.micros(), seq: event.seq, kind: event.kind }
    }
}

/// An event in the queue: its number, and which of its times it stands at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Entry {
    pub(super) key: Key,
    pub(super) event: u64,
    pub(super) version: u32,
}

/// Where the smallest key was found.
enum From {
    Store,
    Sorted,
    Stragglers,
}

/// The events that wait, smallest key first.
#[derive(Debug, Default)]
pub(super) struct Queue {
    /// From this event on members' events that were not put aside leave as they stand in the store.
    next: u64,
    /// The largest key among them.
    newest: Option<Key>,
    /// Those from before, where they did not come in order.
    sorted: VecDeque<Entry>,
    stragglers: BinaryHeap<Reverse<Entry>>,
}

impl Queue {
    /// Takes up all events that are here.
    pub(super) fn begin(&mut self, store: &Store) {
        let members = || store.iter().filter(|(_, held)| held.is_member());
        let keys = || members().map(|(_, held)| Key::of(held));
        if keys().is_sorted() {
            self.newest = keys().last();
            return;
        }
        let entry = |(event, held): (u64, &Held)| Entry { key: Key::of(held), event, version: held.version };
        let mut entries: Vec<_> = members().map(entry).collect();
        // Most often few stand out of place, and this way of sorting makes use of stretches that are in order.
        entries.sort();
        self.sorted = entries.into();
        self.next = store.end();
    }

    /// Takes up an event, the last of the store; it is put aside if it is a straggler.
    pub(super) fn push(&mut self, event: u64, held: &mut Held) {
        let key = Key::of(held);
        if self.newest.is_none_or(|newest| newest <= key) {
            self.newest = Some(key);
        } else {
            self.push_aside(event, held);
        }
    }

    /// Takes up an event that left its place in the order of the store.
    pub(super) fn push_aside(&mut self, event: u64, held: &mut Held) {
        held.aside = true;
        self.stragglers.push(Reverse(Entry { key: Key::of(held), event, version: held.version }));
    }

    /// Takes the event with the smallest key, if the key passes the test.
    pub(super) fn pop_if(&mut self, store: &Store, test: impl Fn(Key) -> bool) -> Option<(u64, Key, u32)> {
        if self.sorted.is_empty() && self.stragglers.is_empty() {
            let (event, held) = self.front(store)?;
            let key = Key::of(held);
            return test(key).then(|| {
                self.next = event + 1;
                (event, key, held.version)
            });
        }
        let of = |(event, held): (u64, &Held)| Entry { key: Key::of(held), event, version: held.version };
        let mut first = self.front(store).map(|front| (of(front), From::Store));
        for (entry, from) in [
            (self.sorted.front().copied(), From::Sorted),
            (self.stragglers.peek().map(|entry| entry.0), From::Stragglers),
        ] {
            if let Some(entry) = entry
                && first.as_ref().is_none_or(|(smallest, _)| entry.key < smallest.key)
            {
                first = Some((entry, from));
            }
        }
        let (entry, from) = first.filter(|(entry, _)| test(entry.key))?;
        match from {
            From::Store => self.next = entry.event + 1,
            From::Sorted => drop(self.sorted.pop_front()),
            From::Stragglers => drop(self.stragglers.pop()),
        }
        Some((entry.event, entry.key, entry.version))
    }

    /// The next event in the order of the store.
    fn front<'a>(&mut self, store: &'a Store) -> Option<(u64, &'a Held)> {
        loop {
            let Some((event, held)) = store.from(self.next) else {
                self.next = self.next.max(store.end());
                return None;
            };
            self.next = event;
            if held.is_member() && !held.aside {
                return Some((event, held));
            }
            self.next += 1;
        }
    }
}
