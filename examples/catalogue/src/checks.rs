//! What was checked of each algorithm: every schedule of these instances.

use nodes::check::{Known, KnownChecks, Verdict};

const fn holds(protocol: &'static str, instance: &'static str, states: u64, messages: (u64, u64)) -> Known {
    Known { protocol, instance, verdict: Verdict::Holds, states, messages: Some(messages) }
}

const fn found(protocol: &'static str, instance: &'static str, verdict: Verdict, states: u64) -> Known {
    Known { protocol, instance, verdict, states, messages: None }
}

/// One table: tests make each of these checks again, `describe` shows those of an algorithm, and `docs/checked.md` all.
pub static CHECKS: KnownChecks = KnownChecks(&[
    holds("all_the_way", "--topology directed-ring:4 --initiators all", 640, (16, 16)),
    holds("as_far", "--topology directed-ring:5 --ids 2,0,4,1,3 --initiators all", 102, (16, 16)),
    holds("as_far", "--topology directed-ring:4 --ids 0,2,1,3 --initiators all --links reliable", 123, (11, 12)),
    holds("bully", "--topology complete:4 --initiators 3", 9, (3, 3)),
    found("bully", "--topology complete:3", Verdict::Suspected, 13),
    holds("chandy_lamport", "--topology path:3 --coins 1 --moves 1", 196_192, (5, 7)),
    found("chandy_lamport", "--topology path:2 --coins 1 --moves 1 --links reliable", Verdict::Violated, 4199),
    holds("chang_roberts", "--topology directed-ring:5 --initiators all", 1351, (14, 20)),
    holds("chang_roberts", "--topology directed-ring:6 --initiators all --links fifo", 498, (27, 27)),
    found("chor_israeli_li", "--topology star:3", Verdict::Almost, 110),
    found("chor_israeli_li", "--topology star:3 --deterministic", Verdict::Endless, 110),
    holds("controlled_distance", "--topology ring:3 --initiators all", 4219, (25, 27)),
    holds("controlled_distance", "--topology ring:4 --initiators all", 103_611, (30, 38)),
    holds("df_star", "--topology complete:4", 624, (12, 17)),
    holds("dft", "--topology complete:5", 22, (20, 20)),
    holds("dijkstra_scholten", "--topology complete:3 --tasks 6", 3608, (0, 10)),
    holds("dolev_klawe_rodeh", "--topology directed-ring:6 --initiators all", 447, (24, 24)),
    holds("echo", "--topology complete:4", 1690, (12, 12)),
    holds("flooding", "--topology binary-tree:7", 26, (6, 6)),
    holds("flooding", "--topology complete:4 --initiators all", 4111, (12, 12)),
    holds("hirschberg_sinclair", "--topology ring:3 --initiators all", 2287, (25, 26)),
    holds("hirschberg_sinclair", "--topology ring:4 --initiators all --links fifo", 1533, (32, 32)),
    holds("hyper_elect", "--topology hypercube:2 --initiators all", 138, (9, 9)),
    holds("hyper_elect", "--topology hypercube:3 --initiators all", 30_722, (21, 21)),
    found("itai_rodeh", "--topology directed-ring:4 --initiators all", Verdict::Almost, 2787),
    holds("lamport", "--topology complete:2 --requests 2", 2784, (12, 12)),
    found("lamport", "--topology complete:2 --links reliable", Verdict::Violated, 66),
    holds("ricart_agrawala", "--topology complete:3 --requests 1", 3300, (12, 12)),
    holds("ring_size", "--topology directed-ring:6", 14, (12, 12)),
    holds("saturation", "--topology binary-tree:7", 295, (18, 18)),
    holds("saturation", "--topology path:5 --initiators all", 1131, (16, 16)),
    holds("shout", "--topology ring:6", 2163, (14, 14)),
    holds("shout", "--topology complete:4", 112_625, (18, 18)),
    holds("shout_plus", "--topology complete:4", 10_020, (12, 12)),
    holds("stages", "--topology ring:4 --ids 0,2,1,3 --initiators all", 646, (28, 28)),
    holds("suzuki_kasami", "--topology complete:3 --requests 1", 734, (6, 9)),
    holds("yo_yo", "--topology complete:4 --initiators all", 9_064, (24, 24)),
]);
