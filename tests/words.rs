//! The terms in words: every declaration with its name and each of its numbers, in every language, for every program
//! of the project; and every message that the code asks for is there.
#![cfg(feature = "words")]
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test says what is wrong by failing"
)]

use super::{docs, sources};
use earnest::source::Source;
use earnest::syntax::ast::Item;
use earnest::words::{Examples, Kind, Language, Part, describe};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn languages() -> Vec<Language> {
    Language::built_in().into_iter().map(|code| Language::named(code).expect("a language that is built in")).collect()
}

/// The kind of a declaration; none for what is no term: what is tried out, and what is counted.
fn kind_of(item: &Item) -> Option<Kind> {
    use earnest::syntax::ast::RuleKind;
    Some(match item {
        Item::Program(_) => Kind::Program,
        Item::Data(_) => Kind::Data,
        Item::Param(_) => Kind::Param,
        Item::List(_) => Kind::List,
        Item::Calendar(_) => Kind::Calendar,
        Item::Counter(_) => Kind::Counter,
        Item::Unit(_) => Kind::Unit,
        Item::Tiers(_) => Kind::Tiers,
        Item::Rule(rule) => match rule.kind {
            RuleKind::Rule => Kind::Rule,
            RuleKind::Reward => Kind::Reward,
            RuleKind::Draw => Kind::Draw,
        },
        Item::Group(_) => Kind::Group,
        Item::Example(_) => Kind::Example,
        Item::Scenario(_) | Item::Assume(_) | Item::Measure(_) => return None,
    })
}

/// All that a part says, in one text with plain blanks.
fn text_of(part: &Part) -> String {
    let mut text = format!("{} {} ", part.name, part.heading);
    for clause in &part.clauses {
        text.extend([clause.label.as_str(), " ", &clause.text, " "]);
        for row in clause.table.iter().flat_map(|table| std::iter::once(&table.head).chain(&table.rows)) {
            text.push_str(&row.join(" "));
            text.push(' ');
        }
    }
    text.replace('\u{a0}', " ")
}

/// The months as a language has them after a day.
fn month(code: &str, month: usize) -> &'static str {
    const EN: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    const RU: [&str; 12] = [
        "января",
        "февраля",
        "марта",
        "апреля",
        "мая",
        "июня",
        "июля",
        "августа",
        "сентября",
        "октября",
        "ноября",
        "декабря",
    ];
    if code == "ru" { RU[month - 1] } else { EN[month - 1] }
}

/// The numbers, dates and texts of a source as a language writes them; `decimals 0` is said by other words.
fn written(source: &str, code: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut rest = source;
    let mut before = String::new();
    while let Some(sign) = rest.chars().next() {
        if sign == '#' {
            rest = rest.split_once('\n').map_or("", |(_, after)| after);
        } else if sign == '"' {
            let end = rest[1..].find('"').expect("the end of a text") + 1;
            if end > 1 {
                found.insert(rest[1..end].to_owned());
            }
            rest = &rest[end + 1..];
        } else if sign.is_ascii_digit() {
            let end = rest.find(|c: char| !c.is_ascii_digit() && !"_.-:".contains(c)).unwrap_or(rest.len());
            let (word, after) = rest.split_at(end);
            let zero = word == "0" && (before == "decimals" || after.trim_start().starts_with("decimals"));
            if !zero {
                found.insert(as_said(word.trim_end_matches(['.', ':', '-']), code));
            }
            before.clear();
            rest = after;
        } else {
            let end = rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len()).max(sign.len_utf8());
            if sign.is_alphabetic() {
                rest[..end].clone_into(&mut before);
            }
            rest = &rest[end..];
        }
    }
    found
}

fn as_said(word: &str, code: &str) -> String {
    let parts: Vec<&str> = word.split('-').collect();
    if let [year, number, day] = parts.as_slice() {
        let day: u32 = day.parse().expect("a day");
        return format!("{day} {} {year}", month(code, number.parse().expect("a month")));
    }
    if word.contains(':') {
        return format!("{word:0>5}");
    }
    let number = word.replace('_', "");
    let (whole, decimals) = number.split_once('.').unwrap_or((&number, ""));
    let (gap, point) = if code == "ru" { (' ', ',') } else { (',', '.') };
    let mut said = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            said.push(gap);
        }
        said.push(digit);
    }
    let decimals = decimals.trim_end_matches('0');
    if decimals.is_empty() { said } else { format!("{said}{point}{decimals}") }
}

/// What a description leaves out of a program.
fn left_out(place: &str, text: &str, language: &Language) -> Vec<String> {
    let source = Source::new(place, text);
    let compiled = earnest::compile(&source);
    if compiled.plan.is_none() {
        return Vec::new();
    }
    let told = describe(&compiled.file, language, Examples::Told);
    let code = language.code();
    let mut wrong = Vec::new();
    if told.to_markdown().contains('⟨') {
        wrong.push(format!("{place} ({code}): a message is missing:\n{}", told.to_markdown()));
    }
    let mut parts: BTreeMap<Kind, Vec<&Part>> = BTreeMap::new();
    for part in told.chapters.iter().flat_map(|chapter| &chapter.parts) {
        parts.entry(part.kind).or_default().push(part);
    }
    let mut seen: BTreeMap<Kind, usize> = BTreeMap::new();
    for item in &compiled.file.items {
        let Some(kind) = kind_of(item) else { continue };
        let of_kind = parts.get(&kind).cloned().unwrap_or_default();
        let at = seen.entry(kind).or_default();
        // Parameters and data stand in one table.
        let told = of_kind.get(*at).or(of_kind.first()).map_or(String::new(), |part| text_of(part));
        *at += 1;
        let slice = source.slice(item.span());
        for expected in written(slice, code) {
            if !told.contains(&expected) {
                wrong.push(format!("{place} ({code}): `{expected}` is not told of\n  {slice}\n  {told}"));
            }
        }
    }
    wrong
}

fn programs() -> Vec<(String, String)> {
    sources::programs().into_iter().chain(docs::programs_shown()).collect()
}

#[test]
fn every_declaration_is_told_with_all_its_numbers() {
    let all = programs();
    assert!(all.len() > 200, "the programs are there: {}", all.len());
    let mut wrong = Vec::new();
    for language in languages() {
        for (place, text) in &all {
            wrong.extend(left_out(place, text, &language));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} left out:\n{}",
        wrong.len(),
        wrong.iter().take(12).cloned().collect::<Vec<_>>().join("\n")
    );
}

/// The keys of a file of messages, each with the values that it uses.
fn messages(code: &str) -> BTreeMap<String, String> {
    let text = fs::read_to_string(root().join(format!("locales/{code}/words.ftl"))).expect("the messages");
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    let mut last = String::new();
    for line in text.lines() {
        if let Some((key, rest)) = line.split_once(" =").filter(|_| line.starts_with(|c: char| c.is_ascii_alphabetic()))
        {
            key.clone_into(&mut last);
            assert!(found.insert(last.clone(), rest.to_owned()).is_none(), "{code}: `{key}` stands twice");
        } else if !line.starts_with('#') && !last.is_empty() {
            found.entry(last.clone()).or_default().push_str(line);
        }
    }
    found
}

#[test]
fn every_word_that_the_page_of_a_report_asks_for_is_given_to_it() {
    let read = |file: &str| fs::read_to_string(root().join("src/bin/earnest/page").join(file)).expect("a file");
    let labels = read("labels.rs");
    let script: String = ["words.js", "tables.js", "charts.js", "page.js"].into_iter().map(read).collect();
    let html = read("page.html");
    let asked = ["tell('", "title: '"].into_iter().flat_map(|call| script.split(call).skip(1));
    let asked = asked.filter_map(|rest| rest.split('\'').next());
    let said = html.split("data-say=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let keys: BTreeSet<&str> = asked.chain(said).filter(|key| !key.ends_with('_')).collect();
    assert!(keys.len() > 60, "{}", keys.len());
    let lacking: Vec<&&str> =
        keys.iter().filter(|key| !labels.contains(&format!("\"{}\"", key.replace('_', "-")))).collect();
    assert!(lacking.is_empty(), "{lacking:?}");
}

#[test]
fn every_message_is_in_every_language_and_none_is_idle() {
    let code: String = fs::read_dir(root().join("src/words"))
        .expect("the module")
        .flatten()
        .map(|entry| fs::read_to_string(entry.path()).expect("a file"))
        .collect();
    let asked: BTreeSet<String> = ["say!(", ".say("]
        .iter()
        .flat_map(|call| code.split(call).skip(1))
        .filter_map(|rest| rest.split('"').nth(1).filter(|_| rest.find('"').is_some_and(|at| at < 60)))
        .map(str::to_owned)
        .collect();
    // The report's page names its messages in lists, without what they begin with.
    let read = |file: &str| fs::read_to_string(root().join("src/bin/earnest").join(file)).expect("a file");
    let pages = [read("page.rs"), read("page/labels.rs"), read("simulate.rs")];
    let known = messages("en");
    let asked: BTreeSet<String> = pages
        .iter()
        .flat_map(|page| page.split('"').skip(1).step_by(2))
        .flat_map(|key| [key.to_owned(), format!("report-{key}")])
        .filter(|key| known.contains_key(key))
        .chain(asked)
        .collect();
    assert!(asked.len() > 150, "the code asks for messages: {}", asked.len());
    for language in Language::built_in() {
        let known = messages(language);
        let lacking: Vec<&String> = asked.iter().filter(|key| !known.contains_key(*key)).collect();
        assert!(lacking.is_empty(), "{language} lacks {lacking:?}");
        let used = |key: &str| known.values().any(|text| text.contains(&format!("{{ {key} }}")));
        let idle: Vec<&String> =
            known.keys().filter(|key| !asked.contains(*key) && !used(key) && !key.starts_with("currency-")).collect();
        assert!(idle.is_empty(), "{language} has what nobody says: {idle:?}");
    }
}

#[test]
fn a_language_of_ones_own_falls_back_on_english() {
    let german = Language::new("de", "every-purchase = jeder Einkauf\n").expect("messages");
    let source = Source::new(
        "a.earn",
        "program \"A\" { currency EUR } unit p, ps { worth 1 EUR expires never } rule \"B\" { give 5% of spend as ps }",
    );
    let text = describe(&earnest::compile(&source).file, &german, Examples::Told).to_markdown();
    assert!(text.contains("**For:** jeder Einkauf"), "{text}");
    assert!(Language::new("de", "= nothing").is_err());
    assert!(Language::new("not a code", "").is_err());
    assert!(Language::named("xx").is_err());
}

/// The example programs, each with its text.
fn examples() -> Vec<(String, String)> {
    let mut found = Vec::new();
    for folder in fs::read_dir(root().join("examples")).expect("the examples").flatten() {
        for file in fs::read_dir(folder.path()).expect("an example").flatten() {
            if file.path().extension().is_some_and(|end| end == "earn") {
                let name = file.path().file_stem().expect("a name").to_string_lossy().into_owned();
                found.push((name, fs::read_to_string(file.path()).expect("a program")));
            }
        }
    }
    found.sort();
    found
}

/// `tests/words/NAME.LANGUAGE.md` is what was read against the program clause by clause; `BLESS=1` writes it anew.
#[test]
fn every_example_program_is_told_in_both_languages_as_it_was_read() {
    let folder = root().join("tests/words");
    let all = examples();
    assert!(all.len() > 20, "the programs are there: {}", all.len());
    let mut wrong = Vec::new();
    for (name, text) in all {
        let compiled = earnest::compile(&Source::new(name.as_str(), text));
        for language in languages() {
            let told = describe(&compiled.file, &language, Examples::Left).to_markdown();
            let path = folder.join(format!("{name}.{}.md", language.code()));
            if std::env::var_os("BLESS").is_some() {
                fs::write(&path, &told).expect("the terms");
            } else if fs::read_to_string(&path).is_ok_and(|known| known != told) || !path.exists() {
                wrong.push(format!("{}:\n{told}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "read these against their programs, then BLESS=1:\n{}", wrong.join("\n"));
}
