//! `earnest diff`: what changes in meaning from one program to another, and on a history what it costs.

use crate::args::{DiffArgs, WordsFormat};
use crate::describe::language;
use crate::failure::{Failure, Status};
use crate::history::{Input, Times};
use crate::output::Terminal;
use crate::program::{self, Program};
use crate::several::Variant;
use earnest::sim::compare::{Comparison, compare};
use earnest::sim::report::{Points, Sum};
use earnest::value::Exact;
use earnest::words::{Change, Differences, Effect, Figure, Measured, differences};
use serde::Serialize;

/// The changes for programs, with the comparison where a history was asked.
#[derive(Debug, Serialize)]
struct Told<'a> {
    language: &'a str,
    title: &'a str,
    same: bool,
    changes: &'a [Change],
    #[serde(skip_serializing_if = "Option::is_none")]
    effect: Option<&'a Comparison>,
}

/// Says what changes.
pub(crate) fn run(args: &DiffArgs, terminal: Terminal) -> Result<Status, Failure> {
    let old = program::load(&args.old, &[], None, terminal)?;
    let new = program::load(&args.new, &[], None, terminal)?;
    let language = language(&args.language)?;
    let told = differences(&old.file, &new.file, &language);
    let comparison = match args.data.of_history() {
        Some(data) => compared(&Input::prepare(&data, Times::Several)?, &old, &new, terminal)?,
        None => None,
    };
    match args.format {
        WordsFormat::Json => terminal.print_json(&as_data(&told, comparison.as_ref()))?,
        WordsFormat::Markdown => {
            let effect = comparison.as_ref().and_then(|comparison| effect(comparison, &new));
            terminal.print(&told.to_markdown(effect.as_ref(), &language))?;
        }
    }
    Ok(Status::Well)
}

fn as_data<'a>(told: &'a Differences, effect: Option<&'a Comparison>) -> Told<'a> {
    Told { language: &told.language, title: &told.title, same: told.same, changes: &told.changes, effect }
}

/// The history through both programs.
fn compared(input: &Input, old: &Program, new: &Program, terminal: Terminal) -> Result<Option<Comparison>, Failure> {
    let variant = |name: &str, program: Program| Variant {
        name: name.to_owned(),
        tree: None,
        program,
        assumptions: Vec::new(),
        explain: String::new(),
    };
    let both = [variant("old", old.clone()), variant("new", new.as_variant())];
    Ok(compare(&input.replay_all(&both, &[], terminal)?))
}

/// The figures that a reader of the change asks for.
fn effect(comparison: &Comparison, new: &Program) -> Option<Effect> {
    let [before, after] = comparison.variants.as_slice() else { return None };
    let mut figures = Vec::new();
    let mut units: Vec<&String> = before.totals.points.0.iter().map(|(unit, _)| unit).collect();
    units.extend(
        after
            .totals
            .points
            .0
            .iter()
            .map(|(unit, _)| unit)
            .filter(|unit| !before.totals.points.0.iter().any(|(known, _)| known == *unit)),
    );
    for unit in units {
        let (old, now) = (before.totals.points.get(unit), after.totals.points.get(unit));
        for (measure, of) in MEASURES {
            let (old, new) = (old.map_or(Sum::ZERO, of), now.map_or(Sum::ZERO, of));
            if old != Sum::ZERO || new != Sum::ZERO {
                figures.push(Figure { of: Measured::Units(unit.clone(), measure), old: exact(old), new: exact(new) });
            }
        }
        let owed = |points: Option<&Points>| points.and_then(|points| points.liability);
        if owed(old).is_some() || owed(now).is_some() {
            let (old, new) = (owed(old).unwrap_or(Sum::ZERO), owed(now).unwrap_or(Sum::ZERO));
            figures.push(Figure { of: Measured::Owed(unit.clone()), old: exact(old), new: exact(new) });
        }
    }
    for (ladder, tiers) in &after.totals.tiers.0 {
        for (tier, count) in &tiers.0 {
            let old = before.totals.tiers.get(ladder).and_then(|tiers| tiers.get(tier)).copied().unwrap_or_default();
            let of = Measured::Tier(ladder.clone(), tier.clone());
            figures.push(Figure { of, old: Exact::whole(old), new: Exact::whole(*count) });
        }
    }
    Some(Effect {
        as_of: comparison.history.as_of,
        currency: new.plan.currency.clone(),
        figures,
        better: after.members.better,
        worse: after.members.worse,
        same: after.members.same,
    })
}

/// A measure of a unit and its name in messages.
type OfPoints = (&'static str, fn(&Points) -> Sum);

const MEASURES: [OfPoints; 8] = [
    ("earned", |points| points.earned),
    ("reversed", |points| points.reversed),
    ("redeemed", |points| points.redeemed),
    ("expired", |points| points.expired),
    ("adjusted", |points| points.adjusted),
    ("pending", |points| points.pending),
    ("balance", |points| points.balance),
    ("debt", |points| points.debt),
];

fn exact(sum: Sum) -> Exact {
    Exact::new(sum.0, 1_000_000).unwrap_or(Exact::ZERO)
}
