//! Rules: what sets them off, what they ask, what they give, and the limits on it.

use super::reward::AwardOptions;
use super::{Builder, grammar::Node, item};
use crate::syntax::ast::{
    Expr, ExprKind, Fact, Give, Limit, LimitKey, OverLimit, Rule, RuleClause, RuleKind, Take, Trigger,
};

impl Builder {
    /// `rule "Base" { … }`
    pub(super) fn rule(&mut self, node: &Node<'_>) -> Option<Rule> {
        let mut parts = node.parts();
        let kind = match parts.any_word()? {
            "reward" => RuleKind::Reward,
            "draw" => RuleKind::Draw,
            _ => RuleKind::Rule,
        };
        let name = self.name(parts.node("name"))?;
        let in_force = self.in_force(parts.node("in_force"))?;
        parts.word("{");
        let clauses = parts.all("rule_clause");
        let clauses = clauses.iter().map(|clause| self.rule_clause(clause)).collect::<Option<_>>()?;
        Some(Rule { kind, name, in_force, clauses, span: node.span })
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
            Some("turn") => {
                let from = self.sum(parts.node("sum"))?;
                parts.word("into");
                RuleClause::Turn(from, self.sum(parts.node("sum"))?, span)
            }
            Some("automatically") => RuleClause::Automatically(span),
            Some("among") => RuleClause::Among(self.among(node)?),
            Some("seed") => RuleClause::Seed(self.name(parts.node("text"))?),
            Some(_) => return None,
            None => {
                let clause = parts.any_node()?;
                match clause.kind {
                    "give" => RuleClause::Give(self.give(&clause)?),
                    "costs" => RuleClause::Costs(self.costs(&clause)?),
                    "gives" => RuleClause::Gives(self.gives(&clause)?),
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
        let recipient = Self::recipient(parts.node("recipient"))?;
        let amount = self.value(parts.node("value"))?;
        let unit = if parts.word("as") { Some(self.name(parts.node("name"))?) } else { None };
        parts.word(",");
        let AwardOptions { limits, opening, expiry } = self.award_options(&parts.all("award_option"))?;
        Some(Give { recipient, amount, unit, limits, opening, expiry, span: node.span })
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
