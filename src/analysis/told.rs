//! A cost in words: `34.5 % + 300 RUB + 5 RUB per item`.
//!
//! What is told is never less than what was worked out: what has more decimals is rounded up.

use super::award::{Awards, Count};
use super::cost::{Case, Cost};
use super::days::on_birthday;
use super::scene::{Place, Word};
use super::situations::Differences;
use crate::plan::{Plan, UnitId};
use crate::ty::{Attribute, AttributeType};
use crate::value::{Exact, Rounding};

/// So many decimals a percentage is told with.
const DECIMALS: u32 = 2;

impl Cost {
    /// In words, in the currency or in units of a kind.
    pub fn told(&self, plan: &Plan, unit: Option<UnitId>) -> String {
        let of = |number: Exact| match unit {
            None => format!("{} {}", up(number, plan.currency_decimals), plan.currency),
            Some(unit) => counted(plan, unit, number),
        };
        let mut parts = Vec::new();
        if self.share.is_positive() {
            parts.push(match unit {
                None => percent(self.share),
                Some(_) => format!("{} of the receipt", per_money(plan, unit, self.share)),
            });
        }
        if self.fixed.is_positive() {
            parts.push(of(self.fixed));
        }
        for (each, number) in &self.per {
            parts.push(match (kind_of(plan, each), unit) {
                (None, _) => format!("{} per {each}", of(*number)),
                (Some(AttributeType::Money), None) => format!("{} of {each}", percent(*number)),
                (Some(AttributeType::Money), Some(_)) => format!("{} of {each}", per_money(plan, unit, *number)),
                (Some(_), _) => format!("{} per 1 of {each}", of(*number)),
            });
        }
        parts.extend(self.open.iter().cloned());
        if parts.is_empty() { "nothing".to_owned() } else { parts.join(" + ") }
    }
}

/// The type of an attribute; items and lines are none.
fn kind_of(plan: &Plan, name: &str) -> Option<AttributeType> {
    let schema = &plan.schema;
    let mut all = [&schema.line, &schema.receipt, &schema.action, &schema.member].into_iter().flatten();
    all.find(|attribute| attribute.name == name).map(|attribute| attribute.kind)
}

/// `34.5 %`
pub(super) fn percent(share: Exact) -> String {
    share.times(Exact::whole(100)).map_or_else(|_| "?".to_owned(), |share| format!("{} %", up(share, DECIMALS)))
}

fn up(number: Exact, decimals: u32) -> String {
    number.round(Rounding::Up, decimals).map_or_else(|_| "?".to_owned(), |number| number.to_string())
}

/// `5 cups`
pub(super) fn counted(plan: &Plan, unit: UnitId, number: Exact) -> String {
    let of = plan.unit(unit);
    let noun = if number == Exact::ONE { of.nouns.first().map_or("", String::as_str) } else { of.key() };
    format!("{} {noun}", up(number, 4))
}

/// `1 bean per 20 RUB`
fn per_money(plan: &Plan, unit: Option<UnitId>, rate: Exact) -> String {
    let Some(unit) = unit else { return percent(rate) };
    match Exact::ONE.over(rate).ok().and_then(Exact::to_amount) {
        Some(money) if rate.compare(Exact::ONE).is_ok_and(std::cmp::Ordering::is_lt) => {
            format!("{} per {money} {}", counted(plan, unit, Exact::ONE), plan.currency)
        }
        _ => format!("{} per 1 {}", counted(plan, unit, rate), plan.currency),
    }
}

/// What makes a situation: tiers, the day, the kind of line, what receipt and member are.
pub(super) fn situation(case: &Case<'_>, differences: &Differences) -> String {
    let scene = &case.scene;
    let plan = scene.plan;
    let mut words: Vec<String> = Vec::new();
    for (ladder, tier) in plan.ladders.iter().zip(&scene.tiers) {
        let tier = tier.filter(|tier| *tier > 0).and_then(|tier| ladder.tiers.get(usize::from(tier)));
        words.extend(tier.map(|tier| tier.name.clone()));
    }
    if differences.days.len() > 1 {
        words.push(scene.day.to_string());
    }
    if let Some(class) = scene.classes.get(case.kind) {
        words.extend(class.sku.and_then(|word| worded(plan, word, None)));
        words.extend(class.values.iter().filter_map(|(slot, word)| worded(plan, *word, plan.schema.line.get(*slot))));
    }
    for (place, word) in &scene.values {
        let attribute = match place {
            Place::Receipt(slot) => plan.schema.receipt.get(*slot),
            Place::Member(slot) => plan.schema.member.get(*slot),
        };
        words.extend(worded(plan, *word, attribute));
    }
    words.extend(scene.visit.filter(|_| !scene.newcomer).map(|visit| format!("purchase {visit}")));
    if scene.newcomer {
        words.push("joining with it".to_owned());
    }
    let awards = Awards::new(scene, Count::Money, &[]);
    let birthday = |rule: &&crate::plan::Rule| rule.during.iter().any(|period| on_birthday(plan, *period));
    if plan.rules.iter().filter(birthday).any(|rule| awards.may_apply(rule)) {
        words.push("birthday".to_owned());
    }
    words.join(", ")
}

fn worded(plan: &Plan, word: Word, attribute: Option<&Attribute>) -> Option<String> {
    match word {
        Word::Named(text) => plan.texts.all().nth(text as usize).filter(|text| !text.is_empty()).map(str::to_owned),
        Word::Flag(true) => attribute.map(|attribute| attribute.name.clone()),
        Word::Flag(false) | Word::Other | Word::Missing => None,
    }
}
