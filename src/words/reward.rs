//! Rewards and draws: what they cost, what they give, who can win.

use super::expr::Amount;
use super::page::{Clause, Kind, Part, Table};
use super::rule::{ORDER, is_friends};
use super::teller::{Case, Place, Teller, clause, tabled};
use crate::syntax::ast::{CostAmount, CostOption, Costs, Gift, Gives, Recipient, Rule, RuleClause, RuleKind};

impl Teller<'_> {
    pub(super) fn reward(self, rule: &Rule) -> Part {
        let filtered = rule.clauses.iter().any(|of| matches!(of, RuleClause::Where(_)));
        let here = self.at(if filtered { Place::Lines } else { Place::Receipt });
        let mut clauses = here.rule_head(rule);
        for of in &rule.clauses {
            clauses.extend(here.rule_clause(of, is_friends(rule)));
        }
        clauses.extend(here.offers(rule));
        clauses.sort_by_key(|clause| ORDER.iter().position(|about| *about == clause.about));
        let kind = if rule.kind == RuleKind::Draw { Kind::Draw } else { Kind::Reward };
        let name = rule.name.text.clone();
        Part { kind, heading: name.clone(), name, clauses }
    }

    pub(super) fn draw(self, rule: &Rule) -> Part {
        let mut part = self.reward(rule);
        if !rule.clauses.iter().any(|of| matches!(of, RuleClause::On(..) | RuleClause::At(..))) {
            part.clauses.push(clause("on", say!(self, "label-on"), say!(self, "every-purchase")));
        }
        part
    }

    /// What it costs and what it gives: a table where there are several offers.
    fn offers(self, rule: &Rule) -> Vec<Clause> {
        let offers = offers(rule);
        if offers.iter().filter(|(costs, _)| costs.is_some()).count() > 1 {
            let rows = offers.iter().map(|(costs, gifts)| {
                let price = costs.map_or_else(|| say!(self, "cell-none"), |costs| self.costs(costs));
                vec![price, gifts.iter().map(|gives| self.gives_inline(gives)).collect::<Vec<_>>().join("; ")]
            });
            let table = Table { head: vec![say!(self, "head-price"), say!(self, "head-given")], rows: rows.collect() };
            return vec![tabled("offer", say!(self, "label-offers"), say!(self, "offers"), table)];
        }
        let mut clauses = Vec::new();
        for (costs, gifts) in &offers {
            if let Some(costs) = costs {
                clauses.push(clause("offer", say!(self, "label-costs"), self.costs(costs)));
            }
            clauses.extend(gifts.iter().map(|gives| self.gives(gives)));
        }
        clauses
    }

    fn costs(self, costs: &Costs) -> String {
        let text = match &costs.amount {
            CostAmount::All(unit) => say!(self, "cost-all", unit = self.unit_key(&unit.text)),
            CostAmount::Some(amount, unit) => {
                let text = match self.only_noun(amount) {
                    Some(noun) => say!(self, "cost-any", unit = self.unit_key(&noun)),
                    None => self.value(amount, Case::Subject),
                };
                self.with_options(text, unit.as_ref(), &[], None, None)
            }
        };
        costs.options.iter().fold(text, |text, option| match option {
            CostOption::Steps(step) => say!(self, "cost-steps", cost = text, step = self.value(step, Case::Subject)),
            CostOption::AtLeast(least) => {
                say!(self, "cost-least", cost = text, least = self.value(least, Case::Subject))
            }
            CostOption::Leaving(rest) if self.kind(rest) == "money" => {
                say!(self, "cost-leaving-money", cost = text, rest = self.value(rest, Case::Subject))
            }
            CostOption::Leaving(rest) => {
                say!(self, "cost-leaving", cost = text, rest = self.value(rest, Case::Subject))
            }
        })
    }

    fn gives(self, gives: &Gives) -> Clause {
        let (label, amount, unit) = match &gives.gift {
            Gift::Off(amount) => {
                let whole = match self.amount(amount) {
                    Amount::Said(text) => Amount::Said(say!(self, "off", amount = text)),
                    Amount::Tabled { text, table } => {
                        Amount::Tabled { text: say!(self, "off-table", by = text), table }
                    }
                };
                (say!(self, "label-receives"), whole, None)
            }
            Gift::Units { recipient, amount, unit } => {
                (self.receives(*recipient, false), self.amount(amount), unit.as_ref())
            }
            Gift::TheirWorth | Gift::Away | Gift::Free(_) => {
                (say!(self, "label-receives"), Amount::Said(self.plain_gift(&gives.gift)), None)
            }
        };
        let options =
            |text| self.with_options(text, unit, &gives.limits, gives.opening.as_ref(), gives.expiry.as_ref());
        match amount {
            Amount::Said(text) => clause("offer", label, options(text)),
            Amount::Tabled { text, table } => tabled("offer", label, options(text), table),
        }
    }

    fn plain_gift(self, gift: &Gift) -> String {
        match gift {
            Gift::TheirWorth => say!(self, "their-worth"),
            Gift::Away => say!(self, "away"),
            Gift::Free(items) => self.free(items),
            Gift::Off(amount) => say!(self, "off", amount = self.value(amount, Case::Subject)),
            Gift::Units { amount, .. } => self.value(amount, Case::Subject),
        }
    }

    /// `1 item free`
    fn free(self, items: &crate::syntax::ast::Expr) -> String {
        use crate::syntax::ast::{ExprKind, LiteralKind};
        match &items.kind {
            ExprKind::Literal(LiteralKind::Quantity(number, _) | LiteralKind::Number(number)) => {
                say!(self, "free", number = self.number(*number), n = *number)
            }
            _ => say!(self, "free-counted", items = self.value(items, Case::Subject)),
        }
    }

    /// A gift in a cell.
    fn gives_inline(self, gives: &Gives) -> String {
        let unit = if let Gift::Units { unit, .. } = &gives.gift { unit.as_ref() } else { None };
        let text = self.plain_gift(&gives.gift);
        let text = self.with_options(text, unit, &gives.limits, gives.opening.as_ref(), gives.expiry.as_ref());
        match &gives.gift {
            Gift::Units { recipient: Some(recipient), .. } if *recipient != Recipient::Member => {
                format!("{}: {text}", self.receives(Some(*recipient), false))
            }
            _ => text,
        }
    }

    /// `beans` alone.
    fn only_noun(self, amount: &crate::syntax::ast::Expr) -> Option<String> {
        use crate::syntax::ast::{ExprKind, Measure};
        let ExprKind::Counted { measure: Measure::Path(path), window: None, .. } = &amount.kind else { return None };
        let [noun] = path.names.as_slice() else { return None };
        self.names.units.contains_key(noun.text.as_str()).then(|| noun.text.clone())
    }
}

/// Each price with what there is for it; what has no price comes first.
fn offers(rule: &Rule) -> Vec<(Option<&Costs>, Vec<&Gives>)> {
    let mut offers: Vec<(Option<&Costs>, Vec<&Gives>)> = Vec::new();
    for of in &rule.clauses {
        match of {
            RuleClause::Costs(costs) => offers.push((Some(costs), Vec::new())),
            RuleClause::Gives(gives) => match offers.last_mut() {
                Some((_, gifts)) => gifts.push(gives),
                None => offers.push((None, vec![gives])),
            },
            _ => {}
        }
    }
    offers
}
