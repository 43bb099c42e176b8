//! Text to tree and back: the grammar's rules become [`ast`] nodes, and the printer lays them out.

pub mod ast;
pub mod parse;

mod print;

pub use parse::{Parsed, parse};
pub use print::{format, print};
