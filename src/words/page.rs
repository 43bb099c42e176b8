//! What a description is made of: parts with clauses, as data.

use serde::Serialize;

/// The terms of a program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Description {
    /// The code of the language: `en`.
    pub language: String,
    /// What it is called: `Sweet Corner: the terms`.
    pub title: String,
    /// The chapters in their order, each with its parts.
    pub chapters: Vec<Chapter>,
}

/// A chapter of the terms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Chapter {
    /// `What you earn`
    pub title: String,
    /// Its parts.
    pub parts: Vec<Part>,
}

/// What kind of declaration a part is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "each is the word that declares it")]
pub enum Kind {
    Program,
    Unit,
    Tiers,
    Rule,
    Reward,
    Draw,
    Group,
    Counter,
    Param,
    List,
    Calendar,
    Data,
    Scenario,
    Measure,
    Example,
}

/// A declaration in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Part {
    /// What declares it.
    pub kind: Kind,
    /// Its name as written; empty where it has none.
    pub name: String,
    /// Its heading; empty where the chapter's is enough.
    pub heading: String,
    /// What it says.
    pub clauses: Vec<Clause>,
}

/// One thing that a declaration says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Clause {
    /// What it is about, the same in all languages: `where`.
    pub about: &'static str,
    /// Its label: `Goods`; empty for a sentence that needs none.
    pub label: String,
    /// Its text.
    pub text: String,
    /// A table that belongs to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table: Option<Table>,
}

/// A small table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Table {
    /// The head of each column.
    pub head: Vec<String>,
    /// Its rows.
    pub rows: Vec<Vec<String>>,
}
