//! The product's side: the program text compiled, the facts as events, its ledger gathered.
//!
//! Rows are added up per event (per day for midnights), member, rule, unit and entry.

use super::brought::{Brought, What};
use super::generate::Case;
use super::num::{Q, ZERO};
use super::world::{Datum, Entry, Setup, World};
use earnest::eval::{Book, BookOptions, OpeningBalance, Outcome, Reason};
use earnest::ledger::{Entry as Row, EntryKind, Note, Sink};
use earnest::plan::Plan;
use earnest::source::Source;
use earnest::time::Day;
use earnest::ty::{self, Event, Texts, event};
use earnest::value::Amount;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a row of the ledger is known by: event or day, member, rule, unit, entry, lot.
pub type RowKey = (String, String, String, String, String, String);

/// What both sides come to, in one shape.
#[derive(Debug, Default, PartialEq, Eq, Clone)]
pub struct Result {
    /// Event or day, member, rule, unit, entry, lot.
    pub rows: BTreeMap<RowKey, i64>,
    /// Member, unit: balance, pending, debt; member, ladder: tier and until; member: joining, purchases, their money.
    pub states: BTreeMap<(String, String), String>,
    /// Event, member, rule, unit: the amounts awarded with the first and the last day of their lots.
    pub dates: BTreeMap<(String, String, String, String), Vec<String>>,
    pub reasons: BTreeMap<(String, String), String>,
    pub notes: BTreeMap<String, usize>,
    pub fault: Option<String>,
    /// Met something that the product is known to do otherwise: not compared.
    pub known: Option<&'static str>,
    /// How often a tier fell; told by the product alone, for the counts.
    pub falls: usize,
    /// Was an award cut by a limit? Told by the second alone, for the counts.
    pub cut: bool,
}

fn amount(q: Q) -> Amount {
    Amount::from_micros(q.micros())
}

pub fn compile(text: &str) -> std::result::Result<(Plan, earnest::syntax::ast::File), String> {
    let compiled = earnest::compile(&Source::new("case.earn", text));
    let errors: Vec<String> = compiled
        .diagnostics
        .iter()
        .filter(|found| found.severity == earnest::diag::Severity::Error)
        .map(|found| format!("{:?} {} {}", found.code, found.message, found.help.clone().unwrap_or_default()))
        .collect();
    match compiled.plan {
        Some(plan) => Ok((plan, compiled.file)),
        None => Err(format!("{}\n{text}", errors.join("\n"))),
    }
}

fn datum(found: Option<&Datum>, texts: &mut Texts) -> event::Datum {
    match found {
        None => event::Datum::Missing,
        Some(Datum::Text(text)) => event::Datum::Text(texts.intern(text)),
        Some(Datum::Number(number)) => event::Datum::Number(amount(*number)),
        Some(Datum::Date(day)) => event::Datum::Date(*day),
        Some(Datum::Time(time)) => event::Datum::Time(*time),
        Some(Datum::Flag(flag)) => event::Datum::Flag(*flag),
    }
}

pub fn values(attributes: &[ty::Attribute], attrs: &BTreeMap<String, Datum>, texts: &mut Texts) -> Vec<event::Datum> {
    attributes
        .iter()
        .map(|attribute| match (datum(attrs.get(&attribute.name), texts), &attribute.missing) {
            (event::Datum::Missing, ty::Missing::Default(default)) => *default,
            (found, _) => found,
        })
        .collect()
}

pub fn to_event(fact: &super::world::Fact, plan: &Plan, texts: &mut Texts, units: &[usize]) -> Event {
    let schema = &plan.schema;
    let scope = if fact.kind == ty::Kind::Action { &schema.action } else { &schema.receipt };
    let redemption =
        |redeemed: &(usize, Q)| ty::Redemption { unit: units[redeemed.0], points: amount(redeemed.1), reward: None };
    let mut event = Event {
        kind: fact.kind,
        at: fact.at,
        seq: fact.seq.and_then(ty::Seq::new),
        id: fact.id.as_str().into(),
        member: fact.member.as_str().into(),
        receipt: fact.receipt.as_str().into(),
        of: fact.of.as_str().into(),
        values: values(scope, &fact.attrs, texts),
        redeemed: fact.redeemed.iter().map(redemption).collect(),
        adjusted: fact.adjusted.as_ref().map(redemption),
        action: fact.action.as_ref().map(|name| schema.actions.iter().position(|other| other == name).unwrap()),
        referred_by: fact.referred_by.as_str().into(),
        into: fact.into.as_str().into(),
        ..Event::default()
    };
    for line in &fact.lines {
        event.lines.push(ty::Line {
            sku: (!line.sku.is_empty()).then(|| texts.intern(&line.sku)),
            amount: amount(line.amount),
            quantity: amount(line.quantity),
            discount: amount(line.discount),
            free: ty::Line::default().free,
            values: values(&schema.line, &line.attrs, texts).into(),
        });
    }
    event.sort_lines(schema, texts);
    event
}

/// An award with the first and the last day of its lot.
pub fn dated(amount: Q, opens: Option<Day>, expires: Option<Day>) -> String {
    let day = |day: Option<Day>| day.filter(|day| *day < Day::MAX).map_or("-".to_owned(), |day| day.to_string());
    format!("{amount} opens {} expires {}", day(opens), day(expires))
}

/// Listens to the product's ledger.
pub struct Gather<'a> {
    plan: &'a Plan,
    pub result: Result,
}

impl<'a> Gather<'a> {
    pub fn new(plan: &'a Plan) -> Self {
        Self { plan, result: Result::default() }
    }
}

impl Sink for Gather<'_> {
    fn entry(&mut self, row: &Row<'_>) {
        let event = if row.event.is_empty() { row.at.day.to_string() } else { row.event.to_owned() };
        let keeps = matches!(row.kind, EntryKind::Earn | EntryKind::Reverse);
        let rule =
            row.rule.filter(|_| keeps).map(|rule| self.plan.rules[rule.index()].name.clone()).unwrap_or_default();
        let unit = self.plan.units[row.unit.index()].key().to_owned();
        if row.kind == EntryKind::Earn {
            let key = (event.clone(), row.member.to_owned(), rule.clone(), unit.clone());
            let dates = dated(Q::from(row.amount), row.opens, row.expires);
            self.result.dates.entry(key).or_default().push(dates);
        }
        let key = (event, row.member.to_owned(), rule, unit, row.kind.word().to_owned(), row.lot.to_owned());
        // That a lot opens changes nothing; it is told once.
        if row.kind == EntryKind::Open {
            self.result.rows.insert(key, 1);
            return;
        }
        *self.result.rows.entry(key).or_default() += row.amount.micros();
    }

    fn moved(&mut self, _: &str, moved: earnest::ledger::TierMove) {
        self.result.falls += usize::from(moved.to < moved.from);
    }

    fn note(&mut self, note: Note) {
        *self.result.notes.entry(note.code().to_owned()).or_default() += 1;
    }
}

fn code(reason: &Reason) -> &'static str {
    match reason {
        Reason::WrongFact => "wrong-fact",
        Reason::NotInForce => "not-in-force",
        Reason::OutsidePeriod { .. } => "outside-period",
        Reason::NotNth { .. } => "not-nth",
        Reason::NoLines => "no-lines",
        Reason::Condition { .. } => "condition",
        Reason::MissingValue => "missing",
        Reason::NoRow => "no-row",
        Reason::NoReferrer => "no-referrer",
        Reason::NoBase(_) => "no-base",
        Reason::RoundsToZero(_) => "rounds-to-zero",
        Reason::LimitReached(_) => "limit-reached",
        Reason::NotBest(_) => "not-best",
        Reason::NotFirst(_) => "not-first",
        Reason::PaidAlready(_) => "paid-already",
        Reason::NotAsked => "not-asked",
        Reason::NotEnough(_) => "not-enough",
    }
}

/// What is told of a member beside units and tiers.
fn told(joined: Option<Day>, last: Option<Day>, purchases: u64, spend: Q) -> String {
    let day = |day: Option<Day>| day.map_or("-".to_owned(), |day| day.to_string());
    format!("joined {} last purchase {} purchases {purchases} spend {spend}", day(joined), day(last))
}

/// What each member has in the end.
pub fn states(book: &Book, plan: &Plan, setup: &Setup, result: &mut Result) {
    for house in book.pools() {
        for unit in &setup.units {
            let id = plan.units.iter().position(|other| other.key() == unit.key).unwrap();
            let Some(held) = book.in_pool(house, earnest::plan::UnitId::new(id)) else { continue };
            let text = format!("{} pending {}", held.balance, held.pending());
            result.states.insert((house.name.to_string(), unit.key.clone()), text);
        }
    }
    for member in book.members() {
        let text = told(member.joined(), member.last_purchase(), member.purchases(), Q::from(member.spend()));
        result.states.insert((member.name().to_owned(), String::new()), text);
        for unit in &setup.units {
            let id = plan.units.iter().position(|other| other.key() == unit.key).unwrap();
            let id = earnest::plan::UnitId::new(id);
            let text = format!("{} pending {} debt {}", member.balance(id), member.pending(id), member.debt(id));
            result.states.insert((member.name().to_owned(), unit.key.clone()), text);
        }
        for (at, ladder) in plan.ladders.iter().enumerate() {
            let (tier, until) = member.tier(earnest::plan::LadderId::new(at));
            result.states.insert((member.name().to_owned(), ladder.name.clone()), format!("{tier} {until:?}"));
        }
    }
}

pub fn opening(one: &Brought, plan: &Plan, units: &[usize]) -> OpeningBalance {
    let mut opening = OpeningBalance {
        member: one.member.clone(),
        points: None,
        at: one.at,
        earned: one.at,
        opens: None,
        expires: None,
        tier: None,
        until: None,
        counter: None,
    };
    match &one.what {
        What::Lot { unit, points, earned, opens, expires } => {
            opening.points = Some((units[*unit], amount(*points)));
            (opening.earned, opening.opens, opening.expires) = (*earned, *opens, *expires);
        }
        What::Tier { ladder, tier, until } => {
            let at = plan.ladders.iter().position(|other| other.name == *ladder).unwrap();
            (opening.tier, opening.until) = (Some((at, u8::try_from(*tier).unwrap())), *until);
        }
        What::Counter { noun, value } => {
            let at = plan.counters.iter().position(|counter| counter.nouns.iter().any(|own| own == noun)).unwrap();
            opening.counter = Some((at, amount(*value)));
        }
    }
    opening
}

/// The product's places of the units as the program lists them.
pub fn units_of(case: &Case, plan: &Plan) -> Vec<usize> {
    let keys = case.decls.iter().filter_map(|decl| decl.head.strip_prefix("unit ")?.split([',', ' ']).nth(2));
    keys.map(|key| plan.units.iter().position(|unit| unit.key() == key).unwrap()).collect()
}

/// The product's result of a case.
pub fn product(case: &Case, plan: &Plan, setup: &Setup) -> Result {
    let units: Vec<usize> =
        setup.units.iter().map(|unit| plan.units.iter().position(|other| other.key() == unit.key).unwrap()).collect();
    let plan = Arc::new(plan.clone());
    let mut book = Book::new(Arc::clone(&plan), BookOptions { named_lots: true, strict: false });
    let mut gather = Gather::new(&plan);
    for (name, joined, attrs) in &case.members {
        let values = values(&plan.schema.member, attrs, book.texts_mut());
        book.add_member(&ty::Member { name: name.clone(), joined: *joined, values });
    }
    for one in &case.brought {
        if let Err(fault) = book.open_with(&opening(one, &plan, &units), &mut gather) {
            gather.result.fault = Some(format!("opening: {fault}"));
            return gather.result;
        }
    }
    let mut events: Vec<Event> = case
        .facts
        .iter()
        .filter(|fact| fact.at.day <= case.as_of)
        .map(|fact| to_event(fact, &plan, book.texts_mut(), &units))
        .collect();
    events.sort_by(Event::order);
    for (at, event) in events.iter().enumerate() {
        if at == events.len() / 2 && at % 2 == 0 {
            // Put away and taken up again, a book goes on as if nothing had been.
            let text = serde_json::to_string(&book.snapshot()).unwrap();
            let options = BookOptions { named_lots: true, strict: false };
            book = Book::resume(Arc::clone(&plan), serde_json::from_str(&text).unwrap(), options).unwrap();
        }
        if event.kind == ty::Kind::Purchase
            && let Ok(explanation) = book.explain(event)
        {
            for outcome in &explanation.rules {
                let only_takes = |act: &earnest::plan::Act| matches!(act, earnest::plan::Act::Take(_));
                if plan.rules[outcome.rule.index()].acts.iter().all(only_takes) {
                    continue;
                }
                let rule = plan.rules[outcome.rule.index()].name.clone();
                let text = match &outcome.outcome {
                    Outcome::Paid(_) => "paid",
                    Outcome::Missed(reason, _) => code(reason),
                };
                gather.result.reasons.insert((event.id.to_string(), rule), text.to_owned());
            }
        }
        if let Err(fault) = book.apply(event, &mut gather) {
            gather.result.fault = Some(format!("{}: {fault}", event.id));
            return gather.result;
        }
    }
    if let Err(fault) = book.finish(case.as_of, &mut gather) {
        gather.result.fault = Some(fault.to_string());
        return gather.result;
    }
    let mut result = gather.result;
    states(&book, &plan, setup, &mut result);
    result.rows.retain(|_, amount| *amount != 0);
    result
}

/// Rows, dates and states of the second evaluator.
pub fn gathered(w: &World) -> Result {
    let mut result = Result::default();
    for row in &w.rows {
        let word = match row.entry {
            Entry::Open => "open",
            Entry::Earn => "earn",
            Entry::Redeem => "redeem",
            Entry::Expire => "expire",
            Entry::Reverse => "reverse",
            Entry::Adjust => "adjust",
            Entry::Transfer => "transfer",
        };
        let event = if row.event.contains(' ') { row.day.to_string() } else { row.event.clone() };
        let rule = if matches!(row.entry, Entry::Earn | Entry::Reverse) { row.rule.clone() } else { String::new() };
        let unit = w.setup.units[row.unit].key.clone();
        let key = (event, row.member.clone(), rule, unit, word.to_owned(), row.lot.clone());
        if row.entry == Entry::Open {
            result.rows.insert(key, 1);
            continue;
        }
        *result.rows.entry(key).or_default() += row.amount.micros();
    }
    for dated in &w.dated {
        let event = if dated.0.contains(' ') { dated.1.to_string() } else { dated.0.clone() };
        let key = (event, dated.2.clone(), dated.3.clone(), w.setup.units[dated.4].key.clone());
        result.dates.entry(key).or_default().push(dated.5.clone());
    }
    result.rows.retain(|_, amount| *amount != 0);
    for (pool, unit) in w.pools() {
        let (open, pending, debt) = (w.open(&pool, unit), w.pending(&pool, unit), w.debt(&pool, unit));
        let text = format!("{} pending {pending}", open + pending - debt);
        result.states.insert((super::pools::told(&pool).to_owned(), w.setup.units[unit].key.clone()), text);
    }
    for member in w.members.values().filter(|member| member.seen) {
        result.states.insert((member.name.clone(), String::new()), w.told(&member.name));
        for (at, unit) in w.setup.units.iter().enumerate() {
            let (open, pending, debt) =
                (w.open(&member.name, at), w.pending(&member.name, at), w.debt(&member.name, at));
            let text = format!("{} pending {pending} debt {debt}", open + pending - debt);
            result.states.insert((member.name.clone(), unit.key.clone()), text);
        }
        for (at, ladder) in w.setup.ladders.iter().enumerate() {
            let text = format!("{} {:?}", member.ladders[at].tier, w.until(at, &member.name));
            result.states.insert((member.name.clone(), ladder.name.clone()), text);
        }
    }
    result
}

impl World {
    /// What is told of a member: purchases and their money less what the returns say.
    fn told(&self, name: &str) -> String {
        let mine = |kind: ty::Kind| {
            let of = move |fact: &&super::world::Booked| fact.fact.kind == kind && self.owner(&fact.who) == name;
            self.facts.iter().filter(of)
        };
        let money = |kind: ty::Kind| mine(kind).flat_map(|fact| &fact.fact.lines).map(|line| line.amount).sum::<Q>();
        let days = mine(ty::Kind::Purchase).map(|fact| fact.fact.at.day);
        let count = mine(ty::Kind::Purchase).count() as u64;
        let joined = Some(self.members[name].joined).filter(|_| self.members[name].active);
        told(joined, days.max(), count, money(ty::Kind::Purchase) - money(ty::Kind::Return))
    }
}

/// The second evaluator's result.
pub fn second(case: &Case, setup: &Setup) -> (Result, World) {
    let mut w = World::new(setup.clone());
    for (name, joined, attrs) in &case.members {
        w.know(name, *joined, attrs.clone());
    }
    w.run_after(&case.brought, case.facts.clone(), case.as_of, true);
    let mut result = gathered(&w);
    for (event, rule, outcome) in &w.reasons {
        let known = case.facts.iter().any(|fact| fact.id == *event && fact.kind == ty::Kind::Purchase);
        // What else a purchase sets off, joining or a rise, is not listed with it.
        let by_purchase = |def: &super::world::RuleDef| {
            def.name == *rule && def.takes.is_empty() && super::rules::fits(def, ty::Kind::Purchase, None)
        };
        if known && w.setup.rules.iter().any(by_purchase) {
            let text = match outcome {
                Ok(given) if *given > ZERO => "paid",
                Ok(_) => "nothing",
                Err(reason) => reason,
            };
            result.reasons.insert((event.clone(), rule.clone()), text.to_owned());
        }
    }
    result.known = w.known.or_else(|| super::set_aside::of(case));
    result.cut = w.awards.iter().any(|award| award.charged < award.wanted);
    result.notes = w.warnings.iter().map(|(code, count)| ((*code).to_owned(), *count)).collect();
    (result, w)
}
