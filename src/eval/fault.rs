//! What can go wrong in a run of a checked program: a closed list.

use crate::ty::event::RowPlace;
use crate::value::Overflow;

/// Why an event was not applied. The state is as it was before the event.
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
        "event `{id}` of member `{member}` comes before what was already counted; sort the history, or use `--unsorted`"
    )]
    TooLate {
        /// The event's id.
        id: String,
        /// Whose.
        member: String,
        /// Where it stands.
        place: RowPlace,
    },
    /// The same id with other content.
    #[error("event `{id}` of member `{member}` was already counted with other content; ids must be unique")]
    Conflict {
        /// The event's id.
        id: String,
        /// Whose.
        member: String,
        /// Where the first stands.
        first: RowPlace,
        /// Where this one stands.
        place: RowPlace,
    },
    /// An open account spends more than it has.
    #[error("member `{member}` has {available} of `{unit}` available, not {wanted}")]
    NotCovered {
        /// Whose.
        member: String,
        /// The unit.
        unit: String,
        /// What is available.
        available: crate::value::Amount,
        /// What the event spends.
        wanted: crate::value::Amount,
    },
    /// One day brings more steps than a program can need.
    #[error("one member's midnight brought more than {0} steps; the program's periods are too many")]
    TooManySteps(u32),
    /// A snapshot of another program or another version of the format.
    #[error("the snapshot is of {found}, not of {expected}")]
    OtherSnapshot {
        /// What the snapshot says.
        found: String,
        /// What was expected.
        expected: String,
    },
}

impl From<Overflow> for Fault {
    fn from(_: Overflow) -> Self {
        Self::Overflow
    }
}
