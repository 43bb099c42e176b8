//! `earnest run`: a history through a program.

use crate::args::{Format, RunArgs};
use crate::cells::{Cells, Target};
use crate::failure::{Failure, Status};
use crate::files;
use crate::history::{Input, Lots, Ran, Times};
use crate::ledger_file::LedgerFile;
use crate::members_file;
use crate::output::Terminal;
use crate::program::{self, Program};
use crate::receipt::{self, Arguments, Inputs, Output, Part, Receipt};
use crate::report::{self, Money};
use std::path::Path;
use std::sync::Arc;

/// Replays the history, writes the files, prints the totals.
pub(crate) fn run(args: &RunArgs, terminal: Terminal) -> Result<Status, Failure> {
    let program = program::load(&args.file, &args.sets, args.scenario.as_deref(), terminal)?;
    let input = Input::prepare(&args.data, Times::Once)?;
    let mut inputs = input.paths();
    inputs.push(&args.file);
    let (receipt, rejects) = (args.receipt.as_deref(), args.data.rejects.as_deref());
    files::keep_apart(&[args.ledger.as_deref(), args.members_out.as_deref(), rejects, receipt], &inputs)?;
    receipt::refuse_stdin(receipt, &inputs)?;

    let cells = if args.for_spreadsheet { Cells::ForSpreadsheet } else { Cells::Raw };
    let hashed = receipt.is_some();
    let ledger = args.ledger.as_deref().map(|path| Target { path: Some(path), cells, hashed });
    let members = args.members_out.as_deref().map(|path| Target { path: Some(path), cells, hashed });
    let (ran, outputs) = replayed(&program, &input, ledger, members, terminal)?;
    if ran.report.rows.read == 0 {
        terminal.tell("the history has no rows after its header: is it the right file?");
    }
    if let Some(path) = receipt {
        let scenario = args.scenario.iter().cloned().collect();
        let arguments = Arguments { set: args.sets.clone(), scenario, ..Arguments::of(&args.data) };
        let inputs = Inputs { receipt: path, programs: vec![&args.file], input: &input, arguments };
        Receipt::of_run(inputs, &program.plan, &name_of(&args.file), &ran.report, outputs)?.write(path)?;
    }
    match args.format {
        Format::Json => terminal.print_json(&ran.report)?,
        Format::Table => {
            terminal.print(&report::render(&ran.report, &Money::of(&program.plan), terminal.out))?;
        }
    }
    Ok(Status::Well)
}

/// Replays the history and writes what is asked for; answers the hashes of what was written.
pub(crate) fn replayed(
    program: &Program,
    input: &Input,
    ledger: Option<Target<'_>>,
    members: Option<Target<'_>>,
    terminal: Terminal,
) -> Result<(Ran, Vec<Output>), Failure> {
    let mut outputs = Vec::new();
    let mut written = |part, target: Target<'_>, sha256: Option<String>| {
        let for_spreadsheet = target.cells == Cells::ForSpreadsheet;
        outputs.extend(sha256.map(|sha256| Output { part, for_spreadsheet, sha256 }));
    };
    let ran = match ledger {
        Some(target) => {
            let mut ledger = LedgerFile::create(target, Arc::clone(&program.plan))?;
            let ran = input.replay(program, &mut ledger, terminal, Lots::Named)?;
            written(Part::Ledger, target, ledger.finish()?);
            ran
        }
        None => input.replay(program, &mut (), terminal, Lots::Unnamed)?,
    };
    if let Some(target) = members {
        written(Part::MembersOut, target, members_file::write(target, &program.plan, ran.finished.book())?);
    }
    Ok((ran, outputs))
}

/// What a program is called beside others: its file, without the ending.
pub(crate) fn name_of(file: &Path) -> String {
    file.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}
