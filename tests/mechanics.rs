//! `docs/mechanics.md` keeps its word: every mechanic that real programmes were seen to use has its place in the
//! manual and an example that holds, and that holds no more once what says it is cut out of the program.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test says what is wrong by failing")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::Arc;

use earnest::sim::example::run_examples;
use earnest::source::Source;

/// A row of the table.
struct Row {
    id: String,
    manual: String,
    program: String,
    example: String,
    without: String,
}

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap_or_else(|why| panic!("{path}: {why}"))
}

fn rows() -> Vec<Row> {
    let page = read("docs/mechanics.md");
    let cells = |line: &str| line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
    let rows = page.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| row")).map(cells);
    rows.map(|cells| {
        let [id, _, manual, program, example, without] = cells.as_slice() else { panic!("no row: {cells:?}") };
        let bare = |text: &String| text.trim_matches('`').to_owned();
        Row {
            id: id.clone(),
            manual: manual.clone(),
            program: bare(program),
            example: bare(example),
            without: bare(without),
        }
    })
    .collect()
}

/// The names of the examples that hold; none if the program does not check.
fn that_hold(name: &str, text: &str) -> Option<BTreeSet<String>> {
    let compiled = earnest::compile(&Source::new(name, text));
    let examples = run_examples(&Arc::new(compiled.plan?), &compiled.file);
    Some(examples.into_iter().filter(|example| example.failures.is_empty()).map(|example| example.name).collect())
}

/// The program without the declaration that begins so, or without these words of one.
fn cut(text: &str, without: &str) -> Option<String> {
    let (program, examples) = text.split_at(text.find("\nexample ")?);
    let mut kept = String::new();
    let mut inside = false;
    let mut found = false;
    for line in program.lines() {
        if line.starts_with(|sign: char| sign.is_ascii_lowercase()) {
            inside = line.strip_prefix(without).is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', ',']));
        }
        found |= inside;
        if !inside {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    if !found {
        found = program.contains(without);
        kept = program.replacen(without, "", 1);
    }
    found.then_some(kept + examples)
}

/// The program with the rule, reward or draw that begins so out of force: what names it still finds it.
fn out_of_force(text: &str, without: &str) -> Option<String> {
    let bare = without.ends_with('"') && ["rule ", "reward ", "draw "].iter().any(|kind| without.starts_with(kind));
    let header = format!("\n{without} {{");
    (bare && text.contains(&header)).then(|| text.replacen(&header, &format!("\n{without} from 2199-01-01 {{"), 1))
}

/// What a heading is called in a link.
fn anchors(page: &str) -> BTreeSet<String> {
    let headings = page.lines().filter(|line| line.starts_with('#'));
    headings.map(|line| line.trim_start_matches(['#', ' ']).to_lowercase().replace(' ', "-").replace(',', "")).collect()
}

#[test]
fn every_row_of_the_mechanics_is_there() {
    let mut wanted: BTreeSet<String> = (1..=10).map(|number| format!("S{number}")).collect();
    wanted.extend((1..=39).map(|number| format!("m{number}")));
    wanted.extend((1..=52).map(|number| number.to_string()));
    wanted.extend((1..=17).map(|number| format!("r{number}")));
    let rows = rows();
    let found: BTreeSet<String> = rows.iter().map(|row| row.id.clone()).collect();
    assert_eq!(wanted, found);
    assert_eq!(rows.len(), found.len(), "no row stands there twice");
    let pages: BTreeMap<&str, BTreeSet<String>> =
        ["language.md", "data.md"].map(|page| (page, anchors(&read(&format!("docs/{page}"))))).into();
    for row in &rows {
        let target = row.manual.split(['(', ')']).nth(1).unwrap_or_default();
        let (page, anchor) = target.split_once('#').unwrap_or_default();
        assert!(
            pages.get(page).is_some_and(|anchors| anchors.contains(anchor)),
            "row {}: the manual has no {target}",
            row.id
        );
    }
}

#[test]
fn every_mechanic_is_shown_by_an_example_that_fails_without_it() {
    let mut wrong = Vec::new();
    let mut cuts = 0;
    for Row { id, program, example, without, .. } in rows() {
        // What a command tells is shown by a transcript, and nothing can be cut out of it.
        if let Some(transcript) = program.strip_suffix(".txt") {
            if !read(&format!("tests/cli/{transcript}.txt")).contains(&format!("\n$ {example}")) {
                wrong.push(format!("{id}: tests/cli/{transcript}.txt does not run `{example}`"));
            }
            continue;
        }
        let text = read(&format!("examples/{program}/{program}.earn"));
        if !that_hold(&program, &text).is_some_and(|held| held.contains(&example)) {
            wrong.push(format!("{id}: {program} has no example `{example}` that holds"));
            continue;
        }
        let Some(shorter) = cut(&text, &without) else {
            wrong.push(format!("{id}: {program} does not say `{without}`"));
            continue;
        };
        cuts += 1;
        if that_hold(&program, &shorter).is_some_and(|held| held.contains(&example)) {
            wrong.push(format!("{id}: `{example}` of {program} holds also without `{without}`"));
        }
        let Some(idle) = out_of_force(&text, &without) else { continue };
        if that_hold(&program, &idle).is_none_or(|held| held.contains(&example)) {
            wrong.push(format!("{id}: `{example}` of {program} holds also while `{without}` is not in force"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(cuts > 100, "what is said was cut out: {cuts}");
}

#[test]
fn the_index_of_conformance_names_cases_that_are_there() {
    let index: toml::Table = toml::from_str(&read("tests/conformance/index.toml")).expect("an index");
    let groups = index["group"].as_array().expect("groups");
    let mut questions = BTreeSet::new();
    let mut distinct = BTreeSet::new();
    for group in groups {
        let cases = group["cases"].as_array().expect("cases");
        let about = group["about"].as_str().expect("what it asks");
        assert!(!cases.is_empty(), "`{about}` has cases");
        assert!(questions.insert(group["id"].as_str().expect("an id").to_owned()), "`{about}` has an id of its own");
        let names: BTreeSet<&str> = cases.iter().map(|case| case.as_str().expect("a name")).collect();
        assert_eq!(names.len(), cases.len(), "`{about}` names no case twice");
        for name in names {
            let text = read(&format!("tests/semantics/{name}.earn"));
            assert!(text.contains("\n  expect "), "{name} expects something");
            distinct.insert(name.to_owned());
        }
    }
    let wanted: BTreeSet<String> =
        (1..=12).map(|number| format!("Q{number}")).chain((1..=13).map(|number| format!("B{number}"))).collect();
    assert_eq!(questions, wanted);
    assert!(distinct.len() >= 150, "distinct cases: {}", distinct.len());
}
