//! `earnest test`: the examples of rule files, each with expected, got and why.

use crate::args::{Format, TestArgs};
use crate::failure::{Failure, Status};
use crate::output::Terminal;
use crate::program::{self, Program, count};
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

/// Runs the examples of all files.
pub(crate) fn run(args: &TestArgs, terminal: Terminal) -> Result<Status, Failure> {
    let mut files = Vec::new();
    for path in &args.files {
        let program = program::load(path, &args.sets, args.scenario.as_deref(), terminal)?;
        let mut results = run_examples(&program.plan, &program.file);
        if let Some(name) = &args.name {
            results.retain(|result| result.name.contains(name.as_str()));
        }
        files.push((program, results));
    }
    let all = files.iter().flat_map(|(_, results)| results);
    let (held, failed) =
        all.fold((0, 0), |(held, failed), result| if passed(result) { (held + 1, failed) } else { (held, failed + 1) });
    match args.format {
        Format::Json => {
            let told: Vec<Told<'_>> = files
                .iter()
                .flat_map(|(program, results)| results.iter().map(|result| told(program, result)))
                .collect();
            terminal.print_json(&told)?;
        }
        Format::Table => {
            let mut text = String::new();
            for (program, results) in &files {
                for result in results {
                    render(&mut text, program, result, terminal);
                }
            }
            let _ = writeln!(text, "{}, {failed} failed", count(held + failed, "example"));
            terminal.print(&text)?;
        }
    }
    if held + failed == 0 {
        terminal.tell("there are no examples to run: an `example` block in the file makes one");
    }
    Ok(if failed > 0 { Status::Program } else { Status::Well })
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
