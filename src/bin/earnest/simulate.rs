//! `earnest simulate`: the same history under several variants, side by side.

use crate::args::{DataArgs, Format, SimulateArgs};
use crate::describe::language;
use crate::failure::{Failure, Status};
use crate::files;
use crate::history::{Input, Times};
use crate::output::{Paint, Terminal};
use crate::page::{Origin, page};
use crate::program::{self, Program};
use crate::receipt::{self, Arguments, Inputs, Receipt, Told};
use crate::report::{MEASURES, Money, day_or_none, is_money};
use crate::run::name_of;
use crate::several::Variant;
use crate::table::{Side, Table, WIDTH, cut, grouped, length, signed, signed_money};
use crate::why;
use earnest::analysis::largest_cost;
use earnest::check::scenario::{assumptions, levels, scenarios, variant as variant_of};
use earnest::diag::nearest;
use earnest::eval::plain;
use earnest::sim::compare::{self, Comparison, VariantRun, compare};
use earnest::sim::count::{Counting, ISSUE_MONTH};
use earnest::sim::report::{Named, Sum};
use earnest::sim::variant;
use earnest::syntax::ast::{File, Scenario};
use earnest::ty::Scope;
use earnest::words::{Change, Clause, Examples, Kind, Language, Part, What, describe, differences};
use std::path::{Path, PathBuf};

/// What the program without changes is called where all variants are changes of it.
pub(crate) const AS_IT_IS: &str = "as it is";
/// How many variants stand beside each other: more make blocks of columns.
const BESIDE: usize = 4;

/// Runs all variants and sets them side by side.
pub(crate) fn run(args: &SimulateArgs, terminal: Terminal) -> Result<Status, Failure> {
    let chosen = Chosen {
        files: &args.files,
        scenarios: &args.scenarios,
        sets: &args.sets,
        sweeps: &args.sweeps,
        data: &args.data,
    };
    let variants = chosen.variants(terminal)?;
    check_by(&variants, &args.by)?;
    let input = Input::prepare(&args.data, Times::Several)?;
    let mut inputs = input.paths();
    inputs.extend(args.files.iter().map(PathBuf::as_path));
    let receipt = args.receipt.as_deref();
    files::keep_apart(&[args.report.as_deref(), args.data.rejects.as_deref(), receipt], &inputs)?;
    receipt::refuse_stdin(receipt, &inputs)?;
    let language = language(&args.language)?;
    let by = attributes(&variants, args);
    let runs = input.replay_all(&variants, &by, terminal)?;
    let Some(comparison) = compare(&runs) else { return Ok(Status::Well) };
    if let Some(path) = receipt {
        receipt_of(path, args, &input, &variants, &by, &comparison)?.write(path)?;
    }
    if let (Some(path), Some(first)) = (&args.report, variants.first()) {
        let largest = |variant: &Variant| {
            largest_cost(&variant.program.plan)
                .map_or_else(|_| String::new(), |cost| cost.money.told(&variant.program.plan, None))
        };
        let origin = Origin {
            program: first.program.source.name().to_owned(),
            data: input.hashes()?,
            rules: in_words(&first.program.file, &language),
            tried: variants.iter().map(|variant| tried(first, variant, &language)).collect(),
            worths: worths(&runs),
            largest_costs: variants.iter().map(largest).collect(),
        };
        let money = Money::of(&first.program.plan);
        let page = page(&comparison, &money, &origin, &language)?;
        std::fs::write(path, page).map_err(|error| Failure::file("write", files::shown(path), &error))?;
    }
    match args.format {
        Format::Json => terminal.print_json(&comparison)?,
        Format::Table => {
            for first in variants.iter().take(1) {
                terminal.print(&render(&comparison, &Money::of(&first.program.plan), terminal.out))?;
            }
        }
    }
    Ok(Status::Well)
}

/// Is a part a term, and not what is tried, counted or shown?
fn is_term(part: &Part) -> bool {
    !matches!(part.kind, Kind::Data | Kind::Scenario | Kind::Measure | Kind::Example)
}

/// What a part says, in one line; a row of a table names its columns where there are more than two.
fn said(part: &Part) -> String {
    let row = |head: &[String], row: &[String]| {
        let cell = |(at, cell): (usize, &String)| match head.get(at) {
            Some(head) if at > 1 && !head.is_empty() => format!("{head} {cell}"),
            _ => cell.clone(),
        };
        row.iter().enumerate().filter(|(_, cell)| !cell.is_empty()).map(cell).collect::<Vec<_>>().join(", ")
    };
    let clause = |clause: &Clause| {
        let text = [&clause.label, &clause.text].map(|text| text.trim_end_matches('.'));
        let text = text.into_iter().filter(|text| !text.is_empty());
        let text = Some(text.collect::<Vec<_>>().join(": ")).filter(|text| !text.is_empty());
        let rows = clause.table.iter().flat_map(|table| table.rows.iter().map(|cells| row(&table.head, cells)));
        text.into_iter().chain(rows).collect::<Vec<_>>()
    };
    part.clauses.iter().flat_map(clause).collect::<Vec<_>>().join("; ")
}

/// What a part is about.
fn heading(part: &Part) -> &str {
    if part.heading.is_empty() { &part.name } else { &part.heading }
}

/// The terms of the baseline, a line for each declaration.
fn in_words(file: &File, language: &Language) -> Vec<String> {
    let told = describe(file, language, Examples::Left);
    let line = |part: &Part| match (heading(part), said(part)) {
        ("", said) => said,
        (name, said) => language.text("report-changed", &[("name", name), ("clauses", &said)]),
    };
    told.chapters.iter().flat_map(|chapter| &chapter.parts).filter(|part| is_term(part)).map(line).collect()
}

/// What a variant does otherwise than the baseline, a line for each declaration.
fn tried(baseline: &Variant, variant: &Variant, language: &Language) -> Vec<String> {
    let (Some(old), Some(new)) = (&baseline.tree, &variant.tree) else { return Vec::new() };
    let told = differences(old, new, language);
    let line = |change: &Change| {
        let (heading, clauses) = (heading(&change.part), said(&change.part));
        let key = match change.what {
            What::Changed => "report-changed",
            What::Renamed => "report-renamed",
            What::Added => "report-added",
            What::Removed => return language.text("report-removed", &[("name", heading)]),
        };
        language.text(key, &[("name", heading), ("clauses", &clauses)])
    };
    told.changes.iter().filter(|change| is_term(&change.part)).map(line).collect()
}

/// What each unit of the baseline is worth, where all variants have it so: its name and the money.
fn worths(runs: &[VariantRun]) -> Vec<(String, String)> {
    let of = |run: &VariantRun, key: &str| {
        let at = run.plan.units.iter().position(|unit| unit.key() == key)?;
        run.worths.get(at).copied().flatten()
    };
    let Some(base) = runs.first() else { return Vec::new() };
    let shared = |key: &str| of(base, key).filter(|worth| runs.iter().all(|run| of(run, key) == Some(*worth)));
    let units = base.plan.units.iter().map(earnest::plan::Unit::key);
    units.filter_map(|key| Some((key.to_owned(), plain(shared(key)?)))).collect()
}

/// By what is counted: what was asked for, and for a report all attributes of receipts and members, and the category.
fn attributes(variants: &[Variant], args: &SimulateArgs) -> Vec<String> {
    let mut by = args.by.clone();
    if args.report.is_some() {
        for (name, scope, _) in variants.iter().flat_map(|variant| Counting::attributes(&variant.program.plan)) {
            if (scope != Scope::Line || name == "category") && !by.contains(&name) {
                by.push(name);
            }
        }
    }
    by
}

/// Every attribute by which is counted must be one that some variant declares.
fn check_by(variants: &[Variant], by: &[String]) -> Result<(), Failure> {
    let known: Vec<String> = variants
        .iter()
        .flat_map(|variant| Counting::attributes(&variant.program.plan))
        .map(|(name, ..)| name)
        .chain([ISSUE_MONTH.to_owned()])
        .collect();
    let Some(name) = by.iter().find(|name| !known.contains(name)) else { return Ok(()) };
    let failure = Failure::usage(format_args!("--by {name}: no program declares a text or yes/no of that name"));
    Err(match nearest(name, known.iter().map(String::as_str)) {
        Some(near) => failure.help(format_args!("did you mean `{near}`?")),
        None => failure.help("declare it in `data`, such as: receipt city text"),
    })
}

/// What a simulation went through, for who repeats it.
fn receipt_of<'a>(
    path: &Path,
    args: &SimulateArgs,
    input: &Input,
    variants: &'a [Variant],
    by: &[String],
    comparison: &'a Comparison,
) -> Result<Receipt<Told<'a>>, Failure> {
    let arguments = Arguments {
        set: args.sets.clone(),
        scenario: args.scenarios.clone(),
        sweep: args.sweeps.clone(),
        by: by.to_vec(),
        ..Arguments::of(&args.data)
    };
    let programs = args.files.iter().map(PathBuf::as_path).collect();
    let plans = variants.iter().map(|variant| &*variant.program.plan);
    Receipt::of_variants(Inputs { receipt: path, programs, input, arguments }, plans, comparison)
}

/// What is to be compared.
pub(crate) struct Chosen<'a> {
    /// Rule files; the first is the baseline.
    pub(crate) files: &'a [PathBuf],
    /// Scenarios of the first.
    pub(crate) scenarios: &'a [String],
    /// Values put into the first.
    pub(crate) sets: &'a [String],
    /// Rows of values put into the first.
    pub(crate) sweeps: &'a [String],
    /// The history and what belongs to it.
    pub(crate) data: &'a DataArgs,
}

impl Chosen<'_> {
    /// The variants, the baseline first.
    pub(crate) fn variants(&self, terminal: Terminal) -> Result<Vec<Variant>, Failure> {
        let mut variants = Vec::new();
        for path in self.files {
            let program = program::load(path, &[], None, terminal)?;
            let program = if variants.is_empty() { program } else { program.as_variant() };
            let explain = why::command(path, self.data, &[]);
            let tree = Some(program.file.clone());
            let name = if self.files.len() > 1 { name_of(path) } else { AS_IT_IS.to_owned() };
            variants.push(Variant { name, program, tree, assumptions: Vec::new(), explain });
        }
        let Some(baseline) = variants.first().map(|first| first.program.clone()) else { return Ok(variants) };
        let mut chosen: Vec<Scenario> = Vec::new();
        for name in self.scenarios {
            chosen.push(baseline.scenario(name)?.clone());
        }
        let alone = self.files.len() == 1 && self.sets.is_empty() && self.sweeps.is_empty();
        if alone && chosen.is_empty() {
            chosen.extend(scenarios(&baseline.file).cloned());
        }
        for scenario in &chosen {
            variants.extend(self.of_scenario(&baseline, scenario, terminal)?);
        }
        for sets in self.sets.iter().map(|set| vec![set.clone()]).chain(swept(self.sweeps)?) {
            let source = program::with_values(baseline.source.clone(), &sets)?;
            let program = program::compile(source, terminal)?.as_variant();
            let how: Vec<(&str, &str)> = sets.iter().map(|set| ("--set", set.as_str())).collect();
            let explain = self.explain(&how);
            variants.push(Variant { name: sets.join(", "), program, tree: None, assumptions: Vec::new(), explain });
        }
        if variants.len() < 2 {
            return Err(Failure::usage("there is nothing to compare: one program and no variant").help(
                "name a second FILE, change a value (--set base=4%, --sweep base=3%..7%..1%), or write a scenario into the file",
            ));
        }
        Ok(variants)
    }

    /// The variants of a scenario: three where an assumption has three numbers.
    fn of_scenario(
        &self,
        baseline: &Program,
        scenario: &Scenario,
        terminal: Terminal,
    ) -> Result<Vec<Variant>, Failure> {
        let levels = levels(scenario);
        let mut variants = Vec::new();
        for level in levels {
            let name = &scenario.name.text;
            let name = if levels.len() > 1 { format!("{name}: {}", level.word()) } else { name.clone() };
            let program = baseline.under(scenario, *level, terminal)?.as_variant();
            let assumptions = assumptions(&baseline.file, scenario, *level);
            let explain = self.explain(&[("--scenario", scenario.name.text.as_str())]);
            let (tree, _) = variant_of(&baseline.file, scenario, *level);
            variants.push(Variant { name, program, tree: Some(tree), assumptions, explain });
        }
        Ok(variants)
    }

    /// The command that explains a member's receipts under a change of the first program.
    fn explain(&self, how: &[(&str, &str)]) -> String {
        self.files.first().map_or_else(String::new, |first| why::command(first, self.data, how))
    }
}

/// The assignments of each variant of the sweeps: one sweep is a row, two are a grid.
fn swept(sweeps: &[String]) -> Result<Vec<Vec<String>>, Failure> {
    let mut grid: Vec<Vec<String>> = Vec::new();
    for (at, text) in sweeps.iter().enumerate() {
        let values = variant::sweep(text).map_err(|error| Failure::usage(format_args!("--sweep {text}: {error}")))?;
        grid = match at {
            0 => values.into_iter().map(|value| vec![value]).collect(),
            1 => grid
                .iter()
                .flat_map(|row| values.iter().map(|value| row.iter().chain([value]).cloned().collect()))
                .collect(),
            _ => return Err(Failure::usage("more than two sweeps make no grid that can be read").help("leave one out")),
        };
    }
    if grid.len() > variant::SWEEP_MAX {
        let most = variant::SWEEP_MAX;
        return Err(Failure::usage(format_args!("two sweeps make {} variants, at most {most} are run", grid.len()))
            .help("take larger steps"));
    }
    Ok(grid)
}

/// Blocks of columns: what is measured, the baseline, each variant with its difference below.
fn render(comparison: &Comparison, money: &Money, paint: Paint) -> String {
    let Some((baseline, others)) = comparison.variants.split_first() else { return String::new() };
    let as_of = day_or_none(comparison.history.as_of);
    let head = format!("{} · {as_of} · {} variants", baseline.program, others.len());
    let mut text = format!("{}\n", paint.bold(&cut(&head, WIDTH)));
    for variant in others {
        for assumed in &variant.assumptions {
            text.push_str(&told("assumed", &format!("{}: {assumed}", variant.name)));
        }
    }
    for some in others.chunks(BESIDE - 1) {
        text.push('\n');
        text.push_str(&block(baseline, some, money, paint));
    }
    text.push_str(&why::changes(others, money, paint));
    text.push_str(&why::near(baseline, others, paint));
    text
}

/// A remark in lines that fit.
fn told(head: &str, text: &str) -> String {
    let mut lines = String::new();
    let mut line = format!("{head}:");
    for word in text.split_whitespace() {
        if length(&line) + 1 + length(word) > WIDTH {
            lines.push_str(&line);
            lines.push('\n');
            line = " ".repeat(head.len() + 1);
        }
        line.push(' ');
        line.push_str(word);
    }
    format!("{lines}{line}\n")
}

/// Rows of what was counted beside the totals: money, measures, what redemptions could not take.
fn counted(table: &mut Table, baseline: &compare::Variant, others: &[compare::Variant], money: &Money) {
    type Rows = fn(&compare::Variant) -> &Named<Sum>;
    let total: Rows = |variant| &variant.counts.total;
    let measures: Rows = |variant| &variant.counts.measures;
    let shortfall: Rows = |variant| &variant.counts.shortfall;
    let mut rows: Vec<(String, Rows, String, bool)> = Vec::new();
    for name in ["revenue", "discounts", "cost"] {
        rows.push((format!("{name}, {}", money.currency), total, name.to_owned(), true));
    }
    for variant in std::iter::once(baseline).chain(others) {
        for (name, _) in &variant.counts.measures.0 {
            rows.push((name.clone(), measures, name.clone(), false));
        }
        for (unit, _) in &variant.counts.shortfall.0 {
            rows.push((format!("{unit}: shortfall"), shortfall, unit.clone(), false));
        }
    }
    let mut done: Vec<&str> = Vec::new();
    for (label, of, name, is_money) in &rows {
        let value = |variant: &compare::Variant| of(variant).get(name).copied();
        let all = std::iter::once(baseline).chain(others);
        let values: Vec<Option<Sum>> = all.map(value).collect();
        if done.contains(&label.as_str()) || values.iter().all(|value| value.is_none_or(|sum| sum == Sum::ZERO)) {
            continue;
        }
        done.push(label);
        let shown = |sum: Sum| if *is_money { money.show(sum) } else { grouped(sum) };
        let cells = values.iter().map(|value| value.map_or("–".to_owned(), shown));
        table.row(std::iter::once(cut(label, 24)).chain(cells));
        let before = value(baseline).unwrap_or_default();
        let change = |sum| if *is_money { signed_money(sum, money.decimals) } else { signed(sum) };
        deltas(table, others, |variant| value(variant).unwrap_or_default().minus(before), change);
    }
}

fn block(baseline: &compare::Variant, others: &[compare::Variant], money: &Money, paint: Paint) -> String {
    let names: Vec<String> =
        std::iter::once(baseline).chain(others).map(|variant| cut(&variant.name, 60 / (others.len() + 1))).collect();
    let mut heads = vec![("", Side::Left)];
    heads.extend(names.iter().map(|name| (name.as_str(), Side::Right)));
    let mut table = Table::new(&heads);
    let show = |sum: Sum| grouped(sum);
    for (unit, points) in &baseline.totals.points.0 {
        for (measure, of) in MEASURES {
            let shown = |sum: Sum| if is_money(measure) { money.show(sum) } else { show(sum) };
            let all = std::iter::once(baseline).chain(others);
            let values: Vec<Option<Sum>> = all.map(|variant| variant.totals.points.get(unit).and_then(of)).collect();
            let _ = points;
            if measure != "balance" && values.iter().all(|value| value.is_none_or(|sum| sum == Sum::ZERO)) {
                continue;
            }
            let label = if is_money(measure) { format!(", {}", money.currency) } else { String::new() };
            let cells = values.iter().map(|value| value.map_or("–".to_owned(), shown));
            table.row(std::iter::once(format!("{unit}: {measure}{label}")).chain(cells));
            let change = |sum| if is_money(measure) { signed_money(sum, money.decimals) } else { signed(sum) };
            let of = |variant: &compare::Variant| variant.delta.points.get(unit).and_then(of).unwrap_or_default();
            deltas(&mut table, others, of, change);
        }
    }
    counted(&mut table, baseline, others, money);
    tiers(&mut table, baseline, others);
    for (label, of) in [
        ("members better off", (|members| members.better) as fn(&earnest::sim::compare::Members) -> u64),
        ("members worse off", |members| members.worse),
        ("members the same", |members| members.same),
    ] {
        let cells = others.iter().map(|variant| grouped(of(&variant.members)));
        table.row([label.to_owned(), "–".to_owned()].into_iter().chain(cells));
    }
    table.render(paint)
}

/// Members by tier at the end, also on ladders that only some variants have.
fn tiers(table: &mut Table, baseline: &compare::Variant, others: &[compare::Variant]) {
    let all = || std::iter::once(baseline).chain(others);
    let mut done: Vec<(&str, &str)> = Vec::new();
    for (ladder, tiers) in all().flat_map(|variant| &variant.totals.tiers.0) {
        for (tier, _) in &tiers.0 {
            if done.contains(&(ladder, tier)) {
                continue;
            }
            done.push((ladder, tier));
            let of = |variant: &compare::Variant| {
                variant.totals.tiers.get(ladder).and_then(|tiers| tiers.get(tier)).copied()
            };
            let cells = all().map(|variant| of(variant).map_or_else(|| "–".to_owned(), grouped));
            table.row(std::iter::once(format!("{ladder}: {tier}")).chain(cells));
            let change = |variant: &compare::Variant| match (of(baseline), of(variant)) {
                (Some(before), Some(after)) => Sum(i128::from(after.saturating_sub(before)).saturating_mul(1_000_000)),
                _ => Sum::ZERO,
            };
            deltas(table, others, change, signed);
        }
    }
}

/// A line of differences, where there are any.
fn deltas(
    table: &mut Table,
    others: &[compare::Variant],
    of: impl Fn(&compare::Variant) -> Sum,
    show: impl Fn(Sum) -> String,
) {
    let values: Vec<Sum> = others.iter().map(of).collect();
    if values.iter().any(|value| *value != Sum::ZERO) {
        let cells = values.iter().map(|value| if *value == Sum::ZERO { String::new() } else { show(*value) });
        table.row([String::new(), String::new()].into_iter().chain(cells));
    }
}
