//! `earnest sample`: a believable history of any size from a seed.

use crate::args::SampleArgs;
use crate::failure::{Failure, Status};
use crate::files::{self, NewFile, shown};
use crate::output::Terminal;
use crate::table::grouped;
use earnest::sim::sample::{Sample, SampleCounts};
use earnest::time::Day;
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// Writes the history, and the members if they are asked for.
pub(crate) fn run(args: &SampleArgs, terminal: Terminal) -> Result<Status, Failure> {
    let sample = Sample {
        members: args.members as usize,
        receipts: args.receipts,
        from: day("--from", &args.from)?,
        to: day("--to", &args.to)?,
        seed: args.seed,
    };
    if sample.to < sample.from {
        return Err(Failure::usage(format_args!("--to {} is before --from {}", args.to, args.from))
            .help("give the first day first"));
    }
    if sample.members == 0 {
        return Err(Failure::usage("a history of no members is empty").help("--members 1 or more"));
    }
    files::keep_apart(&[args.out.as_deref(), args.members_out.as_deref()], &[])?;
    if let Some(path) = &args.members_out {
        write(path, |out| sample.write_members(out))?;
    }
    let counts = match &args.out {
        Some(path) => write(path, |out| sample.write_history(out))?,
        None => sample.write_history(BufWriter::with_capacity(1 << 16, io::stdout().lock()))?,
    };
    if args.out.is_some() {
        let SampleCounts { rows, receipts, returns, .. } = counts;
        terminal.tell(&format!(
            "{} rows: {} purchases, {} returns",
            grouped(rows),
            grouped(receipts),
            grouped(returns)
        ));
    }
    Ok(Status::Well)
}

/// A day of an option.
pub(crate) fn day(option: &str, text: &str) -> Result<Day, Failure> {
    Day::parse(text).ok_or_else(|| {
        Failure::usage(format_args!("{option} {text} is no date between {} and {}", Day::MIN, Day::MAX))
            .help("write it as 2026-12-31")
    })
}

/// Writes a file, packed as its name says.
fn write<T>(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<T>) -> Result<T, Failure> {
    let failed = |error: io::Error| Failure::file("write", shown(path), &error);
    let mut file = NewFile::create(path)?;
    let ending = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    let written = match ending.as_str() {
        "gz" => {
            let mut packed = flate2::write::GzEncoder::new(&mut file, flate2::Compression::default());
            let written = write(&mut packed).map_err(failed)?;
            packed.finish().map_err(failed)?;
            written
        }
        "zst" => {
            let mut packed = zstd::stream::write::Encoder::new(&mut file, 0).map_err(failed)?;
            let written = write(&mut packed).map_err(failed)?;
            packed.finish().map_err(failed)?;
            written
        }
        _ => write(&mut file).map_err(failed)?,
    };
    file.finish()?;
    Ok(written)
}
