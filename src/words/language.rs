//! The messages of a language, as Fluent has them: `per-item = { $amount } for each item`.
//!
//! English stands behind every other language, so that a file that lacks a message still gives whole terms.

use crate::value::Exact;
use fluent_bundle::{FluentArgs, FluentBundle, FluentResource, FluentValue};
use std::borrow::Cow;

/// The languages that are built in: their codes and messages.
const BUILT_IN: &[(&str, &str)] =
    &[("en", include_str!("../../locales/en/words.ftl")), ("ru", include_str!("../../locales/ru/words.ftl"))];

/// Why messages cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LanguageError {
    /// No such code.
    #[error("`{0}` is no language that is built in; there are {known}", known = Language::built_in().join(", "))]
    Unknown(String),
    /// A code that is none.
    #[error("`{0}` is no code of a language, expected one like `de` or `pt-BR`")]
    Code(String),
    /// The file of messages does not read.
    #[error("the messages do not read: {0}")]
    Messages(String),
}

/// What a message is given.
#[derive(Debug, Clone)]
pub(super) enum Said {
    /// A text as it stands.
    Text(String),
    /// A number that also chooses a plural form.
    Number(u32),
    /// A number of the program that chooses a plural form; how it looks is given apart.
    Exact(Exact),
}

impl From<String> for Said {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Said {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<u32> for Said {
    fn from(number: u32) -> Self {
        Self::Number(number)
    }
}

impl From<Exact> for Said {
    fn from(number: Exact) -> Self {
        Self::Exact(number)
    }
}

/// The messages of one language, and English behind them.
pub struct Language {
    code: String,
    bundles: Vec<FluentBundle<FluentResource>>,
}

impl std::fmt::Debug for Language {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Language").field("code", &self.code).finish_non_exhaustive()
    }
}

impl Language {
    /// The codes of the languages that are built in.
    pub fn built_in() -> Vec<&'static str> {
        BUILT_IN.iter().map(|(code, _)| *code).collect()
    }

    /// A language that is built in: `en`, `ru`.
    pub fn named(code: &str) -> Result<Self, LanguageError> {
        let text = BUILT_IN.iter().find(|(known, _)| *known == code).map(|(_, text)| *text);
        Self::new(code, text.ok_or_else(|| LanguageError::Unknown(code.to_owned()))?)
    }

    /// A language from a file of messages; what it lacks is said in English.
    pub fn new(code: &str, messages: &str) -> Result<Self, LanguageError> {
        let mut bundles = vec![bundle(code, messages)?];
        for (known, text) in BUILT_IN.iter().filter(|(known, _)| *known == "en" && code != "en") {
            bundles.push(bundle(known, text)?);
        }
        Ok(Self { code: code.to_owned(), bundles })
    }

    /// Its code: `en`.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// A message with texts put in, for pages that are written elsewhere: the report of a simulation.
    pub fn text(&self, key: &str, values: &[(&'static str, &str)]) -> String {
        let values: Vec<(&'static str, Said)> = values
            .iter()
            .map(|(name, text)| {
                // A whole number also chooses a plural form.
                let number = text.parse().ok().filter(|_| *name == "count").map(Said::Number);
                (*name, number.unwrap_or_else(|| Said::from(*text)))
            })
            .collect();
        self.say(key, &values)
    }

    /// A message with its values. What no file has shows its key in brackets: a test sees to it that none does.
    pub(super) fn say(&self, key: &str, values: &[(&'static str, Said)]) -> String {
        self.try_say(key, values).unwrap_or_else(|| format!("⟨{key}⟩"))
    }

    /// A message that need not be there, such as the sign of a currency.
    pub(super) fn try_say(&self, key: &str, values: &[(&'static str, Said)]) -> Option<String> {
        let args: FluentArgs<'_> = values.iter().map(|(name, value)| (*name, fluent(value))).collect();
        self.bundles.iter().find_map(|bundle| {
            let pattern = bundle.get_message(key)?.value()?;
            let mut errors = Vec::new();
            let text = bundle.format_pattern(pattern, Some(&args), &mut errors);
            errors.is_empty().then(|| Cow::into_owned(text))
        })
    }
}

fn fluent(value: &Said) -> FluentValue<'static> {
    match value {
        Said::Text(text) => FluentValue::from(text.clone()),
        Said::Number(number) => FluentValue::from(*number),
        // The decimal text decides on the plural form, so that 1.5 is not taken for one.
        Said::Exact(number) => {
            FluentValue::try_number(&number.to_amount().unwrap_or_default().to_string()).into_owned()
        }
    }
}

fn bundle(code: &str, messages: &str) -> Result<FluentBundle<FluentResource>, LanguageError> {
    let language = code.parse().map_err(|_| LanguageError::Code(code.to_owned()))?;
    let resource = FluentResource::try_new(messages.to_owned())
        .map_err(|(_, errors)| LanguageError::Messages(errors.first().map_or_else(String::new, ToString::to_string)))?;
    let mut bundle = FluentBundle::new(vec![language]);
    bundle.set_use_isolating(false);
    bundle
        .add_resource(resource)
        .map_err(|errors| LanguageError::Messages(errors.first().map_or_else(String::new, ToString::to_string)))?;
    Ok(bundle)
}
