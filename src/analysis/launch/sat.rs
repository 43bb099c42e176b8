//! Whether conditions can hold together: `status = Gold` and `status < Silver` cannot, `spend >= 500 RUB` and
//! `spend < minimum` cannot where the minimum is never above 500.
//!
//! Each thing that conditions compare (an attribute, a counter, a tier, a sum of lines) has a domain, which every
//! condition narrows; `or` is tried part by part. What is not known narrows nothing, so what is told never to hold
//! never does.

use super::number::{is_more, least, most};
use crate::plan::{ExprId, Literal, Node, NumField, Plan, TextField};
use crate::syntax::ast::Compare;
use crate::ty::Missing;
use crate::value::Exact;
use std::cell::Cell;
use std::cmp::Ordering;
use std::collections::BTreeSet;

/// So many ways through `or` are tried; beyond that conditions are taken to hold.
const WAYS_MAX: usize = 2_000;

/// Of what a condition speaks: the sums of the lines of one rule are not those of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    /// A line, that several rules may have picked.
    Line(usize),
    /// The sums over the lines of a rule.
    Sums(usize),
}

/// What is wanted.
#[derive(Debug, Clone)]
pub(super) enum Wanted {
    /// A condition holds, or does not.
    Holds(ExprId, bool, Scope),
    /// Something compares with something.
    Compares(ExprId, Compare, ExprId, Scope),
    /// Something is one of these.
    OneOf(ExprId, Vec<Literal>, Scope),
}

/// A value that is not a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Word {
    Text(u32),
    Tier(u8),
    Flag(bool),
}

/// What a thing may still be.
#[derive(Debug, Clone, Default)]
struct Domain {
    low: Option<(Exact, bool)>,
    high: Option<(Exact, bool)>,
    only: Option<BTreeSet<Word>>,
    not: BTreeSet<Word>,
    known: Option<bool>,
}

impl Domain {
    fn is_empty(&self) -> bool {
        let crossed = self.low.zip(self.high).is_some_and(|((low, from), (high, to))| match low.compare(high) {
            Ok(Ordering::Greater) => true,
            Ok(Ordering::Equal) => !(from && to),
            Ok(Ordering::Less) | Err(_) => false,
        });
        let none = self.only.as_ref().is_some_and(|only| only.difference(&self.not).next().is_none());
        let narrowed = self.low.is_some() || self.high.is_some() || self.only.is_some();
        crossed || none || (self.known == Some(false) && narrowed)
    }

    fn from(&mut self, low: Exact, included: bool) {
        let tighter = self.low.is_none_or(|(known, is)| is_more(low, known) || (low == known && is && !included));
        if tighter {
            self.low = Some((low, included));
        }
    }

    fn to(&mut self, high: Exact, included: bool) {
        let tighter = self.high.is_none_or(|(known, is)| is_more(known, high) || (high == known && is && !included));
        if tighter {
            self.high = Some((high, included));
        }
    }

    fn only(&mut self, words: impl IntoIterator<Item = Word>) {
        let words: BTreeSet<Word> = words.into_iter().collect();
        self.only = Some(match &self.only {
            Some(known) => known.intersection(&words).copied().collect(),
            None => words,
        });
    }
}

/// The things that conditions speak of, and what they may be.
#[derive(Debug, Clone, Default)]
struct World(Vec<(Scope, ExprId, Domain)>);

/// May all of it hold together?
pub(super) fn may_hold(plan: &Plan, wanted: &[&Wanted]) -> bool {
    let solver = Solver { plan, ways: Cell::new(0) };
    let mut world = World::default();
    let mut open = Vec::new();
    for wanted in wanted {
        match wanted {
            Wanted::Holds(id, holds, scope) => open.push((*id, *holds, *scope)),
            Wanted::Compares(of, how, with, scope) => {
                if !solver.compare(&mut world, *how, *of, *with, *scope) {
                    return false;
                }
            }
            Wanted::OneOf(of, literals, scope) => {
                if !solver.one_of(&mut world, *of, literals, *scope) {
                    return false;
                }
            }
        }
    }
    solver.holds(open, world)
}

struct Solver<'p> {
    plan: &'p Plan,
    ways: Cell<usize>,
}

impl Solver<'_> {
    fn holds(&self, mut open: Vec<(ExprId, bool, Scope)>, mut world: World) -> bool {
        let mut either = Vec::new();
        while let Some((id, holds, scope)) = open.pop() {
            match (self.plan.node(id), holds) {
                (Node::And(parts), true) | (Node::Or(parts), false) => {
                    open.extend(parts.iter().map(|part| (*part, holds, scope)));
                }
                (Node::And(_), false) | (Node::Or(_), true) => either.push((id, holds, scope)),
                (Node::Not(part), _) => open.push((*part, !holds, scope)),
                _ => {
                    if !self.narrow(&mut world, id, holds, scope) {
                        return false;
                    }
                }
            }
        }
        let Some((id, holds, scope)) = either.pop() else { return self.adds_up(&world) };
        let parts = self.plan.node(id).children();
        self.ways.set(self.ways.get() + parts.len());
        let tried = |part: ExprId| {
            let mut open = either.clone();
            open.push((part, holds, scope));
            self.holds(open, world.clone())
        };
        self.ways.get() > WAYS_MAX || parts.into_iter().any(tried)
    }

    /// No lines cost more than the receipt.
    fn adds_up(&self, world: &World) -> bool {
        let low = |domain: &Domain| domain.low.map(|(low, _)| low);
        world.0.iter().all(|(_, lines, domain)| {
            let (Node::Lines(field @ NumField::Spend(_)), Some(low)) = (self.plan.node(*lines), low(domain)) else {
                return true;
            };
            let fits = |(_, receipt, domain): &(Scope, ExprId, Domain)| match self.plan.node(*receipt) {
                Node::Receipt(all) if all == field => domain.high.is_none_or(|(high, _)| !is_more(low, high)),
                _ => true,
            };
            world.0.iter().all(fits)
        })
    }

    /// Narrows what something may be by one condition; no if nothing is left.
    fn narrow(&self, world: &mut World, id: ExprId, holds: bool, scope: Scope) -> bool {
        match self.plan.node(id) {
            Node::Compare(how, left, right) => {
                if holds {
                    return self.compare(world, *how, *left, *right, scope);
                }
                // What is missing compares with nothing, so that it does not may be that.
                self.may_be_missing(*left)
                    || self.may_be_missing(*right)
                    || self.compare(world, negated(*how), *left, *right, scope)
            }
            Node::In(of, list) => {
                if holds {
                    return self.one_of(world, *of, list, scope);
                }
                let words: Vec<Word> = list.iter().filter_map(|literal| word(*literal)).collect();
                self.may_be_missing(*of) || self.domain(world, *of, scope, |domain| domain.not.extend(words))
            }
            Node::IsKnown(of) => self.domain(world, *of, scope, |domain| {
                let both = domain.known.is_some_and(|known| known != holds);
                domain.known = Some(if both { false } else { holds });
                if both {
                    domain.only(std::iter::empty());
                }
            }),
            Node::LineDatum(_) | Node::ReceiptDatum(_) | Node::ActionDatum(_) | Node::MemberDatum(_)
                if holds || !self.may_be_missing(id) =>
            {
                self.domain(world, id, scope, |domain| domain.only([Word::Flag(holds)]))
            }
            _ => true,
        }
    }

    fn compare(&self, world: &mut World, how: Compare, left: ExprId, right: ExprId, scope: Scope) -> bool {
        let of_literal = |id: ExprId| match self.plan.node(id) {
            Node::Literal(literal) => word(*literal),
            _ => None,
        };
        match (of_literal(left), of_literal(right)) {
            (None, Some(word)) => self.compare_word(world, how, left, word, scope),
            (Some(word), None) => self.compare_word(world, turned(how), right, word, scope),
            (Some(_), Some(_)) => true,
            (None, None) => {
                self.compare_number(world, how, left, right, scope)
                    && self.compare_number(world, turned(how), right, left, scope)
            }
        }
    }

    fn compare_word(&self, world: &mut World, how: Compare, of: ExprId, with: Word, scope: Scope) -> bool {
        self.domain(world, of, scope, |domain| match (how, with) {
            (Compare::Equal, _) => domain.only([with]),
            (Compare::NotEqual, _) => drop(domain.not.insert(with)),
            (_, Word::Tier(tier)) => {
                domain.only((0..=u8::MAX).filter(|other| how.fits(other.cmp(&tier))).map(Word::Tier));
            }
            (_, Word::Text(_) | Word::Flag(_)) => {}
        })
    }

    /// Something against a number whose bounds are known.
    fn compare_number(&self, world: &mut World, how: Compare, of: ExprId, with: ExprId, scope: Scope) -> bool {
        if point(self.plan, of).is_some() {
            return true;
        }
        let bounds = point(self.plan, with)
            .map(|point| (point, point))
            .or_else(|| Some((least(self.plan, with)?, most(self.plan, with)?)));
        let Some((low, high)) = bounds else { return true };
        self.domain(world, of, scope, |domain| match how {
            Compare::Less => domain.to(high, false),
            Compare::AtMost => domain.to(high, true),
            Compare::More => domain.from(low, false),
            Compare::AtLeast => domain.from(low, true),
            Compare::Equal => {
                domain.from(low, true);
                domain.to(high, true);
            }
            Compare::NotEqual => {}
        })
    }

    fn one_of(&self, world: &mut World, of: ExprId, list: &[Literal], scope: Scope) -> bool {
        let words: Option<Vec<Word>> = list.iter().map(|literal| word(*literal)).collect();
        words.is_none_or(|words| self.domain(world, of, scope, |domain| domain.only(words)))
    }

    /// Narrows the domain of a thing; no if nothing is left of it.
    fn domain(&self, world: &mut World, of: ExprId, scope: Scope, narrow: impl FnOnce(&mut Domain)) -> bool {
        let scope = if self.is_of_lines(of) { scope } else { Scope::Line(usize::MAX) };
        let known = world.0.iter().position(|(own, id, _)| *own == scope && self.plan.same(*id, of));
        let at = known.unwrap_or_else(|| {
            world.0.push((scope, of, Domain::default()));
            world.0.len() - 1
        });
        world.0.get_mut(at).is_none_or(|(_, _, domain)| {
            narrow(domain);
            !domain.is_empty()
        })
    }

    fn is_of_lines(&self, id: ExprId) -> bool {
        super::number::any_node(self.plan, id, &|node| {
            matches!(node, Node::Lines(_) | Node::LineText(_) | Node::LineDatum(_))
        })
    }

    fn may_be_missing(&self, id: ExprId) -> bool {
        let schema = &self.plan.schema;
        let missing = |attribute: Option<&crate::ty::Attribute>| {
            attribute.is_none_or(|attribute| attribute.missing == Missing::Allowed)
        };
        super::number::any_node(self.plan, id, &|node| match node {
            Node::LineDatum(slot) | Node::LineText(TextField::Line(slot)) => missing(schema.line.get(*slot)),
            Node::ReceiptDatum(slot) | Node::LineText(TextField::Receipt(slot)) => missing(schema.receipt.get(*slot)),
            Node::ActionDatum(slot) => missing(schema.action.get(*slot)),
            Node::MemberDatum(slot) => missing(schema.member.get(*slot)),
            Node::Lines(field) | Node::Receipt(field) => !matches!(field, NumField::Spend(_) | NumField::Quantity),
            Node::LineText(TextField::Sku)
            | Node::Literal(_)
            | Node::Tier(_)
            | Node::Counter(..)
            | Node::Balance(..)
            | Node::Dated(..)
            | Node::Sum(_)
            | Node::Product(_) => false,
            _ => true,
        })
    }
}

fn word(literal: Literal) -> Option<Word> {
    match literal {
        Literal::Text(text) => Some(Word::Text(text.number())),
        Literal::Tier(tier) => Some(Word::Tier(tier)),
        Literal::Flag(flag) => Some(Word::Flag(flag)),
        Literal::Number(_) | Literal::Date(_) | Literal::Time(_) => None,
    }
}

/// A number, a day or a time of day as a number.
fn point(plan: &Plan, id: ExprId) -> Option<Exact> {
    match plan.node(id) {
        Node::Literal(Literal::Number(number)) => Some(*number),
        Node::Literal(Literal::Date(day)) => Some(Exact::whole(i64::from(day.number()))),
        Node::Literal(Literal::Time(time)) => Some(Exact::whole(i64::from(time.seconds()))),
        _ => None,
    }
}

const fn negated(how: Compare) -> Compare {
    match how {
        Compare::Equal => Compare::NotEqual,
        Compare::NotEqual => Compare::Equal,
        Compare::Less => Compare::AtLeast,
        Compare::AtMost => Compare::More,
        Compare::More => Compare::AtMost,
        Compare::AtLeast => Compare::Less,
    }
}

/// The same with its sides changed.
const fn turned(how: Compare) -> Compare {
    match how {
        Compare::Less => Compare::More,
        Compare::AtMost => Compare::AtLeast,
        Compare::More => Compare::Less,
        Compare::AtLeast => Compare::AtMost,
        Compare::Equal | Compare::NotEqual => how,
    }
}
