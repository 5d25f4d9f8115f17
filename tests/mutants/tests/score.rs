//! Of the algorithms that are built, every mutant is killed or known to be no mistake.

use std::fs;
use std::path::Path;

use nodes_mutants::algorithms::ALL;
use nodes_mutants::judge::judge;
use nodes_mutants::page;

#[test]
fn every_mutant_is_killed_or_known_to_be_no_mistake() {
    let shown = fs::read_to_string(page::file()).expect("the scores are documented");
    let mut is_clean = true;
    for algorithm in ALL {
        let score = judge(Path::new(env!("CARGO_BIN_EXE_nodes-mutants")), algorithm);
        println!("{score}");
        assert!(score.killed > 0, "{score}");
        assert!(shown.contains(&page::line(&score)), "docs/mutants.md says something else");
        is_clean &= score.is_clean();
    }
    assert!(is_clean, "some survive: `cargo test -p nodes-mutants -- --nocapture` shows which");
}
