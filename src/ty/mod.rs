//! Types: of the language's values, and of the data that comes from outside.
//!
//! [`schema`] is what a program declares in its `data` block; [`event`] is a fact as the evaluator
//! takes it, with texts as [`Sym`]bols and attributes in the schema's slots.

pub mod event;
pub mod schema;
mod text;

pub use event::{Event, Kind, Line, Member, Redemption, RowPlace, Seq, Text};
pub use schema::{Attribute, AttributeType, Missing, Schema, Scope};
pub(crate) use text::beginning;
pub use text::{Sym, Texts, Translation};
