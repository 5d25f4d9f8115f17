//! `#[message]`, and the set of messages that a protocol handles: what goes over the wire.

use nodes::prelude::*;
use nodes::protocol::codec::{DecodeError, EncodeError};
use nodes::protocol::{Message, MessageOf, MessageSet};

/// There,
/// and back.
#[message]
struct Forth {
    origin: Id,
    limit: u32,
}
#[message]
struct Back;
#[message]
enum Step {
    Left,
    Right { by: i8 },
    Jump(u64, String),
}
#[message]
#[derive(Eq, Hash, Default, PartialOrd, Ord)]
struct Own {
    #[serde(rename = "number")]
    value: u16,
}
#[message]
struct Bulk(Bytes);

#[protocol]
struct P;

#[protocol]
#[ignore(Bulk)]
impl P {
    #[on(Spontaneously)]
    fn start(&mut self) {}

    #[on(Back)]
    fn back(&mut self) {}

    #[on(Forth)]
    #[on(Step)]
    #[on(Own)]
    fn any(&mut self) {}
}

fn bytes(message: impl MessageOf<P>) -> Vec<u8> {
    let mut buffer = [0; 64];
    let message = message.wrap();
    let used = message.encode(&mut buffer).unwrap();
    assert_eq!(format!("{:?}", PMsg::decode(&buffer[..used]).unwrap()), format!("{message:?}"));
    buffer[..used].to_vec()
}

/// Tags count by first mention in the rules; then postcard's own encoding (wire specification 1.0: varints of 7 bits, zigzag
/// for signed integers, lengths and variants as varints).
#[test]
fn a_message_is_a_tag_and_its_fields() {
    assert_eq!(bytes(Back), [0]);
    assert_eq!(bytes(Forth { origin: Id(300), limit: 1 }), [1, 0xac, 0x02, 1]);
    assert_eq!(bytes(Step::Left), [2, 0]);
    assert_eq!(bytes(Step::Right { by: -3 }), [2, 1, 0xfd]);
    assert_eq!(bytes(Step::Jump(128, "ab".into())), [2, 2, 0x80, 0x01, 2, b'a', b'b']);
    assert_eq!(bytes(Own { value: 5 }), [3, 5]);
    assert_eq!(bytes(Bulk(Bytes(vec![9, 8]))), [4, 2, 9, 8]);
}

#[test]
fn what_is_no_message_is_refused() {
    let refused = |bytes: &[u8]| PMsg::decode(bytes).unwrap_err();
    assert_eq!(refused(&[]), DecodeError::Empty);
    assert_eq!(refused(&[5]), DecodeError::UnknownTag(5));
    assert_eq!(refused(&[0, 0]), DecodeError::Trailing(1));
    assert!(matches!(refused(&[1, 0xac]), DecodeError::Fields { tag: 1, .. }));
    assert!(matches!(refused(&[2, 3]), DecodeError::Fields { tag: 2, .. }));
}

#[test]
fn a_message_that_does_not_fit_says_so_and_grows_where_it_may() {
    let message = PMsg::from_bulk(vec![7; 1000]);
    assert_eq!(message.encode(&mut [0; 100]), Err(EncodeError::Full));
    let mut buffer = Vec::new();
    assert_eq!(message.encode_growing(&mut buffer, 1 << 20), Ok(1 + 2 + 1000));
    assert_eq!(message.encode_growing(&mut Vec::new(), 1003), Ok(1003));
    for mut buffer in [Vec::new(), vec![0; 1003], vec![0; 5000]] {
        assert_eq!(message.encode_growing(&mut buffer, 1002), Err(EncodeError::Full));
        assert_eq!(message.encode_growing(&mut buffer, 10), Err(EncodeError::Full));
    }
}

impl PMsg {
    fn from_bulk(bytes: Vec<u8>) -> Self {
        PMsg::Bulk(Bulk(Bytes(bytes)))
    }
}

#[test]
fn messages_are_described() {
    assert_eq!((Forth::NAME, Forth::SCHEMA, Forth::DOC), ("Forth", "{origin:Id,limit:u32}", "There,\nand back."));
    assert_eq!(Step::SCHEMA, "Left|Right{by:i8}|Jump(u64,String)");
    assert_eq!(Back::SCHEMA, "");
}

#[test]
fn messages_are_cloned_shown_and_compared() {
    let step = Step::Jump(1, "a".into());
    assert_eq!(step.clone(), step);
    assert_ne!(step, Step::Jump(2, "a".into()));
    assert_ne!(step, Step::Left);
    assert_eq!(
        format!("{step:?} {:?} {Back:?}", Forth { origin: Id(1), limit: 2 }),
        "Jump(1, \"a\") Forth { origin: Id(1), limit: 2 } Back"
    );
    assert_eq!(serde_json::to_string(&Own { value: 1 }).unwrap(), r#"{"number":1}"#, "serde's attributes are the user's");
    assert!(Own::default() < Own { value: 1 }, "the user's own derive stands below ours");
}

#[test]
fn a_set_of_messages_is_a_message() {
    fn message<M: Message>() -> (&'static str, &'static str) {
        (M::NAME, M::SCHEMA)
    }
    assert_eq!(message::<PMsg>(), ("PMsg", "Back|Forth|Step|Own|Bulk"));

    /// What a synchroniser sends: the messages of another protocol, by rounds.
    #[message]
    struct Round {
        number: u32,
        inner: Vec<PMsg>,
    }
    let json = serde_json::to_string(&PMsg::Forth(Forth { origin: Id(300), limit: 1 })).unwrap();
    assert_eq!(json, "[1,172,2,1]", "the bytes that it is on the wire");
    assert!(matches!(serde_json::from_str(&json), Ok(PMsg::Forth(Forth { origin: Id(300), limit: 1 }))));
    assert!(serde_json::from_str::<PMsg>("[9]").unwrap_err().to_string().contains("no message has the tag 9"));
    let round = Round { number: 1, inner: vec![PMsg::Back(Back), PMsg::Step(Step::Left)] };
    assert_eq!(round.clone(), round);
    assert_ne!(round, Round { number: 1, inner: vec![PMsg::Step(Step::Left), PMsg::Back(Back)] });
    assert_eq!(serde_json::to_string(&round).unwrap(), r#"{"number":1,"inner":[[0],[2,0]]}"#);
}

#[protocol]
struct Silent;

#[protocol]
impl Silent {
    #[on(Spontaneously)]
    fn start(&mut self) {}
}

#[test]
fn a_protocol_may_have_no_messages_at_all() {
    assert_eq!(SilentMsg::decode(&[0]).unwrap_err(), DecodeError::UnknownTag(0));
    assert_eq!(size_of::<SilentMsg>(), 0);
    let mut party = crate::party::Party::<Silent>::new(nodes::topology::Topology::complete(2));
    assert_eq!(party.impulse(0), nodes::protocol::Stepped::Handled);
}
