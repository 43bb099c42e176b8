//! What rewards cost and give, and what draws ask.

use super::{Builder, grammar::Node};
use crate::syntax::ast::{Among, CostAmount, CostOption, Costs, Expiry, Gift, Gives, Limit, Opening, Recipient};

/// What may follow an award: limits, and dates of its own.
#[derive(Default)]
pub(super) struct AwardOptions {
    pub(super) limits: Vec<Limit>,
    pub(super) opening: Option<Opening>,
    pub(super) expiry: Option<Expiry>,
}

impl Builder {
    /// `the referrer`, if it is written
    #[expect(clippy::option_option, reason = "the outer one is the reading's, the inner one the program's")]
    pub(super) fn recipient(node: Option<Node<'_>>) -> Option<Option<Recipient>> {
        let Some(node) = node else { return Some(None) };
        let mut parts = node.parts();
        parts.word("the");
        let mut levels = 0;
        while parts.word("referrer's") {
            levels += 1;
        }
        Some(Some(match (parts.any_word()?, levels) {
            ("member", _) => Recipient::Member,
            (_, 0) => Recipient::Referrer,
            (_, 1) => Recipient::SecondReferrer,
            _ => Recipient::ThirdReferrer,
        }))
    }

    /// `at most 5 times`, `opening 14 days after earning`, `expiring 2026-12-31`
    pub(super) fn award_options(&mut self, nodes: &[Node<'_>]) -> Option<AwardOptions> {
        let mut options = AwardOptions::default();
        for node in nodes {
            let mut parts = node.parts();
            if parts.word("opening") {
                options.opening = Some(self.opening(parts.node("opening"))?);
            } else if parts.word("expiring") {
                options.expiry = Some(self.expiry(parts.node("expiry"))?);
            } else {
                options.limits.push(self.limit(&parts.node("limit")?)?);
            }
        }
        Some(options)
    }

    /// `costs 9 cups`
    pub(super) fn costs(&mut self, node: &Node<'_>) -> Option<Costs> {
        let mut parts = node.parts();
        parts.word("costs");
        let amount = if parts.word("all") {
            CostAmount::All(self.name(parts.node("name"))?)
        } else {
            let amount = self.value(parts.node("value"))?;
            let unit = if parts.word("as") { Some(self.name(parts.node("name"))?) } else { None };
            CostAmount::Some(amount, unit)
        };
        parts.word(",");
        let options = parts.all("cost_option").iter().map(|option| self.cost_option(option)).collect::<Option<_>>()?;
        Some(Costs { amount, options, span: node.span })
    }

    fn cost_option(&mut self, node: &Node<'_>) -> Option<CostOption> {
        let mut parts = node.parts();
        Some(match parts.any_word()? {
            "in" => {
                parts.words(["steps", "of"]);
                CostOption::Steps(self.sum(parts.node("sum"))?)
            }
            "at" => {
                parts.word("least");
                CostOption::AtLeast(self.sum(parts.node("sum"))?)
            }
            _ => CostOption::Leaving(self.sum(parts.node("sum"))?),
        })
    }

    /// `gives 10% off`
    pub(super) fn gives(&mut self, node: &Node<'_>) -> Option<Gives> {
        let mut parts = node.parts();
        parts.word("gives");
        let gift = if parts.words(["their", "worth", "off"]) {
            Gift::TheirWorth
        } else if parts.words(["them", "to", "another", "member"]) {
            Gift::Away
        } else {
            let recipient = Self::recipient(parts.node("recipient"))?;
            let amount = self.value(parts.node("value"))?;
            if parts.word("off") {
                Gift::Off(amount)
            } else if parts.word("free") {
                Gift::Free(amount)
            } else {
                let unit = if parts.word("as") { Some(self.name(parts.node("name"))?) } else { None };
                Gift::Units { recipient, amount, unit }
            }
        };
        parts.word(",");
        let AwardOptions { limits, opening, expiry } = self.award_options(&parts.all("award_option"))?;
        Some(Gives { gift, limits, opening, expiry, span: node.span })
    }

    /// `among tickets, 3 winners`
    pub(super) fn among(&mut self, node: &Node<'_>) -> Option<Among> {
        let mut parts = node.parts();
        parts.word("among");
        let unit = self.name(parts.node("name"))?;
        let winners = if parts.word(",") { Some(self.whole(parts.node("number"))?) } else { None };
        Some(Among { unit, winners, span: node.span })
    }
}
