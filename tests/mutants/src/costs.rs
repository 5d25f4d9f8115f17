//! How many messages algorithms take, by the formulas of the literature: at least, and at most.

use std::ops::RangeInclusive;

use crate::instances::Instance;

/// What a run of an algorithm may take; anything, where no formula is known.
pub fn of(algorithm: &str, instance: &Instance) -> RangeInclusive<u64> {
    let [n, m, k] = instance.sizes();
    let exactly = |count: u64| count..=count;
    let smallest = (0..instance.ids.len()).min_by_key(|node| instance.ids[*node]).unwrap_or_default();
    match algorithm {
        // Who is informed before it starts is no initiator any more.
        "flooding" if instance.together => exactly(2 * m + k - n),
        "flooding" => 2 * m + 1 - n..=2 * m + k - n,
        "echo" | "shout_plus" | "dft" => exactly(2 * m),
        "shout" => exactly(4 * m + 2 - 2 * n),
        "df_star" => 0..=4 * m + n + 1 - 2 * n,
        "saturation" if n == 1 => exactly(0),
        "saturation" if instance.together => exactly(3 * n + k - 4),
        "ring_size" => exactly(2 * n),
        "all_the_way" => exactly(n * n),
        "as_far" => exactly(to_the_next_smaller(&instance.ids) + n),
        "chang_roberts" if k == 1 => {
            let far = (smallest + instance.ids.len() - instance.initiators[0]) % instance.ids.len();
            exactly(2 * n + far as u64)
        }
        // Exactly so many of all, if the links kept the order.
        "chang_roberts" => 2 * n..=to_the_next_smaller(&instance.ids) + n,
        "controlled_distance" | "hirschberg_sinclair" => {
            let (least, greatest) = by_distances(n);
            // The leader alone.
            if instance.initiators == [smallest] { exactly(least) } else { least..=greatest }
        }
        "stages" => exactly(2 * n * rounds(&instance.ids, |one, other| one < other) + n),
        "dolev_klawe_rodeh" => exactly(2 * n * rounds(&instance.ids, |one, other| one > other)),
        "hyper_elect" => {
            let log = u64::from(n.trailing_zeros());
            3 * (n - 1)..=7 * n - log * log - 3 * log - 7
        }
        "bully" if k == 1 => {
            let larger = instance.ids.iter().filter(|id| **id > instance.ids[instance.initiators[0]]).count() as u64;
            exactly(larger * (larger + 1) + n - 1)
        }
        // Each node sends one message of the work at most.
        "chandy_lamport" => 2 * m..=2 * m + n,
        // Each node enters once; the one that has the token at first may find it at hand.
        "suzuki_kasami" => (n - 1) * n..=n * n,
        "lamport" => exactly(3 * (n - 1) * n),
        "ricart_agrawala" => exactly(2 * (n - 1) * n),
        _ => 0..=u64::MAX,
    }
}

/// The fewest and the most messages of an election by controlled distances.  A candidate's message goes `limit` links to either side and
/// comes back, and who has no smaller candidate so near goes twice as far.  The leader's last ones go all the way round, as its
/// notification does.
fn by_distances(n: u64) -> (u64, u64) {
    let limits = || (0..).map(|stage| 1 << stage).take_while(|limit| *limit < n);
    let candidates = |limit: u64| if limit == 1 { n } else { n / (limit / 2 + 1) };
    let least = limits().map(|limit| 4 * limit).sum::<u64>();
    let greatest = limits().map(|limit| 4 * limit * candidates(limit)).sum::<u64>();
    (least + 3 * n, greatest + 3 * n)
}

/// The sum over nodes of how far it is to the right to the next smaller id; from the smallest, once round.
fn to_the_next_smaller(ids: &[u64]) -> u64 {
    let n = ids.len();
    let distance = |node: usize| (1..n).find(|far| ids[(node + far) % n] < ids[node]).unwrap_or(n);
    (0..n).map(distance).sum::<usize>() as u64
}

/// How often a circle is filtered, each time by whoever beats both neighbours, until one is left; and once for that one.
fn rounds(ids: &[u64], beats: impl Fn(u64, u64) -> bool) -> u64 {
    let (mut circle, mut rounds) = (ids.to_vec(), 1);
    while circle.len() > 1 {
        let n = circle.len();
        let survives = |place: &usize| {
            let (before, id, after) = (circle[(place + n - 1) % n], circle[*place], circle[(place + 1) % n]);
            beats(id, before) && beats(id, after)
        };
        circle = (0..n).filter(survives).map(|place| circle[place]).collect();
        rounds += 1;
    }
    rounds
}
