//! Rules: what sets them off, what they ask, what they give, and the limits on it.

use super::{Builder, grammar::Node, item};
use crate::syntax::ast::{
    Expr, ExprKind, Fact, Give, Limit, LimitKey, OverLimit, Recipient, Rule, RuleClause, Take, Trigger,
};

impl Builder {
    /// `rule "Base" { … }`
    pub(super) fn rule(&mut self, node: &Node<'_>) -> Option<Rule> {
        let mut parts = node.parts();
        parts.word("rule");
        let name = self.name(parts.node("name"))?;
        let in_force = self.in_force(parts.node("in_force"))?;
        parts.word("{");
        let clauses = parts.all("rule_clause");
        let clauses = clauses.iter().map(|clause| self.rule_clause(clause)).collect::<Option<_>>()?;
        Some(Rule { name, in_force, clauses, span: node.span })
    }

    fn rule_clause(&mut self, node: &Node<'_>) -> Option<RuleClause> {
        let span = node.span;
        let mut parts = node.parts();
        Some(match parts.any_word() {
            Some("on") => RuleClause::On(self.trigger(&parts.node("trigger")?)?, span),
            Some("at") => RuleClause::At(self.edge(&parts.node("edge")?)?, span),
            Some("where") => RuleClause::Where(self.expr(parts.node("expr"))?),
            Some("if") => RuleClause::If(self.expr(parts.node("expr"))?),
            Some("during") => RuleClause::During(self.period(parts.node("period"))?),
            Some("take") => RuleClause::Take(self.take(node)?),
            Some("multiply") => {
                let name = self.name(parts.node("name"))?;
                parts.word("by");
                RuleClause::Multiply(name, self.sum(parts.node("sum"))?, span)
            }
            Some("add") => {
                let amount = self.sum(parts.node("sum"))?;
                parts.word("to");
                RuleClause::Add(amount, self.name(parts.node("name"))?, span)
            }
            Some(_) => return None,
            None => {
                let clause = parts.any_node()?;
                match clause.kind {
                    "give" => RuleClause::Give(self.give(&clause)?),
                    "limit" => RuleClause::Limit(self.limit(&clause)?),
                    "round" => RuleClause::Round(item::round(&clause)?),
                    _ => RuleClause::Returns(self.returns(Some(clause))?),
                }
            }
        })
    }

    fn trigger(&mut self, node: &Node<'_>) -> Option<Trigger> {
        let mut parts = node.parts();
        if parts.word("entering") {
            return Some(Trigger::Entering(self.name(parts.node("name"))?));
        }
        if let Some(period) = parts.node("period") {
            return Some(Trigger::Period(self.period(Some(period))?));
        }
        let friends = parts.words(["a", "friend's"]);
        if let Some(fact) = parts.node("fact") {
            return Some(Trigger::Fact { friends, fact: self.fact(&fact)? });
        }
        let every = parts.word("every");
        parts.word("the");
        let ordinal = self.ordinal(parts.node("ordinal"))?;
        parts.word("purchase");
        let window = self.optional_window(parts.node("window"))?;
        Some(Trigger::Nth { friends, every, ordinal, window })
    }

    /// `purchase`, `action review`
    pub(super) fn fact(&mut self, node: &Node<'_>) -> Option<Fact> {
        let mut parts = node.parts();
        if let Some(action) = parts.node("action") {
            return Some(Fact::Action(self.action(&action)?));
        }
        fact_of(parts.any_word()?)
    }

    fn give(&mut self, node: &Node<'_>) -> Option<Give> {
        let mut parts = node.parts();
        parts.word("give");
        let recipient = if parts.word("the") {
            Some(if parts.any_word()? == "member" { Recipient::Member } else { Recipient::Referrer })
        } else {
            None
        };
        let amount = self.value(parts.node("value"))?;
        let unit = if parts.word("as") { Some(self.name(parts.node("name"))?) } else { None };
        let mut give =
            Give { recipient, amount, unit, limits: Vec::new(), opening: None, expiry: None, span: node.span };
        while parts.word(",") {
            if parts.word("opening") {
                give.opening = Some(self.opening(parts.node("opening"))?);
            } else if parts.word("expiring") {
                give.expiry = Some(self.expiry(parts.node("expiry"))?);
            } else {
                give.limits.push(self.limit(&parts.node("limit")?)?);
            }
        }
        Some(give)
    }

    fn take(&mut self, node: &Node<'_>) -> Option<Take> {
        let mut parts = node.parts();
        parts.word("take");
        if parts.word("all") {
            return Some(Take { amount: None, unit: Some(self.name(parts.node("name"))?), span: node.span });
        }
        let amount = Some(self.value(parts.node("value"))?);
        let unit = if parts.word("as") { Some(self.name(parts.node("name"))?) } else { None };
        Some(Take { amount, unit, span: node.span })
    }

    /// `at most 500 beans per store, then 1%`
    pub(super) fn limit(&mut self, node: &Node<'_>) -> Option<Limit> {
        let mut parts = node.parts();
        parts.words(["at", "most"]);
        let mut room = self.sum(parts.node("sum"))?;
        if parts.word("of") {
            let of = self.sum(parts.node("sum"))?;
            let span = room.span.join(of.span);
            room = Expr { kind: ExprKind::Of(Box::new(room), Box::new(of)), span };
        }
        let keys = parts.all("per_key").iter().map(|key| self.limit_key(key)).collect::<Option<_>>()?;
        parts.word(",");
        let over = match parts.node("over_limit") {
            Some(over) => Some(self.over_limit(&over)?),
            None => None,
        };
        Some(Limit { room, keys, over, span: node.span })
    }

    fn limit_key(&mut self, node: &Node<'_>) -> Option<LimitKey> {
        let mut parts = node.parts();
        parts.word("per");
        let key = parts.any_node()?;
        Some(match key.kind {
            "kalendar" => LimitKey::Per(self.kalendar(&key)?),
            "name" => LimitKey::Named(self.name(Some(key))?),
            _ => LimitKey::Window(self.window(&key)?),
        })
    }

    fn over_limit(&mut self, node: &Node<'_>) -> Option<OverLimit> {
        let mut parts = node.parts();
        Some(match parts.any_word()? {
            "all" => OverLimit::AllOrNothing,
            "then" => OverLimit::Then(self.value(parts.node("value"))?),
            _ => OverLimit::Carried,
        })
    }
}

/// A fact by its word.
pub(super) fn fact_of(word: &str) -> Option<Fact> {
    Some(match word {
        "purchase" => Fact::Purchase,
        "return" => Fact::Return,
        "join" => Fact::Join,
        "redeem" => Fact::Redeem,
        "merge" => Fact::Merge,
        "adjust" => Fact::Adjust,
        "leave" => Fact::Leave,
        _ => return None,
    })
}
