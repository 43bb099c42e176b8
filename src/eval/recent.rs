//! The ids that were counted in the last 30 days: they tell "already counted" from "too late".
//!
//! Each event asks whether its id is among them, and whoever buys every day has many. So half of each id lies close
//! by the others, and all else apart.

use super::book::DAYS_REMEMBERED;
use crate::time::Day;
use crate::ty::event::RowPlace;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

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
pub struct RecentIds {
    /// The upper half of each id.
    marks: VecDeque<u32>,
    /// What else is known of each.
    rest: VecDeque<Rest>,
}

/// What is known of an id besides its upper half.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Rest {
    /// The lower half of the id.
    id: u32,
    content: u32,
    row: u32,
    /// The file, above, and the day, counted from the first there is.
    file_and_day: u32,
}

/// All days there are have numbers of so many bits.
const DAY_BITS: u32 = 17;
/// So many ids have room when one has none: of three a week. There are many members, and few buy every day.
const AT_ONCE: usize = 12;

impl RecentIds {
    /// What is known of an id.
    pub(super) fn find(&self, id: u64) -> Option<Recent> {
        let (mark, low) = halves(id);
        let (one, other) = self.marks.as_slices();
        if !one.contains(&mark) && !other.contains(&mark) {
            return None;
        }
        let mut known = self.marks.iter().zip(&self.rest);
        known.find(|(own, rest)| **own == mark && rest.id == low).map(|(mark, rest)| told(*mark, *rest))
    }

    /// Remembers an id, and forgets those that are older than ids are remembered.
    pub(super) fn remember(&mut self, new: Recent) {
        let oldest = new.day.plus_days(-DAYS_REMEMBERED).unwrap_or(Day::MIN);
        while self.rest.front().is_some_and(|rest| day_of(*rest) < oldest) {
            self.rest.pop_front();
            self.marks.pop_front();
        }
        if self.rest.len() == self.rest.capacity() {
            self.rest.reserve_exact(AT_ONCE);
            self.marks.reserve_exact(AT_ONCE);
        } else if self.rest.capacity() > 3 * AT_ONCE + 3 * self.rest.len() {
            self.rest.shrink_to(AT_ONCE + self.rest.len());
            self.marks.shrink_to(AT_ONCE + self.marks.len());
        }
        let (mark, rest) = held(new);
        self.marks.push_back(mark);
        self.rest.push_back(rest);
    }

    /// Reads what the next event will ask for.
    pub(super) fn touch(&self) -> i64 {
        let (one, other) = self.marks.as_slices();
        let marks = [one, other].into_iter().filter_map(|part| part.last());
        let ends = [self.rest.front(), self.rest.back()].into_iter().flatten().map(|rest| &rest.row);
        marks.chain(ends).fold(0, |sum, number| sum ^ i64::from(*number))
    }
}

/// The upper and the lower half.
#[expect(clippy::cast_possible_truncation, reason = "the halves of the number are meant")]
const fn halves(id: u64) -> (u32, u32) {
    ((id >> 32) as u32, id as u32)
}

/// A message about a row or a file beyond those that have room names the last one that has.
fn held(new: Recent) -> (u32, Rest) {
    let (mark, id) = halves(new.id);
    let file = new.place.file.min(u32::MAX >> DAY_BITS);
    let day = (new.day.number() - Day::MIN.number()).unsigned_abs();
    let row = u32::try_from(new.place.row).unwrap_or(u32::MAX);
    (mark, Rest { id, content: new.content, row, file_and_day: file << DAY_BITS | day })
}

fn day_of(rest: Rest) -> Day {
    let day = (rest.file_and_day & ((1 << DAY_BITS) - 1)).cast_signed();
    Day::from_number(day + Day::MIN.number()).unwrap_or(Day::MAX)
}

fn told(mark: u32, rest: Rest) -> Recent {
    let place = RowPlace { file: rest.file_and_day >> DAY_BITS, row: u64::from(rest.row) };
    Recent { id: u64::from(mark) << 32 | u64::from(rest.id), content: rest.content, place, day: day_of(rest) }
}

impl From<Vec<Recent>> for RecentIds {
    fn from(all: Vec<Recent>) -> Self {
        let (marks, rest) = all.into_iter().map(held).unzip();
        Self { marks, rest }
    }
}

impl From<RecentIds> for Vec<Recent> {
    fn from(ids: RecentIds) -> Self {
        ids.marks.iter().zip(&ids.rest).map(|(mark, rest)| told(*mark, *rest)).collect()
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
