//! The order of events: an event counts once, and never before what was counted.

use super::Fault;
use super::account::{Clock, Recent};
use super::book::{Applied, Book, DAYS_REMEMBERED};
use crate::time::Day;
use crate::ty::event::RowPlace;
use crate::ty::{Event, Line, Texts};
use crate::value::Mix;
use std::collections::VecDeque;
use std::hash::{Hash, Hasher};

impl Book {
    /// Checks the event's place in the order of events; answers if it was counted already.
    pub(super) fn place_in_order(&mut self, at: usize, event: &Event) -> Result<Option<Applied>, Fault> {
        let one_book = self.plan.one_book;
        let Some(account) = self.accounts.get_mut(at) else { return Ok(None) };
        let id = hash_of(&(event.kind, &event.id));
        let content = content_hash(event);
        let named = event.unnamed.is_none();
        if named && let Some(seen) = account.recent.iter().find(|seen| seen.id == id) {
            if seen.content == content {
                return Ok(Some(Applied::AlreadyCounted));
            }
            return Err(Fault::Conflict {
                id: event.id.clone(),
                member: event.member.clone(),
                first: unpacked(seen.place),
                place: event.place,
            });
        }
        // Most events come after the last one by their time alone.
        let late = event.at <= account.clock.at
            && (event.at, event.seq, event.kind, event.unnamed, event.id.as_str())
                <= (
                    account.clock.at,
                    account.clock.seq,
                    account.clock.kind,
                    account.clock.unnamed,
                    account.clock.id.as_str(),
                )
            && account.clock != Clock::default();
        let (book, who) = &self.clock;
        let late_in_book = one_book
            && (event.at, event.seq, event.kind, event.unnamed, event.id.as_str(), event.member.as_str())
                <= (book.at, book.seq, book.kind, book.unnamed, book.id.as_str(), who.as_str())
            && *book != Clock::default();
        if late || late_in_book {
            return Err(Fault::TooLate { id: event.id.clone(), member: event.member.clone(), place: event.place });
        }
        account.clock.at = event.at;
        account.clock.seq = event.seq;
        account.clock.kind = event.kind;
        account.clock.unnamed = event.unnamed;
        account.clock.id.clone_from(&event.id);
        if one_book {
            self.clock.0.clone_from(&account.clock);
            self.clock.1.clone_from(&event.member);
        }
        if named {
            remember(&mut account.recent, event, id, content);
        }
        Ok(None)
    }
}

/// So many ids have room when one has none.
const IDS_AT_ONCE: usize = 8;

/// Remembers an id, and forgets those that are older than ids are remembered.
fn remember(recent: &mut VecDeque<Recent>, event: &Event, id: u64, content: u32) {
    let oldest = event.at.day.plus_days(-DAYS_REMEMBERED).unwrap_or(Day::MIN);
    while recent.front().is_some_and(|seen| seen.day < oldest) {
        recent.pop_front();
    }
    if recent.len() == recent.capacity() {
        // Room for two a week at once, then little by little: there are many members, and few buy every day.
        recent.reserve_exact(IDS_AT_ONCE);
    } else if recent.capacity() > 3 * IDS_AT_ONCE + 3 * recent.len() {
        recent.shrink_to(IDS_AT_ONCE + recent.len());
    }
    recent.push_back(Recent { id, place: packed(event.place), content, day: event.at.day });
}

/// The bits of a place that tell the row; those above tell the file.
const ROW_BITS: u32 = 44;

/// A place in one number; beyond a million files or ten million million rows the message names another.
fn packed(place: RowPlace) -> u64 {
    (u64::from(place.file) << ROW_BITS) | (place.row & ((1 << ROW_BITS) - 1))
}

fn unpacked(place: u64) -> RowPlace {
    RowPlace { file: u32::try_from(place >> ROW_BITS).unwrap_or(0), row: place & ((1 << ROW_BITS) - 1) }
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

pub(super) fn hash_of(value: &impl Hash) -> u64 {
    let mut hasher = Mix::default();
    value.hash(&mut hasher);
    hasher.finish()
}

/// The content of an event, without the place where it stood.
pub(super) fn content_hash(event: &Event) -> u32 {
    let mut hasher = Mix::default();
    (event.at.instant, event.seq, &event.receipt, &event.lines, &event.values).hash(&mut hasher);
    // Most facts say nothing else.
    let rest = (&event.of, &event.redeemed, event.adjusted, event.action, &event.referred_by, &event.into);
    if rest != (&String::new(), &Vec::new(), None, None, &String::new(), &String::new()) {
        rest.hash(&mut hasher);
    }
    // One who bears the same id is told apart by half a word well enough.
    u32::try_from(hasher.finish() >> 32).unwrap_or(0)
}
