//! No receipt of a random history costs more than the bound of its program says.

use super::generate;
use super::num::Q;
use super::product;
use earnest::analysis::{Cost, cost_of, largest_cost};
use earnest::eval::{Book, BookOptions};
use earnest::plan::Plan;
use earnest::ty::{self, Event, event::Datum};
use earnest::value::{Amount, Exact};
use std::sync::Arc;

/// What was looked at.
#[derive(Debug, Default)]
pub struct Seen {
    pub programs: usize,
    pub bounded: usize,
    pub receipts: usize,
    pub costly: usize,
    /// Receipts that cost more than half of what the bound says.
    pub near: usize,
    pub beyond: Vec<String>,
}

fn number(values: &[Datum], slot: usize) -> Exact {
    match values.get(slot) {
        Some(Datum::Number(number)) => Exact::from(*number),
        _ => Exact::ZERO,
    }
}

/// What the bound says of a receipt.
pub fn bound(plan: &Plan, cost: &Cost, event: &Event) -> Exact {
    let sum = |all: Vec<Exact>| all.into_iter().fold(Exact::ZERO, |sum, one| sum.plus(one).unwrap());
    let spend = sum(event.lines.iter().map(|line| Exact::from(line.amount)).collect());
    let mut bound = cost.share.times(spend).unwrap().plus(cost.fixed).unwrap();
    for (of, each) in &cost.per {
        let many = match of.as_str() {
            "item" => sum(event.lines.iter().map(|line| Exact::from(line.quantity)).collect()),
            "line" => sum(event.lines.iter().map(|_| Exact::ONE).collect()),
            name => {
                let slot = |all: &[ty::Attribute]| all.iter().position(|attribute| attribute.name == name);
                let of_receipt = slot(&plan.schema.receipt).map(|slot| number(&event.values, slot));
                let of_lines = slot(&plan.schema.line)
                    .map(|slot| sum(event.lines.iter().map(|line| number(&line.values, slot)).collect()));
                sum(of_receipt.into_iter().chain(of_lines).collect())
            }
        };
        bound = bound.plus(each.times(many).unwrap()).unwrap();
    }
    bound
}

pub fn run(seed: u64, cases: usize) -> Seen {
    let mut seen = Seen::default();
    for number in 0..cases as u64 {
        let case = generate::case(seed.wrapping_mul(1_000_003).wrapping_add(number));
        let Ok((plan, _)) = product::compile(&case.text()) else { continue };
        let cost = largest_cost(&plan).unwrap().money;
        seen.programs += 1;
        if !cost.open.is_empty() {
            continue;
        }
        seen.bounded += 1;
        let plan = Arc::new(plan);
        let units = product::units_of(&case, &plan);
        let mut book = Book::new(Arc::clone(&plan), BookOptions { named_lots: false, strict: false });
        for (name, joined, attrs) in &case.members {
            let values = product::values(&plan.schema.member, attrs, book.texts_mut());
            book.add_member(&ty::Member { name: name.clone(), joined: *joined, values });
        }
        let mut events: Vec<Event> =
            case.facts.iter().map(|fact| product::to_event(fact, &plan, book.texts_mut(), &units)).collect();
        events.sort_by(Event::order);
        for event in &events {
            let Ok(Some(got)) = cost_of(&plan, &mut book, event) else { break };
            if event.kind != ty::Kind::Purchase {
                continue;
            }
            seen.receipts += 1;
            let most = bound(&plan, &cost, event);
            seen.costly += usize::from(got.is_positive());
            seen.near +=
                usize::from(got.is_positive() && got.times(Exact::whole(2)).unwrap().compare(most).unwrap().is_ge());
            if got.compare(most).unwrap().is_gt() {
                let told = |money: Exact| Q::from(money.round(Default::default(), 6).unwrap_or(Amount::ZERO));
                seen.beyond.push(format!(
                    "case {number}: {} costs {} and the bound {} says {}\n{}",
                    event.id,
                    told(got),
                    cost.told(&plan, None),
                    told(most),
                    case.text()
                ));
                break;
            }
        }
    }
    seen
}
