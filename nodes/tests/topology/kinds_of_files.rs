//! Files as people have them: read right, or refused in one sentence, or, where something is guessed, read with a notice.

use nodes::network::Delay;
use nodes::topology::{Built, Graph, Topology};

/// What becomes of a file.
enum Then {
    /// Its links by names, `a-b`, each with its weight if that is not 1; and what is noticed, if anything.
    Read(&'static [&'static str], &'static [&'static str]),
    /// A part of the sentence.
    Refused(&'static str),
}

use Then::{Read, Refused};

fn links(graph: &Graph) -> Vec<String> {
    let arrow = if graph.is_directed() { ">" } else { "-" };
    let link = |link: nodes::topology::Link| {
        let weight = if link.weight == 1.0 { String::new() } else { format!(" {}", link.weight) };
        format!("{}{arrow}{}{weight}", graph.title(link.a), graph.title(link.b))
    };
    graph.links().map(link).collect()
}

fn holds(cases: &[(&str, &[u8], Then)]) {
    for (name, bytes, then) in cases {
        let built = Built::from_bytes(name, bytes);
        let text = String::from_utf8_lossy(bytes);
        match (built, then) {
            (Ok(built), Read(expected, notices)) => {
                assert_eq!(links(&built.graph), *expected, "{name}: {text}");
                assert_eq!(built.notices.len(), notices.len(), "{name}: {text}: {:?}", built.notices);
                for (said, notice) in built.notices.iter().zip(*notices) {
                    assert!(said.contains(notice), "{name}: {text}: {said}");
                }
            }
            (Err(error), Refused(sentence)) => {
                assert!(error.to_string().contains(sentence), "{name}: {text}: {error}");
                assert!(!error.to_string().contains('\n'), "{error}");
            }
            (Ok(built), Refused(_)) => panic!("{name}: {text}: read as {:?}, {:?}", links(&built.graph), built.notices),
            (Err(error), Read(..)) => panic!("{name}: {text}: {error}"),
        }
    }
}

const XML: &str = r#"<?xml version="1.0" encoding="UTF-8"?><graphml xmlns="http://graphml.graphdrawing.org/xmlns">"#;

fn graphml(rest: &str) -> Vec<u8> {
    format!("{XML}\n{rest}</graphml>").into_bytes()
}

#[test]
fn signs_between_nodes_are_no_nodes() {
    holds(&[
        (
            "a.txt",
            b"rome -- oslo\noslo -- bern\n",
            Refused("a.txt:1: `--` stands where the second node is expected; write `rome oslo`"),
        ),
        ("a.edges", b"1 -> 2 4\n", Refused("`->` stands where")),
        ("a.edges", b"1 - 2\n", Refused("`-` stands where")),
        ("a.edges", b"1 to 2\n2 to 3\n", Refused("`to` stands where")),
        ("a.edges", b"1 -- 2 {}\n", Refused("`--` stands where")),
        ("a.edges", b"1 ->2\n", Refused("`->2` has the sign of a link")),
        ("a.edges", b"1-- 2\n", Refused("`1--` has the sign of a link")),
        ("a.edges", b"a|b\n", Refused("expected two nodes")),
        ("a.adjlist", b"1 -> 2 3\n", Refused("`->` stands where a neighbour is expected")),
        ("a.edges", b"a-b c\nc to\n", Read(&["a-b-c", "c-to"], &[])),
    ]);
}

#[test]
fn a_first_line_of_counts_is_no_link() {
    holds(&[
        ("a.edges", b"4 3\n1 2\n1 3\n1 4\n", Read(&["1-2", "1-3", "1-4"], &["a.edges:1: `4 3` is taken for the numbers"])),
        ("a.edges", b"# a cycle\n3 3\n0 1\n1 2\n2 0\n", Read(&["0-1", "1-2", "2-0"], &["a.edges:2: `3 3` is taken for"])),
        ("a.edges", b"3,2\na,b,4\nb,c,2\n", Read(&["a-b 4", "b-c 2"], &["`3,2` is taken for"])),
        ("a.edges", b"3 3 2\n2 1\n3 1\n", Read(&["2-1", "3-1"], &["`3 3 2` is taken for"])),
        ("a.edges", b"4 4\n1 2\n2 3\n", Refused("a.edges:1: `4 4` is a link from a node to itself, or counts nodes and links")),
        ("a.edges", b"4 9\n1 2\n2 3\n3 4\n", Read(&["4-9", "1-2", "2-3", "3-4"], &["`4 9` is read as a link; if it counts"])),
        ("a.edges", b"0 1\n1 2\n", Read(&["0-1", "1-2"], &[])),
        ("a.edges", b"5 1\n1 2\n2 6\n", Read(&["5-1", "1-2", "2-6"], &[])),
        ("a.adjlist", b"3 2\na b c\n", Read(&["a-b", "a-c"], &["`3 2` is taken for"])),
        ("a.adjlist", b"3 2\n2 3\n1\n1\n", Refused("as in files of METIS")),
        (
            "a.txt",
            b"source target\na b\nb c\n",
            Read(&["a-b", "b-c"], &["`source target` is taken for the names of the columns"]),
        ),
        ("a.txt", b"source target\ntarget c\n", Read(&["source-target", "target-c"], &[])),
    ]);
}

#[test]
fn separators_and_quotes_are_found_or_refused() {
    holds(&[
        ("a.txt", b"x y 2,5\n", Refused("a.txt:1: `2,5` has a decimal comma; write `2.5`")),
        ("a.txt", b"x;y;2,5\n", Refused("`2,5` has a decimal comma")),
        ("a.txt", b"x\ty\t2,5\n", Refused("`2,5` has a decimal comma")),
        ("a.txt", b"x 2,5\n", Refused("it is unclear what separates `x 2,5`")),
        ("a.txt", b"x, y 3\n", Refused("it is unclear what separates")),
        ("a.txt", b"x;y;3\ny;z\n", Read(&["x-y 3", "y-z"], &[])),
        ("a.txt", b"New York,Sao Paulo,3\n", Read(&["New York-Sao Paulo 3"], &[])),
        (
            "a.txt",
            b"Hall 1\t7\nHall 1\t8\n",
            Read(&["Hall 1-7", "Hall 1-8"], &["a.txt:1: a tab separates here, and `Hall 1` is one"]),
        ),
        ("a.txt", b"1 2\t3\n", Refused("it is unclear what separates `1 2 3`")),
        ("a.txt", b"Hall 1\tHall 2\t4\n", Read(&["Hall 1-Hall 2 4"], &[])),
        ("a.txt", b"\"x\" \"y\" 3\n'y' z\n", Read(&["x-y 3", "y-z"], &[])),
        ("a.txt", b"\"New York\" \"the \"\"old\"\" mill\"\n", Read(&["New York-the \"old\" mill"], &[])),
        ("a.txt", b"\"x y\n", Refused("a text in quotes or parentheses does not end")),
        ("a.txt", b"a\t\tb\n", Read(&["a-b"], &["tabs with nothing between"])),
        ("a.adjlist", b"a, b, c\n", Read(&["a-b", "a-c"], &[])),
        ("a.adjlist", b"\"a b\" c\n", Read(&["a b-c"], &[])),
        ("a.adjlist", b"Hall 1\tHall 2\n", Read(&["Hall 1-Hall 2"], &["tabs separate here"])),
        ("a.adjlist", b"a b, c\n", Refused("it is unclear what separates")),
    ]);
}

#[test]
fn lists_of_neighbours_have_colons_and_marks() {
    holds(&[
        ("a.adjlist", b"x: y z\ny: z\n", Read(&["x-y", "x-z", "y-z"], &[])),
        ("a.adjlist", b"x : y, z\n", Read(&["x-y", "x-z"], &[])),
        ("a.adjlist", b"0: [1, 2],\n1: [2]\n", Read(&["0-1", "0-2", "1-2"], &[])),
        ("a.adjlist", b"1: 2 0\n2: 3 0\n", Refused("a.adjlist:1: `0` ends every line and begins none")),
        ("a.adjlist", b"1 2 -1\n2 3 -1\n", Refused("`-1` ends every line and begins none")),
        (
            "a.adjlist",
            b"1 2 0\n2 3 0\n",
            Read(&["1-2", "1-0", "2-3", "2-0"], &["`0` ends every line and begins none; it is read"]),
        ),
        ("a.adjlist", b"x: y z\ny z\nx z\n", Refused("a.adjlist:1: a colon stands after `x`, and not after each")),
        ("a.adjlist", b"a b c\rb d\rd e", Read(&["a-b", "a-c", "b-d", "d-e"], &[])),
        ("a.edges", b"a b\rb c\r", Read(&["a-b", "b-c"], &[])),
    ]);
}

#[test]
fn comments_that_may_be_links_are_noticed() {
    holds(&[
        ("a.txt", b"%p q\nq r\n", Read(&["q-r"], &["a.txt:1: `%p q` is taken for a comment"])),
        ("a.txt", b"q r\n#p q 3\n", Read(&["q-r"], &["a.txt:2: `#p q 3` is taken for a comment"])),
        ("a.txt", b"#From To\n%% note\n# q r\nq r\n", Read(&["q-r"], &[])),
        ("a.txt", b"# Directed graph: x.txt\nq r\n", Read(&["q-r"], &["a.txt:1: links lead one way, says this comment"])),
        ("a.txt", b"% sym positive\n1 2 3 1082040961\n2 3 1 1082155839\n", Read(&["1-2 3", "2-3"], &[])),
        ("a.txt", b"% asym unweighted\n1 2\n2 3\n", Read(&["1>2", "2>3"], &[])),
        ("a.txt", b"% bip weighted\n1 1 3\n", Refused("two kinds of nodes")),
    ]);
}

#[test]
fn names_and_weights_of_xml_are_found_under_every_key() {
    let nodes = r#"<graph edgedefault="undirected"><node id="a"/><node id="b"/><node id="c"/>"#;
    let edges = |one: &str, two: &str| {
        format!(r#"{nodes}<edge source="a" target="b">{one}</edge><edge source="b" target="c">{two}</edge></graph>"#)
    };
    let two = graphml(&format!(
        r#"<key id="i" for="edge" attr.name="weight" attr.type="long"/><key id="d" for="edge" attr.name="weight" attr.type="double"/>{}"#,
        edges(r#"<data key="i">3</data>"#, r#"<data key="d">0.5</data>"#)
    ));
    let of_node = graphml(&format!(
        r#"<key id="w" for="node" attr.name="Weight"/>{}"#,
        edges(r#"<data key="w">3</data>"#, r#"<data key="w">-2</data>"#)
    ));
    let undeclared = graphml(&edges(r#"<data key="weight">3</data>"#, ""));
    let unread = graphml(&format!(
        r#"<key id="l" for="edge" attr.name="latency"/>{}"#,
        edges(r#"<data key="l">3</data>"#, r#"<data key="l">4</data>"#)
    ));
    let names = graphml(
        r#"<key id="v_name" for="node" attr.name="name" attr.type="string"/>
        <graph edgedefault="undirected"><node id="n0"><data key="v_name">Eve</data></node><node id="n1"><data key="v_name">Tom</data></node>
        <edge source="n0" target="n1"/></graph>"#,
    );
    let doctype = br#"<?xml version="1.0"?><!DOCTYPE graphml SYSTEM "graphml.dtd"><graphml><graph edgedefault="undirected">
        <node id="a"/><node id="b"/><edge source="a" target="b"/></graph></graphml>"#;
    let group = graphml(
        r#"<graph edgedefault="undirected"><node id="g"><graph id="g:" edgedefault="undirected"><node id="a"/><node id="b"/>
        <edge source="a" target="b"/></graph></node><node id="c"/><edge source="c" target="a"/></graph>"#,
    );
    let linked = graphml(
        r#"<graph edgedefault="undirected"><node id="g"><graph id="g:" edgedefault="undirected"><node id="a"/></graph></node>
        <edge source="a" target="g"/></graph>"#,
    );
    let second = graphml(r#"<graph edgedefault="undirected"/><graph edgedefault="undirected"/>"#);
    holds(&[
        ("a.graphml", &two, Read(&["a-b 3", "b-c 0.5"], &[])),
        ("a.graphml", &of_node, Read(&["a-b 3", "b-c -2"], &[])),
        ("a.graphml", &undeclared, Read(&["a-b 3", "b-c"], &[])),
        (
            "a.graphml",
            &unread,
            Read(&["a-b", "b-c"], &["no link has a `weight`, so each weighs 1; `latency` of its links is not read"]),
        ),
        ("a.graphml", &names, Read(&["Eve-Tom"], &[])),
        ("a.graphml", doctype, Read(&["a-b"], &[])),
        ("a.graphml", &group, Read(&["a-b", "c-a"], &["1 group of nodes has no links of its own"])),
        ("a.graphml", &linked, Read(&["a-g"], &[])),
        ("a.graphml", &second, Refused("a second graph begins")),
    ]);
}

#[test]
fn names_and_weights_of_other_formats_are_found() {
    let gml = |node: &str, edge: &str| {
        format!("graph [ node [ id 5 {node} ] node [ id 6 ] edge [ source 5 target 6 {edge} ] ]").into_bytes()
    };
    holds(&[
        ("a.gml", &gml("name \"x\"", "Weight 3"), Read(&["x-6 3"], &[])),
        ("a.gml", &gml("label \"Caf&eacute; &#8364;\"", "value 3"), Read(&["Café €-6 3"], &[])),
        ("a.gml", &gml("", "LinkSpeed 10"), Read(&["5-6"], &["`LinkSpeed` of its links is not read"])),
        ("a.gml", &gml("graph [ node [ id 1 ] ]", ""), Refused("a graph stands in a node")),
        (
            "a.json",
            br#"{"nodes":[{"id":"x"},{"id":"y"}],"links":[{"source":"x","target":"y","value":4}]}"#,
            Read(&["x-y 4"], &[]),
        ),
        ("a.dot", b"graph { x -- y [label=3] }", Read(&["x-y"], &["`label` of its links is not read"])),
        ("a.edges", b"x y {'Weight': 3}\n", Read(&["x-y 3"], &[])),
        ("a.edges", b"x y {'distance': 3}\n", Read(&["x-y"], &["`distance` of its links is not read"])),
    ]);
}

/// Times are above 0; what a file has instead is named with its place, in whatever format.
#[test]
fn weights_that_are_no_times_are_named_with_their_place() {
    let xml = graphml(
        "<graph edgedefault=\"undirected\"><node id=\"a\"/><node id=\"b\"/><node id=\"c\"/>\n<edge source=\"a\" target=\"b\"/>\n\
         <edge source=\"b\" target=\"c\"><data key=\"weight\">0</data></edge></graph>",
    );
    let refused: [(&str, &[u8], &str); 7] = [
        (
            "a.edges",
            b"a b 3\n\nb c 1e15\n",
            "a.edges:3: the link from `b` to `c` has the weight 1000000000000000, and that is longer",
        ),
        ("a.edges", b"# mine\na b 3\nb c -2.5\n", "a.edges:3: the link from `b` to `c` has the weight -2.5, "),
        ("a.csv", b"from,to,weight\na,b,-7\n", "a.csv:2: the link from `a` to `b` has the weight -7, "),
        ("a.graphml", &xml, "a.graphml:4: the link from `b` to `c` has the weight 0, "),
        (
            "a.gml",
            b"graph [\nnode [ id 3 ]\nnode [ id 4 ]\nedge [ source 3 target 4 value -1 ] ]",
            "a.gml:4: the link from `3`",
        ),
        ("a.dot", b"graph {\na -- b\n\nb -- c [weight=-1] }", "a.dot:4: the link from `b` to `c`"),
        (
            "a.json",
            br#"{"nodes":[{"id":"p"},{"id":"q"}],"links":[{"source":"p","target":"q","value":-4}]}"#,
            "a.json: links[0]: the link from `p` to `q` has the weight -4, ",
        ),
    ];
    for (name, bytes, place) in refused {
        let graph = Built::from_bytes(name, bytes).unwrap().graph;
        let said = Delay::Weights.fits(&graph).unwrap_err();
        assert!(said.starts_with(&format!("--delay weights: {place}")), "{said}");
        assert!(Delay::Unit.fits(&graph).is_ok());
    }
    // Drawn weights stand in no file.
    let weighted = Topology::from(Built::from_bytes("a.edges", b"a b -2\n").unwrap().graph).random_weights(1, 9);
    assert_eq!(Delay::Weights.fits(&weighted.build(1).unwrap().graph), Ok(None));
}

#[test]
fn repeated_labels_are_told_apart() {
    let dot = b"graph { a [label=\"hub\"]; b [label=\"leaf\"]; c [label=\"leaf\"]; d; a -- b; a -- c; a -- d }";
    holds(&[
        (
            "a.gml",
            b"graph [ node [ id 1 label \"hub\" ] node [ id 2 label \"leaf\" ] node [ id 3 label \"leaf\" ] node [ id 4 label \"leaf (3)\" ]
              edge [ source 1 target 2 ] edge [ source 1 target 3 ] edge [ source 1 target 4 ] ]",
            Read(&["hub-leaf", "hub-leaf (3) (3)", "hub-leaf (3)"], &["1 node has the label of another; its id tells it apart, as in `leaf (3) (3)`"]),
        ),
        ("a.dot", dot, Read(&["hub-leaf", "hub-leaf (c)", "hub-d"], &["1 node has the label of another"])),
    ]);
}

#[test]
fn dot_is_read_as_graphviz_reads_it() {
    holds(&[
        ("a.dot", b"digraph { x -> y, z; y -> x }", Read(&["x>y", "x>z", "y>x"], &[])),
        ("a.dot", b"graph { x, y -- z [weight=2] }", Read(&["x-z 2", "y-z 2"], &[])),
        ("a.dot", b"graph {\r\n x -- \"y\\\r\nz\"\r\n}\r\n", Read(&["x-yz"], &[])),
        ("a.dot", b"graph { x -- 1y }", Refused("a.dot:1: `1y` begins with a digit and is no number; write `\"1y\"`")),
        ("a.dot", b"graph { x [label=\"\\N\"]; x -- y }", Read(&["x-y"], &[])),
        ("a.dot", b"graph { x [label=\"M&uuml;nster\"]; x -- y }", Read(&["Münster-y"], &[])),
        ("a.dot", b"graph { x [label=<<b>x</b>>]; x -- y }", Read(&["x-y"], &[])),
    ]);
}

#[test]
fn json_has_many_shapes() {
    holds(&[
        (
            "a.json",
            br#"{"options":{"type":"undirected"},"nodes":[{"key":"p","attributes":{"label":"P"}},{"key":"q"}],
                "edges":[{"key":"0","source":"p","target":"q","attributes":{"weight":7}}]}"#,
            Read(&["P-q 7"], &[]),
        ),
        ("a.json", br#"{"options":{"type":"mixed"},"nodes":[{"key":"p"},{"key":"q"}],"edges":[{"source":"p","target":"q","undirected":true}]}"#, Read(&["p-q"], &[])),
        ("a.json", br#"{"nodes":[{"id":1,"label":"P"},{"id":2,"label":"Q"}],"edges":[{"from":1,"to":2,"value":3}]}"#, Read(&["P-Q 3"], &[])),
        ("a.json", br#"{"graph":{"directed":false,"nodes":{"p":{"label":"P"},"q":{}},"edges":[{"source":"p","target":"q","metadata":{"weight":2}}]}}"#, Read(&["P-q 2"], &[])),
        ("a.json", br#"{"graph":{"nodes":{"p":{},"q":{}},"edges":[{"source":"p","target":"q"}]}}"#, Read(&["p>q"], &["JGF without `directed`"])),
        ("a.json", br#"{"elements":{"nodes":[{"data":{"id":"p","name":"P"}},{"data":{"id":"q"}}],"edges":[{"data":{"source":"p","target":"q","weight":2}}]}}"#, Read(&["P-q 2"], &[])),
        ("a.json", br#"{"directed":false,"nodes":[{"id":"p"},{"id":"q"}],"adjacency":[[{"id":"q","weight":2}],[{"id":"p","weight":2}]]}"#, Read(&["p-q 2"], &[])),
        ("a.json", br#"{"directed":"true","nodes":[{"id":"p"},{"id":"q"}],"links":[{"source":"p","target":"q"}]}"#, Read(&["p>q"], &[])),
        ("a.json", br#"{"directed":"perhaps","nodes":[{"id":"p"}],"links":[]}"#, Refused("`directed` is `perhaps`: expected true or false")),
        ("a.json", br#"{"nodes":[{"id":"p"},{"id":"q"}],"edges":[{"source":"p","target":"nowhere"}]}"#, Refused("edges[0]: its `target`, `nowhere`, is no `id` of a node")),
        ("a.json", br#"{"nodes":[{"id":"p"},{"id":"q"}],"edges":[{"source":"p","target":"q","weight":"heavy"}]}"#, Refused("edges[0]: its weight, `\"heavy\"`, is not a number")),
        ("a.json", br#"{"nodes":[{"id":"p"},{"id":"q"}],"edges":[{"source":{"id":"p"},"target":{"id":"q"}}]}"#, Read(&["p-q"], &[])),
    ]);
}

#[test]
fn content_decides_where_it_contradicts_the_ending() {
    let xml = graphml(r#"<graph edgedefault="undirected"><node id="a"/><node id="b"/><edge source="a" target="b"/></graph>"#);
    holds(&[
        ("a.txt", &xml, Read(&["a-b"], &["a.txt: read as GraphML, which it is by its content"])),
        ("a.json", b"/* mine */ strict graph \"a b\" {\n a -- b }", Read(&["a-b"], &["read as DOT"])),
        (
            "a.data",
            b"Creator \"me\"\nVersion 1\ngraph\n[ node [ id 0 ] node [ id 1 ] edge [ source 0 target 1 ] ]",
            Read(&["0-1"], &["read as GML"]),
        ),
        ("a.txt", b"{ \"nodes\": [0, 1], \"links\": [[0, 1]] }", Read(&["0-1"], &["read as JSON"])),
        ("a.edges", b">>graph6<<A_", Read(&["0-1"], &["read as graph6"])),
        ("a.edges", b"graph a {}\na b {}\n", Read(&["graph-a", "a-b"], &[])),
        ("a.edges", b"<!DOCTYPE html>\n<html><p>not found", Refused("this is HTML, a page for a browser, and no graph")),
        ("a.edges", b"PK\x03\x04", Refused("this is a ZIP archive")),
        ("a.svg", b"<svg/>", Refused("graphs are written as SVG, and not read")),
        ("a.edgelist", b"0 1\n", Read(&["0-1"], &[])),
    ]);
}

#[test]
fn letters_are_as_the_file_says() {
    let latin = |encoding: &str| {
        let text = format!(
            "<?xml version=\"1.0\" encoding=\"{encoding}\"?><graphml><graph edgedefault=\"undirected\"><node id=\"Z?rich\"/><node id=\"b\"/>\
             <edge source=\"Z?rich\" target=\"b\"/></graph></graphml>"
        );
        text.replace("Z?", "Z\u{1}").bytes().map(|byte| if byte == 1 { 0xfc } else { byte }).collect::<Vec<u8>>()
    };
    let wide: Vec<u8> = "\u{feff}ä b\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    holds(&[
        ("a.graphml", &latin("ISO-8859-1"), Read(&["Zürich-b"], &[])),
        ("a.graphml", &latin("windows-1252"), Read(&["Zürich-b"], &[])),
        ("a.graphml", &latin("KOI8-R"), Refused("its letters are encoded as KOI8-R, which is not read: save it as UTF-8")),
        ("a.graphml", &latin("UTF-8"), Refused("if the letters are ISO-8859-1")),
        ("a.dot", b"graph { charset=latin1; \"Z\xfcrich\" -- b }", Read(&["Zürich-b"], &[])),
        ("a.edges", &wide, Read(&["ä-b"], &[])),
        ("a.edges", b"a b\0\n", Refused("there are bytes of 0 in it")),
    ]);
}

#[test]
fn large_files_are_read_in_proportion() {
    let mut xml = String::from("<graphml><graph edgedefault=\"undirected\">\n");
    for node in 0..100_000 {
        xml.push_str(&format!("<node id=\"{node}\"/>\n"));
    }
    for node in 1..100_000 {
        xml.push_str(&format!("<edge source=\"{}\" target=\"{node}\"/>\n", node - 1));
    }
    xml.push_str("</graph></graphml>");
    // A reader that counts lines for each edge takes minutes.
    assert_eq!(Built::from_bytes("a.graphml", xml.as_bytes()).unwrap().graph.link_count(), 99_999);
    let open = "( ".repeat(200_000);
    assert!(Built::from_bytes("a.edges", open.as_bytes()).is_err());
    assert!(Built::from_bytes("a.adjlist", open.as_bytes()).is_err());
}

#[test]
fn pajek_is_read() {
    holds(&[
        (
            "a.net",
            b"*Vertices 3\n1 \"New York\" 0.1 0.2\n2 Rome\n3 Oslo\n*Edges\n1 2 2.5\n2 3\n",
            Read(&["New York-Rome 2.5", "Rome-Oslo"], &[]),
        ),
        ("a.net", b"% mine\n*network x\n*vertices 3\n*arcs\n1 2\n2 3\n", Read(&["1>2", "2>3"], &[])),
        ("a.txt", b"*Vertices 3\n*Edgeslist\n1 2 3\n", Read(&["1-2", "1-3"], &["read as Pajek"])),
        ("a.net", b"*Vertices 2\n*Arcs\n1 2\n*Edges\n1 2\n", Refused("some links lead one way and some both ways")),
        ("a.net", b"*Vertices 2\n*Arcs\n*Edges\n1 2\n", Read(&["1-2"], &[])),
        ("a.net", b"*Vertices 2\n*Edges\n1 3\n", Refused("a.net:3: `3` is no node: expected a number from 1 to 2")),
        ("a.net", b"*Vertices 3 2\n", Refused("two kinds of nodes")),
        // NetworkX reads the first as a-b 2.0, a-c 1.0, and the links of the second as 1>2, 2>3.
        ("a.net", b"*Vertices 3\n1 a\n2 b\n3 c\n*Matrix\n0 2 1\n2 0 0\n1 0 0\n", Read(&["a-b 2", "a-c"], &[])),
        ("a.net", b"*Vertices 3\n*Matrix\n0 1 0\n0 0 4\n0 0 0\n", Read(&["1>2", "2>3 4"], &[])),
        ("a.net", b"*Vertices 2\n*Matrix\n0 1\n", Refused("its matrix has 1 rows: expected 2")),
        (
            "a.net",
            b"*Vertices 2\n*Matrix\n0 1\n1 0 1\n",
            Refused("a.net:4: row 2 of the matrix has 3: expected 2 rows of 2 numbers"),
        ),
        ("a.net", b"*Vertices 2\n*Matrix\n0 x\n1 0\n", Refused("a.net:3: `x` is not a weight")),
        ("a.net", b"*Vertices 2\n*Edges\n1 2\n*Matrix\n0 1\n1 0\n", Refused("some links lead one way and some both ways")),
        ("a.net", b"*Vertices 4000000000\n*Edges\n1 2\n", Refused("it says 4000000000 nodes, and only 2 of them have links")),
        ("a.net", b"1 2\n", Refused("expected `*Vertices 3`")),
    ]);
}

#[test]
fn matrix_market_is_read() {
    let head = "%%MatrixMarket matrix coordinate";
    let file = |rest: &str| format!("{head} {rest}").into_bytes();
    holds(&[
        ("a.edges", &file("pattern symmetric\n% mine\n3 3 2\n2 1\n3 2\n"), Read(&["2-1", "3-2"], &["read as Matrix Market"])),
        (
            "a.mtx",
            &file("real symmetric\n3 3 3\n1 1 4.0\n2 1 -1.5\n3 2 2\n"),
            Read(&["2-1 -1.5", "3-2 2"], &["entries on the diagonal are no links: 1 left out"]),
        ),
        ("a.mtx", &file("pattern general\n2 2 1\n2 1\n"), Read(&["2>1"], &[])),
        ("a.mtx", &file("integer general\n2 2 2\n2 1 3\n1 2 3\n"), Read(&["1-2 3"], &[])),
        ("a.mtx", &file("pattern general\n2 3 1\n2 1\n"), Refused("only a square matrix says which nodes are linked")),
        ("a.mtx", &file("pattern symmetric\n3 3 3\n2 1\n3 2\n"), Refused("it says 3 entries, and has 2")),
        (
            "a.mtx",
            &file("pattern symmetric\n3000000000 3000000000 4000000000\n2 1\n"),
            Refused("it says 4000000000 entries, and has 1"),
        ),
        ("a.mtx", &file("real skew-symmetric\n2 2 1\n2 1 3\n"), Refused("a matrix that is `skew-symmetric` is no graph")),
    ]);
}

/// Column by column, so that the second number is that of the link from 2 to 1; of a symmetric matrix from the diagonal on.
#[test]
fn dense_matrices_are_read() {
    let head = "%%MatrixMarket matrix array";
    let file = |rest: &str| format!("{head} {rest}").into_bytes();
    holds(&[
        ("a.mtx", &file("real general\n% mine\n3 3\n0\n2.5\n0\n0\n0\n0\n0\n7\n0\n"), Read(&["2>1 2.5", "2>3 7"], &[])),
        ("a.mtx", &file("integer general\n2 2\n0\n3\n3\n0\n"), Read(&["1-2 3"], &[])),
        (
            "a.mtx",
            &file("real symmetric\n3 3\n9 1 0\n0 4\n0\n"),
            Read(&["2-1", "3-2 4"], &["entries on the diagonal are no links: 1 left out"]),
        ),
        ("a.mtx", &file("real general\n2 2\n0\n1\n0\n"), Refused("it says 4 entries, and has 3")),
        ("a.mtx", &file("real general\n2 2\n0\n1\n0\n0\n5\n"), Refused("a.mtx:7: it has more than 4 entries")),
        ("a.mtx", &file("real general\n2 3\n"), Refused("only a square matrix says which nodes are linked")),
        ("a.mtx", &file("pattern general\n2 2\n"), Refused("the entries of an `array` are numbers")),
        ("a.mtx", &file("real general\n3000000000 3000000000\n1\n"), Refused("it says 9000000000000000000 entries, and has 1")),
        ("a.mtx", b"%%MatrixMarket matrix heap real general\n1 1\n3\n", Refused("a matrix in the form `heap` is not read")),
    ]);
}

/// The example of McKay's description of the format: 5 nodes, links 0 to 2, 0 to 4, 3 to 1, 3 to 4.
#[test]
fn digraph6_is_read() {
    let links = || Read(&["0>2", "0>4", "3>1", "3>4"], &[]);
    holds(&[
        ("a.d6", b"&DI?AO?\n", links()),
        ("a.d6", b">>digraph6<<&DI?AO?\n", links()),
        ("a.g6", b"&DI?AO?", Read(&["0>2", "0>4", "3>1", "3>4"], &["read as digraph6, which it is by its content"])),
        ("a.d6", b"&DI?AO\n", Refused("a.d6:1: 5 nodes need 5 letters after their number, there are 4")),
        ("a.d6", b"&~~~~~~~~\n", Refused("letters after their number, there are 0")),
        ("a.d6", b"&A_\n", Refused("a.d6:1: a link from `0` to itself")),
        ("a.d6", b"DQc\n", Refused("expected digraph6, which begins with `&`")),
    ]);
}

/// Nodes that a file counts and has no links of are parts, too.
#[test]
fn of_nodes_that_are_only_counted_the_largest_part_is_kept() {
    for (name, bytes, kept) in [
        ("a.s6", &b":Fa@x^\n"[..], "a.s6: 3 of 7 nodes are kept, the largest of 4 parts"),
        ("a.col", b"p edge 9 2\ne 1 2\ne 2 3\n", "a.col: 3 of 9 nodes are kept, the largest of 7 parts"),
        ("a.mtx", b"%%MatrixMarket matrix coordinate pattern symmetric\n5 5 2\n2 1\n3 2\n", "3 of 5 nodes are kept"),
        ("a.net", b"*Vertices 5\n*Edges\n1 2\n2 3\n", "3 of 5 nodes are kept"),
    ] {
        let path = std::env::temp_dir().join(format!("counted-{}-{name}", std::process::id()));
        std::fs::write(&path, bytes).unwrap();
        let whole = Topology::file(&path).build(0).unwrap_err().to_string();
        let built = Topology::file(&path).keep_largest().build(0).unwrap();
        std::fs::remove_file(&path).unwrap();
        assert!(whole.contains("falls apart") && whole.contains("`--keep largest`"), "{whole}");
        assert_eq!(built.graph.node_count(), 3, "{name}");
        assert!(built.notices.iter().any(|notice| notice.contains(kept.trim_start_matches(name))), "{:?}", built.notices);
    }
}

#[test]
fn dimacs_is_read() {
    holds(&[
        ("a.col", b"c mine\np edge 3 2\ne 1 2\ne 2 3\n", Read(&["1-2", "2-3"], &[])),
        ("a.gr", b"p sp 2 2\na 1 2 7\na 2 1 7\n", Read(&["1-2 7"], &[])),
        ("a.gr", b"p sp 2 1\na 1 2 7\n", Read(&["1>2 7"], &[])),
        ("a.gr", b"p tw 3 2\n1 2\n2 3\n", Read(&["1-2", "2-3"], &[])),
        ("a.txt", b"c mine\np col 2 1\ne 1 2\n", Read(&["1-2"], &["read as DIMACS"])),
        ("a.col", b"p edge 3 9\ne 1 2\ne 2 3\n", Read(&["1-2", "2-3"], &["a.col:1: it says 9 links, and has 2"])),
        ("a.col", b"p edge 2 1\ne 1 x\n", Refused("`x` is no node: expected a number from 1 to 2")),
        ("a.col", b"e 1 2\n", Refused("expected `p edge 3 2`")),
    ]);
}

#[test]
fn sparse6_is_read() {
    holds(&[
        // The example of McKay's description of the format: 7 nodes, links 0-1, 0-2, 1-2, 5-6.
        ("a.s6", b":Fa@x^\n", Refused("it falls apart")),
        ("a.g6", b">>sparse6<<:An\n", Read(&["0-1"], &["read as sparse6"])),
        ("a.s6", b":Cdv\n", Read(&["0-1", "1-2", "2-3"], &[])),
        ("a.s6", b":~~~~~~~~\n", Refused("falls apart")),
    ]);
}

#[test]
fn tables_name_their_columns() {
    holds(&[
        ("a.csv", b"Source,Target,Type,Id,Label,Weight\nx,\"y, z\",Undirected,0,,2.5\n", Read(&["x-y, z 2.5"], &[])),
        ("a.csv", b"id;from;to;value\n1;x;y;3\n", Read(&["x-y 3"], &[])),
        ("a.csv", b"from;to;value\nx;y;2,5\n", Refused("`2,5` has a decimal comma")),
        (
            "a.tsv",
            b"source\ttarget\tdistance\nNew York\tRome\t3\n",
            Read(&["New York-Rome"], &["`distance` of its links is not read"]),
        ),
        ("a.csv", b"source,target,type\nx,y,directed\n", Read(&["x>y"], &[])),
        ("a.csv", b"x,y,3\ny,z\n", Read(&["x-y 3", "y-z"], &[])),
        (
            "a.csv",
            b"Person,Friend,Since when\nx,y,3\n",
            Refused("names no columns that are known; write `source,target,weight`"),
        ),
        ("a.csv", b"source,target\nx\n", Refused("a.csv:2: expected a `source` and a `target`, found `x`")),
        ("a.txt", b"source,target\nx,y\n", Read(&["x-y"], &["read as a table of links"])),
    ]);
}

/// As RFC 4180 has it.  Python's `csv` reads the same, but for the ends of lines, which are `\n` here.
#[test]
fn cells_of_several_lines_are_read() {
    holds(&[
        (
            "a.csv",
            b"source,target,note\r\n\"New\r\nYork\",\"say \"\"hi\"\"\",\"1,\n\n2\"\r\n\"say \"\"hi\"\"\",z,\"\"\r\n",
            Read(&["New\nYork-say \"hi\"", "say \"hi\"-z"], &[]),
        ),
        ("a.csv", b"from;to\n\"a\nb\" ;c\nc;d\n", Read(&["a\nb-c", "c-d"], &[])),
        ("a.csv", b"from,to,weight\n\"a\nb\",c,3\nc,d,x\n", Refused("a.csv:4: `x` is not a weight")),
        // A quote within a cell is a letter, and one that nothing closes is refused where it stands.
        ("a.csv", b"from,to\n5\" pipe,b\nb,6\" pipe\n", Read(&["5\" pipe-b", "b-6\" pipe"], &[])),
        ("a.csv", b"from,to\na,b\nb,\"c\nd,e\n", Refused("a.csv:3: a text in quotes or parentheses does not end")),
        ("a.csv", b"from,to\n'tis,b\n'tis,c\n", Read(&["'tis-b", "'tis-c"], &[])),
    ]);
}

#[test]
fn gexf_is_read() {
    let gexf = |inner: &str| {
        format!("<?xml version=\"1.0\"?><gexf version=\"1.2\"><graph defaultedgetype=\"undirected\">{inner}</graph></gexf>")
    };
    let nodes = r#"<nodes><node id="0" label="X"/><node id="1"/></nodes>"#;
    let own = gexf(&format!(
        r#"<attributes class="edge"><attribute id="3" title="Weight"/></attributes>{nodes}<edges><edge id="0" source="0" target="1">
        <attvalues><attvalue for="3" value="4"/></attvalues></edge></edges>"#
    ));
    let directed = gexf(&format!(r#"{nodes}<edges><edge source="0" target="1" weight="2" type="directed"/></edges>"#));
    let group = gexf(r#"<nodes><node id="0"><nodes><node id="1"/></nodes></node></nodes>"#);
    holds(&[
        ("a.gexf", own.as_bytes(), Read(&["X-1 4"], &[])),
        ("a.gexf", directed.as_bytes(), Read(&["X>1 2"], &[])),
        ("a.gexf", group.as_bytes(), Refused("nodes in groups are not read")),
    ]);
}

#[test]
fn packed_files_are_unpacked() {
    // `printf 'a b\nb c\n' | gzip -n`.
    let packed = [
        0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0x4b, 0x54, 0x48, 0xe2, 0x4a, 0x52, 0x48, 0xe6, 2, 0, 0x32, 0x58, 0x35, 0xbe, 8, 0,
        0, 0,
    ];
    holds(&[
        ("a.edges.gz", &packed, Read(&["a-b", "b-c"], &[])),
        ("a.edges", &packed, Read(&["a-b", "b-c"], &[])),
        ("a.edges.gz", &packed[..20], Refused("cannot be unpacked")),
    ]);
}
