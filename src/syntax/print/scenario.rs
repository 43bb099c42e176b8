//! Scenarios, what they assume, and measures of one's own.

use super::expr::Binding;
use super::name::{bare, literal, quoted};
use super::writer::Writer;
use crate::source::Span;
use crate::syntax::ast::{Assume, Change, LiteralKind, OwnMeasure, Scenario, SetTo, Setting, Shares};
use crate::value::Exact;

impl Writer<'_> {
    /// `scenario "Cheaper Gold" { … }`, its line begun
    pub(super) fn scenario(&mut self, scenario: &Scenario) {
        self.put(&format!("scenario {}", quoted(&scenario.name.text)));
        let (from, end) = (scenario.name.span.end, scenario.span.end);
        let bracket = self.bracket("{", from);
        if scenario.changes.is_empty() && !self.has_comment(Span::new(bracket, end)) {
            return self.put(" {}");
        }
        self.put(" ");
        self.open("{", from);
        for change in &scenario.changes {
            match change {
                Change::Set(set) => self.line(set.span, |writer| writer.setting(set)),
                Change::Without(name, span) => {
                    self.line(*span, |writer| writer.put(&format!("without {}", quoted(&name.text))));
                }
                Change::Declare(item) => self.item(item, false),
            }
        }
        self.close("}", end);
    }

    fn setting(&mut self, set: &Setting) {
        let path: Vec<String> = set.path.iter().map(bare).collect();
        self.put(&format!("set {}", path.join(".")));
        match &set.value {
            SetTo::Value(value) => {
                self.put(" = ");
                self.dated(value);
            }
            SetTo::Bounds(bounds) => {
                self.put(".from = ");
                self.bounds(bounds);
            }
        }
    }

    /// `assume "Pay with beans" used by 60% of members`
    pub(super) fn assume(&mut self, assume: &Assume) {
        let mut said: Vec<String> = Vec::new();
        said.extend(assume.members.map(|shares| format!("by {} of members", shares_text(&shares))));
        said.extend(assume.receipts.map(|shares| format!("at {} of receipts", shares_text(&shares))));
        self.put(&format!("assume {} used", quoted(&assume.reward.text)));
        self.put(if said.is_empty() { "" } else { " " });
        self.put(&said.join(" "));
        if let Some(least) = &assume.least {
            self.put(" with at least ");
            self.expr(least, Binding::Sum);
        }
        if let Some(seed) = &assume.seed {
            self.put(&format!(" seed {}", quoted(&seed.text)));
        }
    }

    /// `measure "Cost per active Gold" = …`
    pub(super) fn own_measure(&mut self, measure: &OwnMeasure) {
        self.put(&format!("measure {} = ", quoted(&measure.name.text)));
        self.expr(&measure.value, Binding::Sum);
    }
}

fn shares_text(shares: &Shares) -> String {
    let percent = |share: Exact| literal(&LiteralKind::Percent(share), 0);
    if shares.is_one() {
        percent(shares.middle)
    } else {
        [shares.low, shares.middle, shares.high].map(percent).join(", ")
    }
}
