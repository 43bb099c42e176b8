//! Numbers, money, dates and lengths of time: `20 RUB`, `15 December`, `14 days`.

use super::language::Said;
use super::teller::{Case, Teller};
use crate::syntax::ast::{Dates, InForce, Literal, LiteralKind, MonthDay, Name};
use crate::time::{Day, Duration, TimeOfDay};
use crate::value::Exact;

impl Teller<'_> {
    /// `1,000.5`
    pub(super) fn number(self, number: Exact) -> String {
        let text = number.to_amount().unwrap_or_default().to_string();
        let (sign, digits) = text.strip_prefix('-').map_or(("", text.as_str()), |digits| ("−", digits));
        let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
        let gap = say!(self, "number-gap");
        let mut out = sign.to_owned();
        for (at, digit) in whole.char_indices() {
            if at > 0 && (whole.len() - at).is_multiple_of(3) {
                out.push_str(&gap);
            }
            out.push(digit);
        }
        if !decimals.is_empty() {
            out.push_str(&say!(self, "number-point"));
            out.push_str(decimals);
        }
        out
    }

    /// `20 RUB`, or with the sign that the language has for it
    pub(super) fn money(self, number: Exact) -> String {
        say!(self, "money", number = self.number(number), currency = self.currency())
    }

    pub(super) fn currency(self) -> String {
        let code = self.names.currency;
        self.language.try_say(&format!("currency-{code}"), &[]).unwrap_or_else(|| code.to_owned())
    }

    /// `50 beans`, `20 RUB`, `3 times`
    pub(super) fn quantity(self, number: Exact, noun: &str) -> String {
        let known = self.names.units.contains_key(noun) || self.names.counters.contains_key(noun);
        match noun {
            _ if noun == self.names.currency => self.money(number),
            _ if known => say!(self, "quantity", number = self.number(number), noun = noun),
            "time" | "times" => say!(self, "times", number = self.number(number), n = number),
            "receipt" | "receipts" => say!(self, "receipts", number = self.number(number), n = number),
            "member" | "members" => say!(self, "members", number = self.number(number), n = number),
            _ => say!(self, "quantity", number = self.number(number), noun = noun),
        }
    }

    /// A literal in words.
    pub(super) fn literal(self, kind: &LiteralKind) -> String {
        match kind {
            LiteralKind::Number(number) => self.number(*number),
            LiteralKind::Percent(number) => say!(self, "percent", number = self.number(*number)),
            LiteralKind::Quantity(number, noun) => self.quantity(*number, &noun.text),
            LiteralKind::Text(text) if text.is_empty() => say!(self, "text-empty"),
            LiteralKind::Text(text) => say!(self, "text", text = text.as_str()),
            LiteralKind::Date(day) => self.date(*day),
            LiteralKind::Time(time) => self.clock(*time),
            LiteralKind::Flag(true) => say!(self, "yes"),
            LiteralKind::Flag(false) => say!(self, "no"),
        }
    }

    /// `“tea”, “coffee”`
    pub(super) fn literals(self, literals: &[Literal]) -> String {
        self.listed(literals.iter().map(|literal| self.literal(&literal.kind)))
    }

    /// Texts with commas between.
    pub(super) fn listed(self, texts: impl Iterator<Item = String>) -> String {
        texts.collect::<Vec<_>>().join(&say!(self, "list-gap"))
    }

    /// A name in the quotes of the language.
    pub(super) fn name(self, name: &Name) -> String {
        say!(self, "text", text = name.text.as_str())
    }

    /// `31 December 2026`
    pub(super) fn date(self, day: Day) -> String {
        let (year, month, day) = day.ymd();
        say!(self, "date", day = day, month = MONTHS.get(at(month)).copied().unwrap_or(""), year = year.to_string())
    }

    /// `15 December`
    pub(super) fn month_day(self, day: MonthDay) -> String {
        say!(self, "month-day", day = day.day, month = MONTHS.get(at(day.month)).copied().unwrap_or(""))
    }

    /// `15:00`
    pub(super) fn clock(self, time: TimeOfDay) -> String {
        say!(self, "clock", time = time.to_string())
    }

    /// `14 days`
    pub(super) fn duration(self, duration: Duration, case: Case) -> String {
        let values = Self::length(duration);
        let [count, unit] = values;
        self.language.say("length", &[count, unit, ("case", Said::from(case.word()))])
    }

    /// The values that a message with a length of time is given.
    pub(super) fn length(duration: Duration) -> [(&'static str, Said); 2] {
        [("count", Said::Number(duration.count)), ("unit", Said::from(duration.unit.word()))]
    }

    /// `from 1 January 2026 to 31 December 2026`; empty where nothing is said.
    pub(super) fn stretch(self, from: Option<Day>, to: Option<Day>) -> String {
        match (from, to) {
            (Some(from), Some(to)) if from == to => self.date(from),
            (Some(from), Some(to)) => say!(self, "from-to", from = self.date(from), to = self.date(to)),
            (Some(from), None) => say!(self, "from-on", from = self.date(from)),
            (None, Some(to)) => say!(self, "up-to", to = self.date(to)),
            (None, None) => String::new(),
        }
    }

    pub(super) fn dates(self, dates: Dates) -> String {
        self.stretch(dates.from, dates.to)
    }

    pub(super) fn in_force(self, in_force: InForce) -> Option<String> {
        let text = self.stretch(in_force.from, in_force.to);
        (!text.is_empty()).then_some(text)
    }
}

/// The months as messages know them.
pub(super) const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// The place of a month in a list.
pub(super) fn at(month: u32) -> usize {
    usize::try_from(month).unwrap_or(0).saturating_sub(1)
}
