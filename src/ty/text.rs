//! Texts as numbers: each different text is kept once and compared as a [`Sym`].

use hashbrown::{DefaultHashBuilder, HashTable};
use std::hash::BuildHasher;
use std::sync::Arc;

/// A text, by its number in [`Texts`]. The numbers follow first sight, so they never order anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Sym(u32);

impl Sym {
    /// The empty text, in every [`Texts`].
    pub const EMPTY: Self = Self(0);
}

/// The texts of one run: of the program and of the data.
#[derive(Debug, Clone)]
pub struct Texts {
    all: Vec<Arc<str>>,
    /// The symbols by the hash of their texts; it is only looked into, so its order never shows.
    index: HashTable<Sym>,
    hasher: DefaultHashBuilder,
}

impl Default for Texts {
    fn default() -> Self {
        let mut texts = Self { all: Vec::new(), index: HashTable::new(), hasher: DefaultHashBuilder::default() };
        texts.intern("");
        texts
    }
}

impl Texts {
    /// The symbol of a text, new or known.
    pub fn intern(&mut self, text: &str) -> Sym {
        let hash = self.hasher.hash_one(text);
        if let Some(known) = self.index.find(hash, |sym| self.text(*sym) == text) {
            return *known;
        }
        let sym = Sym(u32::try_from(self.all.len()).unwrap_or(u32::MAX));
        self.all.push(Arc::from(text));
        let Self { all, index, hasher } = self;
        index.insert_unique(hash, sym, |sym| hasher.hash_one(all.get(sym.0 as usize).map_or("", AsRef::as_ref)));
        sym
    }

    /// The symbol of a text that is already known.
    pub fn find(&self, text: &str) -> Option<Sym> {
        self.index.find(self.hasher.hash_one(text), |sym| self.text(*sym) == text).copied()
    }

    /// How many texts there are.
    pub fn count(&self) -> usize {
        self.all.len()
    }

    /// The texts that came after the first `count`, in the order of their symbols. One who reads rows in a
    /// thread of its own hands them to a copy, whose symbols stay the same.
    pub fn since(&self, count: usize) -> &[Arc<str>] {
        self.all.get(count..).unwrap_or(&[])
    }

    /// Takes over texts that came after those it has, from the one it is a copy of.
    pub fn extend(&mut self, texts: &[Arc<str>]) {
        for text in texts {
            self.intern(text);
        }
    }

    /// All texts, by number.
    pub fn all(&self) -> impl Iterator<Item = &str> {
        self.all.iter().map(AsRef::as_ref)
    }

    /// The text of a symbol.
    pub fn text(&self, sym: Sym) -> &str {
        self.all.get(sym.0 as usize).map_or("", AsRef::as_ref)
    }
}
