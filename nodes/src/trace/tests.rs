//! What is written is what is read, up to wherever a file ends; and no file, whatever is in it, is more than an error.

use proptest::prelude::*;

use super::event::Parts;
use super::kind::Column;
use super::*;
use crate::protocol::Links;

/// A triangle, two types of messages, three states, one alarm, one property.
fn header() -> Header {
    let name = |name: &str| name.to_owned();
    Header {
        version: name("0.1.0"),
        protocol: name("Test"),
        fingerprint: name("0123456789abcdef"),
        engine: name("simulator"),
        clock: TimeKind::Virtual,
        unit_ns: 1_000_000,
        topology: name("ring:3"),
        seed: u64::MAX,
        replay: Some(name("simulate test --topology ring:3")),
        options: [("delay".to_owned(), "unit".into())].into(),
        guarantee: Links::Fifo,
        messages: vec![name("Ask"), name("Tell")],
        states: ["Idle", "Busy", "Done"].map(|state| StateName { name: name(state), terminal: state == "Done" }).into(),
        alarms: vec![AlarmName { name: name("Tick") }],
        properties: vec![PropertyName { name: name("safe"), when: name("always") }],
        nodes: 3,
        ids: None,
        names: None,
        positions: None,
        links: vec![[0, 0, 1, 0], [1, 1, 2, 1], [2, 0, 0, 1]],
        directed: false,
        weights: None,
    }
}

/// Events as they might happen: each is a kind, a node, a time to pass, numbers and a text.
fn events() -> impl Strategy<Value = Vec<(u8, u32, u64, u64, Option<String>)>> {
    let time = prop_oneof![4 => Just(0u64), 2 => 0u64..1000, 1 => 0u64..u64::MAX / 1000];
    let text = proptest::option::weighted(0.3, "\\PC{0,12}");
    proptest::collection::vec((0..Kind::ALL.len() as u8, 0u32..3, time, any::<u64>(), text), 0..120)
}

/// Who is at port `port` of `node` in the triangle.
fn neighbour(node: u32, port: u32) -> u32 {
    [[1, 2], [0, 2], [0, 1]][node as usize][port as usize]
}

/// The parts of an event of that kind: all that the kind has.
fn with_all(kind: Kind, message: Option<u64>, port: Option<u32>, number: u64, text: Option<&str>) -> Parts<'_> {
    let below = kind.detail().map_or(1, |detail| match detail {
        Column::Type => header().messages.len(),
        Column::State => header().states.len(),
        Column::Alarm => header().alarms.len(),
        _ => header().properties.len() + 1,
    });
    Parts {
        kind,
        message: message.filter(|_| kind.has_message()),
        port: port.filter(|_| kind.has_port()).map_or(0, |port| u64::from(port) + 1),
        detail: number % below as u64,
        amount: if kind.has_amount() { number } else { 0 },
        text: text.filter(|_| kind.has_text()),
    }
}

/// Makes definite events of them: messages that have been sent, to whom they went.
fn with_events(plan: &[(u8, u32, u64, u64, Option<String>)], mut use_it: impl FnMut(Event<'_>)) {
    let (mut time, mut sent) = (0u64, Vec::new());
    for (kind, node, passes, number, text) in plan {
        time += passes;
        let kind = Kind::ALL[usize::from(*kind)];
        let (mut node, mut port) = (*node, (number % 3).checked_sub(1).map(|port| port as u32));
        let message = (!sent.is_empty()).then(|| (number % sent.len() as u64) as usize);
        if let Some((sender, receiver, from)) = message.map(|message| sent[message]).filter(|_| kind.has_message()) {
            (node, port) = if kind.has_origin() { (receiver, from) } else { (sender, port) };
        }
        if kind == Kind::Send {
            let to = port.map_or(node, |port| neighbour(node, port));
            sent.push((node, to, port.map(|_| u32::from(to > node))));
        }
        let message = message.map(|message| message as u64);
        let what = What::of(with_all(kind, message, port, *number, text.as_deref()));
        use_it(Event { node, time, what });
    }
}

fn written(plan: &[(u8, u32, u64, u64, Option<String>)], flush_each: usize) -> Vec<u8> {
    let mut writer = Writer::new(Vec::new(), &header());
    let mut count = 0usize;
    with_events(plan, |event| {
        writer.push(event);
        count += 1;
        if count.is_multiple_of(flush_each) {
            writer.flush();
        }
    });
    writer.finish().expect("memory takes all")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_written_is_what_is_read(plan in events(), flush_each in 1usize..50) {
        let trace = Trace::read(&written(&plan, flush_each)[..]).expect("it was written right");
        prop_assert_eq!(trace.header(), &header());
        let mut place = 0;
        with_events(&plan, |event| {
            assert_eq!(trace.event(place), event, "event {place}");
            assert_eq!(trace.kind(place), event.what.kind());
            place += 1;
        });
        prop_assert_eq!(place, trace.len());
        prop_assert_eq!(trace.events().len(), place);
    }

    /// Happened-before, from its definition: stamps grow along each node, and from a sending to its arrival.
    #[test]
    fn lamport_stamps_and_causal_rounds_grow_along_happened_before(plan in events()) {
        let trace = Trace::read(&written(&plan, 40)[..]).expect("it was written right");
        let mut last = [None; 3];
        for event in 0..trace.len() {
            let mut causes = Vec::new();
            causes.extend(last[trace.node(event) as usize].replace(event));
            if trace.kind(event).has_origin() && let Some(message) = trace.message_of(event) {
                causes.push(trace.messages()[message].sent);
            }
            let stamp = causes.iter().map(|cause| trace.lamport(*cause)).max().unwrap_or(0) + 1;
            prop_assert_eq!(trace.lamport(event), stamp);
        }
    }

    #[test]
    fn a_changed_byte_is_an_error_and_never_another_trace(plan in events(), at: proptest::sample::Index, flip in 1u8..) {
        let good = written(&plan, 10);
        let mut bad = good.clone();
        bad[at.index(good.len())] ^= flip;
        prop_assert!(Trace::read(&bad[..]).is_err());
    }

    #[test]
    fn anything_may_be_read(mut bytes in proptest::collection::vec(any::<u8>(), 0..400), genuine: bool) {
        if genuine {
            let start = written(&[], 1);
            bytes.splice(0..0, start);
        }
        let _ = Trace::read(&bytes[..]);
    }

    /// Behind the check sums: what somebody writes on purpose.
    #[test]
    fn any_block_may_be_read(block in proptest::collection::vec(any::<u8>(), 0..200), numbers: [u8; 3], plan in events()) {
        let mut file = written(&[], 1);
        let block = [&numbers.map(|number| number & 0x7f)[..], &block].concat();
        frame::push(frame::Content::Block, &block, &mut file);
        let _ = Trace::read(&file[..]);

        // One that is nearly right.
        let mut filling = block::Filling::default();
        with_events(&plan, |event| filling.push(event, 0));
        let mut near = Vec::new();
        filling.take(&mut near);
        if let Some(byte) = near.get_mut(usize::from(numbers[0])) {
            *byte ^= numbers[1];
        }
        let mut file = written(&[], 1);
        frame::push(frame::Content::Block, &near, &mut file);
        let _ = Trace::read(&file[..]);
    }
}

fn some_events() -> Vec<(u8, u32, u64, u64, Option<String>)> {
    let text = |number: u64| number.is_multiple_of(3).then(|| format!("text {number}"));
    let kinds = Kind::ALL.len() as u64;
    (0..60u64).map(|number| ((number % kinds) as u8, (number % 3) as u32, number * 100, number, text(number))).collect()
}

#[test]
fn every_kind_is_described() {
    let trace = Trace::read(&written(&some_events(), 60)[..]).expect("it was written right");
    let words = (0..Kind::ALL.len()).map(|event| trace.describe(event)).collect::<Vec<_>>();
    assert!(words.iter().all(|words| !words.is_empty() && !words.contains(['{', '}'])), "{words:?}");
}

/// A kind's columns are those that the fields of [`What`] need.
#[test]
fn an_event_has_its_parts_and_no_others() {
    for kind in Kind::ALL {
        let parts = with_all(kind, Some(3), Some(1), 5, Some("text"));
        assert_eq!(What::of(parts).parts(), parts);
        let detail = if kind.has_detail() { parts.detail } else { 5 };
        let more = Parts { kind, message: Some(3), port: 2, detail, amount: 5, text: Some("text") };
        assert_eq!(What::of(more).parts(), parts, "another column comes back");
    }
}

#[test]
fn a_file_that_is_cut_at_any_byte_is_read_up_to_there() {
    let plan = some_events();
    let whole = written(&plan, 6);
    let all = Trace::read(&whole[..]).expect("it was written right");
    let first = written(&[], 1).len();
    let mut read = 0;
    for cut in 0..whole.len() {
        match Trace::read(&whole[..cut]) {
            Err(TraceError::NotATrace) => assert_eq!(cut, 0),
            Err(TraceError::CutInHeader(at)) => assert!(cut < first && at == cut as u64, "{cut}"),
            Err(other) => panic!("cut at {cut}: {other}"),
            Ok(part) => {
                assert!(
                    cut >= first && part.len() >= read && part.len().is_multiple_of(6),
                    "whole blocks, and ever more of them"
                );
                assert!(part.events().eq(all.events().take(part.len())), "cut at {cut}");
                read = part.len();
            }
        }
    }
    assert_eq!((read, all.len()), (54, 60));
}

#[test]
fn a_trace_is_complete_if_it_has_its_end() {
    let end = (Kind::End as u8, 0, 0, 0, Some("terminated".to_owned()));
    let plan = [some_events().swap_remove(0), end];
    let whole = written(&plan, 1);
    let complete = Trace::read(&whole[..]).expect("it was written right");
    assert_eq!((complete.is_complete(), complete.outcome()), (true, Some("terminated")));
    let cut = Trace::read(&whole[..whole.len() - 1]).expect("it is cut in its last block");
    assert_eq!((cut.is_complete(), cut.outcome(), cut.len()), (false, None, 1));
}

#[test]
fn what_is_no_trace_is_said_in_a_sentence() {
    let whole = written(&some_events(), 100);
    let mut other = whole.clone();
    other[8] = 7;
    let mut damaged = whole.clone();
    let last = damaged.len() - 5;
    damaged[last] ^= 1;
    let said = |bytes: &[u8]| Trace::read(bytes).expect_err("it cannot be read").to_string();
    assert!(said(b"").starts_with("it is not a trace"));
    assert!(said(b"{\"version\": \"0.1.0\"}").starts_with("it is not a trace"));
    // As a transfer in text mode leaves it.
    assert!(said(&[&whole[..6], &whole[7..]].concat()).starts_with("it is not a trace"));
    assert!(said(&other).starts_with("it is a trace of version 7, and this program reads version 1"));
    assert!(said(&whole[..20]).starts_with("it was cut short at byte 20"));
    assert!(said(&damaged).contains("damaged at byte") && said(&damaged).contains("check sum"));
    for text in [said(&other), said(&damaged), said(b"")] {
        assert!(!text.contains('\n') && text.len() < 250, "{text}");
    }
}

/// A file with that header, behind which nothing stands.
fn headed(header: &Header) -> Vec<u8> {
    let mut file = [&MAGIC[..], &VERSION.to_le_bytes()].concat();
    frame::push(frame::Content::Header, &serde_json::to_vec(header).expect("it is JSON"), &mut file);
    file
}

#[test]
fn a_small_file_cannot_ask_for_much_memory() {
    let refused = |file: &[u8], why: &str| {
        assert!(file.len() < 100_000, "{} bytes", file.len());
        let said = Trace::read(file).expect_err("it is refused").to_string();
        assert!(said.contains(why), "no `{why}` in: {said}");
    };
    refused(&headed(&Header { nodes: u32::MAX as usize, ..header() }), "it has 4294967295 nodes, and 3 links do not join them");
    let names = Some(vec![String::new(); 6_000_000]);
    refused(&headed(&Header { names, ..header() }), "it cannot be decompressed");
    // As many events as fit into a block: each at the node and time of the one before, and of a byte.
    let plain = |kind: &&Kind| !(kind.has_message() || kind.has_port() || kind.has_detail() || kind.has_amount());
    let kind = *Kind::ALL.iter().find(plain).expect("there is such a kind") as u8;
    let many = (16 << 20) - 100;
    let mut block = Vec::new();
    [many, 0, 0, many].iter().for_each(|number| bytes::push(&mut block, *number));
    block.push(kind);
    block.resize(block.len() + many as usize - 1, kind | 0x80);
    block.extend([1, 0, 1, 0, 0, 0, 0, 0, 0]);
    let mut file = headed(&header());
    frame::push(frame::Content::Block, &block, &mut file);
    refused(&file, "which so few bytes cannot hold");
    // Of a run that repeats itself, as many as there are can be read.
    let plan = vec![(kind, 0, 0, 0, None); 900_000];
    assert_eq!(Trace::read(&written(&plan, 100_000)[..]).expect("it was written right").len(), plan.len());
}

#[test]
fn long_texts_are_cut_between_letters() {
    let mut writer = Writer::new(Vec::new(), &header());
    let line = "\u{e4}".repeat(MAX_TEXT);
    writer.push(Event { node: 1, time: 5, what: What::Log { line: &line } });
    let trace = Trace::read(&writer.finish().expect("memory takes all")[..]).expect("it was written right");
    let text = trace.text(0).expect("it has a text");
    assert!(text.len() <= MAX_TEXT && text.ends_with("\u{e4}\u{2026}"));
}

/// Whoever writes has no better idea than to give the time of the event before.
#[test]
fn time_does_not_go_back() {
    let mut writer = Writer::new(Vec::new(), &header());
    for time in [5, 9, 7] {
        writer.push(Event { node: 1, time, what: What::Impulse });
        writer.flush();
    }
    let trace = Trace::read(&writer.finish().expect("memory takes all")[..]).expect("it was written right");
    assert_eq!((0..3).map(|event| trace.time(event)).collect::<Vec<_>>(), [5, 9, 9]);
}

/// The file of one event, byte by byte: a change of the format must not pass unnoticed.
#[test]
fn the_format_is_what_the_documentation_says() {
    let mut writer = Writer::new(Vec::new(), &header());
    let start = writer.push(Event { node: 2, time: 1_000_000, what: What::Start { state: 1 } });
    let message = writer.push(Event {
        node: 2,
        time: 1_000_000,
        what: What::Send { port: Some(0), kind: 1, size: 300, payload: Some("Tell") },
    });
    let arrive = What::Arrive { message: Some(0), port: Some(1), how: Arrival::Late };
    writer.push(Event { node: 0, time: 1_000_128, what: arrive });
    assert_eq!((start, message), (0, 0), "the first message has number 0");
    let file = writer.finish().expect("memory takes all");
    assert_eq!(file[..10], *b"\x89NODES\r\n\x01\x00");
    let json = u32::from_le_bytes([file[10], file[11], file[12], file[13]]) as usize;
    assert_eq!(file[14], 1);
    let header = miniz_oxide::inflate::decompress_to_vec(&file[22..22 + json]).expect("raw deflate");
    assert!(header.starts_with(b"{\"version\":\"0.1.0\",\"protocol\":\"Test\""));
    let block = &file[22 + json..];
    assert_eq!(block[..5], [33, 0, 0, 0, 2], "33 bytes of a block that is not compressed");
    let columns: [&[u8]; 9] = [
        &[3, 0, 0xc0, 0x84, 0x3d],
        &[3, 0, 0x80 | 0x40 | 2, 5],
        &[2, 2, 0],
        &[3, 0, 0x80, 1],
        &[1, 1],
        &[2, 1, 2],
        &[2, 1, 1],
        &[2, 0xac, 2],
        &[5, 4, b'T', b'e', b'l', b'l'],
    ];
    assert_eq!(block[12..], columns.concat());
}
