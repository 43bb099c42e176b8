//! The order of events: an event counts once, and never before what was counted.

use super::account::Clock;
use super::book::{Applied, Book};
use super::fault::{Conflict, Fault, Misplaced};
use super::recent::Recent;
use crate::ty::{Event, Kind, Line, Seq, Texts};
use crate::value::Mix;
use std::cmp::Ordering;
use std::hash::{Hash, Hasher};

impl Book {
    /// Checks the event's place in the order of events; answers if it was counted already.
    pub(super) fn place_in_order(&mut self, at: usize, event: &Event) -> Result<Option<Applied>, Fault> {
        let one_book = self.plan.one_book;
        let Some(account) = self.accounts.get_mut(at) else { return Ok(None) };
        // A row without an id of its own is known by its place alone, and cannot come twice.
        let named = (!event.unnamed).then(|| (id_hash(event), content_hash(event)));
        if let Some((id, content)) = named
            && let Some(seen) = account.recent.find(id)
        {
            if seen.content == content {
                return Ok(Some(Applied::AlreadyCounted));
            }
            return Err(Fault::Conflict(Box::new(Conflict {
                id: event.id.to_string(),
                member: event.member.to_string(),
                first: seen.place,
                place: event.place,
            })));
        }
        // Most events come after the last one by their time alone.
        let late = event.at <= account.clock.at && !account.clock.is_new() && !account.clock.is_before(event);
        if late || (one_book && self.is_late_in_book(event)) {
            let (id, member) = (event.id.to_string(), event.member.to_string());
            return Err(Fault::TooLate(Box::new(Misplaced { id, member, place: event.place })));
        }
        let Some(account) = self.accounts.get_mut(at) else { return Ok(None) };
        account.clock.set(event);
        if one_book {
            self.clock.0.clone_from(&account.clock);
            self.clock.1.clone_from(&event.member);
        }
        if let Some((id, content)) = named {
            account.recent.remember(Recent { id, content, place: event.place, day: event.at.day });
        }
        Ok(None)
    }
}

impl Book {
    /// Does an event come before one that another member of the book had?
    #[inline(never)]
    fn is_late_in_book(&self, event: &Event) -> bool {
        let (book, who) = &self.clock;
        let order = book.compare(event).then_with(|| who.as_str().cmp(event.member.as_str()));
        order.is_ge() && !book.is_new()
    }
}

impl Clock {
    /// Does an event come after the last one that was counted?
    #[inline(never)]
    fn is_before(&self, event: &Event) -> bool {
        self.compare(event).is_lt()
    }

    /// The order of the last event that was counted and another.
    fn compare(&self, event: &Event) -> Ordering {
        (self.at, self.seq, self.kind, self.unnamed, self.id.as_bytes()).cmp(&(
            event.at,
            event.seq.map(Seq::get),
            event.kind,
            event.place_as_id(),
            event.id.as_bytes(),
        ))
    }

    /// An event is counted.
    #[inline]
    fn set(&mut self, event: &Event) {
        self.at = event.at;
        self.seq = event.seq.map(Seq::get);
        self.kind = event.kind;
        self.unnamed = event.place_as_id();
        self.id.clone_from(&event.id);
    }
}

/// The lines in canonical order; the readers of histories sort them, a host may not.
pub(super) fn in_order<'a>(
    category: Option<usize>,
    texts: &Texts,
    lines: &'a [Line],
    scratch: &'a mut Vec<Line>,
) -> &'a [Line] {
    if lines.len() < 2 {
        return lines;
    }
    let order = |one: &Line, other: &Line| one.order(other, category, texts);
    if lines.is_sorted_by(|one, other| order(one, other).is_le()) {
        return lines;
    }
    scratch.clear();
    scratch.extend_from_slice(lines);
    scratch.sort_by(order);
    scratch
}

/// What tells one fact from another.
fn id_hash(event: &Event) -> u64 {
    let mut mix = Mix::default();
    mix.write_u8(event.kind as u8);
    mix.text(&event.id);
    mix.finish()
}

/// The content of an event, without the place where it stood. In few words, because every event is hashed.
pub(super) fn content_hash(event: &Event) -> u32 {
    let mut mix = Mix::default();
    let word = |number: i64| number.cast_unsigned();
    mix.pair(word(event.at.instant.micros()), event.seq.map_or(0, |seq| word(seq.get()).rotate_left(1) | 1));
    mix.text(&event.receipt);
    mix.pair((event.lines.len() as u64) << 2 | event.discounts as u64, event.values.len() as u64);
    for line in &event.lines {
        let sku = line.sku.map_or(0, |sku| 1 + u64::from(sku.number()));
        let rare = !(line.discount.is_zero() && line.free.is_zero());
        let (sort, first) = line.values.first().map_or((0, 0), |value| value.words());
        let told = (line.values.len() as u64) << 8 | sort << 1 | u64::from(rare);
        mix.pair(word(line.amount.micros()), word(line.quantity.micros()));
        mix.pair(sku << 32 ^ told, first);
        if rare {
            mix.pair(word(line.discount.micros()), word(line.free.micros()));
        }
        line.values.iter().skip(1).for_each(|value| value.hash(&mut mix));
    }
    event.values.iter().for_each(|value| value.hash(&mut mix));
    if !event.redeemed.is_empty() {
        event.redeemed.hash(&mut mix);
    }
    // A purchase says nothing else.
    if event.kind != Kind::Purchase {
        (&event.of, event.adjusted, event.action, &event.referred_by, &event.into).hash(&mut mix);
    }
    // One who bears the same id is told apart by half a word well enough.
    u32::try_from(mix.finish() >> 32).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ty::Redemption;
    use crate::ty::event::{Datum, Discounts};
    use crate::value::Amount;

    #[test]
    fn each_part_of_a_fact_tells_its_content_apart() {
        let one = Amount::ONE;
        let plain = || Event {
            receipt: "r1".into(),
            lines: vec![Line { amount: one, quantity: one, ..Line::default() }],
            values: vec![Datum::Missing],
            ..Event::default()
        };
        let action = || Event { kind: Kind::Action, ..plain() };
        let line = |change: fn(&mut Line)| {
            let mut event = plain();
            event.lines.iter_mut().for_each(change);
            event
        };
        let redeemed = vec![Redemption { unit: 0, points: one, reward: None }];
        let all = [
            plain(),
            action(),
            line(|line| line.amount = Amount::ZERO),
            line(|line| line.quantity = Amount::ZERO),
            line(|line| line.discount = Amount::ONE),
            line(|line| line.free = Amount::ONE),
            line(|line| line.values.push(Datum::Missing)),
            line(|line| line.values.push(Datum::Flag(true))),
            Event { seq: Seq::new(0), ..plain() },
            Event { receipt: "r2".into(), ..plain() },
            Event { lines: Vec::new(), ..plain() },
            Event { values: Vec::new(), ..plain() },
            Event { values: vec![Datum::Number(one)], ..plain() },
            Event { of: "r0".into(), ..action() },
            Event { into: "Bob".into(), ..action() },
            Event { referred_by: "Bob".into(), ..action() },
            Event { action: Some(0), ..action() },
            Event { discounts: Discounts::Told, ..plain() },
            Event { redeemed, ..plain() },
        ];
        for (at, event) in all.iter().enumerate() {
            let same = all.iter().position(|other| content_hash(other) == content_hash(event));
            assert_eq!(same, Some(at), "{event:?}");
        }
    }
}
