//! Random programs and histories from a seed, dense in edge cases.
//!
//! A program is a list of declarations, each a head and clauses in the text of the language, so that a
//! disagreement can be made smaller by leaving some out. Amounts, days and times come from short lists,
//! so that thresholds are met exactly and facts fall together.

use super::bounds::Bounds;
use super::brought::Brought;
use super::world::{Datum, Fact};
use earnest::time::Day;
use std::collections::BTreeMap;

/// A small generator of numbers (splitmix64), the same everywhere.
pub struct Rng(pub u64);

impl Rng {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub fn pick<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[self.below(list.len())]
    }
}

/// A declaration: what stands before the brace, and the clauses in it.
#[derive(Clone, Debug)]
pub struct Decl {
    pub head: String,
    pub clauses: Vec<String>,
    /// Without braces.
    pub bare: bool,
}

/// Everything that both evaluators are given.
#[derive(Clone, Debug)]
pub struct Case {
    pub decls: Vec<Decl>,
    pub zone: &'static str,
    pub members: Vec<(String, Option<Day>, BTreeMap<String, Datum>)>,
    /// What stood before the first fact, in the order of its days.
    pub brought: Vec<Brought>,
    pub facts: Vec<Fact>,
    pub as_of: Day,
    /// What the program says, for the counts.
    pub tags: Vec<String>,
}

impl Case {
    pub fn text(&self) -> String {
        let mut text = String::new();
        for decl in &self.decls {
            if decl.bare {
                text += &format!("{}\n", decl.head);
            } else {
                text += &format!("{} {{\n", decl.head);
                for clause in &decl.clauses {
                    text += &format!("  {clause}\n");
                }
                text += "}\n";
            }
        }
        text
    }
}

pub(super) struct Maker {
    pub(super) rng: Rng,
    pub(super) decls: Vec<Decl>,
    pub(super) tags: Vec<String>,
    pub(super) rules: Vec<Made>,
    pub(super) ladder: bool,
    pub(super) two: bool,
    /// Is there a unit that others turn into?
    pub(super) miles: bool,
    /// Do households have units together?
    pub(super) pooled: bool,
    /// Is there a second ladder?
    pub(super) grade: bool,
    /// Declared counters of which a part may be brought along.
    pub(super) counters: Vec<&'static str>,
    /// What this case is about.
    pub(super) focus: Focus,
}

/// What a case is about: what meets seldom by chance is met often where a case is about it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Focus {
    Anything,
    /// Several rules of one group, often alike.
    Groups,
    /// A second ladder, and what is said of it.
    Grades,
    /// Accounts that become one, members who leave.
    Merges,
    /// Referrers.
    Friends,
    /// What opens by an action or later.
    Waiting,
    /// Rules by which a smaller receipt gives more.
    Returns,
    /// Several awards under one limit.
    Limits,
    /// Spending, debt, units kept apart.
    Spending,
    /// Tiers that are held, given, lost and kept anew.
    Keeping,
}

const FOCUSES: [Focus; 15] = [
    Focus::Anything,
    Focus::Anything,
    Focus::Anything,
    Focus::Groups,
    Focus::Groups,
    Focus::Grades,
    Focus::Merges,
    Focus::Merges,
    Focus::Friends,
    Focus::Waiting,
    Focus::Returns,
    Focus::Returns,
    Focus::Limits,
    Focus::Spending,
    Focus::Keeping,
];

/// A rule that others may build on.
#[derive(Clone)]
pub(super) struct Made {
    pub(super) name: String,
    pub(super) percent: bool,
    pub(super) single: bool,
    pub(super) purchase: bool,
    pub(super) trigger: String,
    pub(super) plain: bool,
    pub(super) amount: String,
    pub(super) unit: &'static str,
}

std::thread_local! {
    static OFFERED: std::cell::RefCell<std::collections::BTreeSet<&'static str>> = const { std::cell::RefCell::new(std::collections::BTreeSet::new()) };
}

/// The shapes of all clauses that could have been said so far.
pub fn offered() -> std::collections::BTreeSet<String> {
    OFFERED.with_borrow(|offered| offered.iter().map(|text| shape(text)).filter(|text| !text.is_empty()).collect())
}

impl Maker {
    pub(super) fn one(&mut self, list: &[&'static str]) -> &'static str {
        OFFERED.with_borrow_mut(|offered| offered.extend(list));
        let text = self.rng.pick(list);
        if !text.is_empty() {
            self.tags.push(shape(text));
        }
        text
    }

    pub(super) fn maybe(&mut self, percent: usize, list: &[&'static str]) -> Option<String> {
        if self.rng.chance(percent) { Some(self.one(list).to_owned()) } else { None }
    }

    fn program(&mut self) -> &'static str {
        let zone = self.rng.pick(&["Europe/Moscow", "America/New_York", "Europe/Berlin", "UTC", "Asia/Beirut"]);
        let mut clauses = vec!["currency RUB".to_owned(), format!("timezone \"{zone}\"")];
        let returns = self.one(&[
            "",
            "returns within 90 days",
            "returns within 10 days",
            "returns within 3 months",
            "returns within 90 days, in proportion",
            "returns within 90 days, whole receipts only",
            "returns awards stay",
            "returns within 90 days, spent units stay",
            "returns from pending only",
        ]);
        // Working out again is the rule, and the hardest.
        let returns = if self.focus == Focus::Limits && self.rng.chance(40) {
            "returns within 90 days, in proportion"
        } else {
            returns
        };
        if !returns.is_empty() && (!returns.contains([',', 'w']) || self.rng.chance(60)) {
            clauses.push(returns.to_owned());
        }
        clauses.push(self.one(&["fiscal year from Apr 1", "fiscal year from Feb 29"]).to_owned());
        let dates = self.maybe(8, &["from 2024-03-01", "to 2024-09-30"]).unwrap_or_default();
        self.decls.push(Decl { head: format!("program \"Case\" {dates}"), clauses, bare: false });
        zone
    }

    fn data(&mut self) {
        let clauses = [
            "line category text, or \"\"",
            "line weight number, or 0",
            "receipt store text, or \"a\"",
            "receipt tip money, or 0 RUB",
            "receipt card text, may be missing",
            "receipt app yes/no, or no",
            "member birthday date, may be missing",
            "action review",
            "action confirm",
            "action stars number, or 0",
        ];
        self.decls.push(Decl { head: "data".into(), clauses: clauses.map(str::to_owned).to_vec(), bare: false });
        let bare = |head: &str| Decl { head: head.into(), clauses: vec![], bare: true };
        self.decls.push(bare("param base = 5%, 10% from 2024-05-01"));
        self.decls.push(bare("param floor = 100 RUB"));
        self.decls.push(bare("list teas = [\"tea\", \"mate\"]"));
        self.decls.push(bare(
            "calendar fair { 2024-02-25 to 2024-03-05, 2024-05-01 to 2024-05-09, 2024-12-30 to 2025-01-02 }",
        ));
        let window = self.one(&[
            "",
            " this calendar month",
            " over the last 30 days",
            " this calendar year",
            " lifetime",
            " over the last 2 months",
            " this membership month",
            " this fiscal quarter",
        ]);
        let measure = self.one(&[
            "sum of weight",
            "visits",
            "sum of quantity",
            "count of action review",
            "returns",
            "count of distinct category",
            "count of distinct sku",
            "friends",
            "sum of stars",
        ]);
        let lines = ["sum of weight", "visits", "sum of quantity"].contains(&measure);
        let filter = if lines && self.rng.chance(40) { " where category = \"tea\"" } else { "" };
        let condition = if lines && self.rng.chance(20) { " if store = \"a\"" } else { "" };
        let money = self.one(&["spend", "sum of tip", "largest of spend", "sum of amount"]);
        let span = self.one(&[
            "",
            " this calendar month",
            " over the last 10 days",
            " last calendar month",
            " during fair",
            " during fair",
            " last calendar week",
        ]);
        if !money.starts_with("largest") {
            self.counters.push("sums");
        }
        if !["count of distinct category", "count of distinct sku", "friends"].contains(&measure) {
            self.counters.push("nights");
        }
        self.decls.push(bare(&format!("counter sum, sums = {money}{span}")));
        self.decls.push(bare(&format!("counter night, nights = {measure}{window}{filter}{condition}")));
    }
}

/// A clause without its numbers and names, for counting.
pub(super) fn shape(text: &str) -> String {
    let mut shape = String::new();
    let mut quoted = false;
    for c in text.chars() {
        if c == '"' {
            quoted = !quoted;
        }
        if !quoted && !c.is_ascii_digit() && c != '"' {
            shape.push(c);
        }
    }
    while shape.contains(", ,") {
        shape = shape.replace(", ,", ",");
    }
    shape.trim().to_owned()
}

/// A case from its seed.
pub fn case(seed: u64) -> Case {
    let mut maker = Maker {
        rng: Rng(seed),
        decls: vec![],
        tags: vec![],
        rules: vec![],
        ladder: false,
        two: false,
        grade: false,
        miles: false,
        pooled: false,
        counters: vec![],
        focus: Focus::Anything,
    };
    maker.rng.next();
    maker.focus = FOCUSES[maker.rng.below(FOCUSES.len())];
    let climbs = matches!(maker.focus, Focus::Grades | Focus::Keeping);
    let mostly = matches!(maker.focus, Focus::Merges | Focus::Spending);
    maker.ladder = climbs || maker.rng.chance(if mostly { 85 } else { 60 });
    maker.two = maker.rng.chance(35);
    let zone = maker.program();
    maker.data();
    maker.units();
    maker.tiers();
    let least = if maker.focus == Focus::Groups { 2 } else { 1 };
    for number in 0..(least + maker.rng.below(6)) {
        maker.rule(number);
    }
    maker.groups();
    maker.watch();
    maker.migration();
    maker.pool();
    maker.draw();
    maker.campaigns();
    let Maker { rng, decls, tags, two, focus, ladder, miles, pooled, mut counters, .. } = maker;
    let mut case = Case { decls, zone, members: vec![], brought: vec![], facts: vec![], as_of: Day::MIN, tags };
    let bounds = Bounds::of(&case.text());
    // What is brought along of a counter does not count in the product where the ladder restarts at a rise.
    let restarts = case.text().contains("restart at a rise");
    counters.retain(|noun| !restarts || *noun != "nights");
    let mut teller = super::history::Teller { rng, two, miles, pooled, focus, bounds, ladder, counters };
    (case.members, case.facts, case.as_of) = teller.history(zone);
    if let Some(first) = case.facts.first() {
        case.brought = teller.brought(first.at.day);
    }
    case
}
