//! `earnest fmt`: the canonical layout, in place.

use crate::args::FmtArgs;
use crate::failure::{Failure, Status};
use crate::files;
use crate::output::Terminal;
use crate::program::{self, count};

/// Formats all files; a file that does not parse stays as it is.
pub(crate) fn run(args: &FmtArgs, terminal: Terminal) -> Result<Status, Failure> {
    let (mut broken, mut differ) = (false, 0);
    for path in &args.files {
        let source = program::read(path)?;
        let laid_out = match earnest::syntax::format(&source) {
            Ok(text) => text,
            Err(diagnostics) => {
                broken = true;
                terminal.complain(&program::render(&source, &diagnostics, terminal));
                continue;
            }
        };
        let same = laid_out == source.text();
        differ += usize::from(!same);
        if args.check {
            if !same {
                terminal.print(&format!("{} would change\n", source.name()))?;
            }
        } else if files::is_stdin(path) {
            terminal.print(&laid_out)?;
        } else if !same {
            files::write_text(path, &laid_out)?;
            terminal.tell(&format!("{} laid out", source.name()));
        }
    }
    if args.check && differ > 0 {
        let them = if differ == 1 { "it" } else { "them" };
        terminal.tell(&format!(
            "{} of {} would change; `earnest fmt` changes {them}",
            differ,
            count(args.files.len(), "file")
        ));
    }
    Ok(if broken || (args.check && differ > 0) { Status::Program } else { Status::Well })
}
