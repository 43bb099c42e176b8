//! Names, texts and numbers as they are written: bare where a bare word is a name, `1_000` in groups.

use crate::source::Source;
use crate::syntax::ast::{LiteralKind, Name};
use crate::syntax::parse::{self, leaf::MONTHS};
use crate::value::{Amount, Exact};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// The words that are never names, found by asking the grammar.
static RESERVED: LazyLock<BTreeMap<&'static str, bool>> =
    LazyLock::new(|| parse::token::keywords().iter().map(|word| (*word, !reads_as_name(word))).collect());

fn reads_as_name(word: &str) -> bool {
    let parsed = parse::parse(&Source::new("", format!("counter x = {word}.y")));
    parsed.diagnostics.is_empty()
}

/// Is it a word that cannot be a bare name?
fn is_reserved(word: &str) -> bool {
    RESERVED.get(word).copied().unwrap_or(false)
}

/// `bean`, or `"gift card"` where a bare word would not do.
pub(super) fn bare(name: &Name) -> String {
    if parse::token::is_word(&name.text) && !is_reserved(&name.text) { name.text.clone() } else { quoted(&name.text) }
}

/// `bean, beans`
pub(super) fn bare_all(names: &[Name]) -> String {
    names.iter().map(bare).collect::<Vec<_>>().join(", ")
}

/// `"Base"`
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// `20_000.5`, or `20_000.50` where so many decimals were written
fn number(number: Exact, decimals_written: usize) -> String {
    let text = number.to_amount().unwrap_or(Amount::ZERO).to_string();
    let (sign, digits) = text.strip_prefix('-').map_or(("", text.as_str()), |digits| ("-", digits));
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
    let point = if decimals.is_empty() && decimals_written == 0 { "" } else { "." };
    format!("{sign}{}{point}{decimals:0<decimals_written$}", grouped(whole))
}

/// `1_000`
fn grouped(digits: &str) -> String {
    let mut text = String::new();
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push('_');
        }
        text.push(digit);
    }
    text
}

/// `Dec`
pub(super) fn month(month: u32) -> &'static str {
    let at = usize::try_from(month).unwrap_or(0).saturating_sub(1);
    MONTHS.get(at).copied().unwrap_or("Jan")
}

/// `20 RUB`, its number with at least so many decimals
pub(super) fn literal(kind: &LiteralKind, decimals: usize) -> String {
    match kind {
        LiteralKind::Number(value) => number(*value, decimals),
        LiteralKind::Percent(value) => format!("{}%", number(*value, decimals)),
        LiteralKind::Quantity(value, unit) => format!("{} {}", number(*value, decimals), bare(unit)),
        LiteralKind::Text(text) => quoted(text),
        LiteralKind::Date(day) => day.to_string(),
        LiteralKind::Time(time) => time.to_string(),
        LiteralKind::Flag(true) => "yes".to_owned(),
        LiteralKind::Flag(false) => "no".to_owned(),
    }
}
