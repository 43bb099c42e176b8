//! Members worked apart come to what they come to in the order of time.

use super::generate::{self, Case};
use super::product;
use super::world::Setup;
use earnest::plan::Plan;
use earnest::sim::count::{Counting, Counts};
use earnest::sim::replay::Replay;
use earnest::sim::report::Report;
use earnest::ty::{self, Event};
use std::sync::Arc;

type Told = std::result::Result<(Report, Counts), String>;

pub fn told(case: &Case, plan: &Arc<Plan>, one_by_one: bool) -> (Told, bool) {
    let units = product::units_of(case, plan);
    let mut replay = Replay::new(Arc::clone(plan), false, Some(case.as_of));
    let mut counting = Counting::new(Arc::clone(plan), &[(ty::Scope::Receipt, 0)]);
    for (name, joined, attrs) in &case.members {
        let values = product::values(&plan.schema.member, attrs, replay.texts_mut());
        let member = ty::Member { name: name.clone(), joined: *joined, values };
        replay.add_member(&member);
        counting.add_member(&member);
    }
    let mut events: Vec<Event> =
        case.facts.iter().map(|fact| product::to_event(fact, plan, replay.texts_mut(), &units)).collect();
    events.sort_by(Event::order);
    let apart = replay.book().takes_members_apart();
    let applied = if one_by_one {
        events.iter().try_for_each(|event| replay.apply(event, &mut counting).map(drop))
    } else {
        replay.apply_all(&events, &mut counting)
    };
    let ended = applied.and_then(|()| replay.finish(&mut counting));
    let told = ended.map_err(|fault| fault.to_string()).map(|finished| {
        let report = finished.report(Default::default(), Default::default(), vec![]);
        let counts = counting.counts(finished.book(), finished.as_of(), &report.totals);
        (report, counts)
    });
    (told, apart)
}

/// How many cases were worked apart; the numbers of those that came to something else.
pub fn run(seed: u64, cases: usize) -> (usize, Vec<u64>) {
    let (mut worked, mut other) = (0, vec![]);
    for number in (seed..).take(cases) {
        let case = generate::case(number);
        let Ok((plan, _)) = product::compile(&case.text()) else { continue };
        let plan = Arc::new(plan);
        let ((one, _), (all, apart)) = (told(&case, &plan, true), told(&case, &plan, false));
        worked += usize::from(apart);
        if one != all {
            other.push(number);
        }
    }
    (worked, other)
}
