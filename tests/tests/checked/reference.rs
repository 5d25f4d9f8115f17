//! The tables against the transition system that defines what links allow: cloned at each state, and told apart by all that it holds.

use std::collections::{BTreeMap, BTreeSet};

use catalogue::{ChangRoberts, ControlledDistance, Dft, Echo, Flooding, Saturation, Shout, YoYo};
use nodes::Protocol;
use nodes::network::{Choice, System};
use nodes::protocol::Links;
use nodes::run::{Initiators, Run};

use super::check;

/// A message as bytes.
fn bytes(msg: &nodes::protocol::AnyMessage) -> Vec<u8> {
    let mut bytes = Vec::new();
    let length = msg.encode_into(&mut bytes, 1 << 20).expect("it can be sent");
    bytes.truncate(length);
    bytes
}

/// All that a configuration holds.
fn print(system: &System, links: Links) -> Vec<Vec<u8>> {
    let mut parts = Vec::new();
    for node in system.topology().nodes() {
        let mut print = Vec::new();
        system.world().keep(node, &mut print).expect("it can be encoded");
        parts.push(print);
    }
    let impulses = system.enabled().into_iter().filter(|choice| matches!(choice, Choice::Impulse(_)));
    parts.extend(impulses.map(|choice| choice.to_string().into_bytes()));
    let mut channels: BTreeMap<_, Vec<Vec<u8>>> = BTreeMap::new();
    for (passage, msg) in system.in_transit() {
        channels.entry((passage.from, passage.port)).or_default().push(bytes(msg));
    }
    for ((from, port), mut messages) in channels {
        if links != Links::Fifo {
            messages.sort();
        }
        parts.push(format!("{from}:{port}").into_bytes());
        parts.extend(messages);
    }
    parts
}

/// Choices that differ by more than the number of a message.
fn choices(system: &System) -> Vec<Choice> {
    let under_way = system.in_transit().map(|(passage, msg)| (passage, bytes(msg))).collect::<BTreeMap<_, _>>();
    let mut seen = BTreeSet::new();
    let mut choices = system.enabled();
    choices.retain(|choice| match choice {
        Choice::Deliver(passage) => seen.insert((passage.from, passage.port, under_way[passage].clone())),
        _ => true,
    });
    choices
}

/// How many states and transitions there are.
fn counted(start: System, links: Links) -> (u64, u64) {
    let mut known = BTreeSet::from([print(&start, links)]);
    let (mut waiting, mut transitions) = (vec![start], 0);
    while let Some(system) = waiting.pop() {
        for choice in choices(&system) {
            let mut next = system.clone();
            next.apply(choice).expect("it is enabled");
            transitions += 1;
            if known.insert(print(&next, links)) {
                waiting.push(next);
            }
        }
    }
    (known.len() as u64, transitions)
}

fn same<P: Protocol>(topology: &str, initiators: &Initiators) {
    for links in [Links::Fifo, Links::Reliable] {
        let run = Run::<P>::on(topology).initiators(initiators.clone()).links(links).seed(1);
        let checked = check(&run);
        // A search ends where something is wrong.
        if !checked.complete {
            assert!(checked.failure().is_some());
            continue;
        }
        let expected = counted(run.prepare().expect("it can be run").system(), links);
        assert_eq!((checked.states.total, checked.transitions), expected, "{} on {topology}, {links:?}", checked.protocol);
    }
}

#[test]
fn states_and_transitions_are_those_of_the_transition_system() {
    let nodes = |those: &[usize]| Initiators::Given(those.iter().map(|node| (*node, None)).collect());
    same::<Flooding>("complete:4", &nodes(&[0, 3]));
    for topology in ["path:4", "ring:4", "star:4", "complete:3"] {
        for initiators in [&[0][..], &[1], &[0, 2], &[0, 1, 2, 3]] {
            if topology != "complete:3" || initiators.iter().all(|node| *node < 3) {
                same::<Flooding>(topology, &nodes(initiators));
            }
        }
        same::<Shout>(topology, &Initiators::One);
        same::<Echo>(topology, &nodes(&[2]));
        same::<Dft>(topology, &Initiators::One);
        same::<YoYo>(topology, &Initiators::All);
    }
    same::<Saturation>("path:4", &nodes(&[0, 3]));
    for initiators in [Initiators::One, nodes(&[0, 2]), Initiators::All] {
        same::<ChangRoberts>("directed-ring:4", &initiators);
        same::<ControlledDistance>("ring:3", &initiators);
    }
}

#[test]
fn impulses_at_any_time_are_those_of_the_transition_system() {
    let run = Run::<Flooding>::on("ring:5").initiators(Initiators::All).wake_up(nodes::run::Wake::Random).seed(3);
    let checked = check(&run);
    let expected = counted(run.prepare().expect("it can be run").system(), Links::Reliable);
    assert_eq!((checked.states.total, checked.transitions), expected);
}
