//! Which receipts a later return touches, and how long, found in a quick pass over the rows before a replay, so
//! that the replay need not keep what it takes to work every other receipt out again.

use super::decode::Context;
use super::draft::Draft;
use super::error::HistoryError;
use super::file::{Format, HistoryFile, Step};
use super::halves::Halves;
use super::map::Map;
use super::reader::BadRows;
use crate::time::{Day, Zone};
use crate::ty::{Event, Kind, Schema, Sym, Texts};
use crate::value::Mix;
use hashbrown::HashMap;
use std::hash::{Hash, Hasher};
use std::io::Read;

/// What the returns of a history reach. It may say yes where the answer is no, never the reverse: it holds
/// hashes of half a word, so that it stays small beside the accounts.
#[derive(Debug, Clone, Default)]
pub struct ReturnsIndex {
    /// Receipts that a return names, and the day of the last such return.
    receipts: Halves<Day>,
    /// Members with returns that name no receipt, and the days of the first and the last of these.
    members: Halves<(Day, Day)>,
    /// Their articles, together with them, and the day of each such return, by its number.
    articles: Halves<Day>,
    /// Accounts that went up in others.
    merged: HashMap<u64, u64>,
    /// A bit for each receipt, member and article above: most purchases are told with a look at it.
    sieve: Vec<u64>,
}

/// So many bits of a hash choose a bit of the sieve, which has 64 KiB: as much as stays near the processor.
const SIEVE_BITS: u32 = 19;

/// The pass does not ask for the zone of the programme, whose day may be the next one.
const DAYS_MORE: i64 = 2;

fn hash(text: &str) -> u64 {
    let mut state = Mix::default();
    state.text(text);
    state.finish()
}

fn hash_of(value: &impl Hash) -> u64 {
    let mut state = Mix::default();
    value.hash(&mut state);
    state.finish()
}

/// The returns of an article by a member, the first, second … one.
fn articles(member: u64, sku: &str) -> impl Iterator<Item = u32> {
    let mut of = Mix::default();
    of.write_u64(member);
    of.text(sku);
    let of = of.finish();
    (0_u64..).map(move |number| half(hash_of(&(of, number))))
}

const fn half(hash: u64) -> u32 {
    (hash >> 32) as u32
}

/// The word of the sieve and the bit in it that a hash chooses.
const fn sieved(hash: u32) -> (usize, u64) {
    let place = hash >> (u32::BITS - SIEVE_BITS);
    (place as usize / 64, 1 << (place % 64))
}

impl ReturnsIndex {
    /// Reads the returns and merges of a file; rows that cannot be read are left to the replay to name.
    pub fn scan(
        &mut self,
        name: &str,
        reader: impl Read + 'static,
        format: Format,
        map: &Map,
    ) -> Result<(), HistoryError> {
        let context = Context { schema: Schema::default(), zone: Zone::utc(), map: map.clone() };
        let mut file = HistoryFile::open(name, 1, Box::new(reader), format, &context)?;
        let (mut texts, mut draft) = (Texts::default(), Draft::default());
        if !file.only(&[Kind::Return, Kind::Merge]) {
            return Ok(());
        }
        loop {
            match file.step(&context, &mut texts, &mut draft, BadRows::Skip)? {
                Step::End => return Ok(()),
                Step::Bad(_) => {}
                Step::Row => self.note_fact(
                    (draft.kind, draft.at.day),
                    &draft.member,
                    &draft.other,
                    draft.line.iter().map(|line| line.sku),
                    &texts,
                ),
            }
        }
    }

    /// Notes an event, for hosts that have no files.
    pub fn note(&mut self, event: &Event, texts: &Texts) {
        let other = if event.kind == Kind::Merge { &event.into } else { &event.of };
        self.note_fact(
            (event.kind, event.at.day),
            &event.member,
            other,
            event.lines.iter().map(|line| line.sku),
            texts,
        );
    }

    /// Notes a fact; `other` is the receipt that a return is of, or the account that a merge goes up in.
    fn note_fact(
        &mut self,
        (kind, day): (Kind, Day),
        member: &str,
        other: &str,
        skus: impl Iterator<Item = Option<Sym>>,
        texts: &Texts,
    ) {
        let day = day.plus_days(DAYS_MORE).unwrap_or(Day::MAX);
        match kind {
            Kind::Return if !other.is_empty() => {
                self.mark(half(hash(other)));
                if let Some(last) = self.receipts.get_or_insert(half(hash(other)), day) {
                    *last = day.max(*last);
                }
            }
            Kind::Return => {
                let member = hash(member);
                self.mark(half(member));
                if let Some((first, last)) = self.members.get_or_insert(half(member), (day, day)) {
                    (*first, *last) = (day.min(*first), day.max(*last));
                }
                for sku in skus.flatten() {
                    let free = articles(member, texts.text(sku)).find(|place| self.articles.get(*place).is_none());
                    if let Some(place) = free {
                        self.mark(place);
                        self.articles.get_or_insert(place, day);
                    }
                }
            }
            Kind::Merge => {
                self.merged.insert(hash(member), hash(other));
            }
            Kind::Join | Kind::Adjust | Kind::Action | Kind::Purchase | Kind::Redeem | Kind::Leave => {}
        }
    }

    fn mark(&mut self, hash: u32) {
        let (word, bit) = sieved(hash);
        if self.sieve.is_empty() {
            self.sieve.resize(1 << (SIEVE_BITS - 6), 0);
        }
        if let Some(word) = self.sieve.get_mut(word) {
            *word |= bit;
        }
    }

    /// May a receipt or member be among those above?
    fn may_have(&self, hash: u32) -> bool {
        let (word, bit) = sieved(hash);
        self.sieve.get(word).is_some_and(|word| word & bit != 0)
    }

    /// The last day on which a return of the history may touch this purchase; none where no return does. `within` is
    /// the last day on which an article finds it; a return that names it is told that it comes too late.
    pub fn last_return(&self, event: &Event, texts: &Texts, within: Day) -> Option<Day> {
        let mut last = None;
        let receipt = half(hash(&event.receipt));
        if !event.receipt.is_empty() && self.may_have(receipt) {
            last = self.receipts.get(receipt).copied();
        }
        if !self.members.is_empty() {
            let within = within.plus_days(DAYS_MORE).unwrap_or(Day::MAX);
            let mut member = hash(&event.member);
            // An account may have gone up in another more than once; each step is another member.
            for _ in 0..=self.merged.len() {
                let returned = if self.may_have(half(member)) { self.members.get(half(member)) } else { None };
                if returned.is_some_and(|(first, last)| *first <= within && *last >= event.at.day) {
                    for sku in event.lines.iter().filter_map(|line| line.sku) {
                        let days = articles(member, texts.text(sku)).take_while(|place| self.may_have(*place));
                        let days = days.map_while(|place| self.articles.get(place));
                        last = last.max(days.copied().filter(|day| *day <= within).max());
                    }
                }
                match self.merged.get(&member) {
                    Some(into) => member = *into,
                    None => break,
                }
            }
        }
        last.filter(|last| *last >= event.at.day)
    }
}
