//! The programs of this repository, for tests that hold for every one of them.
#![allow(dead_code, reason = "each test that names this module uses its part of it")]
#![allow(clippy::string_slice, clippy::unwrap_used, reason = "a test says what is wrong by failing")]

use earnest::analysis::{before_launch, largest_cost};
use earnest::diag::Diagnostic;
use earnest::source::Source;
use std::fs;
use std::path::Path;
use std::sync::Arc;

/// All that `earnest check` says about a program.
pub(crate) fn told(name: &str, text: &str) -> Vec<Diagnostic> {
    let compiled = earnest::compile(&Source::new(name, text));
    let mut all = compiled.diagnostics;
    all.extend(
        compiled
            .plan
            .into_iter()
            .flat_map(|plan| before_launch(&Arc::new(plan.clone()), largest_cost(&plan).ok().as_ref())),
    );
    all
}

/// Every rule file under `examples` and `tests` that follows the grammar, with its path.
pub(crate) fn programs() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    for directory in ["examples", "tests"] {
        gather(&root.join(directory), &mut found);
    }
    found.sort();
    found
}

fn gather(directory: &Path, found: &mut Vec<(String, String)>) {
    let Ok(entries) = fs::read_dir(directory) else { return };
    for path in entries.map(|entry| entry.unwrap().path()) {
        let rejected = path.ends_with("tests/cases");
        if path.is_dir() && !rejected {
            gather(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "earn") {
            found.push((path.display().to_string(), fs::read_to_string(&path).unwrap()));
        }
    }
}

/// Where each token of a text starts and ends; cut roughly, without asking the parser.
pub(crate) fn tokens(text: &str) -> Vec<(usize, usize)> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        let rest = &text[at..];
        let length = match first {
            '#' => rest.find('\n').unwrap_or(rest.len()),
            '"' => rest[1..].find(['"', '\n']).map_or(rest.len(), |end| end + 2),
            c if c.is_alphanumeric() => {
                rest.find(|c: char| !c.is_alphanumeric() && !"_.-:%".contains(c)).unwrap_or(rest.len())
            }
            c => c.len_utf8(),
        };
        if first != '#' && !first.is_whitespace() {
            tokens.push((at, at + length));
        }
        at += length;
    }
    tokens
}
