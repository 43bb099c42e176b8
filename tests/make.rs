//! Example blocks that are made: they pass as they stand, in the canonical layout, and try what they say they try.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "a test says what is wrong by failing")]

use earnest::history::{Format, History, Map, Options};
use earnest::sim::coverage::coverage;
use earnest::sim::example::run_examples;
use earnest::sim::make::{Links, MemberStory, boundaries};
use earnest::sim::replay::Replay;
use earnest::sim::sample::Sample;
use earnest::source::Source;
use earnest::time::Day;
use earnest::ty::Event;
use std::fs;
use std::io::Cursor;
use std::path::Path;
use std::sync::Arc;

/// Bounds of each kind: money, a count, an attribute, a balance, goods, days, rows of tables, tiers.
const PROGRAM: &str = r#"program "Shop" {
  currency RUB
}

data {
  line category text, or ""
  line nights number, or 0
  receipt channel text, or "store"
  action stamp
}

counter visit_now, visits_now = visits this calendar month

unit bean, beans {
  worth 1 RUB
  expires never
}

tiers status by spend over the last 12 months {
  Bronze
  Silver from 5_000 RUB
  Gold above 20_000 RUB
}

tiers tea by beans lifetime {
  Cup
  Pot from 30 beans
  opens start of next calendar month
}

rule "Base" {
  where category != "tobacco"
  if spend >= 100 RUB and channel = "web"
  give 5% of spend as beans
}

rule "Large" {
  give by spend {
    from 1_000 RUB 10 beans
    above 2_000 RUB 20 beans
  }
}

rule "Often" {
  during every Friday
  if visits_now >= 3
  give 5 beans
}

rule "Nights" {
  where nights > 2
  give 7 beans
}

rule "Poor" {
  if beans.balance < 500 beans
  give 1 bean
}

rule "Late" {
  if days since the last purchase >= 60
  give 2 beans
}

rule "Tea" {
  where category = "tea"
  if quantity <= 4
  give 3 beans
}

rule "Stamped" {
  if count of action stamp this calendar month >= 2
  give 4 beans
}

rule "Bring a friend" {
  on a friend's first purchase
  if spend >= 1_000 RUB
  give the referrer 300 beans
}

reward "Off" {
  if spend >= 700 RUB
  costs 100 beans
  gives 50 RUB off
}
"#;

/// The program with what was made behind it, and what could not be made.
fn with_boundaries(name: &str, text: &str) -> (String, Vec<String>) {
    let source = Source::new(name, text);
    let compiled = earnest::compile(&source);
    let plan = Arc::new(compiled.plan.unwrap_or_else(|| panic!("{name}: {:?}", compiled.diagnostics)));
    let made = boundaries(&source, &compiled.file, &plan);
    let text = if made.count == 0 { text.to_owned() } else { format!("{text}\n{}", made.text) };
    (text, made.left)
}

/// The bounds that are not tried on all sides: `status.Gold: 5_000 RUB`.
fn untried(name: &str, text: &str) -> Vec<String> {
    let source = Source::new(name, text);
    let compiled = earnest::compile(&source);
    let plan = Arc::new(compiled.plan.unwrap_or_else(|| panic!("{name}: {:?}", compiled.diagnostics)));
    let results = run_examples(&plan, &compiled.file);
    for result in &results {
        assert!(result.failures.is_empty(), "{name}: {}: {:?}", result.name, result.failures);
    }
    let covered = coverage(&source, &plan, &compiled.file, &results);
    let open = covered.thresholds.into_iter().filter(|of| !(of.below && of.at && of.above));
    open.map(|of| format!("{}: {}", of.of, of.threshold)).collect()
}

#[test]
fn bounds_are_tried_on_all_sides_by_what_is_made() {
    assert_eq!(untried("shop.earn", PROGRAM).len(), 14);
    let (text, left) = with_boundaries("shop.earn", PROGRAM);
    assert_eq!(left, Vec::<String>::new());
    assert_eq!(untried("shop.earn", &text), Vec::<String>::new());
    // As the formatter would write it, and nothing is left to make.
    assert_eq!(earnest::syntax::format(&Source::new("shop.earn", text.as_str())), Ok(text.clone()));
    assert_eq!(with_boundaries("shop.earn", &text), (text, Vec::new()));
}

#[test]
fn what_cannot_be_made_is_said() {
    for name in ["kofe", "otel", "sweet-corner"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("examples/{name}/{name}.earn"));
        let text = fs::read_to_string(path).expect("an example");
        let (text, left) = with_boundaries(name, &text);
        for open in untried(name, &text) {
            assert!(left.iter().any(|said| said.starts_with(&open)), "{name}: {open} is not said: {left:?}");
        }
    }
    // Nothing lies just below zero.
    let text = "program \"A\" { currency RUB }\nunit bean, beans { expires never }\nrule \"B\" { give by spend { from 0 RUB 1 bean } }\n";
    let (_, left) = with_boundaries("a.earn", text);
    assert_eq!(left.len(), 1, "{left:?}");
    assert!(left[0].starts_with("rule \"B\": 0 RUB: no story was found that tries it just below"), "{left:?}");
}

/// What a sample history gives: a line's category and sku, points spent, returns.
const SAMPLED: &str = r#"program "Sampled" {
  currency RUB
  timezone "Europe/Moscow"
}

data {
  line category text, or ""
  receipt store text, or ""
  action review
}

unit bean, beans {
  worth 1 RUB
  opens 3 days after earning
  expires 6 months after earning
}

tiers status by spend over the last 12 months {
  Bronze, extra 0%
  Silver from 5_000 RUB, extra 1%
}

rule "Base" {
  where category != "alcohol"
  give (5% + status.extra) of spend as beans, at most 200 beans per calendar month
}

rule "Monday" {
  during every Monday
  multiply "Base" by 2
}
"#;

#[test]
fn what_a_member_did_is_an_example_that_ends_as_the_history_does() {
    let source = Source::new("sampled.earn", SAMPLED);
    let compiled = earnest::compile(&source);
    let plan = Arc::new(compiled.plan.unwrap_or_else(|| panic!("{:?}", compiled.diagnostics)));
    let day = |text| Day::parse(text).expect("a day");
    let sample = Sample { members: 30, receipts: 600, from: day("2025-01-01"), to: day("2025-12-31"), seed: 11 };
    let mut bytes = Vec::new();
    sample.write_history(&mut bytes).expect("a history");
    let mut history = History::new(plan.schema.clone(), plan.zone.clone(), Map::default(), Options::default());
    history.add("sample.csv", Cursor::new(bytes), Format::Csv).expect("a history");
    let mut replay = Replay::new(Arc::clone(&plan), false, None);
    let (mut event, mut events, mut links) = (Event::default(), Vec::new(), Links::default());
    while history.next_event(replay.texts_mut(), &mut event).expect("an event") {
        replay.apply(&event, &mut ()).expect("no fault");
        links.see(&event);
        events.push(event.clone());
    }
    let finished = replay.finish(&mut ()).expect("no fault");
    let mut names: Vec<&str> =
        events.iter().map(|event| event.member.as_str()).filter(|name| !name.is_empty()).collect();
    names.sort_unstable();
    names.dedup();
    assert!(names.len() > 20);
    for name in names.into_iter().step_by(5) {
        let mut story = MemberStory::new(Arc::clone(&plan), name, &links);
        for event in &events {
            story.event(event, finished.book().texts());
        }
        let made = story.made(&source, &compiled.file, finished.book(), finished.as_of()).expect("an example");
        assert_eq!((made.count, &made.left), (1, &Vec::new()), "{}", made.text);
        let text = format!("{SAMPLED}\n{}", made.text);
        assert_eq!(earnest::syntax::format(&Source::new("sampled.earn", text.as_str())), Ok(text.clone()));
        // Each example of the text holds.
        let _ = untried("sampled.earn", &text);
    }
}
