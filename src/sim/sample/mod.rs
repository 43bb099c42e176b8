//! A believable history of any size: `earnest sample --members 5000 --receipts 1000000 --seed 7`.
//!
//! Shops of a coffee chain: members who buy often and seldom, baskets, seasons, weekends, returns, friends
//! who bring friends, reviews, sales to strangers. It is made day by day and written as it is made, so its
//! size costs no memory; only the members are held. All is whole numbers drawn from one seed.

mod chance;
mod goods;
mod people;

use crate::time::{Day, Weekday};
use chance::Chance;
use goods::{CATEGORIES, Goods, quantity};
use people::{Person, name};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

/// What a sample is to be like.
///
/// ```
/// use earnest::{sim::sample::Sample, time::Day};
/// let day = |text| Day::parse(text).unwrap();
/// let sample = Sample { members: 20, receipts: 100, from: day("2025-01-01"), to: day("2025-12-31"), seed: 7 };
/// let mut history = Vec::new();
/// assert_eq!(sample.write_history(&mut history).unwrap().receipts, 100);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sample {
    /// How many members.
    pub members: usize,
    /// How many purchases, those of strangers included.
    pub receipts: u64,
    /// The first day.
    pub from: Day,
    /// The last day.
    pub to: Day,
    /// The same seed gives the same bytes.
    pub seed: u64,
}

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SampleCounts {
    /// Rows, without the header.
    pub rows: u64,
    /// Purchases.
    pub receipts: u64,
    /// Returns.
    pub returns: u64,
    /// New members in the time of the history.
    pub joins: u64,
    /// Reviews.
    pub actions: u64,
}

/// The columns of the history, and what stands in them.
pub const HISTORY_COLUMNS: [(&str, &str); 15] = [
    ("member", "the member, M00001 and so on; empty for a sale to a stranger"),
    ("at", "date and time, in the zone of the shops"),
    ("kind", "purchase, return, join or action"),
    ("receipt", "the number of the receipt or of the return"),
    ("of", "for a return the receipt it returns (not always known), for a review the receipt it is about"),
    ("sku", "the article"),
    ("category", "coffee, bread, cakes, lunch, ice cream, gifts, gift card, alcohol"),
    ("brand", "one of six"),
    ("quantity", "how many"),
    ("price", "of one"),
    ("amount", "of the line"),
    ("channel", "store or web"),
    ("store", "S01 and so on; empty on the web"),
    ("name", "of an action: review"),
    ("referred_by", "for a join: the member who brought this one, if any"),
];

/// The columns of the members file, and what stands in them.
pub const MEMBER_COLUMNS: [(&str, &str); 3] = [
    ("member", "the member"),
    ("joined", "the day of joining; six in ten joined before the history begins"),
    ("birthday", "empty for one in twenty"),
];

/// Receipts of an hour of the day, from 8 to 21.
const HOURS: [u64; 14] = [90, 110, 80, 70, 90, 120, 90, 60, 60, 80, 110, 120, 80, 40];
/// Of a thousand receipts: those of strangers, those that are returned, those that are reviewed.
const STRANGERS: u64 = 100;
const RETURNED: u64 = 35;
const REVIEWED: u64 = 12;
/// Returns come within so many days.
const RETURN_DAYS: u64 = 40;

impl Sample {
    /// The days of the history; one at least.
    fn days(&self) -> u64 {
        u64::try_from(i64::from(self.to.number()) - i64::from(self.from.number()) + 1).unwrap_or(1).max(1)
    }

    fn stores(&self) -> u64 {
        (self.members as u64 / 400).clamp(3, 60)
    }

    /// Writes the members file.
    pub fn write_members(&self, mut out: impl Write) -> io::Result<()> {
        header(&mut out, &MEMBER_COLUMNS)?;
        for (index, person) in Person::all(self).iter().enumerate() {
            let birthday = person.birthday.map(|day| day.to_string()).unwrap_or_default();
            writeln!(out, "{},{},{birthday}", name(index), person.joined)?;
        }
        out.flush()
    }

    /// Writes the history, sorted by time.
    pub fn write_history(&self, mut out: impl Write) -> io::Result<SampleCounts> {
        header(&mut out, &HISTORY_COLUMNS)?;
        let mut writer = Writer::new(self);
        let total: u64 = self.calendar().map(weight).sum();
        let mut passed = 0;
        for day in self.calendar() {
            let upto = |passed: u64| u128::from(self.receipts) * u128::from(passed) / u128::from(total.max(1));
            let before = upto(passed);
            passed += weight(day);
            let receipts = u64::try_from(upto(passed) - before).unwrap_or(0);
            writer.day(day, receipts);
            out.write_all(writer.text.as_bytes())?;
        }
        out.flush()?;
        Ok(writer.counts)
    }

    fn calendar(&self) -> impl Iterator<Item = Day> + use<> {
        let to = self.to;
        std::iter::successors(Some(self.from), |day| day.next()).take_while(move |day| *day <= to)
    }
}

fn header(out: &mut impl Write, columns: &[(&str, &str)]) -> io::Result<()> {
    let names: Vec<_> = columns.iter().map(|(name, _)| *name).collect();
    writeln!(out, "{}", names.join(","))
}

/// How much is bought on a day against others.
fn weight(day: Day) -> u64 {
    let weekday = match day.weekday() {
        Weekday::Monday | Weekday::Tuesday => 85,
        Weekday::Wednesday => 90,
        Weekday::Thursday => 95,
        Weekday::Friday => 115,
        Weekday::Saturday => 135,
        Weekday::Sunday => 110,
    };
    let season = match day.ymd() {
        (_, 12, 15..=31) => 160,
        (_, 1, 1..=8) => 60,
        (_, 7 | 8, _) => 85,
        _ => 100,
    };
    weekday * season
}

/// What is still to come on a day.
enum Plan {
    Join(usize),
    Purchase(Option<usize>),
    Return(Sale),
    Review(Sale),
}

/// A line that may come back.
struct Sale {
    member: usize,
    receipt: u64,
    sku: String,
    category: usize,
    brand: &'static str,
    quantity: u64,
    price: u64,
    channel: Place,
}

/// Where something was bought: a store, or the web.
#[derive(Clone, Copy)]
struct Place(Option<u64>);

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            Some(store) => write!(f, "store,S{store:02}"),
            None => f.write_str("web,"),
        }
    }
}

/// Makes the rows of one day after the other.
struct Writer {
    sample: Sample,
    chance: Chance,
    people: Vec<Person>,
    goods: Goods,
    /// Sums of the rates of all members up to one, in the order of joining.
    rates: Vec<u64>,
    /// How many have joined by now.
    joined: usize,
    /// Returns and reviews of days to come.
    later: BTreeMap<Day, Vec<Plan>>,
    receipt: u64,
    day: Day,
    /// The rows of the day.
    text: String,
    counts: SampleCounts,
}

impl Writer {
    fn new(sample: &Sample) -> Self {
        let people = Person::all(sample);
        let mut sum = 0;
        let rates = people.iter().map(|person| {
            sum += person.rate;
            sum
        });
        Self {
            sample: *sample,
            chance: Chance::new(sample.seed, 3),
            goods: Goods::new(sample.seed),
            rates: rates.collect(),
            people,
            joined: 0,
            later: BTreeMap::new(),
            receipt: 0,
            day: sample.from,
            text: String::new(),
            counts: SampleCounts::default(),
        }
    }

    fn day(&mut self, day: Day, receipts: u64) {
        self.text.clear();
        self.day = day;
        let mut plans: Vec<(u64, Plan)> = Vec::new();
        while let Some(person) = self.people.get(self.joined).filter(|person| person.joined <= day) {
            if person.joined == day {
                // Joined before the shops sell, so that a first purchase may be of the same day.
                plans.push((7 * 3_600 + self.chance.below(3_600), Plan::Join(self.joined)));
            }
            self.joined += 1;
        }
        for plan in self.later.remove(&day).unwrap_or_default() {
            plans.push((self.time(), plan));
        }
        for _ in 0..receipts {
            let member = if self.chance.in_thousand(STRANGERS) { None } else { self.member() };
            plans.push((self.time(), Plan::Purchase(member)));
        }
        // A stable sort: what falls on one second stays in the order in which it was drawn.
        plans.sort_by_key(|(time, _)| *time);
        for (time, plan) in plans {
            let at = format!("{day}T{:02}:{:02}:{:02}", time / 3_600, time / 60 % 60, time % 60);
            match plan {
                Plan::Join(member) => self.join(&at, member),
                Plan::Purchase(member) => self.purchase(&at, member),
                Plan::Return(sale) => self.give_back(&at, &sale),
                Plan::Review(sale) => self.review(&at, &sale),
            }
        }
    }

    fn time(&mut self) -> u64 {
        let hour = self.chance.weighted(HOURS.into_iter());
        (hour as u64 + 8) * 3_600 + self.chance.below(3_600)
    }

    /// One of those who have joined, by how often they buy.
    fn member(&mut self) -> Option<usize> {
        let known = self.rates.get(..self.joined)?;
        let drawn = self.chance.below(*known.last()?);
        Some(known.partition_point(|sum| *sum <= drawn))
    }

    fn row(&mut self, row: std::fmt::Arguments<'_>) {
        use std::fmt::Write as _;
        // Writing to a String cannot fail.
        let _ = self.text.write_fmt(row);
        self.text.push('\n');
        self.counts.rows += 1;
    }

    fn join(&mut self, at: &str, member: usize) {
        let friend = self.people.get(member).and_then(|person| person.friend).map(name).unwrap_or_default();
        self.row(format_args!("{},{at},join,,,,,,,,,,,,{friend}", name(member)));
        self.counts.joins += 1;
    }

    fn purchase(&mut self, at: &str, member: Option<usize>) {
        self.receipt += 1;
        self.counts.receipts += 1;
        let receipt = self.receipt;
        let person = member.and_then(|member| self.people.get(member));
        let (likes, basket, online, usual) = person
            .map_or((CATEGORIES.len(), 80, 0, 0), |person| (person.likes, person.basket, person.online, person.store));
        let who = member.map(name).unwrap_or_default();
        let channel = self.place(online, usual);
        let lines = self.lines(basket);
        // One line of an article: a till adds up what is the same.
        let mut bought = BTreeSet::new();
        let mut kept = None;
        for _ in 0..lines {
            let Some(article) = self.goods.pick(&mut self.chance, likes, self.day) else { continue };
            if !bought.insert(article.sku.clone()) {
                continue;
            }
            let sale = Sale {
                member: member.unwrap_or(0),
                receipt,
                sku: article.sku.clone(),
                category: article.category,
                brand: article.brand,
                quantity: quantity(&mut self.chance, article.category),
                price: article.price,
                channel,
            };
            self.line(&who, at, "purchase", &format!("T{receipt:08}"), "", sale.quantity, &sale);
            kept = Some(sale);
        }
        if let (Some(sale), Some(_)) = (kept, member) {
            self.think_again(sale);
        }
    }

    fn place(&mut self, online: u64, usual: u64) -> Place {
        if self.chance.in_thousand(online) {
            Place(None)
        } else if usual > 0 && self.chance.in_thousand(850) {
            Place(Some(usual))
        } else {
            Place(Some(self.chance.below(self.sample.stores()) + 1))
        }
    }

    /// How many lines a basket has: one more with a steady chance, up to thirty.
    fn lines(&mut self, basket: u64) -> u64 {
        let more = 520 * basket / (basket + 60);
        let mut lines = 1;
        while lines < 30 && self.chance.in_thousand(more + 250) {
            lines += 1;
        }
        lines
    }

    fn line(&mut self, who: &str, at: &str, kind: &str, receipt: &str, of: &str, quantity: u64, sale: &Sale) {
        let category = CATEGORIES.get(sale.category).map_or("", |category| category.name);
        let amount = sale.price * quantity;
        self.row(format_args!(
            "{who},{at},{kind},{receipt},{of},{},{category},{},{quantity},{},{},{},,",
            sale.sku,
            sale.brand,
            Money(sale.price),
            Money(amount),
            sale.channel,
        ));
    }

    /// Some lines come back, some are praised.
    fn think_again(&mut self, sale: Sale) {
        let returned = self.chance.in_thousand(RETURNED);
        if !returned && !self.chance.in_thousand(REVIEWED) {
            return;
        }
        let days = 1 + self.chance.below(RETURN_DAYS).min(self.chance.below(RETURN_DAYS));
        let Some(day) = self.day.plus_days(i64::try_from(days).unwrap_or(1)).filter(|day| *day <= self.sample.to)
        else {
            return;
        };
        let plan = if returned { Plan::Return(sale) } else { Plan::Review(sale) };
        self.later.entry(day).or_default().push(plan);
    }

    fn give_back(&mut self, at: &str, sale: &Sale) {
        let of = if self.chance.in_thousand(700) { format!("T{:08}", sale.receipt) } else { String::new() };
        let quantity = 1 + self.chance.below(sale.quantity);
        self.line(&name(sale.member), at, "return", &format!("R{:08}", sale.receipt), &of, quantity, sale);
        self.counts.returns += 1;
    }

    fn review(&mut self, at: &str, sale: &Sale) {
        self.row(format_args!(
            "{},{at},action,,T{:08},{},,,,,,web,,review,",
            name(sale.member),
            sale.receipt,
            sale.sku
        ));
        self.counts.actions += 1;
    }
}

/// Hundredths as money: `12.50`.
struct Money(u64);

impl std::fmt::Display for Money {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{:02}", self.0 / 100, self.0 % 100)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(seed: u64) -> Sample {
        let day = |text| Day::parse(text).unwrap();
        Sample { members: 300, receipts: 5_000, from: day("2024-01-01"), to: day("2025-12-31"), seed }
    }

    fn history(sample: Sample) -> (String, SampleCounts) {
        let mut out = Vec::new();
        let counts = sample.write_history(&mut out).unwrap();
        (String::from_utf8(out).unwrap(), counts)
    }

    #[test]
    fn the_same_seed_gives_the_same_bytes_on_every_platform() {
        let (first, counts) = history(sample(7));
        assert_eq!(first, history(sample(7)).0);
        assert_ne!(first, history(sample(8)).0);
        assert_eq!(counts.receipts, 5_000);
        let sum = first.bytes().fold(0_u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(byte)));
        assert_eq!((counts, sum), (counts, FIRST_SUM), "{counts:?}");
    }

    /// Of the bytes of seed 7; it changes only with the generator.
    const FIRST_SUM: u64 = 3_022_591_391_876_667_712;

    #[test]
    fn rows_are_sorted_by_time_and_nobody_buys_before_joining() {
        let (text, counts) = history(sample(1));
        let rows: Vec<Vec<&str>> = text.lines().skip(1).map(|row| row.split(',').collect()).collect();
        assert_eq!(rows.len() as u64, counts.rows);
        assert!(rows.iter().all(|row| row.len() == HISTORY_COLUMNS.len()));
        assert!(rows.is_sorted_by_key(|row| row[1]));
        let people = Person::all(&sample(1));
        for row in &rows {
            if let Ok(number) = row[0].trim_start_matches('M').parse::<usize>() {
                assert!(people[number - 1].joined.to_string().as_str() <= row[1], "{row:?}");
            }
        }
    }

    #[test]
    fn few_buy_a_lot_and_something_comes_back() {
        let (text, counts) = history(sample(1));
        let mut per_member: BTreeMap<&str, u64> = BTreeMap::new();
        for row in text.lines().skip(1) {
            *per_member.entry(row.split(',').next().unwrap()).or_default() += 1;
        }
        let mut sizes: Vec<u64> = per_member.into_values().collect();
        sizes.sort_unstable();
        let tenth: u64 = sizes.iter().rev().take(sizes.len() / 10).sum();
        assert!(tenth * 3 > counts.rows, "a tenth of the members make {tenth} of {} rows", counts.rows);
        assert!(counts.returns > 50 && counts.actions > 10 && counts.joins > 50, "{counts:?}");
    }
}
