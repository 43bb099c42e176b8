//! Households: one pot of a unit for all who live together.
//!
//! What they have lies under the name of the pool, marked so that no member is mistaken for it.

use super::world::{Datum, World};

/// Stands before the name of a pool where a member's could stand.
pub const MARK: char = '\u{1}';

impl World {
    /// Where a member's units lie: with the member, or in the pool.
    pub fn account(&self, member: &str, unit: usize) -> String {
        let own = member.to_owned();
        if member.starts_with(MARK) {
            return own;
        }
        let Some(by) = &self.setup.units[unit].pooled else { return own };
        match self.members.get(member).and_then(|member| member.attrs.get(by)) {
            Some(Datum::Text(house)) if !house.is_empty() => format!("{MARK}{house}"),
            _ => own,
        }
    }
}
