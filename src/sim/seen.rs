//! What the facts of an example set off: which rules gave, what became of each condition, which tiers were held.

use crate::eval::{Book, Explanation, Outcome, Reason};
use crate::plan::{LadderId, RuleId};
use crate::value::Amount;

/// What was seen while an example ran.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Seen {
    /// Rules that gave something, also at midnight.
    pub fired: Vec<RuleId>,
    /// Each rule that a fact could set off, with the reason why it gave nothing.
    pub asked: Vec<(RuleId, Option<Reason>)>,
    /// What was given on each fact.
    pub given: Vec<(RuleId, Amount)>,
    /// The tiers that members held after each fact and on each day that is asked for.
    pub tiers: Vec<(LadderId, u8)>,
}

impl Seen {
    /// A fact, with what it brought.
    pub(super) fn fact(
        &mut self,
        explanation: &Explanation,
        given: impl Iterator<Item = (RuleId, Amount)>,
        fired: Vec<RuleId>,
    ) {
        self.asked.extend(explanation.rules.iter().map(|of| match &of.outcome {
            Outcome::Paid(_) => (of.rule, None),
            Outcome::Missed(reason, _) => (of.rule, Some(reason.clone())),
        }));
        self.given.extend(given);
        self.fired.extend(fired);
    }

    /// How all members stand.
    pub(super) fn standing(&mut self, book: &Book) {
        let ladders = (0..book.plan().ladders.len()).map(LadderId::new);
        for ladder in ladders {
            self.tiers.extend(book.members().map(|member| (ladder, member.tier(ladder).0)));
        }
    }

    /// What can differ where a bound differs: codes and amounts, not the words of reasons.
    pub(super) fn digest(&self) -> Digest {
        Digest {
            codes: self.asked.iter().map(|(rule, why)| (*rule, why.as_ref().map(Reason::code))).collect(),
            fired: self.fired.clone(),
            given: self.given.clone(),
            tiers: self.tiers.clone(),
        }
    }
}

impl Digest {
    /// Did anybody hold a tier, or a higher one?
    pub(super) fn holds(&self, ladder: LadderId, tier: u8) -> bool {
        self.tiers.iter().any(|(of, held)| *of == ladder && *held >= tier)
    }
}

/// What an example came to, for telling whether it came to something else.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Digest {
    codes: Vec<(RuleId, Option<&'static str>)>,
    fired: Vec<RuleId>,
    given: Vec<(RuleId, Amount)>,
    tiers: Vec<(LadderId, u8)>,
}
