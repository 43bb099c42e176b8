//! `earnest test`: the examples of rule files, each with expected, got and why.

use crate::args::{TestArgs, TestFormat};
use crate::covered;
use crate::failure::{Failure, Status};
use crate::junit;
use crate::make;
use crate::output::Terminal;
use crate::program::{self, Program, count};
use earnest::sim::coverage::{Coverage, coverage};
use earnest::sim::example::{ExampleResult, run_examples};
use serde::Serialize;
use std::fmt::Write as _;

/// An example for programs.
#[derive(Debug, Serialize)]
struct Told<'a> {
    file: &'a str,
    line: u32,
    example: &'a str,
    passed: bool,
    failures: Vec<ToldFailure<'a>>,
}

#[derive(Debug, Serialize)]
struct ToldFailure<'a> {
    line: u32,
    expected: &'a str,
    got: &'a str,
    why: &'a [String],
}

/// The examples, and what they try.
#[derive(Debug, Serialize)]
struct ToldCovered<'a> {
    examples: &'a [Told<'a>],
    coverage: Vec<CoverageOf<'a>>,
}

#[derive(Debug, Serialize)]
struct CoverageOf<'a> {
    file: &'a str,
    #[serde(flatten)]
    coverage: &'a Coverage,
}

/// A file with what became of its examples.
struct Tested {
    program: Program,
    results: Vec<ExampleResult>,
    coverage: Option<Coverage>,
}

/// Runs the examples of all files.
pub(crate) fn run(args: &TestArgs, terminal: Terminal) -> Result<Status, Failure> {
    if let Some(of) = &args.make {
        return make::run(args, of, terminal);
    }
    make::refuse_data(&args.data)?;
    let mut files = Vec::new();
    for path in &args.files {
        let program = program::load(path, &args.sets, args.scenario.as_deref(), terminal)?;
        let mut results = run_examples(&program.plan, &program.file);
        let covered = || coverage(&program.source, &program.plan, &program.file, &results);
        let coverage = args.coverage.then(covered);
        if let Some(name) = &args.name {
            results.retain(|result| result.name.contains(name.as_str()));
        }
        files.push(Tested { program, results, coverage });
    }
    let all = files.iter().flat_map(|file| &file.results);
    let (held, failed) =
        all.fold((0, 0), |(held, failed), result| if passed(result) { (held + 1, failed) } else { (held, failed + 1) });
    match args.format {
        TestFormat::Json => print_json(&files, terminal)?,
        TestFormat::Junit => terminal.print(&junit::report(&files.iter().map(suite).collect::<Vec<_>>()))?,
        TestFormat::Table => {
            let mut text = String::new();
            for Tested { program, results, .. } in &files {
                for result in results {
                    render(&mut text, program, result, terminal);
                }
            }
            let _ = writeln!(text, "{}, {failed} failed", count(held + failed, "example"));
            for file in &files {
                let told = file.coverage.iter().map(|coverage| covered::render(file.program.source.name(), coverage));
                text.extend(told);
            }
            terminal.print(&text)?;
        }
    }
    if held + failed == 0 {
        terminal.tell("there are no examples to run: an `example` block in the file makes one");
    }
    Ok(if failed > 0 { Status::Program } else { Status::Well })
}

fn print_json(files: &[Tested], terminal: Terminal) -> Result<(), Failure> {
    let examples: Vec<Told<'_>> =
        files.iter().flat_map(|file| file.results.iter().map(|result| told(&file.program, result))).collect();
    let coverage: Vec<CoverageOf<'_>> = files
        .iter()
        .filter_map(|file| Some(CoverageOf { file: file.program.source.name(), coverage: file.coverage.as_ref()? }))
        .collect();
    if coverage.is_empty() {
        return terminal.print_json(&examples);
    }
    terminal.print_json(&ToldCovered { examples: &examples, coverage })
}

fn suite(file: &Tested) -> junit::Suite<'_> {
    let case = |result: &ExampleResult| {
        let lines = result.failures.iter().map(|failure| {
            let line = file.program.source.place(failure.span.start).line;
            let why = failure.why.join("\n");
            format!("line {line}: expected {}, got {}\n{why}", failure.expected, failure.got)
        });
        (result.name.clone(), lines.collect())
    };
    junit::Suite { name: file.program.source.name(), cases: file.results.iter().map(case).collect() }
}

fn passed(result: &ExampleResult) -> bool {
    result.failures.is_empty()
}

fn told<'a>(program: &'a Program, result: &'a ExampleResult) -> Told<'a> {
    let failure = |failure: &'a earnest::sim::example::Failure| ToldFailure {
        line: program.source.place(failure.span.start).line,
        expected: &failure.expected,
        got: &failure.got,
        why: &failure.why,
    };
    Told {
        file: program.source.name(),
        line: program.source.place(result.span.start).line,
        example: &result.name,
        passed: passed(result),
        failures: result.failures.iter().map(failure).collect(),
    }
}

fn render(text: &mut String, program: &Program, result: &ExampleResult, terminal: Terminal) {
    if passed(result) {
        if !terminal.quiet {
            let _ = writeln!(text, "{}    {}", terminal.out.green("ok"), result.name);
        }
        return;
    }
    let _ = writeln!(text, "{}  {}", terminal.out.red("fail"), terminal.out.bold(&result.name));
    for failure in &result.failures {
        let place = program.source.place(failure.span.start);
        let _ = writeln!(text, "      {}:{}:{}", program.source.name(), place.line, place.column);
        let why = failure.why.join("\n");
        for (head, words) in [("expected", &failure.expected), ("got", &failure.got), ("why", &why)] {
            for (at, line) in words.lines().enumerate() {
                let _ = writeln!(text, "      {:<8}  {line}", if at == 0 { head } else { "" });
            }
        }
    }
}
