//! A program that follows another takes its book over, and goes on as if it had kept it from the first fact.

use super::compare::{Both, differences, kind_of, show, shrink_by};
use super::generate::{Case, Decl, Rng, case};
use super::product::{Gather, Result, compile, opening, second, states, to_event, values};
use super::world::Setup;
use earnest::eval::{Book, BookOptions};
use earnest::plan::Plan;
use earnest::time::Day;
use earnest::ty::{self, Event};
use std::collections::BTreeMap;
use std::sync::Arc;

const OPTIONS: BookOptions = BookOptions { named_lots: true, strict: false };

/// What was looked at.
#[derive(Debug, Default)]
pub struct Seen {
    pub cases: usize,
    pub taken_over: usize,
    pub refused: BTreeMap<String, usize>,
    /// What the new program says else, where it took over.
    pub changes: BTreeMap<&'static str, usize>,
    pub differ: Vec<String>,
}

/// The new terms from a day on, and what is new in them.
fn followed(old: &Case, version: &str, day: Day, rng: &mut Rng) -> (Case, &'static str) {
    let mut new = old.clone();
    new.decls[0].clauses.push(format!("continues \"{version}\" from {day}"));
    let decl = |head: String, clause: &str| Decl { head, clauses: vec![clause.to_owned()], bare: false };
    let kind = rng.below(5);
    let last = day.plus_days(-1).unwrap();
    let ends = new.decls.iter_mut().rev().find(|decl| decl.head.starts_with("rule") && decl.head.ends_with("\" "));
    let what = match (kind, ends) {
        (0, _) => "nothing",
        (1, Some(rule)) => {
            rule.head += &format!("to {last}");
            "a rule ends"
        }
        (2, _) => {
            let param = new.decls.iter_mut().find(|decl| decl.head.starts_with("param floor")).unwrap();
            param.head += &format!(", 50 RUB from {day}");
            "a parameter"
        }
        (3, _) => {
            new.decls.push(decl("unit apple, apples".into(), "decimals 1"));
            new.decls.push(decl(format!("rule \"Apples\" from {day}"), "give 1 apple per 50 RUB"));
            "a unit"
        }
        _ => {
            let gives = "give 7% of spend as beans, at most 20 beans per calendar month";
            new.decls.push(decl(format!("rule \"Later\" from {day}"), gives));
            "a rule"
        }
    };
    (new, what)
}

fn units(plan: &Plan, setup: &Setup) -> Vec<usize> {
    setup.units.iter().map(|unit| plan.units.iter().position(|other| other.key() == unit.key).unwrap()).collect()
}

fn events(case: &Case, book: &mut Book, units: &[usize], so: impl Fn(Day) -> bool) -> Vec<Event> {
    let plan = Arc::clone(book.plan());
    let facts = case.facts.iter().filter(|fact| so(fact.at.day) && fact.at.day <= case.as_of);
    let mut events: Vec<Event> = facts.map(|fact| to_event(fact, &plan, book.texts_mut(), units)).collect();
    events.sort_by(Event::order);
    events
}

/// Adds what a second part of a history came to.
fn joined(mut one: Result, other: Result) -> Result {
    for (key, amount) in other.rows {
        let sum = one.rows.entry(key.clone()).or_default();
        *sum = if key.4 == "open" { 1 } else { *sum + amount };
    }
    for (key, dates) in other.dates {
        one.dates.entry(key).or_default().extend(dates);
    }
    for (code, number) in other.notes {
        *one.notes.entry(code).or_default() += number;
    }
    one
}

/// The old program up to the day before, the new one from then on; why not, if the book is refused.
fn product(old: (&Case, Plan, &Setup), new: (&Case, Plan, &Setup), day: Day) -> std::result::Result<Result, String> {
    let (before, after) = (Arc::new(old.1), Arc::new(new.1));
    let told = units(&before, old.2);
    let mut book = Book::new(Arc::clone(&before), OPTIONS);
    let mut first = Gather::new(&before);
    for (name, joined, attrs) in &old.0.members {
        let values = values(&before.schema.member, attrs, book.texts_mut());
        book.add_member(&ty::Member { name: name.clone(), joined: *joined, values });
    }
    for one in &old.0.brought {
        book.open_with(&opening(one, &before, &told), &mut first).map_err(|fault| format!("old: {fault}"))?;
    }
    for event in events(old.0, &mut book, &told, |on| on < day) {
        book.apply(&event, &mut first).map_err(|fault| format!("old: {fault}"))?;
    }
    let text = serde_json::to_string(&book.snapshot()).unwrap();
    let snapshot = serde_json::from_str(&text).unwrap();
    let mut book =
        Book::take_over(Arc::clone(&after), &before, snapshot, OPTIONS).map_err(|fault| fault.to_string())?;
    let mut rest = Gather::new(&after);
    let told = units(&after, new.2);
    let later = events(new.0, &mut book, &told, |on| on >= day);
    let applied = later.iter().try_for_each(|event| book.apply(event, &mut rest).map(drop));
    let ended = applied.and_then(|()| book.finish(new.0.as_of, &mut rest).map(drop));
    let mut result = joined(first.result, rest.result);
    if let Err(fault) = ended {
        result.fault = Some(fault.to_string());
        return Ok(result);
    }
    states(&book, &after, new.2, &mut result);
    result.rows.retain(|_, amount| *amount != 0);
    Ok(result)
}

/// What a refusal is about, without names.
fn class(refusal: &str) -> String {
    let mut quoted = false;
    let mut said = String::new();
    for c in refusal.chars() {
        quoted ^= c == '`';
        if !quoted && !c.is_ascii_digit() {
            said.push(c);
        }
    }
    said
}

/// What came of one case that another program continues from a day on.
enum Came {
    /// There is no such program.
    NotSaid,
    Refused(String),
    Known,
    Alike(&'static str),
    Differs(&'static str, Vec<String>),
}

fn work(old: &Case, day: Day, number: u64) -> Came {
    let Ok((before, file)) = compile(&old.text()) else { return Came::NotSaid };
    let (new, what) = followed(old, &before.version, day, &mut Rng(number));
    let Ok((after, later)) = compile(&new.text()) else { return Came::NotSaid };
    let (setup, next) = (Setup::new(&file), Setup::new(&later));
    let product = match product((old, before, &setup), (&new, after, &next), day) {
        Ok(product) => product,
        Err(refusal) => return Came::Refused(class(&refusal)),
    };
    let mut second = second(&new, &next).0;
    second.reasons.clear();
    if second.known.is_some() {
        return Came::Known;
    }
    let found = differences(&Both { product, second });
    if found.is_empty() { Came::Alike(what) } else { Came::Differs(what, found) }
}

pub fn run(seed: u64, cases: usize) -> Seen {
    let mut seen = Seen::default();
    for number in (seed..).take(cases) {
        let old = case(number);
        // The product loses the midnights of a pool between its last fact and the taking over.
        if old.text().contains("pooled by") {
            continue;
        }
        let days: Vec<Day> = old.facts.iter().map(|fact| fact.at.day).collect();
        let day = days[Rng(!number).below(days.len())];
        if days.iter().all(|first| *first >= day) {
            continue;
        }
        let what = match work(&old, day, number) {
            Came::NotSaid | Came::Known => continue,
            Came::Refused(refusal) => {
                *seen.refused.entry(refusal).or_default() += 1;
                continue;
            }
            Came::Alike(what) => what,
            Came::Differs(what, found) => {
                seen.differ.push(format!("case {number}, from {day}, {what}: {}", found[0]));
                if seen.differ.len() <= 3 {
                    let small = shrink_by(&old, &|one| match work(one, day, number) {
                        Came::Differs(_, found) => Some(kind_of(&found)),
                        _ => None,
                    });
                    show(number, &small);
                    if let Came::Differs(_, found) = work(&small, day, number) {
                        println!("from {day}, {what}: {}", found.join("\n"));
                    }
                }
                what
            }
        };
        seen.taken_over += 1;
        *seen.changes.entry(what).or_default() += 1;
    }
    seen.cases = seen.taken_over + seen.refused.values().sum::<usize>();
    seen
}
