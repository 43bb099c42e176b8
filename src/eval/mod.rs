//! The evaluator: plan + account + event → ledger rows and reasons. It never sees the syntax and
//! cannot meet a type error.
//!
//! [`Book`] takes events in order and keeps an [`Account`] a member. An event first brings the
//! account to its moment (`clock`: the two halves of each midnight), then goes through the steps of
//! its kind (`purchase`, `returns`, `facts`), which work awards out (`accrual`, `limit`, `stacking`)
//! and post them (`post`). `explain` asks the same code.

mod account;
mod accrual;
mod book;
mod clock;
mod counter;
mod explain;
mod facts;
mod fault;
mod formula;
mod index;
mod limit;
mod merge;
mod post;
mod purchase;
mod returns;
mod snapshot;
mod stacking;
mod tally;
mod tier;
mod value;
mod view;
mod when;

pub use account::Account;
pub use book::{Applied, Book, BookOptions, OpeningBalance};
pub use explain::{Explanation, Needs, Outcome, Reason, RuleOutcome, Step, plain, text_of};
pub use fault::Fault;
pub use snapshot::Snapshot;
pub use view::{MemberView, Missing};
