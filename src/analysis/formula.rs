//! The most that a formula can come to: `5% of spend` is 5 % of the rule's lines, `1 bean per started 20 RUB` a
//! twentieth and one more, a table the most of its rows.

use super::bound::{Leaf, Mask, Part, Piece, Sum, greater};
use super::most::{Most, Per, name};
use super::scene::{Class, Range, Scene, Word};
use super::walk::told;
use crate::plan::{Bound, Counter, Each, ExprId, Factor, Formula, Literal, Measure, Node, NumField, RuleId, Window};
use crate::syntax::ast::BlockMode;
use crate::value::Exact;
use std::collections::BTreeMap;

/// What another rule gives.
pub(super) type Given<'g> = dyn Fn(RuleId) -> Vec<Part> + 'g;

/// What has no bound says why.
type Told<T> = Result<T, String>;

fn fits<T>(number: Sum<T>) -> Told<T> {
    number.map_err(|_| "a number that is too large".to_owned())
}

/// The row of a table that a key picks.
#[derive(Debug, Clone, Copy)]
enum Picked {
    /// It is not known which.
    Any,
    /// None of them.
    None,
    /// That one.
    Row(usize),
}

impl From<Option<usize>> for Picked {
    fn from(row: Option<usize>) -> Self {
        row.map_or(Self::None, Self::Row)
    }
}

impl Picked {
    /// May it be that row, or none?
    fn may_be(self, row: Option<usize>) -> bool {
        match self {
            Self::Any => true,
            Self::None => row.is_none(),
            Self::Row(picked) => row == Some(picked),
        }
    }
}

/// The lines that a formula looks at, in a situation.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look<'s> {
    /// The situation.
    pub scene: &'s Scene<'s>,
    /// The lines.
    pub mask: &'s Mask,
    /// What one of the unit that is given counts as.
    pub weight: Exact,
}

impl Look<'_> {
    /// The most that a number can be.
    fn most(&self, id: ExprId) -> Told<Most> {
        let plan = self.scene.plan;
        Ok(match plan.node(id) {
            Node::Lines(field) => Most::of(plan, *field, 0),
            Node::Receipt(field) => Most::of(plan, *field, 2),
            Node::ReceiptDatum(slot) => Most::extra(Per::Of(name(plan.schema.receipt.get(*slot)))),
            Node::MemberDatum(slot) => Most::extra(Per::Of(name(plan.schema.member.get(*slot)))),
            Node::Dated(first, later) => self.most(self.scene.dated(*first, later))?,
            Node::Default(of, default) => fits(self.most(*of)?.or(&self.most(*default)?))?,
            Node::Sum(parts) => {
                let mut sum = Most::NOTHING;
                for (part, minus) in parts {
                    let part = if *minus {
                        let least = fits(self.scene.range(*part))?.least;
                        let least = least.ok_or_else(|| told(plan, *part))?;
                        Most::fixed(fits(least.negated())?)
                    } else {
                        self.most(*part)?
                    };
                    sum = fits(sum.plus(&part))?;
                }
                sum
            }
            Node::Product(parts) => self.product(parts)?,
            Node::Balance(..) | Node::Counter(..) | Node::DaysSince(_) | Node::Given(_) => {
                return Err(told(plan, id));
            }
            _ => match fits(self.scene.range(id))?.most {
                Some(most) => Most::fixed(most),
                None => return Err(told(plan, id)),
            },
        })
    }

    fn product(&self, parts: &[(Factor, ExprId)]) -> Told<Most> {
        let plan = self.scene.plan;
        let (mut by, mut of) = (Exact::ONE, None);
        for (factor, part) in parts {
            let Range { least, most } = fits(self.scene.range(*part))?;
            if least.is_none_or(Exact::is_negative) {
                return Err(told(plan, *part));
            }
            match (factor, most) {
                (Factor::Times, Some(most)) => by = fits(by.times(most))?,
                (Factor::Times, None) if of.is_none() => of = Some(*part),
                (Factor::Over, _) if least.is_some_and(Exact::is_positive) => {
                    by = fits(by.over(least.unwrap_or(Exact::ONE)))?;
                }
                _ => return Err(told(plan, *part)),
            }
        }
        match of {
            Some(part) => fits(self.most(part)?.times(by)),
            None => Ok(Most::fixed(by)),
        }
    }

    /// The largest that a number which no receipt changes can be.
    pub(super) fn constant(&self, id: ExprId) -> Option<Exact> {
        self.scene.range(id).ok()?.most
    }

    /// What a number of units counts as; money counts as it is.
    fn weighed(&self, number: Exact, in_money: bool) -> Told<Exact> {
        if in_money { Ok(number) } else { fits(number.times(self.weight)) }
    }

    fn least(&self, id: ExprId) -> Option<Exact> {
        self.scene.range(id).ok()?.least
    }

    /// The parts that a number is under, so many times.
    fn parts_of(&self, most: Most, by: Exact) -> Sum<Vec<Part>> {
        let most = most.times(by)?;
        let mut parts = Vec::new();
        let mut left = (most.fixed, most.extras);
        for (place, rate) in most.money.into_iter().enumerate() {
            if rate.is_positive() {
                let (fixed, extras) = std::mem::replace(&mut left, (Exact::ZERO, BTreeMap::new()));
                let mask = if place < 2 { self.mask.clone() } else { vec![true; self.mask.len()] };
                parts.push(Part::Leaf(Leaf {
                    mask,
                    net: place % 2 == 0,
                    whole: place >= 2,
                    pieces: vec![Piece::line(rate, fixed)],
                    extras,
                }));
            }
        }
        let (fixed, extras) = left;
        if parts.is_empty() && (fixed.is_positive() || extras.values().any(|number| number.is_positive())) {
            let pieces = vec![Piece::line(Exact::ZERO, fixed)];
            parts.push(Part::Leaf(Leaf { mask: self.mask.clone(), net: true, whole: false, pieces, extras }));
        }
        Ok(parts)
    }

    /// The most that a formula comes to, in money or in units as it is written. What another rule gave is asked for.
    pub(super) fn formula(&self, formula: &Formula, given: &Given<'_>) -> Vec<Part> {
        self.try_formula(formula, given).unwrap_or_else(|why| vec![Part::Open(why)])
    }

    fn try_formula(&self, formula: &Formula, given: &Given<'_>) -> Told<Vec<Part>> {
        let plan = self.scene.plan;
        let number = |id: ExprId| self.constant(id).ok_or_else(|| told(plan, id));
        match formula {
            Formula::Fixed { amount, in_money } => {
                fits(self.parts_of(self.most(*amount)?, self.weighed(Exact::ONE, *in_money)?))
            }
            Formula::Share { share, of, in_money } => {
                if let Some(rules) = self.awards_of(*of) {
                    return of_awards(number(*share)?, &rules, given);
                }
                fits(self.parts_of(self.most(*of)?, self.weighed(number(*share)?, *in_money)?))
            }
            Formula::Block { units, in_money, size, mode, of } => {
                let (units, size) =
                    (self.weighed(number(*units)?, *in_money)?, self.least(*size).filter(|size| size.is_positive()));
                let size = size.ok_or_else(|| "blocks of no size".to_owned())?;
                let of = fits(self.most(*of)?.times(fits(Exact::ONE.over(size))?))?;
                let over = match mode {
                    BlockMode::Linear | BlockMode::Full => Exact::ZERO,
                    BlockMode::Started => Exact::ONE,
                    BlockMode::Nearest => fits(Exact::new(1, 2))?,
                };
                fits(self.parts_of(fits(of.plus(&Most::fixed(over)))?, units))
            }
            Formula::Each { units, in_money, each } => {
                let of = match each {
                    Each::Item => Most::extra(Per::Item),
                    Each::Line => Most::extra(Per::Line),
                    Each::Visit => Most::fixed(Exact::ONE),
                };
                fits(self.parts_of(of, self.weighed(number(*units)?, *in_money)?))
            }
            Formula::Running { units, size, counter, .. } => {
                let (units, size) =
                    (self.weighed(number(*units)?, false)?, self.least(*size).filter(|size| size.is_positive()));
                let size = size.ok_or_else(|| "blocks of no size".to_owned())?;
                self.running(plan.counter(*counter), units, size)
            }
            Formula::OfAward { share, rule } => of_awards(number(*share)?, &[*rule], given),
            Formula::ByKey { key, per_line, rows, otherwise } => {
                Ok(self.by_key(*key, *per_line, rows, otherwise.as_deref(), given))
            }
            Formula::Bands { key, rows, otherwise, marginal } => {
                if *marginal {
                    self.by_parts(rows, given)
                } else {
                    self.bands(*key, rows, otherwise.as_deref(), given)
                }
            }
            Formula::Dated(first, later) => {
                let day = self.scene.day;
                let row = later.iter().rev().find(|(from, _)| *from <= day).map_or(first.as_ref(), |(_, row)| row);
                self.try_formula(row, given)
            }
        }
    }

    /// `25% of "Base"`, where several clauses bear the name, or as another unit: by what is given in money.
    fn awards_of(&self, of: ExprId) -> Option<Vec<RuleId>> {
        let parts = match self.scene.plan.node(of) {
            Node::Sum(parts) => parts,
            Node::Product(factors) => match self.scene.plan.node(factors.first()?.1) {
                Node::Sum(parts) => parts,
                _ => return None,
            },
            _ => return None,
        };
        let rule = |(part, _): &(ExprId, bool)| match self.scene.plan.node(*part) {
            Node::Given(rule) => Some(*rule),
            _ => None,
        };
        parts.iter().map(rule).collect()
    }

    /// A running total pays what its counter grows by, and what is left of a block. What was not paid before
    /// (while the rule was not in force, or did not apply) has no bound, which the caller knows.
    fn running(&self, counter: &Counter, units: Exact, size: Exact) -> Told<Vec<Part>> {
        let of = match counter.measure {
            Measure::Sum(field) => Most::of(self.scene.plan, field, 2),
            Measure::Visits | Measure::Ordinals => Most::fixed(Exact::ONE),
            _ => return Err(counter.text.clone()),
        };
        if matches!(counter.window, Window::Last(_)) {
            return Err(counter.text.clone());
        }
        let of = fits(of.times(fits(Exact::ONE.over(size))?))?;
        fits(self.parts_of(fits(of.plus(&Most::fixed(Exact::ONE)))?, units))
    }

    fn by_key(
        &self,
        key: ExprId,
        per_line: bool,
        rows: &[(Vec<ExprId>, Formula)],
        otherwise: Option<&Formula>,
        given: &Given<'_>,
    ) -> Vec<Part> {
        if !per_line {
            let picked = self.row_for(key, None, rows);
            let may = |at: Option<usize>| picked.may_be(at);
            let all = rows.iter().enumerate().filter(|(at, _)| may(Some(*at))).map(|(_, (_, row))| row);
            let all = all.chain(otherwise.filter(|_| may(None)));
            let mut of: Vec<Vec<Part>> = all.map(|row| self.formula(row, given)).collect();
            return if of.len() == 1 { of.remove(0) } else { vec![Part::One { of, per_line: false }] };
        }
        let mut parts = Vec::new();
        for at in (0..rows.len()).map(Some).chain([None]) {
            let Some(row) = at.map_or(otherwise, |at| rows.get(at).map(|(_, row)| row)) else { continue };
            let picks = |class: &Class| self.row_for(key, Some(class), rows).may_be(at);
            let mask: Mask =
                self.mask.iter().zip(self.scene.classes).map(|(counts, class)| *counts && picks(class)).collect();
            if mask.contains(&true) {
                parts.extend(Look { mask: &mask, ..*self }.formula(row, given));
            }
        }
        parts
    }

    /// Which row a key picks, where that is known; none of them is a row of its own.
    fn row_for(&self, key: ExprId, class: Option<&Class>, rows: &[(Vec<ExprId>, Formula)]) -> Picked {
        let plan = self.scene.plan;
        let row = |fits: &dyn Fn(&Literal) -> bool| {
            let is = |id: &ExprId| matches!(plan.node(*id), Node::Literal(literal) if fits(literal));
            rows.iter().position(|(keys, _)| keys.iter().any(is))
        };
        if let Node::Tier(ladder) = plan.node(key) {
            let Some(tier) = self.scene.tiers.get(ladder.index()).copied().flatten() else { return Picked::Any };
            return row(&|literal| matches!(literal, Literal::Tier(known) if *known == tier)).into();
        }
        let Some(word) = self.scene.word(key, class) else { return Picked::Any };
        row(&|literal| match literal {
            Literal::Text(text) => word == Word::of(*text),
            Literal::Flag(flag) => word == Word::Flag(*flag),
            Literal::Number(_) | Literal::Date(_) | Literal::Time(_) | Literal::Tier(_) => false,
        })
        .into()
    }

    /// Bands of the money that the rows grow with: each row between its own bound and the next.
    fn bands(
        &self,
        key: ExprId,
        rows: &[(Bound, Formula)],
        otherwise: Option<&Formula>,
        given: &Given<'_>,
    ) -> Told<Vec<Part>> {
        let plan = self.scene.plan;
        let own = match plan.node(key) {
            Node::Lines(NumField::Spend(None)) => Some((self.mask.clone(), true)),
            Node::Receipt(NumField::Spend(None)) => Some((vec![true; self.mask.len()], false)),
            _ => None,
        };
        let mut of: Vec<Vec<Part>> = Vec::new();
        let first = rows.first().and_then(|(bound, _)| self.least(bound.at));
        if let Some(row) = otherwise {
            of.push(trimmed(self.formula(row, given), own.as_ref(), Exact::ZERO, first)?);
        }
        for (at, (bound, row)) in rows.iter().enumerate() {
            let from = self.least(bound.at).unwrap_or(Exact::ZERO);
            let to = rows.get(at + 1).and_then(|(next, _)| self.constant(next.at));
            of.push(trimmed(self.formula(row, given), own.as_ref(), from, to)?);
        }
        Ok(vec![merged(of)?])
    }

    /// Each part of the base at its own rate.
    fn by_parts(&self, rows: &[(Bound, Formula)], given: &Given<'_>) -> Told<Vec<Part>> {
        let mut whole: Option<Leaf> = None;
        let (mut paid, mut all) = (Exact::ZERO, Vec::new());
        for (at, (bound, row)) in rows.iter().enumerate() {
            let parts = self.formula(row, given);
            all.extend(parts.iter().cloned());
            let (Some(from), [Part::Leaf(leaf)]) = (self.least(bound.at), parts.as_slice()) else {
                if parts.is_empty() {
                    continue;
                }
                whole = None;
                paid = Exact::ZERO;
                break;
            };
            let to = rows.get(at + 1).and_then(|(next, _)| self.constant(next.at));
            let Some(Piece { rate, fixed, .. }) = leaf.pieces.first().copied() else { continue };
            // So much was given for the parts below; what a part gives beside its rate stays given.
            let before = fits(fits(paid.plus(fixed))?.minus(fits(rate.times(from))?))?;
            let piece = Piece { from, to, rate, fixed: before };
            match &mut whole {
                Some(known) if known.mask == leaf.mask && known.net == leaf.net => known.pieces.push(piece),
                Some(_) => return Ok(all),
                None => whole = Some(Leaf { pieces: vec![piece], ..leaf.clone() }),
            }
            if let Some(to) = to {
                paid = fits(fits(paid.plus(fixed))?.plus(fits(rate.times(fits(to.minus(from))?))?))?;
            }
        }
        let simple = whole.as_ref().is_some_and(|leaf| leaf.extras.is_empty());
        Ok(match whole {
            Some(leaf) if simple => {
                // Above the last part without a rate it goes on as it was.
                vec![Part::Leaf(with_end(leaf, paid))]
            }
            _ => all,
        })
    }
}

/// A share of what other rules give.
fn of_awards(share: Exact, rules: &[RuleId], given: &Given<'_>) -> Told<Vec<Part>> {
    let mut all = Vec::new();
    for rule in rules {
        all.extend(fits(super::bound::scaled(&given(*rule), share))?);
    }
    Ok(all)
}

/// Where the last rows give nothing, what was given stays.
fn with_end(mut leaf: Leaf, paid: Exact) -> Leaf {
    if leaf.pieces.last().is_some_and(|piece| piece.to.is_some()) {
        leaf.pieces.push(Piece::line(Exact::ZERO, paid));
    }
    leaf
}

/// The parts of a row while its key lies between two bounds: `own` is the money of the key, and whether what is
/// smaller than it may be anything down to nothing.
fn trimmed(parts: Vec<Part>, own: Option<&(Mask, bool)>, from: Exact, to: Option<Exact>) -> Told<Vec<Part>> {
    let Some((mask, exactly)) = own else { return Ok(parts) };
    let trim = |part: Part| {
        let Part::Leaf(mut leaf) = part else { return Ok(part) };
        let same = leaf.mask == *mask;
        if !leaf.net || (*exactly && !same) {
            return Ok(Part::Leaf(leaf));
        }
        for piece in &mut leaf.pieces {
            if *exactly || same {
                piece.from = fits(greater(piece.from, from))?;
            }
            piece.to = match (piece.to, to) {
                (Some(one), Some(two)) => Some(fits(super::bound::lesser(one, two))?),
                (one, two) => one.or(two),
            };
        }
        Ok(Part::Leaf(leaf))
    };
    parts.into_iter().map(trim).collect()
}

/// One of several rows; where each is one leaf of the same money, one leaf with all their pieces.
fn merged(of: Vec<Vec<Part>>) -> Told<Part> {
    let mut whole: Option<Leaf> = None;
    for parts in &of {
        match (parts.as_slice(), &mut whole) {
            ([], _) => {}
            ([Part::Leaf(leaf)], None) => whole = Some(leaf.clone()),
            ([Part::Leaf(leaf)], Some(known)) if known.mask == leaf.mask && known.net == leaf.net => {
                known.pieces.extend(leaf.pieces.iter().copied());
                for (of, number) in &leaf.extras {
                    let own = known.extras.entry(of.clone()).or_insert(Exact::ZERO);
                    *own = fits(greater(*own, *number))?;
                }
            }
            _ => return Ok(Part::One { of, per_line: false }),
        }
    }
    Ok(whole.map_or_else(|| Part::One { of: Vec::new(), per_line: false }, Part::Leaf))
}
