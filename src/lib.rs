//! Loyalty rules that mean what they say.

// The library touches no file, clock, environment or terminal: clippy.toml names what is banned, and why.
#![cfg_attr(
    not(test),
    deny(clippy::disallowed_methods, clippy::disallowed_types, clippy::disallowed_macros, clippy::iter_over_hash_type)
)]

pub mod check;
pub mod diag;
pub mod eval;
#[cfg(feature = "files")]
pub mod history;
pub mod ledger;
pub mod plan;
pub mod sim;
pub mod source;
pub mod syntax;
pub mod time;
pub mod ty;
pub mod value;
#[cfg(feature = "words")]
pub mod words;

use diag::{Code, Diagnostic};
use plan::Plan;
use source::Source;
use syntax::Broken;
use syntax::ast::File;

/// What became of a rule file.
#[derive(Debug, Clone)]
pub struct Compiled {
    /// The plan, if there is no error.
    pub plan: Option<Plan>,
    /// The tree, for its examples and its layout.
    pub file: File,
    /// All problems, sorted by place.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads and checks a rule file: every problem of it in one go.
///
/// ```
/// use earnest::source::Source;
/// let source = Source::new("shop.earn", r#"
///     program "Shop" { currency RUB }
///     unit bean, beans { worth 1 RUB  expires never }
///     rule "Base" { give 5% of spend as beans }
/// "#);
/// let compiled = earnest::compile(&source);
/// assert!(compiled.diagnostics.is_empty());
/// assert_eq!(compiled.plan.unwrap().name, "Shop");
/// ```
pub fn compile(source: &Source) -> Compiled {
    let mut parsed = syntax::parse(source);
    let mut diagnostics = std::mem::take(&mut parsed.diagnostics);
    let read = diagnostics.is_empty();
    let checked = check::check(source, &parsed.file);
    diagnostics.extend(checked.diagnostics.into_iter().filter(|found| read || is_sure(source, &parsed.broken, found)));
    diagnostics.sort_by_key(|found| (found.span, found.code));
    Compiled { plan: checked.plan.filter(|_| read), file: parsed.file, diagnostics }
}

/// Is it a problem whatever the declarations that do not parse would have said? What they may have named is
/// not unknown, and what they may have read is not unread.
fn is_sure(source: &Source, broken: &[Broken], found: &Diagnostic) -> bool {
    match found.code {
        Code::MissingDeclaration => {
            broken.iter().all(|broken| broken.keyword.is_some_and(|word| word != "program" && word != "data"))
        }
        Code::Unread => false,
        Code::UnknownName => {
            let name = source.slice(found.span).trim_matches('"');
            let named = |part: &str| broken.iter().any(|broken| source.slice(broken.naming).contains(part));
            !name.is_empty() && !name.split('.').any(named)
        }
        _ => true,
    }
}
