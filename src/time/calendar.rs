//! Calendar periods: which week, month, quarter or year a day lies in, civil, fiscal or counted from
//! an anniversary; weekdays and Easter.
//!
//! They say `per calendar month`, `fiscal year from Apr 1`, `membership year`, `the 2nd Friday of a
//! month`. Every month-like span is found by one function: occurrences of so many months counted from
//! an origin, a day that a month does not have becoming its last.

use super::Day;
use super::day::days_in_month;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A day of the week; weeks are Monday to Sunday.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Weekday {
    /// `Monday`
    Monday,
    /// `Tuesday`
    Tuesday,
    /// `Wednesday`
    Wednesday,
    /// `Thursday`
    Thursday,
    /// `Friday`
    Friday,
    /// `Saturday`
    Saturday,
    /// `Sunday`
    Sunday,
}

impl Weekday {
    /// All seven, Monday first.
    pub const ALL: [Self; 7] =
        [Self::Monday, Self::Tuesday, Self::Wednesday, Self::Thursday, Self::Friday, Self::Saturday, Self::Sunday];

    /// Days since Monday.
    pub const fn index(self) -> u8 {
        match self {
            Self::Monday => 0,
            Self::Tuesday => 1,
            Self::Wednesday => 2,
            Self::Thursday => 3,
            Self::Friday => 4,
            Self::Saturday => 5,
            Self::Sunday => 6,
        }
    }

    /// The English name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Monday => "Monday",
            Self::Tuesday => "Tuesday",
            Self::Wednesday => "Wednesday",
            Self::Thursday => "Thursday",
            Self::Friday => "Friday",
            Self::Saturday => "Saturday",
            Self::Sunday => "Sunday",
        }
    }

    /// Reads `Monday`, `monday`, `Mondays` or `Mon`.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.to_lowercase();
        Self::ALL.into_iter().find(|weekday| {
            let name = weekday.name().to_lowercase();
            text == name || text.strip_suffix('s') == Some(&name) || name.get(..3) == Some(&text)
        })
    }
}

impl fmt::Display for Weekday {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A stretch of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Span {
    /// `day`
    Day,
    /// `week`
    Week,
    /// `month`
    Month,
    /// `quarter`
    Quarter,
    /// `year`
    Year,
}

impl Span {
    /// Its word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::Year => "year",
        }
    }

    /// The first day of the calendar span that holds the day.
    pub fn start(self, day: Day) -> Day {
        Calendar::CIVIL.start(self, day)
    }

    /// The last day of the calendar span that holds the day.
    pub fn end(self, day: Day) -> Day {
        Calendar::CIVIL.end(self, day)
    }

    /// The first day of the calendar span after the one that holds the day.
    pub fn next(self, day: Day) -> Option<Day> {
        self.end(day).next()
    }

    /// So many spans after a day (before it, if negative); months clamp.
    pub fn plus(self, day: Day, count: i32) -> Option<Day> {
        match self.step() {
            Step::Days(days) => day.plus_days(i64::from(days) * i64::from(count)),
            Step::Months(months) => day.plus_months(i64::from(months) * i64::from(count)),
        }
    }

    const fn step(self) -> Step {
        match self {
            Self::Day => Step::Days(1),
            Self::Week => Step::Days(7),
            Self::Month => Step::Months(1),
            Self::Quarter => Step::Months(3),
            Self::Year => Step::Months(12),
        }
    }
}

/// What a span is counted in.
#[derive(Clone, Copy)]
enum Step {
    Days(i32),
    Months(i32),
}

/// When the year begins: on January 1, or on the first day of a fiscal year. Months and quarters
/// follow it; weeks always begin on Monday.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Calendar {
    month: u32,
    day: u32,
}

impl Calendar {
    /// The year from January 1.
    pub const CIVIL: Self = Self { month: 1, day: 1 };

    /// The year from a month and day, if there is such a day in a leap year.
    pub const fn starting(month: u32, day: u32) -> Option<Self> {
        if month < 1 || month > 12 || day < 1 || day > days_in_month(2000, month) {
            return None;
        }
        Some(Self { month, day })
    }

    /// The first day of the span that holds the day (the first known day, if that would be earlier).
    pub fn start(self, span: Span, day: Day) -> Day {
        self.bounds(span, day).0
    }

    /// The last day of the span that holds the day (the last known day, if that would be later).
    pub fn end(self, span: Span, day: Day) -> Day {
        self.bounds(span, day).1
    }

    /// First and last day of the span that holds the day, both included.
    pub fn bounds(self, span: Span, day: Day) -> (Day, Day) {
        match span.step() {
            // 1900-01-01 was a Monday, so weeks counted from it are Monday to Sunday.
            Step::Days(days) => days_from(Day::MIN, days, day),
            Step::Months(months) => {
                let origin = Origin { month: self.month.cast_signed() - 1, before: self.day.cast_signed() - 1 };
                origin.bounds(months, day)
            }
        }
    }
}

/// First and last day of the span, counted from `origin`, that holds the day; none before `origin`.
/// A membership year of one who joined on 29 February begins on 28 February.
///
/// ```
/// use earnest::time::{Day, Span, anniversary_span};
/// let day = |text| Day::parse(text).unwrap();
/// let year = anniversary_span(day("2024-02-29"), Span::Year, day("2025-03-01"));
/// assert_eq!(year, Some((day("2025-02-28"), day("2026-02-27"))));
/// ```
pub fn anniversary_span(origin: Day, span: Span, day: Day) -> Option<(Day, Day)> {
    if day < origin {
        return None;
    }
    Some(match span.step() {
        Step::Days(days) => days_from(origin, days, day),
        Step::Months(months) => Origin::of(origin).bounds(months, day),
    })
}

/// The stretch of `length` days counted from `origin` that holds `day`.
fn days_from(origin: Day, length: i32, day: Day) -> (Day, Day) {
    let into = (day.number() - origin.number()).rem_euclid(length);
    let start = day.plus_days(-i64::from(into)).unwrap_or(Day::MIN);
    (start, start.plus_days(i64::from(length) - 1).unwrap_or(Day::MAX))
}

/// Where occurrences of months are counted from.
#[derive(Clone, Copy)]
struct Origin {
    /// The month, counted from January 1900.
    month: i32,
    /// How many days of it were before.
    before: i32,
}

impl Origin {
    fn of(origin: Day) -> Self {
        let (month, before) = origin.month();
        Self { month, before }
    }

    /// The day on which occurrence `index` of so many months begins.
    fn occurrence(self, months: i32, index: i32) -> Option<Day> {
        Day::of_month(self.month.checked_add(months.checked_mul(index)?)?, self.before)
    }

    /// The occurrence that holds `day`: the last that begins on it or earlier.
    fn bounds(self, months: i32, day: Day) -> (Day, Day) {
        if self.before == 0 {
            // Whole months, as nearly always: there is nothing to clamp.
            let month = day.month().0;
            let first = month - (month - self.month).rem_euclid(months);
            let start = Day::of_month(first, 0).unwrap_or(Day::MIN);
            return (start, Day::of_month(first + months, 0).and_then(Day::previous).unwrap_or(Day::MAX));
        }
        let mut index = (Self::of(day).month - self.month).div_euclid(months);
        if self.occurrence(months, index).is_some_and(|start| start > day) {
            index -= 1;
        }
        let start = self.occurrence(months, index).unwrap_or(Day::MIN);
        let end = self.occurrence(months, index + 1).and_then(Day::previous).unwrap_or(Day::MAX);
        (start, end)
    }
}

/// The nth such weekday of a month: `2nd Friday`; counted from the end if negative (`last Friday` = −1).
pub fn nth_weekday(year: i32, month: u32, weekday: Weekday, nth: i32) -> Option<Day> {
    let first = Day::from_ymd(year, month, 1)?;
    let last = Span::Month.end(first);
    let apart = |from: Weekday, to: Weekday| (i64::from(to.index()) - i64::from(from.index())).rem_euclid(7);
    let day = match nth {
        1.. => first.plus_days(apart(first.weekday(), weekday) + 7 * (i64::from(nth) - 1))?,
        0 => return None,
        _ => last.plus_days(7 * (i64::from(nth) + 1) - apart(weekday, last.weekday()))?,
    };
    (first <= day && day <= last).then_some(day)
}

/// Easter Sunday of the Gregorian calendar.
pub fn easter(year: i32) -> Option<Day> {
    if !(Day::YEAR_MIN..=Day::YEAR_MAX).contains(&year) {
        return None;
    }
    // The anonymous Gregorian algorithm (Meeus, Jones, Butcher).
    let golden = year % 19;
    let (century, of_century) = (year / 100, year % 100);
    let correction = (century - (century + 8) / 25 + 1) / 3;
    let epact = (19 * golden + century - century / 4 - correction + 15) % 30;
    let weekday = (32 + 2 * (century % 4) + 2 * (of_century / 4) - epact - of_century % 4) % 7;
    let shift = (golden + 11 * epact + 22 * weekday) / 451;
    let sum = epact + weekday - 7 * shift + 114;
    Day::from_ymd(year, (sum / 31).unsigned_abs(), (sum % 31 + 1).unsigned_abs())
}

/// The months as people name them, with their last days.
const MONTHS: [(&str, u8); 12] = [
    ("January", 31),
    ("February", 28),
    ("March", 31),
    ("April", 30),
    ("May", 31),
    ("June", 30),
    ("July", 31),
    ("August", 31),
    ("September", 30),
    ("October", 31),
    ("November", 30),
    ("December", 31),
];

/// A month by its name or the first three letters of it, in any case: the three letters, and its last day in
/// most years.
///
/// ```
/// use earnest::time::month_named;
/// assert_eq!(month_named("february"), Some(("Feb", 28)));
/// ```
pub fn month_named(word: &str) -> Option<(&'static str, u8)> {
    let is_meant = |name: &str| {
        name.eq_ignore_ascii_case(word) || name.get(..3).is_some_and(|short| short.eq_ignore_ascii_case(word))
    };
    let (name, last) = MONTHS.iter().find(|(name, _)| is_meant(name))?;
    Some((name.get(..3)?, *last))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    #[test]
    fn calendar_spans_hold_their_day() {
        for (span, start, end) in [
            (Span::Day, "2026-08-19", "2026-08-19"),
            (Span::Week, "2026-08-17", "2026-08-23"),
            (Span::Month, "2026-08-01", "2026-08-31"),
            (Span::Quarter, "2026-07-01", "2026-09-30"),
            (Span::Year, "2026-01-01", "2026-12-31"),
        ] {
            assert_eq!(
                (span.start(day("2026-08-19")), span.end(day("2026-08-19"))),
                (day(start), day(end)),
                "{span:?}"
            );
        }
        assert_eq!(Span::Year.next(Day::MAX), None);
    }

    #[test]
    fn a_fiscal_year_brings_its_quarters_and_months() {
        let april = Calendar::starting(4, 6).unwrap();
        assert_eq!(april.bounds(Span::Year, day("2026-04-05")), (day("2025-04-06"), day("2026-04-05")));
        assert_eq!(april.bounds(Span::Quarter, day("2026-04-06")), (day("2026-04-06"), day("2026-07-05")));
        assert_eq!(april.bounds(Span::Month, day("2026-05-05")), (day("2026-04-06"), day("2026-05-05")));
        assert_eq!(Calendar::starting(2, 30), None);
    }

    #[test]
    fn anniversaries_clamp_and_have_none_before_the_origin() {
        let joined = day("2026-01-31");
        assert_eq!(
            anniversary_span(joined, Span::Month, day("2026-02-28")),
            Some((day("2026-02-28"), day("2026-03-30")))
        );
        assert_eq!(
            anniversary_span(joined, Span::Week, day("2026-02-06")),
            Some((day("2026-01-31"), day("2026-02-06")))
        );
        assert_eq!(anniversary_span(joined, Span::Year, day("2026-01-30")), None);
    }

    #[test]
    fn nth_weekdays_are_counted_from_both_ends() {
        assert_eq!(nth_weekday(2026, 11, Weekday::Friday, 4), Some(day("2026-11-27")));
        assert_eq!(nth_weekday(2026, 11, Weekday::Monday, -1), Some(day("2026-11-30")));
        assert_eq!(nth_weekday(2026, 11, Weekday::Friday, 5), None);
        assert_eq!(nth_weekday(2026, 11, Weekday::Friday, 0), None);
        assert_eq!(nth_weekday(2026, 11, Weekday::Friday, i32::MIN), None);
    }

    #[test]
    fn easter_falls_where_the_almanac_says() {
        for text in ["1961-04-02", "2000-04-23", "2008-03-23", "2026-04-05", "2038-04-25"] {
            assert_eq!(easter(day(text).year()), Some(day(text)));
        }
        assert_eq!(easter(1800), None);
    }

    #[test]
    fn weekdays_are_read_by_name() {
        for text in ["Friday", "friday", "Fridays", "Fri"] {
            assert_eq!(Weekday::parse(text), Some(Weekday::Friday));
        }
        assert_eq!(Weekday::parse("Fr"), None);
    }
}
