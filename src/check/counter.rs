//! Counters, named and inline: `counter night, nights = sum of nights this calendar year`,
//! `spend over the last 12 months`. Inline counters that count the same are one.

use super::Checker;
use super::attribute::value_type;
use super::context::{Context, Place, Value};
use super::graph;
use super::names::{Word, plural};
use crate::diag::Code;
use crate::plan::{self, Counter, CounterId, ExprId, Including, Node, NumField, TextField, Type, Window};
use crate::source::Span;
use crate::syntax::ast::{self, Before, Path};
use crate::ty::{AttributeType, Kind, Scope};

/// What a counter counts, before its window.
#[derive(Debug, Clone)]
struct Core {
    measure: plan::Measure,
    ty: Type,
    filter: Option<ExprId>,
    condition: Option<ExprId>,
    window: Window,
}

impl<'a> Checker<'a> {
    /// Checks the named counters; their ids are their positions.
    pub(super) fn check_counters(&mut self) {
        for found in &self.names.counters {
            self.counters.push(Counter {
                nouns: found.nouns.iter().map(|noun| noun.text.clone()).collect(),
                text: self.source.slice(found.span).to_owned(),
                measure: plan::Measure::Visits,
                filter: None,
                condition: None,
                window: Window::Lifetime,
                restarts: None,
                ty: Type::Number,
            });
        }
        let needs: Vec<Vec<usize>> = self.names.counters.iter().map(|counter| self.counters_in(counter)).collect();
        let sorted = graph::sort(&needs);
        for circle in sorted.circles {
            let Some(counter) = circle.first().and_then(|at| self.names.counters.get(*at)).copied() else { continue };
            let name = plural(&counter.nouns).to_owned();
            self.error(Code::Circle, counter.span, format!("counter `{name}` counts itself"))
                .help("count a fact, not the counter");
        }
        for at in sorted.order {
            self.named_counter(at);
        }
    }

    fn counters_in(&self, counter: &ast::Counter) -> Vec<usize> {
        match &counter.measure {
            ast::Measure::Path(path) => match self.word_of(path) {
                Some(Word::Counter(other)) => vec![other.index()],
                _ => Vec::new(),
            },
            _ => Vec::new(),
        }
    }

    fn named_counter(&mut self, at: usize) {
        let Some(counter) = self.names.counters.get(at).copied() else { return };
        self.reader = format!("counter `{}`", plural(&counter.nouns));
        let context = Context { lifetime: true, ..Context::new(Place::Purchase) };
        let core = self.core(&context, &counter.measure, counter.span);
        let window = counter.window.as_ref().map(|window| self.window(&context, window, counter.span));
        let filter = counter.filter.as_ref().map(|filter| self.counter_filter(core.as_ref(), filter));
        let condition = counter.condition.as_ref().map(|condition| self.counter_condition(core.as_ref(), condition));
        let (Some(core), None | Some(Some(_)), None | Some(Some(_)), None | Some(Some(_))) =
            (core, &window, filter, condition)
        else {
            return;
        };
        let join = |checker: &mut Self, one: Option<ExprId>, two: Option<ExprId>| match (one, two) {
            (Some(one), Some(two)) => Some(checker.node(Node::And(vec![one, two]), Type::Flag, counter.span).id),
            (one, two) => one.or(two),
        };
        let filter = join(self, core.filter, filter.flatten());
        let condition = join(self, core.condition, condition.flatten());
        let ty = match core.ty {
            Type::Number | Type::Counted(_) => Type::Counted(CounterId::new(at)),
            other => other,
        };
        if let Some(found) = self.counters.get_mut(at) {
            found.measure = core.measure;
            found.filter = filter;
            found.condition = condition;
            found.window = window.flatten().unwrap_or(core.window);
            found.ty = ty;
        }
    }

    fn counter_filter(&mut self, core: Option<&Core>, filter: &'a ast::Expr) -> Option<ExprId> {
        let of_lines = core.is_none_or(|core| {
            matches!(
                core.measure,
                plan::Measure::Sum(NumField::Spend(_) | NumField::Quantity | NumField::Line(_))
                    | plan::Measure::Largest(NumField::Spend(_) | NumField::Quantity | NumField::Line(_))
                    | plan::Measure::Distinct(_)
                    | plan::Measure::Visits
            )
        });
        if !of_lines {
            self.error(Code::NotHere, filter.span, "this counter does not count lines, expected no `where`")
                .help("write `if …` for a condition on the fact");
            return None;
        }
        self.where_lines(&mut Context::new(Place::Purchase), filter)
    }

    fn counter_condition(&mut self, core: Option<&Core>, condition: &'a ast::Expr) -> Option<ExprId> {
        let place = match core.map(|core| core.measure) {
            Some(plan::Measure::Actions(_)) => Place::Action,
            Some(plan::Measure::AwardTimes(_) | plan::Measure::Awarded(..) | plan::Measure::Friends) => Place::Moment,
            Some(_) | None => Place::Purchase,
        };
        self.condition(&mut Context::new(place), condition)
    }

    /// A counter in an expression.
    pub(super) fn counter_value(
        &mut self,
        context: &Context,
        measure: &'a ast::Measure,
        window: Option<&'a ast::Window>,
        including: Including,
        span: Span,
    ) -> Option<Value> {
        let text = self.source.slice(span).to_owned();
        self.state(context, &text, span)?;
        let core = self.core(context, measure, span)?;
        let window = match window {
            Some(window) => Some(self.window(context, window, span)?),
            None => None,
        };
        if including == Including::This {
            let of_awards = matches!(core.measure, plan::Measure::AwardTimes(_) | plan::Measure::Awarded(..));
            if of_awards || !context.has_lines() {
                self.error(
                    Code::NotHere,
                    span,
                    "`including this purchase` is for counters of purchases, in a rule on a purchase",
                )
                .help("leave `including this purchase` out");
                return None;
            }
        }
        let named = match measure {
            ast::Measure::Path(path) => self.word_of(path),
            _ => None,
        };
        if let (Some(Word::Counter(counter)), None, None) = (named, &window, context.restarts) {
            return Some(self.node(Node::Counter(counter, including), core.ty, span));
        }
        let window = window.unwrap_or_else(|| core.window.clone());
        let id = self.intern_counter(&core, window, context, text);
        Some(self.node(Node::Counter(id, including), core.ty, span))
    }

    /// A path that means a counter: `visits`, `nights`, or `spend` in `tiers … by`.
    pub(super) fn counter_of_path(&mut self, context: &Context, path: &'a Path, span: Span) -> Option<Value> {
        let text = self.source.slice(span).to_owned();
        self.state(context, &text, span)?;
        let core = self.path_core(path)?;
        if let (Some(Word::Counter(counter)), None) = (self.word_of(path), context.restarts) {
            return Some(self.node(Node::Counter(counter, Including::Before), core.ty, span));
        }
        let id = self.intern_counter(&core, core.window.clone(), context, text);
        Some(self.node(Node::Counter(id, Including::Before), core.ty, span))
    }

    /// The counter that a quantity names: `10 nights`; a copy if it starts again with a ladder.
    pub(super) fn counter_of_quantity(&mut self, context: &Context, counter: CounterId, span: Span) -> Option<Value> {
        let found = self.counters.get(counter.index())?.clone();
        if context.restarts.is_none() {
            return Some(self.node(Node::Counter(counter, Including::Before), found.ty, span));
        }
        let core = core_of(&found);
        let id = self.intern_counter(&core, core.window.clone(), context, found.text);
        Some(self.node(Node::Counter(id, Including::Before), core.ty, span))
    }

    fn intern_counter(&mut self, core: &Core, window: Window, context: &Context, text: String) -> CounterId {
        let counter = Counter {
            nouns: Vec::new(),
            text,
            measure: core.measure,
            filter: core.filter,
            condition: core.condition,
            window,
            restarts: context.restarts,
            ty: core.ty,
        };
        let same = |other: &Counter| {
            other.nouns.is_empty()
                && (other.measure, other.filter, other.condition)
                    == (counter.measure, counter.filter, counter.condition)
                && (&other.window, other.restarts, other.ty) == (&counter.window, counter.restarts, counter.ty)
        };
        let at = self.counters.iter().position(same).unwrap_or_else(|| {
            self.counters.push(counter.clone());
            self.counters.len() - 1
        });
        CounterId::new(at)
    }

    /// The visits that `on the 5th purchase` counts.
    pub(super) fn visits(&mut self, window: Window, text: String) -> CounterId {
        let core = Core {
            measure: plan::Measure::Ordinals,
            ty: Type::Number,
            filter: None,
            condition: None,
            window: Window::Lifetime,
        };
        self.intern_counter(&core, window, &Context::new(Place::Purchase), text)
    }

    fn word_of(&self, path: &Path) -> Option<Word> {
        match path.names.as_slice() {
            [name] => self.names.words.get(name.text.as_str()).map(|(word, _)| *word),
            _ => None,
        }
    }

    fn core(&mut self, context: &Context, measure: &'a ast::Measure, span: Span) -> Option<Core> {
        let (measure, ty) = match measure {
            ast::Measure::Path(path) => return self.path_core(path),
            ast::Measure::Sum(path) => {
                let (field, ty) = self.number_field(path)?;
                (plan::Measure::Sum(field), ty)
            }
            ast::Measure::Largest(path) => {
                let (field, ty) = self.number_field(path)?;
                (plan::Measure::Largest(field), ty)
            }
            ast::Measure::Distinct(path) => (plan::Measure::Distinct(self.text_field(path)?), Type::Number),
            ast::Measure::AwardsOf(rule) => {
                let rule = self.rules_named(rule)?.first().copied()?;
                (plan::Measure::AwardTimes(rule), Type::Number)
            }
            ast::Measure::Actions(action) => (plan::Measure::Actions(self.action_named(action)?), Type::Number),
            ast::Measure::AwardedFrom(path, rule) => {
                let rule = self.rules_named(rule)?.first().copied()?;
                let Some(Word::Unit(unit)) = self.word_of(path) else {
                    let text = self.source.slice(path.span).to_owned();
                    self.error(Code::WrongKind, path.span, format!("found `{text}`, expected a unit before `from`"));
                    return None;
                };
                (plan::Measure::Awarded(unit, Some(rule)), Type::Units(unit))
            }
        };
        let _ = (context, span);
        Some(Core { measure, ty, filter: None, condition: None, window: Window::Lifetime })
    }

    fn path_core(&mut self, path: &'a Path) -> Option<Core> {
        let plain = |measure, ty| Some(Core { measure, ty, filter: None, condition: None, window: Window::Lifetime });
        let text = self.source.slice(path.span).to_owned();
        let words: Vec<&str> = path.names.iter().map(|name| name.text.as_str()).collect();
        match words.as_slice() {
            ["spend"] | ["receipt", "spend"] => {
                self.money_read.get_or_insert(path.span);
                return plain(plan::Measure::Sum(NumField::Spend(path.before)), Type::Money);
            }
            ["amount"] | ["receipt", "amount"] => {
                return plain(plan::Measure::Sum(NumField::Spend(Some(Before::Discounts))), Type::Money);
            }
            ["visits"] => return plain(plan::Measure::Visits, Type::Number),
            ["returns"] => return plain(plan::Measure::Returns, Type::Number),
            ["friends"] => {
                self.one_book = true;
                return plain(plan::Measure::Friends, Type::Number);
            }
            _ => {}
        }
        match self.word_of(path) {
            Some(Word::Unit(unit)) => plain(plan::Measure::Awarded(unit, None), Type::Units(unit)),
            Some(Word::Counter(counter)) => {
                self.read.insert(format!("counter {}", counter.index()));
                self.counters.get(counter.index()).map(core_of)
            }
            Some(word) => {
                let found = word.kind();
                self.error(
                    Code::WrongKind,
                    path.span,
                    format!("`{text}` is {found}, expected something that is counted over a period"),
                );
                None
            }
            None if words.last().is_some_and(|word| self.names.attributes.keys().any(|(_, name)| name == word)) => {
                self.error(
                    Code::WrongKind,
                    path.span,
                    format!("`{text}` is an attribute, expected what to do with it over a period"),
                )
                .help(format!("write `sum of {text}`, `largest of {text}` or `count of distinct {text}`"));
                None
            }
            None => {
                let known: Vec<&str> = ["spend", "visits", "returns", "friends"]
                    .into_iter()
                    .chain(
                        self.names
                            .words
                            .iter()
                            .filter(|(_, (word, _))| matches!(word, Word::Unit(_) | Word::Counter(_)))
                            .map(|(name, _)| *name),
                    )
                    .collect();
                self.unknown(&text, path.span, "something that is counted over a period", known);
                None
            }
        }
    }

    /// The number that `sum of` and `largest of` add up.
    fn number_field(&mut self, path: &'a Path) -> Option<(NumField, Type)> {
        let words: Vec<&str> = path.names.iter().map(|name| name.text.as_str()).collect();
        match words.as_slice() {
            ["spend"] | ["receipt", "spend"] => return Some((NumField::Spend(path.before), Type::Money)),
            ["amount"] => return Some((NumField::Spend(Some(Before::Discounts)), Type::Money)),
            ["quantity"] => return Some((NumField::Quantity, Type::Number)),
            _ => {}
        }
        let (scope, slot, kind) = self.data_field(path, "a number or money of the data")?;
        match (scope, kind) {
            (Scope::Line, AttributeType::Number | AttributeType::Money) => {
                Some((NumField::Line(slot), value_type(kind)))
            }
            (Scope::Receipt, AttributeType::Number | AttributeType::Money) => {
                Some((NumField::Receipt(slot), value_type(kind)))
            }
            (Scope::Action, AttributeType::Number | AttributeType::Money) => {
                Some((NumField::Action(slot), value_type(kind)))
            }
            _ => {
                let text = self.source.slice(path.span).to_owned();
                let found = self.type_name(value_type(kind));
                self.error(
                    Code::TypeMismatch,
                    path.span,
                    format!("`{text}` is {found}, expected a number or money to add up"),
                )
                .help(format!("write `count of distinct {text}`"));
                None
            }
        }
    }

    fn text_field(&mut self, path: &'a Path) -> Option<TextField> {
        if let [name] = path.names.as_slice()
            && name.text == "sku"
        {
            return Some(TextField::Sku);
        }
        let (scope, slot, kind) = self.data_field(path, "a text of the data")?;
        match (scope, kind) {
            (Scope::Line, AttributeType::Text) => Some(TextField::Line(slot)),
            (Scope::Receipt, AttributeType::Text) => Some(TextField::Receipt(slot)),
            _ => {
                let text = self.source.slice(path.span).to_owned();
                let found = self.type_name(value_type(kind));
                self.error(
                    Code::TypeMismatch,
                    path.span,
                    format!("`{text}` is {found}, expected a text of a line or a receipt"),
                );
                None
            }
        }
    }

    fn data_field(&mut self, path: &'a Path, expected: &str) -> Option<(Scope, usize, AttributeType)> {
        let (scopes, name): (Vec<Scope>, &ast::Name) = match path.names.as_slice() {
            [name] => (vec![Scope::Line, Scope::Receipt, Scope::Action], name),
            [scope, name] if super::attribute::scope_of(&scope.text).is_some() => {
                (super::attribute::scope_of(&scope.text).into_iter().collect(), name)
            }
            other => {
                let name = other.first()?;
                self.unknown(&name.text, path.span, expected, []);
                return None;
            }
        };
        let found = scopes.into_iter().find_map(|scope| {
            self.names.attributes.get(&(scope, name.text.as_str())).map(|(slot, decl)| (scope, *slot, decl.kind))
        });
        let Some((scope, slot, kind)) = found else {
            let known: Vec<&str> =
                self.names.attributes.keys().map(|(_, name)| *name).chain(["spend", "quantity", "sku"]).collect();
            self.unknown(&name.text, name.span, expected, known);
            return None;
        };
        self.note_read(scope, slot);
        Some((scope, slot, kind?))
    }

    /// The kind of a fact as data name it.
    pub(super) fn fact_kind(&mut self, fact: &ast::Fact) -> Option<(Kind, Option<usize>)> {
        Some(match fact {
            ast::Fact::Purchase => (Kind::Purchase, None),
            ast::Fact::Return => (Kind::Return, None),
            ast::Fact::Join => (Kind::Join, None),
            ast::Fact::Action(name) => (Kind::Action, Some(self.action_named(name)?)),
            ast::Fact::Redeem => (Kind::Redeem, None),
            ast::Fact::Merge => (Kind::Merge, None),
            ast::Fact::Adjust => (Kind::Adjust, None),
            ast::Fact::Leave => (Kind::Leave, None),
        })
    }
}

fn core_of(counter: &Counter) -> Core {
    Core {
        measure: counter.measure,
        ty: counter.ty,
        filter: counter.filter,
        condition: counter.condition,
        window: counter.window.clone(),
    }
}
