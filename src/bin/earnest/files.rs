//! Files: read whole or as a stream with compression undone, and written so that a reader sees the
//! old file or the new one, never half of one.

use crate::failure::Failure;
use sha2::{Digest, Sha256};
use std::ffi::OsString;
use std::fs;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// How people see a path: `-` is `standard input`.
pub(crate) fn shown(path: &Path) -> String {
    if is_stdin(path) { "standard input".to_owned() } else { path.display().to_string() }
}

/// Is it `-`?
pub(crate) fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// A whole text of at most so many bytes.
pub(crate) fn read_text(path: &Path, bytes_max: usize) -> Result<String, Failure> {
    let fail = |error: &io::Error| Failure::file("read", shown(path), error);
    let reader: Box<dyn Read> = if is_stdin(path) { Box::new(io::stdin().lock()) } else { Box::new(open(path)?) };
    let mut bytes = Vec::new();
    reader.take(bytes_max as u64 + 1).read_to_end(&mut bytes).map_err(|error| fail(&error))?;
    if bytes.len() > bytes_max {
        return Err(Failure::usage(format_args!("{} is larger than {bytes_max} bytes", shown(path)))
            .help("is it the right file? history files go after --history"));
    }
    let text = String::from_utf8(bytes).map_err(|_| {
        Failure::usage(format_args!("{} is not text in UTF-8", shown(path))).help("save the file as UTF-8")
    })?;
    Ok(text.strip_prefix('\u{feff}').map_or(text.clone(), str::to_owned))
}

fn open(path: &Path) -> Result<fs::File, Failure> {
    let fail = |error: &io::Error| Failure::file("read", shown(path), error);
    let file = fs::File::open(path).map_err(|error| fail(&error))?;
    if file.metadata().map_err(|error| fail(&error))?.is_dir() {
        return Err(Failure::usage(format_args!("cannot read {}: it is a folder", shown(path))));
    }
    Ok(file)
}

/// A file as a stream; gzip and zstd are known by their first bytes, whatever the name says.
pub(crate) fn stream(path: &Path) -> Result<Box<dyn BufRead>, Failure> {
    let raw: Box<dyn Read> = if is_stdin(path) { Box::new(io::stdin()) } else { Box::new(open(path)?) };
    unpacked(raw).map_err(|error| Failure::file("read", shown(path), &error))
}

/// Bytes that are held, as a stream with compression undone.
pub(crate) fn held_stream(bytes: Arc<[u8]>, path: &Path) -> Result<Box<dyn BufRead>, Failure> {
    unpacked(Box::new(io::Cursor::new(bytes))).map_err(|error| Failure::file("read", shown(path), &error))
}

fn unpacked(raw: Box<dyn Read>) -> io::Result<Box<dyn BufRead>> {
    let mut raw = BufReader::with_capacity(1 << 16, raw);
    let head = raw.fill_buf()?;
    if head.starts_with(&[0x1f, 0x8b]) {
        return Ok(Box::new(BufReader::with_capacity(1 << 16, flate2::bufread::MultiGzDecoder::new(raw))));
    }
    if head.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
        return Ok(Box::new(BufReader::with_capacity(1 << 16, zstd::stream::read::Decoder::with_buffer(raw)?)));
    }
    Ok(Box::new(raw))
}

/// The SHA-256 of a file's bytes, as they lie there.
pub(crate) fn sha256_of(path: &Path) -> Result<String, Failure> {
    let mut hash = Sha256::new();
    io::copy(&mut open(path)?, &mut hash).map_err(|error| Failure::file("read", shown(path), &error))?;
    Ok(digits(hash))
}

/// The SHA-256 of bytes.
pub(crate) fn sha256_digits(bytes: &[u8]) -> String {
    digits(Sha256::new().chain_update(bytes))
}

/// What a hash comes to.
pub(crate) fn digits(hash: Sha256) -> String {
    hash.finalize().iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

/// A file being written beside its place; it takes its place when it is finished, and is removed when not.
#[derive(Debug)]
pub(crate) struct NewFile {
    target: PathBuf,
    beside: Option<PathBuf>,
    out: Option<BufWriter<fs::File>>,
}

impl NewFile {
    /// Begins a file.
    pub(crate) fn create(path: &Path) -> Result<Self, Failure> {
        let fail = |error: &io::Error| Failure::file("write", shown(path), error);
        if is_stdin(path) {
            return Err(Failure::usage("cannot write this file to `-`: results go to stdout").help("name a file"));
        }
        // A link stays a link: what it points to is replaced.
        let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let kind = fs::metadata(&target);
        if kind.as_ref().is_ok_and(fs::Metadata::is_dir) {
            return Err(Failure::usage(format_args!("cannot write {}: it is a folder", shown(path))));
        }
        if kind.as_ref().is_ok_and(|kind| !kind.is_file()) {
            let file = fs::OpenOptions::new().write(true).open(&target).map_err(|error| fail(&error))?;
            return Ok(Self { target, beside: None, out: Some(BufWriter::new(file)) });
        }
        let mut name = OsString::from(".");
        name.push(target.file_name().unwrap_or_default());
        name.push(format!(".{}.part", std::process::id()));
        let beside = target.with_file_name(name);
        let file = fs::OpenOptions::new().write(true).create_new(true).open(&beside).map_err(|error| fail(&error))?;
        if let Ok(kind) = kind {
            file.set_permissions(kind.permissions()).map_err(|error| fail(&error))?;
        }
        Ok(Self { target, beside: Some(beside), out: Some(BufWriter::with_capacity(1 << 16, file)) })
    }

    /// All is written: the file takes its place.
    pub(crate) fn finish(mut self) -> Result<(), Failure> {
        let name = self.target.display().to_string();
        let fail = |error: &io::Error| Failure::file("write", &name, error);
        if let Some(mut out) = self.out.take() {
            out.flush().map_err(|error| fail(&error))?;
        }
        if let Some(beside) = self.beside.take() {
            fs::rename(&beside, &self.target).map_err(|error| fail(&error))?;
        }
        Ok(())
    }
}

impl Write for NewFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.as_mut().map_or(Ok(bytes.len()), |out| out.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.as_mut().map_or(Ok(()), Write::flush)
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        if let Some(beside) = self.beside.take() {
            // Nothing can be done about a file that cannot be removed, and the failure is being told already.
            let _ = fs::remove_file(beside);
        }
    }
}

/// Writes a whole text into its place.
pub(crate) fn write_text(path: &Path, text: &str) -> Result<(), Failure> {
    let mut file = NewFile::create(path)?;
    file.write_all(text.as_bytes()).map_err(|error| Failure::file("write", shown(path), &error))?;
    file.finish()
}

/// Refuses to write over what is read.
pub(crate) fn keep_apart(outputs: &[Option<&Path>], inputs: &[&Path]) -> Result<(), Failure> {
    let real = |path: &Path| fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let outputs: Vec<&Path> = outputs.iter().flatten().copied().collect();
    for (at, output) in outputs.iter().enumerate() {
        if inputs.iter().any(|input| !is_stdin(input) && real(input) == real(output)) {
            return Err(Failure::usage(format_args!("{} would be written over while it is read", shown(output)))
                .help("name another file"));
        }
        if outputs.iter().take(at).any(|other| real(other) == real(output)) {
            return Err(
                Failure::usage(format_args!("{} is named for two results", shown(output))).help("name two files")
            );
        }
    }
    Ok(())
}
