//! The manual runs: every `earn` block of `docs/` and of the README is a file whose examples hold, every
//! `earn-part` block is one when it stands in the manual's frame, and every example program holds.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test says what is wrong by failing")]

use super::programs;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A fenced block of a page: where it stands, what its fence says, its text.
struct Block {
    place: String,
    kind: String,
    text: String,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn blocks(page: &str) -> Vec<Block> {
    let text = fs::read_to_string(root().join(page)).expect("a page of the manual");
    let mut found = Vec::new();
    let mut open: Option<Block> = None;
    for (line, number) in text.lines().zip(1..) {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(kind)) => {
                let kind = kind.trim().to_owned();
                open = Some(Block { place: format!("{page}:{number}"), kind, text: String::new() });
            }
            (Some(_), Some(_)) => found.extend(open.take()),
            (Some(block), None) => {
                block.text.push_str(line);
                block.text.push('\n');
            }
            (None, None) => {}
        }
    }
    found
}

/// The head of a declaration: `rule "Base"`, `data`; a part that has it replaces the frame's.
fn head(declaration: &str) -> String {
    let words = if declaration.starts_with("program") || declaration.starts_with("data") { 1 } else { 2 };
    declaration.split([' ', ',']).take(words).collect::<Vec<_>>().join(" ")
}

/// The declarations of a text whose declarations each begin at the beginning of a line.
fn declarations(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for line in text.lines() {
        if line.starts_with(|c: char| c.is_ascii_lowercase()) {
            found.push(String::new());
        }
        if let Some(last) = found.last_mut() {
            last.push_str(line);
            last.push('\n');
        }
    }
    found
}

fn framed(part: &str, frame: &str) -> String {
    let own: BTreeSet<String> = declarations(part).iter().map(|declaration| head(declaration)).collect();
    let mut text = part.to_owned();
    for declaration in declarations(frame) {
        if !own.contains(&head(&declaration)) {
            text.push_str(&declaration);
        }
    }
    text
}

/// Every program that the pages show, with its place; parts stand in the manual's frame.
pub(crate) fn programs_shown() -> Vec<(String, String)> {
    let pages = ["docs/language.md", "docs/semantics.md", "docs/data.md", "README.md"];
    let all: Vec<Block> =
        pages.iter().filter(|page| root().join(page).exists()).flat_map(|page| blocks(page)).collect();
    let frame = all.iter().find(|block| block.kind == "earn-frame").map_or("", |block| &block.text);
    let program = |block: &Block| match block.kind.as_str() {
        "earn" => Some((block.place.clone(), block.text.clone())),
        "earn-part" => Some((block.place.clone(), framed(&block.text, frame))),
        _ => None,
    };
    all.iter().filter_map(program).collect()
}

#[test]
fn every_program_of_the_manual_holds() {
    let shown = programs_shown();
    let failures: Vec<String> = shown.iter().flat_map(|(place, text)| programs::failures(place, text)).collect();
    assert!(shown.len() > 30, "the manual shows programs: {}", shown.len());
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn every_example_program_holds() {
    let mut files: Vec<PathBuf> = Vec::new();
    for folder in fs::read_dir(root().join("examples")).expect("the examples").flatten() {
        if let Ok(inside) = fs::read_dir(folder.path()) {
            files.extend(inside.flatten().map(|entry| entry.path()));
        }
    }
    files.retain(|path| path.extension().is_some_and(|end| end == "earn"));
    files.sort();
    assert!(files.len() >= 5, "the examples are there: {files:?}");
    let failures: Vec<String> = files
        .iter()
        .flat_map(|path| programs::failures(&path.display().to_string(), &fs::read_to_string(path).unwrap()))
        .collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn every_history_of_the_examples_runs() {
    let mut seen = 0;
    for folder in fs::read_dir(root().join("examples")).expect("the examples").flatten() {
        let history = folder.path().join("history.csv");
        let program = folder.path().join(folder.file_name()).with_extension("earn");
        if !history.exists() {
            continue;
        }
        seen += 1;
        let mut run = Command::new(env!("CARGO_BIN_EXE_earnest"));
        run.arg("run").arg(&program).arg("--history").arg(&history).args(["--format", "json"]);
        for (option, file) in [("--map", "map.toml"), ("--members", "members.csv"), ("--opening", "opening.csv")] {
            let file = folder.path().join(file);
            if file.exists() {
                run.arg(option).arg(file);
            }
        }
        let out = run.output().expect("the program starts");
        let told = String::from_utf8_lossy(&out.stderr);
        assert!(out.status.success(), "{}: {told}", program.display());
        let totals: serde_json::Value = serde_json::from_slice(&out.stdout).expect("totals");
        assert_ne!(totals["totals"]["members"], 0, "{}: nobody bought", program.display());
        assert_eq!(totals["rows"]["set_aside"], 0, "{}", program.display());
    }
    assert!(seen >= 7, "the examples have histories: {seen}");
}
