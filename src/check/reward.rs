//! Rewards: what they cost, what they give for it, and at which step of a purchase.
//!
//! `reward "Pay with beans" { costs beans  gives their worth off, at most 30% of spend }` is a rule with a
//! price; without a price it is a discount. Each `costs` opens an offer, which the `gives` after it complete.

use super::Checker;
use super::context::{Context, Place, Value};
use super::formula::{Award, Base};
use super::limit::Bound;
use crate::diag::Code;
use crate::plan::{
    self, Benefit, Cost, CostOf, ExprId, Formula, LimitId, Literal, Node, NumField, Offer, Reward, Role, Step, Trigger,
    Type, UnitId,
};
use crate::source::Span;
use crate::syntax::ast::{self, CostAmount, CostOption, ExprKind, Gift, LiteralKind, RuleClause, RuleKind, UnitClause};
use crate::ty::Kind;

impl<'a> Checker<'a> {
    /// What sets a rule, a reward or a draw off, and what it can read.
    pub(super) fn trigger_of(&mut self, rule: &'a ast::Rule) -> (Option<Trigger>, Place) {
        let written = rule.clauses.iter().any(|clause| matches!(clause, RuleClause::On(..) | RuleClause::At(..)));
        if rule.kind != RuleKind::Reward || written || self.takes_money_off(rule) {
            return self.trigger(rule);
        }
        // Units for units are asked for, with a purchase or without one.
        (Some(Trigger::Fact { friends: false, kind: Kind::Redeem, action: None }), Place::Redeem)
    }

    /// Says of each clause that stands in the wrong kind of declaration where it belongs.
    pub(super) fn clauses_fit(&mut self, rule: &'a ast::Rule) -> bool {
        let mut fits = true;
        for clause in &rule.clauses {
            let (word, homes, span): (_, &[RuleKind], _) = match clause {
                RuleClause::Give(give) => ("give", &[RuleKind::Rule, RuleKind::Draw], give.span),
                RuleClause::Take(take) => ("take", &[RuleKind::Rule], take.span),
                RuleClause::Multiply(_, _, span) => ("multiply", &[RuleKind::Rule], *span),
                RuleClause::Add(_, _, span) => ("add", &[RuleKind::Rule], *span),
                RuleClause::Turn(_, _, span) => ("turn", &[RuleKind::Rule], *span),
                RuleClause::Costs(costs) => ("costs", &[RuleKind::Reward], costs.span),
                RuleClause::Gives(gives) => ("gives", &[RuleKind::Reward], gives.span),
                RuleClause::Automatically(span) => ("automatically", &[RuleKind::Reward], *span),
                RuleClause::Among(among) => ("among", &[RuleKind::Draw], among.span),
                RuleClause::Seed(seed) => ("seed", &[RuleKind::Draw], seed.span),
                RuleClause::Round(round) => ("round", &[RuleKind::Rule, RuleKind::Reward], round.span),
                RuleClause::Returns(returns) => ("returns", &[RuleKind::Rule], returns.span),
                RuleClause::On(..)
                | RuleClause::At(..)
                | RuleClause::Where(_)
                | RuleClause::If(_)
                | RuleClause::During(_)
                | RuleClause::Limit(_) => continue,
            };
            if homes.contains(&rule.kind) {
                continue;
            }
            let home = homes.first().map_or("rule", |home| home.word());
            let help = match (word, rule.kind) {
                ("give", RuleKind::Reward) => "write `gives`: a reward gives, a rule says `give`".to_owned(),
                ("gives", _) => "write `give`".to_owned(),
                _ => format!("put it into a `{home}`"),
            };
            let message = format!("`{word}` is a clause of a {home}, found it in a {}", rule.kind.word());
            self.error(Code::NotHere, span, message).help(help);
            fits = false;
        }
        fits
    }

    /// What a reward costs and gives.
    pub(super) fn reward(&mut self, context: &Context, rule: &'a ast::Rule, built: &mut plan::Rule) -> bool {
        let mut reward = Reward { offers: Vec::new(), automatic: false, assumed: None, step: Step::After };
        let mut fits = true;
        let mut seen = Vec::new();
        for clause in &rule.clauses {
            match clause {
                RuleClause::Costs(costs) => match self.price_of(context, costs) {
                    Some(cost) => reward.offers.push(Offer { cost: Some(cost), gifts: Vec::new() }),
                    None => fits = false,
                },
                RuleClause::Gives(gives) => {
                    if reward.offers.is_empty() {
                        reward.offers.push(Offer { cost: None, gifts: Vec::new() });
                    }
                    let paid = reward.offers.last().and_then(|offer| offer.cost.as_ref()).map(|cost| cost.unit);
                    let gift = self.gift(context, rule, gives, built, paid);
                    match (gift, reward.offers.last_mut()) {
                        (Some(gift), Some(offer)) => offer.gifts.push(gift),
                        _ => fits = false,
                    }
                }
                RuleClause::Automatically(span) => {
                    self.once("automatically", *span, &mut seen);
                    reward.automatic = true;
                }
                _ => {}
            }
        }
        // What was wrong with a part has been said; the whole would only be blamed for it.
        fits = fits && self.offers_fit(rule, &mut reward);
        reward.step = step_of(rule, &reward);
        built.role = Role::Reward(reward);
        fits
    }

    fn offers_fit(&mut self, rule: &ast::Rule, reward: &mut Reward) -> bool {
        let name = rule.name.text.clone();
        if reward.offers.iter().all(|offer| offer.gifts.is_empty()) {
            self.error(Code::EmptyRule, rule.name.span, format!("reward `{name}` gives nothing, expected `gives`"))
                .help("write what there is for it: `gives 10% off`, `gives 1 item free`, `gives 1 voucher`");
            return false;
        }
        if reward.offers.iter().any(|offer| offer.gifts.is_empty()) {
            let message = format!("an offer of reward `{name}` gives nothing, expected `gives` after each `costs`");
            self.error(Code::EmptyRule, rule.name.span, message).help("write what there is for it, or leave it out");
            return false;
        }
        let free = reward.offers.iter().any(|offer| offer.cost.is_none());
        let away = |offer: &Offer| offer.gifts.iter().any(|gift| matches!(gift, Benefit::Away));
        if reward.offers.iter().any(away) && !self.can_go_away(rule, reward) {
            return false;
        }
        if free && reward.offers.iter().flat_map(|offer| &offer.gifts).any(|gift| !gift.is_discount()) {
            self.error(Code::MissingValue, rule.name.span, format!("reward `{name}` gives units and costs nothing"))
                .help("write `costs …`, or make it a `rule` that says `give`");
            return false;
        }
        if reward.offers.len() == 1 {
            return true;
        }
        // A ladder takes its largest step first.
        let mut steps = Vec::with_capacity(reward.offers.len());
        for offer in std::mem::take(&mut reward.offers) {
            let size = offer.cost.as_ref().and_then(|cost| match cost.amount {
                CostOf::Fixed(id) => self.literal_number(id),
                CostOf::Any | CostOf::All => None,
            });
            steps.push((size, offer.cost.as_ref().map(|cost| cost.unit), offer));
        }
        let unit = steps.first().map(|(_, unit, _)| *unit);
        if steps.iter().any(|(size, of, _)| size.is_none() || Some(*of) != unit) {
            let message = format!("the offers of reward `{name}` are no ladder, expected numbers of one unit");
            self.error(Code::BadTable, rule.name.span, message)
                .help("write `costs 100 beans gives …  costs 250 beans gives …`, or a reward for each");
            return false;
        }
        steps.sort_by(|(a, ..), (b, ..)| match (a, b) {
            (Some(a), Some(b)) => b.compare(*a).unwrap_or(std::cmp::Ordering::Equal),
            _ => std::cmp::Ordering::Equal,
        });
        let sizes: Vec<_> = steps.iter().filter_map(|(size, ..)| *size).collect();
        reward.offers = steps.into_iter().map(|(.., offer)| offer).collect();
        if sizes.windows(2).any(|pair| matches!(pair, [a, b] if a == b)) {
            let message = format!("two offers of reward `{name}` cost the same, expected one of them");
            self.error(Code::BadTable, rule.name.span, message).help("leave one of them out");
            return false;
        }
        true
    }

    /// What goes to another member is asked for, and is no money.
    fn can_go_away(&mut self, rule: &ast::Rule, reward: &Reward) -> bool {
        let name = rule.name.text.clone();
        if reward.automatic {
            let message = format!("reward `{name}` gives units to another member by itself, expected to be asked for");
            self.error(Code::NotHere, rule.name.span, message)
                .help("leave `automatically` out: only a redemption names who gets them");
            return false;
        }
        let other = |gift: &Benefit| gift.is_discount() || matches!(gift, Benefit::Units(_));
        if reward.offers.iter().flat_map(|offer| &offer.gifts).any(other) {
            let message = format!("reward `{name}` gives units to another member, and something else for the same");
            self.error(Code::NotHere, rule.name.span, message).help("make it two rewards");
            return false;
        }
        true
    }

    fn price_of(&mut self, context: &Context, costs: &'a ast::Costs) -> Option<Cost> {
        let (unit, amount) = match &costs.amount {
            CostAmount::All(name) => (self.unit_named(name)?, CostOf::All),
            CostAmount::Some(expr, named) => {
                let named = match named {
                    Some(name) => Some(self.unit_named(name)?),
                    None => None,
                };
                match (self.unit_alone(expr), named) {
                    (Some(unit), None) => (unit, CostOf::Any),
                    (_, named) => self.fixed_cost(context, expr, named)?,
                }
            }
        };
        let mut cost = Cost { unit, amount, step: None, least: None, leaving: None, to_pay: None };
        for option in &costs.options {
            let (CostOption::Steps(expr) | CostOption::AtLeast(expr) | CostOption::Leaving(expr)) = option;
            let value = self.value(context, expr)?;
            let slot = match (option, value.ty) {
                (CostOption::Leaving(_), Type::Money) => &mut cost.to_pay,
                (_, Type::Units(found)) if found != unit => {
                    let expected = self.unit_key(unit).to_owned();
                    self.mismatch(value, &expected);
                    return None;
                }
                (CostOption::Leaving(_), Type::Units(_)) => &mut cost.leaving,
                (CostOption::Steps(_), Type::Units(_)) => &mut cost.step,
                (CostOption::AtLeast(_), Type::Units(_)) => &mut cost.least,
                _ => {
                    let expected = self.unit_key(unit).to_owned();
                    self.mismatch(value, &expected);
                    return None;
                }
            };
            *slot = Some(value.id);
        }
        if let CostOf::Fixed(_) = cost.amount
            && (cost.step.is_some() || cost.least.is_some())
        {
            self.error(Code::NoEffect, costs.span, "a fixed price has no steps and no least number")
                .help("leave them out, or let it cost any number: `costs beans, in steps of 100 beans`");
            return None;
        }
        Some(cost)
    }

    fn fixed_cost(
        &mut self,
        context: &Context,
        expr: &'a ast::Expr,
        named: Option<UnitId>,
    ) -> Option<(UnitId, CostOf)> {
        let value = self.value(context, expr)?;
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
                self.mismatch(value, "units that it costs");
                return None;
            }
        };
        if self.literal_number(value.id).is_some_and(|number| !number.is_positive()) {
            self.error(Code::InvalidNumber, value.span, "found a price of nothing, expected more than zero")
                .help("leave `costs` out for a discount");
            return None;
        }
        Some((unit, CostOf::Fixed(value.id)))
    }

    /// `beans`: the unit that an expression consists of.
    pub(super) fn unit_alone(&self, expr: &ast::Expr) -> Option<UnitId> {
        match self.names.words.get(Self::single_name(expr)?) {
            Some((super::names::Word::Unit(unit), _)) => Some(*unit),
            _ => None,
        }
    }

    /// Does it take money off the lines of a purchase, or was that meant?
    pub(super) fn takes_money_off(&self, rule: &ast::Rule) -> bool {
        rule.clauses.iter().any(|clause| match clause {
            RuleClause::Gives(gives) => match &gives.gift {
                Gift::TheirWorth | Gift::Off(_) | Gift::Free(_) => true,
                Gift::Units { amount, unit, .. } => unit.is_none() && self.is_bare_money(amount),
                Gift::Away => false,
            },
            _ => false,
        })
    }

    /// `gives 10%`, `gives 300 RUB`: the `off` is missing.
    fn is_bare_money(&self, amount: &ast::Expr) -> bool {
        match &amount.kind {
            ExprKind::Literal(LiteralKind::Percent(_)) => true,
            ExprKind::Literal(LiteralKind::Quantity(_, noun)) => {
                self.names.currency.is_some_and(|currency| currency.text == noun.text)
            }
            _ => false,
        }
    }

    fn gift(
        &mut self,
        context: &Context,
        rule: &'a ast::Rule,
        gives: &'a ast::Gives,
        built: &mut plan::Rule,
        paid: Option<UnitId>,
    ) -> Option<Benefit> {
        let text = self.source.slice(gives.span).to_owned();
        if let Gift::Units { recipient, amount, unit } = &gives.gift {
            if unit.is_none() && self.is_bare_money(amount) {
                let written = self.source.slice(amount.span).to_owned();
                self.error(
                    Code::MissingValue,
                    amount.span,
                    format!("found `{written}` alone, expected `off` after it"),
                )
                .help(format!("write `gives {written} off`"));
                return None;
            }
            let give = super::rule::Giving {
                recipient: *recipient,
                amount,
                unit: unit.as_ref(),
                limits: &gives.limits,
                opening: gives.opening.as_ref(),
                expiry: gives.expiry.as_ref(),
                span: gives.span,
            };
            let mut award = Award { paid, ..Award::default() };
            let give = self.give(context, rule, give, &built.trigger, &mut award)?;
            built.acts.push(plan::Act::Give(give));
            return Some(Benefit::Units(u8::try_from(built.acts.len() - 1).unwrap_or(u8::MAX)));
        }
        if gives.opening.is_some() || gives.expiry.is_some() {
            self.error(Code::NotHere, gives.span, "what is no unit neither opens nor expires")
                .help("leave `opening` and `expiring` out");
            return None;
        }
        let money = match &gives.gift {
            Gift::Away => {
                if paid.is_none() {
                    self.error(Code::MissingValue, gives.span, "nothing is paid that could go to another member")
                        .help("write `costs beans` before it");
                    return None;
                }
                if !gives.limits.is_empty() {
                    self.error(Code::NotHere, gives.span, "a limit after what goes to another member")
                        .help("write `at most` as a clause of its own before `costs`");
                    return None;
                }
                self.one_book = true;
                return Some(Benefit::Away);
            }
            Gift::Free(expr) => {
                let items = self.items(context, expr)?;
                let limits = self.money_limits(context, rule, gives, paid)?;
                return Some(Benefit::Free { items, limits, text });
            }
            Gift::TheirWorth => self.their_worth(gives.span, paid)?,
            Gift::Off(expr) => {
                let spend = self.node(Node::Lines(NumField::Spend(None)), Type::Money, expr.span);
                let mut award = Award { paid, money: true, ..Award::default() };
                let base = Base::Value(spend);
                let base = if matches!(expr.kind, ExprKind::Of(..)) { None } else { Some(&base) };
                self.formula(context, expr, base, &mut award)?
            }
            Gift::Units { .. } => return None,
        };
        let limits = self.money_limits(context, rule, gives, paid)?;
        Some(Benefit::Off { percentage: is_percentage(&money), money, limits, text })
    }

    fn money_limits(
        &mut self,
        context: &Context,
        rule: &ast::Rule,
        gives: &'a ast::Gives,
        paid: Option<UnitId>,
    ) -> Option<Vec<LimitId>> {
        let award = Award { money: true, ..Award::default() };
        let bound = Bound { units: paid.into_iter().collect(), occurs: super::rule::occurs(rule), award };
        self.limits(context, &gives.limits, &bound)
    }

    /// `1 item`
    fn items(&mut self, context: &Context, expr: &'a ast::Expr) -> Option<ExprId> {
        if let ExprKind::Literal(LiteralKind::Quantity(number, noun)) = &expr.kind
            && matches!(noun.text.as_str(), "item" | "items")
        {
            return Some(self.node(Node::Literal(Literal::Number(*number)), Type::Number, expr.span).id);
        }
        let value: Value = self.value(context, expr)?;
        if value.ty != Type::Number {
            self.mismatch(value, "a number of items: `1 item free`");
            return None;
        }
        Some(value.id)
    }

    /// `their worth`: the worth of the day times the units that are paid.
    fn their_worth(&mut self, span: Span, paid: Option<UnitId>) -> Option<Formula> {
        let Some(unit) = paid else {
            self.error(Code::MissingValue, span, "nothing is paid whose worth could come off")
                .help("write `costs beans` before it, or an amount: `gives 10% off`");
            return None;
        };
        let share = self.worth_as_number(unit, span)?;
        let of = self.node(Node::Paid, Type::Units(unit), span);
        Some(Formula::Share { share, of: of.id, in_money: false })
    }
}

impl<'a> Checker<'a> {
    /// What one of a unit is worth, which must be something.
    pub(super) fn worth_as_number(&mut self, unit: UnitId, span: Span) -> Option<ExprId> {
        self.worth_of(unit, span)?;
        let declared: &'a ast::Unit = self.names.units.get(unit.index()).copied()?;
        let worth = declared.clauses.iter().find_map(|clause| match clause {
            UnitClause::Worth(worth, _) => Some(worth),
            _ => None,
        })?;
        self.worth(worth)
    }
}

impl Benefit {
    /// Does it take money off a receipt?
    const fn is_discount(&self) -> bool {
        matches!(self, Self::Off { .. } | Self::Free { .. })
    }
}

/// A percentage of the reward's lines, or a table of them?
fn is_percentage(formula: &Formula) -> bool {
    match formula {
        Formula::Share { .. } => true,
        Formula::ByKey { rows, otherwise, .. } => {
            rows.iter().map(|(_, row)| row).chain(otherwise.as_deref()).all(is_percentage)
        }
        Formula::Bands { rows, otherwise, .. } => {
            rows.iter().map(|(_, row)| row).chain(otherwise.as_deref()).all(is_percentage)
        }
        Formula::Dated(first, later) => is_percentage(first) && later.iter().all(|(_, row)| is_percentage(row)),
        Formula::Fixed { .. }
        | Formula::Block { .. }
        | Formula::Each { .. }
        | Formula::Running { .. }
        | Formula::OfAward { .. } => false,
    }
}

fn step_of(rule: &ast::Rule, reward: &Reward) -> Step {
    let off = reward.offers.iter().flat_map(|offer| &offer.gifts).any(Benefit::is_discount);
    let cost = reward.offers.iter().find_map(|offer| offer.cost.as_ref());
    match cost {
        _ if !off => Step::After,
        None if rule.clauses.iter().any(|clause| matches!(clause, RuleClause::Where(_))) => Step::LineDiscounts,
        None => Step::ReceiptDiscounts,
        Some(Cost { amount: CostOf::Fixed(_), .. }) => Step::Coupons,
        Some(_) => Step::Units,
    }
}
