//! The stretch of rows that is held: rows of a receipt find each other here, a spent point finds its
//! purchase, an event finds its double, and events leave in their order.
//!
//! An event stays until 100,000 further rows have been read, so histories sorted by time, or by member
//! and time, pass through constant memory. Where a file gives days without times, a whole day is held,
//! because only then is the order within the day known.

mod release;

use super::decode::{Draft, reset};
use super::error::HistoryError;
use super::queue::{Entry, Key, Queue};
use super::slot::{Disagreement, RawRow, Slot, datum_shown};
use crate::ty::event::Datum;
use crate::ty::{Event, Kind, Line, Schema, Texts};
use hashbrown::{DefaultHashBuilder, HashSet, HashTable};
use std::collections::VecDeque;
use std::hash::BuildHasher;

/// How the rows of a history are sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sorting {
    /// Not known yet: the first rows are still being read.
    Unknown,
    /// By time, or all rows are at hand and are put in order.
    Time,
    /// By member, and by time within each.
    Member,
}

/// The events that are being gathered.
#[expect(clippy::struct_excessive_bools, reason = "each is one plain fact about the rows")]
pub(super) struct Window {
    rows_max: u64,
    slots: Vec<Slot>,
    free: Vec<usize>,
    pub(super) spare: Vec<Line>,
    pub(super) hasher: DefaultHashBuilder,
    by_receipt: HashTable<usize>,
    by_id: HashTable<usize>,
    /// In the order of their last row, as far as known: slot, generation, that row.
    ages: VecDeque<(usize, u32, u64)>,
    queue: Queue,
    /// Events of equal keys that are about to leave, the first one last.
    batch: Vec<(usize, u32)>,
    sorting: Sorting,
    /// The slot that a row went into last.
    last: usize,
    rows_in: u64,
    ended: bool,
    /// Key of the row that came last.
    newest: (u64, i64),
    block: u64,
    block_member: String,
    members_seen: HashSet<u64>,
    /// How many events of spent points there are: without any, no purchase looks for its own.
    redeems: usize,
    /// Several files are merged, so the id of a receipt may come twice.
    pub(super) merged: bool,
    by_time: bool,
    by_member: bool,
}

impl Window {
    /// A window of so many rows.
    pub(super) fn new(rows_max: u64) -> Self {
        Self {
            rows_max,
            slots: Vec::new(),
            free: Vec::new(),
            spare: Vec::new(),
            hasher: DefaultHashBuilder::default(),
            by_receipt: HashTable::new(),
            by_id: HashTable::new(),
            ages: VecDeque::new(),
            queue: Queue::default(),
            batch: Vec::new(),
            sorting: Sorting::Unknown,
            last: 0,
            rows_in: 0,
            ended: false,
            newest: (0, i64::MIN),
            block: 0,
            block_member: String::new(),
            members_seen: HashSet::new(),
            redeems: 0,
            merged: false,
            by_time: true,
            by_member: true,
        }
    }

    /// No more rows will come.
    pub(super) fn end(&mut self) {
        self.ended = true;
    }

    /// Takes a row in: into the event it belongs to, or as a new one.
    pub(super) fn put(&mut self, draft: &mut Draft, schema: &Schema, texts: &Texts) -> Result<(), Disagreement> {
        self.watch(&draft.event);
        if let Some(last) = self.last_slot(&draft.event) {
            return self.join(last, draft, schema, texts);
        }
        let hash = self.receipt_hash(&draft.event);
        if let Some(hash) = hash {
            if let Some(found) = self.find(hash, &draft.event, draft.event.kind, true) {
                return self.join(found, draft, schema, texts);
            }
            if draft.event.kind == Kind::Redeem
                && let Some(found) = self.find(hash, &draft.event, Kind::Purchase, true)
            {
                self.absorb_row(found, draft);
                return Ok(());
            }
        }
        let slot = self.begin(draft, hash);
        if let (Some(hash), Kind::Purchase, 1..) = (hash, self.event(slot).kind, self.redeems) {
            while let Some(redeem) = self.find_like(hash, slot, Kind::Redeem, true) {
                self.absorb(slot, redeem);
            }
        }
        Ok(())
    }

    /// The event of the row before, if this row goes on with it.
    fn last_slot(&self, event: &Event) -> Option<usize> {
        let slot = self.slots.get(self.last).filter(|slot| slot.alive)?;
        let other = &slot.event;
        let same = other.kind == event.kind
            && other.place.file == event.place.file
            && other.receipt == event.receipt
            && other.member == event.member;
        (same && !event.receipt.is_empty()).then_some(self.last)
    }

    /// Sets the whole receipt of a bad row aside.
    pub(super) fn put_bad(&mut self, draft: &mut Draft, error: HistoryError) {
        let hash = self.receipt_hash(&draft.event);
        let found = hash.and_then(|hash| self.find(hash, &draft.event, draft.event.kind, true));
        self.rows_in += 1;
        let raw = RawRow {
            place: draft.event.place,
            text: std::mem::take(&mut draft.raw),
            bad: Some(Box::new(error.clone())),
        };
        let slot = found.unwrap_or_else(|| {
            // Where the row's time is not known, the one of the row before keeps it in its place.
            if draft.event.at == crate::time::Moment::default() {
                draft.event.at.instant = crate::time::Instant::from_micros(self.newest.1.max(0));
            }
            self.begin(draft, hash)
        });
        let rows_in = self.rows_in;
        if let Some(slot) = self.slots.get_mut(slot) {
            if found.is_some() {
                slot.rows += 1;
            } else {
                slot.raws.clear();
            }
            slot.last_seen = rows_in;
            slot.raws.push(raw);
            slot.bad.get_or_insert_with(|| Box::new(error));
        }
    }

    /// Notes how the rows are sorted.
    fn watch(&mut self, event: &Event) {
        self.rows_in += 1;
        let micros = event.at.instant.micros();
        if !event.member.is_empty() && event.member != self.block_member {
            self.block += 1;
            self.block_member.clone_from(&event.member);
            if self.sorting == Sorting::Unknown && self.by_member {
                let hash = self.hasher.hash_one(&event.member);
                self.by_member = self.members_seen.insert(hash);
            }
        }
        self.by_time &= micros >= self.newest.1;
        let block = if self.sorting == Sorting::Member { self.block } else { 0 };
        self.newest = (block, micros);
    }

    fn receipt_hash(&self, event: &Event) -> Option<u64> {
        (!event.receipt.is_empty()).then(|| self.hasher.hash_one((&event.member, &event.receipt)))
    }

    fn find(&self, hash: u64, event: &Event, kind: Kind, same_file: bool) -> Option<usize> {
        let fits = |index: &usize| {
            self.slots.get(*index).is_some_and(|slot| {
                let other = &slot.event;
                other.kind == kind
                    && (other.place.file == event.place.file || !same_file)
                    && other.receipt == event.receipt
                    && other.member == event.member
            })
        };
        self.by_receipt.find(hash, fits).copied()
    }

    fn find_like(&self, hash: u64, slot: usize, kind: Kind, same_file: bool) -> Option<usize> {
        self.find(hash, self.event(slot), kind, same_file)
    }

    fn event(&self, slot: usize) -> &Event {
        static NONE: std::sync::OnceLock<Event> = std::sync::OnceLock::new();
        self.slots.get(slot).map_or_else(|| NONE.get_or_init(Event::default), |slot| &*slot.event)
    }

    /// The slot itself.
    pub(super) fn slot(&mut self, index: usize) -> Option<&mut Slot> {
        self.slots.get_mut(index)
    }

    fn begin(&mut self, draft: &mut Draft, receipt_hash: Option<u64>) -> usize {
        let index = self.free.pop().unwrap_or_else(|| {
            self.slots.push(Slot::default());
            self.slots.len() - 1
        });
        self.last = index;
        let Some(slot) = self.slots.get_mut(index) else { return index };
        slot.begin(draft);
        slot.last_seen = self.rows_in;
        slot.block = self.block;
        slot.receipt_hash = receipt_hash;
        slot.id_hash = None;
        if !draft.raw.is_empty() {
            slot.raws.push(RawRow { place: slot.event.place, text: std::mem::take(&mut draft.raw), bad: None });
        }
        let generation = slot.generation;
        let is_member = slot.is_member();
        slot.is_redeem = slot.event.kind == Kind::Redeem;
        self.redeems += usize::from(slot.is_redeem);
        if is_member && slot.event.unnamed.is_none() {
            let hash = self.hasher.hash_one((&slot.event.member, &slot.event.id));
            slot.id_hash = Some(hash);
        }
        if let Some(hash) = receipt_hash {
            self.by_receipt.insert_unique(hash, index, |index| rehash(&self.slots, *index, |slot| slot.receipt_hash));
        }
        self.note_id(index);
        self.ages.push_back((index, generation, self.rows_in));
        if is_member && self.sorting != Sorting::Unknown {
            self.enqueue(index);
        }
        index
    }

    /// Enters the event under its id, or beside its double.
    fn note_id(&mut self, index: usize) {
        let Some(slot) = self.slots.get(index) else { return };
        // Within one file, rows of one receipt find each other by its number.
        if !slot.has_id && !self.merged {
            return;
        }
        let (Some(hash), generation) = (slot.id_hash, slot.generation) else { return };
        let same = |other: &usize| {
            self.slots
                .get(*other)
                .is_some_and(|other| other.event.id == slot.event.id && other.event.member == slot.event.member)
        };
        if let Some(first) = self.by_id.find(hash, same).copied() {
            let first_generation = self.slots.get(first).map_or(0, |first| first.generation);
            if let Some(first) = self.slots.get_mut(first) {
                first.twin.get_or_insert((index, generation));
            }
            if let Some(slot) = self.slots.get_mut(index) {
                slot.twin = Some((first, first_generation));
            }
        } else {
            self.by_id.insert_unique(hash, index, |index| rehash(&self.slots, *index, |slot| slot.id_hash));
            if let Some(slot) = self.slots.get_mut(index) {
                slot.in_ids = true;
            }
        }
    }

    fn enqueue(&mut self, index: usize) {
        let block = |slot: &Slot| if self.sorting == Sorting::Member { slot.block } else { 0 };
        if let Some(slot) = self.slots.get(index) {
            let key = Key::of(&slot.event, block(slot));
            self.queue.push(Entry { key, slot: index, generation: slot.generation });
        }
    }

    /// Another row of a receipt.
    fn join(&mut self, index: usize, draft: &mut Draft, schema: &Schema, texts: &Texts) -> Result<(), Disagreement> {
        self.last = index;
        let Some(slot) = self.slots.get_mut(index) else { return Ok(()) };
        let moved = draft.event.at < slot.event.at;
        if draft.has_id && draft.event.id != slot.event.id {
            return Err(Disagreement::of("id", &draft.event.id, &slot.event));
        }
        if draft.event.of != slot.event.of {
            return Err(Disagreement::of("of", &draft.event.of, &slot.event).against(&slot.event.of));
        }
        for (attribute, (kept, new)) in schema.receipt.iter().zip(slot.event.values.iter_mut().zip(&draft.event.values))
        {
            match (*kept, *new) {
                (_, Datum::Missing) => {}
                (Datum::Missing, new) => *kept = new,
                (kept, new) if kept != new => {
                    let found = datum_shown(new, texts);
                    return Err(
                        Disagreement::of(&attribute.name, &found, &slot.event).against(&datum_shown(kept, texts))
                    );
                }
                _ => {}
            }
        }
        if let (Some(sum), Some(more)) = (&mut slot.event.adjusted, draft.event.adjusted) {
            if sum.unit != more.unit {
                return Err(Disagreement::of("unit", "another unit", &slot.event).against("one unit"));
            }
            sum.points = sum.points.plus(more.points).map_err(|_| Disagreement::overflow())?;
        }
        slot.net = slot.net.plus(draft.net).map_err(|_| Disagreement::overflow())?;
        slot.event.lines.append(&mut draft.event.lines);
        slot.event.redeemed.append(&mut draft.event.redeemed);
        slot.rows += 1;
        slot.last_seen = self.rows_in;
        if !draft.raw.is_empty() {
            slot.raws.push(RawRow { place: draft.event.place, text: std::mem::take(&mut draft.raw), bad: None });
        }
        if moved {
            slot.event.at = draft.event.at;
            if self.sorting != Sorting::Unknown && slot.is_member() {
                self.renew(index);
            }
        }
        Ok(())
    }

    /// Puts an event whose time became earlier into its new place.
    fn renew(&mut self, index: usize) {
        let Some(slot) = self.slots.get_mut(index) else { return };
        slot.generation = slot.generation.wrapping_add(1);
        let (generation, last_seen) = (slot.generation, slot.last_seen);
        self.ages.push_back((index, generation, last_seen));
        self.enqueue(index);
    }

    /// A row of spent points becomes part of its purchase.
    fn absorb_row(&mut self, purchase: usize, draft: &mut Draft) {
        let rows_in = self.rows_in;
        let Some(slot) = self.slots.get_mut(purchase) else { return };
        slot.event.redeemed.append(&mut draft.event.redeemed);
        slot.rows += 1;
        slot.last_seen = rows_in;
        if !draft.raw.is_empty() {
            slot.raws.push(RawRow { place: draft.event.place, text: std::mem::take(&mut draft.raw), bad: None });
        }
    }

    /// An event of spent points becomes part of its purchase.
    fn absorb(&mut self, purchase: usize, redeem: usize) {
        let Some(slot) = self.slots.get_mut(redeem) else { return };
        let mut redeemed = std::mem::take(&mut slot.event.redeemed);
        let mut raws = std::mem::take(&mut slot.raws);
        let (rows, bad, last_seen) = (slot.rows, slot.bad.take(), slot.last_seen);
        self.remove(redeem);
        let Some(slot) = self.slots.get_mut(purchase) else { return };
        slot.event.redeemed.append(&mut redeemed);
        slot.raws.append(&mut raws);
        slot.rows += rows;
        slot.last_seen = slot.last_seen.max(last_seen);
        slot.bad = slot.bad.take().or(bad);
    }

    /// Frees a slot.
    pub(super) fn remove(&mut self, index: usize) {
        let Some(slot) = self.slots.get_mut(index) else { return };
        slot.alive = false;
        self.redeems -= usize::from(slot.is_redeem);
        slot.generation = slot.generation.wrapping_add(1);
        let (receipt_hash, id_hash) = (slot.receipt_hash, slot.id_hash.filter(|_| slot.in_ids));
        reset(&mut slot.event, &mut self.spare);
        if let Some(entry) =
            receipt_hash.and_then(|hash| self.by_receipt.find_entry(hash, |other| *other == index).ok())
        {
            entry.remove();
        }
        if let Some(entry) = id_hash.and_then(|hash| self.by_id.find_entry(hash, |other| *other == index).ok()) {
            entry.remove();
        }
        self.free.push(index);
    }

    /// The double of an event, if it is here.
    pub(super) fn twin(&self, index: usize) -> Option<usize> {
        let (twin, generation) = self.slots.get(index)?.twin?;
        self.slots.get(twin).filter(|slot| slot.alive && slot.generation == generation).map(|_| twin)
    }

    /// The order in which an event leaves, without its texts.
    pub(super) fn key(&self, index: usize) -> Key {
        let block = |slot: &Slot| if self.sorting == Sorting::Member { slot.block } else { 0 };
        self.slots.get(index).map_or_else(Key::default, |slot| Key::of(&slot.event, block(slot)))
    }
}

fn rehash(slots: &[Slot], index: usize, hash: impl Fn(&Slot) -> Option<u64>) -> u64 {
    slots.get(index).and_then(hash).unwrap_or(0)
}
