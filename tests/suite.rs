//! All tests of the library and of the command in one binary: `cargo test --test suite history` runs those of
//! `tests/history.rs`. What the language means is in `tests/semantics.rs`, the second evaluator in `tests/second.rs`.

mod analysis;
mod cases;
mod check;
mod cli;
mod continues;
mod diagnostics;
mod diff;
mod docs;
mod explain;
mod history;
mod history_real;
mod house;
mod launch;
mod make;
mod mechanics;
mod needs;
mod pools;
mod programs;
mod promises;
mod published;
mod reasons;
mod recompute;
mod render;
mod replay_real;
mod report;
mod simulate;
mod sources;
mod sugar;
mod syntax;
mod threads;
mod words;
