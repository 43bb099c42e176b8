//! Snapshots: a book as data, to be put away and taken up again; readable, versioned, and of one
//! version of one program.

use super::account::{Account, Clock};
use super::book::{Book, BookOptions, Shared};
use super::fault::{Fault, OtherSnapshot};
use super::house::House;
use crate::plan::Plan;
use crate::ty::Text;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A book as data.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Snapshot {
    /// The version of this format.
    pub format: u32,
    /// The name of the program.
    pub program: String,
    /// The version of the program.
    pub version: String,
    /// Are lots named?
    pub named_lots: bool,
    /// The texts that the state refers to, by number.
    pub texts: Vec<String>,
    /// The place of the last event of all.
    pub(super) clock: (Clock, Text),
    /// What is counted over all members.
    pub(super) shared: Shared,
    /// The members.
    pub(super) accounts: Vec<Account>,
    /// What households have together.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) houses: Vec<House>,
}

impl Snapshot {
    /// The version of the format that this library writes and reads.
    pub const FORMAT: u32 = 1;
}

impl Book {
    /// The book as data.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot {
            format: Snapshot::FORMAT,
            program: self.plan.name.clone(),
            version: self.plan.version.clone(),
            named_lots: self.options.named_lots,
            texts: self.texts.all().map(str::to_owned).collect(),
            clock: self.clock.clone(),
            shared: self.shared.clone(),
            accounts: self.accounts.clone(),
            houses: self.households.houses.iter().flatten().map(|house| House::clone(house)).collect(),
        }
    }

    /// Takes a snapshot of the same program up again; of one that this program continues see [`Book::take_over`].
    pub fn resume(plan: Arc<Plan>, snapshot: Snapshot, options: BookOptions) -> Result<Self, Fault> {
        let refuse =
            |found: String, expected: String| Err(Fault::OtherSnapshot(Box::new(OtherSnapshot { found, expected })));
        if snapshot.format != Snapshot::FORMAT {
            return refuse(format!("format {}", snapshot.format), format!("format {}", Snapshot::FORMAT));
        }
        if snapshot.version != plan.version {
            return refuse(format!("program version {}", snapshot.version), plan.version.clone());
        }
        let mut book = Self::new(plan, BookOptions { named_lots: snapshot.named_lots, ..options });
        for text in &snapshot.texts {
            book.texts.intern(text);
        }
        for (at, account) in snapshot.accounts.iter().enumerate() {
            book.names.insert(&account.name, at);
        }
        book.accounts = snapshot.accounts;
        book.shared = snapshot.shared;
        book.clock = snapshot.clock;
        book.settle_all(snapshot.houses);
        Ok(book)
    }
}
