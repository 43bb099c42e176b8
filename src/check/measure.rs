//! Measures of one's own: `measure "Cost per active Gold" = status.Gold.cost / status.Gold.active`.

use super::Checker;
use super::names::Word;
use crate::diag::Code;
use crate::plan::{Counted, Figure, OwnMeasure, Slice, UnitFigure, UnitId};
use crate::source::Span;
use crate::syntax::ast::{self, ExprKind, Item, LiteralKind, Measure, Name};
use crate::value::Exact;
use std::collections::BTreeMap;

/// What is counted of members and money.
const FIGURES: [(&str, Figure); 10] = [
    ("members", Figure::Members),
    ("active", Figure::Active),
    ("joined", Figure::Joined),
    ("purchases", Figure::Purchases),
    ("returns", Figure::Returns),
    ("revenue", Figure::Revenue),
    ("cost", Figure::Cost),
    ("discounts", Figure::Discounts),
    ("liability", Figure::Liability),
    ("times", Figure::Times),
];

/// What is counted of a unit.
const OF_UNIT: [(&str, UnitFigure); 6] = [
    ("earned", UnitFigure::Earned),
    ("reversed", UnitFigure::Reversed),
    ("redeemed", UnitFigure::Redeemed),
    ("expired", UnitFigure::Expired),
    ("adjusted", UnitFigure::Adjusted),
    ("balance", UnitFigure::Balance),
];

impl<'a> Checker<'a> {
    /// The measures that are right, in order of name.
    pub(super) fn check_measures(&mut self) -> Vec<OwnMeasure> {
        let file = self.file;
        let mut all: BTreeMap<&'a str, (Span, OwnMeasure)> = BTreeMap::new();
        for item in &file.items {
            let Item::Measure(measure) = item else { continue };
            let value = self.counted_value(&measure.value);
            if let Some((first, _)) = all.get(measure.name.text.as_str()) {
                let first = *first;
                self.duplicate("measure", &measure.name, first);
            } else if let Some(value) = value {
                let own = OwnMeasure { name: measure.name.text.clone(), value };
                all.insert(&measure.name.text, (measure.name.span, own));
            }
        }
        all.into_values().map(|(_, measure)| measure).collect()
    }

    fn counted_value(&mut self, expr: &'a ast::Expr) -> Option<Counted> {
        match &expr.kind {
            ExprKind::Literal(LiteralKind::Number(number)) => Some(Counted::Number(*number)),
            ExprKind::Literal(LiteralKind::Percent(percent)) => {
                percent.over(Exact::whole(100)).ok().map(Counted::Number)
            }
            ExprKind::Counted { measure: Measure::Path(path), window: None, including: false }
                if path.before.is_none() =>
            {
                self.figure(&path.names, expr.span)
            }
            ExprKind::Counted { measure: Measure::AwardedFrom(path, rule), window: None, including: false } => {
                self.figure_of_rule(&path.names, rule, expr.span)
            }
            ExprKind::Sum(terms) => {
                let terms: Vec<_> = terms.iter().map(|(sign, term)| Some((*sign, self.counted_value(term)?))).collect();
                Some(Counted::Sum(terms.into_iter().collect::<Option<_>>()?))
            }
            ExprKind::Product(factors) => {
                let factors: Vec<_> =
                    factors.iter().map(|(sign, factor)| Some((*sign, self.counted_value(factor)?))).collect();
                Some(Counted::Product(factors.into_iter().collect::<Option<_>>()?))
            }
            ExprKind::Negative(of) => Some(Counted::Negative(Box::new(self.counted_value(of)?))),
            _ => {
                let found = self.source.slice(expr.span).to_owned();
                self.error(Code::WrongKind, expr.span, format!("found `{found}`, expected what a run counts"))
                    .help("a measure is arithmetic over `cost`, `revenue`, `active`, `beans.earned`, `status.Gold.cost`, numbers and percentages");
                None
            }
        }
    }

    /// `cost from "Base"`, `times from "Base"`, `beans from "Base"`
    fn figure_of_rule(&mut self, names: &'a [Name], rule: &'a Name, span: Span) -> Option<Counted> {
        if !self.file.left_out.contains(&rule.text) {
            self.rules_named(rule)?;
        }
        let figure = match names {
            [name] => match of_members(&name.text) {
                Some(figure @ (Figure::Cost | Figure::Times)) => Some(figure),
                Some(_) => None,
                None => self.of_unit(&name.text, "earned"),
            },
            _ => None,
        };
        let Some(figure) = figure else {
            let written = names.iter().map(|name| name.text.as_str()).collect::<Vec<_>>().join(".");
            self.error(Code::WrongKind, span, format!("found `{written}`, expected what is counted of a rule"))
                .help("write `cost from \"Base\"`, `times from \"Base\"`, or a unit: `beans from \"Base\"`");
            return None;
        };
        Some(Counted::Of(Slice::Rule(rule.text.clone()), figure))
    }

    fn figure(&mut self, names: &'a [Name], span: Span) -> Option<Counted> {
        let texts: Vec<&'a str> = names.iter().map(|name| name.text.as_str()).collect();
        if let [name] = texts.as_slice()
            && let Some(figure) = of_members(name)
        {
            return Some(Counted::Of(Slice::All, figure));
        }
        if let [unit, name] = texts.as_slice()
            && let Some(figure) = self.of_unit(unit, name)
        {
            return Some(Counted::Of(Slice::All, figure));
        }
        if let [ladder, tier, rest @ ..] = texts.as_slice()
            && let Some((Word::Ladder(ladder), _)) = self.names.words.get(ladder).copied()
        {
            let at = self.names.tiers.get(tier).and_then(|all| all.iter().find(|(of, ..)| *of == ladder));
            let slice = at.map(|(_, tier, _)| Slice::Tier(ladder, *tier));
            let figure = match rest {
                [name] => of_members(name),
                [unit, name] => self.of_unit(unit, name),
                _ => None,
            };
            if let (Some(slice), Some(figure)) = (slice, figure) {
                return Some(Counted::Of(slice, figure));
            }
        }
        self.unknown_figure(&texts.join("."), span);
        None
    }

    fn of_unit(&self, unit: &str, name: &str) -> Option<Figure> {
        let (word, _) = self.names.words.get(unit)?;
        let Word::Unit(unit) = word else { return None };
        let unit: UnitId = *unit;
        OF_UNIT.iter().find(|(known, _)| *known == name).map(|(_, figure)| Figure::Units(unit, *figure))
    }

    fn unknown_figure(&mut self, written: &str, span: Span) {
        let mut known: Vec<String> = FIGURES.iter().map(|(name, _)| (*name).to_owned()).collect();
        for unit in &self.names.units {
            let key = super::names::plural(&unit.nouns);
            known.extend(OF_UNIT.iter().map(|(name, _)| format!("{key}.{name}")));
        }
        let help = "write `cost`, `revenue`, `active`, `beans.earned`; `status.Gold.cost` of a tier; `cost from \"Base\"` of a rule";
        let known = known.iter().map(String::as_str);
        self.unknown_or(written, span, "what a run counts", known, help.to_owned());
    }
}

fn of_members(name: &str) -> Option<Figure> {
    FIGURES.iter().find(|(known, _)| *known == name).map(|(_, figure)| *figure)
}
