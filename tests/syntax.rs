//! Text to tree and back: what is printed reads as the same tree, what is laid out stays as it is, and no
//! text makes the parser panic.

use earnest::source::Source;
use earnest::syntax::{self, ast::File};

const FULL: &str = include_str!("syntax/full.earn");

/// The tree without its places.
fn shape(file: &File) -> String {
    let text = format!("{file:#?}");
    let mut lines = text.lines();
    let mut shape = String::new();
    while let Some(line) = lines.next() {
        if line.trim_start().ends_with("Span {") {
            lines.by_ref().take(3).for_each(drop);
        } else {
            shape.push_str(line);
            shape.push('\n');
        }
    }
    shape
}

fn read(text: &str) -> File {
    let parsed = syntax::parse(&Source::new("test.earn", text));
    assert_eq!(parsed.diagnostics, [], "{text}");
    parsed.file
}

/// Printing and laying out keep the tree, and a second time changes nothing.
fn check_round_trip(text: &str) {
    let file = read(text);
    let printed = syntax::print(&file);
    assert_eq!(shape(&read(&printed)), shape(&file), "{printed}");
    assert_eq!(syntax::print(&read(&printed)), printed);
    let laid_out = syntax::format(&Source::new("test.earn", text)).unwrap();
    assert_eq!(shape(&read(&laid_out)), shape(&file), "{laid_out}");
    assert_eq!(syntax::format(&Source::new("test.earn", &*laid_out)).unwrap(), laid_out);
    assert_eq!(laid_out.matches('#').count(), text.matches('#').count(), "{laid_out}");
}

#[test]
fn everything_that_can_be_said_is_read_and_printed() {
    check_round_trip(FULL);
}

#[test]
fn comments_stay_where_they_stand() {
    let text = include_str!("syntax/comments.earn");
    check_round_trip(text);
    let laid_out = syntax::format(&Source::new("comments.earn", text)).unwrap();
    assert_eq!(laid_out, include_str!("syntax/comments.formatted.earn"));
}
