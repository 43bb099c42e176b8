//! Parsing never panics, whatever the bytes, and every problem lies within the text.
#![no_main]

use earnest::source::Source;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let source = Source::new("fuzz.earn", text);
    let parsed = earnest::syntax::parse(&source);
    for found in &parsed.diagnostics {
        assert!(found.span.start <= found.span.end && found.span.end as usize <= text.len(), "{found:?}");
    }
    // Rendering quotes the text at these places.
    let _ = earnest::diag::render(&source, &parsed.diagnostics, earnest::diag::Color::Never);
});
