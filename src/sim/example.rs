//! Example blocks at work: a small history of its own, and what it must come to.
//!
//! `example "double at New Year" { on 2026-12-20 purchase { 1_000 RUB }  expect 100 beans }` runs
//! through the same book as any history. A check that fails says what was expected, what came, and
//! what became of each rule on the fact before it.

use super::explained::told;
use super::literal::{amount, datum, defaults, kind_of, quantity, set};
use super::seen::Seen;
use crate::eval::{Book, BookOptions, Fault};
use crate::ledger::{Entry, EntryKind, Note, Sink};
use crate::plan::{Plan, RuleId, UnitId};
use crate::source::Span;
use crate::syntax::ast::{
    Example, ExampleFact, ExpectAward, Expr, ExprKind, Fact, FactPart, File, Item, Literal, LiteralKind, Name, Step,
};
use crate::time::{Day, Moment, TimeOfDay};
use crate::ty::event::{Datum, Discounts, RowPlace};
use crate::ty::{Event, Kind, Line, Member, Redemption, Seq, Text};
use crate::value::{Amount, Exact};
use std::sync::Arc;

/// What became of an example.
#[derive(Debug, Clone, PartialEq)]
pub struct ExampleResult {
    /// Its name.
    pub name: String,
    /// Where it stands.
    pub span: Span,
    /// How many expectations held.
    pub held: usize,
    /// Those that did not.
    pub failures: Vec<Failure>,
    /// What its facts set off, for coverage.
    pub seen: Seen,
}

/// An expectation that did not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Where it stands.
    pub span: Span,
    /// What was expected.
    pub expected: String,
    /// What came.
    pub got: String,
    /// What became of each rule on the fact before: `Base: gave 40 beans`, `Birthday: outside-period`.
    pub why: Vec<String>,
}

/// Runs the examples of a file that was checked without errors.
pub fn run_examples(plan: &Arc<Plan>, file: &File) -> Vec<ExampleResult> {
    let examples =
        file.items.iter().filter_map(|item| if let Item::Example(example) = item { Some(example) } else { None });
    examples.map(|example| Stage::new(plan, example).run()).collect()
}

/// One row that a fact wrote.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) member: String,
    pub(super) rule: Option<RuleId>,
    pub(super) unit: UnitId,
    pub(super) amount: Amount,
    opens: Option<Day>,
    expires: Option<Day>,
}

/// Listens to the rows of one fact.
struct Listener<'a> {
    id: &'a str,
    rows: Vec<Row>,
    discounts: Vec<(RuleId, Amount)>,
    notes: Vec<Note>,
    /// The rules that gave, also at the midnights before the fact.
    fired: Vec<RuleId>,
}

impl<'a> Listener<'a> {
    const fn of(id: &'a str) -> Self {
        Self { id, rows: Vec::new(), discounts: Vec::new(), notes: Vec::new(), fired: Vec::new() }
    }
}

impl Sink for Listener<'_> {
    fn discount(&mut self, rule: RuleId, _: Amount, given: Amount) {
        self.discounts.push((rule, given));
        self.fired.push(rule);
    }

    fn note(&mut self, note: Note) {
        self.notes.push(note);
    }

    fn entry(&mut self, entry: &Entry<'_>) {
        self.fired.extend(entry.rule);
        let of_fact = entry.event == self.id && !self.id.is_empty();
        if of_fact && matches!(entry.kind, EntryKind::Earn | EntryKind::Reverse) {
            self.rows.push(Row {
                member: entry.member.to_owned(),
                rule: entry.rule,
                unit: entry.unit,
                amount: entry.amount,
                opens: entry.opens,
                expires: entry.expires,
            });
        }
    }
}

/// One example on its way.
pub(super) struct Stage<'a> {
    plan: &'a Arc<Plan>,
    example: &'a Example,
    pub(super) book: Book,
    last: Option<Moment>,
    /// What the last fact gave.
    pub(super) rows: Vec<Row>,
    /// Money that rewards took off.
    pub(super) discounts: Vec<(RuleId, Amount)>,
    why: Vec<String>,
    pub(super) notes: Vec<&'static str>,
    held: usize,
    failures: Vec<Failure>,
    pub(super) seen: Seen,
}

impl<'a> Stage<'a> {
    pub(super) fn new(plan: &'a Arc<Plan>, example: &'a Example) -> Self {
        Self {
            plan,
            example,
            book: Book::new(Arc::clone(plan), BookOptions { named_lots: true, strict: false }),
            last: None,
            rows: Vec::new(),
            discounts: Vec::new(),
            why: Vec::new(),
            notes: Vec::new(),
            held: 0,
            failures: Vec::new(),
            seen: Seen::default(),
        }
    }

    fn run(mut self) -> ExampleResult {
        for (at, step) in self.example.steps.iter().enumerate() {
            match step {
                Step::Member(name, pairs, _) => self.member(name, pairs),
                Step::Fact(fact) => {
                    if let Err(fault) = self.fact(fact, at) {
                        self.fail(fact.span, "the fact to be applied".to_owned(), fault.to_string());
                        break;
                    }
                }
                Step::ExpectAward(expected) => self.expect_award(expected),
                Step::ExpectState {
                    condition: Expr { kind: ExprKind::Literal(LiteralKind::Text(code)), span },
                    ..
                } => {
                    self.expect_note(code, *span);
                }
                Step::ExpectState { condition, member, on, span } => {
                    if let Err(fault) = self.expect_state(condition.span, member.as_ref(), *on, *span) {
                        self.fail(*span, "the expectation to be worked out".to_owned(), fault.to_string());
                    }
                }
            }
        }
        ExampleResult {
            name: self.example.name.text.clone(),
            span: self.example.span,
            held: self.held,
            failures: self.failures,
            seen: self.seen,
        }
    }

    /// Goes one step on, whatever is expected.
    pub(super) fn go(&mut self, at: usize) -> Result<(), Fault> {
        match self.example.steps.get(at) {
            Some(Step::Member(name, pairs, _)) => self.member(name, pairs),
            Some(Step::Fact(fact)) => self.fact(fact, at)?,
            Some(Step::ExpectAward(_) | Step::ExpectState { .. }) | None => {}
        }
        Ok(())
    }

    fn fail(&mut self, span: Span, expected: String, got: String) {
        self.failures.push(Failure { span, expected, got, why: self.why.clone() });
    }

    fn member(&mut self, name: &Name, pairs: &[(Name, Literal)]) {
        let plan = Arc::clone(self.plan);
        let mut member = Member { name: name.text.clone(), joined: None, values: defaults(&plan.schema.member) };
        for (key, literal) in pairs {
            if key.text == "joined" {
                member.joined = if let LiteralKind::Date(day) = literal.kind { Some(day) } else { None };
            } else if let Some(slot) = plan.schema.member.iter().position(|attribute| attribute.name == key.text)
                && let Some(value) = member.values.get_mut(slot)
            {
                *value = datum(literal, self.book.texts_mut());
            }
        }
        self.book.add_member(&member);
    }

    fn fact(&mut self, fact: &ExampleFact, at: usize) -> Result<(), Fault> {
        let bears_purchase = fact.fact == Fact::Redeem
            && fact.into.is_none()
            && fact.of.as_ref().is_some_and(|of| self.purchase_of(fact, of));
        self.rows.clear();
        self.discounts.clear();
        self.why.clear();
        self.notes.clear();
        if bears_purchase {
            return Ok(());
        }
        let event = self.event(fact, at);
        let explanation = self.book.explain(&event)?;
        self.why = told(self.plan, &explanation);
        let mut listener = Listener::of(&event.id);
        self.book.apply(&event, &mut listener)?;
        self.rows = listener.rows;
        let gave = self.rows.iter().filter_map(|row| Some((row.rule?, row.amount)));
        self.seen.fact(&explanation, gave.chain(listener.discounts.iter().copied()), listener.fired);
        self.seen.standing(&self.book);
        self.discounts = listener.discounts;
        self.last = Some(event.at);
        self.notes = listener.notes.iter().map(|note| note.code()).collect();
        let notes = listener.notes.iter().filter(|note| **note != Note::AlreadyCounted);
        let noted: Vec<String> = notes.flat_map(|note| self.noted(*note, fact, at)).collect();
        self.why.extend(noted);
        Ok(())
    }

    /// What a fact was counted as beside its rows: `unmatched-return`, with what could have been meant.
    fn noted(&self, note: Note, fact: &ExampleFact, at: usize) -> Vec<String> {
        let code = note.code();
        if note != Note::UnmatchedReturn {
            return vec![code.to_owned()];
        }
        let who = self.who(fact);
        let meant = fact.of.as_ref().map_or(String::new(), |of| format!(" of \"{}\"", of.text));
        let sales =
            self.facts().filter(|(step, sale)| *step < at && sale.fact == Fact::Purchase && self.who(sale) == who);
        let known: Vec<String> = sales.map(|(step, sale)| format!("\"{}\"", self.receipt(sale, step))).collect();
        let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
        vec![format!("{code}: no line{meant} of this sku is left"), format!("receipts of \"{who}\" before it: {known}")]
    }

    /// Is there a purchase of this number, by the same member, that a redemption is part of?
    fn purchase_of(&self, redemption: &ExampleFact, of: &Name) -> bool {
        self.facts().any(|(at, fact)| {
            fact.fact == Fact::Purchase && self.receipt(fact, at) == of.text && self.who(fact) == self.who(redemption)
        })
    }

    fn who<'f>(&self, fact: &'f ExampleFact) -> &'f str
    where
        'a: 'f,
    {
        fact.by.as_ref().map_or(self.example.subject(), |name| name.text.as_str())
    }

    fn facts(&self) -> impl Iterator<Item = (usize, &'a ExampleFact)> + '_ {
        let steps = self.example.steps.iter().enumerate();
        steps.filter_map(|(at, step)| if let Step::Fact(fact) = step { Some((at, fact)) } else { None })
    }

    /// A receipt's number: its name, or its place among the purchases and returns.
    fn receipt(&self, fact: &ExampleFact, at: usize) -> String {
        if let Some(name) = &fact.receipt {
            return name.text.clone();
        }
        let before =
            self.facts().filter(|(step, other)| *step <= at && matches!(other.fact, Fact::Purchase | Fact::Return));
        before.count().to_string()
    }

    fn event(&mut self, fact: &ExampleFact, at: usize) -> Event {
        let plan = Arc::clone(self.plan);
        let kind = kind_of(&fact.fact);
        let receipt =
            if matches!(kind, Kind::Purchase | Kind::Return) { self.receipt(fact, at).into() } else { Text::default() };
        let action = if let Fact::Action(name) = &fact.fact {
            plan.schema.actions.iter().position(|known| *known == name.text)
        } else {
            None
        };
        let quantity = fact.quantity.as_ref().and_then(|literal| quantity(&plan, literal, fact.reward.as_ref()));
        let text = |name: &Option<Name>| name.as_ref().map(|name| name.text.as_str().into()).unwrap_or_default();
        let attributes = if kind == Kind::Action { &plan.schema.action } else { &plan.schema.receipt };
        let mut event = Event {
            kind,
            at: plan.zone.at(fact.day, fact.time.unwrap_or_default()),
            seq: i64::try_from(at).ok().and_then(Seq::new),
            id: if receipt.is_empty() { format!("step {}", at + 1).into() } else { receipt.clone() },
            member: self.who(fact).into(),
            of: text(&fact.of),
            values: defaults(attributes),
            redeemed: quantity.filter(|_| kind == Kind::Redeem).into_iter().collect(),
            adjusted: quantity.filter(|_| kind == Kind::Adjust),
            action,
            referred_by: text(&fact.referred_by),
            into: text(&fact.into),
            place: RowPlace { file: 1, row: u64::try_from(at).unwrap_or(0) },
            receipt,
            ..Event::default()
        };
        self.fill(&mut event, fact.parts.as_deref().unwrap_or_default());
        if kind == Kind::Purchase {
            event.redeemed = self.redeemed_on(fact, at);
        }
        event.sort_lines(&plan.schema, self.book.texts_mut());
        event
    }

    /// The redemptions that bear a purchase's number, wherever they stand.
    fn redeemed_on(&self, purchase: &ExampleFact, at: usize) -> Vec<Redemption> {
        let number = self.receipt(purchase, at);
        let own = self.facts().filter(|(_, fact)| {
            fact.fact == Fact::Redeem
                && fact.into.is_none()
                && fact.of.as_ref().is_some_and(|of| of.text == number)
                && self.who(fact) == self.who(purchase)
        });
        let asked = |fact: &ExampleFact| quantity(self.plan, fact.quantity.as_ref()?, fact.reward.as_ref());
        own.filter_map(|(_, fact)| asked(fact)).collect()
    }

    fn fill(&mut self, event: &mut Event, parts: &[FactPart]) {
        let plan = Arc::clone(self.plan);
        let blank = || Line { quantity: Amount::ONE, values: defaults(&plan.schema.line).into(), ..Line::default() };
        let mut line = blank();
        for part in parts {
            match part {
                FactPart::Amount(literal) => {
                    line.amount = amount(literal);
                    event.lines.push(std::mem::replace(&mut line, blank()));
                }
                FactPart::Pair(name, literal) => {
                    let texts = self.book.texts_mut();
                    let attributes =
                        if event.kind == Kind::Action { &plan.schema.action } else { &plan.schema.receipt };
                    let of_line = plan.schema.line.iter().position(|attribute| attribute.name == name.text);
                    let of_event = attributes.iter().position(|attribute| attribute.name == name.text);
                    match (name.text.as_str(), of_line, of_event) {
                        ("sku", None, None) => {
                            line.sku = if let Datum::Text(sym) = datum(literal, texts) { Some(sym) } else { None };
                        }
                        ("quantity", None, None) => line.quantity = amount(literal),
                        ("discount", None, None) => {
                            line.discount = amount(literal);
                            event.discounts = Discounts::Told;
                        }
                        (_, Some(slot), _) => set(&mut line.values, slot, datum(literal, texts)),
                        (_, None, Some(slot)) => set(&mut event.values, slot, datum(literal, texts)),
                        (_, None, None) => {}
                    }
                }
            }
        }
    }

    /// What the fact just before was counted as, beside its rows.
    fn expect_note(&mut self, code: &str, span: Span) {
        if self.notes.contains(&code) {
            self.held += 1;
            return;
        }
        let got = if self.notes.is_empty() { "nothing was noted".to_owned() } else { self.notes.join(", ") };
        self.fail(span, format!("the note `{code}`"), got);
    }

    fn expect_award(&mut self, expected: &ExpectAward) {
        let LiteralKind::Quantity(wanted, noun) = &expected.quantity.kind else { return };
        let unit = self.plan.units.iter().position(|unit| unit.nouns.contains(&noun.text)).map(UnitId::new);
        let fits = |row: &&Row| {
            Some(row.unit) == unit
                && expected.member.as_ref().is_none_or(|name| self.book.ledger_name(&name.text, row.unit) == row.member)
                && expected.opening.is_none_or(|day| row.opens == Some(day))
                && expected.expiring.is_none_or(|day| row.expires == Some(day))
                && expected
                    .rule
                    .as_ref()
                    .is_none_or(|name| row.rule.is_some_and(|rule| self.plan.rule(rule).name == name.text))
        };
        let off = |(rule, _): &&(RuleId, Amount)| {
            expected.rule.as_ref().is_none_or(|name| self.plan.rule(*rule).name == name.text)
        };
        let got: i128 = if noun.text == self.plan.currency {
            self.discounts.iter().filter(off).map(|(_, given)| i128::from(given.micros())).sum()
        } else {
            self.rows.iter().filter(fits).map(|row| i128::from(row.amount.micros())).sum()
        };
        let same = Exact::new(got, i128::from(Amount::SCALE)).is_ok_and(|got| got == *wanted);
        if same {
            self.held += 1;
            return;
        }
        let shown = |number: Exact| number.to_amount().map_or_else(String::new, |amount| amount.to_string());
        let got = Exact::new(got, i128::from(Amount::SCALE)).map(shown).unwrap_or_default();
        self.fail(expected.span, format!("{} {}", shown(*wanted), noun.text), format!("{got} {}", noun.text));
    }

    fn expect_state(
        &mut self,
        condition: Span,
        member: Option<&Name>,
        on: Option<Day>,
        span: Span,
    ) -> Result<(), Fault> {
        let Some((_, expr)) = self.plan.expectations.iter().find(|(place, _)| *place == condition) else {
            return Ok(());
        };
        let name = member.map_or(self.example.subject(), |name| name.text.as_str());
        let mut later = None;
        let at = match on {
            Some(day) => {
                // A copy of the book goes on to that day; the facts further down have not happened.
                let options = BookOptions { named_lots: true, strict: false };
                let mut copy = Book::resume(Arc::clone(self.plan), self.book.snapshot(), options)?;
                let mut listener = Listener::of("");
                copy.finish(day, &mut listener)?;
                self.seen.fired.extend(listener.fired);
                self.seen.standing(&copy);
                later = Some(copy);
                self.plan.zone.at(day, TimeOfDay::hms(23, 59, 59).unwrap_or_default())
            }
            None => self.last.unwrap_or_default(),
        };
        let book = later.as_ref().unwrap_or(&self.book);
        let Some(view) = book.member(name) else {
            self.fail(span, format!("a member `{name}`"), "nobody of that name so far".to_owned());
            return Ok(());
        };
        if view.holds(*expr, at)? {
            self.held += 1;
            return Ok(());
        }
        let got = view.told(*expr, at)?;
        let expected = crate::eval::text_of(self.plan, *expr);
        self.fail(span, expected, got);
        Ok(())
    }
}
