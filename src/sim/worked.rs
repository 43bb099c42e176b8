//! Numbers that are worked out from what was counted: shares, cost, measures of a program's own.

use super::count::{Counts, Figures};
use super::report::{Named, RuleTotals, Sum, Totals};
use crate::plan::{Counted, Figure, Plan, Slice, UnitFigure};
use crate::syntax::ast::{Factor, Sign};
use crate::value::Exact;

/// Millionths.
const SCALE: i128 = 1_000_000;

/// One number for each of another, half up to six decimals; none where there is no other.
pub(super) fn of(number: Sum, each: Sum) -> Option<Sum> {
    if each.0 <= 0 {
        return None;
    }
    let exact = Exact::new(number.0, each.0).ok()?;
    rounded(exact)
}

fn rounded(number: Exact) -> Option<Sum> {
    let (num, den) = number.parts();
    let (scaled, den) = (num.checked_mul(SCALE.checked_mul(2)?)?.checked_add(den)?, den.checked_mul(2)?);
    Some(Sum(scaled.div_euclid(den)))
}

/// So many millionths of units in money.
pub(super) fn in_money(amount: i128, worth: Option<Exact>) -> Sum {
    let Some(worth) = worth else { return Sum::ZERO };
    let (num, den) = worth.parts();
    let product = amount.checked_mul(num).and_then(|product| Exact::new(product, den).ok());
    let whole = product.map(|product| {
        let (num, den) = product.parts();
        num.saturating_mul(2).saturating_add(den).div_euclid(den.saturating_mul(2))
    });
    Sum(whole.unwrap_or(if amount < 0 { i128::MIN } else { i128::MAX }))
}

/// What a slice costs: awards less what was taken back, in money, and discounts without units.
pub(super) fn cost(figures: &Figures, worths: &[Option<Exact>]) -> Sum {
    let units = figures.units.iter().zip(worths).map(|(flow, worth)| in_money(flow.earned - flow.reversed, *worth).0);
    Sum(units.fold(figures.discounts, i128::saturating_add))
}

/// What balances are in money.
pub(super) fn owed(balances: &[i128], worths: &[Option<Exact>]) -> Sum {
    let parts = balances.iter().zip(worths).map(|(balance, worth)| in_money(*balance, *worth).0);
    Sum(parts.fold(0, i128::saturating_add))
}

/// The value of a measure; none where it divides by zero or asks for what is not counted.
pub(super) fn value(
    value: &Counted,
    plan: &Plan,
    counts: &Counts,
    totals: &Totals,
    worths: &[Option<Exact>],
) -> Option<Sum> {
    rounded(exact(value, plan, counts, totals, worths)?)
}

fn exact(value: &Counted, plan: &Plan, counts: &Counts, totals: &Totals, worths: &[Option<Exact>]) -> Option<Exact> {
    let inner = |part: &Counted| exact(part, plan, counts, totals, worths);
    match value {
        Counted::Number(number) => Some(*number),
        Counted::Of(slice, figure) => {
            let sum = match slice {
                Slice::All => counts.total.get(&key_of(plan, *figure)).copied(),
                Slice::Tier(ladder, tier) => {
                    let of = plan.ladder(*ladder);
                    let tier = of.tiers.get(usize::from(*tier))?;
                    counts.by.get(&of.name)?.get(&tier.name)?.get(&key_of(plan, *figure)).copied()
                }
                Slice::Rule(name) => Some(of_rule(name, *figure, plan, totals, worths)),
            }?;
            Exact::new(sum.0, SCALE).ok()
        }
        Counted::Sum(terms) => terms.iter().try_fold(Exact::ZERO, |sum, (sign, term)| {
            let term = inner(term)?;
            match sign {
                Sign::Plus => sum.plus(term).ok(),
                Sign::Minus => sum.minus(term).ok(),
            }
        }),
        Counted::Product(factors) => factors.iter().try_fold(Exact::ONE, |product, (sign, factor)| {
            let factor = inner(factor)?;
            match sign {
                Factor::Times => product.times(factor).ok(),
                Factor::Over => product.over(factor).ok(),
            }
        }),
        Counted::Negative(of) => inner(of)?.negated().ok(),
    }
}

fn of_rule(name: &str, figure: Figure, plan: &Plan, totals: &Totals, worths: &[Option<Exact>]) -> Sum {
    let none = RuleTotals::default();
    let rule = totals.rules.get(name).unwrap_or(&none);
    match figure {
        Figure::Times => Sum(i128::from(rule.times).saturating_mul(SCALE)),
        Figure::Units(unit, _) => rule.given.get(plan.unit(unit).key()).copied().unwrap_or_default(),
        _ => cost_of_rule(&rule.given, plan, worths),
    }
}

/// What a clause gave in money, before reversals.
pub(super) fn cost_of_rule(given: &Named<Sum>, plan: &Plan, worths: &[Option<Exact>]) -> Sum {
    let mut sum = given.get(&plan.currency).copied().unwrap_or_default().0;
    for (unit, worth) in plan.units.iter().zip(worths) {
        let given = given.get(unit.key()).copied().unwrap_or_default();
        sum = sum.saturating_add(in_money(given.0, *worth).0);
    }
    Sum(sum)
}

fn key_of(plan: &Plan, figure: Figure) -> String {
    match figure {
        Figure::Members => "members".to_owned(),
        Figure::Active => "active".to_owned(),
        Figure::Joined => "joined".to_owned(),
        Figure::Purchases => "purchases".to_owned(),
        Figure::Returns => "returns".to_owned(),
        Figure::Revenue => "revenue".to_owned(),
        Figure::Cost => "cost".to_owned(),
        Figure::Discounts => "discounts".to_owned(),
        Figure::Liability => "liability".to_owned(),
        Figure::Times => "times".to_owned(),
        Figure::Units(unit, figure) => {
            let what = match figure {
                UnitFigure::Earned => "earned",
                UnitFigure::Reversed => "reversed",
                UnitFigure::Redeemed => "redeemed",
                UnitFigure::Expired => "expired",
                UnitFigure::Adjusted => "adjusted",
                UnitFigure::Balance => "balance",
            };
            format!("{}.{what}", plan.unit(unit).key())
        }
    }
}
