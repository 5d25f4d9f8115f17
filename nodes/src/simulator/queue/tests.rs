//! Each queue against a plain list, sorted by time and then by order of arrival.

use super::{Kind, Queue};
use crate::random::Random;

/// Pushes and takes at random, both here and there.
fn agrees(mut queue: Queue<u32>, seed: u64, mut delay: impl FnMut(&mut Random) -> u64) {
    let mut random = Random::stream(seed, "queue", 0);
    let mut reference: Vec<(u64, u32)> = Vec::new();
    let mut now = random.below(1 << 40);
    let mut next = 0;
    let mut push = |queue: &mut Queue<u32>, reference: &mut Vec<(u64, u32)>, at| {
        queue.push(at, next);
        // Behind everything that is due at the same time or before.
        let place = reference.partition_point(|(time, _)| *time <= at);
        reference.insert(place, (at, next));
        next += 1;
    };
    for round in 0..2000 {
        // More than a chunk at once, now and then.
        let burst = round % 100 == 0;
        for _ in 0..random.below(if burst { 400 } else { 4 }) {
            push(&mut queue, &mut reference, now + delay(&mut random));
        }
        // One of them is chosen, wherever it is.
        if random.chance(0.05) && !reference.is_empty() {
            let (_, chosen) = reference.remove(random.below(reference.len() as u64) as usize);
            assert_eq!(queue.take(|item| *item == chosen), Some(chosen), "seed {seed}");
            assert_eq!(queue.take(|item| *item == chosen), None, "seed {seed}");
            assert_eq!(queue.items().count(), reference.len(), "seed {seed}");
        }
        let expected = reference.first().map(|(time, _)| *time);
        assert_eq!(queue.next_time(now), expected, "seed {seed}");
        match expected {
            Some(time) if time == now || random.chance(0.4) => {
                now = time;
                // All that is due, and what is added meanwhile.
                while let Some((_, item)) = reference.first().filter(|(time, _)| *time == now).copied() {
                    assert_eq!(queue.next_time(now), Some(now), "seed {seed}");
                    assert!(queue.look_for(now), "seed {seed}");
                    assert_eq!(queue.ahead(0), Some(&item), "seed {seed}");
                    let others = random.below(64) as usize;
                    if let Some(later) = queue.ahead(others) {
                        assert_eq!(reference.get(others), Some(&(now, *later)), "seed {seed}");
                    }
                    assert_eq!(queue.pop(), Some(item), "seed {seed}");
                    reference.remove(0);
                    for _ in 0..random.below(2) {
                        push(&mut queue, &mut reference, now + delay(&mut random));
                    }
                }
                assert_eq!(queue.pop_due(now), None, "seed {seed}");
            }
            // Time also passes without anything being taken: an alarm rings.
            Some(time) => now += random.below(time - now),
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
        agrees(Queue::new(Kind::Equal), seed, |_| 1 + seed * 1000);
    }
}

#[test]
fn a_wheel_takes_equal_times_in_the_order_of_sending() {
    for seed in 0..40 {
        let horizon = [1, 2, 63, 64, 65, 500, 1000][seed as usize % 7];
        agrees(Queue::new(Kind::Bounded(horizon)), seed, |random| random.below(horizon + 1));
    }
}

#[test]
fn a_radix_heap_takes_equal_times_in_the_order_of_sending() {
    for seed in 0..40 {
        agrees(Queue::new(Kind::Any), seed, |random| {
            let magnitude = random.below(1 + seed);
            random.below(1 << magnitude.min(50))
        });
    }
}

#[test]
fn a_radix_heap_reaches_the_end_of_time() {
    let mut queue = Queue::new(Kind::Any);
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
