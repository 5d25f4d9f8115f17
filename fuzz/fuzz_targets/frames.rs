//! Any bytes behind a right header and a right MAC: a peer that has the key, but not our code.  The input is cut into datagrams by
//! its own first bytes; the endpoint speaks, answers and lets time pass in between.

#![no_main]

use std::net::SocketAddr;
use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use nodes::link::{Endpoint, Guarantee, Key, LinkId, MAX_DATAGRAM, Options, Peer};

const GUARANTEES: [Guarantee; 3] = [Guarantee::Fifo, Guarantee::Reliable, Guarantee::Lossy];

fuzz_target!(|input: &[u8]| {
    let key = Key::new([7; 32]);
    let peer = SocketAddr::from(([127, 0, 0, 1], 1));
    let mut endpoint = Endpoint::new(1, 0, key.clone(), Options::default());
    for link in 0..3 {
        endpoint.add_link(GUARANTEES[link as usize], Peer { endpoint: 0, link, incarnation: 0, address: Some(peer) });
        for number in 0..40 {
            endpoint.send(LinkId::new(link), 1, &[number; 100]).expect("there is room");
        }
    }
    let mut now = Duration::from_secs(1);
    let mut buffer = [0; MAX_DATAGRAM];
    let mut rest = input;
    while let Some((&[which, wait, low, high], after)) = rest.split_first_chunk() {
        while endpoint.poll_transmit(now, &mut buffer).is_some() {}
        let link = u32::from(which % 3);
        let len = (usize::from(low) | usize::from(high) << 8) % (MAX_DATAGRAM - 33 + 1);
        let (frames, after) = after.split_at(len.min(after.len()));
        rest = after;
        let mut datagram = vec![0; 16];
        datagram.push(0xA0 | GUARANTEES[link as usize] as u8);
        for word in [1, link, 0, 0] {
            datagram.extend(u32::to_le_bytes(word));
        }
        datagram.extend(frames);
        key.seal(&mut datagram);
        endpoint.handle(now, peer, &datagram);
        while let Some(delivery) = endpoint.poll_delivery() {
            assert_eq!(delivery.link, LinkId::new(link));
        }
        now += Duration::from_millis(wait.into());
        assert!(endpoint.poll_timeout().is_none_or(|at| at < now + Duration::from_secs(3600)));
    }
    let rejected = endpoint.stats().rejected;
    assert_eq!(rejected.total(), rejected.malformed);
    let queued: usize = (0..3).map(|link| endpoint.queued(LinkId::new(link))).sum();
    assert_eq!(queued, endpoint.queued_total());
});
