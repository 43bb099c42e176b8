//! What the reader of rows has just looked up: days repeat, and so do categories and stores.

use super::rows::Record;
use super::stamp::Stamp;
use crate::time::{Day, Instant, Moment, Zone};
use crate::ty::{Sym, Texts};

/// How many short texts are kept at hand.
const TEXTS: usize = 2_048;
/// Texts up to this length fit into one number beside their length.
const SHORT: usize = 15;

/// Short texts by their bytes, each in the one place where it may stand.
pub(super) struct Memo {
    texts: Vec<([u64; 2], Sym)>,
    /// The last date as it was written, and the day that it is.
    date: ([u8; 10], Day),
    day: Option<(Day, Instant)>,
    /// The last time and what it meant: rows of a receipt repeat it.
    last: (Vec<u8>, Moment),
    /// The columns that say which fact a row is of.
    identity: Vec<usize>,
    /// They are the first ones, so plain rows tell themselves that they repeat them.
    leading: bool,
    /// What stood in them in the row before, where that could not be told.
    noted: Option<Vec<Vec<u8>>>,
    /// How often these changed.
    version: u64,
}

impl Memo {
    /// A memory for a file with these columns of identity.
    pub(super) fn new(identity: Vec<usize>) -> Self {
        Self {
            leading: identity.iter().copied().eq(0..identity.len()),
            noted: None,
            identity,
            version: 0,
            texts: vec![([0; 2], Sym::EMPTY); TEXTS],
            date: ([0; 10], Day::default()),
            day: None,
            last: (Vec::new(), Moment::default()),
        }
    }

    /// How many leading columns have to be watched.
    pub(super) fn watched(&self) -> usize {
        if self.leading { self.identity.len() } else { 0 }
    }

    /// Is the row of the same fact as the one that was noted last?
    pub(super) fn repeats(&self, record: Record<'_>) -> bool {
        if self.leading && record.plain {
            return record.repeats;
        }
        let Some(noted) = &self.noted else { return false };
        self.identity.iter().zip(noted).all(|(column, noted)| record.field(*column) == noted.as_slice())
    }

    /// Notes which fact a row is of, and numbers it.
    pub(super) fn note(&mut self, record: Record<'_>) -> u64 {
        if self.leading && record.plain {
            self.noted = None;
        } else {
            let noted = self.noted.get_or_insert_with(|| vec![Vec::new(); self.identity.len()]);
            for (column, noted) in self.identity.iter().zip(noted) {
                noted.clear();
                noted.extend_from_slice(record.field(*column));
            }
        }
        self.version += 1;
        self.version
    }

    /// The number of the fact that was noted last; 0 for none.
    pub(super) fn version(&self) -> u64 {
        self.version
    }

    /// The symbol of a text; none where the bytes are no text.
    pub(super) fn intern(&mut self, bytes: &[u8], texts: &mut Texts) -> Option<Sym> {
        if bytes.len() > SHORT {
            return std::str::from_utf8(bytes).ok().map(|text| texts.intern(text));
        }
        let key = short_key(bytes);
        let [low, high] = key;
        let mixed = (low ^ high.rotate_left(29)).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 53;
        let known = self.texts.get_mut(usize::try_from(mixed).unwrap_or(0) % TEXTS)?;
        if known.0 != key {
            *known = (key, texts.intern(std::str::from_utf8(bytes).ok()?));
        }
        Some(known.1)
    }

    /// Reads a time of ISO 8601; the date is most often that of the row before.
    pub(super) fn parse_iso(&mut self, text: &[u8]) -> Option<Stamp> {
        let (date, rest) = text.split_first_chunk::<10>()?;
        if self.date.0 != *date {
            self.date = (*date, Day::parse_bytes(date)?);
        }
        Stamp::parse_clock(self.date.1, rest)
    }

    /// The moment of a text, if it is the same as the last.
    pub(super) fn known_moment(&self, text: &[u8]) -> Option<Moment> {
        (!text.is_empty() && self.last.0 == text).then_some(self.last.1)
    }

    /// The moment of a stamp: within a day whose clocks do not change, the start of the day is enough.
    pub(super) fn moment(&mut self, text: &[u8], stamp: Stamp, zone: &Zone) -> Option<Moment> {
        let moment = match self.start(stamp, zone).zip(stamp.plain_seconds()) {
            None => stamp.moment(zone)?,
            Some((start, seconds)) => {
                Moment { instant: start.plus_seconds(seconds)?, day: stamp.day, time: stamp.time }
            }
        };
        self.last.0.clear();
        self.last.0.extend_from_slice(text);
        self.last.1 = moment;
        Some(moment)
    }

    fn start(&mut self, stamp: Stamp, zone: &Zone) -> Option<Instant> {
        if let Some((day, start)) = self.day
            && day == stamp.day
        {
            return Some(start);
        }
        let start = zone.day_start(stamp.day);
        let end = zone.day_start(stamp.day.next()?);
        let even =
            start.plus_seconds(86_400) == Some(end) && zone.moment(start).time == crate::time::TimeOfDay::MIDNIGHT;
        if !even || zone.changes_within(start, end) {
            return None;
        }
        self.day = Some((stamp.day, start));
        Some(start)
    }
}

/// The bytes of a short text and its length as two numbers, different for different texts.
fn short_key(bytes: &[u8]) -> [u64; 2] {
    let length = (bytes.len() as u64) << 56;
    // The ends of the text overlap where it is short of the double width; with the length that is unique.
    if let (Some(first), Some(last)) = (bytes.first_chunk::<8>(), bytes.last_chunk::<8>()) {
        [u64::from_le_bytes(*first), length | u64::from_le_bytes(*last) >> 8]
    } else if let (Some(first), Some(last)) = (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        [u64::from(u32::from_le_bytes(*first)) | u64::from(u32::from_le_bytes(*last)) << 32, length]
    } else {
        [bytes.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte)), length]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_told_apart_by_every_byte() {
        let (mut memo, mut texts) = (Memo::new(Vec::new()), Texts::default());
        for text in ["", "a", "a\0", "ab", "123456789012345", "1234567890123456", "a", "кофе"] {
            let sym = memo.intern(text.as_bytes(), &mut texts).unwrap();
            assert_eq!(texts.text(sym), text);
        }
        assert_eq!(memo.intern(&[0xFF], &mut texts), None);
    }

    #[test]
    fn moments_are_those_of_the_zone() {
        for name in ["Europe/Berlin", "Asia/Beirut", "Pacific/Apia", "America/St_Johns"] {
            let (zone, mut memo) = (Zone::named(name).unwrap(), Memo::new(Vec::new()));
            for number in 14_000..16_000 {
                let day = Day::from_number(number).unwrap();
                for time in ["00:00", "00:01", "02:30", "23:59:59.5"] {
                    let stamp = Stamp::parse_iso(format!("{day}T{time}").as_bytes());
                    let Some(stamp) = stamp else { continue };
                    assert_eq!(memo.moment(b"", stamp, &zone), stamp.moment(&zone), "{name} {day} {time}");
                }
            }
        }
    }
}
