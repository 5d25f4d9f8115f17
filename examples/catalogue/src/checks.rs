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
    holds("all_the_way", "--topology directed-ring:3 --ids all --initiators every", 2370, (9, 9)),
    holds("as_far", "--topology directed-ring:5 --ids 2,0,4,1,3 --initiators all", 102, (16, 16)),
    holds("as_far", "--topology directed-ring:4 --ids all --initiators every", 10_212, (11, 14)),
    holds("as_far", "--topology directed-ring:4 --ids 0,2,1,3 --initiators all --links reliable", 123, (11, 12)),
    found("bully", "--topology complete:3", Verdict::Suspected, 13),
    holds("bully", "--topology complete:3 --ids all --initiators every --synchronous 100ms", 8316, (2, 8)),
    holds("bully", "--topology complete:4 --synchronous 100ms", 47_631, (9, 15)),
    holds("bully", "--topology complete:2 --initiators all --synchronous 100ms --faults crashes=1", 87, (1, 3)),
    found("bully", "--topology complete:3 --initiators all --synchronous 100ms --faults crashes=1", Verdict::Endless, 2923),
    holds("chandy_lamport", "--topology path:3 --coins 1 --moves 1", 196_192, (5, 7)),
    holds("chandy_lamport", "--every-graph 2..3 --coins 1 --moves 0 --initiators every", 168_085, (2, 6)),
    found("chandy_lamport", "--topology path:2 --coins 1 --moves 1 --links reliable", Verdict::Violated, 4199),
    holds("chang_roberts", "--topology directed-ring:5 --initiators all", 1351, (14, 20)),
    holds("chang_roberts", "--topology directed-ring:4 --ids all --initiators every", 16_768, (8, 14)),
    holds("chang_roberts", "--topology directed-ring:6 --initiators all --links fifo", 498, (27, 27)),
    found("chor_israeli_li", "--topology star:3 --ids all", Verdict::Almost, 660),
    found("chor_israeli_li", "--topology star:3 --deterministic", Verdict::Endless, 110),
    holds("controlled_distance", "--topology ring:3 --ids all --initiators every", 66_936, (21, 27)),
    holds("controlled_distance", "--topology ring:4 --initiators all", 103_611, (30, 38)),
    holds("df_star", "--every-graph 1..4 --initiators every", 8419, (0, 17)),
    holds("dft", "--every-graph 1..5 --initiators every", 50_224, (0, 20)),
    holds("dijkstra_scholten", "--topology complete:3 --tasks 6", 3608, (0, 10)),
    holds("dijkstra_scholten", "--every-graph 1..3 --tasks 4 --initiators every", 1715, (0, 6)),
    holds("dolev_klawe_rodeh", "--topology directed-ring:6 --initiators all", 447, (24, 24)),
    holds("dolev_klawe_rodeh", "--topology directed-ring:4 --ids all --initiators every", 20_584, (16, 24)),
    holds("echo", "--every-graph 1..4 --initiators every", 18_579, (0, 12)),
    holds("flooding", "--topology binary-tree:7", 26, (6, 6)),
    holds("flooding", "--every-graph 1..4 --initiators every", 96_461, (0, 12)),
    holds("flooding", "--topology complete:4 --faults losses=2", 1968, (9, 9)),
    found("flooding", "--topology path:3 --faults losses=1", Verdict::Violated, 6),
    holds("hirschberg_sinclair", "--topology ring:3 --ids all --initiators every", 44_202, (21, 26)),
    holds("hirschberg_sinclair", "--topology ring:4 --initiators all --links fifo", 1533, (32, 32)),
    holds("hyper_elect", "--topology hypercube:2 --ids all --initiators every", 23_568, (9, 11)),
    holds("hyper_elect", "--topology hypercube:3 --initiators all", 30_722, (21, 21)),
    found("itai_rodeh", "--topology directed-ring:3 --initiators every", Verdict::Almost, 2179),
    found("itai_rodeh", "--topology directed-ring:4 --initiators all", Verdict::Almost, 2787),
    holds("lamport", "--topology complete:2 --requests 2 --ids all", 5568, (12, 12)),
    holds("lamport", "--topology complete:3 --requests 1", 1_042_129, (18, 18)),
    found("lamport", "--topology complete:2 --links reliable", Verdict::Violated, 66),
    holds("ricart_agrawala", "--topology complete:3 --requests 1", 3300, (12, 12)),
    holds("ricart_agrawala", "--topology complete:2 --requests 3 --ids all", 1080, (12, 12)),
    holds("ring_size", "--topology directed-ring:6 --initiators every", 84, (12, 12)),
    holds("saturation", "--topology binary-tree:7", 295, (18, 18)),
    holds("saturation", "--every-graph 2..4 --initiators every", 28_033, (3, 12)),
    holds("shout", "--topology ring:6", 2163, (14, 14)),
    holds("shout", "--every-graph 1..3 --initiators every", 460, (0, 8)),
    holds("shout", "--topology complete:4", 112_625, (18, 18)),
    holds("shout_plus", "--every-graph 1..3 --initiators every", 265, (0, 6)),
    holds("shout_plus", "--topology complete:4", 10_020, (12, 12)),
    holds("stages", "--topology ring:4 --ids all --initiators every", 126_880, (20, 28)),
    holds("suzuki_kasami", "--topology complete:2 --requests 3", 237, (2, 12)),
    holds("suzuki_kasami", "--topology complete:3 --requests 1 --ids all", 4404, (6, 9)),
    holds("yo_yo", "--every-graph 1..3 --ids all --initiators every", 8172, (0, 12)),
    holds("yo_yo", "--topology complete:4 --initiators all", 9064, (24, 24)),
]);
