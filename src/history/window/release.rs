//! How events leave the window: the oldest decides when, the order of events decides which goes first.

use super::{Sorting, Window};
use crate::history::queue::Key;
use crate::history::store::Store;
use crate::ty::{Kind, Text};
use hashbrown::HashSet;
use std::cmp::{Ordering, Reverse};

impl Window {
    /// The next event that is complete, in order. It stays until it is removed.
    #[inline]
    pub(in crate::history) fn next_ready(&mut self) -> Option<u64> {
        if self.batch.is_empty() && self.rows_in < self.settled_until { None } else { self.find_ready() }
    }

    fn find_ready(&mut self) -> Option<u64> {
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
            let (oldest, is_member) = self.oldest()?;
            if !is_member {
                return Some(oldest);
            }
            self.fill_batch();
        }
    }

    fn is_current(&self, event: u64, version: u32) -> bool {
        self.store.get(event).is_some_and(|held| held.version == version)
    }

    /// The event that has been here longest, if that is long enough, and whether it is a member's.
    fn oldest(&mut self) -> Option<(u64, bool)> {
        let (event, seen) = self.longest_here()?;
        if self.ended {
            return Some((event, self.store.get(event)?.is_member()));
        }
        let old_at = seen.saturating_add(self.rows_max);
        if self.rows_in < old_at {
            self.settled_until = old_at;
            return None;
        }
        let held = self.store.get(event)?;
        let is_member = held.is_member();
        let passed = (held.stretch, held.at.instant.micros()) != self.newest || !is_member;
        passed.then_some((event, is_member))
    }

    /// The event whose last row came first, and when that was. Those in one piece are here as long as they
    /// stand in the store; the others have a place of their own.
    fn longest_here(&mut self) -> Option<(u64, u64)> {
        loop {
            let late = self.late.peek().map(|late| late.0);
            match (self.store.from(self.eldest), late) {
                (Some((event, held)), late) if late.is_none_or(|(seen, ..)| held.first_seen < seen) => {
                    self.eldest = event;
                    let last_seen = held.last_seen;
                    if !held.aged && held.is_in_one_piece() {
                        return Some((event, last_seen));
                    }
                    let Some(held) = self.store.get_mut(event) else { continue };
                    if !std::mem::replace(&mut held.aged, true) {
                        self.late.push(Reverse((last_seen, event, held.version)));
                    }
                    self.eldest += 1;
                }
                (_, Some((seen, event, version))) => {
                    let Some(held) = self.store.get(event).filter(|held| held.version == version) else {
                        self.late.pop();
                        continue;
                    };
                    if held.last_seen == seen {
                        return Some((event, seen));
                    }
                    let entry = (held.last_seen, event, version);
                    self.late.pop();
                    self.late.push(Reverse(entry));
                }
                _ => return None,
            }
        }
    }

    /// Takes all events of the smallest key and orders them by id and member.
    fn fill_batch(&mut self) {
        let mut smallest = None;
        let same = |smallest: Option<Key>, key| smallest.is_none_or(|smallest| key == smallest);
        while let Some((event, key, version)) = self.queue.pop_if(&self.store, |key| same(smallest, key)) {
            if self.is_current(event, version) {
                smallest.get_or_insert(key);
                self.batch.push((event, version));
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
            Kind::Redeem if !self.store.texts(event).other.is_empty() => true,
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
        } else {
            self.stretch = 0;
            self.store.forget_stretches();
        }
        self.queue.begin(&self.store);
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
            let (mut id, mut other_id) = (Text::default(), Text::default());
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
