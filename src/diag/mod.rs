//! Diagnostics: what is wrong with a rule file, as data.
//!
//! A diagnostic says what was found *and* what was expected, in the words of the language, with the
//! place and with what to type instead. `docs/diagnostics.md` explains each [`Code`] with a program
//! that shows it and the same program repaired.

mod nearest;
mod render;

pub use nearest::{distance, nearest};
pub use render::{Color, render, render_one};

use crate::source::Span;
use serde::{Deserialize, Serialize};

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// The program cannot run.
    Error,
    /// The program runs, but probably does not say what was meant.
    Warning,
}

/// The stable word for a kind of problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Code {
    /// The text does not follow the grammar.
    Syntax,
    /// Brackets or expressions nest deeper than the limit.
    TooDeep,
    /// The file or a rule is larger than the limit.
    TooLarge,
    /// A number that cannot be held: too large, too many decimals, or not whole where it must be.
    InvalidNumber,
    /// A date, a day of the year or a time of day that does not exist.
    InvalidDate,
}

/// Another place that belongs to the problem.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What is there: `first declared here`.
    pub text: String,
}

/// One problem of a rule file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnostic {
    /// Its kind.
    pub code: Code,
    /// How bad it is.
    pub severity: Severity,
    /// One line in lower case without a full stop: found and expected, the user's text in backticks.
    pub message: String,
    /// Where.
    pub span: Span,
    /// Other places.
    pub labels: Vec<Label>,
    /// What to do: `write …`.
    pub help: Option<String>,
}
