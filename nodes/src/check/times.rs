//! When the steps of a way can be made: bounds on the time between two of them, and the earliest times that keep all.

/// The time of step `later` is that of step `earlier` and so many nanoseconds, or later.  Step 0 is the start.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bound {
    pub(super) earlier: usize,
    pub(super) later: usize,
    pub(super) nanos: i128,
}

/// The earliest times of steps `0..=last` that keep the bounds, if there are any (Bellman and Ford).  Bounds are gone through to and fro,
/// as most lead from a step to a later one, or back: then few rounds are enough on a long way (Yen, Quarterly of Applied Mathematics 27,
/// 1970).
pub(super) fn solve(bounds: &[Bound], last: usize) -> Option<Vec<i128>> {
    let mut times = vec![0; last + 1];
    for _ in 0..=last + 1 {
        let mut changed = false;
        for Bound { earlier, later, nanos } in bounds.iter().chain(bounds.iter().rev()) {
            let least = times[*earlier] + nanos;
            if times[*later] < least {
                times[*later] = least;
                changed = true;
            }
        }
        if times[0] > 0 {
            return None;
        }
        if !changed {
            return Some(times);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    /// The longest ways from step 0 between all pairs (Floyd and Warshall), if no loop has a length above 0.
    fn longest(bounds: &[Bound], last: usize) -> Option<Vec<i128>> {
        let far = i128::MIN / 4;
        let mut ways = vec![vec![far; last + 1]; last + 1];
        (0..=last).for_each(|step| (ways[step][step], ways[0][step]) = (0, 0));
        for Bound { earlier, later, nanos } in bounds {
            ways[*earlier][*later] = ways[*earlier][*later].max(*nanos);
        }
        for via in 0..=last {
            for from in 0..=last {
                for to in 0..=last {
                    ways[from][to] = ways[from][to].max(ways[from][via] + ways[via][to]);
                }
            }
        }
        (0..=last).all(|step| ways[step][step] <= 0).then(|| ways[0].clone())
    }

    #[test]
    fn times_are_the_earliest_that_keep_all_bounds() {
        let mut solved = 0;
        for seed in 0..3_000 {
            let mut random = Random::stream(seed, "bounds", 0);
            let last = random.range(1..8);
            let bound = |random: &mut Random| {
                let (earlier, later) = (random.range(0..=last), random.range(0..=last));
                let nanos = random.range(0..6_i64) - if earlier < later { 1 } else { 4 };
                Bound { earlier, later, nanos: nanos.into() }
            };
            let bounds = (0..random.range(0..12)).map(|_| bound(&mut random)).collect::<Vec<_>>();
            let right = longest(&bounds, last);
            solved += usize::from(right.is_some());
            assert_eq!(solve(&bounds, last), right, "seed {seed}: {bounds:?}");
        }
        assert!((500..2_900).contains(&solved), "{solved}");
    }

    /// Two alarms that ring by turns, and one of which waits longer: the other would have to be late more and more.
    #[test]
    fn that_a_long_way_has_no_times_is_found_soon() {
        let last = 100_000;
        let mut bounds = (1..=last).map(|later| Bound { earlier: later - 1, later, nanos: 0 }).collect::<Vec<_>>();
        let waits = |step: usize| if step.is_multiple_of(2) { 5 } else { 7 };
        let both = (0..last - 1).flat_map(|step| {
            let nanos = waits(step);
            [Bound { earlier: step, later: step + 2, nanos }, Bound { earlier: step + 2, later: step, nanos: -nanos - 1 }]
        });
        bounds.extend(both);
        assert_eq!(solve(&bounds, last), None);
        // Of one that may be late enough, there are.
        let late = |bound: &Bound| Bound { nanos: bound.nanos - i128::from(bound.nanos < 0), ..*bound };
        let times = solve(&bounds.iter().map(late).collect::<Vec<_>>(), last).expect("it may be two late");
        assert_eq!(times[last - 1], 7 * (last as i128 / 2 - 1));
    }
}
