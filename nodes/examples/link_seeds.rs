//! Runs the simulation of `tests/link` for many seeds, over the cores:
//!
//! `cargo run --release -p nodes --example link_seeds -- 1000000`, or `-- --seed 17` for one.

#[path = "../tests/link/world.rs"]
mod world;

use std::process::ExitCode;
use std::thread;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let (first, count) = match args[..] {
        [] => (0, Some(10_000)),
        [count] => (0, count.parse().ok()),
        ["--seed", seed] => (seed.parse().unwrap_or(0), Some(1)),
        ["--from", first, count] => (first.parse().unwrap_or(0), count.parse().ok()),
        _ => (0, None),
    };
    let Some(count) = count else {
        eprintln!("link_seeds [COUNT | --seed SEED | --from SEED COUNT]");
        return ExitCode::from(2);
    };
    let cores = thread::available_parallelism().map_or(1, |cores| cores.get() as u64).min(count);
    let workers: Vec<_> = (0..cores)
        .map(|core| thread::spawn(move || world::run_seeds((first + core..first + count).step_by(cores as usize))))
        .collect();
    let mut failed = false;
    for worker in workers {
        match worker.join() {
            Ok(Ok(sums)) => println!("{sums:?}"),
            Ok(Err(what)) => {
                eprintln!("{what}");
                failed = true;
            }
            Err(_) => failed = true,
        }
    }
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
