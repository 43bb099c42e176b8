//! Rules: the trigger gives what can be read, then `where`, `if`, `during`, then what is given.

use super::Checker;
use super::context::{Context, Place};
use super::due::DueFor;
use super::formula::Award;
use super::limit::Bound;
use crate::diag::Code;
use crate::plan::{self, Act, ExprId, LimitId, Node, Prize, Role, Round, RuleId, Take, Trigger, Type, UnitId};
use crate::source::Span;
use crate::syntax::ast::{self, Expr, ExprKind, Name, Recipient, RuleClause, RuleKind};
use crate::value::Exact;

/// What is given, by a rule or by a reward.
#[derive(Clone, Copy)]
pub(super) struct Giving<'a> {
    pub(super) recipient: Option<Recipient>,
    pub(super) amount: &'a Expr,
    pub(super) unit: Option<&'a Name>,
    pub(super) limits: &'a [ast::Limit],
    pub(super) opening: Option<&'a ast::Opening>,
    pub(super) expiry: Option<&'a ast::Expiry>,
    pub(super) span: Span,
}

impl<'a> From<&'a ast::Give> for Giving<'a> {
    fn from(give: &'a ast::Give) -> Self {
        Self {
            recipient: give.recipient,
            amount: &give.amount,
            unit: give.unit.as_ref(),
            limits: &give.limits,
            opening: give.opening.as_ref(),
            expiry: give.expiry.as_ref(),
            span: give.span,
        }
    }
}

impl<'a> Checker<'a> {
    /// Checks every rule.
    pub(super) fn check_rules(&mut self) -> Vec<Option<plan::Rule>> {
        let rules = self.names.rules.clone();
        rules.into_iter().enumerate().map(|(at, rule)| self.rule(RuleId::new(at), rule)).collect()
    }

    fn rule(&mut self, id: RuleId, rule: &'a ast::Rule) -> Option<plan::Rule> {
        self.reader = format!("{} \"{}\"", rule.kind.word(), rule.name.text);
        let (trigger, place) = self.trigger_of(rule);
        let mut built = plan::Rule {
            name: rule.name.text.clone(),
            span: rule.span,
            role: Role::Rule,
            in_force: self.in_force(rule.in_force),
            trigger: trigger.clone().unwrap_or(Trigger::Fact {
                friends: false,
                kind: crate::ty::Kind::Purchase,
                action: None,
            }),
            filter: None,
            conditions: Vec::new(),
            during: Vec::new(),
            acts: Vec::new(),
            limits: Vec::new(),
            round: None,
            returns: None,
            group: None,
        };
        let mut context = Context::new(place);
        let at_home = self.clauses_fit(rule);
        let mut fits = trigger.is_some() && at_home;
        fits &= self.conditions(&mut context, rule, &mut built);
        let mut award = Award::default();
        fits &= match rule.kind {
            // What stands in the wrong declaration would only be blamed again.
            _ if !at_home => false,
            RuleKind::Reward => self.reward(&context, rule, &mut built),
            RuleKind::Draw => self.draw(rule, &mut built) & self.acts(&context, rule, &mut built, &mut award),
            RuleKind::Rule if rule.clauses.iter().any(|clause| matches!(clause, RuleClause::Turn(..))) => {
                return self.migration(rule, &mut built).then_some(built);
            }
            RuleKind::Rule => self.acts(&context, rule, &mut built, &mut award),
        };
        fits &= self.rest(&context, id, rule, &mut built, award);
        fits.then_some(built)
    }

    /// `where` first, then `if`, then `during`, whatever the order in which they are written.
    fn conditions(&mut self, context: &mut Context, rule: &'a ast::Rule, built: &mut plan::Rule) -> bool {
        let mut fits = true;
        let mut filters: Vec<ExprId> = Vec::new();
        for clause in &rule.clauses {
            if let RuleClause::Where(expr) = clause {
                match self.where_lines(context, expr) {
                    Some(filter) => filters.push(filter),
                    None => fits = false,
                }
            }
        }
        built.filter = match filters.as_slice() {
            [] => None,
            [one] => Some(*one),
            many => Some(self.node(Node::And(many.to_vec()), Type::Flag, rule.span).id),
        };
        for clause in &rule.clauses {
            match clause {
                RuleClause::If(expr) => match self.condition(context, expr) {
                    Some(condition) => built.conditions.push(condition),
                    None => fits = false,
                },
                RuleClause::During(period) => match self.period(context, period) {
                    Some(period) => built.during.push(period),
                    None => fits = false,
                },
                _ => {}
            }
        }
        fits
    }

    /// `where`: each part must look at lines.
    pub(super) fn where_lines(&mut self, context: &mut Context, expr: &'a Expr) -> Option<ExprId> {
        if !context.has_lines() {
            let reader = self.reader.clone();
            self.error(Code::NotHere, expr.span, format!("there are no lines in {reader}, expected no `where`"))
                .help("write `if …` for a condition");
            return None;
        }
        let mut lines = context.of_each_line();
        let parts: Vec<&'a Expr> = match &expr.kind {
            ExprKind::And(parts) => parts.iter().collect(),
            _ => vec![expr],
        };
        let mut ids = Vec::with_capacity(parts.len());
        let mut fits = true;
        for part in parts {
            let Some(id) = self.condition(&mut lines, part) else {
                fits = false;
                continue;
            };
            if !self.reads_lines(id) {
                let text = self.source.slice(part.span).to_owned();
                self.error(
                    Code::SayIf,
                    part.span,
                    format!("`{text}` is the same for all lines, expected a condition on lines after `where`"),
                )
                .help(format!("write `if {text}`"));
                fits = false;
            }
            ids.push(id);
        }
        context.known.clone_from(&lines.known);
        if !fits {
            return None;
        }
        match ids.as_slice() {
            [one] => Some(*one),
            many => Some(self.node(Node::And(many.to_vec()), Type::Flag, expr.span).id),
        }
    }

    fn acts(&mut self, context: &Context, rule: &'a ast::Rule, built: &mut plan::Rule, award: &mut Award) -> bool {
        let mut fits = true;
        let mut any = false;
        for clause in &rule.clauses {
            let acts = match clause {
                RuleClause::Give(give) => {
                    let mut own = Award::default();
                    let act = self.give(context, rule, give.into(), &built.trigger, &mut own);
                    if award.base.is_none() {
                        *award = own;
                    }
                    act.map(|give| vec![Act::Give(give)])
                }
                RuleClause::Take(take) => self.take(context, take).map(|act| vec![act]),
                RuleClause::Multiply(base, by, span) => self.multiply(context, base, by, *span),
                RuleClause::Add(rate, base, span) => self.add(context, rate, base, *span),
                _ => continue,
            };
            any = true;
            match acts {
                Some(acts) => built.acts.extend(acts),
                None => fits = false,
            }
        }
        if !any {
            self.error(
                Code::EmptyRule,
                rule.name.span,
                format!(
                    "{} `{}` gives nothing, expected `give`, `take`, `multiply` or `add`",
                    rule.kind.word(),
                    rule.name.text
                ),
            )
            .help("write what it gives: `give 5% of spend as beans`");
            return false;
        }
        fits
    }

    pub(super) fn give(
        &mut self,
        context: &Context,
        rule: &'a ast::Rule,
        give: Giving<'a>,
        trigger: &Trigger,
        award: &mut Award,
    ) -> Option<plan::Give> {
        let recipient = self.recipient(&give, trigger);
        let unit = match give.unit {
            Some(name) => {
                award.named = Some(name.span);
                Some(self.unit_named(name))
            }
            None => None,
        };
        let tier = Self::single_name(give.amount)
            .filter(|name| !self.names.words.contains_key(name) && self.names.tiers.contains_key(name));
        let prize = if let (Some(name), None) = (tier, give.unit) {
            let name = Name { text: name.to_owned(), span: give.amount.span };
            self.tier_named(&name, "a tier").map(|(ladder, tier)| Prize::Tier(ladder, tier))
        } else {
            award.unit_is_bad = unit == Some(None);
            award.unit = unit.flatten();
            let formula = self.formula(context, give.amount, None, award);
            formula.and_then(|formula| award.unit.map(|unit| Prize::Units(unit, formula)))
        };
        let in_unit = Context { unit: award.unit, ..context.clone() };
        let opening = give.opening.map(|opening| self.opening(&in_unit, opening, DueFor::Opening, give.span));
        let expiry = give.expiry.map(|expiry| self.expiry(&in_unit, expiry));
        let units = match &prize {
            Some(Prize::Units(unit, _)) => vec![*unit],
            _ => Vec::new(),
        };
        let bound = Bound { units, occurs: occurs(rule), award: award.clone() };
        let limits = self.limits(context, give.limits, &bound);
        let (prize, recipient) = (prize?, recipient?);
        if matches!((&opening, &expiry), (Some(None), _) | (_, Some(None))) {
            return None;
        }
        Some(plan::Give {
            recipient,
            prize,
            limits: limits?,
            opening: opening.flatten(),
            expiry: expiry.flatten(),
            text: self.source.slice(give.span).to_owned(),
        })
    }

    pub(super) fn limits(
        &mut self,
        context: &Context,
        limits: &'a [ast::Limit],
        bound: &Bound,
    ) -> Option<Vec<LimitId>> {
        let found: Vec<Option<LimitId>> = limits.iter().map(|limit| self.limit(context, limit, bound)).collect();
        for (id, limit) in found.iter().zip(limits) {
            if let Some(id) = id {
                self.warn_of_idle_limit(*id, limit.span);
            }
        }
        found.into_iter().collect()
    }

    fn recipient(&mut self, give: &Giving<'_>, trigger: &Trigger) -> Option<Recipient> {
        let recipient = give.recipient.unwrap_or(Recipient::Member);
        let friends = matches!(trigger, Trigger::Fact { friends: true, .. } | Trigger::Nth { friends: true, .. });
        if recipient != Recipient::Member && !friends {
            self.error(Code::NotHere, give.span, "this rule has no referrer, expected `on a friend's …`")
                .help("write `on a friend's first purchase`");
            return None;
        }
        Some(recipient)
    }

    fn take(&mut self, context: &Context, take: &'a ast::Take) -> Option<Act> {
        let named = match &take.unit {
            Some(name) => Some(self.unit_named(name)?),
            None => None,
        };
        let Some(amount) = &take.amount else {
            return Some(Act::Take(Take { unit: named?, amount: None }));
        };
        let value = self.value(context, amount)?;
        let unit = match (value.ty, named) {
            (Type::Units(unit), None) => unit,
            (Type::Units(unit), Some(named)) if unit == named => unit,
            (Type::Number, Some(named)) => named,
            (_, Some(named)) => {
                let expected = self.unit_key(named).to_owned();
                self.mismatch(value, &expected);
                return None;
            }
            (_, None) => {
                self.mismatch(value, "units to take");
                return None;
            }
        };
        Some(Act::Take(Take { unit, amount: Some(value.id) }))
    }

    fn multiply(&mut self, context: &Context, base: &Name, by: &'a Expr, span: Span) -> Option<Vec<Act>> {
        let bases = self.base_rules(context, base, span);
        let by = self.value(context, by)?;
        if !super::types::is_plain(by.ty) {
            self.mismatch(by, "a plain number, like `2`");
            return None;
        }
        if self
            .literal_number(by.id)
            .is_some_and(|number| number.compare(Exact::ONE).is_ok_and(std::cmp::Ordering::is_lt))
        {
            self.warning(Code::NoEffect, by.span, "a multiplier adds to an award, so one below 1 changes nothing")
                .help("to give less, lower the rate of the rule itself");
        }
        Some(bases?.into_iter().map(|base| Act::Multiply { base, by: by.id }).collect())
    }

    fn add(&mut self, context: &Context, rate: &'a Expr, base: &Name, span: Span) -> Option<Vec<Act>> {
        let bases = self.base_rules(context, base, span);
        let rate = self.value(context, rate)?;
        if rate.ty != Type::Percent {
            self.mismatch(rate, "percentage points to add, like `10%`");
            return None;
        }
        Some(bases?.into_iter().map(|base| Act::Add { rate: rate.id, base }).collect())
    }

    fn base_rules(&mut self, context: &Context, base: &Name, span: Span) -> Option<Vec<RuleId>> {
        let bases = self.rules_named(base)?;
        if context.place != Place::Purchase {
            self.error(
                Code::NotHere,
                span,
                "there is no award to build on at this moment, expected a rule on a purchase",
            );
            return None;
        }
        let rules = |base: &RuleId| self.names.rules.get(base.index()).is_none_or(|rule| rule.kind == RuleKind::Rule);
        if !bases.iter().all(rules) {
            self.error(Code::WrongKind, base.span, format!("`{}` is no rule, expected one to build on", base.text))
                .help("rewards and draws are not multiplied or added to");
            return None;
        }
        Some(bases)
    }

    fn rest(
        &mut self,
        context: &Context,
        id: RuleId,
        rule: &'a ast::Rule,
        built: &mut plan::Rule,
        award: Award,
    ) -> bool {
        let mut units: Vec<UnitId> = built
            .acts
            .iter()
            .filter_map(|act| match act {
                Act::Give(plan::Give { prize: Prize::Units(unit, _), .. }) => Some(*unit),
                _ => None,
            })
            .collect();
        if let Role::Reward(reward) = &built.role {
            units = reward.offers.iter().filter_map(|offer| offer.cost.as_ref()).map(|cost| cost.unit).collect();
        } else if units.is_empty() {
            units = self.rule_units.get(id.index()).cloned().unwrap_or_default();
        }
        units.sort();
        units.dedup();
        let award = Award { money: self.takes_money_off(rule), ..award };
        let bound = Bound { units, occurs: occurs(rule), award };
        let mut fits = true;
        let mut seen = Vec::new();
        for clause in &rule.clauses {
            match clause {
                RuleClause::Limit(limit) => match self.limit(context, limit, &bound) {
                    Some(id) => {
                        self.warn_of_idle_limit(id, limit.span);
                        built.limits.push(id);
                    }
                    None => fits = false,
                },
                RuleClause::Round(round) => {
                    self.once("round", round.span, &mut seen);
                    built.round = Some(Round { mode: round.mode, scope: round.scope });
                }
                RuleClause::Returns(returns) => {
                    self.once("returns", returns.span, &mut seen);
                    built.returns = Some(self.returns(returns));
                }
                _ => {}
            }
        }
        fits
    }
}

pub(super) fn occurs(rule: &ast::Rule) -> bool {
    rule.clauses.iter().any(|clause| {
        matches!(clause, RuleClause::During(_) | RuleClause::On(ast::Trigger::Period(_), _) | RuleClause::At(..))
    })
}

/// Where a clause stands.
pub(super) fn span_of(clause: &RuleClause) -> Span {
    match clause {
        RuleClause::On(_, span)
        | RuleClause::At(_, span)
        | RuleClause::Multiply(_, _, span)
        | RuleClause::Add(_, _, span)
        | RuleClause::Turn(_, _, span)
        | RuleClause::Automatically(span) => *span,
        RuleClause::Where(expr) | RuleClause::If(expr) => expr.span,
        RuleClause::During(period) => period.span,
        RuleClause::Give(give) => give.span,
        RuleClause::Take(take) => take.span,
        RuleClause::Costs(costs) => costs.span,
        RuleClause::Gives(gives) => gives.span,
        RuleClause::Among(among) => among.span,
        RuleClause::Seed(seed) => seed.span,
        RuleClause::Limit(limit) => limit.span,
        RuleClause::Round(round) => round.span,
        RuleClause::Returns(returns) => returns.span,
    }
}
