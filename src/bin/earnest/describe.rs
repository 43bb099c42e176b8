//! `earnest describe`: the terms of a program in plain words, for members.

use crate::args::{DescribeArgs, LanguageArgs, WordsFormat};
use crate::failure::{Failure, Status};
use crate::files;
use crate::output::Terminal;
use crate::program;
use earnest::source::Source;
use earnest::words::{Examples, Language, describe};

/// Says the terms.
pub(crate) fn run(args: &DescribeArgs, terminal: Terminal) -> Result<Status, Failure> {
    let program = program::load(&args.file, &[], None, terminal)?;
    let language = language(&args.language)?;
    let examples = if args.without_examples { Examples::Left } else { Examples::Told };
    let told = describe(&program.file, &language, examples);
    match args.format {
        WordsFormat::Json => terminal.print_json(&told)?,
        WordsFormat::Markdown => terminal.print(&told.to_markdown())?,
    }
    Ok(Status::Well)
}

/// The language that the options name; one of a file is named by the file: `de.ftl`.
pub(crate) fn language(args: &LanguageArgs) -> Result<Language, Failure> {
    let Some(path) = &args.lang_file else {
        return Language::named(&args.lang).map_err(|error| {
            Failure::usage(format_args!("--lang: {error}"))
                .help("another language comes from a file: --lang-file de.ftl")
        });
    };
    let code = path.file_stem().unwrap_or_default().to_string_lossy();
    let messages = files::read_text(path, Source::BYTES_MAX)?;
    Language::new(&code, &messages).map_err(|error| {
        Failure::usage(format_args!("{}: {error}", files::shown(path)))
            .help("begin with a copy of `locales/en/words.ftl`")
    })
}
