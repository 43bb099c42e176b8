//! Example blocks that are made: from what a member did, or from the bounds of a program.
//!
//! The facts are put together first, then run through the evaluator as any example is, and what they come to is
//! written behind them. Each block is checked and run once more as it would stand in the file; what does not pass as
//! it is, is left out, and said.

mod bounds;
mod member;
mod search;
mod steps;
mod story;

pub use bounds::boundaries;
pub use member::{Links, MemberStory};

use super::example::{Stage, run_examples};
use crate::eval::Fault;
use crate::plan::{LadderId, Plan, RuleId, Unit, UnitId};
use crate::source::Source;
use crate::syntax::ast::{Example, ExampleFact, Fact, File, Item, Step};
use crate::time::Day;
use crate::value::Amount;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What was made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Made {
    /// Example blocks in the canonical layout; empty where there are none.
    pub text: String,
    /// How many they are.
    pub count: usize,
    /// What could not be made or said, and why.
    pub left: Vec<String>,
}

/// Whose facts and expectations need no name.
fn subject(steps: &[Step]) -> String {
    let example = Example { name: steps::name(""), steps: steps.to_vec(), span: crate::source::Span::default() };
    example.subject().to_owned()
}

fn example(called: &str, steps: Vec<Step>) -> Example {
    Example { name: steps::name(called), steps, span: crate::source::Span::default() }
}

/// What else is to be expected of facts.
#[derive(Debug, Clone, Copy, Default)]
struct Asked<'a> {
    /// Rules of which also nothing is said, behind the last fact.
    nothing_of: Option<&'a str>,
    /// The ladder whose tier is said behind the last fact.
    tier_of: Option<LadderId>,
    /// As of which day balances and tiers are said at the end.
    end: Option<Day>,
}

/// Facts with what they come to.
fn with_expectations(plan: &Arc<Plan>, called: &str, facts: Vec<Step>, asked: Asked<'_>) -> Result<Example, Fault> {
    let (whose, given) = (subject(&facts), example(called, facts));
    let mut stage = Stage::new(plan, &given);
    let mut told = Vec::new();
    let last = given.steps.iter().rposition(|step| matches!(step, Step::Fact(_)));
    for (at, step) in given.steps.iter().enumerate() {
        stage.go(at)?;
        told.push(step.clone());
        let Step::Fact(fact) = step else { continue };
        let nothing_of = asked.nothing_of.filter(|_| Some(at) == last);
        told.extend(of_fact(plan, &stage, fact, &whose, nothing_of));
        if let Some(ladder) = asked.tier_of.filter(|_| Some(at) == last) {
            told.extend(standing(plan, &stage, &whose, ladder));
        }
    }
    if let Some(day) = asked.end {
        told.extend(at_end(plan, stage, &whose, day)?);
    }
    Ok(example(called, told))
}

/// What a fact gave and took off, by rule, and as what it was counted.
fn of_fact(plan: &Plan, stage: &Stage<'_>, fact: &ExampleFact, whose: &str, nothing_of: Option<&str>) -> Vec<Step> {
    let mut given: BTreeMap<(RuleId, UnitId, Option<&str>), i64> = BTreeMap::new();
    for row in &stage.rows {
        let Some(rule) = row.rule else { continue };
        // What a household has together is nobody's.
        let pooled = plan.unit(row.unit).pooled_by.is_some();
        let of = Some(row.member.as_str()).filter(|_| !pooled);
        let sum = given.entry((rule, row.unit, of)).or_default();
        *sum = sum.saturating_add(row.amount.micros());
    }
    let mut off: BTreeMap<RuleId, i64> = BTreeMap::new();
    for (rule, money) in &stage.discounts {
        let sum = off.entry(*rule).or_default();
        *sum = sum.saturating_add(money.micros());
    }
    let mut told: Vec<Step> = Vec::new();
    for ((id, unit, of), sum) in &given {
        let rule = plan.rule(*id).name.as_str();
        let sum = Amount::from_micros(*sum);
        // Without a name everybody's is meant.
        let alone = given.keys().filter(|key| (key.0, key.1) == (*id, *unit)).count() == 1;
        let of = if alone { other(*of, whose) } else { *of };
        told.push(steps::award(sum, noun(plan, *unit, sum), Some(rule), of));
    }
    for (rule, sum) in off.iter().filter(|(_, sum)| **sum != 0) {
        told.push(steps::award(Amount::from_micros(*sum), &plan.currency, Some(&plan.rule(*rule).name), None));
    }
    told.extend(stage.notes.iter().map(|code| steps::note(code)));
    let gave =
        |name: &str| given.keys().map(|key| key.0).chain(off.keys().copied()).any(|id| plan.rule(id).name == name);
    let first = plan.units.first().map(Unit::key);
    match nothing_of.filter(|name| !gave(name)) {
        Some(name) => told.extend(first.map(|noun| steps::award(Amount::ZERO, noun, Some(name), None))),
        None if told.is_empty() && is_of_money(fact) => {
            told.extend(first.map(|noun| steps::award(Amount::ZERO, noun, None, None)));
        }
        None => {}
    }
    told
}

/// `bean` for one, `beans` for several.
fn noun(plan: &Plan, unit: UnitId, number: Amount) -> &str {
    let unit = plan.unit(unit);
    unit.nouns.first().filter(|_| number == Amount::ONE).map_or(unit.key(), String::as_str)
}

/// Who is not who is meant anyway.
fn other<'a>(of: Option<&'a str>, whose: &str) -> Option<&'a str> {
    of.filter(|of| *of != whose)
}

/// Of these facts one also wants to know that they gave nothing.
const fn is_of_money(fact: &ExampleFact) -> bool {
    matches!(fact.fact, Fact::Purchase | Fact::Return | Fact::Action(_))
}

/// The tier that a member holds.
fn standing(plan: &Plan, stage: &Stage<'_>, whose: &str, ladder: LadderId) -> Option<Step> {
    let (tier, _) = stage.book.member(whose)?.tier(ladder);
    let ladder = plan.ladder(ladder);
    Some(steps::tier(&ladder.name, &ladder.tiers.get(usize::from(tier))?.name, None, None))
}

/// Balances and tiers of everybody at the end.
fn at_end(plan: &Arc<Plan>, mut stage: Stage<'_>, whose: &str, day: Day) -> Result<Vec<Step>, Fault> {
    stage.book.finish(day, &mut ())?;
    let on = Some(day);
    let mut told = Vec::new();
    for member in stage.book.members() {
        let of = other(Some(member.name()), whose);
        for (at, unit) in plan.units.iter().enumerate().filter(|(_, unit)| unit.pooled_by.is_none()) {
            let number = member.balance(UnitId::new(at));
            told.push(steps::balance(number, unit.key(), noun(plan, UnitId::new(at), number), of, on));
        }
        if member.joined().is_none() {
            continue;
        }
        for (at, ladder) in plan.ladders.iter().enumerate() {
            let (tier, _) = member.tier(LadderId::new(at));
            told.extend(ladder.tiers.get(usize::from(tier)).map(|tier| steps::tier(&ladder.name, &tier.name, of, on)));
        }
    }
    Ok(told)
}

/// Examples that pass as they stand behind the text of the file; of the others, why they do not.
fn proven(source: &Source, examples: Vec<Example>) -> Made {
    let mut made = Made::default();
    let mut passing = Vec::new();
    for example in examples {
        let text = crate::syntax::print(&File { items: vec![Item::Example(example.clone())], ..File::default() });
        let whole = Source::new(source.name(), format!("{}\n{text}", source.text()));
        let compiled = crate::syntax::parse(&whole);
        let wrong = if compiled.diagnostics.is_empty() {
            let checked = crate::check::check(&whole, &compiled.file);
            match checked.plan {
                Some(plan) => failing(&Arc::new(plan), &compiled.file, &example.name.text),
                None => checked.diagnostics.first().map(|found| found.message.clone()),
            }
        } else {
            compiled.diagnostics.first().map(|found| found.message.clone())
        };
        match wrong {
            None => passing.push(Item::Example(example)),
            Some(why) => made.left.push(format!("example \"{}\": {why}", example.name.text)),
        }
    }
    made.count = passing.len();
    made.text = crate::syntax::print(&File { items: passing, ..File::default() });
    made
}

/// What of an example does not hold.
fn failing(plan: &Arc<Plan>, file: &File, called: &str) -> Option<String> {
    let items = file.items.iter().filter(|item| matches!(item, Item::Example(of) if of.name.text == called));
    let alone = File { items: items.cloned().collect(), ..File::default() };
    let results = run_examples(plan, &alone);
    let failure = results.iter().flat_map(|result| &result.failures).next()?;
    Some(format!("expected {}, got {}", failure.expected, failure.got))
}

/// A name that no example of the file bears yet.
fn free_name(file: &File, taken: &[Example], wanted: &str) -> String {
    let in_file = file.items.iter().filter_map(|item| if let Item::Example(of) = item { Some(of) } else { None });
    let known: Vec<&str> = in_file.chain(taken).map(|of| of.name.text.as_str()).collect();
    let mut name = wanted.to_owned();
    let mut number = 2_u32;
    while known.contains(&name.as_str()) {
        name = format!("{wanted} ({number})");
        number = number.saturating_add(1);
    }
    name
}
