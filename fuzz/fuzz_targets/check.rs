//! Checking never panics; a program without errors has a plan.
#![no_main]

use earnest::diag::Severity;
use earnest::source::Source;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let source = Source::new("fuzz.earn", text);
    let earnest::Compiled { plan, diagnostics, .. } = earnest::compile(&source);
    let errors = diagnostics.iter().any(|found| found.severity == Severity::Error);
    assert_eq!(plan.is_none(), errors, "{diagnostics:?}");
});
