//! What a run says at its end: the result that `earnest run` prints and other tools read.
//!
//! The field names are a promise: they are the keys of `run --format json`. Decimals are written as
//! texts, exact, so that no reader passes them through a binary fraction. Lists keep the program's
//! own order where it has one (tiers from the lowest to the highest) and go by name where not.

use crate::time::Day;
use crate::value::Amount;
use serde::ser::{Serialize, SerializeMap, Serializer};
use std::fmt;

/// A sum in millionths: wider than an [`Amount`], because a programme has many members.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Sum(pub i128);

impl Sum {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// The sum less another.
    #[must_use]
    pub const fn minus(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl From<Amount> for Sum {
    fn from(amount: Amount) -> Self {
        Self(i128::from(amount.micros()))
    }
}

impl fmt::Display for Sum {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let scale = u128::from(Amount::SCALE.unsigned_abs());
        let (whole, rest) = (self.0.unsigned_abs() / scale, self.0.unsigned_abs() % scale);
        if rest == 0 {
            return write!(out, "{sign}{whole}");
        }
        let digits = format!("{rest:06}");
        write!(out, "{sign}{whole}.{}", digits.trim_end_matches('0'))
    }
}

impl Serialize for Sum {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Values under names, in an order that means something; a map in JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named<V>(pub Vec<(String, V)>);

impl<V> Default for Named<V> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<V> Named<V> {
    /// The value under a name.
    pub fn get(&self, name: &str) -> Option<&V> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    /// The value under a name, made if it is not there yet.
    pub fn entry(&mut self, name: &str) -> &mut V
    where
        V: Default,
    {
        let at = self.0.iter().position(|(known, _)| known == name).unwrap_or(self.0.len());
        if at == self.0.len() {
            self.0.push((name.to_owned(), V::default()));
        }
        let last = self.0.len().saturating_sub(1);
        #[expect(clippy::indexing_slicing, reason = "the position was found, or pushed on the line above")]
        &mut self.0[at.min(last)].1
    }
}

impl<V: Default> Named<V> {
    /// Both sides' names, mine first, each with what `minus` makes of the two values.
    #[must_use]
    pub fn merged(&self, theirs: &Self, minus: impl Fn(&V, &V) -> V) -> Self {
        let none = V::default();
        let mut all: Vec<(String, V)> = Vec::with_capacity(self.0.len());
        for (name, value) in &self.0 {
            all.push((name.clone(), minus(value, theirs.get(name).unwrap_or(&none))));
        }
        for (name, value) in &theirs.0 {
            if self.get(name).is_none() {
                all.push((name.clone(), minus(&none, value)));
            }
        }
        Self(all)
    }
}

impl<V> Named<V> {
    /// Is there nothing?
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<V: Serialize> Serialize for Named<V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

/// The result of a run.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Report {
    /// The programme's name.
    pub program: String,
    /// The hash of the checked program.
    pub version: String,
    /// The day before whose end-of-day steps the run stands; none where there was no event, and no day was
    /// asked for.
    pub as_of: Option<Day>,
    /// The release of the zone rules.
    pub zone_rules: String,
    /// Where every row of the input went.
    pub rows: Rows,
    /// What came out.
    pub totals: Totals,
    /// What did not go the usual way, by code.
    pub warnings: Vec<Warning>,
}

/// Where every row of the input went: `read = events + non_member + set_aside + already_counted`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct Rows {
    /// All rows but headers.
    pub read: u64,
    /// Rows of events of members.
    pub events: u64,
    /// Rows of sales to non-members.
    pub non_member: u64,
    /// Bad rows, and the rest of their receipts.
    pub set_aside: u64,
    /// Rows of events that had been counted.
    pub already_counted: u64,
}

/// What came out. A difference between two runs has the same shape, with signs.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize)]
pub struct Totals {
    /// All who appear.
    pub members: i64,
    /// Purchases of members.
    pub purchases: i64,
    /// Returns of members.
    pub returns: i64,
    /// Sales to non-members, net of their returns.
    pub non_member_sales: NonMemberSales,
    /// Purchases less returns of members.
    pub revenue: Sum,
    /// Per unit, by its plural.
    pub points: Named<Points>,
    /// Per ladder, per tier: how many members hold it.
    pub tiers: Named<Named<i64>>,
    /// Per clause.
    pub rules: Named<RuleTotals>,
    /// Per partner of a program that settles, by name: only those with whom anything was earned or spent.
    #[serde(skip_serializing_if = "Named::is_empty")]
    pub partners: Named<Partner>,
}

/// Sales to non-members.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct NonMemberSales {
    /// Receipts, returns included.
    pub receipts: i64,
    /// Their sum, net.
    pub amount: Sum,
}

/// A unit's totals: `balance = earned − reversed − redeemed − expired + adjusted`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct Points {
    /// Awards before reversals.
    pub earned: Sum,
    /// Taken back by returns, net.
    pub reversed: Sum,
    /// Spent, net of what came back.
    pub redeemed: Sum,
    /// Lost by date, decay, wipe or leaving.
    pub expired: Sum,
    /// Set by hand and opening balances, net.
    pub adjusted: Sum,
    /// Not open yet; part of the balance.
    pub pending: Sum,
    /// Open and pending less debt.
    pub balance: Sum,
    /// What members owe.
    pub debt: Sum,
    /// The balance in money; nothing for a unit without worth.
    pub liability: Option<Sum>,
    /// What members paid for it, less what they got back; nothing for a unit without a price.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fees: Option<Sum>,
}

/// What a partner issued and took, in money, and which of both is more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct Partner {
    /// Units earned on its receipts, less what was reversed.
    pub issued: Sum,
    /// Units spent with it, less what came back.
    pub redeemed: Sum,
    /// What it issued beyond what it took.
    pub owes: Sum,
    /// What it took beyond what it issued.
    pub is_owed: Sum,
}

impl Partner {
    /// A partner that issued and took so much.
    pub fn of(issued: i128, redeemed: i128) -> Self {
        let more = issued.saturating_sub(redeemed);
        Self {
            issued: Sum(issued),
            redeemed: Sum(redeemed),
            owes: Sum(more.max(0)),
            is_owed: Sum(more.saturating_neg().max(0)),
        }
    }
}

/// What a clause did.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize)]
pub struct RuleTotals {
    /// Awards above zero.
    pub times: i64,
    /// Per unit: awarded, before reversals.
    pub given: Named<Sum>,
    /// Per unit: what the rule asked for before limits.
    pub wanted: Named<Sum>,
}

/// Something that did not go the usual way.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Warning {
    /// Its stable code.
    pub code: String,
    /// How often.
    pub count: u64,
    /// The names that are meant, if it is about names.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub detail: String,
}

impl Totals {
    /// The difference to a baseline, in the shape of totals. What only the baseline has counts as lost.
    #[must_use]
    pub fn delta(&self, baseline: &Self) -> Self {
        Self {
            members: self.members.saturating_sub(baseline.members),
            purchases: self.purchases.saturating_sub(baseline.purchases),
            returns: self.returns.saturating_sub(baseline.returns),
            non_member_sales: NonMemberSales {
                receipts: self.non_member_sales.receipts.saturating_sub(baseline.non_member_sales.receipts),
                amount: self.non_member_sales.amount.minus(baseline.non_member_sales.amount),
            },
            revenue: self.revenue.minus(baseline.revenue),
            points: self.points.merged(&baseline.points, |mine, theirs| mine.minus(*theirs)),
            tiers: self.tiers.merged(&baseline.tiers, |mine, theirs| {
                mine.merged(theirs, |mine, theirs| mine.saturating_sub(*theirs))
            }),
            rules: self.rules.merged(&baseline.rules, RuleTotals::minus),
            partners: self.partners.merged(&baseline.partners, Partner::minus),
        }
    }
}

impl Partner {
    fn minus(&self, other: &Self) -> Self {
        Self {
            issued: self.issued.minus(other.issued),
            redeemed: self.redeemed.minus(other.redeemed),
            owes: self.owes.minus(other.owes),
            is_owed: self.is_owed.minus(other.is_owed),
        }
    }
}

impl Points {
    fn minus(self, other: Self) -> Self {
        let known = |mine: Option<Sum>, theirs: Option<Sum>| match (mine, theirs) {
            (None, None) => None,
            (mine, theirs) => Some(mine.unwrap_or_default().minus(theirs.unwrap_or_default())),
        };
        Self {
            earned: self.earned.minus(other.earned),
            reversed: self.reversed.minus(other.reversed),
            redeemed: self.redeemed.minus(other.redeemed),
            expired: self.expired.minus(other.expired),
            adjusted: self.adjusted.minus(other.adjusted),
            pending: self.pending.minus(other.pending),
            balance: self.balance.minus(other.balance),
            debt: self.debt.minus(other.debt),
            liability: known(self.liability, other.liability),
            fees: known(self.fees, other.fees),
        }
    }
}

impl RuleTotals {
    fn minus(&self, other: &Self) -> Self {
        Self {
            times: self.times.saturating_sub(other.times),
            given: self.given.merged(&other.given, |mine, theirs| mine.minus(*theirs)),
            wanted: self.wanted.merged(&other.wanted, |mine, theirs| mine.minus(*theirs)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_written_exactly_and_without_needless_zeros() {
        assert_eq!(Sum(-1_500_000).to_string(), "-1.5");
        assert_eq!(Sum(1_447_682_120_000).to_string(), "1447682.12");
        assert_eq!(Sum(2_000_000).to_string(), "2");
        assert_eq!(Sum(-1).to_string(), "-0.000001");
    }

    #[test]
    fn a_delta_keeps_what_only_one_side_has() {
        let one =
            Totals { tiers: Named(vec![("status".into(), Named(vec![("Gold".into(), 3)]))]), ..Totals::default() };
        let other =
            Totals { tiers: Named(vec![("status".into(), Named(vec![("Silver".into(), 2)]))]), ..Totals::default() };
        let delta = one.delta(&other);
        assert_eq!(delta.tiers.0[0].1.0, vec![("Gold".to_owned(), 3), ("Silver".to_owned(), -2)]);
    }
}
