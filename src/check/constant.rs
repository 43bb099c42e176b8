//! Fixed values: parameters, dated values, the values of tiers, lists.
//!
//! `param rate = 2, 1 from 2015-04-11` is a value by day. A rate (`1 bean per full 20 RUB`, a table) is
//! no value: a parameter that holds one is worked into the award that names it.

use super::Checker;
use super::context::{Context, Place, Value};
use super::names::Word;
use super::report::quoted;
use super::walk::{dated_paths, paths};
use crate::diag::Code;
use crate::plan::{ExprId, LadderId, Node, Type};
use crate::source::Span;
use crate::syntax::ast::{Dated, Expr, ExprKind, Measure, Path};
use crate::time::Day;
use std::collections::{BTreeMap, BTreeSet};

/// What has been worked out of fixed values.
#[derive(Debug, Default)]
pub(super) struct Constants {
    params: BTreeMap<usize, Option<Value>>,
    circles: BTreeSet<usize>,
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
        for start in 0..count {
            if self.constants.circles.contains(&start) {
                continue;
            }
            if let Some(circle) = circle_from(start, &needs) {
                let names: Vec<&str> = circle
                    .iter()
                    .chain(circle.first())
                    .filter_map(|at| self.names.params.get(*at))
                    .map(|param| param.name.text.as_str())
                    .collect();
                let way = names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" → ");
                let span = self.names.params.get(start).map_or(Span::default(), |param| param.name.span);
                self.error(Code::Circle, span, format!("parameters need each other: {way}"))
                    .help("give one of them a value of its own");
                self.constants.circles.extend(circle);
            }
        }
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
        self.is_rate_within(expr, 16)
    }

    fn is_rate_within(&self, expr: &Expr, depth: u8) -> bool {
        match &expr.kind {
            ExprKind::Per(..) | ExprKind::Table(_) | ExprKind::Of(..) => true,
            ExprKind::Counted { measure: Measure::Path(path), window: None, .. } if depth > 0 => {
                if let Some((ladder, value)) = self.tier_value_of(path) {
                    return self
                        .tier_dated(ladder, value)
                        .iter()
                        .flatten()
                        .any(|dated| self.dated_is_rate(dated, depth - 1));
                }
                self.param_of(path)
                    .and_then(|param| self.names.params.get(param))
                    .is_some_and(|param| self.dated_is_rate(&param.value, depth - 1))
            }
            _ => false,
        }
    }

    fn dated_is_rate(&self, dated: &Dated, depth: u8) -> bool {
        std::iter::once(&dated.first)
            .chain(dated.later.iter().map(|(value, _)| value))
            .any(|value| self.is_rate_within(value, depth))
    }

    /// Checks every parameter, read or not.
    pub(super) fn check_params(&mut self) {
        for at in 0..self.names.params.len() {
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
        let value = if self.dated_is_rate(&param.value, 16) {
            None
        } else {
            self.dated(&Context::new(Place::Constant), &param.value)
        };
        self.reader = reader;
        self.constants.params.insert(at, value);
        value
    }

    /// The value of a parameter where it is named.
    pub(super) fn param_value(&mut self, at: usize, span: Span) -> Option<Value> {
        let param = self.names.params.get(at).copied()?;
        self.read.insert(format!("param {}", param.name.text));
        if self.dated_is_rate(&param.value, 16) {
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
    pub(super) fn value_names(&self, ladder: LadderId) -> Vec<&'a str> {
        let mut names: Vec<&'a str> = Vec::new();
        for tier in self.names.ladders.get(ladder.index()).map_or(&[] as &[_], |found| &found.tiers) {
            for (name, _) in &tier.values {
                if !names.contains(&name.text.as_str()) {
                    names.push(&name.text);
                }
            }
        }
        names
    }

    /// `status.extra`: the ladder and the value's position.
    pub(super) fn tier_value_of(&self, path: &Path) -> Option<(LadderId, usize)> {
        let [ladder, value] = path.names.as_slice() else { return None };
        let (Word::Ladder(ladder), _) = *self.names.words.get(ladder.text.as_str())? else { return None };
        let at = self.value_names(ladder).iter().position(|name| *name == value.text)?;
        Some((ladder, at))
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
        self.tier_dated(ladder, value).into_iter().flatten().any(|dated| self.dated_is_rate(dated, 16))
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
        let known = self.value_names(ladder);
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

    /// Calls for each path of an expression and of the parameters it names.
    pub(super) fn units_written(&self, expr: &Expr, depth: u8, found: &mut Vec<crate::plan::UnitId>) {
        super::unit::units_in(expr, &mut |name| {
            if let Some((Word::Unit(unit), _)) = self.names.words.get(name) {
                found.push(*unit);
            }
        });
        if depth == 0 {
            return;
        }
        let mut held: Vec<&Dated> = Vec::new();
        paths(expr, &mut |path| {
            held.extend(self.param_of(path).and_then(|param| self.names.params.get(param)).map(|param| &param.value));
            if let Some((ladder, value)) = self.tier_value_of(path) {
                held.extend(self.tier_dated(ladder, value).into_iter().flatten());
            }
        });
        for dated in held {
            self.units_written(&dated.first, depth - 1, found);
        }
    }
}

/// A circle that leads from one back to itself.
pub(super) fn circle_from(start: usize, needs: &[Vec<usize>]) -> Option<Vec<usize>> {
    let mut way = vec![(start, 0)];
    let mut seen = BTreeSet::from([start]);
    while let Some((at, next)) = way.last_mut() {
        let Some(to) = needs.get(*at).and_then(|list| list.get(*next)).copied() else {
            way.pop();
            continue;
        };
        *next += 1;
        if to == start {
            return Some(way.into_iter().map(|(at, _)| at).collect());
        }
        if seen.insert(to) {
            way.push((to, 0));
        }
    }
    None
}
