//! A sum for each day, oldest first: what a rolling window is made of.
//!
//! A member who buys every day has hundreds of them, and a book many members, so they are held in few bytes: of each
//! day its sum, without the zeros at its end, and how many days later the next one is. The newest day stands apart,
//! because it is the one that grows.

use crate::time::Day;
use crate::value::{Amount, Overflow};
use serde::{Deserialize, Serialize};

/// Sums by day.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(from = "Vec<(Day, Amount)>", into = "Vec<(Day, Amount)>")]
pub(super) struct DaySums {
    /// All days but the newest.
    bytes: Vec<u8>,
    /// Where the oldest of them begins; what stands before is out.
    start: u32,
    /// The oldest day of all.
    first: Option<Day>,
    /// The newest day of all, and its sum.
    last: Option<(Day, Amount)>,
}

impl DaySums {
    /// Has it no day?
    pub(super) fn is_empty(&self) -> bool {
        self.last.is_none()
    }

    /// The oldest day.
    pub(super) fn first(&self) -> Option<Day> {
        self.first
    }

    /// The oldest day and its sum, taken off.
    pub(super) fn pop_first(&mut self) -> Option<(Day, Amount)> {
        let first = self.first?;
        let mut rest = self.held();
        let Some((amount, until_next)) = next_pair(&mut rest) else {
            return std::mem::take(self).last;
        };
        let left = rest.len();
        self.first = first.plus_days(until_next);
        let start = self.bytes.len().saturating_sub(left);
        self.start = u32::try_from(start).unwrap_or(u32::MAX);
        if start > BYTES_OUT {
            self.close_up();
            self.bytes.shrink_to((left + left / 2).max(BYTES_FIRST));
        }
        Some((first, amount))
    }

    /// Adds to a day; answers what its sum is now.
    pub(super) fn add(&mut self, day: Day, amount: Amount) -> Result<Amount, Overflow> {
        match &mut self.last {
            Some((last, sum)) if *last == day => {
                *sum = sum.plus(amount)?;
                return Ok(*sum);
            }
            Some((last, sum)) if *last < day => {
                let until_next = i64::from(day.number()) - i64::from(last.number());
                let sum = *sum;
                self.hold(sum, until_next);
            }
            Some(_) => return self.add_between(day, amount),
            None => self.first = Some(day),
        }
        self.last = Some((day, amount));
        Ok(amount)
    }

    /// Adds to a day that has a sum; answers what it is now, none where the day has none.
    pub(super) fn add_back(&mut self, day: Day, amount: Amount) -> Result<Option<Amount>, Overflow> {
        if self.last.is_some_and(|(last, _)| last == day) {
            return self.add(day, amount).map(Some);
        }
        let (mut rest, mut own) = (self.held(), self.first);
        while let Some(known) = own.filter(|known| *known <= day) {
            let from = self.bytes.len().saturating_sub(rest.len());
            let Some((sum, until_next)) = next_pair(&mut rest) else { break };
            if known == day {
                let sum = sum.plus(amount)?;
                let to = self.bytes.len().saturating_sub(rest.len());
                let mut pair = Vec::with_capacity(PAIR_MAX);
                push_pair(&mut pair, sum, until_next);
                self.bytes.splice(from..to, pair);
                return Ok(Some(sum));
            }
            own = known.plus_days(until_next);
        }
        Ok(None)
    }

    /// Adds to a day wherever it stands.
    fn add_between(&mut self, day: Day, amount: Amount) -> Result<Amount, Overflow> {
        let mut days: Vec<(Day, Amount)> = self.iter().collect();
        let at = days.partition_point(|(known, _)| *known < day);
        let sum = match days.get_mut(at) {
            Some((known, sum)) if *known == day => {
                *sum = sum.plus(amount)?;
                *sum
            }
            _ => {
                days.insert(at, (day, amount));
                amount
            }
        };
        *self = days.into();
        Ok(sum)
    }

    /// The days with their sums, oldest first.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Day, Amount)> + '_ {
        let (mut rest, mut day) = (self.held(), self.first);
        let held = std::iter::from_fn(move || {
            let (amount, until_next) = next_pair(&mut rest)?;
            let own = day?;
            day = own.plus_days(until_next);
            Some((own, amount))
        });
        held.chain(self.last)
    }

    /// Reads both ends, so that the days are at hand for what follows.
    pub(super) fn touch(&self) -> i64 {
        let held = self.held();
        [held.first(), held.last()].into_iter().flatten().fold(0, |sum, byte| sum ^ i64::from(*byte))
    }

    fn held(&self) -> &[u8] {
        self.bytes.get(self.start as usize..).unwrap_or(&[])
    }

    /// Lets go of the bytes of days that are out.
    fn close_up(&mut self) {
        self.bytes.drain(..self.start as usize);
        self.start = 0;
    }

    /// The newest day becomes one of the others.
    fn hold(&mut self, sum: Amount, until_next: i64) {
        if self.bytes.capacity() - self.bytes.len() < PAIR_MAX {
            self.close_up();
        }
        if self.bytes.capacity() - self.bytes.len() < PAIR_MAX {
            // Room for some fifty days at once, then little by little: there are many members, and few buy every day.
            self.bytes.reserve_exact(if self.bytes.is_empty() { BYTES_FIRST } else { BYTES_MORE });
        }
        push_pair(&mut self.bytes, sum, until_next);
    }
}

/// So many bytes are taken for the first days, and so many when they are full.
const BYTES_FIRST: usize = 224;
const BYTES_MORE: usize = 32;
/// So many bytes of days that are out stay at most.
const BYTES_OUT: usize = 64;

/// A sum and the days until the next have no more bytes than that: two numbers of 68 bits at most, seven in a byte.
const PAIR_MAX: usize = 20;

/// What a sum may be counted in, the finest first: most are of whole tenths or hundredths, and many of whole units.
const SCALES: [i64; 4] = [1, 10_000, 100_000, Amount::SCALE];

/// Writes a sum, and how many days later the next one is.
fn push_pair(bytes: &mut Vec<u8>, sum: Amount, until_next: i64) {
    let micros = sum.micros();
    let coarsest = (0_u8..4).zip(SCALES).rev().find(|(_, scale)| micros % scale == 0);
    let (scale, left) = coarsest.map_or((0, micros), |(scale, size)| (scale, micros / size));
    // The first byte has the scale, the sign and four bits of the number; one that goes on has its highest bit set.
    let left_abs = left.unsigned_abs();
    let [low, ..] = (left_abs & 15).to_le_bytes();
    let more = left_abs >> 4;
    bytes.push(u8::from(more > 0) << 7 | scale << 5 | u8::from(left < 0) << 4 | low);
    if more > 0 {
        push_number(bytes, more);
    }
    push_number(bytes, until_next.unsigned_abs());
}

/// Reads such a pair off the front.
#[inline]
fn next_pair(bytes: &mut &[u8]) -> Option<(Amount, i64)> {
    let (head, rest) = bytes.split_first()?;
    *bytes = rest;
    let more = if head & 0x80 == 0 { 0 } else { next_number(bytes)? };
    let left = u64::from(head & 15) | more.checked_mul(16)?;
    let left = if head & 16 == 16 { 0_i64.checked_sub_unsigned(left)? } else { i64::try_from(left).ok()? };
    let scale = SCALES.get(usize::from(head >> 5 & 3))?;
    Some((Amount::from_micros(left.checked_mul(*scale)?), i64::try_from(next_number(bytes)?).ok()?))
}

/// Writes a number, seven bits in a byte, the lowest first; the last byte is below 128.
fn push_number(bytes: &mut Vec<u8>, mut number: u64) {
    loop {
        let [low, ..] = number.to_le_bytes();
        number >>= 7;
        if number == 0 {
            bytes.push(low & 0x7f);
            return;
        }
        bytes.push(low | 0x80);
    }
}

/// Reads a number off the front. Most are one byte.
#[inline]
fn next_number(bytes: &mut &[u8]) -> Option<u64> {
    let (byte, rest) = bytes.split_first()?;
    if *byte < 0x80 {
        *bytes = rest;
        return Some(u64::from(*byte));
    }
    next_long(bytes)
}

fn next_long(bytes: &mut &[u8]) -> Option<u64> {
    let (mut number, mut shift) = (0_u64, 0_u32);
    while let Some((byte, rest)) = bytes.split_first() {
        *bytes = rest;
        number |= u64::from(byte & 0x7f).checked_shl(shift)?;
        if *byte < 0x80 {
            return Some(number);
        }
        shift += 7;
    }
    None
}

impl PartialEq for DaySums {
    fn eq(&self, other: &Self) -> bool {
        self.last == other.last && self.iter().eq(other.iter())
    }
}

impl Eq for DaySums {}

/// Days in order, none twice.
impl From<Vec<(Day, Amount)>> for DaySums {
    fn from(days: Vec<(Day, Amount)>) -> Self {
        let mut sums = Self { first: days.first().map(|(day, _)| *day), ..Self::default() };
        for pair in days.windows(2) {
            let [(day, sum), (next, _)] = pair else { continue };
            sums.hold(*sum, i64::from(next.number()) - i64::from(day.number()));
        }
        sums.last = days.last().copied();
        sums
    }
}

impl From<DaySums> for Vec<(Day, Amount)> {
    fn from(sums: DaySums) -> Self {
        sums.iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(number: i32) -> Day {
        Day::from_number(number).unwrap_or_default()
    }

    #[test]
    fn what_is_held_in_few_bytes_comes_out_again() {
        let sums = [0, 1, -1, 45_390_000_000, i64::MAX, i64::MIN, -990_000, 1_000_000_000_000].map(Amount::from_micros);
        let days: Vec<_> =
            (0..250).zip(sums.into_iter().cycle()).map(|(at, sum)| (day(20_000 + at * at), sum)).collect();
        let mut held = DaySums::default();
        for (day, sum) in &days {
            assert_eq!(held.add(*day, *sum), Ok(*sum));
        }
        assert_eq!(held.iter().collect::<Vec<_>>(), days);
        for left in 0..days.len() {
            assert_eq!(held.first(), days.get(left).map(|(day, _)| *day));
            assert_eq!(held.iter().count(), days.len() - left);
            assert_eq!(held.pop_first(), days.get(left).copied());
        }
        assert!(held.is_empty() && held.pop_first().is_none());
    }

    #[test]
    fn a_day_that_has_a_sum_takes_more_and_another_does_not() {
        let one = Amount::ONE;
        let mut held: DaySums = vec![(day(10), one), (day(12), one), (day(400), one)].into();
        assert_eq!(held.add(day(400), one), Amount::whole(2));
        assert_eq!(held.add_back(day(12), one), Ok(Amount::whole(2).ok()));
        assert_eq!(held.add_back(day(11), one), Ok(None));
        let sums: Vec<_> = held.iter().map(|(day, sum)| (day.number(), sum.micros() / Amount::SCALE)).collect();
        assert_eq!(sums, [(10, 1), (12, 2), (400, 2)]);
    }
}
