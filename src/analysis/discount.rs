//! The money that comes off a receipt by itself: discounts, and what rewards take off automatically beyond the worth
//! of the units that it costs. What one asks for with units was counted when the units were given.

use super::award::{Awards, Count};
use super::bound::{Leaf, Mask, Part, Piece, Slopes, Sum, greater, lesser, slopes};
use super::formula::Look;
use super::round::has_decimals;
use crate::plan::{
    Act, Benefit, CostOf, Formula, Give, Measured, Node, NumField, Offer, Prize, Reward, Role, Rule, RuleId, Step,
    Trigger,
};
use crate::ty::Kind;
use crate::value::Exact;
use std::collections::BTreeMap;

/// What comes off by itself, in a situation.
pub(super) struct Off {
    /// Of each kind of line, at most such a share.
    pub share: Vec<Exact>,
    /// What comes off beside that.
    pub parts: Vec<Part>,
    /// Units that conversions bring beyond the worth of what they take.
    pub gifts: Vec<Part>,
}

/// Works it out.
pub(super) fn off(awards: &Awards<'_>, losers: &[RuleId]) -> Sum<Off> {
    let plan = awards.scene.plan;
    let kinds = awards.scene.classes.len();
    let mut left = vec![Exact::ONE; kinds];
    let mut off = Off { share: Vec::new(), parts: Vec::new(), gifts: Vec::new() };
    for step in [Step::LineDiscounts, Step::ReceiptDiscounts, Step::Coupons, Step::Units, Step::After] {
        let mut shares = vec![Exact::ZERO; kinds];
        for (at, rule) in plan.rules.iter().enumerate() {
            let Role::Reward(reward) = &rule.role else { continue };
            let skipped = reward.step != step || losers.contains(&RuleId::new(at));
            if skipped || !by_itself(rule, reward) || !awards.may_apply(rule) {
                continue;
            }
            let mask = awards.mask(rule);
            for offer in &reward.offers {
                reduce(awards, rule, reward, offer, &mask, &mut shares, &mut off)?;
            }
        }
        for (left, share) in left.iter_mut().zip(shares) {
            *left = left.times(Exact::ONE.minus(lesser(share, Exact::ONE)?)?)?.lowest();
        }
    }
    off.share = left.into_iter().map(|left| Exact::ONE.minus(left)).collect::<Sum<_>>()?;
    Ok(off)
}

/// Does a reward come with a purchase without being asked for?
fn by_itself(rule: &Rule, reward: &Reward) -> bool {
    let purchase = match &rule.trigger {
        Trigger::Fact { kind, .. } => matches!(kind, Kind::Purchase | Kind::Redeem),
        Trigger::Nth { .. } => true,
        Trigger::Entering(..) | Trigger::StartOf(_) | Trigger::At(_) => false,
    };
    purchase && (reward.automatic || reward.offers.iter().all(|offer| offer.cost.is_none()))
}

fn reduce(
    awards: &Awards<'_>,
    rule: &Rule,
    reward: &Reward,
    offer: &Offer,
    mask: &Mask,
    shares: &mut [Exact],
    off: &mut Off,
) -> Sum<()> {
    let plan = awards.scene.plan;
    let price = match &offer.cost {
        None => Exact::ZERO,
        Some(cost) => match cost.amount {
            CostOf::Fixed(units) => {
                let units = awards.scene.range(units)?.least.unwrap_or(Exact::ZERO);
                units.times(awards.weight(cost.unit))?
            }
            // Their worth off for any number of them: what they are worth was counted when they were given.
            CostOf::Any | CostOf::All => {
                if awards.count == Count::Money && is_worth(awards, offer) {
                    return Ok(());
                }
                Exact::ZERO
            }
        },
    };
    for gift in &offer.gifts {
        let (money, limits) = match gift {
            Benefit::Off { money, limits, .. } => (Some(money), limits.as_slice()),
            Benefit::Free { limits, .. } => (None, limits.as_slice()),
            Benefit::Units(act) => {
                conversion(awards, rule, reward, usize::from(*act), price, off)?;
                continue;
            }
            Benefit::Away => continue,
        };
        if awards.count != Count::Money {
            continue;
        }
        let whole = vec![Part::Leaf(Leaf {
            mask: mask.clone(),
            net: false,
            whole: false,
            pieces: vec![Piece::line(Exact::ONE, Exact::ZERO)],
            extras: BTreeMap::new(),
        })];
        let parts = match money {
            Some(money) if offer.cost.is_none() => {
                let look = Look { scene: awards.scene, mask, weight: Exact::ONE };
                before_discounts(look.formula(money, &|_| Vec::new()))
            }
            // As often as it fits, at most all of it.
            Some(_) | None => whole,
        };
        let mut parts = limited(awards, parts, mask, limits.iter().chain(&rule.limits).map(|id| plan.limit(*id)))?;
        take_rounding(awards, money, mask, &mut parts)?;
        take(parts, mask, shares, off)?;
    }
    Ok(())
}

/// Money off is rounded half up; an amount that is written in whole kopecks needs no rounding.
fn take_rounding(awards: &Awards<'_>, money: Option<&Formula>, mask: &Mask, parts: &mut Vec<Part>) -> Sum<()> {
    let plan = awards.scene.plan;
    if let Some(Formula::Fixed { amount, .. }) = money
        && has_decimals(plan, *amount, plan.currency_decimals)
    {
        return Ok(());
    }
    let half = Exact::new(1, 2 * 10_i128.pow(plan.currency_decimals.min(6)))?;
    let pieces = vec![Piece::line(Exact::ZERO, half)];
    parts.push(Part::Leaf(Leaf { mask: mask.clone(), net: false, whole: false, pieces, extras: BTreeMap::new() }));
    Ok(())
}

/// Is it no more than their worth that comes off?
fn is_worth(awards: &Awards<'_>, offer: &Offer) -> bool {
    let plan = awards.scene.plan;
    let Some(cost) = &offer.cost else { return false };
    let worth = awards.weight(cost.unit);
    let money = |gift: &Benefit| match gift {
        Benefit::Off { money: Formula::Share { share, of, .. }, .. } => {
            let rate = awards.scene.range(*share).ok().and_then(|range| range.most);
            matches!(plan.node(*of), Node::Paid)
                && rate.is_some_and(|rate| rate.compare(worth).is_ok_and(std::cmp::Ordering::is_le))
        }
        _ => false,
    };
    offer.gifts.iter().all(money)
}

/// The steps before a discount take money off, so it grows with what lines cost at first at most.
fn before_discounts(parts: Vec<Part>) -> Vec<Part> {
    let part = |part: Part| match part {
        Part::Leaf(leaf) => Part::Leaf(Leaf { net: false, ..leaf }),
        Part::Cap(parts, cap) => Part::Cap(before_discounts(parts), cap),
        Part::One { of, per_line } => Part::One { of: of.into_iter().map(before_discounts).collect(), per_line },
        Part::Open(why) => Part::Open(why),
    };
    parts.into_iter().map(part).collect()
}

fn limited<'l>(
    awards: &Awards<'_>,
    mut parts: Vec<Part>,
    mask: &Mask,
    limits: impl Iterator<Item = &'l crate::plan::Limit>,
) -> Sum<Vec<Part>> {
    for limit in limits {
        let by_line =
            limit.keys.iter().any(|key| matches!(key, crate::plan::LimitKey::Sku | crate::plan::LimitKey::Line(_)));
        let room = awards.scene.range(limit.room)?.most;
        match (limit.measured, room) {
            _ if by_line => {}
            (Measured::Money, Some(room)) => parts = vec![Part::Cap(parts, room)],
            (Measured::Money, None) => {
                // `at most 30% of spend`
                if let Some(share) = share_of_spend(awards, limit.room) {
                    let own = slopes(&parts, mask.len())?;
                    let steep = own.gross.iter().any(|slope| slope.compare(share).is_ok_and(std::cmp::Ordering::is_gt));
                    if steep {
                        parts = vec![Part::Leaf(Leaf {
                            mask: mask.clone(),
                            net: false,
                            whole: false,
                            pieces: vec![Piece::line(share, Exact::ZERO)],
                            extras: BTreeMap::new(),
                        })];
                    }
                }
            }
            _ => {}
        }
    }
    Ok(parts)
}

fn share_of_spend(awards: &Awards<'_>, room: crate::plan::ExprId) -> Option<Exact> {
    let plan = awards.scene.plan;
    let Node::Product(parts) = plan.node(room) else { return None };
    let [(_, share), (_, of)] = parts.as_slice() else { return None };
    let spend = |id| matches!(plan.node(id), Node::Lines(NumField::Spend(_)));
    let share = if spend(*of) {
        *share
    } else if spend(*share) {
        *of
    } else {
        return None;
    };
    awards.scene.range(share).ok()?.most
}

/// Percentages of lines add up within a step; what has a limit comes off beside them.
fn take(parts: Vec<Part>, mask: &Mask, shares: &mut [Exact], off: &mut Off) -> Sum<()> {
    let kinds = mask.len();
    for part in parts {
        let own: Slopes = slopes(std::slice::from_ref(&part), kinds)?;
        let mut flat = part;
        if own.gross.iter().any(|slope| slope.is_positive()) {
            for (share, slope) in shares.iter_mut().zip(&own.gross) {
                *share = share.plus(*slope)?.lowest();
            }
            flat = without_slope(flat)?;
        }
        off.parts.push(flat);
    }
    Ok(())
}

/// What a part comes to above its slope.
fn without_slope(part: Part) -> Sum<Part> {
    Ok(match part {
        Part::Leaf(mut leaf) => {
            let mut least = Exact::ZERO;
            for piece in leaf.pieces.iter().filter(|piece| piece.to.is_none()) {
                least = greater(least, piece.rate)?;
            }
            for piece in &mut leaf.pieces {
                piece.rate = piece.rate.minus(least)?;
            }
            Part::Leaf(leaf)
        }
        Part::One { of, per_line } => {
            let each = |parts: Vec<Part>| parts.into_iter().map(without_slope).collect::<Sum<Vec<Part>>>();
            Part::One { of: of.into_iter().map(each).collect::<Sum<_>>()?, per_line }
        }
        other => other,
    })
}

/// Units for units, as often as the whole of it fits: what they bring beyond the worth of what they take.
fn conversion(awards: &Awards<'_>, rule: &Rule, reward: &Reward, act: usize, price: Exact, off: &mut Off) -> Sum<()> {
    let Some(Act::Give(Give { prize: Prize::Units(unit, formula), .. })) = rule.acts.get(act) else { return Ok(()) };
    let weight = awards.weight(*unit);
    if weight.is_zero() || !reward.automatic {
        return Ok(());
    }
    let worth = match formula {
        Formula::Fixed { amount, in_money: false } => awards.scene.range(*amount)?.most,
        _ => None,
    };
    if let Some(worth) = worth
        && worth.times(weight)?.compare(price)?.is_le()
    {
        return Ok(());
    }
    off.gifts.push(Part::Open(format!("the units that \"{}\" turns", rule.name)));
    Ok(())
}
