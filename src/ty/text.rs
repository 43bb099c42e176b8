//! Texts as numbers: each different text is kept once and compared as a [`Sym`].

use std::collections::HashMap;
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
    index: HashMap<Arc<str>, Sym>,
}

impl Default for Texts {
    fn default() -> Self {
        let empty: Arc<str> = Arc::from("");
        Self { all: vec![Arc::clone(&empty)], index: HashMap::from([(empty, Sym::EMPTY)]) }
    }
}

impl Texts {
    /// The symbol of a text, new or known.
    pub fn intern(&mut self, text: &str) -> Sym {
        if let Some(known) = self.index.get(text) {
            return *known;
        }
        let sym = Sym(u32::try_from(self.all.len()).unwrap_or(u32::MAX));
        let kept: Arc<str> = Arc::from(text);
        self.all.push(Arc::clone(&kept));
        self.index.insert(kept, sym);
        sym
    }

    /// The symbol of a text that is already known.
    pub fn find(&self, text: &str) -> Option<Sym> {
        self.index.get(text).copied()
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
