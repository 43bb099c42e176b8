//! The report of `earnest simulate --report out.html`: one file that opens without a network.
//!
//! The page is `page/page.html` with its style, its script and the charting library in `vendor/echarts` put in, and
//! the numbers as JSON beside them. All numbers are worked out before; the script only draws.

use crate::failure::Failure;
use crate::report::Money;
use crate::table::grouped;
use earnest::sim::compare::{Comparison, Variant};
use earnest::sim::report::{Named, Sum};
use earnest::words::Language;
use serde_json::{Map, Value, json};

const PAGE: &str = include_str!("page/page.html");
const STYLE: &str = include_str!("page/page.css");
const SCRIPT: &str = include_str!("page/page.js");
const CHARTS: &str = include_str!("../../../vendor/echarts/echarts.min.js");

/// The messages that the script shows: `report-NAME` of the language.
const LABELS: [&str; 75] = [
    "skip",
    "figures",
    "variant",
    "unit",
    "by",
    "largest",
    "slices",
    "filter",
    "made",
    "assumed",
    "warned",
    "data",
    "month",
    "before",
    "after",
    "member",
    "why",
    "none",
    "never",
    "nobody",
    "change-of",
    "members-better",
    "members-worse",
    "members-same",
    "moved",
    "lost",
    "no-tier",
    "short",
    "always-short",
    "explain",
    "ask",
    "near",
    "near-hint",
    "needs",
    "missed-what",
    "missed",
    "missed-by",
    "missed-more",
    "short-mean",
    "held-at",
    "c-time",
    "c-time-why",
    "c-roll",
    "c-roll-why",
    "c-who",
    "c-who-why",
    "c-flow",
    "c-flow-why",
    "c-slice",
    "c-slice-why",
    "c-sweep",
    "c-sweep-why",
    "c-lots",
    "c-lots-why",
    "c-near",
    "c-near-why",
    "f-members",
    "f-active",
    "f-joined",
    "f-purchases",
    "f-returns",
    "f-revenue",
    "f-discounts",
    "f-cost",
    "f-cost-share",
    "f-average-receipt",
    "f-purchases-per-member",
    "f-liability",
    "f-retention",
    "f-earned",
    "f-reversed",
    "f-redeemed",
    "f-expired",
    "f-adjusted",
    "f-balance",
];
/// The rest of them.
const FACTS: [&str; 28] = [
    "rule-revenue",
    "period",
    "as-it-is",
    "points-of",
    "fixed",
    "rule",
    "issue-month",
    "f-redemption-rate",
    "c-part",
    "c-part-why",
    "c-rules",
    "c-rules-why",
    "c-issue",
    "c-issue-why",
    "f-pending",
    "f-others",
    "f-member-share",
    "f-rules-fired",
    "f-times",
    "f-fired",
    "f-opening",
    "m-program",
    "m-version",
    "m-as-of",
    "m-data",
    "m-rows",
    "m-zone-rules",
    "m-earnest",
];

/// What a run may warn of, in words: `note-CODE`.
const NOTES: [&str; 16] = [
    "note-unmatched-return",
    "note-return-too-late",
    "note-partial-return",
    "note-overdrawn",
    "note-discount-differs",
    "note-discounts-off",
    "note-reward-beyond-limit",
    "note-no-reward",
    "note-not-recovered",
    "note-referral-self",
    "note-referral-unknown",
    "note-referral-late",
    "note-referral-second",
    "note-after-leaving",
    "note-merge-refused",
    "note-transfer-refused",
];

/// Where a report comes from, beside its numbers.
pub(crate) struct Origin {
    /// The rule file of the baseline.
    pub(crate) program: String,
    /// Each file of data with the hash of its bytes.
    pub(crate) data: Vec<String>,
    /// What each variant does otherwise than the baseline, in words.
    pub(crate) tried: Vec<Vec<String>>,
    /// What each unit is worth, where all variants have it so: its name and the money.
    pub(crate) worths: Vec<(String, String)>,
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
    let data = json!({
        "lang": language.code(),
        "say": labels(language),
        "program": base.program,
        "as_of": comparison.history.as_of,
        "currency": money.currency,
        "question": question,
        "answers": comparison.variants.iter().skip(1).map(|one| answer(base, one, money, language)).collect::<Vec<_>>(),
        "tried": origin.tried.iter().skip(1).collect::<Vec<_>>(),
        "fixed": fixed(comparison, money, origin, language),
        "warnings": warnings(comparison, language),
        "dimensions": of_any(comparison, |one| one.counts.by.0.iter().map(|(name, _)| name).collect()),
        "units": base.totals.points.0.iter().map(|(unit, _)| unit).collect::<Vec<_>>(),
        "ladders": of_any(comparison, |one| one.totals.tiers.0.iter().map(|(ladder, _)| ladder).collect()),
        "variants": comparison.variants.iter().map(compact).collect::<Vec<_>>(),
        "made": made(comparison, base, origin),
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
    let said = LABELS
        .iter()
        .chain(&FACTS)
        .map(|key| (key.replace('-', "_"), Value::String(language.text(&format!("report-{key}"), &[]))));
    Value::Object(said.collect::<Map<_, _>>())
}

fn question(comparison: &Comparison, base: &Variant, language: &Language) -> String {
    let others: Vec<&str> = comparison.variants.iter().skip(1).map(|one| one.name.as_str()).collect();
    let count = others.len().to_string();
    let names = others.join(", ");
    language.text("report-question", &[("program", &base.program), ("count", &count), ("names", &names)])
}

/// `Cheaper Gold: costs 9,443 RUB less (16.0 %); …`
fn answer(base: &Variant, one: &Variant, money: &Money, language: &Language) -> String {
    let cost = |of: &Variant| of.counts.total.get("cost").copied().unwrap_or_default().0;
    let (before, change) = (cost(base), cost(one).saturating_sub(cost(base)));
    let key = match change {
        0 => "report-answer-same",
        1.. => "report-answer-more",
        _ => "report-answer-less",
    };
    let local = |text: String| local(&text, language);
    let shown = local(money.show(Sum(change.saturating_abs())));
    let tenths = if before > 0 { (change.saturating_abs().saturating_mul(1_000) + before / 2) / before } else { 0 };
    let percent = if before > 0 {
        language.text("percent", &[("number", &local(format!("{}.{}", tenths / 10, tenths % 10)))])
    } else {
        "–".to_owned()
    };
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
fn warnings(comparison: &Comparison, language: &Language) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for (at, one) in comparison.variants.iter().enumerate() {
        for warning in &one.warnings {
            let count = grouped(warning.count);
            let note = NOTES.into_iter().find(|note| note.strip_prefix("note-") == Some(warning.code.as_str()));
            let code = note.map_or_else(|| warning.code.clone(), |note| language.text(note, &[]));
            let text = language.text("report-warning", &[("code", &code), ("count", &count)]);
            if !all.contains(&text) {
                all.push(if at == 0 { text } else { format!("{}: {text}", one.name) });
            }
        }
    }
    all
}

/// A variant with its slices as columns and rows: names stand once.
fn compact(one: &Variant) -> Value {
    let by: Map<String, Value> = one.counts.by.0.iter().map(|(name, rows)| (name.clone(), columns(rows))).collect();
    json!({
        "name": one.name,
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

fn made(comparison: &Comparison, base: &Variant, origin: &Origin) -> Vec<(&'static str, String)> {
    let mut made = vec![
        ("program", origin.program.clone()),
        ("version", base.version.clone()),
        ("as_of", comparison.history.as_of.map_or_else(|| "–".to_owned(), |day| day.to_string())),
    ];
    made.extend(origin.data.iter().map(|file| ("data", file.clone())));
    made.push(("rows", comparison.history.rows.read.to_string()));
    made.push(("zone_rules", comparison.history.zone_rules.clone()));
    made.push(("earnest", env!("CARGO_PKG_VERSION").to_owned()));
    made
}
