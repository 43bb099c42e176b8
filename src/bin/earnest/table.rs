//! Tables for people: 80 columns, numbers to the right with their digits in groups.

use crate::output::Paint;
use std::fmt::Write as _;

/// The width that everything is made for.
pub(crate) const WIDTH: usize = 80;

/// On which side a column's cells stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    /// Texts.
    Left,
    /// Numbers.
    Right,
}

/// Rows of cells under heads.
#[derive(Debug)]
pub(crate) struct Table {
    sides: Vec<Side>,
    heads: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with these heads; an empty head for all columns leaves the line of heads out.
    pub(crate) fn new(columns: &[(&str, Side)]) -> Self {
        Self {
            sides: columns.iter().map(|(_, side)| *side).collect(),
            heads: columns.iter().map(|(head, _)| (*head).to_owned()).collect(),
            rows: Vec::new(),
        }
    }

    /// Adds a row.
    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// Has it any rows?
    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The table as text; texts are cut where the line would grow longer than the width.
    pub(crate) fn render(&self, paint: Paint) -> String {
        let widths = self.widths();
        let mut text = String::new();
        if self.heads.iter().any(|head| !head.is_empty()) {
            let line = self.line(&self.heads, &widths);
            let _ = writeln!(text, "{}", paint.bold(&line));
        }
        for row in &self.rows {
            let _ = writeln!(text, "{}", self.line(row, &widths));
        }
        text
    }

    fn widths(&self) -> Vec<usize> {
        let mut widths: Vec<usize> = self.heads.iter().map(|head| length(head)).collect();
        for row in &self.rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(length(cell));
            }
        }
        let gaps = 2 * widths.len().saturating_sub(1);
        let mut over = (widths.iter().sum::<usize>() + gaps).saturating_sub(WIDTH);
        // Numbers are never cut: the widest text gives way, down to eight characters.
        while over > 0 {
            let texts = widths.iter_mut().zip(&self.sides).filter(|(width, side)| **side == Side::Left && **width > 8);
            let Some((widest, _)) = texts.max_by_key(|(width, _)| **width) else { break };
            *widest -= 1;
            over -= 1;
        }
        widths
    }

    fn line(&self, cells: &[String], widths: &[usize]) -> String {
        let mut line = String::new();
        for (at, ((cell, width), side)) in cells.iter().zip(widths).zip(&self.sides).enumerate() {
            if at > 0 {
                line.push_str("  ");
            }
            let cell = cut(cell, *width);
            let blanks = " ".repeat(width.saturating_sub(length(&cell)));
            match side {
                Side::Left => {
                    line.push_str(&cell);
                    line.push_str(&blanks);
                }
                Side::Right => {
                    line.push_str(&blanks);
                    line.push_str(&cell);
                }
            }
        }
        line.truncate(line.trim_end().len());
        line
    }
}

pub(crate) fn length(text: &str) -> usize {
    text.chars().count()
}

/// The text, cut to a width with a sign that it was.
pub(crate) fn cut(text: &str, width: usize) -> String {
    if length(text) <= width {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(width.saturating_sub(1)).collect();
    short.push('…');
    short
}

/// `1234567.5` as `1,234,567.5`.
pub(crate) fn grouped(number: impl std::fmt::Display) -> String {
    let text = number.to_string();
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text.as_str()),
    };
    let (whole, decimals) = rest.split_once('.').map_or((rest, None), |(whole, decimals)| (whole, Some(decimals)));
    let mut grouped = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    match decimals {
        Some(decimals) => format!("{sign}{grouped}.{decimals}"),
        None => format!("{sign}{grouped}"),
    }
}

/// A difference with its sign: `+1,200`, `-3`, `0`.
pub(crate) fn signed(number: impl std::fmt::Display) -> String {
    let text = grouped(number);
    if text == "0" || text.starts_with('-') { text } else { format!("+{text}") }
}

/// A difference in money with its sign: `+1,249.80`.
pub(crate) fn signed_money(sum: impl std::fmt::Display, decimals: usize) -> String {
    let text = money(sum, decimals);
    if text.starts_with('-') || text.chars().all(|sign| matches!(sign, '0' | '.')) { text } else { format!("+{text}") }
}

/// Money with at least the currency's decimals, so that the points of a column stand under each other.
pub(crate) fn money(sum: impl std::fmt::Display, decimals: usize) -> String {
    let text = grouped(sum);
    if decimals == 0 {
        return text;
    }
    let have = text.split_once('.').map_or(0, |(_, digits)| digits.len());
    let missing = "0".repeat(decimals.saturating_sub(have));
    if have == 0 { format!("{text}.{missing}") } else { format!("{text}{missing}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_stand_in_groups() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(-1_234_567), "-1,234,567");
        assert_eq!(grouped("1447682.120"), "1,447,682.120");
        assert_eq!(signed(5), "+5");
        assert_eq!(money("12.5", 2), "12.50");
        assert_eq!(money("1200", 2), "1,200.00");
    }

    #[test]
    fn texts_give_way_to_numbers() {
        let mut table = Table::new(&[("rule", Side::Left), ("given", Side::Right)]);
        table.row(["a".repeat(100), "1,000".to_owned()]);
        let text = table.render(Paint::OFF);
        assert!(text.lines().all(|line| line.chars().count() <= WIDTH), "{text}");
        assert!(text.contains('…') && text.contains("1,000"), "{text}");
    }
}
