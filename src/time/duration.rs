//! How long: `14 days`, `6 months`, `300 minutes`.
//!
//! Days and longer are whole local days, and months clamp (31 August + 6 months = 28 February);
//! minutes and hours are elapsed time, whatever the clocks do.

use super::Day;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What a duration is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DurationUnit {
    /// `minutes`
    Minute,
    /// `hours`
    Hour,
    /// `days`
    Day,
    /// `weeks`
    Week,
    /// `months`
    Month,
    /// `quarters`
    Quarter,
    /// `years`
    Year,
}

impl DurationUnit {
    /// Its word, for one of it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Minute => "minute",
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::Year => "year",
        }
    }
}

/// A length of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Duration {
    /// How many.
    pub count: u32,
    /// Of what.
    pub unit: DurationUnit,
}

impl Duration {
    /// So many of a unit.
    pub const fn new(count: u32, unit: DurationUnit) -> Self {
        Self { count, unit }
    }

    /// The day so long after a day. Minutes and hours count their whole days.
    pub fn after_day(self, day: Day) -> Option<Day> {
        self.shifted(day, i64::from(self.count))
    }

    /// The day so long before a day. Minutes and hours count their whole days.
    pub fn before_day(self, day: Day) -> Option<Day> {
        self.shifted(day, -i64::from(self.count))
    }

    /// Is it elapsed time (minutes, hours) and not a count of local days?
    pub const fn is_elapsed(self) -> bool {
        matches!(self.unit, DurationUnit::Minute | DurationUnit::Hour)
    }

    /// Seconds of an elapsed time; none for days and longer, whose length the calendar decides.
    pub fn seconds(self) -> Option<i64> {
        match self.unit {
            DurationUnit::Minute => Some(i64::from(self.count) * 60),
            DurationUnit::Hour => Some(i64::from(self.count) * 3_600),
            DurationUnit::Day
            | DurationUnit::Week
            | DurationUnit::Month
            | DurationUnit::Quarter
            | DurationUnit::Year => None,
        }
    }

    fn shifted(self, day: Day, count: i64) -> Option<Day> {
        match self.unit {
            DurationUnit::Minute => day.plus_days(count / 1_440),
            DurationUnit::Hour => day.plus_days(count / 24),
            DurationUnit::Day => day.plus_days(count),
            DurationUnit::Week => day.plus_days(count * 7),
            DurationUnit::Month => day.plus_months(count),
            DurationUnit::Quarter => day.plus_months(count * 3),
            DurationUnit::Year => day.plus_months(count * 12),
        }
    }
}

impl fmt::Display for Duration {
    /// `1 day`, `6 months`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = self.unit.word();
        let plural = if self.count == 1 { "" } else { "s" };
        f.pad(&format!("{} {unit}{plural}", self.count))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_clamp_and_days_do_not() {
        let day = |text| Day::parse(text).unwrap();
        let months = |count| Duration::new(count, DurationUnit::Month);
        assert_eq!(months(6).after_day(day("2025-08-31")), Some(day("2026-02-28")));
        assert_eq!(months(1).before_day(day("2026-03-31")), Some(day("2026-02-28")));
        assert_eq!(Duration::new(2, DurationUnit::Week).after_day(day("2026-02-20")), Some(day("2026-03-06")));
        assert_eq!(months(u32::MAX).after_day(day("2026-03-31")), None);
        assert_eq!(Duration::new(u32::MAX, DurationUnit::Year).after_day(day("2026-03-31")), None);
    }

    #[test]
    fn minutes_and_hours_are_elapsed_time() {
        assert_eq!(Duration::new(300, DurationUnit::Minute).seconds(), Some(18_000));
        assert!(Duration::new(1, DurationUnit::Hour).is_elapsed());
        assert_eq!(Duration::new(1, DurationUnit::Day).seconds(), None);
        assert_eq!(Duration::new(1, DurationUnit::Day).to_string(), "1 day");
    }
}
