//! Opening balances: what members held, and which tier, when the programme took them over.
//!
//! ```text
//! member,unit,points,earned,opens,expires,ladder,tier,until,counter,value,at
//! M1,beans,250,2024-01-01,,2024-12-31,,,,,,
//! M1,,,,,,status,Gold,2025-12-31,,,
//! M1,,,,,,,,,spend,12000,2023-12-31
//! ```
//!
//! A row gives a lot, a tier, a counter, or several of them.

use super::error::{HistoryError, Problem};
use super::file::Format;
use super::layout::Source;
use super::map::Map;
use super::members::{Table, TableRow};
use super::value::{unit, unit_names};
use crate::time::Day;
use crate::ty::event::RowPlace;
use crate::ty::{Redemption, Schema, Texts};
use crate::value::Amount;
use std::io::Read;

/// What a member brings along.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Opening {
    /// Who.
    pub member: String,
    /// How many units of which kind; either sign.
    pub points: Option<Redemption>,
    /// When the units were earned.
    pub earned: Option<Day>,
    /// The first day on which they can be spent; none: they are open.
    pub opens: Option<Day>,
    /// Their last day; none: they never expire.
    pub expires: Option<Day>,
    /// A ladder and the name of the tier held.
    pub tier: Option<(String, String)>,
    /// The last day to which the tier is kept; none: as the ladder says.
    pub until: Option<Day>,
    /// A counter and how much of it stood.
    pub counter: Option<(String, Amount)>,
    /// The day on which the counter stood so.
    pub at: Option<Day>,
    /// Where it stands.
    pub place: RowPlace,
}

const COLUMNS: [&str; 11] =
    ["unit", "points", "earned", "opens", "expires", "ladder", "tier", "until", "counter", "value", "at"];

/// Reads a file of opening balances, in the order of its rows; `name` is shown in messages.
pub fn read_openings(
    name: &str,
    reader: impl Read + 'static,
    format: Format,
    schema: &Schema,
    map: &Map,
    texts: &mut Texts,
) -> Result<Vec<Opening>, HistoryError> {
    let mut table = Table::open(name, Box::new(reader), format, map, &map.members, |names| {
        names.push("member".to_owned());
        names.extend(COLUMNS.map(str::to_owned));
    })?;
    let who = table.column("member", Some("every file of opening balances"))?;
    let mut sources = Vec::with_capacity(COLUMNS.len());
    for name in COLUMNS {
        sources.push(table.column(name, None)?);
    }
    let mut openings = Vec::new();
    while let Some(row) = table.next()? {
        openings.push(opening(&row, &who, &sources, schema, texts)?);
    }
    Ok(openings)
}

fn opening<'a>(
    row: &TableRow<'a>,
    who: &'a Source,
    sources: &'a [Source],
    schema: &Schema,
    texts: &mut Texts,
) -> Result<Opening, HistoryError> {
    let source = |name: &str| {
        let index = COLUMNS.iter().position(|column| *column == name);
        index.and_then(|index| sources.get(index)).unwrap_or(&Source::Absent)
    };
    let points = match row.number(source("points"), "points")? {
        None => None,
        Some(points) => {
            let units = source("unit");
            let unit = unit(schema, row.text(units, "unit")?).ok_or_else(|| {
                let problem = Problem::NotOneOf { found: row.shown(units), known: unit_names(schema) };
                row.error(units, "unit", problem)
            })?;
            Some(Redemption { unit, points, reward: None })
        }
    };
    let named = |name| row.text(source(name), name).map(str::to_owned);
    let tier = Some(named("tier")?).filter(|tier| !tier.is_empty());
    let counter = Some(named("counter")?).filter(|counter| !counter.is_empty());
    let needs =
        |name: &str, reader: &str| row.error(source(name), name, Problem::NoValue { reader: reader.to_owned() });
    let opening = Opening {
        member: row.id(who, "member")?,
        points,
        earned: row.day(source("earned"), "earned", texts)?,
        opens: row.day(source("opens"), "opens", texts)?,
        expires: row.day(source("expires"), "expires", texts)?,
        tier: tier.map(|tier| named("ladder").map(|ladder| (ladder, tier))).transpose()?,
        until: row.day(source("until"), "until", texts)?,
        counter: match counter {
            None => None,
            Some(counter) => {
                let value = row.number(source("value"), "value")?;
                Some((counter, value.ok_or_else(|| needs("value", "a row with a counter"))?))
            }
        },
        at: row.day(source("at"), "at", texts)?,
        place: RowPlace { file: 1, row: row.record.row },
    };
    if opening.points.is_none() && opening.tier.is_none() && opening.counter.is_none() {
        return Err(needs("points", "a row of opening balances"));
    }
    Ok(opening)
}
