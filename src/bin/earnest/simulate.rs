//! `earnest simulate`: the same history under several variants, side by side.

use crate::args::{Format, SimulateArgs};
use crate::failure::{Failure, Status};
use crate::history::{Input, Lots, Times};
use crate::output::{Paint, Terminal};
use crate::program::{self, Program};
use crate::report::{MEASURES, Money, day_or_none, is_money};
use crate::table::{Side, Table, WIDTH, cut, grouped, signed};
use earnest::sim::compare::{Comparison, Earnings, Variant, VariantRun, compare, worths};
use earnest::sim::report::Sum;

/// How many variants stand beside each other: more make blocks of columns.
const BESIDE: usize = 4;

/// Runs all variants and sets them side by side.
pub(crate) fn run(args: &SimulateArgs, terminal: Terminal) -> Result<Status, Failure> {
    let programs = programs(args, terminal)?;
    let input = Input::prepare(&args.data, Times::Several)?;
    let mut runs = Vec::with_capacity(programs.len());
    for (name, program) in &programs {
        let mut earnings = Earnings::default();
        let run = input.replay(program, &mut earnings, terminal, Lots::Unnamed)?;
        let worths = worths(run.finished.book(), run.finished.as_of());
        runs.push(VariantRun { name: name.clone(), report: run.report, earnings, worths });
    }
    let Some(comparison) = compare(&runs) else { return Ok(Status::Well) };
    match args.format {
        Format::Json => terminal.print_json(&comparison)?,
        Format::Table => {
            for (_, first) in programs.iter().take(1) {
                terminal.print(&render(&comparison, &Money::of(&first.plan), terminal.out))?;
            }
        }
    }
    Ok(Status::Well)
}

fn programs(args: &SimulateArgs, terminal: Terminal) -> Result<Vec<(String, Program)>, Failure> {
    if args.files.len() + args.sets.len() < 2 {
        return Err(Failure::usage("there is nothing to compare: one program and no variant")
            .help("name a second FILE, or change a value: --set base=4%"));
    }
    let mut programs = Vec::new();
    for path in &args.files {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        programs.push((name, program::load(path, &[], terminal)?));
    }
    let Some(baseline) = programs.first().map(|(_, program)| program.source.clone()) else { return Ok(programs) };
    for set in &args.sets {
        let source = program::with_values(baseline.clone(), std::slice::from_ref(set))?;
        programs.push((set.clone(), program::compile(source, terminal)?));
    }
    Ok(programs)
}

/// Blocks of columns: what is measured, the baseline, each variant with its difference below.
fn render(comparison: &Comparison, money: &Money, paint: Paint) -> String {
    let Some((baseline, others)) = comparison.variants.split_first() else { return String::new() };
    let as_of = day_or_none(comparison.history.as_of);
    let head = format!("{} · {as_of} · {} variants", baseline.program, others.len());
    let mut text = format!("{}\n", paint.bold(&cut(&head, WIDTH)));
    for some in others.chunks(BESIDE - 1) {
        text.push('\n');
        text.push_str(&block(baseline, some, money, paint));
    }
    text
}

fn block(baseline: &Variant, others: &[Variant], money: &Money, paint: Paint) -> String {
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
            deltas(&mut table, others, |variant| variant.delta.points.get(unit).and_then(of).unwrap_or_default());
        }
    }
    for (ladder, tiers) in &baseline.totals.tiers.0 {
        for (tier, count) in &tiers.0 {
            let of = |variant: &Variant| {
                variant.totals.tiers.get(ladder).and_then(|tiers| tiers.get(tier)).copied().unwrap_or_default()
            };
            let cells = std::iter::once(grouped(count)).chain(others.iter().map(|variant| grouped(of(variant))));
            table.row(std::iter::once(format!("{ladder}: {tier}")).chain(cells));
            deltas(&mut table, others, |variant| {
                let delta = variant.delta.tiers.get(ladder).and_then(|tiers| tiers.get(tier)).copied();
                Sum(i128::from(delta.unwrap_or_default()) * 1_000_000)
            });
        }
    }
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

/// A line of differences, where there are any.
fn deltas(table: &mut Table, others: &[Variant], of: impl Fn(&Variant) -> Sum) {
    let values: Vec<Sum> = others.iter().map(of).collect();
    if values.iter().any(|value| *value != Sum::ZERO) {
        let cells = values.iter().map(|value| if *value == Sum::ZERO { String::new() } else { signed(value) });
        table.row([String::new(), String::new()].into_iter().chain(cells));
    }
}
