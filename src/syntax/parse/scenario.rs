//! Scenarios, what they assume, and measures of one's own.

use super::{Builder, grammar::Node};
use crate::syntax::ast::{Assume, Change, OwnMeasure, Scenario, SetTo, Setting, Shares};

impl Builder {
    /// `scenario "Cheaper Gold" { … }`
    pub(super) fn scenario(&mut self, node: &Node<'_>) -> Option<Scenario> {
        let mut parts = node.parts();
        parts.word("scenario");
        let name = self.name(parts.node("name"))?;
        parts.word("{");
        let changes = parts.all("change");
        let changes = changes.iter().map(|change| self.change(change)).collect::<Option<_>>()?;
        Some(Scenario { name, changes, span: node.span })
    }

    fn change(&mut self, node: &Node<'_>) -> Option<Change> {
        let mut parts = node.parts();
        if parts.word("without") {
            return Some(Change::Without(self.name(parts.node("name"))?, node.span));
        }
        if let Some(set) = parts.node("set") {
            return Some(Change::Set(self.setting(&set)?));
        }
        Some(Change::Declare(Box::new(self.item(&parts.any_node()?)?)))
    }

    fn setting(&mut self, node: &Node<'_>) -> Option<Setting> {
        let mut parts = node.parts();
        parts.word("set");
        let mut path = vec![self.name(parts.node("name"))?];
        while parts.word(".") {
            if parts.word("from") {
                break;
            }
            path.push(self.name(parts.node("name"))?);
        }
        parts.word("=");
        let value = match parts.node("bounds") {
            Some(bounds) => SetTo::Bounds(self.bounds(&bounds, false)?),
            None => SetTo::Value(self.dated(parts.node("dated"))?),
        };
        Some(Setting { path, value, span: node.span })
    }

    /// `assume "Pay with beans" used by 60% of members`
    pub(super) fn assume(&mut self, node: &Node<'_>) -> Option<Assume> {
        let mut parts = node.parts();
        parts.word("assume");
        let reward = self.name(parts.node("name"))?;
        parts.word("used");
        let (mut members, mut receipts) = (None, None);
        if parts.word("by") {
            members = Some(self.shares(&parts.node("shares")?)?);
            parts.words(["of", "members"]);
        }
        if parts.word("at") {
            receipts = Some(self.shares(&parts.node("shares")?)?);
            parts.words(["of", "receipts"]);
        }
        let least = if parts.words(["with", "at", "least"]) { Some(self.sum(parts.node("sum"))?) } else { None };
        let seed = if parts.word("seed") { Some(self.name(parts.node("text"))?) } else { None };
        Some(Assume { reward, members, receipts, least, seed, span: node.span })
    }

    fn shares(&mut self, node: &Node<'_>) -> Option<Shares> {
        let mut parts = node.parts();
        let mut all = Vec::new();
        for percent in parts.all("percent") {
            all.push(self.number(percent.parts().node("number"))?);
        }
        match all.as_slice() {
            [one] => Some(Shares { low: *one, middle: *one, high: *one, span: node.span }),
            [low, middle, high] => Some(Shares { low: *low, middle: *middle, high: *high, span: node.span }),
            _ => None,
        }
    }

    /// `measure "Cost per active Gold" = …`
    pub(super) fn own_measure(&mut self, node: &Node<'_>) -> Option<OwnMeasure> {
        let mut parts = node.parts();
        parts.word("measure");
        let name = self.name(parts.node("name"))?;
        parts.word("=");
        Some(OwnMeasure { name, value: self.sum(parts.node("sum"))?, span: node.span })
    }
}
