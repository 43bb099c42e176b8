//! The printed arithmetic is worked out again, from what the binary prints alone, for every event of the
//! real histories and of a sample: it gives what was awarded, the ledger has the same rows, and every rule
//! is paid or has a reason of the closed list.
#![cfg(feature = "cli")]
#![allow(clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test says what is wrong by failing")]

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The closed list; `wrong-fact` is never shown.
const REASONS: [&str; 14] = [
    "not-in-force",
    "outside-period",
    "not-nth",
    "no-lines",
    "condition",
    "missing",
    "no-row",
    "no-referrer",
    "no-base",
    "rounds-to-zero",
    "limit-reached",
    "not-best",
    "not-first",
    "paid-already",
];

/// A fraction, worked out without any code of the library.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Fraction {
    num: i128,
    den: i128,
}

impl Fraction {
    fn new(num: i128, den: i128) -> Self {
        let common = gcd(num.unsigned_abs(), den.unsigned_abs()).max(1);
        let common = i128::try_from(common).expect("a small divisor") * den.signum();
        Self { num: num / common, den: den / common }
    }

    /// `0.05`, `-3`
    fn parse(text: &str) -> Self {
        let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
        let num: i128 = format!("{whole}{decimals}").parse().unwrap_or_else(|_| panic!("`{text}` is no number"));
        Self::new(num, 10_i128.pow(u32::try_from(decimals.len()).expect("few decimals")))
    }

    fn times(self, other: Self) -> Self {
        Self::new(self.num * other.num, self.den * other.den)
    }

    fn over(self, other: Self) -> Self {
        Self::new(self.num * other.den, self.den * other.num)
    }

    fn plus(self, other: Self) -> Self {
        Self::new(self.num * other.den + other.num * self.den, self.den * other.den)
    }

    /// To a whole number of `1 / scale`.
    fn rounded(self, how: &str, scale: i128) -> Self {
        let (num, den) = (self.num * scale, self.den);
        let (down, rest) = (num.div_euclid(den), num.rem_euclid(den));
        let up = match how {
            "down" | "full" => false,
            "up" | "started" => rest > 0,
            "half up" | "nearest" => 2 * rest >= den,
            "half even" => 2 * rest > den || (2 * rest == den && down % 2 != 0),
            _ => panic!("no way to round is called `{how}`"),
        };
        Self::new(down + i128::from(up), scale)
    }
}

fn gcd(a: u128, b: u128) -> u128 {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// Works out `2 * full(39.99 / 20) / 3 + 1`: products and quotients from left to right before sums.
fn worked_out(text: &str) -> Fraction {
    let mut signs = text.chars().filter(|sign| !sign.is_whitespace()).collect::<Vec<_>>();
    signs.reverse();
    let value = sum(&mut signs);
    assert!(signs.is_empty(), "`{text}` goes on after its end");
    value
}

/// What is left to read, the next sign last.
type Signs = Vec<char>;

fn sum(signs: &mut Signs) -> Fraction {
    let mut value = product(signs);
    while let Some(sign) = signs.last().copied().filter(|sign| "+-".contains(*sign)) {
        signs.pop();
        let next = product(signs);
        value = value.plus(if sign == '-' { Fraction::new(-next.num, next.den) } else { next });
    }
    value
}

fn product(signs: &mut Signs) -> Fraction {
    let mut value = single(signs);
    while let Some(sign) = signs.last().copied().filter(|sign| "*/".contains(*sign)) {
        signs.pop();
        let next = single(signs);
        value = if sign == '*' { value.times(next) } else { value.over(next) };
    }
    value
}

fn single(signs: &mut Signs) -> Fraction {
    let mut word = String::new();
    while let Some(sign) = signs.last().copied().filter(|sign| sign.is_alphabetic()) {
        signs.pop();
        word.push(sign);
    }
    if signs.last() == Some(&'(') {
        signs.pop();
        let inner = sum(signs);
        assert_eq!(signs.pop(), Some(')'), "a bracket that closes");
        return if word.is_empty() { inner } else { inner.rounded(&word, 1) };
    }
    assert!(word.is_empty(), "`{word}` without brackets");
    let mut digits = String::new();
    while let Some(sign) = signs
        .last()
        .copied()
        .filter(|sign| sign.is_ascii_digit() || *sign == '.' || (*sign == '-' && digits.is_empty()))
    {
        signs.pop();
        digits.push(sign);
    }
    Fraction::parse(&digits)
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn earnest(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_earnest"));
    command.args(args).stdin(Stdio::null());
    command
}

/// A program over a history.
struct Case {
    name: &'static str,
    program: PathBuf,
    options: Vec<String>,
    /// The rules that a purchase can set off.
    on_purchase: Vec<&'static str>,
}

/// What is awarded in the ledger file, by event, rule, unit.
fn ledger_file(case: &Case) -> BTreeMap<(String, String, String), Fraction> {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{}-ledger.csv", case.name));
    let mut command = earnest(&["run", case.program.to_str().expect("a path"), "--quiet"]);
    let output = command.args(&case.options).arg("--ledger").arg(&path).output().expect("it runs");
    assert!(output.status.success(), "{}: {}", case.name, String::from_utf8_lossy(&output.stderr));
    let text = fs::read_to_string(&path).expect("the ledger");
    let mut lines = text.lines();
    let heads: Vec<&str> = lines.next().expect("heads").split(',').collect();
    let at = |head: &str| heads.iter().position(|known| *known == head).expect("a column");
    let (event, rule, unit, entry, amount) = (at("event"), at("rule"), at("unit"), at("entry"), at("amount"));
    let mut sums = BTreeMap::new();
    for line in lines {
        let cells: Vec<&str> = line.split(',').collect();
        if cells[entry] == "earn" {
            let key = (cells[event].to_owned(), cells[rule].to_owned(), cells[unit].to_owned());
            let sum = sums.entry(key).or_insert(Fraction::new(0, 1));
            *sum = sum.plus(Fraction::parse(cells[amount]));
        }
    }
    let _ = fs::remove_file(path);
    sums
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_else(|| panic!("no text `{key}` in {value}"))
}

/// Checks one award's arithmetic and gives what it gave.
fn checked_award(event: &str, award: &Value) -> Fraction {
    let exact = worked_out(text(award, "arithmetic"));
    assert_eq!(exact, worked_out(text(award, "exact")), "{event}: {award}");
    let (wanted, given) = (Fraction::parse(text(award, "wanted")), Fraction::parse(text(award, "given")));
    let decimals = u32::try_from(award["decimals"].as_u64().expect("decimals")).expect("few");
    let rounding = text(award, "rounding");
    if !rounding.contains(" per ") {
        assert_eq!(exact.rounded(rounding, 10_i128.pow(decimals)), wanted, "{event}: {award}");
    }
    assert!(given.num * wanted.den <= wanted.num * given.den, "{event} gives more than it wants: {award}");
    if given != wanted {
        assert!(!award["limits"].as_array().expect("limits").is_empty(), "{event} is cut by nothing: {award}");
    }
    given
}

/// Explains every event and finds all of it in the ledger; returns how many rows that were.
fn check(case: &Case) -> usize {
    let mut expected = ledger_file(case);
    let rows = expected.len();
    let mut command = earnest(&["explain", case.program.to_str().expect("a path"), "--all", "--format", "json"]);
    let mut child = command.args(&case.options).stdout(Stdio::piped()).spawn().expect("it runs");
    for line in BufReader::new(child.stdout.take().expect("stdout")).lines() {
        let one: Value = serde_json::from_str(&line.expect("a line")).expect("JSON");
        let event = text(&one, "event");
        let mut seen = BTreeSet::new();
        for rule in one["rules"].as_array().expect("rules") {
            let name = text(rule, "rule");
            seen.insert(name.to_owned());
            let paid = rule["paid"].as_bool().expect("paid");
            if !paid {
                let code = text(&rule["reason"], "code");
                assert!(REASONS.contains(&code), "{event}: `{code}` is no reason of the list");
            }
            for award in rule["awards"].as_array().expect("awards") {
                let given = checked_award(event, award);
                if given.num == 0 {
                    continue;
                }
                assert!(paid, "{event}: `{name}` gives and is not paid");
                let key = (event.to_owned(), name.to_owned(), text(award, "unit").to_owned());
                let left = expected.get_mut(&key).unwrap_or_else(|| panic!("{event}: `{name}` is not in the ledger"));
                *left = left.plus(Fraction::new(-given.num, given.den));
            }
        }
        if text(&one, "kind") == "purchase" {
            for rule in &case.on_purchase {
                assert!(seen.contains(*rule), "{event}: nothing is said of `{rule}`");
            }
        }
    }
    assert!(child.wait().expect("it ends").success());
    for ((event, rule, unit), left) in expected {
        assert_eq!(left.num, 0, "{}: {event}, `{rule}`: {}/{} {unit} are not explained", case.name, left.num, left.den);
    }
    rows
}

/// The folder of real histories, if it is here.
fn real() -> Option<PathBuf> {
    let folder = root().join("../shared/data");
    folder.is_dir().then_some(folder)
}

fn option(name: &str, path: &Path) -> [String; 2] {
    [name.to_owned(), path.to_string_lossy().into_owned()]
}

#[test]
fn the_arithmetic_of_cdnow_can_be_worked_out_again() {
    let Some(data) = real() else {
        eprintln!("skipped: ../shared/data is not here");
        return;
    };
    let folder = root().join("examples/cdnow");
    let options = [
        option("--map", &folder.join("cdnow.map.toml")),
        option("--history", &data.join("cdnow/cdnow.csv.gz")),
        ["--as-of".to_owned(), "1998-06-30".to_owned()],
    ];
    let case = Case {
        name: "cdnow",
        program: folder.join("cdnow.earn"),
        options: options.into_iter().flatten().collect(),
        on_purchase: vec!["Base", "Status", "December"],
    };
    assert_eq!(check(&case), 69_579 + 23_266 + 2_504);
}

#[test]
fn the_arithmetic_of_online_retail_can_be_worked_out_again() {
    let Some(data) = real() else {
        eprintln!("skipped: ../shared/data is not here");
        return;
    };
    let folder = root().join("examples/online_retail");
    let options = [
        option("--map", &folder.join("online_retail.map.toml")),
        option("--history", &data.join("online_retail/online_retail.csv.gz")),
    ];
    let case = Case {
        name: "online_retail",
        program: folder.join("online_retail.earn"),
        options: options.into_iter().flatten().collect(),
        on_purchase: vec!["Base"],
    };
    assert_eq!(check(&case), 18_525);
}

#[test]
fn the_arithmetic_of_a_sample_can_be_worked_out_again() {
    let history = Path::new(env!("CARGO_TARGET_TMPDIR")).join("explain-sample.csv");
    let made = earnest(&["sample", "--members", "60", "--receipts", "1500", "--quiet", "--out"]).arg(&history).status();
    assert!(made.expect("it runs").success());
    let case = Case {
        name: "sample",
        program: root().join("benches/program.earn"),
        options: option("--history", &history).to_vec(),
        on_purchase: vec!["Base", "Winter", "Coffee on Mondays", "Cakes"],
    };
    assert!(check(&case) > 1000);
}

#[test]
fn this_test_itself_works_out_right() {
    assert_eq!(worked_out("2 * full(39.99 / 20)"), Fraction::new(2, 1));
    assert_eq!(worked_out("0.05 * 250 / 2"), Fraction::new(25, 4));
    assert_eq!(worked_out("1/3 * 6 + 1"), Fraction::new(3, 1));
    assert_eq!(worked_out("started(-7 / 2)"), Fraction::new(-3, 1));
    assert_eq!(Fraction::parse("-0.5").rounded("half even", 1), Fraction::new(0, 1));
}
