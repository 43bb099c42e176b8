//! The totals of a run as tables.

use crate::output::Paint;
use crate::table::{Side, Table, WIDTH, cut, grouped, money};
use earnest::plan::Plan;
use earnest::sim::report::{Named, Points, Report, Sum, Totals, Warning};
use earnest::time::Day;
use std::fmt::Write as _;

/// Reads one number of a unit; none where the unit has none.
pub(crate) type Measure = fn(&Points) -> Option<Sum>;

/// What of a unit is shown, in this order.
pub(crate) const MEASURES: [(&str, Measure); 10] = [
    ("earned", |points| Some(points.earned)),
    ("reversed", |points| Some(points.reversed)),
    ("redeemed", |points| Some(points.redeemed)),
    ("expired", |points| Some(points.expired)),
    ("adjusted", |points| Some(points.adjusted)),
    ("balance", |points| Some(points.balance)),
    ("of it pending", |points| Some(points.pending)),
    ("debt", |points| Some(points.debt)),
    ("liability", |points| points.liability),
    ("fees", |points| points.fees),
];

/// Is a measure of a unit in money?
pub(crate) fn is_money(measure: &str) -> bool {
    matches!(measure, "liability" | "fees")
}

/// How money is shown.
#[derive(Debug, Clone)]
pub(crate) struct Money {
    /// `RUB`
    pub(crate) currency: String,
    /// 2 for kopecks.
    pub(crate) decimals: usize,
}

impl Money {
    /// As a program shows it.
    pub(crate) fn of(plan: &Plan) -> Self {
        Self { currency: plan.currency.clone(), decimals: plan.currency_decimals as usize }
    }

    /// `1,200.00`
    pub(crate) fn show(&self, sum: impl std::fmt::Display) -> String {
        money(sum, self.decimals)
    }
}

/// All tables of a run.
pub(crate) fn render(report: &Report, currency: &Money, paint: Paint) -> String {
    let mut text = String::new();
    let head = format!("{} · {} · zone rules {}", report.program, day_or_none(report.as_of), report.zone_rules);
    let _ = writeln!(text, "{}\n", paint.bold(&cut(&head, WIDTH)));
    text.push_str(&summary(report, currency, paint));
    let parts = [
        units(&report.totals.points, currency, paint),
        tiers(&report.totals, paint),
        rules(&report.totals, paint),
        partners(&report.totals, currency, paint),
        warnings(&report.warnings, paint),
    ];
    for part in parts.iter().filter(|part| !part.is_empty()) {
        text.push('\n');
        text.push_str(part);
    }
    text
}

/// The day of a result.
pub(crate) fn day_or_none(as_of: Option<Day>) -> String {
    as_of.map_or_else(|| "no events".to_owned(), |day| day.to_string())
}

/// Facts on the left, rows of the input on the right.
fn summary(report: &Report, currency: &Money, paint: Paint) -> String {
    let (totals, rows) = (&report.totals, &report.rows);
    let mut facts = vec![
        ("members".to_owned(), grouped(totals.members)),
        ("purchases".to_owned(), grouped(totals.purchases)),
        ("returns".to_owned(), grouped(totals.returns)),
        (format!("revenue, {}", currency.currency), currency.show(totals.revenue)),
    ];
    if totals.non_member_sales.receipts > 0 {
        facts.push(("sales to others".to_owned(), grouped(totals.non_member_sales.receipts)));
        facts.push((format!("their sum, {}", currency.currency), currency.show(totals.non_member_sales.amount)));
    }
    let input = [
        ("rows read", rows.read),
        ("in events", rows.events),
        ("of non-members", rows.non_member),
        ("set aside", rows.set_aside),
        ("counted already", rows.already_counted),
    ];
    let mut table =
        Table::new(&[("", Side::Left), ("", Side::Right), ("", Side::Left), ("", Side::Left), ("", Side::Right)]);
    for at in 0..facts.len().max(input.len()) {
        let (name, value) = facts.get(at).cloned().unwrap_or_default();
        let (row, count) = input.get(at).map(|(row, count)| ((*row).to_owned(), grouped(count))).unwrap_or_default();
        table.row([name, value, String::new(), row, count]);
    }
    table.render(paint)
}

/// One column a unit, as many at a time as fit.
fn units(points: &Named<Points>, currency: &Money, paint: Paint) -> String {
    let mut text = String::new();
    for some in points.0.chunks(4) {
        let mut heads = vec![("units", Side::Left)];
        heads.extend(some.iter().map(|(name, _)| (name.as_str(), Side::Right)));
        let mut table = Table::new(&heads);
        for (measure, of) in MEASURES {
            if some.iter().all(|(_, points)| of(points).is_none_or(|sum| sum == Sum::ZERO) && measure != "balance") {
                continue;
            }
            let label =
                if is_money(measure) { format!("{measure}, {}", currency.currency) } else { measure.to_owned() };
            let cells = some.iter().map(|(_, points)| match of(points) {
                Some(sum) if is_money(measure) => currency.show(sum),
                Some(sum) => grouped(sum),
                None => "–".to_owned(),
            });
            table.row(std::iter::once(label).chain(cells));
        }
        text.push_str(&table.render(paint));
    }
    text
}

fn tiers(totals: &Totals, paint: Paint) -> String {
    let mut text = String::new();
    for (ladder, tiers) in &totals.tiers.0 {
        let mut table = Table::new(&[(ladder.as_str(), Side::Left), ("members", Side::Right), ("share", Side::Right)]);
        let all: i64 = tiers.0.iter().map(|(_, count)| *count).sum();
        for (tier, count) in &tiers.0 {
            table.row([tier.clone(), grouped(count), share(*count, all)]);
        }
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&table.render(paint));
    }
    text
}

/// `12.3 %`, in whole tenths.
fn share(part: i64, all: i64) -> String {
    let tenths = part.saturating_mul(1000).saturating_add(all / 2).checked_div(all).unwrap_or(0);
    format!("{}.{} %", tenths / 10, tenths % 10)
}

fn rules(totals: &Totals, paint: Paint) -> String {
    let mut table = Table::new(&[
        ("rule", Side::Left),
        ("awards", Side::Right),
        ("given", Side::Right),
        ("wanted", Side::Right),
        ("unit", Side::Left),
    ]);
    for (rule, sums) in &totals.rules.0 {
        if sums.given.0.is_empty() {
            table.row([rule.clone(), grouped(sums.times), "0".to_owned(), "0".to_owned(), String::new()]);
        }
        for (at, (unit, given)) in sums.given.0.iter().enumerate() {
            let wanted = sums.wanted.get(unit).copied().unwrap_or_default();
            let (name, times) = if at == 0 { (rule.clone(), grouped(sums.times)) } else { Default::default() };
            table.row([name, times, grouped(given), grouped(wanted), unit.clone()]);
        }
    }
    if table.is_empty() { String::new() } else { table.render(paint) }
}

/// What partners issued and took.
fn partners(totals: &Totals, currency: &Money, paint: Paint) -> String {
    let issued = format!("issued, {}", currency.currency);
    let mut table = Table::new(&[
        ("partner", Side::Left),
        (&issued, Side::Right),
        ("redeemed", Side::Right),
        ("owes", Side::Right),
        ("is owed", Side::Right),
    ]);
    for (name, of) in &totals.partners.0 {
        let sums = [of.issued, of.redeemed, of.owes, of.is_owed].map(|sum| currency.show(sum));
        table.row(std::iter::once(name.clone()).chain(sums));
    }
    if table.is_empty() { String::new() } else { table.render(paint) }
}

/// What did not go the usual way, in words.
pub(crate) fn warnings(warnings: &[Warning], paint: Paint) -> String {
    let mut table = Table::new(&[("to know", Side::Left), ("times", Side::Right), ("", Side::Left)]);
    for warning in warnings {
        let words = match (meaning(&warning.code), warning.detail.as_str()) {
            (meaning, "") => meaning.to_owned(),
            ("", detail) => detail.to_owned(),
            (meaning, detail) => format!("{meaning}: {detail}"),
        };
        table.row([warning.code.clone(), grouped(warning.count), words]);
    }
    if table.is_empty() { String::new() } else { table.render(paint) }
}

/// A warning's code in words; nothing for one that explains itself.
fn meaning(code: &str) -> &'static str {
    match code {
        "unmatched-return" => "return lines without a sale to match",
        "return-too-late" => "returns after the term: changed nothing",
        "partial-return" => "parts came back; only whole receipts count",
        "overdrawn" => "more spent than available: debt",
        "not-recovered" => "could not be taken back: not below zero",
        "already-counted" => "events that came twice, counted once",
        "referral-self" => "joins that name oneself as referrer",
        "referral-unknown" => "referrers who were no members yet",
        "referral-late" => "referred, but a member before",
        "referral-second" => "a second referrer",
        "after-leaving" => "facts of members who had left",
        "merge-refused" => "merges that could not be made",
        "discounts-off" => "amounts after discounts: none worked out",
        "discount-differs" => "the till took off something else",
        "reward-beyond-limit" => "rewards had beyond their limits",
        "no-reward" => "units spent that no reward fits",
        "transfer-refused" => "units given to oneself: nothing happened",
        "rows-without-id" => "rows that cannot be de-duplicated",
        "unknown-action" => "actions that the program does not declare",
        "unread-columns" => "columns that nothing reads",
        "absent-columns" => "declared columns that no file has",
        "after-as-of" => "events after the day of the result",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use earnest::sim::report::Rows;

    #[test]
    fn every_line_fits() {
        let mut totals =
            Totals { members: 4372, purchases: 18_536, revenue: Sum(8_300_065_814_000), ..Totals::default() };
        totals.points.entry("points").earned = Sum(8_902_670_000_000);
        *totals.tiers.entry("status").entry("Bronze") = 4000;
        totals.rules.entry("Base of a very long name that nobody would give to a rule, ever").times = 3;
        let report = Report {
            program: "Sweet Corner".to_owned(),
            version: String::new(),
            as_of: earnest::time::Day::parse("2011-12-09"),
            zone_rules: "2026e".to_owned(),
            rows: Rows { read: 541_909, events: 406_829, non_member: 135_080, ..Rows::default() },
            totals,
            warnings: vec![Warning { code: "unmatched-return".to_owned(), count: 1389, detail: String::new() }],
        };
        let text = render(&report, &Money { currency: "GBP".to_owned(), decimals: 2 }, Paint::OFF);
        assert!(text.lines().all(|line| line.chars().count() <= WIDTH), "{text}");
        assert!(text.contains("8,300,065.814"), "{text}");
    }
}
