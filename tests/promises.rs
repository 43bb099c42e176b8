//! The promises of the README, over a sample history under the confectioner's programme, with beans spent:
//! conservation, named lots, counted once, snapshots, the order of declarations and of rows.
#![cfg(feature = "files")]
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test says what is wrong by failing")]

use earnest::eval::{Book, BookOptions, Snapshot};
use earnest::history::{Format, History, Map, Options, Order};
use earnest::ledger::{Entry, EntryKind, Sink};
use earnest::plan::{Plan, UnitId};
use earnest::sim::sample::Sample;
use earnest::source::Source;
use earnest::syntax;
use earnest::time::Day;
use earnest::ty::{Event, Kind, Redemption, Texts};
use earnest::value::Amount;
use std::collections::BTreeMap;
use std::io::Cursor;
use std::sync::Arc;

const PROGRAM: &str = include_str!("../examples/sweet-corner/sweet-corner.earn");
const NAMED: BookOptions = BookOptions { named_lots: true, strict: false };

fn plan(text: &str) -> Arc<Plan> {
    let compiled = earnest::compile(&Source::new("sweet-corner.earn", text));
    Arc::new(compiled.plan.unwrap_or_else(|| panic!("{:?}", compiled.diagnostics)))
}

fn day(text: &str) -> Day {
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
struct Row {
    text: String,
    member: String,
    unit: UnitId,
    amount: Amount,
    kind: EntryKind,
    lot: String,
}

struct Ledger<'a> {
    plan: &'a Plan,
    rows: Vec<Row>,
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

fn texts_of(rows: &[Row]) -> Vec<&str> {
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
    let copies = |event: &Event| if event.unnamed.is_none() { 2 } else { 1 };
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
