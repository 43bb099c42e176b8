//! The names of a file, collected before anything is checked, so that order never matters.
//!
//! Units, counters, parameters, lists and ladders share one space, because all of them may stand in
//! an expression; attributes have one per scope; tiers, rules, calendars and actions have their own.

use super::Checker;
use crate::diag::Code;
use crate::plan::{CounterId, LadderId, RuleId, UnitId};
use crate::source::Span;
use crate::syntax::ast::{self, Item, Name};
use crate::ty::Scope;
use std::collections::BTreeMap;

/// What a word of an expression names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    /// `beans`
    Unit(UnitId),
    /// `nights`
    Counter(CounterId),
    /// `base`
    Param(usize),
    /// `no_goods`
    List(usize),
    /// `status`
    Ladder(LadderId),
}

/// All names, each kind sorted, so that ids do not depend on the order of declarations.
#[derive(Debug, Default)]
pub(super) struct Names<'a> {
    pub(super) units: Vec<&'a ast::Unit>,
    pub(super) counters: Vec<&'a ast::Counter>,
    pub(super) params: Vec<&'a ast::Param>,
    pub(super) lists: Vec<&'a ast::List>,
    pub(super) ladders: Vec<&'a ast::Tiers>,
    pub(super) rules: Vec<&'a ast::Rule>,
    pub(super) groups: Vec<&'a ast::Group>,
    pub(super) calendars: BTreeMap<&'a str, &'a ast::Calendar>,
    pub(super) words: BTreeMap<&'a str, (Word, Span)>,
    pub(super) tiers: BTreeMap<&'a str, Vec<(LadderId, u8, Span)>>,
    pub(super) by_rule: BTreeMap<&'a str, Vec<RuleId>>,
    pub(super) attributes: BTreeMap<(Scope, &'a str), (usize, &'a ast::AttributeDecl)>,
    pub(super) actions: BTreeMap<&'a str, (usize, Span)>,
    pub(super) currency: Option<&'a Name>,
    /// By ladder: the names of its values in the order first written, and the place of each.
    pub(super) tier_values: Vec<(Vec<&'a str>, BTreeMap<&'a str, usize>)>,
}

/// Words that every program knows without declaring them.
pub(super) const STANDARD: &[&str] =
    &["spend", "amount", "quantity", "sku", "visits", "returns", "friends", "receipt", "member", "line"];

impl<'a> Checker<'a> {
    pub(super) fn collect_names(&mut self) {
        let file = self.file;
        for item in &file.items {
            match item {
                Item::Param(param) => self.names.params.push(param),
                Item::List(list) => self.names.lists.push(list),
                Item::Counter(counter) => self.names.counters.push(counter),
                Item::Unit(unit) => self.names.units.push(unit),
                Item::Tiers(tiers) => self.names.ladders.push(tiers),
                Item::Rule(rule) => self.names.rules.push(rule),
                Item::Group(group) => self.names.groups.push(group),
                Item::Calendar(calendar) => self.collect_calendar(calendar),
                Item::Program(program) => self.collect_currency(program),
                Item::Data(_) | Item::Example(_) | Item::Scenario(_) | Item::Assume(_) | Item::Measure(_) => {}
            }
        }
        let names = &mut self.names;
        names.units.sort_by_key(|unit| plural(&unit.nouns));
        names.counters.sort_by_key(|counter| plural(&counter.nouns));
        names.params.sort_by(|a, b| a.name.text.cmp(&b.name.text));
        names.lists.sort_by(|a, b| a.name.text.cmp(&b.name.text));
        names.ladders.sort_by(|a, b| a.name.text.cmp(&b.name.text));
        names.rules.sort_by(|a, b| (&a.name.text, a.in_force.from).cmp(&(&b.name.text, b.in_force.from)));
        names.groups.sort_by_key(|group| group.rules.iter().map(|rule| rule.text.as_str()).collect::<Vec<_>>());
        self.collect_words();
        self.collect_tiers();
        self.collect_rules();
        self.collect_data();
    }

    fn collect_currency(&mut self, program: &'a ast::Program) {
        for clause in &program.clauses {
            if let ast::ProgramClause::Currency(name, _) = clause
                && self.names.currency.is_none()
            {
                self.names.currency = Some(name);
            }
        }
    }

    fn collect_calendar(&mut self, calendar: &'a ast::Calendar) {
        let name = &calendar.name;
        match self.names.calendars.get(name.text.as_str()) {
            Some(first) => {
                let first = first.name.span;
                self.duplicate("calendar", name, first);
            }
            None => {
                self.names.calendars.insert(&name.text, calendar);
            }
        }
    }

    pub(super) fn duplicate(&mut self, kind: &str, name: &Name, first: Span) {
        let (first, second) = if first <= name.span { (first, name.span) } else { (name.span, first) };
        self.error(
            Code::DuplicateName,
            second,
            format!("`{}` is declared twice; this {kind} needs a name of its own", name.text),
        )
        .label(first, "first declared here")
        .help("give one of them another name");
    }

    fn collect_words(&mut self) {
        let mut words: Vec<(&'a Name, Word, &'static str)> = Vec::new();
        for (at, unit) in self.names.units.iter().enumerate() {
            words.extend(unit.nouns.iter().map(|noun| (noun, Word::Unit(UnitId::new(at)), "unit")));
        }
        for (at, counter) in self.names.counters.iter().enumerate() {
            words.extend(counter.nouns.iter().map(|noun| (noun, Word::Counter(CounterId::new(at)), "counter")));
        }
        for (at, param) in self.names.params.iter().enumerate() {
            words.push((&param.name, Word::Param(at), "parameter"));
        }
        for (at, list) in self.names.lists.iter().enumerate() {
            words.push((&list.name, Word::List(at), "list"));
        }
        for (at, ladder) in self.names.ladders.iter().enumerate() {
            words.push((&ladder.name, Word::Ladder(LadderId::new(at)), "ladder of tiers"));
        }
        words.sort_by_key(|(name, ..)| name.span);
        for (name, word, kind) in words {
            let of_currency = self.names.currency.filter(|currency| currency.text == name.text).map(|found| found.span);
            if STANDARD.contains(&name.text.as_str()) {
                self.error(
                    Code::DuplicateName,
                    name.span,
                    format!("`{}` is a word of the language, expected a name of your own for this {kind}", name.text),
                )
                .help("give it another name");
            } else if let Some(currency) = of_currency {
                self.duplicate(kind, name, currency);
            } else if let Some((known, first)) = self.names.words.get(name.text.as_str()).copied() {
                // Two equal noun forms of one unit (`sheep, sheep`) are one name.
                if known != word || !matches!(word, Word::Unit(_) | Word::Counter(_)) {
                    self.duplicate(kind, name, first);
                }
            } else {
                self.names.words.insert(&name.text, (word, name.span));
            }
        }
    }

    fn collect_tiers(&mut self) {
        for ladder in &self.names.ladders {
            let (mut names, mut places) = (Vec::new(), BTreeMap::new());
            for (name, _) in ladder.tiers.iter().flat_map(|tier| &tier.values) {
                places.entry(name.text.as_str()).or_insert_with(|| {
                    names.push(name.text.as_str());
                    names.len() - 1
                });
            }
            self.names.tier_values.push((names, places));
        }
        let mut found: Vec<(&'a Name, LadderId, u8)> = Vec::new();
        for (at, ladder) in self.names.ladders.iter().enumerate() {
            for (level, tier) in ladder.tiers.iter().enumerate() {
                found.push((&tier.name, LadderId::new(at), u8::try_from(level).unwrap_or(u8::MAX)));
            }
        }
        for (name, ladder, level) in found {
            if let Some((_, first)) = self.names.words.get(name.text.as_str()).copied() {
                self.duplicate("tier", name, first);
                continue;
            }
            let same =
                self.names.tiers.get(name.text.as_str()).and_then(|list| list.iter().find(|tier| tier.0 == ladder));
            if let Some(first) = same.map(|tier| tier.2) {
                self.duplicate("tier", name, first);
                continue;
            }
            self.names.tiers.entry(&name.text).or_default().push((ladder, level, name.span));
        }
    }

    fn collect_rules(&mut self) {
        let rules = self.names.rules.clone();
        for (at, rule) in rules.iter().enumerate() {
            let same = self.names.by_rule.entry(&rule.name.text).or_default();
            let before: Vec<RuleId> = same.clone();
            same.push(RuleId::new(at));
            for id in before {
                let Some(other) = rules.get(id.index()) else { continue };
                if overlap(rule.in_force, other.in_force) {
                    self.duplicate("rule", &rule.name, other.name.span);
                    self.help_on_last("rules of one name must follow each other in time: write `from` and `to` dates that do not overlap, or give one of them another name");
                }
            }
        }
    }

    fn help_on_last(&mut self, help: &str) {
        if let Some(last) = self.diagnostics.last_mut() {
            last.help = Some(help.to_owned());
        }
    }

    fn collect_data(&mut self) {
        let mut found: Vec<&'a ast::AttributeDecl> = Vec::new();
        for item in &self.file.items {
            if let Item::Data(data) = item {
                found.extend(data.attributes.iter());
            }
        }
        found.sort_by(|a, b| (&a.name.text, a.name.span).cmp(&(&b.name.text, b.name.span)));
        let mut slots: BTreeMap<Scope, usize> = BTreeMap::new();
        for decl in found {
            let name = decl.name.text.as_str();
            if decl.kind.is_none() && decl.scope == Scope::Action {
                if let Some((_, first)) = self.names.actions.get(name).copied() {
                    self.duplicate("action", &decl.name, first);
                } else {
                    let slot = self.names.actions.len();
                    self.names.actions.insert(name, (slot, decl.name.span));
                }
                continue;
            }
            let twin = match decl.scope {
                Scope::Line => Scope::Receipt,
                Scope::Receipt => Scope::Line,
                other => other,
            };
            let known = [decl.scope, twin].into_iter().find_map(|scope| self.names.attributes.get(&(scope, name)));
            if let Some((_, first)) = known {
                let first = first.name.span;
                self.duplicate("attribute", &decl.name, first);
                continue;
            }
            self.clash_with_word(decl);
            let slot = slots.entry(decl.scope).or_default();
            self.names.attributes.insert((decl.scope, name), (*slot, decl));
            *slot += 1;
        }
    }

    /// An attribute may share its name with a counter (`nights` of a stay, and `10 nights` in all), with nothing else.
    fn clash_with_word(&mut self, decl: &'a ast::AttributeDecl) {
        let name = decl.name.text.as_str();
        match self.names.words.get(name).copied() {
            None | Some((Word::Counter(_), _)) => {}
            Some((_, first)) => self.duplicate("attribute", &decl.name, first),
        }
        if STANDARD.contains(&name) {
            self.error(
                Code::DuplicateName,
                decl.name.span,
                format!("`{name}` is a word of the language, expected an attribute of your own"),
            )
            .help("leave this line out: the language knows it without a declaration");
        }
    }

    /// The unit of a noun form.
    pub(super) fn unit_named(&mut self, name: &Name) -> Option<UnitId> {
        match self.names.words.get(name.text.as_str()) {
            Some((Word::Unit(unit), _)) => Some(*unit),
            other => {
                let other = other.copied();
                let units: Vec<&str> = self.names.units.iter().map(|unit| plural(&unit.nouns)).collect();
                if let Some((word, _)) = other {
                    let found = word.kind();
                    self.error(Code::WrongKind, name.span, format!("`{}` is {found}, expected a unit", name.text));
                } else {
                    self.unknown(&name.text, name.span, "a unit", units);
                }
                None
            }
        }
    }

    /// All clauses of a rule's name.
    pub(super) fn rules_named(&mut self, name: &Name) -> Option<Vec<RuleId>> {
        if let Some(found) = self.names.by_rule.get(name.text.as_str()) {
            return Some(found.clone());
        }
        if let Some((word, _)) = self.names.words.get(name.text.as_str()) {
            let found = word.kind();
            self.error(Code::WrongKind, name.span, format!("`{}` is {found}, expected a rule", name.text));
        } else {
            let known: Vec<&str> = self.names.by_rule.keys().copied().collect();
            self.unknown(&name.text, name.span, "a rule", known);
        }
        None
    }

    /// The action of a name.
    pub(super) fn action_named(&mut self, name: &Name) -> Option<usize> {
        if let Some((action, _)) = self.names.actions.get(name.text.as_str()) {
            let action = *action;
            self.read.insert(format!("action {}", name.text));
            return Some(action);
        }
        let known: Vec<&str> = self.names.actions.keys().copied().collect();
        self.unknown(&name.text, name.span, "an action declared in `data`", known);
        None
    }
}

impl Word {
    /// What it is, for messages.
    pub(super) const fn kind(self) -> &'static str {
        match self {
            Self::Unit(_) => "a unit",
            Self::Counter(_) => "a counter",
            Self::Param(_) => "a parameter",
            Self::List(_) => "a list",
            Self::Ladder(_) => "a ladder of tiers",
        }
    }
}

/// The plural of noun forms: the second, or the only one.
pub(super) fn plural(nouns: &[Name]) -> &str {
    nouns.get(1).or(nouns.first()).map_or("", |noun| noun.text.as_str())
}

fn overlap(a: ast::InForce, b: ast::InForce) -> bool {
    let starts_in_time =
        |first: ast::InForce, second: ast::InForce| first.from.is_none_or(|from| second.to.is_none_or(|to| from <= to));
    starts_in_time(a, b) && starts_in_time(b, a)
}
