//! Campaigns of random programs: passes, opting in, streaks, who comes first, budgets, chains of referrers.

use super::generate::{Decl, Focus, Maker};

const SHARE: &str = "give 5% of spend as beans";

impl Maker {
    pub(super) fn campaigns(&mut self) {
        if self.rng.chance(16) {
            self.pass();
        }
        if self.rng.chance(12) {
            self.keeping();
        }
        if self.rng.chance(18) {
            self.opt_in();
        }
        if self.rng.chance(16) {
            self.streak();
        }
        if self.rng.chance(16) {
            self.firsts();
        }
        if self.rng.chance(16) {
            self.budget();
        }
        if self.rng.chance(if self.focus == Focus::Friends { 70 } else { 6 }) {
            self.chain();
        }
    }

    fn says(&mut self, head: &str, clauses: Vec<String>) {
        self.decls.push(Decl { head: head.into(), clauses, bare: false });
    }

    /// A membership as a unit that ends: bought, asked for, earned by a friend; renewed by another one.
    fn pass(&mut self) {
        let life = self.one(&[
            "expires 1 month after earning",
            "expires 30 days after earning",
            "expires end of next calendar month",
        ]);
        self.says("unit pass, passes", vec![life.to_owned()]);
        let had = self.one(&[
            "where sku = \"s3\"",
            "where category = \"gift\"",
            "on action confirm",
            "on a friend's purchase",
            "on join",
        ]);
        let gives = if had.contains("friend") {
            self.one(&["give the referrer 1 pass", "give the member 1 pass"])
        } else {
            self.one(&["give 1 pass", "give 1 pass", "give 1 pass, at most 1 time per calendar month"])
        };
        self.says("rule \"Pass\"", vec![had.to_owned(), gives.to_owned()]);
        let holds = self.one(&[
            "if passes.available >= 1 pass",
            "if passes.balance = 0 passes",
            "if passes.available >= 2 passes",
        ]);
        let gives = self.one(&["give 10% of spend as beans, at most 20 beans per receipt", "give 3 beans per item"]);
        self.says("rule \"Holder\"", vec![holds.to_owned(), gives.to_owned()]);
    }

    /// A tier that nobody reaches, given for a time; what is earned while it is held lives with it.
    fn keeping(&mut self) {
        self.says("tiers keeping by visits", vec!["Usual".into(), "Careful".into()]);
        let had =
            self.one(&["on action confirm", "where category = \"gift\"", "on the 2nd purchase this calendar month"]);
        let gives = self.one(&[
            "give Careful, expiring 30 days after earning",
            "give Careful, expiring end of next calendar month",
        ]);
        self.says("rule \"Renewal\"", vec![had.to_owned(), gives.to_owned()]);
        let held = "if keeping = Careful".to_owned();
        // What is pooled cannot hang on a tier.
        let gives = if self.pooled {
            self.one(&["give 4 beans, at most 1 time per calendar day"])
        } else {
            self.one(&[
                "give 4 beans, at most 1 time per calendar day, expiring with keeping",
                "give 5% of spend as beans, expiring with keeping",
            ])
        };
        self.says("rule \"Kept\"", vec![held, gives.to_owned()]);
    }

    fn opt_in(&mut self) {
        let asked = self.one(&[
            "if count of action confirm this calendar month >= 1",
            "if count of action confirm lifetime >= 1",
            "if count of action confirm over the last 30 days >= 1",
        ]);
        let mut clauses = vec![asked.to_owned()];
        clauses.extend(self.maybe(40, &["during from 2024-03-01 to 2024-04-15"]));
        clauses.push(SHARE.to_owned());
        self.says("rule \"Asked\"", clauses);
    }

    fn streak(&mut self) {
        let kept = self.one(&[
            "if visits last calendar month >= 1 and visits this calendar month = 0",
            "if visits last calendar week >= 1 and visits this calendar week = 0",
            "if days since the last purchase >= 30",
            "if within 7 days of the last purchase",
            "on the 3rd purchase this calendar month",
            "on the first purchase this calendar week",
        ]);
        let gives = self.one(&[
            "give 5 beans",
            "give 5 beans, at most 1 time per calendar month",
            "give 3% of spend as beans, at most 1 time per calendar week",
        ]);
        self.says("rule \"Streak\"", vec![kept.to_owned(), gives.to_owned()]);
        if self.rng.chance(80) {
            let again = self.one(&[
                "if count of awards of \"Streak\" last calendar month >= 1",
                "if count of awards of \"Streak\" >= 1",
            ]);
            let gives = self.one(&["give 7 beans, at most 1 time per calendar month"]);
            self.says("rule \"Chest\"", vec![again.to_owned(), gives.to_owned()]);
        }
    }

    /// Who comes first, and the first reviews of an article.
    fn firsts(&mut self) {
        let data = self.decls.iter_mut().find(|decl| decl.head == "data").unwrap();
        data.clauses.push("action article text, or \"\"".into());
        let clauses = [
            ["on the first purchase", "give 20 beans, at most 2 members per programme"],
            [
                "on action review",
                "give 5 beans, at most 1 time per calendar day, at most 2 times per article per programme",
            ],
            ["on action review", "give 5 beans, at most 1 time per article"],
            ["on join", "give 15 beans, at most 2 members"],
            ["on purchase", "give 6 beans, at most 3 receipts per programme"],
        ];
        let gives = self.one(&clauses.map(|clause| clause[1]));
        let on = clauses.iter().find(|clause| clause[1] == gives).unwrap()[0];
        self.says("rule \"First\"", vec![on.to_owned(), gives.to_owned()]);
    }

    fn budget(&mut self) {
        let limit = self.one(&[
            "at most 30 RUB per programme",
            "at most 40 beans per store per programme",
            "at most 25 RUB per store per programme",
            "at most 30 beans per calendar month per programme",
            "at most 20 RUB per calendar quarter per programme, all or nothing",
            "at most 30 beans per store per calendar month per programme, then 1%",
        ]);
        self.says("rule \"Budget\"", vec![format!("give 10% of spend as beans, {limit}")]);
    }

    fn chain(&mut self) {
        let on = self.one(&[
            "on a friend's purchase",
            "on a friend's purchase",
            "on a friend's join",
            "on a friend's action review",
        ]);
        let mut clauses = vec![on.to_owned(), "give the referrer 9 beans".to_owned()];
        let second = self.one(&[
            "give the referrer's referrer 5 beans",
            "give the referrer's referrer 5 beans, at most 12 beans per calendar month",
        ]);
        let third = self.one(&[
            "give the referrer's referrer's referrer 2 beans",
            "give the referrer's referrer's referrer 2 beans, at most 1 time per friend",
            "give the referrer's referrer's referrer 2 beans, at most 2 times per calendar month",
        ]);
        clauses.extend([second.to_owned(), third.to_owned()]);
        self.says("rule \"Up\"", clauses);
    }
}
