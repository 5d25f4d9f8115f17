//! What is probably a slip in a protocol, though it compiles: for `describe`, and for tests of one's own.
//!
//! ```no_run
//! # fn check<Shout: nodes::Protocol>() {
//! assert_eq!(nodes::lint::warnings::<Shout>(), [""; 0]);
//! # }
//! ```

use std::collections::BTreeSet;

use crate::execution::AnyRun;
use crate::protocol::{Action, AnyProtocol, Description, Protocol, Reads};
use crate::sorting;
use crate::topology::NodeIndex;

/// What is probably a slip in protocol `P` under its default configuration; nothing if all is well.
pub fn warnings<P: Protocol>() -> Vec<String> {
    warnings_of(&AnyProtocol::of::<P>())
}

/// What is probably a slip in a protocol under its default configuration; nothing if all is well.
pub fn warnings_of(protocol: &AnyProtocol) -> Vec<String> {
    of(&protocol.description(), &initial_states(protocol))
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
pub fn initial_states(protocol: &AnyProtocol) -> BTreeSet<usize> {
    let Ok(prepared) = AnyRun::of(protocol).seed(0).prepare() else { return sorting::set([0]) };
    match protocol.world(&prepared.instance, &*prepared.config, Reads::default()) {
        Ok((world, _)) => sorting::set(world.nodes().map(|node| world.node(NodeIndex::new(node)).state())),
        Err(_) => sorting::set([0]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{Declaration, InitiatorRule, Links, RuleInfo, StateInfo, TopologyInfo, Trigger};
    use crate::topology::Any;

    /// States 0 to 2; the impulse leads from the first to the second.
    fn description() -> Description {
        let mut description = Description::new(&Declaration {
            name: "Sample",
            doc: "",
            schema: "",
            topology: TopologyInfo::of::<Any>(),
            links: Links::Fifo,
            initiators: InitiatorRule::Any,
            knows_size: false,
            knows_neighbour_ids: false,
            anonymous: false,
            has_input: false,
            max_message: crate::link::DEFAULT_MAX_MESSAGE,
            problem: "",
            cost: "",
            source: "",
        });
        let state = |name: &str| StateInfo { name: name.into(), terminal: false, doc: String::new() };
        description.states = ["Idle", "Done", "Lost"].map(state).into();
        let action = Action::Handle { handler: "start".into(), becomes: vec![1] };
        description.rules =
            vec![RuleInfo { trigger: Trigger::Spontaneously, states: vec![0], guard: None, action, doc: String::new() }];
        description
    }

    #[test]
    fn a_state_that_no_rule_enters_is_named() {
        let said = of(&description(), &BTreeSet::from([0]));
        assert_eq!(said, ["no rule enters state `Lost`, and no node begins in it"]);
    }

    #[test]
    fn a_state_in_which_nodes_begin_needs_no_rule() {
        assert_eq!(of(&description(), &BTreeSet::from([0, 2])), [""; 0]);
    }
}
