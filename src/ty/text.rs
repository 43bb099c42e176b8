//! Texts as numbers: each different text is kept once and compared as a [`Sym`].

use hashbrown::{DefaultHashBuilder, HashTable};
use std::cmp::Ordering;
use std::hash::BuildHasher;
use std::sync::Arc;

/// A text, by its number in [`Texts`]. The numbers follow first sight, so they never order anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Sym(u32);

impl Sym {
    /// The empty text, in every [`Texts`].
    pub const EMPTY: Self = Self(0);

    /// The number.
    pub const fn number(self) -> u32 {
        self.0
    }
}

/// The texts of one run: of the program and of the data.
#[derive(Debug, Clone)]
pub struct Texts {
    all: Vec<Arc<str>>,
    /// The first eight bytes of each, so that most are told apart without looking at them.
    begins: Vec<u64>,
    /// The symbols by the hash of their texts; it is only looked into, so its order never shows.
    index: HashTable<Sym>,
    hasher: DefaultHashBuilder,
}

impl Default for Texts {
    fn default() -> Self {
        let mut texts = Self {
            all: Vec::new(),
            begins: Vec::new(),
            index: HashTable::new(),
            hasher: DefaultHashBuilder::default(),
        };
        texts.intern("");
        texts
    }
}

/// The first bytes of a text as a number that is ordered as they are.
pub(crate) fn beginning(text: &str) -> u64 {
    let bytes = text.bytes().chain(std::iter::repeat(0)).take(8);
    bytes.fold(0, |number, byte| number << 8 | u64::from(byte))
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
        self.begins.push(beginning(text));
        let Self { all, index, hasher, .. } = self;
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
    /// thread of its own hands them to others, who learn them in a [`Translation`].
    pub fn since(&self, count: usize) -> &[Arc<str>] {
        self.all.get(count..).unwrap_or(&[])
    }

    /// All texts, by number.
    pub fn all(&self) -> impl Iterator<Item = &str> {
        self.all.iter().map(AsRef::as_ref)
    }

    /// The order of two texts, by code point.
    pub fn compare(&self, left: Sym, right: Sym) -> Ordering {
        if left == right {
            return Ordering::Equal;
        }
        let begins = |sym: Sym| self.begins.get(sym.0 as usize).copied().unwrap_or(0);
        begins(left).cmp(&begins(right)).then_with(|| self.text(left).cmp(self.text(right)))
    }

    /// The text of a symbol.
    pub fn text(&self, sym: Sym) -> &str {
        self.all.get(sym.0 as usize).map_or("", AsRef::as_ref)
    }
}

/// The symbols of one [`Texts`] in another.
///
/// ```
/// use earnest::ty::{Texts, Translation};
/// let (mut theirs, mut ours) = (Texts::default(), Texts::default());
/// let (tea, _) = (theirs.intern("tea"), ours.intern("cakes"));
/// let mut translation = Translation::default();
/// translation.learn(theirs.since(0), &mut ours);
/// assert_eq!(ours.text(translation.of(tea)), "tea");
/// ```
#[derive(Debug, Clone, Default)]
pub struct Translation {
    symbols: Vec<Sym>,
    /// How many symbols are not the same in both.
    changed: usize,
}

impl Translation {
    /// Learns further texts, in the order of their symbols.
    pub fn learn(&mut self, texts: &[Arc<str>], ours: &mut Texts) {
        for text in texts {
            let sym = ours.intern(text);
            self.changed += usize::from(sym.0 as usize != self.symbols.len());
            self.symbols.push(sym);
        }
    }

    /// Our symbol for one of theirs.
    pub fn of(&self, sym: Sym) -> Sym {
        self.symbols.get(sym.0 as usize).copied().unwrap_or(Sym::EMPTY)
    }

    /// Are all symbols the same?
    pub fn changes_nothing(&self) -> bool {
        self.changed == 0
    }
}
