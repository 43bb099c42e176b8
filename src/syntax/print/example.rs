//! Examples: a step a line; a receipt of one line stays on it.

use super::LINE_MAX;
use super::name::quoted;
use super::rule::fact_text;
use super::writer::Writer;
use crate::source::Span;
use crate::syntax::ast::{Example, ExampleFact, ExpectAward, FactPart, Literal, LiteralKind, Name, Step};
use crate::time::Day;

/// Pairs and amounts that stand on one line, and their place.
struct Together {
    text: String,
    span: Span,
}

impl Writer<'_> {
    /// `example "double at New Year" { … }`, its line begun
    pub(super) fn example(&mut self, example: &Example) {
        self.put(&format!("example {}", quoted(&example.name.text)));
        self.block_of(&example.steps, example.name.span.end, example.span.end, step_span, Self::step);
    }

    fn step(&mut self, step: &Step) {
        match step {
            Step::Member(name, pairs, span) => {
                self.put(&format!("member {}", quoted(&name.text)));
                let pairs: Vec<Together> = pairs.iter().map(|(name, value)| self.pair(name, value)).collect();
                let numbers = pairs.len() > 1;
                self.parts(&pairs, numbers, name.span.end, *span);
            }
            Step::Fact(fact) => self.fact(fact),
            Step::ExpectAward(award) => self.put(&self.award_text(award)),
            Step::ExpectState { condition, member, on, .. } => {
                self.put("expect ");
                self.condition(condition);
                self.put(&for_text(member.as_ref()));
                self.put(&on.map_or(String::new(), |day| format!(" on {day}")));
            }
        }
    }

    fn fact(&mut self, fact: &ExampleFact) {
        self.put(&format!("on {}", fact.day));
        if let Some(time) = fact.time {
            self.put(&format!(" {time}"));
        }
        self.put(&format!(" {}", fact_text(&fact.fact)));
        if let Some(receipt) = &fact.receipt {
            self.put(&format!(" {}", quoted(&receipt.text)));
        }
        if let Some(quantity) = &fact.quantity {
            self.put(&format!(" {}", self.literal(&quantity.kind, quantity.span)));
        }
        for (word, name) in [
            ("of", &fact.of),
            ("by", &fact.by),
            ("referred by", &fact.referred_by),
            ("into", &fact.into),
            ("for", &fact.reward),
        ] {
            if let Some(name) = name {
                self.put(&format!(" {word} {}", quoted(&name.text)));
            }
        }
        if let Some(parts) = &fact.parts {
            let lines = self.lines_of(parts);
            let apart = lines.len() > 1;
            self.parts(&lines, apart, fact.span.start, fact.span);
        }
    }

    /// ` { … }` on one line if it is one, else a line for each.
    fn parts(&mut self, lines: &[Together], apart: bool, from: u32, span: Span) {
        let texts: Vec<&str> = lines.iter().map(|line| line.text.as_str()).collect();
        let inline = if texts.is_empty() { " {}".to_owned() } else { format!(" {{ {} }}", texts.join(" ")) };
        let bracket = self.bracket("{", from);
        let commented = self.has_comment(Span::new(bracket, span.end));
        if !apart && !commented && self.column() + inline.chars().count() <= LINE_MAX {
            return self.put(&inline);
        }
        self.put(" ");
        self.open("{", from);
        for line in lines {
            self.line(line.span, |writer| writer.put(&line.text));
        }
        self.close("}", span.end);
    }

    fn pair(&self, name: &Name, value: &Literal) -> Together {
        let text = format!("{} {}", super::name::bare(name), self.literal(&value.kind, value.span));
        Together { text, span: name.span.join(value.span) }
    }

    /// A receipt's line is the pairs before its amount; what follows the last amount belongs to the receipt.
    fn lines_of(&self, parts: &[FactPart]) -> Vec<Together> {
        let last_amount = parts.iter().rposition(|part| matches!(part, FactPart::Amount(_)));
        let mut lines: Vec<Together> = Vec::new();
        let mut open = false;
        for (at, part) in parts.iter().enumerate() {
            let (next, closes) = match part {
                FactPart::Pair(name, value) => {
                    // After a plain number the next name would be its unit; an amount may follow it.
                    let plain = matches!(value.kind, LiteralKind::Number(_));
                    (self.pair(name, value), plain && !matches!(parts.get(at + 1), Some(FactPart::Amount(_))))
                }
                FactPart::Amount(amount) => {
                    (Together { text: self.literal(&amount.kind, amount.span), span: amount.span }, true)
                }
            };
            match lines.last_mut().filter(|_| open) {
                Some(line) => {
                    line.text = format!("{} {}", line.text, next.text);
                    line.span = line.span.join(next.span);
                }
                None => lines.push(next),
            }
            let of_receipt = last_amount.is_none_or(|last| at > last);
            open = !closes && !of_receipt;
        }
        lines
    }

    fn award_text(&self, award: &ExpectAward) -> String {
        let rule = award.rule.as_ref().map_or(String::new(), |rule| format!(" from {}", quoted(&rule.text)));
        let day = |word: &str, day: Option<Day>| day.map_or(String::new(), |day| format!(" {word} on {day}"));
        format!(
            "expect {}{rule}{}{}{}",
            self.literal(&award.quantity.kind, award.quantity.span),
            day("opening", award.opening),
            day("expiring", award.expiring),
            for_text(award.member.as_ref()),
        )
    }
}

fn step_span(step: &Step) -> Span {
    match step {
        Step::Member(_, _, span) | Step::ExpectState { span, .. } => *span,
        Step::Fact(fact) => fact.span,
        Step::ExpectAward(award) => award.span,
    }
}

fn for_text(member: Option<&Name>) -> String {
    member.map_or(String::new(), |member| format!(" for {}", quoted(&member.text)))
}
