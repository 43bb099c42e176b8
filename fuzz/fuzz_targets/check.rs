//! Checking never panics; a program without errors has a plan, and what it costs at most and what is told before launch
//! can be worked out.
#![no_main]

use earnest::analysis::{before_launch, largest_cost};
use earnest::diag::Severity;
use earnest::source::Source;
use libfuzzer_sys::fuzz_target;
use std::sync::Arc;

fuzz_target!(|text: &str| {
    let source = Source::new("fuzz.earn", text);
    let earnest::Compiled { plan, diagnostics, .. } = earnest::compile(&source);
    let errors = diagnostics.iter().any(|found| found.severity == Severity::Error);
    assert_eq!(plan.is_none(), errors, "{diagnostics:?}");
    if let Some(plan) = plan.map(Arc::new) {
        let cost = largest_cost(&plan).ok();
        for told in before_launch(&plan, cost.as_ref()) {
            assert!(!told.message.is_empty() && told.span.end as usize <= text.len(), "{told:?}");
        }
    }
});
