//! The members of a sample: when they joined and through whom, how often they buy, what they like.
//!
//! Few buy a lot: how often someone buys follows 1 ÷ (chance + a little), a heavy tail as in real shops.

use super::Sample;
use super::chance::Chance;
use super::goods::CATEGORIES;
use crate::time::Day;

/// One member.
pub(super) struct Person {
    pub(super) joined: Day,
    /// How often this member buys against others.
    pub(super) rate: u64,
    /// The category bought twice as often as by others.
    pub(super) likes: usize,
    /// The usual store.
    pub(super) store: u64,
    /// Buys online in so many of a thousand cases.
    pub(super) online: u64,
    /// Lines of a basket against the usual, in percent.
    pub(super) basket: u64,
    /// The member who brought this one.
    pub(super) friend: Option<usize>,
    pub(super) birthday: Option<Day>,
}

/// Percent of the usual basket, from the smallest buyers to the largest.
const BASKETS: [u64; 16] = [50, 60, 70, 75, 80, 85, 90, 95, 100, 105, 115, 125, 140, 160, 200, 300];

impl Person {
    /// All members, in the order of joining: six in ten before the history begins.
    pub(super) fn all(sample: &Sample) -> Vec<Self> {
        let mut chance = Chance::new(sample.seed, 1);
        let days = sample.days();
        let mut joined: Vec<Day> = (0..sample.members)
            .map(|_| {
                let day = if chance.in_thousand(600) {
                    sample.from.plus_days(-1 - i64::try_from(chance.below(730)).unwrap_or(0))
                } else {
                    sample.from.plus_days(i64::try_from(chance.below(days)).unwrap_or(0))
                };
                day.unwrap_or(sample.from)
            })
            .collect();
        joined.sort_unstable();
        joined.into_iter().enumerate().map(|(index, joined)| Self::draw(&mut chance, sample, index, joined)).collect()
    }

    fn draw(chance: &mut Chance, sample: &Sample, index: usize, joined: Day) -> Self {
        let rate = (1 << 22) / (chance.below(1 << 16) + 512);
        let is_friend = joined >= sample.from && index > 0 && chance.in_thousand(200);
        let online = if chance.in_thousand(250) { 800 } else { 100 };
        Self {
            joined,
            rate,
            likes: chance.index(CATEGORIES.len()),
            store: chance.below(sample.stores()) + 1,
            online,
            basket: BASKETS.get(chance.index(BASKETS.len())).copied().unwrap_or(100),
            friend: if is_friend { Some(chance.index(index)) } else { None },
            birthday: birthday(chance),
        }
    }
}

/// One in twenty does not say.
fn birthday(chance: &mut Chance) -> Option<Day> {
    let first = Day::from_ymd(1945, 1, 1)?;
    let day = first.plus_days(i64::try_from(chance.below(64 * 365)).ok()?);
    if chance.in_thousand(50) { None } else { day }
}

/// The name of the member at a position: `M00042`.
pub(super) fn name(index: usize) -> String {
    format!("M{:05}", index + 1)
}
