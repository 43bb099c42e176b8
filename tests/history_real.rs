//! Real purchase histories, read whole: every row accounted for, every total as published. Skipped, and
//! said so, where the data are not at hand.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails may panic")]

use earnest::history::{Format, History, Map, Options};
use earnest::time::Zone;
use earnest::ty::{Event, Kind, Schema, Texts};
use earnest::value::Amount;
use flate2::read::GzDecoder;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::Path;

#[derive(Default)]
struct Seen {
    kinds: BTreeMap<&'static str, u64>,
    members: BTreeSet<String>,
    lines: usize,
    revenue: i64,
}

fn read(data: &str, map: &str) -> Option<(Seen, History)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let Ok(file) = File::open(root.join("../shared/data").join(data))
        .or_else(|_| File::open(root.join("../../shared/data").join(data)))
    else {
        eprintln!("skipped: ../shared/data/{data} is not here");
        return None;
    };
    let map = std::fs::read_to_string(root.join("examples").join(map)).unwrap();
    let map = Map::parse("map", &map).unwrap();
    let mut history = History::new(Schema::default(), Zone::utc(), map, Options::default());
    history.add(data, GzDecoder::new(file), Format::of_name(data)).unwrap();
    let (mut texts, mut event, mut seen) = (Texts::default(), Event::default(), Seen::default());
    let mut last = Event::default();
    while history.next_event(&mut texts, &mut event).unwrap_or_else(|error| panic!("{error}")) {
        assert!(last.order(&event).is_le(), "{last:?} before {event:?}");
        let kind = match event.kind {
            Kind::Purchase => "purchase",
            Kind::Return => "return",
            _ => "other",
        };
        *seen.kinds.entry(kind).or_default() += 1;
        seen.lines += event.lines.len();
        let sum: i64 = event.lines.iter().map(|line| line.amount.micros()).sum();
        seen.revenue += if event.kind == Kind::Return { -sum } else { sum };
        seen.members.insert(event.member.to_string());
        last.clone_from(&event);
    }
    Some((seen, history))
}

fn check_sum(history: &History) {
    let rows = history.rows();
    assert_eq!(rows.read, rows.events + rows.non_member + rows.set_aside + rows.already_counted);
}

#[test]
fn online_retail_is_read_to_the_last_row() {
    let Some((seen, history)) = read("online_retail/online_retail.csv.gz", "online_retail/online_retail.map.toml")
    else {
        return;
    };
    let rows = history.rows();
    assert_eq!((rows.read, rows.events, rows.non_member), (541_909, 406_829, 135_080));
    assert_eq!(seen.kinds, BTreeMap::from([("purchase", 18_536), ("return", 3_654)]));
    assert_eq!(seen.members.len(), 4_372);
    assert_eq!(seen.lines, 406_829);
    assert_eq!(history.non_member_sales().receipts, 3_710);
    assert_eq!(history.non_member_sales().amount.to_text(3), "1447682.120");
    assert_eq!(Amount::from_micros(seen.revenue).to_text(3), "8300065.814");
    check_sum(&history);
    assert_eq!(history.warnings(), []);
    assert_eq!(history.notes().iter().map(|note| note.detail.as_str()).collect::<Vec<_>>(), ["Country, Description"]);
}

#[test]
fn cdnow_is_read_in_both_layouts() {
    let Some((seen, history)) = read("cdnow/cdnow.csv.gz", "cdnow/cdnow.map.toml") else { return };
    assert_eq!((history.rows().read, history.rows().events), (69_659, 69_659));
    assert_eq!((seen.members.len(), seen.kinds.get("purchase")), (23_570, Some(&69_659)));
    check_sum(&history);
    let Some((master, history)) = read("cdnow/CDNOW_master.txt.gz", "cdnow/cdnow-master.map.toml") else { return };
    assert_eq!((history.rows().read, history.rows().events), (69_659, 69_659));
    assert_eq!((master.members, master.revenue), (seen.members, seen.revenue));
    let warnings: Vec<_> = history.warnings().iter().map(|warning| (warning.code.clone(), warning.count)).collect();
    assert_eq!(warnings, [("rows-without-id".to_owned(), 69_659)]);
}
