//! The report of `earnest simulate --report out.html`: one file that opens without a network.
//!
//! The page is `page/page.html` with its style, its script and the charting library in `vendor/echarts` put in, and
//! the numbers as JSON beside them. All numbers are worked out before; the script only draws.

mod labels;

use crate::failure::Failure;
use crate::report::Money;
use crate::simulate::AS_IT_IS;
use crate::table::{grouped, money, signed_money};
use earnest::sim::compare::{Comparison, Variant};
use earnest::sim::report::{Named, Rows, Sum};
use earnest::words::Language;
use labels::{LABELS, NOTES};
use serde_json::{Map, Value, json};

const PAGE: &str = include_str!("page/page.html");
const STYLE: &str = include_str!("page/page.css");
const SCRIPT: &str = concat!(
    include_str!("page/words.js"),
    include_str!("page/tables.js"),
    include_str!("page/charts.js"),
    include_str!("page/page.js")
);
const CHARTS: &str = include_str!("../../../vendor/echarts/echarts.min.js");

/// Where a report comes from, beside its numbers.
pub(crate) struct Origin {
    /// The rule file of the baseline.
    pub(crate) program: String,
    /// Each file of data with the hash of its bytes.
    pub(crate) data: Vec<String>,
    /// The terms of the baseline, in words.
    pub(crate) rules: Vec<String>,
    /// What each variant does otherwise than the baseline, in words.
    pub(crate) tried: Vec<Vec<String>>,
    /// What each unit is worth, where all variants have it so: its name and the money.
    pub(crate) worths: Vec<(String, String)>,
    /// What a purchase can cost at most under each variant.
    pub(crate) largest_costs: Vec<String>,
}

/// The page.
pub(crate) fn page(
    comparison: &Comparison,
    money: &Money,
    origin: &Origin,
    language: &Language,
) -> Result<String, Failure> {
    let Some(base) = comparison.variants.first() else { return Err(Failure::usage("there is nothing to report")) };
    let question = question(comparison, base, language);
    let names = names(comparison, language);
    let mut told = Vec::new();
    let parts = comparison.variants.iter().zip(&names).zip(&origin.largest_costs);
    let others = comparison.variants.iter().skip(1).zip(origin.tried.iter().skip(1));
    let data = json!({
        "lang": language.code(),
        "say": labels(language),
        "program": base.program,
        "as_of": comparison.history.as_of,
        "currency": money.currency,
        "question": question,
        "answers": others
            .map(|(one, tried)| json!({
                "text": cost_and_members(base, one, money, language),
                "more": answer(base, one, money, language),
                "tried": not_told_yet(tried, &mut told, language),
            }))
            .collect::<Vec<_>>(),
        "rules": origin.rules,
        "worths": origin.worths,
        "fixed": fixed(comparison, money, origin, language),
        "warnings": warnings(comparison, money, language),
        "dimensions": of_any(comparison, |one| one.counts.by.0.iter().map(|(name, _)| name).collect()),
        "units": base.totals.points.0.iter().map(|(unit, _)| unit).collect::<Vec<_>>(),
        "ladders": of_any(comparison, |one| one.totals.tiers.0.iter().map(|(ladder, _)| ladder).collect()),
        "variants":
            parts.map(|((one, name), cost)| compact(one, name, &local(cost, language))).collect::<Vec<_>>(),
        "made": made(comparison, &names, origin, language),
    });
    let data = serde_json::to_string(&data).map_err(|error| Failure::data(format_args!("the report: {error}")))?;
    // Nothing in the data can end the element that holds it.
    let data = data.replace('<', "\\u003c");
    let title = question.replace('&', "&amp;").replace('<', "&lt;");
    let mut rest = PAGE;
    let mut page = String::with_capacity(CHARTS.len() + data.len() + 64 * 1024);
    for (mark, content) in [
        ("%LANG%", language.code()),
        ("%TITLE%", &title),
        ("%STYLE%", STYLE),
        ("%DATA%", &data),
        ("%CHARTS%", CHARTS),
        ("%SCRIPT%", SCRIPT),
    ] {
        let (before, after) = rest.split_once(mark).unwrap_or((rest, ""));
        page.push_str(before);
        page.push_str(content);
        rest = after;
    }
    page.push_str(rest);
    Ok(page)
}

/// What the script says, under its own keys.
fn labels(language: &Language) -> Value {
    let said =
        LABELS.iter().map(|key| (key.replace('-', "_"), Value::String(language.text(&format!("report-{key}"), &[]))));
    Value::Object(said.collect::<Map<_, _>>())
}

fn question(comparison: &Comparison, base: &Variant, language: &Language) -> String {
    let others: Vec<&str> = comparison.variants.iter().skip(1).map(|one| one.name.as_str()).collect();
    let count = others.len().to_string();
    let named = others.iter().map(|name| language.text("report-named", &[("name", name)]));
    let or = format!(" {} ", language.text("report-or", &[]));
    let names = named.collect::<Vec<_>>().join(&or);
    language.text("report-question", &[("program", &base.program), ("count", &count), ("names", &names)])
}

/// What the variants are called; the baseline is `as it is`, with the name of its file where others stand beside it.
fn names(comparison: &Comparison, language: &Language) -> Vec<String> {
    let mut names: Vec<String> = comparison.variants.iter().map(|one| one.name.clone()).collect();
    if let Some(base) = names.first_mut() {
        let as_it_is = language.text("report-as-it-is", &[]);
        *base = if base == AS_IT_IS { as_it_is } else { format!("{base} ({as_it_is})") };
    }
    names
}

/// What a variant does otherwise; what was told of one before it is not told anew.
fn not_told_yet<'a>(tried: &'a [String], told: &mut Vec<&'a String>, language: &Language) -> Vec<String> {
    let line = |line: &'a String| {
        if told.contains(&line) {
            let name = line.split(" – ").next().unwrap_or(line);
            return language.text("report-as-above", &[("name", name)]);
        }
        told.push(line);
        line.clone()
    };
    tried.iter().map(line).collect()
}

/// What belongs to the sum of a variant: its part of sales, what is owed, who gets how much of it.
fn answer(base: &Variant, one: &Variant, money: &Money, language: &Language) -> Vec<String> {
    let shown = |sum: Sum| local(&money.show(sum), language);
    let of = |of: &Variant, figure: &str| of.counts.total.get(figure).copied().unwrap_or_default();
    let of_sales = |variant: &Variant| share(of(variant, "cost").0, of(variant, "revenue").0, 100, language);
    let mut more =
        vec![language.text("report-answer-share", &[("before", &of_sales(base)), ("after", &of_sales(one))])];
    let (owed, change) = (of(one, "liability"), of(one, "liability").minus(of(base, "liability")));
    if owed != Sum::ZERO || change != Sum::ZERO {
        let is_all = [base, one].into_iter().all(|variant| of(variant, "cost") == of(variant, "liability"));
        let key = if is_all { "report-answer-owed-all" } else { "report-answer-owed" };
        let change = local(&signed_money(change, money.decimals), language);
        let values = [("owed", &*shown(owed)), ("change", &change), ("currency", &money.currency)];
        more.push(language.text(key, &values));
    }
    if one.members.better > 0 {
        let changes = &one.changes;
        let tenth = share(changes.gained_by_top_tenth.0, changes.gained.0, 10, language);
        let values = [("median", &*shown(changes.median_gain)), ("currency", &money.currency), ("tenth", &tenth)];
        more.push(language.text("report-answer-gain", &values));
    }
    if one.members.worse > 0 {
        let values = [("median", &*shown(one.changes.median_loss)), ("currency", &money.currency)];
        more.push(language.text("report-answer-loss", &values));
    }
    more
}

/// `16.0 %`: a share in tenths of a per cent, or in finer parts of it.
fn share(part: i128, whole: i128, finer: u32, language: &Language) -> String {
    if whole <= 0 {
        return "–".to_owned();
    }
    let finer = i128::from(finer);
    let parts = part.saturating_mul(100).saturating_mul(finer).saturating_add(whole / 2).div_euclid(whole);
    let percent = money(Sum(parts.saturating_mul(1_000_000 / finer)), if finer > 10 { 2 } else { 1 });
    language.text("percent", &[("number", &local(&percent, language))])
}

/// `Cheaper Gold: gives 9,443 RUB less (16.0 %); …`
fn cost_and_members(base: &Variant, one: &Variant, money: &Money, language: &Language) -> String {
    let cost = |of: &Variant| of.counts.total.get("cost").copied().unwrap_or_default().0;
    let (before, change) = (cost(base), cost(one).saturating_sub(cost(base)));
    let key = match change {
        0 => "report-answer-same",
        1.. => "report-answer-more",
        _ => "report-answer-less",
    };
    let local = |text: String| local(&text, language);
    let shown = local(money.show(Sum(change.saturating_abs())));
    let percent = share(change.saturating_abs(), before, 10, language);
    let members = [one.members.better, one.members.worse, one.members.same].map(|count| local(grouped(count)));
    let [better, worse, same] = &members;
    language.text(
        key,
        &[
            ("name", &one.name),
            ("cost", &shown),
            ("currency", &money.currency),
            ("percent", &percent),
            ("better", better),
            ("worse", worse),
            ("same", same),
        ],
    )
}

/// A number as the language writes it.
fn local(text: &str, language: &Language) -> String {
    let (gap, point) = (language.text("number-gap", &[]), language.text("number-point", &[]));
    text.replace(',', "\u{1}").replace('.', &point).replace('\u{1}', &gap)
}

/// Names that some variant has, those of the baseline first.
fn of_any(comparison: &Comparison, names: impl Fn(&Variant) -> Vec<&String>) -> Vec<&String> {
    let mut all = Vec::new();
    for name in comparison.variants.iter().flat_map(names) {
        if !all.contains(&name) {
            all.push(name);
        }
    }
    all
}

/// What all variants take as it was.
fn fixed(comparison: &Comparison, money: &Money, origin: &Origin, language: &Language) -> Vec<String> {
    let worth = |(unit, worth): &(String, String)| {
        let worth = local(worth, language);
        language.text("report-worth", &[("unit", unit), ("worth", &worth), ("currency", &money.currency)])
    };
    let variants = &comparison.variants;
    let mut points = variants.iter().flat_map(|one| &one.totals.points.0).map(|(_, points)| points).peekable();
    let mut all: Vec<String> = origin.worths.iter().map(worth).collect();
    all.push(language.text("report-fixed-cost", &[]));
    all.push(language.text("report-fixed-behaviour", &[]));
    if points.peek().is_some() && points.all(|points| points.redeemed == Sum::ZERO) {
        all.push(language.text("report-fixed-redeemed", &[]));
    }
    if variants.iter().any(|one| !one.totals.tiers.0.is_empty()) {
        all.push(language.text("report-fixed-before", &[]));
    }
    all.push(language.text("report-fixed-last", &[]));
    all
}

/// What the runs warn of; what a variant alone warns of bears its name.
fn warnings(comparison: &Comparison, money: &Money, language: &Language) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for (at, one) in comparison.variants.iter().enumerate() {
        for warning in &one.warnings {
            let count = local(&grouped(warning.count), language);
            let note = NOTES.into_iter().find(|note| note.strip_prefix("note-") == Some(warning.code.as_str()));
            let code = note.map_or_else(|| warning.code.clone(), |note| language.text(note, &[]));
            let mut text = language.text("report-warning", &[("code", &code), ("count", &count)]);
            let unmatched = one.counts.total.get("unmatched").filter(|_| warning.code == "unmatched-return");
            if let Some(sum) = unmatched {
                let sum = local(&money.show(sum), language);
                text += &language.text("report-unmatched", &[("sum", &sum), ("currency", &money.currency)]);
            }
            if !all.contains(&text) {
                all.push(if at == 0 { text } else { format!("{}: {text}", one.name) });
            }
        }
    }
    all
}

/// A variant with its slices as columns and rows: names stand once.
fn compact(one: &Variant, name: &str, largest_cost: &str) -> Value {
    let by: Map<String, Value> = one.counts.by.0.iter().map(|(name, rows)| (name.clone(), columns(rows))).collect();
    json!({
        "name": name,
        "largest_cost": largest_cost,
        "assumptions": one.assumptions,
        "total": one.counts.total.0,
        "measures": one.counts.measures.0,
        "members": one.members,
        "changes": one.changes,
        "flows": one.flows,
        "lots": one.counts.lots,
        "near": one.counts.near,
        "explain": one.explain,
        "by": by,
    })
}

fn columns(rows: &Named<Named<Sum>>) -> Value {
    let mut names: Vec<&str> = Vec::new();
    for (name, _) in rows.0.iter().flat_map(|(_, row)| &row.0) {
        if !names.contains(&name.as_str()) {
            names.push(name);
        }
    }
    let rows: Vec<Value> = rows
        .0
        .iter()
        .map(|(key, row)| json!([key, names.iter().map(|name| row.get(name)).collect::<Vec<_>>()]))
        .collect();
    json!({ "columns": names, "rows": rows })
}

fn made(
    comparison: &Comparison,
    names: &[String],
    origin: &Origin,
    language: &Language,
) -> Vec<(&'static str, String)> {
    let mut made = vec![("program", origin.program.clone())];
    let versions = comparison.variants.iter().zip(names);
    made.extend(versions.map(|(one, name)| ("version", format!("{name}: {}", one.version))));
    made.push(("as_of", comparison.history.as_of.map_or_else(|| "–".to_owned(), |day| day.to_string())));
    made.extend(origin.data.iter().map(|file| ("data", file.clone())));
    let Rows { read, events, non_member, set_aside, already_counted } = comparison.history.rows;
    let count = |number: u64| local(&grouped(number), language);
    let rows = [
        ("read", &*count(read)),
        ("events", &count(events)),
        ("others", &count(non_member)),
        ("aside", &count(set_aside)),
        ("already", &count(already_counted)),
    ];
    made.push(("rows", language.text("report-rows", &rows)));
    made.push(("zone_rules", comparison.history.zone_rules.clone()));
    made.push(("earnest", env!("CARGO_PKG_VERSION").to_owned()));
    made
}
