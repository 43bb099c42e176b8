//! Rules that say aloud what is counted, in a unit of their own.
//!
//! `give visits last calendar month * 1 pip`: where a condition shows only whether a count lies above a bound, the
//! ledger then shows the count itself.

use super::generate::{Decl, Focus, Maker};

impl Maker {
    pub(super) fn watch(&mut self) {
        let often = matches!(self.focus, Focus::Returns | Focus::Merges | Focus::Keeping);
        if !self.rng.chance(if often { 65 } else { 40 }) {
            return;
        }
        let clauses = vec!["decimals 2".to_owned()];
        self.decls.push(Decl { head: "unit pip, pips".into(), clauses, bare: false });
        for name in ["W", "V"].into_iter().take(1 + self.rng.below(2)) {
            let mut clauses = vec![];
            if self.focus == Focus::Merges && self.rng.chance(40) {
                clauses.push(self.one(&["on return"]).to_owned());
            } else if self.rng.chance(45) {
                clauses.push(
                    self.one(&[
                        "on return",
                        "on return",
                        "on redeem",
                        "on action review",
                        "on adjust",
                        "on join",
                        "on merge",
                        "at end of calendar month",
                        "at start of calendar month",
                        "at end of calendar quarter",
                        "on every Monday",
                        "on the birthday",
                        "on the anniversary",
                        "on fair",
                        "on every year on Feb 29",
                    ])
                    .to_owned(),
                );
            }
            for _ in 0..1 + self.rng.below(2) {
                clauses.push(format!("give {} * 1 pip", self.watched()));
            }
            self.decls.push(Decl { head: format!("rule \"{name}\""), clauses, bare: false });
        }
    }

    fn watched(&mut self) -> &'static str {
        let often = matches!(self.focus, Focus::Merges | Focus::Keeping);
        let mut all = vec![
            "sums / 1 RUB",
            "nights",
            "visits",
            "visits over the last 30 days",
            "visits last calendar month",
            "visits this membership month",
            "returns",
            "friends",
            "sum of stars",
            "count of action review",
            "count of action confirm this calendar month",
            "count of awards of \"B\"",
            "count of awards of \"B\"",
            "count of distinct category",
            "count of distinct sku this calendar month",
            "beans lifetime / 1 bean",
            "beans this calendar month / 1 bean",
            "beans.balance / 1 bean",
            "beans.available / 1 bean",
            "beans.pending / 1 bean",
            "beans.debt / 1 bean",
            "spend lifetime / 1 RUB",
            "spend last calendar month / 1 RUB",
            "spend over the last 10 days / 1 RUB",
            "spend this calendar year / 1 RUB",
            "largest of spend lifetime / 1 RUB",
            "sum of tip this calendar month / 1 RUB",
            "days since joining",
            "days since the last purchase",
        ];
        if self.focus == Focus::Returns && self.rng.chance(40) {
            all = vec!["count of awards of \"B\"", "count of awards of \"B\"", "beans this calendar month / 1 bean"];
        } else if self.rng.chance(20) {
            all = vec!["sums / 1 RUB", "sums / 1 RUB", "nights"];
        } else if self.ladder && self.rng.chance(if often { 55 } else { 25 }) {
            all = vec![
                "spend since entering status / 1 RUB",
                "spend since entering Gold / 1 RUB",
                "days since entering status",
                "days since entering Silver",
                "status.life",
                "status.life",
                "visits since entering status",
            ];
        }
        self.one(&all)
    }
}
