//! The map: a small TOML file that says how an export differs from the standard columns.
//!
//! ```toml
//! decimal = ","
//! at.format = "%d.%m.%Y %H:%M"
//! [columns]
//! member = "CustomerID"
//! receipt = "InvoiceNo"
//! [kind]
//! return = { column = "InvoiceNo", starts_with = "C" }
//! [sign]
//! return = "negative"
//! ```

use super::error::{HistoryError, Problem};
use super::stamp::Format;
use crate::ty::Kind;
use crate::value::Amount;
use std::collections::BTreeMap;
use toml::{Table, Value};

/// How a file of history or of members is to be read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is one line of the map file")]
pub struct Map {
    pub(super) columns: BTreeMap<String, Column>,
    pub(super) members: BTreeMap<String, Column>,
    pub(super) constants: BTreeMap<String, String>,
    pub(super) kinds: Vec<KindRule>,
    pub(super) formats: BTreeMap<String, Format>,
    pub(super) returns_negative: bool,
    pub(super) redeems_negative: bool,
    pub(super) after_discount: bool,
    pub(super) decimal_comma: bool,
    pub(super) delimiter: Option<u8>,
    pub(super) encoding: Encoding,
    pub(super) headless: bool,
    pub(super) strip: Option<String>,
}

/// Which column of the file it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Column {
    /// `"CustomerID"`
    Named(String),
    /// `3`, from 1
    Position(usize),
}

/// How letters are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Encoding {
    #[default]
    Utf8,
    Windows1251,
}

/// `return = { column = "quantity", below = 0 }`
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct KindRule {
    pub(super) kind: Kind,
    pub(super) column: Column,
    pub(super) test: KindTest,
}

/// What a field has to be for a row to be of the kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum KindTest {
    StartsWith(String),
    EndsWith(String),
    OneOf(Vec<String>),
    Below(Amount),
    Above(Amount),
}

/// The kinds by the names that data use.
pub(super) const KINDS: [(&str, Kind); 8] = [
    ("purchase", Kind::Purchase),
    ("return", Kind::Return),
    ("join", Kind::Join),
    ("action", Kind::Action),
    ("redeem", Kind::Redeem),
    ("merge", Kind::Merge),
    ("adjust", Kind::Adjust),
    ("leave", Kind::Leave),
];

/// The name that data use for a kind.
pub(super) fn kind_name(kind: Kind) -> &'static str {
    KINDS.iter().find(|(_, known)| *known == kind).map_or("purchase", |(name, _)| name)
}

impl Map {
    /// Reads a map; `name` is shown in its errors.
    ///
    /// ```
    /// let map = earnest::history::Map::parse("shop.map.toml", "decimal = ','\n[columns]\nmember = 'Card'");
    /// assert!(map.is_ok());
    /// ```
    pub fn parse(name: &str, text: &str) -> Result<Self, HistoryError> {
        Self::read(text).map_err(|problem| HistoryError::of_file(name, Problem::Map(problem)))
    }

    /// Are the amounts those after the programme's own discounts (`[amounts] after_discount = true`)?
    pub fn after_discount(&self) -> bool {
        self.after_discount
    }

    fn read(text: &str) -> Result<Self, String> {
        let table: Table = text.parse().map_err(|error: toml::de::Error| error.to_string().trim_end().to_owned())?;
        let mut map = Self::default();
        for (key, value) in &table {
            match key.as_str() {
                "columns" => map.columns = columns(key, value)?,
                "members" => map.members = columns(key, value)?,
                "constants" => map.constants = constants(value)?,
                "kind" => map.kinds = kind_rules(value)?,
                "sign" => map.read_signs(value)?,
                "amounts" => map.read_amounts(value)?,
                "decimal" => map.decimal_comma = decimal(value)?,
                "delimiter" => map.delimiter = Some(delimiter(value)?),
                "encoding" => map.encoding = encoding(value)?,
                "header" => map.headless = !value.as_bool().ok_or_else(|| expected(key, value, "true or false"))?,
                "strip" => map.strip = Some(text_of(key, value)?.to_owned()),
                _ => {
                    let format = format(key, value)?;
                    map.formats.insert(key.clone(), format);
                }
            }
        }
        Ok(map)
    }

    fn read_signs(&mut self, value: &Value) -> Result<(), String> {
        for (key, value) in table_of("sign", value)? {
            let negative = match text_of(key, value)? {
                "negative" => true,
                "positive" => false,
                _ => return Err(expected(key, value, "\"negative\" or \"positive\"")),
            };
            match key.as_str() {
                "return" => self.returns_negative = negative,
                "redeem" => self.redeems_negative = negative,
                _ => return Err(format!("found `{key}` under `[sign]`, expected `return` or `redeem`")),
            }
        }
        Ok(())
    }

    fn read_amounts(&mut self, value: &Value) -> Result<(), String> {
        for (key, value) in table_of("amounts", value)? {
            match (key.as_str(), value.as_bool()) {
                ("after_discount", Some(after)) => self.after_discount = after,
                ("after_discount", None) => return Err(expected(key, value, "true or false")),
                _ => return Err(format!("found `{key}` under `[amounts]`, expected `after_discount`")),
            }
        }
        Ok(())
    }
}

fn expected(key: &str, value: &Value, what: &str) -> String {
    format!("found `{key} = {value}`, expected {what}")
}

fn text_of<'a>(key: &str, value: &'a Value) -> Result<&'a str, String> {
    value.as_str().ok_or_else(|| expected(key, value, "a text in quotes"))
}

fn table_of<'a>(key: &str, value: &'a Value) -> Result<&'a Table, String> {
    value.as_table().ok_or_else(|| expected(key, value, "a table"))
}

fn column(key: &str, value: &Value) -> Result<Column, String> {
    match value {
        Value::String(name) => Ok(Column::Named(name.clone())),
        Value::Integer(position) => usize::try_from(*position)
            .ok()
            .and_then(|position| position.checked_sub(1))
            .map(|index| Column::Position(index + 1))
            .ok_or_else(|| expected(key, value, "a position from 1")),
        _ => Err(expected(key, value, "the name of a column, or its position from 1")),
    }
}

fn columns(key: &str, value: &Value) -> Result<BTreeMap<String, Column>, String> {
    table_of(key, value)?.iter().map(|(key, value)| Ok((key.clone(), column(key, value)?))).collect()
}

fn constants(value: &Value) -> Result<BTreeMap<String, String>, String> {
    let text = |key: &str, value: &Value| match value {
        Value::String(text) => Ok(text.clone()),
        Value::Integer(number) => Ok(number.to_string()),
        Value::Boolean(flag) => Ok(if *flag { "yes" } else { "no" }.to_owned()),
        _ => Err(expected(key, value, "a text, a whole number, true or false (write decimals in quotes)")),
    };
    table_of("constants", value)?.iter().map(|(key, value)| Ok((key.clone(), text(key, value)?))).collect()
}

fn kind_rules(value: &Value) -> Result<Vec<KindRule>, String> {
    let table = table_of("kind", value)?;
    if let Some(key) = table.keys().find(|key| KINDS.iter().all(|(name, _)| name != key)) {
        let known: Vec<_> = KINDS.iter().map(|(name, _)| *name).collect();
        return Err(format!("found `{key}` under `[kind]`, expected one of {}", known.join(", ")));
    }
    let mut rules = Vec::new();
    for (name, kind) in KINDS {
        match table.get(name) {
            None => {}
            Some(Value::Array(all)) => {
                for rule in all {
                    rules.push(kind_rule(name, kind, rule)?);
                }
            }
            Some(rule) => rules.push(kind_rule(name, kind, rule)?),
        }
    }
    Ok(rules)
}

fn kind_rule(name: &str, kind: Kind, value: &Value) -> Result<KindRule, String> {
    let shape = "{ column = …, and one of starts_with, ends_with, equals, one_of, below, above }";
    let table = table_of(name, value).map_err(|_| expected(name, value, shape))?;
    let mut found = None;
    let mut test = None;
    for (key, value) in table {
        let this = match key.as_str() {
            "column" => {
                found = Some(column(key, value)?);
                continue;
            }
            "starts_with" => KindTest::StartsWith(text_of(key, value)?.to_owned()),
            "ends_with" => KindTest::EndsWith(text_of(key, value)?.to_owned()),
            "equals" => KindTest::OneOf(vec![text_of(key, value)?.to_owned()]),
            "one_of" => {
                let all = value.as_array().ok_or_else(|| expected(key, value, "a list of texts"))?;
                let texts = all.iter().map(|value| text_of(key, value).map(str::to_owned));
                KindTest::OneOf(texts.collect::<Result<_, _>>()?)
            }
            "below" => KindTest::Below(amount(key, value)?),
            "above" => KindTest::Above(amount(key, value)?),
            _ => return Err(format!("found `{key}` in `{name}`, expected {shape}")),
        };
        if test.replace(this).is_some() {
            return Err(expected(name, value, shape));
        }
    }
    match (found, test) {
        (Some(column), Some(test)) => Ok(KindRule { kind, column, test }),
        _ => Err(expected(name, value, shape)),
    }
}

fn amount(key: &str, value: &Value) -> Result<Amount, String> {
    let read = match value {
        Value::Integer(number) => Amount::whole(*number).ok(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    };
    read.ok_or_else(|| expected(key, value, "a whole number (write decimals in quotes)"))
}

fn decimal(value: &Value) -> Result<bool, String> {
    match value.as_str() {
        Some(",") => Ok(true),
        Some(".") => Ok(false),
        _ => Err(expected("decimal", value, "\",\" or \".\"")),
    }
}

fn delimiter(value: &Value) -> Result<u8, String> {
    match value.as_str().map(str::as_bytes) {
        Some(&[byte]) if !matches!(byte, b'"' | b'\n' | b'\r') => Ok(byte),
        _ => Err(expected("delimiter", value, "one character such as \";\", or \" \" for runs of blanks")),
    }
}

fn encoding(value: &Value) -> Result<Encoding, String> {
    match value.as_str().map(str::to_lowercase).as_deref() {
        Some("utf-8" | "utf8") => Ok(Encoding::Utf8),
        Some("windows-1251" | "cp1251") => Ok(Encoding::Windows1251),
        _ => Err(expected("encoding", value, "\"utf-8\" or \"windows-1251\"")),
    }
}

/// `at.format = "…"` is a table with one key.
fn format(key: &str, value: &Value) -> Result<Format, String> {
    let known = "columns, members, constants, kind, sign, amounts, decimal, delimiter, encoding, header, strip \
                 or the format of a column (at.format)";
    let Some(table) = value.as_table() else { return Err(format!("found `{key}`, expected {known}")) };
    match table.get("format") {
        Some(text) if table.len() == 1 => Format::parse(text_of("format", text)?),
        _ => Err(format!("found `[{key}]`, expected {known}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_map_says_what_the_contract_names() {
        let text = r#"
            decimal = ","
            delimiter = ";"
            encoding = "windows-1251"
            header = false
            strip = ".0"
            at.format = "%m/%d/%Y %H:%M"
            [columns]
            member = 3
            receipt = "InvoiceNo"
            [constants]
            channel = "web"
            [kind]
            return = { column = "InvoiceNo", starts_with = "C" }
            redeem = [{ column = "type", equals = "R" }, { column = "points", below = 0 }]
            [sign]
            return = "negative"
            [amounts]
            after_discount = true
        "#;
        let map = Map::parse("m", text).unwrap();
        assert_eq!(map.columns.get("member"), Some(&Column::Position(3)));
        assert_eq!(map.kinds.len(), 3);
        assert!(map.decimal_comma && map.headless && map.returns_negative && map.after_discount());
        assert_eq!(map.formats.get("at").map(Format::text), Some("%m/%d/%Y %H:%M"));
    }

    #[test]
    fn what_a_map_cannot_say_is_refused_with_what_it_can() {
        for (text, message) in [
            (
                "delimeter = ';'",
                "m: found `delimeter`, expected columns, members, constants, kind, sign, amounts, decimal, delimiter, encoding, header, strip or the format of a column (at.format)",
            ),
            ("decimal = ';'", "m: found `decimal = \";\"`, expected \",\" or \".\""),
            (
                "[kind]\nrefund = {}",
                "m: found `refund` under `[kind]`, expected one of purchase, return, join, action, redeem, merge, adjust, leave",
            ),
            (
                "at.format = '%d.%m'",
                "m: found the format `%d.%m`, expected year, month and day in it (%Y %m %d), or %s",
            ),
            ("[sign]\nreturn = 'minus'", "m: found `return = \"minus\"`, expected \"negative\" or \"positive\""),
        ] {
            assert_eq!(Map::parse("m", text).unwrap_err().to_string(), message);
        }
    }
}
