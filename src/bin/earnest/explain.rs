//! `earnest explain`: why these points, and why not more.

use crate::args::{ExplainArgs, Format};
use crate::failure::{Failure, Status};
use crate::history::{Input, Lots, Ran, Times};
use crate::members_file::missing_words;
use crate::output::{Paint, Terminal};
use crate::program::{self, Program};
use crate::table::{Side, Table, WIDTH, cut, grouped};
use earnest::ledger::EntryKind;
use earnest::plan::{LadderId, UnitId};
use earnest::sim::explained::{Explained, Row};
use earnest::ty::Event;
use std::fmt::Write as _;

/// Replays to the events that are meant and asks the evaluator about each.
pub(crate) fn run(args: &ExplainArgs, terminal: Terminal) -> Result<Status, Failure> {
    let program = program::load(&args.file, &args.sets, args.scenario.as_deref(), terminal)?;
    let input = Input::prepare(&args.data, Times::Once)?;
    let mut found = 0_u64;
    let mut all = Vec::new();
    let ran = input.explain(
        &program,
        terminal,
        Lots::Named,
        |event| is_meant(args, event),
        |one| {
            found += 1;
            match (args.format, args.all) {
                (Format::Json, true) => {
                    let mut line = serde_json::to_string(&one).map_err(Failure::usage)?;
                    line.push('\n');
                    terminal.print(&line)?;
                }
                (Format::Json, false) => all.push(one),
                (Format::Table, _) => terminal.print(&render(&one, terminal.out))?,
            }
            Ok(())
        },
    )?;
    if found == 0 && !args.all {
        return Err(nothing(args));
    }
    match args.format {
        Format::Json if !args.all => terminal.print_json(&all)?,
        Format::Table if args.receipt.is_none() => {
            if let Some(member) = &args.member {
                terminal.print(&standing(&program, &ran, member, terminal.out))?;
            }
        }
        _ => {}
    }
    Ok(Status::Well)
}

fn is_meant(args: &ExplainArgs, event: &Event) -> bool {
    let receipt = args.receipt.as_deref().is_none_or(|receipt| event.receipt == receipt);
    receipt && args.member.as_deref().is_none_or(|member| event.member == member)
}

fn nothing(args: &ExplainArgs) -> Failure {
    let text = match (&args.receipt, &args.member) {
        (Some(receipt), Some(member)) => format!("the history has no receipt `{receipt}` of member `{member}`"),
        (Some(receipt), None) => format!("the history has no receipt `{receipt}` of a member"),
        (None, Some(member)) => format!("the history has no event of member `{member}`"),
        (None, None) => "the history has no event".to_owned(),
    };
    Failure::usage(text).help("check the number, --map, and --as-of: events after that day are left out")
}

/// One event as people read it.
fn render(one: &Explained, paint: Paint) -> String {
    let what = if one.receipt.is_empty() { one.event.as_str() } else { one.receipt.as_str() };
    let head = format!("{what} · {} of {} · {}", one.kind, one.member, one.at.replace('T', " "));
    let mut text = format!("{}\n", paint.bold(&cut(&head, WIDTH)));
    let name_width = one.rules.iter().map(|rule| rule.rule.chars().count()).max().unwrap_or(0).min(30);
    for rule in &one.rules {
        let name = cut(&rule.rule, name_width);
        if let Some(reason) = &rule.reason {
            wrapped(&mut text, &format!("  {name:<name_width$}  –  "), &reason.text);
        }
        for award in rule.awards.iter().filter(|award| rule.paid || !award.wanted.is_zero()) {
            let mut words = format!("{} {}: {}", grouped(award.given), award.unit, award.text);
            if award.arithmetic != award.text {
                let _ = write!(words, " = {}", award.arithmetic);
            }
            if award.exact != award.arithmetic {
                let _ = write!(words, " = {}", award.exact);
            }
            if award.exact != award.wanted.to_string() {
                let _ = write!(words, ", rounded {} to {}", award.rounding, award.wanted);
            }
            if award.given != award.wanted {
                let _ = write!(words, ", cut to {} by `{}`", grouped(award.given), award.limits.join("`, `"));
            }
            if award.to_referrer {
                words.push_str("; to the referrer");
            }
            for _ in 1..award.links.unwrap_or(1) {
                words.push_str("'s referrer");
            }
            let sign = if rule.paid { "+" } else { " " };
            wrapped(&mut text, &format!("  {name:<name_width$}  {sign}  "), &words);
        }
    }
    for row in one.ledger.iter().filter(|row| row.entry != EntryKind::Open) {
        let _ = writeln!(text, "  {}", cut(&row_words(row, &one.member), WIDTH - 2));
    }
    text.push('\n');
    text
}

/// A text behind a head, broken at blanks; what follows stands under its begin.
fn wrapped(out: &mut String, head: &str, words: &str) {
    let indent = head.chars().count();
    let mut line = head.to_owned();
    let mut begun = false;
    for word in words.split(' ') {
        if begun && line.chars().count() + 1 + word.chars().count() > WIDTH {
            let _ = writeln!(out, "{}", line.trim_end());
            line = " ".repeat(indent);
            begun = false;
        }
        if begun {
            line.push(' ');
        }
        line.push_str(word);
        begun = true;
    }
    let _ = writeln!(out, "{}", line.trim_end());
}

fn row_words(row: &Row, member: &str) -> String {
    let mut words = format!("{} {} {}", row.entry.word(), grouped(row.amount), row.unit);
    if row.member != member {
        let _ = write!(words, " for {}", row.member);
    }
    if let Some(day) = row.opens {
        let _ = write!(words, ", from {day}");
    }
    if let Some(day) = row.expires {
        let _ = write!(words, " to {day}");
    }
    let _ = write!(words, "; balance {}", grouped(row.balance));
    words
}

/// How a member stands at the end.
fn standing(program: &Program, ran: &Ran, name: &str, paint: Paint) -> String {
    let Some(member) = ran.finished.book().member(name) else { return String::new() };
    let plan = &program.plan;
    let mut text = format!("{}\n", paint.bold(&cut(&format!("{name} · {}", ran.finished.as_of()), WIDTH)));
    let mut table = Table::new(&[("", Side::Left), ("", Side::Right), ("", Side::Left)]);
    for (at, unit) in plan.units.iter().enumerate() {
        let pending = member.pending(UnitId::new(at));
        let words = if pending.is_zero() { String::new() } else { format!("of it {} pending", grouped(pending)) };
        table.row([unit.key().to_owned(), grouped(member.balance(UnitId::new(at))), words]);
    }
    for (at, ladder) in plan.ladders.iter().enumerate() {
        let (tier, until) = member.tier(LadderId::new(at));
        let until = until.map(|day| format!("until {day}")).unwrap_or_default();
        let name = ladder.tiers.get(usize::from(tier)).map(|tier| tier.name.clone()).unwrap_or_default();
        table.row([ladder.name.clone(), name, until]);
        let missing = missing_words(plan, &member.to_next(LadderId::new(at)).unwrap_or_default());
        if !missing.is_empty() {
            table.row([format!("{}, next", ladder.name), String::new(), format!("needs {missing}")]);
        }
    }
    text.push_str(&table.render(paint));
    text
}
