//! Loyalty rules that mean what they say.

// The library touches no file, clock, environment or terminal: clippy.toml names what is banned, and why.
#![cfg_attr(
    not(test),
    deny(clippy::disallowed_methods, clippy::disallowed_types, clippy::disallowed_macros, clippy::iter_over_hash_type)
)]

pub mod analysis;
pub mod check;
pub mod diag;
pub mod eval;
#[cfg(feature = "files")]
pub mod history;
pub mod ledger;
pub mod plan;
pub mod sim;
pub mod source;
pub mod syntax;
pub mod time;
pub mod ty;
pub mod value;
#[cfg(feature = "words")]
pub mod words;

use check::scenario::{Level, levels, scenarios};
use diag::{Code, Diagnostic, Label, Severity};
use plan::Plan;
use source::Source;
use syntax::Broken;
use syntax::ast::{File, Scenario};

/// What became of a rule file.
#[derive(Debug, Clone)]
pub struct Compiled {
    /// The plan, if there is no error.
    pub plan: Option<Plan>,
    /// The tree, for its examples and its layout.
    pub file: File,
    /// All problems, sorted by place.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads and checks a rule file: every problem of it in one go.
///
/// ```
/// use earnest::source::Source;
/// let source = Source::new("shop.earn", r#"
///     program "Shop" { currency RUB }
///     unit bean, beans { worth 1 RUB  expires never }
///     rule "Base" { give 5% of spend as beans }
/// "#);
/// let compiled = earnest::compile(&source);
/// assert!(compiled.diagnostics.is_empty());
/// assert_eq!(compiled.plan.unwrap().name, "Shop");
/// ```
pub fn compile(source: &Source) -> Compiled {
    let mut parsed = syntax::parse(source);
    let mut diagnostics = std::mem::take(&mut parsed.diagnostics);
    let read = diagnostics.is_empty();
    let checked = check::check(source, &parsed.file);
    diagnostics.extend(checked.diagnostics.into_iter().filter(|found| read || is_sure(source, &parsed.broken, found)));
    for scenario in scenarios(&parsed.file) {
        for level in levels(scenario) {
            let (_, found) = checked_variant(source, &parsed.file, scenario, *level);
            // What a scenario alone reads is read.
            diagnostics.retain(|known| known.code != Code::Unread || found.contains(known));
            let news = found.into_iter().filter(|found| found.severity == Severity::Error);
            for problem in news.filter(|found| read || is_sure(source, &parsed.broken, found)) {
                if !diagnostics.iter().any(|known| known.span == problem.span && known.message == problem.message) {
                    diagnostics.push(in_scenario(problem, scenario));
                }
            }
        }
    }
    diagnostics.extend(check::scenario::doubled(&parsed.file));
    if let Some(plan) = checked.plan.as_ref().filter(|_| read) {
        diagnostics.extend(analysis::unreachable(plan));
    }
    diagnostics.sort_by_key(|found| (found.span, found.code));
    let clean = diagnostics.iter().all(|found| found.severity != Severity::Error);
    Compiled { plan: checked.plan.filter(|_| clean), file: parsed.file, diagnostics }
}

/// The plan of a program under one of its scenarios, if there is no error, and all errors.
///
/// ```
/// use earnest::check::scenario::{Level, scenarios};
/// use earnest::source::Source;
/// let source = Source::new("shop.earn", r#"
///     program "Shop" { currency RUB }
///     param base = 5%
///     unit bean, beans { worth 1 RUB  expires never }
///     rule "Base" { give base of spend as beans }
///     scenario "Thrift" { set base = 4% }
/// "#);
/// let compiled = earnest::compile(&source);
/// let thrift = scenarios(&compiled.file).next().unwrap();
/// let (plan, problems) = earnest::compile_variant(&source, &compiled.file, thrift, Level::Middle);
/// assert!(problems.is_empty());
/// assert_ne!(plan.unwrap().version, compiled.plan.unwrap().version);
/// ```
pub fn compile_variant(
    source: &Source,
    file: &File,
    scenario: &Scenario,
    level: Level,
) -> (Option<Plan>, Vec<Diagnostic>) {
    let (plan, mut problems) = checked_variant(source, file, scenario, level);
    problems.retain(|found| found.severity == Severity::Error);
    let problems: Vec<Diagnostic> = problems.into_iter().map(|problem| in_scenario(problem, scenario)).collect();
    (plan.filter(|_| problems.is_empty()), problems)
}

fn checked_variant(source: &Source, file: &File, scenario: &Scenario, level: Level) -> (Option<Plan>, Vec<Diagnostic>) {
    let (tree, mut problems) = check::scenario::variant(file, scenario, level);
    let checked = check::check(source, &tree);
    problems.extend(checked.diagnostics);
    (checked.plan, problems)
}

/// What is wrong elsewhere because of a scenario says so.
fn in_scenario(mut problem: Diagnostic, scenario: &Scenario) -> Diagnostic {
    if !scenario.span.contains(problem.span) {
        problem.labels.push(Label { span: scenario.name.span, text: "under this scenario".to_owned() });
    }
    problem
}

/// Is it a problem whatever the declarations that do not parse would have said? What they may have named is
/// not unknown, and what they may have read is not unread.
fn is_sure(source: &Source, broken: &[Broken], found: &Diagnostic) -> bool {
    match found.code {
        Code::MissingDeclaration => {
            broken.iter().all(|broken| broken.keyword.is_some_and(|word| word != "program" && word != "data"))
        }
        Code::Unread => false,
        Code::UnknownName => {
            let name = source.slice(found.span).trim_matches('"');
            let named = |part: &str| broken.iter().any(|broken| source.slice(broken.naming).contains(part));
            !name.is_empty() && !name.split('.').any(named)
        }
        _ => true,
    }
}
