//! Numbers of the language: exact, checked, with every rounding named.
//!
//! What is stored (money, points, quantities) is an [`Amount`]: an integer count of millionths.
//! What is worked out on the way is an [`Exact`] fraction, so `5% of 19.99 RUB` is rounded once,
//! where the rule says, by a named [`Rounding`]. No spans, no units: those belong to the checker.

mod amount;
mod exact;
mod mix;
mod share;

pub use amount::{Amount, AmountError};
pub use exact::{Exact, Rounding};
pub use mix::Mix;
pub use share::share_out;

/// A number left the range that can be held exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a number grew beyond what can be held exactly")]
pub struct Overflow;
