//! One grammar for every stretch of time: `every Friday and from 15:00 to 18:00 except "holidays"`.

use super::{Anchor, Feast, Name};
use crate::source::Span;
use crate::time::{Day, Duration, Span as Stretch, TimeOfDay, Weekday};

/// `Dec 15`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct MonthDay {
    /// 1 to 12.
    pub month: u32,
    /// 1 to 31.
    pub day: u32,
}

/// `calendar "Black Friday" { 2026-11-27 to 2026-11-30, 2027-11-26 }`
#[derive(Debug, Clone, PartialEq)]
pub struct Calendar {
    /// `"Black Friday"`
    pub name: Name,
    /// First and last day of each stretch.
    pub stretches: Vec<Dates>,
    /// Where.
    pub span: Span,
}

/// `from 2026-11-27 to 2026-11-30`; one day has the same day twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dates {
    /// The first day; open if absent.
    pub from: Option<Day>,
    /// The last day; open if absent.
    pub to: Option<Day>,
    /// Where.
    pub span: Span,
}

/// A stretch of time: parts joined by `or`.
#[derive(Debug, Clone, PartialEq)]
pub struct Period {
    /// Joined by `or`.
    pub any: Vec<PeriodAll>,
    /// Where.
    pub span: Span,
}

/// `every Friday and from 15:00 to 18:00 except "holidays"`
#[derive(Debug, Clone, PartialEq)]
pub struct PeriodAll {
    /// Joined by `and`.
    pub all: Vec<PeriodPart>,
    /// Each after `except`.
    pub except: Vec<PeriodPart>,
}

/// One stretch.
#[derive(Debug, Clone, PartialEq)]
pub struct PeriodPart {
    /// What it is.
    pub kind: PeriodKind,
    /// Where.
    pub span: Span,
}

/// The forms of a stretch.
#[derive(Debug, Clone, PartialEq)]
pub enum PeriodKind {
    /// `from 15:00 to 18:00`: until just before 18:00; over midnight if the second is earlier
    Hours(TimeOfDay, TimeOfDay),
    /// `from 2026-11-27 to 2026-11-30`, `2026-11-27`
    Dates(Dates),
    /// `every year from Dec 15 to Jan 10`, `every year on Dec 25`
    Yearly(MonthDay, MonthDay),
    /// `every Friday`, `every first Monday of the month`, `every 4th Thursday of Nov`
    Weekdays {
        /// `4th`
        ordinal: Option<Ordinal>,
        /// `Thursday`
        days: Vec<Weekday>,
        /// `of Nov`
        of: Option<WeekdaysOf>,
    },
    /// `3 days around the birthday`: from 3 before to 3 after; `before` and `after` include the day itself
    Around(Duration, Around, Anchor),
    /// `the month of the birthday`
    SpanOf(Stretch, Feast),
    /// `the birthday`
    Feast(Feast),
    /// `"Black Friday"`
    Named(Name),
    /// `( … )`
    Nested(Period),
}

/// `of the month`, `of Nov`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WeekdaysOf {
    /// `of the month`
    EveryMonth,
    /// `of Nov`
    Month(u32),
}

/// Which of several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ordinal {
    /// `first`, `5th`
    Nth(u32),
    /// `last`
    Last,
}

/// On which side of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Around {
    /// `around`
    Both,
    /// `before`
    Before,
    /// `after`
    After,
}
