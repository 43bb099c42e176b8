//! What changes from one program to another, in meaning: `Gold: was from 50,000 RUB; now from 40,000 RUB`.
//!
//! Both programs are told clause by clause in the same words, parameters by their names; declarations are matched by
//! kind and name, clauses by what they are about, rows of tables by their first cell. So order, layout and comments are
//! no change, and neither is a decided value that is written out. Examples have no meaning of their own and are left out;
//! scenarios and measures, which members are not told of, are told here.

use super::language::Language;
use super::names::Names;
use super::normal;
use super::page::{Clause, Kind, Part, Table};
use super::teller::{Case, Teller, Values, clause};
use crate::syntax::ast::{File, Item};
use serde::Serialize;

/// All that changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Differences {
    /// The code of the language.
    pub language: String,
    /// `Sweet Corner: what changes`
    pub title: String,
    /// Does nothing change in meaning?
    pub same: bool,
    /// Each declaration that changes.
    pub changes: Vec<Change>,
}

/// A declaration that changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// What becomes of it.
    pub what: What,
    /// It, with a clause for each thing that changes; what is new or gone is told whole.
    pub part: Part,
}

/// What becomes of a declaration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum What {
    /// It says something else.
    Changed,
    /// It bears another name.
    Renamed,
    /// It is new.
    Added,
    /// It is gone.
    Removed,
}

/// What changes in meaning from one program to another; both were checked without errors.
pub fn differences(old: &File, new: &File, language: &Language) -> Differences {
    let (old, new) = (normal::of(old), normal::of(new));
    let (old_names, new_names) = (Names::of(&old), Names::of(&new));
    let before = Teller::new(&old_names, language, Values::Named);
    let after = Teller::new(&new_names, language, Values::Named);
    let mut gone = before.all(&old);
    let mut come = after.all(&new);
    let mut changes = Vec::new();
    for (kind, name) in renamed(&gone, &come) {
        rename(&mut gone, kind, &name, language);
        let text = say!(after, "diff-renamed", old = name.0.as_str(), new = name.1.as_str());
        let heading = after.heading(kind, &name.1);
        let part = Part { kind, name: name.1, heading, clauses: vec![clause("name", String::new(), text)] };
        changes.push(Change { what: What::Renamed, part });
    }
    let mut left: Vec<Part> = Vec::new();
    for old in gone {
        let same = |new: &Part| new.kind == old.kind && new.name == old.name;
        match come.iter().position(same) {
            Some(at) => {
                let new = come.remove(at);
                changes.extend(after.changed(&old, new, &new_names).map(|part| Change { what: What::Changed, part }));
            }
            None => left.push(old),
        }
    }
    let whole = |what, part: Part| {
        let heading = after.heading(part.kind, &part.name);
        Change { what, part: Part { heading, ..part } }
    };
    changes.extend(come.into_iter().map(|part| whole(What::Added, part)));
    changes.extend(left.into_iter().map(|part| whole(What::Removed, part)));
    changes.sort_by_key(|change| (change.what as u8, change.part.kind));
    let name = new.items.iter().find_map(|item| match item {
        Item::Program(program) => Some(program.name.text.as_str()),
        _ => None,
    });
    Differences {
        language: language.code().to_owned(),
        title: say!(after, "diff-title", name = name.unwrap_or_default()),
        same: changes.is_empty(),
        changes,
    }
}

impl Teller<'_> {
    /// Every declaration by itself, those that describe holds together in a table too; of the same name, by date.
    pub(super) fn all(self, file: &File) -> Vec<Part> {
        let mut parts = Vec::new();
        for item in &file.items {
            match item {
                Item::Example(_) => {}
                Item::Param(param) => {
                    let value = self.dated(&param.value, Case::Subject);
                    let clauses = vec![clause("value", say!(self, "label-value"), value)];
                    parts.push(part(Kind::Param, param.name.text.clone(), clauses));
                }
                Item::Data(data) => parts.extend(data.attributes.iter().map(|attribute| {
                    let mut cells = self.attribute(attribute);
                    let name = cells.remove(0);
                    let scope = cells.first().cloned().unwrap_or_default();
                    let clauses =
                        vec![clause("attribute", say!(self, "label-attribute"), self.listed(cells.into_iter()))];
                    part(Kind::Data, format!("{name} ({scope})"), clauses)
                })),
                Item::Unit(unit) => {
                    let mut told = self.unit(unit);
                    let forms = self.listed(unit.nouns.iter().map(|noun| noun.text.clone()));
                    told.clauses.insert(0, clause("nouns", say!(self, "label-nouns"), forms));
                    parts.push(told);
                }
                Item::Scenario(scenario) => parts.push(self.scenario(file, scenario)),
                Item::Measure(measure) => parts.push(self.own_measure(measure)),
                other => parts.extend(self.item(other)),
            }
        }
        // Of several rules with one name the first in time is matched with the first.
        parts.sort_by_cached_key(|part| (part.kind, part.name.clone()));
        parts
    }

    /// `Rule “Base”`
    pub(super) fn heading(self, kind: Kind, name: &str) -> String {
        let word = match kind {
            Kind::Program => "program",
            Kind::Unit => "unit",
            Kind::Tiers => "tiers",
            Kind::Rule => "rule",
            Kind::Reward => "reward",
            Kind::Draw => "draw",
            Kind::Group => "group",
            Kind::Counter => "counter",
            Kind::Param => "param",
            Kind::List => "list",
            Kind::Calendar => "calendar",
            Kind::Data => "data",
            Kind::Scenario => "scenario",
            Kind::Measure => "measure",
            Kind::Example => "example",
        };
        say!(self, "diff-heading", kind = word, name = name)
    }

    /// What a declaration of both programs says differently.
    fn changed(self, old: &Part, new: Part, names: &Names<'_>) -> Option<Part> {
        let mut clauses = Vec::new();
        // What a scenario sets is matched by what it sets.
        let of_scenario = new.kind == Kind::Scenario;
        let about = |of: &Clause| (of.about, if of_scenario { of.label.clone() } else { String::new() });
        let mut abouts: Vec<(&str, String)> = Vec::new();
        for of in new.clauses.iter().chain(&old.clauses) {
            if !abouts.contains(&about(of)) {
                abouts.push(about(of));
            }
        }
        for meant in abouts {
            let differ = |part: &Part, other: &Part| {
                let own = part.clauses.iter().filter(|clause| about(clause) == meant);
                own.filter(|clause| !other.clauses.contains(clause)).cloned().collect::<Vec<Clause>>()
            };
            self.matched(&differ(old, &new), &differ(&new, old), &mut clauses);
        }
        if clauses.is_empty() {
            return None;
        }
        if new.kind == Kind::Param && !names.readers(&new.name).is_empty() {
            let readers = self.listed(names.readers(&new.name).into_iter());
            clauses.push(clause("readers", say!(self, "diff-readers"), readers));
        }
        Some(Part { heading: self.heading(new.kind, &new.name), clauses, ..new })
    }

    /// Clauses about one thing, those that are the same taken out.
    fn matched(self, old: &[Clause], new: &[Clause], told: &mut Vec<Clause>) {
        for at in 0..old.len().max(new.len()) {
            match (old.get(at), new.get(at)) {
                (Some(old), Some(new)) => self.one(old, new, told),
                (Some(old), None) => {
                    told.push(Clause { text: say!(self, "diff-gone", text = old.text.as_str()), ..old.clone() });
                }
                (None, Some(new)) => {
                    told.push(Clause { text: say!(self, "diff-new", text = new.text.as_str()), ..new.clone() });
                }
                (None, None) => {}
            }
        }
    }

    fn one(self, old: &Clause, new: &Clause, told: &mut Vec<Clause>) {
        if old.text != new.text || old.label != new.label {
            let was = if old.label == new.label { old.text.clone() } else { format!("{}: {}", old.label, old.text) };
            let text = say!(self, "diff-changed", old = was, new = new.text.as_str());
            told.push(clause(new.about, new.label.clone(), text));
        }
        match (&old.table, &new.table) {
            (Some(old), Some(table)) if old.head == table.head => self.rows(new.about, old, table, told),
            (Some(old), Some(table)) if old != table => {
                self.rows(new.about, &narrowed(old, &table.head), table, told);
            }
            (None, Some(table)) => {
                told.push(Clause { table: Some(table.clone()), ..clause(new.about, String::new(), String::new()) });
            }
            _ => {}
        }
    }

    /// Rows by their first cell: a tier, a key, a bound.
    fn rows(self, about: &'static str, old: &Table, new: &Table, told: &mut Vec<Clause>) {
        let key = |row: &[String]| row.first().cloned().unwrap_or_default();
        let of = |table: &Table, name: &str| table.rows.iter().find(|row| key(row) == name).cloned();
        for row in &new.rows {
            let Some(before) = of(old, &key(row)) else {
                let cells = self.cells(&new.head, row);
                told.push(clause(about, key(row), say!(self, "diff-new", text = cells)));
                continue;
            };
            for ((head, was), now) in new.head.iter().zip(&before).zip(row).filter(|((_, was), now)| was != now) {
                let label = say!(self, "diff-cell", row = key(row), column = head.as_str());
                let text = say!(self, "diff-changed", old = was.as_str(), new = now.as_str());
                told.push(clause(about, label, text));
            }
        }
        for row in old.rows.iter().filter(|row| of(new, &key(row)).is_none()) {
            told.push(clause(about, key(row), say!(self, "diff-gone", text = self.cells(&old.head, row))));
        }
        let order = |table: &Table, other: &Table| {
            let both = table.rows.iter().filter(|row| of(other, &key(row)).is_some());
            self.listed(both.map(|row| key(row)))
        };
        let (was, now) = (order(old, new), order(new, old));
        if about == "tiers" && was != now {
            told.push(clause(about, say!(self, "label-order"), say!(self, "diff-changed", old = was, new = now)));
        }
    }

    /// What a row says beside its first cell.
    fn cells(self, head: &[String], row: &[String]) -> String {
        let cells = head.iter().zip(row).skip(1);
        self.listed(cells.map(|(head, cell)| say!(self, "diff-of", column = head.as_str(), cell = cell.as_str())))
    }
}

fn part(kind: Kind, name: String, clauses: Vec<Clause>) -> Part {
    Part { kind, heading: String::new(), name, clauses }
}

/// A table with the columns of another; what it lacks is empty.
fn narrowed(table: &Table, head: &[String]) -> Table {
    let place = |name: &String| table.head.iter().position(|known| known == name);
    // The first column is the key, whatever stands over it.
    let cell = |row: &Vec<String>, at: usize, name: &String| {
        let at = if at == 0 { Some(0) } else { place(name) };
        at.and_then(|at| row.get(at)).cloned().unwrap_or_else(|| "–".to_owned())
    };
    let rows = table.rows.iter().map(|row| head.iter().enumerate().map(|(at, name)| cell(row, at, name)).collect());
    Table { head: head.to_vec(), rows: rows.collect() }
}

/// Names that went and came while the declaration says the same.
fn renamed(gone: &[Part], come: &[Part]) -> Vec<(Kind, (String, String))> {
    let by_name =
        [Kind::Rule, Kind::Reward, Kind::Draw, Kind::List, Kind::Calendar, Kind::Param, Kind::Scenario, Kind::Measure];
    let alone =
        |part: &Part, others: &[Part]| !others.iter().any(|other| other.kind == part.kind && other.name == part.name);
    let says =
        |part: &Part| part.clauses.iter().map(|of| (of.about, of.text.clone(), of.table.clone())).collect::<Vec<_>>();
    let mut found: Vec<(Kind, (String, String))> = Vec::new();
    for old in gone.iter().filter(|part| by_name.contains(&part.kind) && alone(part, come)) {
        let new = come.iter().filter(|part| part.kind == old.kind && alone(part, gone) && says(part) == says(old));
        let new = new.into_iter().find(|part| !found.iter().any(|(_, (_, taken))| *taken == part.name));
        found.extend(new.map(|new| (old.kind, (old.name.clone(), new.name.clone()))));
    }
    found
}

/// Puts the new name wherever the old program says the old one.
fn rename(parts: &mut [Part], kind: Kind, (old, new): &(String, String), language: &Language) {
    let quoted = |name: &str| language.say("text", &[("text", name.into())]);
    for part in parts {
        if part.kind == kind && part.name == *old {
            new.clone_into(&mut part.name);
        }
        if part.kind == Kind::Group {
            part.name = part.name.replace(&quoted(old), &quoted(new));
        }
        for clause in &mut part.clauses {
            clause.text = clause.text.replace(&quoted(old), &quoted(new));
            if clause.label == *old {
                new.clone_into(&mut clause.label);
            }
        }
    }
}
