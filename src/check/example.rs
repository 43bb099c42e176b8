//! Examples: names and units of their steps, and the conditions they expect, which go into the plan.

use super::Checker;
use super::context::{Context, Place};
use crate::diag::Code;
use crate::source::Span;
use crate::syntax::ast::{ExampleFact, Fact, FactPart, Item, Literal, LiteralKind, Name, Step};
use crate::ty::{AttributeType, Scope};

/// Columns of lines that need no declaration.
const LINE_COLUMNS: &[&str] = &["sku", "quantity", "price", "discount"];

impl<'a> Checker<'a> {
    pub(super) fn check_examples(&mut self) {
        for item in &self.file.items {
            let Item::Example(example) = item else { continue };
            // What only an example reads is read by nobody.
            let (schema, read) = (self.schema.clone(), self.read.clone());
            self.reader = format!("example \"{}\"", example.name.text);
            for step in &example.steps {
                self.step(step);
            }
            (self.schema, self.read) = (schema, read);
        }
    }

    fn step(&mut self, step: &'a Step) {
        match step {
            Step::Member(_, pairs, _) => {
                for (name, literal) in pairs.iter().filter(|(name, _)| name.text != "joined") {
                    self.pair(&[Scope::Member], &["joined"], name, literal);
                }
            }
            Step::Fact(fact) => self.example_fact(fact),
            Step::ExpectAward(expect) => {
                if self.literal(&expect.quantity.kind, expect.quantity.span).is_some()
                    && !matches!(expect.quantity.kind, LiteralKind::Quantity(..))
                {
                    self.error(
                        Code::UnitMismatch,
                        expect.quantity.span,
                        "found a bare number, expected so many of a unit",
                    )
                    .help("write `expect 100 beans`");
                }
                if let Some(rule) = &expect.rule {
                    let _ = self.rules_named(rule);
                }
            }
            Step::ExpectState { condition, .. } => {
                let mut context = Context::new(Place::Moment);
                if let Some(id) = self.condition(&mut context, condition) {
                    self.expectations.push((condition.span, id));
                }
            }
        }
    }

    fn example_fact(&mut self, fact: &'a ExampleFact) {
        let _ = self.fact_kind(&fact.fact);
        if let Some(quantity) = &fact.quantity {
            let _ = self.literal(&quantity.kind, quantity.span);
        }
        let scopes: &[Scope] = match fact.fact {
            Fact::Action(_) => &[Scope::Action],
            _ => &[Scope::Line, Scope::Receipt],
        };
        for part in fact.parts.iter().flatten() {
            match part {
                FactPart::Pair(name, literal) => self.pair(scopes, LINE_COLUMNS, name, literal),
                FactPart::Amount(literal) => {
                    let value = self.literal(&literal.kind, literal.span);
                    if let Some(value) = value
                        && value.ty != crate::plan::Type::Money
                    {
                        self.mismatch(value, "the money of a line");
                    }
                }
            }
        }
    }

    fn pair(&mut self, scopes: &[Scope], columns: &[&str], name: &Name, literal: &Literal) {
        let found = scopes
            .iter()
            .find_map(|scope| self.names.attributes.get(&(*scope, name.text.as_str())).map(|(_, decl)| decl.kind));
        match found {
            Some(Some(kind)) => self.fits_attribute(kind, name, literal),
            Some(None) => {}
            None if columns.contains(&name.text.as_str()) => {}
            None if matches!(self.names.words.get(name.text.as_str()), Some((super::names::Word::Unit(_), _))) => {}
            None => {
                let known: Vec<&str> = self
                    .names
                    .attributes
                    .keys()
                    .filter(|(scope, _)| scopes.contains(scope))
                    .map(|(_, name)| *name)
                    .chain(columns.iter().copied())
                    .collect();
                self.unknown(&name.text, name.span, "an attribute declared in `data`", known);
            }
        }
    }

    fn fits_attribute(&mut self, kind: AttributeType, name: &Name, literal: &Literal) {
        let money = self.names.currency.map(|currency| currency.text.as_str());
        let fits = match (&literal.kind, kind) {
            (LiteralKind::Text(_), AttributeType::Text)
            | (LiteralKind::Number(_), AttributeType::Number | AttributeType::Money)
            | (LiteralKind::Date(_), AttributeType::Date)
            | (LiteralKind::Time(_), AttributeType::Time)
            | (LiteralKind::Flag(_), AttributeType::Flag) => true,
            (LiteralKind::Quantity(_, unit), AttributeType::Money) => money == Some(unit.text.as_str()),
            _ => false,
        };
        if !fits {
            self.say_unfit(kind, name, literal.span);
        }
    }

    fn say_unfit(&mut self, kind: AttributeType, name: &Name, span: Span) {
        let expected = self.type_name(super::attribute::value_type(kind));
        let written = self.source.slice(span).to_owned();
        self.error(Code::TypeMismatch, span, format!("found `{written}`, expected {expected} for `{}`", name.text));
    }
}
