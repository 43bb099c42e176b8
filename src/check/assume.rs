//! What a scenario assumes: `assume "Pay with beans" used by 60% of members`.

use super::Checker;
use super::context::{Context, Place};
use crate::diag::Code;
use crate::plan::{self, Assumed, Role, Step, Type};
use crate::source::Span;
use crate::syntax::ast::{Assume, Item, Shares};
use crate::value::Exact;

/// All of something, in millionths.
const ALL: u32 = 1_000_000;

impl<'a> Checker<'a> {
    /// Tells the rewards how they are assumed to be used.
    pub(super) fn check_assumptions(&mut self, rules: &mut [Option<plan::Rule>]) {
        let file = self.file;
        for item in &file.items {
            if let Item::Assume(assume) = item {
                self.check_assumption(assume, rules);
            }
        }
    }

    fn check_assumption(&mut self, assume: &'a Assume, rules: &mut [Option<plan::Rule>]) {
        let Some(named) = self.rules_named(&assume.reward) else { return };
        let Some(members) = self.millionths(assume.members) else { return };
        let Some(receipts) = self.millionths(assume.receipts) else { return };
        let mut least = None;
        if let Some(expr) = &assume.least {
            let Some(value) = self.value(&Context::new(Place::Constant), expr) else { return };
            let Type::Units(unit) = value.ty else {
                self.mismatch(value, "units that members have");
                return;
            };
            least = Some((unit, value.id));
        }
        let seed = assume.seed.as_ref().map(|seed| seed.text.clone()).unwrap_or_default();
        for id in named {
            let Some(rule) = rules.get_mut(id.index()).and_then(Option::as_mut) else { continue };
            let asked_for = match &mut rule.role {
                Role::Reward(reward) => {
                    let priced = reward.offers.iter().any(|offer| offer.cost.is_some());
                    if priced && !reward.automatic && matches!(reward.step, Step::Coupons | Step::Units) {
                        reward.assumed = Some(Assumed { members, receipts, least, seed: seed.clone() });
                        continue;
                    }
                    reward.automatic
                }
                Role::Rule | Role::Draw(_) | Role::Migration(_) => false,
            };
            let name = assume.reward.text.clone();
            let message = if asked_for {
                format!("`{name}` comes automatically, expected a reward that members ask for")
            } else {
                format!(
                    "`{name}` is nothing that members choose, expected a reward that costs units and takes money off"
                )
            };
            self.error(Code::WrongKind, assume.reward.span, message)
                .help("assume how members use a reward such as `costs beans gives their worth off`");
            return;
        }
    }

    fn millionths(&mut self, shares: Option<Shares>) -> Option<u32> {
        let Some(shares) = shares else { return Some(ALL) };
        let of = |share: Exact| share.to_amount().and_then(|share| u32::try_from(share.micros() / 100).ok());
        match of(shares.middle) {
            Some(part) if part <= ALL => Some(part),
            _ => {
                self.not_a_share(shares.span);
                None
            }
        }
    }

    fn not_a_share(&mut self, span: Span) {
        let found = self.source.slice(span).to_owned();
        self.error(Code::InvalidNumber, span, format!("found {found}, expected a part from 0% to 100%"))
            .help("more than all cannot use it");
    }
}
