//! Any bytes on the decoders of messages, and of what initializer and nodes say: no panic, no end of memory, no end of time.
//!
//! `PROPTEST_CASES=100000 cargo test -p nodes-tests --test allocation` tries longer; `fuzz/` still longer.

use catalogue::{ChandyLamport, ControlledDistance, Echo, HyperElect, Lamport, Saturation, Shout, SuzukiKasami, YoYo};
use nodes::Protocol;
use nodes::process::decoders;
use nodes::protocol::codec::DecodeError;
use nodes::protocol::{AnyProtocol, MessageSet};
use nodes_tests::shapes::{Shapes, ShapesMsg, decoded, examples};
use proptest::prelude::*;

use crate::most;

/// Reads a value, and encodes it anew.
type Decoder = fn(&[u8]) -> Option<Vec<u8>>;

fn of<P: Protocol>() -> Decoder {
    decoded::<P::Msg>
}

/// Decoders of messages, and encodings of the last one's.
fn messages() -> Vec<Decoder> {
    vec![
        of::<Shapes>(),
        of::<SuzukiKasami>(),
        of::<Lamport>(),
        of::<ChandyLamport>(),
        of::<ControlledDistance>(),
        of::<HyperElect>(),
        of::<YoYo>(),
        of::<Saturation>(),
        of::<Echo>(),
        of::<Shout>(),
    ]
}

/// Reads a protocol's configuration.
fn config_of<P: Protocol>(bytes: &[u8]) -> Option<Vec<u8>> {
    let config = AnyProtocol::of::<P>().decode_config(bytes).ok()?;
    Some(config.encode().expect("there is memory"))
}

fn controls() -> Vec<Decoder> {
    vec![decoders::from_node, decoders::birth, decoders::to_node, config_of::<Lamport>, config_of::<SuzukiKasami>]
}

/// What is right, for some of the decoders.
fn valid() -> Vec<Vec<u8>> {
    let messages = examples().into_iter().map(|message| {
        let mut bytes = Vec::new();
        let used = message.encode_growing(&mut bytes, nodes::link::DEFAULT_MAX_MESSAGE).expect("it is small");
        bytes.truncate(used);
        bytes
    });
    messages.chain(decoders::answers()).chain(decoders::births()).chain(decoders::orders()).collect()
}

/// Tries the bytes; returns whether they decode.
fn attempt(decode: Decoder, bytes: &[u8]) -> bool {
    let (again, most) = most(|| decode(bytes));
    // In memory, an element takes at most 128 times what it takes on the wire, and a vector that grows has it three times.
    let allowed = 4 * 128 * bytes.len() as u64 + (64 << 10);
    assert!(most <= allowed, "{most} bytes for {} bytes: {bytes:?}", bytes.len());
    let Some(again) = again else { return false };
    // Numbers may have been written longer than needed, and a second as nanoseconds; after that, nothing changes any more.
    assert_eq!(decode(&again), Some(again));
    true
}

/// What a bad peer makes of something right.
#[derive(Clone, Debug)]
enum Damage {
    Flip(usize),
    Cut(usize),
    /// A number there becomes u64::MAX.
    BlowUp(usize),
    Repeat(usize, usize),
    Set(usize, u8),
}

fn damage() -> impl Strategy<Value = Damage> {
    let place = any::<usize>;
    prop_oneof![
        place().prop_map(Damage::Flip),
        place().prop_map(Damage::Cut),
        place().prop_map(Damage::BlowUp),
        (place(), 1usize..300).prop_map(|(place, times)| Damage::Repeat(place, times)),
        (place(), any::<u8>()).prop_map(|(place, byte)| Damage::Set(place, byte)),
    ]
}

const LARGEST: [u8; 10] = [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01];

fn damaged(bytes: &mut Vec<u8>, damage: &Damage) {
    if bytes.is_empty() {
        return;
    }
    let len = bytes.len();
    match *damage {
        Damage::Flip(bit) => bytes[bit / 8 % len] ^= 1 << (bit % 8),
        Damage::Cut(to) => bytes.truncate(to % len),
        Damage::BlowUp(at) => drop(bytes.splice(at % len..=at % len, LARGEST)),
        Damage::Repeat(at, times) => {
            let part = bytes[at % len..].repeat(times);
            bytes.splice(at % len.., part);
        }
        Damage::Set(at, byte) => bytes[at % len] = byte,
    }
}

#[test]
fn what_is_right_decodes() {
    let valid = valid();
    assert!(valid[..examples().len()].iter().all(|bytes| attempt(of::<Shapes>(), bytes)));
    assert!(decoders::answers().iter().all(|bytes| attempt(decoders::from_node, bytes)));
    assert!(decoders::births().iter().all(|bytes| attempt(decoders::birth, bytes)));
    assert!(decoders::orders().iter().all(|bytes| attempt(decoders::to_node, bytes)));
}

/// The fuzzer's: nanoseconds that are more than a second, which make the seconds a byte longer.
#[test]
fn what_is_written_in_another_way_is_read_all_the_same() {
    let impulse = [0x01, 0x7F, 0xCE, 0xCE, 0xCE, 0xD9, 0x05];
    let again = decoders::to_node(&impulse).expect("it is an order");
    assert_eq!(again[..3], [0x01, 0x80, 0x01], "128 seconds");
    assert!(attempt(decoders::to_node, &impulse));
}

/// Every bit, every cut, and every byte as the largest length.
#[test]
fn whatever_is_damaged_in_one_place_harms_nobody() {
    for right in valid() {
        let flips = (0..8 * right.len()).map(Damage::Flip);
        let places = (0..right.len()).flat_map(|place| [Damage::Cut(place), Damage::BlowUp(place)]);
        for damage in flips.chain(places) {
            let mut bytes = right.clone();
            damaged(&mut bytes, &damage);
            for decode in controls().into_iter().chain([of::<Shapes>()]) {
                attempt(decode, &bytes);
            }
        }
    }
}

/// The tag of the messages that are like that.
fn tag(like: fn(&ShapesMsg) -> bool) -> u8 {
    examples().iter().find(|message| like(message)).expect("there is an example").tag()
}

#[test]
fn elements_that_take_no_bytes_are_counted() {
    let hollow = tag(|message| matches!(message, ShapesMsg::Hollow(_)));
    let refused = |bytes: Vec<u8>| ShapesMsg::decode(&bytes).expect_err("they are too many");
    for empty in 0..3 {
        let bytes = [&[hollow][..], &vec![0; empty], &LARGEST, &[0; 4]].concat();
        assert_eq!(refused(bytes), DecodeError::Excessive { tag: hollow }, "field {empty}");
    }
    // 200,000 lists of 2,000 elements each, in 400 kB.
    let many = [&[hollow, 0, 0, 0, 0xC0, 0x9A, 0x0C][..], &[0xD0, 0x0F].repeat(200_000)].concat();
    assert_eq!(refused(many), DecodeError::Excessive { tag: hollow });
    // A million of them are well.
    assert!(attempt(of::<Shapes>(), &[hollow, 0xC0, 0x84, 0x3D, 0, 0, 0]));
}

#[test]
fn what_holds_itself_goes_only_so_deep() {
    let tree = tag(|message| matches!(message, ShapesMsg::Tree(_)));
    // Forks to the left; each takes a byte, and a leaf as many as there are forks, and one more.
    let forks = |deep: usize| [&[tree][..], &vec![1; deep], &vec![0; deep + 1]].concat();
    assert!(attempt(of::<Shapes>(), &forks(127)));
    for deep in [128, 10_000, 500_000] {
        assert_eq!(ShapesMsg::decode(&forks(deep)).unwrap_err(), DecodeError::Excessive { tag: tree });
        let many = [&[tree][..], &[2, 1].repeat(deep)].concat();
        assert_eq!(ShapesMsg::decode(&many).unwrap_err(), DecodeError::Excessive { tag: tree });
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_harm_nobody(bytes in proptest::collection::vec(any::<u8>(), 0..400), first in 0u8..8) {
        let bytes = [&[first], &bytes[..]].concat();
        for decode in messages().into_iter().chain(controls()) {
            attempt(decode, &bytes);
        }
    }

    #[test]
    fn damage_harms_nobody(which in any::<usize>(), damages in proptest::collection::vec(damage(), 1..6)) {
        let valid = valid();
        let mut bytes = valid[which % valid.len()].clone();
        for damage in &damages {
            damaged(&mut bytes, damage);
            bytes.truncate(1 << 20);
        }
        for decode in messages().into_iter().chain(controls()) {
            attempt(decode, &bytes);
        }
    }
}
