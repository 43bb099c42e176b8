//! The bound: over all situations the steepest share of the receipt, and the fixed amount beside it.

use super::award::{Awards, Count};
use super::bound::{Part, Slack, Slopes, Sum, extras, fixed, greater, open, slopes};
use super::discount::{Off, off};
use super::scene::Scene;
use super::situations::Differences;
use super::told::situation;
use crate::plan::{GroupId, Plan, RuleId, Stacking, UnitId};
use crate::value::{Exact, Overflow};
use std::collections::{BTreeMap, BTreeSet};

/// So many ways in which groups may choose are told apart.
const CHOICES_MAX: usize = 64;

/// What no purchase exceeds: a share of the receipt, so much beside it, and so much for what is counted.
#[derive(Debug, Clone, PartialEq)]
pub struct Cost {
    /// `0.345` of the amount of the receipt before discounts.
    pub share: Exact,
    /// `300`, in the currency or in units.
    pub fixed: Exact,
    /// `5` for each `item`, each unit of money of `fare`.
    pub per: BTreeMap<String, Exact>,
    /// What makes it more than can be said: `"Five nights": what was not paid before of nights`.
    pub open: BTreeSet<String>,
}

impl Cost {
    /// Does nothing but the receipt's amount decide it?
    pub fn is_bounded(&self) -> bool {
        self.per.is_empty() && self.open.is_empty()
    }

    /// Is there none?
    pub fn is_nothing(&self) -> bool {
        self.share.is_zero() && self.fixed.is_zero() && self.is_bounded()
    }
}

/// The largest cost of a purchase.
#[derive(Debug, Clone, PartialEq)]
pub struct LargestCost {
    /// In money, by worth of the units given, and discounts.
    pub money: Cost,
    /// The situation with the steepest share: `Gold, 2027-12-20, cakes`.
    pub situation: String,
    /// The most of each unit that has no worth.
    pub units: Vec<(UnitId, Cost)>,
}

/// Works the largest cost of a purchase out.
pub fn largest_cost(plan: &Plan) -> Result<LargestCost, Overflow> {
    let differences = Differences::of(plan);
    let situations = differences.situations(plan);
    let bounds = Bounds::over(&situations, Count::Money)?;
    let money = bounds.cost();
    let case = if money.share.is_positive() { bounds.steepest } else { bounds.largest };
    let situation =
        case.filter(|_| !money.is_nothing()).map_or_else(String::new, |case| situation(&case, &differences));
    let mut units = Vec::new();
    for (at, unit) in plan.units.iter().enumerate() {
        if unit.worth.is_none() {
            let cost = Bounds::over(&situations, Count::Units(UnitId::new(at)))?.cost();
            if !cost.is_nothing() {
                units.push((UnitId::new(at), cost));
            }
        }
    }
    Ok(LargestCost { money, situation, units })
}

/// A situation, and the kind of line that costs most in it.
#[derive(Debug, Clone)]
pub(super) struct Case<'s> {
    /// The situation.
    pub scene: Scene<'s>,
    /// The kind of line.
    pub kind: usize,
}

/// The bound over situations, with those that make it.
#[derive(Debug)]
pub(super) struct Bounds<'s> {
    share: Exact,
    fixed: Exact,
    per: BTreeMap<String, Exact>,
    open: BTreeSet<String>,
    /// Where the share is steepest, and where the fixed amount is largest.
    pub steepest: Option<Case<'s>>,
    pub largest: Option<Case<'s>>,
}

impl<'s> Bounds<'s> {
    /// The bound over situations.
    pub(super) fn over(situations: &[Scene<'s>], count: Count) -> Sum<Self> {
        let mut found = Self {
            share: Exact::ZERO,
            fixed: Exact::ZERO,
            per: BTreeMap::new(),
            open: BTreeSet::new(),
            steepest: None,
            largest: None,
        };
        let mut worked = Vec::new();
        let mut seen: Vec<Worked> = Vec::new();
        for scene in situations {
            for losers in choices(scene) {
                let case = Worked::of(scene, count, &losers)?;
                // Many situations come to the same; a few of the last are looked through.
                if seen.iter().rev().take(SAME_LOOKED_AT).any(|other| *other == case) {
                    continue;
                }
                found.steeper(scene, &case)?;
                worked.push(scene);
                seen.push(case);
            }
        }
        for (scene, case) in worked.into_iter().zip(&seen) {
            let fixed = case.fixed(found.share)?;
            if found.largest.is_none() || fixed.compare(found.fixed)?.is_gt() {
                found.fixed = fixed;
                let kind = case.steepest()?.1;
                found.largest = Some(Case { scene: scene.clone(), kind });
            }
        }
        Ok(found)
    }

    fn steeper(&mut self, scene: &Scene<'s>, case: &Worked) -> Sum<()> {
        let (share, kind) = case.steepest()?;
        if self.steepest.is_none() || share.compare(self.share)?.is_gt() {
            self.share = share;
            self.steepest = Some(Case { scene: scene.clone(), kind });
        }
        let mut named: BTreeMap<String, Exact> = BTreeMap::new();
        for (of, number) in extras(&case.parts, case.kinds)? {
            let known = named.entry(of.name().to_owned()).or_insert(Exact::ZERO);
            *known = known.plus(number)?;
        }
        for (of, number) in named {
            let known = self.per.entry(of).or_insert(Exact::ZERO);
            *known = greater(*known, number)?;
        }
        if let Some(why) = open(&case.parts) {
            self.open.insert(why.to_owned());
        }
        Ok(())
    }

    /// The bound as it is told.
    pub(super) fn cost(&self) -> Cost {
        Cost { share: self.share, fixed: self.fixed, per: self.per.clone(), open: self.open.clone() }
    }
}

/// So many of the last cases are compared with a new one.
const SAME_LOOKED_AT: usize = 16;

/// What may be given in a situation.
#[derive(Debug, PartialEq)]
struct Worked {
    parts: Vec<Part>,
    /// The share that comes off each kind of line.
    off: Vec<Exact>,
    slopes: Slopes,
    kinds: usize,
}

impl Worked {
    fn of(scene: &Scene<'_>, count: Count, losers: &[RuleId]) -> Sum<Self> {
        let awards = Awards::new(scene, count, losers);
        let mut parts = awards.all();
        let Off { share, parts: taken, gifts } = off(&awards, losers)?;
        parts.extend(taken);
        parts.extend(gifts);
        let kinds = scene.classes.len();
        let slopes = slopes(&parts, kinds)?;
        let off = if count == Count::Money { share } else { vec![Exact::ZERO; kinds] };
        Ok(Self { parts, off, slopes, kinds })
    }

    /// The slope of a kind of line, with what comes off it and without: that lowers what is earned, unless it does
    /// not come off. Each with the share of the money that is left.
    fn ways(&self, kind: usize) -> Sum<[(Exact, Exact); 2]> {
        let of = |all: &[Exact]| all.get(kind).copied().unwrap_or(Exact::ZERO);
        let (net, gross, off) = (of(&self.slopes.net), of(&self.slopes.gross), of(&self.off));
        let kept = Exact::ONE.minus(off)?;
        Ok([(kept, net.times(kept)?.plus(gross)?.plus(off)?.lowest()), (Exact::ONE, net.plus(gross)?.lowest())])
    }

    /// The steepest slope, and of which kind of line.
    fn steepest(&self) -> Sum<(Exact, usize)> {
        let mut most = (Exact::ZERO, 0);
        for kind in 0..self.kinds {
            for (_, slope) in self.ways(kind)? {
                if slope.compare(most.0)?.is_gt() {
                    most = (slope, kind);
                }
            }
        }
        Ok(most)
    }

    /// The fixed amount beside a share.
    fn fixed(&self, share: Exact) -> Sum<Exact> {
        let mut left = Slack(Vec::with_capacity(self.kinds));
        for kind in 0..self.kinds {
            let [with, without] = self.ways(kind)?;
            left.0.push([(with.0, share.minus(with.1)?), (without.0, share.minus(without.1)?)]);
        }
        fixed(&self.parts, &mut left)
    }
}

/// The ways in which the groups may choose, as those that lose; one without losers where there are too many.
fn choices(scene: &Scene<'_>) -> Vec<Vec<RuleId>> {
    let plan = scene.plan;
    let awards = Awards::new(scene, Count::Money, &[]);
    let mut all: Vec<Vec<RuleId>> = vec![Vec::new()];
    for group in (0..plan.groups.len()).map(GroupId::new) {
        let of = plan.group(group);
        if of.kind == Stacking::All || of.per_line {
            continue;
        }
        let may: Vec<RuleId> = of.rules.iter().copied().filter(|rule| awards.may_apply(plan.rule(*rule))).collect();
        if may.len() < 2 {
            continue;
        }
        if all.len().saturating_mul(may.len()) > CHOICES_MAX {
            return vec![Vec::new()];
        }
        let with = |losers: &Vec<RuleId>, winner: &RuleId| {
            losers.iter().copied().chain(may.iter().copied().filter(|rule| rule != winner)).collect::<Vec<RuleId>>()
        };
        all = all.iter().flat_map(|losers| may.iter().map(|winner| with(losers, winner)).collect::<Vec<_>>()).collect();
    }
    all
}
