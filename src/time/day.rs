//! A local day, an instant, a time of day, and a moment that is all three.
//!
//! The days are those that a programme counts in: `every year from Dec 15 to Jan 10`. All of them
//! lie in the years 1900 to 2200; whatever would leave that range is `None`, never a panic.

use super::Weekday;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::num::NonZeroU32;

/// A local day, counted from 1970-01-01; years 1900 to 2200.
///
/// ```
/// use earnest::time::Day;
/// let day = Day::from_ymd(2026, 12, 20).unwrap();
/// assert_eq!(day.to_string(), "2026-12-20");
/// assert_eq!(day.plus_days(14), Day::parse("2027-01-03"));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(NonZeroU32);

/// Days are held as their place among all days, from one on: a day that may be missing takes no more room.
const BEFORE_ALL: i32 = number_of(Day::YEAR_MIN, 1, 1) - 1;
const LAST: i32 = number_of(Day::YEAR_MAX, 12, 31);

impl Default for Day {
    fn default() -> Self {
        Self::from_number(0).unwrap_or(Self::MIN)
    }
}

impl fmt::Debug for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Day").field(&self.number()).finish()
    }
}

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

/// Seconds in a civil day.
pub(super) const DAY_SECONDS: i64 = 86_400;

impl Day {
    /// The first year that is known.
    pub const YEAR_MIN: i32 = 1900;
    /// The last year that is known.
    pub const YEAR_MAX: i32 = 2200;
    /// 1900-01-01
    pub const MIN: Self = Self(NonZeroU32::MIN);
    /// 2200-12-31
    pub const MAX: Self = Self(NonZeroU32::MIN.saturating_add((LAST - BEFORE_ALL - 1).unsigned_abs()));

    /// The day of a date, if there is such a date in the years 1900 to 2200.
    pub const fn from_ymd(year: i32, month: u32, day: u32) -> Option<Self> {
        if year < Self::YEAR_MIN || year > Self::YEAR_MAX || month < 1 || month > 12 {
            return None;
        }
        if day < 1 || day > days_in_month(year, month) {
            return None;
        }
        Self::from_number(number_of(year, month, day))
    }

    /// The day of a date, where a day that the month does not have becomes its last:
    /// 29 February falls on 28 February.
    pub fn from_ymd_clamped(year: i32, month: u32, day: u32) -> Option<Self> {
        if !(1..=12).contains(&month) || day < 1 {
            return None;
        }
        let of_year = month.cast_signed() - 1;
        let month = year.checked_sub(Self::YEAR_MIN)?.checked_mul(12)?.checked_add(of_year)?;
        Self::of_month(month, day.min(31).cast_signed() - 1)
    }

    /// Year, month and day of the month.
    pub const fn ymd(self) -> (i32, u32, u32) {
        // Howard Hinnant's civil_from_days: years are counted from March, so that leap days come last.
        let shifted = self.number() + 719_468;
        let era = shifted.div_euclid(146_097);
        let of_era = shifted.rem_euclid(146_097);
        let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let march_month = (5 * of_year + 2) / 153;
        let day = of_year - (153 * march_month + 2) / 5 + 1;
        let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
        let year = year_of_era + era * 400 + if month <= 2 { 1 } else { 0 };
        (year, month.unsigned_abs(), day.unsigned_abs())
    }

    /// The year.
    pub fn year(self) -> i32 {
        self.month().0 / 12 + Self::YEAR_MIN
    }

    /// Its month, counted from January 1900, and how many days of that month were before it.
    pub(super) fn month(self) -> (i32, i32) {
        let since = self.0.get().cast_signed() - 1;
        // A month has 30.437 days on average, so the guess is at most one month off.
        let mut month = since * 1_000 / 30_437;
        if first_of(month) > self.number() {
            month -= 1;
        } else if first_of(month + 1) <= self.number() {
            month += 1;
        }
        (month, self.number() - first_of(month))
    }

    /// The day of a month counted from January 1900 before which so many days of it were; the last of the
    /// month where it does not have so many.
    pub(super) fn of_month(month: i32, days_before: i32) -> Option<Self> {
        let last = first_of(month.checked_add(1)?) - 1;
        if !(0..MONTHS).contains(&month) {
            return None;
        }
        Self::from_number((first_of(month) + days_before).min(last))
    }

    /// Days from 1970-01-01.
    pub const fn number(self) -> i32 {
        self.0.get().cast_signed() + BEFORE_ALL
    }

    /// The day that is so many days from 1970-01-01.
    pub const fn from_number(number: i32) -> Option<Self> {
        if number > LAST || number <= BEFORE_ALL {
            return None;
        }
        match NonZeroU32::new((number - BEFORE_ALL).unsigned_abs()) {
            Some(place) => Some(Self(place)),
            None => None,
        }
    }

    /// So many days later (or earlier, if negative).
    #[expect(clippy::cast_possible_truncation, reason = "const, and the range is checked first")]
    pub const fn plus_days(self, days: i64) -> Option<Self> {
        match (self.number() as i64).checked_add(days) {
            Some(number) if number > BEFORE_ALL as i64 && number <= LAST as i64 => Self::from_number(number as i32),
            _ => None,
        }
    }

    /// So many months later (or earlier), a day that the month does not have becoming its last:
    /// 31 August + 6 months = 28 February.
    pub fn plus_months(self, months: i64) -> Option<Self> {
        let (month, before) = self.month();
        Self::of_month(month.checked_add(i32::try_from(months).ok()?)?, before)
    }

    /// The next day; the last known day has none.
    pub const fn next(self) -> Option<Self> {
        self.plus_days(1)
    }

    /// The day before; the first known day has none.
    pub const fn previous(self) -> Option<Self> {
        self.plus_days(-1)
    }

    /// The day of the week.
    pub const fn weekday(self) -> Weekday {
        // 1970-01-01 was a Thursday.
        match (self.number() + 3).rem_euclid(7) {
            0 => Weekday::Monday,
            1 => Weekday::Tuesday,
            2 => Weekday::Wednesday,
            3 => Weekday::Thursday,
            4 => Weekday::Friday,
            5 => Weekday::Saturday,
            _ => Weekday::Sunday,
        }
    }

    /// Reads `2026-12-20`.
    pub fn parse(text: &str) -> Option<Self> {
        Self::parse_bytes(text.as_bytes())
    }

    /// Reads `2026-12-20` from bytes: the hot path of reading histories.
    pub const fn parse_bytes(text: &[u8]) -> Option<Self> {
        let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text else { return None };
        match (two_digits(y1, y2), two_digits(y3, y4), two_digits(m1, m2), two_digits(d1, d2)) {
            (Some(century), Some(year), Some(month), Some(day)) => {
                Self::from_ymd((century * 100 + year).cast_signed(), month, day)
            }
            _ => None,
        }
    }
}

/// The number of a date that is known to exist: days from 1970-01-01 (Howard Hinnant's `days_from_civil`).
const fn number_of(year: i32, month: u32, day: u32) -> i32 {
    let march_year = if month <= 2 { year - 1 } else { year };
    let era = march_year.div_euclid(400);
    let year_of_era = march_year.rem_euclid(400);
    let march_month = ((month + 9) % 12).cast_signed();
    let of_year = (153 * march_month + 2) / 5 + day.cast_signed() - 1;
    let of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + of_year;
    era * 146_097 + of_era - 719_468
}

/// How many months the years 1900 to 2200 have.
const MONTHS: i32 = (Day::YEAR_MAX - Day::YEAR_MIN + 1) * 12;

/// The first day of each month from January 1900, and the day after the last.
static FIRSTS: [i32; MONTHS as usize + 1] = firsts();

#[expect(clippy::indexing_slicing, reason = "const: an index that is out of bounds does not compile")]
const fn firsts() -> [i32; MONTHS as usize + 1] {
    let mut firsts = [0; MONTHS as usize + 1];
    let (mut at, mut year, mut month) = (0, Day::YEAR_MIN, 1);
    while at < firsts.len() {
        firsts[at] = number_of(year, month, 1);
        (at, month) = (at + 1, month + 1);
        if month > 12 {
            (year, month) = (year + 1, 1);
        }
    }
    firsts
}

/// The number of the first day of a month counted from January 1900; beyond the known months the nearest known.
fn first_of(month: i32) -> i32 {
    let place = usize::try_from(month).unwrap_or(0);
    FIRSTS.get(place).copied().unwrap_or(LAST + 1)
}

/// How many days a month has.
pub(super) const fn days_in_month(year: i32, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

/// The number that two ASCII digits show.
const fn two_digits(tens: u8, ones: u8) -> Option<u32> {
    if !tens.is_ascii_digit() || !ones.is_ascii_digit() {
        return None;
    }
    Some((tens - b'0') as u32 * 10 + (ones - b'0') as u32)
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.ymd();
        f.pad(&format!("{year:04}-{month:02}-{day:02}"))
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom(format!("`{text}` is no date")))
    }
}

impl Instant {
    /// The instant so many microseconds from 1970-01-01 UTC.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds from 1970-01-01 UTC.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// The instant so many seconds from 1970-01-01 UTC.
    pub const fn from_seconds(seconds: i64) -> Option<Self> {
        match seconds.checked_mul(1_000_000) {
            Some(micros) => Some(Self(micros)),
            None => None,
        }
    }

    /// Whole seconds from 1970-01-01 UTC, rounded down.
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }

    /// So many seconds later (or earlier).
    pub const fn plus_seconds(self, seconds: i64) -> Option<Self> {
        match seconds.checked_mul(1_000_000) {
            Some(micros) => match self.0.checked_add(micros) {
                Some(sum) => Some(Self(sum)),
                None => None,
            },
            None => None,
        }
    }
}

impl TimeOfDay {
    /// `00:00`
    pub const MIDNIGHT: Self = Self(0);

    /// The time so many seconds after midnight, if the day is that long.
    pub const fn from_seconds(seconds: u32) -> Option<Self> {
        if seconds < 86_400 { Some(Self(seconds)) } else { None }
    }

    /// Hour, minute and second.
    pub const fn hms(hour: u32, minute: u32, second: u32) -> Option<Self> {
        if hour < 24 && minute < 60 && second < 60 { Some(Self(hour * 3_600 + minute * 60 + second)) } else { None }
    }

    /// Seconds from midnight.
    pub const fn seconds(self) -> u32 {
        self.0
    }

    /// Reads `15:00` or `15:00:30`.
    pub fn parse(text: &str) -> Option<Self> {
        Self::parse_bytes(text.as_bytes())
    }

    /// Reads `15:00` or `15:00:30` from bytes.
    pub const fn parse_bytes(text: &[u8]) -> Option<Self> {
        let (h1, h2, m1, m2, s1, s2) = match *text {
            [h1, h2, b':', m1, m2] => (h1, h2, m1, m2, b'0', b'0'),
            [h1, h2, b':', m1, m2, b':', s1, s2] => (h1, h2, m1, m2, s1, s2),
            _ => return None,
        };
        match (two_digits(h1, h2), two_digits(m1, m2), two_digits(s1, s2)) {
            (Some(hour), Some(minute), Some(second)) => Self::hms(hour, minute, second),
            _ => None,
        }
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hour, minute, second) = (self.0 / 3_600, self.0 / 60 % 60, self.0 % 60);
        if second == 0 {
            f.pad(&format!("{hour:02}:{minute:02}"))
        } else {
            f.pad(&format!("{hour:02}:{minute:02}:{second:02}"))
        }
    }
}

impl fmt::Display for Moment {
    /// `2026-12-20 15:00`; at midnight only the day.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.time == TimeOfDay::MIDNIGHT { self.day.fmt(f) } else { f.pad(&format!("{} {}", self.day, self.time)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_of_the_range_is_its_own_date_and_agrees_with_chrono() {
        use chrono::Datelike;
        for number in Day::MIN.number()..=Day::MAX.number() {
            let day = Day::from_number(number).unwrap();
            let (y, m, d) = day.ymd();
            assert_eq!(Day::from_ymd(y, m, d), Some(day));
            let chrono = chrono::NaiveDate::from_epoch_days(number).unwrap();
            assert_eq!((chrono.year(), chrono.month(), chrono.day()), (y, m, d));
            assert_eq!(chrono.weekday().num_days_from_monday(), u32::from(day.weekday().index()));
        }
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in ["2026-02-29", "1899-12-31", "2201-01-01", "2026-13-01", "2026-1-01", "2026-01-00", "", "20260101"]
        {
            assert_eq!(Day::parse(text), None, "{text}");
        }
        assert_eq!(Day::MAX.next(), None);
        assert_eq!(Day::MIN.previous(), None);
        assert_eq!(Day::MIN.plus_days(i64::MAX), None);
    }

    #[test]
    fn months_clamp_to_the_last_day() {
        let day = |text| Day::parse(text).unwrap();
        assert_eq!(day("2025-08-31").plus_months(6), Some(day("2026-02-28")));
        assert_eq!(day("2024-03-31").plus_months(-1), Some(day("2024-02-29")));
        assert_eq!(day("2024-02-29").plus_months(12), Some(day("2025-02-28")));
        assert_eq!(day("2024-02-29").plus_months(i64::MAX), None);
    }

    #[test]
    fn times_are_read_and_printed() {
        assert_eq!(TimeOfDay::parse("15:00").map(|t| t.to_string()), Some("15:00".to_owned()));
        assert_eq!(TimeOfDay::parse("15:00:30").map(|t| t.to_string()), Some("15:00:30".to_owned()));
        for text in ["24:00", "15", "15:60", "1:00", "15:00:60"] {
            assert_eq!(TimeOfDay::parse(text), None, "{text}");
        }
    }
}
