//! A program in plain words: the terms as members read them, in any language that has a file of messages.
//!
//! [`describe`] walks the tree, where names stand as they are written, and makes a [`Description`]: a part for each
//! declaration, a clause for each thing it says, tables where a table says it best. `give 5% of spend as beans` is the
//! clause "You receive: 5% of the purchase amount as beans". Every text comes from `locales/LANGUAGE/words.ftl`; the
//! code only says which message stands where. [`differences`] compares two programs by these words.
//!
//! Texts are put in the nominative, or in the genitive after a few words (`Case`); where the grammar of a
//! language would ask for more, its messages word around it, because names and nouns of a program cannot be declined.

/// A message with its values: `say!(self, "per-item", amount = text)`.
macro_rules! say {
    ($teller:expr, $key:literal $(, $name:ident = $value:expr)* $(,)?) => {
        $teller.language.say($key, &[$((stringify!($name), crate::words::language::Said::from($value))),*])
    };
}

mod condition;
mod diff;
mod due;
mod effect;
mod example;
mod expr;
mod glossary;
mod group;
mod language;
mod limit;
mod literal;
mod markdown;
mod measure;
mod names;
mod normal;
mod page;
mod period;
mod program;
mod reward;
mod rule;
mod scenario;
mod teller;
mod tiers;
mod unit;

pub use diff::{Change, Differences, What, differences};
pub use effect::{Effect, Figure, Measured};
pub use language::{Language, LanguageError};
pub use page::{Chapter, Clause, Description, Kind, Part, Table};

use crate::syntax::ast::File;
use teller::Teller;

/// What stands in a description beside the terms themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Examples {
    /// The examples of the file as well.
    Told,
    /// The terms alone.
    Left,
}

/// The terms of a program that was checked without errors, in words.
pub fn describe(file: &File, language: &Language, examples: Examples) -> Description {
    let names = names::Names::of(file);
    Teller::new(&names, language, teller::Values::Shown).description(file, examples)
}
