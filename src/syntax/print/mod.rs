//! Tree to text: [`print`] writes a tree in the one canonical layout, [`format`] lays out a rule file anew
//! and keeps its comments.
//!
//! Two blanks of indentation; one clause, row, tier or step a line; one blank line between declarations.
//! `parse` of what is printed gives the same tree, and a text that is laid out stays as it is:
//!
//! ```earn
//! rule "Base" {  # a comment stays at the end of its line
//!   # or before its clause
//!   give 5% of spend as beans, at most 1_000 beans per receipt
//! }
//! ```

mod example;
mod expr;
mod item;
mod name;
mod period;
mod reward;
mod rule;
mod scenario;
mod writer;

use crate::diag::Diagnostic;
use crate::source::Source;
use crate::syntax::ast::{File, Item};
use crate::syntax::parse::{parse_tokens, token::Tokens};
use writer::Writer;

/// How long a line may grow before a list is written one entry a line.
const LINE_MAX: usize = 100;

/// Writes a tree in the canonical layout.
///
/// ```
/// use earnest::{source::Source, syntax};
/// let parsed = syntax::parse(&Source::new("shop.earn", "unit bean{expires never}"));
/// assert_eq!(syntax::print(&parsed.file), "unit bean {\n  expires never\n}\n");
/// ```
pub fn print(file: &File) -> String {
    write(file, Writer::plain())
}

/// Lays out a rule file anew; where it does not follow the grammar, says why.
///
/// ```
/// use earnest::{source::Source, syntax};
/// let source = Source::new("shop.earn", "unit bean{expires never# for now\n}");
/// assert_eq!(syntax::format(&source).unwrap(), "unit bean {\n  expires never  # for now\n}\n");
/// ```
pub fn format(source: &Source) -> Result<String, Vec<Diagnostic>> {
    let tokens = Tokens::of(source.text());
    let parsed = parse_tokens(source, &tokens);
    if parsed.diagnostics.is_empty() {
        Ok(write(&parsed.file, Writer::with_comments(source, &tokens)))
    } else {
        Err(parsed.diagnostics)
    }
}

fn write(file: &File, mut writer: Writer<'_>) -> String {
    let mut previous: Option<&Item> = None;
    for item in &file.items {
        let apart = previous.is_some_and(|previous| !stand_together(previous, item));
        writer.item(item, apart);
        previous = Some(item);
    }
    writer.finish()
}

/// Declarations of one line and one kind follow each other without a blank line, unless one was written.
fn stand_together(first: &Item, second: &Item) -> bool {
    matches!(
        (first, second),
        (Item::Param(_), Item::Param(_))
            | (Item::List(_), Item::List(_))
            | (Item::Counter(_), Item::Counter(_))
            | (Item::Measure(_), Item::Measure(_))
    )
}
