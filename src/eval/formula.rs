//! Formulas at work: `5% of spend`, `1 bean per full 20 RUB`, tables and bands, as exact numbers of
//! units; and the one rounding that follows.

use super::Fault;
use super::value::{Scene, Val, compare_values};
use crate::plan::{Bound, Each, ExprId, Formula, Node, Plan, Round, UnitId};
use crate::syntax::ast::{BlockMode, Compare, RoundScope};
use crate::value::{Amount, Exact, Rounding};

/// Works a formula out: none where a table has no row for it or a value is missing.
pub(super) fn exact(scene: &Scene<'_>, formula: &Formula, unit: UnitId) -> Result<Option<Exact>, Fault> {
    match formula {
        Formula::Fixed { amount, in_money } => in_units(scene, scene.number(*amount)?, *in_money, unit),
        Formula::Share { share, of, in_money } => {
            let (Some(share), Some(of)) = (scene.number(*share)?, base(scene, *of)?) else { return Ok(None) };
            // A negative base gives nothing.
            let of = if of.is_negative() { Exact::ZERO } else { of };
            in_units(scene, Some(share.times(of)?), *in_money, unit)
        }
        Formula::Block { units, in_money, size, mode, of } => {
            let (Some(units), Some(size), Some(of)) = (scene.number(*units)?, scene.number(*size)?, base(scene, *of)?)
            else {
                return Ok(None);
            };
            if !size.is_positive() {
                return Ok(None);
            }
            in_units(scene, Some(units.times(blocks(of, size, *mode)?)?), *in_money, unit)
        }
        Formula::Each { units, in_money, each } => {
            let Some(units) = scene.number(*units)? else { return Ok(None) };
            in_units(scene, Some(units.times(count_each(scene, *each)?)?), *in_money, unit)
        }
        // A running total is not worked out from the event alone: see `accrual`.
        Formula::Running { .. } => Ok(None),
        Formula::OfAward { share, rule } => {
            let Some(share) = scene.number(*share)? else { return Ok(None) };
            let given = scene.given.get(rule.index()).copied().unwrap_or(Exact::ZERO);
            Ok(Some(share.times(given)?))
        }
        Formula::ByKey { .. } | Formula::Bands { .. } => {
            let mut total: Option<Exact> = None;
            rows_that_apply(scene, formula, &mut |scene, row| {
                if let Some(part) = exact(scene, row, unit)? {
                    total = Some(total.unwrap_or(Exact::ZERO).plus(part)?);
                }
                Ok(())
            })?;
            Ok(total)
        }
        Formula::Dated(first, later) => {
            let day = scene.frame.at.day;
            let row = later.iter().rev().find(|(from, _)| *from <= day).map_or(first.as_ref(), |(_, row)| row);
            exact(scene, row, unit)
        }
    }
}

/// The base of a rate; in a marginal table the part that the row is for.
pub(super) fn base(scene: &Scene<'_>, of: ExprId) -> Result<Option<Exact>, Fault> {
    if scene.part.is_some() { Ok(scene.part) } else { scene.number(of) }
}

/// How many blocks a number makes.
pub(super) fn blocks(of: Exact, size: Exact, mode: BlockMode) -> Result<Exact, Fault> {
    let rounding = match mode {
        BlockMode::Linear => return of.over(size).map_err(Fault::from),
        BlockMode::Full => Rounding::Down,
        BlockMode::Started => Rounding::Up,
        BlockMode::Nearest => Rounding::HalfUp,
    };
    of.blocks(size, rounding).map_err(Fault::from)
}

fn in_units(scene: &Scene<'_>, number: Option<Exact>, in_money: bool, unit: UnitId) -> Result<Option<Exact>, Fault> {
    let Some(number) = number else { return Ok(None) };
    if !in_money {
        return Ok(Some(number));
    }
    match worth(scene, unit)? {
        Some(worth) if worth == Exact::ONE => Ok(Some(number)),
        Some(worth) if worth.is_positive() => Ok(Some(number.over(worth)?)),
        _ => Ok(None),
    }
}

/// What one of a unit is worth on the day.
pub(super) fn worth(scene: &Scene<'_>, unit: UnitId) -> Result<Option<Exact>, Fault> {
    scene.plan.unit(unit).worth.map_or(Ok(None), |worth| scene.number(worth))
}

pub(super) fn count_each(scene: &Scene<'_>, each: Each) -> Result<Exact, Fault> {
    Ok(match each {
        Each::Visit => Exact::ONE,
        Each::Item => scene.basket.items(scene.chosen)?,
        Each::Line => {
            let mut count = 0_i64;
            for at in scene.chosen {
                let kept = scene.basket.lines.get(usize::from(*at)).is_some_and(|line| line.amount.is_positive());
                count += i64::from(kept);
            }
            Exact::whole(count)
        }
    })
}

type Keyed = (Vec<ExprId>, Formula);

fn row_of(scene: &Scene<'_>, key: Val, rows: &[Keyed]) -> Result<Option<usize>, Fault> {
    for (at, (keys, _)) in rows.iter().enumerate() {
        for literal in keys {
            if compare_values(Compare::Equal, key, scene.value(*literal)?)? {
                return Ok(Some(at));
            }
        }
    }
    Ok(None)
}

/// What is done with each row of a table that applies.
type OnRow<'r> = dyn FnMut(&Scene<'_>, &Formula) -> Result<(), Fault> + 'r;

/// Finds the rows of a table that apply, each with the lines or the part of the base that it is for.
pub(super) fn rows_that_apply(scene: &Scene<'_>, table: &Formula, on_row: &mut OnRow<'_>) -> Result<(), Fault> {
    match table {
        Formula::ByKey { key, per_line: true, rows, otherwise } => {
            rows_by_line(scene, *key, rows, otherwise.as_deref(), on_row)
        }
        Formula::ByKey { key, per_line: false, rows, otherwise } => {
            let key = scene.value(*key)?;
            let row = row_of(scene, key, rows)?.and_then(|at| rows.get(at)).map(|(_, row)| row);
            row.or(otherwise.as_deref()).map_or(Ok(()), |row| on_row(scene, row))
        }
        Formula::Bands { key, rows, marginal: true, .. } => rows_of_parts(scene, *key, rows, on_row),
        Formula::Bands { key, rows, otherwise, marginal: false } => {
            let Some(key) = scene.number(*key)? else { return Ok(()) };
            let row = band_of(scene, key, rows)?.or(otherwise.as_deref());
            row.map_or(Ok(()), |row| on_row(scene, row))
        }
        _ => Ok(()),
    }
}

/// Lines that pick the same row are worked out together, so that blocks run over their sum.
fn rows_by_line(
    scene: &Scene<'_>,
    key: ExprId,
    rows: &[Keyed],
    otherwise: Option<&Formula>,
    on_row: &mut OnRow<'_>,
) -> Result<(), Fault> {
    let mut picked = Vec::with_capacity(scene.chosen.len());
    for at in scene.chosen {
        let value = scene.at_line(usize::from(*at)).value(key)?;
        picked.push((row_of(scene, value, rows)?, *at));
    }
    for at in (0..rows.len()).map(Some).chain([None]) {
        let Some(row) = at.map_or(otherwise, |at| rows.get(at).map(|(_, row)| row)) else { continue };
        let lines: Vec<u16> = picked.iter().filter(|(row, _)| *row == at).map(|(_, line)| *line).collect();
        if !lines.is_empty() {
            on_row(&scene.choosing(&lines), row)?;
        }
    }
    Ok(())
}

type Banded = (Bound, Formula);

fn reached(scene: &Scene<'_>, key: Exact, bound: Bound) -> Result<bool, Fault> {
    let Some(at) = scene.number(bound.at)? else { return Ok(false) };
    let order = key.compare(at)?;
    Ok(if bound.above { order.is_gt() } else { order.is_ge() })
}

fn band_of<'r>(scene: &Scene<'_>, key: Exact, rows: &'r [Banded]) -> Result<Option<&'r Formula>, Fault> {
    let mut found = None;
    for (bound, row) in rows {
        if reached(scene, key, *bound)? {
            found = Some(row);
        }
    }
    Ok(found)
}

/// The parts of a marginal table, each with its row.
fn rows_of_parts(scene: &Scene<'_>, key: ExprId, rows: &[Banded], on_row: &mut OnRow<'_>) -> Result<(), Fault> {
    let Some(key) = scene.number(key)? else { return Ok(()) };
    for (at, (bound, row)) in rows.iter().enumerate() {
        if !reached(scene, key, *bound)? {
            break;
        }
        let Some(from) = scene.number(bound.at)? else { break };
        let mut to = key;
        if let Some((next, _)) = rows.get(at + 1)
            && reached(scene, key, *next)?
            && let Some(next) = scene.number(next.at)?
        {
            to = next;
        }
        on_row(&Scene { part: Some(to.minus(from)?), ..*scene }, row)?;
    }
    Ok(())
}

/// Is an award rounded item by item? What a line earns as a line has no smaller part.
pub(super) fn is_by_item(plan: &Plan, formula: &Formula, round: Round) -> bool {
    round.scope == RoundScope::Item
        && depends_on_lines(plan, formula)
        && !matches!(formula, Formula::Each { each: Each::Line, .. })
}

/// Does the award depend on lines one by one, so that rounding per line means something?
pub(crate) fn depends_on_lines(plan: &Plan, formula: &Formula) -> bool {
    match formula {
        Formula::Fixed { .. } | Formula::OfAward { .. } | Formula::Running { .. } => false,
        Formula::Each { each, .. } => *each != Each::Visit,
        Formula::Share { of, .. } | Formula::Block { of, .. } => reads_lines(plan, *of),
        Formula::ByKey { rows, otherwise, .. } => {
            rows.iter().map(|(_, row)| row).chain(otherwise.as_deref()).any(|row| depends_on_lines(plan, row))
        }
        Formula::Bands { rows, otherwise, .. } => {
            rows.iter().map(|(_, row)| row).chain(otherwise.as_deref()).any(|row| depends_on_lines(plan, row))
        }
        Formula::Dated(first, _) => depends_on_lines(plan, first),
    }
}

/// Can an amount be told apart by the rule's own lines? What the receipt, the member or a counter has beside them
/// cannot: it would count again for each line.
fn reads_lines(plan: &Plan, id: ExprId) -> bool {
    match plan.node(id) {
        Node::Lines(_) => true,
        Node::Sum(parts) => {
            let mut parts = parts.iter().map(|(part, _)| *part).filter(|part| !is_constant(plan, *part)).peekable();
            parts.peek().is_some() && parts.all(|part| reads_lines(plan, part))
        }
        Node::Product(parts) => parts.iter().any(|(_, part)| reads_lines(plan, *part)),
        Node::Default(value, default) => reads_lines(plan, *value) || reads_lines(plan, *default),
        _ => false,
    }
}

/// Is a number the same whatever happens, or hangs on the tier alone?
fn is_constant(plan: &Plan, id: ExprId) -> bool {
    match plan.node(id) {
        Node::Literal(_) | Node::Dated(..) | Node::TierValue(..) => true,
        Node::Sum(parts) => parts.iter().all(|(part, _)| is_constant(plan, *part)),
        Node::Product(parts) => parts.iter().all(|(_, part)| is_constant(plan, *part)),
        _ => false,
    }
}

/// Rounds an award by its unit's (or rule's) rounding. `work` gives the exact number over some lines.
pub(super) fn rounded(
    scene: &Scene<'_>,
    formula: &Formula,
    whole: Exact,
    round: Round,
    decimals: u32,
    work: impl Fn(&Scene<'_>) -> Result<Option<Exact>, Fault>,
) -> Result<Amount, Fault> {
    if matches!(round.scope, RoundScope::Rule | RoundScope::Receipt) || !depends_on_lines(scene.plan, formula) {
        return whole.round(round.mode, decimals).map_err(Fault::from);
    }
    let mut sum = Amount::ZERO;
    for at in scene.chosen {
        let one = [*at];
        let Some(part) = work(&scene.choosing(&one))? else { continue };
        let part = part.round(round.mode, decimals)?;
        sum = sum.plus(part)?;
    }
    Ok(sum)
}
