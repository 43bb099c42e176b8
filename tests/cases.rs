//! Rejected programs as data: each file of `tests/cases` carries, under its lines, what is reported there.
//!
//! ```text
//! unit bean { expries never }
//! #           ^^^^^^^ error[syntax]: found `expries`, expected a clause of a unit or `}`
//! #           help: write `expires`
//! ```
//!
//! The carets stand under the place; `#^^^` begins in the first column. The program that is read is the file
//! without these lines. `BLESS=1 cargo test --test suite cases` writes them anew: look at what changed.

#![allow(clippy::unwrap_used, reason = "a test says what is wrong by failing")]

use earnest::analysis::{before_launch, largest_cost};
use earnest::diag::{Diagnostic, Severity};
use earnest::source::{Source, Span};
use earnest::syntax;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A line that says what is reported on the line above.
fn is_expectation(line: &str) -> bool {
    let Some(said) = line.strip_prefix('#') else { return false };
    let said = said.trim_start_matches([' ', '^']);
    let marked = line.contains('^') && (said.starts_with("error[") || said.starts_with("warning["));
    marked || (said.starts_with("help: ") && line.starts_with("# "))
}

/// The program without what is expected of it.
fn program(text: &str) -> String {
    text.split_inclusive('\n').filter(|line| !is_expectation(line.trim_end())).collect()
}

/// The program with what is reported under each line.
fn annotated(source: &Source, diagnostics: &[Diagnostic]) -> String {
    let mut text = String::new();
    for (at, line) in source.text().lines().enumerate() {
        text.push_str(line);
        text.push('\n');
        let here = |diagnostic: &&Diagnostic| source.place(diagnostic.span.start).line as usize == at + 1;
        for diagnostic in diagnostics.iter().filter(here) {
            text.push_str(&expectation(source, diagnostic));
        }
    }
    text
}

fn expectation(source: &Source, diagnostic: &Diagnostic) -> String {
    let column = source.place(diagnostic.span.start).column as usize - 1;
    let Span { start, end } = diagnostic.span;
    let width = source.slice(Span::new(start, end)).lines().next().map_or(0, |line| line.chars().count()).max(1);
    let severity = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let marks = match column.checked_sub(1) {
        Some(blanks) => format!("{}{}", " ".repeat(blanks), "^".repeat(width)),
        None => "^".repeat(width.saturating_sub(1).max(1)),
    };
    let mut text = format!("#{marks} {severity}[{}]: {}\n", diagnostic.code, diagnostic.message);
    if let Some(help) = &diagnostic.help {
        let _ = writeln!(text, "#{} help: {help}", " ".repeat(column.saturating_sub(2)));
    }
    text
}

/// Checks every file of a directory of `tests/cases` against what `report` says about it.
fn check_cases(directory: &str, report: impl Fn(&Source) -> Vec<Diagnostic>) {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(directory);
    let mut files: Vec<PathBuf> = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "earn"));
    files.sort();
    assert!(!files.is_empty());
    let mut wrong = Vec::new();
    for file in files {
        let expected = fs::read_to_string(&file).unwrap();
        let source = Source::new(file.display().to_string(), program(&expected));
        let got = annotated(&source, &report(&source));
        if got == expected {
            continue;
        }
        if std::env::var_os("BLESS").is_some() {
            fs::write(&file, got).unwrap();
        } else {
            wrong.push(format!("{}:\n{got}", file.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_does_not_follow_the_grammar() {
    check_cases("syntax", |source| syntax::parse(source).diagnostics);
}

#[test]
fn what_does_not_fit_together() {
    check_cases("check", |source| earnest::compile(source).diagnostics);
}

#[test]
fn what_is_told_before_launch() {
    check_cases("launch", |source| {
        let compiled = earnest::compile(source);
        let mut diagnostics = compiled.diagnostics;
        diagnostics.extend(
            compiled
                .plan
                .iter()
                .flat_map(|plan| before_launch(&Arc::new(plan.clone()), largest_cost(plan).ok().as_ref())),
        );
        diagnostics
    });
}

#[test]
fn ten_files_hold_three_or_more_independent_errors() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/syntax");
    let many = fs::read_dir(directory).unwrap().filter(|entry| {
        let text = fs::read_to_string(entry.as_ref().unwrap().path()).unwrap();
        text.lines().filter(|line| is_expectation(line) && line.contains('^')).count() >= 3
    });
    assert!(many.count() >= 10);
}
