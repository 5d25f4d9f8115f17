//! Makes the page's module `kinds.js` of the table of kinds.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use super::Kind;
use super::kind::{Column, ROWS};

/// Where a line of a list ends.
const WIDTH: usize = 120;

const HEAD: &str = "\
// The kinds of events, as the table in the crate's file `src/trace/kind.rs` has them.  A test writes this module; change the
// table, and then: NODES_BLESS=1 cargo test -p nodes --lib kinds_js

";

const ONLY: &str = "\
/** A one for each of these kinds, by number. @param {number[]} kinds */
const only = (...kinds) => Uint8Array.from(KIND_NAMES, (_, kind) => (kinds.includes(kind) ? 1 : 0));

";

fn kinds_js() -> String {
    let mut js = HEAD.to_owned();
    js += "/** Their numbers in the file. @enum {number} */\nexport const Kind = /** @type {const} */ ({\n";
    for kind in Kind::ALL {
        let _ = writeln!(js, "  {kind:?}: {},", kind as u8);
    }
    js += "});\n\n";
    push_list(&mut js, "KIND_NAMES", "Their names, as filters and exports write them.", Kind::name);
    let symbol = |kind| ROWS[kind as usize].symbol;
    push_list(
        &mut js,
        "SYMBOLS",
        "Their signs in the list of events, which say nothing that it does not show otherwise.",
        symbol,
    );
    let verb = |kind| ROWS[kind as usize].verb;
    push_list(&mut js, "VERBS", "What the node does, in words before those for what the event is about.", verb);
    js += ONLY;
    let has = |column| move |kind: Kind| ROWS[kind as usize].columns.contains(&column);
    push_set(&mut js, "ARRIVES", "A message arrives.", Kind::is_arrival);
    push_set(&mut js, "COMES_OF", "They come of a message: one that arrives, or has been deferred.", Kind::has_origin);
    push_set(&mut js, "IS_EFFECT", "They are a part of the step under way; all others begin one.", Kind::is_effect);
    push_set(&mut js, "HAS_MESSAGE", "They name a message that was sent before.", Kind::has_message);
    push_set(&mut js, "HAS_PORT", "They have a port.", Kind::has_port);
    push_set(&mut js, "HAS_DETAIL", "They have a type of message, a state, a type of alarm, or a property.", Kind::has_detail);
    push_set(&mut js, "HAS_STATE", "That is a state: the node's from then on.", Kind::has_state);
    push_set(&mut js, "HAS_ALARM", "That is a type of alarm; the amount, if there is one, is a time.", has(Column::Alarm));
    push_set(&mut js, "HAS_AMOUNT", "They have an amount.", Kind::has_amount);
    push_set(&mut js, "HAS_JSON", "Their text is a JSON object.", has(Column::Json));
    js.truncate(js.trim_end().len());
    js + "\n"
}

/// Something of each kind, by number.
fn push_list<T: ToString>(js: &mut String, name: &str, meaning: &str, of: impl Fn(Kind) -> T) {
    let quoted = Kind::ALL.map(|kind| format!("\"{}\"", of(kind).to_string()));
    let _ = writeln!(js, "/** {meaning} */\nexport const {name} = [");
    push_wrapped(js, &quoted);
    *js += "];\n\n";
}

/// The kinds of which something is true.
fn push_set(js: &mut String, name: &str, meaning: &str, test: impl Fn(Kind) -> bool) {
    let kinds = Kind::ALL.into_iter().filter(|kind| test(*kind)).map(|kind| format!("Kind.{kind:?}")).collect::<Vec<_>>();
    let line = format!("export const {name} = only({});", kinds.join(", "));
    let _ = writeln!(js, "/** {meaning} */");
    if line.len() <= WIDTH {
        *js += &line;
    } else {
        let _ = writeln!(js, "export const {name} = only(");
        push_wrapped(js, &kinds);
        *js += ");";
    }
    *js += "\n";
}

/// Lines as long as there is room.
fn push_wrapped(js: &mut String, items: &[String]) {
    let mut line = String::new();
    for item in items {
        if !line.is_empty() && 2 + line.chars().count() + item.chars().count() + 2 > WIDTH {
            let _ = writeln!(js, " {line}");
            line.clear();
        }
        let _ = write!(line, " {item},");
    }
    let _ = writeln!(js, " {line}");
}

/// With NODES_BLESS=1 in the environment the module is written instead.
#[test]
fn the_page_has_the_kinds_of_the_table() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/viewer/page/kinds.js");
    let right = kinds_js();
    if std::env::var_os("NODES_BLESS").is_some() {
        fs::write(file, right).expect("the page is ours");
        return;
    }
    let there = fs::read_to_string(file).expect("the page has that module");
    assert_eq!(there, right, "write it: NODES_BLESS=1 cargo test -p nodes --lib kinds_js");
}
