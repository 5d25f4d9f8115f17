//! What is probably a slip in a protocol, though it compiles: for `describe`, and for tests of one's own.
//!
//! ```no_run
//! # fn check<Shout: nodes::Protocol>() {
//! assert_eq!(nodes::lint::warnings::<Shout>(), [""; 0]);
//! # }
//! ```

use std::collections::BTreeSet;

use crate::protocol::{Action, Description, Net, Node, Protocol, States};
use crate::run::Run;

/// What is probably a slip in protocol `P` under its default configuration; nothing if all is well.
pub fn warnings<P: Protocol>() -> Vec<String> {
    of(&P::description(&P::Config::default()), &initial_states::<P>())
}

/// What is probably a slip in a protocol whose nodes begin in these states (indices).
pub fn of(description: &Description, initial: &BTreeSet<usize>) -> Vec<String> {
    let mut entered = initial.clone();
    for rule in &description.rules {
        if let Action::Handle { becomes, .. } = &rule.action {
            entered.extend(becomes);
        }
    }
    let states = description.states.iter().enumerate();
    states
        .filter(|(index, _)| !entered.contains(index))
        .map(|(_, state)| format!("no rule enters state `{}`, and no node begins in it", state.name))
        .collect()
}

/// The states (indices) in which nodes begin, on the protocol's default topology; the first if that cannot be had.
pub fn initial_states<P: Protocol>() -> BTreeSet<usize> {
    let Ok(prepared) = Run::<P>::default().seed(0).prepare() else { return BTreeSet::from([0]) };
    let mut net = Net::<P>::whole(prepared.instance.clone());
    let nodes = prepared.instance.graph.nodes();
    nodes
        .map(|node| {
            net.aim(node);
            let begun = Node::new(&prepared.config, &mut net);
            net.drain().for_each(drop);
            begun.state().index()
        })
        .collect()
}
