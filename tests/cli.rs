//! Transcripts: what is typed, what comes back, and the exit status, as `tests/cli/*.txt` show it.
//!
//! A transcript is a list of files and commands:
//!
//! ```text
//! >>> a.earn
//! program "A" { currency RUB }
//! <<<
//! $ earnest check a.earn
//! a.earn: no problems; members can be opened one by one
//! ! what stands on stderr
//! [1]
//! ```
//!
//! `[1]` is the exit status where it is not 0; `$ cat f` shows a file that was written. Hashes of programs
//! are shown as `<version>`; a line of output that begins with `# ` stands behind a backslash. `BLESS=1 cargo test --test suite cli` writes what comes back into the transcripts.
#![cfg(feature = "cli")]
#![allow(clippy::expect_used, clippy::panic, reason = "a test says what is wrong by failing")]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// One part of a transcript.
enum Part {
    /// A comment or an empty line, kept as it is.
    Kept(String),
    /// A file: its name and its lines.
    File(String, Vec<String>),
    /// A command and what is expected of it.
    Command(String, String),
}

fn read(text: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        if let Some(name) = line.strip_prefix(">>> ") {
            let file = lines.by_ref().take_while(|line| *line != "<<<").map(str::to_owned).collect();
            parts.push(Part::File(name.to_owned(), file));
        } else if let Some(command) = line.strip_prefix("$ ") {
            let mut expected = String::new();
            while let Some(line) =
                lines.next_if(|line| !line.starts_with("$ ") && !line.starts_with(">>> ") && !line.starts_with("# "))
            {
                let _ = writeln!(expected, "{line}");
            }
            parts.push(Part::Command(command.to_owned(), expected.trim_end().to_owned()));
        } else {
            parts.push(Part::Kept(line.to_owned()));
        }
    }
    parts
}

fn written(parts: &[Part]) -> String {
    let mut text = String::new();
    for part in parts {
        match part {
            Part::Kept(line) => {
                let _ = writeln!(text, "{line}");
            }
            Part::File(name, lines) => {
                let _ = writeln!(text, ">>> {name}");
                for line in lines {
                    let _ = writeln!(text, "{line}");
                }
                text.push_str("<<<\n");
            }
            Part::Command(command, output) => {
                let gap = if output.is_empty() { "" } else { "\n" };
                let _ = writeln!(text, "$ {command}\n{output}{gap}");
            }
        }
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

/// The words of a command, with `'…'` and `"…"`.
fn words(command: &str) -> Vec<String> {
    let (mut words, mut word, mut quote, mut begun) = (Vec::new(), String::new(), None, false);
    for sign in command.chars() {
        match (sign, quote) {
            (_, Some(open)) if sign == open => quote = None,
            ('\'' | '"', None) => (quote, begun) = (Some(sign), true),
            (' ', None) => {
                if begun {
                    words.push(std::mem::take(&mut word));
                }
                begun = false;
            }
            _ => {
                word.push(sign);
                begun = true;
            }
        }
    }
    if begun {
        words.push(word);
    }
    words
}

/// What a command says: stdout, then stderr behind `!`, then the status.
fn output_of(command: &str, folder: &Path) -> String {
    let mut words = words(command);
    let program = words.remove(0);
    if program == "cat" {
        let text = fs::read_to_string(folder.join(words.first().expect("a file")))
            .unwrap_or_else(|error| format!("! {error}"));
        return without_hashes(text.trim_end());
    }
    assert_eq!(program, "earnest", "a transcript runs `earnest` or `cat`");
    let input = words.iter().position(|word| word == "<").map(|at| words.drain(at..).nth(1).expect("a file after <"));
    let mut child = Command::new(env!("CARGO_BIN_EXE_earnest"));
    child.args(&words).current_dir(folder).env_remove("NO_COLOR").env("COLUMNS", "80");
    child.stdin(match input {
        Some(name) => Stdio::from(fs::File::open(folder.join(name)).expect("the file after <")),
        None => Stdio::null(),
    });
    let output = child.output().expect("the binary starts");
    let mut text = String::from_utf8(output.stdout).expect("stdout is UTF-8");
    for line in String::from_utf8(output.stderr).expect("stderr is UTF-8").lines() {
        let _ = writeln!(text, "{}", format!("! {line}").trim_end());
    }
    match output.status.code() {
        Some(0) => {}
        Some(code) => {
            let _ = writeln!(text, "[{code}]");
        }
        None => text.push_str("[killed]\n"),
    }
    // A line that would be taken for a comment of the transcript stands behind a backslash.
    let text: Vec<String> = text
        .trim_end()
        .lines()
        .map(|line| if line.starts_with("# ") { format!("\\{line}") } else { line.to_owned() })
        .collect();
    without_hashes(&text.join("\n"))
}

/// Hashes change with every change of a program's checked form.
fn without_hashes(text: &str) -> String {
    let is_hash = |word: &str| word.len() == 64 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    let mut clean = text.to_owned();
    for word in text.split(|sign: char| !sign.is_ascii_alphanumeric()).filter(|word| is_hash(word)) {
        clean = clean.replace(word, "<version>");
    }
    clean
}

fn transcripts() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli");
    let entries = fs::read_dir(folder).expect("tests/cli").map(|entry| entry.expect("an entry").path());
    let mut found: Vec<_> = entries.filter(|path| path.extension().is_some_and(|end| end == "txt")).collect();
    found.sort();
    found
}

/// Two texts line by line, the lines that differ marked.
fn difference(expected: &str, got: &str) -> String {
    format!("--- expected\n{expected}\n--- got\n{got}\n")
}

#[test]
fn commands_answer_as_the_transcripts_show() {
    let bless = std::env::var_os("BLESS").is_some();
    let mut wrong = String::new();
    for path in transcripts() {
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cli").join(&name);
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).expect("a folder for the transcript");
        let mut parts = read(&fs::read_to_string(&path).expect("a transcript"));
        for part in &mut parts {
            match part {
                Part::Kept(_) => {}
                Part::File(name, lines) => {
                    let path = folder.join(name);
                    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
                    fs::write(path, lines.join("\n") + "\n").expect("a file");
                }
                Part::Command(command, expected) => {
                    let got = output_of(command, &folder);
                    if got != *expected && !bless {
                        let _ = writeln!(wrong, "{name}: $ {command}\n{}", difference(expected, &got));
                    }
                    *expected = got;
                }
            }
        }
        if bless {
            fs::write(&path, written(&parts)).expect("the transcript");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn no_line_for_people_is_wider_than_eighty_columns() {
    for path in transcripts() {
        let text = fs::read_to_string(&path).expect("a transcript");
        for part in read(&text) {
            if let Part::Command(command, output) = part
                && !command.starts_with("cat ")
                && !["json", "junit"].iter().any(|form| command.contains(&format!("--format {form}")))
            {
                for line in output.lines().map(|line| line.strip_prefix("! ").unwrap_or(line)) {
                    // A message says all that it has to, and may quote a line of the user's file as it stands.
                    let quoted = line.trim_start().starts_with(|sign: char| sign.is_ascii_digit() || sign == '|');
                    let said = ["error", "warning[", "help:"].iter().any(|word| line.contains(word));
                    let width = line.chars().count();
                    assert!(width <= 80 || quoted || said, "{}: {width} columns: {line}", path.display());
                }
            }
        }
    }
}

#[test]
fn a_reader_that_goes_away_is_no_fault() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_earnest"))
        .args(["sample", "--members", "50", "--receipts", "20000"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(output.status.code(), Some(0));
}
