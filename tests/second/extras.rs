//! What a part of the random programs has besides: migrations, draws.

use super::generate::{Decl, Maker};

impl Maker {
    fn unit(&mut self, head: &str, clauses: Vec<String>) {
        self.decls.push(Decl { head: head.into(), clauses, bare: false });
    }

    /// Units and tiers that turn into others on a day.
    pub(super) fn migration(&mut self) {
        if !self.rng.chance(18) {
            return;
        }
        let beans = self.decls.iter().find(|decl| decl.head.starts_with("unit bean")).unwrap().clauses.clone();
        // The product drops debt of units that are never below zero (a debt of a redemption): not told to it here.
        if beans.iter().any(|clause| clause == "never below zero") {
            return;
        }
        self.miles = self.rng.chance(75);
        let mut clauses = vec![self.one(&["on 2024-03-10", "on 2024-04-01", "on 2024-05-01"]).to_owned()];
        if self.miles {
            let mut mile = vec!["worth 2 RUB".to_owned()];
            mile.extend(self.maybe(30, &["decimals 1"]));
            // The product forgets the day of earning where the old unit is not spent by it, and keeps apart what the
            // old unit kept apart: alike here.
            mile.extend(beans.into_iter().filter(|clause| clause.starts_with("spend ") || clause.starts_with("apart")));
            mile.extend(self.maybe(30, &["expires 90 days after earning"]));
            self.unit("unit mile, miles", mile);
            let turn = self.one(&[
                "turn 1 bean into 2 miles",
                "turn 2 beans into 1 mile",
                "turn 3 beans into 2 miles",
                "turn 100 beans into 250 miles",
                "turn 1 bean into 1 mile",
            ]);
            clauses.push(turn.to_owned());
            // In which order units that never expire are spent, some of them turned that live with a tier, is not said.
            let hangs = live_with_tiers(&self.decls);
            if !hangs && self.rng.chance(40) {
                let rule = vec![self.one(&["give 1 mile per full 50 RUB"]).to_owned()];
                self.decls.push(Decl { head: "rule \"M\"".into(), clauses: rule, bare: false });
            }
        } else {
            clauses.push(self.one(&["turn 1 bean into 2 beans", "turn 3 beans into 2 beans"]).to_owned());
        }
        let apart = self.decls.iter().any(|decl| decl.clauses.iter().any(|clause| clause.starts_with("apart")));
        if self.two && !apart && self.rng.chance(95) {
            // Stamps, not spent by the day of earning, forget it where beans are.
            let aged = self.decls.iter().any(|decl| {
                let aged = |clause: &String| clause == "spend oldest first" || clause == "spend newest first";
                decl.head.starts_with("unit bean") && decl.clauses.iter().any(aged)
            });
            let all = ["turn 2 stamps into 3 stamps", "turn 1 stamp into 5 beans", "turn 1 stamp into 5 beans"];
            clauses.push(self.one(if aged { &all[..1] } else { &all }).to_owned());
        }
        // Without keep the product holds for ever what a tier was turned into.
        let held = |decl: &Decl| {
            decl.head.starts_with("tiers status") && decl.clauses.iter().any(|clause| clause.starts_with("keep"))
        };
        if self.decls.iter().any(held) && self.rng.chance(70) {
            clauses.push(self.one(&["turn Silver into Gold", "turn Gold into Silver"]).to_owned());
        }
        self.decls.push(Decl { head: "rule \"N\"".into(), clauses, bare: false });
        if self.rng.chance(50) {
            let again = if self.miles { "turn 1 mile into 3 miles" } else { "turn 2 beans into 1 bean" };
            let clauses = vec!["on 2024-06-01".to_owned(), self.one(&[again]).to_owned()];
            self.decls.push(Decl { head: "rule \"O\"".into(), clauses, bare: false });
        }
    }

    /// Households with one pot of beans.
    pub(super) fn pool(&mut self) {
        let hangs = |clause: &String| {
            ["with status", "status.life", "entering"]
                .iter()
                .any(|word| clause.starts_with("expires") && clause.contains(word))
        };
        let leaves = self.decls.iter().any(|decl| decl.clauses.iter().any(|clause| clause == "on leave"));
        let beans = self.decls.iter_mut().find(|decl| decl.head.starts_with("unit bean")).unwrap();
        // A leave has no attributes of a receipt, and its gifts stay in the pool: in which part of it is not said.
        let apart = beans.clauses.iter().any(|clause| clause.starts_with("apart")) && leaves;
        if !self.rng.chance(20) || apart || beans.clauses.iter().any(hangs) {
            return;
        }
        beans.clauses.push("pooled by household".into());
        let data = self.decls.iter_mut().find(|decl| decl.head == "data").unwrap();
        data.clauses.push("member household text, or \"\"".into());
        self.tags.push("pooled by household".into());
        self.pooled = true;
        for head in ["unit stamp", "unit mile"] {
            if self.rng.chance(50)
                && let Some(unit) = self.decls.iter_mut().find(|decl| decl.head.starts_with(head))
            {
                unit.clauses.push("pooled by household".into());
            }
        }
    }

    /// Winners by a written seed.
    pub(super) fn draw(&mut self) {
        if !self.rng.chance(12) {
            return;
        }
        let ticket: Vec<String> = self
            .maybe(50, &["expires 30 days after earning", "expires end of calendar month", "decimals 1"])
            .into_iter()
            .collect();
        self.unit("unit ticket, tickets", ticket);
        let rule = vec![self.one(&["give 1 ticket per full 30 RUB", "give 1 ticket per item"]).to_owned()];
        self.decls.push(Decl { head: "rule \"T\"".into(), clauses: rule, bare: false });
        for name in ["Luck", "More"].into_iter().take(1 + self.rng.below(2)) {
            let mut clauses = vec![
                self.one(&["on 2024-03-15", "on 2024-05-01", "at end of calendar month", "at start of calendar month"])
                    .to_owned(),
            ];
            let mut among = vec!["among tickets", "among tickets, 2 winners"];
            // The product finds no entry among units that are kept apart, or that open within a day; those of a pool are none.
            let hides = |clause: &String| {
                clause.starts_with("apart") || clause.contains("minutes after") || clause.contains("hours after")
            };
            if !self.decls.iter().any(|decl| decl.clauses.iter().any(hides)) {
                among.push("among beans");
            }
            clauses.push(self.one(&among).to_owned());
            clauses.push(format!("seed \"{}\"", self.rng.below(1000)));
            clauses.extend(self.maybe(30, &["if visits >= 2", "if spend lifetime >= 300 RUB"]));
            clauses.push(
                self.one(&["give 1 ticket", "give 10 beans", "give 5 beans, expiring 30 days after earning"])
                    .to_owned(),
            );
            self.decls.push(Decl { head: format!("draw \"{name}\""), clauses, bare: false });
        }
    }
}

/// Do beans live with a tier?
fn live_with_tiers(decls: &[Decl]) -> bool {
    let beans = decls.iter().find(|decl| decl.head.starts_with("unit bean")).unwrap();
    beans.clauses.iter().any(|clause| clause.starts_with("expires with"))
}
