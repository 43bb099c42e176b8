//! The examples of a program, run by the second evaluator: what holds in the product must hold here.
//!
//! `expect 100 beans` looks at the rows of the fact just before; each expectation replays all over again.

use super::expr::{Ctx, Val};
use super::num::{Q, ZERO};
use super::world::{Datum, Entry, Fact, Line, Opens, Setup, World};
use earnest::syntax::ast::{
    Example, ExampleFact, ExpectAward, Fact as Word, FactPart, File, Item, Literal, LiteralKind, Step,
};
use earnest::time::{Day, TimeOfDay};
use earnest::ty::{Kind, Scope};
use std::collections::BTreeMap;

fn datum(literal: &Literal) -> Datum {
    match &literal.kind {
        LiteralKind::Number(n) | LiteralKind::Percent(n) | LiteralKind::Quantity(n, _) => Datum::Number((*n).into()),
        LiteralKind::Text(text) => Datum::Text(text.clone()),
        LiteralKind::Date(day) => Datum::Date(*day),
        LiteralKind::Time(time) => Datum::Time(*time),
        LiteralKind::Flag(flag) => Datum::Flag(*flag),
    }
}

struct Runner<'a> {
    file: &'a File,
    setup: Setup,
    members: Vec<(String, Option<Day>, BTreeMap<String, Datum>)>,
    facts: Vec<Fact>,
    receipts: usize,
    /// Whose the facts without `by` are.
    subject: String,
}

/// Defaults of what the data do not tell: `or "store"`.
pub fn defaults(file: &File, scope: Scope) -> BTreeMap<String, Datum> {
    let mut found = BTreeMap::new();
    for item in &file.items {
        if let Item::Data(data) = item {
            for attr in data.attributes.iter().filter(|attr| attr.scope == scope) {
                if let Some(earnest::syntax::ast::MissingDecl::Default(literal)) = &attr.missing {
                    found.insert(attr.name.text.clone(), datum(literal));
                }
            }
        }
    }
    found
}

impl Runner<'_> {
    fn fact(&mut self, step: &ExampleFact) -> Fact {
        let (kind, action) = match &step.fact {
            Word::Purchase => (Kind::Purchase, None),
            Word::Return => (Kind::Return, None),
            Word::Join => (Kind::Join, None),
            Word::Action(name) => (Kind::Action, Some(name.text.clone())),
            Word::Redeem => (Kind::Redeem, None),
            Word::Merge => (Kind::Merge, None),
            Word::Adjust => (Kind::Adjust, None),
            Word::Leave => (Kind::Leave, None),
        };
        let at = match step.time {
            Some(time) => self.setup.zone.at(step.day, time),
            None => self.setup.zone.start_of(step.day),
        };
        let member = step.by.as_ref().map_or(&self.subject, |by| &by.text);
        let name =
            |name: &Option<earnest::syntax::ast::Name>| name.as_ref().map(|name| name.text.clone()).unwrap_or_default();
        self.receipts += 1;
        let mut fact = Fact::new(kind, at, &format!("{kind:?} {}", self.receipts), member);
        fact.seq = Some(self.receipts as i64);
        if matches!(kind, Kind::Purchase | Kind::Return) {
            fact.receipt =
                step.receipt.as_ref().map_or_else(|| format!("#{}", self.receipts), |name| name.text.clone());
        }
        (fact.of, fact.referred_by, fact.into, fact.action) =
            (name(&step.of), name(&step.referred_by), name(&step.into), action);
        let scope = if kind == Kind::Action { Scope::Action } else { Scope::Receipt };
        fact.attrs = defaults(self.file, scope);
        if let Some(Literal { kind: LiteralKind::Quantity(n, unit), .. }) = &step.quantity {
            let unit = self.setup.unit_named(&unit.text).unwrap();
            if kind == Kind::Redeem {
                fact.redeemed.push((unit, (*n).into()));
            } else {
                fact.adjusted = Some((unit, (*n).into()));
            }
        }
        self.parts(step, &mut fact);
        fact
    }

    fn parts(&self, step: &ExampleFact, fact: &mut Fact) {
        let blank = || Line { quantity: Q::whole(1), attrs: defaults(self.file, Scope::Line), ..Line::default() };
        let mut line = blank();
        for part in step.parts.iter().flatten() {
            match part {
                FactPart::Amount(literal) => {
                    let Datum::Number(amount) = datum(literal) else { panic!("an amount") };
                    line.amount = amount;
                    fact.lines.push(std::mem::replace(&mut line, blank()));
                }
                FactPart::Pair(name, literal) => match (name.text.as_str(), datum(literal)) {
                    ("sku", Datum::Text(sku)) => line.sku = sku,
                    ("quantity", Datum::Number(quantity)) => line.quantity = quantity,
                    ("discount", Datum::Number(discount)) => line.discount = discount,
                    (name, datum) => {
                        let of_line = self.setup.attr(name).is_some_and(|attr| attr.0 == Scope::Line);
                        let attrs = if of_line { &mut line.attrs } else { &mut fact.attrs };
                        attrs.insert(name.to_owned(), datum);
                    }
                },
            }
        }
    }

    fn world(&self, as_of: Option<Day>, steps: usize) -> World {
        let mut w = World::new(self.setup.clone());
        for (name, joined, attrs) in &self.members {
            w.know(name, *joined, attrs.clone());
        }
        let last = self.facts[..steps].last().map_or(as_of, |fact| Some(fact.at.day));
        // A redemption `of` a purchase is part of it, wherever it stands.
        let mut facts: Vec<Fact> = self.facts[..steps].to_vec();
        for redeem in &self.facts {
            if redeem.kind == Kind::Redeem && !redeem.of.is_empty() {
                let same = |fact: &&mut Fact| {
                    fact.kind == Kind::Purchase && fact.receipt == redeem.of && fact.member == redeem.member
                };
                facts.iter_mut().filter(same).for_each(|fact| fact.redeemed.extend(redeem.redeemed.clone()));
            }
        }
        facts.retain(|fact| fact.kind != Kind::Redeem || fact.of.is_empty());
        w.run(facts, as_of.or(last).unwrap_or(Day::MIN), as_of.is_some());
        w
    }

    fn award(&self, expect: &ExpectAward) -> Result<(), String> {
        let LiteralKind::Quantity(wanted, unit) = &expect.quantity.kind else { panic!("a quantity") };
        let w = self.world(None, self.facts.len());
        let unit = w.setup.unit_named(&unit.text).unwrap();
        let last = self.facts.last().unwrap();
        // Without `for` an award counts to whomever it went.
        // What goes to a pool goes to all who live from it.
        let meant = |name: &str| {
            expect
                .member
                .as_ref()
                .is_none_or(|member| member.text == name || super::pools::told(&w.account(&member.text, unit)) == name)
        };
        let rule = expect.rule.as_ref().map(|rule| rule.text.as_str());
        let mut got = ZERO;
        if expect.opening.is_some() || expect.expiring.is_some() {
            for award in
                w.awards.iter().filter(|award| award.event == last.id && meant(&award.to) && award.unit == unit)
            {
                let Some(lot) = award.lot.map(|lot| &w.lots[lot]) else { continue };
                let opens = match lot.opens {
                    Opens::At(_, day) => Some(day),
                    Opens::OnAction { .. } => None,
                };
                let fits = expect.opening.is_none_or(|day| opens == Some(day))
                    && expect.expiring.is_none_or(|day| w.last_day(lot) == Some(day))
                    && rule.is_none_or(|rule| award.rule == rule);
                if fits {
                    got += award.given - (award.reversed - award.lost - award.dropped);
                }
            }
        } else {
            let rows = w.rows.iter().filter(|row| row.event == last.id && meant(&row.member) && row.unit == unit);
            got = rows
                .filter(|row| matches!(row.entry, Entry::Earn | Entry::Reverse))
                .filter(|row| rule.is_none_or(|rule| row.rule == rule))
                .map(|row| row.amount)
                .sum();
        }
        if got == (*wanted).into() { Ok(()) } else { Err(format!("expected {}, got {got}", Q::from(*wanted))) }
    }
}

/// What does not hold in an example.
pub fn failures(file: &File, example: &Example) -> Vec<String> {
    let described: Vec<&str> = example
        .steps
        .iter()
        .filter_map(|step| if let Step::Member(name, ..) = step { Some(name.text.as_str()) } else { None })
        .collect();
    let subject = if let [only] = described[..] { only } else { "member" }.to_owned();
    let mut runner = Runner { file, setup: Setup::new(file), members: vec![], facts: vec![], receipts: 0, subject };
    let mut failures = vec![];
    for step in &example.steps {
        if let Step::Fact(fact) = step
            && fact.fact == Word::Redeem
            && fact.of.is_some()
        {
            let fact = runner.fact(fact);
            runner.facts.push(fact);
        }
    }
    let early = std::mem::take(&mut runner.facts);
    for step in &example.steps {
        match step {
            Step::Member(name, pairs, _) => {
                let mut attrs = defaults(file, Scope::Member);
                attrs.extend(pairs.iter().map(|pair| (pair.0.text.clone(), datum(&pair.1))));
                let joined = match attrs.remove("joined") {
                    Some(Datum::Date(day)) => Some(day),
                    _ => None,
                };
                runner.members.push((name.text.clone(), joined, attrs));
            }
            Step::Fact(fact) => {
                if fact.fact == Word::Redeem && fact.of.is_some() {
                    continue;
                }
                let mut fact = runner.fact(fact);
                for redeem in &early {
                    if fact.kind == Kind::Purchase && fact.receipt == redeem.of && fact.member == redeem.member {
                        fact.redeemed.extend(redeem.redeemed.clone());
                    }
                }
                runner.facts.push(fact);
            }
            Step::ExpectAward(expect) => {
                if let Err(message) = runner.award(expect) {
                    failures.push(format!("{}: {message}", example.name.text));
                }
            }
            Step::ExpectState { condition, member, on, .. } => {
                let w = runner.world(*on, runner.facts.len());
                let member = member.as_ref().map_or(&runner.subject, |member| &member.text);
                let mut ctx = Ctx::new(&w, member);
                ctx.counting = true;
                if let Some(day) = on {
                    ctx.now = w.setup.zone.at(*day, TimeOfDay::from_seconds(86_399).unwrap());
                }
                if ctx.truth(condition) != Ok(true) {
                    let values = match &condition.kind {
                        earnest::syntax::ast::ExprKind::Compare(_, left, right) => (ctx.eval(left), ctx.eval(right)),
                        _ => (Val::Missing, Val::Missing),
                    };
                    failures.push(format!("{}: {values:?} {member} {on:?}", example.name.text));
                }
            }
        }
    }
    failures
}
