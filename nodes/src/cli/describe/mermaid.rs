//! The state diagram for Markdown: Mermaid's `stateDiagram-v2`.

use super::transitions::Transitions;
use crate::protocol::Description;

pub(super) fn mermaid(description: &Description, transitions: &Transitions) -> String {
    // Prefixed, since a state may be called like a word of Mermaid's (`end`).
    let id = |state: usize| format!("s{state}");
    let mut text = format!("---\ntitle: {}\n---\nstateDiagram-v2\n", description.name);
    for (index, state) in description.states.iter().enumerate() {
        text.push_str(&format!("    state \"{}\" as {}\n", state.name, id(index)));
        let inner = &transitions.inner[index];
        if !inner.is_empty() {
            text.push_str(&format!("    {} : {}\n", id(index), inner.join(", ")));
        }
    }
    for state in &transitions.initial {
        text.push_str(&format!("    [*] --> {}\n", id(*state)));
    }
    for ((from, to), events) in &transitions.edges {
        text.push_str(&format!("    {} --> {} : {}\n", id(*from), id(*to), events.join(", ")));
    }
    for (index, _) in description.states.iter().enumerate().filter(|(_, state)| state.terminal) {
        text.push_str(&format!("    {} --> [*]\n", id(index)));
    }
    text
}
