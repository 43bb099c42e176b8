//! Rules, a clause a line, and limits.

use super::expr::Binding;
use super::name::{bare, quoted};
use super::period::{edge_text, kalendar_text, ordinal_text};
use super::writer::Writer;
use crate::source::Span;
use crate::syntax::ast::{
    Expr, ExprKind, Fact, Give, Limit, LimitKey, OverLimit, Returns, ReturnsMode, Round, RoundScope, Rule, RuleClause,
    Take, Trigger,
};
use crate::value::Rounding;

impl Writer<'_> {
    /// `rule "Base" { … }`, its line begun
    pub(super) fn rule(&mut self, rule: &Rule) {
        self.put(&format!("{} {}", rule.kind.word(), quoted(&rule.name.text)));
        self.in_force(rule.in_force);
        self.block_of(&rule.clauses, rule.name.span.end, rule.span.end, clause_span, Self::rule_clause);
    }

    /// ` { … }` with a line for each entry.
    pub(super) fn block_of<T>(
        &mut self,
        entries: &[T],
        from: u32,
        end: u32,
        span: impl Fn(&T) -> Span,
        write: impl Fn(&mut Self, &T),
    ) {
        let bracket = self.bracket("{", from);
        if entries.is_empty() && !self.has_comment(Span::new(bracket, end)) {
            return self.put(" {}");
        }
        self.put(" ");
        self.open("{", from);
        for entry in entries {
            self.line(span(entry), |writer| write(writer, entry));
        }
        self.close("}", end);
    }

    fn rule_clause(&mut self, clause: &RuleClause) {
        match clause {
            RuleClause::On(trigger, _) => {
                self.put("on ");
                self.trigger(trigger);
            }
            RuleClause::At(edge, _) => self.put(&format!("at {}", edge_text(*edge))),
            RuleClause::Where(condition) => {
                self.put("where ");
                self.condition(condition);
            }
            RuleClause::If(condition) => {
                self.put("if ");
                self.condition(condition);
            }
            RuleClause::During(period) => {
                self.put("during ");
                self.period(period);
            }
            RuleClause::Give(give) => self.give(give),
            RuleClause::Take(take) => self.take(take),
            RuleClause::Multiply(rule, factor, _) => {
                self.put(&format!("multiply {} by ", quoted(&rule.text)));
                self.expr(factor, Binding::Sum);
            }
            RuleClause::Add(amount, rule, _) => {
                self.put("add ");
                self.expr(amount, Binding::Sum);
                self.put(&format!(" to {}", quoted(&rule.text)));
            }
            RuleClause::Turn(from, into, _) => {
                self.put("turn ");
                self.expr(from, Binding::Sum);
                self.put(" into ");
                self.expr(into, Binding::Sum);
            }
            RuleClause::Costs(costs) => self.costs(costs),
            RuleClause::Gives(gives) => self.gives(gives),
            RuleClause::Automatically(_) => self.put("automatically"),
            RuleClause::Among(among) => self.among(among),
            RuleClause::Seed(seed) => self.put(&format!("seed {}", quoted(&seed.text))),
            RuleClause::Limit(limit) => self.limit(limit),
            RuleClause::Round(round) => self.put(&round_text(*round)),
            RuleClause::Returns(returns) => self.put(&returns_text(returns)),
        }
    }

    fn trigger(&mut self, trigger: &Trigger) {
        match trigger {
            Trigger::Entering(tier) => self.put(&format!("entering {}", bare(tier))),
            Trigger::Period(period) => self.period(period),
            Trigger::Fact { friends, fact } => {
                self.put(if *friends { "a friend's " } else { "" });
                self.put(&fact_text(fact));
            }
            Trigger::Nth { friends, every, ordinal, window } => {
                let which = match (friends, every) {
                    (true, true) => "a friend's every ",
                    (true, false) => "a friend's ",
                    (false, true) => "every ",
                    (false, false) => "the ",
                };
                self.put(&format!("{which}{} purchase", ordinal_text(*ordinal)));
                if let Some(window) = window {
                    self.put(" ");
                    self.window(window);
                }
            }
        }
    }

    fn give(&mut self, give: &Give) {
        self.put("give ");
        self.recipient(give.recipient);
        self.value(&give.amount);
        if let Some(unit) = &give.unit {
            self.put(&format!(" as {}", bare(unit)));
        }
        self.award_options(&give.limits, give.opening.as_ref(), give.expiry.as_ref());
    }

    fn take(&mut self, take: &Take) {
        self.put("take ");
        match (&take.amount, &take.unit) {
            (None, Some(unit)) => self.put(&format!("all {}", bare(unit))),
            (amount, unit) => {
                if let Some(amount) = amount {
                    self.value(amount);
                }
                if let Some(unit) = unit {
                    self.put(&format!(" as {}", bare(unit)));
                }
            }
        }
    }

    /// `at most 500 beans per store, then 1%`
    pub(super) fn limit(&mut self, limit: &Limit) {
        self.put("at most ");
        match &limit.room {
            Expr { kind: ExprKind::Of(share, whole), .. } => {
                self.operand(share, Binding::Sum);
                self.put(" of ");
                self.operand(whole, Binding::Sum);
            }
            room => self.expr(room, Binding::Sum),
        }
        for key in &limit.keys {
            match key {
                LimitKey::Per(kalendar) => self.put(&format!(" per {}", kalendar_text(*kalendar))),
                LimitKey::Named(name) => self.put(&format!(" per {}", bare(name))),
                LimitKey::Window(window) => {
                    self.put(" ");
                    self.window(window);
                }
            }
        }
        match &limit.over {
            Some(OverLimit::AllOrNothing) => self.put(", all or nothing"),
            Some(OverLimit::Carried) => self.put(", the rest carried"),
            Some(OverLimit::Then(rate)) => {
                self.put(", then ");
                self.value(rate);
            }
            None => {}
        }
    }
}

/// The place of a clause.
fn clause_span(clause: &RuleClause) -> Span {
    match clause {
        RuleClause::On(_, span)
        | RuleClause::At(_, span)
        | RuleClause::Multiply(_, _, span)
        | RuleClause::Turn(_, _, span)
        | RuleClause::Automatically(span)
        | RuleClause::Add(_, _, span) => *span,
        RuleClause::Costs(costs) => costs.span,
        RuleClause::Gives(gives) => gives.span,
        RuleClause::Among(among) => among.span,
        RuleClause::Seed(seed) => seed.span,
        RuleClause::Where(expr) | RuleClause::If(expr) => expr.span,
        RuleClause::During(period) => period.span,
        RuleClause::Give(give) => give.span,
        RuleClause::Take(take) => take.span,
        RuleClause::Limit(limit) => limit.span,
        RuleClause::Round(round) => round.span,
        RuleClause::Returns(returns) => returns.span,
    }
}

/// `action review`
pub(super) fn fact_text(fact: &Fact) -> String {
    let word = match fact {
        Fact::Action(action) => return format!("action {}", bare(action)),
        Fact::Purchase => "purchase",
        Fact::Return => "return",
        Fact::Join => "join",
        Fact::Redeem => "redeem",
        Fact::Merge => "merge",
        Fact::Adjust => "adjust",
        Fact::Leave => "leave",
    };
    word.to_owned()
}

/// `round half up per line`
pub(super) fn round_text(round: Round) -> String {
    let mode = match round.mode {
        Rounding::Down => "down",
        Rounding::Up => "up",
        Rounding::HalfUp => "half up",
        Rounding::HalfEven => "half even",
    };
    let scope = match round.scope {
        RoundScope::Rule => "",
        RoundScope::Line => " per line",
        RoundScope::Item => " per item",
        RoundScope::Receipt => " per receipt",
    };
    format!("round {mode}{scope}")
}

/// `returns within 90 days, in proportion`
pub(super) fn returns_text(returns: &Returns) -> String {
    let within = returns.within.map(|duration| format!("within {duration}"));
    let modes = returns.modes.iter().map(|mode| match mode {
        ReturnsMode::InProportion => "in proportion".to_owned(),
        ReturnsMode::WholeReceiptsOnly => "whole receipts only".to_owned(),
        ReturnsMode::AwardsStay => "awards stay".to_owned(),
        ReturnsMode::SpentUnitsStay => "spent units stay".to_owned(),
        ReturnsMode::FromPendingOnly => "from pending only".to_owned(),
    });
    let said: Vec<String> = within.into_iter().chain(modes).collect();
    format!("returns {}", said.join(", "))
}
