//! What is wrong with a program that a test expects to be right: problems of its form, of its names and
//! types, and examples that do not hold.

use earnest::source::Source;
use earnest::syntax;

/// One text for each thing that is wrong with the program, with its place.
pub(crate) fn failures(name: &str, text: &str) -> Vec<String> {
    let source = Source::new(name, text);
    let parsed = syntax::parse(&source);
    let place = |at| source.place(at);
    parsed
        .diagnostics
        .iter()
        .map(|problem| {
            let at = place(problem.span.start);
            format!("{name}: line {}: {} ({})", at.line, problem.message, problem.help.clone().unwrap_or_default())
        })
        .collect()
}
