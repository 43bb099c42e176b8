//! Random facts: dense in equal times, equal amounts, the bounds of the program, returns after spending, merges.

use super::bounds::Bounds;
use super::brought::{Brought, What};
use super::generate::{Focus, Rng};
use super::num::{ONE, Q, ZERO};
use super::world::{Datum, Fact, Line};
use earnest::time::{Day, TimeOfDay, Zone};
use earnest::ty::Kind;
use std::collections::BTreeMap;

type Members = Vec<(String, Option<Day>, BTreeMap<String, Datum>)>;

/// Tells what happened.
pub struct Teller {
    pub rng: Rng,
    pub two: bool,
    pub miles: bool,
    pub pooled: bool,
    pub focus: Focus,
    pub bounds: Bounds,
    pub ladder: bool,
    pub counters: Vec<&'static str>,
}

/// How often each kind of fact is told, of a hundred.
fn weights(focus: Focus) -> [(Kind, usize); 8] {
    let [purchase, returned, redeem, action, join, adjust, merge, leave] = match focus {
        Focus::Merges => [46, 16, 5, 7, 4, 4, 11, 7],
        Focus::Friends => [48, 17, 3, 9, 14, 2, 4, 3],
        Focus::Waiting => [40, 20, 12, 20, 4, 2, 1, 1],
        Focus::Returns => [42, 36, 12, 3, 3, 2, 1, 1],
        Focus::Spending => [42, 21, 22, 4, 3, 6, 1, 1],
        Focus::Keeping => [50, 18, 4, 18, 3, 2, 3, 2],
        _ => [52, 21, 7, 8, 6, 3, 2, 1],
    };
    [
        (Kind::Purchase, purchase),
        (Kind::Return, returned),
        (Kind::Redeem, redeem),
        (Kind::Action, action),
        (Kind::Join, join),
        (Kind::Adjust, adjust),
        (Kind::Merge, merge),
        (Kind::Leave, leave),
    ]
}

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

fn number(text: &str) -> Q {
    Q::from(text.parse::<earnest::value::Amount>().unwrap())
}

impl Teller {
    pub fn history(&mut self, zone: &str) -> (Members, Vec<Fact>, Day) {
        let zone = Zone::named(zone).unwrap();
        let names = ["Ann", "Bob", "Cid", "Dan"];
        let rng = &mut self.rng;
        let friends = usize::from(matches!(self.focus, Focus::Friends));
        let names = &names[..if self.bounds.chain { 4 } else { 2 + friends + rng.below(2) }];
        let mut today =
            day(rng.pick(&["2024-02-26", "2024-01-31", "2024-02-28", "2024-03-29", "2023-12-30", "2024-03-30"]));
        let mut members: Members = vec![];
        for name in names {
            if self.pooled || rng.chance(50) {
                let mut attrs = BTreeMap::new();
                if self.pooled {
                    let house = rng.pick(&["H", "H", "H", "K", ""]);
                    attrs.insert("household".to_owned(), Datum::Text(house.to_owned()));
                }
                if rng.chance(80) {
                    let birthday = rng.pick(&["1988-02-29", "1988-03-05", "2000-05-01", "1990-12-31", "1992-02-29"]);
                    attrs.insert("birthday".to_owned(), Datum::Date(day(birthday)));
                }
                let joined = rng.chance(25).then(|| today.plus_days(-(rng.below(40) as i64)).unwrap());
                members.push(((*name).to_owned(), joined, attrs));
            }
        }
        let count = 6 + rng.below(14);
        let mut facts: Vec<Fact> = vec![];
        let mut at = zone.start_of(today);
        // Often somebody brings the others, or each the next.
        if rng.chance(if self.focus == Focus::Friends || self.bounds.chain { 85 } else { 35 }) {
            let chain = rng.chance(if self.bounds.chain { 85 } else { 40 });
            for (number, name) in names.iter().enumerate() {
                let mut fact = Fact::new(Kind::Join, at, &format!("e{number:02}"), name);
                if number > 0 {
                    fact.referred_by = names[if chain { number - 1 } else { 0 }].to_owned();
                }
                facts.push(fact);
            }
        }
        for number in 0..count {
            if !self.rng.chance(35) {
                today = self.next_day(today, &facts);
                at = self.time_on(&zone, today);
            } else if self.rng.chance(40) {
                at = at.max(self.time_on(&zone, today));
            }
            let name = names[self.rng.below(names.len())];
            let fact = self.fact(number, name, names, at, &facts);
            facts.push(fact);
        }
        // In the end who bought last goes up in another, with what is held.
        let last = facts.iter().rev().find(|fact| fact.kind == Kind::Purchase).map(|fact| fact.member.clone());
        if let Some(last) = last.filter(|_| self.focus == Focus::Merges && self.rng.chance(40)) {
            today = today.plus_days(self.rng.below(50) as i64).unwrap();
            let mut fact = Fact::new(Kind::Merge, at.max(zone.start_of(today)), "f99", &last);
            let others: Vec<&&str> = names.iter().filter(|name| **name != last).collect();
            fact.into = (*others[self.rng.below(others.len())]).to_owned();
            facts.push(fact);
            return (members, facts, today.plus_days(self.rng.below(30) as i64).unwrap());
        }
        (members, facts, today.plus_days(self.rng.below(70) as i64).unwrap())
    }

    /// The next day on which something happens: soon, or where a day or a length of the program ends.
    fn next_day(&mut self, today: Day, facts: &[Fact]) -> Day {
        // The other half of the night.
        if self.bounds.night && self.rng.chance(25) {
            return today.next().unwrap();
        }
        // The next time that the calendar comes.
        let next = ["2024-02-25", "2024-05-01", "2024-12-30"].map(day).into_iter().find(|day| *day > today);
        if let Some(next) = next.filter(|_| self.bounds.fair && self.rng.chance(20)) {
            return next;
        }
        let rng = &mut self.rng;
        let around = |rng: &mut Rng, day: Day| day.plus_days([0, 0, 1, -1][rng.below(4)]).unwrap();
        if rng.chance(14) {
            let mut days = self.bounds.days.clone();
            days.extend(["2024-02-29", "2024-03-05", "2024-05-01", "2024-12-31", "2025-02-28"].map(day));
            days.retain(|day| *day > today && *day < today.plus_days(120).unwrap());
            if !days.is_empty() {
                let found = days[rng.below(days.len())];
                return around(rng, found).max(today);
            }
        }
        if rng.chance(14) && !self.bounds.lengths.is_empty() && !facts.is_empty() {
            let length = self.bounds.lengths[rng.below(self.bounds.lengths.len())];
            let since = facts[rng.below(facts.len())].at.day;
            let found = since.plus_days(length).unwrap();
            let found = around(rng, found);
            if found > today {
                return found;
            }
        }
        let gap = match rng.below(10) {
            0..=4 => 1 + rng.below(3),
            5..=7 => 5 + rng.below(12),
            8 => 28 + rng.below(5),
            _ => 60 + rng.below(120),
        };
        let day = today.plus_days(gap as i64).unwrap();
        match rng.below(100) {
            0..15 => earnest::time::Span::Month.end(day),
            15..25 => earnest::time::Span::Month.end(day).next().unwrap(),
            _ => day,
        }
    }

    fn fact(&mut self, id: usize, name: &str, names: &[&str], at: earnest::time::Moment, earlier: &[Fact]) -> Fact {
        let mut drawn = self.rng.below(100);
        let mut kind = Kind::Purchase;
        for (of, weight) in weights(self.focus) {
            if drawn < weight {
                kind = of;
                break;
            }
            drawn -= weight;
        }
        let sales: Vec<&Fact> = earlier.iter().filter(|fact| fact.kind == Kind::Purchase).collect();
        // What came before a merge comes back after it.
        let merged = earlier.last().is_some_and(|last| last.kind == Kind::Merge);
        let kind = if merged && self.focus == Focus::Merges && self.rng.chance(45) { Kind::Return } else { kind };
        let kind = if kind == Kind::Return && sales.is_empty() { Kind::Purchase } else { kind };
        // What was just earned is spent, and then comes back.
        let bought = earlier.last().filter(|last| last.kind == Kind::Purchase && self.focus == Focus::Returns);
        let spends = bought.filter(|_| self.rng.chance(14));
        let kind = if spends.is_some() { Kind::Redeem } else { kind };
        let mut fact = Fact::new(kind, at, &format!("f{id:02}"), name);
        // Who has a referrer may name one again.
        let again = earlier.iter().find(|other| other.kind == Kind::Join && !other.referred_by.is_empty());
        if kind == Kind::Join
            && let Some(again) = again.filter(|_| self.rng.chance(40))
        {
            fact.member.clone_from(&again.member);
        }
        fact.kind = kind;
        if let Some(spends) = spends {
            fact.member.clone_from(&spends.member);
        }
        let rng = &mut self.rng;
        match kind {
            Kind::Purchase => {
                fact.receipt = format!("r{id:02}");
                fact.lines = self.lines(earlier);
                fact.attrs = receipt_attrs(&mut self.rng);
                if self.rng.chance(if self.focus == Focus::Spending { 35 } else { 18 }) {
                    fact.redeemed.push(self.redeemed());
                }
            }
            Kind::Return => self.returned(&mut fact, id, &sales, earlier),
            Kind::Redeem => {
                fact.attrs = receipt_attrs(rng);
                fact.redeemed.push(self.redeemed());
            }
            Kind::Action => {
                fact.action = Some(rng.pick(&["review", "confirm", "confirm"]).to_owned());
                fact.attrs.insert("stars".to_owned(), Datum::Number(number(rng.pick(&["1", "5", "0"]))));
                fact.attrs.insert("article".to_owned(), Datum::Text(rng.pick(&["s1", "s2", ""]).to_owned()));
                if let Some(sale) = sales.last()
                    && rng.chance(30)
                {
                    fact.of.clone_from(&sale.receipt);
                    fact.member.clone_from(&sale.member);
                }
            }
            Kind::Join if rng.chance(80) => fact.referred_by = names[rng.below(names.len())].to_owned(),
            Kind::Adjust => {
                fact.attrs = receipt_attrs(rng);
                let (unit, amount) = self.redeemed();
                fact.adjusted = Some((unit, if self.rng.chance(50) { amount } else { -amount }));
            }
            Kind::Merge => {
                // Now and then into itself, which is refused.
                fact.into = names[rng.below(names.len())].to_owned();
                if fact.into == fact.member && rng.chance(60) {
                    let others: Vec<&&str> = names.iter().filter(|other| **other != name).collect();
                    fact.into = (*others[rng.below(others.len())]).to_owned();
                }
            }
            _ => {}
        }
        fact
    }

    fn returned(&mut self, fact: &mut Fact, id: usize, sales: &[&Fact], earlier: &[Fact]) {
        let again = self.focus == Focus::Returns;
        let rng = &mut self.rng;
        let mut sale = sales[if rng.chance(60) { sales.len() - 1 } else { rng.below(sales.len()) }];
        fact.receipt = format!("x{id:02}");
        fact.attrs = receipt_attrs(rng);
        if rng.chance(75) {
            fact.of.clone_from(&sale.receipt);
        }
        // The next part of what came back in part, or all the rest of it by money.
        let back = earlier.iter().rev().find(|fact| fact.kind == Kind::Return && !fact.of.is_empty());
        let begun = back.and_then(|back| sales.iter().find(|sale| sale.receipt == back.of));
        if let Some(begun) = begun
            && rng.chance(if again { 55 } else { 25 })
        {
            sale = begun;
            fact.of.clone_from(&sale.receipt);
        }
        // What the account bought that just went up in another.
        let gone = earlier.last().filter(|last| last.kind == Kind::Merge);
        let theirs = gone.and_then(|gone| sales.iter().rev().find(|sale| sale.member == gone.member));
        if let Some(theirs) = theirs.filter(|_| rng.chance(70)) {
            sale = theirs;
            fact.of.clone_from(&sale.receipt);
        }
        fact.member.clone_from(&sale.member);
        if !fact.of.is_empty() && rng.chance(8) {
            let all = sale.lines.iter().map(|line| line.amount).sum();
            fact.lines.push(Line { sku: String::new(), quantity: ONE, amount: all, ..sale.lines[0].clone() });
            return;
        }
        let count = if rng.chance(30) { sale.lines.len() } else { 1 };
        for at in 0..count {
            let sold = &sale.lines[(at + rng.below(2)) % sale.lines.len()];
            let share = if !again && rng.chance(55) { ONE } else { Q::new(1, 1 + rng.below(3) as i128) };
            // One item after the other.
            let one = again && sold.quantity >= Q::whole(3) && rng.chance(70);
            let share = if one { ONE / sold.quantity } else { share };
            let quantity = (sold.quantity * share).round(earnest::value::Rounding::Down, 6);
            let amount = if sold.quantity.is_zero() {
                sold.amount
            } else {
                (sold.amount * quantity / sold.quantity).round(earnest::value::Rounding::HalfUp, 2)
            };
            let mut line = Line { quantity, amount, discount: ZERO, ..sold.clone() };
            // By money alone; without a receipt that finds nothing.
            if rng.chance(9) {
                line.sku.clear();
            }
            fact.lines.push(line);
        }
    }

    fn money(&mut self) -> Q {
        let rng = &mut self.rng;
        if rng.chance(35) && !self.bounds.money.is_empty() {
            let bound = self.bounds.money[rng.below(self.bounds.money.len())];
            let near = match rng.below(8) {
                0 => bound - number("0.01"),
                1 => bound + number("0.01"),
                2 => (bound / Q::whole(2)).round(earnest::value::Rounding::Down, 2),
                3 => (bound * Q::new(3, 2)).round(earnest::value::Rounding::Down, 2),
                4 => bound * Q::whole(2),
                _ => bound,
            };
            return near.max(ZERO);
        }
        number(rng.pick(&["100", "99.99", "50", "333.33", "200", "1000", "500", "19.9", "150", "0.01", "300", "0"]))
    }

    fn lines(&mut self, earlier: &[Fact]) -> Vec<Line> {
        let mut lines: Vec<Line> = vec![];
        let single = self.focus == Focus::Returns && self.rng.chance(45);
        for _ in 0..if single { 1 } else { 1 + self.rng.below(3) } {
            let mut line = self.line();
            if single && self.rng.chance(70) {
                line.quantity = Q::whole(3 + self.rng.below(2) as i64);
                if self.rng.chance(60) {
                    line.amount = line.quantity * Q::whole(100);
                }
            }
            // As much as another line of this receipt, or what is missing to a bound.
            let rng = &mut self.rng;
            if let Some(other) = lines.last().filter(|_| rng.chance(20)) {
                line.amount = other.amount;
            } else if !lines.is_empty() && !self.bounds.money.is_empty() && rng.chance(25) {
                let bound = self.bounds.money[rng.below(self.bounds.money.len())];
                let so_far: Q = lines.iter().map(|line| line.amount).sum();
                if bound > so_far {
                    line.amount = bound - so_far;
                }
            } else if rng.chance(12)
                && let Some(other) = earlier.iter().rev().flat_map(|fact| fact.lines.first()).next()
            {
                line = other.clone();
            }
            line.discount = line.discount.min(line.amount);
            lines.push(line);
        }
        lines
    }

    fn line(&mut self) -> Line {
        let amount = self.money();
        let rng = &mut self.rng;
        let mut attrs = BTreeMap::new();
        attrs.insert("category".to_owned(), Datum::Text(rng.pick(&["tea", "cake", "gift", "mate", ""]).to_owned()));
        attrs.insert("weight".to_owned(), Datum::Number(number(rng.pick(&["0", "1", "2", "0.5"]))));
        let quantity = number(rng.pick(&["1", "1", "1", "2", "2", "3", "3", "2.5", "2.5", "0"]));
        let discount = if rng.chance(15) { number(rng.pick(&["0.01", "10", "5.5"])).min(amount) } else { ZERO };
        let sku = if rng.chance(85) { rng.pick(&["s1", "s2", "s3"]) } else { "" };
        Line { sku: sku.to_owned(), amount, quantity, discount, attrs, ..Line::default() }
    }

    fn redeemed(&mut self) -> (usize, Q) {
        let rng = &mut self.rng;
        let mut unit = usize::from(self.two && rng.chance(25));
        if self.miles && rng.chance(40) {
            unit = self.bounds.miles;
        }
        if rng.chance(20) && !self.bounds.units.is_empty() {
            return (unit, self.bounds.units[rng.below(self.bounds.units.len())]);
        }
        (unit, number(rng.pick(&["1", "5", "10", "20", "100"])))
    }
}

impl Teller {
    fn time_on(&mut self, zone: &Zone, today: Day) -> earnest::time::Moment {
        let clock = |text| zone.at(today, TimeOfDay::parse(text).unwrap());
        if self.bounds.night && self.rng.chance(50) {
            return clock(self.rng.pick(&["22:00", "23:59", "23:59", "00:30", "02:30", "03:00"]));
        }
        time_on(&mut self.rng, zone, today)
    }

    /// What some of the members bring along.
    pub fn brought(&mut self, first: Day) -> Vec<Brought> {
        let mut brought = vec![];
        if !self.rng.chance(12) {
            return brought;
        }
        for _ in 0..1 + self.rng.below(4) {
            let rng = &mut self.rng;
            let earlier = |rng: &mut Rng, most: usize| first.plus_days(-(rng.below(most) as i64)).unwrap();
            let at = if rng.chance(40) { first } else { earlier(rng, 45) };
            let later = |rng: &mut Rng| rng.chance(40).then(|| at.plus_days(rng.below(50) as i64).unwrap());
            let member = rng.pick(&["Ann", "Bob"]).to_owned();
            let what = match rng.below(4) {
                0 if self.ladder => What::Tier { ladder: "status".into(), tier: 1 + rng.below(2), until: later(rng) },
                1 if !self.counters.is_empty() => What::Counter {
                    noun: self.counters[rng.below(self.counters.len())].to_owned(),
                    value: number(rng.pick(&["1", "2", "20", "150", "300"])),
                },
                _ => What::Lot {
                    unit: usize::from(self.two && rng.chance(25)),
                    points: number(rng.pick(&["5", "20", "33", "100", "-7"])),
                    earned: at.plus_days(-(rng.below(40) as i64)).unwrap(),
                    opens: later(rng),
                    expires: later(rng),
                },
            };
            let mut what = what;
            // A last day before the opening is the day of opening: the product forgets that in what is brought along.
            if let What::Lot { opens: Some(opens), expires, .. } = &mut what {
                *expires = expires.filter(|last| *last >= *opens);
            }
            if let What::Lot { opens, .. } = &mut what {
                *opens = opens.filter(|_| !self.pooled);
            }
            brought.push(Brought { member, at, what });
        }
        brought.sort_by_key(|one| one.at);
        brought
    }
}

fn time_on(rng: &mut Rng, zone: &Zone, today: Day) -> earnest::time::Moment {
    match rng.below(3) {
        0 => zone.start_of(today),
        1 => zone.at(today, TimeOfDay::parse("12:00").unwrap()),
        _ => zone.at(
            today,
            TimeOfDay::parse(
                rng.pick(&["02:30", "23:59", "12:30", "00:30", "17:00", "11:00", "13:00", "22:00", "03:00"]),
            )
            .unwrap(),
        ),
    }
}

fn receipt_attrs(rng: &mut Rng) -> BTreeMap<String, Datum> {
    let mut attrs = BTreeMap::new();
    attrs.insert("store".to_owned(), Datum::Text(rng.pick(&["a", "a", "b"]).to_owned()));
    attrs.insert("tip".to_owned(), Datum::Number(number(rng.pick(&["0", "0", "5", "20"]))));
    attrs.insert("app".to_owned(), Datum::Flag(rng.chance(50)));
    if rng.chance(40) {
        attrs.insert("card".to_owned(), Datum::Text(rng.pick(&["x", "y"]).to_owned()));
    }
    attrs
}
