//! The largest possible cost of a purchase: a share of the receipt and a fixed amount that no purchase exceeds, and a
//! situation that reaches it, written as an example block that really does.
//!
//! ```text
//! rule "Base" { give (5% + status.extra) of spend as beans }            at worst 7 % + 100 RUB:
//! rule "Welcome" { on the first purchase give 100 beans }               Gold, its first purchase
//! ```
//!
//! The bound and the search know nothing of each other. The *bound* looks at every situation that differs
//! (`situations`: `days`, tiers, texts that the program names) and adds up the most that each rule can give in it
//! (`award`, `formula`, `discount`), as straight lines above sums that grow with the receipt (`bound`). The *search*
//! (`witness`) runs purchases through the evaluator until one comes as near as it can.

mod award;
mod bound;
mod cost;
mod days;
mod deed;
mod discount;
mod entering;
mod formula;
mod launch;
mod most;
mod moves;
mod round;
mod scene;
mod script;
mod situations;
mod story;
mod told;
mod walk;
mod witness;

pub use cost::{Cost, LargestCost, largest_cost};
pub use launch::{before_launch, unreachable};
pub use script::cost_of;
pub use witness::{Witness, witness};
