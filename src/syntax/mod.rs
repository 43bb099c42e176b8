//! Text to tree and back: the grammar's rules become [`ast`] nodes, and the printer lays them out.

pub mod ast;
pub mod parse;

mod print;

pub use parse::{Broken, NESTING_MAX, NODES_PER_PROGRAM_MAX, NODES_PER_RULE_MAX, Parsed, parse};
pub use print::{format, print};
