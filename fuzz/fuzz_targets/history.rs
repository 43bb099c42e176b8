//! Reading a history never panics, and accounts for every row that it reads to the end.
#![no_main]

use earnest::history::{BadRows, Format, History, Map, Options, Order};
use earnest::time::Zone;
use earnest::ty::{Event, Schema, Texts};
use libfuzzer_sys::fuzz_target;
use std::io::Cursor;

fuzz_target!(|input: (&[u8], u8)| {
    let (bytes, how) = input;
    let format = [Format::Csv, Format::Tsv, Format::JsonLines][usize::from(how % 3)];
    let order = if how & 4 == 0 { Order::Sorted } else { Order::Unsorted };
    let bad_rows = if how & 8 == 0 { BadRows::Stop } else { BadRows::Skip };
    let options = Options { order, bad_rows };
    let mut history = History::new(Schema::default(), Zone::utc(), Map::default(), options);
    if history.add("fuzz", Cursor::new(bytes.to_vec()), format).is_err() {
        return;
    }
    let (mut texts, mut event) = (Texts::default(), Event::default());
    loop {
        match history.next_event(&mut texts, &mut event) {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => {
                assert!(!error.to_string().is_empty());
                return;
            }
        }
    }
    let rows = history.rows();
    assert_eq!(rows.read, rows.events + rows.non_member + rows.set_aside + rows.already_counted, "{rows:?}");
});
