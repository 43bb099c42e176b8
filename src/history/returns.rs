//! Which receipts a later return touches, and how long, found in a quick pass over the rows before a replay, so
//! that the replay need not keep what it takes to work every other receipt out again.

use super::decode::Context;
use super::draft::Draft;
use super::error::HistoryError;
use super::file::{Format, HistoryFile, Step};
use super::map::Map;
use super::reader::BadRows;
use crate::time::{Day, Zone};
use crate::ty::{Event, Kind, Schema, Sym, Texts};
use crate::value::Mix;
use hashbrown::{HashMap, HashSet};
use smallvec::SmallVec;
use std::hash::{Hash, Hasher};
use std::io::Read;

/// What the returns of a history reach. It may say yes where the answer is no, never the reverse: it holds
/// hashes of half a word, so that it stays small beside the accounts.
#[derive(Debug, Clone, Default)]
pub struct ReturnsIndex {
    /// Receipts that a return names, and the day of the last such return.
    receipts: HashMap<u32, Day>,
    /// Members with returns that name no receipt.
    members: HashSet<u32>,
    /// Their articles, together with them, and the days of such returns.
    articles: HashMap<u32, SmallVec<[Day; 2]>>,
    /// Accounts that went up in others.
    merged: HashMap<u64, u64>,
}

/// The pass does not ask for the zone of the programme, whose day may be the next one.
const DAYS_MORE: i64 = 2;

fn hash(text: &str) -> u64 {
    let mut state = Mix::default();
    text.hash(&mut state);
    state.finish()
}

/// An article of a member.
fn article(member: u64, sku: &str) -> u32 {
    let mut state = Mix::default();
    (member, sku).hash(&mut state);
    half(state.finish())
}

const fn half(hash: u64) -> u32 {
    (hash >> 32) as u32
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
                let last = self.receipts.entry(half(hash(other))).or_insert(day);
                *last = day.max(*last);
            }
            Kind::Return => {
                let member = hash(member);
                self.members.insert(half(member));
                for sku in skus.flatten() {
                    self.articles.entry(article(member, texts.text(sku))).or_default().push(day);
                }
            }
            Kind::Merge => {
                self.merged.insert(hash(member), hash(other));
            }
            Kind::Join | Kind::Adjust | Kind::Action | Kind::Purchase | Kind::Redeem | Kind::Leave => {}
        }
    }

    /// The last day on which a return of the history may touch this purchase; none where no return does. `within` is
    /// the last day on which an article finds it; a return that names it is told that it comes too late.
    pub fn last_return(&self, event: &Event, texts: &Texts, within: Day) -> Option<Day> {
        let mut last = None;
        if !event.receipt.is_empty() && !self.receipts.is_empty() {
            last = self.receipts.get(&half(hash(&event.receipt))).copied();
        }
        if !self.members.is_empty() {
            let within = within.plus_days(DAYS_MORE).unwrap_or(Day::MAX);
            let mut member = hash(&event.member);
            // An account may have gone up in another more than once; each step is another member.
            for _ in 0..=self.merged.len() {
                if self.members.contains(&half(member)) {
                    for sku in event.lines.iter().filter_map(|line| line.sku) {
                        let days = self.articles.get(&article(member, texts.text(sku)));
                        last = last.max(days.into_iter().flatten().copied().filter(|day| *day <= within).max());
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
