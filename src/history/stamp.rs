//! Reading dates and times: ISO 8601 by hand, because it is the hot path, and other layouts by a
//! format from the map: `at.format = "%m/%d/%Y %H:%M"`.

use crate::time::{Day, Instant, Moment, TimeOfDay, Zone};

/// The date, the time and the offset that a text shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp {
    pub(super) day: Day,
    pub(super) time: TimeOfDay,
    micros: i64,
    /// Seconds east of UTC; none: the programme's zone.
    offset: Option<i64>,
}

impl Stamp {
    /// Reads `2026-12-20`, `2026-12-20T15:00`, `2026-12-20 15:00:30.25+03:00`.
    pub(super) fn parse_iso(text: &[u8]) -> Option<Self> {
        let (date, rest) = text.split_at_checked(10)?;
        Self::parse_clock(Day::parse_bytes(date)?, rest)
    }

    /// What stands behind the date.
    pub(super) fn parse_clock(day: Day, rest: &[u8]) -> Option<Self> {
        let Some((separator, rest)) = rest.split_first() else {
            return Some(Self { day, time: TimeOfDay::MIDNIGHT, micros: 0, offset: None });
        };
        if let (b'T' | b' ', [h1, h2, b':', m1, m2, b':', s1, s2]) = (separator, rest)
            && let (Some(hours), Some(minutes), Some(seconds)) = (two(*h1, *h2), two(*m1, *m2), two(*s1, *s2))
        {
            // As most exports write it.
            return Some(Self { day, time: TimeOfDay::hms(hours, minutes, seconds)?, micros: 0, offset: None });
        }
        if !matches!(separator, b'T' | b't' | b' ') {
            return None;
        }
        let clock = rest.iter().position(|byte| !matches!(byte, b'0'..=b'9' | b':')).unwrap_or(rest.len());
        let (clock, rest) = rest.split_at_checked(clock)?;
        let time = TimeOfDay::parse_bytes(clock)?;
        let (micros, rest) = fraction(rest, clock.len())?;
        Some(Self { day, time, micros, offset: offset(rest)? })
    }

    /// Seconds from midnight, where there is nothing finer and no offset.
    pub(super) fn plain_seconds(self) -> Option<i64> {
        (self.micros == 0 && self.offset.is_none()).then(|| i64::from(self.time.seconds()))
    }

    /// The moment that is meant, if it lies in the years 1900 to 2200.
    pub(super) fn moment(self, zone: &Zone) -> Option<Moment> {
        let Some(offset) = self.offset else {
            let mut moment = zone.at(self.day, self.time);
            moment.instant = Instant::from_micros(moment.instant.micros().checked_add(self.micros)?);
            return Some(moment);
        };
        let local = i64::from(self.day.number()) * 86_400 + i64::from(self.time.seconds());
        let instant = Instant::from_seconds(local - offset)?;
        let instant = Instant::from_micros(instant.micros().checked_add(self.micros)?);
        Some(zone.moment(instant))
    }
}

/// Two digits as a number.
const fn two(tens: u8, ones: u8) -> Option<u32> {
    let (tens, ones) = (tens.wrapping_sub(b'0'), ones.wrapping_sub(b'0'));
    if tens < 10 && ones < 10 { Some(tens as u32 * 10 + ones as u32) } else { None }
}

/// `.25` after the seconds; finer than a microsecond is dropped.
fn fraction(text: &[u8], clock_len: usize) -> Option<(i64, &[u8])> {
    let Some((b'.' | b',', digits)) = text.split_first() else { return Some((0, text)) };
    let count = digits.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(digits.len());
    if clock_len != 8 || !(1..=9).contains(&count) {
        return None;
    }
    let (digits, rest) = digits.split_at_checked(count)?;
    let micros = (0..6).fold(0_i64, |sum, at| sum * 10 + digits.get(at).map_or(0, |digit| i64::from(digit - b'0')));
    Some((micros, rest))
}

/// `Z`, `+03:00`, `-0530`, `+03`, or nothing.
#[expect(clippy::option_option, reason = "no offset and a wrong one are different answers")]
fn offset(text: &[u8]) -> Option<Option<i64>> {
    let (sign, digits) = match text {
        [] => return Some(None),
        [b'Z' | b'z'] => return Some(Some(0)),
        [b'+', rest @ ..] => (1, rest),
        [b'-', rest @ ..] => (-1, rest),
        _ => return None,
    };
    let (hours, minutes) = match *digits {
        [h1, h2] => ([h1, h2], [b'0', b'0']),
        [h1, h2, m1, m2] | [h1, h2, b':', m1, m2] => ([h1, h2], [m1, m2]),
        _ => return None,
    };
    let (hours, minutes) = (number(&hours)?, number(&minutes)?);
    (hours < 24 && minutes < 60).then_some(Some(sign * (hours * 3_600 + minutes * 60)))
}

fn number(digits: &[u8]) -> Option<i64> {
    digits.iter().try_fold(0_i64, |sum, digit| {
        if !digit.is_ascii_digit() {
            return None;
        }
        sum.checked_mul(10)?.checked_add(i64::from(digit - b'0'))
    })
}

/// One piece of a format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Item {
    Year,
    ShortYear,
    Month,
    MonthName,
    Day,
    Hour,
    Hour12,
    HalfDay,
    Minute,
    Second,
    Offset,
    Epoch,
    Blank,
    Byte(u8),
}

/// How a column writes its dates: `%d.%m.%Y %H:%M`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Format {
    text: String,
    items: Vec<Item>,
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

impl Format {
    /// Reads a format; the error names the piece that is not known.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut items = Vec::new();
        let mut letters = text.chars();
        while let Some(letter) = letters.next() {
            if letter != '%' {
                let mut bytes = [0; 4];
                items.extend(letter.encode_utf8(&mut bytes).bytes().map(|byte| match byte {
                    b' ' => Item::Blank,
                    other => Item::Byte(other),
                }));
                continue;
            }
            match letters.next() {
                Some('Y') => items.push(Item::Year),
                Some('y') => items.push(Item::ShortYear),
                Some('m') => items.push(Item::Month),
                Some('b' | 'B') => items.push(Item::MonthName),
                Some('d' | 'e') => items.push(Item::Day),
                Some('H') => items.push(Item::Hour),
                Some('I') => items.push(Item::Hour12),
                Some('p') => items.push(Item::HalfDay),
                Some('M') => items.push(Item::Minute),
                Some('S') => items.push(Item::Second),
                Some('z') => items.push(Item::Offset),
                Some('s') => items.push(Item::Epoch),
                Some('F') => items.extend([Item::Year, Item::Byte(b'-'), Item::Month, Item::Byte(b'-'), Item::Day]),
                Some('T') => {
                    items.extend([Item::Hour, Item::Byte(b':'), Item::Minute, Item::Byte(b':'), Item::Second]);
                }
                Some('%') => items.push(Item::Byte(b'%')),
                other => {
                    let piece = other.map(String::from).unwrap_or_default();
                    return Err(format!(
                        "found `%{piece}` in a format, expected %Y %y %m %b %d %H %I %p %M %S %z %s %F %T or %%"
                    ));
                }
            }
        }
        let dated = (items.contains(&Item::Year) || items.contains(&Item::ShortYear))
            && items.contains(&Item::Day)
            && (items.contains(&Item::Month) || items.contains(&Item::MonthName));
        if !dated && !items.contains(&Item::Epoch) {
            return Err(format!("found the format `{text}`, expected year, month and day in it (%Y %m %d), or %s"));
        }
        Ok(Self { text: text.to_owned(), items })
    }

    /// The format as it was written.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Reads a text of this format; the whole text has to fit.
    pub(super) fn read(&self, text: &[u8]) -> Option<Stamp> {
        let mut parts = Parts { month: 1, day: 1, ..Parts::default() };
        let mut rest = text;
        for item in &self.items {
            rest = parts.take(*item, rest)?;
        }
        if rest.is_empty() { parts.stamp() } else { None }
    }
}

/// What a text has shown so far.
#[derive(Default)]
struct Parts {
    year: i64,
    month: i64,
    day: i64,
    hour: i64,
    minute: i64,
    second: i64,
    afternoon: Option<bool>,
    offset: Option<i64>,
    epoch: Option<i64>,
}

impl Parts {
    fn take<'a>(&mut self, item: Item, text: &'a [u8]) -> Option<&'a [u8]> {
        let (slot, digits) = match item {
            Item::Year => (&mut self.year, 4),
            Item::ShortYear => (&mut self.year, 2),
            Item::Month => (&mut self.month, 2),
            Item::Day => (&mut self.day, 2),
            Item::Hour | Item::Hour12 => (&mut self.hour, 2),
            Item::Minute => (&mut self.minute, 2),
            Item::Second => (&mut self.second, 2),
            Item::Epoch => (self.epoch.insert(0), 12),
            Item::MonthName => return self.take_month(text),
            Item::HalfDay => return self.take_half(text),
            Item::Offset => {
                self.offset = offset(text)?;
                return Some(&[]);
            }
            Item::Blank => return Some(text.trim_ascii_start()),
            Item::Byte(byte) => return text.split_first().filter(|(first, _)| **first == byte).map(|(_, rest)| rest),
        };
        let count = text.iter().take(digits).take_while(|byte| byte.is_ascii_digit()).count();
        if count == 0 || (item == Item::Year && count != 4) || (item == Item::ShortYear && count != 2) {
            return None;
        }
        let (number_text, rest) = text.split_at_checked(count)?;
        *slot = number(number_text)?;
        if item == Item::ShortYear {
            // As everywhere: 69 to 99 are of the last century, 00 to 68 of this one.
            *slot += if *slot < 69 { 2_000 } else { 1_900 };
        }
        Some(rest)
    }

    fn take_month<'a>(&mut self, text: &'a [u8]) -> Option<&'a [u8]> {
        let count = text.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
        let (name, rest) = text.split_at_checked(count)?;
        let fits = |month: &&str| {
            month.as_bytes().eq_ignore_ascii_case(name)
                || month.as_bytes().get(..3).is_some_and(|short| short.eq_ignore_ascii_case(name))
        };
        self.month = i64::try_from(MONTHS.iter().position(fits)?).ok()? + 1;
        Some(rest)
    }

    fn take_half<'a>(&mut self, text: &'a [u8]) -> Option<&'a [u8]> {
        let (half, rest) = text.split_at_checked(2)?;
        self.afternoon = Some(half.eq_ignore_ascii_case(b"pm"));
        (half.eq_ignore_ascii_case(b"pm") || half.eq_ignore_ascii_case(b"am")).then_some(rest)
    }

    fn stamp(&self) -> Option<Stamp> {
        let (day, time, offset) = if let Some(seconds) = self.epoch {
            let day = Day::from_number(i32::try_from(seconds.div_euclid(86_400)).ok()?)?;
            let time = TimeOfDay::from_seconds(u32::try_from(seconds.rem_euclid(86_400)).ok()?)?;
            (day, time, Some(0))
        } else {
            let part = |value: i64| u32::try_from(value).ok();
            let hour = match self.afternoon {
                None => self.hour,
                Some(_) if !(1..=12).contains(&self.hour) => return None,
                Some(afternoon) => self.hour % 12 + if afternoon { 12 } else { 0 },
            };
            let day = Day::from_ymd(i32::try_from(self.year).ok()?, part(self.month)?, part(self.day)?)?;
            (day, TimeOfDay::hms(part(hour)?, part(self.minute)?, part(self.second)?)?, self.offset)
        };
        Some(Stamp { day, time, micros: 0, offset })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(stamp: Option<Stamp>) -> Option<String> {
        let zone = Zone::named("Europe/Moscow").unwrap();
        stamp.and_then(|stamp| stamp.moment(&zone)).map(|moment| moment.to_string())
    }

    #[test]
    fn iso_times_are_of_the_zone_unless_they_bring_an_offset() {
        for (text, expected) in [
            ("2026-12-20", "2026-12-20"),
            ("2026-12-20T15:00", "2026-12-20 15:00"),
            ("2026-12-20 15:00:30.25", "2026-12-20 15:00:30"),
            ("2026-12-20T15:00:00Z", "2026-12-20 18:00"),
            ("2026-12-20T23:00:00+01:00", "2026-12-21 01:00"),
            ("2026-12-20T23:00-0530", "2026-12-21 07:30"),
        ] {
            assert_eq!(shown(Stamp::parse_iso(text.as_bytes())).as_deref(), Some(expected), "{text}");
        }
        for text in [
            "",
            "2026-12-20T",
            "2026-12-20x",
            "20.12.2026",
            "2026-12-20T25:00",
            "2026-12-20T10:00:00.",
            "2026-12-20T10:00+3",
        ] {
            assert_eq!(Stamp::parse_iso(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn other_layouts_are_read_by_their_format() {
        for (format, text, expected) in [
            ("%m/%d/%Y %H:%M", "1/5/2011 8:26", "2011-01-05 08:26"),
            ("%d.%m.%Y", "20.12.2026", "2026-12-20"),
            ("%d.%m.%y", "20.12.68", "2068-12-20"),
            ("%d.%m.%y", "20.12.69", "1969-12-20"),
            ("%Y%m%d", "19970101", "1997-01-01"),
            ("%d %b %Y %I:%M %p", "20 Dec 2026 12:30 am", "2026-12-20 00:30"),
            ("%s", "0", "1970-01-01 03:00"),
        ] {
            assert_eq!(
                shown(Format::parse(format).unwrap().read(text.as_bytes())).as_deref(),
                Some(expected),
                "{text}"
            );
        }
        assert_eq!(Format::parse("%m/%d/%Y").unwrap().read(b"13/01/2011"), None);
        assert!(Format::parse("%q").is_err());
        assert!(Format::parse("%H:%M").is_err());
    }
}
