//! Any history under a program with all kinds of declarations: no panic, and what the ledger says is what members have.
#![no_main]

use earnest::history::{BadRows, Format, History, Map, Options, Order, read_members};
use earnest::plan::{Plan, UnitId};
use earnest::sim::replay::Replay;
use earnest::sim::report::{NonMemberSales, Rows};
use earnest::source::Source;
use earnest::ty::{Event, Member};
use libfuzzer_sys::fuzz_target;
use std::io::Cursor;
use std::sync::{Arc, LazyLock};

static PLAN: LazyLock<Arc<Plan>> = LazyLock::new(|| {
    let source = Source::new("eval.earn", include_str!("../eval.earn"));
    Arc::new(earnest::compile(&source).plan.expect("the program of this target is right"))
});

/// Three who live together; all others live alone.
fn members(replay: &mut Replay) -> Vec<Member> {
    let rows = "member,household\na,h\nb,h\nc,h\n";
    let read = read_members("members", Cursor::new(rows), Format::Csv, &PLAN.schema, &Map::default(), replay.texts_mut());
    read.expect("the members of this target are right")
}

fuzz_target!(|rows: &[u8]| {
    let options = Options { order: Order::Unsorted, bad_rows: BadRows::Skip };
    let mut history = History::new(PLAN.schema.clone(), PLAN.zone.clone(), Map::default(), options);
    let mut text =
        b"member,at,kind,receipt,of,sku,category,quantity,amount,discount,points,unit,name,referred_by,into\n".to_vec();
    text.extend_from_slice(rows);
    if history.add("fuzz", Cursor::new(text), Format::Csv).is_err() {
        return;
    }
    let mut replay = Replay::new(Arc::clone(&PLAN), false, None);
    for member in &members(&mut replay) {
        replay.add_member(member);
    }
    let mut event = Event::default();
    while let Ok(true) = history.next_event(replay.texts_mut(), &mut event) {
        if replay.apply(&event, &mut ()).is_err() {
            return;
        }
    }
    let Ok(finished) = replay.finish(&mut ()) else { return };
    for (unit, points) in &finished.report(Rows::default(), NonMemberSales::default(), Vec::new()).totals.points.0 {
        let id = PLAN.units.iter().position(|of| of.key() == unit).map(UnitId::new).expect("a unit of the plan");
        let book = finished.book();
        let alone = book.members().filter(|member| !member.shares(id)).map(|member| member.balance(id));
        let together = book.pools().filter_map(|pool| book.in_pool(pool, id)).map(|holding| holding.balance);
        let held: i128 = alone.chain(together).map(|balance| i128::from(balance.micros())).sum();
        assert_eq!(held, points.balance.0, "{unit}: {points:?}");
        // What lies there is what the rows say.
        let lots: i128 = book.lots_by_expiry(id).values().sum();
        assert_eq!(lots - points.debt.0, points.balance.0, "{unit}: {points:?}");
    }
});
