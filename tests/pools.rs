//! The promises of the README where households have units together: conservation, snapshots, late facts, shortcuts.
#![cfg(feature = "files")]
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test says what is wrong by failing"
)]

use super::promises::{Ledger, NAMED, Row, day, facts_for, plan, state, texts_of};
use earnest::eval::{Book, BookOptions, Fault, OpeningBalance, Snapshot};
use earnest::history::{BadRows, Format, History, Map, Options, Order};
use earnest::ledger::EntryKind;
use earnest::plan::{Plan, UnitId};
use earnest::ty::event::Datum;
use earnest::ty::{Event, Kind, Member, Texts};
use earnest::value::Amount;
use std::collections::BTreeMap;
use std::io::Cursor;
use std::sync::Arc;

/// Two households, and what of the language meets in them.
pub(super) const PROGRAM: &str = r#"
program "Family" { currency RUB timezone "Europe/Moscow" returns within 60 days }
data { member household text, or "" action review }
unit bean, beans { worth 1 RUB opens 3 days after earning expires 90 days after the last purchase pooled by household }
unit cup, cups { expires 60 days after earning spend oldest first pooled by household }
unit mug, mugs { expires never }
tiers status by beans.balance { Low Middle from 40 beans High from 80 beans }
rule "Base" { give 10% of spend as beans }
rule "Cup" { give 1 cup per item, at most 5 cups per calendar month }
rule "Friend" { on a friend's purchase give the referrer 5% of spend as beans }
rule "Review" { on action review give 5 beans, opening on action review within 20 days }
rule "Month" { at end of calendar month if visits this calendar month >= 1 give 2 beans }
rule "Fading" { at end of calendar quarter take 10% of beans.available as beans }
rule "High" { on entering High give 1 mug }
rule "New" { on 2026-09-01 turn 1 cup into 3 cups }
reward "Mug" { automatically costs 60 beans gives 1 mug at most 1 time per calendar week }
reward "Give" { costs beans gives them to another member }
reward "Pay" { costs cups gives 10 RUB per cup off }
"#;

/// A book whose members live together: Ann and Bob, Cid and Dan and Eve.
pub(super) fn book(plan: &Arc<Plan>, texts: &Texts, new: impl Fn(Arc<Plan>) -> Book) -> Book {
    let mut book = new(Arc::clone(plan));
    *book.texts_mut() = texts.clone();
    for (name, household) in [("Ann", "H"), ("Bob", "H"), ("Cid", "K"), ("Dan", "K"), ("Eve", "K")] {
        let household = Datum::Text(book.texts_mut().intern(household));
        book.add_member(&Member { name: name.to_owned(), joined: None, values: vec![household] });
    }
    book
}

/// Facts of every kind; every other redemption of beans goes to somebody.
pub(super) fn events(plan: &Plan) -> (Vec<Event>, Texts) {
    events_of(plan, facts_for(plan, "130.40"), plan.texts.clone())
}

/// The events of facts, made with texts that are known already.
pub(super) fn events_of(plan: &Plan, facts: String, mut texts: Texts) -> (Vec<Event>, Texts) {
    let options = Options { order: Order::Unsorted, bad_rows: BadRows::Skip };
    let mut history = History::new(plan.schema.clone(), plan.zone.clone(), Map::default(), options);
    history.add("facts.csv", Cursor::new(facts.into_bytes()), Format::Csv).unwrap();
    let (mut events, mut event) = (Vec::new(), Event::default());
    while history.next_event(&mut texts, &mut event).unwrap() {
        if event.kind == Kind::Redeem && events.len().is_multiple_of(2) {
            event.into = ["Dan", "Ann", "Zoe"][events.len() % 3].into();
        }
        if event.kind == Kind::Return {
            // One of two, of the last receipt.
            let sales = |known: &&Event| known.kind == Kind::Purchase && known.member == event.member;
            let Some(sale) = events.iter().rev().find(sales) else { continue };
            event.of.clone_from(&sale.receipt);
            event.lines.clone_from(&sale.lines);
            event.lines.iter_mut().for_each(|line| line.quantity = Amount::ONE);
        }
        events.push(event.clone());
    }
    assert!(events.len() > 200, "a history worth the name: {}", events.len());
    (events, texts)
}

fn run(mut book: Book, events: &[Event], between: impl Fn(Book) -> Book) -> (Vec<Row>, Book) {
    let plan = Arc::clone(book.plan());
    let mut ledger = Ledger { plan: &plan, rows: Vec::new() };
    for event in events {
        book = between(book);
        book.apply(event, &mut ledger).unwrap();
    }
    book.finish(day("2028-12-31"), &mut ledger).unwrap();
    (ledger.rows, book)
}

fn fresh(plan: &Arc<Plan>, texts: &Texts) -> Book {
    book(plan, texts, |plan| Book::new(plan, NAMED))
}

#[test]
fn what_households_have_is_accounted_for() {
    let plan = plan(PROGRAM);
    let (events, texts) = events(&plan);
    let (rows, book) = run(fresh(&plan, &texts), &events, |book| book);
    let mut sums: BTreeMap<(&str, UnitId), i64> = BTreeMap::new();
    for row in &rows {
        *sums.entry((&row.member, row.unit)).or_default() += row.amount.micros();
        assert!(!row.lot.is_empty(), "a row without a lot: {row:?}");
    }
    for ((name, unit), sum) in sums {
        let pool = book.pools().find(|house| *house.name == *name).and_then(|house| book.in_pool(house, unit));
        let held = match pool {
            Some(held) => held.balance,
            // Who went up in another has nothing any more.
            None => {
                book.member(name).filter(|view| view.name() == name).map_or(Amount::ZERO, |view| view.balance(unit))
            }
        };
        assert_eq!(held.micros(), sum, "{name} {unit:?}");
    }
    for kind in [EntryKind::Earn, EntryKind::Open, EntryKind::Redeem, EntryKind::Expire, EntryKind::Reverse] {
        assert!(rows.iter().any(|row| row.kind == kind && row.member == "H"), "the history brings {kind:?}");
    }
    assert!(rows.iter().any(|row| row.kind == EntryKind::Transfer && row.member == "K"));
}

#[test]
fn households_are_put_away_and_taken_up_again() {
    let plan = plan(PROGRAM);
    let (events, texts) = events(&plan);
    let (whole, _) = run(fresh(&plan, &texts), &events, |book| book);
    let (pieces, _) = run(fresh(&plan, &texts), &events, |book| {
        let text = serde_json::to_string(&book.snapshot()).unwrap();
        let snapshot: Snapshot = serde_json::from_str(&text).unwrap();
        Book::resume(Arc::clone(&plan), snapshot, NAMED).unwrap()
    });
    assert_eq!(texts_of(&whole), texts_of(&pieces));
}

#[test]
fn shortcuts_change_nothing_in_households() {
    let plan = plan(PROGRAM);
    let (events, texts) = events(&plan);
    let (short, _) = run(fresh(&plan, &texts), &events, |book| book);
    let long = book(&plan, &texts, |plan| Book::without_shortcuts(plan, NAMED));
    let (long, _) = run(long, &events, |book| book);
    assert_eq!(texts_of(&short), texts_of(&long));
}

#[test]
fn a_fact_that_is_too_late_for_the_household_changes_nothing() {
    let plan = plan(PROGRAM);
    let (events, texts) = events(&plan);
    let mut refused = 0;
    for late in (0..events.len() - 1).step_by(23) {
        let mut book = fresh(&plan, &texts);
        for event in &events[..late] {
            book.apply(event, &mut ()).unwrap();
        }
        // Any later fact of the book makes it too late: what one does others who live there have seen.
        book.apply(&events[late + 1], &mut ()).unwrap();
        let stood = state(&book);
        match book.apply(&events[late], &mut ()) {
            Err(Fault::TooLate { .. }) => refused += 1,
            other => panic!("{other:?}"),
        }
        assert_eq!(stood, state(&book));
    }
    assert!(refused > 5, "{refused} were too late");
}

/// An open book: it refuses and goes on.
const OPEN: BookOptions = BookOptions { named_lots: true, strict: true };

/// The beans of a household, in a book where they open at once.
fn open_book(options: BookOptions) -> Book {
    let plan = plan(
        r#"
program "Open" { currency RUB timezone "UTC" }
data { member household text, or "" }
unit bean, beans { worth 1 RUB expires never pooled by household }
rule "Base" { give 100% of spend as beans }
reward "Give" { costs beans gives them to another member }
reward "Pay" { costs beans gives their worth off }
"#,
    );
    let texts = plan.texts.clone();
    book(&plan, &texts, |plan| Book::new(plan, options))
}

/// Facts for that book, a day apart.
fn told(book: &mut Book, rows: &[&str]) -> Vec<Event> {
    let mut facts = String::from("member,at,kind,id,receipt,amount,points,into\n");
    for (number, row) in rows.iter().enumerate() {
        let at = day("2026-01-01").plus_days(i64::try_from(number).unwrap()).unwrap();
        facts.push_str(&row.replace("AT", &at.to_string()));
        facts.push('\n');
    }
    let plan = Arc::clone(book.plan());
    let mut history = History::new(plan.schema.clone(), plan.zone.clone(), Map::default(), Options::default());
    history.add("facts.csv", Cursor::new(facts.into_bytes()), Format::Csv).unwrap();
    let (mut events, mut event) = (Vec::new(), Event::default());
    while history.next_event(book.texts_mut(), &mut event).unwrap() {
        events.push(event.clone());
    }
    events
}

fn beans(book: &Book, home: &str) -> Amount {
    let house = book.pools().find(|house| *house.name == *home).expect("the pool lies with nobody");
    book.in_pool(house, UnitId::new(0)).unwrap().balance
}

#[test]
fn an_open_book_refuses_what_is_not_covered_and_goes_on() {
    let mut book = open_book(OPEN);
    let events = told(
        &mut book,
        &["Ann,AT,purchase,a,r1,50,,", "Bob,AT,redeem,b,,,60,", "Bob,AT,purchase,c,r2,20,,", "Bob,AT,redeem,d,,,60,"],
    );
    book.apply(&events[0], &mut ()).unwrap();
    let stood = state(&book);
    let mut ledger = Ledger { plan: &book.plan().clone(), rows: Vec::new() };
    for _ in 0..2 {
        // Asked again it is refused again: it does not count as counted.
        assert!(matches!(book.apply(&events[1], &mut ledger), Err(Fault::NotCovered(_))));
        assert_eq!(state(&book), stood);
    }
    assert!(ledger.rows.is_empty(), "{:?}", ledger.rows);
    assert_eq!(beans(&book, "H"), Amount::whole(50).unwrap());
    for event in &events[2..] {
        book.apply(event, &mut ()).unwrap();
    }
    assert_eq!(beans(&book, "H"), Amount::whole(10).unwrap());
}

#[test]
fn a_fault_while_units_are_on_their_way_leaves_an_open_book_as_it_was() {
    let mut book = open_book(OPEN);
    // Each has nearly as much as a number can hold.
    let rows = [
        "Ann,AT,adjust,a,,,9000000000000,",
        "Cid,AT,adjust,b,,,9000000000000,",
        "Ann,AT,redeem,c,,,9000000000000,Dan",
        "Bob,AT,redeem,d,,,10,Eve",
    ];
    let events = told(&mut book, &rows);
    for event in &events[..2] {
        book.apply(event, &mut ()).unwrap();
    }
    let stood = state(&book);
    let mut ledger = Ledger { plan: &book.plan().clone(), rows: Vec::new() };
    assert_eq!(book.apply(&events[2], &mut ledger), Err(Fault::Overflow));
    assert!(ledger.rows.is_empty(), "{:?}", ledger.rows);
    assert_eq!(state(&book), stood);
    // The pools lie with nobody, so those who live there go on.
    book.apply(&events[3], &mut ()).unwrap();
    assert_eq!(beans(&book, "H"), Amount::whole(8_999_999_999_990).unwrap());
    assert_eq!(beans(&book, "K"), Amount::whole(9_000_000_000_010).unwrap());
}

#[test]
fn a_replay_stops_with_a_fault_in_the_middle_of_an_event() {
    let mut book = open_book(NAMED);
    let rows = [
        "Ann,AT,adjust,a,,,9000000000000,",
        "Cid,AT,adjust,b,,,9000000000000,",
        "Ann,AT,redeem,c,,,9000000000000,Dan",
        "Bob,AT,purchase,d,r1,10,,",
    ];
    let events = told(&mut book, &rows);
    for event in &events[..2] {
        book.apply(event, &mut ()).unwrap();
    }
    for event in &events[2..] {
        assert_eq!(book.apply(event, &mut ()), Err(Fault::Overflow));
    }
    assert_eq!(book.finish(day("2026-02-01"), &mut ()), Err(Fault::Overflow));
}

#[test]
fn an_open_book_gives_what_a_replay_gives() {
    let plan = plan(PROGRAM);
    let (mut events, texts) = events(&plan);
    // An open book refuses what is not covered.
    events.retain(|event| event.redeemed.is_empty());
    let (replayed, _) = run(fresh(&plan, &texts), &events, |book| book);
    let (open, _) = run(book(&plan, &texts, |plan| Book::new(plan, OPEN)), &events, |book| book);
    assert_eq!(texts_of(&replayed), texts_of(&open));
}

#[test]
fn nothing_that_is_brought_along_is_lost_before_it_opens() {
    let plan = plan("program \"P\" { currency RUB }\nunit bean, beans {}\nrule \"A\" { give 1 bean }");
    let mut book = Book::new(Arc::clone(&plan), NAMED);
    let opening = OpeningBalance {
        member: "Ann".to_owned(),
        points: Some((0, Amount::whole(33).unwrap())),
        at: day("2026-02-08"),
        earned: day("2026-02-02"),
        opens: Some(day("2026-03-27")),
        expires: Some(day("2026-02-26")),
        tier: None,
        until: None,
        counter: None,
    };
    book.open_with(&opening, &mut ()).unwrap();
    for (to, held) in [("2026-03-26", 33), ("2026-03-27", 33), ("2026-03-28", 0)] {
        book.finish(day(to), &mut ()).unwrap();
        let ann = book.members().next().expect("Ann");
        assert_eq!(ann.balance(UnitId::new(0)), Amount::whole(held).unwrap(), "on {to}");
    }
}
