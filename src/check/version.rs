//! The version of a program: a hash of what it says. Layout, comments, examples and the order of
//! declarations do not change it; a changed number does.

use crate::syntax;
use crate::syntax::ast::{Data, File, Item};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;

/// 64 hexadecimal digits: the hash of every declaration as the formatter writes it, sorted.
pub(super) fn of(file: &File) -> String {
    let mut texts: Vec<String> = Vec::new();
    for item in &file.items {
        match item {
            Item::Example(_) | Item::Scenario(_) | Item::Measure(_) => {}
            // A `data` block is a bag of declarations of its own.
            Item::Data(data) => {
                texts.extend(data.attributes.iter().map(|attribute| {
                    printed(Item::Data(Data { attributes: vec![attribute.clone()], span: data.span }))
                }));
            }
            other => texts.push(printed(other.clone())),
        }
    }
    texts.sort();
    let mut hash = Sha256::new();
    for text in texts {
        hash.update(text.as_bytes());
    }
    hash.finalize().iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn printed(item: Item) -> String {
    syntax::print(&File { items: vec![item], ..File::default() })
}
