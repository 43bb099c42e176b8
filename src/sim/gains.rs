//! Who wins and who loses by a change, by how much, and why.

use super::compare::{Pairs, VariantRun};
use super::count::{Lacking, MemberCount, Move};
use super::report::{Named, Sum};
use crate::plan::{LadderId, Plan};
use crate::time::Day;
use crate::value::Exact;
use serde::Serialize;
use std::collections::BTreeMap;

/// How many of the largest changes are told, on each side.
const LARGEST: usize = 10;
/// Bounds of changes in money: below the first, between two, above the last.
const BOUNDS: [i128; 13] = [-10_000, -3_000, -1_000, -300, -100, -10, 0, 10, 100, 300, 1_000, 3_000, 10_000];

/// Who wins and who loses.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Changes {
    /// What those get more who get more, in money.
    pub gained: Sum,
    /// What those get less who get less.
    pub lost: Sum,
    /// Of it, what the tenth of them gets that gains most, rounded up to a whole member.
    pub gained_by_top_tenth: Sum,
    /// The middle of all changes above zero.
    pub median_gain: Sum,
    /// The middle of all changes below zero, as a loss.
    pub median_loss: Sum,
    /// How many members change by how much.
    pub distribution: Vec<Band>,
    /// By ladder and the tier held at the end of the baseline (here, where the baseline has no such ladder), and by
    /// each declared attribute of members that is counted: who wins and who loses.
    pub by: Named<Named<Side>>,
    /// The largest gains, the largest first.
    pub winners: Vec<Change>,
    /// The largest losses, the largest first.
    pub losers: Vec<Change>,
}

/// So many members change by an amount between two bounds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Band {
    /// Above this much (from it, where it is a gain); none: without bound.
    pub from: Option<Sum>,
    /// Up to this much (below it, where it is a gain); none: without bound.
    pub to: Option<Sum>,
    /// Members.
    pub members: u64,
}

/// A part of the members.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Side {
    /// Awarded more.
    pub better: u64,
    /// Awarded less.
    pub worse: u64,
    /// Awarded the same.
    pub same: u64,
    /// What changes for all of them, in money.
    pub change: Sum,
}

/// A member's change and its largest cause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// Who.
    pub member: String,
    /// What they got under the baseline, in money.
    pub before: Sum,
    /// What they get here.
    pub after: Sum,
    /// The tier moves that the one has and the other has not.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub moves: Vec<MoveApart>,
    /// The rules whose awards change, the largest change first.
    pub rules: Vec<RuleChange>,
}

/// A move on a ladder that only one of the two runs has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MoveApart {
    /// In which run: `before` or `after`.
    pub run: &'static str,
    /// When.
    pub day: Day,
    /// On which ladder.
    pub ladder: String,
    /// From which tier.
    pub from: String,
    /// To which.
    pub to: String,
    /// Is it a fall?
    pub falls: bool,
    /// Of a fall: what was missing to stay. Of a rise that only the baseline has: what was always missing to it here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub short: Option<Lacking>,
}

/// What changes of a rule's awards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RuleChange {
    /// The clause.
    pub rule: String,
    /// The change in money.
    pub change: Sum,
}

/// Members who held one tier at the end of the baseline and hold another here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Flow {
    /// Under the baseline.
    pub from: String,
    /// Here.
    pub to: String,
    /// Members.
    pub members: u64,
}

impl Side {
    fn add(&mut self, before: i128, after: i128) {
        self.better += u64::from(after > before);
        self.worse += u64::from(after < before);
        self.same += u64::from(after == before);
        self.change.0 = self.change.0.saturating_add(after.saturating_sub(before));
    }
}

impl Changes {
    pub(super) fn of(baseline: &VariantRun, run: &VariantRun, pairs: &Pairs<'_>, everyone: u64) -> Self {
        let mut changed: Vec<(i128, &str)> = pairs
            .all
            .iter()
            .map(|(name, (before, after))| (after.saturating_sub(*before), *name))
            .filter(|(change, _)| *change != 0)
            .collect();
        changed.sort_by(|one, other| one.0.cmp(&other.0).then_with(|| other.1.cmp(one.1)));
        let losses: Vec<i128> = changed.iter().map(|(change, _)| *change).filter(|change| *change < 0).collect();
        let gains: Vec<i128> = changed.iter().map(|(change, _)| *change).filter(|change| *change > 0).collect();
        let tell = |(_, name): &(i128, &str)| change_of(baseline, run, pairs, name);
        Self {
            gained: total(&gains),
            gained_by_top_tenth: total(gains.get(gains.len() - gains.len().div_ceil(10)..).unwrap_or_default()),
            lost: Sum(total(&losses).0.saturating_neg()),
            median_gain: Sum(middle(&gains)),
            median_loss: Sum(middle(&losses).saturating_neg()),
            distribution: bands(&changed, everyone),
            by: by_part(baseline, run, pairs),
            winners: changed.iter().rev().take(LARGEST).filter(|(change, _)| *change > 0).map(tell).collect(),
            losers: changed.iter().take(LARGEST).filter(|(change, _)| *change < 0).map(tell).collect(),
        }
    }
}

fn total(changes: &[i128]) -> Sum {
    Sum(changes.iter().copied().fold(0, i128::saturating_add))
}

fn middle(sorted: &[i128]) -> i128 {
    sorted.get(sorted.len() / 2).copied().unwrap_or(0)
}

/// How many members lie in each band; those without a change are a band of their own.
fn bands(changed: &[(i128, &str)], everyone: u64) -> Vec<Band> {
    let scale = |bound: i128| bound.saturating_mul(1_000_000);
    let mut counts = [0_u64; BOUNDS.len() + 1];
    for (change, _) in changed {
        // Losses belong to the band that ends with them, gains to the one that begins with them.
        let at = BOUNDS.iter().filter(|bound| {
            let bound = scale(**bound);
            if *change < 0 { bound < *change } else { bound <= *change }
        });
        if let Some(count) = counts.get_mut(at.count()) {
            *count += 1;
        }
    }
    let moved = u64::try_from(changed.len()).unwrap_or(u64::MAX);
    let mut all = Vec::new();
    for (at, members) in counts.into_iter().enumerate() {
        let bound = |at: Option<usize>| at.and_then(|at| BOUNDS.get(at)).map(|bound| Sum(scale(*bound)));
        let (from, to) = (bound(at.checked_sub(1)), bound(Some(at)));
        if from == Some(Sum::ZERO) {
            all.push(Band { from, to: from, members: everyone.saturating_sub(moved) });
        }
        all.push(Band { from, to, members });
    }
    all
}

fn by_part(baseline: &VariantRun, run: &VariantRun, pairs: &Pairs<'_>) -> Named<Named<Side>> {
    let mut all: Named<Named<Side>> = Named::default();
    for of in [baseline, run] {
        for (at, ladder) in of.plan.ladders.iter().enumerate() {
            if all.get(&ladder.name).is_none() {
                all.0.push((ladder.name.clone(), by_tier(of, LadderId::new(at), pairs)));
            }
        }
    }
    for (attribute, at) in baseline.counting.segments() {
        let mut sides: BTreeMap<&str, Side> = BTreeMap::new();
        for (name, (before, after)) in &pairs.all {
            let member = baseline.counting.member(name);
            let segment = member.map_or("", |member| baseline.counting.segment_of(at, member));
            sides.entry(segment).or_default().add(*before, *after);
        }
        all.0.push((attribute, Named(sides.into_iter().map(|(name, side)| (name.to_owned(), side)).collect())));
    }
    all
}

/// By the tier that members hold at the end of a run.
fn by_tier(of: &VariantRun, ladder: LadderId, pairs: &Pairs<'_>) -> Named<Side> {
    let tiers = &of.plan.ladder(ladder).tiers;
    let mut sides = Named(tiers.iter().map(|tier| (tier.name.clone(), Side::default())).collect());
    for (name, (before, after)) in &pairs.all {
        let held = of.counting.member(name).and_then(|member| member.tiers.get(ladder.index())).copied();
        let side: &mut Side = sides.entry(&super::count::tier_name(&of.plan, ladder, held.unwrap_or(0)));
        side.add(*before, *after);
    }
    sides
}

fn change_of(baseline: &VariantRun, run: &VariantRun, pairs: &Pairs<'_>, name: &str) -> Change {
    let (before, after) = pairs.all.get(name).copied().unwrap_or_default();
    let (old, new) = (baseline.counting.member(name), run.counting.member(name));
    let mut rules: BTreeMap<String, i128> = BTreeMap::new();
    let mut add = |member: Option<&MemberCount>, of: &VariantRun, sign: i128| {
        for (rule, unit, sum) in member.into_iter().flat_map(|member| &member.rules) {
            let worth = of.worths.get(unit.index()).copied().flatten().unwrap_or(Exact::ONE);
            let money = super::worked::in_money(*sum, Some(worth)).0;
            let change = rules.entry(of.plan.rule(*rule).name.clone()).or_default();
            *change = change.saturating_add(sign.saturating_mul(money));
        }
        for (rule, off) in member.into_iter().flat_map(|member| &member.offs) {
            let change = rules.entry(of.plan.rule(*rule).name.clone()).or_default();
            *change = change.saturating_add(sign.saturating_mul(*off));
        }
    };
    add(old, baseline, -1);
    add(new, run, 1);
    let mut rules: Vec<RuleChange> = rules
        .into_iter()
        .filter(|(_, change)| *change != 0)
        .map(|(rule, change)| RuleChange { rule, change: Sum(change) })
        .collect();
    rules.sort_by_key(|rule| std::cmp::Reverse(rule.change.0.unsigned_abs()));
    let always = |rise: &MoveApart| run.counting.always_lacked(name, &rise.ladder, &rise.to);
    let mut moves = moves_apart(old, new, &baseline.plan, "before");
    for (rise, _) in moves.iter_mut().filter(|(_, moved)| moved.to > moved.from) {
        rise.short = always(rise);
    }
    moves.extend(moves_apart(new, old, &run.plan, "after"));
    let mut moves: Vec<MoveApart> = moves.into_iter().map(|(apart, _)| apart).collect();
    moves.sort_by_key(|apart| (apart.day, apart.run));
    Change { member: name.to_owned(), before: Sum(before), after: Sum(after), moves, rules }
}

/// The moves of the one that the other has not on that day.
fn moves_apart(
    mine: Option<&MemberCount>,
    theirs: Option<&MemberCount>,
    plan: &Plan,
    run: &'static str,
) -> Vec<(MoveApart, Move)> {
    let theirs = theirs.map_or(&[][..], |member| &member.moves);
    let alone = |moved: &&Move| !theirs.iter().any(|other| other.is_same(moved));
    let tell = |moved: &Move| MoveApart {
        run,
        day: moved.day,
        ladder: plan.ladder(moved.ladder).name.clone(),
        from: super::count::tier_name(plan, moved.ladder, moved.from),
        to: super::count::tier_name(plan, moved.ladder, moved.to),
        falls: moved.to < moved.from,
        short: moved.short.map(|short| Lacking::to_stay(plan, short)),
    };
    mine.into_iter().flat_map(|member| &member.moves).filter(alone).map(|moved| (tell(moved), *moved)).collect()
}

/// By ladder of both: which tier members hold at the end of each run.
pub(super) fn flows(baseline: &VariantRun, run: &VariantRun) -> Named<Vec<Flow>> {
    let mut all = Named::default();
    for (at, ladder) in baseline.plan.ladders.iter().enumerate() {
        let Some(here) = run.plan.ladders.iter().position(|other| other.name == ladder.name) else { continue };
        let mut counts: BTreeMap<(u8, u8), u64> = BTreeMap::new();
        for member in baseline.counting.members().iter().filter(|member| member.appeared()) {
            let before = member.tiers.get(at).copied().unwrap_or(0);
            let after = run.counting.member(&member.name).and_then(|member| member.tiers.get(here)).copied();
            *counts.entry((before, after.unwrap_or(0))).or_default() += 1;
        }
        let name = |plan, at, tier| super::count::tier_name(plan, LadderId::new(at), tier);
        let flows = counts.into_iter().map(|((before, after), members)| Flow {
            from: name(&baseline.plan, at, before),
            to: name(&run.plan, here, after),
            members,
        });
        all.0.push((ladder.name.clone(), flows.collect()));
    }
    all
}
