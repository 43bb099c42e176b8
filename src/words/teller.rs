//! Who tells: the names of the program, the messages of a language, and where the telling stands.

use super::Examples;
use super::language::Language;
use super::names::Names;
use super::page::{Chapter, Clause, Description, Kind, Part, Table};
use crate::syntax::ast::{File, Item, RuleKind};

/// The case of a noun; languages without cases do not look at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Case {
    /// As a subject: «сумма покупки».
    Subject,
    /// After words such as `of` and `after`: «от суммы покупки».
    Genitive,
}

impl Case {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Subject => "subject",
            Self::Genitive => "genitive",
        }
    }
}

/// How parameters and lists stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Values {
    /// By what they hold: what members read.
    Shown,
    /// By their names: a changed parameter is one change, not one in each rule.
    Named,
}

/// Whose lines a word such as `spend` means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// A rule that takes the whole receipt.
    Receipt,
    /// A rule with a `where`.
    Lines,
    /// A condition on one line.
    Line,
    /// Outside of rules: `spend` is a counter.
    Apart,
    /// In a measure: `cost` is what a run counts.
    Figure,
}

/// The program, the language, and the place of what is told.
#[derive(Debug, Clone, Copy)]
pub(super) struct Teller<'a> {
    pub(super) names: &'a Names<'a>,
    pub(super) language: &'a Language,
    pub(super) values: Values,
    pub(super) place: Place,
}

impl<'a> Teller<'a> {
    pub(super) const fn new(names: &'a Names<'a>, language: &'a Language, values: Values) -> Self {
        Self { names, language, values, place: Place::Apart }
    }

    /// The same at another place.
    pub(super) const fn at(self, place: Place) -> Self {
        Self { place, ..self }
    }

    pub(super) fn description(self, file: &File, examples: Examples) -> Description {
        let name = file.items.iter().find_map(|item| match item {
            Item::Program(program) => Some(program.name.text.as_str()),
            _ => None,
        });
        let chapters = [
            (say!(self, "chapter-program"), self.parts(file, &[Kind::Program])),
            (say!(self, "chapter-units"), self.parts(file, &[Kind::Unit])),
            (say!(self, "chapter-tiers"), self.parts(file, &[Kind::Tiers])),
            (say!(self, "chapter-rules"), self.parts(file, &[Kind::Rule])),
            (say!(self, "chapter-rewards"), self.parts(file, &[Kind::Reward])),
            (say!(self, "chapter-draws"), self.parts(file, &[Kind::Draw])),
            (say!(self, "chapter-groups"), self.parts(file, &[Kind::Group])),
            (say!(self, "chapter-counters"), self.parts(file, &[Kind::Counter])),
            (say!(self, "chapter-params"), self.params(file)),
            (say!(self, "chapter-lists"), self.parts(file, &[Kind::List])),
            (say!(self, "chapter-calendars"), self.parts(file, &[Kind::Calendar])),
            (say!(self, "chapter-data"), self.data(file)),
            (say!(self, "chapter-examples"), self.examples(file, examples)),
        ];
        let chapters = chapters.into_iter().filter(|(_, parts)| !parts.is_empty());
        Description {
            language: self.language.code().to_owned(),
            title: say!(self, "title", name = name.unwrap_or_default()),
            chapters: chapters.map(|(title, parts)| Chapter { title, parts }).collect(),
        }
    }

    fn examples(self, file: &File, examples: Examples) -> Vec<Part> {
        if examples == Examples::Told { self.parts(file, &[Kind::Example]) } else { Vec::new() }
    }

    fn parts(self, file: &File, kinds: &[Kind]) -> Vec<Part> {
        let told = file.items.iter().filter_map(|item| self.item(item));
        told.filter(|part| kinds.contains(&part.kind)).collect()
    }

    /// A declaration in words; those that a table holds together have none of their own.
    pub(super) fn item(self, item: &Item) -> Option<Part> {
        match item {
            Item::Program(program) => Some(self.program(program)),
            Item::Unit(unit) => Some(self.unit(unit)),
            Item::Tiers(tiers) => Some(self.tiers(tiers)),
            Item::Rule(rule) if rule.kind == RuleKind::Reward => Some(self.reward(rule)),
            Item::Rule(rule) if rule.kind == RuleKind::Draw => Some(self.draw(rule)),
            Item::Rule(rule) => Some(self.rule(rule)),
            Item::Group(group) => Some(self.group(group)),
            Item::Counter(counter) => Some(self.counter(counter)),
            Item::List(list) => Some(self.list(list)),
            Item::Calendar(calendar) => Some(self.calendar(calendar)),
            Item::Example(example) => Some(self.example(example)),
            // What is tried out, and what is counted, are no terms.
            Item::Scenario(_) | Item::Assume(_) | Item::Measure(_) | Item::Param(_) | Item::Data(_) => None,
        }
    }
}

/// A clause without a table.
pub(super) fn clause(about: &'static str, label: String, text: String) -> Clause {
    Clause { about, label, text, table: None }
}

/// A clause that is a table.
pub(super) fn tabled(about: &'static str, label: String, text: String, table: Table) -> Clause {
    Clause { about, label, text, table: Some(table) }
}
