//! Of the algorithms that are built, every mutant is killed or known to be no mistake.

use nodes_mutants::algorithms::ALL;
use nodes_mutants::judge::judge;

#[test]
fn every_mutant_is_killed_or_known_to_be_no_mistake() {
    let mut is_clean = true;
    for algorithm in ALL {
        let score = judge(algorithm);
        println!("{score}");
        assert!(score.killed > 0, "{score}");
        is_clean &= score.is_clean();
    }
    assert!(is_clean, "some survive: `cargo test -p nodes-mutants -- --nocapture` shows which");
}
