//! The decoders of what initializer and nodes say to each other, for those who try any bytes on them.
//!
//! Each gives what it read, encoded anew.

use core::time::Duration;
use std::path::PathBuf;

use serde::Serialize;

use super::birth::Birth;
use super::control::{Failure, FaultPlan, Final, FromNode, Peer, Setup, Status, ToNode};
use super::counts::Counts;
use crate::protocol::{Id, Links, Local, LocalEnd, bounded};
use crate::topology::NodeIndex;

/// What the initializer tells a node.
pub fn to_node(bytes: &[u8]) -> Option<Vec<u8>> {
    bounded::decode::<ToNode>(bytes).ok().map(|order| encoded(&order))
}

/// What a node tells the initializer.
pub fn from_node(bytes: &[u8]) -> Option<Vec<u8>> {
    bounded::decode::<FromNode>(bytes).ok().map(|said| encoded(&said))
}

/// What a node is told when it is born, behind its length.
pub fn birth(bytes: &[u8]) -> Option<Vec<u8>> {
    let birth = Birth::read(bytes).ok()?;
    let mut again = Vec::new();
    birth.write(&mut again).expect("a vector takes everything");
    Some(again)
}

/// Encodings that [`to_node`] reads.
pub fn orders() -> Vec<Vec<u8>> {
    let end = |neighbour| LocalEnd { neighbour: Id(neighbour), weight: 1.5, sends: true, receives: true, label: None };
    let peer = |node| Peer { node, port: 1, address: ([127, 0, 0, 1], 7000).into(), incarnation: 1, dead: false };
    let setup = Setup {
        local: Local {
            node: NodeIndex::new(1),
            id: Id(8),
            size: 3,
            input: vec![5, 0, 255].into(),
            seed: 7,
            ends: vec![end(9), end(300)],
        },
        config: vec![4; 9].into(),
        links: Links::Fifo,
        peers: vec![peer(0), peer(2)],
        faults: Some(FaultPlan {
            loss: 0.3,
            duplicate: 0.1,
            reorder: 0.1,
            delay: Some("uniform:1ms..5ms".into()),
            down: vec![(1, Duration::from_millis(20), Duration::from_millis(90))],
        }),
        log_file: Some(PathBuf::from("logs/node-1.log")),
        log_stream: true,
        incarnation: 1,
        origin: Some(Duration::from_secs(1000)),
        changes: 3,
        memory: Some(PathBuf::from("memory/node-1")),
        record: None,
    };
    let origin = Duration::from_secs(1000);
    let orders = [
        ToNode::Setup(Box::new(setup)),
        ToNode::Impulse { origin },
        ToNode::Begin { origin },
        ToNode::Died { node: 2 },
        ToNode::Probe { wave: 300 },
        ToNode::Finish,
    ];
    orders.iter().map(encoded).collect()
}

/// Encodings that [`from_node`] reads.
pub fn answers() -> Vec<Vec<u8>> {
    let last = Final {
        unrecorded: Some("No space left on device".into()),
        fields: vec![1; 40].into(),
        counts: Counts { by_type: vec![3, 500], sent_through: vec![200, 303], last_message: Some(1), ..Counts::default() },
        decided_at: Some(Duration::from_micros(77)),
        deferred: vec!["Request { number: 1 }".into(); 3],
        ..Final::default()
    };
    let answers = [
        FromNode::Hello { fingerprint: 0x0123_4567_89AB_CDEF },
        FromNode::Ready { fingerprint: 0xFEDC_BA98_7654_3210 },
        FromNode::Woken,
        FromNode::Status(Status { wave: 3, sent: 1000, settled: 999, idle: true, ..Status::default() }),
        FromNode::Log("0.001 sends Token to port 1".into()),
        FromNode::Report { name: "all".into(), value: "[1,2,3]".into() },
        FromNode::Failed(Failure { violation: true, what: "two leaders".into() }),
        FromNode::Final(Box::new(last)),
    ];
    answers.iter().map(encoded).collect()
}

/// Encodings that [`birth`] reads.
pub fn births() -> Vec<Vec<u8>> {
    ["127.0.0.1", "::1"]
        .map(|bind| {
            let bind = bind.parse().expect("an address");
            let birth = Birth {
                node: 3,
                incarnation: 1,
                key: [7; 32],
                initializer: (bind, 7000).into(),
                bind,
                parent: 4711,
                outbox_limit: 64 << 20,
                max_message: 1 << 20,
            };
            let mut bytes = Vec::new();
            birth.write(&mut bytes).expect("a vector takes everything");
            bytes
        })
        .into()
}

fn encoded<T: Serialize>(said: &T) -> Vec<u8> {
    postcard::to_allocvec(said).expect("there is memory")
}
