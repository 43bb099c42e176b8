//! Looking ahead: a book of many members does not fit the processor's caches, so the accounts of the next
//! events are touched all at once, where the memory can answer many questions at a time.
//!
//! Nothing is changed, so looking ahead can change nothing but the time that a run takes.

use super::account::Account;
use super::book::Book;
use std::hint::black_box;

impl Book {
    /// How many events are best looked at together: enough to keep the memory busy, few enough to stay in cache.
    pub const EVENTS_AHEAD: usize = 32;

    /// Touches what the next events will need; `members` says whose they are.
    pub fn look_ahead<'a>(&self, members: impl Iterator<Item = &'a str>) {
        let mut places = [usize::MAX; Self::EVENTS_AHEAD];
        for (place, member) in places.iter_mut().zip(members) {
            *place = self.names.get(member).copied().unwrap_or(usize::MAX);
        }
        let accounts = || places.iter().filter_map(|place| self.accounts.get(*place));
        black_box(accounts().fold(0, |sum, account| sum ^ touch(account)));
        black_box(accounts().fold(0, |sum, account| sum ^ touch_lists(account)));
    }
}

/// Reads something of each part of an account.
fn touch(account: &Account) -> i64 {
    let day = |day: Option<&Option<crate::time::Day>>| day.copied().flatten().map_or(0, |day| i64::from(day.number()));
    let mut sum = i64::from(account.due.number()) ^ account.clock.at.instant.micros() ^ account.revenue.micros();
    sum ^= day(account.days.first()) ^ day(account.days.last());
    sum ^= account.holdings.first().map_or(0, |holding| holding.balance.micros());
    sum ^= account.holdings.first().and_then(|holding| holding.piles.first()).map_or(0, |pile| pile.debt.micros());
    sum ^= account.standings.first().map_or(0, |standing| i64::from(standing.tier));
    sum ^= account.usage.first().map_or(0, |usage| i64::from(usage.tally.dips()));
    sum ^ account.counters.first().map_or(0, |tally| i64::from(tally.dips())) ^ i64::from(account.receipts.is_empty())
}

/// Reads something of each list that lies apart from its account.
fn touch_lists(account: &Account) -> i64 {
    let mut sum = account.recent.back().map_or(0, |recent| i64::from(recent.day.number()));
    sum ^= account.clock.id.as_bytes().first().map_or(0, |byte| i64::from(*byte));
    if let Some(pile) = account.holdings.first().and_then(|holding| holding.piles.first()) {
        sum = pile.open.iter().fold(sum, |sum, heap| sum ^ heap.amount.micros());
    }
    if let Some(standing) = account.standings.first() {
        sum ^= i64::from(standing.holds.iter().flatten().count() == 0);
    }
    sum ^ account.counters.first().map_or(0, super::tally::Tally::touch)
}
