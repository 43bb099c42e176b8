//! Names that nobody declared because the language says it in other words: `during Fridays`, `4 stays`,
//! `per 20 euros`, `on review`. Each gets the words to write instead.

use super::Checker;
use super::report::quoted;
use crate::time::{Weekday, month_named};

/// The names of money in everyday words.
const MONEY: [&str; 10] = ["euro", "dollar", "pound", "ruble", "rouble", "cent", "zloty", "yen", "franc", "money"];

impl Checker<'_> {
    /// What to write for a name that is no period: `Fridays`, `December`, `birthday`, an action.
    pub(super) fn period_wording(&self, name: &str) -> String {
        let word = name.to_lowercase();
        let one = word.strip_suffix('s').unwrap_or(&word);
        if let Some(day) = Weekday::ALL.iter().find(|day| day.name().to_lowercase() == one) {
            return format!("write `every {}`", day.name());
        }
        if let Some((month, last)) = month_named(one) {
            return format!("write `every year from {month} 1 to {month} {last}`");
        }
        match one {
            "weekend" => return "write `every Saturday, Sunday`".to_owned(),
            "weekday" | "workday" => return "write `every Monday, Tuesday, Wednesday, Thursday, Friday`".to_owned(),
            "birthday" | "anniversary" => return format!("write `the {one}`"),
            "easter" => return "write `Easter`".to_owned(),
            "purchase" | "return" | "join" | "redeem" => return format!("write `on {one}`"),
            _ => {}
        }
        if self.names.actions.contains_key(name) {
            return format!("write `on action {name}`");
        }
        format!("declare it: `calendar \"{name}\" {{ 2026-11-27 to 2026-11-30 }}`")
    }

    /// What to write for a name after a number that is no unit: `4 stays`, `5 percent`, `20 euros`.
    pub(super) fn quantity_wording(&self, word: &str, known: &[&str]) -> String {
        /// More known names than these help nobody.
        const KNOWN_MAX: usize = 8;
        if matches!(word, "percent" | "pct") {
            return "write `5%`".to_owned();
        }
        if self.names.attributes.keys().any(|(_, name)| *name == word) {
            return format!("`{word}` is an attribute, no noun: its blocks are written `per full 5 of {word}`");
        }
        let known = if known.len() <= KNOWN_MAX { format!("known here: {}; ", quoted(known)) } else { String::new() };
        self.money_wording(word).unwrap_or_else(|| {
            format!(
                "{known}what else is counted is declared: `counter {word} = visits`, `counter {word} = sum of quantity`"
            )
        })
    }

    /// The currency, where it is called by an everyday name.
    pub(super) fn money_wording(&self, word: &str) -> Option<String> {
        let lower = word.to_lowercase();
        let currency = self.names.currency?;
        let is_money = MONEY.iter().any(|money| lower.strip_suffix('s').unwrap_or(&lower) == *money);
        is_money.then(|| format!("write the currency by its letters: `{}`", currency.text))
    }
}
