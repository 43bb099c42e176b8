//! A program that continues another takes over what the other's book holds, and goes on as if it had kept it all.
#![cfg(feature = "files")]
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test says what is wrong by failing"
)]

use super::pools::{PROGRAM, book, events, events_of};
use super::promises::{Ledger, NAMED, Row, day, facts_for, plan, texts_of};
use earnest::eval::{Book, Fault, Snapshot};
use earnest::plan::Plan;
use earnest::ty::Event;
use std::sync::Arc;

/// The day from which the new program says something else.
const CHANGE: &str = "2026-10-01";

/// The program of the households with other terms from a day on: rules, units and limits stand in other places.
fn next(old: &Plan, more: &str) -> String {
    let says = |text: &str, from: &str, to: &str| {
        assert!(text.contains(from), "{from}");
        text.replacen(from, to, 1)
    };
    let text = says(PROGRAM, "returns", &format!("continues \"{}\" from {CHANGE} returns", old.version));
    let text = says(&text, "give 10% of spend as beans }", "give base of spend as beans }");
    let text = says(&text, "at most 5 cups per", "at most room per");
    format!(
        "{text}\nparam base = 10%, 8% from {CHANGE}\nparam room = 5 cups, 4 cups from {CHANGE}\n\
         unit apple, apples {{ expires never }}\n\
         rule \"Apples\" from {CHANGE} {{ if household = \"K\" give 1 apple per 100 RUB, at most 3 apples per calendar month }}\n\
         {more}"
    )
}

fn apply(mut book: Book, events: &[Event], finish: bool) -> (Vec<Row>, Book) {
    let plan = Arc::clone(book.plan());
    let mut ledger = Ledger { plan: &plan, rows: Vec::new() };
    for event in events {
        book.apply(event, &mut ledger).unwrap();
    }
    if finish {
        book.finish(day("2028-12-31"), &mut ledger).unwrap();
    }
    (ledger.rows, book)
}

fn kept(plan: &Arc<Plan>) -> (Vec<Row>, Snapshot) {
    let (facts, texts) = events(plan);
    let before: Vec<Event> = facts.into_iter().filter(|event| event.at.day < day(CHANGE)).collect();
    let (rows, book) = apply(book(plan, &texts, |plan| Book::new(plan, NAMED)), &before, false);
    let text = serde_json::to_string(&book.snapshot()).unwrap();
    (rows, serde_json::from_str(&text).unwrap())
}

#[test]
fn a_program_goes_on_with_what_the_one_before_it_kept() {
    let old = plan(PROGRAM);
    let new = plan(&next(&old, ""));
    let facts = facts_for(&old, "130.40");
    let (all, texts) = events_of(&new, facts.clone(), new.texts.clone());
    let (whole, _) = apply(book(&new, &texts, |plan| Book::new(plan, NAMED)), &all, true);
    let (mut rows, snapshot) = kept(&old);
    let mut book = Book::take_over(Arc::clone(&new), &old, snapshot, NAMED).unwrap();
    let (later, texts) = events_of(&new, facts, book.texts().clone());
    *book.texts_mut() = texts;
    let facts: Vec<Event> = later.into_iter().filter(|event| event.at.day >= day(CHANGE)).collect();
    assert!(facts.len() > 50 && rows.len() > 100, "{} facts after {} rows", facts.len(), rows.len());
    let (after, _) = apply(book, &facts, true);
    assert!(after.iter().any(|row| row.text().contains("Apples")));
    rows.extend(after);
    assert_eq!(texts_of(&whole), texts_of(&rows));
}

#[test]
fn what_the_book_cannot_tell_is_refused() {
    let old = plan(PROGRAM);
    let (_, snapshot) = kept(&old);
    let take = |text: &str, snapshot: &Snapshot| {
        Book::take_over(plan(text), &old, snapshot.clone(), NAMED).map(|_| ()).unwrap_err().to_string()
    };
    // Another program that does not continue it.
    let other = next(&old, "").replace(&old.version, &"0".repeat(64));
    assert!(take(&other, &snapshot).contains("a version that the program continues"));
    // What it would have to have counted.
    let counts = next(&old, "rule \"Often\" from 2026-10-01 { if visits over the last 7 days >= 2 give 1 bean }");
    let said = take(&counts, &snapshot);
    assert!(said.contains("`visits over the last 7 days`") && said.contains("replay the history"), "{said}");
    // What has no place any more.
    let gone = next(&old, "").replace("unit mug, mugs", "unit pot, pots").replace("1 mug", "1 pot");
    assert!(take(&gone, &snapshot).contains("the unit `mugs`"));
    // Facts from after the change were not its.
    let early = next(&old, "").replace(&format!("from {CHANGE} returns"), "from 2026-02-01 returns");
    assert!(take(&early, &snapshot).contains("a day before 2026-02-01"));
    // The same program takes its own up as ever.
    assert!(matches!(Book::resume(plan(&next(&old, "")), snapshot.clone(), NAMED), Err(Fault::OtherSnapshot { .. })));
    assert!(Book::resume(Arc::clone(&old), snapshot, NAMED).is_ok());
}
