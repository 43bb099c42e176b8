//! What can go wrong in a run of a checked program: a closed list.

use crate::ty::event::RowPlace;
use crate::value::{Amount, Overflow};

/// Why an event was not applied.
///
/// An open book (`BookOptions::strict`) is as it was before the event, whatever the fault, and goes on. A book that
/// replays a history is so after an event out of its order or in conflict with another; any other fault comes in the
/// middle of an event, and stops it: every later event is answered with the same fault.
///
/// It is two words, so that each step of the evaluator can hand it on in registers.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// A number grew beyond what can be held exactly.
    #[error("a number grew beyond what can be held exactly (about 9.2 million million); check amounts and rates")]
    Overflow,
    /// A date left the years 1900 to 2200.
    #[error("a date left the years 1900 to 2200; check dates and periods")]
    DateOutOfRange,
    /// An event comes before what was already counted.
    #[error(
        "event `{}` of member `{}` comes before what was already counted; sort the history, or use `--unsorted`",
        .0.id,
        .0.member
    )]
    TooLate(Box<Misplaced>),
    /// The same id with other content.
    #[error("event `{}` of member `{}` was already counted with other content; ids must be unique", .0.id, .0.member)]
    Conflict(Box<Conflict>),
    /// An open account spends more than it has.
    #[error("member `{}` has {} of `{}` available, not {}", .0.member, .0.available, .0.unit, .0.wanted)]
    NotCovered(Box<NotCovered>),
    /// A program that continues another and does not know, or cannot know, what the other's book holds.
    #[error(
        "this program and the snapshot of the one that it continues differ in {0}; let it say until the day of the \
         change what that one said, or replay the history"
    )]
    NotContinued(Box<String>),
    /// One day brings more steps than a program can need.
    #[error("one member's midnight brought more than {0} steps; the program's periods are too many")]
    TooManySteps(u32),
    /// A snapshot of another program or another version of the format.
    #[error("the snapshot is of {}, not of {}", .0.found, .0.expected)]
    OtherSnapshot(Box<OtherSnapshot>),
}

/// An event out of order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misplaced {
    /// The event's id.
    pub id: String,
    /// Whose.
    pub member: String,
    /// Where it stands.
    pub place: RowPlace,
}

/// Two events of one id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// The events' id.
    pub id: String,
    /// Whose.
    pub member: String,
    /// Where the first stands.
    pub first: RowPlace,
    /// Where the other stands.
    pub place: RowPlace,
}

/// More was to be spent than there is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotCovered {
    /// Whose.
    pub member: String,
    /// The unit.
    pub unit: String,
    /// What is available.
    pub available: Amount,
    /// What the event spends.
    pub wanted: Amount,
}

/// A snapshot that does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherSnapshot {
    /// What the snapshot says.
    pub found: String,
    /// What was expected.
    pub expected: String,
}

impl Fault {
    /// What is missing where a program continues another.
    pub(super) fn unknown(what: &str) -> Self {
        Self::NotContinued(Box::new(what.to_owned()))
    }
}

impl From<Overflow> for Fault {
    fn from(_: Overflow) -> Self {
        Self::Overflow
    }
}
