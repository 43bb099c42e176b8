//! What a name of the program stands for: a unit, a parameter, a ladder, an attribute.

use crate::syntax;
use crate::syntax::ast::{AttributeDecl, Counter, File, Item, List, Name, Param, ProgramClause, Tiers, Unit};
use crate::ty::{AttributeType, Scope};
use std::collections::BTreeMap;

/// The declarations of a file by name.
#[derive(Debug, Default)]
pub(super) struct Names<'a> {
    /// `RUB`
    pub(super) currency: &'a str,
    pub(super) params: BTreeMap<&'a str, &'a Param>,
    pub(super) lists: BTreeMap<&'a str, &'a List>,
    /// By every noun form.
    pub(super) counters: BTreeMap<&'a str, &'a Counter>,
    /// By every noun form.
    pub(super) units: BTreeMap<&'a str, &'a Unit>,
    pub(super) ladders: BTreeMap<&'a str, &'a Tiers>,
    /// The tiers, each with its ladder.
    pub(super) tiers: BTreeMap<&'a str, &'a Tiers>,
    pub(super) attributes: Vec<&'a AttributeDecl>,
    /// What may read a parameter: its name, and itself as the formatter writes it.
    pub(super) texts: Vec<(String, String)>,
}

impl<'a> Names<'a> {
    pub(super) fn of(file: &'a File) -> Self {
        let mut names = Self::default();
        for item in &file.items {
            let name = match item {
                Item::Rule(rule) => Some(rule.name.text.as_str()),
                Item::Tiers(ladder) => Some(ladder.name.text.as_str()),
                Item::Unit(unit) => Some(key(&unit.nouns)),
                _ => None,
            };
            if let Some(name) = name {
                names
                    .texts
                    .push((name.to_owned(), syntax::print(&File { items: vec![item.clone()], ..File::default() })));
            }
            match item {
                Item::Program(program) => {
                    for clause in &program.clauses {
                        if let ProgramClause::Currency(name, _) = clause {
                            names.currency = &name.text;
                        }
                    }
                }
                Item::Param(param) => {
                    names.params.insert(&param.name.text, param);
                }
                Item::List(list) => {
                    names.lists.insert(&list.name.text, list);
                }
                Item::Counter(counter) => names.counters.extend(nouns(&counter.nouns).map(|noun| (noun, counter))),
                Item::Unit(unit) => names.units.extend(nouns(&unit.nouns).map(|noun| (noun, unit))),
                Item::Tiers(ladder) => {
                    names.ladders.insert(&ladder.name.text, ladder);
                    names.tiers.extend(ladder.tiers.iter().map(|tier| (tier.name.text.as_str(), ladder)));
                }
                Item::Data(data) => names.attributes.extend(&data.attributes),
                Item::Rule(_)
                | Item::Group(_)
                | Item::Calendar(_)
                | Item::Scenario(_)
                | Item::Assume(_)
                | Item::Measure(_)
                | Item::Example(_) => {}
            }
        }
        names
    }

    /// The rules, ladders and units that read a parameter.
    pub(super) fn readers(&self, param: &str) -> Vec<String> {
        let reads =
            |text: &str| text.split(|sign: char| !sign.is_alphanumeric() && sign != '_').any(|word| word == param);
        self.texts.iter().filter(|(_, text)| reads(text)).map(|(name, _)| name.clone()).collect()
    }

    /// Is it an attribute of lines?
    pub(super) fn is_of_lines(&self, name: &str) -> bool {
        self.attributes.iter().any(|declared| declared.scope == Scope::Line && declared.name.text == name)
    }

    /// Is it an attribute of lines that can be added up?
    pub(super) fn is_sum_of_lines(&self, name: &str) -> bool {
        self.attributes.iter().any(|declared| {
            declared.scope == Scope::Line
                && declared.name.text == name
                && matches!(declared.kind, Some(AttributeType::Number | AttributeType::Money))
        })
    }

    /// Is it an attribute of anything?
    pub(super) fn is_attribute(&self, name: &str) -> bool {
        self.attributes.iter().any(|declared| declared.name.text == name && declared.kind.is_some())
    }
}

fn nouns(names: &[Name]) -> impl Iterator<Item = &str> {
    names.iter().map(|name| name.text.as_str())
}

/// The noun that a unit or counter is called by in results: the second, or the only one.
pub(super) fn key(nouns: &[Name]) -> &str {
    nouns.get(1).or(nouns.first()).map_or("", |name| name.text.as_str())
}

/// One of it: the first noun.
pub(super) fn one(nouns: &[Name]) -> &str {
    nouns.first().map_or("", |name| name.text.as_str())
}
