//! What happened in a case with households, draws, migrations and campaigns, for the counts.

use super::compare::Both;
use super::generate::Case;
use super::world::Datum;
use earnest::time::Day;
use earnest::ty::Kind;
use std::collections::BTreeSet;

pub fn home<'a>(case: &'a Case, member: &str) -> Option<&'a str> {
    let pooled = case.decls.iter().any(|decl| decl.clauses.iter().any(|clause| clause.starts_with("pooled")));
    let told = case.members.iter().find(|told| told.0 == member).filter(|_| pooled)?;
    match told.2.get("household") {
        Some(Datum::Text(house)) if !house.is_empty() => Some(house),
        _ => None,
    }
}

/// Do two members live together?
pub fn together(case: &Case, one: &str, other: &str) -> bool {
    one != other && home(case, one).is_some() && home(case, one) == home(case, other)
}

/// The days on which a draw had winners.
fn drawn(both: &Both) -> BTreeSet<Day> {
    let rows = both.second.rows.keys().filter(|key| key.4 == "earn" && ["Luck", "More"].contains(&key.2.as_str()));
    rows.filter_map(|key| Day::parse(&key.0)).collect()
}

/// The days on which units or tiers turn into others.
fn turns(case: &Case) -> Vec<Day> {
    let turning = case.decls.iter().filter(|decl| decl.clauses.iter().any(|clause| clause.starts_with("turn ")));
    let days = turning.filter_map(|decl| decl.clauses[0].strip_prefix("on ").and_then(Day::parse));
    days.filter(|day| *day <= case.as_of).collect()
}

/// What of it a case has.
pub fn of(case: &Case, both: &Both) -> Vec<(&'static str, bool)> {
    let facts = &case.facts;
    let any = |kind: Kind, so: &dyn Fn(usize) -> bool| (0..facts.len()).any(|at| facts[at].kind == kind && so(at));
    let others_home = |at: usize| case.members.iter().any(|other| together(case, &facts[at].member, &other.0));
    let spent_by_another = |at: usize| {
        facts[..at].iter().any(|fact| !fact.redeemed.is_empty() && together(case, &fact.member, &facts[at].member))
    };
    let lives = |at: usize| home(case, &facts[at].member).is_some();
    let within = |at: usize| together(case, &facts[at].member, &facts[at].into);
    let (won, turned) = (drawn(both), turns(case));
    let reversed = |rule: &str| {
        let rows = both.second.rows.keys().filter(|key| key.4 == "reverse" && key.2 == rule);
        let days = rows.filter_map(|key| facts.iter().find(|fact| fact.id == key.0)).map(|fact| fact.at.day);
        days.collect::<Vec<Day>>()
    };
    let entries = reversed("T");
    let gave = |rule: &str| both.second.rows.keys().any(|key| key.4 == "earn" && key.2 == rule);
    let levels = facts.iter().any(|fact| {
        let rows = both.second.rows.keys();
        let mine = rows.filter(|key| key.0 == fact.id && key.4 == "earn" && key.2 == "Up");
        mine.map(|key| &key.1).collect::<BTreeSet<_>>().len() == 3
    });
    vec![
        ("a return after another of the household spent", any(Kind::Return, &spent_by_another)),
        ("a merge within a household", any(Kind::Merge, &within)),
        ("a merge out of a household", any(Kind::Merge, &|at| lives(at) && !within(at))),
        ("one of a household leaves", any(Kind::Leave, &others_home)),
        ("a draw has winners", !won.is_empty()),
        ("entries come back before a draw", entries.iter().any(|back| won.iter().any(|day| back < day))),
        ("entries come back after a draw", entries.iter().any(|back| won.iter().any(|day| back >= day))),
        ("a return before a migration", any(Kind::Return, &|at| turned.iter().any(|day| facts[at].at.day < *day))),
        ("a return after a migration", any(Kind::Return, &|at| turned.iter().any(|day| facts[at].at.day >= *day))),
        ("a pass is given", gave("Pass")),
        ("who holds a pass earns", gave("Holder")),
        ("what is kept is earned", gave("Kept")),
        ("who asked earns", gave("Asked")),
        ("a streak is kept", gave("Streak")),
        ("a chest for streaks", gave("Chest")),
        ("who comes first earns", gave("First")),
        ("a budget is spent", gave("Budget")),
        ("a deed gives on three levels", levels),
    ]
}
