//! The jobs, as they are done here.

use std::cell::RefCell;
use std::fs;
use std::io;
use std::process::{Command, Stdio};
use std::rc::Rc;
use std::time::{Duration, Instant};

use catalogue::{ControlledDistance, Flooding};
use nodes::Protocol;
use nodes::process::{Launcher, Processes, Progress, Recording};
use nodes::run::{Finished, IdChoice, Initiators, Run, RunError};
use nodes_tests::benched::{Relay, Stream, relay::Journey, stream::Load};
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

use super::Effort;
use super::bare;
use super::table::{Row, Target, Unit};

/// A job: rows of the table.
pub(crate) struct Job {
    pub(crate) name: &'static str,
    pub(crate) measure: fn(&Effort) -> io::Result<Vec<Row>>,
}

/// All of them.
pub(crate) const ALL: &[Job] = &[
    Job { name: "ping-pong", measure: ping_pong },
    Job { name: "stream", measure: stream },
    Job { name: "ring", measure: ring },
    Job { name: "trace", measure: trace },
    Job { name: "start-up", measure: start_up },
    Job { name: "memory", measure: memory },
    Job { name: "whole", measure: whole },
];

/// The program whose nodes are started where it matters how large it is: the whole catalogue with its command line.
const PROGRAM: &str = env!("CARGO_BIN_EXE_under-test");

fn failed(error: RunError) -> io::Error {
    io::Error::other(error)
}

/// Ends the benchmark unless the run was well: a figure of a run that failed is worth nothing.
fn well<P: Protocol>(finished: Finished<P>) -> io::Result<Finished<P>> {
    if finished.outcome().is_well() {
        Ok(finished)
    } else {
        Err(io::Error::other(format!("seed {}: {}", finished.document.seed, finished.explanation.join("; "))))
    }
}

/// Does `work` with everything it starts on one core.
fn on_one_core<T>(work: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    let all = sched_getaffinity(None)?;
    let mut one = CpuSet::new();
    one.set((0..CpuSet::MAX_CPU).find(|cpu| all.is_set(*cpu)).unwrap_or_default());
    sched_setaffinity(None, &one)?;
    let result = work();
    sched_setaffinity(None, &all)?;
    result
}

/// Bare and ours in turns.
fn in_turns(
    effort: &Effort,
    mut bare: impl FnMut() -> io::Result<f64>,
    mut ours: impl FnMut() -> io::Result<f64>,
) -> io::Result<(Vec<f64>, Vec<f64>)> {
    let mut figures = (Vec::new(), Vec::new());
    for _ in 0..effort.repetitions {
        figures.0.push(bare()?);
        figures.1.push(ours()?);
    }
    Ok(figures)
}

/// Hops per second of so many tokens, each of which crosses `hops` links.
fn relay(topology: &str, initiators: impl IntoIterator<Item = usize>, hops: u32) -> io::Result<f64> {
    let run = Run::<Relay>::on(topology).wake(initiators).config(Journey { hops }).seed(1);
    let finished = well(run.processes().map_err(failed)?)?;
    Ok(finished.messages() as f64 / finished.document.time.wall_s)
}

fn ping_pong(effort: &Effort) -> io::Result<Vec<Row>> {
    let hops = 20_000 * effort.length;
    let (bare, ours) = in_turns(effort, || bare::ring(2, 1, hops), || relay("path:2", [0], hops))?;
    let (bare_one, ours_one) =
        in_turns(effort, || on_one_core(|| bare::ring(2, 1, hops)), || on_one_core(|| relay("path:2", [0], hops)))?;
    // The target is one of time: at most 1.3 times as long.
    let row = |job: &str, bare, ours, target, peers| Row { job: job.into(), unit: Unit::PerSecond, bare, ours, target, peers };
    Ok(vec![
        row(
            "ping-pong, messages",
            bare,
            ours,
            Some(Target::Ratio(1.0 / 1.3)),
            "Python Nodes 10.5 k/s; Stateright bare 62 k/s, with its ordered reliable link 10-15 k/s; DistAlgo 1.2-3.6 k/s",
        ),
        row("  both on one core", bare_one, ours_one, None, ""),
    ])
}

fn stream(effort: &Effort) -> io::Result<Vec<Row>> {
    let messages = 2_000_000 * effort.length;
    let mut rows = Vec::new();
    for (job, at_once) in [("stream of 32 bytes, one in a step", 1), ("stream of 32 bytes, 100 in a step", 100)] {
        let (bare, ours) = in_turns(
            effort,
            || bare::stream(messages),
            || {
                let run = Run::<Stream>::on("path:2").config(Load { messages, at_once }).seed(1);
                // The other end has only received.
                let run = run.initiators(Initiators::One);
                let finished = well(run.processes().map_err(failed)?)?;
                Ok(finished.messages() as f64 / finished.document.time.wall_s)
            },
        )?;
        rows.push(Row {
            job: job.into(),
            unit: Unit::PerSecond,
            bare,
            ours,
            target: Some(Target::Figure(3e6)),
            peers: "Python Nodes 22 k/s; bare, one message in a datagram 0.2-0.3 M/s",
        });
    }
    Ok(rows)
}

fn ring(effort: &Effort) -> io::Result<Vec<Row>> {
    let mut rows = Vec::new();
    for (tokens, hops) in [(1, 20_000), (10, 10_000)] {
        let hops = hops * effort.length;
        // From where all go the same way round.
        let ours = || relay("ring:100", (0..tokens).map(|token| 5 + token * 100 / tokens), hops);
        let (bare, ours) = in_turns(effort, || bare::ring(100, tokens, hops), ours)?;
        rows.push(Row {
            job: format!("ring of 100, tokens: {tokens}, hops"),
            unit: Unit::PerSecond,
            bare,
            ours,
            target: Some(Target::Ratio(0.75)),
            peers: "",
        });
    }
    Ok(rows)
}

/// A ping-pong that is recorded, beside one that is not.
fn trace(effort: &Effort) -> io::Result<Vec<Row>> {
    let hops = 20_000 * effort.length;
    let folder = std::env::temp_dir().join(format!("nodes-bench-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    let recorded = || {
        let recording = Recording::new(fs::File::create(folder.join("run.trace"))?, folder.join("parts"));
        let run = Run::<Relay>::on("path:2").wake([0]).config(Journey { hops }).seed(1);
        let finished = well(run.processes_with(Processes::new().record(recording)).map_err(failed)?)?;
        Ok(finished.messages() as f64 / finished.document.time.wall_s)
    };
    let (bare, ours) = in_turns(effort, || relay("path:2", [0], hops), recorded)?;
    fs::remove_dir_all(&folder)?;
    let job = "ping-pong, recorded beside not recorded".into();
    Ok(vec![Row { job, unit: Unit::PerSecond, bare, ours, target: None, peers: "" }])
}

/// Runs a flood over so many processes; `seen` follows it.
fn flood(nodes: usize, mut seen: impl FnMut(&Progress) + 'static) -> io::Result<()> {
    let how = Processes::new().launcher(Launcher::program(PROGRAM, [] as [&str; 0])).watch(move |progress| seen(&progress));
    let run = Run::<Flooding>::on(format!("random-tree:{nodes}").as_str()).seed(1);
    well(run.processes_with(how).map_err(failed)?).map(|_| ())
}

fn start_up(effort: &Effort) -> io::Result<Vec<Row>> {
    let mut rows = Vec::new();
    for (nodes, target) in [(100, None), (1000, Some(Target::Figure(1.5)))] {
        let (bare, ours) = in_turns(
            effort,
            || bare::start_up(nodes),
            || {
                let begun = Instant::now();
                let ready = Rc::new(RefCell::new(Duration::ZERO));
                let noted = Rc::clone(&ready);
                flood(nodes, move |progress| {
                    if *progress == Progress::Ready(nodes) {
                        *noted.borrow_mut() = begun.elapsed();
                    }
                })?;
                let ready = ready.borrow().as_secs_f64();
                Ok(ready)
            },
        )?;
        rows.push(Row {
            job: format!("start-up of {nodes}, until all are ready"),
            unit: Unit::Seconds,
            bare,
            ours,
            target,
            peers: "Python Nodes 3.9-4.2 s for 100, and stops at 104",
        });
    }
    Ok(rows)
}

/// Bytes of memory that each child of this process takes: shared pages are shared out (PSS).
fn memory_of_children() -> io::Result<f64> {
    let me = std::process::id().to_string();
    let (mut sum, mut count) = (0.0, 0u32);
    for entry in fs::read_dir("/proc")?.flatten() {
        let process = entry.path();
        // Who is no process, or has just ended, has no such files.
        let Ok(stat) = fs::read_to_string(process.join("stat")) else { continue };
        let parent = stat.rsplit_once(") ").and_then(|(_, rest)| rest.split(' ').nth(1));
        if parent != Some(me.as_str()) {
            continue;
        }
        let Ok(maps) = fs::read_to_string(process.join("smaps_rollup")) else { continue };
        let line = maps.lines().find_map(|line| line.strip_prefix("Pss:")).unwrap_or_default();
        let kibibytes = line.trim().trim_end_matches(" kB").parse::<f64>().map_err(io::Error::other)?;
        sum += kibibytes * 1024.0;
        count += 1;
    }
    Ok(sum / f64::from(count))
}

fn memory(effort: &Effort) -> io::Result<Vec<Row>> {
    const NODES: usize = 1000;
    let (mut ready, mut at_end) = (Vec::new(), Vec::new());
    for _ in 0..effort.repetitions.div_ceil(5) {
        let measured = Rc::new(RefCell::new(Vec::new()));
        let noted = Rc::clone(&measured);
        flood(NODES, move |progress| {
            if matches!(progress, Progress::Running | Progress::Finishing) {
                noted.borrow_mut().push(memory_of_children());
            }
        })?;
        let mut measured = measured.take().into_iter();
        ready.extend(measured.next().transpose()?);
        at_end.extend(measured.next().transpose()?);
    }
    let row = |job: &str, ours, peers| Row {
        job: job.into(),
        unit: Unit::Bytes,
        bare: Vec::new(),
        ours,
        target: Some(Target::Figure(400e3)),
        peers,
    };
    Ok(vec![
        row("memory of a node of 1000, ready", ready, "bare 123 kB; Python Nodes 20 MiB"),
        row("memory of a node of 1000, after a flood", at_end, ""),
    ])
}

/// What a run spends its time on: until all nodes are ready, until it is quiet, until all have told how they ended and are gone.
fn phases(nodes: usize) -> io::Result<[f64; 3]> {
    let begun = Instant::now();
    let marks = Rc::new(RefCell::new(Vec::new()));
    let noted = Rc::clone(&marks);
    let how = Processes::new().launcher(Launcher::program(PROGRAM, [] as [&str; 0])).watch(move |progress| {
        if matches!(progress, Progress::Running | Progress::Finishing) {
            noted.borrow_mut().push(begun.elapsed());
        }
    });
    let run = Run::<ControlledDistance>::on(format!("ring:{nodes}").as_str()).seed(1).ids(IdChoice::Shuffled);
    well(run.initiators(Initiators::All).processes_with(how).map_err(failed)?)?;
    let mut marks = marks.take();
    marks.push(begun.elapsed());
    let mut before = Duration::ZERO;
    let mut spent = marks.into_iter().map(|mark| (mark - std::mem::replace(&mut before, mark)).as_secs_f64());
    Ok(std::array::from_fn(|_| spent.next().unwrap_or(f64::NAN)))
}

fn whole(effort: &Effort) -> io::Result<Vec<Row>> {
    let mut rows = Vec::new();
    for (nodes, python, peers) in [
        (5, 0.2, "Python Nodes 0.2 s"),
        (20, 0.8, "Python Nodes 0.8 s"),
        (45, 1.8, "Python Nodes 1.8 s"),
        (100, 4.0, "Python Nodes 4.0 s"),
    ] {
        let topology = format!("ring:{nodes}");
        let (mut bare, mut ours, mut spent) = (Vec::new(), Vec::new(), [const { Vec::new() }; 3]);
        for _ in 0..effort.repetitions {
            bare.push(bare::start_up(nodes)?);
            for (spent, this) in spent.iter_mut().zip(phases(nodes)?) {
                spent.push(this);
            }
            let begun = Instant::now();
            let status = Command::new(PROGRAM)
                .args(["run", "controlled_distance", "--initiators", "all", "--ids", "shuffled", "--json"])
                .args(["--topology", &topology])
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .status()?;
            if !status.success() {
                return Err(io::Error::other(format!("controlled distance on {topology}: {status}")));
            }
            ours.push(begun.elapsed().as_secs_f64());
        }
        rows.push(Row {
            job: format!("controlled distance, ring of {nodes}, whole run"),
            unit: Unit::Seconds,
            bare,
            ours,
            target: Some(Target::Figure(python / 20.0)),
            peers,
        });
        let phases = ["  until all are ready", "  the algorithm", "  until all have told and are gone"];
        rows.extend(phases.into_iter().zip(spent).map(|(job, ours)| Row {
            job: job.into(),
            unit: Unit::Seconds,
            bare: Vec::new(),
            ours,
            target: None,
            peers: "",
        }));
    }
    Ok(rows)
}
