//! No bytes make a reader panic, hang, or take memory that the file does not account for.

use nodes::topology::Built;
use proptest::prelude::*;
use proptest::sample::Index;

use super::samples::{SAMPLES, packed};

/// Letters that mean something in a format, more often than others.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let telling = prop::sample::select(b"<>[]{}()\"'\\/&;:,=-#%~?! \n\t0123456789abxyz\xff\xc3".to_vec());
    prop::collection::vec(prop_oneof![4 => telling, 1 => any::<u8>()], 0..200)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512.max(ProptestConfig::default().cases), ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_bytes_are_read_or_refused(bytes in bytes(), which in any::<Index>()) {
        let _ = Built::from_bytes(&which.get(&SAMPLES).0, &bytes);
    }

    #[test]
    fn damaged_files_are_read_or_refused(
        which in any::<Index>(),
        cuts in prop::collection::vec((any::<Index>(), 0usize..40, bytes()), 1..4),
    ) {
        let (name, whole) = which.get(&SAMPLES);
        holds(name, &damaged(whole, cuts))?;
    }

    /// What is damaged before it is packed gets past the check sum.
    #[test]
    fn damaged_files_that_are_packed_are_read_or_refused(
        which in any::<Index>(),
        cuts in prop::collection::vec((any::<Index>(), 0usize..40, bytes()), 1..4),
    ) {
        let (name, whole) = which.get(&SAMPLES);
        holds(&format!("{name}.gz"), &packed(&damaged(whole, cuts)))?;
    }

    #[test]
    fn a_file_cut_short_is_read_or_refused(which in any::<Index>(), end in any::<Index>()) {
        let (name, whole) = which.get(&SAMPLES);
        holds(name, &whole[..end.index(whole.len())])?;
    }

    /// Under the name of another format, too, and with the numbers in it as large as numbers are.
    #[test]
    fn files_of_other_names_and_large_numbers_are_read_or_refused(which in any::<Index>(), name in any::<Index>(), digit in 0..10u8) {
        let (name, whole) = (&name.get(&SAMPLES).0, &which.get(&SAMPLES).1);
        holds(name, whole)?;
        let number = whole.iter().flat_map(|byte| {
            let times = if *byte == b'0' + digit { 19 } else { 1 };
            std::iter::repeat_n(*byte, times)
        });
        holds(name, &number.collect::<Vec<_>>())?;
    }
}

/// Reads bytes; what is refused is said in one line.
fn holds(name: &str, bytes: &[u8]) -> Result<(), TestCaseError> {
    if let Err(error) = Built::from_bytes(name, bytes) {
        prop_assert!(!error.to_string().contains('\n'), "{}", error);
    }
    Ok(())
}

/// With parts that are replaced.
fn damaged(whole: &[u8], cuts: Vec<(Index, usize, Vec<u8>)>) -> Vec<u8> {
    let mut damaged = whole.to_vec();
    for (place, length, inserted) in cuts {
        let start = place.index(damaged.len() + 1);
        let end = (start + length).min(damaged.len());
        damaged.splice(start..end, inserted.into_iter().take(length));
    }
    damaged
}

/// 300 MB of zeros, packed to some 300 kB, are not unpacked; nor is what is packed twice.
#[test]
fn what_swells_when_unpacked_is_refused() {
    let bomb = packed(&vec![b'0'; 4 << 20]).repeat(75);
    assert!(bomb.len() < 400_000);
    let said = Built::from_bytes("bomb.edges.gz", &bomb).unwrap_err().to_string();
    assert!(said.contains("unpacked it is more than 128 times as large"), "{said}");
    let twice = Built::from_bytes("a.edges.gz", &packed(&packed(b"a b\n"))).unwrap_err().to_string();
    assert!(twice.contains("there are bytes"), "{twice}");
    // Several members are one file, as for `gunzip`.
    let members = [packed(b"a b\n"), packed(b"b c\n")].concat();
    assert_eq!(Built::from_bytes("a.edges.gz", &members).unwrap().graph.link_count(), 2);
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

/// The parser compares each name of an element with every other, and each namespace with all around it.
#[cfg(feature = "cli")]
#[test]
fn xml_of_very_many_names_is_refused() {
    let file = |attributes: &str, inner: &str| {
        let text = format!(
            "<graphml {attributes}>\n{inner}<!-- <a b='<' > --><graph edgedefault=\"undirected\"><node id=\"a>=&lt;\"/><node id=\"b\"/>\
             <edge source=\"b\" target=\"a>=&lt;\"/></graph></graphml>"
        );
        Built::from_bytes("a.graphml", text.as_bytes()).map(|built| built.graph.link_count()).map_err(|error| error.to_string())
    };
    let attributes = |count: usize| (0..count).map(|number| format!(" a{number} = '='")).collect::<String>();
    let nested = |count: usize| {
        let open: String = (0..count).map(|number| format!("<x xmlns:n{number}=\"u\">\n")).collect();
        open + &"</x>".repeat(count)
    };
    let beside =
        |count: usize| (0..count).map(|number| format!("<x xmlns:n{number}='u'/><y xmlns='v'> </y>")).collect::<String>();
    assert_eq!(file(&attributes(200), &nested(200)), Ok(1));
    assert_eq!(file("", &beside(5_000)), Ok(1));
    assert_eq!(file(&format!("x=\"{}\"", "= xmlns".repeat(5_000)), ""), Ok(1), "values are no names");
    let said = file(&attributes(100_000), "").unwrap_err();
    assert_eq!(said, "a.graphml:1: an element has more than 256 attributes or namespaces, which is no graph's");
    let hidden = format!("<!DOCTYPE g [<!-- ' -->]>\n<graphml {}/>", attributes(100_000).replace('\'', "\""));
    let said = Built::from_bytes("a.graphml", hidden.as_bytes()).unwrap_err().to_string();
    assert_eq!(said, "a.graphml:1: a DOCTYPE with definitions in brackets is not read; take it out");
    let said = file("", &nested(20_000)).unwrap_err();
    assert!(said.starts_with("a.graphml:258: an element has more than 256 attributes or namespaces"), "{said}");
}

/// A row for each of many columns that it does not have.
#[test]
fn wide_tables_are_read_in_proportion() {
    let head: String = (0..100_000).map(|column| format!(",column{column}x")).collect();
    let rows: String = (0..100_000).map(|row| format!("a{row},a{}\n", row + 1)).collect();
    let built = Built::from_bytes("a.csv", format!("source,target{head}\n{rows}").as_bytes()).unwrap();
    assert_eq!(built.graph.link_count(), 100_000);
}

fn names(letter: char, count: usize) -> String {
    (0..count).map(|number| format!("{letter}{number} ")).collect()
}
