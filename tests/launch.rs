//! What is told before launch: nothing of the example programmes that was not looked at, and every story that shows
//! something runs as it is told.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what is wrong by failing")]

use earnest::diag::{Code, Diagnostic};
use earnest::sim::example::run_examples;
use earnest::source::Source;
use std::sync::Arc;

/// What is told of the example programmes and left as it is, with the reason.
const ACCEPTED: &[(&str, &str, &str)] = &[];

fn told(name: &str, text: &str) -> Vec<Diagnostic> {
    let mut all = super::sources::told(name, text);
    // Of these the examples have some, which are told since the first of them was written.
    all.retain(|found| !matches!(found.code, Code::NeverExpires | Code::Unread));
    all
}

#[test]
fn nothing_is_told_of_the_example_programmes_but_what_was_accepted() {
    let mut found: Vec<(String, String)> = Vec::new();
    for (path, text) in super::sources::programs() {
        if let Some((_, name)) = path.split_once("/examples/").filter(|_| !path.contains("/tests/")) {
            found.extend(told(&path, &text).iter().map(|each| (name.to_owned(), each.message.clone())));
        }
    }
    let accepted: Vec<(String, String)> =
        ACCEPTED.iter().map(|(name, message, _)| ((*name).to_owned(), (*message).to_owned())).collect();
    assert_eq!(found, accepted);
}

#[test]
fn every_story_that_shows_something_runs_as_it_is_told() {
    let (mut shown, mut wrong) = (0, Vec::new());
    for (path, text) in super::sources::programs().into_iter().chain(cases()) {
        for story in told(&path, &text).into_iter().filter_map(|found| found.shown) {
            shown += 1;
            let compiled = earnest::compile(&Source::new(&*path, format!("{text}\n{story}")));
            let Some(plan) = compiled.plan else {
                wrong.push(format!("{path}: {:?}\n{story}", compiled.diagnostics));
                continue;
            };
            let results = run_examples(&Arc::new(plan), &compiled.file);
            let last = results.last().unwrap();
            if last.held == 0 || !last.failures.is_empty() {
                wrong.push(format!("{path}: {:?}\n{story}", last.failures));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(shown > 50, "only {shown} stories");
}

/// The programs of `tests/cases/launch`; their expectations are comments.
fn cases() -> Vec<(String, String)> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/launch");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| (file.display().to_string(), std::fs::read_to_string(file).unwrap())).collect()
}
