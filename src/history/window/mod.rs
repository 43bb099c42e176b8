//! The stretch of rows that is held: rows of a receipt find each other here, a spent point finds its
//! purchase, an event finds its double, and events leave in their order.
//!
//! An event stays until 100,000 further rows have been read, so histories sorted by time, or by member
//! and time, pass through constant memory. Where a file gives days without times, a whole day is held,
//! because only then is the order within the day known.

mod release;

use super::draft::{Disagreement, Draft, RawRow, datum_shown};
use super::error::HistoryError;
use super::held::Held;
use super::map::KINDS;
use super::queue::Queue;
use super::store::{Known, Store, put_id};
use crate::ty::event::Datum;
use crate::ty::{Kind, Schema, Text, Texts};
use hashbrown::{DefaultHashBuilder, HashSet, HashTable};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::hash::BuildHasher;
use std::num::NonZeroU64;

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
    pub(super) store: Store,
    pub(super) hasher: DefaultHashBuilder,
    by_receipt: HashTable<u64>,
    by_id: HashTable<u64>,
    /// Before this event of the store none is left whose age is looked at there.
    eldest: u64,
    /// Events whose rows stood apart, by their last row as far as known: that row, event, version.
    late: BinaryHeap<Reverse<(u64, u64, u32)>>,
    /// Until so many rows have been read no event is old enough.
    settled_until: u64,
    queue: Queue,
    /// Events of equal keys that are about to leave, the first one last.
    batch: Vec<(u64, u32)>,
    sorting: Sorting,
    /// The event that a row went into last.
    last: u64,
    /// What that row repeats, if it was a good one.
    last_identity: (u32, u64),
    rows_in: u64,
    ended: bool,
    /// Key of the row that came last.
    newest: (u64, i64),
    /// How many stretches of rows of one member there were, and whose the last one is.
    stretch: u64,
    stretch_member: String,
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
            store: Store::default(),
            hasher: DefaultHashBuilder::default(),
            by_receipt: HashTable::new(),
            by_id: HashTable::new(),
            eldest: 0,
            late: BinaryHeap::new(),
            settled_until: 0,
            queue: Queue::default(),
            batch: Vec::new(),
            sorting: Sorting::Unknown,
            last: 0,
            last_identity: (0, 0),
            rows_in: 0,
            ended: false,
            newest: (0, i64::MIN),
            stretch: 0,
            stretch_member: String::new(),
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
        self.settled_until = 0;
    }

    /// Takes a row in: into the event it belongs to, or as a new one.
    pub(super) fn put(&mut self, draft: &mut Draft, schema: &Schema, texts: &Texts) -> Result<(), Box<Disagreement>> {
        self.watch(draft);
        let repeats = std::mem::replace(&mut self.last_identity, draft.identity) == draft.identity;
        if repeats && !draft.receipt.is_empty() && self.store.get(self.last).is_some() {
            return self.join(self.last, draft, schema, texts);
        }
        let hash = self.receipt_hash(draft);
        if let Some(hash) = hash {
            if let Some(found) = self.find(hash, draft, draft.kind) {
                self.check_id(found, draft)?;
                return self.join(found, draft, schema, texts);
            }
            if draft.kind == Kind::Redeem
                && draft.other.is_empty()
                && let Some(found) = self.find(hash, draft, Kind::Purchase)
            {
                self.last_identity = (0, 0);
                self.absorb_row(found, draft);
                return Ok(());
            }
        }
        let event = self.begin(draft, hash);
        if let (Some(hash), Kind::Purchase, 1..) = (hash, draft.kind, self.redeems) {
            while let Some(redeem) = self.find(hash, draft, Kind::Redeem) {
                self.absorb(event, redeem);
            }
        }
        Ok(())
    }

    /// Does a row belong to an event of a kind?
    fn is_of(&self, event: u64, draft: &Draft, kind: Kind) -> bool {
        self.store.get(event).is_some_and(|held| {
            let texts = self.store.texts(event);
            held.kind == kind
                && held.place.file == draft.place.file
                && texts.receipt == draft.receipt
                && texts.member == draft.member
                && (draft.kind == kind || kind != Kind::Redeem || texts.other.is_empty())
        })
    }

    /// Sets the whole receipt of a bad row aside.
    pub(super) fn put_bad(&mut self, draft: &mut Draft, error: HistoryError) {
        let hash = self.receipt_hash(draft);
        let found = hash.and_then(|hash| self.find(hash, draft, draft.kind));
        self.rows_in += 1;
        self.last_identity = (0, 0);
        draft.identity = (0, 0);
        let text = std::mem::take(&mut draft.raw);
        let raw = RawRow { place: draft.place, text, bad: Some(Box::new(error.clone())) };
        let event = found.unwrap_or_else(|| {
            // Where the row's time is not known, the one of the row before keeps it in its place.
            if draft.at == crate::time::Moment::default() {
                draft.at.instant = crate::time::Instant::from_micros(self.newest.1.max(0));
            }
            self.begin(draft, hash)
        });
        let rows_in = self.rows_in;
        if let Some(held) = self.store.get_mut(event) {
            held.rows = held.rows.saturating_add(u32::from(found.is_some()));
            held.last_seen = rows_in;
            let rare = held.rare_mut();
            rare.raws.push(raw);
            rare.bad.get_or_insert_with(|| Box::new(error));
        }
    }

    /// Notes how the rows are sorted.
    fn watch(&mut self, draft: &Draft) {
        self.rows_in += 1;
        let micros = draft.at.instant.micros();
        self.by_time &= micros >= self.newest.1;
        if self.sorting != Sorting::Time && !draft.member.is_empty() && draft.member != self.stretch_member {
            self.stretch += 1;
            self.stretch_member.clone_from(&draft.member);
            if self.sorting == Sorting::Unknown && self.by_member {
                let hash = self.hasher.hash_one(&draft.member);
                self.by_member = self.members_seen.insert(hash);
            }
        }
        let stretch = if self.sorting == Sorting::Member { self.stretch } else { 0 };
        self.newest = (stretch, micros);
    }

    fn receipt_hash(&self, draft: &Draft) -> Option<NonZeroU64> {
        (!draft.receipt.is_empty()).then(|| self.hash(&draft.member, &draft.receipt))
    }

    fn hash(&self, member: &str, text: &str) -> NonZeroU64 {
        NonZeroU64::new(self.hasher.hash_one((member, text))).unwrap_or(NonZeroU64::MIN)
    }

    /// A hash of the id that the rows bear, or else of the kind and the receipt that stand for it: one who
    /// writes `purchase R1` as an id means the same.
    fn id_hash(&self, draft: &Draft, receipt_hash: Option<NonZeroU64>) -> Option<NonZeroU64> {
        if !draft.has_id {
            return receipt_hash.map(|hash| with_kind(hash, draft.kind));
        }
        let named = KINDS.iter().find_map(|(name, kind)| {
            let receipt = draft.id.strip_prefix(name)?.strip_prefix(' ')?;
            Some(with_kind(self.hash(&draft.member, receipt), *kind))
        });
        Some(named.unwrap_or_else(|| self.hash(&draft.member, &draft.id)))
    }

    fn find(&self, hash: NonZeroU64, draft: &Draft, kind: Kind) -> Option<u64> {
        self.by_receipt.find(hash.get(), |event| self.is_of(*event, draft, kind)).copied()
    }

    /// An event of a kind with the receipt and the member of another, in whichever file.
    fn find_like(&self, hash: NonZeroU64, event: u64, kind: Kind) -> Option<u64> {
        let texts = self.store.texts(event);
        let fits = |other: &u64| {
            let of_kind = self.store.get(*other).is_some_and(|held| held.kind == kind);
            let others = self.store.texts(*other);
            // What goes to another member is no part of a purchase.
            let stands_alone = kind == Kind::Redeem && !others.other.is_empty();
            of_kind && !stands_alone && others.receipt == texts.receipt && others.member == texts.member
        };
        self.by_receipt.find(hash.get(), fits).copied()
    }

    fn begin(&mut self, draft: &mut Draft, receipt_hash: Option<NonZeroU64>) -> u64 {
        let is_member = !draft.member.is_empty();
        let id_hash = if is_member { self.id_hash(draft, receipt_hash) } else { None };
        let known = Known { first_seen: self.rows_in, stretch: self.stretch, receipt_hash, id_hash };
        let event = self.store.begin(draft, &known);
        self.last = event;
        self.redeems += usize::from(draft.kind == Kind::Redeem);
        if let Some(raw) = draft.take_raw()
            && let Some(held) = self.store.get_mut(event)
        {
            held.rare_mut().raws.push(raw);
        }
        if let Some(hash) = receipt_hash {
            let Self { by_receipt, store, .. } = self;
            by_receipt.insert_unique(hash.get(), event, |event| rehash(store, *event, |held| held.receipt_hash));
        }
        // Within one file, rows of one receipt find each other by its number.
        if draft.has_id || self.merged {
            self.note_id(event, draft);
        }
        if is_member
            && self.sorting != Sorting::Unknown
            && let Some(held) = self.store.get_mut(event)
        {
            self.queue.push(event, held);
        }
        event
    }

    /// Enters the event under its id, or beside its double.
    fn note_id(&mut self, event: u64, draft: &Draft) {
        let Some(hash) = self.store.get(event).and_then(|held| held.id_hash) else { return };
        let (mut own, mut id) = (Text::default(), Text::default());
        put_id(draft.kind, &draft.receipt, draft.has_id.then_some(&draft.id), draft.place, &mut own);
        let mut same = |other: &u64| {
            id.clear();
            self.store.put_id(*other, &mut id);
            id == own && self.store.texts(*other).member == draft.member
        };
        if let Some(first) = self.by_id.find(hash.get(), &mut same).copied() {
            if let Some(first) = self.store.get_mut(first) {
                first.rare_mut().twin.get_or_insert(event);
            }
            if let Some(held) = self.store.get_mut(event) {
                held.rare_mut().twin = Some(first);
            }
        } else {
            let Self { by_id, store, .. } = self;
            by_id.insert_unique(hash.get(), event, |event| rehash(store, *event, |held| held.id_hash));
            if let Some(held) = self.store.get_mut(event) {
                held.in_ids = true;
            }
        }
    }

    /// Another row of a receipt.
    fn join(&mut self, event: u64, draft: &mut Draft, schema: &Schema, texts: &Texts) -> Result<(), Box<Disagreement>> {
        self.last = event;
        if matches!(draft.kind, Kind::Return | Kind::Action | Kind::Redeem)
            && draft.other != self.store.texts(event).other
        {
            let kept = self.store.texts(event).other;
            let column = if draft.kind == Kind::Redeem { "into" } else { "of" };
            return Err(Disagreement::of(column, &draft.other, kept, self.first_row(event)));
        }
        if !draft.values.is_empty() {
            self.join_values(event, draft, schema, texts)?;
        }
        if let Some(more) = draft.adjusted
            && let Some(held) = self.store.get_mut(event)
            && let Some(sum) = held.rare.as_mut().and_then(|rare| rare.adjusted.as_mut())
        {
            if sum.unit != more.unit {
                return Err(Disagreement::of("unit", "another unit", "one unit", held.place.row));
            }
            sum.points = sum.points.plus(more.points).map_err(|_| Disagreement::overflow())?;
        }
        let earlier = self.store.join(event, draft, self.rows_in).map_err(|_| Disagreement::overflow())?;
        if earlier && self.sorting != Sorting::Unknown && !draft.member.is_empty() {
            self.renew(event);
        }
        Ok(())
    }

    /// What a row says of the receipt may fill what is missing, and may not contradict the rest.
    fn join_values(
        &mut self,
        event: u64,
        draft: &Draft,
        schema: &Schema,
        texts: &Texts,
    ) -> Result<(), Box<Disagreement>> {
        let kept = self.store.values_mut(event);
        for (attribute, (kept, new)) in schema.receipt.iter().zip(kept.iter_mut().zip(&draft.values)) {
            match (*kept, *new) {
                (_, Datum::Missing) => {}
                (Datum::Missing, new) => *kept = new,
                (kept, new) if kept != new => {
                    let (found, kept) = (datum_shown(new, texts), datum_shown(kept, texts));
                    return Err(Disagreement::of(&attribute.name, &found, &kept, self.first_row(event)));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// The id of a row has to be that of its event.
    fn check_id(&self, event: u64, draft: &Draft) -> Result<(), Box<Disagreement>> {
        if !draft.has_id || self.store.texts(event).id == draft.id {
            return Ok(());
        }
        let id = self.id_of(event);
        if id == draft.id { Ok(()) } else { Err(Disagreement::of("id", &draft.id, &id, self.first_row(event))) }
    }

    fn first_row(&self, event: u64) -> u64 {
        self.store.get(event).map_or(0, |held| held.place.row)
    }

    fn id_of(&self, event: u64) -> String {
        let mut id = Text::default();
        self.store.put_id(event, &mut id);
        id.into()
    }

    /// Puts an event whose time became earlier into its new place.
    fn renew(&mut self, event: u64) {
        let Some(held) = self.store.get_mut(event) else { return };
        held.version = held.version.wrapping_add(1);
        held.aged = true;
        self.late.push(Reverse((held.last_seen, event, held.version)));
        self.queue.push_aside(event, held);
    }

    /// A row of spent points becomes part of its purchase.
    fn absorb_row(&mut self, purchase: u64, draft: &mut Draft) {
        let rows_in = self.rows_in;
        let Some(held) = self.store.get_mut(purchase) else { return };
        held.rows = held.rows.saturating_add(1);
        held.last_seen = rows_in;
        let rare = held.rare_mut();
        rare.redeemed.extend(draft.redeemed);
        rare.raws.extend(draft.take_raw());
    }

    /// An event of spent points becomes part of its purchase.
    fn absorb(&mut self, purchase: u64, redeem: u64) {
        let Some(held) = self.store.get_mut(redeem) else { return };
        let taken = std::mem::take(held.rare_mut());
        let (rows, last_seen) = (held.rows, held.last_seen);
        self.remove(redeem);
        let Some(held) = self.store.get_mut(purchase) else { return };
        held.rows = held.rows.saturating_add(rows);
        held.last_seen = held.last_seen.max(last_seen);
        let rare = held.rare_mut();
        rare.redeemed.extend(taken.redeemed);
        rare.raws.extend(taken.raws);
        rare.bad = rare.bad.take().or(taken.bad);
    }

    /// Lets an event go.
    pub(super) fn remove(&mut self, event: u64) {
        let Some(gone) = self.store.remove(event) else { return };
        self.redeems -= usize::from(gone.kind == Kind::Redeem);
        for (table, hash) in [(&mut self.by_receipt, gone.receipt_hash), (&mut self.by_id, gone.id_hash)] {
            if let Some(entry) = hash.and_then(|hash| table.find_entry(hash.get(), |other| *other == event).ok()) {
                entry.remove();
            }
        }
    }
}

fn rehash(store: &Store, event: u64, hash: impl Fn(&Held) -> Option<NonZeroU64>) -> u64 {
    store.get(event).and_then(hash).map_or(0, NonZeroU64::get)
}

/// The hash of a receipt of a kind.
fn with_kind(hash: NonZeroU64, kind: Kind) -> NonZeroU64 {
    let kind = (kind as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    NonZeroU64::new(hash.get() ^ kind).unwrap_or(NonZeroU64::MIN)
}
