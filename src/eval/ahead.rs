//! Looking ahead: a book of many members does not fit the processor's caches, so the accounts of the next
//! events are touched all at once, where the memory can answer many questions at a time.
//!
//! Nothing but where they were found is noted, so looking ahead can change nothing but the time that a run takes.

use super::account::Account;
use super::book::Book;
use crate::ty::Event;
use std::hint::black_box;

impl Book {
    /// How many events are best looked at together: enough to keep the memory busy, few enough to stay in cache.
    pub const EVENTS_AHEAD: usize = 16;

    /// Touches the next events and what they will need. It may be told none where it was told so many before.
    pub fn look_ahead<'e>(&self, events: impl Iterator<Item = &'e Event> + Clone) {
        if events.clone().next().is_none() {
            return;
        }
        black_box(events.clone().fold(0, |sum, event| sum ^ touch_event(event)));
        black_box(events.clone().fold(0, |sum, event| sum ^ touch_lines(event)));
        let mut found = Upcoming::default();
        for (place, event) in found.places.iter_mut().zip(events) {
            *place = self.names.likely(&event.member).unwrap_or(usize::MAX);
        }
        touch_all(&self.accounts, found.places.into_iter());
        self.upcoming.set(found);
    }

    /// The account of the next event, where looking ahead found it.
    pub(super) fn next_found(&mut self, member: &str) -> Option<usize> {
        let found = self.upcoming.get_mut();
        let place = found.places.get(found.next).copied()?;
        found.next += 1;
        // Whoever applies other events than were looked at gets what is looked up.
        let account = self.accounts.get(place).filter(|account| *account.name == *member)?;
        Some(if account.merged_into.is_some() { self.last_of(place) } else { place })
    }
}

/// Where the accounts of the next events lie.
#[derive(Debug, Clone, Copy)]
pub(super) struct Upcoming {
    places: [usize; Book::EVENTS_AHEAD],
    next: usize,
}

impl Default for Upcoming {
    fn default() -> Self {
        Self { places: [usize::MAX; Book::EVENTS_AHEAD], next: 0 }
    }
}

/// Reads something of each line of memory that a purchase needs of an event.
fn touch_event(event: &Event) -> i64 {
    event.at.instant.micros() ^ i64::from(event.receipt.is_empty() ^ event.redeemed.is_empty())
}

/// Reads something of each line of a receipt; they lie apart from the event.
fn touch_lines(event: &Event) -> i64 {
    event.lines.iter().fold(0, |sum, line| sum ^ line.amount.micros())
}

/// Touches accounts: first what lies with them, then what they point to.
pub(super) fn touch_all(accounts: &[Account], places: impl Iterator<Item = usize> + Clone) {
    let meant = places.filter_map(|place| accounts.get(place));
    black_box(meant.clone().fold(0, |sum, account| sum ^ touch(account)));
    black_box(meant.fold(0, |sum, account| sum ^ touch_lists(account)));
}

/// Reads something of each part of an account that a purchase needs.
fn touch(account: &Account) -> i64 {
    let mut sum = account.clock.at.instant.micros() ^ account.revenue.micros() ^ i64::from(account.due.number());
    sum ^= account.name.as_bytes().first().map_or(0, |byte| i64::from(*byte));
    sum ^= i64::from(account.receipts.is_empty()) ^ i64::from(account.days.is_empty());
    sum ^= account.standings.first().map_or(0, |standing| i64::from(standing.tier));
    sum ^= account.counters.first().map_or(0, |tally| i64::from(tally.dips()));
    if let Some(pile) = account.holdings.first().and_then(|holding| holding.piles.first()) {
        sum ^= pile.debt.micros() ^ i64::from(pile.open.is_empty()) ^ i64::from(pile.repaid.is_empty());
    }
    sum
}

/// Reads something of each list that lies apart from its account.
fn touch_lists(account: &Account) -> i64 {
    let mut sum = account.recent.touch() ^ account.counters.first().map_or(0, super::tally::Tally::touch);
    if let Some(pile) = account.holdings.first().and_then(|holding| holding.piles.first()) {
        // Two heaps lie on a line of memory.
        sum = pile.open.iter().step_by(2).fold(sum, |sum, heap| sum ^ heap.amount.micros());
    }
    sum
}
