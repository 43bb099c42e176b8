//! Whole histories through a program: replay, variants side by side, reports as data.

pub mod compare;
pub mod count;
pub mod coverage;
pub mod example;
pub mod explained;
pub mod gains;
pub mod make;
pub mod replay;
pub mod report;
pub mod sample;
pub mod seen;
pub mod variant;

mod literal;
mod threshold;
mod worked;
