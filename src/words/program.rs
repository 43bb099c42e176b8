//! What holds for the whole programme: `program "Sweet Corner" { currency RUB  returns within 90 days }`.

use super::page::{Kind, Part};
use super::teller::{Teller, clause};
use crate::syntax::ast::{Program, ProgramClause, Returns};
use crate::time::{Duration, DurationUnit};

impl Teller<'_> {
    pub(super) fn program(self, program: &Program) -> Part {
        let mut clauses = Vec::new();
        if let Some(text) = self.in_force(program.in_force) {
            clauses.push(clause("in-force", say!(self, "label-in-force"), text));
        }
        for of in &program.clauses {
            let (about, label, text) = match of {
                ProgramClause::Currency(name, decimals) => {
                    ("currency", say!(self, "label-currency"), self.currency_told(&name.text, *decimals))
                }
                ProgramClause::Timezone(name) => {
                    ("timezone", say!(self, "label-timezone"), say!(self, "timezone", name = name.text.as_str()))
                }
                ProgramClause::FiscalYear(day, _) => {
                    ("fiscal", String::new(), say!(self, "fiscal-year", day = self.month_day(*day)))
                }
                ProgramClause::Settle(name) => {
                    ("settle", String::new(), say!(self, "settle", name = name.text.as_str()))
                }
                ProgramClause::AmountsFirst(_) => ("amounts-first", String::new(), say!(self, "amounts-first")),
                ProgramClause::Continues(version, day) => (
                    "continues",
                    String::new(),
                    say!(self, "continues", version = version.text.as_str(), date = self.date(*day)),
                ),
                ProgramClause::Returns(_) => continue,
            };
            clauses.push(clause(about, label, text));
        }
        clauses.push(clause("spend", String::new(), say!(self, "spend-told")));
        clauses.push(clause("returns", say!(self, "label-returns"), self.returns_of(program)));
        let name = program.name.text.clone();
        Part { kind: Kind::Program, name, heading: String::new(), clauses }
    }

    fn currency_told(self, code: &str, decimals: Option<u32>) -> String {
        match decimals {
            Some(decimals) => say!(self, "currency-decimals", code = code, count = decimals),
            None => code.to_owned(),
        }
    }

    /// How long a purchase can come back, and what is worked out then: also where the file is silent.
    fn returns_of(self, program: &Program) -> String {
        let mut told = Returns { within: None, modes: Vec::new(), span: program.span };
        for of in &program.clauses {
            if let ProgramClause::Returns(returns) = of {
                told.within = told.within.or(returns.within);
                told.modes.extend(&returns.modes);
            }
        }
        told.within = told.within.or(Some(Duration::new(12, DurationUnit::Month)));
        let text = self.returns(&told);
        if told.modes.is_empty() { format!("{text}; {}", say!(self, "returns-again")) } else { text }
    }
}
