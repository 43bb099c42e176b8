//! From the tree to the plan: names become ids, types and units are checked, every form is brought
//! to its core form, and every problem of a file is found in one go.
//!
//! All names are collected first (`names`), so the order of declarations never matters; then each
//! declaration is checked by the file named after it. What could not be checked is `None` and is
//! passed on in silence: one mistake gives one message. `give 5 of spend as beans` is answered here
//! with the type that was found, the one that was expected, and what to write.

mod assume;
mod attribute;
mod calendar;
mod constant;
mod context;
mod counter;
mod draw;
mod due;
mod example;
mod expr;
mod formula;
mod graph;
mod group;
mod ladder;
mod limit;
mod measure;
mod names;
mod order;
mod path;
mod period;
mod pool;
mod program;
mod report;
mod reward;
mod rule;
pub mod scenario;
mod sense;
mod table;
mod trigger;
mod types;
mod unit;
mod unread;
mod version;
mod walk;
mod wording;

use crate::diag::{Diagnostic, Severity};
use crate::plan::{self, ExprId, Plan};
use crate::source::{Source, Span};
use crate::syntax::ast::File;
use crate::ty::{Schema, Texts};
use constant::Constants;
use names::Names;
use std::collections::BTreeSet;

/// What the checker says of a file.
#[derive(Debug, Clone)]
pub struct Checked {
    /// The plan, if there is no error.
    pub plan: Option<Plan>,
    /// All problems, sorted by place.
    pub diagnostics: Vec<Diagnostic>,
}

/// Checks a file.
pub fn check(source: &Source, file: &File) -> Checked {
    let mut checker = Checker::new(source, file);
    let plan = checker.plan();
    let diagnostics = report::sorted(checker.diagnostics);
    let clean = diagnostics.iter().all(|found| found.severity != Severity::Error);
    Checked { plan: plan.filter(|_| clean), diagnostics }
}

/// What is known while a file is checked: the names, and the lists of the plan as they grow.
struct Checker<'a> {
    source: &'a Source,
    file: &'a File,
    diagnostics: Vec<Diagnostic>,
    names: Names<'a>,
    constants: Constants,
    schema: Schema,
    texts: Texts,
    nodes: Vec<plan::Node>,
    types: Vec<plan::Type>,
    /// How many parts each expression has.
    costs: Vec<u32>,
    spans: Vec<Span>,
    periods: Vec<plan::Period>,
    counters: Vec<plan::Counter>,
    limits: Vec<plan::Limit>,
    expectations: Vec<(Span, ExprId)>,
    /// The unit of each rule's awards, by the rule's position, as far as it is known.
    rule_units: Vec<Vec<plan::UnitId>>,
    /// Rules that need themselves.
    circular: BTreeSet<plan::RuleId>,
    /// Who reads just now: `rule "Base"`.
    reader: String,
    /// What was read: `param base`, `list goods`.
    read: BTreeSet<String>,
    /// How often a rate was worked in where it is named.
    expanded: u32,
    one_book: bool,
    money_read: Option<Span>,
}

impl<'a> Checker<'a> {
    fn new(source: &'a Source, file: &'a File) -> Self {
        Self {
            source,
            file,
            diagnostics: Vec::new(),
            names: Names::default(),
            constants: Constants::default(),
            schema: Schema::default(),
            texts: Texts::default(),
            nodes: Vec::new(),
            types: Vec::new(),
            costs: Vec::new(),
            spans: Vec::new(),
            periods: Vec::new(),
            counters: Vec::new(),
            limits: Vec::new(),
            expectations: Vec::new(),
            rule_units: Vec::new(),
            circular: BTreeSet::new(),
            reader: String::new(),
            read: BTreeSet::new(),
            expanded: 0,
            one_book: false,
            money_read: None,
        }
    }

    fn plan(&mut self) -> Option<Plan> {
        self.collect_names();
        self.check_circles_of_params();
        let header = self.check_program();
        self.check_data();
        let settle_by = self.settle_by();
        self.check_params();
        self.check_counters();
        self.check_lists();
        self.check_calendars();
        let units = self.check_units();
        let ladders = self.check_ladders();
        self.guess_rule_units();
        self.check_circles_of_rules();
        let mut rules = self.check_rules();
        let groups = self.check_groups(&mut rules);
        self.check_pools(&units, &rules);
        self.check_assumptions(&mut rules);
        let measures = self.check_measures();
        let order = self.check_order(&rules, &groups);
        self.check_examples();
        self.check_money();
        self.warn_of_unread();
        self.warn_of_sense(&rules, &units, header.currency_decimals);
        let birthday = self.birthday();
        Some(Plan {
            name: header.name,
            version: version::of(self.file),
            in_force: header.in_force,
            currency: header.currency,
            currency_decimals: header.currency_decimals,
            zone: header.zone,
            fiscal: header.fiscal,
            returns: header.returns,
            settle_by,
            amounts_first: header.amounts_first,
            continues: header.continues,
            schema: std::mem::take(&mut self.schema),
            birthday,
            texts: self.texts.clone(),
            nodes: std::mem::take(&mut self.nodes),
            spans: std::mem::take(&mut self.spans),
            periods: std::mem::take(&mut self.periods),
            counters: std::mem::take(&mut self.counters),
            units: all(units)?,
            ladders: all(ladders)?,
            rules: all(rules)?,
            order,
            groups,
            limits: std::mem::take(&mut self.limits),
            measures,
            covered_only: false,
            one_book: self.one_book,
            expectations: std::mem::take(&mut self.expectations),
            source: self.source.text().to_owned(),
        })
    }
}

fn all<T>(list: Vec<Option<T>>) -> Option<Vec<T>> {
    list.into_iter().collect()
}
