//! Random programs and histories from a seed, dense in edge cases.
//!
//! A program is a list of declarations, each a head and clauses in the text of the language, so that a
//! disagreement can be made smaller by leaving some out. Amounts, days and times come from short lists,
//! so that thresholds are met exactly and facts fall together.

use super::bounds::Bounds;
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
    decls: Vec<Decl>,
    tags: Vec<String>,
    rules: Vec<Made>,
    pub(super) ladder: bool,
    pub(super) two: bool,
    /// Is there a second ladder?
    pub(super) grade: bool,
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
}

const FOCUSES: [Focus; 12] = [
    Focus::Anything,
    Focus::Anything,
    Focus::Anything,
    Focus::Groups,
    Focus::Groups,
    Focus::Grades,
    Focus::Merges,
    Focus::Friends,
    Focus::Waiting,
    Focus::Returns,
    Focus::Limits,
    Focus::Spending,
];

/// A rule that others may build on.
#[derive(Clone)]
pub(super) struct Made {
    name: String,
    percent: bool,
    single: bool,
    purchase: bool,
    trigger: String,
    plain: bool,
    amount: String,
    unit: &'static str,
}

/// Clauses on which the two are known to disagree, left out until it is settled which is right.
/// `EARNEST_OPEN=1` puts them back.
const OPEN: &[&str] = &[];

std::thread_local! {
    static OFFERED: std::cell::RefCell<std::collections::BTreeSet<&'static str>> = const { std::cell::RefCell::new(std::collections::BTreeSet::new()) };
}

/// The shapes of all clauses that could have been said so far.
pub fn offered() -> std::collections::BTreeSet<String> {
    OFFERED.with_borrow(|offered| offered.iter().map(|text| shape(text)).filter(|text| !text.is_empty()).collect())
}

const NAMES: [&str; 8] = ["B", "D", "A", "E", "C", "G", "F", "H"];

impl Maker {
    pub(super) fn one(&mut self, list: &[&'static str]) -> &'static str {
        let open: Vec<&'static str> = list.iter().copied().filter(|text| !OPEN.contains(text)).collect();
        OFFERED.with_borrow_mut(|offered| offered.extend(list));
        let text = self.rng.pick(if open.is_empty() { list } else { &open });
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
        ]);
        let lines = ["sum of weight", "visits", "sum of quantity"].contains(&measure);
        let filter = if lines && self.rng.chance(40) { " where category = \"tea\"" } else { "" };
        let condition = if lines && self.rng.chance(20) { " if store = \"a\"" } else { "" };
        let money = self.one(&["spend", "sum of tip", "largest of spend", "sum of amount"]);
        let span =
            self.one(&["", " this calendar month", " over the last 10 days", " last calendar month", " during fair"]);
        self.decls.push(bare(&format!("counter sum, sums = {money}{span}")));
        self.decls.push(bare(&format!("counter night, nights = {measure}{window}{filter}{condition}")));
    }

    fn units(&mut self) {
        let mut clauses = vec![
            self.one(&[
                "worth 1 RUB",
                "worth 1 RUB",
                "worth 0.5 RUB",
                "worth 1 RUB, 2 RUB from 2024-04-15",
                "worth 3 RUB",
            ])
            .to_owned(),
        ];
        clauses.extend(self.maybe(20, &["decimals 1", "decimals 2"]));
        clauses.extend(self.maybe(
            50,
            &[
                "round up",
                "round half up per line",
                "round half up",
                "round half even",
                "round down per line",
                "round half up per line",
                "round down per item",
                "round up per item",
                "round half up per receipt",
                "round down per receipt",
                "round up per receipt",
            ],
        ));
        let waiting = self.focus == Focus::Waiting;
        let opens = self.maybe(
            if waiting { 90 } else { 40 },
            &[
                "opens 1 day after earning",
                "opens 2024-05-01",
                "opens 2024-03-05",
                "opens 14 days after earning",
                "opens start of next calendar month",
                "opens 300 minutes after earning",
                "opens 2 hours after earning",
                "opens on action confirm",
                "opens on action confirm within 10 days",
                "opens on action confirm this calendar month",
                "opens 1 month after earning, at end of month",
            ],
        );
        let later = opens.is_some();
        clauses.extend(opens);
        let mut expiries = vec![
            "expires 30 days after earning",
            "expires 1 month after earning",
            "expires 6 months after earning, at end of month",
            "expires end of calendar month",
            "expires end of next calendar month",
            "expires 2 months after the last purchase",
            "expires 40 days after the last award",
            "expires 45 days after the last redemption",
            "expires end of calendar quarter",
            "expires 2024-06-30",
            "expires 2024-03-10",
            "expires the birthday",
            "expires 3 days after earning",
        ];
        if later {
            expiries.extend(["expires 20 days after opening", "expires 2 months after opening, at end of month"]);
        }
        if self.ladder {
            expiries.extend(["expires with status", "expires status.life months after earning", "expires with status"]);
            if self.focus == Focus::Spending {
                expiries = vec!["expires with status"];
            }
        }
        if self.focus == Focus::Returns && self.rng.chance(50) {
            expiries = vec!["expires 3 days after earning", "expires 2024-03-10"];
        }
        clauses.extend(self.maybe(60, &expiries));
        clauses.extend(self.maybe(30, &["spend soonest first", "spend oldest first", "spend newest first"]));
        let spending = self.focus == Focus::Spending;
        clauses.extend(self.maybe(if spending { 45 } else { 6 }, &["apart by store"]));
        clauses.extend(self.maybe(if self.focus == Focus::Returns { 40 } else { 10 }, &["never below zero"]));
        let force = self.maybe(5, &["from 2024-03-10", "to 2024-10-31"]).unwrap_or_default();
        self.decls.push(Decl { head: format!("unit bean, beans {force}"), clauses, bare: false });
        if self.two {
            let mut clauses = vec![];
            clauses.extend(self.maybe(30, &["expires 3 months after earning", "expires end of calendar year"]));
            clauses.extend(self.maybe(30, &["worth 2 RUB"]));
            self.decls.push(Decl { head: "unit stamp, stamps".into(), clauses, bare: false });
        }
    }

    fn tiers(&mut self) {
        if !self.ladder {
            return;
        }
        let (by, steps) = match self.rng.below(9) {
            8 => ("beans.available", ["from 10 beans", "above 50 beans"]),
            0 => ("spend", ["from 300 RUB", "from 1_000 RUB"]),
            1 => ("spend over the last 2 months", ["from 300 RUB", "above 1_000 RUB"]),
            2 => ("visits this calendar month", ["from 2", "from 4"]),
            3 => ("spend this calendar quarter", ["above 200 RUB", "from 1_200 RUB"]),
            4 => ("beans this calendar year", ["from 20 beans", "from 60 beans"]),
            5 => ("beans.balance", ["from 20 beans", "from 60 beans"]),
            6 => ("visits over the last 30 days", ["from 2 or 3 nights", "from 4 and 5 nights"]),
            _ => ("spend this membership month", ["from 300 RUB", "from 500 RUB"]),
        };
        self.tags.push(shape(&format!("by {by}")));
        let balance = by.starts_with("beans");
        let mut clauses = vec![
            "Bronze, extra 0%, life 1".to_owned(),
            format!("Silver {}, extra 2%, life 2", steps[0]),
            format!("Gold {}, extra 5%, life 6", steps[1]),
        ];
        let keep = self.maybe(
            65,
            &[
                "keep until end of next calendar month",
                "keep until 30 days after reaching",
                "keep until end of calendar year",
                "keep until 45 days after reaching, then one tier down",
                "keep until end of calendar quarter, then one tier down",
                "keep until 20 days after reaching, then to the bottom",
                "keep until 20 days after reaching, then stay",
                "keep until 2 months after reaching, at end of month",
            ],
        );
        clauses.extend(keep);
        let opens: &[&'static str] = if balance {
            &["opens start of next calendar month", "opens 3 days after reaching"]
        } else {
            &["opens at once", "opens start of next calendar month", "opens 3 days after reaching"]
        };
        clauses.extend(self.maybe(20, opens));
        if !balance && clauses.iter().any(|clause| clause.starts_with("keep")) {
            clauses.extend(self.maybe(12, &["restart at a rise"]));
        }
        self.decls.push(Decl { head: format!("tiers status by {by}"), clauses, bare: false });
        if self.focus == Focus::Grades || self.rng.chance(30) {
            let mut clauses = vec![
                "Basic, bonus 0%".to_owned(),
                "Plus from 2, bonus 3%".to_owned(),
                "Super from 4, bonus 6%".to_owned(),
            ];
            clauses.extend(self.maybe(
                50,
                &["keep until 20 days after reaching", "keep until end of calendar month, then one tier down"],
            ));
            let by = self.one(&["visits", "visits over the last 20 days", "visits this calendar month"]);
            self.decls.push(Decl { head: format!("tiers grade by {by}"), clauses, bare: false });
            self.grade = true;
        }
    }

    fn rule(&mut self, number: usize) {
        let name = NAMES[number];
        let force =
            self.maybe(6, &["from 2024-03-01", "to 2024-06-15", "from 2024-02-28 to 2024-05-31"]).unwrap_or_default();
        let mut clauses = vec![];
        let bases: Vec<Made> = self
            .rules
            .iter()
            .filter(|made| made.single && (made.purchase || made.trigger.starts_with("on action")))
            .cloned()
            .collect();
        let kind = self.rng.below(100);
        let mut made = Made {
            name: name.into(),
            percent: false,
            single: false,
            purchase: true,
            trigger: String::new(),
            plain: false,
            amount: String::new(),
            unit: "beans",
        };
        // In a group stand rules of purchases.
        let kind = if self.focus == Focus::Groups && number < 3 { 40 } else { kind };
        if kind < 18 && !bases.is_empty() {
            let base = bases[self.rng.below(bases.len())].clone();
            if !base.trigger.is_empty() {
                clauses.push(base.trigger.clone());
            }
            made.trigger.clone_from(&base.trigger);
            made.purchase = base.purchase;
            self.building(&base, &mut clauses, &mut made);
        } else if kind < 62 {
            self.purchase_rule(&mut clauses, &mut made);
        } else {
            self.other_rule(&mut clauses, &mut made);
        }
        if self.rng.chance(25) {
            clauses.push(self.period().to_owned());
            if self.rng.chance(40) && clauses.iter().any(|clause| clause.starts_with("give") && clause.contains("bean"))
            {
                clauses
                    .push(self.one(&["at most 1 time per occurrence", "at most 12 beans per occurrence"]).to_owned());
            }
        }
        if self.rng.chance(20) && clauses.iter().any(|clause| clause.starts_with("give") && !clause.contains(" of \""))
        {
            clauses
                .push(self.one(&["round up", "round half even", "round half up", "round down per receipt"]).to_owned());
        }
        if self.rng.chance(6) && made.purchase {
            clauses.push(
                self.one(&[
                    "returns in proportion",
                    "returns awards stay",
                    "returns whole receipts only",
                    "returns from pending only",
                ])
                .to_owned(),
            );
        }
        self.rules.push(made);
        self.decls.push(Decl { head: format!("rule \"{name}\" {force}"), clauses, bare: false });
    }

    fn building(&mut self, base: &Made, clauses: &mut Vec<String>, made: &mut Made) {
        let name = &base.name;
        match self.rng.below(3) {
            0 if base.percent && base.purchase => {
                clauses.push(format!("add {} to \"{name}\"", self.rng.pick(&["10%", "2.5%", "1%"])));
                self.tags.push("add".into());
            }
            1 => {
                clauses.push(format!("give {} of \"{name}\"", self.rng.pick(&["25%", "50%", "100%"])));
                self.tags.push("share of a rule".into());
            }
            _ => {
                let mut all = vec!["2", "3", "1.5", "1", "0.5"];
                if self.ladder {
                    all.push("(1 + status.life)");
                }
                clauses.push(format!("multiply \"{name}\" by {}", self.rng.pick(&all)));
                self.tags.push("multiply".into());
                made.single = true;
            }
        }
        if base.purchase && self.rng.chance(40) {
            clauses.push(self.filter().to_owned());
        }
        if base.purchase && self.rng.chance(30) {
            clauses.push(self.condition().to_owned());
        }
        if self.rng.chance(15) {
            clauses.extend(self.limits(1, false));
        }
    }

    fn purchase_rule(&mut self, clauses: &mut Vec<String>, made: &mut Made) {
        if self.rng.chance(20) {
            let trigger = self.one(&[
                "on first purchase",
                "on the 3rd purchase",
                "on every 2nd purchase",
                "on the 2nd purchase this calendar month",
                "on purchase",
            ]);
            clauses.push(trigger.to_owned());
            made.trigger = trigger.to_owned();
        }
        if self.rng.chance(40) {
            clauses.push(self.filter().to_owned());
        }
        for _ in 0..self.rng.below(3).min(self.rng.below(3)) {
            clauses.push(self.condition().to_owned());
        }
        let twin = self.rules.iter().rev().find(|made| made.plain && made.trigger.is_empty()).cloned();
        let (amount, percent, _) =
            if let Some(twin) = twin.filter(|_| self.focus == Focus::Groups && self.rng.chance(45)) {
                // As much as another rule gives.
                (twin.amount, twin.percent, false)
            } else if self.rng.chance(if self.focus == Focus::Groups { 0 } else { 15 }) {
                (
                    self.one(&["20 beans", "7 beans", "100 beans", "2 beans per line", "3 beans per visit"]).to_owned(),
                    false,
                    false,
                )
            } else {
                self.amount()
            };
        made.percent = percent;
        made.single = true;
        made.plain = true;
        made.amount.clone_from(&amount);
        let tail = self.give_tail(true);
        clauses.push(format!("give {amount}{tail}"));
        if self.rng.chance(if self.focus == Focus::Limits { 25 } else { 4 }) {
            let limit = self.one(&[
                "at most 10 beans per calendar month, then 1%",
                "at most 12 beans per receipt, then 1%, at most 30 beans per calendar month",
                "at most 20 beans per calendar week, the rest carried",
            ]);
            *clauses.last_mut().unwrap() = format!("give 10% of spend as beans, {limit}");
            made.percent = false;
            made.single = false;
            made.plain = false;
        }
        if self.two && self.rng.chance(20) {
            clauses.push(format!("give {}", self.one(&["1 stamp", "1 stamp per full 100 RUB", "2 stamps per item"])));
            made.single = false;
            made.plain = false;
        } else if self.rng.chance(if self.focus == Focus::Limits { 35 } else { 4 }) {
            clauses.push(format!("give {}", self.one(&["3 beans", "1 bean per item", "2% of spend as beans"])));
            made.single = false;
            made.plain = false;
            clauses.extend(self.limits(1, true));
        } else if self.rng.chance(35) {
            clauses.extend(self.limits(1, true));
        }
    }

    fn other_rule(&mut self, clauses: &mut Vec<String>, made: &mut Made) {
        made.purchase = false;
        let gift = self.one(&["10 beans", "25 beans", "3 beans"]).to_owned();
        let mut kind = match self.rng.below(15) {
            12 => 3,
            13 | 14 => 4,
            kind => kind,
        };
        // What the case is about.
        if self.rng.chance(50) {
            kind = match self.focus {
                Focus::Grades => 3,
                Focus::Friends => 6,
                Focus::Waiting => 9,
                Focus::Merges => 11,
                _ => kind,
            };
        }
        if !self.ladder && (kind == 3 || kind == 10) {
            kind = 0;
        }
        match kind {
            0 | 1 => {
                let on = self.one(&[
                    "on action review",
                    "on action review",
                    "on join",
                    "on return",
                    "on redeem",
                    "on adjust",
                    "on action confirm",
                ]);
                clauses.push(on.to_owned());
                made.trigger = on.to_owned();
                made.single = true;
                let amount = if on.starts_with("on action") && self.rng.chance(25) {
                    self.one(&["stars * 2 beans", "1 bean per full 2 nights"]).to_owned()
                } else {
                    gift
                };
                let tail = self.give_tail(false);
                clauses.push(format!("give {amount}{tail}"));
            }
            2 => {
                clauses.push(
                    self.one(&[
                        "on the birthday",
                        "on every Monday",
                        "on 2024-05-01",
                        "on fair",
                        "on every year on Feb 29",
                        "on the anniversary",
                    ])
                    .to_owned(),
                );
                let tail = self.give_tail(false);
                clauses.push(format!("give {gift}{tail}"));
            }
            3 => {
                let mut all = vec!["on entering Gold", "on entering status", "on entering Silver"];
                if self.grade {
                    all = vec!["on entering Plus", "on entering grade", "on entering Gold", "on entering status"];
                }
                clauses.push(self.one(&all).to_owned());
                clauses.push(format!("give {gift}"));
            }
            4 => {
                clauses.push(
                    self.one(&[
                        "at end of calendar month",
                        "at start of calendar month",
                        "at end of calendar week",
                        "at start of calendar quarter",
                        "at end of fiscal quarter",
                    ])
                    .to_owned(),
                );
                clauses.push(self.state_condition().to_owned());
                let tail = self.give_tail(false);
                clauses.push(format!("give {gift}{tail}"));
            }
            5 => {
                clauses.push(
                    self.one(&[
                        "at end of calendar month",
                        "at end of calendar quarter",
                        "on 2024-06-01",
                        "at start of calendar month",
                        "on action review",
                        "on purchase",
                    ])
                    .to_owned(),
                );
                clauses.push(
                    self.one(&[
                        "take all beans",
                        "take 10% of beans.available as beans",
                        "take 5 beans",
                        "take 50% of beans.balance as beans",
                    ])
                    .to_owned(),
                );
            }
            6 | 7 | 8 => {
                let on = self.one(&[
                    "on a friend's purchase",
                    "on a friend's first purchase",
                    "on a friend's join",
                    "on a friend's action review",
                    "on a friend's purchase",
                ]);
                clauses.push(on.to_owned());
                if on.ends_with("purchase") && self.rng.chance(40) {
                    clauses.push(
                        self.one(&[
                            "if spend >= 100 RUB",
                            "if within 30 days of joining",
                            "if spend >= 100 RUB and within 30 days of joining",
                        ])
                        .to_owned(),
                    );
                }
                let amount = if on == "on a friend's purchase" && self.rng.chance(35) {
                    self.one(&["1% of spend as beans", "1 bean per item"]).to_owned()
                } else if self.rng.chance(20) {
                    self.one(&["2 beans per full 2 nights", "3 beans per full 100 RUB of spend this calendar month"])
                        .to_owned()
                } else {
                    gift.clone()
                };
                let limit = self.maybe(
                    50,
                    &[
                        "at most 1 time per friend",
                        "at most 4 beans per friend",
                        "at most 20 beans per friend",
                        "at most 2 times per calendar month",
                        "at most 30 beans per programme",
                        "at most 1 member",
                    ],
                );
                clauses.push(format!(
                    "give the referrer {amount}{}",
                    limit.map(|limit| format!(", {limit}")).unwrap_or_default()
                ));
                if self.rng.chance(25) {
                    clauses.push(format!("give the referrer's referrer {gift}"));
                }
                if self.rng.chance(50) {
                    clauses.push(format!("give the member {gift}"));
                }
                if self.rng.chance(15) {
                    clauses.extend(self.limits(1, false));
                }
            }
            9 => {
                clauses.push(self.one(&["on join", "on action review", "on purchase"]).to_owned());
                clauses.push(format!(
                    "give {gift}, {}",
                    self.one(&[
                        "opening on action confirm within 30 days",
                        "opening on action confirm",
                        "opening on action confirm, expiring 5 days after earning",
                        "opening on action confirm within 30 days, expiring 10 days after opening",
                        "opening on action confirm, expiring 2024-04-15",
                        "opening the birthday",
                        "opening 2024-03-05",
                    ])
                ));
            }
            10 => {
                clauses.push(self.one(&["on action review", "on action confirm"]).to_owned());
                clauses.push(
                    self.one(&[
                        "give Gold",
                        "give Silver, expiring 30 days after earning",
                        "give Gold, expiring end of calendar month",
                    ])
                    .to_owned(),
                );
            }
            _ => {
                clauses.push("on merge".into());
                clauses.push(format!("give {gift}"));
            }
        }
    }

    fn groups(&mut self) {
        let mut free: Vec<Made> =
            self.rules.iter().filter(|made| made.plain && made.purchase && made.trigger.is_empty()).cloned().collect();
        if free.len() < 2 || !self.rng.chance(75) {
            return;
        }
        free.truncate(2 + self.rng.below(2));
        let mut names: Vec<String> = free.iter().map(|made| format!("\"{}\"", made.name)).collect();
        if self.rng.chance(50) {
            names.reverse();
        }
        let names = names.join(", ");
        let percent = free.iter().all(|made| made.percent);
        let text = match self.rng.below(if percent { 8 } else { 6 }) {
            0 => format!("best of {{ {names} }}"),
            1 => format!("first of {{ {names} }}"),
            2 => format!("all of {{ {names} at most 15 beans per receipt }}"),
            3 => format!("all of {{ {names} in written order at most 25 beans per calendar month }}"),
            6 | 7 => format!("best of {{ {names} per line }}"),
            4 => format!("best of {{ {names} by worth }}"),
            _ => format!("best of {{ {names} at most 18 beans per calendar month }}"),
        };
        self.tags.push(shape(&text));
        self.decls.push(Decl { head: text, clauses: vec![], bare: true });
    }
}

/// A clause without its numbers and names, for counting.
fn shape(text: &str) -> String {
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
        focus: Focus::Anything,
    };
    maker.rng.next();
    maker.focus = FOCUSES[maker.rng.below(FOCUSES.len())];
    maker.ladder = maker.focus == Focus::Grades || maker.rng.chance(60);
    maker.two = maker.rng.chance(35);
    let zone = maker.program();
    maker.data();
    maker.units();
    maker.tiers();
    let least = if maker.focus == Focus::Groups { 2 } else { 1 };
    for number in 0..(least + maker.rng.below(5)) {
        maker.rule(number);
    }
    maker.groups();
    let Maker { rng, decls, tags, two, focus, .. } = maker;
    let mut case = Case { decls, zone, members: vec![], facts: vec![], as_of: Day::MIN, tags };
    let bounds = Bounds::of(&case.text());
    let mut teller = super::history::Teller { rng, two, focus, bounds };
    (case.members, case.facts, case.as_of) = teller.history(zone);
    case
}
