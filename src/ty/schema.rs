//! What a program says about the data it is given: `line category text`, `member birthday date, may be missing`.

use super::Texts;
use super::event::Datum;

/// Whose attribute it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scope {
    /// `line category text`: of one line of a receipt.
    Line,
    /// `receipt channel text`: of a purchase, a return or a redemption as a whole.
    Receipt,
    /// `action stars number`: of an action.
    Action,
    /// `member birthday date`: of the member, from the members file.
    Member,
}

/// The type of an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AttributeType {
    /// `text`
    Text,
    /// `number`
    Number,
    /// `money`
    Money,
    /// `date`
    Date,
    /// `time`
    Time,
    /// `yes/no`
    Flag,
}

/// What happens where the data have no value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Missing {
    /// Nothing said: the row is bad.
    Refused,
    /// `may be missing`
    Allowed,
    /// `or "store"`
    Default(Datum),
}

/// One declared attribute; its slot is its position in the schema's list of its scope.
#[derive(Debug, Clone, PartialEq)]
pub struct Attribute {
    /// The column's standard name.
    pub name: String,
    /// What it holds.
    pub kind: AttributeType,
    /// What if it is not there.
    pub missing: Missing,
    /// What reads it, for the message when the column is not there: `rule "Base"`.
    pub read_by: Option<String>,
}

/// All that a program declares of its data. A line's values stand in the order of `line`; an event's
/// values in the order of `receipt`, or of `action` where it is an action; a member's in that of `member`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Schema {
    /// Attributes of lines.
    pub line: Vec<Attribute>,
    /// Attributes of receipts.
    pub receipt: Vec<Attribute>,
    /// Attributes of actions.
    pub action: Vec<Attribute>,
    /// Attributes of members.
    pub member: Vec<Attribute>,
    /// The names of actions: `action review`.
    pub actions: Vec<String>,
    /// The noun forms of each unit: `["bean", "beans"]`. Data may use any form.
    pub units: Vec<Vec<String>>,
    /// The names of rewards, each once, in their order.
    pub rewards: Vec<String>,
}

impl Schema {
    /// The slot of a line's category, which stands first in the order of lines after the sku.
    pub fn category(&self) -> Option<usize> {
        self.line.iter().position(|attribute| attribute.name == "category")
    }

    /// Does it hold the same things? Who reads them may differ. Each schema comes with the texts of its symbols.
    pub fn holds_the_same(&self, texts: &Texts, other: &Self, other_texts: &Texts) -> bool {
        let default = |missing: Missing, texts: &Texts| match missing {
            Missing::Default(Datum::Text(sym)) => Some(texts.text(sym).to_owned()),
            _ => None,
        };
        let as_missing = |mine: Missing, theirs: Missing| match default(mine, texts) {
            Some(text) => default(theirs, other_texts) == Some(text),
            None => mine == theirs,
        };
        let alike = |scope| {
            let (mine, theirs) = (self.attributes(scope), other.attributes(scope));
            let same = |(mine, theirs): (&Attribute, &Attribute)| {
                (&mine.name, mine.kind) == (&theirs.name, theirs.kind) && as_missing(mine.missing, theirs.missing)
            };
            mine.len() == theirs.len() && mine.iter().zip(theirs).all(same)
        };
        [Scope::Line, Scope::Receipt, Scope::Action, Scope::Member].into_iter().all(alike)
            && (&self.actions, &self.units, &self.rewards) == (&other.actions, &other.units, &other.rewards)
    }

    /// Notes who reads what, where only another schema that holds the same knows it.
    pub fn read_also_by(&mut self, other: &Self) {
        for (mine, theirs) in [
            (&mut self.line, &other.line),
            (&mut self.receipt, &other.receipt),
            (&mut self.action, &other.action),
            (&mut self.member, &other.member),
        ] {
            for (mine, theirs) in mine.iter_mut().zip(theirs) {
                if mine.read_by.is_none() {
                    mine.read_by.clone_from(&theirs.read_by);
                }
            }
        }
    }

    /// The attributes of a scope, in the order of their slots.
    pub fn attributes(&self, scope: Scope) -> &[Attribute] {
        match scope {
            Scope::Line => &self.line,
            Scope::Receipt => &self.receipt,
            Scope::Action => &self.action,
            Scope::Member => &self.member,
        }
    }
}
