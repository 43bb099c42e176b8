//! What a change costs and whom it moves, on a history: the figures that a comparison found, in words.

use super::diff::{Change, Differences, What};
use super::language::Language;
use super::names::Names;
use super::page::{Chapter, Clause, Description, Table};
use super::teller::{Teller, Values, clause, tabled};
use crate::time::Day;
use crate::value::Exact;

/// What a history says of both programs.
#[derive(Debug, Clone, PartialEq)]
pub struct Effect {
    /// The day on which both stand.
    pub as_of: Option<Day>,
    /// The currency, for the figures in money.
    pub currency: String,
    /// The figures.
    pub figures: Vec<Figure>,
    /// Members who would have more.
    pub better: u64,
    /// Members who would have less.
    pub worse: u64,
    /// Members who would have as much.
    pub same: u64,
}

/// A figure before and after.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// What is measured.
    pub of: Measured,
    /// Under the old program.
    pub old: Exact,
    /// Under the new one.
    pub new: Exact,
}

/// What a figure measures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Measured {
    /// So many of a unit: `earned`, `redeemed`, `expired`, `balance` …
    Units(String, &'static str),
    /// What its balance is worth.
    Owed(String),
    /// Members in a tier: the ladder, the tier.
    Tier(String, String),
}

impl Differences {
    /// The changes as Markdown, with what they cost where a history was asked.
    pub fn to_markdown(&self, effect: Option<&Effect>, language: &Language) -> String {
        let names = Names { currency: effect.map_or("", |effect| &effect.currency), ..Names::default() };
        let teller = Teller::new(&names, language, Values::Named);
        let mut chapters = Vec::new();
        if self.same {
            let part = super::page::Part {
                kind: super::page::Kind::Program,
                name: String::new(),
                heading: String::new(),
                clauses: vec![clause("same", String::new(), say!(teller, "diff-same"))],
            };
            chapters.push(Chapter { title: say!(teller, "diff-chapter-same"), parts: vec![part] });
        }
        for what in [What::Changed, What::Renamed, What::Added, What::Removed] {
            let of = |change: &&Change| change.what == what;
            let parts: Vec<_> = self.changes.iter().filter(of).map(|change| change.part.clone()).collect();
            let title = match what {
                What::Changed => say!(teller, "diff-chapter-changed"),
                What::Renamed => say!(teller, "diff-chapter-renamed"),
                What::Added => say!(teller, "diff-chapter-added"),
                What::Removed => say!(teller, "diff-chapter-removed"),
            };
            if !parts.is_empty() {
                chapters.push(Chapter { title, parts });
            }
        }
        if let Some(effect) = effect {
            chapters.push(teller.effect(effect));
        }
        Description { language: self.language.clone(), title: self.title.clone(), chapters }.to_markdown()
    }
}

impl Teller<'_> {
    fn effect(self, effect: &Effect) -> Chapter {
        let title = match effect.as_of {
            Some(day) => say!(self, "effect-chapter", date = self.date(day)),
            None => say!(self, "effect-chapter-empty"),
        };
        let rows = effect.figures.iter().map(|figure| self.figure(figure)).collect();
        let head = vec![
            say!(self, "effect-measure"),
            say!(self, "effect-old"),
            say!(self, "effect-new"),
            say!(self, "effect-difference"),
        ];
        let number = |count: u64| self.number(Exact::whole(i64::try_from(count).unwrap_or(i64::MAX)));
        let moved = say!(
            self,
            "effect-members",
            better = number(effect.better),
            worse = number(effect.worse),
            same = number(effect.same)
        );
        let clauses: Vec<Clause> = vec![
            clause("members", say!(self, "label-members"), moved),
            tabled("figures", String::new(), String::new(), Table { head, rows }),
        ];
        let part = super::page::Part {
            kind: super::page::Kind::Program,
            name: String::new(),
            heading: String::new(),
            clauses,
        };
        Chapter { title, parts: vec![part] }
    }

    fn figure(self, figure: &Figure) -> Vec<String> {
        let label = match &figure.of {
            Measured::Units(unit, measure) => say!(self, "effect-units", unit = unit.as_str(), measure = *measure),
            Measured::Owed(unit) => say!(self, "effect-owed", unit = unit.as_str(), currency = self.currency()),
            Measured::Tier(ladder, tier) => {
                say!(self, "effect-tier", ladder = ladder.as_str(), tier = tier.as_str())
            }
        };
        let delta = figure.new.minus(figure.old).unwrap_or(Exact::ZERO);
        let signed = match (delta.is_zero(), delta.is_positive()) {
            (true, _) => say!(self, "cell-none"),
            (false, true) => format!("+{}", self.number(delta)),
            (false, false) => self.number(delta),
        };
        vec![label, self.number(figure.old), self.number(figure.new), signed]
    }
}
