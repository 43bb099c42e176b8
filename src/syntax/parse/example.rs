//! Examples: facts of a small history, and what is expected after each.

use super::{Builder, grammar::Node, problem, rule};
use crate::diag::Code;
use crate::syntax::ast::{Example, ExampleFact, ExpectAward, Fact, FactPart, Literal, LiteralKind, Name, Step};

impl Builder {
    /// `example "double at New Year" { … }`
    pub(super) fn example(&mut self, node: &Node<'_>) -> Option<Example> {
        let mut parts = node.parts();
        parts.word("example");
        let name = self.name(parts.node("name"))?;
        parts.word("{");
        let mut steps = Vec::new();
        while let Some(step) = parts.any_node() {
            steps.push(match step.kind {
                "given" => self.given(&step)?,
                "step" => Step::Fact(self.step(&step)?),
                _ => self.expect(&step)?,
            });
        }
        Some(Example { name, steps, span: node.span })
    }

    fn given(&mut self, node: &Node<'_>) -> Option<Step> {
        let mut parts = node.parts();
        parts.word("member");
        let name = self.name(parts.node("text"))?;
        parts.word("{");
        let pairs = parts.all("pair").iter().map(|pair| self.pair(pair)).collect::<Option<_>>()?;
        Some(Step::Member(name, pairs, node.span))
    }

    fn pair(&mut self, node: &Node<'_>) -> Option<(Name, Literal)> {
        let mut parts = node.parts();
        Some((self.name(parts.node("name"))?, self.literal(parts.node("literal"))?))
    }

    fn step(&mut self, node: &Node<'_>) -> Option<ExampleFact> {
        let mut parts = node.parts();
        parts.word("on");
        let day = self.day(parts.node("date"))?;
        let time = match parts.node("clock") {
            Some(clock) => Some(self.clock(Some(clock))?),
            None => None,
        };
        let mut step = self.deed(&parts.node("deed")?)?;
        step.day = day;
        step.time = time;
        step.span = node.span;
        for link in parts.all("link") {
            self.link(&link, &mut step)?;
        }
        if let Some(node) = parts.node("parts") {
            step.parts = Some(self.fact_parts(&node)?);
        }
        Some(step)
    }

    fn deed(&mut self, node: &Node<'_>) -> Option<ExampleFact> {
        let mut parts = node.parts();
        let fact = match parts.node("action") {
            Some(action) => Fact::Action(self.action(&action)?),
            None => rule::fact_of(parts.any_word()?)?,
        };
        let negative = parts.word("-");
        let receipt = match parts.node("text") {
            Some(text) => Some(self.name(Some(text))?),
            None => None,
        };
        let quantity = match parts.node("literal") {
            Some(literal) => Some(self.signed(literal, negative)?),
            None => None,
        };
        let (of, by, referred_by, into, reward, parts) = (None, None, None, None, None, None);
        let day = crate::time::Day::MIN;
        Some(ExampleFact {
            day,
            time: None,
            fact,
            receipt,
            quantity,
            of,
            by,
            referred_by,
            into,
            reward,
            parts,
            span: node.span,
        })
    }

    fn link(&mut self, node: &Node<'_>, step: &mut ExampleFact) -> Option<()> {
        let mut parts = node.parts();
        let slot = match parts.any_word()? {
            "of" => &mut step.of,
            "by" => &mut step.by,
            "into" => &mut step.into,
            "for" => &mut step.reward,
            _ => {
                parts.word("by");
                &mut step.referred_by
            }
        };
        let doubled = slot.is_some();
        *slot = Some(self.name(parts.node("text"))?);
        if doubled {
            let message =
                format!("found `{}` twice for one fact", node.written().split('"').next().unwrap_or("").trim());
            self.report(problem(Code::Syntax, node.span, message, "write it once"));
        }
        Some(())
    }

    fn fact_parts(&mut self, node: &Node<'_>) -> Option<Vec<FactPart>> {
        let mut parts = node.parts();
        parts.word("{");
        let mut list = Vec::new();
        while let Some(part) = parts.any_node() {
            list.push(if part.kind == "pair" {
                let (name, literal) = self.pair(&part)?;
                FactPart::Pair(name, literal)
            } else {
                FactPart::Amount(self.amount(&part)?)
            });
        }
        Some(list)
    }

    /// The amount of a line. Anything else that stands alone lost its name, often to a number before it.
    fn amount(&mut self, node: &Node<'_>) -> Option<Literal> {
        let literal = self.literal(Some(node.clone()))?;
        if !matches!(literal.kind, LiteralKind::Quantity(..) | LiteralKind::Number(_)) {
            let message = format!("found `{}` without the name of an attribute before it", node.written());
            let help = "write a name and its value; after a plain number, write the next name on a new line";
            self.report(problem(Code::Syntax, node.span, message, help));
        }
        Some(literal)
    }

    fn expect(&mut self, node: &Node<'_>) -> Option<Step> {
        let mut parts = node.parts();
        parts.word("expect");
        let what = parts.any_node()?;
        let mut member = None;
        if parts.word("for") {
            member = Some(self.name(parts.node("text"))?);
        }
        let on_span = node.span;
        let on = if parts.word("on") { Some(self.day(parts.node("date"))?) } else { None };
        if what.kind == "expr" {
            let condition = self.expr(Some(what))?;
            return Some(Step::ExpectState { condition, member, on, span: node.span });
        }
        if on.is_some() {
            let message = "an award is expected from the fact before it, not on a day of its own";
            let help = "write `opening on …` for the day it opens, or expect a balance: `expect beans.balance = …`";
            self.report(problem(Code::Syntax, on_span, message, help));
        }
        let mut award = self.expect_award(&what)?;
        award.member = member;
        award.span = node.span;
        Some(Step::ExpectAward(award))
    }

    fn expect_award(&mut self, node: &Node<'_>) -> Option<ExpectAward> {
        let mut parts = node.parts();
        let negative = parts.word("-");
        let quantity = self.signed(parts.node("quantity")?, negative)?;
        let rule = if parts.word("from") { Some(self.name(parts.node("name"))?) } else { None };
        let opening = if parts.words(["opening", "on"]) { Some(self.day(parts.node("date"))?) } else { None };
        let expiring = if parts.words(["expiring", "on"]) { Some(self.day(parts.node("date"))?) } else { None };
        Some(ExpectAward { quantity, rule, opening, expiring, member: None, span: node.span })
    }

    /// A quantity or a literal, with the sign before it.
    fn signed(&mut self, node: Node<'_>, negative: bool) -> Option<Literal> {
        let span = node.span;
        let literal = if node.kind == "quantity" {
            Literal { kind: self.literal_kind(node)?, span }
        } else {
            self.literal(Some(node))?
        };
        if !negative {
            return Some(literal);
        }
        let kind = match literal.kind {
            LiteralKind::Quantity(number, name) => LiteralKind::Quantity(number.negated().ok()?, name),
            LiteralKind::Number(number) => LiteralKind::Number(number.negated().ok()?),
            other => other,
        };
        Some(Literal { kind, span })
    }
}
