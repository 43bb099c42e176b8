//! Why a command ends early: a status for scripts, words for people.

use std::fmt;
use std::io;

/// What the process says at its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    /// All well.
    Well = 0,
    /// The program is wrong, or a test does not hold.
    Program = 1,
    /// The command is wrong: an option, a file that cannot be opened.
    Usage = 2,
    /// The data are wrong.
    Data = 3,
}

/// The end of a command that could not do its work.
#[derive(Debug)]
pub(crate) struct Failure {
    /// The exit status.
    pub(crate) status: Status,
    /// What is wrong; empty where all is said already, or where nobody listens.
    pub(crate) text: String,
    /// What to do.
    pub(crate) help: Option<String>,
}

impl Failure {
    /// Everything has been printed; only the status is left.
    pub(crate) fn said(status: Status) -> Self {
        Self { status, text: String::new(), help: None }
    }

    /// The command is wrong.
    pub(crate) fn usage(text: impl fmt::Display) -> Self {
        Self { status: Status::Usage, text: text.to_string(), help: None }
    }

    /// The data are wrong.
    pub(crate) fn data(text: impl fmt::Display) -> Self {
        Self { status: Status::Data, text: text.to_string(), help: None }
    }

    /// Says what to do.
    pub(crate) fn help(mut self, help: impl fmt::Display) -> Self {
        self.help = Some(help.to_string());
        self
    }

    /// A file could not be opened, read or written.
    pub(crate) fn file(doing: &str, name: impl fmt::Display, error: &io::Error) -> Self {
        let failure = Self::usage(format_args!("cannot {doing} {name}: {}", reason(error)));
        match error.kind() {
            io::ErrorKind::NotFound => failure.help("check the path; relative paths start at the current folder"),
            io::ErrorKind::PermissionDenied => failure.help("check the rights of the file and of its folder"),
            _ => failure,
        }
    }
}

/// Nobody reads our output any more: that is no fault of anyone.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self::said(Status::Well);
        }
        Self::usage(format_args!("cannot write the result: {}", reason(&error)))
    }
}

/// The operating system's words without its numbers: `No such file or directory (os error 2)`.
fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "not permitted".to_owned(),
        io::ErrorKind::IsADirectory => "it is a folder".to_owned(),
        _ => text.split(" (os error").next().unwrap_or(&text).to_owned(),
    }
}
