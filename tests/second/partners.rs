//! What each partner issued and redeemed, added up from all awards and redemptions of its receipts.

use super::apart;
use super::compare::{show, shrink_by};
use super::generate::{Case, case};
use super::num::{Q, ZERO};
use super::product::{compile, second};
use super::world::{Datum, Setup, World};
use earnest::value::Rounding;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// By partner: what it issued and redeemed, in millionths.
type Sides = BTreeMap<String, (i128, i128)>;

#[derive(Default)]
pub struct Seen {
    pub cases: usize,
    pub issued: usize,
    pub took: usize,
    pub differ: Vec<String>,
}

impl World {
    fn partner(&self, attrs: &BTreeMap<String, Datum>) -> Option<String> {
        match attrs.get("store") {
            Some(Datum::Text(store)) if !store.is_empty() => Some(store.clone()),
            _ => None,
        }
    }

    /// What is left of it, in money of the smallest unit.
    fn in_money(&self, whole: Q, back: Q) -> Q {
        (whole - back).round(Rounding::HalfUp, self.setup.money_decimals)
    }

    fn sides(&self) -> Sides {
        let mut sides: BTreeMap<String, (Q, Q)> = BTreeMap::new();
        for award in &self.awards {
            let (Some(partner), Some(worth)) = (self.partner(&award.attrs), award.worth) else { continue };
            let back = award.reversed;
            sides.entry(partner).or_default().0 += self.in_money(award.given * worth, back * worth);
        }
        for spending in &self.spendings {
            let fact = self.facts.iter().find(|fact| fact.step == spending.step).unwrap();
            let Some(partner) = self.partner(&fact.fact.attrs) else { continue };
            // Where no money comes off, the units count by their worth.
            let worth = self.worth(spending.unit, spending.at.day).unwrap_or(ZERO);
            let paid = if spending.paid.positive() { spending.paid } else { spending.total * worth };
            let back = paid * spending.back / spending.total;
            sides.entry(partner).or_default().1 += self.in_money(paid, back);
        }
        sides.retain(|_, side| *side != (ZERO, ZERO));
        let told = |money: Q| i128::from(money.micros());
        sides.into_iter().map(|(name, side)| (name, (told(side.0), told(side.1)))).collect()
    }
}

fn settled(number: u64) -> Case {
    let mut case = case(number);
    case.decls[0].clauses.push("settle by store".into());
    // The report looks at a history without what was brought along.
    case.brought.clear();
    case
}

/// What both say of a case, the product's first.
fn both(case: &Case) -> Option<(Sides, Sides)> {
    let (plan, file) = compile(&case.text()).ok()?;
    let (report, _) = apart::told(case, &Arc::new(plan), true).0.ok()?;
    let w = second(case, &Setup::new(&file)).1;
    if w.known.is_some() {
        return None;
    }
    let told = report.totals.partners.0.into_iter();
    let mut product: Sides = told.map(|(name, side)| (name, (side.issued.0, side.redeemed.0))).collect();
    product.retain(|_, side| *side != (0, 0));
    Some((product, w.sides()))
}

pub fn run(seed: u64, cases: usize) -> Seen {
    let mut seen = Seen::default();
    for number in (seed..).take(cases) {
        let case = settled(number);
        // The product has what a rule gives on a correction or on leaving as issued by the partner, and what could not be taken back
        // of units never below zero as taken back.
        if ["on adjust", "on leave", "never below zero"].iter().any(|other| case.text().contains(other)) {
            continue;
        }
        let Some((product, sides)) = both(&case) else { continue };
        seen.cases += 1;
        seen.issued += usize::from(sides.values().any(|side| side.0 > 0));
        seen.took += usize::from(sides.values().any(|side| side.1 > 0));
        if sides != product {
            seen.differ.push(format!("case {number}: product {product:?}, second {sides:?}"));
            if seen.differ.len() <= 3 {
                let differs = |one: &Case| {
                    if !one.text().contains("settle by") {
                        return None;
                    }
                    let two = catch_unwind(AssertUnwindSafe(|| both(one))).ok().flatten();
                    two.filter(|two| two.0 != two.1).map(|_| String::new())
                };
                let small = shrink_by(&case, &differs);
                show(number, &small);
                println!("{:?}", both(&small));
            }
        }
    }
    seen
}
