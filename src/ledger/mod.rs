//! The ledger: append-only, double-entry, every change of a balance one [`Entry`].
//!
//! `pile` holds what a member has of a unit: lots with dates, kept as heaps of interchangeable
//! units, and debt. The evaluator decides; the ledger moves units and tells a [`Sink`] each entry.

mod dates;
mod entry;
mod near;
mod pile;

pub use dates::{Dates, Expires, Opens, ShortDates};
pub use entry::{Entry, EntryKind, Note, PartnerTotals, RuleTotals, Settled, Sink, Totals, UnitTotals};
pub use near::{Compared, Short, TierMove};
pub use pile::{Heap, Lost, Lot, Owed, Pile, Taken, put, put_on};
