//! Where events wait: side by side, in the order of their first rows, so that taking one in writes on
//! where the last one ended, and handing one on reads where the one before ended.
//!
//! Events lie in blocks. A block is given back as a whole when none of its events is left. What few
//! events have (spent points, rows that came late, rows kept for the rejects) stands in a [`Rare`].

use super::draft::Draft;
use super::held::{Gone, Held, HeldLine, NO_ACTION, Rare, put_values};
use super::map::kind_name;
use crate::ty::event::{Datum, RowPlace};
use crate::ty::{Event, Kind, Line, Text};
use crate::value::Overflow;
use std::collections::VecDeque;
use std::fmt::Write as _;
use std::num::NonZeroU64;

/// How many events a block holds at most; their numbers start anew in each.
const EVENTS: u64 = 1 << 10;
/// From so many bytes or lines on a block takes no further event.
const FULL: usize = 1 << 20;

/// What is known of an event when its first row has come.
pub(super) struct Known {
    pub(super) first_seen: u64,
    pub(super) stretch: u64,
    pub(super) receipt_hash: Option<NonZeroU64>,
    pub(super) id_hash: Option<NonZeroU64>,
}

#[derive(Default)]
struct Block {
    events: Vec<Held>,
    lines: Vec<HeldLine>,
    line_values: Vec<Datum>,
    values: Vec<Datum>,
    text: String,
    alive: usize,
}

impl Block {
    fn is_full(&self) -> bool {
        self.events.len() as u64 >= EVENTS || self.text.len() >= FULL || self.lines.len() >= FULL
    }

    /// An empty block with room for as much as a full one needed.
    fn like(full: &Self) -> Self {
        let room = |count: usize| count + count / 8;
        Self {
            events: Vec::with_capacity(full.events.len()),
            lines: Vec::with_capacity(room(full.lines.len())),
            line_values: Vec::with_capacity(room(full.line_values.len())),
            values: Vec::with_capacity(room(full.values.len())),
            text: String::with_capacity(room(full.text.len())),
            alive: 0,
        }
    }

    /// Empties the block but keeps its buffers, unless they grew out of all measure.
    fn clear(&mut self) {
        if self.text.capacity() > 2 * FULL || self.lines.capacity() > FULL {
            *self = Self::default();
        }
        self.events.clear();
        self.lines.clear();
        self.line_values.clear();
        self.values.clear();
        self.text.clear();
    }
}

/// The texts of an event.
#[derive(Clone, Copy)]
pub(super) struct HeldTexts<'a> {
    pub(super) member: &'a str,
    pub(super) receipt: &'a str,
    /// Empty where the rows bear none.
    pub(super) id: &'a str,
    /// Of a return or an action the receipt it is about, of a join who referred, of a merge who goes on.
    pub(super) other: &'a str,
}

/// The events that wait.
#[derive(Default)]
pub(super) struct Store {
    blocks: VecDeque<Option<Block>>,
    /// The number of the first of them.
    first: u64,
    spare: Vec<Block>,
}

impl Store {
    fn block(&self, event: u64) -> Option<&Block> {
        let at = usize::try_from((event / EVENTS).checked_sub(self.first)?).ok()?;
        self.blocks.get(at)?.as_ref()
    }

    fn block_mut(&mut self, event: u64) -> Option<&mut Block> {
        let at = usize::try_from((event / EVENTS).checked_sub(self.first)?).ok()?;
        self.blocks.get_mut(at)?.as_mut()
    }

    /// The event of a number, if it is still here.
    pub(super) fn get(&self, event: u64) -> Option<&Held> {
        self.block(event)?.events.get(index(event)).filter(|held| held.alive)
    }

    /// The same, to be changed.
    pub(super) fn get_mut(&mut self, event: u64) -> Option<&mut Held> {
        self.block_mut(event)?.events.get_mut(index(event)).filter(|held| held.alive)
    }

    /// The events that are here, with their numbers.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u64, &Held)> {
        let blocks = (self.first..).zip(&self.blocks).filter_map(|(number, block)| Some((number, block.as_ref()?)));
        let events = blocks.flat_map(|(number, block)| (number * EVENTS..).zip(&block.events));
        events.filter(|(_, held)| held.alive)
    }

    /// Takes an event in with its first row, and gives it a number; numbers only grow.
    pub(super) fn begin(&mut self, draft: &Draft, known: &Known) -> u64 {
        if self.blocks.back().is_none_or(|block| block.as_ref().is_none_or(Block::is_full)) {
            self.open_block();
        }
        let number = self.first + self.blocks.len() as u64 - 1;
        let Some(Some(block)) = self.blocks.back_mut() else { return 0 };
        let event = number * EVENTS + block.events.len() as u64;
        let parts = [&draft.member, &draft.receipt, &draft.id, &draft.other];
        let text = small(block.text.len());
        for part in parts.into_iter().filter(|part| !part.is_empty()) {
            block.text.push_str(part);
        }
        let has_line = u32::from(draft.line.is_some());
        let Known { first_seen, stretch, receipt_hash, id_hash } = *known;
        let held = Held {
            kind: draft.kind,
            alive: true,
            discounts: draft.discounts,
            in_ids: false,
            has_id: draft.has_id,
            aside: false,
            aged: false,
            at: draft.at,
            seq: draft.seq,
            place: draft.place,
            action: draft.action.map_or(NO_ACTION, small),
            text,
            lengths: parts.map(|part| small(part.len())),
            lines: (small(block.lines.len()), has_line),
            line_values: (small(block.line_values.len()), has_line * small(draft.line_values.len())),
            values: (small(block.values.len()), small(draft.values.len())),
            version: 0,
            rows: 1,
            net: draft.net,
            first_seen,
            last_seen: first_seen,
            stretch,
            receipt_hash,
            id_hash,
            rare: (draft.redeemed.is_some() || draft.adjusted.is_some()).then(|| {
                let redeemed = draft.redeemed.into_iter().collect();
                Box::new(Rare { redeemed, adjusted: draft.adjusted, ..Rare::default() })
            }),
        };
        block.events.push(held);
        block.alive += 1;
        put_values(&mut block.values, &draft.values);
        if let Some(line) = draft.line {
            block.lines.push(line);
            put_values(&mut block.line_values, &draft.line_values);
        }
        event
    }

    /// The number of the event that comes next, unless it opens a block.
    pub(super) fn end(&self) -> u64 {
        let last = (self.first + self.blocks.len() as u64).saturating_sub(1);
        last * EVENTS + self.blocks.back().and_then(Option::as_ref).map_or(0, |block| block.events.len() as u64)
    }

    /// The first event that is here from a number on.
    pub(super) fn from(&self, event: u64) -> Option<(u64, &Held)> {
        let (mut number, mut at) = (event / EVENTS, index(event));
        if number < self.first {
            (number, at) = (self.first, 0);
        }
        loop {
            let place = usize::try_from(number - self.first).ok()?;
            if let Some(block) = self.blocks.get(place)? {
                let rest = block.events.get(at..).unwrap_or(&[]);
                if let Some(found) = rest.iter().position(|held| held.alive) {
                    return Some((number * EVENTS + (at + found) as u64, rest.get(found)?));
                }
            }
            (number, at) = (number + 1, 0);
        }
    }

    /// In files that are not sorted by member nobody asks in which stretch an event began.
    pub(super) fn forget_stretches(&mut self) {
        let events = self.blocks.iter_mut().flatten().flat_map(|block| &mut block.events);
        events.for_each(|held| held.stretch = 0);
    }

    fn open_block(&mut self) {
        let last = self.first + self.blocks.len() as u64;
        let before = self.blocks.back().and_then(Option::as_ref);
        let block = self.spare.pop().unwrap_or_else(|| before.map_or_else(Block::default, Block::like));
        self.blocks.push_back(Some(block));
        // The block before may be empty already; as the last one it had to stay.
        if let Some(before) = last.checked_sub(1)
            && self.block(before * EVENTS).is_some_and(|block| block.alive == 0)
        {
            self.give_back(before);
        }
    }

    /// Adds a further row to an event; its line stands beside the others, if they were the last to come.
    /// Answers whether the event became earlier.
    pub(super) fn join(&mut self, event: u64, draft: &mut Draft, last_seen: u64) -> Result<bool, Overflow> {
        let Some(block) = self.block_mut(event) else { return Ok(false) };
        let Some(held) = block.events.get_mut(index(event)) else { return Ok(false) };
        held.net = held.net.plus(draft.net)?;
        held.rows = held.rows.saturating_add(1);
        held.discounts = held.discounts.max(draft.discounts);
        held.last_seen = last_seen;
        if let Some(redeemed) = draft.redeemed {
            held.rare_mut().redeemed.push(redeemed);
        }
        if let Some(raw) = draft.take_raw() {
            held.rare_mut().raws.push(raw);
        }
        let earlier = draft.at < held.at;
        if earlier {
            held.at = draft.at;
        }
        let Some(line) = draft.line else { return Ok(earlier) };
        let ends = (held.lines.0 + held.lines.1) as usize == block.lines.len()
            && (held.line_values.0 + held.line_values.1) as usize == block.line_values.len();
        let late = held.rare.as_ref().is_some_and(|rare| !rare.lines.is_empty());
        if ends && !late && block.lines.len() < 2 * FULL {
            held.lines.1 += 1;
            held.line_values.1 += small(draft.line_values.len());
            block.lines.push(line);
            put_values(&mut block.line_values, &draft.line_values);
        } else {
            held.rare_mut().lines.push((line, draft.line_values.clone()));
        }
        Ok(earlier)
    }

    /// The values of the receipt, or of the action.
    pub(super) fn values_mut(&mut self, event: u64) -> &mut [Datum] {
        let Some(block) = self.block_mut(event) else { return &mut [] };
        let Some((start, count)) = block.events.get(index(event)).map(|held| held.values) else { return &mut [] };
        block.values.get_mut(range(start, count)).unwrap_or(&mut [])
    }

    /// Its texts.
    pub(super) fn texts(&self, event: u64) -> HeldTexts<'_> {
        let none = HeldTexts { member: "", receipt: "", id: "", other: "" };
        let Some(block) = self.block(event) else { return none };
        block.events.get(index(event)).map_or(none, |held| block.texts(held))
    }

    /// Puts its id into a text: the one it bears, or what stands for it.
    pub(super) fn put_id(&self, event: u64, into: &mut Text) {
        let Some(held) = self.get(event) else { return };
        let texts = self.texts(event);
        let id = held.has_id.then_some(texts.id);
        put_id(held.kind, texts.receipt, id, held.place, into);
    }

    /// Copies the event out, into buffers that are used again.
    pub(super) fn copy_out(&self, number: u64, event: &mut Event, spare: &mut Vec<Line>) {
        let Some(block) = self.block(number) else { return };
        let Some(held) = block.events.get(index(number)) else { return };
        let texts = block.texts(held);
        (event.kind, event.at, event.seq, event.place) = (held.kind, held.at, held.seq, held.place);
        event.discounts = held.discounts;
        event.unnamed = held.unnamed().is_some();
        event.action = (held.action != NO_ACTION).then_some(held.action as usize);
        let of = if matches!(held.kind, Kind::Return | Kind::Action) { texts.other } else { "" };
        let referred_by = if held.kind == Kind::Join { texts.other } else { "" };
        let into = if matches!(held.kind, Kind::Merge | Kind::Redeem) { texts.other } else { "" };
        put_text(&mut event.member, texts.member);
        put_text(&mut event.receipt, texts.receipt);
        put_text(&mut event.of, of);
        put_text(&mut event.referred_by, referred_by);
        put_text(&mut event.into, into);
        event.id.clear();
        put_id(held.kind, texts.receipt, held.has_id.then_some(texts.id), held.place, &mut event.id);
        event.values.clear();
        put_values(&mut event.values, block.values.get(range(held.values.0, held.values.1)).unwrap_or(&[]));
        event.redeemed.clear();
        event.adjusted = None;
        block.copy_lines(held, event, spare);
        let Some(rare) = &held.rare else { return };
        event.redeemed.extend_from_slice(&rare.redeemed);
        event.adjusted = rare.adjusted;
        for (from, values) in &rare.lines {
            let mut line = spare.pop().unwrap_or_default();
            from.copy_out(values, &mut line);
            event.lines.push(line);
        }
    }

    /// Lets an event go, and tells where else it was known.
    pub(super) fn remove(&mut self, event: u64) -> Option<Gone> {
        let block = self.block_mut(event)?;
        let held = block.events.get_mut(index(event)).filter(|held| held.alive)?;
        held.alive = false;
        if held.rare.is_some() {
            held.rare = None;
        }
        let id_hash = held.id_hash.filter(|_| held.in_ids);
        let gone = Gone { kind: held.kind, receipt_hash: held.receipt_hash, id_hash };
        block.alive -= 1;
        let (empty, last) = (block.alive == 0, self.first + self.blocks.len() as u64 - 1);
        if empty && event / EVENTS != last {
            self.give_back(event / EVENTS);
        }
        Some(gone)
    }

    fn give_back(&mut self, number: u64) {
        let at = number.checked_sub(self.first).and_then(|at| usize::try_from(at).ok());
        if let Some(mut block) = at.and_then(|at| self.blocks.get_mut(at)).and_then(Option::take) {
            block.clear();
            self.spare.push(block);
        }
        while let Some(None) = self.blocks.front() {
            self.blocks.pop_front();
            self.first += 1;
        }
    }
}

impl Block {
    fn texts(&self, held: &Held) -> HeldTexts<'_> {
        let [member, receipt, id, other] = held.lengths;
        let mut start = held.text;
        let mut next = |length: u32| {
            let text = self.text.get(range(start, length)).unwrap_or("");
            start = start.saturating_add(length);
            text
        };
        HeldTexts { member: next(member), receipt: next(receipt), id: next(id), other: next(other) }
    }

    fn copy_lines(&self, held: &Held, event: &mut Event, spare: &mut Vec<Line>) {
        let lines = self.lines.get(range(held.lines.0, held.lines.1)).unwrap_or(&[]);
        let mut values = self.line_values.get(range(held.line_values.0, held.line_values.1)).unwrap_or(&[]);
        let width = values.len().checked_div(lines.len()).unwrap_or(0);
        if event.lines.len() > lines.len() {
            spare.extend(event.lines.drain(lines.len()..));
        }
        while event.lines.len() < lines.len() {
            event.lines.push(spare.pop().unwrap_or_default());
        }
        for (to, from) in event.lines.iter_mut().zip(lines) {
            let (own, rest) = values.split_at_checked(width).unwrap_or_default();
            from.copy_out(own, to);
            values = rest;
        }
    }
}

/// The id that an event bears, or what stands for it: kind and receipt, or its place.
pub(super) fn put_id(kind: Kind, receipt: &str, id: Option<&str>, place: RowPlace, into: &mut Text) {
    match id {
        Some(id) => into.push_str(id),
        None if receipt.is_empty() => {
            // Writing to a text cannot fail.
            let _ = write!(into, "{}:{}", place.file, place.row);
        }
        None => {
            into.push_str(kind_name(kind));
            into.push(' ');
            into.push_str(receipt);
        }
    }
}

fn put_text(into: &mut Text, text: &str) {
    into.clear();
    if !text.is_empty() {
        into.push_str(text);
    }
}

/// The place of an event in its block.
const fn index(event: u64) -> usize {
    (event % EVENTS) as usize
}

/// A place in a block, which takes nothing more long before it outgrows the number.
fn small(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

fn range(start: u32, count: u32) -> std::ops::Range<usize> {
    start as usize..start as usize + count as usize
}
