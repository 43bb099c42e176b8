//! The leaves of the tree: names, texts, numbers, dates, durations; and the problems that only a value
//! can have (`2026-02-30`, `25:00`, seven decimals).

use super::{Builder, grammar::Node, problem};
use crate::diag::{Code, Diagnostic};
use crate::syntax::ast::{Literal, LiteralKind, MonthDay, Name, Ordinal};
use crate::time::{Day, Duration, DurationUnit, TimeOfDay, Weekday};
use crate::value::{Amount, AmountError, Exact};

/// The longest name or text, in bytes.
const NAME_BYTES_MAX: usize = 128;

/// The months as they are written.
pub(in crate::syntax) const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

impl Builder {
    /// `bean` or `"gift card"`
    pub(super) fn name(&mut self, node: Option<Node<'_>>) -> Option<Name> {
        let node = node?;
        let Some(text) = node.written().strip_prefix('"') else {
            self.check_whole_word(&node);
            return Some(self.sized(Name { text: node.written().to_owned(), span: node.span }));
        };
        let text = unescaped(text.strip_suffix('"').unwrap_or(text));
        Some(self.sized(Name { text, span: node.span }))
    }

    /// `bean, beans`
    pub(super) fn names(&mut self, nodes: Vec<Node<'_>>) -> Option<Vec<Name>> {
        nodes.into_iter().map(|node| self.name(Some(node))).collect()
    }

    fn sized(&mut self, name: Name) -> Name {
        if name.text.len() > NAME_BYTES_MAX {
            let message = format!("this text has {} bytes, at most {NAME_BYTES_MAX} are read", name.text.len());
            self.report(problem(Code::TooLarge, name.span, message, "write a shorter one"));
        }
        name
    }

    /// A keyword that begins another (`in`, `including`) could leave the rest of a word as a name.
    fn check_whole_word(&mut self, node: &Node<'_>) {
        let tokens = node.text.tokens;
        let at = tokens.at(node.span.start.saturating_add(1)).saturating_sub(1);
        let Some(token) = tokens.list.get(at).filter(|token| token.span != node.span) else { return };
        let word = node.text.source.slice(token.span);
        let message = format!("found `{word}`, which cannot stand here");
        self.report(problem(Code::Syntax, token.span, message, "write the words apart, or a name in quotes"));
    }

    /// `20_000.50`
    pub(super) fn number(&mut self, node: Option<Node<'_>>) -> Option<Exact> {
        let node = node?;
        let error = match node.written().replace('_', "").parse::<Amount>() {
            Ok(amount) => return Some(amount.into()),
            Err(error) => error,
        };
        let (message, help) = match error {
            AmountError::TooPrecise => ("has more than six decimals", "write at most six decimals"),
            AmountError::TooLarge | AmountError::NotANumber => {
                ("is too large", "write a number below 9_000_000_000_000")
            }
        };
        self.report(problem(Code::InvalidNumber, node.span, format!("`{}` {message}", node.written()), help));
        Some(Exact::ZERO)
    }

    /// A number without decimals: `14` of `14 days`.
    pub(super) fn whole(&mut self, node: Option<Node<'_>>) -> Option<u32> {
        let node = node?;
        if let Ok(whole) = node.written().replace('_', "").parse() {
            return Some(whole);
        }
        let message = format!("`{}` stands where a whole number up to {} is expected", node.written(), u32::MAX);
        self.report(problem(Code::InvalidNumber, node.span, message, "write a number without decimals"));
        Some(1)
    }

    /// `2026-12-31`
    pub(super) fn day(&mut self, node: Option<Node<'_>>) -> Option<Day> {
        let node = node?;
        if let Some(day) = Day::parse(node.written()) {
            return Some(day);
        }
        let year: i32 = node.written().get(..4)?.parse().ok()?;
        let (message, help) = if (Day::YEAR_MIN..=Day::YEAR_MAX).contains(&year) {
            ("is no day of the calendar", "write a day that exists: year, month and day, as in `2026-12-31`".to_owned())
        } else {
            ("is out of range", format!("write a year from {} to {}", Day::YEAR_MIN, Day::YEAR_MAX))
        };
        self.report(problem(Code::InvalidDate, node.span, format!("`{}` {message}", node.written()), help));
        Some(Day::MIN)
    }

    /// `15:00`
    pub(super) fn clock(&mut self, node: Option<Node<'_>>) -> Option<TimeOfDay> {
        let node = node?;
        let padded = format!("{:0>5}", node.written());
        if let Some(time) = TimeOfDay::parse(&padded) {
            return Some(time);
        }
        let message = format!("`{}` is no time of day", node.written());
        self.report(problem(Code::InvalidDate, node.span, message, "write a time from `00:00` to `23:59`"));
        Some(TimeOfDay::MIDNIGHT)
    }

    /// `Dec 15`
    pub(super) fn month_day(&mut self, node: Option<Node<'_>>) -> Option<MonthDay> {
        let node = node?;
        let mut parts = node.parts();
        let month = month_number(&parts.node("month")?)?;
        let day = self.whole(parts.node("number"))?;
        // A leap year, because 29 February returns too (on the 28th in other years).
        if Day::from_ymd(2024, month, day).is_none() {
            let message = format!("`{}` is no day of the year", node.written());
            let help = "write a day that the month has, as in `Dec 31`";
            self.report(problem(Code::InvalidDate, node.span, message, help));
            return Some(MonthDay { month, day: 1 });
        }
        Some(MonthDay { month, day })
    }

    /// `14 days`
    pub(super) fn duration(&mut self, node: Option<Node<'_>>) -> Option<Duration> {
        let mut parts = node?.parts();
        let count = self.whole(parts.node("number"))?;
        Some(Duration::new(count, duration_unit(&parts.node("duration_unit")?)?))
    }

    /// `5th`, `first`
    pub(super) fn ordinal(&mut self, node: Option<Node<'_>>) -> Option<Ordinal> {
        let node = node?;
        let number = match node.written() {
            "first" => return Some(Ordinal::Nth(1)),
            "last" => return Some(Ordinal::Last),
            written => written.trim_end_matches(|c: char| c.is_ascii_alphabetic()).parse().unwrap_or(0),
        };
        if number == 0 {
            let message = format!("`{}` counts nothing", node.written());
            self.report(problem(Code::InvalidNumber, node.span, message, "write `first`, `2nd`, `3rd` and so on"));
            return Some(Ordinal::Nth(1));
        }
        Some(Ordinal::Nth(number))
    }

    /// `5%`, `20 RUB`, `"cakes"`
    pub(super) fn literal(&mut self, node: Option<Node<'_>>) -> Option<Literal> {
        let node = node?;
        let span = node.span;
        let leaf = node.parts().any_node()?;
        self.literal_kind(leaf).map(|kind| Literal { kind, span })
    }

    /// What a literal is, from the node below it.
    pub(super) fn literal_kind(&mut self, leaf: Node<'_>) -> Option<LiteralKind> {
        Some(match leaf.kind {
            "date" => LiteralKind::Date(self.day(Some(leaf))?),
            "clock" => LiteralKind::Time(self.clock(Some(leaf))?),
            "percent" => LiteralKind::Percent(self.number(leaf.parts().node("number"))?),
            "quantity" => {
                let mut parts = leaf.parts();
                LiteralKind::Quantity(self.number(parts.node("number"))?, self.name(parts.node("name"))?)
            }
            "number" => LiteralKind::Number(self.number(Some(leaf))?),
            "text" => LiteralKind::Text(self.name(Some(leaf))?.text),
            "yes_no" => LiteralKind::Flag(leaf.written() == "yes"),
            _ => return None,
        })
    }

    /// Notes a problem of a declaration that was otherwise understood.
    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }
}

/// A text without its escapes: `\"` and `\\`.
fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        plain.extend(if c == '\\' { chars.next() } else { Some(c) });
    }
    plain
}

/// `Dec` is 12.
pub(super) fn month_number(node: &Node<'_>) -> Option<u32> {
    let at = MONTHS.iter().position(|month| *month == node.written())?;
    u32::try_from(at + 1).ok()
}

/// `days`
pub(super) fn duration_unit(node: &Node<'_>) -> Option<DurationUnit> {
    Some(match node.written().trim_end_matches('s') {
        "minute" => DurationUnit::Minute,
        "hour" => DurationUnit::Hour,
        "day" => DurationUnit::Day,
        "week" => DurationUnit::Week,
        "month" => DurationUnit::Month,
        "quarter" => DurationUnit::Quarter,
        "year" => DurationUnit::Year,
        _ => return None,
    })
}

/// `Friday`
pub(super) fn weekday(node: &Node<'_>) -> Option<Weekday> {
    Weekday::parse(node.written())
}
