//! "Needs 180 RUB more" is meant to the smallest unit: with that much more the rule fires, with a millionth
//! less it does not.
//!
//! Events of a sample, and of the real histories where they are here, are explained as they come; whenever a
//! rule says what it needs of `spend`, the receipt is changed by that much and explained again.
#![cfg(feature = "cli")]
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test says what is wrong by failing")]

use earnest::eval::{Book, Outcome};
use earnest::history::{Format, History, Map, Options};
use earnest::plan::Plan;
use earnest::sim::replay::Replay;
use earnest::sim::sample::Sample;
use earnest::source::Source;
use earnest::time::Day;
use earnest::ty::event::Datum;
use earnest::ty::{Event, Kind};
use earnest::value::{Amount, Exact, Rounding};
use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::path::Path;
use std::sync::Arc;

/// How many are looked at in each history.
const SAMPLED: usize = 1000;

const RULES: &str = r#"
unit point, points {
  worth 0.5 RUB
  expires never
}

unit stamp, stamps {
  decimals 2
  round half up
  expires never
}

rule "At least" {
  if spend >= 500 RUB
  give 1 point
}

rule "More than" {
  if spend > 250.50 RUB
  give 1 point
}

rule "Less than" {
  if spend < 5 RUB
  give 1 point
}

rule "At most" {
  if spend <= 7 RUB
  give 1 point
}

rule "Both" {
  if spend >= 40 RUB and spend <= 4_000 RUB
  give 1 point
}

rule "Full" {
  give 3 points per full 300 RUB
}

rule "Linear" {
  give 1 point per 700 RUB
}

rule "Share" {
  give 0.1% of spend as points
}

rule "Rounded half up" {
  give 0.01 stamps per 90 RUB
}
"#;

/// The same on some of the lines.
const LINES: &str = r#"
data {
  line category text
}

rule "Cakes" {
  where category = "cakes"
  if spend >= 900 RUB
  give 1 point
}

rule "Coffee" {
  where category = "coffee"
  give 1 point per full 800 RUB
}
"#;

fn plan(head: &str, more: &str) -> Arc<Plan> {
    let currency = if head.contains("USD") { "USD" } else { "RUB" };
    let text = format!("program \"Needs\" {{\n{head}\n}}\n{}{more}", RULES.replace("RUB", currency));
    let source = Source::new("needs.earn", text);
    let compiled = earnest::compile(&source);
    let told = earnest::diag::render(&source, &compiled.diagnostics, earnest::diag::Color::Never);
    Arc::new(compiled.plan.unwrap_or_else(|| panic!("{told}")))
}

/// The event with so much more on the line that the rule looks at; none where it would fall below zero.
fn with_more(plan: &Plan, event: &Event, rule: &str, more: Amount) -> Option<Event> {
    let wanted = match rule {
        "Cakes" => plan.texts.find("cakes"),
        "Coffee" => plan.texts.find("coffee"),
        _ => None,
    };
    let mut changed = event.clone();
    let fits = |line: &&mut earnest::ty::Line| {
        wanted.is_none_or(|sym| line.values.first() == Some(&Datum::Text(sym)))
            && line.amount.plus(more).is_ok_and(|sum| !sum.is_negative())
    };
    let line = changed.lines.iter_mut().find(fits)?;
    line.amount = line.amount.plus(more).ok()?;
    Some(changed)
}

fn fires(book: &Book, plan: &Plan, event: &Event, rule: &str) -> bool {
    let explanation = book.explain(event).expect("an explanation");
    let found = explanation.rules.iter().find(|found| plan.rule(found.rule).name == rule);
    matches!(found.expect("the rule").outcome, Outcome::Paid(_))
}

/// What to add so that the rule fires, and a millionth away from it, where it does not.
fn steps(more: Exact, above: bool) -> (Amount, Amount) {
    let tick = Amount::from_micros(1);
    let less = more.is_negative();
    let edge = more.round(if less { Rounding::Down } else { Rounding::Up }, 6).unwrap();
    let exact = more.to_amount() == Some(edge);
    match (less, above && exact) {
        (false, true) => (edge.plus(tick).unwrap(), edge),
        (false, false) => (edge, edge.minus(tick).unwrap()),
        (true, true) => (edge.minus(tick).unwrap(), edge),
        (true, false) => (edge, edge.plus(tick).unwrap()),
    }
}

/// Explains a history as it comes; how many needs of each rule were tried.
fn try_needs(plan: &Arc<Plan>, map: Map, reader: impl Read + 'static, every: usize) -> BTreeMap<String, usize> {
    let mut history = History::new(plan.schema.clone(), plan.zone.clone(), map, Options::default());
    history.add("history", reader, Format::Csv).expect("a header");
    let mut replay = Replay::new(Arc::clone(plan), false, None);
    let (mut tried, mut event, mut seen) = (BTreeMap::<String, usize>::new(), Event::default(), 0_usize);
    while history.next_event(replay.texts_mut(), &mut event).expect("a good row") {
        seen += 1;
        if event.kind == Kind::Purchase && seen.is_multiple_of(every) && tried.values().sum::<usize>() < SAMPLED {
            let book = replay.book();
            for found in book.explain(&event).expect("an explanation").rules {
                let name = &plan.rule(found.rule).name;
                let Outcome::Missed(reason, _) = &found.outcome else { continue };
                let Some(needs) = reason.needs().filter(|needs| needs.of == "spend") else { continue };
                let (enough, not_enough) = steps(needs.more, needs.above);
                let (Some(more), Some(less)) =
                    (with_more(plan, &event, name, enough), with_more(plan, &event, name, not_enough))
                else {
                    continue;
                };
                assert!(fires(book, plan, &more, name), "`{name}` does not fire with {enough} more: {event:?}");
                assert!(!fires(book, plan, &less, name), "`{name}` fires with {not_enough} more: {event:?}");
                *tried.entry(name.clone()).or_default() += 1;
            }
        }
        replay.apply(&event, &mut ()).expect("an event that counts");
    }
    println!("{tried:?}");
    tried
}

#[test]
fn what_a_rule_needs_is_exact_in_a_sample() {
    let day = |text| Day::parse(text).expect("a day");
    let sample = Sample { members: 100, receipts: 1500, from: day("2025-01-01"), to: day("2025-12-31"), seed: 11 };
    let mut csv = Vec::new();
    sample.write_history(&mut csv).expect("a history");
    let plan = plan("  currency RUB", LINES);
    let tried = try_needs(&plan, Map::default(), Cursor::new(csv), 1);
    assert!(tried.values().sum::<usize>() >= SAMPLED, "{tried:?}");
    for rule in ["At least", "More than", "Full", "Share", "Cakes", "Coffee"] {
        assert!(tried.contains_key(rule), "`{rule}` never needed anything: {tried:?}");
    }
}

#[test]
fn what_a_rule_needs_is_exact_in_the_real_histories() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let data = root.join("../shared/data");
    if !data.is_dir() {
        eprintln!("skipped: ../shared/data is not here");
        return;
    }
    let cases = [
        ("cdnow/cdnow.csv.gz", "cdnow/cdnow.map.toml", "  currency USD\n  timezone \"America/New_York\"", 30),
        ("online_retail/online_retail.csv.gz", "online_retail/online_retail.map.toml", "  currency RUB", 12),
    ];
    for (file, map, head, every) in cases {
        let map = std::fs::read_to_string(root.join("examples").join(map)).expect("a map");
        let map = Map::parse("map", &map).expect("a good map");
        let packed = std::fs::File::open(data.join(file)).expect("a history");
        let tried = try_needs(&plan(head, ""), map, flate2::read::MultiGzDecoder::new(packed), every);
        assert!(tried.values().sum::<usize>() >= SAMPLED, "{file}: {tried:?}");
    }
}
