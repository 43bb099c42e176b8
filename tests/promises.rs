//! The promises of the README, over a sample history under the confectioner's programme, with beans spent:
//! conservation, named lots, counted once, snapshots, the order of declarations and of rows.
#![cfg(feature = "files")]
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test says what is wrong by failing"
)]

use super::sources;
use earnest::eval::{Book, BookOptions, Fault, Snapshot};
use earnest::history::{BadRows, Format, History, Map, Options, Order};
use earnest::ledger::{Entry, EntryKind, Sink};
use earnest::plan::{Plan, UnitId};
use earnest::sim::sample::Sample;
use earnest::source::Source;
use earnest::syntax;
use earnest::time::Day;
use earnest::ty::{AttributeType, Event, Kind, Redemption, Texts};
use earnest::value::Amount;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Cursor;
use std::sync::Arc;

const PROGRAM: &str = include_str!("../examples/sweet-corner/sweet-corner.earn");
pub(super) const NAMED: BookOptions = BookOptions { named_lots: true, strict: false };

pub(super) fn plan(text: &str) -> Arc<Plan> {
    let compiled = earnest::compile(&Source::new("sweet-corner.earn", text));
    Arc::new(compiled.plan.unwrap_or_else(|| panic!("{:?}", compiled.diagnostics)))
}

pub(super) fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

/// The rows of a sample: header, then the rest.
fn sample() -> (String, Vec<String>) {
    let sample = Sample { members: 12, receipts: 160, from: day("2025-01-01"), to: day("2025-12-31"), seed: 5 };
    let mut bytes = Vec::new();
    sample.write_history(&mut bytes).unwrap();
    let text = String::from_utf8(bytes).unwrap();
    let mut lines = text.lines().map(str::to_owned);
    (lines.next().unwrap(), lines.collect())
}

/// The events of rows, with 30 beans spent on every fifth receipt and every ninth redeemed by itself.
fn events(plan: &Plan, header: &str, rows: &[String], order: Order) -> (Vec<Event>, Texts) {
    let options = Options { order, ..Options::default() };
    let mut history = History::new(plan.schema.clone(), plan.zone.clone(), Map::default(), options);
    let text = format!("{header}\n{}\n", rows.join("\n"));
    history.add("sample.csv", Cursor::new(text.into_bytes()), Format::Csv).unwrap();
    let (mut texts, mut events, mut event) = (plan.texts.clone(), Vec::new(), Event::default());
    let beans = plan.units.iter().position(|unit| unit.key() == "beans").unwrap();
    while history.next_event(&mut texts, &mut event).unwrap() {
        if event.member.is_empty() {
            continue;
        }
        let number: u32 = event.receipt.bytes().filter(u8::is_ascii_digit).map(u32::from).sum();
        if event.kind == Kind::Purchase && number.is_multiple_of(5) {
            event.redeemed = vec![Redemption { unit: beans, points: Amount::whole(30).unwrap(), reward: None }];
        }
        events.push(event.clone());
    }
    assert!(events.len() > 100, "a history worth the name: {}", events.len());
    (events, texts)
}

/// A row of the ledger, as text and as numbers.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Row {
    text: String,
    pub(super) member: String,
    pub(super) unit: UnitId,
    pub(super) amount: Amount,
    pub(super) kind: EntryKind,
    pub(super) lot: String,
}

pub(super) struct Ledger<'a> {
    pub(super) plan: &'a Plan,
    pub(super) rows: Vec<Row>,
}

impl Row {
    pub(super) fn text(&self) -> &str {
        &self.text
    }
}

impl Sink for Ledger<'_> {
    fn entry(&mut self, entry: &Entry<'_>) {
        let rule = entry.rule.map_or("", |rule| self.plan.rule(rule).name.as_str());
        let text = format!(
            "{} {:?} {} {} {rule} {} {:?} {} {} {:?} {:?} {}",
            entry.member,
            entry.at.day,
            entry.event,
            entry.receipt,
            self.plan.unit(entry.unit).key(),
            entry.kind,
            entry.amount,
            entry.lot,
            entry.opens,
            entry.expires,
            entry.balance
        );
        self.rows.push(Row {
            text,
            member: entry.member.to_owned(),
            unit: entry.unit,
            amount: entry.amount,
            kind: entry.kind,
            lot: entry.lot.to_owned(),
        });
    }
}

/// Runs the events; before each of them `between` may put the book away and take it up again.
fn run(plan: &Arc<Plan>, events: &[Event], texts: &Texts, between: impl Fn(Book, usize) -> Book) -> (Vec<Row>, Book) {
    let mut book = Book::new(Arc::clone(plan), NAMED);
    *book.texts_mut() = texts.clone();
    let mut ledger = Ledger { plan, rows: Vec::new() };
    for (at, event) in events.iter().enumerate() {
        book = between(book, at);
        book.apply(event, &mut ledger).unwrap();
    }
    book.finish(day("2026-06-30"), &mut ledger).unwrap();
    (ledger.rows, book)
}

pub(super) fn texts_of(rows: &[Row]) -> Vec<&str> {
    rows.iter().map(|row| row.text.as_str()).collect()
}

fn sorted(rows: &[Row]) -> Vec<&str> {
    let mut texts = texts_of(rows);
    texts.sort_unstable();
    texts
}

#[test]
fn every_unit_is_accounted_for_and_names_its_lot() {
    let plan = plan(PROGRAM);
    let (header, rows) = sample();
    let (events, texts) = events(&plan, &header, &rows, Order::default());
    let (rows, book) = run(&plan, &events, &texts, |book, _| book);
    let mut sums: BTreeMap<(&str, UnitId), i64> = BTreeMap::new();
    for row in &rows {
        *sums.entry((&row.member, row.unit)).or_default() += row.amount.micros();
        assert!(!row.lot.is_empty(), "a row without a lot: {}", row.text);
    }
    for ((member, unit), sum) in sums {
        let view = book.member(member).unwrap_or_else(|| panic!("no member {member}"));
        assert_eq!(view.balance(unit).micros(), sum, "{member} {unit:?}");
    }
    for kind in [EntryKind::Earn, EntryKind::Open, EntryKind::Redeem, EntryKind::Expire, EntryKind::Reverse] {
        assert!(rows.iter().any(|row| row.kind == kind), "the history brings {kind:?}");
    }
}

#[test]
fn an_event_counts_once() {
    let plan = plan(PROGRAM);
    let (header, rows) = sample();
    let (events, texts) = events(&plan, &header, &rows, Order::default());
    // Facts without an id of their own cannot be told apart from their doubles.
    let copies = |event: &Event| if event.unnamed { 1 } else { 2 };
    let twice: Vec<Event> = events.iter().flat_map(|event| vec![event.clone(); copies(event)]).collect();
    let (once, _) = run(&plan, &events, &texts, |book, _| book);
    let (again, _) = run(&plan, &twice, &texts, |book, _| book);
    assert_eq!(texts_of(&once), texts_of(&again));
}

#[test]
fn a_snapshot_after_every_event_and_a_resume_are_one_run() {
    let plan = plan(PROGRAM);
    let (header, rows) = sample();
    let (events, texts) = events(&plan, &header, &rows, Order::default());
    let (whole, _) = run(&plan, &events, &texts, |book, _| book);
    let (pieces, _) = run(&plan, &events, &texts, |book, _| {
        let text = serde_json::to_string(&book.snapshot()).unwrap();
        let snapshot: Snapshot = serde_json::from_str(&text).unwrap();
        Book::resume(Arc::clone(&plan), snapshot, NAMED).unwrap()
    });
    assert_eq!(texts_of(&whole), texts_of(&pieces));
}

#[test]
fn the_order_of_declarations_changes_nothing() {
    let mut file = syntax::parse(&Source::new("sweet-corner.earn", PROGRAM)).file;
    file.items.reverse();
    let (forward, backward) = (plan(PROGRAM), plan(&syntax::print(&file)));
    let (header, rows) = sample();
    let run = |plan: &Arc<Plan>| {
        let (events, texts) = events(plan, &header, &rows, Order::default());
        run(plan, &events, &texts, |book, _| book).0
    };
    assert_eq!(texts_of(&run(&forward)), texts_of(&run(&backward)));
}

#[test]
fn the_order_of_rows_with_a_receipt_changes_nothing() {
    let plan = plan(PROGRAM);
    let (header, rows) = sample();
    let kinds = [",purchase,", ",return,"];
    let rows: Vec<String> = rows.into_iter().filter(|row| kinds.iter().any(|kind| row.contains(kind))).collect();
    let backward: Vec<String> = rows.iter().rev().cloned().collect();
    let run = |rows: &[String]| {
        let (events, texts) = events(&plan, &header, rows, Order::Unsorted);
        run(&plan, &events, &texts, |book, _| book).0
    };
    assert_eq!(sorted(&run(&rows)), sorted(&run(&backward)));
}

/// A book's state, to see whether anything changed.
pub(super) fn state(book: &Book) -> String {
    serde_json::to_string(&book.snapshot()).unwrap()
}

#[test]
fn a_late_event_is_refused_and_a_replay_with_it_in_its_place_is_one_run() {
    let plan = plan(PROGRAM);
    let (header, rows) = sample();
    let (events, texts) = events(&plan, &header, &rows, Order::default());
    let (whole, _) = run(&plan, &events, &texts, |book, _| book);
    for late in (0..events.len()).step_by(17) {
        let mut book = Book::new(Arc::clone(&plan), NAMED);
        *book.texts_mut() = texts.clone();
        let mut before = Ledger { plan: &plan, rows: Vec::new() };
        for event in &events[..late] {
            book.apply(event, &mut before).unwrap();
        }
        let kept = book.snapshot();
        // The later facts of that member come first: now it is too late, and nothing changes.
        let member = events[late].member.clone();
        let later =
            events[late + 1..].iter().find(|event| event.member == member && event.at.day > events[late].at.day);
        if let Some(later) = later {
            book.apply(later, &mut ()).unwrap();
            let stood = state(&book);
            let refused = book.apply(&events[late], &mut ());
            assert!(matches!(refused, Err(Fault::TooLate(_))), "{refused:?}");
            assert_eq!(stood, state(&book), "a refused event changes nothing");
        }
        // From before it, with it in its place.
        let mut book = Book::resume(Arc::clone(&plan), kept, NAMED).unwrap();
        let mut after = Ledger { plan: &plan, rows: before.rows };
        for event in &events[late..] {
            book.apply(event, &mut after).unwrap();
        }
        book.finish(day("2026-06-30"), &mut after).unwrap();
        assert_eq!(texts_of(&whole), texts_of(&after.rows));
    }
}

/// A value for a column of a declared type.
fn value_of(kind: AttributeType, number: usize) -> String {
    match kind {
        AttributeType::Text => ["", "web", "tea", "A"][number % 4].to_owned(),
        AttributeType::Number => (number % 7).to_string(),
        AttributeType::Money => format!("{}.50", number % 900),
        AttributeType::Date => format!("19{}-02-{:02}", 60 + number % 40, 1 + number % 28),
        AttributeType::Time => format!("{:02}:30", number % 24),
        AttributeType::Flag => ["yes", "no"][number % 2].to_owned(),
    }
}

/// Facts of every kind for a program, with its own attributes, units and actions; every amount is `amount`.
pub(super) fn facts_for(plan: &Plan, amount: &str) -> String {
    let schema = &plan.schema;
    let attributes: Vec<_> = schema.line.iter().chain(&schema.receipt).chain(&schema.action).collect();
    let mut columns = BTreeMap::new();
    for attribute in attributes {
        if !["sku", "quantity", "amount"].contains(&attribute.name.as_str()) {
            columns.insert(attribute.name.clone(), attribute.kind);
        }
    }
    let names: Vec<&str> = columns.keys().map(String::as_str).collect();
    let mut text = format!(
        "member,at,kind,id,receipt,of,sku,quantity,amount,points,unit,name,referred_by,into,{}\n",
        names.join(",")
    );
    for number in 0..240 {
        let member = ["Ann", "Bob", "Cid", "Dan"][number * 7 % 4];
        let day = day("2025-11-20").plus_days(i64::try_from(number * 3).unwrap()).unwrap();
        let kind = ["purchase", "purchase", "action", "purchase", "return", "redeem", "adjust", "join"][number * 5 % 8];
        let kind = match number {
            100 => "merge",
            150 => "leave",
            _ => kind,
        };
        let unit = schema.units.get(number % schema.units.len().max(1)).map_or("", |nouns| nouns[0].as_str());
        let action = schema.actions.get(number % schema.actions.len().max(1)).map_or("", String::as_str);
        let (receipt, of) = match kind {
            "purchase" => (format!("r{number}"), String::new()),
            "return" => (format!("x{number}"), format!("r{}", number.saturating_sub(8))),
            _ => (String::new(), String::new()),
        };
        let lines = if ["purchase", "return"].contains(&kind) {
            format!("s{},2,{amount}", number % 3)
        } else {
            ",,".to_owned()
        };
        let points = if ["redeem", "adjust"].contains(&kind) { format!("7,{unit}") } else { ",".to_owned() };
        let name = if kind == "action" { action } else { "" };
        let referrer = if kind == "join" { "Bob" } else { "" };
        let into = if kind == "merge" { "Eve" } else { "" };
        let values: Vec<String> = columns.values().map(|kind| value_of(*kind, number)).collect();
        let _ = writeln!(
            text,
            "{member},{day},{kind},f{number},{receipt},{of},{lines},{points},{name},{referrer},{into},{}",
            values.join(",")
        );
    }
    text
}

/// Runs facts through a program; how many were applied, and the fault that ended it.
fn replay(plan: &Arc<Plan>, facts: String) -> (usize, Option<Fault>) {
    let options = Options { order: Order::Unsorted, bad_rows: BadRows::Skip };
    let mut history = History::new(plan.schema.clone(), plan.zone.clone(), Map::default(), options);
    history.add("facts.csv", Cursor::new(facts.into_bytes()), Format::Csv).unwrap();
    let mut book = Book::new(Arc::clone(plan), NAMED);
    let (mut event, mut applied) = (Event::default(), 0);
    while history.next_event(book.texts_mut(), &mut event).unwrap() {
        if let Err(fault) = book.apply(&event, &mut ()) {
            return (applied, Some(fault));
        }
        applied += 1;
    }
    (applied, book.finish(day("2029-12-31"), &mut ()).err())
}

#[test]
fn what_the_checker_accepts_fails_in_a_run_by_a_number_or_a_date_alone() {
    let mut programs = 0;
    for (name, text) in sources::programs() {
        let Some(plan) = earnest::compile(&Source::new(&name, text)).plan.map(Arc::new) else { continue };
        programs += 1;
        let (applied, fault) = replay(&plan, facts_for(&plan, "130.40"));
        assert_eq!(fault, None, "{name}, after {applied} facts");
        assert!(applied > 100, "{name}: only {applied} facts are right for it");
        // A sum that no shop has may be too much to count exactly, and nothing else.
        match replay(&plan, facts_for(&plan, "4000000000000")).1 {
            None | Some(Fault::Overflow) => {}
            Some(other) => panic!("{name}: {other:?}"),
        }
    }
    assert!(programs > 200, "only {programs} programs");
}

/// The ledger of the sample and what every member has at the end, as one number. It is the same on every machine;
/// whoever changes what a programme gives changes it here, and says in `CHANGELOG.md` why.
const LEDGER_OF_THE_SAMPLE: &str = "77898c4c38c804c60ece67b815fa09ba259c4c9ba94360730c5f1bd25966939e";

#[test]
fn the_ledger_of_a_sample_is_the_same_bytes_everywhere() {
    let plan = plan(PROGRAM);
    let (header, rows) = sample();
    let (events, texts) = events(&plan, &header, &rows, Order::default());
    let (rows, _) = run(&plan, &events, &texts, |book, _| book);
    let mut hash = Sha256::new();
    for row in &rows {
        hash.update(row.text.as_bytes());
        hash.update(b"\n");
    }
    let found = format!("{:x}", hash.finalize());
    assert_eq!(found, LEDGER_OF_THE_SAMPLE, "of {} rows", rows.len());
}

/// The rows of facts in a book that is as it is told.
fn rows_in(mut book: Book, facts: &str) -> Vec<Row> {
    let plan = Arc::clone(book.plan());
    let options = Options { order: Order::Unsorted, bad_rows: BadRows::Skip };
    let mut history = History::new(plan.schema.clone(), plan.zone.clone(), Map::default(), options);
    history.add("facts.csv", Cursor::new(facts.as_bytes().to_vec()), Format::Csv).unwrap();
    let mut ledger = Ledger { plan: &plan, rows: Vec::new() };
    let mut event = Event::default();
    while history.next_event(book.texts_mut(), &mut event).unwrap() {
        book.apply(&event, &mut ledger).unwrap();
    }
    book.finish(day("2029-12-31"), &mut ledger).unwrap();
    ledger.rows
}

#[test]
fn shortcuts_change_nothing() {
    let (header, rows) = sample();
    let sample = format!("{header}\n{}\n", rows.join("\n"));
    let benchmark = ("benchmark".to_owned(), include_str!("../benches/program.earn").to_owned());
    let confectioner = ("confectioner".to_owned(), PROGRAM.to_owned());
    let (mut programs, mut entries) = (0, 0);
    for (name, text) in sources::programs().into_iter().chain([benchmark, confectioner]) {
        let Some(plan) = earnest::compile(&Source::new(&name, text)).plan.map(Arc::new) else { continue };
        let sampled = ["benchmark", "confectioner"].contains(&name.as_str());
        let facts = if sampled { sample.clone() } else { facts_for(&plan, "130.40") };
        let short = rows_in(Book::new(Arc::clone(&plan), NAMED), &facts);
        let long = rows_in(Book::without_shortcuts(Arc::clone(&plan), NAMED), &facts);
        assert_eq!(texts_of(&short), texts_of(&long), "{name}");
        entries += short.len();
        programs += 1;
    }
    assert!(programs > 200 && entries > 10_000, "{programs} programs, {entries} entries");
}

#[test]
fn members_apart_tell_the_first_fault_of_all() {
    let text = r#"program "P" { currency RUB } unit bean, beans { worth 1 RUB } rule "A" { on join give 1 bean }"#;
    let plan = Arc::new(earnest::compile(&Source::new("p.earn", text)).plan.expect("a plan"));
    let of = |member: &str, id: &str, day: &str| Event {
        member: member.into(),
        id: id.into(),
        at: plan.zone.start_of(Day::parse(day).expect("a day")),
        ..Event::default()
    };
    // Ann's fact that comes too late stands behind Bob's, though Ann is worked first.
    let events = [
        of("Ann", "a", "2026-01-05"),
        of("Bob", "b", "2026-01-06"),
        of("Bob", "c", "2026-01-04"),
        of("Ann", "d", "2026-01-03"),
    ];
    assert_eq!(earnest::eval::Apart::default().order(&events), [0, 3, 1, 2]);
    let replay = || earnest::sim::replay::Replay::new(Arc::clone(&plan), false, None);
    let (mut apart, mut in_time) = (replay(), replay());
    assert!(apart.book().takes_members_apart());
    let first = events.iter().find_map(|event| in_time.apply(event, &mut ()).err()).expect("a fault");
    assert_eq!(apart.apply_all(&events, &mut ()).expect_err("a fault").to_string(), first.to_string());
    assert!(first.to_string().contains("`c`"), "{first}");
}
