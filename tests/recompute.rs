//! The figures of a simulation, worked out once more by another program: `tests/recompute/recompute.py` adds up the
//! ledger files with pandas and takes what no ledger tells from the sales themselves. Skipped, and said so, where there
//! is no Python with pandas or no real data.
#![cfg(feature = "cli")]
#![allow(clippy::expect_used, reason = "a test that fails may panic")]

use std::path::{Path, PathBuf};
use std::process::Command;

/// The folder of the real data, if all that is asked for is here.
fn data() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let pandas = Command::new("python3").args(["-c", "import pandas"]).output();
    if !pandas.is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: there is no python3 with pandas");
        return None;
    }
    let found = ["../shared/data", "../../shared/data"].map(|folder| root.join(folder));
    let found = found.into_iter().find(|path| path.join("cdnow").exists());
    if found.is_none() {
        eprintln!("skipped: ../shared/data is not here");
    }
    found
}

fn recompute(name: &str) {
    let Some(data) = data() else { return };
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recompute/recompute.py");
    let output = Command::new("python3")
        .arg(script)
        .arg(env!("CARGO_BIN_EXE_earnest"))
        .arg(data)
        .arg(name)
        .output()
        .expect("the script");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    assert!(text.contains(" 0 differ"), "{text}");
}

#[test]
fn figures_of_invoices_with_returns_and_levels_are_met() {
    recompute("online_retail");
}

#[test]
fn figures_of_purchases_with_kept_levels_and_assumed_payments_are_met() {
    recompute("cdnow");
}
