//! Any history under a program with most of the language: no panic, and what the ledger says is what members have.
#![no_main]

use earnest::history::{BadRows, Format, History, Map, Options, Order};
use earnest::plan::{Plan, UnitId};
use earnest::sim::replay::Replay;
use earnest::sim::report::{NonMemberSales, Rows};
use earnest::source::Source;
use earnest::ty::Event;
use libfuzzer_sys::fuzz_target;
use std::io::Cursor;
use std::sync::{Arc, LazyLock};

static PLAN: LazyLock<Arc<Plan>> = LazyLock::new(|| {
    let source = Source::new("eval.earn", include_str!("../eval.earn"));
    Arc::new(earnest::compile(&source).plan.expect("the program of this target is right"))
});

fuzz_target!(|rows: &[u8]| {
    let options = Options { order: Order::Unsorted, bad_rows: BadRows::Skip };
    let mut history = History::new(PLAN.schema.clone(), PLAN.zone.clone(), Map::default(), options);
    let mut text =
        b"member,at,kind,receipt,of,sku,category,quantity,amount,points,unit,name,referred_by,into\n".to_vec();
    text.extend_from_slice(rows);
    if history.add("fuzz", Cursor::new(text), Format::Csv).is_err() {
        return;
    }
    let mut replay = Replay::new(Arc::clone(&PLAN), false, None);
    let mut event = Event::default();
    while let Ok(true) = history.next_event(replay.texts_mut(), &mut event) {
        if replay.apply(&event, &mut ()).is_err() {
            return;
        }
    }
    let Ok(finished) = replay.finish(&mut ()) else { return };
    for (unit, points) in &finished.report(Rows::default(), NonMemberSales::default(), Vec::new()).totals.points.0 {
        let id = PLAN.units.iter().position(|of| of.key() == unit).map(UnitId::new).expect("a unit of the plan");
        let held: i128 = finished.book().members().map(|member| i128::from(member.balance(id).micros())).sum();
        assert_eq!(held, points.balance.0, "{unit}: {points:?}");
    }
});
