//! Rules and groups of random programs.

use super::generate::{Decl, Focus, Made, Maker, shape};

const NAMES: [&str; 8] = ["B", "D", "A", "E", "C", "G", "F", "H"];

impl Maker {
    pub(super) fn rule(&mut self, number: usize) {
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
        let kind = self.rng.below(110);
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
        let night = self.rng.chance(5);
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
        } else if kind < 60 {
            self.purchase_rule(&mut clauses, &mut made);
        } else {
            self.other_rule(&mut clauses, &mut made);
        }
        if night || self.rng.chance(25) {
            let period = if night { self.one(&["during from 22:00 to 03:00"]) } else { self.period() };
            clauses.push(period.to_owned());
            if self.rng.chance(if night { 80 } else { 40 })
                && clauses.iter().any(|clause| clause.starts_with("give") && clause.contains("bean"))
            {
                clauses
                    .push(self.one(&["at most 1 time per occurrence", "at most 12 beans per occurrence"]).to_owned());
            }
        }
        if self.rng.chance(25) && clauses.iter().any(|clause| clause.starts_with("give") && !clause.contains(" of \""))
        {
            let mut all = vec!["round up", "round half even", "round half up", "round down per receipt"];
            if self.decls.iter().any(|decl| decl.clauses.iter().any(|clause| clause.ends_with("per receipt"))) {
                all = vec!["round down per receipt", "round up per receipt", "round half up per receipt"];
            }
            clauses.push(self.one(&all).to_owned());
        }
        let builds = clauses.iter().any(|clause| clause.starts_with("multiply") || clause.starts_with("add"));
        if builds && made.purchase && self.rng.chance(25) {
            clauses.push(self.one(&["returns in proportion"]).to_owned());
        } else if self.rng.chance(6) && made.purchase {
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

    pub(super) fn building(&mut self, base: &Made, clauses: &mut Vec<String>, made: &mut Made) {
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

    pub(super) fn purchase_rule(&mut self, clauses: &mut Vec<String>, made: &mut Made) {
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
        for _ in 0..self.rng.below(3).min(self.rng.below(5)) {
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
        if self.two && self.rng.chance(30) {
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

    pub(super) fn other_rule(&mut self, clauses: &mut Vec<String>, made: &mut Made) {
        made.purchase = false;
        let gift = self.one(&["10 beans", "25 beans", "3 beans"]).to_owned();
        let mut kind = match self.rng.below(22) {
            12 => 3,
            13 | 14 => 4,
            15 | 16 => 2,
            17 => 5,
            18 | 19 => 9,
            20 | 21 => 10,
            kind => kind,
        };
        // What the case is about.
        if self.rng.chance(50) {
            kind = match self.focus {
                Focus::Grades => 3,
                Focus::Keeping => [3, 10, 10][self.rng.below(3)],
                Focus::Merges if self.ladder && self.rng.chance(60) => 3,
                Focus::Friends => 6,
                Focus::Waiting => 9,
                Focus::Spending if self.ladder && self.rng.chance(60) => 10,
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
                    "on leave",
                    "on action confirm",
                ]);
                clauses.push(on.to_owned());
                made.trigger = on.to_owned();
                made.single = true;
                let amount = if on.starts_with("on action") && self.rng.chance(45) {
                    self.one(&["stars * 2 beans", "stars * 2 beans", "1 bean per full 2 nights"]).to_owned()
                } else if self.rng.chance(25) {
                    self.one(&["2 beans per full 2 nights", "3 beans per full 100 RUB of spend this calendar month"])
                        .to_owned()
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
                let mut all =
                    vec!["on entering Gold", "on entering status", "on entering Silver", "on entering Silver"];
                if self.grade {
                    all = vec![
                        "on entering Plus",
                        "on entering grade",
                        "on entering grade",
                        "on entering Gold",
                        "on entering status",
                    ];
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
                    if self.rng.chance(40) {
                        clauses.push(format!("give the referrer's referrer's referrer {gift}"));
                    }
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
                let on = self.one(&[
                    "on action review",
                    "on action confirm",
                    "on action confirm",
                    "on join",
                    "on purchase",
                    "at start of calendar month",
                    "at end of calendar month",
                    "on entering Silver",
                    "on a friend's purchase",
                ]);
                clauses.push(on.to_owned());
                if on.contains("friend") && self.rng.chance(70) {
                    clauses.push(self.one(&["give the referrer Silver"]).to_owned());
                    return;
                }
                clauses.push(
                    self.one(&[
                        "give Gold",
                        "give Silver, expiring 30 days after earning",
                        "give Gold, expiring end of calendar month",
                        "give Gold, expiring 3 days after earning",
                        "give Silver, expiring 90 days after earning",
                        "give Gold, expiring 90 days after earning",
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

    pub(super) fn groups(&mut self) {
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
        let text = match self.rng.below(if percent { 10 } else { 8 }) {
            0 => format!("best of {{ {names} }}"),
            1 => format!("first of {{ {names} }}"),
            2 => format!("all of {{ {names} at most 15 beans per receipt }}"),
            3 => format!("all of {{ {names} in written order at most 25 beans per calendar month }}"),
            5 | 7 => format!("all of {{ {names} in written order at most 6 beans per receipt }}"),
            8 | 9 => format!("best of {{ {names} per line }}"),
            4 => format!("best of {{ {names} by worth }}"),
            _ => format!("best of {{ {names} at most 18 beans per calendar month }}"),
        };
        self.tags.push(shape(&text));
        self.decls.push(Decl { head: text, clauses: vec![], bare: true });
    }
}
