//! Counters: what an event adds to them, and what they say.

use super::Fault;
use super::account::Account;
use super::index::Index;
use super::value::{Basket, Scene};
use super::when::Who;
use crate::plan::{CounterId, Measure, NumField, Plan, RuleId, UnitId, Window};
use crate::time::Moment;
use crate::ty::event::Datum;
use crate::ty::{Kind, Sym};
use crate::value::Amount;

/// What the event of a scene adds to a counter: for `distinct` how many new values, for `largest` the value itself.
pub(super) fn adds(id: CounterId, scene: &Scene<'_>) -> Result<Amount, Fault> {
    let counter = scene.plan.counter(id);
    let bought = scene.kind == Kind::Purchase;
    match counter.measure {
        Measure::Actions(action) if scene.kind == Kind::Action && scene.action == Some(action) => {
            Ok(one_if(counts(id, scene)?))
        }
        Measure::Returns if scene.kind == Kind::Return => Ok(Amount::ONE),
        Measure::Sum(NumField::Action(_)) if scene.kind == Kind::Action => sum(id, scene),
        Measure::Sum(NumField::Action(_)) => Ok(Amount::ZERO),
        Measure::Sum(_) if bought => sum(id, scene),
        Measure::Largest(field) if bought && counts(id, scene)? => largest(id, field, scene),
        Measure::Visits | Measure::Ordinals if bought && counts(id, scene)? => Ok(one_if(is_visit(id, scene)?)),
        Measure::Distinct(_) if bought => {
            let known = scene.frame.seen.iter().find(|(known, _)| *known == id).map(|(_, values)| values.as_slice());
            let new = distinct_values(id, scene)?;
            let count = new.iter().filter(|value| !known.unwrap_or_default().contains(value)).count();
            Amount::whole(i64::try_from(count).unwrap_or(i64::MAX)).map_err(Fault::from)
        }
        _ => Ok(Amount::ZERO),
    }
}

const fn one_if(yes: bool) -> Amount {
    if yes { Amount::ONE } else { Amount::ZERO }
}

/// Does the fact count at all (`if` of the counter)?
fn counts(id: CounterId, scene: &Scene<'_>) -> Result<bool, Fault> {
    scene.plan.counter(id).condition.map_or(Ok(true), |condition| scene.holds(condition))
}

/// Does a line count (`where` of the counter)?
fn line_counts(id: CounterId, scene: &Scene<'_>, line: usize) -> Result<bool, Fault> {
    scene.plan.counter(id).filter.map_or(Ok(true), |filter| scene.at_line(line).holds(filter))
}

fn sum(id: CounterId, scene: &Scene<'_>) -> Result<Amount, Fault> {
    let counter = scene.plan.counter(id);
    let Measure::Sum(field) = counter.measure else { return Ok(Amount::ZERO) };
    if !counts(id, scene)? {
        return Ok(Amount::ZERO);
    }
    if matches!(field, NumField::Receipt(_) | NumField::Action(_)) {
        return scene.basket.sum(&[], field);
    }
    let mut sum = Amount::ZERO;
    for line in 0..scene.basket.lines.len() {
        if line_counts(id, scene, line)? {
            sum = sum.plus(scene.basket.number(line, field)?)?;
        }
    }
    Ok(sum)
}

fn largest(id: CounterId, field: NumField, scene: &Scene<'_>) -> Result<Amount, Fault> {
    if let NumField::Spend(_) = field {
        // The largest spend is that of a whole receipt, of the lines that count.
        let mut sum = Amount::ZERO;
        for line in 0..scene.basket.lines.len() {
            if line_counts(id, scene, line)? {
                sum = sum.plus(scene.basket.number(line, field)?)?;
            }
        }
        return Ok(sum);
    }
    let mut best = Amount::ZERO;
    for line in 0..scene.basket.lines.len() {
        if line_counts(id, scene, line)? {
            best = best.max(scene.basket.number(line, field)?);
        }
    }
    Ok(best)
}

/// A visit is a receipt with a kept line above zero.
fn is_visit(id: CounterId, scene: &Scene<'_>) -> Result<bool, Fault> {
    for (at, line) in scene.basket.lines.iter().enumerate() {
        if line.amount.is_positive() && line_counts(id, scene, at)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Has a basket a line above zero?
pub(super) fn has_kept_line(basket: &Basket<'_>) -> bool {
    basket.lines.iter().any(|line| line.amount.is_positive())
}

fn distinct_values(id: CounterId, scene: &Scene<'_>) -> Result<Vec<Datum>, Fault> {
    let Measure::Distinct(field) = scene.plan.counter(id).measure else { return Ok(Vec::new()) };
    let mut values = Vec::new();
    if !counts(id, scene)? {
        return Ok(values);
    }
    for line in 0..scene.basket.lines.len() {
        let value = scene.basket.text(line, field);
        if value != Datum::Missing
            && value != Datum::Text(Sym::EMPTY)
            && !values.contains(&value)
            && line_counts(id, scene, line)?
        {
            values.push(value);
        }
    }
    Ok(values)
}

/// Lets the counters in `ids` count the event of a scene.
pub(super) fn count_event(account: &mut Account, ids: &[CounterId], scene: &Scene<'_>) -> Result<(), Fault> {
    for id in ids {
        match scene.plan.counter(*id).measure {
            Measure::Distinct(_) => {
                for value in distinct_values(*id, scene)? {
                    note_seen(account, *id, value, scene)?;
                }
            }
            Measure::Largest(_) => {
                let value = adds(*id, scene)?;
                if value.is_positive() {
                    note_seen(account, *id, Datum::Number(value), scene)?;
                }
            }
            _ => {
                let amount = adds(*id, scene)?;
                add(account, scene.plan, scene.index, *id, scene.frame.at, amount)?;
            }
        }
    }
    Ok(())
}

fn note_seen(account: &mut Account, id: CounterId, value: Datum, scene: &Scene<'_>) -> Result<(), Fault> {
    let window = &scene.plan.counter(id).window;
    let mut seen = std::mem::take(account.seen.get_mut(id.index()).ok_or(Fault::Overflow)?);
    seen.note(value, scene.frame.at, window);
    seen.forget(window, &account.who(scene.plan, &scene.index.layout), scene.frame.at);
    if let Some(place) = account.seen.get_mut(id.index()) {
        *place = seen;
    }
    Ok(())
}

/// Adds to a counter what happens now.
pub(super) fn add(
    account: &mut Account,
    plan: &Plan,
    index: &Index,
    id: CounterId,
    at: Moment,
    amount: Amount,
) -> Result<(), Fault> {
    let window = &plan.counter(id).window;
    with_tally(account, plan, index, id, |tally, who| {
        tally.roll(window, who, at)?;
        if amount.is_zero() { Ok(()) } else { tally.add(window, at.day, amount).map_err(Fault::from) }
    })
}

/// Adds to a counter on the day when something happened, where that day still counts; answers whether it did.
pub(super) fn add_back(
    account: &mut Account,
    plan: &Plan,
    index: &Index,
    id: CounterId,
    then: super::tally::Bought,
    now: Moment,
    amount: Amount,
) -> Result<bool, Fault> {
    if amount.is_zero() {
        return Ok(false);
    }
    let window = &plan.counter(id).window;
    with_tally(account, plan, index, id, |tally, who| {
        tally.roll(window, who, now)?;
        tally.add_back(window, who, then, amount).map_err(Fault::from)
    })
}

/// Works on a tally with the member's days at hand.
fn with_tally<T>(
    account: &mut Account,
    plan: &Plan,
    index: &Index,
    id: CounterId,
    work: impl FnOnce(&mut super::tally::Tally, &Who<'_>) -> Result<T, Fault>,
) -> Result<T, Fault> {
    let who = Who {
        plan,
        layout: &index.layout,
        joined: account.joined.unwrap_or(account.today),
        birthday: super::account::birthday(plan, &account.values),
        days: &account.days,
    };
    work(account.counters.get_mut(id.index()).ok_or(Fault::Overflow)?, &who)
}

/// What a counter says at a moment.
pub(super) fn value(account: &Account, plan: &Plan, index: &Index, id: CounterId, at: Moment) -> Result<Amount, Fault> {
    let counter = plan.counter(id);
    let who = account.who(plan, &index.layout);
    match counter.measure {
        Measure::Distinct(_) => {
            let count = account.seen.get(id.index()).map_or(0, |seen| seen.within(&counter.window, &who, at).count());
            Amount::whole(i64::try_from(count).unwrap_or(i64::MAX)).map_err(Fault::from)
        }
        Measure::Largest(_) => Ok(account.seen.get(id.index()).map_or(Amount::ZERO, |seen| {
            seen.within(&counter.window, &who, at)
                .filter_map(|value| if let Datum::Number(amount) = value { Some(amount) } else { None })
                .max()
                .unwrap_or(Amount::ZERO)
        })),
        // A tier that was never entered has no time since.
        _ if matches!(counter.window, Window::SinceEntering(_, Some(_)))
            && who.window(&counter.window, at).is_none() =>
        {
            Ok(Amount::ZERO)
        }
        _ => match account.counters.get(id.index()) {
            Some(tally) => tally.peek(&counter.window, &who, at).map_err(Fault::from),
            None => Ok(Amount::ZERO),
        },
    }
}

/// Does a counter of awards count this rule's awards of this unit? Rules of one name are one clause.
pub(super) fn counts_award(plan: &Plan, measure: Measure, rule: RuleId, unit: UnitId) -> bool {
    let is_clause = |wanted: RuleId| wanted == rule || plan.rule(wanted).name == plan.rule(rule).name;
    match measure {
        Measure::AwardTimes(wanted) => is_clause(wanted),
        Measure::Awarded(wanted, by) => wanted == unit && by.is_none_or(is_clause),
        _ => false,
    }
}
