//! The evaluator: plan + account + event → ledger rows and reasons. It never sees the syntax and
//! cannot meet a type error.
//!
//! [`Book`] takes events in order and keeps an [`Account`] a member. An event first brings the
//! account to its moment (`clock`: the two halves of each midnight), then goes through the steps of
//! its kind (`purchase`, `returns`, `facts`), which work awards out (`accrual`, `limit`, `stacking`)
//! and post them (`post`). `explain` asks the same code.

mod account;
mod accrual;
mod ahead;
mod almanac;
mod apart;
mod arithmetic;
mod around;
mod assumed;
mod award;
mod away;
mod bill;
mod book;
mod building;
mod clawback;
mod climb;
mod clock;
mod close;
mod convert;
mod counter;
mod daily;
mod days;
mod draw;
mod due;
mod explain;
mod facts;
mod fall;
mod fault;
mod fires;
mod fixed;
mod formula;
mod friend;
mod house;
mod index;
mod kept;
mod limit;
mod merge;
mod migration;
mod moment;
mod moved;
mod names;
mod near;
mod offer;
mod order;
mod outline;
mod plain;
mod plainly;
mod pool;
mod post;
mod preview;
mod purchase;
mod quick;
mod rare;
mod recent;
mod returns;
mod rework;
mod rooms;
mod rounding;
mod sale;
mod settle;
mod snapshot;
mod stacking;
mod sweep;
mod takeover;
mod tally;
mod tier;
mod trial;
mod value;
mod view;
mod when;

pub use account::{Account, Holding};
pub use apart::Apart;
pub use book::{Applied, Book, BookOptions, OpeningBalance};
pub use explain::{Explanation, Needs, Outcome, Reason, RuleOutcome, Step, plain, text_of};
pub use fault::{Conflict, Fault, Misplaced, NotCovered, OtherSnapshot};
pub(crate) use formula::depends_on_lines;
pub use house::House;
pub use near::{about, about_need};
pub use snapshot::Snapshot;
pub use view::{MemberView, Missing};
