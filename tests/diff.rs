//! What `earnest diff` says of one change after another, and that it says nothing where nothing changes in meaning.
#![cfg(feature = "words")]
#![allow(clippy::expect_used, clippy::panic, reason = "a test says what is wrong by failing")]

use super::sources;
use earnest::source::Source;
use earnest::syntax::ast::File;
use earnest::words::{Language, What, differences};

const PROGRAM: &str = r#"program "Shop" { currency RUB timezone "Europe/Moscow" returns within 90 days }
data {
  line category text, or ""
  receipt channel text, or "store"
  member birthday date, may be missing
  action review
}
param base = 5%
list not_ours = ["tobacco", "alcohol"]
calendar "Black Friday" { 2026-11-27 to 2026-11-30 }
unit bean, beans { worth 1 RUB expires 12 months after earning }
unit cup, cups { expires never }
counter visit_now, visits_now = visits this calendar month
tiers status by spend over the last 12 months {
  Bronze, extra 0%
  Silver from 20_000 RUB, extra 1%
  Gold from 50_000 RUB, extra 2%
  keep until end of next calendar year
}
rule "Base" {
  where category not in not_ours
  if spend >= 100 RUB and channel = "store"
  give (base + status.extra) of spend as beans, at most 500 beans per calendar month
}
rule "By channel" { give by channel { "web" 10 beans "app" 20 beans } }
rule "Friday" { during every Friday multiply "Base" by 2 }
rule "Review" { on action review give 50 beans }
rule "Cup" { where category in ["coffee", "tea"] give 1 cup per item }
reward "Tenth" { where category = "coffee" costs 9 cups gives 1 item free }
best of { "Review", "By channel" }
example "a" { on 2026-01-02 purchase { 1_000 RUB } expect 50 beans from "Base" }
"#;

fn file(text: &str) -> File {
    let compiled = earnest::compile(&Source::new("shop.earn", text));
    assert!(compiled.plan.is_some(), "{text}\n{:?}", compiled.diagnostics);
    compiled.file
}

/// The clauses of all changes, a line each: `Rule “Base” | Goods: was: …; now: …`.
fn told(old: &str, new: &str, language: &str) -> Vec<String> {
    let language = Language::named(language).expect("a language");
    let found = differences(&file(old), &file(new), &language);
    let mut lines = Vec::new();
    for change in &found.changes {
        for clause in &change.part.clauses {
            let text = format!("{:?} {} | {}: {}", change.what, change.part.heading, clause.label, clause.text);
            lines.push(text.replace('\u{a0}', " "));
        }
    }
    assert_eq!(lines.is_empty(), found.same);
    lines
}

/// What to put where, and each thing that is to be said of it.
const CHANGES: &[(&str, &str, &[&str])] = &[
    (
        "base = 5%",
        "base = 4%",
        &["Changed Value: base | Value: was: 5%; now: 4%", "Changed Value: base | Used by: Base"],
    ),
    (
        "base = 5%",
        "base = 5%, 4% from 2027-01-01",
        &[
            "Changed Value: base | Value: was: 5%; now: 5% (from 1 January 2027: 4%)",
            "Changed Value: base | Used by: Base",
        ],
    ),
    (
        "from 50_000 RUB",
        "from 40_000 RUB",
        &["Changed Levels: status | Gold, reached: was: from 50,000 RUB; now: from 40,000 RUB"],
    ),
    (
        "from 50_000 RUB",
        "above 50_000 RUB",
        &["Changed Levels: status | Gold, reached: was: from 50,000 RUB; now: above 50,000 RUB"],
    ),
    ("extra 2%", "extra 3%", &["Changed Levels: status | Gold, extra: was: 2%; now: 3%"]),
    (
        "extra 2%\n",
        "extra 2%\n  Platinum from 90_000 RUB, extra 4%\n",
        &["Changed Levels: status | Platinum: new: reached: from 90,000 RUB, extra: 4%"],
    ),
    (
        "  Silver from 20_000 RUB, extra 1%\n",
        "",
        &["Changed Levels: status | Silver: no longer: reached: from 20,000 RUB, extra: 1%"],
    ),
    (
        "over the last 12 months {",
        "over the last 6 months {",
        &[
            "Changed Levels: status | Decided by: was: the amount spent over the last 12 months; now: the amount spent over the last 6 months",
        ],
    ),
    (
        "calendar year\n}",
        "calendar year, then one tier down\n}",
        &["Changed Levels: status | After that: was: the level reached on that day; now: at most one level down"],
    ),
    (
        "\"tobacco\", \"alcohol\"]",
        "\"tobacco\", \"alcohol\", \"gift card\"]",
        &["Changed List: not_ours | not_ours: was: “alcohol”, “tobacco”; now: “alcohol”, “gift card”, “tobacco”"],
    ),
    (
        "spend >= 100 RUB and channel",
        "channel",
        &["Changed Rule “Base” | Condition: no longer: the amount of these goods is at least 100 RUB"],
    ),
    (
        "spend >= 100 RUB and channel",
        "spend >= 200 RUB and channel",
        &[
            "Changed Rule “Base” | Condition: was: the amount of these goods is at least 100 RUB; now: the amount of these goods is at least 200 RUB",
        ],
    ),
    (
        "beans per calendar month",
        "beans per calendar week",
        &[
            "Changed Rule “Base” | You receive: was: (base + “extra” by your level in “status”) of the amount of these goods, as beans; at most 500 beans per calendar month; now: (base + “extra” by your level in “status”) of the amount of these goods, as beans; at most 500 beans per calendar week",
        ],
    ),
    ("every Friday", "every Monday", &["Changed Rule “Friday” | When: was: every Friday; now: every Monday"]),
    (
        "\"app\" 20 beans",
        "\"app\" 30 beans",
        &["Changed Rule “By channel” | “app”, what is given: was: 20 beans; now: 30 beans"],
    ),
    (
        "\"app\" 20 beans",
        "\"app\" 20 beans otherwise 5 beans",
        &["Changed Rule “By channel” | otherwise: new: what is given: 5 beans"],
    ),
    (
        "expires 12 months after earning",
        "expires 6 months after earning",
        &["Changed What you collect: beans | Lost: was: 12 months after earning; now: 6 months after earning"],
    ),
    (
        "returns within 90 days",
        "returns within 60 days, awards stay",
        &[
            "Changed The programme Shop | Returns: was: a purchase can come back within 90 days; later returns change nothing here; what a purchase gave is worked out again for the goods that were kept, and the difference is taken back; now: a purchase can come back within 60 days; later returns change nothing here; what was given stays",
        ],
    ),
    ("costs 9 cups", "costs 8 cups", &["Changed Reward “Tenth” | Costs: was: 9 cups; now: 8 cups"]),
    (
        "best of { \"Review\", \"By channel\" }",
        "",
        &[
            "Removed Together: “By channel”, “Review” | : Of “By channel”, “Review” only the one that gives most counts.",
        ],
    ),
    (
        "rule \"Review\" { on action review give 50 beans }",
        "rule \"Review\" { on action review give 50 beans } rule \"Hello\" { on join give 5 beans }",
        &["Added Rule “Hello” | For: joining", "Added Rule “Hello” | You receive: 5 beans"],
    ),
    (
        "2026-11-30",
        "2026-12-01",
        &[
            "Changed Calendar “Black Friday” | Black Friday: was: from 27 November 2026 to 30 November 2026; now: from 27 November 2026 to 1 December 2026",
        ],
    ),
    (
        "or \"store\"",
        "or \"web\"",
        &[
            "Changed Data: channel (the purchase) | Data: was: the purchase, text, “store”; now: the purchase, text, “web”",
        ],
    ),
    (
        "visits this calendar month",
        "visits last calendar month",
        &[
            "Changed Counter: visits_now | Counts: was: the number of purchases in this calendar month; now: the number of purchases in the last calendar month",
        ],
    ),
    ("give 1 cup per item }", "give 1 cup per item round up }", &["Changed Rule “Cup” | Rounding: new: rounded up"]),
];

/// What to put where without a change of meaning.
const NO_CHANGES: &[(&str, &str)] = &[
    ("rule \"Review\" {", "# a comment\nrule \"Review\" {\n"),
    ("\"tobacco\", \"alcohol\"]", "\"alcohol\", \"tobacco\"]"),
    ("[\"coffee\", \"tea\"]", "[\"tea\", \"coffee\"]"),
    ("if spend >= 100 RUB and channel = \"store\"", "if channel = \"store\" if spend >= 100 RUB"),
    ("rule \"Review\" { on action review give 50 beans }", "rule \"Review\" { give 50 beans on action review }"),
    ("rule \"By channel\" {", "rule \"By channel\" { on purchase"),
    ("\"Review\", \"By channel\"", "\"By channel\", \"Review\""),
    ("expires never", "opens at once"),
    ("20_000 RUB", "20000.00 RUB"),
    ("expect 50 beans from", "expect 51 beans from"),
    (
        "line category text, or \"\"\n  receipt channel text, or \"store\"",
        "receipt channel text, or \"store\"\n  line category text, or \"\"",
    ),
    ("currency RUB", "amounts first currency RUB"),
];

#[test]
fn each_change_is_said_as_what_it_means() {
    let mut wrong = Vec::new();
    for (old, new, expected) in CHANGES {
        assert_eq!(PROGRAM.matches(old).count(), 1, "{old}");
        let changed = PROGRAM.replacen(old, new, 1);
        let said = told(PROGRAM, &changed, "en");
        // In another language the same things change.
        let as_many = told(PROGRAM, &changed, "ru").len() == expected.len();
        if said != *expected || !as_many {
            wrong.push(format!("{old} → {new}: {said:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn order_layout_and_comments_are_no_change() {
    let said = |(old, new): &(&str, &str)| {
        assert_eq!(PROGRAM.matches(old).count(), 1, "{old}");
        told(PROGRAM, &PROGRAM.replacen(old, new, 1), "en")
    };
    let (last, same) = NO_CHANGES.split_last().expect("changes");
    for change in same {
        assert_eq!(said(change), Vec::<String>::new(), "{change:?}");
    }
    // The test would see it if nothing were ever said.
    assert_eq!(said(last).len(), 1);
}

#[test]
fn a_new_name_is_no_other_rule() {
    let renamed = PROGRAM.replace("\"Base\"", "\"Earning\"");
    assert_eq!(told(PROGRAM, &renamed, "en"), ["Renamed Rule “Earning” | : was “Base”; now “Earning”"]);
    assert_eq!(told(PROGRAM, &renamed, "ru"), ["Renamed Правило «Earning» | : было «Base»; стало «Earning»"]);
}

#[test]
fn rules_of_one_name_are_matched_in_time() {
    let old = PROGRAM.replace("rule \"Review\" {", "rule \"Review\" to 2026-06-30 {");
    let new = format!("rule \"Review\" from 2026-07-01 {{ on action review give 70 beans }}\n{old}");
    let language = Language::named("en").expect("English");
    let found = differences(&file(&old), &file(&new), &language);
    assert_eq!(found.changes.iter().map(|change| change.what).collect::<Vec<_>>(), [What::Added]);
}

#[test]
fn a_program_is_what_it_is_and_what_the_formatter_makes_of_it() {
    let language = Language::named("en").expect("English");
    let mut seen = 0;
    for (place, text) in sources::programs() {
        let compiled = earnest::compile(&Source::new(place.as_str(), text.as_str()));
        if compiled.plan.is_none() {
            continue;
        }
        seen += 1;
        let laid_out = earnest::syntax::format(&Source::new(place.as_str(), text.as_str())).expect("a layout");
        let mut other = file(&laid_out);
        other.items.reverse();
        let found = differences(&compiled.file, &other, &language);
        assert!(found.same, "{place}: {:#?}", found.changes);
    }
    assert!(seen > 200, "{seen} programs");
}
