//! Reading histories: what becomes of good rows, and what is said of bad ones, word by word.
#![cfg(feature = "files")]
#![allow(
    clippy::format_push_string,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that fails may panic"
)]

use earnest::history::{
    BadRows, Format, History, HistoryError, Map, NonMemberSales, Options, Order, ReturnsIndex, RowCounts,
};
use earnest::history::{read_members, read_openings};
use earnest::time::{Day, Zone};
use earnest::ty::event::{Datum, Discounts};
use earnest::ty::{Attribute, AttributeType, Event, Kind, Missing, Schema, Texts};
use proptest::prelude::*;
use std::io::Cursor;

fn attribute(name: &str, kind: AttributeType, missing: Missing) -> Attribute {
    Attribute { name: name.to_owned(), kind, missing, read_by: Some("rule \"Base\"".to_owned()) }
}

fn schema() -> Schema {
    Schema {
        line: vec![attribute("category", AttributeType::Text, Missing::Allowed)],
        receipt: vec![attribute("channel", AttributeType::Text, Missing::Allowed)],
        action: vec![attribute("stars", AttributeType::Number, Missing::Allowed)],
        member: vec![attribute("birthday", AttributeType::Date, Missing::Allowed)],
        actions: vec!["review".to_owned()],
        units: vec![vec!["bean".to_owned(), "beans".to_owned()]],
        rewards: vec!["Tenth coffee".to_owned(), "Pay".to_owned()],
    }
}

struct Read {
    events: Vec<Event>,
    texts: Texts,
    history: History,
}

fn history(schema: Schema, map: &str, options: Options, files: &[(&str, &[u8])]) -> Result<Read, HistoryError> {
    let map = Map::parse("map.toml", map)?;
    let mut history = History::new(schema, Zone::named("Europe/Moscow").unwrap(), map, options);
    for (name, bytes) in files {
        history.add(name, Cursor::new(bytes.to_vec()), Format::of_name(name))?;
    }
    let (mut texts, mut events, mut event) = (Texts::default(), Vec::new(), Event::default());
    while history.next_event(&mut texts, &mut event)? {
        events.push(event.clone());
    }
    let rows = history.rows();
    assert_eq!(rows.read, rows.events + rows.non_member + rows.set_aside + rows.already_counted, "{rows:?}");
    Ok(Read { events, texts, history })
}

fn read(text: &str) -> Read {
    history(schema(), "", Options::default(), &[("h.csv", text.as_bytes())]).unwrap_or_else(|error| panic!("{error}"))
}

fn mapped(map: &str, text: &str) -> Read {
    history(schema(), map, Options::default(), &[("h.csv", text.as_bytes())]).unwrap_or_else(|error| panic!("{error}"))
}

fn error(text: &str) -> String {
    error_with("", text)
}

fn error_with(map: &str, text: &str) -> String {
    match history(schema(), map, Options::default(), &[("h.csv", text.as_bytes())]) {
        Ok(read) => panic!("no error: {:?}", read.events),
        Err(error) => error.to_string(),
    }
}

fn skip() -> Options {
    Options { bad_rows: BadRows::Skip, ..Options::default() }
}

fn unsorted() -> Options {
    Options { order: Order::Unsorted, ..Options::default() }
}

fn ids(read: &Read) -> Vec<&str> {
    read.events.iter().map(|event| event.id.as_str()).collect()
}

#[test]
fn rows_of_a_receipt_are_one_event_at_their_earliest_time() {
    let read = read(
        "member,at,receipt,sku,quantity,price,category\n\
         M1,2026-12-20T15:01,R1,b,2,10.50,cakes\n\
         M1,2026-12-20T15:00,R1,a,,5,\n\
         M2,2026-12-20T15:00,R1,a,1,5,tea\n",
    );
    assert_eq!(read.events.len(), 2);
    let event = &read.events[0];
    assert_eq!((event.id.as_str(), event.receipt.as_str(), event.member.as_str()), ("purchase R1", "R1", "M1"));
    assert_eq!(event.at.to_string(), "2026-12-20 15:00");
    let amounts: Vec<_> = event.lines.iter().map(|line| (line.amount.to_string(), line.quantity.to_string())).collect();
    assert_eq!(amounts, [("5".to_owned(), "1".to_owned()), ("21".to_owned(), "2".to_owned())]);
    assert_eq!(event.lines[0].values[..], [Datum::Missing]);
    assert_eq!(event.lines[1].values[..], [Datum::Text(read.texts.find("cakes").unwrap())]);
    assert_eq!(read.history.rows().events, 3);
}

#[test]
fn events_leave_in_their_order() {
    let read = read(
        "member,at,kind,id,seq,points,name,amount\n\
         M1,2026-01-02,leave,a,,,,\n\
         M1,2026-01-02,purchase,c,,,,1\n\
         M1,2026-01-02,purchase,b,,,,1\n\
         M1,2026-01-02,join,z,,,,\n\
         M1,2026-01-02,join,s,1,,,\n\
         M1,2026-01-01T23:59,action,y,,,review,\n\
         M1,2026-01-02,redeem,d,,5,,\n\
         M1,2026-01-02,adjust,e,,-5,,\n\
         M1,2026-01-02,return,f,,,,1\n",
    );
    assert_eq!(ids(&read), ["y", "z", "e", "b", "c", "d", "f", "a", "s"]);
}

#[test]
fn rows_without_an_id_keep_the_order_of_the_file_and_are_told() {
    let mut text = String::from("member,at,amount\n");
    for row in 0..12 {
        text.push_str(&format!("M{},2026-01-01,{row}\n", 20 - row));
    }
    let read = read(&text);
    let amounts: Vec<_> = read.events.iter().map(|event| event.lines[0].amount.micros() / 1_000_000).collect();
    assert_eq!(amounts, (0..12).collect::<Vec<_>>());
    assert_eq!(read.events[10].id, "1:12");
    let warnings = read.history.warnings();
    assert_eq!((warnings[0].code.as_str(), warnings[0].count), ("rows-without-id", 12));
}

#[test]
fn the_same_event_counts_once() {
    let row = "member,at,id,amount\nM1,2026-01-01,e1,5\n";
    let read = read(&format!("{row}M1,2026-01-01,e1,5\nM2,2026-01-01,e1,5\n"));
    assert_eq!(read.history.rows(), RowCounts { read: 3, events: 2, already_counted: 1, ..RowCounts::default() });
    let file = "member,at,receipt,amount\nM1,2026-01-01,R1,5\nM1,2026-01-01,R1,5\nM1,2026-01-02,R2,5\n";
    let both = [("a.csv", file.as_bytes()), ("b.csv", file.as_bytes())];
    for options in [Options::default(), unsorted()] {
        let twice = history(schema(), "", options, &both).unwrap();
        assert_eq!(twice.events.len(), 2);
        assert_eq!(twice.history.rows(), RowCounts { read: 6, events: 3, already_counted: 3, ..RowCounts::default() });
    }
}

#[test]
fn one_id_with_two_contents_is_an_error_that_shows_both() {
    let text = "member,at,id,amount\nM1,2026-01-01,e1,5\nM1,2026-01-01,e1,6\n";
    assert_eq!(
        error(text),
        "h.csv, row 3: the id `e1` stands for two different events: \
         purchase of 5 in 1 row on 2026-01-01 (file 1, row 2) and purchase of 6 in 1 row on 2026-01-01 (file 1, row 3)\n  \
         help: keep one of the two, or give the other its own id"
    );
    let mut read = history(schema(), "", skip(), &[("h.csv", text.as_bytes())]).unwrap();
    assert_eq!(read.history.rows().set_aside, 2);
    let rejects: Vec<_> =
        read.history.take_rejects().into_iter().map(|reject| (reject.row, reject.code, reject.text)).collect();
    assert_eq!(
        rejects,
        [
            (2, "id-conflict".to_owned(), "M1,2026-01-01,e1,5".to_owned()),
            (3, "id-conflict".to_owned(), "M1,2026-01-01,e1,6".to_owned())
        ]
    );
}

#[test]
fn a_redemption_names_its_reward_and_who_gets_the_units() {
    let read = read(
        "member,at,kind,receipt,points,name,into\n\
         M1,2026-01-01,redeem,,5,Pay,\nM1,2026-01-02,redeem,,9,Tenth coffee,M2\nM1,2026-01-03,redeem,,1,,\n",
    );
    let named: Vec<_> = read.events.iter().map(|event| (event.redeemed[0].reward, event.into.as_str())).collect();
    assert_eq!(named, [(Some(1), ""), (Some(0), "M2"), (None, "")]);
    let said = error("member,at,kind,points,name\nM1,2026-01-01,redeem,5,Tenth cofee\n");
    assert!(said.contains("Tenth cofee") && said.contains("such as `Tenth coffee`"), "{said}");
    let said = error("member,at,kind,points,name\nM1,2026-01-01,redeem,5,Mug\n");
    assert!(said.contains("one of Tenth coffee, Pay"), "{said}");
}

#[test]
fn a_discount_in_the_data_is_a_fact_also_where_it_is_nothing() {
    let rows = "member,at,receipt,amount,discount\n\
                M1,2026-01-01,R1,10,2\nM1,2026-01-02,R2,10,0\nM1,2026-01-03,R3,10,\n\
                M1,2026-01-04,R4,10,\nM1,2026-01-04,R4,10,1\n";
    let told: Vec<_> = read(rows).events.iter().map(|event| event.discounts).collect();
    assert_eq!(told, [Discounts::Told, Discounts::Told, Discounts::Programs, Discounts::Told]);
    let after = mapped("[amounts]\nafter_discount = true", rows);
    assert!(after.events.iter().all(|event| event.discounts == Discounts::Off));
    assert!(after.events.iter().flat_map(|event| &event.lines).all(|line| line.discount.is_zero()));
}

#[test]
fn spent_points_join_the_purchase_of_their_receipt_wherever_they_stand() {
    let rows = [
        "M1,2026-01-01T10:00,purchase,R1,,8",
        "M1,2026-01-01T10:00,redeem,R1,20,",
        "M1,2026-01-02,redeem,R2,5,",
        "M1,2026-01-03,purchase,R2,,8",
        "M1,2026-01-03,redeem,,7,",
    ];
    for order in [[0, 1, 2, 3, 4], [4, 3, 2, 1, 0]] {
        let mut text = String::from("member,at,kind,receipt,points,amount\n");
        for row in order {
            text.push_str(rows[row]);
            text.push('\n');
        }
        let read = read(&text);
        let spent: Vec<_> = read
            .events
            .iter()
            .map(|event| {
                (
                    event.kind,
                    event.at.to_string(),
                    event.redeemed.iter().map(|r| r.points.to_string()).collect::<String>(),
                )
            })
            .collect();
        assert_eq!(
            spent,
            [
                (Kind::Purchase, "2026-01-01 10:00".to_owned(), "20".to_owned()),
                (Kind::Purchase, "2026-01-03".to_owned(), "5".to_owned()),
                (Kind::Redeem, "2026-01-03".to_owned(), "7".to_owned()),
            ]
        );
        assert_eq!(read.history.rows().events, 5);
    }
    let (purchases, redeems) = (
        "member,at,receipt,amount\nM1,2026-01-03,R2,8\n",
        "member,at,kind,receipt,points\nM1,2026-01-02,redeem,R2,5\n",
    );
    let files = [("p.csv", purchases.as_bytes()), ("r.csv", redeems.as_bytes())];
    let two = history(schema(), "", Options::default(), &files).unwrap();
    assert_eq!((two.events.len(), two.events[0].redeemed.len()), (1, 1));
}

#[test]
fn sales_to_strangers_are_counted_apart() {
    let read = mapped(
        "[sign]\nreturn = 'negative'",
        "member,at,kind,receipt,amount\n,2026-01-01,,R1,5\n,2026-01-01,,R1,6\n,2026-01-02,return,R1,-2.5\n,2026-01-02,,R9,-1\nM1,2026-01-02,,R3,1\n",
    );
    let sales = NonMemberSales { receipts: 3, amount: "7.5".parse().unwrap() };
    assert_eq!(read.history.non_member_sales(), sales);
    assert_eq!(serde_json::to_string(&sales).unwrap(), r#"{"receipts":3,"amount":"7.5"}"#);
    assert_eq!(
        serde_json::to_string(&read.history.rows()).unwrap(),
        r#"{"read":5,"events":1,"non_member":4,"set_aside":0,"already_counted":0}"#
    );
}

#[test]
fn every_way_of_writing_gives_the_same_events() {
    let plain =
        read("member,at,receipt,sku,quantity,amount,channel\n00017,2026-12-20T08:05,R1,s1,2,1234.5,Кофе; чай\n");
    let cyrillic: Vec<u8> =
        "Karta;Data;Chek;sku;quantity;amount;channel\r\n00017.0;20.12.2026 8:05;R1.0;s1;2;1234,50;\""
            .bytes()
            .chain([0xCA, 0xEE, 0xF4, 0xE5, b';', b' ', 0xF7, 0xE0, 0xE9])
            .chain(*b"\"\r\n")
            .collect();
    let map = "delimiter = ';'\ndecimal = ','\nencoding = 'windows-1251'\nstrip = '.0'\nat.format = '%d.%m.%Y %H:%M'\n\
               [columns]\nmember = 'Karta'\nat = 'Data'\nreceipt = 'Chek'";
    let older = history(schema(), map, Options::default(), &[("h.csv", &cyrillic)]).unwrap();
    assert_eq!(older.events, plain.events);
    let semicolons =
        "member;at;receipt;sku;quantity;amount;channel\n00017;2026-12-20T08:05;R1;s1;2;1234.50;\"Кофе; чай\"\n";
    assert_eq!(read(semicolons).events, plain.events);
    let tabs = "\u{feff}member\tat\treceipt\tsku\tquantity\tamount\tchannel\n00017\t2026-12-20 05:05:00Z\tR1\ts1\t2\t1234.50\tКофе; чай\n";
    assert_eq!(history(schema(), "", Options::default(), &[("h.tsv", tabs.as_bytes())]).unwrap().events, plain.events);
    let json = "{\"member\":\"00017\",\"at\":\"2026-12-20T08:05:00+03:00\",\"receipt\":\"R1\",\"sku\":\"s1\",\
                \"quantity\":2,\"amount\":1234.50,\"channel\":\"Кофе; чай\",\"other\":{\"x\":[1]}}\n";
    let mut events = history(schema(), "", Options::default(), &[("h.jsonl", json.as_bytes())]).unwrap().events;
    events[0].place.row += 1;
    assert_eq!(events, plain.events);
    let headless =
        "header = false\n[columns]\nmember = 2\nat = 1\nreceipt = 3\namount = 4\n[constants]\nchannel = 'web'";
    let read = mapped(headless, "2026-12-20,M1,R1,5\n");
    assert_eq!((read.events[0].member.as_str(), read.events[0].place.row), ("M1", 1));
    assert_eq!(read.events[0].values, [Datum::Text(read.texts.find("web").unwrap())]);
}

#[test]
fn returns_are_found_by_the_map_and_are_positive() {
    let map = "[kind]\nreturn = { column = 'quantity', below = 0 }";
    let read =
        mapped(map, "member,at,receipt,of,sku,quantity,price\nM1,2026-01-01,R1,,a,2,5\nM1,2026-01-02,R2,R1,a,-1,5\n");
    let event = &read.events[1];
    assert_eq!((event.kind, event.of.as_str(), event.id.as_str()), (Kind::Return, "R1", "return R2"));
    assert_eq!(
        (event.lines[0].amount.to_string(), event.lines[0].quantity.to_string()),
        ("5".to_owned(), "1".to_owned())
    );
}

#[test]
fn other_facts_bring_what_they_need() {
    let read = read(
        "member,at,kind,id,name,referred_by,into,points,unit,of,stars\n\
         M1,2026-01-01,join,1,,M0,,,,,\n\
         M1,2026-01-02,action,2,review,,,,,R1,5\n\
         M1,2026-01-03,action,3,survey,,,,,,\n\
         M1,2026-01-04,adjust,4,,,,-3.5,bean,,\n\
         M1,2026-01-05,merge,5,,,M2,,,,\n",
    );
    assert_eq!(read.events[0].referred_by, "M0");
    assert_eq!((read.events[1].action, read.events[1].of.as_str()), (Some(0), "R1"));
    assert_eq!(read.events[1].values, [Datum::Number("5".parse().unwrap())]);
    assert_eq!(read.events[2].action, None);
    assert_eq!(read.events[3].adjusted.unwrap().points.to_string(), "-3.5");
    assert_eq!(read.events[4].into, "M2");
    let warnings = read.history.warnings();
    assert_eq!((warnings[0].code.as_str(), warnings[0].detail.as_str()), ("unknown-action", "survey"));
}

#[test]
fn a_bad_value_is_named_with_its_place_and_a_way_out() {
    let head = "member,at,receipt,amount,quantity,kind,points\n";
    let bad = |row: &str| error(&format!("{head}M0,2026-01-01,R0,1,,,\n{row}\n"));
    for (row, expected) in [
        (
            "M1,2026-01-01,R1,\"12,50\",,,",
            "h.csv, row 3, column `amount`: found `12,50`, expected a number such as 12.50\n  \
             help: if the file writes decimals with a comma, say `decimal = \",\"` in the map (`--map F`)",
        ),
        (
            "M1,2026-01-01,R1,1.2345678,,,",
            "h.csv, row 3, column `amount`: found `1.2345678`, expected a number with at most six decimals",
        ),
        (
            "M1,20.12.2026,R1,1,,,",
            "h.csv, row 3, column `at`: found `20.12.2026`, expected a date or a date and time such as \
             2026-12-20T15:00, from 1900 to 2200\n  \
             help: if the file writes all its dates in another way, say so in the map (`--map F`): \
             `at.format = \"%d.%m.%Y %H:%M\"`; if only some rows are so, set them aside: `--on-bad-row skip --rejects F`",
        ),
        (
            "M1,,R1,1,,,",
            "h.csv, row 3, column `at`: found nothing, but every row needs a value\n  \
             help: fill the field, or let the program say `may be missing` or `or` a value",
        ),
        (
            "M1,2026-01-01,R1,-5,,,",
            "h.csv, row 3, column `amount`: found `-5`, expected a number of at least 0 in a purchase\n  \
             help: if such rows are returns, say so in the map: `[kind] return = { column = \"quantity\", below = 0 }`",
        ),
        (
            "M1,2026-01-01,R1,-5,,return,",
            "h.csv, row 3, column `amount`: found `-5`, expected a number of at least 0 in a return\n  \
             help: if the file writes returns below zero, say so in the map: `[sign] return = \"negative\"`",
        ),
        (
            "M1,2026-01-01,R1,5,,sale,",
            "h.csv, row 3, column `kind`: found `sale`, expected one of purchase, return, join, action, redeem, merge, adjust, leave",
        ),
        (
            "M1,2026-01-01,R1,5,,,100",
            "h.csv, row 3, column `points`: found `100` on a purchase, expected points only on rows of kind redeem or adjust\n  \
             help: write points spent on a purchase as a row of kind `redeem` with the same receipt",
        ),
        (
            "M1,2026-01-01,R1,5",
            "h.csv, row 3: found 4 fields, expected 7 as in the header\n  \
             help: quote a field that holds the delimiter, or say `delimiter = \";\"` in the map if the file has another",
        ),
        (
            "M1,2026-01-01,R1,\"5\"x,,,",
            "h.csv, row 3: found text after a closing quote, expected the delimiter or the end of the row",
        ),
        ("M1,2026-01-01,\"R1,5,,,", "h.csv, row 3: found a quoted field that is never closed"),
        (
            ",2026-01-01,R1,,,redeem,5",
            "h.csv, row 3, column `member`: found nothing, but a row of kind redeem needs a value\n  \
             help: fill the field, or let the program say `may be missing` or `or` a value",
        ),
    ] {
        assert_eq!(bad(row), expected, "{row}");
    }
}

#[test]
fn columns_that_are_missing_doubled_or_unknown_are_named() {
    for (map, text, expected) in [
        (
            "",
            "membr,at\n",
            "h.csv, column `member`: the file has no such column, but every history needs it\n  \
             help: the file has `membr`, `at`; name them in a map file, and pass it with `--map F`:\n  \
             [columns]\n  member = \"membr\"",
        ),
        ("", "member,at,at\n", "h.csv, column `at`: found the column twice, expected each name once"),
        ("", "", "h.csv: the file is empty, expected a header row"),
        (
            "[columns]\namount = 'Summa'",
            "member,at,Suma\nM1,2026-01-01,1\n",
            "h.csv, column `Summa`: the map names this column for `amount`, but no file has it\n  \
             help: the file has a column `Suma`; correct the name for `amount` in the map",
        ),
        (
            "",
            "member,at,receipt,total\nM1,2026-01-01,R1,5\n",
            "h.csv, row 2, column `amount`: the file has no such column, but a row of kind purchase needs it\n  \
             help: the file has `member`, `at`, `receipt`, `total`; name them in a map file, and pass it with `--map F`:\n  \
             [columns]\n  amount = \"total\"",
        ),
        (
            "delimiter = ';'",
            "member,at,receipt\n",
            "h.csv, column `member`: the file has no such column, but every history needs it\n  \
             help: the fields of this file lie between `,`, and the map divides all files of the command by its \
             `delimiter`; leave that out of the map, and each file is divided as its header shows",
        ),
    ] {
        assert_eq!(error_with(map, text), expected);
    }
    let mut schema = schema();
    schema.line[0].missing = Missing::Refused;
    let read = |text: &str| {
        history(schema.clone(), "", Options::default(), &[("h.csv", text.as_bytes())])
            .err()
            .map(|error| error.to_string())
    };
    assert_eq!(
        read("member,at,receipt,amount,categry\nM1,2026-01-01,R1,5,tea\n").as_deref(),
        Some(
            "h.csv, column `category`: the file has no such column, but rule \"Base\" needs it\n  \
             help: the file has `member`, `at`, `receipt`, `amount`, `categry`; name them in a map file, \
             and pass it with `--map F`:\n  [columns]\n  category = \"categry\""
        )
    );
    assert_eq!(
        read("member,at,receipt,amount,category\nM1,2026-01-01,R1,5,\n").as_deref(),
        Some(
            "h.csv, row 2, column `category`: found nothing, but rule \"Base\" needs a value\n  \
             help: fill the field, or let the program say `may be missing` or `or` a value"
        )
    );
    assert_eq!(read("member,at,kind,name\nM1,2026-01-01,action,review\n"), None, "a file of actions needs no category");
}

#[test]
fn rows_of_a_receipt_that_disagree_are_refused() {
    let text = "member,at,receipt,amount,channel,of,id\nM1,2026-01-01,R1,5,web,,\nM1,2026-01-01,R1,5,,,\nM1,2026-01-01,R1,5,store,,\n";
    assert_eq!(
        error(text),
        "h.csv, row 4, column `channel`: found `store`, expected `web` as in row 2 of the same receipt"
    );
}

#[test]
fn skipping_sets_the_whole_receipt_aside_and_nothing_else() {
    let text = "member,at,receipt,amount\n\
         M1,2026-01-01,R1,5\nM1,2026-01-01,R2,5\nM1,2026-01-01,R1,x\nM1,2026-01-01,R1,7\nM1,2026-01-01,R3\n,2026-01-01,R4,y\n";
    let mut read = history(schema(), "", skip(), &[("h.csv", text.as_bytes())]).unwrap();
    assert_eq!(ids(&read), ["purchase R2"]);
    assert_eq!(read.history.rows(), RowCounts { read: 6, events: 1, set_aside: 5, ..RowCounts::default() });
    let mut rejects: Vec<_> =
        read.history.take_rejects().into_iter().map(|r| (r.row, r.code, r.text, r.reason)).collect();
    rejects.sort();
    let reason = "h.csv, row 4, column `amount`: found `x`, expected a number such as 12.50";
    assert_eq!(
        rejects[0],
        (2, "bad-number".to_owned(), "M1,2026-01-01,R1,5".to_owned(), format!("set aside with another row: {reason}"))
    );
    assert_eq!(rejects[1], (4, "bad-number".to_owned(), "M1,2026-01-01,R1,x".to_owned(), reason.to_owned()));
    assert_eq!(rejects[3].1, "field-count");
    assert_eq!(rejects.iter().map(|reject| reject.0).collect::<Vec<_>>(), [2, 4, 5, 6, 7]);
}

fn many(rows: u64, row: impl Fn(u64) -> String) -> String {
    let mut text = String::from("member,at,receipt,amount\n");
    for number in 0..rows {
        text.push_str(&row(number));
        text.push('\n');
    }
    text
}

fn day(number: u64) -> Day {
    Day::parse("2020-01-01").unwrap().plus_days(i64::try_from(number).unwrap()).unwrap()
}

#[test]
fn long_histories_by_time_and_by_member_are_streamed() {
    let by_time = many(250_000, |n| format!("M{},{},R{n},1", n % 1_000, day(n / 200)));
    let read_it = read(&by_time);
    assert_eq!(read_it.events.len(), 250_000);
    assert!(read_it.events.is_sorted_by(|left, right| left.order(right).is_le()));
    let by_member = many(250_000, |n| format!("M{},{},R{n},1", n / 100, day(n % 100)));
    let read_it = read(&by_member);
    assert_eq!(read_it.events.len(), 250_000);
    let mut last: std::collections::HashMap<&str, &Event> = std::collections::HashMap::new();
    for event in &read_it.events {
        let before = last.insert(event.member.as_str(), event);
        assert!(before.is_none_or(|before| before.order(event).is_le()));
    }
}

#[test]
fn a_history_in_no_order_is_refused_unless_it_may_be_sorted() {
    let text = many(250_000, |n| format!("M{},{},R{n},1", n % 1_000, day(n * 7_919 % 1_000)));
    let message = error(&text);
    assert!(message.starts_with("h.csv, row "), "{message}");
    assert!(message.contains("expected rows sorted by time, or by member and time"), "{message}");
    assert!(message.ends_with("help: sort the file by `at`, or pass `--unsorted`"), "{message}");
    let read = history(schema(), "", unsorted(), &[("h.csv", text.as_bytes())]).unwrap();
    assert!(read.events.is_sorted_by(|left, right| left.order(right).is_le()));
}

#[test]
fn a_receipt_that_reappears_is_joined_or_refused_with_both_rows() {
    let near =
        many(150_001, |n| if n == 90_000 { "M1,2020-01-01,R0,1".to_owned() } else { format!("M1,2020-01-01,R{n},1") });
    let read = read(&near);
    assert_eq!(read.events.iter().find(|event| event.receipt == "R0").map(|event| event.lines.len()), Some(2));
    let far = many(250_001, |n| {
        if n == 240_000 { format!("M1,{},R0,1", day(n / 100)) } else { format!("M1,{},R{n},1", day(n / 100)) }
    });
    assert_eq!(
        error(&far),
        "h.csv, row 240002: receipt `R0` goes on here, but it ended at row 2, too far back to be joined\n  \
         help: sort the file by `at`, or pass `--unsorted`"
    );
}

#[test]
fn a_day_of_any_size_is_held_where_there_are_no_times() {
    let text = many(220_000, |n| format!("M1,{},R{:06},1", day(n / 180_000), (n * 7) % 220_000));
    let read = read(&text);
    assert!(read.events.is_sorted_by(|left, right| left.order(right).is_le()));
}

#[test]
fn members_and_opening_balances_are_read() {
    let mut texts = Texts::default();
    let mut members = |text: &str| {
        read_members(
            "m.csv",
            Cursor::new(text.as_bytes().to_vec()),
            Format::Csv,
            &schema(),
            &Map::default(),
            &mut texts,
        )
        .map_err(|error| error.to_string())
    };
    let read = members("member,joined,birthday\nM1,2024-05-01,1985-02-28\nM2,,\n").unwrap();
    assert_eq!(
        (read[0].joined, read[0].values[0]),
        (Day::parse("2024-05-01"), Datum::Date(Day::parse("1985-02-28").unwrap()))
    );
    assert_eq!((read[1].joined, read[1].values[0]), (None, Datum::Missing));
    assert_eq!(
        members("member\nM1\nM1\n").unwrap_err(),
        "m.csv, row 3, column `member`: found `M1` twice, first in row 2, expected each member once"
    );
    assert_eq!(
        members("member,birthday\nM1,28.02.1985\n").unwrap_err(),
        "m.csv, row 2, column `birthday`: found `28.02.1985`, expected a date such as 2026-12-20, from 1900 to 2200\n  \
         help: if the file writes dates in another way, say so in the map (`--map F`) for this attribute: \
         `birthday.format = \"%d.%m.%Y\"`"
    );
    let openings = |text: &str| {
        read_openings(
            "o.csv",
            Cursor::new(text.as_bytes().to_vec()),
            Format::Csv,
            &schema(),
            &Map::default(),
            &mut Texts::default(),
        )
        .map_err(|error| error.to_string())
    };
    let read = openings("member,points,unit,expires,ladder,tier\nM1,250,beans,2026-12-31,status,Gold\n").unwrap();
    assert_eq!(read[0].points.unwrap().points.to_string(), "250");
    assert_eq!(read[0].tier, Some(("status".to_owned(), "Gold".to_owned())));
    assert_eq!(
        openings("member,points,unit\nM1,250,stars\n").unwrap_err(),
        "o.csv, row 2, column `unit`: found `stars`, expected one of beans"
    );
}

#[test]
fn a_pass_before_tells_which_purchases_are_touched_by_returns() {
    let text = "member,at,kind,receipt,of,sku,amount,into\n\
         M1,2026-01-01,,R1,,a,5,\nM1,2026-01-01,,R2,,b,5,\nM1,2026-01-01,,R3,,c,5,\n\
         M1,2026-01-02,merge,,,,,M2\nM2,2026-01-03,return,X,R1,a,5,\nM2,2026-01-03,return,Y,,b,5,\n";
    let mut index = ReturnsIndex::default();
    index.scan("h.csv", Cursor::new(text.as_bytes().to_vec()), Format::Csv, &Map::default()).unwrap();
    let read = read(text);
    let touched: Vec<_> = read
        .events
        .iter()
        .filter(|event| event.kind == Kind::Purchase)
        .map(|event| index.last_return(event, &read.texts, Day::MAX).is_some())
        .collect();
    assert_eq!(touched, [true, true, false]);
}

#[test]
fn a_sample_reads_as_it_was_written() {
    let sample = earnest::sim::sample::Sample { members: 200, receipts: 3_000, from: day(0), to: day(500), seed: 3 };
    let (mut rows, mut people) = (Vec::new(), Vec::new());
    let counts = sample.write_history(&mut rows).unwrap();
    sample.write_members(&mut people).unwrap();
    let read = history(schema(), "", Options::default(), &[("s.csv", &rows)]).unwrap();
    assert_eq!(read.history.rows().read, counts.rows);
    let purchases = read.events.iter().filter(|event| event.kind == Kind::Purchase).count() as u64;
    assert!(purchases < counts.receipts && purchases > counts.receipts * 8 / 10);
    assert_eq!(read.history.warnings().len(), 1, "actions have no id: {:?}", read.history.warnings());
    let members =
        read_members("m.csv", Cursor::new(people), Format::Csv, &schema(), &Map::default(), &mut Texts::default())
            .unwrap();
    assert_eq!(members.len(), 200);
}

/// Events as text, free of the numbers of texts and of places.
fn shown(read: &Read) -> Vec<String> {
    let text = |datum: &Datum| {
        if let Datum::Text(sym) = datum { read.texts.text(*sym).to_owned() } else { format!("{datum:?}") }
    };
    let lines = |event: &Event| {
        event
            .lines
            .iter()
            .map(|line| {
                (
                    line.sku.map(|sku| read.texts.text(sku).to_owned()),
                    line.amount,
                    line.values.iter().map(text).collect::<Vec<_>>(),
                )
            })
            .collect::<Vec<_>>()
    };
    let mut redeemed: Vec<_> = Vec::new();
    for event in &read.events {
        let mut points: Vec<_> = event.redeemed.iter().map(|r| r.points).collect();
        points.sort();
        redeemed.push(format!(
            "{:?} {} {} {} {:?} {points:?}",
            event.kind,
            event.id,
            event.member,
            event.at,
            lines(event)
        ));
    }
    redeemed
}

fn any_row() -> impl Strategy<Value = String> {
    (0..4_u8, 1..6_u8, 0..3_u8, 0..6_u8, 0..9_u8).prop_map(|(member, day, kind, receipt, amount)| {
        let kind = ["purchase", "return", "redeem"][usize::from(kind)];
        let points = if kind == "redeem" { amount.to_string() } else { String::new() };
        format!("M{member},2026-01-0{day},{kind},R{receipt},s{amount},{amount},{points}")
    })
}

proptest! {
    #[test]
    fn reading_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..400), skipping in any::<bool>(), json in any::<bool>()) {
        let options = if skipping { skip() } else { Options::default() };
        let name = if json { "h.jsonl" } else { "h.csv" };
        let mut text = b"member,at,receipt,amount,kind,points\n".to_vec();
        text.extend(&bytes);
        let _ = history(schema(), "", options, &[(name, &text)]);
        let _ = history(schema(), "header = false\ndelimiter = ' '\n[columns]\nmember = 1\nat = 2", options, &[(name, &bytes)]);
        let _ = Map::parse("m", &String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn nearly_good_rows_never_panic(rows in proptest::collection::vec("[M1,2\\-0\"x\n.]{0,20}|M1,2026-01-01,R[12],[0-9.,\\-]{0,5},(purchase|return|redeem|)?,[0-9]?", 0..20)) {
        let text = format!("member,at,receipt,amount,kind,points\n{}\n", rows.join("\n"));
        let read = history(schema(), "", skip(), &[("h.csv", text.as_bytes())]);
        prop_assert!(read.is_ok() || read.is_err_and(|error| error.code() == "missing-column"));
    }

    #[test]
    fn any_order_of_rows_with_ids_gives_the_same_events(rows in proptest::collection::vec(any_row(), 0..30), seed in any::<u64>()) {
        let text = |rows: &[String]| format!("member,at,kind,receipt,sku,amount,points\n{}\n", rows.join("\n"));
        let mut shuffled = rows.clone();
        let mut state = seed;
        for at in (1..shuffled.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            shuffled.swap(at, usize::try_from(state >> 33).unwrap() % (at + 1));
        }
        let first = history(schema(), "", unsorted(), &[("h.csv", text(&rows).as_bytes())]).unwrap();
        let second = history(schema(), "", unsorted(), &[("h.csv", text(&shuffled).as_bytes())]).unwrap();
        prop_assert_eq!(shown(&first), shown(&second));
    }
}
