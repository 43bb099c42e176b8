//! Where an expression stands, and so what it can read: in `where` a line, in `if` the receipt, in
//! `param` nothing but fixed values.

use crate::plan::{ExprId, LadderId, Type, UnitId};
use crate::source::Span;
use crate::ty::Scope;

/// What is at hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// A purchase or a return: lines, receipt, member.
    Purchase,
    /// A redemption: receipt, member.
    Redeem,
    /// An action: its attributes, member.
    Action,
    /// A moment of the calendar, a tier, a join: the member alone.
    Moment,
    /// A parameter, a tier's value, a worth: fixed values.
    Constant,
}

/// How the attributes of lines are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lines {
    /// One line's: `where`, a key.
    Each,
    /// Their sum over the rule's lines.
    Sum,
}

/// The context of an expression.
#[derive(Debug, Clone)]
pub(super) struct Context {
    pub(super) place: Place,
    pub(super) lines: Lines,
    /// `spend` and the like without a window are counters over the lifetime: in `tiers … by`, in a counter.
    pub(super) lifetime: bool,
    /// Counters start again when this ladder rises.
    pub(super) restarts: Option<LadderId>,
    /// Attributes known to be there: after `brand is known`.
    pub(super) known: Vec<(Scope, usize)>,
    /// The unit that is being declared.
    pub(super) unit: Option<UnitId>,
}

impl Context {
    pub(super) const fn new(place: Place) -> Self {
        Self { place, lines: Lines::Sum, lifetime: false, restarts: None, known: Vec::new(), unit: None }
    }

    /// The same for each line alone.
    pub(super) fn of_each_line(&self) -> Self {
        Self { lines: Lines::Each, ..self.clone() }
    }

    pub(super) const fn has_lines(&self) -> bool {
        matches!(self.place, Place::Purchase)
    }

    pub(super) const fn can_read(&self, scope: Scope) -> bool {
        match scope {
            Scope::Line => matches!(self.place, Place::Purchase),
            Scope::Receipt => matches!(self.place, Place::Purchase | Place::Redeem),
            Scope::Action => matches!(self.place, Place::Action),
            Scope::Member => !matches!(self.place, Place::Constant),
        }
    }
}

/// A checked expression with its type.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Value {
    pub(super) id: ExprId,
    pub(super) ty: Type,
    pub(super) span: Span,
}
