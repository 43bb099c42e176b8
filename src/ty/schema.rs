//! What a program says about the data it is given: `line category text`, `member birthday date, may be missing`.

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
