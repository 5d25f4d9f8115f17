//! What would make two runs of one seed differ, and what cannot be a field, by name.

use super::{contains, errors, expand, tokens};

/// The errors of a method with that body.
fn of_body(body: &str) -> Vec<String> {
    errors(&expand(&format!("impl P {{ #[on(Spontaneously)] fn start(&mut self, net: &mut Net<Self>) {{ {body} }} }}")))
}

fn of_field(ty: &str) -> Vec<String> {
    errors(&crate::message::message(tokens(""), tokens(&format!("struct M {{ first: u8, field: {ty} }}"))))
}

#[test]
fn a_body_reads_no_clock_and_draws_from_no_other_stream() {
    for (body, instead) in [
        ("let a = HashMap::new();", "`BTreeMap`"),
        ("let a: std::collections::HashSet<(u8, u8)> = items.collect();", "`BTreeSet`"),
        ("if x { let a = items.collect::<HashMap<u8, Vec<(u8, u8)>>>(); }", "`BTreeMap`"),
        ("let now = std::time::Instant::now();", "`net.now()`"),
        ("let now = SystemTime::now();", "`net.now()`"),
        ("let a = rand::thread_rng().next_u64();", "`net.random(0..n)`"),
        ("let a: u8 = rand::random();", "`net.random(0..n)`"),
        ("let a: u8 = rand::rng().random();", "`net.random(0..n)`"),
    ] {
        let errors = of_body(body);
        assert_eq!(errors.len(), 1, "{body}: {errors:?}");
        assert!(errors[0].starts_with("a run is a function of its seed, but ") && errors[0].contains(instead), "{errors:?}");
    }
}

#[test]
fn a_hasher_of_ones_own_and_words_of_another_meaning_are_allowed() {
    for body in [
        "let a: HashMap<u8, Vec<(u8, u8)>, Own> = HashMap::with_hasher(Own);",
        "let a = items.collect::<HashSet<Id, BuildHasherDefault<Own>>>();",
        "let a = net.random(0..4); let now = net.now(); self.random();",
        "let first: Instant = self.first; first.rng();",
        "let a: BTreeMap<u8, u8> = BTreeMap::new();",
    ] {
        assert_eq!(of_body(body), [""; 0], "{body}");
    }
    let property = "#[finally] fn all(world: &World<Self>) -> bool { world.nodes().collect::<HashSet<_>>().len() == 1 }";
    let expansion = expand(&format!("impl P {{ #[on(Spontaneously)] fn start(&mut self) {{}} {property} }}"));
    assert_eq!(errors(&expansion), [""; 0], "a property looks at a world, and changes nothing of it");
}

#[test]
fn a_field_is_data_of_the_run_alone() {
    for (ty, instead) in [
        ("HashMap<u8, u8>", "`BTreeMap`"),
        ("Option<std::collections::HashSet<u8>>", "`BTreeSet`"),
        ("std::time::Instant", "`Duration`"),
        ("Option<SystemTime>", "`Duration`"),
        ("Box<dyn Fn(u8) -> u8 + Send>", "an enum"),
        ("Vec<fn(u8)>", "an enum"),
        ("&str", "`String`"),
        ("&'static [u8]", "`Vec<u8>`"),
        ("&mut Route", "`Route`"),
    ] {
        let errors = of_field(ty);
        assert_eq!(errors.len(), 1, "{ty}: {errors:?}");
        assert!(errors[0].contains(instead), "{errors:?}");
    }
    for ty in ["HashMap<u8, u8, Own>", "BTreeMap<u8, Vec<u8>>", "Vec<(u8, Port)>", "Duration"] {
        assert_eq!(of_field(ty), [""; 0], "{ty}");
    }
}

#[test]
fn states_and_protocols_are_asked_too() {
    let states = crate::state::states(tokens(""), tokens("enum State { #[default] A { at: Instant }, B(HashSet<u8>) }"));
    assert_eq!(errors(&states).len(), 2, "{:?}", errors(&states));
    let declared = crate::declare::declare(tokens(""), tokens("struct P { state: State, seen: HashSet<u8> }"));
    assert_eq!(errors(&declared).len(), 1);
    assert!(contains(&declared, "impl ::nodes::protocol::Declared for P"), "the rest is there");
}
