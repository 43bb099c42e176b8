//! `earnest check`: every problem of every file in one go.

use crate::args::{CheckArgs, Format};
use crate::failure::{Failure, Status};
use crate::output::Terminal;
use crate::program::{self, count};
use earnest::Compiled;
use earnest::diag::{Code, Diagnostic, Label, Severity};
use earnest::source::{Place, Source, Span};
use serde::Serialize;

/// A problem for programs: with lines and columns.
#[derive(Debug, Serialize)]
struct Found<'a> {
    file: &'a str,
    severity: Severity,
    code: Code,
    message: &'a str,
    from: Place,
    to: Place,
    labels: Vec<FoundLabel<'a>>,
    help: Option<&'a str>,
}

#[derive(Debug, Serialize)]
struct FoundLabel<'a> {
    from: Place,
    to: Place,
    text: &'a str,
}

/// Checks all files.
pub(crate) fn run(args: &CheckArgs, terminal: Terminal) -> Result<Status, Failure> {
    let mut checked = Vec::new();
    for path in &args.files {
        let source = program::read(path)?;
        let Compiled { plan, diagnostics, .. } = earnest::compile(&source);
        checked.push((source, plan, diagnostics));
    }
    let of = |severity| checked.iter().flat_map(|(_, _, all)| all).filter(|one| one.severity == severity).count();
    let (errors, warnings) = (of(Severity::Error), of(Severity::Warning));
    if args.format == Format::Json {
        let all: Vec<Found<'_>> =
            checked.iter().flat_map(|(source, _, all)| all.iter().map(|one| found(source, one))).collect();
        terminal.print_json(&all)?;
    } else {
        for (source, plan, diagnostics) in &checked {
            terminal.print(&earnest::diag::render(source, diagnostics, terminal.out.of_diagnostics()))?;
            if let (Some(plan), false) = (plan, terminal.quiet) {
                let clean = if diagnostics.is_empty() { "no problems" } else { "can run" };
                let book = if plan.one_book {
                    "one book: its rules look across members"
                } else {
                    "members can be opened one by one"
                };
                terminal.print(&format!("{}: {clean}; {book}\n", source.name()))?;
            }
        }
        if errors + warnings > 0 {
            terminal.tell(&format!("{}, {}", count(errors, "error"), count(warnings, "warning")));
        }
    }
    let bad = errors > 0 || (args.deny_warnings && warnings > 0);
    Ok(if bad { Status::Program } else { Status::Well })
}

fn found<'a>(source: &'a Source, one: &'a Diagnostic) -> Found<'a> {
    let (from, to) = places(source, one.span);
    let label = |label: &'a Label| {
        let (from, to) = places(source, label.span);
        FoundLabel { from, to, text: &label.text }
    };
    Found {
        file: source.name(),
        severity: one.severity,
        code: one.code,
        message: &one.message,
        from,
        to,
        labels: one.labels.iter().map(label).collect(),
        help: one.help.as_deref(),
    }
}

fn places(source: &Source, span: Span) -> (Place, Place) {
    (source.place(span.start), source.place(span.end))
}
