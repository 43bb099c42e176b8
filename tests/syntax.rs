//! Text to tree and back.
use earnest::{source::Source, syntax};

#[test]
fn everything_is_read() {
    let source = Source::new("full.earn", include_str!("syntax/full.earn"));
    let parsed = syntax::parse(&source);
    for d in &parsed.diagnostics {
        println!("{:?} {} | {:?}", source.place(d.span.start), d.message, d.help);
    }
    println!("{:#?}", parsed.file);
    assert!(parsed.diagnostics.is_empty());
}

#[test]
fn probe() {
    let Ok(text) = std::env::var("PROBE") else { return };
    let text = if text.starts_with('@') { std::fs::read_to_string(&text[1..]).unwrap() } else { text };
    let source = Source::new("probe.earn", text);
    let t = std::time::Instant::now();
    let parsed = syntax::parse(&source);
    println!("took {:?}", t.elapsed());
    for d in &parsed.diagnostics {
        println!("{:?} {:?} {} | {:?} {:?}", source.place(d.span.start), d.code, d.message, d.help, d.labels);
    }
    println!("{} items", parsed.file.items.len());
}
