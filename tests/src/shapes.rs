//! Messages of every shape that a field can have: for those who try any bytes on a decoder.
#![allow(missing_docs)]

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use nodes::prelude::*;
use nodes::protocol::MessageSet;

#[message]
pub struct Bulk(pub Bytes);

#[message]
pub struct Numbers {
    pub small: (u8, i8, bool, u16),
    pub signed: i64,
    pub wide: (u128, i128),
    pub real: (f32, f64),
    pub letter: char,
    pub id: Id,
    pub port: Option<Port>,
    pub wait: Duration,
}

#[message]
pub struct Texts {
    pub name: String,
    pub tags: Vec<String>,
}

#[message]
pub struct Nested {
    pub rows: Vec<Vec<u32>>,
    pub by_name: BTreeMap<String, Option<Vec<u8>>>,
    pub queue: VecDeque<(Id, [u16; 3])>,
    pub large: Vec<[u64; 16]>,
}

/// Its elements take no bytes.
#[message]
pub struct Hollow {
    pub list: Vec<()>,
    pub set: BTreeSet<()>,
    pub map: BTreeMap<(), ()>,
    pub lists: Vec<VecDeque<Nothing>>,
}

#[message]
pub struct Nothing;

/// It holds itself.
#[message]
pub enum Tree {
    Leaf,
    Fork(Box<Tree>, Box<Tree>),
    Many { children: Vec<Tree>, next: Option<Box<Tree>> },
}

#[protocol]
pub struct Shapes;

#[protocol]
impl Shapes {
    #[on(Spontaneously)]
    fn start(&mut self) {}

    #[on(Nothing)]
    #[on(Bulk)]
    #[on(Numbers)]
    #[on(Texts)]
    #[on(Nested)]
    #[on(Hollow)]
    #[on(Tree)]
    fn any(&mut self) {}
}

/// One of each, and more where that makes a difference.
pub fn examples() -> Vec<ShapesMsg> {
    let fork = |tree: Tree| Tree::Fork(Box::new(Tree::Leaf), Box::new(tree));
    let tree = Tree::Many { children: vec![fork(Tree::Leaf), Tree::Leaf], next: Some(Box::new(fork(fork(Tree::Leaf)))) };
    let numbers = Numbers {
        small: (1, -1, true, 300),
        signed: i64::MIN,
        wide: (u128::MAX, -5),
        real: (1.5, f64::INFINITY),
        letter: 'ß',
        id: Id(1 << 40),
        port: Some(Port::new(3)),
        wait: Duration::from_millis(1500),
    };
    let nested = Nested {
        rows: vec![vec![1, 200, 70_000], vec![], vec![9; 40]],
        by_name: [("a".to_owned(), None), ("b".to_owned(), Some(vec![1; 20]))].into(),
        queue: [(Id(1), [1, 2, 3]), (Id(2), [400, 500, 600])].into(),
        large: vec![[u64::MAX; 16]; 3],
    };
    let hollow =
        Hollow { list: vec![(); 5], set: [()].into(), map: [((), ())].into(), lists: vec![[Nothing, Nothing].into(); 3] };
    vec![
        ShapesMsg::Nothing(Nothing),
        ShapesMsg::Bulk(Bulk(Bytes(vec![7; 200]))),
        ShapesMsg::Numbers(numbers),
        ShapesMsg::Texts(Texts { name: "an é".into(), tags: vec!["x".into(), String::new(), "yz".into()] }),
        ShapesMsg::Nested(nested),
        ShapesMsg::Hollow(hollow),
        ShapesMsg::Tree(tree),
    ]
}

/// The message that the bytes are, encoded anew.
pub fn decoded<M: MessageSet>(bytes: &[u8]) -> Option<Vec<u8>> {
    let message = M::decode(bytes).ok()?;
    let mut again = Vec::new();
    let used = message.encode_growing(&mut again, nodes::link::DEFAULT_MAX_MESSAGE).expect("what was decoded can be encoded");
    assert_eq!(message.length(), Some(used));
    again.truncate(used);
    Some(again)
}
