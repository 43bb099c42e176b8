//! What entering a tier gives: a purchase lets the ladders look, a rule gives a tier, and a rule on entering one may
//! give another: `on entering Silver give Gold` is two gifts on entering.

use super::award::Awards;
use super::bound::Part;
use crate::plan::{Act, CounterId, Give, Ladder, LadderId, LadderOpening, Measure, Prize, Rule, Trigger, Window};
use crate::syntax::ast::Recipient;

/// Who receives, by how far above the member.
const LEVELS: [Recipient; 4] =
    [Recipient::Member, Recipient::Referrer, Recipient::SecondReferrer, Recipient::ThirdReferrer];

impl Awards<'_> {
    /// What the rules on entering tiers give, where this purchase may let the member enter them, or who referred.
    pub(super) fn on_entering(&self) -> Vec<Part> {
        let plan = self.plan();
        if !plan.rules.iter().any(|rule| matches!(rule.trigger, Trigger::Entering(..))) {
            return Vec::new();
        }
        let top = self.levels();
        let mut parts = Vec::new();
        for (level, recipient) in LEVELS.into_iter().enumerate().take(top + 1) {
            for (at, ladder) in plan.ladders.iter().enumerate() {
                let id = LadderId::new(at);
                let given = self.tiers_given(id, recipient);
                let all = self.may_reach(ladder, level);
                let looked = if all { (1..ladder.tiers.len()).collect() } else { given.clone() };
                // Who joins may be given a tier by that, before the ladders look; another ladder comes beside them.
                let mut beside = self.tiers_beside(id, level);
                beside.extend(given.into_iter().filter(|_| self.scene.newcomer && level == 0));
                let above = |tier: &usize| level > 0 || self.is_above(at, ladder, *tier);
                beside.retain(above);
                let mut ways: Vec<Vec<usize>> =
                    looked.into_iter().filter(above).map(|tier| self.climb(id, &beside, Some(tier))).collect();
                if ways.is_empty() {
                    ways.push(self.climb(id, &beside, None));
                }
                let of: Vec<Vec<Part>> =
                    ways.into_iter().map(|tiers| self.on_tiers(id, &tiers)).filter(|parts| !parts.is_empty()).collect();
                if !of.is_empty() {
                    parts.push(Part::One { of, per_line: false });
                }
            }
        }
        parts
    }

    /// Is a tier above the one that the member holds before this purchase?
    fn is_above(&self, at: usize, ladder: &Ladder, tier: usize) -> bool {
        let held = self.scene.tiers.get(at).copied().flatten().filter(|_| !self.scene.newcomer);
        let already = usize::from(ladder.opening == LadderOpening::AtOnce);
        held.is_none_or(|held| tier + already > usize::from(held))
    }

    /// May the value of a ladder reach a tier by this purchase, of the member or of who referred?
    fn may_reach(&self, ladder: &Ladder, level: usize) -> bool {
        if matches!(ladder.opening, LadderOpening::Due(_)) {
            return false;
        }
        let counter = |id: &CounterId| self.plan().counter(*id);
        let by_awards = |id: &CounterId| matches!(counter(id).measure, Measure::Awarded(..) | Measure::AwardTimes(_));
        let alone = |id: &CounterId| matches!(counter(id).window, Window::Last(_));
        // What grew without a fact is seen when something is given.
        let grew = ladder.keep.is_some() && (ladder.in_force.from.is_some() || ladder.counters.iter().any(alone));
        level == 0 || ladder.on_balance || grew || ladder.counters.iter().any(by_awards)
    }

    /// The tiers of a ladder that the rules of this purchase give to somebody.
    fn tiers_given(&self, ladder: LadderId, to: Recipient) -> Vec<usize> {
        let given = self.plan().rules.iter().filter(|rule| self.sets_off(rule) && self.may_apply(rule));
        given.flat_map(|rule| tiers_of(rule, ladder, to)).collect()
    }

    /// The tiers of a ladder that entering another one gives.
    fn tiers_beside(&self, ladder: LadderId, level: usize) -> Vec<usize> {
        let plan = self.plan();
        let enters = |rule: &&Rule| match rule.trigger {
            Trigger::Entering(other, tier) => {
                let given = LEVELS.get(level).is_some_and(|to| !self.tiers_given(other, *to).is_empty());
                other != ladder
                    && (level == 0 || given || self.may_reach(plan.ladder(other), level))
                    && self.on_tier(other, tier.map_or(1, usize::from)).may_apply(rule)
            }
            _ => false,
        };
        plan.rules.iter().filter(enters).flat_map(|rule| tiers_of(rule, ladder, Recipient::Member)).collect()
    }

    /// All tiers that are entered where the ladder comes to one: those beside it, and those that rules on entering give.
    fn climb(&self, ladder: LadderId, beside: &[usize], tier: Option<usize>) -> Vec<usize> {
        let mut tiers: Vec<usize> = tier.into_iter().collect();
        for tier in beside {
            if !tiers.contains(tier) {
                tiers.push(*tier);
            }
        }
        let mut at = 0;
        while let Some(entered) = tiers.get(at).copied() {
            let here = self.on_tier(ladder, entered);
            for rule in self.plan().rules.iter().filter(|rule| here.sets_off(rule) && here.may_apply(rule)) {
                for next in tiers_of(rule, ladder, Recipient::Member) {
                    if next > entered && !tiers.contains(&next) {
                        tiers.push(next);
                    }
                }
            }
            at += 1;
        }
        tiers
    }

    fn on_tier(&self, ladder: LadderId, tier: usize) -> Self {
        let mut entered = Self::new(self.scene, self.count, &[]);
        entered.entering = Some((ladder, tier));
        entered
    }

    /// What the rules on entering some tiers give.
    fn on_tiers(&self, ladder: LadderId, tiers: &[usize]) -> Vec<Part> {
        let mut parts = Vec::new();
        for tier in tiers {
            let entered = self.on_tier(ladder, *tier);
            let all = self.plan().order.iter().flat_map(|id| entered.of_rule(*id));
            parts.extend(all.flat_map(|(_, parts)| parts));
        }
        parts
    }

    /// How many levels of referrers get something.
    fn levels(&self) -> usize {
        let plan = self.plan();
        let gives = |rule: &Rule| {
            let tier = |act: &Act| matches!(act, Act::Give(Give { prize: Prize::Tier(..), .. }));
            rule.acts.iter().any(tier) && self.sets_off(rule) && self.may_apply(rule)
        };
        let given = plan.order.iter().filter(|id| !self.of_rule(**id).is_empty() || gives(plan.rule(**id)));
        let level = |act: &Act| match act {
            Act::Give(give) => LEVELS.iter().position(|recipient| *recipient == give.recipient).unwrap_or(0),
            Act::Take(_) | Act::Multiply { .. } | Act::Add { .. } => 0,
        };
        given.flat_map(|id| &plan.rule(*id).acts).map(level).max().unwrap_or(0)
    }
}

/// The tiers of a ladder that a rule gives to somebody.
fn tiers_of(rule: &Rule, ladder: LadderId, to: Recipient) -> impl Iterator<Item = usize> {
    rule.acts.iter().filter_map(move |act| match act {
        Act::Give(Give { prize: Prize::Tier(of, tier), recipient, .. }) if *of == ladder && *recipient == to => {
            Some(usize::from(*tier))
        }
        _ => None,
    })
}
