//! What an event asks of a rule again and again, written down once: which awards it makes, what it builds on.

use super::accrual::position;
use super::building::base_of;
use crate::plan::{Act, Give, Plan, Prize, RuleId};

/// A rule in outline.
#[derive(Debug, Default)]
pub(super) struct Outline {
    /// Its awards: its own, and one for each award of the rules it multiplies or adds to.
    pub awards: Vec<Sketch>,
    /// The rule that it builds on.
    pub base: Option<RuleId>,
    /// Does it give a tier?
    pub promotes: bool,
}

/// One award of a rule.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sketch {
    /// Which of its acts (for a multiplier: which of its base's awards).
    pub act: u8,
    /// The give whose formula and dates hold.
    pub source: (RuleId, u8),
}

impl Outline {
    /// The outlines of all rules, in the order of their ids.
    pub(super) fn all_of(plan: &Plan) -> Vec<Self> {
        let mut outlines: Vec<Self> = plan.rules.iter().map(|_| Self::default()).collect();
        // In this order each rule stands after those that it builds on; draws and rewards build on none.
        let others = (0..plan.rules.len()).map(RuleId::new).filter(|id| !plan.order.contains(id));
        for id in plan.order.iter().copied().chain(others) {
            let rule = plan.rule(id);
            let mut awards: Vec<Sketch> = Vec::new();
            for (at, act) in rule.acts.iter().enumerate() {
                match act {
                    Act::Give(Give { prize: Prize::Units(..), .. }) => {
                        awards.push(Sketch { act: position(at), source: (id, position(at)) });
                    }
                    Act::Multiply { base, .. } | Act::Add { base, .. } => {
                        for sketch in outlines.get(base.index()).map_or(&[][..], |base| &base.awards) {
                            let act = position(awards.len());
                            awards.push(Sketch { act, ..*sketch });
                        }
                    }
                    Act::Give(_) | Act::Take(_) => {}
                }
            }
            let promotes = rule.acts.iter().any(|act| matches!(act, Act::Give(Give { prize: Prize::Tier(..), .. })));
            if let Some(place) = outlines.get_mut(id.index()) {
                *place = Self { awards, base: base_of(rule.acts.first()), promotes };
            }
        }
        outlines
    }
}
