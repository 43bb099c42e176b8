//! The report in a browser: `tests/report/check.mjs` opens it, sorts, filters, chooses, prints, in light and dark.
//! Skipped, and said so, where there is no Node with playwright-core or no Chromium.
#![cfg(feature = "cli")]
#![allow(clippy::expect_used, reason = "a test that fails may panic")]

use std::path::{Path, PathBuf};
use std::process::Command;

/// Is there all that a browser test needs?
fn has_browser() -> bool {
    let chromium = std::env::var_os("CHROMIUM").map_or_else(|| PathBuf::from("/usr/bin/chromium"), PathBuf::from);
    let asked = "require.resolve(process.env.PLAYWRIGHT || 'playwright-core')";
    let node = Command::new("node").args(["-e", asked]).current_dir(env!("CARGO_MANIFEST_DIR")).output();
    let here = chromium.exists() && node.is_ok_and(|output| output.status.success());
    if !here {
        eprintln!("skipped: there is no Node with playwright-core, or no Chromium");
    }
    here
}

fn works(lang: &str) {
    if !has_browser() {
        return;
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("browser").join(lang);
    std::fs::create_dir_all(&folder).expect("a folder");
    let report = folder.join("report.html");
    let shop = root.join("examples/sweet-corner");
    let run = Command::new(env!("CARGO_BIN_EXE_earnest"))
        .arg("simulate")
        .arg(shop.join("sweet-corner.earn"))
        .arg("--history")
        .arg(shop.join("sample.csv.gz"))
        .arg("--members")
        .arg(shop.join("sample-members.csv"))
        .args(["--sweep", "base=3%..7%..2%", "--lang", lang, "--format", "json", "--report"])
        .arg(&report)
        .output()
        .expect("the command");
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let check = Command::new("node")
        .arg(root.join("tests/report/check.mjs"))
        .arg(&report)
        .arg(&folder)
        .current_dir(root)
        .output()
        .expect("node");
    let said = String::from_utf8_lossy(&check.stdout);
    assert!(check.status.success(), "{said}{}", String::from_utf8_lossy(&check.stderr));
}

#[test]
fn a_report_works_in_a_browser() {
    works("en");
}

#[test]
fn a_report_works_in_russian() {
    works("ru");
}
