//! `docs/diagnostics.md` is true: each broken program is refused with the code that it stands under, and its
//! repaired twin is not.
#![allow(clippy::unwrap_used, reason = "a test says what is wrong by failing")]

use super::sources::told;
use std::fs;
use std::path::Path;

/// An entry of the page: its code, the broken program, the repaired one.
struct Entry {
    code: String,
    broken: String,
    repaired: String,
}

fn entries() -> Vec<Entry> {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/diagnostics.md")).unwrap();
    let mut entries = Vec::new();
    for section in page.split("\n## `").skip(1) {
        let (code, _) = section.split_once('`').unwrap();
        let block = |kind: &str| {
            let (_, rest) = section.split_once(&format!("```{kind}\n")).unwrap_or_default();
            rest.split("```").next().unwrap_or_default().to_owned()
        };
        entries.push(Entry { code: code.to_owned(), broken: block("earn-broken"), repaired: block("earn-repaired") });
    }
    entries
}

#[test]
fn each_code_is_shown_by_a_program_and_by_its_repair() {
    let entries = entries();
    assert!(entries.len() >= 5);
    for Entry { code, broken, repaired } in entries {
        assert!(!broken.is_empty() && !repaired.is_empty(), "{code} has no programs");
        let codes: Vec<String> = told("shop.earn", &broken).iter().map(|each| each.code.to_string()).collect();
        assert!(codes.contains(&code), "{code} is not among {codes:?}:\n{broken}");
        let codes: Vec<String> = told("shop.earn", &repaired).iter().map(|each| each.code.to_string()).collect();
        assert!(!codes.contains(&code), "{code} is still said of\n{repaired}");
    }
}

/// The words of all codes, read from where they are declared.
fn codes() -> Vec<String> {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/diag/mod.rs")).unwrap();
    let (_, rest) = text.split_once("pub enum Code {").unwrap();
    let (body, _) = rest.split_once("\n}").unwrap();
    let variants = body.lines().map(str::trim).filter(|line| !line.starts_with("//") && !line.is_empty());
    variants
        .map(|variant| {
            let mut word = String::new();
            for letter in variant.trim_end_matches(',').chars() {
                if letter.is_uppercase() && !word.is_empty() {
                    word.push('-');
                }
                word.extend(letter.to_lowercase());
            }
            word
        })
        .collect()
}

#[test]
fn every_code_has_an_entry_and_every_entry_a_code() {
    let mut entries: Vec<String> = entries().into_iter().map(|entry| entry.code).collect();
    let mut codes = codes();
    entries.sort();
    codes.sort();
    assert_eq!(entries, codes);
}
