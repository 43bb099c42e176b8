//! The same command gives the same bytes, however many processors a machine has.
#![cfg(feature = "cli")]
#![allow(clippy::expect_used, clippy::panic, reason = "a test says what is wrong by failing")]

use std::path::Path;
use std::process::Command;

const PROGRAM: &str = r#"program "Shop" { currency RUB }
data { line category text  receipt store text, or "" }
param base = 5%
unit bean, beans { worth 1 RUB  expires 6 months after earning }
tiers status by spend over the last 12 months { Bronze, extra 0%  Silver from 10_000 RUB, extra 1% }
rule "Base" { give (base + status.extra) of spend as beans }
rule "Cakes" { where category = "cakes"  give 10 beans }
scenario "Cheaper" { set base = 4% }
"#;

/// The first processor that this process may use; none where the system does not tell.
fn one_processor() -> Option<String> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let list = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:"))?;
    Some(list.trim().split([',', '-']).next()?.to_owned())
}

/// What a simulation prints and writes: `how` goes before the command.
fn simulated(folder: &Path, how: &[&str]) -> Vec<Vec<u8>> {
    let all: Vec<&str> = how.iter().copied().chain([env!("CARGO_BIN_EXE_earnest")]).collect();
    let (first, rest) = all.split_first().expect("a command");
    let run = Command::new(first)
        .args(rest)
        .args(["simulate", "shop.earn", "--history", "sales.csv", "--by", "store"])
        .args(["--sweep", "base=3%..7%..1%", "--format", "json", "--report", "report.html", "--receipt", "run.json"])
        .current_dir(folder)
        .output()
        .expect("the command");
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let file = |name: &str| std::fs::read(folder.join(name)).expect("a file");
    vec![run.stdout, file("report.html"), file("run.json")]
}

#[test]
fn one_processor_gives_the_bytes_that_many_give() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("threads");
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(folder.join("shop.earn"), PROGRAM).expect("a program");
    let sampled = Command::new(env!("CARGO_BIN_EXE_earnest"))
        .args(["sample", "--members", "300", "--receipts", "6000", "--out", "sales.csv"])
        .current_dir(&folder)
        .status()
        .expect("the command");
    assert!(sampled.success());
    let many = simulated(&folder, &[]);
    assert!(many == simulated(&folder, &[]), "twice the same");
    // Where processes cannot be bound to a processor, many is what there is.
    let Some(processor) = one_processor() else { return };
    if Command::new("taskset").args(["-c", &processor, "true"]).status().is_ok_and(|status| status.success()) {
        assert!(many == simulated(&folder, &["taskset", "-c", &processor]), "one processor");
    }
}
