//! What a program tries out and what it counts: `scenario "Thrift" { set base = 4% }`, `measure "Share" = cost / revenue`.
//!
//! Neither is a term, so `describe` leaves both out; they are told where two programs are compared.

use super::names::Names;
use super::page::{Clause, Kind, Part};
use super::teller::{Case, Place, Teller, clause};
use crate::check::scenario::{Level, variant};
use crate::syntax::ast::{
    Assume, Change, File, Item, LiteralKind, Measure, OwnMeasure, Scenario, SetTo, Setting, Shares,
};
use crate::value::Exact;

impl Teller<'_> {
    /// All that a scenario changes, each change with what it is made of.
    pub(super) fn scenario(self, file: &File, scenario: &Scenario) -> Part {
        // What a scenario declares is known inside it.
        let (tree, _) = variant(file, scenario, Level::Middle);
        let names = Names::of(&tree);
        let here = Teller { names: &names, ..self };
        let clauses = scenario.changes.iter().flat_map(|change| match change {
            Change::Set(set) => vec![here.setting(set)],
            Change::Without(rule, _) => {
                let rule = say!(here, "text", text = rule.text.as_str());
                vec![clause("without", say!(here, "label-without"), rule)]
            }
            Change::Declare(item) => here.declared(item),
        });
        part(Kind::Scenario, &scenario.name.text, clauses.collect())
    }

    fn setting(self, set: &Setting) -> Clause {
        let names: Vec<&str> = set.path.iter().map(|name| name.text.as_str()).collect();
        let text = match &set.value {
            SetTo::Value(value) => self.dated(value, Case::Subject),
            SetTo::Bounds(bounds) => self.reach(bounds),
        };
        let label = match names.as_slice() {
            [_, tier] => say!(self, "diff-cell", row = *tier, column = say!(self, "head-reach")),
            [_, tier, value] => say!(self, "diff-cell", row = *tier, column = *value),
            _ => names.join("."),
        };
        clause("set", label, text)
    }

    /// A declaration inside a scenario: its clauses, each under its heading.
    fn declared(self, item: &Item) -> Vec<Clause> {
        if let Item::Assume(assume) = item {
            return vec![self.assumed(assume)];
        }
        let parts = self.all(&File { items: vec![item.clone()], ..File::default() });
        let told = parts.into_iter().flat_map(|part| {
            let heading = self.heading(part.kind, &part.name);
            part.clauses.into_iter().map(move |of| {
                let label = if of.label.is_empty() {
                    heading.clone()
                } else {
                    say!(self, "diff-cell", row = heading.as_str(), column = of.label.as_str())
                };
                Clause { label, ..of }
            })
        });
        told.collect()
    }

    /// `assume "Pay with beans" used by 60% of members at 50% of receipts with at least 500 beans`
    fn assumed(self, assume: &Assume) -> Clause {
        let mut told = vec![match assume.members {
            Some(shares) => say!(self, "assume-members", share = self.shares(shares)),
            None => say!(self, "assume-all"),
        }];
        if let Some(shares) = assume.receipts {
            told.push(say!(self, "assume-receipts", share = self.shares(shares)));
        }
        if let Some(least) = &assume.least {
            told.push(say!(self, "assume-least", least = self.value(least, Case::Subject)));
        }
        if let Some(seed) = &assume.seed {
            told.push(say!(self, "assume-seed", seed = seed.text.as_str()));
        }
        let label = say!(self, "label-assumed", reward = assume.reward.text.as_str());
        clause("assume", label, self.listed(told.into_iter()))
    }

    /// `60%`, or `40% (low), 60% (base), 80% (high)`
    fn shares(self, shares: Shares) -> String {
        let share = |share: Exact| self.literal(&LiteralKind::Percent(share));
        if shares.is_one() {
            return share(shares.middle);
        }
        let (low, middle, high) = (share(shares.low), share(shares.middle), share(shares.high));
        say!(self, "assume-three", low = low, middle = middle, high = high)
    }

    /// What a measure is worked out from.
    pub(super) fn own_measure(self, measure: &OwnMeasure) -> Part {
        let text = self.at(Place::Figure).value(&measure.value, Case::Subject);
        let clauses = vec![clause("value", say!(self, "label-figure"), text)];
        part(Kind::Measure, &measure.name.text, clauses)
    }

    /// `cost`, `beans.earned`, `status.Gold.cost`, `cost from "Base"`: what a run counts
    pub(super) fn what_counts(self, measure: &Measure) -> String {
        match measure {
            Measure::Path(path) => {
                let names: Vec<&str> = path.names.iter().map(|name| name.text.as_str()).collect();
                self.figure_named(&names)
            }
            Measure::AwardedFrom(path, rule) => {
                let names: Vec<&str> = path.names.iter().map(|name| name.text.as_str()).collect();
                let figure = match names.as_slice() {
                    [unit] if self.names.units.contains_key(unit) => self.figure_named(&[unit, "earned"]),
                    names => self.figure_named(names),
                };
                say!(self, "figure-of-rule", figure = figure, rule = rule.text.as_str())
            }
            other => self.measure(other, Case::Subject),
        }
    }

    fn figure_named(self, names: &[&str]) -> String {
        match names {
            [name] => say!(self, "figure", name = *name),
            [unit, name] if self.names.units.contains_key(unit) => {
                say!(self, "figure-unit", name = *name, unit = self.key_of(unit))
            }
            [_, tier, rest @ ..] => {
                say!(self, "figure-of-tier", figure = self.figure_named(rest), tier = *tier)
            }
            [] => String::new(),
        }
    }
}

fn part(kind: Kind, name: &str, clauses: Vec<Clause>) -> Part {
    Part { kind, heading: String::new(), name: name.to_owned(), clauses }
}
