//! Rule files read, changed by `--set`, and checked; their problems told.

use crate::failure::{Failure, Status};
use crate::files;
use crate::output::Terminal;
use earnest::Compiled;
use earnest::check::scenario::{Level, scenarios};
use earnest::diag::{Diagnostic, Severity, nearest};
use earnest::plan::Plan;
use earnest::sim::variant;
use earnest::source::Source;
use earnest::syntax::ast::{File, Scenario};
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

/// Reads and checks a program for a run, with values put in and under a scenario; errors end the command.
pub(crate) fn load(
    path: &Path,
    sets: &[String],
    scenario: Option<&str>,
    terminal: Terminal,
) -> Result<Program, Failure> {
    let mut program = compile(with_values(read(path)?, sets)?, terminal)?;
    if let Some(name) = scenario {
        let scenario = program.scenario(name)?.clone();
        program = program.under(&scenario, Level::Middle, terminal)?;
    }
    if !sets.is_empty() || scenario.is_some() {
        program = program.as_variant();
    }
    Ok(program)
}

impl Program {
    /// The scenario of a name.
    pub(crate) fn scenario(&self, name: &str) -> Result<&Scenario, Failure> {
        let found = scenarios(&self.file).find(|scenario| scenario.name.text == name);
        found.ok_or_else(|| {
            let known: Vec<&str> = scenarios(&self.file).map(|scenario| scenario.name.text.as_str()).collect();
            let file = self.source.name();
            let failure = Failure::usage(format_args!("{file} has no scenario `{name}`"));
            match (nearest(name, known.iter().copied()), known.as_slice()) {
                (Some(near), _) => failure.help(format_args!("did you mean `{near}`?")),
                (None, []) => failure.help("write one into it: scenario \"Thrift\" { set base = 4% }"),
                (None, known) => failure.help(format_args!("it has {}", quoted(known))),
            }
        })
    }

    /// The program under one of its scenarios.
    pub(crate) fn under(&self, scenario: &Scenario, level: Level, terminal: Terminal) -> Result<Self, Failure> {
        let (plan, problems) = earnest::compile_variant(&self.source, &self.file, scenario, level);
        let Some(plan) = plan else { return Err(cannot_run(&self.source, &problems, terminal)) };
        Ok(Self { plan: Arc::new(plan), ..self.clone() })
    }

    /// The program as a variant, where members may have less than they had when the history was made: what it
    /// redeems takes at most what there is.
    pub(crate) fn as_variant(&self) -> Self {
        let plan = Plan { covered_only: true, ..Plan::clone(&self.plan) };
        Self { plan: Arc::new(plan), ..self.clone() }
    }
}

/// `a`, `b`, in backticks.
fn quoted(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// Checks a program for a run.
pub(crate) fn compile(source: Source, terminal: Terminal) -> Result<Program, Failure> {
    let Compiled { plan, file, diagnostics } = earnest::compile(&source);
    let errors: Vec<Diagnostic> =
        diagnostics.iter().filter(|found| found.severity == Severity::Error).cloned().collect();
    match plan {
        Some(plan) if errors.is_empty() => Ok(Program { source, file, plan: Arc::new(plan) }),
        _ => Err(cannot_run(&source, &errors, terminal)),
    }
}

fn cannot_run(source: &Source, errors: &[Diagnostic], terminal: Terminal) -> Failure {
    terminal.complain(&render(source, errors, terminal));
    let name = source.name();
    Failure {
        status: Status::Program,
        text: format!("{name} cannot run: {}", count(errors.len(), "error")),
        help: Some(format!("`earnest check {name}` shows warnings as well")),
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
