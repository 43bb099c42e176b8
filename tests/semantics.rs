//! What the language means, case by case: `tests/semantics/NAME.earn` is the test that `docs/semantics.md`
//! names, worked out by hand from the manual.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test says what is wrong by failing")]

use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
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

/// `tests/kept` holds whole programmes with what they gave when their version came out. A file that is there is never
/// edited, only joined by others: a later version that reads one otherwise, or not at all, has changed the past.
#[test]
fn programs_of_earlier_versions_mean_the_same() {
    let folder = root().join("tests/kept");
    let sums = fs::read_to_string(folder.join("sums.txt")).expect("the sums of the kept files");
    let sums: BTreeMap<&str, &str> =
        sums.lines().filter_map(|line| line.split_once("  ")).map(|(sum, name)| (name, sum)).collect();
    let mut kept = BTreeSet::new();
    let mut wrong = Vec::new();
    for version in fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()) {
        for path in fs::read_dir(version).unwrap().map(|entry| entry.unwrap().path()) {
            let name = path.strip_prefix(&folder).unwrap().to_string_lossy().replace('\\', "/");
            let text = fs::read_to_string(&path).unwrap();
            let sum = format!("{:x}", Sha256::digest(text.as_bytes()));
            if sums.get(name.as_str()) != Some(&sum.as_str()) {
                wrong.push(format!("{name} is not the file that was kept"));
            }
            wrong.extend(programs::failures(&name, &text));
            kept.insert(name);
        }
    }
    wrong.extend(sums.keys().filter(|name| !kept.contains(**name)).map(|name| format!("{name} is gone")));
    assert!(wrong.is_empty(), "the past has changed:\n{}", wrong.join("\n"));
    assert!(!kept.is_empty());
}
