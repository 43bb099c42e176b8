//! `--members-out F`: one row a member, as all stand at the end.

use crate::cells::{Sheet, Target};
use crate::failure::Failure;
use earnest::eval::{Book, Missing};
use earnest::plan::{LadderId, Plan, Type, UnitId};
use earnest::value::{Exact, Rounding};

/// Writes the file; answers its hash where that is asked for.
pub(crate) fn write(target: Target<'_>, plan: &Plan, book: &Book) -> Result<Option<String>, Failure> {
    let mut heads: Vec<String> =
        ["member", "joined", "last_purchase", "purchases", "spend"].map(str::to_owned).to_vec();
    for unit in &plan.units {
        heads.extend(["balance", "pending"].map(|what| format!("{what}.{}", unit.key())));
    }
    for ladder in &plan.ladders {
        heads.extend(["tier", "until", "to_next", "to_keep"].map(|what| format!("{what}.{}", ladder.name)));
    }
    let mut sheet = Sheet::create(target, &heads)?;
    for member in book.members() {
        sheet.text(member.name());
        sheet.maybe(member.joined());
        sheet.maybe(member.last_purchase());
        sheet.plain(member.purchases());
        sheet.plain(member.spend());
        for unit in (0..plan.units.len()).map(UnitId::new) {
            // What a household has together stands once, in a row of its own.
            let own = !member.shares(unit);
            sheet.maybe(own.then(|| member.balance(unit)));
            sheet.maybe(own.then(|| member.pending(unit)));
        }
        for ladder in (0..plan.ladders.len()).map(LadderId::new) {
            let (tier, until) = member.tier(ladder);
            let name = plan.ladders.get(ladder.index()).and_then(|ladder| ladder.tiers.get(usize::from(tier)));
            sheet.text(name.map_or("", |tier| tier.name.as_str()));
            sheet.maybe(until);
            // What cannot be worked out for one member is left empty for that member.
            sheet.text(&cell(plan, &member.to_next(ladder).unwrap_or_default()));
            sheet.text(&cell(plan, &member.to_keep(ladder).unwrap_or_default()));
        }
        sheet.end_row();
    }
    for house in book.pools() {
        sheet.text(&house.name);
        (0..4).for_each(|_| sheet.text(""));
        for unit in (0..plan.units.len()).map(UnitId::new) {
            let holding = book.in_pool(house, unit);
            sheet.maybe(holding.map(|holding| holding.balance));
            sheet.maybe(holding.map(earnest::eval::Holding::pending));
        }
        (0..4 * plan.ladders.len()).for_each(|_| sheet.text(""));
        sheet.end_row();
    }
    sheet.finish()
}

/// One condition is a number; several are text with units.
fn cell(plan: &Plan, missing: &[Missing]) -> String {
    match missing {
        [one] => decimal(one.more),
        several => missing_words(plan, several),
    }
}

/// `1200 RUB of spend over the last 12 months; 4 of visits`
pub(crate) fn missing_words(plan: &Plan, missing: &[Missing]) -> String {
    let words = missing.iter().map(|one| {
        let above = if one.above { "more than " } else { "" };
        let unit = match one.ty {
            Type::Money => format!(" {} of", plan.currency),
            Type::Units(unit) => format!(" {} of", plan.units.get(unit.index()).map_or("", |unit| unit.key())),
            _ => String::new(),
        };
        format!("{above}{}{unit} {}", decimal(one.more), one.of)
    });
    words.collect::<Vec<_>>().join("; ")
}

/// To six decimals, upwards: what is said to be missing is enough.
fn decimal(exact: Exact) -> String {
    exact.round(Rounding::Up, 6).map(|amount| amount.to_string()).unwrap_or_default()
}
