//! How events leave the window: the oldest decides when, the order of events decides which goes first.

use super::{Sorting, Window};
use crate::history::queue::{Entry, Key};
use crate::history::slot::Slot;
use crate::ty::Kind;
use hashbrown::HashSet;

impl Window {
    /// The next event that is complete, in order. It stays in its slot until it is removed.
    pub(in crate::history) fn next_ready(&mut self) -> Option<usize> {
        if self.sorting == Sorting::Unknown {
            if self.rows_in < self.rows_max && !self.ended {
                return None;
            }
            self.start();
        }
        loop {
            while let Some((index, generation)) = self.batch.pop() {
                if self.is_current(index, generation) && self.settle_redeem(index) {
                    return Some(index);
                }
            }
            let oldest = self.oldest()?;
            if !self.slots.get(oldest).is_some_and(Slot::is_member) {
                return Some(oldest);
            }
            self.fill_batch();
        }
    }

    fn is_current(&self, index: usize, generation: u32) -> bool {
        self.slots.get(index).is_some_and(|slot| slot.alive && slot.generation == generation)
    }

    /// The event that has been here longest, if that is long enough.
    fn oldest(&mut self) -> Option<usize> {
        while let Some((index, generation, seen)) = self.ages.front().copied() {
            if !self.is_current(index, generation) {
                self.ages.pop_front();
                continue;
            }
            let slot = self.slots.get(index)?;
            if slot.last_seen > seen {
                let entry = (index, generation, slot.last_seen);
                self.ages.pop_front();
                self.ages.push_back(entry);
                continue;
            }
            let aged = self.rows_in - slot.last_seen >= self.rows_max;
            let block = if self.sorting == Sorting::Member { slot.block } else { 0 };
            let passed = (block, slot.event.at.instant.micros()) != self.newest || !slot.is_member();
            return (self.ended || (aged && passed)).then_some(index);
        }
        None
    }

    /// Takes all events of the smallest key and orders them by id and member.
    fn fill_batch(&mut self) {
        let mut smallest = None;
        while let Some(entry) = self.queue.pop_if(|key| smallest.is_none_or(|smallest| key == smallest)) {
            if self.is_current(entry.slot, entry.generation) {
                smallest.get_or_insert(entry.key);
                self.batch.push((entry.slot, entry.generation));
            }
        }
        let mut batch = std::mem::take(&mut self.batch);
        batch.sort_unstable_by(|(left, _), (right, _)| {
            let (left, right) = (self.event(*left), self.event(*right));
            right.order(left).then_with(|| right.place.cmp(&left.place))
        });
        self.batch = batch;
    }

    /// Spent points with a purchase of their receipt join it, wherever both stood; false if they did.
    fn settle_redeem(&mut self, index: usize) -> bool {
        let Some(slot) = self.slots.get(index) else { return false };
        let Some(hash) = slot.receipt_hash.filter(|_| self.redeems > 0) else { return true };
        match slot.event.kind {
            Kind::Purchase => {
                while let Some(redeem) = self.find_like(hash, index, Kind::Redeem, false) {
                    self.absorb(index, redeem);
                }
                true
            }
            Kind::Redeem => match self.find_like(hash, index, Kind::Purchase, false) {
                Some(purchase) => {
                    self.absorb(purchase, index);
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
        let block = |slot: &Slot| if by_member { slot.block } else { 0 };
        if by_member {
            self.newest.0 = self.block;
        }
        let mut entries: Vec<Entry> = Vec::with_capacity(self.slots.len());
        for (index, slot) in self.slots.iter().enumerate().filter(|(_, slot)| slot.alive && slot.is_member()) {
            entries.push(Entry { key: Key::of(&slot.event, block(slot)), slot: index, generation: slot.generation });
        }
        entries.sort_unstable();
        for entry in entries {
            self.queue.push(entry);
        }
    }
}
