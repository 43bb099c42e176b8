//! What if: scenarios, what a simulation counts, and the report.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "a test says what is wrong by failing")]

use earnest::check::scenario::{Level, scenarios};
use earnest::history::{Format, History, Map, Options};
use earnest::plan::Plan;
use earnest::sim::compare::worths;
use earnest::sim::count::{Counting, Counts};
use earnest::sim::replay::{Finished, Replay};
use earnest::sim::report::{Named, NonMemberSales, Report, Rows, Sum};
use earnest::sim::sample::Sample;
use earnest::source::Source;
use earnest::time::Day;
use earnest::ty::Event;
use std::io::Cursor;
use std::sync::Arc;

const PROGRAM: &str = r#"program "Shop" { currency RUB }
data { line category text  receipt store text, or "" }
param base = 5%
unit bean, beans { worth 1 RUB  expires 6 months after earning }
tiers status by spend over the last 12 months { Bronze, extra 0%  Silver from 10_000 RUB, extra 1%  Gold from 30_000 RUB, extra 2% }
rule "Base" { give (base + status.extra) of spend as beans }
rule "Cakes" { where category = "cakes"  give 10 beans }
rule "Mondays" { during every Monday  multiply "Base" by 2 }
best of { "Base", "Cakes" }
"#;

const SCENARIO: &str = r#"scenario "Other" {
  set base = 4%, 3% from 2026-01-01
  set status.Gold.from = 20_000 RUB
  set status.Silver.extra = 3%
  without "Cakes"
  rule "Mondays" { during every Monday  multiply "Base" by 3 }
  rule "Tuesdays" { during every Tuesday  multiply "Base" by 2 }
}
"#;

/// The same, written by hand.
const WRITTEN: &str = r#"program "Shop" { currency RUB }
data { line category text  receipt store text, or "" }
param base = 4%, 3% from 2026-01-01
unit bean, beans { worth 1 RUB  expires 6 months after earning }
tiers status by spend over the last 12 months { Bronze, extra 0%  Silver from 10_000 RUB, extra 3%  Gold from 20_000 RUB, extra 2% }
rule "Base" { give (base + status.extra) of spend as beans }
rule "Mondays" { during every Monday  multiply "Base" by 3 }
best of { "Base" }
rule "Tuesdays" { during every Tuesday  multiply "Base" by 2 }
"#;

#[test]
fn a_scenario_is_the_program_with_its_changes_written_in() {
    let source = Source::new("shop.earn", format!("{PROGRAM}{SCENARIO}"));
    let compiled = earnest::compile(&source);
    let scenario = scenarios(&compiled.file).next().expect("the scenario");
    let (plan, problems) = earnest::compile_variant(&source, &compiled.file, scenario, Level::Middle);
    assert!(problems.is_empty(), "{problems:?}");
    let written = earnest::compile(&Source::new("written.earn", WRITTEN)).plan.expect("a plan");
    assert_eq!(plan.expect("a plan").version, written.version);
    // The scenario itself says nothing about the program.
    let alone = earnest::compile(&Source::new("shop.earn", PROGRAM)).plan.expect("a plan");
    assert_eq!(compiled.plan.expect("a plan").version, alone.version);
}

/// Replays a history, and counts.
fn replayed(plan: &Plan, mut replay: Replay, csv: Vec<u8>, counting: &mut Counting) -> (Finished, Report, Counts) {
    let mut history = History::new(plan.schema.clone(), plan.zone.clone(), Map::default(), Options::default());
    history.add("sales.csv", Cursor::new(csv), Format::Csv).expect("a history");
    let mut event = Event::default();
    while history.next_event(replay.texts_mut(), &mut event).expect("an event") {
        replay.apply(&event, counting).expect("no fault");
    }
    let finished = replay.finish(counting).expect("no fault");
    let report = finished.report(Rows::default(), NonMemberSales::default(), Vec::new());
    let counts = counting.counts(finished.book(), finished.as_of(), &report.totals);
    (finished, report, counts)
}

/// The counts of a sample history.
fn counted() -> Counts {
    let text = format!("{PROGRAM}measure \"Share\" = cost / revenue\n");
    let plan = Arc::new(earnest::compile(&Source::new("shop.earn", text)).plan.expect("a plan"));
    let attributes: Vec<_> = Counting::attributes(&plan).into_iter().map(|(_, scope, slot)| (scope, slot)).collect();
    let mut counting = Counting::new(Arc::clone(&plan), &attributes);
    counting.count_issues();
    let replay = Replay::new(Arc::clone(&plan), true, None);
    let day = |text| Day::parse(text).expect("a day");
    let sample = Sample { members: 60, receipts: 1_500, from: day("2024-01-01"), to: day("2025-12-31"), seed: 7 };
    let mut bytes = Vec::new();
    sample.write_history(&mut bytes).expect("a history");
    let (finished, report, counts) = replayed(&plan, replay, bytes, &mut counting);
    assert_eq!(counts.total.get("revenue"), Some(&report.totals.revenue));
    let points = report.totals.points.get("beans").expect("beans");
    assert_eq!(counts.total.get("beans.earned"), Some(&points.earned));
    assert_eq!(counts.total.get("beans.balance"), Some(&points.balance));
    let worth = worths(finished.book(), finished.as_of());
    assert_eq!(worth.len(), 1);
    counts
}

fn sum(rows: &Named<Named<Sum>>, name: &str) -> i128 {
    rows.0.iter().filter_map(|(_, row)| row.get(name)).map(|sum| sum.0).sum()
}

/// The report as the command writes it, of a program and a history of its own.
fn report(lang: &str) -> String {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("report").join(lang);
    std::fs::create_dir_all(&folder).expect("a folder");
    // What could end the element that holds the data, or begin another, is a name here.
    let program = PROGRAM.replace("\"Shop\"", "\"</script><b>\"");
    std::fs::write(folder.join("shop.earn"), format!("{program}{SCENARIO}")).expect("a program");
    let sales =
        "member,at,receipt,amount,category,store\nAnn,2026-01-05,r1,1000,tea,Omsk\nBob,2026-02-05,r2,50,tea,Perm\n";
    std::fs::write(folder.join("sales.csv"), sales).expect("a history");
    let run = std::process::Command::new(env!("CARGO_BIN_EXE_earnest"))
        .args(["simulate", "shop.earn", "--history", "sales.csv", "--report", "out.html", "--lang", lang])
        .current_dir(&folder)
        .output()
        .expect("the command");
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    std::fs::read_to_string(folder.join("out.html")).expect("the report")
}

#[test]
fn a_report_is_one_small_file_that_needs_nothing_else() {
    for (lang, word) in [("en", "Winners and losers"), ("ru", "Кто выигрывает и кто теряет")] {
        let page = report(lang);
        assert!(page.len() < 1_400_000, "{} bytes", page.len());
        assert!(page.contains(word) && page.contains("default-src 'none'"), "{lang}");
        // Nothing is loaded, and no mark of the page is left.
        assert!(
            !page.contains("<script src")
                && !page.contains("<link rel=\"stylesheet")
                && !page.contains("@import")
                && !page.contains("%DATA%"),
            "{lang}"
        );
        assert_eq!(page.matches("</script>").count(), 3, "the data end no element");
        let (_, behind) = page.split_once("id=\"data\">").expect("the data");
        let (json, _) = behind.split_once("</script>").expect("their end");
        let data: serde_json::Value = serde_json::from_str(json).expect("data that read");
        assert_eq!(data["program"], "</script><b>");
        assert_eq!(data["variants"].as_array().map(Vec::len), Some(2));
        assert!(data["say"].as_object().expect("messages").values().all(|text| !text.to_string().contains('⟨')));
        assert!(data["made"].to_string().contains("sha256"), "{}", data["made"]);
        // What is tried and what all variants share: the worth of a unit, what a cost is, behaviour, no redemptions, tiers, the end.
        let tried = data["answers"][0]["tried"].to_string();
        assert!(["base", "Cakes", "Tuesdays", "Gold"].iter().all(|name| tried.contains(name)), "{tried}");
        assert_eq!(data["fixed"].as_array().map(Vec::len), Some(6), "{}", data["fixed"]);
        assert!(data["fixed"][0].to_string().contains("1 RUB"), "{}", data["fixed"]);
    }
}

/// Ann misses "Large" once and never comes to Silver, Bob buys too little for anything, Cid holds Silver for a month.
const NEAR: &str = r#"program "Shop" { currency RUB }
unit bean, beans { worth 1 RUB  expires never }
tiers status by spend over the last 30 days { Bronze  Silver from 1_000 RUB }
rule "Base" { give 1 bean per full 100 RUB of spend }
rule "Large" { if spend >= 500 RUB  give 50 beans }
"#;
const NEAR_SALES: &str = "member,at,receipt,amount
Cid,2026-01-01,r1,1100
Ann,2026-01-02,r2,480
Bob,2026-01-03,r3,60
Ann,2026-01-04,r4,500
Cid,2026-01-20,r5,100
Bob,2026-03-01,r6,200
";

/// What was counted on that history: `plain` through the short way of purchases to which no return comes, else through
/// the long one.
fn near(plain: bool) -> (Counts, Counting) {
    let plan = Arc::new(earnest::compile(&Source::new("near.earn", NEAR)).plan.expect("a plan"));
    let mut counting = Counting::new(Arc::clone(&plan), &[]);
    let mut replay = Replay::new(Arc::clone(&plan), false, None);
    if plain {
        replay.keep_until(|_, _, _| None);
    }
    let (_, _, counts) = replayed(&plan, replay, NEAR_SALES.as_bytes().to_vec(), &mut counting);
    (counts, counting)
}

#[test]
fn near_misses_say_by_how_much_and_what_another_bound_would_have_done() {
    let (counts, _) = near(true);
    let large = &counts.near.rules.get("Large").expect("a rule")[0];
    assert_eq!((large.needs.as_str(), large.unit.as_str()), ("spend >= 500 RUB", "RUB"));
    assert_eq!((large.asked, large.missed, large.members), (6, 4, 3));
    assert_eq!(large.missing, Sum((20 + 440 + 400 + 300) * 1_000_000));
    let of = |all: &Named<u64>| all.0.iter().map(|(_, count)| *count).collect::<Vec<_>>();
    assert_eq!(of(&large.by_up_to), [1, 0, 0, 0, 3], "up to 5 %, 10 %, 25 %, 50 % and more");
    assert_eq!(of(&large.held_at), [3, 3, 2, 1, 1], "at 90 % to 110 %");
    // A block that is not full is a miss as well.
    let base = &counts.near.rules.get("Base").expect("a rule")[0];
    assert_eq!((base.asked, base.missed, base.missing), (6, 1, Sum(40_000_000)));
    // To a tier counts the most that a member ever had.
    let silver = counts.near.tiers.get("status").and_then(|tiers| tiers.get("Silver")).expect("a tier");
    assert_eq!((silver.asked, silver.missed, silver.missing), (3, 2, Sum((20 + 800) * 1_000_000)));
    assert_eq!(of(&silver.held_at), [2, 2, 1, 1, 1]);
}

#[test]
fn near_misses_are_the_same_on_the_short_way_of_purchases() {
    assert_eq!(near(true).0.near, near(false).0.near);
}

#[test]
fn what_is_missing_to_a_lost_tier_is_told() {
    let (_, counting) = near(true);
    let moves = &counting.member("Cid").expect("a member").moves;
    let falls: Vec<_> = moves.iter().filter(|moved| moved.to < moved.from).collect();
    let [fall] = falls.as_slice() else { panic!("one fall: {falls:?}") };
    assert_eq!(
        (fall.day.to_string(), fall.short.expect("a number").more.to_string()),
        ("2026-01-31".into(), "900".into())
    );
}

#[test]
fn slices_add_up_to_the_whole() {
    let counts = counted();
    let whole = |name: &str| counts.total.get(name).expect("a figure").0;
    assert!(whole("beans.earned") > 0 && whole("beans.expired") > 0 && whole("returns") > 0);
    for by in ["month", "status", "store"] {
        let rows = counts.by.get(by).expect("a slice");
        assert!(rows.0.len() > 1, "{by}");
        for name in ["revenue", "purchases", "returns", "beans.earned", "beans.reversed", "beans.expired"] {
            assert_eq!(sum(rows, name), whole(name), "{name} by {by}");
        }
    }
    assert_eq!(sum(counts.by.get("category").expect("lines"), "revenue"), whole("revenue"));
    // What rules bring is the whole as well; a receipt on which two rules give counts under both.
    let rules = counts.by.get("rule").expect("rules");
    let issues = counts.by.get("issue-month").expect("months of issue");
    for rows in [rules, issues] {
        for name in ["beans.earned", "beans.reversed", "beans.redeemed", "beans.expired"] {
            assert_eq!(sum(rows, name), whole(name), "{name}");
        }
    }
    assert!(sum(rules, "revenue") > 0 && sum(rules, "cost") == whole("cost"));
    for (month, row) in &issues.0 {
        let of = |name: &str| row.get(&format!("beans.{name}")).expect("a figure").0;
        assert!(of("expired") + of("redeemed") + of("reversed") <= of("earned"), "{month}");
        assert!(of("balance") >= 0, "{month}");
    }
    let fired = counts.total.get("rules_fired").expect("a share");
    assert_eq!(fired.0, 1_000_000, "all rules of the sample give something");
    let months = counts.by.get("month").expect("months");
    let mut before = 0;
    for (month, row) in &months.0 {
        let of = |name: &str| row.get(&format!("beans.{name}")).expect("a figure").0;
        assert_eq!(of("opening"), before, "{month}");
        let closing = of("opening") + of("earned") - of("reversed") - of("redeemed") - of("expired") + of("adjusted");
        assert_eq!(of("balance"), closing, "{month}");
        before = closing;
    }
    assert_eq!(before, whole("beans.balance"));
    assert_eq!(counts.lots.get("beans").expect("lots").0.iter().map(|(_, sum)| sum.0).sum::<i128>(), before);
    let tiers = counts.by.get("status").expect("tiers");
    assert_eq!(sum(tiers, "members"), whole("members"));
    let (_, last) = months.0.last().expect("a month");
    for (tier, row) in &tiers.0 {
        assert_eq!(last.get(&format!("tier.status.{tier}")), row.get("members"), "{tier} at the end");
    }
    let share = counts.measures.get("Share").expect("a measure").0;
    assert_eq!(share, (whole("cost") * 2_000_000 + whole("revenue")).div_euclid(whole("revenue") * 2));
}

/// The page with the output of its commands put in, where the data are here; elsewhere on a sample, whose output is
/// another.
#[test]
fn every_command_of_the_tutorial_runs() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(root.join("docs/tutorial.md")).expect("the page");
    let data = "../shared/data/online_retail/online_retail.csv.gz";
    let is_here = root.join(data).exists();
    let mut written = String::new();
    let mut commands = 0;
    for (at, part) in page.split("```console\n").enumerate() {
        if at == 0 {
            written.push_str(part);
            continue;
        }
        let (block, rest) = part.split_once("```").expect("the end of the block");
        let command = block.lines().next().and_then(|line| line.strip_prefix("$ earnest ")).expect("a command");
        commands += 1;
        let args = command.split(' ').map(|arg| match arg {
            "report.html" => concat!(env!("CARGO_TARGET_TMPDIR"), "/tutorial.html"),
            other if other == data && !is_here => "examples/online_retail/few.csv",
            other => other,
        });
        let run = std::process::Command::new(env!("CARGO_BIN_EXE_earnest"))
            .args(args)
            .current_dir(root)
            .output()
            .expect("the command");
        assert!(run.status.success(), "{command}: {}", String::from_utf8_lossy(&run.stderr));
        let out = if command.ends_with("json") { String::new() } else { String::from_utf8_lossy(&run.stdout).into() };
        written.extend(["```console\n$ earnest ", command, "\n", &out, "```", rest]);
    }
    assert_eq!(commands, 3);
    if is_here {
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(root.join("docs/tutorial.md"), &written).expect("the page");
        } else {
            assert_eq!(page, written);
        }
    }
}
