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
    /// A name that is declared nowhere.
    UnknownName,
    /// Two things of one name, or one thing in two places.
    DuplicateName,
    /// A name that means more than one thing here.
    AmbiguousName,
    /// A name of another kind of thing than expected.
    WrongKind,
    /// Something must be declared: the program, its currency, the birthday.
    MissingDeclaration,
    /// Something must be said here and is not.
    MissingValue,
    /// A value of another type than expected: a text for a number.
    TypeMismatch,
    /// A number of another unit than expected: beans for money.
    UnitMismatch,
    /// `5%` without `of …`.
    PercentWithoutOf,
    /// Money as a unit that is worth none.
    NoWorth,
    /// A condition on the whole receipt after `where`.
    SayIf,
    /// A condition on lines after `if`.
    SayWhere,
    /// An attribute that may be missing, read as if it were always there.
    MayBeMissing,
    /// A thing that cannot be read or said at this place.
    NotHere,
    /// Days or times that hold no moment, or stand in the wrong order.
    ImpossibleDates,
    /// Hours or minutes where whole days are counted.
    BadDuration,
    /// A clause that stands twice.
    RepeatedClause,
    /// A rule that gives nothing.
    EmptyRule,
    /// A limit in another unit than what it limits.
    LimitUnit,
    /// A table whose rows do not go together.
    BadTable,
    /// Declarations that need each other.
    Circle,
    /// Units that never expire.
    NeverExpires,
    /// A declaration that nobody reads.
    Unread,
    /// A tier with a bound not above that of the tier below.
    TiersNotRising,
    /// A row of a table that never applies.
    UnreachableRow,
    /// A clause that changes nothing.
    NoEffect,
    /// A rule that no purchase sets off.
    NeverApplies,
    /// A rule of a group to which another leaves nothing.
    Shadowed,
    /// A tier that nobody can hold.
    NeverHeld,
    /// A condition that never holds, or never beside another.
    NeverHolds,
    /// A condition that always holds.
    AlwaysHolds,
    /// A rate above what is paid.
    MoreThanPaid,
    /// Units for what members do freely, as often as they like.
    NoLimit,
    /// What one does and undoes, or turns round, and has more than before.
    MoneyCircle,
    /// Amounts between the bounds of two rules.
    BoundsGap,
    /// An amount in the bounds of two rules.
    BoundsOverlap,
    /// Days between two seasons that were meant to meet, or moments that a period leaves out.
    DatesGap,
    /// Days of two seasons that look alike, which add up.
    DatesOverlap,
    /// A member whom an example describes and to whom nothing happens in it.
    UnusedMember,
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
    /// An example block that shows it, and runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shown: Option<String>,
}
