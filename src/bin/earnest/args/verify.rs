//! The arguments of `earnest verify`.

use super::Format;
use clap::Args;
use std::path::PathBuf;

/// `earnest verify`
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  earnest run sweet.earn --history sales.csv --receipt run.json
  earnest verify run.json
  earnest verify run.json --in ../archive/2026

Exit status: 0 it holds, 1 it does not (another file, another figure) or the
program is wrong, 2 bad usage or a file that is not there, 3 bad data, or no
receipt.")]
pub(crate) struct VerifyArgs {
    /// The receipt, as `run` or `simulate` wrote it with --receipt.
    #[arg(value_name = "RECEIPT")]
    pub(crate) receipt: PathBuf,
    /// Where its paths begin; else at the folder that the receipt lies in.
    #[arg(long = "in", value_name = "FOLDER")]
    pub(crate) folder: Option<PathBuf>,
    /// How to print what was found.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,
}
