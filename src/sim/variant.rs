//! A program with one value changed: `base = 4%`, `status.Gold.from = 40_000 RUB`, `status.Gold.extra = 3%`.
//!
//! The new value is put into the text in the place of the old one and the program is read again, so a
//! variant is a program like any other: checked in full, with messages that show what was put in. A value
//! with dates gets the new value at every date.

use crate::source::{Source, Span};
use crate::syntax::ast::{Dated, File, Item};
use crate::syntax::parse;
use crate::value::Amount;

/// Why a value cannot be changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VariantError {
    /// `base`
    #[error("`{0}` names no value: write NAME=VALUE, such as base=4%")]
    NoValue(String),
    /// `base=4%% of`
    #[error("`{value}` is no value for `{name}`: write it as the program would, such as 4% or '40_000 RUB'")]
    BadValue {
        /// What was to be changed.
        name: String,
        /// What is no value.
        value: String,
    },
    /// `base=3%..7%`
    #[error("it is no sweep: write NAME=FROM..TO..STEP with one unit and a step above zero, such as base=3%..7%..0.5%")]
    NoSweep(String),
    /// `base=1%..90%..0.001%`
    #[error("a sweep has at most {0} values: take a larger step")]
    TooMany(usize),
    /// `bass=4%`
    #[error("the program has no `{name}` to change; it has {known}")]
    Unknown {
        /// What was to be changed.
        name: String,
        /// What can be changed.
        known: String,
    },
}

/// The program with `NAME=VALUE` put in.
pub fn with_value(source: &Source, assignment: &str) -> Result<Source, VariantError> {
    let Some((name, value)) = assignment.split_once('=') else {
        return Err(VariantError::NoValue(assignment.to_owned()));
    };
    let (name, value) = (name.trim(), value.trim());
    if name.is_empty() || value.is_empty() {
        return Err(VariantError::NoValue(assignment.to_owned()));
    }
    let file = parse(source).file;
    let settable = settable(&file);
    let wanted: Vec<String> = parts(name);
    let Some(found) = settable.iter().find(|place| place.path == wanted) else {
        let names: Vec<String> = settable.iter().map(|place| format!("`{}`", place.path.join("."))).collect();
        let known = if names.is_empty() { "nothing that can be changed".to_owned() } else { names.join(", ") };
        return Err(VariantError::Unknown { name: name.to_owned(), known });
    };
    if !found.form.takes(value) {
        return Err(VariantError::BadValue { name: name.to_owned(), value: value.to_owned() });
    }
    Ok(Source::new(source.name(), replaced(source.text(), &found.spans, value)))
}

/// More variants than anyone looks at.
pub const SWEEP_MAX: usize = 1_000;

/// The assignments of a sweep: `base=3%..7%..0.5%` is `base=3%`, `base=3.5%`, … up to `base=7%`.
///
/// ```
/// let all = earnest::sim::variant::sweep("base=3%..4%..0.5%").unwrap();
/// assert_eq!(all, ["base=3%", "base=3.5%", "base=4%"]);
/// ```
pub fn sweep(text: &str) -> Result<Vec<String>, VariantError> {
    let bad = || VariantError::NoSweep(text.to_owned());
    let (name, values) = text.split_once('=').ok_or_else(bad)?;
    let mut parts = values.split("..").map(str::trim);
    let (Some(from), Some(to), Some(step), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
        return Err(bad());
    };
    let (from, unit) = with_unit(from).ok_or_else(bad)?;
    let (to, other) = with_unit(to).ok_or_else(bad)?;
    let (step, third) = with_unit(step).ok_or_else(bad)?;
    // The step may leave the unit out.
    if unit != other || !(third == unit || third.is_empty()) || step.micros() <= 0 || to < from {
        return Err(bad());
    }
    let stretch = i128::from(to.micros()) - i128::from(from.micros());
    let count = stretch.div_euclid(i128::from(step.micros())) + 1;
    let count = usize::try_from(count).ok().filter(|count| *count <= SWEEP_MAX);
    let count = count.ok_or(VariantError::TooMany(SWEEP_MAX))?;
    let mut all = Vec::with_capacity(count);
    let mut value = from;
    for _ in 0..count {
        all.push(format!("{}={value}{unit}", name.trim()));
        value = value.plus(step).map_err(|_| bad())?;
    }
    Ok(all)
}

/// `3.5%` as its number and `%`; `40_000 RUB` as its number and ` RUB`.
fn with_unit(text: &str) -> Option<(Amount, &str)> {
    let end = text.find(|sign: char| !(sign.is_ascii_digit() || sign == '.' || sign == '_' || sign == '-'));
    let (number, unit) = text.split_at_checked(end.unwrap_or(text.len()))?;
    Some((number.replace('_', "").parse().ok()?, unit))
}

/// A value of the program that can be changed.
struct Place {
    path: Vec<String>,
    spans: Vec<Span>,
    form: Form,
}

/// What may stand in a place.
#[derive(Clone, Copy)]
enum Form {
    Value,
    Reach,
}

impl Form {
    /// Does the text stand for exactly one such thing, and nothing beside it?
    fn takes(self, text: &str) -> bool {
        let trial = match self {
            Self::Value => format!("param x = {text}"),
            Self::Reach => format!("tiers x {{ y from {text} }}"),
        };
        let parsed = parse(&Source::new("value", trial));
        if !parsed.diagnostics.is_empty() || text.contains('#') {
            return false;
        }
        match (self, parsed.file.items.as_slice()) {
            (Self::Value, [Item::Param(param)]) => param.value.later.is_empty(),
            (Self::Reach, [Item::Tiers(tiers)]) => {
                tiers.clauses.is_empty() && matches!(tiers.tiers.as_slice(), [tier] if tier.values.is_empty())
            }
            _ => false,
        }
    }
}

fn settable(file: &File) -> Vec<Place> {
    let mut places = Vec::new();
    for item in &file.items {
        match item {
            Item::Param(param) => {
                let path = vec![param.name.text.clone()];
                places.push(Place { path, spans: spans_of(&param.value), form: Form::Value });
            }
            Item::Tiers(tiers) => {
                for tier in &tiers.tiers {
                    let path = |last: &str| vec![tiers.name.text.clone(), tier.name.text.clone(), last.to_owned()];
                    let bounds = tier.reach.iter().flat_map(|reach| reach.any.iter().flatten());
                    if let Some(span) = bounds.map(|bound| bound.span).reduce(Span::join) {
                        places.push(Place { path: path("from"), spans: vec![span], form: Form::Reach });
                    }
                    for (name, value) in &tier.values {
                        places.push(Place { path: path(&name.text), spans: spans_of(value), form: Form::Value });
                    }
                }
            }
            _ => {}
        }
    }
    places
}

fn spans_of(dated: &Dated) -> Vec<Span> {
    std::iter::once(dated.first.span).chain(dated.later.iter().map(|(value, _)| value.span)).collect()
}

/// `status."VIP club".from` in its parts.
fn parts(name: &str) -> Vec<String> {
    let (mut parts, mut part, mut quoted) = (Vec::new(), String::new(), false);
    for sign in name.chars() {
        match sign {
            '"' => quoted = !quoted,
            '.' if !quoted => parts.push(std::mem::take(&mut part)),
            _ => part.push(sign),
        }
    }
    parts.push(part);
    parts
}

/// The text with each span (in order, apart) replaced by the value.
fn replaced(text: &str, spans: &[Span], value: &str) -> String {
    let mut new = String::with_capacity(text.len() + value.len());
    let mut from = 0;
    for span in spans {
        new.push_str(text.get(from..span.start as usize).unwrap_or(""));
        new.push_str(value);
        from = span.end as usize;
    }
    new.push_str(text.get(from..).unwrap_or(""));
    new
}

#[cfg(test)]
mod tests {
    use super::*;

    fn program() -> Source {
        Source::new(
            "p.earn",
            "param base = 5%, 6% from 2026-01-01 # rate\ntiers status by spend {\n  Bronze, extra 0%\n  Gold from 50_000 RUB, extra 2%\n}\n",
        )
    }

    #[test]
    fn every_date_of_a_parameter_gets_the_value() {
        let new = with_value(&program(), "base = 4%").unwrap();
        assert!(new.text().starts_with("param base = 4%, 4% from 2026-01-01 # rate\n"), "{}", new.text());
    }

    #[test]
    fn bounds_and_values_of_tiers_can_be_set() {
        let new = with_value(&program(), "status.Gold.from=40_000 RUB").unwrap();
        assert!(new.text().contains("Gold from 40_000 RUB, extra 2%"), "{}", new.text());
        let new = with_value(&program(), "status.Gold.extra=3%").unwrap();
        assert!(new.text().contains("Gold from 50_000 RUB, extra 3%"), "{}", new.text());
    }

    #[test]
    fn what_is_no_value_or_no_name_is_refused() {
        assert!(matches!(with_value(&program(), "base"), Err(VariantError::NoValue(_))));
        for value in ["4% }", "4%\nparam y = 1", "4%, 5% from 2026-02-01", "4% # note", "("] {
            let assignment = format!("base={value}");
            assert!(matches!(with_value(&program(), &assignment), Err(VariantError::BadValue { .. })), "{value}");
        }
        let error = with_value(&program(), "bass=4%").unwrap_err().to_string();
        assert!(error.contains("`base`, `status.Bronze.extra`, `status.Gold.from`"), "{error}");
    }
}
