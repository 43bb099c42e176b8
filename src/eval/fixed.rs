//! Numbers of a program that no event changes, worked out before the first: `5% + status.extra` is one
//! number a tier.

use super::account::Standing;
use crate::plan::{ExprId, LadderId, Literal, Node, Plan};
use crate::value::{Exact, Overflow};

/// A number of the program that no event changes.
#[derive(Debug, Clone)]
pub(super) enum Fixed {
    /// `5%`
    Number(Exact),
    /// `5% + status.extra`: for each tier; none where a tier has no value.
    ByTier(LadderId, Vec<Option<Exact>>),
    /// It depends on something else.
    No,
}

impl Fixed {
    /// The number, where one stands on the ladders as told; none where the tier has none.
    #[inline]
    pub(super) fn at(&self, standings: &[Standing]) -> Option<&Exact> {
        match self {
            Self::Number(number) => Some(number),
            Self::ByTier(ladder, numbers) => {
                let tier = standings.get(ladder.index()).map_or(0, |standing| standing.tier);
                numbers.get(usize::from(tier))?.as_ref()
            }
            Self::No => None,
        }
    }

    /// The product with another number.
    pub(super) fn times(&self, other: &Self) -> Self {
        both(self.clone(), other.clone(), Exact::times)
    }

    /// The quotient by another number, which has to be above zero.
    pub(super) fn over(&self, other: &Self) -> Self {
        let divide = |one: Exact, other: Exact| if other.is_positive() { one.over(other) } else { Err(Overflow) };
        both(self.clone(), other.clone(), divide)
    }

    /// How much more than one it is.
    pub(super) fn more(&self) -> Self {
        each(self.clone(), |number| number.minus(Exact::ONE))
    }
}

/// Works out what can be worked out before the first event.
pub(super) fn fixed(plan: &Plan, id: ExprId) -> Fixed {
    match plan.node(id) {
        Node::Literal(Literal::Number(number)) => Fixed::Number(number.lowest()),
        Node::TierValue(ladder, position) => {
            let values = plan.ladder(*ladder).tiers.iter().map(|tier| {
                match tier.values.get(*position).copied().flatten().map(|value| plan.node(value)) {
                    Some(Node::Literal(Literal::Number(number))) => Some(Some(number.lowest())),
                    None => Some(None),
                    Some(_) => None,
                }
            });
            values.collect::<Option<Vec<_>>>().map_or(Fixed::No, |values| Fixed::ByTier(*ladder, values))
        }
        Node::Sum(parts) => {
            let signed = |(part, minus): &(ExprId, bool)| match minus {
                false => fixed(plan, *part),
                true => each(fixed(plan, *part), Exact::negated),
            };
            let zero = Fixed::Number(Exact::ZERO);
            parts.iter().fold(zero, |sum, part| both(sum, signed(part), Exact::plus))
        }
        _ => Fixed::No,
    }
}

/// Does something with a number, or with the number of each tier.
fn each(number: Fixed, work: impl Fn(Exact) -> Result<Exact, Overflow>) -> Fixed {
    match number {
        Fixed::Number(number) => work(number).map_or(Fixed::No, |number| Fixed::Number(number.lowest())),
        Fixed::ByTier(ladder, values) => {
            let values = values.into_iter().map(|value| value.map(|value| work(value).map(Exact::lowest)).transpose());
            values.collect::<Result<Vec<_>, _>>().map_or(Fixed::No, |values| Fixed::ByTier(ladder, values))
        }
        Fixed::No => Fixed::No,
    }
}

/// Does something with two numbers; with those of the same tier.
fn both(one: Fixed, other: Fixed, work: impl Fn(Exact, Exact) -> Result<Exact, Overflow>) -> Fixed {
    match (one, other) {
        (number, Fixed::Number(other)) => each(number, |number| work(number, other)),
        (Fixed::Number(number), other) => each(other, |other| work(number, other)),
        (Fixed::ByTier(ladder, ones), Fixed::ByTier(of, others)) if ladder == of => {
            let pairs = ones.into_iter().zip(others).map(|pair| match pair {
                (Some(one), Some(other)) => work(one, other).map(Exact::lowest).map(Some),
                _ => Ok(None),
            });
            pairs.collect::<Result<Vec<_>, _>>().map_or(Fixed::No, |values| Fixed::ByTier(ladder, values))
        }
        _ => Fixed::No,
    }
}
