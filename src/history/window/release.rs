//! How events leave the window: the oldest decides when, the order of events decides which goes first.

use super::{Sorting, Window};
use crate::history::queue::Entry;
use crate::history::store::{Held, Store};
use crate::ty::Kind;
use hashbrown::HashSet;
use std::cmp::Ordering;

impl Window {
    /// The next event that is complete, in order. It stays until it is removed.
    pub(in crate::history) fn next_ready(&mut self) -> Option<u64> {
        if self.batch.is_empty() && self.rows_in < self.settled_until {
            return None;
        }
        if self.sorting == Sorting::Unknown {
            if self.rows_in < self.rows_max && !self.ended {
                return None;
            }
            self.start();
        }
        loop {
            while let Some((event, version)) = self.batch.pop() {
                if self.is_current(event, version) && self.settle_redeem(event) {
                    return Some(event);
                }
            }
            let oldest = self.oldest()?;
            if !self.store.get(oldest).is_some_and(Held::is_member) {
                return Some(oldest);
            }
            self.fill_batch();
        }
    }

    fn is_current(&self, event: u64, version: u32) -> bool {
        self.store.get(event).is_some_and(|held| held.version == version)
    }

    /// The event that has been here longest, if that is long enough.
    fn oldest(&mut self) -> Option<u64> {
        while let Some((event, version, seen)) = self.ages.front().copied() {
            let Some(held) = self.store.get(event).filter(|held| held.version == version) else {
                self.ages.pop_front();
                continue;
            };
            if held.last_seen > seen {
                let entry = (event, version, held.last_seen);
                self.ages.pop_front();
                self.ages.push_back(entry);
                continue;
            }
            if self.ended {
                return Some(event);
            }
            let old_at = held.last_seen.saturating_add(self.rows_max);
            if self.rows_in < old_at {
                self.settled_until = old_at;
                return None;
            }
            let stretch = if self.sorting == Sorting::Member { held.stretch } else { 0 };
            let passed = (stretch, held.at.instant.micros()) != self.newest || !held.is_member();
            return passed.then_some(event);
        }
        None
    }

    /// Takes all events of the smallest key and orders them by id and member.
    fn fill_batch(&mut self) {
        let mut smallest = None;
        while let Some(entry) = self.queue.pop_if(|key| smallest.is_none_or(|smallest| key == smallest)) {
            if self.is_current(entry.event, entry.version) {
                smallest.get_or_insert(entry.key);
                self.batch.push((entry.event, entry.version));
            }
        }
        if self.batch.len() > 1 {
            let Self { batch, store, .. } = self;
            batch.sort_unstable_by(|(left, _), (right, _)| order(store, *right, *left));
        }
    }

    /// Spent points with a purchase of their receipt join it, wherever both stood; false if they did.
    fn settle_redeem(&mut self, event: u64) -> bool {
        if self.redeems == 0 {
            return true;
        }
        let Some(held) = self.store.get(event) else { return false };
        let Some(hash) = held.receipt_hash else { return true };
        match held.kind {
            Kind::Purchase => {
                while let Some(redeem) = self.find_like(hash, event, Kind::Redeem) {
                    self.absorb(event, redeem);
                }
                true
            }
            Kind::Redeem => match self.find_like(hash, event, Kind::Purchase) {
                Some(purchase) => {
                    self.absorb(purchase, event);
                    false
                }
                None => true,
            },
            Kind::Join | Kind::Merge | Kind::Adjust | Kind::Action | Kind::Return | Kind::Leave => true,
        }
    }

    /// Looks at how the rows were sorted so far, and puts all of them into the queue.
    fn start(&mut self) {
        let by_member = self.by_member && !self.by_time && !self.ended;
        self.sorting = if by_member { Sorting::Member } else { Sorting::Time };
        self.members_seen = HashSet::new();
        if by_member {
            self.newest.0 = self.stretch;
        }
        let mut entries: Vec<Entry> = Vec::new();
        for (event, held) in self.store.iter().filter(|(_, held)| held.is_member()) {
            entries.push(Entry { key: self.key_of(held), event, version: held.version });
        }
        if !entries.is_sorted() {
            entries.sort_unstable();
        }
        for entry in entries {
            self.queue.push(entry);
        }
    }
}

/// The order of two events of equal keys: by id, then by member and by place.
fn order(store: &Store, left: u64, right: u64) -> Ordering {
    let (Some(one), Some(other)) = (store.get(left), store.get(right)) else { return Ordering::Equal };
    let (texts, others) = (store.texts(left), store.texts(right));
    let ids = || match (one.has_id, other.has_id) {
        (true, true) => texts.id.cmp(others.id),
        // Both ids are the kind, which is the same, and the receipt.
        (false, false) => texts.receipt.cmp(others.receipt),
        _ => {
            let (mut id, mut other_id) = (String::new(), String::new());
            store.put_id(left, &mut id);
            store.put_id(right, &mut other_id);
            id.cmp(&other_id)
        }
    };
    let by_id = match (one.unnamed(), other.unnamed()) {
        (None, None) => ids(),
        (left, right) => left.cmp(&right),
    };
    by_id.then_with(|| texts.member.cmp(others.member)).then_with(|| one.place.cmp(&other.place))
}
