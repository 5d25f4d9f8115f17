//! Whoever has not the key changes nothing: neither what is sent, nor how it ends.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use catalogue::{Flooding, Lamport, Shout, mutex::lamport};
use nodes::Protocol;
use nodes::link::{Endpoint, Guarantee, Key, Options, Peer};
use nodes::process::{Launcher, Processes};
use nodes::protocol::Links;
use nodes::run::{Finished, Outcome, Run};
use nodes_tests::folder::Folder;
use nodes_tests::stranger::{Stranger, ports, recorded};

use crate::{IN_THE_MIDDLE, PROGRAM, begin};

/// A run in which all that is said passes through a man in the middle.
fn through_the_middle<P: Protocol>(run: Run<P>, what: &str, folder: &Path) -> Finished<P> {
    let folder = folder.to_str().expect("it is text");
    let launcher = Launcher::program(IN_THE_MIDDLE, [what, folder, PROGRAM]);
    run.seed(1).processes_with(Processes::new().launcher(launcher)).expect("the run starts")
}

fn lamport_on_6() -> Run<Lamport> {
    Run::on("complete:6").config(lamport::Options { requests: 5 })
}

/// Under a man in the middle who sends damaged, cut, longer, repeated and old datagrams besides each true one.
fn attacked<P: Protocol>(name: &str, run: Run<P>) -> Finished<P> {
    let folder = Folder::new(name);
    let finished = through_the_middle(run, "attack", &folder);
    let damaged: u64 = (0..finished.document.nodes)
        .map(|node| std::fs::read_to_string(folder.join(format!("damaged-{node}"))).expect("it has counted"))
        .map(|count| count.parse::<u64>().expect("it is a number"))
        .sum();
    let rejected = finished.document.links.rejected.expect("it is known");
    // What came after a node had told how it ended, it could not tell any more.
    assert!(rejected <= damaged && rejected >= damaged / 2, "{rejected} of {damaged} damaged datagrams were rejected");
    finished
}

#[test]
fn a_man_in_the_middle_changes_nothing() {
    let lamport = attacked("lamport", lamport_on_6());
    assert_eq!(lamport.outcome(), Outcome::Quiescent, "{:?}", lamport.explanation);
    assert_eq!(lamport.messages(), 3 * (6 - 1) * (6 * 5));
    assert!(lamport.document.links.duplicated > Some(100), "what is repeated is known");

    let shout = attacked("shout", Run::<Shout>::on("wheel:8"));
    assert_eq!(shout.outcome(), Outcome::Terminated, "{:?}", shout.explanation);
    assert_eq!(shout.messages(), 4 * 14 - 2 * 8 + 2);

    let flooding = attacked("flooding", Run::<Flooding>::on("hypercube:3"));
    assert_eq!(flooding.outcome(), Outcome::Terminated, "{:?}", flooding.explanation);
    assert_eq!(flooding.messages(), 2 * 12 - 8 + 1);
}

/// The endpoint of a recorded run to which a datagram is addressed, and the link end: its number, its guarantee, both
/// incarnations.
fn address(datagram: &[u8]) -> (u32, u32, Guarantee, [u32; 2]) {
    let word = |at: usize| u32::from_le_bytes(datagram[at..at + 4].try_into().expect("four bytes"));
    let guarantee = match datagram[16] & 0x0F {
        1 => Guarantee::Fifo,
        2 => Guarantee::Reliable,
        _ => Guarantee::Lossy,
    };
    (word(17), word(21), guarantee, [word(25), word(29)])
}

/// All that an endpoint is, but for what it counts of datagrams.
fn state(endpoint: &Endpoint) -> String {
    format!("{endpoint:?}").replace(&format!("{:?}", endpoint.stats()), "")
}

fn deliveries(endpoint: &mut Endpoint) -> usize {
    std::iter::from_fn(|| endpoint.poll_delivery().map(drop)).count()
}

#[test]
fn every_bit_of_every_datagram_of_a_real_run_matters() {
    let folder = Folder::new("flipped");
    for links in [Links::Fifo, Links::Lossy] {
        let run = Run::<Flooding>::on("hypercube:3").links(links);
        assert_eq!(through_the_middle(run, "record", &folder).outcome(), Outcome::Terminated);
        let key = std::fs::read(folder.join("key")).expect("it is recorded");
        let key = Key::new(key.try_into().expect("a key has 32 bytes"));
        // What a node got, or said: both are in its record, in order.
        let mut receivers = BTreeMap::<u32, Vec<Vec<u8>>>::new();
        for datagram in recorded(&folder) {
            receivers.entry(address(&datagram).0).or_default().push(datagram);
        }
        assert_eq!(receivers.len(), 8 + 1, "the nodes and the initializer");

        let (mut flips, mut delivered) = (0, 0);
        for (number, datagrams) in receivers {
            let ends = datagrams.iter().map(|datagram| address(datagram)).map(|(_, link, guarantee, _)| (link, guarantee));
            let ends = ends.collect::<BTreeMap<_, _>>();
            let endpoint = || {
                let mut endpoint = Endpoint::new(number, 0, key.clone(), Options::default());
                for link in 0..=*ends.last_key_value().expect("it was spoken to").0 {
                    let guarantee = ends.get(&link).copied().unwrap_or(Guarantee::Fifo);
                    endpoint.add_link(guarantee, Peer { endpoint: 0, link: 0, incarnation: 0, address: None });
                }
                endpoint
            };
            let (mut attacked, mut quiet) = (endpoint(), endpoint());
            let (now, from) = (Duration::from_secs(1), SocketAddr::from(([127, 0, 0, 1], 7000)));
            for datagram in datagrams {
                let rejected = attacked.stats().rejected.total();
                let mut flipped = datagram.clone();
                for bit in 0..datagram.len() * 8 {
                    flipped[bit / 8] ^= 1 << (bit % 8);
                    attacked.handle(now, from, &flipped);
                    assert_eq!(deliveries(&mut attacked), 0, "bit {bit} of {datagram:?}");
                    flipped[bit / 8] ^= 1 << (bit % 8);
                }
                let bits = datagram.len() as u64 * 8;
                assert_eq!(attacked.stats().rejected.total(), rejected + bits, "{datagram:?}");
                // Not a bit of it was believed.  The other one sees nothing at all, by which it empties its buffer too.
                quiet.handle(now, from, &[]);
                assert_eq!(state(&attacked), state(&quiet));
                for endpoint in [&mut attacked, &mut quiet] {
                    endpoint.handle(now, from, &datagram);
                    delivered += deliveries(endpoint);
                }
                flips += bits;
            }
            assert_eq!(state(&attacked), state(&quiet));
            // Some acknowledge what this endpoint, which never speaks, has not said; but nothing else is wrong with them.
            let rejected = quiet.stats().rejected;
            assert_eq!(rejected.total(), rejected.malformed + rejected.shape);
        }
        // At least every node's Hello, which the initializer gets before it has said anything.
        assert!(flips > 20_000 && delivered >= 2 * 8, "{flips} bits of datagrams that brought {delivered} messages");
    }
}

#[test]
fn a_stranger_with_datagrams_of_an_earlier_run_changes_nothing() {
    // The earlier run is the same, but for its key.
    let folder = Folder::new("earlier");
    let earlier = through_the_middle(lamport_on_6(), "record", &folder);
    assert_eq!(earlier.messages(), 3 * (6 - 1) * (6 * 5));
    let known = recorded(&folder);
    assert!(known.len() > 100, "{} datagrams were recorded", known.len());

    // The flood begins before the nodes are set up, and everybody wakes in the middle of it.
    let cases = [
        ("lamport --topology complete:6 --requests 5 --initiators 0-5@400ms", "quiescent", 3 * (6 - 1) * (6 * 5)),
        ("shout --topology complete:6 --initiators 0@400ms", "terminated", 4 * 15 - 2 * 6 + 2),
        ("flooding --topology complete:6 --initiators 0@400ms --inputs 7,0,0,0,0,0", "terminated", 2 * 15 - 6 + 1),
    ];
    for (arguments, outcome, messages) in cases {
        let arguments = format!("run {arguments} --seed 1 --json");
        let started = begin(&arguments);
        let find = started.finder();
        let stranger = Stranger::flood(known.clone(), 1, move || ports(&find()));
        let ended = started.wait();
        let sent = stranger.sent();
        drop(stranger);
        ended.assert_nothing_is_left();
        ended.assert_ends(0, outcome, &[]);
        let document = ended.json();
        assert_eq!(document["messages"]["total"], messages, "{arguments}");
        let rejected = document["links"]["rejected"].as_u64().unwrap();
        assert!(rejected >= 1000 && rejected <= sent, "{rejected} of {sent} were rejected");
        for node in document["nodes_final"].as_array().unwrap() {
            assert!(!node["state"].is_null());
        }

        // Everything but times, and what the network did, is as if nobody had been there.
        let quiet = begin(&arguments).wait().json();
        assert_eq!(quiet["links"]["rejected"], 0);
        assert_eq!(document["messages"]["by_type"], quiet["messages"]["by_type"]);
        assert_eq!(document["properties"], quiet["properties"]);
    }
}

#[test]
fn a_flood_keeps_nobody_from_the_end_of_a_run() {
    // Neither the clock of the initializer, nor its eye on its nodes, nor the nodes' on the initializer.
    let flooded = |arguments: &str| {
        let started = begin(arguments);
        let find = started.finder();
        let stranger = Stranger::flood(Vec::new(), 2, move || ports(&find()));
        started.await_nodes(3);
        std::thread::sleep(Duration::from_millis(300));
        (started, stranger)
    };
    let (started, _stranger) = flooded("run chattering --topology complete:3 --for 800ms --seed 1 --json");
    let ended = started.wait();
    ended.assert_nothing_is_left();
    ended.assert_ends(0, "stopped", &[]);

    let (started, _stranger) = flooded("run chattering --topology complete:3 --seed 1 --json");
    nodes_tests::started::signal(started.nodes()[0], "KILL");
    let ended = started.wait();
    ended.assert_nothing_is_left();
    ended.assert_ends(1, "crashed", &["was killed by signal 9"]);

    let (started, _stranger) = flooded("run chattering --topology complete:3 --seed 1 --json");
    started.signal("KILL");
    started.wait().assert_nothing_is_left();
}

#[test]
fn runs_at_the_same_time_do_not_meet() {
    let runs = (0..4).map(|seed| begin(&format!("run lamport --topology complete:4 --requests 3 --seed {seed} --json")));
    for started in runs.collect::<Vec<_>>() {
        let ended = started.wait();
        ended.assert_nothing_is_left();
        ended.assert_ends(0, "quiescent", &[]);
        assert_eq!(ended.json()["messages"]["total"], 3 * 3 * 4 * 3);
        assert_eq!(ended.json()["links"]["rejected"], 0);
    }
}
