//! Prints how many mutants of each algorithm are killed, and which are not.
//!
//! With `NODES_BLESS=1` in the environment it writes them into the documentation.
//!
//! With the name of an algorithm and a number it is the [worker](nodes_mutants::worker) that judges mutants from that one on.

use std::ops::ControlFlow;
use std::process::ExitCode;
use std::{env, fs, thread};

use nodes_mutants::algorithms::ALL;
use nodes_mutants::judge::judge;
use nodes_mutants::{page, worker};

fn main() -> ExitCode {
    if let [_, name, first] = &env::args().collect::<Vec<_>>()[..] {
        let algorithm = ALL.iter().find(|algorithm| algorithm.name == name).expect("an algorithm that is built");
        worker::work(algorithm, first.parse().expect("the place of a mutant"));
        return ExitCode::SUCCESS;
    }
    let program = env::current_exe().expect("the system knows where this program is");
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let (mut is_clean, mut lines) = (true, Vec::new());
    let judged = |place: u64| judge(&program, &ALL[place as usize]);
    nodes::campaign::in_order(ALL.len() as u64, threads, &|| false, &judged, &mut |score| {
        println!("{score}");
        is_clean &= score.is_clean();
        lines.push(page::line(&score));
        ControlFlow::Continue(())
    });
    if env::var_os("NODES_BLESS").is_some() {
        fs::write(page::file(), page::page(&lines)).expect("the page is ours");
    }
    if is_clean { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
