//! The ids that were counted in the last 30 days: they tell "already counted" from "too late".
//!
//! Each event asks whether its id is among them. Most members have few, and many members have some, so they lie in one
//! short list of few bytes.

use super::book::DAYS_REMEMBERED;
use crate::time::Day;
use crate::ty::event::RowPlace;
use serde::{Deserialize, Serialize};

/// An id that was counted, with the hash of its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recent {
    /// Hash of kind and id.
    pub id: u64,
    /// Hash of the content.
    pub content: u32,
    /// Where it stood.
    pub place: RowPlace,
    /// The day.
    pub day: Day,
}

/// The ids of one member, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<Recent>", into = "Vec<Recent>")]
pub struct RecentIds(Vec<Held>);

/// An id in few bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Held {
    /// The upper and the lower half of the id.
    id: (u32, u32),
    content: u32,
    row: u32,
    /// The file, above, and the day, counted from the first there is.
    file_and_day: u32,
}

/// All days there are have numbers of so many bits.
const DAY_BITS: u32 = 17;
/// So many ids have room when one has none: of two a week. There are many members, and few buy every day.
const AT_ONCE: usize = 8;

impl RecentIds {
    /// What is known of an id.
    #[inline]
    pub(super) fn find(&self, id: u64) -> Option<Recent> {
        let id = halves(id);
        self.0.iter().find(|held| held.id == id).map(|held| told(*held))
    }

    /// Remembers an id, and forgets those that are older than ids are remembered.
    #[inline]
    pub(super) fn remember(&mut self, new: Recent) {
        let oldest = new.day.plus_days(-DAYS_REMEMBERED).unwrap_or(Day::MIN);
        let new = held(new);
        let outdated = day_number(oldest);
        if self.0.first().is_some_and(|held| held.day() < outdated) {
            let over = self.0.iter().take_while(|held| held.day() < outdated).count();
            self.0.drain(..over);
        }
        if self.0.len() == self.0.capacity() || self.0.capacity() > 3 * (AT_ONCE + self.0.len()) {
            self.make_room();
        }
        self.0.push(new);
    }

    #[cold]
    fn make_room(&mut self) {
        if self.0.len() == self.0.capacity() {
            self.0.reserve_exact(if self.0.is_empty() { AT_ONCE } else { AT_ONCE / 2 });
        } else {
            self.0.shrink_to(AT_ONCE + self.0.len());
        }
    }

    /// Reads what the next event will ask for.
    pub(super) fn touch(&self) -> i64 {
        let ends = [self.0.first(), self.0.last()];
        ends.into_iter().flatten().fold(0, |sum, held| sum ^ i64::from(held.row))
    }
}

impl Held {
    const fn day(self) -> u32 {
        self.file_and_day & ((1 << DAY_BITS) - 1)
    }
}

/// The upper and the lower half.
#[expect(clippy::cast_possible_truncation, reason = "the halves of the number are meant")]
const fn halves(id: u64) -> (u32, u32) {
    ((id >> 32) as u32, id as u32)
}

/// A day, counted from the first there is.
fn day_number(day: Day) -> u32 {
    (day.number() - Day::MIN.number()).unsigned_abs()
}

/// A message about a row or a file beyond those that have room names the last one that has.
fn held(new: Recent) -> Held {
    let file = new.place.file.min(u32::MAX >> DAY_BITS);
    let row = u32::try_from(new.place.row).unwrap_or(u32::MAX);
    let file_and_day = file << DAY_BITS | day_number(new.day);
    Held { id: halves(new.id), content: new.content, row, file_and_day }
}

fn told(held: Held) -> Recent {
    let day = Day::from_number(held.day().cast_signed() + Day::MIN.number()).unwrap_or(Day::MAX);
    let place = RowPlace { file: held.file_and_day >> DAY_BITS, row: u64::from(held.row) };
    Recent { id: u64::from(held.id.0) << 32 | u64::from(held.id.1), content: held.content, place, day }
}

impl From<Vec<Recent>> for RecentIds {
    fn from(all: Vec<Recent>) -> Self {
        Self(all.into_iter().map(held).collect())
    }
}

impl From<RecentIds> for Vec<Recent> {
    fn from(ids: RecentIds) -> Self {
        ids.0.into_iter().map(told).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_remembered_is_found_until_it_is_too_old() {
        let mut ids = RecentIds::default();
        let of = |at: i32| Recent {
            // The same upper half: the lower one tells them apart.
            id: 7 << 32 | u64::from(at.unsigned_abs()),
            content: at.unsigned_abs(),
            place: RowPlace { file: 3, row: 9_000_000 + u64::from(at.unsigned_abs()) },
            day: Day::from_number(20_000 + at).unwrap_or_default(),
        };
        for at in 0..100 {
            ids.remember(of(at));
            for known in (at - 40).max(0)..=at {
                assert_eq!(ids.find(of(known).id), (at - known <= 30).then(|| of(known)), "{known} at {at}");
            }
        }
        assert_eq!(ids.find(7), None);
        let all: Vec<Recent> = ids.clone().into();
        assert_eq!(all.len(), 31);
        assert_eq!(RecentIds::from(all), ids);
    }

    #[test]
    fn the_last_days_and_files_have_room() {
        let place = RowPlace { file: u32::MAX, row: u64::MAX };
        let kept: Vec<Recent> =
            RecentIds::from(vec![Recent { id: u64::MAX, content: u32::MAX, place, day: Day::MAX }]).into();
        let place = RowPlace { file: 32_767, row: u64::from(u32::MAX) };
        assert_eq!(kept, [Recent { id: u64::MAX, content: u32::MAX, place, day: Day::MAX }]);
    }
}
