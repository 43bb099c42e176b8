//! Rounding: what it can add to an award, and what is worked out for each line or item by itself.

use super::bound::{Leaf, Mask, Part, Piece, Sum};
use super::most::Per;
use crate::plan::{Act, Each, ExprId, Formula, Give, Literal, Node, Plan, Prize, Round, RuleId};
use crate::syntax::ast::{BlockMode, RoundScope};
use crate::value::{Exact, Rounding};
use std::collections::BTreeMap;

/// What is worked out for each line or item by itself: many small ones may each lie where the bands give most, so
/// what the bands come to is a slope from nothing, and what one of them gives at nothing comes for each.
pub(super) fn of_each(part: Part, scope: RoundScope) -> Sum<Part> {
    let each = |parts: Vec<Part>| parts.into_iter().map(|part| of_each(part, scope)).collect::<Sum<Vec<Part>>>();
    Ok(match part {
        Part::Leaf(leaf) => Part::Leaf(leaf_of_each(leaf, scope)?),
        Part::Cap(parts, most) => Part::Cap(each(parts)?, most),
        Part::One { of, per_line } => Part::One { of: of.into_iter().map(each).collect::<Sum<_>>()?, per_line },
        Part::Open(why) => Part::Open(why),
    })
}

fn leaf_of_each(mut leaf: Leaf, scope: RoundScope) -> Sum<Leaf> {
    if let [only] = leaf.pieces.as_slice()
        && only.from.is_zero()
        && !only.fixed.is_positive()
    {
        return Ok(leaf);
    }
    let (mut slope, mut fixed) = (Exact::ZERO, Exact::ZERO);
    for piece in &leaf.pieces {
        // Between its ends a straight line has its steepest ray at one of them, or far away.
        slope = super::bound::greater(slope, piece.rate)?;
        for end in [Some(piece.from), piece.to].into_iter().flatten() {
            if end.is_positive() {
                slope = super::bound::greater(slope, piece.rate.times(end)?.plus(piece.fixed)?.over(end)?)?;
            } else {
                fixed = super::bound::greater(fixed, piece.fixed)?;
            }
        }
    }
    leaf.pieces = vec![Piece::line(slope, Exact::ZERO)];
    if fixed.is_positive() {
        let each: &[Per] = if scope == RoundScope::Item { &[Per::Item, Per::Line] } else { &[Per::Line] };
        for of in each {
            let own = leaf.extras.entry(of.clone()).or_insert(Exact::ZERO);
            *own = own.plus(fixed)?;
        }
    }
    Ok(leaf)
}

/// What rounding can add to an award; `taken`: also what it takes from others.
pub(super) fn rounding(
    plan: &Plan,
    formula: &Formula,
    round: Round,
    decimals: u32,
    weight: Exact,
    mask: &Mask,
    taken: bool,
) -> Option<Part> {
    let round = if taken { Round { mode: Rounding::Up, ..round } } else { round };
    if is_whole(plan, formula, decimals) { None } else { step_up(round, decimals, weight, mask) }
}

pub(super) fn step_up(round: Round, decimals: u32, weight: Exact, mask: &Mask) -> Option<Part> {
    let smallest = Exact::new(1, 10_i128.checked_pow(decimals)?).ok()?.times(weight).ok()?;
    let more = match round.mode {
        Rounding::Down => return None,
        Rounding::Up => smallest,
        Rounding::HalfUp | Rounding::HalfEven => smallest.over(Exact::whole(2)).ok()?,
    };
    let (fixed, extras) = match round.scope {
        RoundScope::Rule => (more, BTreeMap::new()),
        // A sum is rounded, and what is left goes in whole steps.
        RoundScope::Receipt => (smallest, BTreeMap::new()),
        RoundScope::Line => (Exact::ZERO, BTreeMap::from([(Per::Line, more)])),
        RoundScope::Item => (Exact::ZERO, BTreeMap::from([(Per::Item, more), (Per::Line, more)])),
    };
    let pieces = vec![Piece::line(Exact::ZERO, fixed)];
    Some(Part::Leaf(Leaf { mask: mask.clone(), net: true, whole: false, pieces, extras }))
}

/// Does `round … per receipt` give a rule what it takes from others, and do these not give as much less: a limit cuts
/// them, or another rule is given a share of what the first has?
pub(super) fn takes_from_others(plan: &Plan, id: RuleId, give: &Give, round: Round) -> bool {
    let Prize::Units(unit, _) = &give.prize else { return false };
    if round.scope != RoundScope::Receipt {
        return false;
    }
    let quoted = || {
        let mut found = plan.nodes.iter().any(|node| matches!(node, Node::Given(rule) if *rule == id));
        super::walk::each_of(plan, &mut |formula| {
            found |= matches!(formula, Formula::OfAward { rule, .. } if *rule == id);
        });
        found
    };
    let own = plan.rule(id);
    plan.rules.iter().any(|rule| {
        let same = std::ptr::eq(rule, own);
        let limits = rule.group.is_some_and(|group| !plan.group(group).limits.is_empty()) || !rule.limits.is_empty();
        (same || !(plan.is_one_of_several(rule) || plan.is_one_of_several(own)))
            && rule.acts.iter().any(|act| match act {
                Act::Give(Give { prize: Prize::Units(other, _), recipient, limits: of_give, .. }) => {
                    other == unit
                        && *recipient == give.recipient
                        && rule.round.unwrap_or(plan.unit(*other).round) == round
                        && (!of_give.is_empty() || (limits && !same) || (!same && quoted()))
                }
                _ => false,
            })
    })
}

/// Does it come to whole parts of the unit by itself?
fn is_whole(plan: &Plan, formula: &Formula, decimals: u32) -> bool {
    let whole = |id: ExprId| has_decimals(plan, id, decimals);
    match formula {
        Formula::Fixed { amount, in_money: false } => whole(*amount),
        Formula::Block { units, in_money: false, mode, .. } => *mode != BlockMode::Linear && whole(*units),
        Formula::Each { units, in_money: false, each } => *each != Each::Item && whole(*units),
        _ => false,
    }
}

/// Is it a number that is written with so many decimals at most?
pub(super) fn has_decimals(plan: &Plan, id: ExprId, decimals: u32) -> bool {
    match plan.node(id) {
        Node::Literal(Literal::Number(number)) => {
            number.round(Rounding::Down, decimals).is_ok_and(|rounded| Exact::from(rounded) == *number)
        }
        _ => false,
    }
}
