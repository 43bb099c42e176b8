//! Loyalty rules that mean what they say.

// The library touches no file, clock, environment or terminal: clippy.toml names what is banned, and why.
#![cfg_attr(
    not(test),
    deny(clippy::disallowed_methods, clippy::disallowed_types, clippy::disallowed_macros, clippy::iter_over_hash_type)
)]

pub mod diag;
pub mod eval;
#[cfg(feature = "files")]
pub mod history;
pub mod ledger;
pub mod plan;
pub mod sim;
pub mod source;
pub mod syntax;
pub mod time;
pub mod ty;
pub mod value;
