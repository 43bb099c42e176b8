//! What is added up of a slice.

use crate::ledger::EntryKind;

/// What became of a unit, in millionths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Flow {
    /// Awards before reversals.
    pub earned: i128,
    /// Taken back by returns, net.
    pub reversed: i128,
    /// Spent, net of what came back.
    pub redeemed: i128,
    /// Lost.
    pub expired: i128,
    /// Set by hand and opening balances, net.
    pub adjusted: i128,
}

impl Flow {
    /// A row of the ledger.
    pub(super) fn add(&mut self, kind: EntryKind, amount: i128) {
        match kind {
            EntryKind::Earn => self.earned = self.earned.saturating_add(amount),
            EntryKind::Reverse => self.reversed = self.reversed.saturating_sub(amount),
            EntryKind::Redeem => self.redeemed = self.redeemed.saturating_sub(amount),
            EntryKind::Expire => self.expired = self.expired.saturating_sub(amount),
            EntryKind::Adjust => self.adjusted = self.adjusted.saturating_add(amount),
            EntryKind::Open | EntryKind::Transfer => {}
        }
    }

    /// What the balance grew by.
    pub const fn net(&self) -> i128 {
        let given = self.earned.saturating_sub(self.reversed).saturating_add(self.adjusted);
        given.saturating_sub(self.redeemed).saturating_sub(self.expired)
    }
}

/// What is added up of a slice; money in millionths.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Figures {
    /// Members with a purchase.
    pub active: u64,
    /// Members with a purchase who had one in the month before: of months only.
    pub retained: u64,
    /// Members who joined.
    pub joined: u64,
    /// Members at the end.
    pub members: u64,
    /// Purchases.
    pub purchases: u64,
    /// Returns.
    pub returns: u64,
    /// Purchases less returns.
    pub revenue: i128,
    /// Money that came off without units.
    pub discounts: i128,
    /// By the unit's place.
    pub units: Vec<Flow>,
    /// By the unit's place: what there is at the end.
    pub balances: Vec<i128>,
    /// By the unit's place: what of it cannot be used yet.
    pub pending: Vec<i128>,
}

impl Figures {
    /// A row of the ledger.
    pub fn flow(&mut self, unit: usize, kind: EntryKind, amount: i128) {
        if self.units.len() <= unit {
            self.units.resize(unit + 1, Flow::default());
        }
        if let Some(flow) = self.units.get_mut(unit) {
            flow.add(kind, amount);
        }
    }

    /// What became of a unit.
    pub fn unit(&self, unit: usize) -> Flow {
        self.units.get(unit).copied().unwrap_or_default()
    }

    /// Adds to what there is of a unit at the end, and to what of it cannot be used yet.
    pub(super) fn add_balance(&mut self, unit: usize, balance: i128, pending: i128) {
        for (all, amount) in [(&mut self.balances, balance), (&mut self.pending, pending)] {
            if all.len() <= unit {
                all.resize(unit + 1, 0);
            }
            if let Some(sum) = all.get_mut(unit) {
                *sum = sum.saturating_add(amount);
            }
        }
    }

    /// Adds what another slice has of purchases, money and units.
    pub(super) fn add(&mut self, other: &Self) {
        self.purchases += other.purchases;
        self.revenue = self.revenue.saturating_add(other.revenue);
        self.discounts = self.discounts.saturating_add(other.discounts);
        if self.units.len() < other.units.len() {
            self.units.resize(other.units.len(), Flow::default());
        }
        for (mine, theirs) in self.units.iter_mut().zip(&other.units) {
            mine.earned = mine.earned.saturating_add(theirs.earned);
            mine.reversed = mine.reversed.saturating_add(theirs.reversed);
            mine.redeemed = mine.redeemed.saturating_add(theirs.redeemed);
            mine.expired = mine.expired.saturating_add(theirs.expired);
            mine.adjusted = mine.adjusted.saturating_add(theirs.adjusted);
        }
    }
}
