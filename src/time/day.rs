//! A local day, an instant, a time of day, and a moment that is all three.

use serde::{Deserialize, Serialize};

/// A local day, counted from 1970-01-01; years 1900 to 2200.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Day(i32);

/// An instant, in microseconds from 1970-01-01 UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Instant(i64);

/// A time of day, in seconds from midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TimeOfDay(u32);

/// When something happens: the instant, and the day and time that the programme's zone shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Moment {
    /// The instant.
    pub instant: Instant,
    /// The local day.
    pub day: Day,
    /// The local time of day.
    pub time: TimeOfDay,
}
