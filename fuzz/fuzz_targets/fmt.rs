//! What parses is laid out, what is laid out parses to the same, and laying out twice changes nothing.
#![no_main]

use earnest::source::Source;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Ok(once) = earnest::syntax::format(&Source::new("fuzz.earn", text)) else { return };
    let again = earnest::syntax::format(&Source::new("fuzz.earn", once.as_str()));
    assert_eq!(again.as_deref(), Ok(once.as_str()), "from {text:?}");
});
