//! The header: `program "Sweet Corner" { currency RUB … }`.

use super::Checker;
use crate::diag::Code;
use crate::plan::{InForce, ReturnsPolicy};
use crate::source::Span;
use crate::syntax::ast::{self, Item, Name, ProgramClause};
use crate::time::{Calendar, Day, Duration, DurationUnit, Zone};
use crate::ty::Scope;

/// Currencies whose smallest unit is the whole.
const NO_DECIMALS: &[&str] =
    &["BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"];
/// Currencies with thousandths.
const THREE_DECIMALS: &[&str] = &["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"];
/// Currencies of more decimals than an amount holds make no sense.
const DECIMALS_MAX: u32 = 6;

/// What the header says.
pub(super) struct Header {
    pub(super) name: String,
    pub(super) in_force: InForce,
    pub(super) currency: String,
    pub(super) currency_decimals: u32,
    pub(super) zone: Zone,
    pub(super) fiscal: Calendar,
    pub(super) returns: ReturnsPolicy,
    pub(super) amounts_first: bool,
    pub(super) continues: Vec<(String, Day)>,
}

impl<'a> Checker<'a> {
    pub(super) fn check_program(&mut self) -> Header {
        let mut header = Header {
            name: String::new(),
            in_force: InForce::default(),
            currency: String::new(),
            currency_decimals: 2,
            zone: Zone::utc(),
            fiscal: Calendar::CIVIL,
            returns: decided_returns(),
            amounts_first: false,
            continues: Vec::new(),
        };
        let mut first: Option<&'a ast::Program> = None;
        for item in &self.file.items {
            let Item::Program(program) = item else { continue };
            if let Some(first) = first {
                self.error(Code::DuplicateName, program.name.span, "found a second `program`, expected one in a file")
                    .label(first.name.span, "the first is here")
                    .help("put its clauses into the first");
                continue;
            }
            first = Some(program);
            self.header(program, &mut header);
        }
        if first.is_none() && !self.file.items.is_empty() {
            let start = Span::new(0, 0);
            self.error(Code::MissingDeclaration, start, "this file has no `program`, expected its name and currency")
                .help("write `program \"Name\" { currency RUB }` at the beginning");
        } else if first.is_none() {
            self.error(Code::MissingDeclaration, Span::new(0, 0), "this file is empty, expected a program")
                .help("write `program \"Name\" { currency RUB }` and a rule");
        }
        header
    }

    fn header(&mut self, program: &'a ast::Program, header: &mut Header) {
        header.name.clone_from(&program.name.text);
        header.in_force = self.in_force(program.in_force);
        let mut seen: Vec<&str> = Vec::new();
        for clause in &program.clauses {
            let (word, span) = match clause {
                ProgramClause::Currency(name, decimals) => {
                    header.currency.clone_from(&name.text);
                    header.currency_decimals = self.currency_decimals(name, *decimals);
                    ("currency", name.span)
                }
                ProgramClause::Timezone(name) => {
                    header.zone = self.zone(name).unwrap_or_else(Zone::utc);
                    ("timezone", name.span)
                }
                ProgramClause::Returns(returns) => {
                    header.returns = self.returns(returns);
                    ("returns", returns.span)
                }
                ProgramClause::Settle(name) => ("settle", name.span),
                ProgramClause::AmountsFirst(span) => {
                    header.amounts_first = true;
                    ("amounts first", *span)
                }
                ProgramClause::Continues(hash, from) => {
                    self.continues(hash, *from, header);
                    continue;
                }
                ProgramClause::FiscalYear(day, span) => {
                    match Calendar::starting(day.month, day.day) {
                        Some(calendar) => header.fiscal = calendar,
                        None => {
                            self.error(
                                Code::ImpossibleDates,
                                *span,
                                "a fiscal year cannot begin on a day that does not exist",
                            );
                        }
                    }
                    ("fiscal year", *span)
                }
            };
            self.once(word, span, &mut seen);
        }
    }

    fn continues(&mut self, hash: &Name, from: Day, header: &mut Header) {
        let known = header.continues.last().is_none_or(|(_, day)| *day < from);
        if hash.text.len() != 64 || !hash.text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            self.error(Code::WrongKind, hash.span, "found a text that is no version, expected 64 hexadecimal digits")
                .help("copy `version` from the result of a run of the old program");
        } else if !known {
            self.error(Code::ImpossibleDates, hash.span, "versions stand in the order of their days")
                .help("write the earlier one first");
        }
        header.continues.push((hash.text.to_ascii_lowercase(), from));
    }

    /// The attribute by which it is told who owes what.
    pub(super) fn settle_by(&mut self) -> Option<usize> {
        let name = self.file.items.iter().find_map(|item| match item {
            Item::Program(program) => program.clauses.iter().find_map(|clause| match clause {
                ProgramClause::Settle(name) => Some(name),
                _ => None,
            }),
            _ => None,
        })?;
        "the program".clone_into(&mut self.reader);
        self.text_of(Scope::Receipt, name, "the receipt")
    }

    /// A clause that stands once.
    pub(super) fn once<'w>(&mut self, word: &'w str, span: Span, seen: &mut Vec<&'w str>) {
        if seen.contains(&word) {
            self.error(Code::RepeatedClause, span, format!("found a second `{word}`, expected one"))
                .help("leave one of them out");
        }
        seen.push(word);
    }

    fn currency_decimals(&mut self, name: &Name, written: Option<u32>) -> u32 {
        let decimals = written.unwrap_or_else(|| match name.text.as_str() {
            code if NO_DECIMALS.contains(&code) => 0,
            code if THREE_DECIMALS.contains(&code) => 3,
            _ => 2,
        });
        self.decimals(decimals, name.span)
    }

    pub(super) fn decimals(&mut self, decimals: u32, span: Span) -> u32 {
        if decimals > DECIMALS_MAX {
            self.error(
                Code::InvalidNumber,
                span,
                format!("found {decimals} decimals, expected at most {DECIMALS_MAX}"),
            );
        }
        decimals.min(DECIMALS_MAX)
    }

    fn zone(&mut self, name: &Name) -> Option<Zone> {
        let zone = Zone::named(&name.text);
        if zone.is_none() {
            self.error(Code::UnknownName, name.span, format!("unknown name `{}`, expected a time zone", name.text))
                .help("write a place of the zone database, like `\"Europe/Moscow\"`, or `\"UTC\"`");
        }
        zone
    }

    /// `returns within 90 days, in proportion`
    pub(super) fn returns(&mut self, returns: &ast::Returns) -> ReturnsPolicy {
        let mut policy = decided_returns();
        if let Some(within) = returns.within {
            if within.is_elapsed() {
                self.hours(returns.span, "a number of days, weeks, months or years");
            }
            policy.within = within;
        }
        for mode in &returns.modes {
            if policy.modes.contains(mode) {
                self.error(
                    Code::RepeatedClause,
                    returns.span,
                    "found the same word about returns twice, expected it once",
                );
            } else {
                policy.modes.push(*mode);
            }
        }
        policy
    }

    /// ` from 2026-01-01 to 2026-12-31`
    pub(super) fn in_force(&mut self, written: ast::InForce) -> InForce {
        let _ = self.in_order(written.from, written.to, written.span);
        InForce { from: written.from, to: written.to }
    }

    /// Money needs a currency.
    pub(super) fn check_money(&mut self) {
        let has_program = self.file.items.iter().any(|item| matches!(item, Item::Program(_)));
        if let (Some(span), None, true) = (self.money_read, self.names.currency, has_program) {
            self.error(Code::MissingDeclaration, span, "this is money, but the program does not say in which currency")
                .help("write `currency RUB` in `program`");
        }
    }
}

fn decided_returns() -> ReturnsPolicy {
    ReturnsPolicy { within: Duration::new(12, DurationUnit::Month), modes: Vec::new() }
}
