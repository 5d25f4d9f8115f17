//! Prints how many mutants of each algorithm are killed, and which are not.

use std::process::ExitCode;

use nodes_mutants::algorithms::ALL;
use nodes_mutants::judge::judge;

fn main() -> ExitCode {
    let mut is_clean = true;
    for algorithm in ALL {
        let score = judge(algorithm);
        println!("{score}");
        is_clean &= score.is_clean();
    }
    if is_clean { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
