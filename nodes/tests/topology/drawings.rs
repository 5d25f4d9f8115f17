//! Drawings have the shape of the graph, and nothing in them covers anything else.

use nodes::looks;
use nodes::topology::{Drawing, Format, Graph, Paint, PaintedState, Topology};

use super::{data, graph};

fn distance(one: [f64; 2], two: [f64; 2]) -> f64 {
    (one[0] - two[0]).hypot(one[1] - two[1])
}

fn families() -> Graph {
    Topology::file(data("graphs/families.gml")).build(0).unwrap().graph
}

#[test]
fn a_ring_is_round() {
    for n in [3, 8, 50] {
        let graph = graph(&format!("ring:{n}"));
        let points = graph.layout();
        let centre = [0, 1].map(|axis| points.iter().map(|point| point[axis]).sum::<f64>() / n as f64);
        let radius = distance(points[0], centre);
        assert!(points.iter().all(|point| (distance(*point, centre) - radius).abs() < 1e-9));
        assert!(graph.links().all(|link| (distance(points[link.a.index()], points[link.b.index()]) - 1.0).abs() < 1e-9));
    }
}

#[test]
fn a_grid_is_square_and_a_tree_in_layers() {
    for spec in ["grid:4x5", "torus:3x4", "grid:2x5"] {
        let columns = spec.split('x').next_back().unwrap().parse::<usize>().unwrap();
        let points = graph(spec).layout();
        assert!(
            points.iter().enumerate().all(|(node, point)| *point == [(node % columns) as f64, (node / columns) as f64]),
            "{spec}"
        );
    }
    let points = graph("binary-tree:15").layout();
    for (node, point) in points.iter().enumerate() {
        let depth = (node + 1).ilog2();
        assert!((point[1] - 1.1 * f64::from(depth)).abs() < 1e-9, "node {node}");
    }
}

/// Whether two straight links cross; links that share a node do not.
fn crossings(graph: &Graph) -> usize {
    let points = graph.layout();
    let turn = |a: [f64; 2], b: [f64; 2], c: [f64; 2]| (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
    let links: Vec<_> = graph.links().collect();
    let mut crossings = 0;
    for (place, one) in links.iter().enumerate() {
        for two in &links[place + 1..] {
            let ends = [one.a, one.b, two.a, two.b].map(|node| points[node.index()]);
            let shared = one.a == two.a || one.a == two.b || one.b == two.a || one.b == two.b;
            let [a, b, c, d] = ends;
            crossings += usize::from(!shared && turn(a, b, c) * turn(a, b, d) < 0.0 && turn(c, d, a) * turn(c, d, b) < 0.0);
        }
    }
    crossings
}

#[test]
fn what_can_be_drawn_without_crossings_is() {
    for spec in [
        "ring:12",
        "path:10",
        "path:50",
        "star:12",
        "wheel:9",
        "grid:5x7",
        "binary-tree:31",
        "caterpillar:6,5",
        "random-tree:40",
        "caterpillar:1,6",
        "lollipop:3,4",
        "barbell:3,2",
    ] {
        assert_eq!(crossings(&graph(spec)), 0, "{spec}");
    }
    // Guy (1972): Petersen's graph cannot do with fewer than 2; its usual drawing, a pentagon and a star, has 5.
    assert_eq!(crossings(&graph("petersen")), 5);
}

/// Circles and texts of a drawing, as rectangles: left, top, right, bottom.
fn shapes(svg: &str) -> (Vec<[f64; 4]>, Vec<[f64; 4]>, [f64; 4]) {
    let document = roxmltree::Document::parse(svg).expect("a drawing is XML");
    let number = |node: roxmltree::Node<'_, '_>, name: &str| node.attribute(name).unwrap().parse::<f64>().unwrap();
    let (mut circles, mut texts) = (Vec::new(), Vec::new());
    for node in document.descendants() {
        let in_group = |class: &str| node.parent().and_then(|parent| parent.attribute("class")) == Some(class);
        if node.has_tag_name(("http://www.w3.org/2000/svg", "circle")) {
            let (x, y, r) = (number(node, "cx"), number(node, "cy"), number(node, "r"));
            circles.push([x - r, y - r, x + r, y + r]);
        } else if in_group("names") && node.attribute("class") == Some("beside") {
            let size = number(node.parent().unwrap(), "font-size");
            let (x, y, half) =
                (number(node, "x"), number(node, "y"), node.text().unwrap().chars().count() as f64 * size * 0.29);
            texts.push([x - half, y - size * 0.75, x + half, y + size * 0.2]);
        }
    }
    let frame: Vec<f64> =
        document.root_element().attribute("viewBox").unwrap().split(' ').map(|number| number.parse().unwrap()).collect();
    (circles, texts, [frame[0], frame[1], frame[0] + frame[2], frame[1] + frame[3]])
}

fn cover(one: [f64; 4], two: [f64; 4]) -> bool {
    one[0] < two[2] && two[0] < one[2] && one[1] < two[3] && two[1] < one[3]
}

#[test]
fn nodes_and_names_do_not_cover_each_other() {
    let mut graphs: Vec<(String, Graph)> = vec![("families".into(), families())];
    let tuples = Topology::file(data("graphs/grid_tuples.gml")).build(0).unwrap().graph;
    graphs.push(("grid_tuples".into(), tuples));
    for spec in
        ["ring:8", "karate", "gnp:50,0.1", "barabasi-albert:60,2", "torus:4x4", "hypercube:4", "hypercube:5", "complete:12"]
    {
        graphs.push((spec.into(), graph(spec)));
    }
    for (spec, graph) in graphs {
        let (circles, texts, frame) = shapes(&graph.write(Format::Svg).unwrap());
        assert_eq!(circles.len(), graph.node_count());
        for (place, one) in circles.iter().enumerate() {
            let middle = |circle: &[f64; 4]| [(circle[0] + circle[2]) / 2.0, (circle[1] + circle[3]) / 2.0];
            for two in &circles[place + 1..] {
                assert!(distance(middle(one), middle(two)) > one[2] - one[0], "{spec}: two nodes touch");
            }
        }
        for (place, text) in texts.iter().enumerate() {
            assert!(!circles.iter().any(|circle| cover(*circle, *text)), "{spec}: name {place} covers a node");
            assert!(!texts[place + 1..].iter().any(|other| cover(*other, *text)), "{spec}: name {place} covers a name");
        }
        for shape in circles.iter().chain(&texts) {
            assert!(
                shape[0] > frame[0] && shape[1] > frame[1] && shape[2] < frame[2] && shape[3] < frame[3],
                "{spec}: cut off"
            );
        }
    }
    assert_eq!(shapes(&families().write(Format::Svg).unwrap()).1.len(), 15, "15 names, all too long for their nodes");
}

/// Neighbours in the graph are neighbours on paper, more than others are.
#[test]
fn distances_on_paper_follow_those_in_the_graph() {
    for spec in ["karate", "barbell:8,3", "regular:40,3", "random-tree:300"] {
        let graph = graph(spec);
        let points = graph.layout();
        let linked: f64 = graph.links().map(|link| distance(points[link.a.index()], points[link.b.index()])).sum();
        let mut all = 0.0;
        for (place, one) in points.iter().enumerate() {
            all += points[place + 1..].iter().map(|two| distance(*one, *two)).sum::<f64>();
        }
        let n = points.len();
        let ratio = (linked / graph.link_count() as f64) / (all / (n * (n - 1) / 2) as f64);
        assert!(ratio < 0.75, "{spec}: {ratio}");
    }
}

#[test]
fn a_drawing_is_the_same_every_time() {
    for graph in [graph("karate"), families(), graph("gnp:500,0.02")] {
        assert_eq!(graph.write(Format::Svg), graph.clone().write(Format::Svg));
        assert!(graph.layout().iter().flatten().all(|along| along.is_finite() && *along >= 0.0));
    }
}

/// The texts of elements of that name.
fn texts<'a>(document: &'a roxmltree::Document<'_>, name: &str) -> Vec<&'a str> {
    let named = document.descendants().filter(|node| node.has_tag_name(("http://www.w3.org/2000/svg", name)));
    named.map(|node| node.text().unwrap_or_default()).collect()
}

#[test]
fn a_painted_drawing_says_in_which_states_nodes_are() {
    let graph = graph("ring:4");
    let looks = looks::of_states([false, true]);
    let state = |name: &str, place: usize| PaintedState { name: name.to_owned(), look: looks[place], is_terminal: place == 1 };
    let states = [state("Idle", 0), state("<Done>", 1)];
    let paint =
        Paint { title: "a & b", states: &states, nodes: &[0, 1, 1, 1], crashed: &[false, false, false, true], bold: &[2] };
    let svg = Drawing::of(&graph).unwrap().painted(&paint);
    let document = roxmltree::Document::parse(&svg).expect("a drawing is XML");
    assert_eq!(texts(&document, "title"), ["a & b", "0: Idle", "1: <Done>", "2: <Done>", "3: crashed"]);
    assert_eq!(texts(&document, "text"), ["0", "1", "2", "3", "Idle: 1", "<Done>, decided: 2", "crashed: 1"]);
    let bold = |node: &roxmltree::Node<'_, '_>| node.attribute("style").is_some_and(|style| style.contains("#1d4ed8"));
    assert_eq!(document.descendants().filter(bold).count(), 1);
    // Nothing is drawn outside.
    let [left, top, right, bottom] = shapes(&svg).2;
    for node in document.descendants().filter(|node| node.has_tag_name(("http://www.w3.org/2000/svg", "polygon"))) {
        for point in node.attribute("points").unwrap().split(' ') {
            let (x, y) = point.split_once(',').unwrap();
            let (x, y) = (x.parse::<f64>().unwrap(), y.parse::<f64>().unwrap());
            assert!(left < x && x < right && top < y && y < bottom, "{point} is outside");
        }
    }
}
