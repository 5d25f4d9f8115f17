//! What the tokens of a body show of the states that it assigns.

use std::collections::BTreeMap;

use super::tokens;
use crate::scan::{Scan, becomes, scan};

fn assigned(body: &str) -> Vec<String> {
    becomes("it", &BTreeMap::from([("it".to_owned(), scan(&tokens(&format!("{{ {body} }}"))))]))
}

/// Each plain assignment, and whether it is made whenever the body runs.
fn plain(body: &str) -> Vec<(String, bool)> {
    let Scan { plain, .. } = scan(&tokens(&format!("{{ {body} }}")));
    plain.into_iter().map(|assignment| (assignment.state.to_string(), assignment.certain)).collect()
}

#[test]
fn assignments_are_found_wherever_they_stand() {
    assert_eq!(assigned("self.state = Leader;"), ["Leader"]);
    assert_eq!(assigned("self.state = State::Leader"), ["Leader", "State"]);
    assert_eq!(assigned("if x { match y { A => self.state = Candidate { limit: 1 }, } }"), ["Candidate"]);
    assert_eq!(assigned("self.state = if x { Leader } else { Follower };"), ["Follower", "Leader"]);
    assert_eq!(assigned("self.limit = 1; other.state = Leader; let state = Leader;"), [""; 0]);
    assert_eq!(assigned("if self.state == Leader { self.state = next }"), [""; 0]);
}

#[test]
fn what_a_called_method_assigns_counts() {
    let method = |name: &str, body: &str| (name.to_owned(), scan(&tokens(&format!("{{ {body} }}"))));
    let methods = BTreeMap::from([
        method("one", "self.two(net); self.state = A;"),
        method("two", "Self::three(self); self.one()"),
        method("three", "self.state = C;"),
        method("four", "self.state = D;"),
    ]);
    assert_eq!(becomes("one", &methods), ["A", "C"]);
    assert_eq!(becomes("three", &methods), ["C"]);
    assert_eq!(becomes("nobody", &methods), [""; 0]);
}

#[test]
fn an_assignment_is_certain_unless_a_block_or_a_return_stands_before_it() {
    let found = |state: &str, certain| vec![(state.to_owned(), certain)];
    assert_eq!(plain("net.send(a, b); self.state = Leader;"), found("Leader", true));
    assert_eq!(plain("self.state = State::Leader { votes: 1 };"), found("Leader", true));
    assert_eq!(plain("if x { self.state = Leader; }"), found("Leader", false));
    assert_eq!(plain("if x { return } self.state = Leader;"), found("Leader", false));
    assert_eq!(plain("let Some(x) = y else { return }; self.state = Leader;"), found("Leader", false));
    assert_eq!(plain("self.check()?; self.state = Leader;"), found("Leader", false));
    assert_eq!(plain("self.state = if x { Leader } else { Follower };"), []);
    assert_eq!(plain("self.state = next;"), []);
}
