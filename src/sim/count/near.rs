//! Near misses: how many came close to a rule or a tier and by how much they missed it, and how many would have had it
//! with a bound a little lower or higher.
//!
//! A rule is missed by a comparison that fails where all else of the rule holds. To a tier counts how high the number
//! that climbs its ladder ever stood; where several numbers make a tier, what is missing at the end.

use super::Counting;
use crate::eval::{Book, about, about_need};
use crate::ledger::{Compared, Short};
use crate::plan::{ExprId, LadderId, Plan, RuleId, Type};
use crate::sim::report::{Named, Sum};
use crate::syntax::ast::Compare;
use crate::value::{Amount, Rounding};
use serde::Serialize;

/// Missed by no more than so many hundredths of the bound.
const BANDS: [i128; 4] = [5, 10, 25, 50];
/// Other bounds, in hundredths of the one there is.
const BOUNDS: [i128; 5] = [90, 95, 100, 105, 110];

/// How near a rule or a tier came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Near {
    /// What is asked for, as written.
    pub needs: String,
    /// What that is counted in: `RUB`, `beans`; empty for a plain number.
    pub unit: String,
    /// How often this alone decided: receipts of a rule, members of a tier.
    pub asked: u64,
    /// How often it was missed.
    pub missed: u64,
    /// How many members missed it at least once.
    pub members: u64,
    /// By how much in all.
    pub missing: Sum,
    /// How often by up to `5%`, `10%`, `25%`, `50%` of the bound, and by `more`.
    pub by_up_to: Named<u64>,
    /// How often it would have held at `90%` to `110%` of the bound.
    pub held_at: Named<u64>,
}

/// Near misses of a run.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct NearMisses {
    /// By rule: each comparison that was ever missed or held alone.
    pub rules: Named<Vec<Near>>,
    /// By ladder and tier.
    pub tiers: Named<Named<Near>>,
}

impl NearMisses {
    /// Is there nothing?
    pub const fn is_empty(&self) -> bool {
        self.rules.is_empty() && self.tiers.is_empty()
    }
}

/// What is added up of a comparison.
#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    asked: u64,
    missed: u64,
    members: u64,
    missing: i128,
    bands: [u64; BANDS.len() + 1],
    held: [u64; BOUNDS.len()],
}

impl Tally {
    /// Counts one look; answers whether it was missed.
    fn add(&mut self, compare: Compare, have: Amount, want: Amount) -> bool {
        let (have, want) = (i128::from(have.micros()) * 100, i128::from(want.micros()));
        self.asked += 1;
        for (count, bound) in self.held.iter_mut().zip(BOUNDS) {
            *count += u64::from(compare.fits(have.cmp(&(want * bound))));
        }
        if compare.fits(have.cmp(&(want * 100))) {
            return false;
        }
        // In hundredths of millionths, so that shares of the bound are whole.
        let missing = (want * 100 - have).abs();
        self.missed += 1;
        self.missing = self.missing.saturating_add(missing / 100);
        let band = BANDS.iter().position(|band| missing <= want * band).unwrap_or(BANDS.len());
        if let Some(count) = self.bands.get_mut(band) {
            *count += 1;
        }
        true
    }

    fn told(&self, needs: String, unit: String) -> Near {
        let bands = BANDS.iter().map(|band| format!("{band}%")).chain(["more".to_owned()]);
        let bounds = BOUNDS.iter().map(|bound| format!("{bound}%"));
        Near {
            needs,
            unit,
            asked: self.asked,
            missed: self.missed,
            members: self.members,
            missing: Sum(self.missing),
            by_up_to: Named(bands.zip(self.bands).collect()),
            held_at: Named(bounds.zip(self.held).collect()),
        }
    }
}

/// A comparison of a rule.
#[derive(Debug)]
struct Site {
    rule: RuleId,
    at: ExprId,
    tally: Tally,
}

/// What is counted of comparisons while a run goes on.
#[derive(Debug, Default)]
pub(super) struct Sites {
    all: Vec<Site>,
}

impl Sites {
    /// Counts a comparison; answers which it is, where it was missed.
    pub(super) fn add(&mut self, compared: &Compared) -> Option<usize> {
        if !compared.want.is_positive() || matches!(compared.compare, Compare::Equal | Compare::NotEqual) {
            return None;
        }
        let known = self.all.iter().position(|site| site.rule == compared.rule && site.at == compared.at);
        let place = known.unwrap_or(self.all.len());
        if known.is_none() {
            self.all.push(Site { rule: compared.rule, at: compared.at, tally: Tally::default() });
        }
        let site = self.all.get_mut(place)?;
        site.tally.add(compared.compare, compared.have, compared.want).then_some(place)
    }

    /// Somebody missed a comparison for the first time.
    pub(super) fn missed(&mut self, place: usize) {
        if let Some(site) = self.all.get_mut(place) {
            site.tally.members += 1;
        }
    }
}

impl Counting {
    /// The near misses of a run that stands at its last day.
    pub(super) fn near(&self, book: &Book) -> NearMisses {
        let mut near = NearMisses::default();
        let mut sites: Vec<&Site> = self.sites.all.iter().collect();
        sites.sort_by_key(|site| (site.rule, site.at));
        for site in sites {
            let (needs, ty) = about(&self.plan, site.rule, site.at);
            let of_rule: &mut Vec<Near> = near.rules.entry(&self.plan.rule(site.rule).name);
            of_rule.push(site.tally.told(needs, unit_of(&self.plan, ty)));
        }
        for (at, ladder) in self.plan.ladders.iter().enumerate() {
            let id = LadderId::new(at);
            let tiers = match book.bounds(id) {
                Some(bounds) => self.by_height(id, bounds),
                None => self.by_end(id, book),
            };
            near.tiers.0.push((ladder.name.clone(), tiers));
        }
        near.tiers.0.retain(|(_, tiers)| !tiers.is_empty());
        near
    }

    /// Of a ladder that one number climbs: how high it ever stood.
    fn by_height(&self, ladder: LadderId, bounds: &[Option<Amount>]) -> Named<Near> {
        let mut all = Named::default();
        let of = self.plan.ladder(ladder);
        for (tier, bound) in of.tiers.iter().zip(bounds).skip(1) {
            let Some(bound) = bound.filter(|bound| bound.is_positive()) else { continue };
            let mut tally = Tally::default();
            for height in self.members.iter().filter_map(|member| member.height(ladder)) {
                tally.members += u64::from(tally.add(Compare::AtLeast, height, bound));
            }
            let counter = of.counters.first().map(|id| self.plan.counter(*id));
            let (text, ty) = counter.map_or(("", Type::Number), |counter| (counter.text.as_str(), counter.ty));
            let unit = unit_of(&self.plan, ty);
            let gap = if unit.is_empty() { "" } else { " " };
            let needs = format!("from {bound}{gap}{unit} of {text}");
            all.0.push((tier.name.clone(), tally.told(needs, unit)));
        }
        all
    }

    /// Of any other ladder: what is missing to the next tier at the end, where that is one number. Who has a tier is
    /// not counted, so nothing is known of higher bounds.
    fn by_end(&self, ladder: LadderId, book: &Book) -> Named<Near> {
        let mut found: Vec<(usize, String, Type, Tally)> = Vec::new();
        for view in book.members() {
            let (tier, _) = view.tier(ladder);
            let missing = view.to_next(ladder).unwrap_or_default();
            let [one] = missing.as_slice() else { continue };
            let number = |exact: crate::value::Exact| exact.round(Rounding::Down, 6).ok();
            let have = one.want.minus(one.more).ok().and_then(number);
            let (Some(have), Some(want)) = (have, number(one.want).filter(|want| want.is_positive())) else { continue };
            let next = usize::from(tier) + 1;
            let at = found.iter().position(|(of, text, ..)| *of == next && *text == one.of).unwrap_or(found.len());
            if at == found.len() {
                found.push((next, one.of.clone(), one.ty, Tally::default()));
            }
            let Some((.., tally)) = found.get_mut(at) else { continue };
            let compare = if one.above { Compare::More } else { Compare::AtLeast };
            tally.members += u64::from(tally.add(compare, have, want));
        }
        found.sort_by(|one, other| (one.0, &one.1).cmp(&(other.0, &other.1)));
        let mut all = Named::default();
        for (tier, text, ty, tally) in found {
            let Some(tier) = self.plan.ladder(ladder).tiers.get(tier) else { continue };
            let mut near = tally.told(text, unit_of(&self.plan, ty));
            near.held_at.0.truncate(2);
            all.0.push((tier.name.clone(), near));
        }
        all
    }
}

/// What was missing to a tier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Lacking {
    /// Of what, as written: `spend over the last 12 months`.
    pub of: String,
    /// How much more there would have to be.
    pub more: Sum,
    /// What it is counted in: `RUB`, `beans`; empty for a plain number.
    pub unit: String,
}

impl Lacking {
    /// What was missing to stay in a tier.
    pub(in crate::sim) fn to_stay(plan: &Plan, short: Short) -> Self {
        let (of, ty) = about_need(plan, short.of);
        Self { of, more: Sum::from(short.more), unit: unit_of(plan, ty) }
    }
}

impl Counting {
    /// What was always missing to a tier, where one number climbs the ladder and never came so high.
    pub(in crate::sim) fn always_lacked(&self, member: &str, ladder: &str, tier: &str) -> Option<Lacking> {
        let at = self.plan.ladders.iter().position(|of| of.name == ladder)?;
        let of = self.plan.ladders.get(at)?;
        let place = of.tiers.iter().position(|of| of.name == tier)?;
        let bound = self.bounds.get(at)?.as_ref()?.get(place).copied().flatten()?;
        let height = self.member(member)?.height(LadderId::new(at))?;
        let more = bound.minus(height).ok().filter(|more| more.is_positive())?;
        let counter = self.plan.counter(*of.counters.first()?);
        Some(Lacking { of: counter.text.clone(), more: Sum::from(more), unit: unit_of(&self.plan, counter.ty) })
    }
}

/// What a number of a type is counted in.
fn unit_of(plan: &Plan, ty: Type) -> String {
    match ty {
        Type::Money => plan.currency.clone(),
        Type::Units(unit) => plan.unit(unit).key().to_owned(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_counts_in_its_band_and_at_the_bounds_that_it_would_hold() {
        let amount = |number| Amount::whole(number).unwrap_or(Amount::MAX);
        let mut tally = Tally::default();
        assert!(tally.add(Compare::AtLeast, amount(950), amount(1_000)), "95 % is missed by 5 %");
        assert!(!tally.add(Compare::AtLeast, amount(1_050), amount(1_000)));
        assert!(tally.add(Compare::AtMost, amount(1_101), amount(1_000)), "too much by more than 10 %");
        assert_eq!(tally.bands, [1, 0, 1, 0, 0]);
        assert_eq!(tally.held, [2, 2, 1, 1, 0]);
        assert_eq!((tally.asked, tally.missed, tally.missing), (3, 2, 151_000_000));
    }
}
