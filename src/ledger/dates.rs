//! When units open and when they are lost: the dates that make units interchangeable.
//!
//! Most units open with their award or on a day, and are lost on a day or never. A heap holds such dates in three
//! numbers and only others in full: a member has many heaps, and a book many members.

use crate::plan::{Anchor, Edge, LadderId};
use crate::time::{Day, Duration, Instant};
use crate::ty::event::Datum;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// When units open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Opens {
    /// With the award.
    AtOnce,
    /// At the start of that day.
    On(Day),
    /// At that instant, on that day.
    At(Instant, Day),
    /// With an action; lost at the end of the day if it has not come. The receipt is that of the award.
    WithAction(usize, Option<Day>, Datum),
}

impl Opens {
    /// The day on which units open, if it is known; `earned` for those that open with the award.
    pub const fn day(self, earned: Option<Day>) -> Option<Day> {
        match self {
            Self::AtOnce => earned,
            Self::On(day) | Self::At(_, day) => Some(day),
            Self::WithAction(..) => None,
        }
    }

    /// The order among units that expire together: those that opened with their award first.
    pub fn rank(self) -> (u8, Day, Instant) {
        // The start of a day comes before any instant of it.
        let start = Instant::from_micros(i64::MIN);
        match self {
            Self::AtOnce => (0, Day::MIN, start),
            Self::On(day) => (1, day, start),
            Self::At(instant, day) => (1, day, instant),
            Self::WithAction(_, until, _) => (2, until.unwrap_or(Day::MAX), start),
        }
    }
}

/// When units are lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Expires {
    /// At the end of that day.
    On(Day),
    /// So long after something that can happen again, moved to an edge; never before the day, where it opens later.
    After(Duration, Anchor, Option<Edge>, Option<Day>),
    /// After the first purchase that could have used them.
    WithNextPurchase,
    /// When the tier is no longer held.
    WithTier(LadderId, u8),
    /// Never.
    Never,
}

/// The dates that make units interchangeable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Dates {
    /// When they open.
    pub opens: Opens,
    /// When they are lost.
    pub expires: Expires,
    /// When they were earned; only where the unit is spent by age.
    pub earned: Option<Day>,
}

/// Dates as heaps and awards hold them. Equal dates are held alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ShortDates {
    /// `opens 14 days after earning`, `expires 6 months after earning`: days, by their numbers
    Days {
        /// The first day; none: at once.
        opens: i32,
        /// The last day; none: never.
        expires: i32,
        /// The day of earning, where the unit is spent by age.
        earned: i32,
    },
    /// `opens on action review`, `expires 12 months after the last purchase`
    Others(Box<Dates>),
}

/// No day has this number.
const NONE: i32 = i32::MIN;

impl From<Dates> for ShortDates {
    fn from(dates: Dates) -> Self {
        let opens = match dates.opens {
            Opens::AtOnce => NONE,
            Opens::On(day) => day.number(),
            Opens::At(..) | Opens::WithAction(..) => return Self::Others(Box::new(dates)),
        };
        let expires = match dates.expires {
            Expires::Never => NONE,
            Expires::On(day) => day.number(),
            Expires::After(..) | Expires::WithTier(..) | Expires::WithNextPurchase => {
                return Self::Others(Box::new(dates));
            }
        };
        Self::Days { opens, expires, earned: dates.earned.map_or(NONE, Day::number) }
    }
}

impl ShortDates {
    /// The dates in full.
    #[inline]
    pub fn dates(&self) -> Dates {
        match self {
            Self::Days { opens, expires, earned } => Dates {
                opens: Day::from_number(*opens).map_or(Opens::AtOnce, Opens::On),
                expires: Day::from_number(*expires).map_or(Expires::Never, Expires::On),
                earned: Day::from_number(*earned),
            },
            Self::Others(dates) => **dates,
        }
    }
}

impl Serialize for ShortDates {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.dates().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for ShortDates {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Dates::deserialize(deserializer).map(Self::from)
    }
}
