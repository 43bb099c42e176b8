//! The bounds that a program names: amounts, numbers of units, days and lengths of time. Histories meet them exactly,
//! a little below and a little above.

use super::num::Q;
use earnest::time::Day;

#[derive(Default)]
pub struct Bounds {
    pub money: Vec<Q>,
    pub units: Vec<Q>,
    pub days: Vec<Day>,
    pub lengths: Vec<i64>,
    /// Does something happen at night?
    pub night: bool,
    /// Is something counted during a calendar?
    pub fair: bool,
    /// The how-manieth unit are miles?
    pub miles: usize,
    /// Does a deed give to the referrers of referrers?
    pub chain: bool,
}

impl Bounds {
    /// Reads the words of a program: a number and what follows it.
    pub fn of(text: &str) -> Self {
        let fair = text.lines().any(|line| line.starts_with("counter") && line.contains("during fair"));
        let miles =
            text.lines().filter(|line| line.starts_with("unit ")).position(|line| line.starts_with("unit mile"));
        let miles = miles.unwrap_or_default();
        let mut bounds = Self {
            night: text.contains("from 22:00"),
            fair,
            miles,
            chain: text.contains("referrer's referrer's"),
            ..Self::default()
        };
        let words: Vec<&str> =
            text.split([' ', '\n', ',', '(', ')', '{', '}']).filter(|word| !word.is_empty()).collect();
        for (at, word) in words.iter().enumerate() {
            if let Some(day) = Day::parse(word) {
                bounds.days.push(day);
                continue;
            }
            let Ok(number) = word.replace('_', "").parse::<earnest::value::Amount>() else { continue };
            let number = Q::from(number);
            match words.get(at + 1).copied().unwrap_or_default() {
                "RUB" => bounds.money.push(number),
                "bean" | "beans" | "stamp" | "stamps" => bounds.units.push(number),
                "day" | "days" => bounds.lengths.push(number.micros() / 1_000_000),
                _ => {}
            }
        }
        bounds
    }
}
