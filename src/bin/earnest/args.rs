//! The command line as data: commands, options, help texts.

mod verify;

pub(crate) use verify::VerifyArgs;

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// `earnest …`
#[derive(Debug, Parser)]
#[command(
    name = "earnest",
    version,
    max_term_width = 80,
    about = "Loyalty rules that mean what they say",
    long_about = "Checks, formats, tests and runs loyalty programmes written in the Earnest language (*.earn).",
    after_help = "Examples:
  earnest check sweet.earn
  earnest test sweet.earn
  earnest run sweet.earn --history sales.csv
  earnest explain sweet.earn --history sales.csv --receipt 4711
  earnest simulate sweet.earn --history sales.csv --set base=4%

Exit status: 0 well, 1 bad program or failed test, 2 bad usage, 3 bad data."
)]
pub(crate) struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
    /// Say nothing but results and errors.
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,
    /// Colours in messages and tables; the variable `NO_COLOR` switches `auto` off.
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    pub(crate) color: Color,
}

/// A command.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Find every problem of rule files.
    Check(CheckArgs),
    /// Bring rule files into the canonical layout.
    Fmt(FmtArgs),
    /// Run the example blocks of rule files.
    Test(TestArgs),
    /// Replay a purchase history through a program.
    Run(RunArgs),
    /// Run a history under several variants, side by side.
    Simulate(SimulateArgs),
    /// Repeat the run of a receipt and say whether it holds.
    Verify(VerifyArgs),
    /// Say why points were given, and why not more.
    Explain(ExplainArgs),
    /// Make a believable purchase history of any size.
    Sample(SampleArgs),
    /// Say the terms in plain words, for members.
    Describe(DescribeArgs),
    /// Say what changes in meaning from one program to another.
    Diff(DiffArgs),
}

/// `earnest check`
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  earnest check sweet.earn
  earnest check --deny-warnings programmes/*.earn
  earnest check --format json sweet.earn")]
pub(crate) struct CheckArgs {
    /// Rule files; `-` is stdin.
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Warnings count as errors.
    #[arg(long)]
    pub(crate) deny_warnings: bool,
    /// Show a purchase that reaches the largest cost, as an example block.
    #[arg(long)]
    pub(crate) witness: bool,
    /// How to print the problems.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,
}

/// `earnest fmt`
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  earnest fmt sweet.earn
  earnest fmt --check programmes/*.earn
  earnest fmt - < sweet.earn")]
pub(crate) struct FmtArgs {
    /// Rule files, changed in place; `-` reads stdin and writes stdout.
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Change nothing; exit with 1 where a file would change.
    #[arg(long)]
    pub(crate) check: bool,
}

/// `earnest test`
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  earnest test sweet.earn
  earnest test --name \"New Year\" sweet.earn
  earnest test --coverage sweet.earn
  earnest test --make boundaries sweet.earn >> sweet.earn
  earnest test --make 1002 --history sales.csv sweet.earn
  earnest test --format junit programmes/*.earn > report.xml

With --coverage it is told what the examples do not try: rules that never
gave, conditions that were never true or never false, tiers that nobody held,
rows that no fact hit, and bounds not tried just below, at and just above.
With --make example blocks are written that pass as they stand: of what a member
of a history did, or just below, at and just above each bound not tried so yet.")]
pub(crate) struct TestArgs {
    /// Rule files.
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Only examples whose name contains this.
    #[arg(long, value_name = "TEXT")]
    pub(crate) name: Option<String>,
    /// Change a parameter or a tier's bound for this run.
    #[arg(long = "set", value_name = "NAME=VALUE")]
    pub(crate) sets: Vec<String>,
    /// Under one of the scenarios of the program.
    #[arg(long, value_name = "NAME")]
    pub(crate) scenario: Option<String>,
    /// Tell what the examples try, and what they do not.
    #[arg(long)]
    pub(crate) coverage: bool,
    /// Write examples, instead of running them: of a member of the history, or, without a history, `boundaries`.
    #[arg(long, value_name = "MEMBER|boundaries", conflicts_with_all = ["name", "sets", "scenario", "coverage"])]
    pub(crate) make: Option<String>,
    #[command(flatten)]
    pub(crate) data: MaybeDataArgs,
    /// How to print the results.
    #[arg(long, value_enum, default_value_t = TestFormat::Table)]
    pub(crate) format: TestFormat,
}

/// How the results of tests are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum TestFormat {
    /// For people: 80 columns.
    Table,
    /// For programs: the keys are stable.
    Json,
    /// For integration machines: the XML of `JUnit`.
    Junit,
}

/// What `run`, `simulate` and `explain` read.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Data")]
pub(crate) struct DataArgs {
    /// A history: .csv, .tsv or .jsonl, also .gz and .zst; `-` is stdin. Can be given several times.
    #[arg(long = "history", required = true, value_name = "FILE")]
    pub(crate) histories: Vec<PathBuf>,
    /// The members file: `member`, `joined`, declared attributes.
    #[arg(long, value_name = "FILE")]
    pub(crate) members: Option<PathBuf>,
    /// Opening balances: lots with dates, tiers, counters.
    #[arg(long, value_name = "FILE")]
    pub(crate) opening: Option<PathBuf>,
    /// Names the columns of an export of another system (TOML).
    #[arg(long, value_name = "FILE")]
    pub(crate) map: Option<PathBuf>,
    /// The day the result stands on, before its end-of-day steps; else the day of the last event.
    #[arg(long, value_name = "DATE")]
    pub(crate) as_of: Option<String>,
    /// What to do with a bad row: stop, or set its receipt aside.
    #[arg(long, value_enum, default_value_t = OnBadRow::Stop, value_name = "WHAT")]
    pub(crate) on_bad_row: OnBadRow,
    /// Where to write the rows that are set aside, with what is wrong with each.
    #[arg(long, value_name = "FILE")]
    pub(crate) rejects: Option<PathBuf>,
    /// Sort the history first; without this it must be in order of time, or of member and time.
    #[arg(long)]
    pub(crate) unsorted: bool,
}

/// `earnest run`
#[derive(Debug, Args)]
#[command(
    override_usage = "earnest run FILE --history FILE… [OPTIONS]",
    after_help = "Examples:
  earnest run sweet.earn --history sales.csv
  earnest run sweet.earn --history 2025.csv.gz --history 2026.csv.gz \\
      --members members.csv --as-of 2026-12-31 --format json
  earnest run sweet.earn --history sales.csv \\
      --ledger ledger.csv --members-out members-after.csv
  earnest run sweet.earn --history export.csv --map export.map.toml \\
      --on-bad-row skip --rejects rejects.csv"
)]
pub(crate) struct RunArgs {
    /// The rule file.
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) data: DataArgs,
    /// Change a parameter or a tier's bound for this run. Can be given several times.
    #[arg(long = "set", value_name = "NAME=VALUE")]
    pub(crate) sets: Vec<String>,
    /// Under one of the scenarios of the program.
    #[arg(long, value_name = "NAME")]
    pub(crate) scenario: Option<String>,
    /// How to print the totals.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,
    /// Write every row of the ledger here (CSV).
    #[arg(long, value_name = "FILE")]
    pub(crate) ledger: Option<PathBuf>,
    /// Write one row a member here (CSV).
    #[arg(long, value_name = "FILE")]
    pub(crate) members_out: Option<PathBuf>,
    /// Neutralise cells of these files that a spreadsheet would run as formulas.
    #[arg(long)]
    pub(crate) for_spreadsheet: bool,
    /// Write a receipt of the run here (JSON): hashes, arguments, totals; `earnest verify` repeats it.
    #[arg(long, value_name = "FILE")]
    pub(crate) receipt: Option<PathBuf>,
}

/// `earnest simulate`
#[derive(Debug, Args)]
#[command(
    override_usage = "earnest simulate FILE [OTHER…] --history FILE… [OPTIONS]",
    after_help = "Examples:
  earnest simulate now.earn next.earn --history sales.csv
  earnest simulate sweet.earn --history sales.csv --set base=4%
  earnest simulate sweet.earn --history sales.csv \\
      --set status.Gold.from='40_000 RUB' --set base=3% --format json
  earnest simulate sweet.earn --history sales.csv --sweep base=3%..7%..0.5%
  earnest simulate sweet.earn --history sales.csv \\
      --scenario \"Cheaper Gold\" --by city

The first FILE is the baseline. Each other FILE, each --scenario, each --set and
each value of a --sweep is a variant."
)]
pub(crate) struct SimulateArgs {
    /// Rule files; the first is the baseline.
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) data: DataArgs,
    /// A variant: a scenario of the first file. Without any variant, all of its scenarios.
    #[arg(long = "scenario", value_name = "NAME")]
    pub(crate) scenarios: Vec<String>,
    /// A variant: the first file with one parameter or tier's bound changed.
    #[arg(long = "set", value_name = "NAME=VALUE")]
    pub(crate) sets: Vec<String>,
    /// Variants: one for each value from one to another; two of them make a grid.
    #[arg(long = "sweep", value_name = "NAME=FROM..TO..STEP")]
    pub(crate) sweeps: Vec<String>,
    /// Count by this declared attribute as well: a text or yes/no; or by `issue-month`, the month in which units were
    /// issued. Can be given several times.
    #[arg(long = "by", value_name = "ATTRIBUTE")]
    pub(crate) by: Vec<String>,
    /// Write a report here: one HTML file that opens without a network. Counts by all texts of receipts and members, and by category.
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
    /// Write a receipt of the run here (JSON): hashes, arguments, totals; `earnest verify` repeats it.
    #[arg(long, value_name = "FILE")]
    pub(crate) receipt: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) language: LanguageArgs,
    /// How to print the comparison.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,
}

/// `earnest explain`
#[derive(Debug, Args)]
#[command(
    override_usage = "earnest explain FILE --history FILE… <--receipt R|--member M|--all>",
    after_help = "Examples:
  earnest explain sweet.earn --history sales.csv --receipt 4711
  earnest explain sweet.earn --history sales.csv --member 1002
  earnest explain sweet.earn --history sales.csv --all --format json

With --all --format json each line is the explanation of one event."
)]
#[command(group(clap::ArgGroup::new("what").required(true).multiple(true).args(["receipt", "member", "all"])))]
pub(crate) struct ExplainArgs {
    /// The rule file.
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) data: DataArgs,
    /// Change a parameter or a tier's bound for this run.
    #[arg(long = "set", value_name = "NAME=VALUE")]
    pub(crate) sets: Vec<String>,
    /// Under one of the scenarios of the program.
    #[arg(long, value_name = "NAME")]
    pub(crate) scenario: Option<String>,
    /// The receipt to explain.
    #[arg(long, value_name = "R")]
    pub(crate) receipt: Option<String>,
    /// All of this member's events; with --receipt, that receipt of this member.
    #[arg(long, value_name = "M")]
    pub(crate) member: Option<String>,
    /// Every event of the history.
    #[arg(long, conflicts_with_all = ["receipt", "member"])]
    pub(crate) all: bool,
    /// How to print the explanations.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,
}

/// `earnest sample`
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  earnest sample --members 200 --receipts 5000 --out sales.csv
  earnest sample --seed 7 --receipts 1000000 --out sales.csv.gz \\
      --members-out members.csv

The same options give the same bytes on every machine.")]
pub(crate) struct SampleArgs {
    /// The number that everything is drawn from.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// How many members.
    #[arg(long, default_value_t = 1000)]
    pub(crate) members: u32,
    /// About how many receipts.
    #[arg(long, default_value_t = 20_000)]
    pub(crate) receipts: u64,
    /// The first day.
    #[arg(long, default_value = "2024-01-01", value_name = "DATE")]
    pub(crate) from: String,
    /// The last day.
    #[arg(long, default_value = "2025-12-31", value_name = "DATE")]
    pub(crate) to: String,
    /// Where to write the history: .csv, also .csv.gz and .csv.zst; else stdout.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Where to write the members file (CSV).
    #[arg(long, value_name = "FILE")]
    pub(crate) members_out: Option<PathBuf>,
}

/// In which language words are said.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Language")]
pub(crate) struct LanguageArgs {
    /// The language: `en` or `ru`.
    #[arg(long, default_value = "en", value_name = "CODE")]
    pub(crate) lang: String,
    /// A language of your own: messages as in `locales/en/words.ftl`, in a file named by its code (`de.ftl`).
    #[arg(long, value_name = "FILE", conflicts_with = "lang")]
    pub(crate) lang_file: Option<PathBuf>,
}

/// `earnest describe`
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  earnest describe sweet.earn
  earnest describe sweet.earn --lang ru > terms.md
  earnest describe sweet.earn --without-examples --format json

The terms are Markdown; parameters stand by their values.")]
pub(crate) struct DescribeArgs {
    /// The rule file; `-` is stdin.
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) language: LanguageArgs,
    /// Leave the example blocks of the file out.
    #[arg(long)]
    pub(crate) without_examples: bool,
    /// How to print the terms.
    #[arg(long, value_enum, default_value_t = WordsFormat::Markdown)]
    pub(crate) format: WordsFormat,
}

/// `earnest diff`
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  earnest diff now.earn next.earn
  earnest diff now.earn next.earn --lang ru --format json
  earnest diff now.earn next.earn --history sales.csv > review.md

Order, layout, comments and examples are no change. With --history both
programs are run over the same sales, as `simulate` does.")]
pub(crate) struct DiffArgs {
    /// The program as it is.
    #[arg(value_name = "OLD")]
    pub(crate) old: PathBuf,
    /// The program as it would be.
    #[arg(value_name = "NEW")]
    pub(crate) new: PathBuf,
    #[command(flatten)]
    pub(crate) language: LanguageArgs,
    /// How to print the changes.
    #[arg(long, value_enum, default_value_t = WordsFormat::Markdown)]
    pub(crate) format: WordsFormat,
    #[command(flatten)]
    pub(crate) data: MaybeDataArgs,
}

/// What `diff` and `test` read where a history is given: as [`DataArgs`], but all of it may be left out.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Data")]
pub(crate) struct MaybeDataArgs {
    /// A history: .csv, .tsv or .jsonl, also .gz and .zst; `-` is stdin. Can be given several times.
    #[arg(long = "history", value_name = "FILE")]
    pub(crate) histories: Vec<PathBuf>,
    /// The members file: `member`, `joined`, declared attributes.
    #[arg(long, value_name = "FILE", requires = "histories")]
    pub(crate) members: Option<PathBuf>,
    /// Opening balances: lots with dates, tiers, counters.
    #[arg(long, value_name = "FILE", requires = "histories")]
    pub(crate) opening: Option<PathBuf>,
    /// Names the columns of an export of another system (TOML).
    #[arg(long, value_name = "FILE", requires = "histories")]
    pub(crate) map: Option<PathBuf>,
    /// The day the result stands on, before its end-of-day steps; else the day of the last event.
    #[arg(long, value_name = "DATE", requires = "histories")]
    pub(crate) as_of: Option<String>,
    /// What to do with a bad row: stop, or set its receipt aside.
    #[arg(long, value_enum, default_value_t = OnBadRow::Stop, value_name = "WHAT")]
    pub(crate) on_bad_row: OnBadRow,
    /// Where to write the rows that are set aside, with what is wrong with each.
    #[arg(long, value_name = "FILE", requires = "histories")]
    pub(crate) rejects: Option<PathBuf>,
    /// Sort the history first; without this it must be in order of time, or of member and time.
    #[arg(long, requires = "histories")]
    pub(crate) unsorted: bool,
}

impl MaybeDataArgs {
    /// The options as commands that need a history have them.
    pub(crate) fn of_history(&self) -> Option<DataArgs> {
        (!self.histories.is_empty()).then(|| DataArgs {
            histories: self.histories.clone(),
            members: self.members.clone(),
            opening: self.opening.clone(),
            map: self.map.clone(),
            as_of: self.as_of.clone(),
            on_bad_row: self.on_bad_row,
            rejects: self.rejects.clone(),
            unsorted: self.unsorted,
        })
    }
}

/// How words are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum WordsFormat {
    /// For people, on a terminal or a page.
    Markdown,
    /// For programs: the keys are stable.
    Json,
}

/// How a result is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people: 80 columns.
    Table,
    /// For programs: the keys are stable.
    Json,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// What happens at a bad row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum OnBadRow {
    /// End with the message.
    Stop,
    /// Set its receipt aside and go on; needs --rejects.
    Skip,
}
