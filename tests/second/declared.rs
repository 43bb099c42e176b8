//! Units and ladders of random programs.

use super::generate::{Decl, Focus, Maker, shape};

impl Maker {
    pub(super) fn units(&mut self) {
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
            let after = ["expires 20 days after opening", "expires 2 months after opening, at end of month"];
            expiries.extend(after.into_iter().chain(after));
        }
        if self.ladder {
            expiries.extend([
                "expires with status",
                "expires status.life months after earning",
                "expires with status",
                "expires 20 days after entering status",
                "expires 1 month after entering Silver",
            ]);
            if self.focus == Focus::Spending {
                expiries = vec!["expires with status"];
            }
        }
        if waiting && self.rng.chance(50) {
            expiries = vec!["expires 2024-06-30", "expires end of calendar quarter", "expires the birthday"];
        }
        if self.focus == Focus::Returns && self.rng.chance(60) {
            expiries = vec!["expires 3 days after earning", "expires 2024-03-10"];
        }
        clauses.extend(self.maybe(60, &expiries));
        clauses.extend(self.maybe(30, &["spend soonest first", "spend oldest first", "spend newest first"]));
        let spending = self.focus == Focus::Spending;
        clauses.extend(self.maybe(if spending { 45 } else { 6 }, &["apart by store"]));
        clauses.extend(self.maybe(if self.focus == Focus::Returns { 40 } else { 10 }, &["never below zero"]));
        let force =
            self.maybe(if self.two { 20 } else { 5 }, &["from 2024-03-10", "to 2024-10-31"]).unwrap_or_default();
        self.decls.push(Decl { head: format!("unit bean, beans {force}"), clauses, bare: false });
        if self.two {
            let mut clauses = vec![];
            clauses.extend(self.maybe(30, &["expires 3 months after earning", "expires end of calendar year"]));
            clauses.extend(self.maybe(30, &["worth 2 RUB"]));
            self.decls.push(Decl { head: "unit stamp, stamps".into(), clauses, bare: false });
        }
    }

    pub(super) fn tiers(&mut self) {
        if !self.ladder {
            return;
        }
        let keeping = self.focus == Focus::Keeping;
        let merges = self.focus == Focus::Merges;
        // What is held is seen where the value falls while it is held.
        let by_window = [1, 2, 3, 6, 7];
        let kind = if keeping { by_window[self.rng.below(5)] } else { self.rng.below(9) };
        let (by, steps) = match if merges && self.rng.chance(50) { 9 } else { kind } {
            9 => ("visits over the last 30 days", ["from 1", "from 3"]),
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
            if keeping || merges || self.focus == Focus::Spending { 90 } else { 65 },
            &[
                "keep until end of next calendar month",
                "keep until 30 days after reaching",
                "keep until end of calendar month",
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
        if keeping && self.rng.chance(35) {
            clauses.push(self.one(&["opens at once"]).to_owned());
        } else {
            clauses.extend(self.maybe(if keeping { 45 } else { 20 }, opens));
        }
        if !balance && clauses.iter().any(|clause| clause.starts_with("keep")) {
            clauses.extend(self.maybe(if merges { 35 } else { 12 }, &["restart at a rise"]));
        }
        let force = self.maybe(10, &["from 2024-03-01", "to 2024-06-30", "from 2024-02-01 to 2024-09-30"]);
        let force = force.map(|force| format!("{force} ")).unwrap_or_default();
        self.decls.push(Decl { head: format!("tiers status {force}by {by}"), clauses, bare: false });
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
}
