//! A scenario put into a program: the tree of the variant, which is checked like any other.
//!
//! `set` puts a value in the place of another, `without` leaves a rule out, and a declaration takes the place of
//! the one of its name, or is added; a group takes the place of those that name one of its rules. Places stay, so
//! what is wrong with a variant is told where it is written.

use super::report::unknown_name;
use crate::diag::{Code, Diagnostic, Label, Severity};
use crate::source::Span;
use crate::syntax;
use crate::syntax::ast::{
    Assume, Change, File, InForce, Item, Name, Reach, Scenario, SetTo, Setting, Shares, Tier, Tiers,
};
use crate::value::Exact;
use std::collections::BTreeMap;

/// Which of the three numbers of an assumption is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// The low one.
    Low,
    /// The one that is expected.
    #[default]
    Middle,
    /// The high one.
    High,
}

impl Level {
    /// The word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Middle => "base",
            Self::High => "high",
        }
    }

    fn of(self, shares: Shares) -> Shares {
        let one = |share: Exact| Shares { low: share, middle: share, high: share, span: shares.span };
        match self {
            Self::Low => one(shares.low),
            Self::Middle => one(shares.middle),
            Self::High => one(shares.high),
        }
    }
}

/// The scenarios of a file, in written order.
pub fn scenarios(file: &File) -> impl Iterator<Item = &Scenario> {
    file.items.iter().filter_map(|item| if let Item::Scenario(scenario) = item { Some(scenario) } else { None })
}

/// Scenarios that bear the name of one before them.
pub(crate) fn doubled(file: &File) -> Vec<Diagnostic> {
    let mut first: BTreeMap<&str, Span> = BTreeMap::new();
    let mut problems = Vec::new();
    for scenario in scenarios(file) {
        let name = &scenario.name;
        match first.get(name.text.as_str()) {
            None => drop(first.insert(&name.text, name.span)),
            Some(first) => problems.push(Diagnostic {
                code: Code::DuplicateName,
                severity: Severity::Error,
                message: format!("`{}` is declared twice; this scenario needs a name of its own", name.text),
                span: name.span,
                labels: vec![Label { span: *first, text: "first declared here".to_owned() }],
                help: Some("give one of them another name".to_owned()),
                shown: None,
            }),
        }
    }
    problems
}

/// The levels that a scenario is run at: three where an assumption has three numbers.
pub fn levels(scenario: &Scenario) -> &'static [Level] {
    let three = |change: &Change| match change {
        Change::Declare(item) => match &**item {
            Item::Assume(assume) => [assume.members, assume.receipts].into_iter().flatten().any(|all| !all.is_one()),
            _ => false,
        },
        Change::Set(_) | Change::Without(..) => false,
    };
    if scenario.changes.iter().any(three) { &[Level::Low, Level::Middle, Level::High] } else { &[Level::Middle] }
}

/// What a scenario assumes at a level, in its own words.
pub fn assumptions(file: &File, scenario: &Scenario, level: Level) -> Vec<String> {
    let (tree, _) = variant(file, scenario, level);
    let assumes = tree.items.into_iter().filter(|item| matches!(item, Item::Assume(_)));
    assumes.map(|item| syntax::print(&File { items: vec![item], ..File::default() }).trim_end().to_owned()).collect()
}

/// The tree of a program under one of its scenarios, and what of the scenario has no place in it.
pub fn variant(file: &File, scenario: &Scenario, level: Level) -> (File, Vec<Diagnostic>) {
    let mut work = Variant { file: file.clone(), problems: Vec::new() };
    for change in &scenario.changes {
        match change {
            Change::Set(set) => work.set(set),
            Change::Without(name, _) => work.without(name),
            Change::Declare(item) => work.declare(item, level),
        }
    }
    (work.file, work.problems)
}

struct Variant {
    file: File,
    problems: Vec<Diagnostic>,
}

impl Variant {
    fn set(&mut self, set: &Setting) {
        let path: Vec<&str> = set.path.iter().map(|name| name.text.as_str()).collect();
        let mut done = false;
        for item in &mut self.file.items {
            match (item, path.as_slice(), &set.value) {
                (Item::Param(param), [name], SetTo::Value(value)) if param.name.text == *name => {
                    param.value = value.clone();
                    done = true;
                }
                (Item::Tiers(ladder), [name, tier, rest @ ..], value) if ladder.name.text == *name => {
                    for tier in ladder.tiers.iter_mut().filter(|known| known.name.text == *tier) {
                        done |= set_tier(tier, rest, value);
                    }
                }
                _ => {}
            }
        }
        if !done {
            let known = settable(&self.file);
            let mut written = path.join(".");
            if matches!(set.value, SetTo::Bounds(_)) {
                written.push_str(".from");
            }
            let known = known.iter().map(String::as_str);
            self.problems.push(unknown_name(
                &written,
                set.span,
                "a parameter, a tier's bound or a tier's value",
                known,
            ));
        }
    }

    fn without(&mut self, name: &Name) {
        let before = self.file.items.len();
        let is_meant = |item: &Item| matches!(item, Item::Rule(rule) if rule.name.text == name.text);
        self.file.items.retain(|item| !is_meant(item));
        if self.file.items.len() == before {
            let known = rules(&self.file).map(|name| name.text.as_str());
            let problem = unknown_name(&name.text, name.span, "a rule, a reward or a draw to leave out", known);
            return self.problems.push(problem);
        }
        self.file.left_out.push(name.text.clone());
        // Groups go on with those that are left.
        for item in &mut self.file.items {
            if let Item::Group(group) = item {
                group.rules.retain(|rule| rule.text != name.text);
            }
        }
        self.file.items.retain(|item| !matches!(item, Item::Group(group) if group.rules.is_empty()));
    }

    fn declare(&mut self, item: &Item, level: Level) {
        let item = match item {
            Item::Assume(assume) => Item::Assume(at_level(assume, level)),
            other => other.clone(),
        };
        let place = self.file.items.iter().position(|known| is_replaced_by(known, &item));
        self.file.items.retain(|known| !is_replaced_by(known, &item));
        let place = place.unwrap_or(self.file.items.len()).min(self.file.items.len());
        self.file.items.insert(place, item);
    }
}

fn at_level(assume: &Assume, level: Level) -> Assume {
    let of = |shares: Option<Shares>| shares.map(|shares| level.of(shares));
    Assume { members: of(assume.members), receipts: of(assume.receipts), ..assume.clone() }
}

fn set_tier(tier: &mut Tier, rest: &[&str], value: &SetTo) -> bool {
    match (rest, value) {
        ([], SetTo::Bounds(bounds)) => {
            let above = tier.reach.as_ref().is_some_and(|reach| reach.above);
            tier.reach = Some(Reach { above, ..bounds.clone() });
            true
        }
        ([name], SetTo::Value(value)) => {
            let mut done = false;
            for (known, old) in tier.values.iter_mut().filter(|(known, _)| known.text == *name) {
                let _ = known;
                *old = value.clone();
                done = true;
            }
            done
        }
        _ => false,
    }
}

/// Does a declaration of a scenario take the place of one of the program?
fn is_replaced_by(known: &Item, new: &Item) -> bool {
    let starts = |in_force: InForce| in_force.from;
    match (known, new) {
        (Item::Param(known), Item::Param(new)) => known.name.text == new.name.text,
        (Item::List(known), Item::List(new)) => known.name.text == new.name.text,
        (Item::Calendar(known), Item::Calendar(new)) => known.name.text == new.name.text,
        (Item::Counter(known), Item::Counter(new)) => {
            super::names::plural(&known.nouns) == super::names::plural(&new.nouns)
        }
        (Item::Unit(known), Item::Unit(new)) => super::names::plural(&known.nouns) == super::names::plural(&new.nouns),
        (Item::Tiers(known), Item::Tiers(new)) => known.name.text == new.name.text,
        // Of clauses that follow each other in time, the one with the same first day; a clause without dates is all.
        (Item::Rule(known), Item::Rule(new)) => {
            known.name.text == new.name.text
                && (starts(new.in_force).is_none() || starts(known.in_force) == starts(new.in_force))
        }
        (Item::Group(known), Item::Group(new)) => {
            known.rules.iter().any(|rule| new.rules.iter().any(|other| other.text == rule.text))
        }
        (Item::Assume(known), Item::Assume(new)) => known.reward.text == new.reward.text,
        _ => false,
    }
}

fn rules(file: &File) -> impl Iterator<Item = &Name> {
    file.items.iter().filter_map(|item| if let Item::Rule(rule) = item { Some(&rule.name) } else { None })
}

fn settable(file: &File) -> Vec<String> {
    let mut known = Vec::new();
    for item in &file.items {
        match item {
            Item::Param(param) => known.push(param.name.text.clone()),
            Item::Tiers(ladder) => known.extend(ladder.tiers.iter().flat_map(|tier| of_tier(ladder, tier))),
            _ => {}
        }
    }
    known
}

fn of_tier(ladder: &Tiers, tier: &Tier) -> Vec<String> {
    let name = |last: &str| format!("{}.{}.{last}", ladder.name.text, tier.name.text);
    let bound = tier.reach.iter().map(|_| name("from"));
    bound.chain(tier.values.iter().map(|(value, _)| name(&value.text))).collect()
}
