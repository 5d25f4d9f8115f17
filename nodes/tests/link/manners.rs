//! How a link speaks: at once, together, seldom.

use std::time::Duration;

use nodes::link::{DEFAULT_MAX_MESSAGE, Endpoint, Guarantee, LARGEST_MAX_MESSAGE, LinkId, Options, Peer, SendError};

use crate::pair::{LINK, Pair, address, hand, key, take, transmit};

const ALL: [Guarantee; 3] = [Guarantee::Fifo, Guarantee::Reliable, Guarantee::Lossy];

fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

#[test]
fn a_lone_message_leaves_at_once() {
    for guarantee in ALL {
        let mut pair = Pair::new(&[guarantee], Options::default());
        pair.send(0, b"alone");
        let arrived = pair.carry(0);
        assert_eq!(arrived.iter().map(|message| &message.bytes[..]).collect::<Vec<_>>(), [b"alone"]);
    }
}

#[test]
fn messages_that_wait_for_the_same_neighbour_share_datagrams() {
    for guarantee in ALL {
        let mut pair = Pair::new(&[guarantee], Options::default());
        for _ in 0..300 {
            pair.send(0, &[1; 32]);
        }
        // 34 bytes each; 1408 less 16 + 17 of MAC and header, 71 for what else may go along.
        assert_eq!(pair.transmit(0).len(), 300usize.div_ceil((1408 - 16 - 17 - 71) / 34), "{guarantee:?}");
    }
}

#[test]
fn acknowledgements_go_with_answers() {
    for guarantee in ALL {
        let mut pair = Pair::new(&[guarantee], Options::default());
        for _ in 0..100 {
            for from in [0, 1] {
                pair.send(from, &[1; 32]);
                assert_eq!(pair.carry(from).len(), 1);
                pair.now += Duration::from_micros(20);
            }
        }
        assert_eq!(pair.sent.len(), 200, "{guarantee:?}: a datagram for each message, and no more");
        pair.settle(|_, _| false);
        assert_eq!(pair.sent.len(), 201, "{guarantee:?}: and one for the last acknowledgement");
        assert_eq!(pair.ends.each_ref().map(|end| end.link_stats(LINK).in_flight()), [0, 0]);
    }
}

#[test]
fn an_acknowledgement_waits_for_its_time_and_no_longer() {
    for guarantee in ALL {
        let mut pair = Pair::new(&[guarantee], Options { ack_delay: millis(10), ..Options::default() });
        pair.send(0, b"to whom there is nothing to answer");
        assert_eq!(pair.carry(0).len(), 1);
        assert_eq!(pair.transmit(1).len(), 0);
        let due = pair.now + millis(10);
        assert_eq!(pair.ends[1].poll_timeout(), Some(due));
        pair.now = due;
        pair.carry(1);
        assert_eq!(pair.sent.len(), 2);
        assert_eq!(pair.ends.each_mut().map(Endpoint::poll_timeout), [None, None], "{guarantee:?}: all is quiet");
        assert_eq!(pair.ends[0].link_stats(LINK).delivered, 1);
    }
}

#[test]
fn acknowledgements_are_seldom_while_all_goes_well_and_soon_again_after_a_loss() {
    let (soon, late) = (millis(10), millis(100));
    let options = Options { ack_delay: soon, calm_ack_delay: late, ..Options::default() };
    for guarantee in [Guarantee::Fifo, Guarantee::Reliable] {
        let mut pair = Pair::new(&[guarantee], options.clone());
        // How long the acknowledgement of a lone message is held back.
        let held = |pair: &mut Pair| {
            pair.send(0, b"there is nothing to answer");
            pair.carry(0);
            let (sent, due) = (pair.now, pair.ends[1].poll_timeout().expect("an acknowledgement is owed"));
            pair.now = due;
            pair.carry(1);
            due - sent
        };
        assert_eq!(held(&mut pair), soon, "{guarantee:?}: the link is new");
        for _ in 0..50 {
            held(&mut pair);
        }
        assert_eq!(held(&mut pair), late, "{guarantee:?}: nothing was lost for long");
        pair.send(0, b"lost");
        pair.transmit(0);
        let due = pair.ends[0].poll_timeout().expect("an acknowledgement is awaited");
        assert!(due - pair.now > late, "{guarantee:?}: not before it can come");
        pair.now = due;
        pair.carry(0);
        pair.now += soon;
        pair.carry(1);
        assert_eq!(pair.ends[0].link_stats(LINK).in_flight(), 0, "{guarantee:?}");
        for _ in 0..100 {
            assert_eq!(held(&mut pair), soon, "{guarantee:?}: something was lost not long ago");
        }
    }
}

#[test]
fn acknowledgements_can_be_hurried() {
    let mut pair = Pair::new(&[Guarantee::Fifo], Options::default());
    pair.send(0, b"the last");
    pair.carry(0);
    pair.ends[1].acknowledge_now();
    pair.carry(1);
    assert_eq!(pair.ends[0].link_stats(LINK).delivered, 1);
    pair.ends[1].acknowledge_now();
    assert_eq!(pair.transmit(1).len(), 0, "nothing is owed");
}

#[test]
fn silence_is_asked_into_ever_more_seldom() {
    for guarantee in ALL {
        let mut pair = Pair::new(&[guarantee], Options::default());
        for _ in 0..1000 {
            pair.send(0, &[1; 32]);
        }
        let (start, mut wakes) = (pair.now, 0);
        while pair.now < start + Duration::from_secs(60) {
            pair.transmit(0);
            pair.now = pair.ends[0].poll_timeout().expect("something is on its way");
            wakes += 1;
        }
        // The first flight is 16 KiB at most, of a Lossy link all; then two datagrams each after 0.1, 0.2, 0.25, 0.25, .. s.
        assert!(wakes < 245, "{guarantee:?}: {wakes} wakes in a minute");
        assert!(pair.sent.len() < 30 + 2 * 245, "{guarantee:?}: {} datagrams in a minute", pair.sent.len());
        // When the other one is there again, everything arrives, or is known to be lost.
        let arrived = pair.settle(|_, _| false)[1].len() as u64;
        let stats = pair.ends[0].link_stats(LINK);
        assert_eq!((stats.delivered, stats.delivered + stats.lost), (arrived, 1000));
        assert_eq!(guarantee == Guarantee::Lossy, stats.lost == 1000);
    }
}

/// A pair that has measured a round trip of 1 ms, and the datagrams of `count` messages that have not yet arrived.
fn on_their_way(guarantee: Guarantee, count: u8) -> (Pair, Vec<Vec<u8>>) {
    let mut pair =
        Pair::new(&[guarantee], Options { ack_delay: Duration::ZERO, calm_ack_delay: Duration::ZERO, ..Options::default() });
    for _ in 0..20 {
        pair.send(0, b"measure");
        let datagrams = pair.transmit(0);
        pair.now += millis(1);
        datagrams.iter().for_each(|datagram| drop(pair.hand(1, datagram)));
        pair.carry(1);
    }
    assert_eq!(pair.ends[0].round_trip(LINK), Some(millis(1)));
    let datagrams = (0..count)
        .map(|number| {
            pair.send(0, &[number; 32]);
            pair.transmit(0).remove(0)
        })
        .collect();
    pair.now += millis(1);
    (pair, datagrams)
}

#[test]
fn what_three_later_ones_overtook_is_sent_again_before_the_timer_rings() {
    for guarantee in [Guarantee::Fifo, Guarantee::Reliable] {
        let (mut pair, datagrams) = on_their_way(guarantee, 4);
        let arrived: Vec<_> = datagrams[1..].iter().flat_map(|datagram| pair.hand(1, datagram)).collect();
        assert_eq!(arrived.len(), if guarantee == Guarantee::Fifo { 0 } else { 3 }, "what arrives beyond a gap");
        pair.carry(1);
        let arrived = pair.carry(0);
        assert_eq!(arrived.len(), if guarantee == Guarantee::Fifo { 4 } else { 1 });
        let stats = pair.ends[0].link_stats(LINK);
        assert_eq!((stats.resent, stats.timeouts), (1, 0));
    }
}

#[test]
fn what_two_later_ones_overtook_may_only_be_late() {
    for guarantee in [Guarantee::Fifo, Guarantee::Reliable] {
        let (mut pair, datagrams) = on_their_way(guarantee, 3);
        let mut arrived: Vec<_> = datagrams[1..].iter().flat_map(|datagram| pair.hand(1, datagram)).collect();
        pair.carry(1);
        assert_eq!(pair.transmit(0).len(), 0, "it is given time");
        arrived.extend(pair.hand(1, &datagrams[0]));
        assert_eq!(arrived.len(), 3);
        pair.settle(|_, _| false);
        assert_eq!(pair.ends[0].link_stats(LINK).resent, 0);

        // Not for long, though: an eighth more than a round trip, not the 20 ms of the timer.
        let (mut pair, datagrams) = on_their_way(guarantee, 3);
        datagrams[1..].iter().for_each(|datagram| drop(pair.hand(1, datagram)));
        pair.carry(1);
        let look = pair.ends[0].poll_timeout().expect("it is to be looked for");
        assert!(look < pair.now + millis(3), "in {:?}", look - pair.now);
        pair.now = look;
        assert_eq!(pair.transmit(0).len(), 1);
    }
}

#[test]
fn the_largest_message_arrives_and_a_larger_one_is_refused() {
    for max_message in [DEFAULT_MAX_MESSAGE, 100, 5 << 20] {
        let large: Vec<u8> = (0..max_message).map(|i| ((i * 7) ^ (i >> 8)) as u8).collect();
        for guarantee in ALL {
            let mut pair = Pair::new(&[guarantee], Options { max_message, ..Options::default() });
            pair.send(0, b"before");
            pair.send(0, &large);
            pair.send(0, b"after");
            let mut arrived: Vec<_> = pair.settle(|_, _| false)[1].iter().map(|message| message.bytes.clone()).collect();
            arrived.sort_by_key(|bytes| bytes.len());
            let stats = pair.ends.each_ref().map(|end| end.link_stats(LINK));
            assert_eq!(arrived.len(), 3, "{guarantee:?}: {stats:?}");
            assert!(arrived[2] == large, "{guarantee:?}: the large one is whole");
            let refused = pair.ends[0].send(LINK, 0, &vec![0; max_message + 1]);
            assert_eq!(refused, Err(SendError::TooLarge { link: LINK, len: max_message + 1, limit: max_message }));
        }
    }
    let refused = SendError::TooLarge { link: LINK, len: DEFAULT_MAX_MESSAGE + 1, limit: DEFAULT_MAX_MESSAGE };
    assert_eq!(
        refused.to_string(),
        "a message of 1048577 bytes for link 0: at most 1048576 bytes can be sent; send it in parts"
    );
}

/// On a reliable link messages behind a gap are delivered early; one in many pieces is delivered whole when the gap closes, and
/// once.
#[test]
fn a_message_of_many_windows_arrives_over_a_network_that_loses_and_shuffles() {
    let large: Vec<u8> = (0..3usize << 20).map(|i| ((i * 31) ^ (i >> 9)) as u8).collect();
    for guarantee in [Guarantee::Fifo, Guarantee::Reliable] {
        let mut pair = Pair::new(&[guarantee], Options { max_message: LARGEST_MAX_MESSAGE, ..Options::default() });
        let mut random = nodes::protocol::Random::stream(1, "loss", guarantee as u64);
        for _ in 0..3 {
            pair.send(0, &large);
            pair.send(0, b"between");
        }
        let arrived = pair.settle(|_, _| random.chance(0.05)).map(|messages| messages.into_iter().map(|message| message.bytes));
        let mut arrived = arrived.into_iter().nth(1).expect("there are two").collect::<Vec<_>>();
        arrived.sort_by_key(Vec::len);
        assert_eq!(arrived.len(), 6, "{guarantee:?}");
        assert!(arrived[..3].iter().all(|bytes| bytes == b"between"));
        assert!(arrived[3..].iter().all(|bytes| *bytes == large), "{guarantee:?}: each is whole");
    }
}

/// The pieces of a message on a lossy link come in any order, and are put in theirs.
#[test]
fn pieces_that_come_shuffled_are_put_in_order() {
    let large: Vec<u8> = (0..200_000u32).map(|i| (i ^ i >> 7) as u8).collect();
    let mut pair = Pair::new(&[Guarantee::Lossy], Options::default());
    pair.send(0, &large);
    let mut datagrams = pair.transmit(0);
    assert!(datagrams.len() > 150, "all are under way at once");
    datagrams.reverse();
    datagrams[10..].reverse();
    let arrived = datagrams.iter().flat_map(|datagram| pair.hand(1, datagram)).collect::<Vec<_>>();
    assert!(arrived.len() == 1 && arrived[0].bytes == large);
}

#[test]
fn empty_messages_are_messages() {
    for guarantee in ALL {
        let mut pair = Pair::new(&[guarantee], Options::default());
        for _ in 0..3000 {
            pair.send(0, b"");
        }
        assert_eq!(pair.settle(|_, _| false)[1].len(), 3000);
    }
}

#[test]
fn a_full_outbox_names_the_link_and_the_sizes() {
    let mut pair =
        Pair::new(&[Guarantee::Fifo, Guarantee::Fifo], Options { outbox_mark: 500, outbox_limit: 1000, ..Options::default() });
    pair.send(0, &[0; 400]);
    assert!(!pair.ends[0].is_over_limit());
    let other = LinkId::new(1);
    pair.ends[0].send(other, 0, &[0; 400]).expect("there is room");
    assert!(pair.ends[0].is_over_limit(), "the mark is for all links together");
    let queued = pair.ends[0].queued(other);
    assert_eq!((queued, pair.ends[0].queued_total()), (403, 806), "three bytes before each: two of length, one of stamp");
    let refused = pair.ends[0].send(other, 0, &[0; 400]).expect_err("there is no room");
    assert_eq!(refused, SendError::OutboxFull { link: other, len: 400, queued, total: 806, limit: 1000 });
    assert_eq!(
        refused.to_string(),
        "no room for a message of 400 bytes for link 1: 403 bytes wait on this link, 806 on all, and the outbox takes 1000; \
         send less at a time, or raise the limit"
    );
    pair.settle(|_, _| false);
    assert_eq!(pair.ends[0].queued_total(), 0);
    assert!(!pair.ends[0].is_over_limit());
    pair.ends[0].send(other, 0, &[0; 400]).expect("there is room again");
}

#[test]
fn who_does_not_take_deliveries_is_sent_no_more() {
    let mut pair = Pair::new(&[Guarantee::Fifo], Options::default());
    for number in 0..20_000u32 {
        pair.send(0, &[&number.to_le_bytes()[..], &[0; 96]].concat());
    }
    // The engine at the other end is busy: datagrams are handled, deliveries not taken, for a minute.
    let end = pair.now + Duration::from_secs(60);
    while pair.now < end {
        for from in [0, 1] {
            for datagram in pair.transmit(from) {
                pair.ends[1 - from].handle(pair.now, address(from), &datagram);
            }
        }
        pair.now = pair.ends.iter_mut().filter_map(Endpoint::poll_timeout).min().expect("the peer is asked now and then");
    }
    let bytes: usize = pair.sent.iter().filter(|sent| sent.0 == 0).map(|sent| sent.1.len()).sum();
    assert!(bytes < 300 << 10, "{bytes} bytes were sent into a window of 256 KiB: {:?}", pair.ends[0].link_stats(LINK));
    // Now it takes them; the one datagram that says so is lost.
    let first = take(&mut pair.ends[1]);
    let mut lost = false;
    let rest = pair.settle(|from, _| from == 1 && !std::mem::replace(&mut lost, true));
    assert!(lost);
    let numbers = first.iter().chain(&rest[1]).map(|message| message.bytes[0] as u32 | (message.bytes[1] as u32) << 8);
    assert!(numbers.eq((0..20_000).map(|number| number & 0xffff)));
}

#[test]
fn many_links_share_the_budget_of_what_may_arrive() {
    // A star: 200 neighbours, each with more to say than a window takes.
    let options = Options { ack_delay: Duration::ZERO, calm_ack_delay: Duration::ZERO, ..Options::default() };
    let mut hub = Endpoint::new(0, 0, key(), options.clone());
    let mut leaves: Vec<Endpoint> = (1..=200u32)
        .map(|number| {
            hub.add_link(
                Guarantee::Fifo,
                Peer { endpoint: number, link: 0, incarnation: 0, address: Some(address(number as usize)) },
            );
            let mut leaf = Endpoint::new(number, 0, key(), options.clone());
            leaf.add_link(Guarantee::Fifo, Peer { endpoint: 0, link: number - 1, incarnation: 0, address: Some(address(0)) });
            for _ in 0..2000 {
                leaf.send(LINK, 0, &[0; 1000]).expect("there is room");
            }
            leaf
        })
        .collect();
    let now = Duration::from_secs(1);
    for _ in 0..20 {
        let mut flight = 0;
        for (number, leaf) in leaves.iter_mut().enumerate() {
            for datagram in transmit(leaf, now) {
                flight += datagram.len();
                hand(&mut hub, now, address(number + 1), &datagram);
            }
        }
        assert!(flight < (4 << 20) + (1 << 18), "{flight} bytes at once: more than the socket's buffer takes");
        assert!(flight > 200 * 10_000, "{flight} bytes at once: every leaf gets its share");
        for datagram in transmit(&mut hub, now) {
            for leaf in &mut leaves {
                leaf.handle(now, address(0), &datagram);
            }
        }
    }
}

#[test]
fn ten_thousand_processes_say_hello_to_one_that_does_not_know_where_they_are() {
    const COUNT: u32 = 10_000;
    let now = Duration::from_secs(1);
    let mut initializer = Endpoint::new(u32::MAX, 0, key(), Options::default());
    for node in 0..COUNT {
        let link = initializer.add_link(Guarantee::Fifo, Peer { endpoint: node, link: 0, incarnation: 0, address: None });
        initializer.send(link, 0, b"setup, as soon as you are there").expect("there is room");
    }
    assert_eq!(transmit(&mut initializer, now).len(), 0);
    assert_eq!(initializer.poll_timeout(), None, "nobody to wait for yet");
    for node in 0..COUNT {
        let mut process = Endpoint::new(node, 0, key(), Options::default());
        process.add_link(Guarantee::Fifo, Peer { endpoint: u32::MAX, link: node, incarnation: 0, address: Some(address(0)) });
        process.send(LINK, 0, b"hello").expect("there is room");
        let at = address(node as usize + 1);
        for datagram in transmit(&mut process, now) {
            let hello = hand(&mut initializer, now, at, &datagram);
            assert_eq!(hello.iter().map(|hello| hello.link.index()).collect::<Vec<_>>(), [node as usize]);
        }
        assert_eq!(initializer.peer(LinkId::new(node)).address, Some(at));
        for datagram in transmit(&mut initializer, now) {
            let setup = hand(&mut process, now, address(0), &datagram);
            assert_eq!(setup.len(), 1);
        }
        process.acknowledge_now();
        for datagram in transmit(&mut process, now) {
            hand(&mut initializer, now, at, &datagram);
        }
    }
    assert_eq!(initializer.queued_total(), 0);
    assert_eq!(initializer.poll_timeout(), None);
}

#[test]
fn a_process_can_be_its_own_neighbour_and_have_one_twice() {
    let now = Duration::from_secs(1);
    let mut alone = Endpoint::new(0, 0, key(), Options::default());
    for other in [1, 0] {
        alone.add_link(Guarantee::Fifo, Peer { endpoint: 0, link: other, incarnation: 0, address: Some(address(0)) });
    }
    alone.send(LinkId::new(0), 1, b"round").expect("there is room");
    let datagrams = transmit(&mut alone, now);
    let arrived: Vec<_> = datagrams.iter().flat_map(|datagram| hand(&mut alone, now, address(0), datagram)).collect();
    assert_eq!(arrived.iter().map(|message| message.link.index()).collect::<Vec<_>>(), [1], "at the other end of the link");

    let mut pair = Pair::new(&[Guarantee::Fifo, Guarantee::Fifo], Options::default());
    pair.ends[0].send(LinkId::new(1), 1, b"on the second").expect("there is room");
    pair.ends[0].send(LinkId::new(0), 1, b"on the first").expect("there is room");
    let arrived = pair.carry(0);
    let arrived: Vec<_> = arrived.iter().map(|message| (message.link.index(), &message.bytes[..])).collect();
    assert_eq!(arrived, [(1, &b"on the second"[..]), (0, b"on the first")]);
}
