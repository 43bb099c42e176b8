//! What the language means, case by case: `tests/semantics/NAME.earn` is the test that `docs/semantics.md`
//! names, worked out by hand from the manual.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test says what is wrong by failing")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

mod programs;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn cases() -> BTreeSet<String> {
    let entries = fs::read_dir(root().join("tests/semantics")).expect("the cases");
    entries.flatten().map(|entry| entry.file_name().to_string_lossy().replace(".earn", "")).collect()
}

#[test]
fn every_case_holds() {
    let failures: Vec<String> = cases()
        .iter()
        .flat_map(|name| {
            let text = fs::read_to_string(root().join(format!("tests/semantics/{name}.earn"))).unwrap();
            programs::failures(name, &text)
        })
        .collect();
    assert!(failures.is_empty(), "{} of the cases fail:\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn every_case_has_a_line_in_the_manual_and_every_line_its_case() {
    let page = fs::read_to_string(root().join("docs/semantics.md")).expect("docs/semantics.md");
    let named: BTreeSet<String> = page
        .lines()
        .filter(|line| line.starts_with(|c: char| c.is_ascii_digit()))
        .filter_map(|line| line.split('`').rev().nth(1).map(str::to_owned))
        .filter(|name| !name.contains("::"))
        .collect();
    assert_eq!(cases(), named);
}
