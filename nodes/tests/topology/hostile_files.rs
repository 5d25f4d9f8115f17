//! No bytes make a reader panic, hang, or take memory that the file does not account for.

use nodes::topology::Built;
use proptest::prelude::*;

use super::data;

const SAMPLES: [&str; 12] = [
    "karate.edges",
    "karate_weighted.edges",
    "grid_tuples.edges",
    "karate.adjlist",
    "families.graphml",
    "families.gml",
    "grid_tuples.gml",
    "families.json",
    "grid_tuples.json",
    "families.dot",
    "karate.g6",
    "petersen.g6",
];

/// Letters that mean something in a format, more often than others.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let telling = prop::sample::select(b"<>[]{}()\"'\\/&;:,=-#%~?! \n\t0123456789abxyz\xff\xc3".to_vec());
    prop::collection::vec(prop_oneof![4 => telling, 1 => any::<u8>()], 0..200)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512.max(ProptestConfig::default().cases), ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_bytes_are_read_or_refused(bytes in bytes(), which in 0..SAMPLES.len()) {
        let _ = Built::from_bytes(SAMPLES[which], &bytes);
    }

    #[test]
    fn damaged_files_are_read_or_refused(
        which in 0..SAMPLES.len(),
        cuts in prop::collection::vec((any::<prop::sample::Index>(), 0usize..40, bytes()), 1..4),
    ) {
        let mut damaged = std::fs::read(data("graphs").join(SAMPLES[which])).unwrap();
        for (place, length, inserted) in cuts {
            let start = place.index(damaged.len() + 1);
            let end = (start + length).min(damaged.len());
            damaged.splice(start..end, inserted.into_iter().take(length));
        }
        if let Err(error) = Built::from_bytes(SAMPLES[which], &damaged) {
            prop_assert!(!error.to_string().contains('\n'), "{}", error);
        }
    }

    #[test]
    fn a_file_cut_short_is_read_or_refused(which in 0..SAMPLES.len(), end in any::<prop::sample::Index>()) {
        let whole = std::fs::read(data("graphs").join(SAMPLES[which])).unwrap();
        let _ = Built::from_bytes(SAMPLES[which], &whole[..end.index(whole.len())]);
    }
}

/// Brackets in brackets would overflow the stack of a reader that follows them; a product of groups would fill the memory.
#[test]
fn deep_and_wide_files_are_refused() {
    let deep = 200_000;
    for (name, text) in [
        ("a.gml", "graph [ ".repeat(deep)),
        ("a.gml", format!("graph [ node [ id 0 {} ] ]", "x [ ".repeat(deep) + &"] ".repeat(deep))),
        ("a.json", "[".repeat(deep)),
        ("a.json", format!("{{\"nodes\": [{{\"id\": {}{} }}], \"links\": []}}", "[".repeat(100), "]".repeat(100))),
        ("a.dot", format!("graph {}", "{ ".repeat(deep))),
        ("a.dot", format!("graph {{ {} }}", "subgraph ".repeat(deep))),
        ("a.dot", format!("graph {{ {{ {} }} -- {{ {} }} }}", names('a', 20_000), names('b', 20_000))),
        ("a.dot", format!("graph {{ a [ {} ] }}", "[".repeat(deep))),
        ("a.edges", format!("{} b", "(".repeat(deep))),
        ("a.edges", format!("a b {{{}", "[".repeat(deep))),
        ("a.g6", "~~~~~~~~".to_owned()),
        ("a.g6", "~~?????~".to_owned()),
    ] {
        assert!(Built::from_bytes(name, text.as_bytes()).is_err(), "{name}: {}", &text[..40.min(text.len())]);
    }
}

#[cfg(feature = "cli")]
#[test]
fn deep_and_swelling_xml_is_refused() {
    let deep = "<graphml>".repeat(100_000);
    assert!(Built::from_bytes("a.graphml", deep.as_bytes()).is_err());
    let billion_laughs =
        r#"<!DOCTYPE g [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]><graphml>&c;</graphml>"#;
    let said = Built::from_bytes("a.graphml", billion_laughs.as_bytes()).unwrap_err().to_string();
    assert!(said.starts_with("a.graphml:1: this defines an entity, "), "{said}");
}

fn names(letter: char, count: usize) -> String {
    (0..count).map(|number| format!("{letter}{number} ")).collect()
}
