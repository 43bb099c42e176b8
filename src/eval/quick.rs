//! Conditions that are one look: `category not in ["gift card", "alcohol"]`, `spend >= 500 RUB`.
//!
//! Most conditions compare one text of a line with texts of the program, or one number with a number of the
//! program. They are brought into that form before the first event, so that an event asks them without walking
//! over nodes and without fractions. All others are walked; both ways give the same.

use super::Fault;
use super::value::{Basket, Scene};
use crate::plan::{CounterId, ExprId, Including, Literal, Node, NumField, Plan, TextField};
use crate::syntax::ast::Compare;
use crate::ty::Sym;
use crate::ty::event::Datum;
use crate::value::Amount;

/// A condition that is one look.
#[derive(Debug)]
pub(super) enum Quick {
    /// `category in ["cakes", "bread"]`
    Text {
        /// Of which text of the line.
        field: TextField,
        /// What it is compared with.
        among: Box<[Sym]>,
        /// The answer where it is one of them.
        one: bool,
        /// The answer where it is another.
        other: bool,
        /// The answer where the data have none.
        missing: bool,
    },
    /// `spend >= 500 RUB`
    Number {
        /// Of which number.
        of: Counted,
        /// How it is compared.
        compare: Compare,
        /// With what.
        bound: Amount,
    },
}

/// A number that stands ready when a condition asks for it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Counted {
    /// `spend`: of the line, or of the rule's lines
    Lines(NumField),
    /// `spend over the last 12 months`: as before this event
    Counter(CounterId),
}

impl Quick {
    /// The condition in this form, if it has it.
    pub(super) fn of(plan: &Plan, id: ExprId) -> Option<Self> {
        match plan.node(id) {
            Node::In(value, set) => Self::in_texts(plan, *value, set),
            Node::Not(part) => match Self::of(plan, *part)? {
                Self::Text { field, among, one, other, missing } => {
                    Some(Self::Text { field, among, one: !one, other: !other, missing: !missing })
                }
                Self::Number { .. } => None,
            },
            Node::Compare(compare, left, right) => match (plan.node(*left), plan.node(*right)) {
                (Node::LineText(field), Node::Literal(Literal::Text(text))) => {
                    let one = match compare {
                        Compare::Equal => true,
                        Compare::NotEqual => false,
                        Compare::Less | Compare::AtMost | Compare::More | Compare::AtLeast => return None,
                    };
                    Some(Self::Text { field: *field, among: [*text].into(), one, other: !one, missing: false })
                }
                (Node::Lines(field), Node::Literal(Literal::Number(bound))) => {
                    Some(Self::Number { of: Counted::Lines(*field), compare: *compare, bound: bound.to_amount()? })
                }
                (Node::Counter(counter, Including::Before), Node::Literal(Literal::Number(bound))) => {
                    Some(Self::Number { of: Counted::Counter(*counter), compare: *compare, bound: bound.to_amount()? })
                }
                _ => None,
            },
            _ => None,
        }
    }

    fn in_texts(plan: &Plan, value: ExprId, set: &[Literal]) -> Option<Self> {
        let Node::LineText(field) = plan.node(value) else { return None };
        let texts = set.iter().map(|literal| if let Literal::Text(text) = literal { Some(*text) } else { None });
        let among = texts.collect::<Option<_>>()?;
        Some(Self::Text { field: *field, among, one: true, other: false, missing: false })
    }

    /// Does the condition hold?
    #[inline]
    pub(super) fn holds(&self, scene: &Scene<'_>) -> Result<bool, Fault> {
        match self {
            Self::Text { missing, .. } => Ok(scene.line.map_or(*missing, |line| self.fits_line(&scene.basket, line))),
            Self::Number { of, compare, bound } => {
                let number = match of {
                    Counted::Lines(field) => match scene.line {
                        Some(line) => scene.basket.number(line, *field)?,
                        None => scene.basket.sum(scene.chosen, *field)?,
                    },
                    Counted::Counter(counter) => match scene.frame.counters.get(counter.index()) {
                        Some(Some(number)) => *number,
                        _ => return Ok(false),
                    },
                };
                Ok(compare.fits(number.cmp(bound)))
            }
        }
    }

    /// Does a condition on a text hold for a line?
    #[inline]
    pub(super) fn fits_line(&self, basket: &Basket<'_>, line: usize) -> bool {
        let Self::Text { field, .. } = self else { return false };
        self.fits_text(basket.text(line, *field))
    }

    /// Does a condition on a text hold for it?
    #[inline]
    pub(super) fn fits_text(&self, text: Datum) -> bool {
        let Self::Text { among, one, other, missing, .. } = self else { return false };
        match text {
            Datum::Text(text) if among.contains(&text) => *one,
            Datum::Text(_) => *other,
            _ => *missing,
        }
    }
}
