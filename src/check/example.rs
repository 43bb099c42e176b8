//! Examples: names and units of their steps, and the conditions they expect, which go into the plan.

use super::Checker;
use super::context::{Context, Place};
use crate::diag::{Code, nearest};
use crate::source::Span;
use crate::syntax::ast::{Example, ExampleFact, ExprKind, Fact, FactPart, Item, Literal, LiteralKind, Name, Step};
use crate::ty::{AttributeType, Scope};
use std::collections::BTreeSet;

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
            self.check_order_of_steps(example);
            self.warn_of_unused_members(example);
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
            // `expect "overdrawn"`: what the fact just before was counted as.
            Step::ExpectState { condition, member, on, .. }
                if matches!(condition.kind, ExprKind::Literal(LiteralKind::Text(_))) =>
            {
                if member.is_some() || on.is_some() {
                    self.error(Code::NotHere, condition.span, "a note is of the fact just before, whosever it was")
                        .help("leave `for` and `on` out");
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

    /// Facts stand in the order of time. A redemption that is part of a purchase happens with it.
    fn check_order_of_steps(&mut self, example: &'a Example) {
        let own = facts(example).filter(|fact| fact.fact != Fact::Redeem || fact.of.is_none());
        let mut latest: Option<&ExampleFact> = None;
        for fact in own {
            let at = |fact: &ExampleFact| (fact.day, fact.time.unwrap_or_default());
            match latest.filter(|latest| at(fact) < at(latest)) {
                None => latest = Some(fact),
                Some(later) => {
                    let message = format!(
                        "this fact of {} stands below one of {}, expected the order of time",
                        moment(fact),
                        moment(later)
                    );
                    self.error(Code::ImpossibleDates, fact.span, message)
                        .label(later.span, "this comes later")
                        .help("move the fact up, or correct its day");
                }
            }
        }
    }

    /// A member who is described is somebody's name misspelt, or facts lack a `by`, if nothing happens to them.
    fn warn_of_unused_members(&mut self, example: &'a Example) {
        let mut named: BTreeSet<&str> = BTreeSet::new();
        for fact in facts(example) {
            named.insert(fact.by.as_ref().map_or(example.subject(), |by| &by.text));
            named.extend(fact.into.iter().chain(&fact.referred_by).map(|name| name.text.as_str()));
        }
        let nameless = facts(example).any(|fact| fact.by.is_none());
        for step in &example.steps {
            let Step::Member(name, ..) = step else { continue };
            if named.contains(name.text.as_str()) {
                continue;
            }
            let help = if nameless {
                format!("facts without `by` are those of `{}`: write `by \"{}\"`", example.subject(), name.text)
            } else {
                let near = nearest(&name.text, named.iter().copied());
                near.map_or_else(|| "leave the member out".to_owned(), |near| format!("did you mean `{near}`?"))
            };
            let message = format!("`{}` is described, but no fact of this example is theirs", name.text);
            self.warning(Code::UnusedMember, name.span, message).help(help);
        }
    }

    fn example_fact(&mut self, fact: &'a ExampleFact) {
        let _ = self.fact_kind(&fact.fact);
        if let Some(reward) = &fact.reward {
            let _ = self.rules_named(reward);
        }
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
            None if columns.contains(&name.text.as_str()) => self.fits_column(name, literal),
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

    /// The value of a column that needs no declaration. `quantity 3 sku "b"` takes `sku` for a unit.
    fn fits_column(&mut self, name: &Name, literal: &Literal) {
        let LiteralKind::Quantity(_, noun) = &literal.kind else { return };
        if name.text == "quantity" {
            let written = self.source.slice(literal.span).to_owned();
            self.error(
                Code::TypeMismatch,
                literal.span,
                format!("found `{written}`, expected a number for `quantity`"),
            )
            .help(format!("write `quantity` last before the amount, or begin a new line before `{}`", noun.text));
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

/// `2026-01-05 15:00`
fn moment(fact: &ExampleFact) -> String {
    fact.time.map_or_else(|| fact.day.to_string(), |time| format!("{} {time}", fact.day))
}

fn facts(example: &Example) -> impl Iterator<Item = &ExampleFact> {
    example.steps.iter().filter_map(|step| if let Step::Fact(fact) = step { Some(fact) } else { None })
}
