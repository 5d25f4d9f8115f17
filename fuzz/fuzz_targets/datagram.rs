//! Any bytes as a datagram: nothing without the key is believed.

#![no_main]

use std::net::SocketAddr;
use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use nodes::link::{Endpoint, Guarantee, Key, LinkId, Options, Peer};

fuzz_target!(|datagram: &[u8]| {
    let mut endpoint = Endpoint::new(1, 0, Key::new([7; 32]), Options::default());
    for guarantee in [Guarantee::Fifo, Guarantee::Reliable, Guarantee::Lossy] {
        endpoint.add_link(guarantee, Peer { endpoint: 0, link: 0, incarnation: 0, address: None });
    }
    endpoint.handle(Duration::from_secs(1), SocketAddr::from(([127, 0, 0, 1], 1)), datagram);
    assert_eq!(endpoint.stats().rejected.total(), 1);
    assert!(endpoint.poll_delivery().is_none());
    assert_eq!(endpoint.peer(LinkId::new(0)).address, None);
});
