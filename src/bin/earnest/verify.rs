//! `earnest verify`: repeats the run of a receipt and says whether it holds: which file is another, which figure.

use crate::args::{DataArgs, Format, OnBadRow, VerifyArgs};
use crate::cells::{Cells, Target};
use crate::failure::{Failure, Status};
use crate::files::{self, shown};
use crate::history::{Input, Times};
use crate::output::Terminal;
use crate::program::count;
use crate::receipt::{Arguments, FORM, Hashed, Inputs, Part, Ran, Receipt, Told};
use crate::run;
use crate::simulate;
use crate::table::{Side, Table, cut};
use earnest::sim::compare::compare;
use serde::Serialize;
use serde_json::Value;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// A receipt names every rule and every warning of each variant, not members.
const BYTES_MAX: usize = 64 << 20;
/// So many figures are shown to people; programs get all.
const SHOWN_MAX: usize = 20;
/// What to do where there is no receipt that can be repeated.
const WRITE_ONE: &str = "`earnest run … --receipt run.json` writes one";

/// What was found, for programs.
#[derive(Debug, Serialize)]
struct Verified {
    holds: bool,
    files: Vec<Other>,
    versions: Vec<Other>,
    figures: Vec<Other>,
}

/// Something that is not as the receipt says.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Other {
    /// `history sales.csv`, `earnest`, `results.shop.totals.points.beans.earned`
    of: String,
    /// What the receipt says; null where it says nothing of it.
    expected: Value,
    /// What was found; null where there is nothing any more.
    found: Value,
}

/// Repeats the run.
pub(crate) fn run(args: &VerifyArgs, terminal: Terminal) -> Result<Status, Failure> {
    let receipt = read(&args.receipt)?;
    let folder = match &args.folder {
        Some(folder) => folder.clone(),
        None => args.receipt.parent().unwrap_or(Path::new("")).to_owned(),
    };
    let files = changed(&receipt.files, &folder, &args.receipt)?;
    let found = repeat(&receipt, &folder, &args.receipt, terminal).inspect_err(|_| {
        // A program or a history that is another may not run: then this is what there is to tell.
        for file in &files {
            terminal.complain(&format!("{} is not the file that the receipt names\n", file.of));
        }
    })?;
    let versions = versions(&receipt);
    let mut figures = Vec::new();
    for (name, expected, found) in [
        ("as_of", told(&receipt.as_of)?, &found.as_of),
        ("rows", told(&receipt.rows)?, &found.rows),
        ("results", told(&receipt.results)?, &found.results),
        ("outputs", told(&receipt.outputs)?, &found.outputs),
    ] {
        differences(name, &expected, found, &mut figures);
    }
    if figures.is_empty() && receipt.result_sha256 != found.result_sha256 {
        let (expected, found) = (receipt.result_sha256.into(), found.result_sha256.into());
        figures.push(Other { of: "result_sha256".to_owned(), expected, found });
    }
    let verified = Verified { holds: files.is_empty() && figures.is_empty(), files, versions, figures };
    match args.format {
        Format::Json => terminal.print_json(&verified)?,
        Format::Table => terminal.print(&render(&verified, &args.receipt, receipt.files.len(), terminal))?,
    }
    Ok(if verified.holds { Status::Well } else { Status::Program })
}

fn read(path: &Path) -> Result<Receipt<Value>, Failure> {
    let name = shown(path);
    let no_receipt = || Failure::data(format_args!("{name} is no receipt of a run")).help(WRITE_ONE);
    let text = files::read_text(path, BYTES_MAX)?;
    let value: Value = serde_json::from_str(&text).map_err(|_| no_receipt())?;
    let form = value.get("earnest_receipt").and_then(Value::as_u64).ok_or_else(no_receipt)?;
    if form != u64::from(FORM) {
        let text = format!("{name} is a receipt of form {form}; this version of earnest reads form {FORM}");
        let by = value.get("earnest").and_then(Value::as_str).unwrap_or("another version");
        return Err(Failure::data(text).help(format_args!("verify it with earnest {by}, which wrote it")));
    }
    serde_json::from_value(value)
        .map_err(|error| Failure::data(format_args!("{name} is a receipt that was changed: {error}")).help(WRITE_ONE))
}

/// The files that are not those of the receipt; one that is missing ends the command.
fn changed(files: &[Hashed], folder: &Path, receipt: &Path) -> Result<Vec<Other>, Failure> {
    let missing: Vec<String> = files
        .iter()
        .filter(|file| !folder.join(&file.path).exists())
        .map(|file| format!("{} {}", file.part.word(), shown(&folder.join(&file.path))))
        .collect();
    if !missing.is_empty() {
        let text = format!("{} names what is not there: {}", shown(receipt), missing.join(", "));
        return Err(
            Failure::usage(text).help("paths begin at the folder of the receipt; --in FOLDER looks for them elsewhere")
        );
    }
    let mut others = Vec::new();
    for file in files {
        let path = folder.join(&file.path);
        let found = files::sha256_of(&path)?;
        if found != file.sha256 {
            let of = format!("{} {}", file.part.word(), file.path);
            others.push(Other { of, expected: file.sha256.clone().into(), found: found.into() });
        }
    }
    Ok(others)
}

/// Versions do not decide whether a receipt holds: that is what is asked.
fn versions(receipt: &Receipt<Value>) -> Vec<Other> {
    let ours = [
        ("earnest", &receipt.earnest, env!("CARGO_PKG_VERSION")),
        ("zone_rules", &receipt.zone_rules, earnest::time::Zone::rules_version()),
    ];
    let others = ours.into_iter().filter(|(_, expected, found)| expected != found);
    others
        .map(|(of, expected, found)| Other {
            of: of.to_owned(),
            expected: expected.clone().into(),
            found: found.into(),
        })
        .collect()
}

/// What the run comes to now.
struct Found {
    as_of: Value,
    rows: Value,
    results: Value,
    outputs: Value,
    result_sha256: String,
}

impl Found {
    fn of(receipt: &Receipt<Told<'_>>) -> Result<Self, Failure> {
        Ok(Self {
            as_of: told(&receipt.as_of)?,
            rows: told(&receipt.rows)?,
            results: told(&receipt.results)?,
            outputs: told(&receipt.outputs)?,
            result_sha256: receipt.result_sha256.clone(),
        })
    }
}

fn told(value: &impl Serialize) -> Result<Value, Failure> {
    serde_json::to_value(value).map_err(Failure::data)
}

fn repeat(receipt: &Receipt<Value>, folder: &Path, path: &Path, terminal: Terminal) -> Result<Found, Failure> {
    let of = |part: Part| -> Vec<PathBuf> {
        let meant = receipt.files.iter().filter(move |file| file.part == part);
        meant.map(|file| folder.join(&file.path)).collect()
    };
    let Arguments { as_of, skip_bad_rows, unsorted, set, scenario, sweep, by } = receipt.arguments.clone();
    let data = DataArgs {
        histories: of(Part::History),
        members: of(Part::Members).pop(),
        opening: of(Part::Opening).pop(),
        map: of(Part::Map).pop(),
        as_of,
        on_bad_row: if skip_bad_rows { OnBadRow::Skip } else { OnBadRow::Stop },
        rejects: None,
        unsorted,
    };
    let programs = of(Part::Program);
    let Some(first) = programs.first().filter(|_| !data.histories.is_empty()) else {
        return Err(Failure::data(format_args!("{} names no program or no history", shown(path))).help(WRITE_ONE));
    };
    let arguments = receipt.arguments.clone();
    match receipt.command {
        Ran::Run => {
            let input = Input::again(&data, Times::Once)?;
            let target = |part: Part| {
                let output = receipt.outputs.iter().find(|output| output.part == part)?;
                let cells = if output.for_spreadsheet { Cells::ForSpreadsheet } else { Cells::Raw };
                Some(Target { path: None, cells, hashed: true })
            };
            let (ledger, members) = (target(Part::Ledger), target(Part::MembersOut));
            let program = crate::program::load(first, &set, scenario.first().map(String::as_str), terminal)?;
            let (ran, outputs) = run::replayed(&program, &input, ledger, members, terminal)?;
            let inputs = Inputs { receipt: path, programs: vec![first], input: &input, arguments };
            Found::of(&Receipt::of_run(inputs, &program.plan, &run::name_of(first), &ran.report, outputs)?)
        }
        Ran::Simulate => {
            let input = Input::again(&data, Times::Several)?;
            let variants =
                simulate::Chosen { files: &programs, scenarios: &scenario, sets: &set, sweeps: &sweep, data: &data };
            let variants = variants.variants(terminal)?;
            let Some(comparison) = compare(&input.replay_all(&variants, &by, terminal)?) else {
                return Err(Failure::data(format_args!("{} names nothing to compare", shown(path))).help(WRITE_ONE));
            };
            let programs = programs.iter().map(PathBuf::as_path).collect();
            let inputs = Inputs { receipt: path, programs, input: &input, arguments };
            let plans = variants.iter().map(|variant| &*variant.program.plan);
            Found::of(&Receipt::of_variants(inputs, plans, &comparison)?)
        }
    }
}

/// Every place where two results say different things.
fn differences(of: &str, expected: &Value, found: &Value, others: &mut Vec<Other>) {
    let inner = |name: &str| format!("{of}.{name}");
    match (expected, found) {
        (Value::Object(expected), Value::Object(found)) => {
            for (name, value) in expected {
                differences(&inner(name), value, found.get(name).unwrap_or(&Value::Null), others);
            }
            for (name, value) in found.iter().filter(|(name, _)| !expected.contains_key(*name)) {
                differences(&inner(name), &Value::Null, value, others);
            }
        }
        (Value::Array(expected), Value::Array(found)) => {
            for (at, value) in expected.iter().enumerate() {
                let name = name_in(value, at);
                let other = found.iter().enumerate().find(|(at, other)| name_in(other, *at) == name);
                differences(&inner(&name), value, other.map_or(&Value::Null, |(_, value)| value), others);
            }
            let known: Vec<String> = expected.iter().enumerate().map(|(at, value)| name_in(value, at)).collect();
            for (at, value) in found.iter().enumerate().filter(|(at, value)| !known.contains(&name_in(value, *at))) {
                differences(&inner(&name_in(value, at)), &Value::Null, value, others);
            }
        }
        (expected, found) if expected != found => {
            others.push(Other { of: of.to_owned(), expected: expected.clone(), found: found.clone() });
        }
        _ => {}
    }
}

/// Results have names, warnings codes, files say what they are; all else goes by its place.
fn name_in(value: &Value, at: usize) -> String {
    let named = ["name", "code", "as"].iter().find_map(|key| value.get(key)).and_then(Value::as_str);
    named.map_or_else(|| (at + 1).to_string(), str::to_owned)
}

fn render(verified: &Verified, receipt: &Path, files: usize, terminal: Terminal) -> String {
    let paint = terminal.out;
    let name = shown(receipt);
    let mut text = String::new();
    if verified.holds {
        let _ = writeln!(text, "{}: {name} holds", paint.green("ok"));
        let _ = writeln!(text, "{} and every figure as recorded", count(files, "file"));
    } else {
        let _ = writeln!(text, "{}: {name} does not hold", paint.red("no"));
    }
    for (head, others) in [("other files", &verified.files), ("other versions", &verified.versions)] {
        if others.is_empty() {
            continue;
        }
        let _ = writeln!(text, "\n{}", paint.bold(head));
        for other in others {
            let _ = writeln!(text, "{}", cut(&other.of, crate::table::WIDTH));
            let _ = writeln!(text, "  expected {}\n  found    {}", cell(&other.expected), cell(&other.found));
        }
    }
    if !verified.figures.is_empty() {
        text.push('\n');
        let mut table = Table::new(&[("other figures", Side::Left), ("expected", Side::Right), ("found", Side::Right)]);
        for other in verified.figures.iter().take(SHOWN_MAX) {
            table.row([other.of.clone(), short(&other.expected), short(&other.found)]);
        }
        text.push_str(&table.render(paint));
        let more = verified.figures.len().saturating_sub(SHOWN_MAX);
        if more > 0 {
            let _ = writeln!(text, "and {more} more: --format json tells all");
        }
    }
    if !verified.holds && verified.figures.is_empty() {
        text.push_str("\nevery figure is as recorded\n");
    }
    text
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Numbers whole; a hash shortened: what matters is that it is another.
fn short(value: &Value) -> String {
    let text = cell(value);
    let is_hash = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_hash || value.is_object() { cut(&text, 16) } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn found(expected: &Value, found: &Value) -> Vec<String> {
        let mut others = Vec::new();
        differences("x", expected, found, &mut others);
        others.iter().map(|other| format!("{} {} {}", other.of, other.expected, other.found)).collect()
    }

    #[test]
    fn differences_are_named_by_what_they_are_of() {
        let one = json!({ "warnings": [{ "code": "a", "count": 1 }, { "code": "b", "count": 2 }], "n": "1" });
        let two = json!({ "warnings": [{ "code": "b", "count": 3 }, { "code": "c", "count": 1 }], "m": 1 });
        assert_eq!(
            found(&one, &two),
            [
                "x.n \"1\" null",
                "x.warnings.a {\"code\":\"a\",\"count\":1} null",
                "x.warnings.b.count 2 3",
                "x.warnings.c null {\"code\":\"c\",\"count\":1}",
                "x.m null 1",
            ]
        );
        assert!(found(&one, &one).is_empty());
    }
}
