//! Random facts: dense in equal times, returns after spending, merges and joinings.

use super::generate::Rng;
use super::num::{ONE, Q, ZERO};
use super::world::{Datum, Fact, Line};
use earnest::time::{Day, TimeOfDay, Zone};
use earnest::ty::Kind;
use std::collections::BTreeMap;

type Members = Vec<(String, Option<Day>, BTreeMap<String, Datum>)>;

pub fn history(rng: &mut Rng, zone: &str, two: bool) -> (Members, Vec<Fact>, Day) {
    let zone = Zone::named(zone).unwrap();
    let names = ["Ann", "Bob", "Cid"];
    let names = &names[..2 + rng.below(2)];
    let day = |text: &str| Day::parse(text).unwrap();
    let mut today =
        day(rng.pick(&["2024-02-26", "2024-01-31", "2024-02-28", "2024-03-29", "2023-12-30", "2024-03-30"]));
    let mut members: Members = vec![];
    for name in names {
        if rng.chance(50) {
            let mut attrs = BTreeMap::new();
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
    // Often somebody brings the others.
    if rng.chance(40) {
        for (number, name) in names.iter().enumerate() {
            let mut fact = Fact::new(Kind::Join, at, &format!("e{number:02}"), name);
            if number > 0 {
                fact.referred_by = names[0].to_owned();
            }
            facts.push(fact);
        }
    }
    for number in 0..count {
        if !rng.chance(35) {
            let gap = match rng.below(10) {
                0..=4 => 1 + rng.below(3),
                5..=7 => 5 + rng.below(12),
                8 => 28 + rng.below(5),
                _ => 60 + rng.below(120),
            };
            today = today.plus_days(gap as i64).unwrap();
            if rng.chance(15) {
                today = earnest::time::Span::Month.end(today);
            }
            at = time_on(rng, &zone, today);
        } else if rng.chance(40) {
            at = at.max(time_on(rng, &zone, today));
        }
        let name = names[rng.below(names.len())];
        let fact = make_fact(rng, number, name, names, at, &facts, two);
        facts.push(fact);
    }
    (members, facts, today.plus_days(rng.below(70) as i64).unwrap())
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

fn number(text: &str) -> Q {
    Q::from(text.parse::<earnest::value::Amount>().unwrap())
}

fn line(rng: &mut Rng) -> Line {
    let mut attrs = BTreeMap::new();
    attrs.insert("category".to_owned(), Datum::Text(rng.pick(&["tea", "cake", "gift", "mate", ""]).to_owned()));
    attrs.insert("weight".to_owned(), Datum::Number(number(rng.pick(&["0", "1", "2", "0.5"]))));
    let quantity = number(rng.pick(&["1", "1", "2", "3", "2.5"]));
    let amount =
        number(rng.pick(&["100", "99.99", "50", "333.33", "200", "1000", "500", "19.9", "150", "0.01", "300"]));
    let discount = if rng.chance(15) { number(rng.pick(&["0.01", "10", "5.5"])).min(amount) } else { ZERO };
    let sku = if rng.chance(85) { rng.pick(&["s1", "s2", "s3"]) } else { "" };
    Line { sku: sku.to_owned(), amount, quantity, discount, attrs, ..Line::default() }
}

fn receipt_attrs(rng: &mut Rng) -> BTreeMap<String, Datum> {
    let mut attrs = BTreeMap::new();
    attrs.insert("store".to_owned(), Datum::Text(rng.pick(&["a", "a", "b"]).to_owned()));
    attrs.insert("tip".to_owned(), Datum::Number(number(rng.pick(&["0", "0", "5", "20"]))));
    if rng.chance(40) {
        attrs.insert("card".to_owned(), Datum::Text(rng.pick(&["x", "y"]).to_owned()));
    }
    attrs
}

fn redeemed(rng: &mut Rng, two: bool) -> (usize, Q) {
    let unit = usize::from(two && rng.chance(25));
    (unit, number(rng.pick(&["1", "5", "10", "20", "100"])))
}

fn make_fact(
    rng: &mut Rng,
    id: usize,
    name: &str,
    names: &[&str],
    at: earnest::time::Moment,
    earlier: &[Fact],
    two: bool,
) -> Fact {
    let kind = match rng.below(100) {
        0..=52 => Kind::Purchase,
        53..=72 => Kind::Return,
        73..=79 => Kind::Redeem,
        80..=87 => Kind::Action,
        88..=93 => Kind::Join,
        94..=96 => Kind::Adjust,
        97..=98 => Kind::Merge,
        _ => Kind::Leave,
    };
    let sales: Vec<&Fact> = earlier.iter().filter(|fact| fact.kind == Kind::Purchase).collect();
    let kind = if kind == Kind::Return && sales.is_empty() { Kind::Purchase } else { kind };
    let mut fact = Fact::new(kind, at, &format!("f{id:02}"), name);
    // Who has a referrer may name one again.
    let again = earlier.iter().find(|other| other.kind == Kind::Join && !other.referred_by.is_empty());
    if kind == Kind::Join
        && let Some(again) = again.filter(|_| rng.chance(40))
    {
        fact.member.clone_from(&again.member);
    }
    // What a return does to awards of a referrer where friend or referrer left, or went up in another, is open.
    let linked = |who: &str| {
        let of = |fact: &&Fact| fact.kind == Kind::Join && !fact.referred_by.is_empty();
        earlier.iter().filter(of).any(|fact| fact.member == who || fact.referred_by == who)
    };
    let kind = if matches!(kind, Kind::Merge | Kind::Leave) && linked(name) { Kind::Action } else { kind };
    fact.kind = kind;
    match kind {
        Kind::Purchase => {
            fact.receipt = format!("r{id:02}");
            fact.lines = (0..1 + rng.below(3)).map(|_| line(rng)).collect();
            fact.attrs = receipt_attrs(rng);
            if rng.chance(18) {
                fact.redeemed.push(redeemed(rng, two));
            }
        }
        Kind::Return => {
            let sale = sales[if rng.chance(60) { sales.len() - 1 } else { rng.below(sales.len()) }];
            fact.member.clone_from(&sale.member);
            fact.receipt = format!("x{id:02}");
            fact.attrs = receipt_attrs(rng);
            if rng.chance(75) {
                fact.of.clone_from(&sale.receipt);
            }
            let count = if rng.chance(30) { sale.lines.len() } else { 1 };
            for at in 0..count {
                let sold = &sale.lines[(at + rng.below(2)) % sale.lines.len()];
                let share = if rng.chance(55) { ONE } else { Q::new(1, 1 + rng.below(3) as i128) };
                let quantity = (sold.quantity * share).round(earnest::value::Rounding::Down, 6);
                let amount = (sold.amount * quantity / sold.quantity).round(earnest::value::Rounding::HalfUp, 2);
                fact.lines.push(Line { quantity, amount, discount: ZERO, ..sold.clone() });
            }
            if fact.of.is_empty() {
                fact.lines.retain(|line| !line.sku.is_empty());
                if fact.lines.is_empty() {
                    fact.of.clone_from(&sale.receipt);
                    fact.lines = vec![Line { discount: ZERO, ..sale.lines[0].clone() }];
                }
            }
        }
        Kind::Redeem => {
            fact.attrs = receipt_attrs(rng);
            fact.redeemed.push(redeemed(rng, two));
        }
        Kind::Action => {
            fact.action = Some(rng.pick(&["review", "confirm", "confirm"]).to_owned());
            fact.attrs.insert("stars".to_owned(), Datum::Number(number(rng.pick(&["1", "5", "0"]))));
            if let Some(sale) = sales.last()
                && rng.chance(30)
            {
                fact.of.clone_from(&sale.receipt);
                fact.member.clone_from(&sale.member);
            }
        }
        Kind::Join if rng.chance(80) => fact.referred_by = names[rng.below(names.len())].to_owned(),
        Kind::Adjust => {
            let (unit, amount) = redeemed(rng, two);
            fact.attrs = receipt_attrs(rng);
            fact.adjusted = Some((unit, if rng.chance(50) { amount } else { -amount }));
        }
        Kind::Merge => {
            let others: Vec<&&str> = names.iter().filter(|other| **other != name).collect();
            fact.into = (*others[rng.below(others.len())]).to_owned();
        }
        _ => {}
    }
    fact
}
