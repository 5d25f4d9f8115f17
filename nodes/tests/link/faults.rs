//! Faults on demand: as likely as asked, when asked, and the same for the same seed.

use std::time::Duration;

use nodes::link::{Faults, LinkDown, LinkId, MAX_DATAGRAM, Plan, Transmit, Wait};

use crate::pair::{LINK, address};

const COUNT: u32 = 20_000;

fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

fn send(faults: &mut Faults, now: Duration, link: LinkId, number: u32) {
    faults.send(now, Transmit { link, to: address(1), len: 4 }, &number.to_le_bytes());
}

/// What leaves by that time, when, and on which link.
fn leave(faults: &mut Faults, until: Duration) -> Vec<(Duration, LinkId, u32)> {
    let mut buffer = [0; MAX_DATAGRAM];
    let mut left = Vec::new();
    while let Some(at) = faults.poll_timeout().filter(|at| *at <= until) {
        if let Some(before) = at.checked_sub(Duration::from_nanos(1)) {
            assert_eq!(faults.poll_transmit(before, &mut buffer), None, "not before its time");
        }
        let transmit = faults.poll_transmit(at, &mut buffer).expect("its time has come");
        assert_eq!((transmit.to, transmit.len), (address(1), 4));
        left.push((at, transmit.link, u32::from_le_bytes(buffer[..4].try_into().expect("4 bytes"))));
    }
    left
}

/// Sends so many datagrams, one each microsecond, and lets all leave.
fn through(plan: Plan, seed: u64) -> Vec<(Duration, LinkId, u32)> {
    let mut faults = Faults::new(plan, seed);
    for number in 0..COUNT {
        send(&mut faults, Duration::from_micros(number.into()), LINK, number);
    }
    leave(&mut faults, Duration::MAX)
}

/// How long each took.
fn waits(wait: Wait) -> Vec<f64> {
    let left = through(Plan { wait, ..Plan::default() }, 3);
    assert_eq!(left.len(), COUNT as usize);
    let mut waits: Vec<f64> =
        left.iter().map(|(at, _, number)| (*at - Duration::from_micros((*number).into())).as_secs_f64()).collect();
    waits.sort_by(f64::total_cmp);
    waits
}

fn mean(of: &[f64]) -> f64 {
    of.iter().sum::<f64>() / of.len() as f64
}

/// Five standard deviations of a binomial distribution around its mean.
fn binomial(probability: f64) -> std::ops::Range<f64> {
    let (mean, deviation) = (f64::from(COUNT) * probability, (f64::from(COUNT) * probability * (1.0 - probability)).sqrt());
    mean - 5.0 * deviation..mean + 5.0 * deviation
}

#[test]
fn without_faults_all_leave_at_once_and_in_order() {
    assert!(Plan::default().is_empty());
    let left = through(Plan::default(), 1);
    let expected = (0..COUNT).map(|number| (Duration::from_micros(number.into()), LINK, number));
    assert!(left.into_iter().eq(expected));
}

#[test]
fn loss_and_copies_are_as_likely_as_asked() {
    for probability in [0.0, 0.1, 0.5, 1.0] {
        let lost = COUNT as usize - through(Plan { loss: probability, ..Plan::default() }, 2).len();
        let copied = through(Plan { duplicate: probability, ..Plan::default() }, 2).len() - COUNT as usize;
        for count in [lost, copied] {
            let range = binomial(probability);
            assert!((range.start..=range.end).contains(&(count as f64)), "{count} of {COUNT} at {probability}");
        }
    }
}

#[test]
fn waits_are_distributed_as_asked() {
    let fixed = waits(Wait::Fixed(millis(3)));
    assert!(fixed.iter().all(|wait| (wait - 0.003).abs() < 1e-9));

    let uniform = waits(Wait::Uniform(millis(2), millis(6)));
    assert!(uniform[0] >= 0.002 && uniform[uniform.len() - 1] <= 0.006);
    // The mean of n uniform ones has the deviation (b - a) / sqrt(12 n).
    assert!((mean(&uniform) - 0.004).abs() < 5.0 * 0.004 / f64::from(12 * COUNT).sqrt());

    let exponential = waits(Wait::Exponential(millis(5)));
    assert!((mean(&exponential) - 0.005).abs() < 5.0 * 0.005 / f64::from(COUNT).sqrt());
    let beyond = exponential.iter().filter(|wait| **wait > 0.010).count() as f64;
    assert!(binomial((-2.0f64).exp()).contains(&beyond), "{beyond} take more than twice the mean: not e^-2 of them");

    // Half are below the median, and 84.13 % below the median times e^deviation.
    let log_normal = waits(Wait::LogNormal(millis(5), 2.0));
    let below = |limit: f64| log_normal.iter().filter(|wait| **wait < limit).count() as f64;
    assert!(binomial(0.5).contains(&below(0.005)));
    assert!(binomial(0.8413).contains(&below(0.005 * 2f64.exp())));
}

#[test]
fn some_are_overtaken_and_none_waits_long() {
    let left = through(Plan { reorder: 0.2, ..Plan::default() }, 4);
    let overtaken = left.iter().filter(|(at, _, number)| *at > Duration::from_micros((*number).into())).count();
    assert!(binomial(0.2).contains(&(overtaken as f64)));
    assert!(left.iter().all(|(at, _, number)| *at <= Duration::from_micros((*number).into()) + Faults::HELD));
    assert!(!left.is_sorted_by_key(|left| left.2));
}

#[test]
fn a_link_is_down_from_then_until_then() {
    let down = |link, from, until| LinkDown { link: LinkId::new(link), during: millis(from)..millis(until) };
    let plan = Plan { down: vec![down(1, 10, 20), down(1, 30, 31), down(2, 0, 100)], ..Plan::default() };
    let mut faults = Faults::new(plan, 5);
    for (number, at) in [0, 9, 10, 19, 20, 30, 31].into_iter().enumerate() {
        for link in 0..3 {
            send(&mut faults, millis(at), LinkId::new(link), number as u32);
        }
    }
    let left = leave(&mut faults, Duration::MAX);
    let of = |link| left.iter().filter(|left| left.1 == LinkId::new(link)).map(|left| left.2).collect::<Vec<_>>();
    assert_eq!(of(0), [0, 1, 2, 3, 4, 5, 6]);
    assert_eq!(of(1), [0, 1, 4, 6]);
    assert_eq!(of(2), [0u32; 0]);
    assert_eq!(faults.lost(), 3 + 7);
}

#[test]
fn the_seed_decides_and_links_do_not_disturb_each_other() {
    let plan = Plan { loss: 0.3, duplicate: 0.1, reorder: 0.2, wait: Wait::Exponential(millis(1)), ..Plan::default() };
    assert_eq!(through(plan.clone(), 6), through(plan.clone(), 6));
    assert_ne!(through(plan.clone(), 6), through(plan.clone(), 7));

    let on_the_second = |others: bool| {
        let mut faults = Faults::new(plan.clone(), 6);
        for number in 0..200 {
            if others {
                send(&mut faults, millis(number.into()), LinkId::new(0), number);
                send(&mut faults, millis(number.into()), LinkId::new(2), number);
            }
            send(&mut faults, millis(number.into()), LinkId::new(1), number);
        }
        let mut left = leave(&mut faults, Duration::MAX);
        left.retain(|left| left.1 == LinkId::new(1));
        left
    };
    assert_eq!(on_the_second(false), on_the_second(true));
}
