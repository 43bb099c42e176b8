//! What is wrong with a program that a test expects to be right: problems of its form, of its names and
//! types, and examples that do not hold.

use earnest::diag::Severity;
use earnest::sim::example::run_examples;
use earnest::source::Source;
use std::sync::Arc;

/// One text for each thing that is wrong with the program, with its place.
pub(crate) fn failures(name: &str, text: &str) -> Vec<String> {
    let source = Source::new(name, text);
    let compiled = earnest::compile(&source);
    let line = |at| source.place(at).line;
    let Some(plan) = compiled.plan else {
        let errors = compiled.diagnostics.iter().filter(|problem| problem.severity == Severity::Error);
        return errors
            .map(|problem| {
                let help = problem.help.clone().unwrap_or_default();
                format!("{name}: line {}: {} ({help})", line(problem.span.start), problem.message)
            })
            .collect();
    };
    let mut failures = Vec::new();
    for example in run_examples(&Arc::new(plan), &compiled.file) {
        for failure in &example.failures {
            failures.push(format!(
                "{name}: line {}, example `{}`: expected {}, got {} [{}]",
                line(failure.span.start),
                example.name,
                failure.expected,
                failure.got,
                failure.why.join("; ")
            ));
        }
    }
    failures
}
