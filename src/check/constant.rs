//! Fixed values: parameters, dated values, the values of tiers, lists.
//!
//! `param rate = 2, 1 from 2015-04-11` is a value by day. A rate (`1 bean per full 20 RUB`, a table) is
//! no value: a parameter that holds one is worked into the award that names it.

use super::Checker;
use super::context::{Context, Place, Value};
use super::graph;
use super::names::Word;
use super::report::quoted;
use super::walk::{dated_paths, paths};
use crate::diag::Code;
use crate::plan::{ExprId, LadderId, Node, Type, UnitId};
use crate::source::Span;
use crate::syntax::ast::{Dated, Expr, ExprKind, Measure, Path};
use crate::time::Day;
use std::collections::{BTreeMap, BTreeSet};

/// What has been worked out of fixed values.
#[derive(Debug, Default)]
pub(super) struct Constants {
    params: BTreeMap<usize, Option<Value>>,
    circles: BTreeSet<usize>,
    /// Parameters that hold rates.
    rates: BTreeSet<usize>,
    /// The parameters, each after those that it needs.
    order: Vec<usize>,
    tiers: BTreeMap<(usize, usize), Option<TierValues>>,
}

/// A value of each tier of a ladder.
#[derive(Debug, Clone)]
pub(super) struct TierValues {
    pub(super) ty: Type,
    pub(super) ids: Vec<Option<ExprId>>,
}

impl<'a> Checker<'a> {
    /// Parameters that need themselves.
    pub(super) fn check_circles_of_params(&mut self) {
        let count = self.names.params.len();
        let needs: Vec<Vec<usize>> = (0..count).map(|at| self.params_in(at)).collect();
        let sorted = graph::sort(&needs);
        for circle in sorted.circles {
            let names = circle.iter().filter_map(|at| self.names.params.get(*at)).map(|param| param.name.text.as_str());
            let way = graph::told(names);
            let first = circle.first().and_then(|at| self.names.params.get(*at));
            let span = first.map_or(Span::default(), |param| param.name.span);
            self.error(Code::Circle, span, format!("parameters need each other: {way}"))
                .help("give one of them a value of its own");
            self.constants.circles.extend(circle);
        }
        for at in &sorted.order {
            let rate = self.names.params.get(*at).is_some_and(|param| self.dated_is_rate(&param.value));
            if rate {
                self.constants.rates.insert(*at);
            }
        }
        self.constants.order = sorted.order;
    }

    /// Does the parameter need itself?
    pub(super) fn is_in_circle(&self, param: usize) -> bool {
        self.constants.circles.contains(&param)
    }

    fn params_in(&self, at: usize) -> Vec<usize> {
        let mut found = Vec::new();
        if let Some(param) = self.names.params.get(at) {
            dated_paths(&param.value, &mut |path| found.extend(self.param_of(path)));
        }
        found
    }

    /// The parameter that a path names.
    pub(super) fn param_of(&self, path: &Path) -> Option<usize> {
        match path.names.as_slice() {
            [name] => match self.names.words.get(name.text.as_str()) {
                Some((Word::Param(param), _)) => Some(*param),
                _ => None,
            },
            _ => None,
        }
    }

    /// Is it a rate or a table, and so no value? `base` is one if the parameter holds one.
    pub(super) fn is_rate(&self, expr: &Expr) -> bool {
        if is_written_rate(expr) {
            return true;
        }
        let ExprKind::Counted { measure: Measure::Path(path), window: None, .. } = &expr.kind else { return false };
        match self.tier_value_of(path) {
            Some((ladder, value)) => self.tier_value_is_rate(ladder, value),
            None => self.param_of(path).is_some_and(|param| self.constants.rates.contains(&param)),
        }
    }

    /// Parameters are asked in the order of their needs, so each answer is one step.
    fn dated_is_rate(&self, dated: &Dated) -> bool {
        values_of(dated).any(|value| is_written_rate(value) || self.names_a_rate(value))
    }

    fn names_a_rate(&self, expr: &Expr) -> bool {
        let ExprKind::Counted { measure: Measure::Path(path), window: None, .. } = &expr.kind else { return false };
        let held = self.tier_value_of(path).map(|(ladder, value)| self.tier_dated(ladder, value));
        held.into_iter().flatten().flatten().any(|dated| values_of(dated).any(is_written_rate))
            || self.param_of(path).is_some_and(|param| self.constants.rates.contains(&param))
    }

    /// Checks every parameter, read or not.
    pub(super) fn check_params(&mut self) {
        for at in self.constants.order.clone() {
            self.param(at);
        }
    }

    /// The value of a parameter; none if it is bad (said) or holds a rate (the caller says so).
    pub(super) fn param(&mut self, at: usize) -> Option<Value> {
        if self.constants.circles.contains(&at) {
            return None;
        }
        if let Some(known) = self.constants.params.get(&at) {
            return *known;
        }
        let param = self.names.params.get(at).copied()?;
        let reader = std::mem::replace(&mut self.reader, format!("param {}", param.name.text));
        let value = if self.constants.rates.contains(&at) {
            None
        } else {
            self.dated(&Context::new(Place::Constant), &param.value)
        };
        self.reader = reader;
        let value = value.filter(|value| self.is_of_bounded_cost(value.id));
        self.constants.params.insert(at, value);
        value
    }

    /// The value of a parameter where it is named.
    pub(super) fn param_value(&mut self, at: usize, span: Span) -> Option<Value> {
        let param = self.names.params.get(at).copied()?;
        self.read.insert(format!("param {}", param.name.text));
        if self.constants.rates.contains(&at) {
            self.error(Code::NotHere, span, format!("`{}` holds a rate, expected a value here", param.name.text))
                .label(param.name.span, "declared here")
                .help("a rate can be given: `give … as …`");
            return None;
        }
        let value = self.param(at)?;
        Some(Value { span, ..value })
    }

    /// `2, 1 from 2015-04-11`
    pub(super) fn dated(&mut self, context: &Context, dated: &'a Dated) -> Option<Value> {
        let first = self.value(context, &dated.first);
        let mut later = Vec::with_capacity(dated.later.len());
        let mut fits = self.days_rise(dated);
        for (value, day) in &dated.later {
            let Some(value) = self.value(context, value) else {
                fits = false;
                continue;
            };
            if let Some(first) = first {
                fits &= self.unify(first, value, "like the first value").is_some();
            }
            later.push((*day, value.id));
        }
        let first = first.filter(|_| fits)?;
        if later.is_empty() {
            return Some(first);
        }
        let span = dated.later.last().map_or(first.span, |(value, _)| first.span.join(value.span));
        Some(self.node(Node::Dated(first.id, later), first.ty, span))
    }

    /// Do the days of dated values follow each other?
    pub(super) fn days_rise(&mut self, dated: &Dated) -> bool {
        let mut before: Option<Day> = None;
        for (value, day) in &dated.later {
            if let Some(before) = before.filter(|before| before >= day) {
                self.error(
                    Code::ImpossibleDates,
                    value.span,
                    format!("this value begins on {day}, expected a day after {before}"),
                )
                .help("write the values in order of their days");
                return false;
            }
            before = Some(*day);
        }
        true
    }

    /// The names of a ladder's values, in the order first written.
    pub(super) fn value_names(&self, ladder: LadderId) -> &[&'a str] {
        self.names.tier_values.get(ladder.index()).map_or(&[], |(names, _)| names)
    }

    /// `status.extra`: the ladder and the value's position.
    pub(super) fn tier_value_of(&self, path: &Path) -> Option<(LadderId, usize)> {
        let [ladder, value] = path.names.as_slice() else { return None };
        let (Word::Ladder(ladder), _) = *self.names.words.get(ladder.text.as_str())? else { return None };
        let (_, places) = self.names.tier_values.get(ladder.index())?;
        Some((ladder, *places.get(value.text.as_str())?))
    }

    /// What each tier says for a value.
    pub(super) fn tier_dated(&self, ladder: LadderId, value: usize) -> Vec<Option<&'a Dated>> {
        let Some(name) = self.value_names(ladder).get(value).copied() else { return Vec::new() };
        let tiers = self.names.ladders.get(ladder.index()).map_or(&[] as &[_], |found| &found.tiers);
        tiers
            .iter()
            .map(|tier| tier.values.iter().find(|(found, _)| found.text == name).map(|(_, dated)| dated))
            .collect()
    }

    /// Does this value of the tiers hold rates?
    pub(super) fn tier_value_is_rate(&self, ladder: LadderId, value: usize) -> bool {
        self.tier_dated(ladder, value).into_iter().flatten().any(|dated| self.dated_is_rate(dated))
    }

    /// A value of the tiers, checked once.
    pub(super) fn tier_values(&mut self, ladder: LadderId, value: usize) -> Option<TierValues> {
        if let Some(known) = self.constants.tiers.get(&(ladder.index(), value)) {
            return known.clone();
        }
        let mut ids = Vec::new();
        let mut first: Option<Value> = None;
        let mut fits = true;
        for dated in self.tier_dated(ladder, value) {
            let found = dated.map(|dated| self.dated(&Context::new(Place::Constant), dated));
            fits &= !matches!(found, Some(None));
            let found = found.flatten();
            ids.push(found.map(|found| found.id));
            if let Some(found) = found {
                match first {
                    None => first = Some(found),
                    Some(first) => fits &= self.unify(first, found, "like in the first tier").is_some(),
                }
            }
        }
        let values = first.filter(|_| fits).map(|first| TierValues { ty: first.ty, ids });
        self.constants.tiers.insert((ladder.index(), value), values.clone());
        values
    }

    /// Checks the members of lists.
    pub(super) fn check_lists(&mut self) {
        for list in self.names.lists.clone() {
            let values: Vec<Value> =
                list.values.iter().filter_map(|value| self.literal(&value.kind, value.span)).collect();
            if let [first, rest @ ..] = values.as_slice() {
                for value in rest {
                    if self.unify(*first, *value, "like the first of the list").is_none() {
                        break;
                    }
                }
            }
        }
    }

    /// Warns of dated or tier values that are unknown to a ladder.
    pub(super) fn unknown_value(&mut self, ladder: LadderId, name: &str, span: Span) {
        let known = self.value_names(ladder).to_vec();
        let ladder = self.names.ladders.get(ladder.index()).map_or("", |found| &found.name.text).to_owned();
        if known.is_empty() {
            self.error(
                Code::UnknownName,
                span,
                format!("unknown name `{name}`, but the tiers of `{ladder}` have no values"),
            )
            .help(format!("write it after each tier: `Gold from 50_000 RUB, {name} 2%`"));
        } else {
            let expected = format!("a value of `{ladder}` ({})", quoted(&known));
            self.unknown(name, span, &expected, known);
        }
    }

    /// The first unit that an amount is written in, itself or in what it names.
    pub(super) fn unit_written(&self, expr: &'a Expr) -> Option<UnitId> {
        let mut seen: BTreeSet<Span> = BTreeSet::new();
        let mut open = vec![expr];
        let mut at = 0;
        while let Some(expr) = open.get(at).copied() {
            at += 1;
            let mut found = None;
            super::unit::units_in(expr, &mut |name| {
                if let (None, Some((Word::Unit(unit), _))) = (found, self.names.words.get(name)) {
                    found = Some(*unit);
                }
            });
            if found.is_some() {
                return found;
            }
            paths(expr, &mut |path| {
                let mut held: Vec<&'a Dated> = Vec::new();
                held.extend(
                    self.param_of(path).and_then(|param| self.names.params.get(param)).map(|param| &param.value),
                );
                if let Some((ladder, value)) = self.tier_value_of(path) {
                    held.extend(self.tier_dated(ladder, value).into_iter().flatten());
                }
                open.extend(held.into_iter().map(|dated| &dated.first).filter(|value| seen.insert(value.span)));
            });
        }
        None
    }
}

/// All values of dated values.
fn values_of(dated: &Dated) -> impl Iterator<Item = &Expr> {
    std::iter::once(&dated.first).chain(dated.later.iter().map(|(value, _)| value))
}

const fn is_written_rate(expr: &Expr) -> bool {
    matches!(expr.kind, ExprKind::Per(..) | ExprKind::Table(_) | ExprKind::Of(..))
}
