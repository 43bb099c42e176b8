//! Programmes written from published terms: the history beside each comes to what was worked out by hand in its README.
#![cfg(feature = "cli")]
#![allow(clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test says what is wrong by failing")]

use serde_json::Value;
use std::path::Path;
use std::process::Command;

/// A programme, one of its units, and of that earned, reversed, redeemed, expired, and what is left.
const TOTALS: &[(&str, &str, [&str; 5])] = &[
    ("aerolinii", "миль", ["36151", "2200", "5000", "0", "28951"]),
    ("bazaar", "coins", ["250", "0", "100", "0", "150"]),
    ("bazaar", "tickets", ["3", "0", "0", "0", "3"]),
    ("chitatel", "печатей", ["10", "0", "0", "0", "10"]),
    ("coffee-stars", "stars", ["173", "0", "100", "0", "73"]),
    ("korzinka", "баллов", ["457", "55", "0", "0", "402"]),
    ("seaview", "points", ["13321", "0", "15000", "0", "13321"]),
    ("tehnomir", "бонусов", ["4420", "20", "1000", "0", "3400"]),
    ("three-towns", "points", ["809", "30", "500", "0", "279"]),
    ("toplivo", "баллов", ["221.7", "0", "64", "0", "157.7"]),
    ("vygoda", "бонусов", ["628", "4", "0", "0", "624"]),
    ("zdravie", "витаминок", ["62", "18", "0", "0", "44"]),
    ("zerkalo", "баллов", ["1566", "21", "0", "500", "1045"]),
];

/// The totals of the history of an example.
fn totals(name: &str) -> Value {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(name);
    let mut run = Command::new(env!("CARGO_BIN_EXE_earnest"));
    run.current_dir(&folder).args(["run", &format!("{name}.earn"), "--history", "history.csv", "--format", "json"]);
    for (option, file) in [("--map", "map.toml"), ("--members", "members.csv"), ("--opening", "opening.csv")] {
        if folder.join(file).exists() {
            run.args([option, file]);
        }
    }
    let output = run.output().expect("the command");
    assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    let result: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    result["totals"].clone()
}

#[test]
fn histories_of_published_programmes_come_to_what_was_worked_out_by_hand() {
    for (name, unit, expected) in TOTALS {
        let all = totals(name);
        let points = &all["points"][unit];
        let got = ["earned", "reversed", "redeemed", "expired", "balance"].map(|key| points[key].as_str());
        assert_eq!(got, expected.map(Some), "{name}: {unit}");
    }
}

#[test]
fn partners_and_fees_come_to_what_was_worked_out_by_hand() {
    let partners = totals("three-towns")["partners"].clone();
    for (partner, owes, is_owed) in
        [("Drugstore", "1", "0"), ("Fuel", "0", "0"), ("Grocer", "0", "4.61"), ("Travel", "6.4", "0")]
    {
        let own = &partners[partner];
        assert_eq!((own["owes"].as_str(), own["is_owed"].as_str()), (Some(owes), Some(is_owed)), "{partner}");
    }
    assert_eq!(totals("bazaar")["points"]["passes"]["fees"].as_str(), Some("4.99"));
}
