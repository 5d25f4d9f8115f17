//! Each queue against a plain list, sorted by time and then by order of arrival.

use super::Queue;
use crate::random::Random;

/// Pushes and takes at random, both here and there.
fn agrees(mut queue: Queue<u32>, seed: u64, mut delay: impl FnMut(&mut Random) -> u64) {
    let mut random = Random::stream(seed, "queue", 0);
    let mut reference: Vec<(u64, u32)> = Vec::new();
    let (mut now, mut next) = (random.below(1 << 40), 0);
    for _ in 0..3000 {
        for _ in 0..random.below(4) {
            let at = now + delay(&mut random);
            queue.push(at, next);
            // Behind everything that is due at the same time or before.
            let place = reference.partition_point(|(time, _)| *time <= at);
            reference.insert(place, (at, next));
            next += 1;
        }
        let expected = reference.first().map(|(time, _)| *time);
        assert_eq!(queue.next_time(now), expected, "seed {seed}");
        match expected {
            Some(time) if random.chance(0.4) => {
                now = time;
                for _ in 0..random.below(5) {
                    let due = reference.first().filter(|(time, _)| *time == now).map(|(_, item)| *item);
                    assert_eq!(queue.pop_due(now), due, "seed {seed}");
                    if due.is_some() {
                        reference.remove(0);
                    }
                }
            }
            // Time also passes without anything being taken: an alarm rings.
            Some(time) => now += random.below(time - now + 1),
            None => now += random.below(100),
        }
    }
    while let Some(time) = queue.next_time(now) {
        now = time;
        let (at, item) = reference.remove(0);
        assert_eq!((at, Some(item)), (now, queue.pop_due(now)), "seed {seed}");
    }
    assert!(reference.is_empty(), "seed {seed}");
}

#[test]
fn equal_delays_keep_the_order_of_sending() {
    for seed in 0..40 {
        agrees(Queue::equal(), seed, |_| 1 + seed * 1000);
    }
}

#[test]
fn a_wheel_takes_equal_times_in_the_order_of_sending() {
    for seed in 0..40 {
        let horizon = [1, 2, 63, 64, 65, 500, 1000][seed as usize % 7];
        agrees(Queue::bounded(horizon), seed, |random| random.below(horizon + 1));
    }
}

#[test]
fn a_radix_heap_takes_equal_times_in_the_order_of_sending() {
    for seed in 0..40 {
        agrees(Queue::any(), seed, |random| {
            let magnitude = random.below(1 + seed);
            random.below(1 << magnitude.min(50))
        });
    }
}

#[test]
fn a_radix_heap_reaches_the_end_of_time() {
    let mut queue = Queue::any();
    queue.push(u64::MAX, 'b');
    queue.push(u64::MAX, 'c');
    queue.push(u64::MAX - 1, 'a');
    let mut taken = Vec::new();
    let mut now = 0;
    while let Some(time) = queue.next_time(now) {
        now = time;
        taken.extend(queue.pop_due(now));
    }
    assert_eq!(taken, ['a', 'b', 'c']);
}
