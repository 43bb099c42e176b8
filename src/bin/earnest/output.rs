//! The terminal: results on stdout, words on stderr, colours only where they are wanted.

use crate::args::Color;
use crate::failure::Failure;
use std::fmt::Write as _;
use std::io::{self, IsTerminal as _, Write as _};

/// Whether and how to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Paint {
    on: bool,
}

impl Paint {
    /// Without colours.
    #[cfg(test)]
    pub(crate) const OFF: Self = Self { on: false };

    /// With colours where the option, `NO_COLOR` and the stream say so.
    fn choose(color: Color, terminal: bool) -> Self {
        let on = match color {
            Color::Always => true,
            Color::Never => false,
            // https://no-color.org: any value that is not empty.
            Color::Auto => terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
        };
        Self { on }
    }

    /// As the renderer of diagnostics says it.
    pub(crate) const fn of_diagnostics(self) -> earnest::diag::Color {
        if self.on { earnest::diag::Color::Always } else { earnest::diag::Color::Never }
    }

    /// Heads.
    pub(crate) fn bold(self, text: &str) -> String {
        self.wrap("1", text)
    }

    /// Faults.
    pub(crate) fn red(self, text: &str) -> String {
        self.wrap("1;31", text)
    }

    /// What holds.
    pub(crate) fn green(self, text: &str) -> String {
        self.wrap("32", text)
    }

    /// What to do.
    pub(crate) fn blue(self, text: &str) -> String {
        self.wrap("1;34", text)
    }

    fn wrap(self, code: &str, text: &str) -> String {
        if self.on { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}

/// The streams of a command.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terminal {
    /// For stdout.
    pub(crate) out: Paint,
    /// For stderr.
    pub(crate) err: Paint,
    /// Nothing but results and errors.
    pub(crate) quiet: bool,
    /// Is someone watching stderr?
    pub(crate) watched: bool,
}

impl Terminal {
    /// As the options say.
    pub(crate) fn new(color: Color, quiet: bool) -> Self {
        let watched = io::stderr().is_terminal();
        Self {
            out: Paint::choose(color, io::stdout().is_terminal()),
            err: Paint::choose(color, watched),
            quiet,
            watched: watched && !quiet,
        }
    }

    /// Prints a result.
    #[expect(clippy::unused_self, reason = "whoever prints has a terminal in hand")]
    pub(crate) fn print(self, text: &str) -> Result<(), Failure> {
        let mut out = io::stdout().lock();
        out.write_all(text.as_bytes())?;
        out.flush()?;
        Ok(())
    }

    /// Prints a result as JSON, keys in their order, with a line end.
    pub(crate) fn print_json(self, value: &impl serde::Serialize) -> Result<(), Failure> {
        let mut text = serde_json::to_string_pretty(value).map_err(Failure::usage)?;
        text.push('\n');
        self.print(&text)
    }

    /// Says something on stderr that is neither a result nor an error.
    pub(crate) fn tell(self, text: &str) {
        if !self.quiet {
            // Where stderr is gone there is nobody to tell.
            let _ = writeln!(io::stderr().lock(), "{text}");
        }
    }

    /// Prints messages about a program or data on stderr, as they are.
    #[expect(clippy::unused_self, reason = "whoever complains has a terminal in hand")]
    pub(crate) fn complain(self, text: &str) {
        let _ = io::stderr().lock().write_all(text.as_bytes());
    }

    /// Says why the command ends.
    pub(crate) fn fail(self, failure: &Failure) {
        if failure.text.is_empty() {
            return;
        }
        let mut text = format!("{}: {}\n", self.err.red("error"), failure.text);
        if let Some(help) = &failure.help {
            let _ = writeln!(text, "{}: {help}", self.err.blue("help"));
        }
        self.complain(&text);
    }
}
