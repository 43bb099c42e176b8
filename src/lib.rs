//! Loyalty rules that mean what they say.
pub mod source;
pub mod time;
pub mod ty;
pub mod value;
