//! The command line `earnest`: files, terminals and exit statuses around the library. One file per command.
//!
//! ```text
//! earnest run examples/sweet/sweet.earn --history sales.csv
//! ```
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::disallowed_macros,
    reason = "files, streams and the environment are what the binary is for"
)]

mod ahead;
mod args;
mod cells;
mod check;
mod covered;
mod describe;
mod diff;
mod explain;
mod failure;
mod files;
mod fmt;
mod history;
mod junit;
mod ledger_file;
mod make;
mod members_file;
mod opening;
mod output;
mod page;
mod program;
mod progress;
mod receipt;
mod report;
mod run;
mod sample;
mod several;
mod simulate;
mod table;
mod test;
mod verify;
mod why;

use args::{Cli, Command};
use clap::Parser as _;
use output::Terminal;
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let terminal = Terminal::new(cli.color, cli.quiet);
    let ended = match &cli.command {
        Command::Check(args) => check::run(args, terminal),
        Command::Fmt(args) => fmt::run(args, terminal),
        Command::Test(args) => test::run(args, terminal),
        Command::Run(args) => run::run(args, terminal),
        Command::Simulate(args) => simulate::run(args, terminal),
        Command::Verify(args) => verify::run(args, terminal),
        Command::Explain(args) => explain::run(args, terminal),
        Command::Sample(args) => sample::run(args, terminal),
        Command::Describe(args) => describe::run(args, terminal),
        Command::Diff(args) => diff::run(args, terminal),
    };
    let status = match ended {
        Ok(status) => status,
        Err(failure) => {
            terminal.fail(&failure);
            failure.status
        }
    };
    ExitCode::from(status as u8)
}
