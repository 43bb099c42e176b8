//! What is counted, and the other words that stand for a number: `spend over the last 12 months`, `status.extra`.

use super::names::key;
use super::teller::{Case, Place, Teller, Values};
use crate::syntax::ast::{Before, Dated, Measure, Path, Window};

impl Teller<'_> {
    /// `spend over the last 12 months including this purchase`
    pub(super) fn counted(self, measure: &Measure, window: Option<&Window>, including: bool, case: Case) -> String {
        if self.place == Place::Figure {
            return self.what_counts(measure);
        }
        if let (Measure::Path(path), None, false) = (measure, window, including) {
            return self.path(path, case);
        }
        let mut text = self.measure(measure, case);
        if let Some(window) = window {
            text = say!(self, "measure-window", measure = text, window = self.window(window));
        } else if !self.is_declared(measure) {
            text = say!(self, "measure-window", measure = text, window = self.window(&Window::Lifetime));
        }
        if including {
            text = say!(self, "measure-including", measure = text);
        }
        text
    }

    /// A declared counter has a window of its own.
    fn is_declared(self, measure: &Measure) -> bool {
        matches!(measure, Measure::Path(path) if path.names.first().is_some_and(|name| {
            self.names.counters.contains_key(name.text.as_str())
        }))
    }

    /// `sum of nights`: without its window
    pub(super) fn measure(self, measure: &Measure, case: Case) -> String {
        let case_word = case.word();
        match measure {
            Measure::Sum(path) => say!(self, "measure-sum", what = self.field(path), case = case_word),
            Measure::Largest(path) if is_spend(path) => {
                say!(self, "measure-largest-spend", before = before_word(path.before), case = case_word)
            }
            Measure::Largest(path) => say!(self, "measure-largest", what = self.field(path), case = case_word),
            Measure::Distinct(path) => say!(self, "measure-distinct", what = self.field(path), case = case_word),
            Measure::AwardsOf(rule) => say!(self, "measure-awards", rule = rule.text.as_str(), case = case_word),
            Measure::Actions(action) => say!(self, "measure-actions", action = action.text.as_str(), case = case_word),
            Measure::AwardedFrom(path, rule) => {
                say!(self, "measure-awarded-from", unit = self.noun(path), rule = rule.text.as_str(), case = case_word)
            }
            Measure::Path(path) => self.total(path, case),
        }
    }

    /// A path that counts over a window: `spend`, `visits`, `beans`, `nights`.
    fn total(self, path: &Path, case: Case) -> String {
        let case_word = case.word();
        let names: Vec<&str> = path.names.iter().map(|name| name.text.as_str()).collect();
        match names.as_slice() {
            ["spend"] | ["receipt", "spend"] => {
                say!(self, "total-spend", before = before_word(path.before), case = case_word)
            }
            ["amount"] | ["receipt", "amount"] => say!(self, "total-spend", before = "discounts", case = case_word),
            ["visits"] => say!(self, "total-visits", case = case_word),
            ["returns"] => say!(self, "total-returns", case = case_word),
            ["friends"] => say!(self, "total-friends", case = case_word),
            [one] if self.names.units.contains_key(one) => {
                say!(self, "total-unit", unit = self.noun(path), case = case_word)
            }
            _ => names.join("."),
        }
    }

    /// A word without a window: a value, a state, an attribute, or what is counted over a lifetime.
    pub(super) fn path(self, path: &Path, case: Case) -> String {
        let case_word = case.word();
        let names: Vec<&str> = path.names.iter().map(|name| name.text.as_str()).collect();
        match names.as_slice() {
            ["spend"] if self.place != Place::Apart => {
                say!(self, "spend", of = place_word(self.place), before = before_word(path.before), case = case_word)
            }
            ["receipt", "spend"] => {
                say!(self, "spend", of = "whole", before = before_word(path.before), case = case_word)
            }
            ["amount"] if self.place != Place::Apart => {
                say!(self, "spend", of = place_word(self.place), before = "discounts", case = case_word)
            }
            ["receipt", "amount"] => say!(self, "spend", of = "whole", before = "discounts", case = case_word),
            ["quantity"] => say!(self, "items", of = place_word(self.place), case = case_word),
            ["receipt", "quantity"] => say!(self, "items", of = "whole", case = case_word),
            ["sku"] => say!(self, "sku", case = case_word),
            [one] => self.word(one, path, case),
            [scope @ ("receipt" | "line" | "member" | "action"), name] if self.names.is_attribute(name) => {
                say!(self, "attribute-of", scope = *scope, name = *name)
            }
            [unit, state] if self.names.units.contains_key(unit) => {
                say!(self, "state", state = *state, unit = self.noun(path), case = case_word)
            }
            [ladder, value] => say!(self, "tier-value", ladder = *ladder, value = *value, case = case_word),
            _ => names.join("."),
        }
    }

    fn word(self, name: &str, path: &Path, case: Case) -> String {
        let attribute_first = self.place == Place::Line && self.names.is_attribute(name);
        if let Some(param) = self.names.params.get(name).filter(|_| !attribute_first) {
            return if self.values == Values::Shown { self.dated(&param.value, case) } else { name.to_owned() };
        }
        if self.names.ladders.contains_key(name) {
            return say!(self, "ladder", name = name, case = case.word());
        }
        if self.names.counters.contains_key(name) && !attribute_first {
            return name.to_owned();
        }
        if self.names.is_attribute(name) || self.names.tiers.contains_key(name) {
            // Over several lines their sum is meant.
            return if self.place != Place::Line && self.names.is_sum_of_lines(name) {
                say!(self, "attribute-sum", name = name, case = case.word())
            } else {
                name.to_owned()
            };
        }
        say!(self, "measure-window", measure = self.total(path, case), window = self.window(&Window::Lifetime))
    }

    /// An attribute inside `sum of …`.
    fn field(self, path: &Path) -> String {
        let names: Vec<&str> = path.names.iter().map(|name| name.text.as_str()).collect();
        match names.as_slice() {
            ["spend"] | ["receipt", "spend"] => {
                say!(self, "spend", of = "whole", before = before_word(path.before), case = "genitive")
            }
            ["amount"] => say!(self, "spend", of = "whole", before = "discounts", case = "genitive"),
            ["quantity"] => say!(self, "items", of = "apart", case = "genitive"),
            ["sku"] => say!(self, "sku", case = "genitive"),
            _ => names.last().copied().unwrap_or_default().to_owned(),
        }
    }

    /// The noun of the unit that a path begins with: its key, whatever form was written.
    fn noun(self, path: &Path) -> String {
        self.key_of(path.names.first().map_or("", |name| name.text.as_str()))
    }

    /// The key of the unit that a noun form names.
    pub(super) fn key_of(self, noun: &str) -> String {
        self.names.units.get(noun).map_or(noun, |unit| key(&unit.nouns)).to_owned()
    }

    /// `5%, from 1 January 2027 4%`
    pub(super) fn dated(self, dated: &Dated, case: Case) -> String {
        let first = self.value(&dated.first, case);
        if dated.later.is_empty() {
            return first;
        }
        let later = dated
            .later
            .iter()
            .map(|(value, day)| say!(self, "dated-later", value = self.value(value, case), date = self.date(*day)));
        say!(self, "dated", first = first, later = self.listed(later))
    }
}

fn is_spend(path: &Path) -> bool {
    matches!(path.names.as_slice(), [one] if one.text == "spend" || one.text == "amount")
        || path.names.last().is_some_and(|last| last.text == "spend")
}

const fn before_word(before: Option<Before>) -> &'static str {
    match before {
        None => "none",
        Some(Before::Discounts) => "discounts",
        Some(Before::Points) => "points",
    }
}

pub(super) const fn place_word(place: Place) -> &'static str {
    match place {
        Place::Receipt => "receipt",
        Place::Lines => "lines",
        Place::Line => "line",
        Place::Apart | Place::Figure => "apart",
    }
}
