//! A part of the history of `earnest sample`, replayed under `benches/program.earn` as the benchmark does it,
//! and gone through by the second evaluator, member by member: no rule of that program looks across members.

use super::num::Q;
use super::product::{Gather, Result, gathered, states};
use super::world::{Datum, Fact, Line, Setup, World};
use earnest::history::{Format, History, Map, Options, ReturnsIndex};
use earnest::plan::Plan;
use earnest::sim::replay::Replay;
use earnest::sim::report::{NonMemberSales, Rows};
use earnest::sim::sample::Sample;
use earnest::source::Source;
use earnest::time::Day;
use earnest::ty::{Event, Texts, event};
use std::collections::BTreeMap;
use std::io::Cursor;
use std::sync::Arc;

const MEMBERS: usize = 300;
const RECEIPTS: u64 = 3_000;

fn datum(found: event::Datum, texts: &Texts) -> Option<Datum> {
    Some(match found {
        event::Datum::Missing => return None,
        event::Datum::Text(text) => Datum::Text(texts.text(text).to_owned()),
        event::Datum::Number(number) => Datum::Number(number.into()),
        event::Datum::Date(day) => Datum::Date(day),
        event::Datum::Time(time) => Datum::Time(time),
        event::Datum::Flag(flag) => Datum::Flag(flag),
    })
}

fn attributes(declared: &[earnest::ty::Attribute], values: &[event::Datum], texts: &Texts) -> BTreeMap<String, Datum> {
    let pairs = declared.iter().zip(values);
    pairs.filter_map(|(name, value)| Some((name.name.clone(), datum(*value, texts)?))).collect()
}

/// The second evaluator knows midnights by the blank in their names.
fn one_word(id: &str) -> String {
    id.replace(' ', "_")
}

fn to_fact(event: &Event, plan: &Plan, texts: &Texts, units: &[usize]) -> Fact {
    let mut fact = Fact::new(event.kind, event.at, &one_word(&event.id), &event.member);
    fact.receipt = event.receipt.to_string();
    fact.of = event.of.to_string();
    fact.attrs = attributes(&plan.schema.receipt, &event.values, texts);
    let unit = |unit: usize| units.iter().position(|other| *other == unit).unwrap();
    fact.redeemed = event.redeemed.iter().map(|spent| (unit(spent.unit), Q::from(spent.points))).collect();
    for line in &event.lines {
        fact.lines.push(Line {
            sku: line.sku.map(|sku| texts.text(sku).to_owned()).unwrap_or_default(),
            amount: line.amount.into(),
            quantity: line.quantity.into(),
            discount: line.discount.into(),
            attrs: attributes(&plan.schema.line, &line.values, texts),
            ..Line::default()
        });
    }
    fact
}

/// What both come to, and the product's report.
pub fn both() -> (Result, Result, earnest::sim::report::Totals) {
    let day = |text| Day::parse(text).unwrap();
    let sample =
        Sample { members: MEMBERS, receipts: RECEIPTS, from: day("2024-01-01"), to: day("2025-12-31"), seed: 1 };
    let mut csv = Vec::new();
    sample.write_history(&mut csv).unwrap();
    let bytes: Arc<[u8]> = csv.into();
    let source = Source::new("benches/program.earn", include_str!("../../benches/program.earn"));
    let checked = earnest::compile(&source);
    let (plan, setup) = (Arc::new(checked.plan.unwrap()), Setup::new(&checked.file));
    let mut history = History::new(plan.schema.clone(), plan.zone.clone(), Map::default(), Options::default());
    history.add("sample.csv", Cursor::new(Arc::clone(&bytes)), Format::Csv).unwrap();
    let mut returns = ReturnsIndex::default();
    returns.scan("sample.csv", Cursor::new(bytes), Format::Csv, &Map::default()).unwrap();
    let as_of = day("2025-12-31");
    let mut replay = Replay::new(Arc::clone(&plan), true, Some(as_of));
    replay.keep_until(move |event, texts, within| returns.last_return(event, texts, within));
    let (mut events, mut event) = (Vec::new(), Event::default());
    while history.next_event(replay.texts_mut(), &mut event).unwrap() {
        events.push(event.clone());
    }
    let mut gather = Gather::new(&plan);
    replay.apply_all(&events, &mut gather).unwrap();
    let texts = replay.texts_mut().clone();
    let finished = replay.finish(&mut gather).unwrap();
    let mut product = gather.result;
    states(finished.book(), &plan, &setup, &mut product);
    product.rows.retain(|_, amount| *amount != 0);
    product.rows = product
        .rows
        .into_iter()
        .map(|(key, amount)| ((one_word(&key.0), key.1, key.2, key.3, key.4, one_word(&key.5)), amount))
        .collect();
    product.dates =
        product.dates.into_iter().map(|(key, dates)| ((one_word(&key.0), key.1, key.2, key.3), dates)).collect();
    product.notes.clear();

    let units: Vec<usize> =
        setup.units.iter().map(|unit| plan.units.iter().position(|other| other.key() == unit.key).unwrap()).collect();
    let mut of_member: BTreeMap<String, Vec<Fact>> = BTreeMap::new();
    for event in &events {
        of_member.entry(event.member.to_string()).or_default().push(to_fact(event, &plan, &texts, &units));
    }
    let mut second = Result::default();
    for facts in of_member.into_values() {
        let mut w = World::new(setup.clone());
        w.run(facts, as_of, true);
        let one = gathered(&w);
        second.rows.extend(
            one.rows.into_iter().map(|(key, amount)| ((key.0, key.1, key.2, key.3, key.4, one_word(&key.5)), amount)),
        );
        second.states.extend(one.states);
        second.dates.extend(one.dates);
    }
    (product, second, finished.report(Rows::default(), NonMemberSales::default(), vec![]).totals)
}
