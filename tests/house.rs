//! The rules of the house that a compiler cannot keep: floors, head comments, sizes, no loose ends.
//!
//! The source is read as text. A module may name only modules on lower floors; its own files may name each other.
#![allow(clippy::expect_used, clippy::string_slice, reason = "a test says what is wrong by failing")]

use std::fs;
use std::path::{Path, PathBuf};

/// The modules of the library by floor: `docs/architecture.md` says what each is for.
const FLOORS: &[&[&str]] = &[
    &["source", "value", "time"],
    &["diag", "ty"],
    &["syntax", "builtin"],
    // The plan speaks of ordinals, sides and modes with the small words of the tree, nothing else of it.
    &["plan"],
    &["check", "ledger", "history"],
    &["eval"],
    &["sim", "analysis", "ide", "words"],
];

/// Lines a file may have, its tests not counted.
const LINES_MAX: usize = 500;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let Ok(entries) = fs::read_dir(folder) else { return found };
    for entry in entries {
        let path = entry.expect("a readable folder").path();
        if path.is_dir() {
            if path.file_name().is_some_and(|name| name != "target" && name != "corpus") {
                found.extend(rust_files(&path));
            }
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn name_of(path: &Path) -> String {
    path.strip_prefix(root()).expect("a file of the project").to_string_lossy().replace('\\', "/")
}

/// The text without the tests at its end.
fn without_tests(text: &str) -> &str {
    text.split("\n#[cfg(test)]\nmod ").next().unwrap_or(text)
}

/// The module of a library file (`src/eval/limit.rs` is of `eval`) and its floor.
fn floor_of(module: &str) -> Option<usize> {
    FLOORS.iter().position(|modules| modules.contains(&module))
}

fn module_of(name: &str) -> &str {
    let inner = name.strip_prefix("src/").unwrap_or(name);
    inner.split('/').next().unwrap_or(inner).trim_end_matches(".rs")
}

/// The modules that a line of code names: `use crate::{time::Day, value}` and `crate::plan::Rule`.
fn modules_named(code: &str) -> Vec<String> {
    let mut named = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        if code[..at].ends_with(|before: char| before.is_alphanumeric() || before == '_' || before == '$') {
            continue;
        }
        let rest = &code[at + "crate::".len()..];
        if let Some(group) = rest.strip_prefix('{') {
            named.extend(group_heads(group));
        } else {
            named.push(word(rest));
        }
    }
    named
}

/// The first word of each member of `a::b, c::{d, e}}`.
fn group_heads(group: &str) -> Vec<String> {
    let (mut heads, mut depth, mut start) = (Vec::new(), 0_usize, 0);
    for (at, sign) in group.char_indices() {
        match sign {
            '{' => depth += 1,
            '}' if depth == 0 => {
                heads.push(word(&group[start..at]));
                break;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                heads.push(word(&group[start..at]));
                start = at + 1;
            }
            _ => {}
        }
    }
    heads.retain(|head| !head.is_empty());
    heads
}

fn word(text: &str) -> String {
    text.trim_start().chars().take_while(|sign| sign.is_alphanumeric() || *sign == '_').collect()
}

/// The code of a file: without comment lines and without its tests.
fn code_of(text: &str) -> String {
    let lines = without_tests(text).lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_module_names_only_lower_floors() {
    let mut wrong = Vec::new();
    for path in rust_files(&root().join("src")) {
        let name = name_of(&path);
        let module = module_of(&name);
        if module == "bin" || module == "lib" {
            continue;
        }
        let Some(floor) = floor_of(module) else {
            wrong.push(format!("{name}: the module `{module}` has no floor in tests/house.rs"));
            continue;
        };
        for named in modules_named(&code_of(&fs::read_to_string(&path).expect("a readable file"))) {
            let allowed = named == module || floor_of(&named).is_none_or(|other| other < floor);
            if !allowed {
                wrong.push(format!("{name} (floor {floor}) names `{named}`"));
            }
        }
    }
    assert!(wrong.is_empty(), "floors:\n{}", wrong.join("\n"));
}

#[test]
fn the_evaluator_knows_the_words_of_the_tree_and_nothing_else_of_the_syntax() {
    for path in rust_files(&root().join("src")) {
        let name = name_of(&path);
        if ["eval", "ledger"].contains(&module_of(&name)) {
            let code = code_of(&fs::read_to_string(&path).expect("a readable file"));
            let all = code.matches("crate::syntax").count();
            assert_eq!(
                all,
                code.matches("crate::syntax::ast").count(),
                "{name} names more of the syntax than its words"
            );
        }
    }
}

#[test]
fn only_the_parser_names_pests_rules() {
    let mut users = Vec::new();
    for path in rust_files(&root().join("src")) {
        if code_of(&fs::read_to_string(&path).expect("a readable file")).contains("pest_derive") {
            users.push(name_of(&path));
        }
    }
    assert!(users.len() <= 1, "one file alone derives the parser, found {users:?}");
}

#[test]
fn every_file_opens_by_saying_what_it_is_for() {
    let mut bare = Vec::new();
    for folder in ["src", "tests", "benches", "fuzz"] {
        for path in rust_files(&root().join(folder)) {
            let text = fs::read_to_string(&path).expect("a readable file");
            if !text.starts_with("//! ") {
                bare.push(name_of(&path));
            }
        }
    }
    assert!(bare.is_empty(), "files without a `//!` head: {bare:?}");
}

#[test]
fn no_file_is_too_long_to_read() {
    let mut long = Vec::new();
    for path in rust_files(&root().join("src")) {
        let name = name_of(&path);
        let text = fs::read_to_string(&path).expect("a readable file");
        let lines = without_tests(&text).lines().count();
        if lines > LINES_MAX {
            long.push(format!("{name}: {lines} lines, at most {LINES_MAX}"));
        }
    }
    assert!(long.is_empty(), "split by idea:\n{}", long.join("\n"));
}

#[test]
fn nothing_is_left_to_do() {
    // Written in two halves, so that this file does not find itself.
    let marks = [
        concat!("TO", "DO"),
        concat!("FIX", "ME"),
        concat!("XX", "X"),
        concat!("todo", "!("),
        concat!("unimple", "mented!("),
    ];
    let mut left = Vec::new();
    for folder in ["src", "tests", "benches", "fuzz"] {
        for path in rust_files(&root().join(folder)) {
            let text = fs::read_to_string(&path).expect("a readable file");
            for (row, line) in text.lines().enumerate() {
                if marks.iter().any(|mark| line.contains(mark)) {
                    left.push(format!("{}:{}: {}", name_of(&path), row + 1, line.trim()));
                }
            }
        }
    }
    assert!(left.is_empty(), "{}", left.join("\n"));
}

#[test]
fn every_file_of_tests_is_run() {
    let listed = ["Cargo.toml", "tests/suite.rs"].map(|file| fs::read_to_string(root().join(file)).expect("a list"));
    let unheard: Vec<String> = fs::read_dir(root().join("tests"))
        .expect("the tests")
        .map(|entry| entry.expect("a readable folder").path())
        .filter(|path| path.extension().is_some_and(|end| end == "rs"))
        .map(|path| name_of(&path))
        .filter(|name| {
            let module = format!("mod {};", name.trim_start_matches("tests/").trim_end_matches(".rs"));
            !listed[0].contains(&format!("path = \"{name}\"")) && !listed[1].lines().any(|line| line == module)
        })
        .collect();
    assert!(unheard.is_empty(), "neither a target of Cargo.toml nor a module of tests/suite.rs: {unheard:?}");
}

#[test]
fn no_test_is_switched_off() {
    let mark = concat!("#[ign", "ore");
    for folder in ["src", "tests"] {
        for path in rust_files(&root().join(folder)) {
            let text = fs::read_to_string(&path).expect("a readable file");
            assert!(!text.contains(mark), "{} switches a test off", name_of(&path));
        }
    }
}

#[test]
fn imports_are_read_in_all_their_forms() {
    assert_eq!(modules_named("use crate::time::Day;"), ["time"]);
    assert_eq!(modules_named("use crate::{plan::{Rule, Unit}, value,\n ty::Sym};"), ["plan", "value", "ty"]);
    assert_eq!(modules_named("fn f(x: crate::eval::Book, y: other_crate::z)"), ["eval"]);
}

#[test]
fn the_whole_language_stays_small() {
    let grammar = fs::read_to_string(root().join("grammar/earnest.pest")).expect("the grammar");
    let is_rule = |line: &&str| {
        line.split_once(" = ").is_some_and(|(name, _)| {
            !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
        })
    };
    let rules = grammar.lines().filter(is_rule).count();
    assert!((100..=130).contains(&rules), "{rules} rules of the grammar");
    let reserved = grammar.split("reserved = _{").nth(1).and_then(|rest| rest.split('}').next()).expect("the words");
    let words = reserved.matches('"').count() / 2;
    assert!((50..=90).contains(&words), "{words} reserved words");
}
