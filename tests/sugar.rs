//! Sugar equals core: what the manual says by another form gives the same, row by row, on a random history.
//!
//! Rows are added up by event, member, unit and entry, so that one rule with a table can stand for several without.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_possible_wrap,
    reason = "a test says what is wrong by failing"
)]

use earnest::eval::{Book, BookOptions};
use earnest::ledger::{Entry, EntryKind, Sink};
use earnest::plan::{Plan, RuleId, UnitId};
use earnest::source::Source;
use earnest::time::{Day, TimeOfDay};
use earnest::ty::{Event, Kind, Line, Member, Sym, Text, Texts, event::Datum};
use earnest::value::Amount;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The frame of all programs; `units` and `rules` differ.
fn program(declarations: &str) -> Result<Arc<Plan>, String> {
    let bean = if declarations.contains("unit bean") {
        ""
    } else {
        "unit bean, beans { worth 1 RUB decimals 6 expires 3 months after earning }"
    };
    let text = format!(
        "program \"Sugar\" {{ currency RUB timezone \"Europe/Moscow\" }}\n\
         data {{ line category text, or \"\" member birthday date, may be missing member household text, or \"\" action review }}\n{bean}\n{declarations}"
    );
    let compiled = earnest::compile(&Source::new("sugar.earn", text.as_str()));
    compiled.plan.map(Arc::new).ok_or_else(|| format!("{:?}\n{text}", compiled.diagnostics))
}

/// What a run comes to.
#[derive(Debug, Default, PartialEq, Eq)]
struct Rows(BTreeMap<(String, String, UnitId, EntryKind), i64>, BTreeMap<String, i64>, String);

impl Sink for Rows {
    fn entry(&mut self, entry: &Entry<'_>) {
        let event = if entry.event.is_empty() { entry.at.day.to_string() } else { entry.event.to_owned() };
        let key = (event, entry.member.to_owned(), entry.unit, entry.kind);
        *self.0.entry(key).or_default() += entry.amount.micros();
    }

    fn discount(&mut self, _: RuleId, _: Amount, given: Amount) {
        *self.1.entry(self.2.clone()).or_default() += given.micros();
    }
}

/// Numbers from a seed (splitmix64).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % most
    }
}

const MEMBERS: [&str; 6] = ["Ann", "Bea", "Bob", "Cat", "Dan", "Eve"];

/// A year of purchases, actions and joins; amounts meet the bounds that programs name.
fn history(plan: &Plan, texts: &mut Texts) -> Vec<Event> {
    let mut numbers = Numbers(7);
    let start = Day::parse("2026-01-01").unwrap();
    let mut events = Vec::new();
    for (at, name) in MEMBERS.iter().enumerate() {
        let referred_by = if at == 0 { Text::default() } else { MEMBERS[at - 1].into() };
        events.push(Event {
            kind: Kind::Join,
            at: plan.zone.start_of(start.plus_days(at as i64).unwrap()),
            id: format!("join {name}").into(),
            member: (*name).into(),
            referred_by,
            values: vec![Datum::Missing; plan.schema.action.len()],
            ..Event::default()
        });
    }
    for number in 0..600 {
        let day = start.plus_days(10 + number * 355 / 600).unwrap();
        let time = TimeOfDay::from_seconds(u32::try_from(numbers.below(86_400)).unwrap()).unwrap();
        let member = MEMBERS[usize::try_from(numbers.below(6)).unwrap()].into();
        let id = format!("e{number:04}").into();
        let mut event = Event { at: plan.zone.at(day, time), id, member, ..Event::default() };
        if numbers.below(8) == 0 {
            event.kind = Kind::Action;
            event.action = Some(0);
        } else {
            event.receipt.clone_from(&event.id);
            for _ in 0..=numbers.below(3) {
                let round = [10_000, 50_000, 100_000, 200_000][usize::try_from(numbers.below(4)).unwrap()];
                let cents = if numbers.below(3) == 0 { round } else { 1 + numbers.below(150_000) };
                let category = ["tea", "cakes", "cups", ""][usize::try_from(numbers.below(4)).unwrap()];
                event.lines.push(Line {
                    amount: Amount::from_micros(i64::try_from(cents).unwrap() * 10_000),
                    quantity: Amount::whole(1 + i64::try_from(numbers.below(3)).unwrap()).unwrap(),
                    values: vec![Datum::Text(texts.intern(category))].into(),
                    ..Line::default()
                });
            }
            event.sort_lines(&plan.schema, texts);
        }
        events.push(event);
    }
    events.sort_by(Event::order);
    events
}

fn run(declarations: &str) -> Result<Rows, String> {
    let plan = program(declarations)?;
    let mut book = Book::new(Arc::clone(&plan), BookOptions { named_lots: false, strict: false });
    for (at, name) in MEMBERS.iter().enumerate() {
        let born = Day::from_ymd(1990, 1 + u32::try_from(at).unwrap() * 2, 15).map_or(Datum::Missing, Datum::Date);
        book.add_member(&Member {
            name: (*name).to_owned(),
            joined: None,
            values: vec![born, Datum::Text(Sym::EMPTY)],
        });
    }
    let events = history(&plan, book.texts_mut());
    let mut rows = Rows::default();
    for event in &events {
        rows.2 = event.id.to_string();
        book.apply(event, &mut rows).map_err(|fault| format!("{}: {fault}", event.id))?;
    }
    book.finish(Day::parse("2027-06-30").unwrap(), &mut rows).unwrap();
    rows.0.retain(|_, amount| *amount != 0);
    rows.1.retain(|_, amount| *amount != 0);
    Ok(rows)
}

const BASE: &str = "rule \"Base\" { give 5% of spend as beans }\n";

/// Each form, and the one that the manual says it by.
const PAIRS: &[(&str, &str)] = &[
    // Rules: what sets them off, who receives, several clauses of a kind.
    ("rule \"A\" { give 7 beans }", "rule \"A\" { on purchase give the member 7 beans }"),
    ("rule \"A\" { on the first purchase give 7 beans }", "rule \"A\" { on the 1st purchase give 7 beans }"),
    (
        "rule \"A\" { on a friend's first purchase give the referrer 7 beans }",
        "rule \"A\" { on a friend's purchase if visits lifetime = 0 give the referrer 7 beans }",
    ),
    ("rule \"A\" { on the 3rd purchase give 7 beans }", "rule \"A\" { if visits = 2 give 7 beans }"),
    (
        "rule \"A\" { where category != \"tea\" where category != \"cups\" give 5% of spend as beans }",
        "rule \"A\" { where category not in [\"tea\", \"cups\"] give 5% of spend as beans }",
    ),
    (
        "rule \"A\" { where category in [\"tea\", \"cups\"] give 5% of spend as beans }",
        "rule \"A\" { where category = \"tea\" or category = \"cups\" give 5% of spend as beans }",
    ),
    (
        "rule \"A\" { if spend >= 100 RUB if visits >= 2 give 7 beans }",
        "rule \"A\" { if spend >= 100 RUB and visits >= 2 give 7 beans }",
    ),
    // Amounts.
    ("rule \"A\" { give 1 bean per 20 RUB }", "rule \"A\" { give 1 bean per 20 RUB of spend }"),
    ("rule \"A\" { give 1 bean per 20 RUB }", "rule \"A\" { give 5% of spend as beans }"),
    ("rule \"A\" { give 1 bean per visit }", "rule \"A\" { give 1 bean }"),
    ("param base = 5% rule \"A\" { give base of spend as beans }", "rule \"A\" { give 5% of spend as beans }"),
    (
        "param base = 5%, 3% from 2026-06-01 rule \"A\" { give base of spend as beans }",
        "rule \"A\" to 2026-05-31 { give 5% of spend as beans } rule \"A\" from 2026-06-01 { give 3% of spend as beans }",
    ),
    (
        "list goods = [\"tea\"] rule \"A\" { where category in goods give 5% of spend as beans }",
        "rule \"A\" { where category = \"tea\" give 5% of spend as beans }",
    ),
    // Tables.
    (
        "rule \"A\" { give by spend { from 500 RUB 1% from 2_000 RUB 3% } of spend as beans }",
        "rule \"A\" { if spend >= 500 RUB and spend < 2_000 RUB give 1% of spend as beans } \
         rule \"B\" { if spend >= 2_000 RUB give 3% of spend as beans }",
    ),
    (
        "rule \"A\" { give by category { \"tea\" 5% otherwise 1% } of spend as beans }",
        "rule \"A\" { where category = \"tea\" give 5% of spend as beans } \
         rule \"B\" { where category != \"tea\" give 1% of spend as beans }",
    ),
    (
        "rule \"A\" { give by spend, each part at its own rate { from 0 RUB 1% from 1_000 RUB 3% } of spend as beans }",
        "rule \"A\" { give 1% of spend as beans } rule \"B\" { if spend > 1_000 RUB give 2% of (spend - 1_000 RUB) as beans }",
    ),
    // Multipliers.
    (
        "rule \"Base\" { give 5% of spend as beans } rule \"N\" { where category = \"tea\" multiply \"Base\" by 3 }",
        "rule \"Base\" { give 5% of spend as beans } rule \"N\" { where category = \"tea\" give 10% of spend as beans }",
    ),
    (
        "rule \"Base\" { give 5% of spend as beans } rule \"N\" { add 2% to \"Base\" }",
        "rule \"Base\" { give 5% of spend as beans } rule \"N\" { give 2% of spend as beans }",
    ),
    (
        "rule \"Base\" { give 5% of spend as beans } rule \"N\" { give 20% of \"Base\" }",
        "rule \"Base\" { give 5% of spend as beans } rule \"N\" { give 1% of spend as beans }",
    ),
    // Periods and windows.
    (
        "rule \"A\" { during 3 days around the birthday give 7 beans }",
        "rule \"A\" { during 3 days before the birthday or 3 days after the birthday give 7 beans }",
    ),
    (
        "rule \"A\" { during every Monday, Friday give 7 beans }",
        "rule \"A\" { during every Monday or every Friday give 7 beans }",
    ),
    (
        "calendar fair { 2026-03-01 to 2026-03-20 } rule \"A\" { during fair give 7 beans }",
        "rule \"A\" { during from 2026-03-01 to 2026-03-20 give 7 beans }",
    ),
    (
        "rule \"A\" { give 7 beans, at most 3 times per month }",
        "rule \"A\" { give 7 beans at most 3 times per member per calendar month }",
    ),
    (
        "rule \"A\" { if visits this month >= 2 give 7 beans }",
        "rule \"A\" { if visits this calendar month >= 2 give 7 beans }",
    ),
    (
        "rule \"A\" { if spend lifetime >= 900 RUB give 7 beans }",
        "counter all_spend, all_spends = spend rule \"A\" { if all_spend >= 900 RUB give 7 beans }",
    ),
    // Tiers.
    (
        "tiers status by spend { Bronze Gold from 3_000 RUB } rule \"A\" { if status = Gold give 7 beans }",
        "tiers status by spend lifetime { Bronze Gold from 3_000 RUB } rule \"A\" { if status = Gold give 7 beans }",
    ),
    (
        "tiers status by visits { Bronze Gold from 4 } rule \"A\" { if status = Gold give 7 beans }",
        "counter buy, buys = visits tiers status by spend { Bronze Gold from 4 buys } rule \"A\" { if status = Gold give 7 beans }",
    ),
    (
        "tiers status by spend { Bronze, extra 1% Gold from 3_000 RUB, extra 2% } rule \"A\" { give status.extra of spend as beans }",
        "tiers status by spend { Bronze Gold from 3_000 RUB } rule \"A\" { give by status { Bronze 1% Gold 2% } of spend as beans }",
    ),
    // Units.
    (
        "unit bean, beans { worth 1 RUB } rule \"A\" { give 5% of spend as beans }",
        "unit bean, beans { worth 1 RUB opens at once expires never decimals 0 round down spend soonest first } \
         rule \"A\" { give 5% of spend as beans }",
    ),
    // Rewards.
    (
        "rule \"A\" { give 5% of spend as beans } reward \"Pay\" { automatically costs beans gives their worth off, at most 50% of spend }",
        "rule \"A\" { give 5% of spend as beans } reward \"Pay\" { automatically costs beans gives 1 RUB per bean off, at most 50% of spend }",
    ),
    // Draws, migrations, pools, levels of referrers, what limits carry over.
    (
        "unit ticket, tickets {} unit prize, prizes {} rule \"T\" { give 1 ticket per full 100 RUB } \
         draw \"D\" { on 2026-06-01 among tickets seed \"s\" give 2 prizes }",
        "unit ticket, tickets {} unit prize, prizes {} rule \"T\" { give 1 ticket per full 100 RUB } \
         draw \"D\" { on 2026-06-01 among tickets, 1 winner seed \"s\" give 2 prizes }",
    ),
    (
        "unit mile, miles {} rule \"A\" { give 7 beans } rule \"M\" { on 2026-06-01 turn 100 beans into 250 miles }",
        "unit mile, miles {} rule \"A\" { give 7 beans } rule \"M\" { on 2026-06-01 turn 2 beans into 5 miles }",
    ),
    (
        "unit mile, miles {} unit cup, cups {} unit mug, mugs {} rule \"A\" { give 7 beans give 1 cup } \
         rule \"M\" { on 2026-06-01 turn 1 bean into 2 miles turn 2 cups into 1 mug }",
        "unit mile, miles {} unit cup, cups {} unit mug, mugs {} rule \"A\" { give 7 beans give 1 cup } \
         rule \"M\" { on 2026-06-01 turn 1 bean into 2 miles } rule \"N\" { on 2026-06-01 turn 2 cups into 1 mug }",
    ),
    (
        "unit cup, cups { pooled by household expires 2 months after the last purchase } rule \"A\" { give 3 cups }",
        "unit cup, cups { expires 2 months after the last purchase } rule \"A\" { give 3 cups }",
    ),
    (
        "rule \"A\" { on a friend's purchase give the referrer 7 beans give the referrer's referrer 3 beans }",
        "rule \"A\" { on a friend's purchase give the referrer 7 beans } \
         rule \"B\" { on a friend's purchase give the referrer's referrer 3 beans }",
    ),
    (
        "rule \"A\" { give 7 beans, at most 20 beans per calendar month, the rest carried }",
        "rule \"A\" { give 7 beans at most 20 beans per calendar month, the rest carried }",
    ),
    (
        "reward \"Off\" { gives by receipt.spend { from 500 RUB 3% from 1_000 RUB 5% } off }",
        "reward \"Off\" { if receipt.spend >= 500 RUB and receipt.spend < 1_000 RUB gives 3% off } \
         reward \"Or\" { if receipt.spend >= 1_000 RUB gives 5% off }",
    ),
];

#[test]
fn each_form_gives_what_the_form_gives_that_it_stands_for() {
    let mut wrong = Vec::new();
    for (sugar, core) in PAIRS {
        match (run(sugar), run(core)) {
            (Ok(one), Ok(other)) => {
                if one.0.is_empty() && one.1.is_empty() {
                    wrong.push(format!("nothing comes of\n{sugar}"));
                } else if one != other {
                    let rows = one.0.iter().filter(|(key, amount)| other.0.get(*key) != Some(*amount)).take(3);
                    wrong.push(format!("{:?}\nof\n{sugar}\nare not those of\n{core}", rows.collect::<Vec<_>>()));
                }
            }
            (one, other) => wrong.extend(one.err().into_iter().chain(other.err())),
        }
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n\n"));
}

#[test]
fn the_comparison_tells_forms_apart() {
    let (one, other) = (run(BASE).unwrap(), run(&BASE.replace("5%", "4%")).unwrap());
    assert!(!one.0.is_empty() && one != other);
}
