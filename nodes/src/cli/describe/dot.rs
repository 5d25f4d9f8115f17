//! The state diagram for Graphviz.

use super::transitions::Transitions;
use crate::protocol::Description;

pub(super) fn dot(description: &Description, transitions: &Transitions) -> String {
    let mut text = format!("digraph {} {{\n", quoted(&description.name));
    text.push_str(
        "  node [shape=box, style=rounded, fontname=\"sans-serif\"];\n  edge [fontname=\"sans-serif\", fontsize=11];\n",
    );
    text.push_str("  begin [shape=point, width=0.12, label=\"\"];\n");
    for (index, state) in description.states.iter().enumerate() {
        // Decided states have a double line, as in automata.
        let double = if state.terminal { ", peripheries=2" } else { "" };
        let inner = &transitions.inner[index];
        let label = if inner.is_empty() { state.name.clone() } else { format!("{}\n{}", state.name, inner.join(", ")) };
        text.push_str(&format!("  s{index} [label={}{double}];\n", quoted(&label)));
    }
    for state in &transitions.initial {
        text.push_str(&format!("  begin -> s{state};\n"));
    }
    for ((from, to), events) in &transitions.edges {
        text.push_str(&format!("  s{from} -> s{to} [label={}];\n", quoted(&events.join("\n"))));
    }
    text.push_str("}\n");
    text
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
}
