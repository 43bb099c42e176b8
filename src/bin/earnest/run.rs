//! `earnest run`: a history through a program.

use crate::args::{Format, RunArgs};
use crate::cells::Cells;
use crate::failure::{Failure, Status};
use crate::files;
use crate::history::{Input, Lots, Times};
use crate::ledger_file::LedgerFile;
use crate::members_file;
use crate::output::Terminal;
use crate::program;
use crate::report::{self, Money};
use std::sync::Arc;

/// Replays the history, writes the files, prints the totals.
pub(crate) fn run(args: &RunArgs, terminal: Terminal) -> Result<Status, Failure> {
    let program = program::load(&args.file, &args.sets, args.scenario.as_deref(), terminal)?;
    let input = Input::prepare(&args.data, Times::Once)?;
    let mut inputs = input.paths();
    inputs.push(&args.file);
    let outputs = [args.ledger.as_deref(), args.members_out.as_deref(), args.data.rejects.as_deref()];
    files::keep_apart(&outputs, &inputs)?;

    let cells = if args.for_spreadsheet { Cells::ForSpreadsheet } else { Cells::Raw };
    let ran = match &args.ledger {
        Some(path) => {
            let mut ledger = LedgerFile::create(path, cells, Arc::clone(&program.plan))?;
            let ran = input.replay(&program, &mut ledger, terminal, Lots::Named)?;
            ledger.finish()?;
            ran
        }
        None => input.replay(&program, &mut (), terminal, Lots::Unnamed)?,
    };
    if ran.report.rows.read == 0 {
        terminal.tell("the history has no rows after its header: is it the right file?");
    }
    if let Some(path) = &args.members_out {
        members_file::write(path, cells, &program.plan, ran.finished.book())?;
    }
    match args.format {
        Format::Json => terminal.print_json(&ran.report)?,
        Format::Table => {
            terminal.print(&report::render(&ran.report, &Money::of(&program.plan), terminal.out))?;
        }
    }
    Ok(Status::Well)
}
