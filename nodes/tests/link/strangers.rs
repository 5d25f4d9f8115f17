//! What must change nothing: strangers, old runs, damage, replay, former lives, and peers that talk nonsense.

use std::time::Duration;

use nodes::link::{Endpoint, Guarantee, Key, LinkId, MAX_DATAGRAM, Options, Peer};
use proptest::prelude::*;

use crate::pair::{LINK, Pair, address, hand, key, take, transmit};

const ALL: [Guarantee; 3] = [Guarantee::Fifo, Guarantee::Reliable, Guarantee::Lossy];

/// All that an endpoint is, but for what it counts of datagrams.
fn state(endpoint: &Endpoint) -> String {
    let all = format!("{endpoint:?}");
    let counts = format!("{:?}", endpoint.stats());
    all.replace(&counts, "")
}

/// A datagram with something of everything: records, whole and in pieces, and an acknowledgement with a range.
fn rich(guarantee: Guarantee) -> (Pair, Vec<u8>) {
    let mut pair = Pair::new(&[guarantee], Options::default());
    pair.send(1, &[1; 2000]);
    let datagrams = pair.transmit(1);
    pair.hand(0, &datagrams[1]);
    pair.send(0, b"one");
    pair.send(0, &[2; 900]);
    let datagram = pair.transmit(0).pop().expect("there is something to say");
    (pair, datagram)
}

#[test]
fn a_flipped_bit_anywhere_is_noticed() {
    for guarantee in ALL {
        let (mut pair, datagram) = rich(guarantee);
        let before = state(&pair.ends[1]);
        for bit in 0..datagram.len() * 8 {
            let mut flipped = datagram.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(pair.hand(1, &flipped), [], "bit {bit}");
        }
        assert_eq!(pair.ends[1].stats().rejected.total(), datagram.len() as u64 * 8);
        assert_eq!(state(&pair.ends[1]), before);
        assert_ne!(pair.hand(1, &datagram), [], "the true one is taken");
    }
}

#[test]
fn what_is_cut_or_longer_is_noticed() {
    for guarantee in ALL {
        let (mut pair, datagram) = rich(guarantee);
        let before = state(&pair.ends[1]);
        for len in 0..datagram.len() {
            assert_eq!(pair.hand(1, &datagram[..len]), [], "cut to {len}");
        }
        for more in [1, 16, 100, 65_000] {
            assert_eq!(pair.hand(1, &[&datagram[..], &vec![0; more]].concat()), [], "{more} longer");
        }
        assert_eq!(pair.ends[1].stats().rejected.total(), datagram.len() as u64 + 4);
        assert_eq!(state(&pair.ends[1]), before);
    }
}

#[test]
fn another_runs_key_is_none() {
    let (mut pair, datagram) = rich(Guarantee::Fifo);
    let mut other = Endpoint::new(1, 0, Key::new([8; 32]), Options::default());
    other.add_link(Guarantee::Fifo, Peer { endpoint: 0, link: 0, incarnation: 0, address: None });
    assert_eq!(hand(&mut other, pair.now, address(0), &datagram), []);
    assert_eq!(other.stats().rejected.mac, 1);
    assert_eq!(other.peer(LINK).address, None, "nothing is learned from it");
    assert_eq!(pair.hand(1, &datagram).len(), 2);
}

#[test]
fn a_datagram_is_for_one_link_end_of_one_endpoint() {
    let guarantees = [Guarantee::Fifo, Guarantee::Fifo];
    let mut pair = Pair::new(&guarantees, Options::default());
    pair.send(0, b"for endpoint 1, link 0");
    let datagram = pair.transmit(0).remove(0);
    // Back to its sender, and to a third one.
    assert_eq!(pair.hand(0, &datagram), []);
    let mut third = Endpoint::new(2, 0, key(), Options::default());
    third.add_link(Guarantee::Fifo, Peer { endpoint: 0, link: 0, incarnation: 0, address: None });
    assert_eq!(hand(&mut third, pair.now, address(0), &datagram), []);
    assert_eq!((pair.ends[0].stats().rejected.address, third.stats().rejected.address), (1, 1));
    // To the right endpoint, but with the number of another link, and of one that there is not.
    for (link, mac, addresses) in [(1u32, 1, 0), (2, 1, 1), (u32::MAX, 1, 2)] {
        let mut bent = datagram.clone();
        bent[21..25].copy_from_slice(&link.to_le_bytes());
        assert_eq!(pair.hand(1, &bent), []);
        let rejected = pair.ends[1].stats().rejected;
        assert_eq!((rejected.mac, rejected.address), (mac, addresses));
    }
    assert_eq!(pair.hand(1, &datagram).len(), 1);
}

#[test]
fn both_ends_must_mean_the_same_link() {
    let mut pair = Pair::new(&[Guarantee::Fifo], Options::default());
    let mut other = Endpoint::new(1, 0, key(), Options::default());
    other.add_link(Guarantee::Lossy, Peer { endpoint: 0, link: 0, incarnation: 0, address: None });
    pair.send(0, b"in order, please");
    let datagram = pair.transmit(0).remove(0);
    assert_eq!(hand(&mut other, pair.now, address(0), &datagram), []);
    assert_eq!(other.stats().rejected.malformed, 1);
}

#[test]
fn a_whole_conversation_replayed_changes_nothing() {
    for guarantee in ALL {
        let mut pair = Pair::new(&[guarantee, guarantee], Options::default());
        for round in 0..40u32 {
            for from in [0, 1] {
                for link in [0, 1] {
                    let message = vec![round as u8; 1 + (round as usize * 331) % 4000];
                    pair.ends[from].send(LinkId::new(link), 1, &message).expect("there is room");
                }
            }
            let mut coin = round;
            pair.settle(|_, _| {
                coin = coin.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                coin >> 30 == 0
            });
        }
        let quiet = |pair: &Pair, end: usize| {
            [0, 1].map(|link| {
                let stats = pair.ends[end].link_stats(LinkId::new(link));
                (stats.received, stats.delivered, stats.lost, stats.in_flight())
            })
        };
        let before = [quiet(&pair, 0), quiet(&pair, 1)];
        for (from, datagram) in pair.sent.clone() {
            for to in [from, 1 - from] {
                let again = pair.hand(to, &datagram);
                assert!(again.iter().all(|message| message.duplicate), "{guarantee:?}: delivered again, and not called a copy");
                assert!(guarantee == Guarantee::Lossy || again.is_empty());
            }
        }
        pair.settle(|_, _| false);
        assert_eq!([quiet(&pair, 0), quiet(&pair, 1)], before);
        // And life goes on.
        pair.send(0, b"new");
        assert_eq!(pair.settle(|_, _| false)[1].len(), 1);
    }
}

/// The same endpoint, started again.
fn restarted(incarnation: u32, guarantee: Guarantee, peer_incarnation: u32) -> Endpoint {
    let mut endpoint = Endpoint::new(1, incarnation, key(), Options::default());
    let peer = Peer { endpoint: 0, link: 0, incarnation: peer_incarnation, address: Some(address(0)) };
    endpoint.add_link(guarantee, peer);
    endpoint
}

#[test]
fn a_former_lifes_datagrams_mean_nothing() {
    for guarantee in ALL {
        let mut pair = Pair::new(&[guarantee], Options::default());
        pair.send(0, b"to the first");
        pair.send(1, b"from the first");
        let (to_first, from_first) = (pair.transmit(0).remove(0), pair.transmit(1).remove(0));
        pair.hand(1, &to_first);
        for _ in 0..7 {
            pair.send(0, b"that it will never see");
        }
        pair.transmit(0);

        // The second lives at another port, and speaks first.
        pair.ends[1] = restarted(1, guarantee, 0);
        pair.send(1, b"from the second");
        let elsewhere = address(99);
        let datagram = pair.transmit(1).remove(0);
        assert_eq!(hand(&mut pair.ends[0], pair.now, elsewhere, &datagram).len(), 1);
        assert_eq!(pair.ends[0].peer(LINK), Peer { endpoint: 1, link: 0, incarnation: 1, address: Some(elsewhere) });
        let stats = pair.ends[0].link_stats(LINK);
        assert_eq!((stats.to_the_dead, stats.in_flight()), (8, 0), "nobody acknowledged them");

        // What the first said comes late, and what was said to it.
        assert_eq!(pair.hand(0, &from_first), []);
        assert_eq!(pair.hand(1, &to_first), []);
        assert_eq!(pair.ends.each_ref().map(|end| end.stats().rejected.incarnation), [1, 1]);
        assert_eq!(pair.ends[0].peer(LINK).address, Some(elsewhere));

        // Both begin anew, and understand each other.
        pair.send(0, b"to the second");
        let [_, arrived] = pair.settle(|_, _| false);
        assert_eq!(arrived.iter().map(|message| &message.bytes[..]).collect::<Vec<_>>(), [b"to the second"]);
        assert_eq!(pair.ends.each_ref().map(|end| end.link_stats(LINK).in_flight()), [0, 0]);
    }
}

#[test]
fn who_speaks_to_a_former_life_is_told_so() {
    for guarantee in ALL {
        let mut pair = Pair::new(&[guarantee], Options::default());
        pair.ends[1] = restarted(3, guarantee, 0);
        pair.send(0, b"to the first");
        let [_, arrived] = pair.settle(|_, _| false);
        assert_eq!(arrived, [], "it was for another");
        assert_eq!(pair.ends[0].peer(LINK).incarnation, 3);
        assert_eq!(pair.ends[0].link_stats(LINK).to_the_dead, 1);
        pair.send(0, b"to the fourth");
        assert_eq!(pair.settle(|_, _| false)[1].len(), 1);
    }
}

#[test]
fn what_is_sent_to_the_dead_is_counted_and_no_more() {
    for guarantee in ALL {
        let mut pair = Pair::new(&[guarantee], Options::default());
        pair.send(0, b"delivered");
        pair.settle(|_, _| false);
        pair.send(0, b"on its way");
        let late = pair.transmit(0).remove(0);
        pair.ends[0].peer_died(LINK);
        pair.send(0, b"after");
        assert_eq!(pair.transmit(0).len(), 0);
        assert_eq!(pair.ends[0].poll_timeout(), None);
        assert_eq!(pair.ends[0].queued_total(), 0);
        let stats = pair.ends[0].link_stats(LINK);
        assert_eq!((stats.sent, stats.delivered, stats.to_the_dead, stats.in_flight()), (3, 1, 2, 0));
        // A dead one that still speaks is not heard.
        pair.hand(1, &late);
        pair.send(1, b"from beyond");
        for datagram in pair.transmit(1) {
            assert_eq!(pair.hand(0, &datagram), []);
        }
        // It is told that it was restarted, before it speaks itself.
        pair.ends[1] = restarted(1, guarantee, 0);
        pair.ends[0].peer_restarted(LINK, 1, Some(address(1)));
        pair.send(0, b"welcome back");
        assert_eq!(pair.settle(|_, _| false)[1].len(), 1);
        pair.ends[0].peer_restarted(LINK, 1, None);
        assert_eq!(pair.ends[0].peer(LINK).address, Some(address(1)), "that was known");
    }
}

#[test]
fn a_lossy_links_copies_are_delivered_and_called_copies() {
    let mut pair = Pair::new(&[Guarantee::Lossy], Options::default());
    pair.send(0, b"first");
    pair.send(0, b"second");
    let datagram = pair.transmit(0).remove(0);
    let duplicates = |messages: Vec<crate::pair::Message>| messages.iter().map(|message| message.duplicate).collect::<Vec<_>>();
    assert_eq!(duplicates(pair.hand(1, &datagram)), [false, false]);
    assert_eq!(duplicates(pair.hand(1, &datagram)), [true, true]);
    let stats = pair.ends[1].link_stats(LINK);
    assert_eq!((stats.received, stats.duplicates), (2, 2));
    pair.settle(|_, _| false);
    assert_eq!(pair.ends[0].link_stats(LINK).delivered, 2);
}

#[test]
fn what_a_lossy_link_gave_up_is_not_delivered_later() {
    let mut pair = Pair::new(&[Guarantee::Lossy], Options::default());
    for number in 0..10 {
        pair.send(0, &[number]);
        let datagram = pair.transmit(0).remove(0);
        if number % 2 == 0 {
            pair.hand(1, &datagram);
        }
    }
    pair.settle(|_, _| false);
    let stats = pair.ends[0].link_stats(LINK);
    assert_eq!((stats.delivered, stats.lost, stats.in_flight()), (5, 5, 0));
    for (_, datagram) in pair.sent.clone().iter().filter(|sent| sent.0 == 0) {
        assert!(pair.hand(1, datagram).iter().all(|message| message.duplicate));
    }
    assert_eq!(pair.ends[1].link_stats(LINK).received, 5);
}

#[test]
fn what_was_lost_to_a_former_life_stays_counted() {
    let mut pair = Pair::new(&[Guarantee::Lossy], Options::default());
    for _ in 0..5 {
        pair.send(0, b"lost");
        pair.transmit(0);
    }
    pair.settle(|_, _| false);
    assert_eq!(pair.ends[0].link_stats(LINK).lost, 5);
    pair.ends[1] = restarted(1, Guarantee::Lossy, 0);
    pair.ends[0].peer_restarted(LINK, 1, Some(address(1)));
    pair.send(0, b"delivered");
    pair.settle(|_, _| false);
    let stats = pair.ends[0].link_stats(LINK);
    assert_eq!((stats.sent, stats.delivered, stats.lost, stats.to_the_dead), (6, 1, 5, 0));
}

/// A frame as a peer might write it that has the key, but no manners.
fn frame() -> impl Strategy<Value = Vec<u8>> {
    let number = prop_oneof![4 => 0u64..3000, 2 => 0u64..300_000, 1 => any::<u64>()];
    let numbers = proptest::collection::vec(number.clone(), 0..30);
    let varint = |bytes: &mut Vec<u8>, mut value: u64| {
        while value >= 0x80 {
            bytes.push(value as u8 | 0x80);
            value >>= 7;
        }
        bytes.push(value as u8);
    };
    let plain = (1u8..8, numbers).prop_map(move |(kind, numbers)| {
        let mut bytes = vec![kind];
        numbers.iter().for_each(|number| varint(&mut bytes, *number));
        bytes
    });
    let record = (any::<bool>(), 0u64..900, prop_oneof![Just(2000u64), 1281..1_048_576u64], 0u64..200).prop_map(
        move |(piece, index, total, len)| {
            let mut bytes = Vec::new();
            if piece {
                let len = total.saturating_sub(index * 1280).min(1280);
                varint(&mut bytes, len * 2 + 1);
                varint(&mut bytes, index);
                varint(&mut bytes, total);
                bytes.push(1);
                bytes.resize(bytes.len() + len as usize, 7);
            } else {
                varint(&mut bytes, len * 2);
                bytes.push(1);
                bytes.resize(bytes.len() + len as usize, 7);
            }
            bytes
        },
    );
    let run = (prop_oneof![3 => Just(0), 3 => 0u64..5000, 1 => number], proptest::collection::vec(record, 1..5)).prop_map(
        move |(start, records)| {
            let records = records.concat();
            let mut bytes = vec![3];
            varint(&mut bytes, start);
            varint(&mut bytes, records.len() as u64);
            bytes.extend(records);
            bytes
        },
    );
    prop_oneof![1 => plain, 2 => run]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    /// Whoever has the key can spoil its own link, but neither make the endpoint panic, nor swell, nor spoil another link.
    #[test]
    fn nonsense_under_the_right_key_harms_nobody_else(
        which in 0usize..3,
        datagrams in proptest::collection::vec(proptest::collection::vec(frame(), 1..4), 1..40),
    ) {
        let mut pair = Pair::new(&[ALL[which], Guarantee::Fifo], Options::default());
        for number in 0..50 {
            pair.ends[1].send(LINK, 1, &[number; 100]).expect("there is room");
        }
        for frames in datagrams {
            let mut datagram = vec![0; 16];
            datagram.push(0xA0 + 1 + which as u8);
            [1u32, 0, 0, 0].iter().for_each(|word| datagram.extend(word.to_le_bytes()));
            datagram.extend(frames.concat());
            datagram.truncate(MAX_DATAGRAM);
            key().seal(&mut datagram);
            pair.ends[1].handle(pair.now, address(0), &datagram);
            take(&mut pair.ends[1]);
            pair.now += Duration::from_millis(3);
            transmit(&mut pair.ends[1], pair.now);
            pair.ends[1].poll_timeout();
        }
        let other = LinkId::new(1);
        pair.ends[0].send(other, 1, b"still here").expect("there is room");
        let arrived = pair.carry(0);
        prop_assert!(arrived.iter().any(|message| message.link == other && message.bytes == b"still here"));
        let sum: usize = [LINK, other].iter().map(|link| pair.ends[1].queued(*link)).sum();
        prop_assert_eq!(sum, pair.ends[1].queued_total());
    }

    #[test]
    fn noise_is_rejected(noise in proptest::collection::vec(any::<u8>(), 0..2000)) {
        let mut pair = Pair::new(&[Guarantee::Fifo], Options::default());
        let before = state(&pair.ends[1]);
        prop_assert_eq!(pair.hand(1, &noise), []);
        prop_assert_eq!(pair.ends[1].stats().rejected.total(), 1);
        prop_assert_eq!(state(&pair.ends[1]), before);
    }
}
