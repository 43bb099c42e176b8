//! `--receipt run.json`: what a run read, under which arguments, and what came of it, so that `earnest verify` can
//! repeat it.
//!
//! Paths are written as one who stands in the folder of the receipt would write them: a folder that holds program,
//! data and receipt can be moved as a whole. The bytes follow from the run alone.

use crate::args::{DataArgs, OnBadRow};
use crate::failure::Failure;
use crate::files::{self, is_stdin, shown};
use crate::history::Input;
use earnest::plan::{Plan, Role, Rule};
use earnest::sim::compare::{Comparison, Members};
use earnest::sim::report::{Report, Rows, Totals, Warning};
use earnest::time::{Day, Zone};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

/// The form of receipts that this version writes and reads.
pub(crate) const FORM: u32 = 1;

/// A receipt; `R` is what each program came to.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Receipt<R> {
    /// The form: also the mark by which a receipt is known.
    #[serde(rename = "earnest_receipt")]
    pub(crate) form: u32,
    /// What was run.
    pub(crate) command: Ran,
    /// The version of earnest.
    pub(crate) earnest: String,
    /// The release of the zone rules.
    pub(crate) zone_rules: String,
    /// What was read.
    pub(crate) files: Vec<Hashed>,
    /// What else decides on the result.
    pub(crate) arguments: Arguments,
    /// The day of the result.
    pub(crate) as_of: Option<Day>,
    /// Where every row went.
    pub(crate) rows: R,
    /// The program, or each variant, with what came of it.
    pub(crate) results: Vec<R>,
    /// The files that were written.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) outputs: Vec<Output>,
    /// The hash of the whole result as `--format json` prints it.
    pub(crate) result_sha256: String,
}

/// Which command a receipt is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Ran {
    /// `earnest run`
    Run,
    /// `earnest simulate`
    Simulate,
}

/// What a file is for a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Part {
    /// A rule file.
    Program,
    /// A history.
    History,
    /// The members file.
    Members,
    /// The opening balances.
    Opening,
    /// The map.
    Map,
    /// Rows of the ledger.
    Ledger,
    /// One row a member.
    #[serde(rename = "members_out")]
    MembersOut,
}

impl Part {
    /// The word for it.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Program => "program",
            Self::History => "history",
            Self::Members => "members",
            Self::Opening => "opening",
            Self::Map => "map",
            Self::Ledger => "ledger",
            Self::MembersOut => "members_out",
        }
    }
}

/// A file that was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Hashed {
    /// What it is.
    #[serde(rename = "as")]
    pub(crate) part: Part,
    /// Where it lies, seen from the receipt.
    pub(crate) path: String,
    /// The hash of its bytes as they lie there.
    pub(crate) sha256: String,
}

/// A file that was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Output {
    /// What it is.
    #[serde(rename = "as")]
    pub(crate) part: Part,
    /// Were cells made harmless for spreadsheets?
    pub(crate) for_spreadsheet: bool,
    /// The hash of its bytes.
    pub(crate) sha256: String,
}

/// The arguments that decide on a result.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Arguments {
    /// `--as-of`
    pub(crate) as_of: Option<String>,
    /// `--on-bad-row skip`
    pub(crate) skip_bad_rows: bool,
    /// `--unsorted`
    pub(crate) unsorted: bool,
    /// `--set`
    pub(crate) set: Vec<String>,
    /// `--scenario`
    pub(crate) scenario: Vec<String>,
    /// `--sweep`
    pub(crate) sweep: Vec<String>,
    /// `--by`, and what a report counts by beside.
    pub(crate) by: Vec<String>,
}

impl Arguments {
    /// Those that all commands share.
    pub(crate) fn of(data: &DataArgs) -> Self {
        Self {
            as_of: data.as_of.clone(),
            skip_bad_rows: data.on_bad_row == OnBadRow::Skip,
            unsorted: data.unsorted,
            ..Self::default()
        }
    }
}

/// What came of a program.
#[derive(Debug, Serialize)]
pub(crate) struct Outcome<'a> {
    name: &'a str,
    program: &'a str,
    version: &'a str,
    /// What chance was seeded with, by draw or assumed reward.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    seeds: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    assumptions: &'a [String],
    totals: &'a Totals,
    #[serde(skip_serializing_if = "Option::is_none")]
    members: Option<&'a Members>,
    warnings: &'a [Warning],
}

/// What a receipt tells of one program or of several: rows, or a result.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Told<'a> {
    /// Where every row went.
    Rows(Rows),
    /// What came of a program.
    Outcome(Box<Outcome<'a>>),
}

/// What was run on which files.
pub(crate) struct Inputs<'a> {
    /// The receipt, or where one would lie.
    pub(crate) receipt: &'a Path,
    /// The rule files.
    pub(crate) programs: Vec<&'a Path>,
    /// The data.
    pub(crate) input: &'a Input,
    /// What else decides.
    pub(crate) arguments: Arguments,
}

/// What chance is seeded with in a program.
fn seeds(plan: &Plan) -> BTreeMap<String, String> {
    let seed = |rule: &Rule| match &rule.role {
        Role::Draw(draw) => Some((rule.name.clone(), draw.seed.clone())),
        Role::Reward(reward) => Some((rule.name.clone(), reward.assumed.as_ref()?.seed.clone())),
        Role::Rule | Role::Migration(_) => None,
    };
    plan.rules.iter().filter_map(seed).collect()
}

impl<'a> Receipt<Told<'a>> {
    /// The receipt of a run through one program.
    pub(crate) fn of_run(
        inputs: Inputs<'_>,
        plan: &Plan,
        name: &'a str,
        report: &'a Report,
        outputs: Vec<Output>,
    ) -> Result<Self, Failure> {
        let outcome = Outcome {
            name,
            program: &report.program,
            version: &report.version,
            seeds: seeds(plan),
            assumptions: &[],
            totals: &report.totals,
            members: None,
            warnings: &report.warnings,
        };
        Ok(Self { outputs, ..Self::of(inputs, Ran::Run, report.as_of, report.rows, vec![outcome], report)? })
    }

    /// The receipt of a run through several; the plans stand in the order of the variants.
    pub(crate) fn of_variants<'p>(
        inputs: Inputs<'_>,
        plans: impl Iterator<Item = &'p Plan>,
        comparison: &'a Comparison,
    ) -> Result<Self, Failure> {
        let outcomes = comparison.variants.iter().zip(plans).map(|(variant, plan)| Outcome {
            name: &variant.name,
            program: &variant.program,
            version: &variant.version,
            seeds: seeds(plan),
            assumptions: &variant.assumptions,
            totals: &variant.totals,
            members: Some(&variant.members),
            warnings: &variant.warnings,
        });
        let history = &comparison.history;
        // Commands name files as one who stands somewhere else would not.
        let mut whole = comparison.clone();
        whole.variants.iter_mut().for_each(|variant| variant.explain.clear());
        Self::of(inputs, Ran::Simulate, history.as_of, history.rows, outcomes.collect(), &whole)
    }

    fn of(
        inputs: Inputs<'_>,
        command: Ran,
        as_of: Option<Day>,
        rows: Rows,
        outcomes: Vec<Outcome<'a>>,
        whole: &impl Serialize,
    ) -> Result<Self, Failure> {
        let folder = inputs.receipt.parent().unwrap_or(Path::new(""));
        let all = inputs.programs.iter().map(|path| (Part::Program, *path)).chain(inputs.input.parts());
        let hashed = all
            .map(|(part, path)| Ok(Hashed { part, path: seen_from(folder, path)?, sha256: files::sha256_of(path)? }));
        let whole = serde_json::to_vec(whole).map_err(Failure::data)?;
        Ok(Self {
            form: FORM,
            command,
            earnest: env!("CARGO_PKG_VERSION").to_owned(),
            zone_rules: Zone::rules_version().to_owned(),
            files: hashed.collect::<Result<_, Failure>>()?,
            arguments: inputs.arguments,
            as_of,
            rows: Told::Rows(rows),
            results: outcomes.into_iter().map(|outcome| Told::Outcome(Box::new(outcome))).collect(),
            outputs: Vec::new(),
            result_sha256: files::sha256_digits(&whole),
        })
    }

    /// Writes it into its place.
    pub(crate) fn write(&self, path: &Path) -> Result<(), Failure> {
        let mut text = serde_json::to_string_pretty(self).map_err(Failure::data)?;
        text.push('\n');
        files::write_text(path, &text)
    }
}

/// What is read from standard input cannot be read again.
pub(crate) fn refuse_stdin(receipt: Option<&Path>, inputs: &[&Path]) -> Result<(), Failure> {
    if receipt.is_some() && inputs.iter().any(|path| is_stdin(path)) {
        return Err(Failure::usage("--receipt: what is read from standard input cannot be read again")
            .help("put it into a file and name that"));
    }
    Ok(())
}

/// A path as one who stands in a folder would write it, with `/` between its parts; an absolute one stays as it is.
fn seen_from(folder: &Path, path: &Path) -> Result<String, Failure> {
    if path.is_absolute() {
        return written(path);
    }
    if let Ok(inside) = path.strip_prefix(folder) {
        return written(inside);
    }
    let real = |path: &Path| std::fs::canonicalize(path).map_err(|error| Failure::file("read", shown(path), &error));
    let (folder, here) = (real(folder)?, real(Path::new("."))?);
    let shared = folder.components().zip(here.components()).take_while(|(one, other)| one == other).count();
    let up = folder.components().skip(shared).map(|_| Component::ParentDir);
    written(&up.chain(here.components().skip(shared)).chain(path.components()).collect::<PathBuf>())
}

fn written(path: &Path) -> Result<String, Failure> {
    let Some(text) = path.to_str() else {
        return Err(Failure::usage(format_args!("--receipt: the name {} cannot be written as text", shown(path)))
            .help("give the file another name"));
    };
    if path.is_absolute() {
        return Ok(text.to_owned());
    }
    let parts = path.components().filter(|part| *part != Component::CurDir);
    Ok(parts.map(|part| part.as_os_str().to_string_lossy().into_owned()).collect::<Vec<_>>().join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_begin_at_the_receipt() {
        let seen = |folder: &str, path: &str| seen_from(Path::new(folder), Path::new(path)).expect("a path");
        assert_eq!(seen("", "./data/sales.csv"), "data/sales.csv");
        assert_eq!(seen("out", "out/sales.csv"), "sales.csv");
        assert_eq!(seen("src/bin", "data/sales.csv"), "../../data/sales.csv");
        assert_eq!(seen("src", "/data/sales.csv"), "/data/sales.csv");
    }
}
