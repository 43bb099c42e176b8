//! The numbers of a count, named as results name them.

use super::{By, Counting, Figures, Key, MemberCount, NearMisses};
use crate::eval::Book;
use crate::plan::{LadderId, Plan, UnitId};
use crate::sim::report::{Named, Sum, Totals};
use crate::sim::worked::{self, of};
use crate::time::Day;
use crate::ty::Scope;
use crate::value::Exact;
use std::collections::BTreeMap;

/// What was counted, with its stable keys. A number that has no sense (per member, where there is none) is absent.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize)]
pub struct Counts {
    /// Of all.
    pub total: Named<Sum>,
    /// By `month`, by each ladder and by each attribute that was asked for; then by its values.
    pub by: Named<Named<Named<Sum>>>,
    /// By ladder: how often members moved from one tier to another.
    pub moves: Named<Vec<Moved>>,
    /// By unit: what is open or pending at the end, by the month in which it expires, and what never does.
    pub lots: Named<Named<Sum>>,
    /// By unit: what redemptions of the history could not take, because there was not enough.
    #[serde(skip_serializing_if = "Named::is_empty")]
    pub shortfall: Named<Sum>,
    /// How many came close to rules and tiers, and by how much they missed them.
    #[serde(skip_serializing_if = "NearMisses::is_empty")]
    pub near: NearMisses,
    /// The program's own measures; those that divide by nothing are absent.
    pub measures: Named<Sum>,
}

/// Moves between two tiers.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Moved {
    /// From which tier.
    pub from: String,
    /// To which.
    pub to: String,
    /// How often.
    pub times: u64,
}

impl Counts {
    /// The difference to a baseline, in the shape of counts; moves as they are here, without near misses.
    #[must_use]
    pub fn delta(&self, baseline: &Self) -> Self {
        let minus = |mine: &Sum, theirs: &Sum| mine.minus(*theirs);
        let figures = |mine: &Named<Sum>, theirs: &Named<Sum>| mine.merged(theirs, minus);
        let rows = |mine: &Named<Named<Sum>>, theirs: &Named<Named<Sum>>| mine.merged(theirs, figures);
        Self {
            total: figures(&self.total, &baseline.total),
            by: self.by.merged(&baseline.by, rows),
            moves: self.moves.clone(),
            lots: rows(&self.lots, &baseline.lots),
            shortfall: figures(&self.shortfall, &baseline.shortfall),
            near: NearMisses::default(),
            measures: figures(&self.measures, &baseline.measures),
        }
    }
}

impl Counting {
    /// The numbers of a run that stands at its last day.
    pub fn counts(&mut self, book: &Book, as_of: Day, totals: &Totals) -> Counts {
        self.look_at_members(book);
        self.look_at_moves(book);
        // What households have together belongs to all of them.
        self.whole.balances = totals.points.0.iter().map(|(_, points)| points.balance.0).collect();
        self.whole.pending = totals.points.0.iter().map(|(_, points)| points.pending.0).collect();
        self.others.retain(|day, _| *day <= as_of);
        let worths = crate::sim::compare::worths(book, as_of);
        let mut counts = Counts { total: self.numbers(&self.whole, &worths), ..Counts::default() };
        counts.total.0.extend(self.shares(totals));
        self.keys = self.slices.iter().map(|slices| names_of(slices, book)).collect();
        for ((by, slices), names) in self.by.iter().zip(&self.slices).zip(&self.keys) {
            let rows = match by {
                By::Month => self.by_month(slices, &worths),
                _ => self.rows(*by, slices, names, &worths),
            };
            counts.by.0.push((self.name_of(*by), rows));
        }
        counts.by.0.push(("rule".to_owned(), self.by_rule(totals, &worths)));
        if let Some(issues) = &self.issues {
            counts.by.0.push((super::ISSUE_MONTH.to_owned(), self.by_issue(issues)));
        }
        counts.moves = self.moved();
        counts.near = self.near(book);
        let ladders = (0..self.plan.ladders.len()).map(LadderId::new);
        self.bounds = ladders.map(|ladder| book.bounds(ladder).map(<[_]>::to_vec)).collect();
        for (at, unit) in self.plan.units.iter().enumerate() {
            counts.lots.0.push((unit.key().to_owned(), lots_of(book, UnitId::new(at))));
        }
        let missing = self.plan.units.iter().zip(&self.shortfall).filter(|(_, missing)| **missing > 0);
        counts.shortfall.0.extend(missing.map(|(unit, missing)| (unit.key().to_owned(), Sum(*missing))));
        for measure in &self.plan.measures {
            let value = worked::value(&measure.value, &self.plan, &counts, totals, &worths);
            counts.measures.0.extend(value.map(|value| (measure.name.clone(), value)));
        }
        counts
    }

    /// What only the end tells: who there is, in which tiers, since when, and what they have.
    fn look_at_members(&mut self, book: &Book) {
        let Self { by, whole, slices, plan, names, members, .. } = self;
        (whole.members, whole.joined) = (0, 0);
        whole.balances.clear();
        whole.pending.clear();
        for figures in slices.iter_mut().flat_map(BTreeMap::values_mut) {
            (figures.members, figures.joined) = (0, 0);
            figures.balances.clear();
            figures.pending.clear();
        }
        for view in book.members() {
            let count = names.get(view.name()).and_then(|at| members.get(*at));
            let of = |unit| {
                let (balance, pending) = (view.balance(unit).micros(), view.pending(unit).micros());
                if view.shares(unit) { (0, 0) } else { (i128::from(balance), i128::from(pending)) }
            };
            let balances: Vec<(i128, i128)> = (0..plan.units.len()).map(UnitId::new).map(of).collect();
            let note = |figures: &mut Figures, is_member: bool, has_joined: bool| {
                figures.members += u64::from(is_member);
                figures.joined += u64::from(has_joined);
                for (unit, (balance, pending)) in balances.iter().enumerate() {
                    figures.add_balance(unit, *balance, *pending);
                }
            };
            note(whole, true, view.joined().is_some());
            for (by, slices) in by.iter().zip(slices.iter_mut()) {
                match by {
                    By::Month => {
                        if let Some(day) = view.joined() {
                            slices.entry(Key::Month(super::month_of(day))).or_default().joined += 1;
                        }
                    }
                    By::Tier(ladder) => {
                        let key = Key::Tier(view.tier(*ladder).0);
                        note(slices.entry(key).or_default(), view.joined().is_some(), false);
                    }
                    By::Attribute(Scope::Member, slot) => {
                        let value = count.and_then(|count| count.values.get(*slot));
                        note(slices.entry(super::key_of(value)).or_default(), true, view.joined().is_some());
                    }
                    By::Attribute(..) => {}
                }
            }
        }
    }

    /// Months in order, each with what stands at its end; a month without facts is a month.
    fn by_month(&self, slices: &super::Slices, worths: &[Option<Exact>]) -> Named<Named<Sum>> {
        let keys = slices.keys().filter_map(|key| if let Key::Month(month) = key { Some(*month) } else { None });
        let keys = keys.chain(self.came.keys().map(|(month, ..)| *month));
        let (Some(first), Some(last)) = (keys.clone().min(), keys.max()) else { return Named::default() };
        let mut rows = Named::default();
        let (mut balances, mut members) = (vec![0_i128; self.plan.units.len()], 0_u64);
        let mut active_before = 0;
        let mut tiers: BTreeMap<(LadderId, u8), i64> = BTreeMap::new();
        for month in first..=last {
            let mut figures = slices.get(&Key::Month(month)).cloned().unwrap_or_default();
            members += figures.joined;
            figures.members = members;
            let opening = balances.clone();
            for (unit, balance) in balances.iter_mut().enumerate() {
                *balance = balance.saturating_add(figures.unit(unit).net());
            }
            figures.balances.clone_from(&balances);
            let mut numbers = self.numbers(&figures, worths);
            for (unit, opening) in self.plan.units.iter().zip(opening) {
                numbers.0.push((format!("{}.opening", unit.key()), Sum(opening)));
            }
            if let Some(retention) = of(whole(figures.retained), whole(active_before)) {
                numbers.0.push(("retention".to_owned(), retention));
            }
            active_before = figures.active;
            for ((_, ladder, tier), by) in
                self.came.range((month, LadderId::new(0), 0)..(month + 1, LadderId::new(0), 0))
            {
                *tiers.entry((*ladder, *tier)).or_default() += by;
            }
            numbers.0.extend(self.members_by_tier(&tiers));
            let others = self.others.iter().filter(|(day, _)| super::month_of(**day) == month).map(|(_, sum)| *sum);
            numbers.0.extend(self.share_of(figures.revenue, others.sum()));
            let (year, month) = (month.div_euclid(12), month.rem_euclid(12) + 1);
            rows.0.push((format!("{year:04}-{month:02}"), numbers));
        }
        rows
    }

    /// Who came to which tier in which month: the first one with joining, the others with each move since.
    fn look_at_moves(&mut self, book: &Book) {
        self.came.clear();
        for view in book.members() {
            let Some(joined) = view.joined() else { continue };
            let member = self.names.get(view.name()).and_then(|at| self.members.get(*at));
            let moves = member.map_or(&[][..], |member| &member.moves);
            for ladder in (0..self.plan.ladders.len()).map(LadderId::new) {
                let mut moves = moves.iter().filter(|moved| moved.ladder == ladder).peekable();
                let mut came = |day: Day, tier: u8, by: i64| {
                    let month = super::month_of(day.max(joined));
                    *self.came.entry((month, ladder, tier)).or_default() += by;
                };
                let mut tier = moves.peek().map_or_else(|| view.tier(ladder).0, |first| first.from);
                came(joined, tier, 1);
                for moved in moves {
                    came(moved.day, tier, -1);
                    tier = moved.to;
                    came(moved.day, tier, 1);
                }
            }
        }
    }

    /// `tier.status.Gold`
    fn members_by_tier(&self, members: &BTreeMap<(LadderId, u8), i64>) -> Vec<(String, Sum)> {
        let mut all = Vec::new();
        for (ladder, of) in (0..self.plan.ladders.len()).map(LadderId::new).zip(&self.plan.ladders) {
            for (tier, of_it) in (0_u8..).zip(&of.tiers) {
                let members = members.get(&(ladder, tier)).copied().unwrap_or(0);
                all.push((format!("tier.{}.{}", of.name, of_it.name), whole(u64::try_from(members).unwrap_or(0))));
            }
        }
        all
    }

    /// Shares of the whole: of rules that gave anything, of sales by members.
    fn shares(&self, totals: &Totals) -> Vec<(String, Sum)> {
        let rules = totals.rules.0.iter();
        let fired = rules.clone().filter(|(_, rule)| rule.times > 0).count();
        let count = |number: usize| whole(u64::try_from(number).unwrap_or(u64::MAX));
        let mut all: Vec<(String, Sum)> =
            of(count(fired), count(rules.count())).map(|share| ("rules_fired".to_owned(), share)).into_iter().collect();
        all.extend((self.unmatched != 0).then(|| ("unmatched".to_owned(), Sum(self.unmatched))));
        all.extend(self.share_of(self.whole.revenue, self.others.values().sum()));
        all
    }

    /// The share of sales by members, where others buy as well.
    fn share_of(&self, revenue: i128, others: i128) -> Vec<(String, Sum)> {
        if self.others.is_empty() {
            return Vec::new();
        }
        let share = of(Sum(revenue), Sum(revenue.saturating_add(others)));
        let share = share.map(|share| ("member_share".to_owned(), share));
        std::iter::once(("others".to_owned(), Sum(others))).chain(share).collect()
    }

    fn rows(
        &self,
        by: By,
        slices: &super::Slices,
        names: &BTreeMap<Key, String>,
        worths: &[Option<Exact>],
    ) -> Named<Named<Sum>> {
        let mut rows: Vec<(Key, String, Named<Sum>)> = Vec::new();
        if let By::Tier(ladder) = by {
            for (at, tier) in self.plan.ladder(ladder).tiers.iter().enumerate() {
                let key = Key::Tier(u8::try_from(at).unwrap_or(u8::MAX));
                let figures = slices.get(&key).cloned().unwrap_or_default();
                rows.push((key, tier.name.clone(), self.numbers(&figures, worths)));
            }
        } else {
            for (key, figures) in slices {
                rows.push((*key, names.get(key).cloned().unwrap_or_default(), self.numbers(figures, worths)));
            }
            rows.sort_by(|one, other| one.1.cmp(&other.1));
        }
        Named(rows.into_iter().map(|(_, name, numbers)| (name, numbers)).collect())
    }

    pub(super) fn numbers(&self, figures: &Figures, worths: &[Option<Exact>]) -> Named<Sum> {
        let mut all = Vec::new();
        let mut put = |name: &str, value: Sum| all.push((name.to_owned(), value));
        put("members", whole(figures.members));
        put("active", whole(figures.active));
        put("joined", whole(figures.joined));
        put("purchases", whole(figures.purchases));
        put("returns", whole(figures.returns));
        put("revenue", Sum(figures.revenue));
        let cost = worked::cost(figures, worths);
        put("discounts", Sum(figures.discounts));
        put("cost", cost);
        for (name, value) in [
            ("cost_share", of(cost, Sum(figures.revenue))),
            ("average_receipt", of(Sum(figures.revenue), whole(figures.purchases))),
            ("purchases_per_member", of(whole(figures.purchases), whole(figures.active))),
        ] {
            if let Some(value) = value {
                put(name, value);
            }
        }
        let owed = worked::owed(&figures.balances, worths);
        if !figures.balances.is_empty() {
            put("liability", owed);
        }
        for (at, unit) in self.plan.units.iter().enumerate() {
            let (flow, key) = (figures.unit(at), unit.key());
            put(&format!("{key}.earned"), Sum(flow.earned));
            put(&format!("{key}.reversed"), Sum(flow.reversed));
            put(&format!("{key}.redeemed"), Sum(flow.redeemed));
            put(&format!("{key}.expired"), Sum(flow.expired));
            put(&format!("{key}.adjusted"), Sum(flow.adjusted));
            if let Some(balance) = figures.balances.get(at) {
                put(&format!("{key}.balance"), Sum(*balance));
            }
            if let Some(pending) = figures.pending.get(at) {
                put(&format!("{key}.pending"), Sum(*pending));
            }
        }
        Named(all)
    }

    fn moved(&self) -> Named<Vec<Moved>> {
        let mut all = Named::default();
        for (at, ladder) in self.plan.ladders.iter().enumerate() {
            let of_it = self.moves.iter().filter(|((of, ..), _)| of.index() == at);
            let moves = of_it.map(|((of, from, to), times)| Moved {
                from: tier_name(&self.plan, *of, *from),
                to: tier_name(&self.plan, *of, *to),
                times: *times,
            });
            all.0.push((ladder.name.clone(), moves.collect()));
        }
        all
    }

    fn name_of(&self, by: By) -> String {
        match by {
            By::Month => "month".to_owned(),
            By::Tier(ladder) => self.plan.ladder(ladder).name.clone(),
            By::Attribute(scope, slot) => {
                self.plan.schema.attributes(scope).get(slot).map_or_else(String::new, |found| found.name.clone())
            }
        }
    }

    /// The declared attributes of members by which is counted, and where.
    pub(in crate::sim) fn segments(&self) -> Vec<(String, usize)> {
        let of_members = |by: &&By| matches!(by, By::Attribute(Scope::Member, _));
        let all = self.by.iter().enumerate();
        all.filter(|(_, by)| of_members(by)).map(|(at, by)| (self.name_of(*by), at)).collect()
    }

    /// What a member is under one of them.
    pub(in crate::sim) fn segment_of(&self, at: usize, member: &MemberCount) -> &str {
        let Some(By::Attribute(_, slot)) = self.by.get(at) else { return "" };
        let key = super::key_of(member.values.get(*slot));
        self.keys.get(at).and_then(|names| names.get(&key)).map_or("", String::as_str)
    }

    /// A member's count by name.
    pub fn member(&self, name: &str) -> Option<&MemberCount> {
        self.names.get(name).and_then(|at| self.members.get(*at))
    }
}

/// A tier's name by its place.
pub(in crate::sim) fn tier_name(plan: &Plan, ladder: LadderId, tier: u8) -> String {
    plan.ladder(ladder).tiers.get(usize::from(tier)).map_or_else(String::new, |tier| tier.name.clone())
}

fn lots_of(book: &Book, unit: UnitId) -> Named<Sum> {
    let mut rows = Named::default();
    for (day, amount) in book.lots_by_expiry(unit) {
        let name = day.map_or_else(
            || "never".to_owned(),
            |day| {
                let (year, month, _) = day.ymd();
                format!("{year:04}-{month:02}")
            },
        );
        let sum: &mut Sum = rows.entry(&name);
        sum.0 = sum.0.saturating_add(amount);
    }
    rows
}

/// What the keys of texts and of yes or no are called.
fn names_of(slices: &super::Slices, book: &Book) -> BTreeMap<Key, String> {
    let texts: Vec<&str> = book.texts().all().collect();
    let name = |key: &Key| match key {
        Key::Text(number) => texts.get(*number as usize).copied().unwrap_or(""),
        Key::Flag(true) => "yes",
        Key::Flag(false) => "no",
        Key::None | Key::Month(_) | Key::Tier(_) => "",
    };
    slices.keys().map(|key| (*key, name(key).to_owned())).collect()
}

/// A number of things.
pub(super) fn whole(number: u64) -> Sum {
    Sum(i128::from(number).saturating_mul(1_000_000))
}
