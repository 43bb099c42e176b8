//! Rule files read, changed by `--set`, and checked; their problems told.

use crate::failure::{Failure, Status};
use crate::files;
use crate::output::Terminal;
use earnest::Compiled;
use earnest::diag::{Diagnostic, Severity};
use earnest::plan::Plan;
use earnest::sim::variant;
use earnest::source::Source;
use earnest::syntax::ast::File;
use std::path::Path;
use std::sync::Arc;

/// A program that can run.
#[derive(Debug, Clone)]
pub(crate) struct Program {
    /// Its text, with what `--set` put in.
    pub(crate) source: Source,
    /// Its tree, for the examples.
    pub(crate) file: File,
    /// The checked form.
    pub(crate) plan: Arc<Plan>,
}

/// Reads a rule file.
pub(crate) fn read(path: &Path) -> Result<Source, Failure> {
    let (name, text) = (files::shown(path), files::read_text(path, Source::BYTES_MAX)?);
    if is_table(&text) {
        return Err(Failure::usage(format_args!("{name} is a table of rows, not a rule file"))
            .help("the rule file stands first, and the history behind `--history`"));
    }
    Ok(Source::new(name, text))
}

/// Does a text begin as a history does: with the names of columns, or with an object of JSON?
fn is_table(text: &str) -> bool {
    let first = text.trim_start().lines().next().unwrap_or_default();
    let is_name = |cell: &str| {
        let cell = cell.trim().trim_matches('"');
        !cell.is_empty() && cell.chars().all(|letter| letter.is_alphanumeric() || matches!(letter, ' ' | '_' | '.'))
    };
    let are_names = |delimiter| first.contains(delimiter) && first.split(delimiter).all(is_name);
    first.starts_with("{\"") || [',', ';', '\t'].into_iter().any(are_names)
}

/// The program with all values put in.
pub(crate) fn with_values(source: Source, sets: &[String]) -> Result<Source, Failure> {
    sets.iter().try_fold(source, |source, set| {
        variant::with_value(&source, set).map_err(|error| {
            Failure::usage(format_args!("--set {set}: {error}")).help(format_args!("the file is {}", source.name()))
        })
    })
}

/// Reads and checks a program for a run; errors end the command, warnings are told on stderr.
pub(crate) fn load(path: &Path, sets: &[String], terminal: Terminal) -> Result<Program, Failure> {
    compile(with_values(read(path)?, sets)?, terminal)
}

/// Checks a program for a run.
pub(crate) fn compile(source: Source, terminal: Terminal) -> Result<Program, Failure> {
    let Compiled { plan, file, diagnostics } = earnest::compile(&source);
    let errors: Vec<Diagnostic> =
        diagnostics.iter().filter(|found| found.severity == Severity::Error).cloned().collect();
    match plan {
        Some(plan) if errors.is_empty() => Ok(Program { source, file, plan: Arc::new(plan) }),
        _ => {
            terminal.complain(&render(&source, &errors, terminal));
            let name = source.name();
            Err(Failure {
                status: Status::Program,
                text: format!("{name} cannot run: {}", count(errors.len(), "error")),
                help: Some(format!("`earnest check {name}` shows warnings as well")),
            })
        }
    }
}

/// Diagnostics as people read them, for stderr.
pub(crate) fn render(source: &Source, diagnostics: &[Diagnostic], terminal: Terminal) -> String {
    earnest::diag::render(source, diagnostics, terminal.err.of_diagnostics())
}

/// `1 error`, `2 errors`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}
