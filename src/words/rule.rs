//! Rules: what sets one off, when it applies, and what it gives or takes.

use super::expr::Amount;
use super::measure::place_word;
use super::page::{Clause, Kind, Part};
use super::teller::{Case, Place, Teller, clause, tabled};
use crate::syntax::ast::{
    Expiry, Expr, ExprKind, Fact, Give, Limit, Measure, Name, Opening, Ordinal, Recipient, Returns, ReturnsMode, Rule,
    RuleClause, Take, Trigger,
};

impl Teller<'_> {
    pub(super) fn rule(self, rule: &Rule) -> Part {
        let filtered = rule.clauses.iter().any(|of| matches!(of, RuleClause::Where(_)));
        let here = self.at(if filtered { Place::Lines } else { Place::Receipt });
        let mut clauses = here.rule_head(rule);
        if !rule.clauses.iter().any(|of| matches!(of, RuleClause::On(..) | RuleClause::At(..))) {
            clauses.push(clause("on", say!(self, "label-on"), say!(self, "every-purchase")));
        }
        for of in &rule.clauses {
            clauses.extend(here.rule_clause(of, is_friends(rule)));
        }
        clauses.sort_by_key(|clause| ORDER.iter().position(|about| *about == clause.about));
        let name = rule.name.text.clone();
        Part { kind: Kind::Rule, heading: name.clone(), name, clauses }
    }

    /// When the declaration is in force.
    pub(super) fn rule_head(self, rule: &Rule) -> Vec<Clause> {
        let text = self.in_force(rule.in_force);
        text.map(|text| clause("in-force", say!(self, "label-in-force"), text)).into_iter().collect()
    }

    /// A clause that rules, rewards and draws have; `friends`: the fact is of a friend.
    pub(super) fn rule_clause(self, of: &RuleClause, friends: bool) -> Vec<Clause> {
        let one = match of {
            RuleClause::On(trigger @ Trigger::Period(_), _) => {
                clause("on", say!(self, "label-when"), self.trigger(trigger))
            }
            RuleClause::On(trigger, _) => clause("on", say!(self, "label-on"), self.trigger(trigger)),
            RuleClause::At(edge, _) => clause("on", say!(self, "label-when"), self.edge(*edge)),
            RuleClause::Where(filter) => {
                clause("where", say!(self, "label-where"), self.at(Place::Line).condition(filter))
            }
            RuleClause::If(condition) => clause("if", say!(self, "label-if"), self.condition(condition)),
            RuleClause::During(period) => clause("during", say!(self, "label-during"), self.period(period)),
            RuleClause::Give(give) => return self.give(give, friends),
            RuleClause::Take(take) => self.take(take),
            RuleClause::Multiply(base, by, _) => return self.multiply(base, by),
            RuleClause::Add(rate, base, _) => clause(
                "add",
                say!(self, "label-add"),
                say!(self, "add", rate = self.value(rate, Case::Subject), rule = base.text.as_str()),
            ),
            RuleClause::Turn(from, into, _) => self.turn(from, into),
            RuleClause::Limit(limit) => clause("limit", say!(self, "label-limit"), self.limit(limit)),
            RuleClause::Round(round) => clause("round", say!(self, "label-round"), self.round(*round)),
            RuleClause::Returns(returns) => clause("returns", say!(self, "label-returns"), self.returns(returns)),
            RuleClause::Seed(seed) => {
                clause("seed", say!(self, "label-seed"), say!(self, "seed", seed = seed.text.as_str()))
            }
            RuleClause::Among(among) => clause(
                "among",
                say!(self, "label-among"),
                say!(
                    self,
                    "among",
                    unit = self.unit_key(&among.unit.text),
                    one = self.unit_one(&among.unit.text),
                    winners = among.winners.unwrap_or(1)
                ),
            ),
            RuleClause::Automatically(_) => clause("automatically", String::new(), say!(self, "automatically")),
            // A reward tells them as offers.
            RuleClause::Costs(_) | RuleClause::Gives(_) => return Vec::new(),
        };
        vec![one]
    }

    pub(super) fn trigger(self, trigger: &Trigger) -> String {
        match trigger {
            Trigger::Fact { friends: false, fact: Fact::Purchase } => say!(self, "every-purchase"),
            Trigger::Fact { friends, fact } => self.fact(fact, *friends),
            Trigger::Nth { friends, every, ordinal, window } => {
                let nth = if let Ordinal::Nth(nth) = ordinal { *nth } else { 1 };
                let (every, friends) = (yes_no(*every), yes_no(*friends));
                let text = if nth == 1 && every == "no" {
                    say!(self, "purchase-first", friends = friends)
                } else {
                    say!(self, "purchase-nth", nth = nth, ending = ending(nth), every = every, friends = friends)
                };
                match window {
                    Some(window) => say!(self, "purchase-nth-window", purchase = text, window = self.window(window)),
                    None => text,
                }
            }
            Trigger::Entering(name) if self.names.ladders.contains_key(name.text.as_str()) => {
                say!(self, "entering-ladder", name = name.text.as_str())
            }
            Trigger::Entering(name) => say!(self, "entering", name = name.text.as_str()),
            Trigger::Period(period) => say!(self, "begin-of", period = self.period(period)),
        }
    }

    pub(super) fn fact(self, fact: &Fact, friends: bool) -> String {
        let friends = yes_no(friends);
        match fact {
            Fact::Purchase => say!(self, "fact-purchase", friends = friends),
            Fact::Return => say!(self, "fact-return", friends = friends),
            Fact::Join => say!(self, "fact-join", friends = friends),
            Fact::Action(name) => say!(self, "fact-action", name = name.text.as_str(), friends = friends),
            Fact::Redeem => say!(self, "fact-redeem", friends = friends),
            Fact::Merge => say!(self, "fact-merge", friends = friends),
            Fact::Adjust => say!(self, "fact-adjust", friends = friends),
            Fact::Leave => say!(self, "fact-leave", friends = friends),
        }
    }

    fn give(self, give: &Give, friends: bool) -> Vec<Clause> {
        let label = self.receives(give.recipient, friends);
        if let Some(tier) = self.tier_of(&give.amount) {
            let text = say!(self, "give-tier", tier = tier);
            let text = self.with_options(text, None, &give.limits, None, None);
            let text = match &give.expiry {
                Some(expiry) => say!(self, "with-end", amount = text, expiry = self.expiry(expiry)),
                None => text,
            };
            return vec![clause("give", label, text)];
        }
        let unit = give.unit.as_ref();
        let (limits, opening, expiry) = (&give.limits, give.opening.as_ref(), give.expiry.as_ref());
        match self.amount(&give.amount) {
            Amount::Said(text) => vec![clause("give", label, self.with_options(text, unit, limits, opening, expiry))],
            Amount::Tabled { text, table } => {
                vec![tabled("give", label, self.with_options(text, unit, limits, opening, expiry), table)]
            }
        }
    }

    /// Who receives: the label of what is given.
    pub(super) fn receives(self, recipient: Option<Recipient>, friends: bool) -> String {
        match recipient {
            None | Some(Recipient::Member) if friends => say!(self, "label-friend-receives"),
            None | Some(Recipient::Member) => say!(self, "label-receives"),
            Some(Recipient::Referrer) => say!(self, "label-referrer-receives"),
            Some(Recipient::SecondReferrer) => say!(self, "label-second-receives"),
            Some(Recipient::ThirdReferrer) => say!(self, "label-third-receives"),
        }
    }

    fn tier_of(self, amount: &Expr) -> Option<&str> {
        let ExprKind::Counted { measure: Measure::Path(path), window: None, .. } = &amount.kind else { return None };
        let [name] = path.names.as_slice() else { return None };
        self.names.tiers.contains_key(name.text.as_str()).then_some(name.text.as_str()).map(|_| name.text.as_str())
    }

    /// What stands after an amount: its unit, limits and dates.
    pub(super) fn with_options(
        self,
        mut text: String,
        unit: Option<&Name>,
        limits: &[Limit],
        opening: Option<&Opening>,
        expiry: Option<&Expiry>,
    ) -> String {
        if let Some(unit) = unit {
            text = say!(self, "as-unit", amount = text, unit = self.unit_key(&unit.text));
        }
        if !limits.is_empty() {
            text = say!(self, "with-limits", amount = text, limits = self.limits(limits));
        }
        if let Some(opening) = opening {
            text = say!(self, "with-opening", amount = text, opening = self.opening(opening));
        }
        if let Some(expiry) = expiry {
            text = say!(self, "with-expiry", amount = text, expiry = self.expiry(expiry));
        }
        text
    }

    fn take(self, take: &Take) -> Clause {
        let unit = take.unit.as_ref().map(|unit| self.unit_key(&unit.text));
        let text = match (&take.amount, unit) {
            (None, unit) => say!(self, "take-all", unit = unit.unwrap_or_default()),
            (Some(amount), Some(unit)) => {
                say!(self, "as-unit", amount = self.value(amount, Case::Subject), unit = unit)
            }
            (Some(amount), None) => self.value(amount, Case::Subject),
        };
        clause("take", say!(self, "label-take"), text)
    }

    fn multiply(self, base: &Name, by: &Expr) -> Vec<Clause> {
        let (rule, of) = (base.text.as_str(), place_word(self.place));
        match self.amount(by) {
            Amount::Said(by) => {
                vec![clause(
                    "multiply",
                    say!(self, "label-multiply"),
                    say!(self, "multiply", rule = rule, by = by, of = of),
                )]
            }
            Amount::Tabled { text, table } => vec![tabled(
                "multiply",
                say!(self, "label-multiply"),
                say!(self, "multiply-table", rule = rule, by = text, of = of),
                table,
            )],
        }
    }

    fn turn(self, from: &Expr, into: &Expr) -> Clause {
        let text = match (self.tier_of(from), self.tier_of(into)) {
            (Some(from), Some(into)) => say!(self, "turn-tier", from = from, into = into),
            _ => say!(self, "turn", from = self.value(from, Case::Subject), into = self.value(into, Case::Subject)),
        };
        clause("turn", say!(self, "label-turn"), text)
    }

    /// `within 90 days, in proportion`
    pub(super) fn returns(self, returns: &Returns) -> String {
        let within =
            returns.within.map(|within| say!(self, "returns-within", length = self.duration(within, Case::Genitive)));
        let modes = returns.modes.iter().map(|mode| match mode {
            ReturnsMode::InProportion => say!(self, "returns-in-proportion"),
            ReturnsMode::WholeReceiptsOnly => say!(self, "returns-whole"),
            ReturnsMode::AwardsStay => say!(self, "returns-awards-stay"),
            ReturnsMode::SpentUnitsStay => say!(self, "returns-spent-stay"),
            ReturnsMode::FromPendingOnly => say!(self, "returns-pending"),
        });
        within.into_iter().chain(modes).collect::<Vec<_>>().join("; ")
    }

    fn unit_one(self, noun: &str) -> String {
        self.names.units.get(noun).map_or(noun, |unit| super::names::one(&unit.nouns)).to_owned()
    }

    /// The key of a unit, whatever form is written.
    pub(super) fn unit_key(self, noun: &str) -> String {
        self.names.units.get(noun).map_or(noun, |unit| super::names::key(&unit.nouns)).to_owned()
    }
}

/// The clauses of rules, rewards and draws in the order in which people ask.
pub(super) const ORDER: &[&str] = &[
    "in-force",
    "on",
    "during",
    "where",
    "if",
    "automatically",
    "offer",
    "among",
    "give",
    "take",
    "multiply",
    "add",
    "turn",
    "limit",
    "round",
    "returns",
    "seed",
];

/// Is it set off by what a friend does?
pub(super) fn is_friends(rule: &Rule) -> bool {
    rule.clauses.iter().any(|of| {
        matches!(of, RuleClause::On(Trigger::Fact { friends: true, .. } | Trigger::Nth { friends: true, .. }, _))
    })
}

const fn yes_no(yes: bool) -> &'static str {
    if yes { "yes" } else { "no" }
}

/// How an English number ends as an ordinal.
const fn ending(nth: u32) -> &'static str {
    match (nth % 10, nth % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    }
}
