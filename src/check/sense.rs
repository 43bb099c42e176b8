//! What cannot be so or always is: a condition that no purchase meets, a rule outside of its program's days, bounds
//! that leave kopecks between them, a rate above what is paid.
//!
//! `if spend >= 500 RUB and spend < 300 RUB` is told with both comparisons, `if spend <= 999 RUB` beside another rule's
//! `if spend >= 1_000 RUB` with the purchases that neither takes.

use super::Checker;
use crate::diag::{Code, Severity};
use crate::plan::{Act, ExprId, Formula, Give, LadderId, Measure, Node, NumField, Prize, Role, Rule, Turn, Type, Unit};
use crate::source::Span;
use crate::syntax::ast::Compare;
use crate::value::{Exact, Overflow, Rounding};
use std::cmp::Ordering;

/// A comparison of something with a number of the program.
#[derive(Debug, Clone, Copy)]
struct Bounded {
    /// What is compared.
    of: ExprId,
    how: Compare,
    with: Exact,
    span: Span,
}

impl Bounded {
    /// Does it hold from a number on? Otherwise up to one.
    const fn is_lower(self) -> Option<bool> {
        match self.how {
            Compare::More | Compare::AtLeast => Some(true),
            Compare::Less | Compare::AtMost => Some(false),
            Compare::Equal | Compare::NotEqual => None,
        }
    }

    const fn includes(self) -> bool {
        matches!(self.how, Compare::AtMost | Compare::AtLeast | Compare::Equal)
    }
}

impl Checker<'_> {
    /// Warns of all of these, unless something is wrong.
    pub(super) fn warn_of_sense(&mut self, rules: &[Option<Rule>], units: &[Option<Unit>], decimals: u32) {
        if self.diagnostics.iter().any(|found| found.severity == Severity::Error) {
            return;
        }
        let rules: Vec<&Rule> = rules.iter().flatten().collect();
        self.warn_of_tiers(&rules);
        for rule in &rules {
            self.warn_of_conditions(rule);
            self.warn_of_rates(rule, units);
        }
        for (at, rule) in rules.iter().enumerate() {
            for other in rules.iter().skip(at + 1) {
                self.warn_of_bounds(rule, other, decimals);
            }
        }
    }

    /// A tier without a bound that no rule gives.
    fn warn_of_tiers(&mut self, rules: &[&Rule]) {
        let given: Vec<(LadderId, u8)> = rules.iter().flat_map(|rule| tiers_given(rule)).collect();
        let mut found = Vec::new();
        for (id, ladder) in self.names.ladders.iter().enumerate() {
            let is_given = |at: usize| given.iter().any(|(of, tier)| of.index() == id && usize::from(*tier) == at);
            let tiers = ladder.tiers.iter().enumerate().skip(1);
            let unheld = tiers.filter(|(at, tier)| tier.reach.is_none() && !is_given(*at));
            found.extend(unheld.map(|(_, tier)| (tier.name.text.clone(), tier.span)));
        }
        for (name, span) in found {
            self.warning(
                Code::NeverHeld,
                span,
                format!("nobody ever holds `{name}`: it has no `from`, and no rule gives it"),
            )
            .help(format!("write from when it is reached, or `give {name}` in a rule"));
        }
    }

    /// Conditions that always hold, or never.
    fn warn_of_conditions(&mut self, rule: &Rule) {
        let mut conditions = Vec::new();
        for condition in rule.conditions.iter().chain(&rule.filter) {
            self.joined(*condition, &mut conditions);
        }
        for bound in conditions.iter().filter_map(|condition| self.bounded(*condition)).collect::<Vec<_>>() {
            self.warn_of_sign(bound);
        }
    }

    /// What is never below zero is compared with nothing.
    fn warn_of_sign(&mut self, bound: Bounded) {
        let counted = match self.nodes.get(bound.of.index()) {
            Some(Node::Lines(field) | Node::Receipt(field)) => {
                matches!(field, NumField::Spend(_) | NumField::Quantity)
            }
            Some(Node::Counter(counter, _)) => {
                let measure = self.counters.get(counter.index()).map(|counter| counter.measure);
                matches!(measure, Some(Measure::Visits | Measure::Ordinals | Measure::Actions(_) | Measure::Friends))
            }
            _ => false,
        };
        if !counted {
            return;
        }
        let (negative, zero) = (bound.with.is_negative(), bound.with.is_zero());
        let never = bound.is_lower() == Some(false) && (negative || (zero && !bound.includes()));
        let always = bound.is_lower() == Some(true) && (negative || (zero && bound.includes()));
        let text = self.source.slice(bound.span).to_owned();
        if never {
            self.warning(Code::NeverHolds, bound.span, format!("`{text}` never holds: it is never below 0"))
                .help("no purchase meets it: change the bound");
        } else if always {
            self.warning(Code::AlwaysHolds, bound.span, format!("`{text}` always holds: it is never below 0"))
                .help("a purchase of 0.01 meets it, and one of 0: leave it out, or write `> 0`");
        }
    }

    /// The parts of an `and`.
    fn joined(&self, id: ExprId, all: &mut Vec<ExprId>) {
        match self.nodes.get(id.index()) {
            Some(Node::And(parts)) => parts.iter().for_each(|part| self.joined(*part, all)),
            _ => all.push(id),
        }
    }

    fn bounded(&self, id: ExprId) -> Option<Bounded> {
        let Some(Node::Compare(how, of, with)) = self.nodes.get(id.index()) else { return None };
        let with = self.literal_number(*with)?;
        Some(Bounded { of: *of, how: *how, with, span: self.span_of(id) })
    }

    fn span_of(&self, id: ExprId) -> Span {
        self.spans.get(id.index()).copied().unwrap_or_default()
    }

    /// A rate that gives more than was paid.
    fn warn_of_rates(&mut self, rule: &Rule, units: &[Option<Unit>]) {
        if !matches!(rule.role, Role::Rule) {
            return;
        }
        for act in &rule.acts {
            if let Act::Give(Give { prize: Prize::Units(unit, formula), limits, .. }) = act
                && limits.is_empty()
                && rule.limits.is_empty()
            {
                let worth = units.get(unit.index()).and_then(Option::as_ref).and_then(|unit| unit.worth);
                let worth = worth.and_then(|worth| self.literal_number(worth));
                self.warn_of_rate(formula, worth);
            }
        }
    }

    fn warn_of_rate(&mut self, formula: &Formula, worth: Option<Exact>) {
        let (rate, at) = match formula {
            Formula::Share { share, of, in_money: true } if self.is_spend(*of) => (self.literal_number(*share), *share),
            Formula::Block { units, in_money: false, size, of, .. } if self.is_spend(*of) => {
                let money = self.literal_number(*units).zip(worth).and_then(|(units, worth)| units.times(worth).ok());
                let rate = money.zip(self.literal_number(*size)).and_then(|(money, size)| money.over(size).ok());
                (rate, *units)
            }
            Formula::ByKey { rows, otherwise, .. } => {
                for row in rows.iter().map(|(_, row)| row).chain(otherwise.as_deref()) {
                    self.warn_of_rate(row, worth);
                }
                return;
            }
            Formula::Bands { rows, otherwise, .. } => {
                for row in rows.iter().map(|(_, row)| row).chain(otherwise.as_deref()) {
                    self.warn_of_rate(row, worth);
                }
                return;
            }
            _ => return,
        };
        let Some(rate) = rate.filter(|rate| rate.compare(Exact::ONE).is_ok_and(Ordering::is_gt)) else { return };
        let currency = self.names.currency.map_or_else(String::new, |name| name.text.clone());
        let given = rate.times(Exact::whole(1_000)).map(number).unwrap_or_default();
        let text = self.source.slice(self.span_of(at)).to_owned();
        self.warning(
            Code::MoreThanPaid,
            self.span_of(at),
            format!("`{text}` gives more than is paid: a purchase of 1000 {currency} gives {given} {currency}"),
        )
        .help("write a smaller rate, or `at most …` after it");
    }

    fn is_spend(&self, of: ExprId) -> bool {
        matches!(self.nodes.get(of.index()), Some(Node::Lines(NumField::Spend(_)) | Node::Receipt(NumField::Spend(_))))
    }

    /// Two rules that share a threshold: what lies between their bounds, or in both.
    fn warn_of_bounds(&mut self, one: &Rule, other: &Rule, decimals: u32) {
        let apart = one.trigger != other.trigger || one.conditions.len() != 1 || other.conditions.len() != 1;
        let filters = match (one.filter, other.filter) {
            (None, None) => true,
            (Some(one), Some(other)) => self.same(one, other),
            _ => false,
        };
        let days = one.in_force == other.in_force && one.during.is_empty() && other.during.is_empty();
        let chosen = one.group.is_some() && one.group == other.group;
        if apart || chosen || !filters || !days {
            return;
        }
        let of = |rule: &Rule| rule.conditions.first().and_then(|condition| self.bounded(*condition));
        let (Some(first), Some(second)) = (of(one), of(other)) else { return };
        let money = self.types.get(first.of.index()) == Some(&Type::Money);
        if !money || !self.same(first.of, second.of) {
            return;
        }
        let (upper, lower) = match (first.is_lower(), second.is_lower()) {
            (Some(false), Some(true)) => (first, second),
            (Some(true), Some(false)) => (second, first),
            _ => return,
        };
        if let Ok(Some(gap)) = gap_between(upper, lower, decimals) {
            self.say_gap(upper, lower, gap);
        }
    }

    fn say_gap(&mut self, upper: Bounded, lower: Bounded, gap: Gap) {
        let currency = self.names.currency.map_or_else(String::new, |name| name.text.clone());
        let (one, two) = (self.source.slice(upper.span).to_owned(), self.source.slice(lower.span).to_owned());
        let (code, said, money) = match gap {
            Gap::Between(money) => (Code::BoundsGap, "neither", money),
            Gap::Both(money) => (Code::BoundsOverlap, "both", money),
        };
        let and = if code == Code::BoundsGap { "nor" } else { "and" };
        let takes = if code == Code::BoundsGap { "takes" } else { "take" };
        self.warning(
            code,
            lower.span,
            format!("{said} `{one}` {and} `{two}` {takes} a purchase of {} {currency}", number(money)),
        )
        .label(upper.span, "the other bound")
        .help("give both one number, one with `<` and the other with `>=`");
    }
}

/// The tiers that a rule gives, or turns others into.
fn tiers_given(rule: &Rule) -> Vec<(LadderId, u8)> {
    let acts = rule.acts.iter().filter_map(|act| match act {
        Act::Give(Give { prize: Prize::Tier(ladder, tier), .. }) => Some((*ladder, *tier)),
        _ => None,
    });
    let turns = match &rule.role {
        Role::Migration(turns) => turns.as_slice(),
        Role::Rule | Role::Reward(_) | Role::Draw(_) => &[],
    };
    let turned = turns.iter().filter_map(|turn| match turn {
        Turn::Tier { into, .. } => Some(*into),
        Turn::Units { .. } => None,
    });
    acts.chain(turned).collect()
}

/// What lies between two bounds, or in both.
#[derive(Debug, Clone, Copy)]
enum Gap {
    /// The least that neither takes.
    Between(Exact),
    /// What both take.
    Both(Exact),
}

/// Bounds that nearly meet: less than one unit of the currency lies between them, or one amount in both.
fn gap_between(upper: Bounded, lower: Bounded, decimals: u32) -> Result<Option<Gap>, Overflow> {
    let smallest = Exact::new(1, 10_i128.checked_pow(decimals).ok_or(Overflow)?)?;
    let last = if upper.includes() { upper.with } else { upper.with.minus(smallest)? };
    let first = if lower.includes() { lower.with } else { lower.with.plus(smallest)? };
    let apart = first.minus(last)?;
    if apart.is_zero() {
        return Ok(Some(Gap::Both(first)));
    }
    let between = apart.compare(smallest)?.is_gt() && apart.compare(Exact::ONE)?.is_le();
    Ok(if between { Some(Gap::Between(last.plus(smallest)?)) } else { None })
}

/// A number as it is read.
fn number(number: Exact) -> String {
    number.round(Rounding::HalfUp, 6).map(|number| number.to_string()).unwrap_or_default()
}
