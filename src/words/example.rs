//! Examples as stories: what happens on which day, and what comes of it.

use super::page::{Clause, Kind, Part};
use super::teller::{Place, Teller, clause};
use crate::syntax::ast::{
    Example, ExampleFact, ExpectAward, Expr, ExprKind, Fact, FactPart, Literal, LiteralKind, Name, Step,
};
use crate::time::Day;
use crate::value::Exact;

impl Teller<'_> {
    pub(super) fn example(self, example: &Example) -> Part {
        let clauses = example.steps.iter().map(|step| self.step(step)).collect();
        let name = example.name.text.clone();
        Part { kind: Kind::Example, heading: name.clone(), name, clauses }
    }

    fn step(self, step: &Step) -> Clause {
        match step {
            Step::Member(name, pairs, _) => {
                let pairs = self.listed(pairs.iter().map(|(name, value)| self.pair(name, value)));
                let text = if pairs.is_empty() {
                    say!(self, "example-member", name = name.text.as_str())
                } else {
                    say!(self, "example-member-with", name = name.text.as_str(), pairs = pairs)
                };
                clause("member", String::new(), text)
            }
            Step::Fact(fact) => clause("fact", self.moment(fact), self.story(fact)),
            Step::ExpectAward(expected) => clause("expect", String::new(), self.expected(expected)),
            Step::ExpectState { condition, member, on, .. } => {
                clause("expect", String::new(), self.state_expected(condition, member.as_ref(), *on))
            }
        }
    }

    fn moment(self, fact: &ExampleFact) -> String {
        match fact.time {
            Some(time) => say!(self, "example-moment", date = self.date(fact.day), time = self.clock(time)),
            None => self.date(fact.day),
        }
    }

    fn story(self, fact: &ExampleFact) -> String {
        let mut text = match (&fact.fact, &fact.quantity) {
            (Fact::Redeem, Some(quantity)) => say!(self, "example-redeem", quantity = self.literal(&quantity.kind)),
            (Fact::Adjust, Some(quantity)) => say!(self, "example-adjust", quantity = self.literal(&quantity.kind)),
            (of, _) => self.fact(of, false),
        };
        let links = [
            (&fact.receipt, say!(self, "example-receipt", name = told(fact.receipt.as_ref()))),
            (&fact.of, say!(self, "example-of", name = told(fact.of.as_ref()))),
            (&fact.by, say!(self, "example-by", name = told(fact.by.as_ref()))),
            (&fact.referred_by, say!(self, "example-referred", name = told(fact.referred_by.as_ref()))),
            (&fact.into, say!(self, "example-into", name = told(fact.into.as_ref()))),
            (&fact.reward, say!(self, "example-for", name = told(fact.reward.as_ref()))),
        ];
        for (_, link) in links.iter().filter(|(name, _)| name.is_some()) {
            text = say!(self, "example-link", story = text, link = link.as_str());
        }
        let parts = self.parts_told(fact.parts.as_deref().unwrap_or_default());
        if parts.is_empty() { text } else { say!(self, "example-parts", story = text, parts = parts) }
    }

    /// Each line with its pairs in brackets behind its amount.
    fn parts_told(self, parts: &[FactPart]) -> String {
        let (mut told, mut pairs) = (Vec::new(), Vec::new());
        for part in parts {
            match part {
                FactPart::Pair(name, value) => pairs.push(self.pair(name, value)),
                FactPart::Amount(amount) => {
                    let amount = self.literal(&amount.kind);
                    let pairs = self.listed(pairs.drain(..));
                    told.push(if pairs.is_empty() {
                        amount
                    } else {
                        say!(self, "example-line", amount = amount, pairs = pairs)
                    });
                }
            }
        }
        told.extend(pairs);
        told.join(&say!(self, "row-gap"))
    }

    fn pair(self, name: &Name, value: &Literal) -> String {
        say!(self, "example-pair", name = name.text.as_str(), value = self.literal(&value.kind))
    }

    fn expected(self, expected: &ExpectAward) -> String {
        let mut text = match &expected.quantity.kind {
            LiteralKind::Quantity(number, noun) if number.is_negative() => {
                let positive = Exact::ZERO.minus(*number).unwrap_or(*number);
                say!(self, "expect-back", quantity = self.quantity(positive, &noun.text))
            }
            kind => say!(self, "expect-award", quantity = self.literal(kind)),
        };
        if let Some(rule) = &expected.rule {
            text = say!(self, "expect-from", expected = text, rule = rule.text.as_str());
        }
        if let Some(day) = expected.opening {
            text = say!(self, "expect-opening", expected = text, date = self.date(day));
        }
        if let Some(day) = expected.expiring {
            text = say!(self, "expect-expiring", expected = text, date = self.date(day));
        }
        if let Some(member) = &expected.member {
            text = say!(self, "expect-for", expected = text, name = member.text.as_str());
        }
        text
    }

    fn state_expected(self, condition: &Expr, member: Option<&Name>, on: Option<Day>) -> String {
        let mut text = if let ExprKind::Literal(LiteralKind::Text(code)) = &condition.kind {
            say!(self, "expect-note", code = code.as_str())
        } else {
            say!(self, "expect-state", condition = self.at(Place::Apart).condition(condition))
        };
        if let Some(member) = member {
            text = say!(self, "expect-for", expected = text, name = member.text.as_str());
        }
        if let Some(day) = on {
            text = say!(self, "expect-on", expected = text, date = self.date(day));
        }
        text
    }
}

fn told(name: Option<&Name>) -> &str {
    name.map_or("", |name| name.text.as_str())
}
