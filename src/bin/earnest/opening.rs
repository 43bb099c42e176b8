//! Opening balances: rows of `--opening` as the book takes them, in the order of their days.
//!
//! ```text
//! member,unit,points,earned,expires,counter,value,at
//! M1,beans,250,2025-03-01,2026-12-31,,,
//! M1,,,,,spend,12000,2025-12-31
//! ```
//!
//! A row without `at` counts from the day of the first event: nothing happens to a member before.

use crate::failure::Failure;
use earnest::eval::OpeningBalance;
use earnest::history::Opening;
use earnest::plan::{Counter, Measure, NumField, Plan, Window};
use earnest::time::Day;

/// The rows as the plan has them, each with its place, sorted by day; `first` is the day of the first event.
pub(crate) fn balances(
    plan: &Plan,
    rows: Vec<Opening>,
    first: Day,
    file: &str,
) -> Result<Vec<(OpeningBalance, String)>, Failure> {
    let mut all = Vec::with_capacity(rows.len());
    for row in rows {
        let place = format!("{file}, row {}", row.place.row);
        for balance in of_row(plan, row, first, &place)? {
            all.push((balance, place.clone()));
        }
    }
    all.sort_by_key(|(balance, _)| balance.at);
    Ok(all)
}

/// One row: its lot and tier, and each counter that it names.
fn of_row(plan: &Plan, row: Opening, first: Day, place: &str) -> Result<Vec<OpeningBalance>, Failure> {
    if let Some(at) = row.at.filter(|at| *at > first) {
        return Err(Failure::data(format_args!(
            "{place}: found `at` {at}, expected no day after {first}, on which the first event happens"
        ))
        .help("an opening balance stands before the history; leave `at` empty, or write the day before it"));
    }
    let tier = match &row.tier {
        None => None,
        Some((ladder, tier)) => Some(tier_of(plan, ladder, tier).map_err(|what| {
            Failure::data(format_args!("{place}: {what}")).help("write the names as the program has them")
        })?),
    };
    let at = row.at.unwrap_or(first);
    let own = OpeningBalance {
        member: row.member,
        points: row.points.map(|points| (points.unit, points.points)),
        at,
        earned: row.earned.map_or(at, |earned| earned.min(at)),
        opens: row.opens,
        expires: row.expires,
        tier,
        until: row.until,
        counter: None,
    };
    let mut all = Vec::new();
    if let Some((noun, stood)) = row.counter {
        for counter in counters_of(plan, &noun, row.at, place)? {
            let bare = OpeningBalance { points: None, tier: None, counter: Some((counter, stood)), ..own.clone() };
            all.push(bare);
        }
    }
    if own.points.is_some() || own.tier.is_some() {
        all.push(own);
    }
    Ok(all)
}

/// The counters of a name: the declared one, or all that count `spend` or `visits` whole.
fn counters_of(plan: &Plan, noun: &str, at: Option<Day>, place: &str) -> Result<Vec<usize>, Failure> {
    let is_meant = |counter: &Counter| {
        let whole = counter.filter.is_none() && counter.condition.is_none();
        counter.nouns.iter().any(|own| own == noun)
            || match counter.measure {
                Measure::Sum(NumField::Spend(None)) => whole && noun == "spend",
                Measure::Visits | Measure::Ordinals => whole && noun == "visits",
                _ => false,
            }
    };
    let found: Vec<usize> =
        (0..plan.counters.len()).filter(|at| plan.counters.get(*at).is_some_and(is_meant)).collect();
    if found.is_empty() {
        return Err(Failure::data(format_args!(
            "{place}: found counter `{noun}`, expected one that the program declares, or `spend` or `visits` if it counts them"
        ))
        .help("declare it, as in `counter night, nights = …`, or leave the column empty"));
    }
    let dated = found.iter().filter_map(|at| plan.counters.get(*at)).find(|of| of.window != Window::Lifetime);
    match (dated, at) {
        (Some(counter), None) => Err(Failure::data(format_args!(
            "{place}: found no `at`, expected the day on which `{}` stood so, as it counts over a period",
            counter.text
        ))
        .help("write in the column `at` the last day before the history: 2025-12-31")),
        _ => Ok(found),
    }
}

fn tier_of(plan: &Plan, ladder: &str, tier: &str) -> Result<(usize, u8), String> {
    let known = || plan.ladders.iter().map(|ladder| format!("`{}`", ladder.name)).collect::<Vec<_>>().join(", ");
    let found = plan.ladders.iter().position(|of| of.name == ladder || (ladder.is_empty() && plan.ladders.len() == 1));
    let Some(at) = found else { return Err(format!("found ladder `{ladder}`, expected one of {}", known())) };
    let tiers = plan.ladders.get(at).map(|ladder| ladder.tiers.as_slice()).unwrap_or_default();
    if let Some(tier) = tiers.iter().position(|of| of.name == tier).and_then(|tier| u8::try_from(tier).ok()) {
        return Ok((at, tier));
    }
    let names: Vec<String> = tiers.iter().map(|tier| format!("`{}`", tier.name)).collect();
    Err(format!("found tier `{tier}`, expected one of {}", names.join(", ")))
}
