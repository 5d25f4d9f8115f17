//! Runs the simulation of `tests/link` for many seeds, over the cores; a failing seed says how to run it again.
//!
//! `cargo run --release -p nodes --example link_seeds -- 1000000`; with `--from 5000 1000` the seeds 5000 to 5999, with
//! `--seed 17` that one.

#[path = "../tests/link/world/mod.rs"]
mod world;

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

/// How many seeds a thread takes at a time.
const CHUNK: u64 = 500;

fn seeds(args: &[&str]) -> Option<(u64, u64)> {
    Some(match args {
        [] => (0, 10_000),
        [count] => (0, count.parse().ok()?),
        ["--seed", seed] => (seed.parse().ok()?, 1),
        ["--from", first, count] => (first.parse().ok()?, count.parse().ok()?),
        _ => return None,
    })
}

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let Some((first, count)) = seeds(&args.iter().map(String::as_str).collect::<Vec<_>>()) else {
        eprintln!("link_seeds [COUNT | --seed SEED | --from SEED COUNT]");
        return ExitCode::from(2);
    };
    let end = first + count;
    let next = AtomicU64::new(first);
    let total: Mutex<BTreeMap<&str, u64>> = Mutex::default();
    let failure: Mutex<Option<String>> = Mutex::default();
    let work = || {
        loop {
            let start = next.fetch_add(CHUNK, Ordering::Relaxed);
            if start >= end {
                return;
            }
            match world::run_seeds(start..end.min(start + CHUNK)) {
                Ok(sums) => {
                    let mut total = total.lock().expect("no thread panics with it");
                    world::add(&mut total, &sums);
                    if total["runs"].is_multiple_of(20 * CHUNK) {
                        eprintln!("{total:?}");
                    }
                }
                Err(what) => {
                    next.store(end, Ordering::Relaxed);
                    *failure.lock().expect("no thread panics with it") = Some(what);
                }
            }
        }
    };
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(work);
        }
    });
    println!("{:?}", total.into_inner().expect("no thread panics with it"));
    match failure.into_inner().expect("no thread panics with it") {
        None => ExitCode::SUCCESS,
        Some(what) => {
            eprintln!("{what}");
            ExitCode::FAILURE
        }
    }
}
