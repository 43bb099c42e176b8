//! How fast a history goes through a program, and how much memory it takes.
//!
//! `cargo bench` makes the history of `earnest sample` (1,000,000 receipts of 50,000 members, always the same
//! bytes) and replays it under `benches/program.earn`: from events in memory on one thread, and from CSV as
//! `earnest run` does it, which reads in a thread of its own while events are evaluated.
//! How long the two passes over the rows take is told apart, each on one thread.
//! Peak memory is measured in processes of their own, for 1 and for 4 million receipts of the same members,
//! that read the history as another makes it. `cargo bench -- 100000` does all that with fewer receipts;
//! `cargo bench -- 100000 memory` (or `read`, `csv`, `peak`) only that part.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::cast_precision_loss,
    reason = "a benchmark says what is wrong by ending"
)]

use earnest::eval::Book;
use earnest::history::{Batch, Came, Format, Giver, History, Map, Options, ReturnsIndex, Taken, Taker};
use earnest::plan::Plan;
use earnest::sim::replay::{Finished, Replay};
use earnest::sim::report::{NonMemberSales, Rows, Totals};
use earnest::sim::sample::Sample;
use earnest::source::Source;
use earnest::time::Day;
use earnest::ty::{Event, Texts};
use std::io::{Cursor, Read};
use std::process::{Child, Command, Stdio, exit};
use std::sync::Arc;
use std::sync::mpsc::{channel, sync_channel};
use std::time::Instant;

const RECEIPTS: u64 = 1_000_000;
/// So many receipts a member: a smaller run is the same in small.
const PER_MEMBER: u64 = 20;
/// The best of so many runs is told: what disturbs a run only makes it slower.
const RUNS: usize = 3;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    if let [mode, receipts, members] = words.as_slice()
        && let Some(mode) = mode.strip_prefix("--")
    {
        let (receipts, members) =
            (receipts.parse().expect("so many receipts"), members.parse().expect("so many members"));
        match mode {
            "peak" => peak(receipts, members),
            // One who reads the beginning alone ends the writing.
            _ => drop(sample(receipts, members).write_history(std::io::BufWriter::new(std::io::stdout()))),
        }
        return;
    }
    let parts = ["memory", "read", "csv", "peak"];
    let (numbers, wanted): (Vec<_>, Vec<_>) = words.iter().partition(|word| word.parse::<u64>().is_ok());
    if numbers.len() > 1 || wanted.iter().any(|word| !parts.contains(&word.as_str())) {
        eprintln!("usage: cargo bench -- [RECEIPTS] [memory] [read] [csv] [peak]");
        exit(2);
    }
    let receipts = numbers.first().and_then(|word| word.parse().ok()).unwrap_or(RECEIPTS);
    let wants = |part: &str| wanted.is_empty() || wanted.iter().any(|word| *word == part);
    if wants("memory") || wants("read") || wants("csv") {
        speed(receipts, wants);
    }
    if wants("peak") {
        let peaks: Vec<u64> = [receipts, 4 * receipts].map(|of| peak_of(of, receipts / PER_MEMBER)).to_vec();
        let [one, four] = peaks.as_slice() else { return };
        println!(
            "{:<40} {receipts} receipts: {} MiB, {}: {} MiB ({:+.1} %)",
            "peak memory",
            one >> 10,
            4 * receipts,
            four >> 10,
            100.0 * (*four as f64 / *one as f64 - 1.0)
        );
    }
}

fn speed(receipts: u64, wants: impl Fn(&str) -> bool) {
    let plan = plan();
    let mut csv = Vec::new();
    let counts = sample(receipts, receipts / PER_MEMBER).write_history(&mut csv).expect("a history in memory");
    println!("{receipts} receipts in {} rows, {} members", counts.rows, receipts / PER_MEMBER);

    let bytes: Arc<[u8]> = csv.into();
    let in_memory = wants("memory").then(|| in_memory(&plan, receipts, &bytes));
    if wants("read") {
        let scanned = best(|| timed(|| drop(scan(Cursor::new(Arc::clone(&bytes))))));
        let read = best(|| timed(|| read(&plan, Cursor::new(Arc::clone(&bytes)))));
        for (what, (seconds, ())) in [("looking for returns, one thread", scanned), ("reading, one thread", read)] {
            println!("{what:<40} {:.0} ns a row ({seconds:.2} s)", seconds / counts.rows as f64 * 1e9);
        }
    }
    let from_csv = wants("csv").then(|| {
        let best = best(|| {
            let began = Instant::now();
            let finished = read_and_replay(&plan, || Cursor::new(Arc::clone(&bytes)));
            (began.elapsed().as_secs_f64(), finished)
        });
        tell("from CSV, read in a thread of its own", receipts, &best);
        totals(&best.1)
    });
    if let (Some(one), Some(other)) = (in_memory, from_csv) {
        assert_eq!(one, other, "both ways give the same totals");
    }
}

fn in_memory(plan: &Arc<Plan>, receipts: u64, csv: &Arc<[u8]>) -> Totals {
    let (events, texts) = events(plan, csv);
    let mut returns = ReturnsIndex::default();
    for event in &events {
        returns.note(event, &texts);
    }
    let best = best(|| {
        let mut replay = Replay::new(Arc::clone(plan), false, None);
        let returns = returns.clone();
        replay.keep_until(move |event, texts, within| returns.last_return(event, texts, within));
        *replay.texts_mut() = texts.clone();
        let began = Instant::now();
        replay.apply_all(&events, &mut ()).expect("events that count");
        let finished = replay.finish(&mut ()).expect("an end");
        (began.elapsed().as_secs_f64(), finished)
    });
    tell("in memory, one thread", receipts, &best);
    totals(&best.1)
}

fn sample(receipts: u64, members: u64) -> Sample {
    let day = |text| Day::parse(text).expect("a day");
    let members = usize::try_from(members).expect("members in memory");
    Sample { members, receipts, from: day("2024-01-01"), to: day("2025-12-31"), seed: 1 }
}

fn plan() -> Arc<Plan> {
    let source = Source::new("benches/program.earn", include_str!("program.earn"));
    let checked = earnest::compile(&source);
    let told = earnest::diag::render(&source, &checked.diagnostics, earnest::diag::Color::Never);
    Arc::new(checked.plan.unwrap_or_else(|| panic!("{told}")))
}

fn history(plan: &Plan, reader: impl Read + 'static) -> History {
    let mut history = History::new(plan.schema.clone(), plan.zone.clone(), Map::default(), Options::default());
    history.add("sample.csv", reader, Format::Csv).expect("a header");
    history
}

/// The whole history as events, with the texts they speak of.
fn events(plan: &Plan, csv: &Arc<[u8]>) -> (Vec<Event>, Texts) {
    let mut history = history(plan, Cursor::new(Arc::clone(csv)));
    let (mut texts, mut events, mut event) = (plan.texts.clone(), Vec::new(), Event::default());
    while history.next_event(&mut texts, &mut event).expect("a good row") {
        events.push(event.clone());
    }
    (events, texts)
}

/// The first pass: which receipts a later return touches.
fn scan(reader: impl Read + 'static) -> ReturnsIndex {
    let mut returns = ReturnsIndex::default();
    returns.scan("sample.csv", reader, Format::Csv, &Map::default()).expect("a good file");
    returns
}

/// The second pass, without anyone who evaluates.
fn read(plan: &Plan, reader: impl Read + 'static) {
    let mut history = history(plan, reader);
    let (mut texts, mut event) = (plan.texts.clone(), Event::default());
    while history.next_event(&mut texts, &mut event).expect("a good row") {}
}

/// As `earnest run` does it: both passes, and all events evaluated while the next ones are read.
fn read_and_replay<R: Read + Send + 'static>(plan: &Arc<Plan>, open: impl Fn() -> R) -> Finished {
    let ((filled, batches), (back, emptied)) = (sync_channel::<Batch>(4), channel::<Batch>());
    let (reader, read_by) = (open(), Arc::clone(plan));
    let reader = std::thread::spawn(move || {
        let mut giver = Giver::new(history(&read_by, reader), read_by.texts.clone());
        let mut goes_on = true;
        while goes_on {
            let mut batch = emptied.try_recv().unwrap_or_default();
            goes_on = giver.fill(&mut batch);
            filled.send(batch).expect("one who listens");
        }
    });
    let returns = scan(open());
    let mut replay = Replay::new(Arc::clone(plan), false, None);
    replay.keep_until(move |event, texts, within| returns.last_return(event, texts, within));
    let (mut taker, mut came) = (Taker::default(), Came::default());
    loop {
        match taker.take(&mut came) {
            Taken::Event => {
                replay.look_ahead(taker.upcoming(Book::EVENTS_AHEAD));
                replay.apply(&came.event, &mut ()).expect("an event that counts");
            }
            Taken::Nothing => {
                // At the end nobody takes it.
                let _ = back.send(taker.give_back());
                taker.receive(batches.recv().expect("one who reads"), replay.texts_mut());
            }
            Taken::End(end) => {
                end.expect("good rows");
                reader.join().expect("an end of reading");
                return replay.finish(&mut ()).expect("an end");
            }
        }
    }
}

fn totals(finished: &Finished) -> Totals {
    finished.report(Rows::default(), NonMemberSales::default(), Vec::new()).totals
}

fn timed(run: impl FnOnce()) -> (f64, ()) {
    let began = Instant::now();
    run();
    (began.elapsed().as_secs_f64(), ())
}

fn best<T>(mut run: impl FnMut() -> (f64, T)) -> (f64, T) {
    let mut best = run();
    for _ in 1..RUNS {
        let next = run();
        if next.0 < best.0 {
            best = next;
        }
    }
    best
}

fn tell(what: &str, receipts: u64, (seconds, _): &(f64, Finished)) {
    println!("{what:<40} {:.2} M receipts/s ({seconds:.2} s)", receipts as f64 / seconds / 1e6);
}

/// In a process of its own: reads a history while another process makes it, then says its peak in KiB.
fn peak(receipts: u64, members: u64) {
    let made = || Made(this_program("--write", receipts, members).stdout(Stdio::piped()).spawn().expect("a process"));
    let finished = read_and_replay(&plan(), made);
    assert!(totals(&finished).purchases > 0, "something was counted");
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    println!("{}", peak.and_then(|line| line.split_whitespace().next()).unwrap_or("0"));
}

fn peak_of(receipts: u64, members: u64) -> u64 {
    let output = this_program("--peak", receipts, members).output().expect("a process of its own");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().parse().expect("a peak in KiB")
}

fn this_program(mode: &str, receipts: u64, members: u64) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("the path of this program"));
    command.args([mode, &receipts.to_string(), &members.to_string()]);
    command
}

/// A history that another process makes while it is read.
struct Made(Child);

impl Read for Made {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        self.0.stdout.as_mut().map_or(Ok(0), |made| made.read(into))
    }
}

impl Drop for Made {
    fn drop(&mut self) {
        // The maker ends when nobody reads on.
        drop(self.0.stdout.take());
        let _ = self.0.wait();
    }
}
