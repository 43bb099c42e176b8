//! Runs cases through both evaluators, counts what was hit, and makes disagreements small.

use super::generate::{Case, case};
use super::product::{Result, compile, product, second};
use super::world::Setup;
use earnest::ty::Kind;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Every reason that the manual names for a purchase, and that something was given.
const REASONS: &[&str] = &[
    "not-in-force",
    "no-referrer",
    "not-nth",
    "outside-period",
    "no-lines",
    "missing",
    "condition",
    "no-row",
    "no-base",
    "paid-already",
    "rounds-to-zero",
    "limit-reached",
    "not-best",
    "not-first",
    "paid",
];

/// What a third of the cases has.
const MOSTLY: &[&str] = &["returns after spending", "equal times", "limits reached", "tiers dropped"];

/// What was hit how often.
#[derive(Default)]
pub struct Counts {
    pub tags: BTreeMap<String, usize>,
    pub reasons: BTreeMap<String, usize>,
    pub kinds: BTreeMap<String, usize>,
    pub refused: BTreeMap<String, usize>,
    /// Not compared, because the product is known to do otherwise.
    pub known: BTreeMap<&'static str, usize>,
    pub cases: usize,
    pub disagreements: Vec<u64>,
    pub classes: BTreeMap<String, usize>,
}

fn message(panic: &(dyn std::any::Any + Send)) -> String {
    panic
        .downcast_ref::<String>()
        .cloned()
        .or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()))
        .unwrap_or_default()
}

pub struct Both {
    pub product: Result,
    pub second: Result,
}

/// Both results, or why the program is none.
pub fn both(case: &Case) -> std::result::Result<Both, String> {
    let (plan, file) = compile(&case.text())?;
    let setup = Setup::new(&file);
    let product = catch_unwind(AssertUnwindSafe(|| product(case, &plan, &setup))).unwrap_or_else(|panic| Result {
        fault: Some(format!("product panics: {}", message(&*panic))),
        ..Result::default()
    });
    let second = catch_unwind(AssertUnwindSafe(|| second(case, &setup).0)).unwrap_or_else(|panic| Result {
        fault: Some(format!("second panics: {}", message(&*panic))),
        ..Result::default()
    });
    Ok(Both { product, second })
}

/// Where they differ, one text each.
pub fn differences(both: &Both) -> Vec<String> {
    let (product, second) = (&both.product, &both.second);
    let mut found = vec![];
    if second.known.is_some() {
        return found;
    }
    if product.fault != second.fault {
        found.push(format!("fault: product {:?}, second {:?}", product.fault, second.fault));
        return found;
    }
    let mut keys: Vec<_> = product.rows.keys().chain(second.rows.keys()).collect();
    keys.sort();
    keys.dedup();
    for key in keys {
        let (a, b) = (product.rows.get(key).copied().unwrap_or(0), second.rows.get(key).copied().unwrap_or(0));
        if a != b {
            found.push(format!("{key:?}: product {}, second {}", a as f64 / 1e6, b as f64 / 1e6));
        }
    }
    for (key, value) in &second.states {
        let theirs = product.states.get(key);
        if theirs != Some(value) {
            found.push(format!("{key:?}: product {theirs:?}, second {value:?}"));
        }
    }
    if !found.is_empty() {
        return found;
    }
    for (key, value) in &second.dates {
        let theirs = product.dates.get(key).cloned().unwrap_or_default();
        if theirs.len() != value.len() || theirs.iter().zip(value).any(|(a, b)| a != b && !b.is_empty()) {
            found.push(format!("dates of {key:?}: product {theirs:?}, second {value:?}"));
        }
    }
    for (key, value) in &second.reasons {
        let theirs = product.reasons.get(key);
        if theirs != Some(value) {
            found.push(format!("reason of {key:?}: product {theirs:?}, second {value}"));
        }
    }
    for (key, theirs) in product.reasons.iter().filter(|other| !second.reasons.contains_key(other.0)) {
        found.push(format!("reason of {key:?}: product {theirs}, second none"));
    }
    let mut codes: Vec<_> = product.notes.keys().chain(second.notes.keys()).collect();
    codes.sort();
    codes.dedup();
    for code in codes {
        let (a, b) = (product.notes.get(code), second.notes.get(code));
        if a != b {
            found.push(format!("note {code}: product {a:?}, second {b:?}"));
        }
    }
    found
}

/// The class of a disagreement: what differs, without names and numbers.
pub fn kind_of(differences: &[String]) -> String {
    let text = differences.first().cloned().unwrap_or_default();
    let after = |word: &str| text.rsplit(word).next().unwrap_or_default().to_owned();
    match text.split([':', ' ', '(']).next().unwrap_or_default() {
        "reason" => format!("reason {}", after("): product ")),
        "note" => text.split(':').next().unwrap_or_default().to_owned(),
        "" => {
            let entry = text.split(')').next().unwrap_or_default().rsplit('"').nth(3).unwrap_or_default();
            format!("row or state: {entry}")
        }
        other => other.to_owned(),
    }
}

/// Leaves out facts, clauses and declarations as long as the two still disagree in the same way.
pub fn shrink(case: &Case) -> Case {
    shrink_by(case, &|candidate| {
        let found = differences(&both(candidate).ok()?);
        (!found.is_empty()).then(|| kind_of(&found))
    })
}

/// Makes a case smaller as long as it is of the same class.
pub fn shrink_by(case: &Case, class: &dyn Fn(&Case) -> Option<String>) -> Case {
    let mut small = case.clone();
    let kind = class(case);
    let still = |candidate: &Case| class(candidate) == kind;
    loop {
        let before = (small.facts.len(), small.text().len());
        for at in (0..small.facts.len()).rev() {
            let mut candidate = small.clone();
            candidate.facts.remove(at);
            if still(&candidate) {
                small = candidate;
            }
        }
        for fact in 0..small.facts.len() {
            for line in (0..small.facts[fact].lines.len()).rev() {
                let mut candidate = small.clone();
                candidate.facts[fact].lines.remove(line);
                if candidate.facts[fact].lines.is_empty() || !still(&candidate) {
                    continue;
                }
                small = candidate;
            }
        }
        for at in (0..small.decls.len()).rev() {
            let mut candidate = small.clone();
            candidate.decls.remove(at);
            if still(&candidate) {
                small = candidate;
                continue;
            }
            for clause in (0..small.decls[at].clauses.len()).rev() {
                let mut candidate = small.clone();
                candidate.decls[at].clauses.remove(clause);
                if still(&candidate) {
                    small = candidate;
                }
            }
        }
        for at in (0..small.brought.len()).rev() {
            let mut candidate = small.clone();
            candidate.brought.remove(at);
            if still(&candidate) {
                small = candidate;
            }
        }
        let mut candidate = small.clone();
        candidate.members.clear();
        if still(&candidate) {
            small = candidate;
        }
        if before == (small.facts.len(), small.text().len()) {
            return small;
        }
    }
}

pub fn show(seed: u64, small: &Case) {
    println!("── case {seed} ──\n{}", small.text());
    for (name, joined, attrs) in &small.members {
        println!("member {name} joined {joined:?} {attrs:?}");
    }
    for one in &small.brought {
        println!("{} brought on {}: {:?}", one.member, one.at, one.what);
    }
    for fact in &small.facts {
        let mut text = format!("{} {} {:?} by {}", fact.id, fact.at, fact.kind, fact.member);
        for (word, value) in
            [("receipt", &fact.receipt), ("of", &fact.of), ("referred by", &fact.referred_by), ("into", &fact.into)]
        {
            if !value.is_empty() {
                text += &format!(" {word} {value}");
            }
        }
        if let Some(action) = &fact.action {
            text += &format!(" {action}");
        }
        for (unit, number) in fact.redeemed.iter().chain(&fact.adjusted) {
            text += &format!(" [{number} of unit {unit}]");
        }
        println!("{text} {:?}", fact.attrs);
        for line in &fact.lines {
            println!(
                "    sku {:?} {} × {} discount {} {:?}",
                line.sku, line.quantity, line.amount, line.discount, line.attrs
            );
        }
    }
    println!("as of {}", small.as_of);
    if let Ok(both) = both(small) {
        for line in differences(&both) {
            println!("  ≠ {line}");
        }
        println!("  product: {:?}\n  second: {:?}", both.product.rows, both.second.rows);
    }
}

/// Runs so many cases from a seed; shows at most so many disagreements of a class.
pub fn run(first: u64, cases: usize, most: usize) -> Counts {
    let mut counts = Counts::default();
    let hook = std::panic::take_hook();
    if std::env::var_os("EARNEST_LOUD").is_none() {
        std::panic::set_hook(Box::new(|_| {}));
    }
    for seed in first..first + cases as u64 {
        let case = case(seed);
        let both = match both(&case) {
            Ok(both) => both,
            Err(errors) => {
                if counts.refused.len() < 12 && std::env::var_os("EARNEST_REFUSED").is_some() {
                    println!("{errors}");
                }
                *counts.refused.entry(errors.lines().next().unwrap_or_default().to_owned()).or_default() += 1;
                continue;
            }
        };
        if let Some(known) = both.second.known {
            *counts.known.entry(known).or_default() += 1;
            continue;
        }
        counts.count(&case, &both);
        if !differences(&both).is_empty() {
            counts.disagreements.push(seed);
            let class = counts.classes.entry(kind_of(&differences(&both))).or_default();
            *class += 1;
            if *class <= most {
                let whole = std::env::var_os("EARNEST_WHOLE").is_some();
                show(seed, &if whole { case } else { shrink(&case) });
            }
            if std::env::var_os("EARNEST_STOP").is_some() {
                break;
            }
        }
    }
    std::panic::set_hook(hook);
    counts
}

impl Counts {
    fn count(&mut self, case: &Case, both: &Both) {
        self.cases += 1;
        for tag in &case.tags {
            *self.tags.entry(tag.clone()).or_default() += 1;
        }
        for reason in both.second.reasons.values() {
            *self.reasons.entry(reason.clone()).or_default() += 1;
        }
        let mut note = |what: &str, so: bool| *self.kinds.entry(what.to_owned()).or_default() += usize::from(so);
        let facts = &case.facts;
        let spent = facts.iter().position(|fact| !fact.redeemed.is_empty());
        note(
            "returns after spending",
            spent.is_some_and(|at| facts[at..].iter().any(|fact| fact.kind == Kind::Return)),
        );
        note("equal times", facts.windows(2).any(|two| two[0].at.instant == two[1].at.instant));
        note("limits reached", both.second.cut || both.second.reasons.values().any(|reason| reason == "limit-reached"));
        note("tiers dropped", both.product.falls > 0);
        note("entries that reverse", both.second.rows.keys().any(|key| key.4 == "reverse"));
        note("entries that expire", both.second.rows.keys().any(|key| key.4 == "expire"));
        note("entries that transfer", both.second.rows.keys().any(|key| key.4 == "transfer"));
        note("something brought along", !case.brought.is_empty());
        note("awards at all", both.second.rows.keys().any(|key| key.4 == "earn"));
        for (what, so) in super::kinds::of(case, both) {
            note(what, so);
        }
        for (code, number) in &both.second.notes {
            note(&format!("note {code}"), *number > 0);
        }
    }

    /// What the generator can say, and the reasons and kinds of case there are, that were met in less than one
    /// of a hundred cases; and what is to be in a third of them.
    pub fn seldom(&self) -> Vec<String> {
        let count = |list: &BTreeMap<String, usize>, what: &str| list.get(what).copied().unwrap_or(0);
        let offered = super::generate::offered().into_iter().map(|text| (count(&self.tags, &text), text));
        let reasons = REASONS.iter().map(|reason| (count(&self.reasons, reason), (*reason).to_owned()));
        let kinds = self.kinds.iter().map(|kind| (*kind.1, kind.0.clone()));
        let hundredth = offered.chain(reasons).chain(kinds).filter(|met| met.0 * 100 < self.cases);
        let third = MOSTLY.iter().map(|what| (count(&self.kinds, what), (*what).to_owned()));
        let third = third.filter(|met| met.0 * 3 < self.cases);
        hundredth.chain(third).map(|(number, what)| format!("{what}: {number}")).collect()
    }

    pub fn print(&self) {
        println!("{} cases, {} disagree", self.cases, self.disagreements.len());
        for (what, number) in &self.classes {
            println!("  {number:>7}  {what}");
        }
        for (what, number) in &self.known {
            println!("  {number:>7}  not compared: {what}");
        }
        if std::env::var_os("EARNEST_BRIEF").is_some() {
            return;
        }
        for (title, list) in [
            ("kinds of case", &self.kinds),
            ("reasons", &self.reasons),
            ("in programs", &self.tags),
            ("refused programs", &self.refused),
        ] {
            println!("{title}:");
            for (what, number) in list {
                println!("  {number:>7}  {what}");
            }
        }
    }
}
