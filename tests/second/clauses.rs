//! The clauses that rules are made of: periods, conditions, filters, limits, amounts, dates.

use super::generate::{Focus, Maker};

impl Maker {
    pub(super) fn period(&mut self) -> &'static str {
        self.one(&[
            "during every Friday",
            "during every year from Dec 15 to Jan 10",
            "during fair",
            "during from 2024-03-01 to 2024-04-15",
            "during from 11:00 to 13:00",
            "during from 22:00 to 03:00",
            "during 3 days around the birthday",
            "during the birthday",
            "during the month of the birthday",
            "during 30 days after joining",
            "during every Monday, Wednesday, Saturday except fair",
            "during every Friday and from 11:00 to 13:00",
            "during fair or every Sunday",
            "during every last Friday of the month",
            "during 7 days before Easter",
            "during every first Monday of May",
            "during 10 days after the last purchase",
            "during every year on Feb 29",
            "during the anniversary or from 2024-05-01",
            "during fair and from 2024-02-20 to 2024-05-05",
            "during every year from Feb 20 to Jun 20 except fair",
            "during 5 days after the birthday",
        ])
    }

    pub(super) fn condition(&mut self) -> &'static str {
        let mut all = vec![
            "if spend >= 100 RUB",
            "if spend > 100 RUB",
            "if spend < 300 RUB",
            "if spend <= 150 RUB",
            "if quantity < 3",
            "if receipt.spend >= floor",
            "if store = \"b\"",
            "if quantity >= 2",
            "if card is known and card = \"x\"",
            "if (card or \"y\") != \"y\"",
            "if within 10 days of joining",
            "if days since the last purchase >= 7",
            "if spend this calendar month >= 300 RUB",
            "if visits over the last 30 days < 2",
            "if spend over the last 2 months including this purchase >= 500 RUB",
            "if beans.spent = 0",
            "if beans.balance >= 10 beans",
            "if beans.available > 5 beans",
            "if not (store = \"a\" and spend < 200 RUB)",
            "if nights >= 2",
            "if sums >= 200 RUB",
            "if sums < 500 RUB",
            "if beans.debt = 0",
            "if count of action review >= 1",
            "if returns = 0",
            "if spend before points >= 150 RUB",
            "if tip > 0 RUB or spend >= 200 RUB",
            "if visits last calendar month = 0",
            "if spend since joining < 1_000 RUB",
            "if birthday is known",
            "if count of awards of \"B\" < 3",
            "if beans from \"B\" this calendar month < 30 beans",
            "if friends >= 1",
            "if count of distinct category >= 2",
            "if largest of spend lifetime < 700 RUB",
            "if within 3 days of the last purchase",
            "if amount >= 150 RUB and weight > 0",
            "if visits this calendar week < 3",
            "if spend this fiscal year >= 200 RUB",
            "if app",
            "if not app",
            "if sums >= 20 RUB",
        ];
        // What a receipt gives once a part of it came back.
        if self.focus == Focus::Returns && self.rng.chance(60) {
            all = vec!["if spend < 300 RUB", "if spend <= 150 RUB", "if quantity < 3", "if spend < 100 RUB"];
        }
        if self.focus == Focus::Spending && self.rng.chance(50) {
            all = vec![
                "if beans.available > 5 beans",
                "if beans.debt = 0",
                "if beans.balance >= 10 beans",
                "if beans.spent = 0",
            ];
        }
        // What the case is about has more to do with what is counted.
        if self.rng.chance(if self.focus == Focus::Returns { 45 } else { 20 }) {
            all = vec![
                "if count of awards of \"B\" < 3",
                "if count of awards of \"B\" >= 2",
                "if beans from \"B\" this calendar month < 30 beans",
                "if sums >= 200 RUB",
                "if sums < 500 RUB",
                "if nights >= 2",
                "if spend last calendar month >= 200 RUB",
                "if visits last calendar month = 0",
            ];
        }
        if self.ladder && self.rng.chance(if self.focus == Focus::Merges { 60 } else { 22 }) {
            all = vec![
                "if spend since entering status >= 100 RUB",
                "if spend since entering status < 300 RUB",
                "if within 10 days of entering status",
                "if days since entering Silver >= 5",
                "if spend since entering Gold < 300 RUB",
            ];
        }
        if self.grade && self.rng.chance(if self.focus == Focus::Grades { 60 } else { 15 }) {
            return self.one(&["if grade >= Plus", "if grade < Super"]);
        }
        if self.ladder {
            all.extend([
                "if status >= Silver",
                "if status > Bronze",
                "if status != Gold",
                "if spend since entering status >= 100 RUB",
            ]);
        }
        self.one(&all)
    }

    pub(super) fn state_condition(&mut self) -> &'static str {
        let mut all = vec![
            "if visits over the last 30 days >= 1",
            "if spend last calendar month >= 100 RUB",
            "if beans.balance >= 10 beans",
            "if spend this calendar month >= 300 RUB",
            "if days since the last purchase <= 40",
            "if birthday is known",
            "if nights >= 1",
        ];
        if self.ladder {
            all.push("if status >= Silver");
        }
        self.one(&all)
    }

    pub(super) fn filter(&mut self) -> &'static str {
        self.one(&[
            "where category = \"tea\"",
            "where category not in teas",
            "where category in [\"tea\", \"cake\"]",
            "where amount > 100 RUB",
            "where sku = \"s2\"",
            "where sku != \"s1\"",
            "where weight > 0 or category = \"cake\"",
            "where category != \"gift\" and amount >= 50 RUB",
        ])
    }

    pub(super) fn limits(&mut self, count: usize, purchase: bool) -> Vec<String> {
        let mut limits = vec![];
        for _ in 0..count {
            let mut all = vec![
                "at most 9.5 beans",
                "at most 10 beans per calendar month",
                "at most 15 beans per receipt",
                "at most 3 times",
                "at most 1 time per calendar week",
                "at most 2 times over the last 30 days",
                "at most 40 beans per programme",
                "at most 30 RUB per calendar month",
                "at most 2 receipts per calendar day",
                "at most 2 members",
                "at most 1 member",
                "at most 8 beans per calendar day",
                "at most 10 beans per calendar month, all or nothing",
                "at most 25 beans over the last 10 days",
                "at most 20 beans per membership month",
                "at most 1 time per calendar month per programme",
                "at most 30 beans this calendar quarter",
            ];
            if purchase {
                all.extend([
                    "at most 10% of spend",
                    "at most 12 beans per store",
                    "at most 5 beans per store per calendar month",
                    "at most 9 beans per sku",
                    "at most 9 beans per category per calendar month",
                ]);
                // What one leaves the other is charged.
                if self.rng.chance(if self.focus == Focus::Limits { 35 } else { 6 }) {
                    all = vec!["at most 9 beans per sku, at most 4 beans per receipt"];
                }
            }
            limits.extend(
                self.one(&all)
                    .split(", at most")
                    .enumerate()
                    .map(|(at, limit)| if at == 0 { limit.to_owned() } else { format!("at most{limit}") }),
            );
        }
        limits
    }

    /// A percent or block amount of a purchase.
    pub(super) fn amount(&mut self) -> (String, bool, bool) {
        let percent = self.rng.below(10);
        if self.focus == Focus::Returns && self.rng.chance(50) {
            let text = self.one(&[
                "by spend { from 50 RUB 20 beans from 300 RUB 3 beans }",
                "by spend { from 50 RUB 10 beans from 150 RUB 1 bean from 300 RUB 10 beans }",
                "by spend { from 50 RUB 10 beans from 150 RUB 1 bean above 300 RUB 10 beans }",
                "by spend { from 50 RUB 10% from 200 RUB 2% otherwise 1% } of spend as beans",
                "by category { \"tea\" 9 beans \"cake\" 2 beans otherwise 4 beans }",
            ]);
            return (text.to_owned(), false, true);
        }
        if percent < 4 || self.focus == Focus::Groups && self.rng.chance(80) {
            let mut all = vec![
                "5% of spend",
                "base of spend",
                "12.5% of spend",
                "10% of receipt.spend",
                "10% of spend before points",
                "7% of spend + tip",
                "10% of spend before discounts",
                "10% of amount",
                "(base + 1%) of spend",
                "3% of spend - 50 RUB",
                "10% of spend * 0.5",
            ];
            if self.ladder {
                all.extend(["(5% + status.extra) of spend", "by status { Bronze 3% Silver 5% Gold 7% } of spend"]);
            }
            if self.focus == Focus::Keeping && self.rng.chance(40) {
                all = vec!["(5% + status.extra) of spend", "by status { Bronze 3% Silver 5% Gold 7% } of spend"];
            }
            if self.grade && self.rng.chance(50) {
                all = vec!["(3% + grade.bonus) of spend"];
            }
            let text = self.one(&all).to_owned();
            let plain = !text.starts_with("by");
            return (format!("{text} as beans"), plain, true);
        }
        if percent < 7 {
            let text = self.one(&[
                "by category { \"tea\", \"mate\" 5% \"cake\" 3% otherwise 1% } of spend as beans", "by category { \"tea\" 10% \"cake\" 4% } of spend as beans",
                "by spend { from 100 RUB 3% from 300 RUB 5% above 999.99 RUB 7% } of spend as beans",
                "by spend, each part at its own rate { from 0 RUB 1% from 100 RUB 5% from 500 RUB 10% } of spend as beans",
                "by category { \"tea\" 1 bean per full 30 RUB otherwise 1 bean per full 70 RUB }", "by spend { from 100 RUB 5 beans from 300 RUB 20 beans }",
                "by category { \"tea\" 5 beans \"cake\" 7 beans }", "by store { \"a\" 5% \"b\" 10% } of spend as beans",
                "by spend, each part at its own rate { from 50 RUB 1 bean per full 20 RUB from 300 RUB 1 bean per full 50 RUB }",
            ]);
            return (text.to_owned(), false, true);
        }
        let text = self.one(&[
            "1 bean per 20 RUB",
            "1 bean per full 20 RUB",
            "2 beans per started 30 RUB",
            "1 bean per nearest 25 RUB",
            "1 bean per item",
            "1 bean per full 3 nights",
            "5 beans per full 300 RUB of spend this calendar month",
            "1 bean per full 50 RUB of receipt.spend",
            "4 beans per full 150 RUB of spend over the last 30 days",
            "1 bean per 10 RUB of spend + tip",
            "(nights - 2) * 2 beans",
            "2 beans per line",
        ]);
        (text.to_owned(), false, true)
    }

    pub(super) fn give_tail(&mut self, purchase: bool) -> String {
        let mut tail = String::new();
        // Beside a limit of the group, or of several gives.
        if matches!(self.focus, Focus::Groups | Focus::Limits) && self.rng.chance(25) {
            tail += ", ";
            tail += self.one(&[
                "at most 1 time per calendar month",
                "at most 2 times per calendar week",
                "at most 2 receipts per calendar month",
            ]);
        } else if self.rng.chance(50) {
            for limit in self.limits(1, purchase) {
                tail += &format!(", {limit}");
            }
        }
        let carried = if matches!(self.focus, Focus::Merges | Focus::Limits) { 20 } else { 5 };
        if self.rng.chance(carried) {
            tail += self.one(&[", at most 10 beans per calendar month, the rest carried"]);
        }
        if self.rng.chance(if self.focus == Focus::Waiting { 60 } else { 10 }) {
            tail += ", ";
            tail += self.one(&[
                "opening 3 days after earning",
                "opening 40 days after earning",
                "opening at once",
                "opening start of next calendar month",
                "opening 2024-03-05",
            ]);
        }
        if self.rng.chance(if self.focus == Focus::Spending { 45 } else { 10 }) {
            tail += ", ";
            tail += self.one(&[
                "expiring 10 days after earning",
                "expiring 40 days after earning",
                "expiring 2024-08-31",
                "expiring end of calendar month",
                "expiring never",
            ]);
        }
        tail
    }
}
