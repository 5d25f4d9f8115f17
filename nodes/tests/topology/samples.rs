//! A small file of each format that is read, and of each of its dialects.

use std::io::Write;
use std::sync::LazyLock;

use flate2::Compression;
use flate2::write::GzEncoder;
use nodes::topology::SPECS;

use super::data;

/// Files of `tests/data/graphs`, as NetworkX writes them.
const WRITTEN: [&str; 12] = [
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

/// Others, by hand.
const BY_HAND: [(&str, &str); 27] = [
    ("network.txt", "3\n[1,2]\n[2,3]\n"),
    ("times.edgelist", "% asym positive\n1 2 3 1082040961\n2 3 1 1082155839\n"),
    ("cells.edges", "\"New York\";\"the \"\"old\"\" mill\";2.5\n\"New York\" c {'weight': 3}\n"),
    ("counts.edges", "3 2\n2 1\n3 1\n"),
    ("colons.adjlist", "a: [b, c],\nb: [c],\n"),
    ("tabs.adjlist", "Hall 1\tHall 2\n"),
    ("a.csv", "Source,Target,Type,Id,Label,Weight\nx,\"y,\n z\",Undirected,0,,2.5\n"),
    ("a.tsv", "from\tto\tvalue\nNew York\tRome\t3\n"),
    (
        "groups.graphml",
        "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><!DOCTYPE graphml><graphml><key id='w' attr.name='weight' for='edge'><default>2\
         </default></key><graph edgedefault='undirected'><node id='g'><graph edgedefault='undirected'><node id='a'/></graph></node>\
         <node id='b'><data key='name'><![CDATA[<b>]]></data></node><edge source='a' target='b'><data key='w'>3</data></edge></graph></graphml>",
    ),
    (
        "a.gexf",
        "<gexf version=\"1.2\"><graph defaultedgetype=\"directed\"><attributes class=\"edge\"><attribute id=\"3\" title=\"Weight\"/></attributes>\
         <nodes><node id=\"0\" label=\"X\"/><node id=\"1\"/></nodes><edges><edge id=\"0\" source=\"0\" target=\"1\"><attvalues>\
         <attvalue for=\"3\" value=\"4\"/></attvalues></edge></edges></graph></gexf>",
    ),
    (
        "named.gml",
        "Creator \"me\"\ngraph [ directed 1 node [ id 1 label \"Z&uuml;rich\" ] node [ id 2 name \"x\" ] edge [ source 1 target 2 value 3 ] ]",
    ),
    (
        "graphology.json",
        r#"{"options":{"type":"mixed"},"nodes":[{"key":"p","attributes":{"label":"P"}},{"key":"q"}],"edges":[{"source":"p","target":"q","undirected":true,"attributes":{"weight":7}}]}"#,
    ),
    ("vis.json", r#"{"nodes":[{"id":1,"label":"P"},{"id":2}],"edges":[{"from":1,"to":2,"value":3}]}"#),
    (
        "jgf.json",
        r#"{"graph":{"directed":false,"nodes":{"p":{"label":"P"},"q":{}},"edges":[{"source":"p","target":"q","metadata":{"weight":2}}]}}"#,
    ),
    (
        "cytoscape.json",
        r#"{"elements":{"nodes":[{"data":{"id":"p"}},{"data":{"id":"q"}}],"edges":[{"data":{"source":"p","target":"q"}}]}}"#,
    ),
    (
        "adjacency.json",
        r#"{"directed":false,"nodes":[{"id":"p"},{"id":"q"}],"adjacency":[[{"id":"q","weight":2}],[{"id":"p"}]]}"#,
    ),
    (
        "a.gv",
        "strict digraph \"G\" { charset=latin1; node [shape=box]; a, b -> {c; d} [weight=2]; subgraph s { e:n -> \"f\" + \"g\" } /* x */ a -> <<b>h</b>>; a -> e }",
    ),
    ("a.d6", ">>digraph6<<&DI?AO?\n"),
    ("a.s6", ":Cdv\n"),
    ("edges.net", "*Vertices 3\n1 \"New York\" 0.1 0.2\n2 Rome\n*Edges\n1 2 2.5\n*Edgeslist\n2 3\n"),
    ("matrix.net", "*Vertices 2\n*Matrix\n0 1\n1 0\n"),
    ("a.mtx", "%%MatrixMarket matrix coordinate real symmetric\n% mine\n3 3 2\n2 1 0.5\n3 2 1\n"),
    ("array.mtx", "%%MatrixMarket matrix array real symmetric\n3 3\n0 1 0\n0 4\n0\n"),
    ("a.col", "c mine\np edge 3 2\nn 1 4\ne 1 2\ne 2 3\n"),
    ("a.gr", "p sp 2 2\na 1 2 7\na 2 1 7\n"),
    ("pace.gr", "p tw 3 2\n1 2\n2 3\n"),
    ("a.dimacs", "p col 2 1\ne 1 2\n"),
];

pub(crate) fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::default());
    packer.write_all(bytes).expect("memory takes all");
    packer.finish().expect("memory takes all")
}

/// All of them, by name; each packed as well, and a list in UTF-16.
pub(crate) static SAMPLES: LazyLock<Vec<(String, Vec<u8>)>> = LazyLock::new(|| {
    let mut samples: Vec<(String, Vec<u8>)> = BY_HAND.map(|(name, text)| (name.to_owned(), text.into())).into();
    samples.extend(WRITTEN.map(|name| (name.to_owned(), std::fs::read(data("graphs").join(name)).expect("a file of ours"))));
    samples.push(("wide.edges".into(), "\u{feff}ä b\nb c 3\n".encode_utf16().flat_map(u16::to_le_bytes).collect()));
    let packed: Vec<_> = samples.iter().map(|(name, bytes)| (format!("{name}.gz"), packed(bytes))).collect();
    samples.extend(packed);
    samples
});

/// A format that is added, or an ending, has its sample.
#[test]
fn every_ending_has_a_sample_which_is_read() {
    let file = SPECS.iter().find(|family| family.name == "file").expect("files are read");
    for ending in file.meaning.split(' ').filter(|word| word.starts_with('.')) {
        assert!(SAMPLES.iter().any(|(name, _)| name.ends_with(ending)), "no sample ends in {ending}");
    }
    for (name, bytes) in &*SAMPLES {
        let read = nodes::topology::Built::from_bytes(name, bytes);
        assert!(read.is_ok() || (cfg!(not(feature = "cli")) && name.contains("ml")), "{name}: {read:?}");
    }
}
