//! Text to tree and back: the grammar's rules become [`ast`] nodes, and the printer lays them out.

pub mod ast;
pub mod parse;

pub use parse::{Parsed, parse};
