//! What each rule brought: its awards with what returns took back of them, and the receipts and members that it gave to.

use super::numbers::whole;
use super::{Counting, Figures};
use crate::ledger::{Entry, EntryKind};
use crate::plan::RuleId;
use crate::sim::report::{Named, Sum, Totals};
use crate::sim::worked::of;
use crate::value::Exact;

impl Counting {
    /// A row of the ledger counts under its rule; one without a rule under none.
    pub(super) fn count_rule(&mut self, entry: &Entry<'_>, of_fact: bool) {
        let place = entry.rule.map_or(self.plan.rules.len(), RuleId::index);
        let amount = i128::from(entry.amount.micros());
        if let Some(figures) = self.rules.get_mut(place) {
            figures.flow(entry.unit.index(), entry.kind, amount);
        }
        if let Some(rule) = entry.rule.filter(|_| entry.kind == EntryKind::Earn && amount > 0 && of_fact) {
            self.fired(rule);
        }
    }

    /// Money that a rule took off.
    pub(super) fn count_discount(&mut self, rule: RuleId, amount: i128) {
        if let Some(figures) = self.rules.get_mut(rule.index()) {
            figures.discounts = figures.discounts.saturating_add(amount);
        }
        self.fired(rule);
    }

    /// A rule gave something on the fact that is being worked: a purchase counts once.
    fn fired(&mut self, rule: RuleId) {
        let Some(amount) = self.now.bought else { return };
        if self.now.fired.contains(&rule) {
            return;
        }
        self.now.fired.push(rule);
        if let Some(figures) = self.rules.get_mut(rule.index()) {
            figures.purchases += 1;
            figures.revenue = figures.revenue.saturating_add(amount);
        }
    }

    /// Every clause in the order of the program, and what belongs to none. Rules of one name are one clause.
    pub(super) fn by_rule(&self, totals: &Totals, worths: &[Option<Exact>]) -> Named<Named<Sum>> {
        let mut sums: Named<Figures> = Named::default();
        let mut place_of = Vec::with_capacity(self.plan.rules.len());
        for (rule, figures) in self.plan.rules.iter().zip(&self.rules) {
            sums.entry(&rule.name).add(figures);
            place_of.push(sums.0.iter().position(|(name, _)| *name == rule.name).unwrap_or(0));
        }
        let mut seen: Vec<usize> = Vec::new();
        for member in &self.members {
            seen.clear();
            let rules = member.rules.iter().map(|(rule, ..)| rule).chain(member.offs.iter().map(|(rule, _)| rule));
            for place in rules.filter_map(|rule| place_of.get(rule.index())) {
                if !seen.contains(place) {
                    seen.push(*place);
                }
            }
            for place in &seen {
                if let Some((_, figures)) = sums.0.get_mut(*place) {
                    figures.members += 1;
                    figures.active += 1;
                }
            }
        }
        if let Some(none) = self.rules.last().filter(|none| **none != Figures::default()) {
            sums.entry("").add(none);
        }
        let mut rows = Named::default();
        for (name, figures) in &sums.0 {
            let mut numbers = self.numbers(figures, worths);
            numbers.0.retain(|(number, _)| !["active", "joined", "returns"].contains(&number.as_str()));
            let times = totals.rules.get(name).map_or(0, |rule| i128::from(rule.times));
            numbers.0.push(("times".to_owned(), Sum(times.saturating_mul(1_000_000))));
            if let Some(share) = of(whole(figures.purchases), whole(self.whole.purchases)) {
                numbers.0.push(("fired".to_owned(), share));
            }
            rows.0.push((name.clone(), numbers));
        }
        rows
    }
}
