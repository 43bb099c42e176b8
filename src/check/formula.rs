//! What is given: `5% of spend as beans`, `1 bean per full 20 RUB`, a table, a rate held in a
//! parameter or by a tier, each to its core form, a [`Formula`] of one unit.

use super::Checker;
use super::context::{Context, Value};
use super::types::{is_numeric, is_plain};
use crate::diag::Code;
use crate::plan::{Each, ExprId, Factor, Formula, Literal, Node, NumField, RuleId, Type, UnitId};
use crate::source::Span;
use crate::syntax::ast::{Block, Dated, Expr, ExprKind, Measure, Name};
use crate::value::Exact;

/// How deep rates may name rates.
const NESTING_MAX: u8 = 16;
/// How often a program may name a rate, each rate worked in where it is named.
const EXPANDED_MAX: u32 = 20_000;

/// What a rate is taken of.
#[derive(Debug, Clone)]
pub(super) enum Base {
    /// `of spend`
    Value(Value),
    /// `of "Base"`: all its clauses
    Award(Vec<RuleId>),
}

/// The unit that an award is of, as it becomes known, and its base.
#[derive(Debug, Clone, Default)]
pub(super) struct Award {
    /// `as beans`, or the unit of the first amount.
    pub(super) unit: Option<UnitId>,
    /// Where `as` names it.
    pub(super) named: Option<Span>,
    /// The base, for the fallback rate of a limit.
    pub(super) base: Option<Base>,
    /// What is given is money off.
    pub(super) money: bool,
    /// The unit that a reward is paid with.
    pub(super) paid: Option<UnitId>,
    /// The unit after `as` is not known, which has been said.
    pub(super) unit_is_bad: bool,
    pub(super) depth: u8,
}

impl<'a> Checker<'a> {
    /// The formula of what is given.
    pub(super) fn formula(
        &mut self,
        context: &Context,
        expr: &'a Expr,
        base: Option<&Base>,
        award: &mut Award,
    ) -> Option<Formula> {
        match &expr.kind {
            ExprKind::Of(rate, of) => self.rate_of(context, rate, of, base, award),
            ExprKind::Per(units, block) => self.per(context, units, block, base, award, expr.span),
            ExprKind::Table(table) => self.table(context, table, base, award, expr.span),
            ExprKind::Counted { .. } if self.is_rate(expr) => self.held_rate(context, expr, base, award),
            ExprKind::Sum(parts) if parts.iter().any(|(_, part)| self.is_held_rate(part)) => {
                self.error(Code::TypeMismatch, expr.span, "found a sum of rates, expected one rate")
                    .help("write a second `give` for the second rate");
                None
            }
            _ => self.plain(context, expr, base, award),
        }
    }

    fn is_held_rate(&self, expr: &Expr) -> bool {
        !matches!(expr.kind, ExprKind::Of(..)) && self.is_rate(expr)
    }

    fn rate_of(
        &mut self,
        context: &Context,
        rate: &'a Expr,
        of: &'a Expr,
        base: Option<&Base>,
        award: &mut Award,
    ) -> Option<Formula> {
        if base.is_some() {
            self.error(Code::TypeMismatch, of.span, "found a second `of`, expected one base")
                .help("write `of …` once, at the end");
            return None;
        }
        let inner = if let Some(name) = self.rule_name(of) {
            let name = Name { text: name.to_owned(), span: of.span };
            Base::Award(self.rules_named(&name)?)
        } else {
            let value = self.value(context, of)?;
            if !is_numeric(value.ty) {
                self.mismatch(value, "a number or money after `of`");
                return None;
            }
            Base::Value(value)
        };
        award.base = Some(inner.clone());
        self.formula(context, rate, Some(&inner), award)
    }

    /// A plain amount, or a percent of the base.
    fn plain(&mut self, context: &Context, expr: &'a Expr, base: Option<&Base>, award: &mut Award) -> Option<Formula> {
        let value = self.value(context, expr).filter(|value| self.is_of_bounded_cost(value.id))?;
        match base {
            Some(_) if award.money && value.ty == Type::Money => {
                Some(Formula::Fixed { amount: value.id, in_money: false })
            }
            None if value.ty == Type::Percent => {
                let written = self.source.slice(value.span).to_owned();
                self.error(Code::PercentWithoutOf, value.span, "found a percent, expected also of what")
                    .help(format!("write `{written} of spend`"));
                None
            }
            None => {
                let in_money = self.in_units(value, award)?;
                Some(Formula::Fixed { amount: value.id, in_money })
            }
            Some(_) if value.ty != Type::Percent => {
                self.mismatch(value, "a percent or a rate before `of`");
                None
            }
            Some(Base::Award(rules)) => self.share_of_award(value.id, rules, award, expr.span),
            Some(Base::Value(of)) => {
                let in_money = self.in_units(*of, award)?;
                Some(Formula::Share { share: value.id, of: of.id, in_money })
            }
        }
    }

    fn share_of_award(&mut self, share: ExprId, rules: &[RuleId], award: &mut Award, span: Span) -> Option<Formula> {
        let units: Vec<UnitId> =
            rules.iter().filter_map(|rule| self.rule_units.get(rule.index())).flatten().copied().collect();
        let Some(unit) = units.first().copied() else {
            if rules.iter().any(|rule| self.circular.contains(rule)) {
                return None;
            }
            self.error(Code::TypeMismatch, span, "the rule after `of` gives no units, expected a rule that does");
            return None;
        };
        let wanted = *award.unit.get_or_insert(unit);
        if let ([rule], true) = (rules, wanted == unit) {
            return Some(Formula::OfAward { share, rule: *rule });
        }
        let ty = Type::Units(unit);
        let parts = rules.iter().map(|rule| (self.node(Node::Given(*rule), ty, span).id, false)).collect();
        let of = self.node(Node::Sum(parts), ty, span).id;
        if wanted == unit {
            return Some(Formula::Share { share, of, in_money: false });
        }
        // As another unit it is what they are worth.
        let worth = self.worth_as_number(unit, span)?;
        self.worth_of(wanted, span)?;
        let of = self.node(Node::Product(vec![(Factor::Times, of), (Factor::Times, worth)]), Type::Money, span).id;
        Some(Formula::Share { share, of, in_money: true })
    }

    /// The unit of an amount: its own, or that after `as`. Says whether the amount is money to be divided by the worth.
    fn in_units(&mut self, value: Value, award: &mut Award) -> Option<bool> {
        if award.unit_is_bad {
            return Some(false);
        }
        if award.money {
            if value.ty != Type::Money {
                self.mismatch(value, "money that comes off");
                return None;
            }
            return Some(false);
        }
        match (value.ty, award.unit.filter(|_| award.named.is_some() || matches!(value.ty, Type::Units(_)))) {
            (Type::Units(unit), None) => {
                award.unit = Some(unit);
                Some(false)
            }
            (Type::Units(unit), Some(wanted)) if unit == wanted => Some(false),
            (Type::Units(unit), Some(wanted)) => {
                let (found, expected) = (self.unit_key(unit).to_owned(), self.unit_key(wanted).to_owned());
                self.error(Code::UnitMismatch, value.span, format!("found {found}, expected {expected}"))
                    .help("give another unit in a second `give`");
                None
            }
            (Type::Money, Some(unit)) => self.worth_of(unit, value.span).map(|()| true),
            (ty, Some(_)) if is_plain(ty) => Some(false),
            (ty, None) if ty == Type::Money || is_plain(ty) => {
                let found = self.type_name(ty);
                let unit =
                    self.names.units.first().map_or("beans", |unit| super::names::plural(&unit.nouns)).to_owned();
                self.error(Code::UnitMismatch, value.span, format!("found {found}, expected units to give"))
                    .help(format!("write `as {unit}`, or how many: `50 {unit}`"));
                None
            }
            _ => {
                self.mismatch(value, "units to give");
                None
            }
        }
    }

    /// A unit that stands for money must be worth some.
    pub(super) fn worth_of(&mut self, unit: UnitId, span: Span) -> Option<()> {
        let found = self.names.units.get(unit.index()).copied()?;
        if found.clauses.iter().any(|clause| matches!(clause, crate::syntax::ast::UnitClause::Worth(..))) {
            return Some(());
        }
        let key = super::names::plural(&found.nouns).to_owned();
        let one = found.nouns.first().map_or("", |noun| noun.text.as_str());
        let currency = self.names.currency.map_or("RUB", |currency| currency.text.as_str()).to_owned();
        let first = found.nouns.first().map_or(span, |noun| noun.span);
        self.error(Code::NoWorth, span, format!("found money, but {key} are worth no money"))
            .label(first, "declared here without `worth`")
            .help(format!("write a rate, like `1 {one} per full 20 {currency}`, or `worth 1 {currency}` in the unit"));
        None
    }

    fn per(
        &mut self,
        context: &Context,
        units: &'a Expr,
        block: &'a Block,
        base: Option<&Base>,
        award: &mut Award,
        span: Span,
    ) -> Option<Formula> {
        let value = self.value(context, units);
        let Block::Size(mode, size) = block else {
            let each = match block {
                Block::Line => Each::Line,
                Block::Visit => Each::Visit,
                Block::Item | Block::Size(..) => Each::Item,
            };
            let value = value?;
            if base.is_some() && !award.money || !context.has_lines() {
                self.error(Code::NotHere, span, "`per item`, `per line` and `per visit` count the purchase of the rule, expected no `of` and a rule on a purchase");
                return None;
            }
            let in_money = self.in_units(value, award)?;
            return Some(Formula::Each { units: value.id, in_money, each });
        };
        let size = match award.paid.filter(|unit| self.unit_alone(size) == Some(*unit)) {
            Some(unit) => Some(self.node(Node::Literal(Literal::Number(Exact::ONE)), Type::Units(unit), size.span)),
            None => self.value(context, size),
        };
        let (value, size) = (value?, size?);
        if !is_numeric(size.ty) || size.ty == Type::Percent {
            self.mismatch(size, "money or a number after `per`");
            return None;
        }
        if matches!(self.nodes.get(size.id.index()), Some(Node::Literal(Literal::Number(number))) if !number.is_positive())
        {
            self.error(Code::InvalidNumber, size.span, "found a block of nothing, expected more than zero");
            return None;
        }
        let in_money = self.in_units(value, award)?;
        let of = match base {
            _ if award.paid.is_some_and(|unit| size.ty == Type::Units(unit)) => {
                self.node(Node::Paid, size.ty, size.span)
            }
            Some(Base::Value(of)) => *of,
            Some(Base::Award(rules)) => {
                let name = rules
                    .first()
                    .and_then(|rule| self.names.rules.get(rule.index()))
                    .map(|rule| rule.name.text.clone())?;
                self.given(&name, span)?
            }
            None => self.base_of_block(context, size)?,
        };
        self.unify(size, of, "like the block")?;
        if award.base.is_none() {
            award.base = Some(Base::Value(of));
        }
        if let (Some(Node::Counter(counter, _)), false) = (self.nodes.get(of.id.index()), in_money) {
            return Some(Formula::Running { units: value.id, size: size.id, mode: *mode, counter: *counter });
        }
        Some(Formula::Block { units: value.id, in_money, size: size.id, mode: *mode, of: of.id })
    }

    /// Of what a block is, where it is not said: `20 RUB` of spend, `10 nights` of the counter.
    fn base_of_block(&mut self, context: &Context, size: Value) -> Option<Value> {
        match size.ty {
            Type::Money if context.has_lines() => {
                self.money_read.get_or_insert(size.span);
                Some(self.node(Node::Lines(NumField::Spend(None)), Type::Money, size.span))
            }
            Type::Counted(counter) => self.counter_of_quantity(context, counter, size.span),
            ty => {
                let found = self.type_name(ty);
                self.error(Code::MissingValue, size.span, format!("found a block of {found}, expected also of what"))
                    .help("write `of …` after it: `1 cup per full 5 of quantity`");
                None
            }
        }
    }

    /// A rate held in a parameter or by the tiers.
    fn held_rate(
        &mut self,
        context: &Context,
        expr: &'a Expr,
        base: Option<&Base>,
        award: &mut Award,
    ) -> Option<Formula> {
        let ExprKind::Counted { measure: Measure::Path(path), .. } = &expr.kind else { return None };
        self.expanded = self.expanded.saturating_add(1);
        if award.depth >= NESTING_MAX || self.expanded > EXPANDED_MAX {
            self.error(
                Code::TooLarge,
                expr.span,
                format!("rates that name rates come to more than {NESTING_MAX} steps or {EXPANDED_MAX} in all"),
            )
            .help("write the rate itself");
            return None;
        }
        award.depth += 1;
        let found = if let Some((ladder, value)) = self.tier_value_of(path) {
            self.read.insert(format!("tier value {}.{value}", ladder.index()));
            let key = self.node(Node::Tier(ladder), Type::Tier(ladder), expr.span);
            let mut rows = Some(Vec::new());
            for (level, dated) in self.tier_dated(ladder, value).into_iter().enumerate() {
                let Some(dated) = dated else { continue };
                let literal = Literal::Tier(u8::try_from(level).unwrap_or(u8::MAX));
                let tier = self.node(Node::Literal(literal), Type::Tier(ladder), expr.span);
                match self.dated_formula(context, dated, base, award) {
                    Some(formula) => {
                        if let Some(rows) = &mut rows {
                            rows.push((vec![tier.id], formula));
                        }
                    }
                    None => rows = None,
                }
            }
            rows.map(|rows| Formula::ByKey { key: key.id, per_line: false, rows, otherwise: None })
        } else {
            let param = self.param_of(path).filter(|param| !self.is_in_circle(*param))?;
            let param = self.names.params.get(param).copied()?;
            self.read.insert(format!("param {}", param.name.text));
            self.dated_formula(context, &param.value, base, award)
        };
        award.depth -= 1;
        found
    }

    fn dated_formula(
        &mut self,
        context: &Context,
        dated: &'a Dated,
        base: Option<&Base>,
        award: &mut Award,
    ) -> Option<Formula> {
        let rises = self.days_rise(dated);
        let first = self.formula(context, &dated.first, base, award);
        let mut later = Vec::with_capacity(dated.later.len());
        let mut fits = rises;
        for (value, day) in &dated.later {
            match self.formula(context, value, base, award) {
                Some(formula) => later.push((*day, formula)),
                None => fits = false,
            }
        }
        let first = first.filter(|_| fits)?;
        Some(if later.is_empty() { first } else { Formula::Dated(Box::new(first), later) })
    }
}
