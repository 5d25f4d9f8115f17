//! Traces in the forms of other tools: what those read there is what happened.

use std::collections::BTreeMap;

use nodes::network::Faults;
use nodes::protocol::Links;
use nodes::run::Run;
use nodes::topology::Built;
use nodes::trace::{ExportFormat, Kind, Trace};
use serde_json::Value;

use super::{count, recorded};

fn trace() -> Trace {
    recorded(&Run::<catalogue::ControlledDistance>::on("ring:8").seed(7)).0
}

fn export(trace: &Trace, format: ExportFormat) -> String {
    let mut out = Vec::new();
    trace.export(format, &mut out).expect("memory takes all");
    String::from_utf8(out).expect("it is text")
}

/// ShiViz draws an arrow where a clock knows an event of another node that no clock of its own node knew: so clocks must be
/// exactly those of happened-before.
#[test]
fn the_clocks_of_shiviz_are_happened_before() {
    let trace = trace();
    let log = export(&trace, ExportFormat::Shiviz);
    let lines = log.lines().collect::<Vec<_>>();
    let events = (0..trace.len()).filter(|event| !matches!(trace.kind(*event), Kind::Fields | Kind::End)).collect::<Vec<_>>();
    assert_eq!(lines.len(), events.len() * 2);
    let mut own = BTreeMap::<&str, u64>::new();
    let mut clocks = BTreeMap::new();
    for (event, pair) in events.into_iter().zip(lines.chunks(2)) {
        let (host, clock) = pair[1].split_once(' ').expect("a host and its clock");
        assert!(!pair[0].is_empty() && host == format!("node-{}", trace.node(event)));
        let clock: BTreeMap<String, u64> = serde_json::from_str(clock).expect("a clock is JSON");
        let ticks = own.entry(host).or_default();
        *ticks += 1;
        assert_eq!(clock[host], *ticks, "each event is one tick of its node");
        // What another node's component says, has happened before: that event's clock is not ahead anywhere.
        for (other, count) in clock.iter().filter(|(other, _)| *other != host) {
            let theirs: &BTreeMap<String, u64> = &clocks[&(other.clone(), *count)];
            assert!(theirs.iter().all(|(node, count)| clock.get(node).is_some_and(|known| known >= count)));
        }
        if trace.kind(event).is_arrival() {
            let sender = trace.messages()[trace.message_of(event).expect("its sending is on record")].sender;
            assert!(clock.contains_key(&format!("node-{sender}")));
        }
        clocks.insert((host.to_owned(), *ticks), clock);
    }
}

fn lossy() -> Trace {
    let faults = Faults { loss: 0.2, duplicate: 0.2, ..Faults::default() };
    let run = Run::<catalogue::Flooding>::on("gnp:12,0.3").links(Links::Lossy).faults(faults).seed(5);
    recorded(&run).0
}

/// ShiViz reads `(?<event>.*)\n(?<host>\S*) (?<clock>{.*})` wherever it matches next, also from the end of a line on: a line of
/// an event must not look like one of a host.
#[test]
fn no_event_looks_like_a_clock_to_shiviz() {
    let log = export(&lossy(), ExportFormat::Shiviz);
    let mut is_lost = false;
    for what in log.lines().step_by(2) {
        is_lost |= what.ends_with("is lost");
        let words = what.split_once(|letter: char| letter.is_whitespace());
        assert!(words.is_none_or(|(first, rest)| what.as_bytes()[first.len()] != b' ' || !rest.starts_with('{')), "{what}");
    }
    assert!(is_lost);
}

/// Lost ones, too.
#[test]
fn every_message_that_was_sent_is_in_a_graph() {
    let trace = lossy();
    let arrivals = (0..trace.len()).filter(|event| trace.kind(*event).is_arrival()).count();
    let lost = trace.messages().iter().filter(|message| message.arrived().is_none()).count();
    let dot = export(&trace, ExportFormat::Dot);
    assert!(lost > 0);
    assert_eq!(dot.lines().filter(|line| line.contains("->") && line.contains("label=")).count(), arrivals + lost);
}

#[test]
fn perfetto_finds_every_message_from_its_sending_to_its_arrival() {
    let trace = trace();
    let text = export(&trace, ExportFormat::Perfetto);
    let document: Value = serde_json::from_str(&text).expect("it is JSON");
    let events = document["traceEvents"].as_array().expect("a list of events");
    let of = |phase: &str| events.iter().filter(|event| event["ph"] == phase).collect::<Vec<_>>();
    let (starts, ends) = (of("s"), of("f"));
    assert_eq!((starts.len(), ends.len()), (52, 52));
    for (start, end) in starts.iter().zip(&ends) {
        assert!(start["id"].is_u64() && end["bp"] == "e");
    }
    // An arrow is drawn only between slices, and slices of a track must not overlap.
    let slices = of("X");
    for arrow in starts.iter().chain(&ends) {
        assert!(slices.iter().any(|slice| slice["tid"] == arrow["tid"] && slice["ts"] == arrow["ts"]));
    }
    let mut last = BTreeMap::new();
    for slice in slices {
        let (from, lasts) = (slice["ts"].as_f64().expect("a time"), slice["dur"].as_f64().expect("a duration"));
        let before = last.insert(slice["tid"].as_u64(), from + lasts);
        assert!(before.is_none_or(|before| before <= from + 1e-6));
    }
    assert_eq!(of("M").len(), 1 + 2 * 8);
}

#[test]
fn tables_have_a_line_an_event() {
    let trace = trace();
    let csv = export(&trace, ExportFormat::Csv);
    let mut rows = csv.lines();
    let names = rows.next().expect("a line of names").split(',').collect::<Vec<_>>();
    assert_eq!(names[..5], ["event", "time_ns", "node", "id", "kind"]);
    let ndjson = export(&trace, ExportFormat::Ndjson);
    assert_eq!((rows.count(), ndjson.lines().count()), (trace.len(), trace.len()));
    let mut sizes = 0;
    for (event, line) in ndjson.lines().enumerate() {
        let line: Value = serde_json::from_str(line).expect("it is JSON");
        assert_eq!((line["event"].as_u64(), line["node"].as_u64()), (Some(event as u64), Some(trace.node(event).into())));
        assert_eq!(line["kind"], trace.kind(event).name());
        sizes += line["size"].as_u64().unwrap_or(0);
    }
    assert_eq!(sizes, trace.messages().iter().map(|message| message.size).sum::<u64>());
}

/// A file's labels stand at both ends of a message; numbers, which are no labels, stand in their own columns only.
#[test]
fn tables_have_the_labels_of_both_ends() {
    let graph = Built::from_bytes("towns.gml", TOWNS.as_bytes()).expect("a graph").graph;
    let (trace, document) = recorded(&Run::<catalogue::Flooding>::on(graph).seed(1));
    let labels = document.nodes_final.iter().map(|node| node.label.as_deref().unwrap_or_default());
    assert_eq!(labels.collect::<Vec<_>>(), ["Köln", "Bonn, am Rhein", "say \"hi\""]);
    let csv = export(&trace, ExportFormat::Csv);
    let sent = csv.lines().filter(|line| line.contains(",send,")).collect::<Vec<_>>();
    assert!(csv.lines().next().expect("a line of names").ends_with(",label,peer_label"));
    let ends = [",Köln,\"Bonn, am Rhein\"", ",\"Bonn, am Rhein\",\"say \"\"hi\"\"\""];
    assert_eq!(sent.len(), 2);
    assert!(sent.iter().zip(ends).all(|(line, ends)| line.ends_with(ends)), "{sent:?}");
    let arrived = csv.lines().find(|line| line.contains(",deliver,")).expect("a message arrived");
    assert!(arrived.ends_with(",\"Bonn, am Rhein\",Köln"), "{arrived}");
    let ndjson = export(&trace, ExportFormat::Ndjson);
    let lines = ndjson.lines().map(|line| serde_json::from_str::<Value>(line).expect("it is JSON")).collect::<Vec<_>>();
    let first = lines.iter().find(|line| line["kind"] == "send").expect("a message was sent");
    assert_eq!((&first["label"], &first["peer_label"]), (&Value::from("Köln"), &Value::from("Bonn, am Rhein")));
    // What people look at has them as well.
    for format in [ExportFormat::Shiviz, ExportFormat::Perfetto, ExportFormat::Dot, ExportFormat::Svg] {
        let text = export(&trace, format);
        assert!(text.contains("Köln") && text.contains("Bonn"), "{format}: {text}");
    }
    let without = export(&self::trace(), ExportFormat::Csv);
    assert!(without.lines().skip(1).all(|line| line.ends_with(",,")), "{without}");
    assert!(!export(&self::trace(), ExportFormat::Ndjson).contains("label"));
}

const TOWNS: &str = r#"graph [ node [ id 7 label "K&ouml;ln" ] node [ id 8 label "Bonn, am Rhein" ] node [ id 9 label "say &quot;hi&quot;" ]
    edge [ source 7 target 8 ] edge [ source 8 target 9 ] ]"#;

#[test]
fn a_picture_has_an_arrow_for_every_message() {
    let trace = trace();
    let svg = export(&trace, ExportFormat::Svg);
    let document = roxmltree::Document::parse(&svg).expect("it is XML");
    let arrows = document.descendants().filter(|node| node.has_tag_name("path") && node.attribute("marker-end").is_some());
    // Three more stand in the legend.
    assert_eq!(arrows.count(), 52 + 3);
    let numbers = document.descendants().flat_map(|node| node.attributes()).map(|attribute| attribute.value());
    assert!(numbers.into_iter().all(|value| !value.contains("NaN") && !value.contains("inf")));
}

#[test]
fn a_graph_has_an_edge_for_every_message() {
    let trace = trace();
    let dot = export(&trace, ExportFormat::Dot);
    assert_eq!(dot.lines().filter(|line| line.contains("->") && line.contains("label=")).count(), 52);
    assert_eq!(dot.matches('{').count(), dot.matches('}').count());
    assert!(count(&trace, Kind::Start) == 8 && dot.contains("shape=plaintext"));
}
