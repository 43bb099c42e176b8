//! The largest cost of a purchase: what is told of each example programme, that a witness reaches it, that what has no
//! bound says why, and that no receipt of the sample histories costs more.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what is wrong by failing")]

use earnest::analysis::{largest_cost, witness};
use earnest::plan::Plan;
use earnest::sim::example::run_examples;
use earnest::source::Source;
use std::path::Path;
use std::sync::Arc;

fn plan_of(text: &str) -> Arc<Plan> {
    let compiled = earnest::compile(&Source::new("shop.earn", text));
    Arc::new(compiled.plan.unwrap_or_else(|| panic!("{:?}\n{text}", compiled.diagnostics)))
}

fn told(text: &str) -> String {
    let plan = plan_of(text);
    largest_cost(&plan).unwrap().money.told(&plan, None)
}

/// A shop with a bean worth a rouble, and these declarations.
fn shop(declarations: &str) -> String {
    format!(
        "program \"Shop\" {{ currency RUB }}\n\
         data {{ line category text, or \"\" line fare money, or 0 RUB receipt channel text, or \"store\" \
         member birthday date, may be missing }}\n\
         unit bean, beans {{ worth 1 RUB expires never }}\n{declarations}"
    )
}

/// What is told of each example programme.
const EXAMPLES: &[(&str, &str)] = &[
    ("aerolinii/aerolinii", "nothing"),
    ("apteka/apteka", "4 % + 300 RUB"),
    ("ashan/ashan", "16.3 % + 0.02 RUB"),
    ("avia/avia", "nothing"),
    ("azs/azs", "5 % + 220 RUB"),
    ("bank/bank", "7 % + 900.01 RUB"),
    ("bazaar/bazaar", "100 % + 0.01 GBP"),
    ("bukvoed/bukvoed", "nothing"),
    ("burger-king/burger-king", "nothing"),
    ("cdnow/cdnow", "nothing"),
    ("cdnow/cdnow-short", "nothing"),
    ("chitatel/chitatel", "15 % + 0.01 RUB"),
    ("coffee-stars/coffee-stars", "0.1 USD"),
    ("fotograf/fotograf", "20 % + 0.01 RUB"),
    ("ile-de-beaute/ile-de-beaute", "25 % + 0.01 RUB"),
    ("italy-group/italy-group", "15 % + 0.01 RUB"),
    ("klub/klub", "100 % + 10.02 RUB"),
    ("kofe/kofe", "500 RUB"),
    ("konditerskaya/konditerskaya", "17.55 % + 0.01 RUB"),
    ("korzinka/korzinka", "10.9 % + 200.01 RUB"),
    ("lavka/lavka", "34.3 % + 1320.01 RUB"),
    ("lenta/lenta", "0.5 %"),
    ("makdonalds/makdonalds", "80 % + 0.01 RUB"),
    ("online_retail/goods", "nothing"),
    ("online_retail/online_retail", "nothing"),
    ("online_retail/what-if", "1 %"),
    ("otel/otel", "nothing"),
    ("sberspasibo/sberspasibo", "5 %"),
    ("seaview/seaview", "nothing"),
    ("semya/semya", "5 % + 50 RUB"),
    ("sweet-corner/sweet-corner", "14 % + 400 RUB"),
    ("tehnomir/tehnomir", "12.7 % + 800.01 RUB + 0.5 RUB per line"),
    ("three-towns/three-towns", "1 % + 2.25 EUR"),
    ("toplivo/toplivo", "3 % + 150 RUB + 0.3 RUB per item"),
    ("vouchers/vouchers", "10 % + 1.1 GBP"),
    ("vygoda/vygoda", "2000 RUB"),
    ("zdravie/zdravie", "11.8 % + 0.01 RUB"),
    ("zerkalo/zerkalo", "16.3 % + 0.01 RUB"),
];

#[test]
fn the_witness_of_each_example_programme_reaches_99_percent_of_its_bound() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let mut wrong = Vec::new();
    for (name, expected) in EXAMPLES {
        let text = std::fs::read_to_string(root.join(format!("{name}.earn"))).unwrap();
        let plan = plan_of(&text);
        let cost = largest_cost(&plan).unwrap().money;
        let got = cost.told(&plan, None);
        if got != *expected {
            wrong.push(format!("{name}: {got}, not {expected}"));
        }
        if cost.is_nothing() {
            continue;
        }
        let found = witness(&plan).unwrap();
        let reached = found.cost.times(earnest::value::Exact::whole(100)).unwrap();
        if reached.compare(found.bound.times(earnest::value::Exact::whole(99)).unwrap()).unwrap().is_lt()
            || found.cost.compare(found.bound).unwrap().is_gt()
        {
            wrong.push(format!("{name}: {} of the bound\n{}", found.reached(), found.example));
        }
        // The story is read and run like any other: it expects what it was found to give.
        let source = Source::new(*name, format!("{text}\n{}", found.example));
        let compiled = earnest::compile(&source);
        let plan =
            Arc::new(compiled.plan.unwrap_or_else(|| panic!("{name}: {:?}\n{}", compiled.diagnostics, found.example)));
        let results = run_examples(&plan, &compiled.file);
        let last = results.last().unwrap();
        if last.held == 0 || !last.failures.is_empty() {
            wrong.push(format!("{name}: {last:?}\n{}", found.example));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let found = super::sources::programs().into_iter().filter(|(path, _)| path.starts_with(&*root.to_string_lossy()));
    assert_eq!(found.count(), EXAMPLES.len(), "each example programme stands in the list");
}

#[test]
fn a_share_of_another_rule_as_another_unit_costs_its_worth() {
    let star = "unit star, stars { worth 10 RUB expires never }";
    let rules = "rule \"Base\" { give 10% of spend as beans } rule \"Stars\" { give 25% of \"Base\" as stars }";
    assert_eq!(told(&shop(&format!("{star} {rules}"))), "12.5 %");
}

#[test]
fn rules_of_a_group_by_line_that_look_at_the_whole_receipt_add_up() {
    let of = |base: &str| {
        shop(&format!(
            "rule \"A\" {{ give 10% of {base} as beans }} rule \"B\" {{ give 8% of {base} as beans }} \
             best of {{ \"A\", \"B\" per line }}"
        ))
    };
    assert_eq!(told(&of("spend")), "10 %");
    assert_eq!(told(&of("receipt.spend")), "18 %");
}

#[test]
fn what_grows_with_something_else_than_money_is_told_apart() {
    assert_eq!(told(&shop("rule \"Cup\" { give 5 beans per item }")), "5 RUB per item");
    assert_eq!(told(&shop("rule \"Line\" { give 2 beans per line }")), "2 RUB per line");
    assert_eq!(told(&shop("rule \"Fare\" { give 5% of fare as beans }")), "5 % of fare");
    // An item is of one brand, so the rows of a table do not add up; what is once on the receipt does.
    let by = "give by category { \"a\" 2 beans per item \"b\" 3 beans per item otherwise 1 bean per item }";
    assert_eq!(told(&shop(&format!("rule \"Brand\" {{ {by} }}"))), "3 RUB per item");
    let two = "rule \"A\" { where category = \"a\" give 5% of fare as beans } \
               rule \"B\" { where category = \"b\" give 3% of fare as beans } rule \"C\" { give 1% of fare as beans }";
    assert_eq!(told(&shop(two)), "6 % of fare");
    let text =
        shop("rule \"Km\" { give way * 2 beans }").replacen("receipt channel", "receipt way number receipt channel", 1);
    assert_eq!(told(&text), "2 RUB per 1 of way");
    let text = shop(
        "rule \"A\" { where category = \"a\" give way * 2 beans } rule \"B\" { where category = \"b\" give way * 1 bean }",
    );
    assert_eq!(told(&text.replacen("receipt channel", "receipt way number receipt channel", 1)), "3 RUB per 1 of way");
    assert_eq!(
        told(&shop("rule \"Balance\" { give 10% of beans.available }\nrule \"Base\" { give 5% of spend as beans }")),
        "5 % + beans.available"
    );
}

#[test]
fn each_part_of_a_bound_is_the_least_that_holds() {
    let cases = [
        ("rule \"A\" { give 5% of spend as beans }", "5 %"),
        ("rule \"A\" { give 5% of spend as beans, at most 500 beans per calendar month }", "500 RUB"),
        ("rule \"A\" { give 5% of spend as beans, at most 500 beans per calendar month, then 1% }", "1 % + 500 RUB"),
        ("rule \"A\" { if spend <= 1_000 RUB give 5% of spend as beans }", "50 RUB"),
        ("rule \"A\" { give by spend { from 500 RUB 1% from 2_000 RUB 3% } of spend as beans }", "3 %"),
        // 10 % of the first 5,000 is 150 more than 7 % of it.
        (
            "rule \"A\" { give 7% of spend as beans } rule \"B\" { give 10% of spend as beans, at most 500 beans } best of { \"A\", \"B\" }",
            "7 % + 150 RUB",
        ),
        ("rule \"A\" { give 5% of spend as beans } rule \"N\" { multiply \"A\" by 3 }", "15 %"),
        (
            "rule \"A\" { where category = \"tea\" give 5% of spend as beans } rule \"B\" { where category = \"cakes\" give 3% of spend as beans }",
            "5 %",
        ),
        (
            "rule \"A\" { if channel = \"app\" give 5% of spend as beans } rule \"B\" { if channel = \"web\" give 3% of spend as beans }",
            "5 %",
        ),
        (
            "rule \"A\" to 2026-12-31 { give 5% of spend as beans } rule \"B\" from 2027-01-01 { give 3% of spend as beans }",
            "5 %",
        ),
        (
            "rule \"A\" { on the first purchase give 100 beans } rule \"B\" { on the 2nd purchase give 70 beans }",
            "100 RUB",
        ),
        // What comes off earns nothing: 10 % and 5 % of the rest.
        ("reward \"Off\" { gives 10% off } rule \"A\" { give 5% of spend as beans }", "14.5 % + 0.01 RUB"),
        ("reward \"Off\" { gives 12.5 RUB off }", "12.5 RUB"),
        ("reward \"Off\" { gives 12.505 RUB off }", "12.51 RUB"),
        ("rule \"A\" { give 1 bean per started 20 RUB }", "5 % + 1 RUB"),
        ("rule \"A\" { give 1 bean per full 20 RUB }", "5 %"),
        (
            "tiers status by spend { Bronze, extra 1% Gold from 10_000 RUB, extra 3% } rule \"A\" { give status.extra of spend as beans }\nrule \"G\" { on entering Gold give 50 beans }",
            "3 % + 50 RUB",
        ),
        // Silver and Gold are entered one after the other.
        (
            "tiers status by spend { Bronze Silver from 10 RUB Gold from 99 RUB } rule \"E\" { on entering status give 25 beans } rule \"S\" { on entering Silver give Gold }",
            "50 RUB",
        ),
        (
            "tiers status by spend { Bronze Silver from 10 RUB } rule \"E\" { on entering Silver give 25 beans } rule \"F\" { on a friend's purchase give the referrer Silver }",
            "50 RUB",
        ),
        // What takes effect later takes effect at once where a rule gives it.
        (
            "tiers status by spend { Bronze Silver from 10 RUB opens 3 days after reaching } rule \"E\" { on entering Silver give 25 beans } rule \"F\" { give Silver }",
            "25 RUB",
        ),
        (
            "tiers status by spend { Bronze Silver from 10 RUB } rule \"E\" { on entering Silver give 25 beans } rule \"J\" { on join give Silver }",
            "25 RUB",
        ),
        // Of 9.60 and 3.60 the first has 10, and a limit leaves 3 of the other's 3.
        (
            "rule \"A\" { give 8% of spend as beans round down per receipt } rule \"B\" { give 3% of spend as beans, at most 3 beans round down per receipt }",
            "8 % + 4 RUB",
        ),
        (
            "rule \"A\" { give 8% of spend as beans round down per receipt } rule \"B\" { give 3% of spend as beans round down per receipt }",
            "11 %",
        ),
        // The rule's own lines cost less than 300 RUB, the receipt does not.
        ("rule \"A\" { where quantity > 1 if spend <= 300 RUB give 1 bean per full 50 RUB of receipt.spend }", "2 %"),
        ("rule \"A\" { where quantity > 1 if spend <= 300 RUB give 1 bean per full 50 RUB }", "6 RUB"),
    ];
    for (declarations, expected) in cases {
        assert_eq!(told(&shop(declarations)), expected, "{declarations}");
    }
}

#[test]
fn units_that_are_spent_were_counted_when_they_were_given() {
    let text = shop(
        "rule \"A\" { give 5% of spend as beans } reward \"Pay\" { automatically costs beans gives their worth off }",
    );
    assert_eq!(told(&text), "5 %");
    let text = shop(
        "unit coupon, coupons { expires never } rule \"C\" { give 1 coupon } reward \"Next\" { costs 1 coupon gives 20% off }",
    );
    let plan = plan_of(&text);
    let cost = largest_cost(&plan).unwrap();
    assert!(cost.money.is_nothing());
    let units: Vec<String> = cost.units.iter().map(|(unit, cost)| cost.told(&plan, Some(*unit))).collect();
    assert_eq!(units, ["1 coupon"]);
}
