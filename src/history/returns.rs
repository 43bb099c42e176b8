//! Which receipts a later return touches, found in a quick pass over the rows before a replay, so that
//! the replay need not keep what it takes to work every other receipt out again.

use super::decode::Context;
use super::draft::Draft;
use super::error::HistoryError;
use super::file::{Format, HistoryFile, Step};
use super::map::Map;
use super::reader::BadRows;
use crate::time::Zone;
use crate::ty::{Event, Kind, Schema, Sym, Texts};
use crate::value::Mix;
use hashbrown::{HashMap, HashSet};
use std::hash::{Hash, Hasher};
use std::io::Read;

/// What the returns of a history reach. It may say yes where the answer is no, never the reverse: it holds
/// hashes of half a word, four bytes for a return, so that it stays small beside the accounts.
#[derive(Debug, Clone, Default)]
pub struct ReturnsIndex {
    /// Receipts that a return names.
    receipts: HashSet<u32>,
    /// Members with returns that name no receipt, and each with a sku that came back so.
    members: HashSet<u32>,
    skus: HashSet<u32>,
    /// Accounts that went up in others.
    merged: HashMap<u64, u64>,
}

fn hash(text: &str) -> u64 {
    let mut state = Mix::default();
    text.hash(&mut state);
    state.finish()
}

fn hash_with(member: u64, sku: &str) -> u32 {
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
                    draft.kind,
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
        self.note_fact(event.kind, &event.member, other, event.lines.iter().map(|line| line.sku), texts);
    }

    /// Notes a fact; `other` is the receipt that a return is of, or the account that a merge goes up in.
    fn note_fact(
        &mut self,
        kind: Kind,
        member: &str,
        other: &str,
        skus: impl Iterator<Item = Option<Sym>>,
        texts: &Texts,
    ) {
        match kind {
            Kind::Return if !other.is_empty() => {
                self.receipts.insert(half(hash(other)));
            }
            Kind::Return => {
                let member = hash(member);
                self.members.insert(half(member));
                self.skus.extend(skus.flatten().map(|sku| hash_with(member, texts.text(sku))));
            }
            Kind::Merge => {
                self.merged.insert(hash(member), hash(other));
            }
            Kind::Join | Kind::Adjust | Kind::Action | Kind::Purchase | Kind::Redeem | Kind::Leave => {}
        }
    }

    /// May a return of the history touch this purchase?
    pub fn touches(&self, event: &Event, texts: &Texts) -> bool {
        if !event.receipt.is_empty() && self.receipts.contains(&half(hash(&event.receipt))) {
            return true;
        }
        if self.members.is_empty() {
            return false;
        }
        let mut member = hash(&event.member);
        // An account may have gone up in another more than once; each step is another member.
        for _ in 0..=self.merged.len() {
            let mut bought = event.lines.iter().filter_map(|line| line.sku);
            if self.members.contains(&half(member))
                && bought.any(|sku| self.skus.contains(&hash_with(member, texts.text(sku))))
            {
                return true;
            }
            match self.merged.get(&member) {
                Some(into) => member = *into,
                None => return false,
            }
        }
        false
    }
}
