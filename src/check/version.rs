//! The version of a program: a hash of what it says. Layout, comments, examples and the order of
//! declarations do not change it; a changed number does.

use crate::source::Source;
use crate::syntax::ast::{Data, File, Item};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;

/// 64 hexadecimal digits.
pub(super) fn of(_: &Source, file: &File) -> String {
    let mut texts: Vec<String> = Vec::new();
    for item in &file.items {
        match item {
            Item::Example(_) => {}
            // A `data` block is a bag of declarations of its own.
            Item::Data(data) => texts.extend(data.attributes.iter().map(|attribute| {
                let one = Data { attributes: vec![attribute.clone()], span: data.span };
                without_places(&format!("{one:?}"))
            })),
            other => texts.push(without_places(&format!("{other:?}"))),
        }
    }
    texts.sort();
    let mut hash = Sha256::new();
    for text in texts {
        hash.update(text.as_bytes());
        hash.update(b"\n");
    }
    hash.finalize().iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The tree as text, its places left out: they tell of layout alone.
fn without_places(tree: &str) -> String {
    let mut text = String::with_capacity(tree.len());
    let mut rest = tree;
    while let Some((before, after)) = rest.split_once("Span { start: ") {
        text.push_str(before);
        rest = after.split_once('}').map_or("", |(_, after)| after);
    }
    text.push_str(rest);
    text
}
