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
}

impl Figures {
    /// A row of the ledger.
    pub fn flow(&mut self, unit: usize, kind: EntryKind, amount: i128) {
        if self.units.len() <= unit {
            self.units.resize(unit + 1, Flow::default());
        }
        let Some(flow) = self.units.get_mut(unit) else { return };
        match kind {
            EntryKind::Earn => flow.earned = flow.earned.saturating_add(amount),
            EntryKind::Reverse => flow.reversed = flow.reversed.saturating_sub(amount),
            EntryKind::Redeem => flow.redeemed = flow.redeemed.saturating_sub(amount),
            EntryKind::Expire => flow.expired = flow.expired.saturating_sub(amount),
            EntryKind::Adjust => flow.adjusted = flow.adjusted.saturating_add(amount),
            EntryKind::Open | EntryKind::Transfer => {}
        }
    }

    /// What became of a unit.
    pub fn unit(&self, unit: usize) -> Flow {
        self.units.get(unit).copied().unwrap_or_default()
    }

    /// Adds to what there is of a unit at the end.
    pub(super) fn add_balance(&mut self, unit: usize, amount: i128) {
        if self.balances.len() <= unit {
            self.balances.resize(unit + 1, 0);
        }
        if let Some(balance) = self.balances.get_mut(unit) {
            *balance = balance.saturating_add(amount);
        }
    }
}
