//! What is written is read back to the same graph.

use nodes::topology::{Built, Format, Graph, GraphBuilder, Topology};
use proptest::prelude::*;

use super::{data, graph, links};

const READ_BACK: [Format; 5] = [Format::Edges, Format::GraphMl, Format::Dot, Format::Json, Format::Gml];

fn read_back(graph: &Graph, format: Format) -> Graph {
    let text = graph.write(format).unwrap();
    let built = Built::from_bytes(format!("a.{format}"), text.as_bytes()).unwrap_or_else(|error| panic!("{error}\n{text}"));
    assert!(built.notices.is_empty(), "{:?}", built.notices);
    built.graph
}

#[test]
fn every_family_survives_every_format() {
    for spec in [
        "ring:3",
        "path:1",
        "path:2",
        "star:9",
        "complete:5",
        "complete-bipartite:3,4",
        "wheel:8",
        "grid:4x5",
        "torus:4x4",
        "binary-tree:15",
        "petersen",
        "karate",
        "random-tree:20",
        "gnp:50,0.1",
        "barabasi-albert:50,2",
        "geometric:50,0.3",
    ] {
        let graph = graph(spec);
        for format in READ_BACK {
            assert_eq!(read_back(&graph, format), graph, "{spec} as {format}");
        }
    }
}

#[test]
fn names_and_weights_survive() {
    let families = Topology::file(data("graphs/families.gml")).build(0).unwrap().graph;
    for format in [Format::GraphMl, Format::Dot, Format::Json, Format::Gml] {
        assert_eq!(read_back(&families, format), families, "{format}");
    }
    let edges = families.write(Format::Edges).unwrap();
    assert!(edges.starts_with("# 0 is Acciaiuoli\n# 1 is Medici & Söhne\n"), "names with spaces are told in comments: {edges}");
    assert!(read_back(&families, Format::Edges).links().eq(families.links()));
}

#[test]
fn directed_graphs_stay_directed() {
    let ring = graph("directed-ring:5");
    for format in [Format::GraphMl, Format::Dot, Format::Json, Format::Gml] {
        let back = read_back(&ring, format);
        assert!(back.is_directed() && back.links().eq(ring.links()), "{format}");
    }
}

#[test]
fn what_a_format_has_a_place_for_survives() {
    for spec in ["path:1", "path:2", "star:9", "grid:4x5", "random-tree:20", "gnp:80,0.1", "petersen"] {
        let graph = graph(spec);
        for format in [Format::AdjacencyList, Format::Graph6] {
            assert_eq!(links(&read_back(&graph, format)), links(&graph), "{spec} as {format}");
            assert_eq!(format.loses(&graph), None);
        }
    }
    let families = Topology::file(data("graphs/families.gml")).build(0).unwrap().graph;
    assert_eq!(Format::Graph6.loses(&families).unwrap(), "graph6 has no place for names and weights: not written");
    let said = graph("directed-ring:5").write(Format::Graph6).unwrap_err().to_string();
    assert_eq!(said, "the graph cannot be written as g6: its links lead one way");
}

#[test]
fn formats_have_names() {
    for format in Format::ALL {
        assert_eq!(format.to_string().parse(), Ok(format));
    }
    assert_eq!(
        "png".parse::<Format>().unwrap_err(),
        "`png` is no format of graphs: write `edges`, `adjlist`, `graphml`, `gml`, `json`, `dot`, `g6` or `svg`"
    );
}

#[test]
fn what_a_format_cannot_hold_is_said() {
    let said = graph("ring:3000").write(Format::Svg).unwrap_err().to_string();
    let why = "3000 nodes and 3000 links make no picture; up to 2000 nodes and 20000 links are drawn";
    assert_eq!(said, format!("the graph cannot be written as svg: {why}"));
    let mut builder = GraphBuilder::new(2).names(vec!["a".into(), "b\u{7}".into()]);
    builder.link(0, 1);
    let said = builder.build().write(Format::GraphMl).unwrap_err().to_string();
    assert_eq!(said, "the graph cannot be written as graphml: the name of node 1 has a letter that XML does not allow");
}

/// Only `\"` means something else in DOT; backslashes count in pairs, but stay.
#[test]
fn backslashes_in_dot_are_those_of_graphviz() {
    let write = |name: &str| {
        let mut builder = GraphBuilder::new(2).names(vec!["b".into(), name.into()]);
        builder.link(0, 1);
        builder.build().write(Format::Dot)
    };
    for (name, written) in [(r"a\b", r#""a\b""#), (r"a\\", r#""a\\""#), (r#"say "a""#, r#""say \"a\"""#), ("a\nb", "\"a\nb\"")]
    {
        let text = write(name).unwrap();
        assert!(text.contains(written), "{text}");
        let back = Built::from_bytes("a.dot", text.as_bytes()).unwrap().graph;
        assert!(back.nodes().any(|node| back.title(node) == name), "{text}");
    }
    for name in [r"a\", r#"a\"b"#, "a\\\nb", "a\u{7}", "\u{202e}a"] {
        let said = write(name).unwrap_err().to_string();
        assert!(said.starts_with("the graph cannot be written as dot: the name of node 1 has a "), "{said}");
    }
    // A line that goes on behind a backslash, also in a file of Windows.
    for end in ["\n", "\r\n"] {
        let text = format!("graph {{ \"a\\{end}b\" -- c }}");
        let graph = Built::from_bytes("a.dot", text.as_bytes()).unwrap().graph;
        assert!(graph.nodes().any(|node| graph.title(node) == "ab"), "{graph:?}");
    }
}

/// A connected graph with names and weights of any kind.
fn any_graph() -> impl Strategy<Value = Graph> {
    let name = prop_oneof!["[a-z]{1,6}", "[ -~]{1,8}", "[0-9]{1,3}", "\\PC{1,4}"];
    let names = prop::collection::btree_set(name, 2..12);
    let links = prop::collection::btree_map((0usize..12, 0usize..12), -1000.0f64..1e12, 0..20);
    (names, links).prop_map(|(names, links)| {
        let n = names.len();
        let mut builder = GraphBuilder::new(n).names(names.into_iter().collect());
        // A path holds it together, in an order in which names appear in files as here.
        for node in 1..n {
            builder.weighted_link(node - 1, node, node as f64 / 4.0);
        }
        for ((a, b), weight) in links {
            let (a, b) = (a % n, b % n);
            if a + 1 < b && !builder.clone().build().links().any(|link| (link.a.index(), link.b.index()) == (a, b)) {
                builder.weighted_link(a, b, weight);
            }
        }
        builder.build()
    })
}

proptest! {
    #[test]
    fn any_graph_survives(graph in any_graph()) {
        for format in [Format::GraphMl, Format::Dot, Format::Json, Format::Gml] {
            // In DOT a backslash cannot stand before a quote, nor at the end of a name.
            let special = |letter: char| matches!(letter, '\\' | '\u{2028}' | '\u{2029}');
            if format == Format::Dot && graph.write(format).is_err() {
                prop_assert!(graph.nodes().any(|node| graph.title(node).contains(special)));
                continue;
            }
            let back = read_back(&graph, format);
            // Names 0..n-1 become the numbers that they are, others stay.
            let by_name = |graph: &Graph| {
                let mut links: Vec<_> = graph
                    .links()
                    .map(|link| {
                        let mut names = [graph.title(link.a).into_owned(), graph.title(link.b).into_owned()];
                        names.sort();
                        (names, link.weight.to_bits())
                    })
                    .collect();
                links.sort();
                links
            };
            prop_assert_eq!(by_name(&back), by_name(&graph), "{}", format);
        }
        prop_assert_eq!(read_back(&graph, Format::Edges).link_count(), graph.link_count());
        prop_assert!(graph.write(Format::Svg).is_ok());
    }
}
