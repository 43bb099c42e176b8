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

mod args;
mod failure;
mod files;
mod output;
mod sample;

mod table;

use args::{Cli, Command};
use clap::Parser as _;
use output::Terminal;
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let terminal = Terminal::new(cli.color, cli.quiet);
    let ended = match &cli.command {
        Command::Sample(args) => sample::run(args, terminal),
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
