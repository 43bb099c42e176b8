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
use std::hash::{Hash, Hasher};
use std::io::Read;

/// What the returns of a history reach. It may say yes where the answer is no, never the reverse: it holds
/// hashes of half a word, four bytes for a return, so that it stays small beside the accounts.
#[derive(Debug, Clone, Default)]
pub struct ReturnsIndex {
    /// Receipts that a return names, and the day of the last such return.
    receipts: HashMap<u64, Day>,
    /// Members with returns that name no receipt.
    members: HashSet<u64>,
    /// Their articles, together with them, and the day of the last such return.
    articles: HashMap<u64, Day>,
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
fn article(member: u64, sku: &str) -> u64 {
    let mut state = Mix::default();
    (member, sku).hash(&mut state);
    state.finish()
}

/// Notes that a return of a day may touch something.
fn note(last: &mut HashMap<u64, Day>, what: u64, day: Day) {
    let day = day.plus_days(DAYS_MORE).unwrap_or(Day::MAX);
    last.entry(what).and_modify(|last| *last = day.max(*last)).or_insert(day);
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
        match kind {
            Kind::Return if !other.is_empty() => {
                note(&mut self.receipts, hash(other), day);
            }
            Kind::Return => {
                let member = hash(member);
                self.members.insert(member);
                for sku in skus.flatten() {
                    note(&mut self.articles, article(member, texts.text(sku)), day);
                }
            }
            Kind::Merge => {
                self.merged.insert(hash(member), hash(other));
            }
            Kind::Join | Kind::Adjust | Kind::Action | Kind::Purchase | Kind::Redeem | Kind::Leave => {}
        }
    }

    /// The last day on which a return of the history may touch this purchase; none where no return does.
    pub fn last_return(&self, event: &Event, texts: &Texts) -> Option<Day> {
        let mut last = None;
        if !event.receipt.is_empty() && !self.receipts.is_empty() {
            last = self.receipts.get(&hash(&event.receipt)).copied();
        }
        if !self.members.is_empty() {
            let mut member = hash(&event.member);
            // An account may have gone up in another more than once; each step is another member.
            for _ in 0..=self.merged.len() {
                if self.members.contains(&member) {
                    let bought = event.lines.iter().filter_map(|line| line.sku);
                    let of = |sku: Sym| self.articles.get(&article(member, texts.text(sku))).copied();
                    last = last.max(bought.filter_map(of).max());
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
