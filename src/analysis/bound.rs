//! Sums that grow with a receipt, and straight lines above them: `5% of spend, at most 500 beans` lies under
//! 5 % + 0 and under 0 % + 500.
//!
//! A receipt is cut into kinds of lines. What is given is a list of parts, each of which grows with the money of
//! some kinds; a line above all of them together has one slope, which no kind may exceed, and one fixed amount.

use super::most::Per;
use crate::value::{Exact, Overflow};
use std::collections::BTreeMap;

/// Result of arithmetic that may not fit.
pub(super) type Sum<T> = Result<T, Overflow>;

/// Which kinds of lines count.
pub(super) type Mask = Vec<bool>;

/// A stretch of the money that a part grows with: from, to, `rate × money + fixed`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Piece {
    /// From so much money.
    pub from: Exact,
    /// To so much; none is without end.
    pub to: Option<Exact>,
    /// How much a unit of money gives.
    pub rate: Exact,
    /// What is given beside it.
    pub fixed: Exact,
}

/// What grows with the money of some kinds of lines.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Leaf {
    /// Of which lines.
    pub mask: Mask,
    /// Is it the money after discounts?
    pub net: bool,
    /// Is it that of the whole receipt, whatever lines the rule looks at?
    pub whole: bool,
    /// The most of these holds.
    pub pieces: Vec<Piece>,
    /// What grows with something else than money: `item`, `fare`.
    pub extras: BTreeMap<Per, Exact>,
}

/// A part of what is given.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Part {
    /// It grows.
    Leaf(Leaf),
    /// Several, together at most so much.
    Cap(Vec<Part>, Exact),
    /// One of several lists; of each line, where lines choose for themselves.
    One {
        /// Which of them may be.
        of: Vec<Vec<Part>>,
        /// Does each line choose?
        per_line: bool,
    },
    /// It has no bound, and why.
    Open(String),
}

/// A line above parts: a slope for each kind of line, and a fixed amount.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Slopes {
    /// For money after discounts.
    pub net: Vec<Exact>,
    /// For money before them.
    pub gross: Vec<Exact>,
}

impl Slopes {
    /// No slope.
    pub(super) fn flat(kinds: usize) -> Self {
        Self { net: vec![Exact::ZERO; kinds], gross: vec![Exact::ZERO; kinds] }
    }

    fn add(&mut self, other: &Self) -> Sum<()> {
        let pairs = self.net.iter_mut().zip(&other.net).chain(self.gross.iter_mut().zip(&other.gross));
        // Of many kinds of lines a rule looks at few.
        for (own, other) in pairs.filter(|(_, other)| !other.is_zero()) {
            *own = if own.is_zero() { *other } else { own.plus(*other)?.lowest() };
        }
        Ok(())
    }

    fn add_leaf(&mut self, leaf: &Leaf) -> Sum<()> {
        let slope = leaf.slope()?;
        let all = if leaf.net { &mut self.net } else { &mut self.gross };
        let own = all.iter_mut().zip(&leaf.mask).filter(|(_, counts)| **counts && !slope.is_zero());
        for (own, _) in own {
            *own = if own.is_zero() { slope } else { own.plus(slope)?.lowest() };
        }
        Ok(())
    }

    fn raise(&mut self, other: &Self) -> Sum<()> {
        let pairs = self.net.iter_mut().zip(&other.net).chain(self.gross.iter_mut().zip(&other.gross));
        for (own, other) in pairs.filter(|(_, other)| !other.is_zero()) {
            *own = greater(*own, *other)?;
        }
        Ok(())
    }
}

/// The greater of two numbers.
pub(super) fn greater(one: Exact, other: Exact) -> Sum<Exact> {
    Ok(if one.compare(other)?.is_lt() { other } else { one })
}

/// The lesser of two numbers.
pub(super) fn lesser(one: Exact, other: Exact) -> Sum<Exact> {
    Ok(if one.compare(other)?.is_lt() { one } else { other })
}

impl Piece {
    /// `rate × money + fixed`, however much money.
    pub(super) const fn line(rate: Exact, fixed: Exact) -> Self {
        Self { from: Exact::ZERO, to: None, rate, fixed }
    }
}

impl Leaf {
    /// The slope that no line above it can go below.
    fn slope(&self) -> Sum<Exact> {
        let mut least = Exact::ZERO;
        for piece in self.pieces.iter().filter(|piece| piece.to.is_none()) {
            least = greater(least, piece.rate)?;
        }
        Ok(least)
    }

    /// The steepest piece: a line that is steeper gains nothing.
    fn steepest(&self) -> Sum<Exact> {
        let mut most = Exact::ZERO;
        for piece in &self.pieces {
            most = greater(most, piece.rate)?;
            // A gift from an amount on: the line through nothing and its first point.
            if piece.from.is_positive() {
                most = greater(most, piece.rate.plus(piece.fixed.over(piece.from)?)?)?;
            }
        }
        Ok(most.lowest())
    }

    /// The least fixed amount with which a line of that slope lies above it.
    fn fixed_at(&self, slope: Exact) -> Sum<Exact> {
        let mut most = Exact::ZERO;
        for piece in &self.pieces {
            let at = |money: Exact| piece.rate.minus(slope)?.times(money)?.plus(piece.fixed);
            most = greater(most, at(piece.from)?)?;
            if let Some(to) = piece.to {
                most = greater(most, at(to)?)?;
            }
        }
        Ok(most.lowest())
    }
}

/// The slopes that no line above the parts can go below.
pub(super) fn slopes(parts: &[Part], kinds: usize) -> Sum<Slopes> {
    let mut all = Slopes::flat(kinds);
    for part in parts {
        match part {
            Part::Leaf(leaf) => all.add_leaf(leaf)?,
            Part::Cap(..) | Part::Open(_) => {}
            Part::One { of, .. } => {
                let mut most = Slopes::flat(kinds);
                for parts in of {
                    most.raise(&slopes(parts, kinds)?)?;
                }
                all.add(&most)?;
            }
        }
    }
    Ok(all)
}

/// How much steeper a line may be for each kind of lines: with what comes off it, and without.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Slack(pub Vec<[(Exact, Exact); 2]>);

impl Slack {
    /// How much steeper something may be that grows with the money of a kind; none is as much as it likes.
    fn room(&self, kind: usize, net: bool) -> Sum<Option<Exact>> {
        let mut least: Option<Exact> = None;
        for (kept, left) in self.0.get(kind).into_iter().flatten() {
            let room = match (net, kept.is_positive()) {
                (true, false) => continue,
                (true, true) => left.over(*kept)?,
                (false, _) => *left,
            };
            let room = greater(room, Exact::ZERO)?;
            least = Some(least.map_or(Ok(room), |least| lesser(least, room))?);
        }
        Ok(least)
    }

    fn take(&mut self, kind: usize, net: bool, slope: Exact) -> Sum<()> {
        for (kept, left) in self.0.get_mut(kind).into_iter().flatten() {
            let taken = if net { slope.times(*kept)? } else { slope };
            *left = left.minus(taken)?.lowest();
        }
        Ok(())
    }

    /// Takes what slopes take, so many times.
    fn take_all(&mut self, slopes: &Slopes, by: Exact) -> Sum<()> {
        for (net, all) in [(true, &slopes.net), (false, &slopes.gross)] {
            for (kind, slope) in all.iter().enumerate().filter(|(_, slope)| !slope.is_zero()) {
                self.take(kind, net, slope.times(by)?)?;
            }
        }
        Ok(())
    }

    /// Was more taken than there was?
    fn is_exceeded(&self) -> bool {
        self.0.iter().flatten().any(|(_, left)| left.is_negative())
    }

    /// The less of both.
    fn lower(&mut self, other: &Self) -> Sum<()> {
        for ((_, own), (_, other)) in self.0.iter_mut().flatten().zip(other.0.iter().flatten()) {
            *own = lesser(*own, *other)?;
        }
        Ok(())
    }
}

/// The fixed amount of a line above the parts whose slope may exceed the least one by what is left for each kind;
/// what it takes of that is taken off.
pub(super) fn fixed(parts: &[Part], left: &mut Slack) -> Sum<Exact> {
    let mut sum = Exact::ZERO;
    for part in parts {
        let part = match part {
            Part::Leaf(leaf) => fixed_of_leaf(leaf, left)?,
            Part::Cap(parts, cap) => fixed_of_cap(parts, *cap, left)?,
            Part::One { of, per_line } => fixed_of_one(of, *per_line, left)?,
            Part::Open(_) => Exact::ZERO,
        };
        sum = sum.plus(part)?.lowest();
    }
    Ok(sum)
}

/// Of one of several: each may be as steep as the steepest of them.
fn fixed_of_one(of: &[Vec<Part>], per_line: bool, left: &mut Slack) -> Sum<Exact> {
    let kinds = left.0.len();
    let mut most = Slopes::flat(kinds);
    for parts in of {
        most.raise(&slopes(parts, kinds)?)?;
    }
    let (mut all, mut rest) = (Exact::ZERO, left.clone());
    for parts in of {
        let mut own = left.clone();
        own.take_all(&most, Exact::whole(-1))?;
        own.take_all(&slopes(parts, kinds)?, Exact::ONE)?;
        let one = fixed(parts, &mut own)?;
        all = if per_line { all.plus(one)? } else { greater(all, one)? };
        rest.lower(&own)?;
    }
    *left = rest;
    Ok(all)
}

fn fixed_of_leaf(leaf: &Leaf, left: &mut Slack) -> Sum<Exact> {
    let least = leaf.slope()?;
    let mut room = leaf.steepest()?.minus(least)?;
    let kinds = || leaf.mask.iter().enumerate().filter(|(_, counts)| **counts).map(|(kind, _)| kind);
    for kind in kinds() {
        if let Some(own) = left.room(kind, leaf.net)? {
            room = lesser(room, own)?;
        }
    }
    for kind in kinds() {
        left.take(kind, leaf.net, room)?;
    }
    leaf.fixed_at(least.plus(room)?)
}

/// Of a sum with a cap: a mean of the line above the sum and of the cap, as much of the first as there is room for.
fn fixed_of_cap(parts: &[Part], cap: Exact, left: &mut Slack) -> Sum<Exact> {
    if open(parts).is_some() || !extras(parts, left.0.len())?.is_empty() {
        return Ok(cap);
    }
    let own = slopes(parts, left.0.len())?;
    let mut share = Exact::ONE;
    for (net, slopes) in [(true, &own.net), (false, &own.gross)] {
        for (kind, slope) in slopes.iter().enumerate().filter(|(_, slope)| slope.is_positive()) {
            if let Some(room) = left.room(kind, net)? {
                share = lesser(share, room.over(*slope)?)?;
            }
        }
    }
    let mut rest = left.clone();
    rest.take_all(&own, share)?;
    if rest.is_exceeded() {
        return Ok(cap);
    }
    let whole = share.compare(Exact::ONE)?.is_ge();
    let mut spare = if whole { rest.clone() } else { Slack(vec![[(Exact::ONE, Exact::ZERO); 2]; left.0.len()]) };
    let of_parts = fixed(parts, &mut spare)?;
    if of_parts.compare(cap)?.is_ge() {
        return Ok(cap);
    }
    *left = if whole { spare } else { rest };
    of_parts.times(share)?.plus(cap.times(Exact::ONE.minus(share)?)?)
}

/// What grows with something else than money, the most of all kinds of lines.
pub(super) fn extras(parts: &[Part], kinds: usize) -> Sum<BTreeMap<Per, Exact>> {
    let mut all = BTreeMap::new();
    for (of, numbers) in extras_of_kinds(parts, kinds)? {
        all.insert(of, numbers.into_iter().try_fold(Exact::ZERO, greater)?);
    }
    Ok(all)
}

/// The same for each kind of line: an item belongs to one kind, and earns what the parts for that kind give.
fn extras_of_kinds(parts: &[Part], kinds: usize) -> Sum<BTreeMap<Per, Vec<Exact>>> {
    let mut all: BTreeMap<Per, Vec<Exact>> = BTreeMap::new();
    let mut add = |of: Per, numbers: Vec<Exact>| -> Sum<()> {
        let known = all.entry(of).or_insert_with(|| vec![Exact::ZERO; kinds]);
        for (known, number) in known.iter_mut().zip(numbers) {
            *known = known.plus(number)?.lowest();
        }
        Ok(())
    };
    for part in parts {
        match part {
            Part::Leaf(leaf) => {
                for (of, number) in leaf.extras.iter().filter(|(_, number)| number.is_positive()) {
                    let own = |counts: &bool| if *counts || !of.is_of_lines() { *number } else { Exact::ZERO };
                    add(of.clone(), leaf.mask.iter().map(own).collect())?;
                }
            }
            Part::One { of, per_line } => {
                let mut most: BTreeMap<Per, Vec<Exact>> = BTreeMap::new();
                for parts in of {
                    for (of, numbers) in extras_of_kinds(parts, kinds)? {
                        let known = most.entry(of).or_insert_with(|| vec![Exact::ZERO; kinds]);
                        for (known, number) in known.iter_mut().zip(numbers) {
                            *known = if *per_line { known.plus(number)? } else { greater(*known, number)? };
                        }
                    }
                }
                for (of, numbers) in most {
                    add(of, numbers)?;
                }
            }
            Part::Cap(..) | Part::Open(_) => {}
        }
    }
    Ok(all)
}

/// Why there is no bound, if there is none.
pub(super) fn open(parts: &[Part]) -> Option<&str> {
    parts.iter().find_map(|part| match part {
        Part::Open(why) => Some(why.as_str()),
        Part::One { of, .. } => of.iter().find_map(|parts| open(parts)),
        Part::Leaf(_) | Part::Cap(..) => None,
    })
}

/// The parts, each so many times.
pub(super) fn scaled(parts: &[Part], by: Exact) -> Sum<Vec<Part>> {
    let scale = |part: &Part| {
        Ok(match part {
            Part::Leaf(leaf) => {
                let mut leaf = leaf.clone();
                for piece in &mut leaf.pieces {
                    piece.rate = piece.rate.times(by)?.lowest();
                    piece.fixed = piece.fixed.times(by)?.lowest();
                }
                for number in leaf.extras.values_mut() {
                    *number = number.times(by)?.lowest();
                }
                Part::Leaf(leaf)
            }
            Part::Cap(parts, cap) => Part::Cap(scaled(parts, by)?, cap.times(by)?.lowest()),
            Part::One { of, per_line } => {
                Part::One { of: of.iter().map(|parts| scaled(parts, by)).collect::<Sum<_>>()?, per_line: *per_line }
            }
            Part::Open(why) => Part::Open(why.clone()),
        })
    };
    parts.iter().map(scale).collect()
}

/// The parts on some lines alone; what needs lines and has none is nothing.
pub(super) fn on_lines(parts: &[Part], mask: &Mask) -> Vec<Part> {
    let both = |own: &Mask| -> Mask { own.iter().zip(mask).map(|(one, other)| *one && *other).collect() };
    let narrow = |part: &Part| match part {
        Part::Leaf(leaf) => Part::Leaf(Leaf { mask: both(&leaf.mask), ..leaf.clone() }),
        Part::Cap(parts, cap) => Part::Cap(on_lines(parts, mask), *cap),
        Part::One { of, per_line } => {
            Part::One { of: of.iter().map(|parts| on_lines(parts, mask)).collect(), per_line: *per_line }
        }
        Part::Open(why) => Part::Open(why.clone()),
    };
    parts.iter().map(narrow).filter(|part| !is_nothing(part)).collect()
}

fn is_nothing(part: &Part) -> bool {
    matches!(part, Part::Leaf(leaf) if !leaf.mask.contains(&true))
}
