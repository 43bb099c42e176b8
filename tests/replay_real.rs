//! The example programmes over real purchase histories, through the binary itself: every layout gives the
//! figures that were worked out beforehand. Skipped, and said so, where the data are not at hand.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails may panic")]

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The file with real data, where it is.
fn data(name: &str) -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let places = ["../shared/data", "../../shared/data"].map(|folder| root.join(folder).join(name));
    let found = places.into_iter().find(|path| path.exists());
    if found.is_none() {
        eprintln!("skipped: ../shared/data/{name} is not here");
    }
    found
}

/// What `earnest run --format json` says.
fn run(program: &str, map: &str, history: &Path, more: &[&str]) -> Value {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let output = Command::new(env!("CARGO_BIN_EXE_earnest"))
        .arg("run")
        .arg(examples.join(program))
        .arg("--history")
        .arg(history)
        .arg("--map")
        .arg(examples.join(map))
        .args(["--format", "json"])
        .args(more)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Compares what stands at a path of keys, decimals as numbers.
fn check(report: &Value, expected: &[(&str, &str)]) {
    for (path, wanted) in expected {
        let found = path.split('/').fold(report, |value, key| &value[key]);
        let found = found.as_str().map_or_else(|| found.to_string(), str::to_owned);
        let plain = |text: &str| match text.split_once('.') {
            Some((whole, decimals)) => format!("{whole}.{decimals:0<6}"),
            None => format!("{text}.000000"),
        };
        assert_eq!(plain(&found), plain(wanted), "{path}");
    }
}

/// How many steps under a path a warning counts.
fn warning(report: &Value, code: &str) -> u64 {
    let all = report["warnings"].as_array().unwrap();
    all.iter().find(|one| one["code"] == code).map_or(0, |one| one["count"].as_u64().unwrap())
}

/// Both layouts of CDNOW through one program.
fn cdnow(program: &str, expected: &[(&str, &str)]) {
    for (history, map) in [("cdnow.csv.gz", "cdnow.map.toml"), ("CDNOW_master.txt.gz", "cdnow-master.map.toml")] {
        let Some(path) = data(&format!("cdnow/{history}")) else { continue };
        let report = run(program, &format!("cdnow/{map}"), &path, &["--as-of", "1998-06-30"]);
        check(&report, expected);
        check(&report, &CDNOW);
    }
}

/// What holds of CDNOW under both programs.
const CDNOW: [(&str, &str); 10] = [
    ("rows/read", "69659"),
    ("rows/events", "69659"),
    ("totals/members", "23570"),
    ("totals/purchases", "69659"),
    ("totals/revenue", "2500315.63"),
    ("totals/rules/Base/times", "69579"),
    ("totals/rules/Base/given/points", "2453159"),
    ("totals/rules/December/times", "2504"),
    ("totals/rules/December/given/points", "93737"),
    ("as_of", "1998-06-30"),
];

#[test]
fn cdnow_gives_the_figures_in_both_layouts() {
    cdnow(
        "cdnow/cdnow.earn",
        &[
            ("totals/rules/Status/times", "23266"),
            ("totals/rules/Status/given/points", "371906"),
            ("totals/points/points/expired", "1363590"),
            ("totals/points/points/balance", "1555212"),
            ("totals/tiers/status/Bronze", "17778"),
            ("totals/tiers/status/Silver", "4306"),
            ("totals/tiers/status/Gold", "1486"),
        ],
    );
}

#[test]
fn cdnow_with_a_shorter_status_gives_the_figures_in_both_layouts() {
    cdnow(
        "cdnow/cdnow-short.earn",
        &[
            ("totals/rules/Status/times", "22727"),
            ("totals/rules/Status/given/points", "364355"),
            ("totals/tiers/status/Bronze", "20327"),
            ("totals/tiers/status/Silver", "2350"),
            ("totals/tiers/status/Gold", "893"),
        ],
    );
}

/// What holds of Online Retail under both programs.
const ONLINE_RETAIL: [(&str, &str); 9] = [
    ("rows/read", "541909"),
    ("rows/events", "406829"),
    ("rows/non_member", "135080"),
    ("totals/purchases", "18536"),
    ("totals/returns", "3654"),
    ("totals/members", "4372"),
    ("totals/non_member_sales/receipts", "3710"),
    ("totals/non_member_sales/amount", "1447682.120"),
    ("totals/revenue", "8300065.814"),
];

#[test]
fn online_retail_gives_the_figures() {
    let Some(path) = data("online_retail/online_retail.csv.gz") else { return };
    let map = "online_retail/online_retail.map.toml";
    let report = run("online_retail/online_retail.earn", map, &path, &[]);
    check(&report, &ONLINE_RETAIL);
    check(
        &report,
        &[
            ("totals/rules/Base/times", "18525"),
            ("totals/rules/Base/given/points", "8902670"),
            ("totals/points/points/reversed", "478472"),
            ("totals/points/points/balance", "8424198"),
        ],
    );
    assert_eq!(warning(&report, "unmatched-return"), 1389);
    let goods = run("online_retail/goods.earn", map, &path, &[]);
    check(&goods, &ONLINE_RETAIL);
    check(&goods, &[("totals/rules/Base/given/points", "8752353")]);
}
