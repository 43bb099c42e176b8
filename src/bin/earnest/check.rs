//! `earnest check`: every problem of every file in one go, and what a purchase can cost at most.

use crate::args::{CheckArgs, Format};
use crate::failure::{Failure, Status};
use crate::output::Terminal;
use crate::program::{self, count};
use earnest::Compiled;
use earnest::analysis::{Cost, LargestCost, before_launch, largest_cost};
use earnest::check::scenario::{Level, scenarios};
use earnest::diag::{Code, Diagnostic, Label, Severity};
use earnest::plan::{Plan, UnitId};
use earnest::source::{Place, Source, Span};
use earnest::syntax::ast::{File, Scenario};
use earnest::value::{Exact, Rounding};
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

/// All that is told for programs.
#[derive(Debug, Serialize)]
struct Told<'a> {
    problems: Vec<Found<'a>>,
    largest_costs: Vec<FoundCost<'a>>,
}

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
    #[serde(skip_serializing_if = "Option::is_none")]
    shown: Option<&'a str>,
}

#[derive(Debug, Serialize)]
struct FoundLabel<'a> {
    from: Place,
    to: Place,
    text: &'a str,
}

/// A file and what is told of it.
struct Checked {
    source: Source,
    plan: Option<Arc<Plan>>,
    diagnostics: Vec<Diagnostic>,
    cost: Option<LargestCost>,
    /// The same of the program under each of its scenarios, with the plan of each.
    under: Vec<(String, Plan, LargestCost)>,
}

/// Checks all files.
pub(crate) fn run(args: &CheckArgs, terminal: Terminal) -> Result<Status, Failure> {
    let mut checked = Vec::new();
    for path in &args.files {
        let source = program::read(path)?;
        let Compiled { plan, file, mut diagnostics } = earnest::compile(&source);
        let plan = plan.map(Arc::new);
        let cost = plan.as_ref().and_then(|plan| largest_cost(plan).ok());
        let under = if plan.is_some() { under_scenarios(&source, &file) } else { Vec::new() };
        if let Some(plan) = &plan {
            diagnostics.extend(before_launch(plan, cost.as_ref()));
            diagnostics.sort_by_key(|found| (found.span, found.code));
        }
        checked.push(Checked { source, plan, diagnostics, cost, under });
    }
    let of = |severity| checked.iter().flat_map(|of| &of.diagnostics).filter(|one| one.severity == severity).count();
    let (errors, warnings) = (of(Severity::Error), of(Severity::Warning));
    if args.format == Format::Json {
        let problems = checked.iter().flat_map(|of| of.diagnostics.iter().map(|one| found(&of.source, one))).collect();
        let costs = checked.iter().filter_map(|of| found_cost(of, args.witness));
        terminal.print_json(&Told { problems, largest_costs: costs.collect() })?;
    } else {
        for Checked { source, plan, diagnostics, cost, under } in &checked {
            terminal.print(&earnest::diag::render(source, diagnostics, terminal.out.of_diagnostics()))?;
            if let (Some(plan), false) = (plan, terminal.quiet) {
                let clean = if diagnostics.is_empty() { "no problems" } else { "can run" };
                let book = if plan.one_book {
                    "one book: its rules look across members"
                } else {
                    "members can be opened one by one"
                };
                terminal.print(&format!("{}: {clean}; {book}\n", source.name()))?;
                terminal.print(&costs(plan, cost.as_ref(), args.witness))?;
                for (name, plan, cost) in under {
                    terminal.print(&format!("  under \"{name}\": {}\n", cost.money.told(plan, None)))?;
                }
            }
        }
        if errors + warnings > 0 {
            terminal.tell(&format!("{}, {}", count(errors, "error"), count(warnings, "warning")));
        }
    }
    let bad = errors > 0 || (args.deny_warnings && warnings > 0);
    Ok(if bad { Status::Program } else { Status::Well })
}

/// What a purchase can cost at most under each scenario that can run.
fn under_scenarios(source: &Source, file: &File) -> Vec<(String, Plan, LargestCost)> {
    let under = |scenario: &Scenario| {
        let plan = earnest::compile_variant(source, file, scenario, Level::Middle).0?;
        let cost = largest_cost(&plan).ok()?;
        Some((scenario.name.text.clone(), plan, cost))
    };
    scenarios(file).filter_map(under).collect()
}

/// What a purchase can cost at most, and what it gives beside that.
fn costs(plan: &Arc<Plan>, cost: Option<&LargestCost>, witness: bool) -> String {
    let Some(cost) = cost else {
        return "largest cost of a purchase: its numbers are too large\n".to_owned();
    };
    let mut text = format!("largest cost of a purchase: {}", cost.money.told(plan, None));
    let situation = if cost.situation.is_empty() { String::new() } else { format!(" ({})", cost.situation) };
    let _ = writeln!(text, "{situation}");
    for (unit, cost) in &cost.units {
        let _ = writeln!(text, "  without worth: {}", cost.told(plan, Some(*unit)));
    }
    if witness {
        match earnest::analysis::witness(plan) {
            Some(found) => {
                let _ = write!(text, "{} of it:\n\n{}", found.reached(), found.example);
            }
            None => text.push_str("no purchase to show\n"),
        }
    }
    text
}

/// The largest cost for programs; exact numbers as texts.
#[derive(Debug, Serialize)]
struct FoundCost<'a> {
    file: &'a str,
    told: String,
    share: String,
    fixed: String,
    per: BTreeMap<String, String>,
    open: Vec<String>,
    situation: String,
    units: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    scenarios: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    witness: Option<FoundWitness>,
}

#[derive(Debug, Serialize)]
struct FoundWitness {
    cost: String,
    bound: String,
    example: String,
}

fn found_cost(of: &Checked, witness: bool) -> Option<FoundCost<'_>> {
    let (source, plan) = (&of.source, of.plan.as_ref()?);
    let text = |number: Exact| number.round(Rounding::Up, 6).map(|number| number.to_string()).unwrap_or_default();
    let LargestCost { money, situation, units } = of.cost.clone()?;
    let unit = |(unit, cost): &(UnitId, Cost)| (plan.unit(*unit).key().to_owned(), cost.told(plan, Some(*unit)));
    let witness = if witness { earnest::analysis::witness(plan) } else { None };
    Some(FoundCost {
        file: source.name(),
        told: money.told(plan, None),
        share: text(money.share),
        fixed: text(money.fixed),
        per: money.per.iter().map(|(of, number)| (of.clone(), text(*number))).collect(),
        open: money.open.iter().cloned().collect(),
        situation,
        units: units.iter().map(unit).collect(),
        scenarios: of.under.iter().map(|(name, plan, cost)| (name.clone(), cost.money.told(plan, None))).collect(),
        witness: witness.map(|found| FoundWitness {
            cost: text(found.cost),
            bound: text(found.bound),
            example: found.example,
        }),
    })
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
        shown: one.shown.as_deref(),
    }
}

fn places(source: &Source, span: Span) -> (Place, Place) {
    (source.place(span.start), source.place(span.end))
}
