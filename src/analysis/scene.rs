//! A situation of which some is known: the day, the tier, what a line is. What a condition comes to in it
//! is yes, no or perhaps; what a number comes to lies between two bounds.
//!
//! `if status = Gold and spend >= 100 RUB` is no where the tier is Silver, and perhaps where it is Gold: how much
//! is spent is never known here.

use crate::plan::{Balance, ExprId, Literal, Node, Plan, TextField};
use crate::syntax::ast::{Compare, Factor};
use crate::time::Day;
use crate::ty::Sym;
use crate::value::{Exact, Overflow};
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// What a text or a yes/no is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Word {
    /// A text that the program names.
    Named(u32),
    /// A text that it does not name.
    Other,
    /// Yes or no.
    Flag(bool),
    /// It is missing.
    Missing,
}

impl Word {
    /// A text that the program names.
    pub(super) const fn of(text: Sym) -> Self {
        Self::Named(text.number())
    }
}

/// A kind of line: what its texts are, as far as the program tells lines apart.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Class {
    /// Its `sku`, where the program tells lines apart by it.
    pub sku: Option<Word>,
    /// Its attributes by slot.
    pub values: BTreeMap<usize, Word>,
}

/// Where something that is known of a receipt or a member stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    /// An attribute of the receipt.
    Receipt(usize),
    /// An attribute of the member.
    Member(usize),
}

/// A situation.
#[derive(Debug, Clone)]
pub(super) struct Scene<'p> {
    /// The plan.
    pub plan: &'p Plan,
    /// The day.
    pub day: Day,
    /// The tier of each ladder, where it is known.
    pub tiers: Vec<Option<u8>>,
    /// Does the member join with this purchase?
    pub newcomer: bool,
    /// Which of the member's purchases it is, where that is known.
    pub visit: Option<u32>,
    /// What the receipt and the member are.
    pub values: BTreeMap<Place, Word>,
    /// The kinds of lines there are.
    pub classes: &'p [Class],
    /// Which of them a filter keeps that looks at lines alone.
    pub kept: &'p BTreeMap<ExprId, Vec<bool>>,
}

impl<'p> Scene<'p> {
    /// Nothing is known yet but the kinds of lines.
    pub(super) fn of(plan: &'p Plan, classes: &'p [Class], kept: &'p BTreeMap<ExprId, Vec<bool>>) -> Self {
        Self {
            plan,
            day: Day::default(),
            tiers: Vec::new(),
            newcomer: false,
            visit: None,
            values: BTreeMap::new(),
            classes,
            kept,
        }
    }
}

/// What a condition comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Truth {
    /// It holds.
    Yes,
    /// It does not hold.
    No,
    /// It is not known.
    Perhaps,
}

impl From<bool> for Truth {
    fn from(holds: bool) -> Self {
        if holds { Self::Yes } else { Self::No }
    }
}

/// A number between two bounds; none is no bound.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Range {
    /// Not less than this.
    pub least: Option<Exact>,
    /// Not more than this.
    pub most: Option<Exact>,
}

impl Range {
    /// Any number.
    pub(super) const ANY: Self = Self { least: None, most: None };
    /// Any number from zero on.
    pub(super) const NOT_BELOW_ZERO: Self = Self { least: Some(Exact::ZERO), most: None };

    pub(super) const fn just(number: Exact) -> Self {
        Self { least: Some(number), most: Some(number) }
    }

    /// From the lesser of two bounds to the greater.
    pub(super) fn hull(self, other: Self) -> Result<Self, Overflow> {
        let bound = |one: Option<Exact>, two: Option<Exact>, wanted: Ordering| match (one, two) {
            (Some(one), Some(two)) => Ok(Some(if one.compare(two)? == wanted { one } else { two })),
            _ => Ok(None),
        };
        Ok(Self {
            least: bound(self.least, other.least, Ordering::Less)?,
            most: bound(self.most, other.most, Ordering::Greater)?,
        })
    }

    fn negated(self) -> Result<Self, Overflow> {
        let turned = |bound: Option<Exact>| bound.map(Exact::negated).transpose();
        Ok(Self { least: turned(self.most)?, most: turned(self.least)? })
    }

    fn plus(self, other: Self) -> Result<Self, Overflow> {
        let sum = |one: Option<Exact>, two: Option<Exact>| match (one, two) {
            (Some(one), Some(two)) => one.plus(two).map(Some),
            _ => Ok(None),
        };
        Ok(Self { least: sum(self.least, other.least)?, most: sum(self.most, other.most)? })
    }

    fn times(self, other: Self) -> Result<Self, Overflow> {
        let positive = |bound: Option<Exact>| bound.is_some_and(|bound| !bound.is_negative());
        if !positive(self.least) || !positive(other.least) {
            return Ok(Self::ANY);
        }
        let product = |one: Option<Exact>, two: Option<Exact>| match (one, two) {
            (Some(one), Some(two)) => one.times(two).map(Some),
            _ => Ok(None),
        };
        Ok(Self { least: product(self.least, other.least)?, most: product(self.most, other.most)? })
    }

    fn over(self, other: Self) -> Result<Self, Overflow> {
        let positive = |bound: Option<Exact>| bound.is_some_and(Exact::is_positive);
        if self.least.is_none_or(Exact::is_negative) || !positive(other.least) {
            return Ok(Self::ANY);
        }
        let quotient = |one: Option<Exact>, two: Option<Exact>| match (one, two) {
            (Some(one), Some(two)) => one.over(two).map(Some),
            _ => Ok(None),
        };
        let least = quotient(self.least, other.most)?.or(Some(Exact::ZERO));
        Ok(Self { least, most: quotient(self.most, other.least)? })
    }
}

impl Scene<'_> {
    /// What a condition comes to, of a kind of line or of the receipt as a whole.
    pub(super) fn truth(&self, id: ExprId, class: Option<&Class>) -> Truth {
        match self.plan.node(id) {
            Node::Or(parts) => self.any(parts, class, Truth::Yes, Truth::No),
            Node::And(parts) => self.any(parts, class, Truth::No, Truth::Yes),
            Node::Not(part) => match self.truth(*part, class) {
                Truth::Yes => Truth::No,
                Truth::No => Truth::Yes,
                Truth::Perhaps => Truth::Perhaps,
            },
            Node::Compare(compare, left, right) => self.compared(*compare, *left, *right, class),
            Node::In(of, list) => match self.word(*of, class) {
                None => Truth::Perhaps,
                Some(Word::Missing) => Truth::No,
                Some(word) => list.iter().any(|literal| word_of(*literal) == Some(word)).into(),
            },
            Node::IsKnown(of) => self.word(*of, class).map_or(Truth::Perhaps, |word| (word != Word::Missing).into()),
            _ => match self.word(id, class) {
                Some(Word::Flag(flag)) => flag.into(),
                Some(Word::Missing) => Truth::No,
                _ => Truth::Perhaps,
            },
        }
    }

    /// `or` is yes as soon as one is, and no if all are; `and` the other way round.
    fn any(&self, parts: &[ExprId], class: Option<&Class>, decides: Truth, otherwise: Truth) -> Truth {
        let mut all = otherwise;
        for part in parts {
            match self.truth(*part, class) {
                truth if truth == decides => return decides,
                Truth::Perhaps => all = Truth::Perhaps,
                Truth::Yes | Truth::No => {}
            }
        }
        all
    }

    fn compared(&self, compare: Compare, left: ExprId, right: ExprId, class: Option<&Class>) -> Truth {
        if let (Some(one), Some(two)) = (self.word(left, class), self.word(right, class)) {
            return match (compare, one == two) {
                _ if one == Word::Missing || two == Word::Missing => Truth::No,
                // Two texts that the program does not name may be the same one.
                (_, true) if one == Word::Other => Truth::Perhaps,
                (Compare::Equal, same) => same.into(),
                (Compare::NotEqual, same) => (!same).into(),
                _ => Truth::Perhaps,
            };
        }
        if let (Some(one), Some(two)) = (self.tier(left), self.tier(right)) {
            return compare.fits(one.cmp(&two)).into();
        }
        let ranges = self.range(left).and_then(|left| Ok((left, self.range(right)?)));
        ranges.map_or(Truth::Perhaps, |(left, right)| ranges_compared(compare, left, right))
    }

    fn tier(&self, id: ExprId) -> Option<u8> {
        match self.plan.node(id) {
            Node::Tier(ladder) => self.tiers.get(ladder.index()).copied().flatten(),
            Node::Literal(Literal::Tier(tier)) => Some(*tier),
            _ => None,
        }
    }

    /// What a text or a yes/no is, where it is known.
    pub(super) fn word(&self, id: ExprId, class: Option<&Class>) -> Option<Word> {
        match self.plan.node(id) {
            Node::Literal(literal) => word_of(*literal),
            Node::LineText(TextField::Sku) => class?.sku,
            Node::LineText(TextField::Line(slot)) | Node::LineDatum(slot) => class?.values.get(slot).copied(),
            Node::LineText(TextField::Receipt(slot)) | Node::ReceiptDatum(slot) => {
                self.values.get(&Place::Receipt(*slot)).copied()
            }
            Node::MemberDatum(slot) => self.values.get(&Place::Member(*slot)).copied(),
            Node::Default(of, default) => match self.word(*of, class)? {
                Word::Missing => self.word(*default, class),
                word => Some(word),
            },
            _ => None,
        }
    }

    /// The value of the day.
    pub(super) fn dated(&self, first: ExprId, later: &[(Day, ExprId)]) -> ExprId {
        later.iter().rev().find(|(from, _)| *from <= self.day).map_or(first, |(_, value)| *value)
    }

    /// Between what a number lies.
    pub(super) fn range(&self, id: ExprId) -> Result<Range, Overflow> {
        Ok(match self.plan.node(id) {
            Node::Literal(Literal::Number(number)) => Range::just(*number),
            Node::Dated(first, later) => self.range(self.dated(*first, later))?,
            Node::TierValue(ladder, value) => {
                let known = self.tiers.get(ladder.index()).copied().flatten();
                let mut all: Option<Range> = None;
                for (at, tier) in self.plan.ladder(*ladder).tiers.iter().enumerate() {
                    let Some(Some(value)) = tier.values.get(*value) else { continue };
                    if known.is_none_or(|known| usize::from(known) == at) {
                        let range = self.range(*value)?;
                        all = Some(all.map_or(Ok(range), |all| all.hull(range))?);
                    }
                }
                all.unwrap_or(Range::just(Exact::ZERO))
            }
            Node::Default(of, default) => self.range(*of)?.hull(self.range(*default)?)?,
            Node::Sum(parts) => {
                let mut sum = Range::just(Exact::ZERO);
                for (part, minus) in parts {
                    let part = self.range(*part)?;
                    sum = sum.plus(if *minus { part.negated()? } else { part })?;
                }
                sum
            }
            Node::Product(parts) => {
                let mut product = Range::just(Exact::ONE);
                for (factor, part) in parts {
                    let part = self.range(*part)?;
                    product = match factor {
                        Factor::Times => product.times(part)?,
                        Factor::Over => product.over(part)?,
                    };
                }
                product
            }
            // What data tell is taken to be not below zero.
            Node::Lines(_)
            | Node::Receipt(_)
            | Node::ReceiptDatum(_)
            | Node::ActionDatum(_)
            | Node::MemberDatum(_)
            | Node::Counter(..)
            | Node::DaysSince(_)
            | Node::Given(_)
            | Node::Balance(_, Balance::Pending | Balance::Debt | Balance::Spent) => Range::NOT_BELOW_ZERO,
            _ => Range::ANY,
        })
    }
}

fn word_of(literal: Literal) -> Option<Word> {
    match literal {
        Literal::Text(text) => Some(Word::of(text)),
        Literal::Flag(flag) => Some(Word::Flag(flag)),
        Literal::Number(_) | Literal::Date(_) | Literal::Time(_) | Literal::Tier(_) => None,
    }
}

/// What the comparison of two numbers comes to.
pub(super) fn ranges_compared(compare: Compare, left: Range, right: Range) -> Truth {
    let order = |one: Option<Exact>, two: Option<Exact>| one?.compare(two?).ok();
    // The largest left against the least right, and the least left against the largest right.
    let (high, low) = (order(left.most, right.least), order(left.least, right.most));
    let is = |found: Option<Ordering>, test: fn(Ordering) -> bool| found.is_some_and(test);
    let (yes, no) = match compare {
        Compare::Less => (is(high, Ordering::is_lt), is(low, Ordering::is_ge)),
        Compare::AtMost => (is(high, Ordering::is_le), is(low, Ordering::is_gt)),
        Compare::More => (is(low, Ordering::is_gt), is(high, Ordering::is_le)),
        Compare::AtLeast => (is(low, Ordering::is_ge), is(high, Ordering::is_lt)),
        Compare::Equal | Compare::NotEqual => {
            let apart = is(high, Ordering::is_lt) || is(low, Ordering::is_gt);
            let same = is(high, Ordering::is_eq) && is(low, Ordering::is_eq);
            if compare == Compare::Equal { (same, apart) } else { (apart, same) }
        }
    };
    if yes {
        Truth::Yes
    } else if no {
        Truth::No
    } else {
        Truth::Perhaps
    }
}
