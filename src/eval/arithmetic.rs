//! Arithmetic in words: an award's formula with its numbers put in, for anyone to work out again.
//!
//! `5% of spend` on 250 RUB reads `0.05 * 250`; `1 bean per full 20 RUB` reads `1 * full(250 / 20)`,
//! with `full` = rounded down, `started` = up, `nearest` = half up. The text is an expression of
//! numbers, `+ - * /`, brackets and these three words.

use super::Fault;
use super::accrual::{Award, Work};
use super::around::Level;
use super::explain::{Needs, plain, text_of, type_of};
use super::formula;
use super::value::Scene;
use crate::plan::{Act, Each, Formula, Node, NumField, RuleId, UnitId};
use crate::syntax::ast::BlockMode;
use crate::value::{Exact, Rounding};

/// The arithmetic of an award; none where a value is missing.
pub(super) fn of_award(
    work: &Work<'_>,
    award: &Award,
    formula: &Formula,
    chosen: &[u16],
) -> Result<Option<String>, Fault> {
    if award.source.0 == award.rule {
        if let Formula::Running { units, size, mode, counter } = formula {
            let Some((before, paid)) = work.rooms.running(award.rule, award.act, *counter, award.level)? else {
                return Ok(None);
            };
            let scene = work.scene(chosen);
            let now = if award.level == Level::MEMBER { scene.including(*counter, before)? } else { before };
            let (Some(units), Some(size)) = (scene.number(*units)?, scene.number(*size)?) else { return Ok(None) };
            return Ok(Some(format!("{} * {}({now} / {}) - {paid}", plain(units), word(*mode), plain(size))));
        }
        return of_formula(&work.scene(chosen), formula, award.unit);
    }
    of_building(work, award.rule, award, formula, chosen)
}

/// A multiplier or an addition: in terms of the rule it builds on.
fn of_building(
    work: &Work<'_>,
    rule: RuleId,
    award: &Award,
    formula: &Formula,
    chosen: &[u16],
) -> Result<Option<String>, Fault> {
    if rule == award.source.0 {
        return of_formula(&work.scene(chosen), formula, award.unit);
    }
    let scene = work.scene(chosen);
    let mut parts = Vec::new();
    for act in &work.plan.rule(rule).acts {
        match act {
            Act::Multiply { base, by } => {
                let Some(lines) = work.shared_lines(*base, chosen) else { continue };
                let (Some(by), Some(inner)) = (scene.number(*by)?, of_building(work, *base, award, formula, &lines)?)
                else {
                    continue;
                };
                parts.push(format!("({} - 1) * ({inner})", plain(by)));
            }
            Act::Add { rate, base } => {
                let Some(lines) = work.shared_lines(*base, chosen) else { continue };
                let scene = work.scene(&lines);
                let (Some(rate), Some(of)) =
                    (scene.number(*rate)?, super::building::share_base(&scene, formula, award.unit)?)
                else {
                    continue;
                };
                parts.push(format!("{} * {}", plain(rate), plain(of)));
            }
            Act::Give(_) | Act::Take(_) => {}
        }
    }
    Ok(if parts.is_empty() { None } else { Some(parts.join(" + ")) })
}

const fn word(mode: BlockMode) -> &'static str {
    match mode {
        BlockMode::Linear => "",
        BlockMode::Full => "full",
        BlockMode::Started => "started",
        BlockMode::Nearest => "nearest",
    }
}

fn of_formula(scene: &Scene<'_>, formula: &Formula, unit: UnitId) -> Result<Option<String>, Fault> {
    match formula {
        Formula::Fixed { amount, in_money } => match scene.number(*amount)? {
            Some(amount) => by_worth(scene, plain(amount), *in_money, unit),
            None => Ok(None),
        },
        Formula::Share { share, of, in_money } => match (scene.number(*share)?, formula::base(scene, *of)?) {
            (Some(share), Some(of)) => by_worth(scene, format!("{} * {}", plain(share), plain(of)), *in_money, unit),
            _ => Ok(None),
        },
        Formula::Block { units, in_money, size, mode, of } => {
            let (Some(units), Some(size), Some(of)) =
                (scene.number(*units)?, scene.number(*size)?, formula::base(scene, *of)?)
            else {
                return Ok(None);
            };
            let text = format!("{} * {}({} / {})", plain(units), word(*mode), plain(of), plain(size));
            by_worth(scene, text, *in_money, unit)
        }
        Formula::Each { units, in_money, each } => {
            let Some(units) = scene.number(*units)? else { return Ok(None) };
            let text = match each {
                Each::Visit => plain(units),
                Each::Item | Each::Line => {
                    format!("{} * {}", plain(units), plain(formula::count_each(scene, *each)?))
                }
            };
            by_worth(scene, text, *in_money, unit)
        }
        Formula::OfAward { share, rule } => match scene.number(*share)? {
            Some(share) => {
                let given = scene.given.get(rule.index()).copied().unwrap_or(Exact::ZERO);
                Ok(Some(format!("{} * {}", plain(share), plain(given))))
            }
            None => Ok(None),
        },
        Formula::Dated(first, later) => {
            let day = scene.frame.at.day;
            let row = later.iter().rev().find(|(from, _)| *from <= day).map_or(first.as_ref(), |(_, row)| row);
            of_formula(scene, row, unit)
        }
        Formula::ByKey { .. } | Formula::Bands { .. } => of_table(scene, formula, unit),
        Formula::Running { .. } => Ok(None),
    }
}

/// The rows of a table that apply, added up.
fn of_table(scene: &Scene<'_>, formula: &Formula, unit: UnitId) -> Result<Option<String>, Fault> {
    let mut parts = Vec::new();
    formula::rows_that_apply(scene, formula, &mut |scene: &Scene<'_>, row: &Formula| {
        if let Some(text) = of_formula(scene, row, unit)? {
            parts.push(text);
        }
        Ok(())
    })?;
    Ok(if parts.is_empty() { None } else { Some(parts.join(" + ")) })
}

fn by_worth(scene: &Scene<'_>, text: String, in_money: bool, unit: UnitId) -> Result<Option<String>, Fault> {
    if !in_money {
        return Ok(Some(text));
    }
    let worth = formula::worth(scene, unit)?;
    Ok(worth.map(|worth| if worth == Exact::ONE { text } else { format!("{text} / {}", plain(worth)) }))
}

/// How much more of the counter a running total needs for its next award.
pub(super) fn needs_of_running(
    work: &Work<'_>,
    award: &Award,
    formula: &Formula,
    chosen: &[u16],
) -> Result<Option<Needs>, Fault> {
    let Formula::Running { units, size, mode: BlockMode::Full, counter } = formula else { return Ok(None) };
    let scene = work.scene(chosen);
    let Some((before, paid)) = work.rooms.running(award.rule, award.act, *counter, award.level)? else {
        return Ok(None);
    };
    let now = if award.level == Level::MEMBER { scene.including(*counter, before)? } else { before };
    let (Some(units), Some(size)) = (scene.number(*units)?, scene.number(*size)?) else { return Ok(None) };
    if !units.is_positive() {
        return Ok(None);
    }
    let blocks = Exact::from(paid).blocks(units, Rounding::Down)?.plus(Exact::ONE)?;
    let more = size.times(blocks)?.minus(Exact::from(now))?;
    let of = work.plan.counter(*counter);
    let name = of.nouns.last().cloned().unwrap_or_else(|| of.text.clone());
    Ok(Some(Needs { of: name, more, above: false, ty: of.ty }))
}

/// How much more of the base gives the smallest award.
pub(super) fn needs_for_one(
    scene: &Scene<'_>,
    formula: &Formula,
    unit: UnitId,
    round: crate::plan::Round,
) -> Result<Option<Needs>, Fault> {
    use crate::syntax::ast::RoundScope;
    let step = Exact::new(1, 10_i128.pow(scene.plan.unit(unit).decimals))?;
    let worth = formula::worth(scene, unit)?.unwrap_or(Exact::ONE);
    // The smallest exact award that does not round to nothing.
    let (least, above) = match round.mode {
        Rounding::Down => (step, false),
        Rounding::HalfUp => (step.over(Exact::whole(2))?, false),
        Rounding::HalfEven => (step.over(Exact::whole(2))?, true),
        Rounding::Up => (Exact::ZERO, true),
    };
    if round.scope != RoundScope::Rule {
        return Ok(None);
    }
    let (want, above, of) = match formula {
        Formula::Share { share, of, in_money } => {
            let Some(share) = scene.number(*share)?.filter(|share| share.is_positive()) else { return Ok(None) };
            (least.times(if *in_money { worth } else { Exact::ONE })?.over(share)?, above, *of)
        }
        Formula::Block { units, in_money: false, size, mode: BlockMode::Full, of } => {
            let (Some(units), Some(size)) = (scene.number(*units)?, scene.number(*size)?) else { return Ok(None) };
            if !units.is_positive() {
                return Ok(None);
            }
            let blocks = least.over(units)?.blocks(Exact::ONE, Rounding::Up)?;
            (size.times(if blocks.is_zero() { Exact::ONE } else { blocks })?, false, *of)
        }
        Formula::Dated(first, later) => {
            let day = scene.frame.at.day;
            let row = later.iter().rev().find(|(from, _)| *from <= day).map_or(first.as_ref(), |(_, row)| row);
            return needs_for_one(scene, row, unit, round);
        }
        _ => return Ok(None),
    };
    let Some(have) = scene.number(of)? else { return Ok(None) };
    // Where the base is not written it is the rule's own spend.
    let name = match scene.plan.node(of) {
        Node::Lines(NumField::Spend(None)) => "spend".to_owned(),
        _ => text_of(scene.plan, of),
    };
    Ok(Some(Needs { of: name, more: want.minus(have)?, above, ty: type_of(scene.plan, of) }))
}
