//! Loyalty rules that mean what they say.
pub mod diag;
pub mod plan;
pub mod source;
pub mod syntax;
pub mod time;
pub mod ty;
pub mod value;
