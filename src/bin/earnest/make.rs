//! `earnest test --make`: example blocks from what a member did, or from the bounds of a program.

use crate::args::{MaybeDataArgs, TestArgs};
use crate::failure::{Failure, Status};
use crate::history::{Input, Times};
use crate::output::Terminal;
use crate::program;
use earnest::sim::make::{Made, boundaries};

/// What `--make` calls the bounds of a program.
const BOUNDARIES: &str = "boundaries";

/// Writes the blocks to stdout, and what could not be made to stderr.
pub(crate) fn run(args: &TestArgs, of: &str, terminal: Terminal) -> Result<Status, Failure> {
    let [file] = args.files.as_slice() else {
        return Err(Failure::usage("--make writes examples for one program, several are given").help("name one FILE"));
    };
    let program = program::load(file, &[], None, terminal)?;
    let made = match args.data.of_history() {
        Some(data) => {
            let input = Input::prepare(&data, Times::Several)?;
            input.story(&program, of, terminal)?.ok_or_else(|| {
                Failure::usage(format_args!("--make {of}: the history has no fact of a member `{of}`"))
                    .help("names of members stand in the history as they are; `run --members-out F` lists them all")
            })?
        }
        None if of == BOUNDARIES => boundaries(&program.source, &program.file, &program.plan),
        None => {
            return Err(Failure::usage(format_args!("--make {of}: a member's examples come from a history"))
                .help(format_args!("add --history FILE, or write --make {BOUNDARIES}")));
        }
    };
    tell(&made, terminal)
}

fn tell(made: &Made, terminal: Terminal) -> Result<Status, Failure> {
    // Appended to a file, the first block stands apart from what is there.
    if made.count > 0 {
        terminal.print(&format!("\n{}", made.text))?;
    }
    for left in &made.left {
        terminal.complain(&format!("left out: {left}\n"));
    }
    if made.count == 0 && made.left.is_empty() {
        terminal.tell("there is nothing to make: every bound is tried just below, at and just above already");
    }
    Ok(Status::Well)
}

/// Without `--make` there is nothing that would read a history.
pub(crate) fn refuse_data(data: &MaybeDataArgs) -> Result<(), Failure> {
    if data.of_history().is_some() {
        return Err(Failure::usage("--history: examples tell their own facts").help("add --make MEMBER to make one"));
    }
    Ok(())
}
