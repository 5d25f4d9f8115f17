//! Files as NetworkX writes them are read to the same graph, and what is wrong in a file is said with its place.

use nodes::topology::{Any, Built, Format, Graph, Ring, SPECS, Topology};

use super::{data, graph, json, links};

fn file(name: &str) -> Built {
    Topology::file(data("graphs").join(name)).build(0).unwrap_or_else(|error| panic!("{error}"))
}

/// Links by the names of their nodes, the smaller name first, sorted.
fn by_name(graph: &Graph) -> Vec<(String, String, f64)> {
    let mut links: Vec<_> = graph
        .links()
        .map(|link| {
            let mut names = [graph.title(link.a).into_owned(), graph.title(link.b).into_owned()];
            names.sort();
            let [a, b] = names;
            (a, b, link.weight)
        })
        .collect();
    links.sort_by(|one, two| one.partial_cmp(two).unwrap());
    links
}

fn expected(name: &str) -> Vec<(String, String, f64)> {
    let listed: Vec<(String, String, f64)> =
        serde_json::from_value(json("graphs/families.expected.json")[name].clone()).unwrap();
    let mut links: Vec<_> =
        listed.into_iter().map(|(a, b, weight)| if a < b { (a, b, weight) } else { (b, a, weight) }).collect();
    links.sort_by(|one, two| one.partial_cmp(two).unwrap());
    links
}

#[test]
fn the_karate_club_is_the_same_in_every_format() {
    let karate = links(&graph("karate"));
    for name in [
        "karate.edges",
        "karate_weighted.edges",
        "karate.graphml",
        "karate.gml",
        "karate_links.json",
        "karate_edges.json",
        "karate.dot",
    ] {
        let built = file(name);
        assert_eq!(links(&built.graph), karate, "{name}");
        assert!(built.notices.is_empty(), "{name}: {:?}", built.notices);
        assert_eq!(built.graph.name(built.graph.nodes().next().unwrap()), None, "labels 0..n-1 are numbers");
    }
    let unweighted: Vec<_> = karate.iter().map(|(a, b, _)| (*a, *b, 1.0)).collect();
    for name in ["karate.adjlist", "karate.g6"] {
        assert_eq!(links(&file(name).graph), unweighted, "{name}");
    }
}

#[test]
fn graph6_of_every_length_is_read() {
    assert_eq!(links(&file("petersen.g6").graph), links(&graph("petersen")));
    assert_eq!(links(&file("path70.g6").graph), links(&graph("path:70")));
    // The example of McKay's description of the format: 5 nodes, links 0-2, 0-4, 1-3, 3-4.
    let example = Built::from_bytes("example.g6", b"DQc\n").unwrap().graph;
    assert_eq!(links(&example), [(0, 2, 1.0), (0, 4, 1.0), (1, 3, 1.0), (3, 4, 1.0)]);
}

#[test]
fn names_are_kept() {
    for name in ["families.graphml", "families.gml", "families.json", "families.dot"] {
        assert_eq!(by_name(&file(name).graph), expected("families"), "{name}");
    }
    for name in ["grid_tuples.edges", "grid_tuples.adjlist", "grid_tuples.json"] {
        assert_eq!(by_name(&file(name).graph), expected("grid_tuples"), "{name}");
    }
    // In GML NetworkX writes a tuple without a space.
    let spaced = |name: String| name.replace(',', ", ");
    let gml: Vec<_> =
        by_name(&file("grid_tuples.gml").graph).into_iter().map(|(a, b, weight)| (spaced(a), spaced(b), weight)).collect();
    assert_eq!(gml, expected("grid_tuples"));
}

fn read(name: &str, text: &str) -> Result<Built, String> {
    Built::from_bytes(name, text.as_bytes()).map_err(|error| error.to_string())
}

#[test]
fn the_file_of_nodes_in_python_is_read() {
    let built = read("network.txt", "6\n[1,5]\n[5,3]\n[3,2]\n[2,6]\n[6,4]\n[4,1]").unwrap();
    assert_eq!(
        built.graph.nodes().map(|node| built.graph.title(node).into_owned()).collect::<Vec<_>>(),
        ["1", "5", "3", "2", "6", "4"]
    );
    assert!(built.accepted_by::<Ring>().is_ok());
    assert_eq!(
        read("network.txt", "3\n[1,2]").unwrap_err(),
        "network.txt: it says 3 nodes, and only 2 of them have links: it falls apart; keep a part by `--keep largest`"
    );
    assert_eq!(read("network.txt", "2\n[1,2]\n[2,3]").unwrap_err(), "network.txt: it says 2 nodes, and has links of 3");
    assert_eq!(read("one.edges", "1\n").unwrap().graph.node_count(), 1);
}

#[test]
fn edge_lists_of_others_are_read() {
    let snap = "# Directed: no\r\n# FromNodeId\tToNodeId\r\n1000\t7\r\n7\t30\r\n";
    let graph = read("snap.txt", snap).unwrap().graph;
    assert_eq!(by_name(&graph), [("1000".into(), "7".into(), 1.0), ("30".into(), "7".into(), 1.0)]);
    let repository = "% sym\n1,2,0.5\n2,3,1e3\n";
    assert_eq!(links(&read("r.edges", repository).unwrap().graph), [(0, 1, 0.5), (1, 2, 1000.0)]);
    let attributes =
        "a b {'capacity': 4, 'weight': 2.5, 'tags': ['x', {'weight': 9}]}  # the first\nb c {\"name\": 'weight: 7'}\n";
    assert_eq!(links(&read("a.edges", attributes).unwrap().graph), [(0, 1, 2.5), (1, 2, 1.0)]);
    // A byte-order mark is no label.
    assert_eq!(links(&read("a.edges", "\u{feff}0 1\n").unwrap().graph), [(0, 1, 1.0)]);
}

#[test]
fn labels_from_0_to_n_minus_1_keep_their_number() {
    let graph = read("a.edges", "2 0\n0 1\n").unwrap().graph;
    assert_eq!((links(&graph), graph.name(graph.nodes().next().unwrap())), (vec![(0, 1, 1.0), (0, 2, 1.0)], None));
    let graph = read("a.edges", "3 1\n1 2\n").unwrap().graph;
    assert_eq!(links(&graph), [(0, 1, 1.0), (1, 2, 1.0)], "by first appearance");
    assert_eq!(graph.nodes().map(|node| graph.name(node).unwrap().to_owned()).collect::<Vec<_>>(), ["3", "1", "2"]);
    // `01` is a name, not the number 1.
    let graph = read("a.edges", "01 0\n").unwrap().graph;
    assert_eq!(graph.name(graph.nodes().next().unwrap()), Some("01"));
}

#[test]
fn repeated_links_become_one_with_a_notice() {
    let built = read("a.edges", "0 1 5\n1 0 6\n1 2\n0 1\n").unwrap();
    assert_eq!(links(&built.graph), [(0, 1, 5.0), (1, 2, 1.0)]);
    assert_eq!(built.notices, ["a.edges: 2 repeated links left out"]);
    let built = read("a.dot", "digraph { a -> b; b -> a; a -> b }").unwrap();
    assert_eq!(built.graph.link_count(), 2, "there and back are two links of a directed graph");
    assert_eq!(built.notices, ["a.dot: 1 repeated link left out"]);
}

#[test]
fn dot_is_read_as_graphviz_reads_it() {
    let text = r#"
        // a comment
        strict graph "G" {
            rankdir=LR; node [shape=circle]
            a -- b -- c [weight=2]   /* a chain */
            # a line for the preprocessor
            subgraph cluster_0 { edge [weight="0.5"]; d; c -- d:n:ne }
            {a; d} -- { "e \"quoted\"" -4.5 }
            ä -- "con" + "cat" -- a
        }"#;
    let mut expected = vec![
        ("a", "b", 2.0),
        ("b", "c", 2.0),
        ("c", "d", 0.5),
        ("a", "e \"quoted\"", 1.0),
        ("-4.5", "a", 1.0),
        ("d", "e \"quoted\"", 1.0),
        ("-4.5", "d", 1.0),
        ("concat", "ä", 1.0),
        ("a", "concat", 1.0),
    ];
    expected.sort_by(|one, two| one.partial_cmp(two).unwrap());
    let found = by_name(&read("a.gv", text).unwrap().graph);
    assert_eq!(found.iter().map(|(a, b, weight)| (a.as_str(), b.as_str(), *weight)).collect::<Vec<_>>(), expected);
    let labelled = read("a.dot", "graph { n1 [label=\"Rome\"]; n2 [label=Oslo]; n1 -- n2 }").unwrap().graph;
    assert_eq!(by_name(&labelled), [("Oslo".into(), "Rome".into(), 1.0)]);
}

#[test]
fn a_directed_file_is_for_directed_topologies_only() {
    for (name, text) in [
        ("a.dot", "digraph { 0 -> 1 -> 2 -> 0 }"),
        (
            "a.gml",
            "graph [ directed 1 node [ id 0 ] node [ id 1 ] node [ id 2 ] edge [ source 0 target 1 ] edge [ source 1 target 2 ] edge [ source 2 target 0 ] ]",
        ),
        (
            "a.json",
            r#"{"directed": true, "nodes": [{"id": 0}, {"id": 1}, {"id": 2}], "edges": [{"source": 0, "target": 1}, {"source": 1, "target": 2}, {"source": 2, "target": 0}]}"#,
        ),
        (
            "a.graphml",
            r#"<graphml><graph edgedefault="directed"><node id="0"/><node id="1"/><node id="2"/><edge source="0" target="1"/><edge source="1" target="2"/><edge source="2" target="0"/></graph></graphml>"#,
        ),
    ] {
        let built = read(name, text).unwrap();
        assert!(built.graph.is_directed());
        assert!(built.clone().accepted_by::<nodes::topology::DirectedRing>().is_ok());
        let said = built.accepted_by::<Any>().unwrap_err().to_string();
        assert_eq!(
            said,
            format!(
                "`file:{name}` does not fit `Any`: its links lead one way only; `--both-ways` lets them lead both; write `gnp:10,0.3`"
            )
        );
    }
}

#[test]
fn the_readme_lists_every_format() {
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md")).unwrap();
    let file = SPECS.iter().find(|family| family.name == "file").unwrap();
    let endings = file.meaning.split(' ').filter(|word| word.starts_with('.'));
    for word in endings.chain(Format::ALL.map(Format::name)) {
        assert!(readme.contains(&format!("`{word}`")), "README.md does not list {word}");
    }
}

#[test]
fn what_is_wrong_in_a_file_is_said_with_its_place() {
    let cases = [
        ("a.edges", "0 1\n# fine\n1\n", "a.edges:3: expected two nodes, `u v` or `u v weight`, found `1`"),
        ("a.edges", "0 1 2 3\n", "a.edges:1: expected two nodes, `u v` or `u v weight`, found `0 1 2 3`"),
        ("a.edges", "0 1 heavy\n", "a.edges:1: `heavy` is not a weight: expected a number"),
        ("a.edges", "0 1 inf\n", "a.edges:1: `inf` is not a weight: expected a number"),
        ("a.edges", "0 1 {'weight': 'x'}\n", "a.edges:1: `'x'` is not a weight: expected a number"),
        ("a.edges", "0 1 {'weight': 3\n", "a.edges:1: expected attributes as `{'weight': 3}`, found `{'weight': 3`"),
        ("a.edges", "0 1\n1 1\n", "a.edges:2: a link from `1` to itself; take it out, or write `--drop loops`"),
        ("a.edges", "0 1\n2 3\n", "a.edges: it falls apart: no path leads from `0` to `2`; keep a part by `--keep largest`"),
        ("a.edges", "# nothing\n", "a.edges: there are no nodes in it"),
        ("a.adjlist", "0 1\n1 1\n", "a.adjlist:2: a link from `1` to itself; take it out, or write `--drop loops`"),
        ("a.g6", "DQ", "a.g6:1: 5 nodes need 2 letters after their number, there are 1"),
        ("a.g6", "~~~~~~~~", "a.g6:1: 68719476735 nodes need 393530540221957231958 letters after their number, there are 0"),
        ("a.g6", "~?", "a.g6:1: the number of nodes is cut short"),
        ("a.g6", "D c", "a.g6:1: ` ` is not a letter of graph6"),
        ("a.g6", ";A_", "a.g6:1: that is sparse6 or digraph6; expected graph6"),
        ("a.g6", "A_\nA_\n", "a.g6:2: a second graph begins; keep one"),
        (
            "a.gml",
            "graph [\n node [ id 0 ]\n node [ label \"x\" ]\n]",
            "a.gml:3: this node has no id: expected `node [ id 0 ]`",
        ),
        ("a.gml", "graph [\n node [ id 0 ]\n edge [ source 0 target 7 ]\n]", "a.gml:3: there is no node of id 7"),
        ("a.gml", "graph [ node [ id 0 ]\n", "a.gml:2: expected `]`, found the end of the line or of the file"),
        ("a.gml", "nodes 3", "a.gml: expected `graph [ .. ]`, which is nowhere in it"),
        ("a.json", "{\n\"nodes\": [\n", "a.json:3: this is not JSON: EOF while parsing a list"),
        ("a.json", "[]", "a.json: expected an object with `nodes` and `links`"),
        ("a.json", "{\"nodes\": [{\"id\": 1}]}", "a.json: expected a list `links` or `edges`, which is not in it"),
        (
            "a.json",
            "{\"nodes\": [{\"id\": 1}], \"links\": [{\"source\": 1, \"target\": 2}]}",
            "a.json: links[0]: its `target`, `2`, is no `id` of a node",
        ),
        (
            "a.json",
            "{\"nodes\": [{\"id\": 1}], \"links\": [{\"source\": 1, \"target\": 1}]}",
            "a.json: links[0]: a link from `1` to itself; take it out, or write `--drop loops`",
        ),
        ("a.dot", "graph {\n a -> b\n}", "a.dot:2: expected `--` in a graph, found `-> b`"),
        ("a.dot", "graph {\n a -- \n}", "a.dot:3: expected the name of a node, found `}`"),
        ("a.dot", "graph { a -- \"b }", "a.dot:1: this text has no closing `\"`: b }"),
        ("a.dot", "tree { }", "a.dot:1: expected `graph` or `digraph`, found `tree { }`"),
        (
            "a.graphml",
            "<graphml>\n<graph edgedefault='undirected'>\n<node/></graph></graphml>",
            "a.graphml:3: this node has no `id`",
        ),
        (
            "a.graphml",
            "<graphml><graph><node id='0'/></graph></graphml>",
            "a.graphml:1: expected `edgedefault=\"undirected\"` or `\"directed\"`",
        ),
        ("a.graphml", "<html></html>", "a.graphml: this is HTML, a page for a browser, and no graph"),
        (
            "a.xls",
            "",
            "a.xls: its ending names no format; those of graphs are .edges .edgelist .txt .adjlist .csv .tsv .graphml .gml .gexf .json .dot .gv .g6 .d6 .s6 .net .mtx .col .gr .dimacs",
        ),
    ];
    for (name, text, sentence) in cases {
        assert_eq!(read(name, text).map(|built| built.graph), Err(sentence.to_owned()), "{text}");
    }
    let said = Built::from_bytes("a.edges", b"0 1\n1 \xff\n").unwrap_err().to_string();
    assert!(said.starts_with("a.edges:2: there are bytes that are no text (UTF-8); if the letters are ISO-8859-1, "), "{said}");
    let said = Topology::file("nowhere.gml").build(0).unwrap_err().to_string();
    assert!(said.starts_with("nowhere.gml: cannot be read: "), "{said}");
}
