//! Opening balances: what members held, and which tier, when the programme took them over.
//!
//! ```text
//! member,unit,points,at,opens,expires,ladder,tier,until
//! M1,beans,250,2024-01-01,,2024-12-31,,,
//! M1,,,2024-01-01,,,status,Gold,2025-12-31
//! ```
//!
//! `points` without `expires` follow the unit's own rules from `at` on; a row may give points, a tier,
//! or both.

use super::error::{HistoryError, Problem};
use super::file::Format;
use super::map::Map;
use super::members::Table;
use super::value::{unit, unit_names};
use crate::time::Day;
use crate::ty::event::RowPlace;
use crate::ty::{Redemption, Schema, Texts};
use std::io::Read;

/// What a member brings along.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Opening {
    /// Who.
    pub member: String,
    /// How many units of which kind; either sign.
    pub points: Option<Redemption>,
    /// From which day on it counts; none: before the first event.
    pub at: Option<Day>,
    /// The first day on which the units can be spent, if later.
    pub opens: Option<Day>,
    /// Their last day; none: as the unit says.
    pub expires: Option<Day>,
    /// A ladder and the name of the tier held.
    pub tier: Option<(String, String)>,
    /// The last day to which the tier is kept; none: as the ladder says.
    pub until: Option<Day>,
    /// Where it stands.
    pub place: RowPlace,
}

const COLUMNS: [&str; 9] = ["member", "unit", "points", "at", "opens", "expires", "ladder", "tier", "until"];

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
        names.extend(COLUMNS.map(str::to_owned));
    })?;
    let who = table.column("member", Some("every file of opening balances"))?;
    let [units, points, at, opens, expires, ladder, tier, until] =
        ["unit", "points", "at", "opens", "expires", "ladder", "tier", "until"].map(|name| table.column(name, None));
    let (units, points, at, opens) = (units?, points?, at?, opens?);
    let (expires, ladder, tier, until) = (expires?, ladder?, tier?, until?);
    let mut openings = Vec::new();
    while let Some(row) = table.next()? {
        let points = match row.number(&points, "points")? {
            None => None,
            Some(points) => {
                let unit = unit(schema, row.text(&units, "unit")?).ok_or_else(|| {
                    let problem = Problem::NotOneOf { found: row.shown(&units), known: unit_names(schema) };
                    row.error(&units, "unit", problem)
                })?;
                Some(Redemption { unit, points })
            }
        };
        let held = row.text(&tier, "tier")?;
        let held = (!held.is_empty()).then(|| Ok((row.text(&ladder, "ladder")?.to_owned(), held.to_owned())));
        let opening = Opening {
            member: row.id(&who, "member")?,
            points,
            at: row.day(&at, "at", texts)?,
            opens: row.day(&opens, "opens", texts)?,
            expires: row.day(&expires, "expires", texts)?,
            tier: held.transpose()?,
            until: row.day(&until, "until", texts)?,
            place: RowPlace { file: 1, row: row.record.row },
        };
        if opening.points.is_none() && opening.tier.is_none() {
            let problem = Problem::NoValue { reader: "a row of opening balances".to_owned() };
            return Err(row.error(&super::layout::Source::Absent, "points", problem));
        }
        openings.push(opening);
    }
    Ok(openings)
}
