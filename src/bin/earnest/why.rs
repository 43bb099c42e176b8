//! Why the sums of a simulation change: who gains and loses most, and how near rules and tiers came.

use crate::args::DataArgs;
use crate::output::Paint;
use crate::report::Money;
use crate::table::{Side, Table, WIDTH, cut, grouped, length, signed_money};
use earnest::sim::compare::Variant;
use earnest::sim::count::Near;
use earnest::sim::gains::{Change, MoveApart};
use std::fmt::Write as _;
use std::path::Path;

/// How many members are told on each side: the JSON and the report have more.
const TOLD: usize = 3;
/// With more variants the members of each would be too much to read.
const VARIANTS_MAX: usize = 3;

/// The command that explains a member's receipts, up to the member.
pub(crate) fn command(file: &Path, data: &DataArgs, how: &[(&str, &str)]) -> String {
    let mut words = vec!["earnest explain".to_owned(), quoted(&file.display().to_string())];
    let mut option = |name: &str, value: &str| words.push(format!("{name} {}", quoted(value)));
    for (name, value) in how {
        option(name, value);
    }
    for history in &data.histories {
        option("--history", &history.display().to_string());
    }
    for (name, path) in [("--members", &data.members), ("--opening", &data.opening), ("--map", &data.map)] {
        if let Some(path) = path {
            option(name, &path.display().to_string());
        }
    }
    if let Some(day) = &data.as_of {
        option("--as-of", day);
    }
    if data.unsorted {
        words.push("--unsorted".to_owned());
    }
    words.push("--member".to_owned());
    words.join(" ")
}

/// A word as a shell takes it.
pub(crate) fn quoted(word: &str) -> String {
    let plain = |sign: char| sign.is_alphanumeric() || "_-./=:@%+,".contains(sign);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// Who gains and loses most under each variant, and why.
pub(crate) fn changes(others: &[Variant], money: &Money, paint: Paint) -> String {
    let mut text = String::new();
    if others.len() > VARIANTS_MAX {
        return text;
    }
    for variant in others {
        for (head, all) in [("loses", &variant.changes.losers), ("gains", &variant.changes.winners)] {
            if all.is_empty() {
                continue;
            }
            let head = cut(&format!("{}: who {head} most", variant.name), WIDTH);
            let _ = writeln!(text, "\n{}", paint.bold(&head));
            for change in all.iter().take(TOLD) {
                text.push_str(&wrapped(&told(change, money)));
            }
        }
        let first = variant.changes.losers.first().or_else(|| variant.changes.winners.first());
        if let Some(change) = first.filter(|_| !variant.explain.is_empty()) {
            text.push_str(&typed(&format!("{} {}", variant.explain, quoted(&change.member))));
        }
    }
    text
}

/// `Bob: -23.00 RUB (lost Gold on 2026-03-01: 41.20 RUB short; Base -23)`
fn told(change: &Change, money: &Money) -> String {
    let signed = |sum| signed_money(sum, money.decimals);
    let by = signed(change.after.minus(change.before));
    let mut reasons: Vec<String> = change.moves.iter().filter_map(|moved| moved_words(moved, money)).collect();
    let rules = change.rules.iter().take(3);
    reasons.extend(rules.map(|rule| format!("{} {}", rule.rule, signed(rule.change))));
    format!("{}: {by} {} ({})", change.member, money.currency, reasons.join("; "))
}

/// A move between tiers that only one of the two runs has.
fn moved_words(moved: &MoveApart, money: &Money) -> Option<String> {
    let MoveApart { run, day, from, to, short, .. } = moved;
    let short = short.as_ref().map(|lacking| {
        let more = if lacking.unit == money.currency { money.show(lacking.more) } else { grouped(lacking.more) };
        format!("{more} {}", lacking.unit).trim_end().to_owned()
    });
    match (*run, moved.falls, short) {
        ("after", true, Some(short)) => Some(format!("lost {from} on {day}: {short} short")),
        ("after", true, None) => Some(format!("lost {from} on {day}")),
        ("after", false, _) => Some(format!("{to} on {day}")),
        ("before", false, Some(short)) => Some(format!("no {to} on {day}: always {short} short")),
        ("before", false, None) => Some(format!("no {to} on {day}")),
        // What is not lost is told by what it brings.
        _ => None,
    }
}

/// A remark in lines that fit, each behind two blanks.
fn wrapped(text: &str) -> String {
    let (mut lines, mut line) = (String::new(), "  ".to_owned());
    for word in text.split(' ') {
        if length(&line) > 4 && length(&line) + 1 + length(word) > WIDTH {
            lines.push_str(line.trim_end());
            lines.push('\n');
            "    ".clone_into(&mut line);
        }
        line.push_str(word);
        line.push(' ');
    }
    format!("{lines}{}\n", line.trim_end())
}

/// A command in lines that fit, as a shell takes them.
fn typed(command: &str) -> String {
    let (mut text, mut line) = (String::new(), "  why:".to_owned());
    let mut parts: Vec<String> = Vec::new();
    for piece in command.split(" --") {
        let first = parts.is_empty();
        // What stands in quotes is no option.
        match parts.last_mut().filter(|part| part.matches('\'').count() % 2 == 1) {
            Some(part) => part.extend([" --", piece]),
            None if first => parts.push(piece.to_owned()),
            None => parts.push(format!("--{piece}")),
        }
    }
    for (at, part) in parts.iter().enumerate() {
        if at > 0 && length(&line) + length(part) + 3 > WIDTH {
            let _ = writeln!(text, "{line} \\");
            "      ".clone_into(&mut line);
        }
        line.push(' ');
        line.push_str(part);
    }
    format!("{text}{line}\n")
}

/// How near rules and tiers came under the baseline, and under a variant where it differs.
pub(crate) fn near(baseline: &Variant, others: &[Variant], paint: Paint) -> String {
    let heads = ["near misses", "needs", "missed", "by ≤ 10 %", "at 90 %", "100 %", "110 %"];
    let sides = [Side::Left, Side::Left, Side::Right, Side::Right, Side::Right, Side::Right, Side::Right];
    let columns: Vec<(&str, Side)> = heads.into_iter().zip(sides).collect();
    let mut table = Table::new(&columns);
    let mut known = rows(baseline);
    let missed = |near: &Near| near.missed > 0;
    for (name, near) in known.iter().filter(|(_, near)| missed(near)) {
        table.row(cells(name, near));
    }
    for variant in others.iter().filter(|_| others.len() <= VARIANTS_MAX) {
        let own = rows(variant);
        for (name, near) in own.iter().filter(|row| missed(row.1) && !known.contains(row)) {
            table.row(cells(&format!("{name} · {}", variant.name), near));
        }
        known.extend(own);
    }
    if table.is_empty() { String::new() } else { format!("\n{}", table.render(paint)) }
}

fn rows(variant: &Variant) -> Vec<(String, &Near)> {
    let near = &variant.counts.near;
    let rules = near.rules.0.iter().flat_map(|(rule, all)| all.iter().map(move |one| (rule.clone(), one)));
    let tiers = near.tiers.0.iter().flat_map(|(_, tiers)| tiers.0.iter().map(|(tier, one)| (tier.clone(), one)));
    rules.chain(tiers).collect()
}

fn cells(name: &str, near: &Near) -> [String; 7] {
    let close: u64 = near.by_up_to.0.iter().take(2).map(|(_, count)| count).sum();
    let at = |bound: &str| near.held_at.get(bound).map_or("–".to_owned(), grouped);
    [name.to_owned(), near.needs.clone(), grouped(near.missed), grouped(close), at("90%"), at("100%"), at("110%")]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_as_a_shell_takes_them() {
        assert_eq!(quoted("data/sales.csv"), "data/sales.csv");
        assert_eq!(quoted("Cheaper Gold"), "'Cheaper Gold'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
        assert_eq!(quoted(""), "''");
    }

    #[test]
    fn a_long_command_goes_on_behind_a_stroke() {
        let text = typed(&format!("earnest explain shop.earn --history {} --map m.toml --member Bob", "a".repeat(60)));
        assert_eq!(text.lines().count(), 3, "{text}");
        assert!(text.lines().rev().skip(1).all(|line| line.ends_with(" \\")), "{text}");
    }

    #[test]
    fn long_reasons_are_broken_to_fit() {
        let text = wrapped(&"a rule with a long name and a sum; ".repeat(6));
        assert!(text.lines().count() > 2 && text.lines().all(|line| length(line) <= WIDTH), "{text}");
    }
}
