//! Protocols that no macro has written and no compiler has seen: their rules are read from a text when the program runs.
//!
//! ```text
//! protocol Rumour
//! topology Cloud ring:5 1 1000      the class, a graph of it, how many neighbours each node has
//! messages Inform                   each carries a number
//! limited 10                        with `--most K`, a message may have K times 10 bytes
//! states Idle Informed!             nodes begin in the first; in those with `!` they have decided
//! Idle impulse all Inform own Informed
//! Idle Inform others Inform same Informed
//! Informed Inform none Inform same Informed
//! always at-most 1 Leader         of its nodes
//! always at-most 4 Inform         of its messages under way
//! finally all Informed
//! ```
//!
//! A rule says: in which state, by which event, through which ports (`all`, `others` than the one that the message came from, `one`,
//! the first; `none`), which message, with which number (`own` id, the `same` that came), and which state follows.  A rule whose event
//! is `Inform=own` applies if the message carries the node's own id.

use core::fmt;
use core::time::Duration;
use std::ffi::OsString;
use std::rc::Rc;
use std::sync::Arc;

use nodes::Id;
use nodes::protocol::codec::{self, DecodeError, EncodeError};
use nodes::protocol::{
    Action, AnyConfig, AnyEffect, AnyEvent, AnyInstance, AnyMessage, AnyNode, AnyProtocol, AnyWorld, Asked, Config, Content,
    Crowd, Definition, Description, Event, Links, Local, Look, MakeNode, MessageInfo, NodeStart, NodeView, Ports, PropertyInfo,
    Reads, RuleInfo, StateInfo, Stepped, TopologyInfo, Trigger, Verdict, When, WorldView,
};
use nodes::topology::{Graph, NodeIndex, Port};
use serde_json::{Value, json};

/// What a limited protocol is configured with.
#[nodes::config]
pub struct Limit {
    /// what a message may have, in the unit of the protocol; 0 for the usual limit
    #[default(0)]
    pub most: usize,
}

/// The protocol that a text describes.
///
/// # Errors
/// What is wrong with it, and in which line.
pub fn protocol(text: &str) -> Result<AnyProtocol, String> {
    Ok(AnyProtocol::made(Table(Arc::new(Rules::read(text)?))))
}

/// The variable that names the file of a protocol to the program under test.
pub const VARIABLE: &str = "NODES_TEST_TABLE";

/// The file of a protocol that this program has been given: by [`VARIABLE`], or as it is given to a node, `table FILE`.
pub fn named() -> Option<OsString> {
    let mut arguments = std::env::args_os().skip(1);
    let is_given = arguments.next().is_some_and(|word| word == "table");
    let given = if is_given { arguments.next() } else { None };
    given.or_else(|| std::env::var_os(VARIABLE))
}

/// Where a rule sends to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum To {
    None,
    One,
    Others,
    All,
}

#[derive(Clone, Debug)]
struct Rule {
    state: usize,
    trigger: Trigger,
    /// Only if the message carries the node's own id.
    own: bool,
    to: To,
    tag: u8,
    /// With the number that came; else with the node's id.
    same: bool,
    becomes: usize,
}

/// What a property says.
#[derive(Clone, Copy, Debug)]
enum Claim {
    AtMost(usize, usize),
    AtMostUnderWay(u64, u8),
    All(usize),
}

#[derive(Debug)]
struct Rules {
    description: Arc<Description>,
    rules: Vec<Rule>,
    claims: Vec<Claim>,
    /// The unit of the limit of messages, in bytes.
    unit: usize,
}

impl Rules {
    fn read(text: &str) -> Result<Self, String> {
        let mut description = Description { links: Links::Reliable, ..Description::named("") };
        let mut rules = Rules { description: Arc::new(description.clone()), rules: Vec::new(), claims: Vec::new(), unit: 1 };
        for (number, line) in text.lines().enumerate() {
            let words = line.split_whitespace().collect::<Vec<_>>();
            let read = rules.read_line(&words, &mut description);
            read.ok_or_else(|| format!("line {}: `{line}` is neither a declaration nor a rule", number + 1))?;
        }
        rules.description = Arc::new(description);
        Ok(rules)
    }

    fn read_line(&mut self, words: &[&str], to: &mut Description) -> Option<()> {
        match words {
            [] => {}
            ["protocol", name] => to.name = (*name).to_owned(),
            ["topology", name, example, least, most] => {
                let (least, most) = (least.parse().ok()?, most.parse().ok()?);
                to.topology = TopologyInfo::made(*name, *example, move |graph| accept(graph, least, most));
            }
            ["limited", unit] => {
                to.flags = Limit::FLAGS.to_vec();
                self.unit = unit.parse().ok()?;
            }
            ["messages", names @ ..] => to.messages.extend(names.iter().map(|name| message(name))),
            ["states", names @ ..] => to.states.extend(names.iter().map(|name| state(name))),
            [when @ ("always" | "finally"), claim @ ..] => {
                let name = claim.join("_").replace('-', "_").to_lowercase();
                self.claims.push(match claim {
                    ["at-most", count, name] => match tag(to, name) {
                        Some(tag) => Claim::AtMostUnderWay(count.parse().ok()?, tag),
                        None => Claim::AtMost(count.parse().ok()?, place(to, name)?),
                    },
                    ["all", state] => Claim::All(place(to, state)?),
                    _ => return None,
                });
                let when = if *when == "always" { When::Always } else { When::Finally };
                to.properties.push(PropertyInfo { name, when, doc: claim.join(" ") });
            }
            [state, event, ports, msg, number, becomes] => {
                let (event, own) = event.strip_suffix("=own").map_or((*event, false), |event| (event, true));
                let rule = Rule {
                    state: place(to, state)?,
                    trigger: if event == "impulse" { Trigger::Spontaneously } else { Trigger::Message(tag(to, event)?) },
                    own,
                    to: match *ports {
                        "none" => To::None,
                        "one" => To::One,
                        "others" => To::Others,
                        "all" => To::All,
                        _ => return None,
                    },
                    tag: tag(to, msg)?,
                    same: *number == "same",
                    becomes: place(to, becomes)?,
                };
                to.rules.push(RuleInfo {
                    trigger: rule.trigger,
                    states: vec![rule.state],
                    guard: own.then(|| "the number is its own id".to_owned()),
                    action: Action::Handle { handler: format!("rule_{}", self.rules.len() + 1), becomes: vec![rule.becomes] },
                    doc: words.join(" "),
                });
                self.rules.push(rule);
            }
            _ => return None,
        }
        Some(())
    }

    fn rule(&self, state: usize, trigger: Trigger, is_own: bool) -> Option<&Rule> {
        let applies = |rule: &&Rule| rule.state == state && rule.trigger == trigger && (is_own || !rule.own);
        self.rules.iter().find(applies)
    }
}

fn state(name: &str) -> StateInfo {
    let plain = name.trim_end_matches('!');
    StateInfo { name: plain.to_owned(), terminal: plain != name, doc: String::new() }
}

fn message(name: &str) -> MessageInfo {
    MessageInfo { name: name.to_owned(), schema: "u64".to_owned(), doc: String::new() }
}

fn place(description: &Description, state: &str) -> Option<usize> {
    description.states.iter().position(|known| known.name == state)
}

fn tag(description: &Description, message: &str) -> Option<u8> {
    let tag = description.messages.iter().position(|known| known.name == message)?;
    u8::try_from(tag).ok()
}

/// The test of the class of topologies.
fn accept(graph: Graph, least: usize, most: usize) -> Result<Graph, String> {
    let wrong = graph.nodes().find(|node| !(least..=most).contains(&graph.degree(*node)));
    match wrong {
        None => Ok(graph),
        Some(node) => Err(format!("node {node} has {} neighbours, and {least} to {most} are allowed", graph.degree(node))),
    }
}

/// A message: its type, and a number.
struct Letter {
    rules: Arc<Rules>,
    tag: u8,
    number: u64,
}

impl fmt::Debug for Letter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({})", self.rules.description.messages[usize::from(self.tag)].name, self.number)
    }
}

impl Content for Letter {
    fn tag(&self) -> u8 {
        self.tag
    }

    fn length(&self) -> Option<usize> {
        codec::length(&self.number)
    }

    // It leaves the limit to the engine: `AnyMessage` holds it.
    fn encode_into(&self, buffer: &mut Vec<u8>, _limit: usize) -> Result<usize, EncodeError> {
        buffer.resize(buffer.len().max(16), 0);
        codec::encode(self.tag, &self.number, buffer)
    }
}

/// A node: where it stands in the table, and the number of the last message.
#[derive(Clone)]
struct Reader {
    rules: Arc<Rules>,
    index: NodeIndex,
    id: Id,
    ports: usize,
    state: usize,
    number: u64,
    alive: bool,
    incarnation: u32,
    received: Option<AnyMessage>,
}

impl Reader {
    fn new(rules: &Arc<Rules>, index: NodeIndex, id: Id, ports: usize) -> Self {
        Reader { rules: Arc::clone(rules), index, id, ports, state: 0, number: 0, alive: true, incarnation: 0, received: None }
    }

    fn born(rules: &Arc<Rules>, start: NodeStart<'_>) -> Result<Box<dyn AnyNode>, String> {
        let Local { node, id, ends, .. } = start.local;
        let incarnation = start.again.map_or(0, |(incarnation, _)| incarnation);
        Ok(Box::new(Reader { incarnation, ..Reader::new(rules, node, id, ends.len()) }))
    }

    fn take(&mut self, trigger: Trigger, sender: Option<Port>, effects: &mut Vec<AnyEffect>) -> Stepped {
        let rules = Arc::clone(&self.rules);
        let Some(rule) = rules.rule(self.state, trigger, self.number == self.id.0) else {
            return if self.look().is_decided { Stepped::Late } else { Stepped::Never };
        };
        let number = if rule.same { self.number } else { self.id.0 };
        let msg = AnyMessage::new(Letter { rules: Arc::clone(&rules), tag: rule.tag, number });
        match rule.to {
            To::None => {}
            To::One => effects.push(AnyEffect::Send { port: Port::new(0), msg }),
            To::Others => effects.push(AnyEffect::SendAll { except: sender.into(), msg }),
            To::All => effects.push(AnyEffect::SendAll { except: Ports::None, msg }),
        }
        let from = self.state;
        self.state = rule.becomes;
        let leaves = rules.description.states[from].terminal && from != rule.becomes;
        if leaves { Stepped::LeftTerminal { from } } else { Stepped::Handled }
    }
}

impl NodeView for Reader {
    fn state(&self) -> usize {
        self.state
    }

    fn look(&self) -> Look<'_> {
        let state = &self.rules.description.states[self.state];
        Look {
            is_decided: state.terminal,
            is_alive: self.alive,
            incarnation: self.incarnation,
            ..Look::new(self.index, self.id, &state.name)
        }
    }

    fn fields(&self) -> Value {
        json!({ "number": self.number })
    }

    fn encode(&self) -> Result<Vec<u8>, String> {
        postcard::to_allocvec(&(self.state, self.number)).map_err(|cause| cause.to_string())
    }
}

impl AnyNode for Reader {
    fn view(&self) -> &dyn NodeView {
        self
    }

    fn step(&mut self, event: AnyEvent, _now: Duration, effects: &mut Vec<AnyEffect>) -> Stepped {
        match event {
            Event::Impulse => self.take(Trigger::Spontaneously, None, effects),
            Event::Message { sender, msg } => {
                let letter = msg.downcast::<Letter>().expect("all messages are letters");
                self.number = letter.number;
                self.take(Trigger::Message(letter.tag), Some(sender), effects)
            }
            Event::Alarm | Event::Deferred => Stepped::Ignored,
        }
    }

    fn receive(&mut self, bytes: &[u8]) -> Result<(), DecodeError> {
        let (tag, fields) = codec::tag(bytes)?;
        if usize::from(tag) >= self.rules.description.messages.len() {
            return Err(DecodeError::UnknownTag(tag));
        }
        let number = codec::decode(tag, fields)?;
        self.received = Some(AnyMessage::new(Letter { rules: Arc::clone(&self.rules), tag, number }));
        Ok(())
    }

    fn received(&self) -> Option<&dyn Content> {
        self.received.as_deref()
    }

    fn handle(&mut self, sender: Port, now: Duration, effects: &mut Vec<AnyEffect>) -> Stepped {
        let msg = self.received.take().expect("a message has come");
        self.step(Event::Message { sender, msg }, now, effects)
    }

    fn finish(&mut self, _now: Duration, effects: &mut Vec<AnyEffect>) {
        effects.push(AnyEffect::Report { name: "degree".into(), value: Box::new(json!(self.ports)) });
    }

    fn stored(&self) -> Option<&[u8]> {
        None
    }

    fn crash(&mut self) {
        self.alive = false;
    }

    fn copied(&self) -> Option<Box<dyn AnyNode>> {
        Some(Box::new(self.clone()))
    }
}

struct Table(Arc<Rules>);

impl Table {
    fn is_limited(&self) -> bool {
        !self.0.description.flags.is_empty()
    }

    fn maker(&self) -> Rc<MakeNode> {
        let rules = Arc::clone(&self.0);
        Rc::new(move |start, _| Reader::born(&rules, start))
    }

    /// What the text claims, as properties.
    fn judged(&self, crowd: Crowd) -> Crowd {
        self.0.claims.iter().fold(crowd, |crowd, &claim| crowd.looking_at(move |crowd, _| look(claim, crowd)))
    }
}

fn look(claim: Claim, crowd: &Crowd) -> Verdict {
    let nodes = || crowd.nodes().map(|node| crowd.node(NodeIndex::new(node))).filter(|node| node.is_alive());
    let wrong = match claim {
        Claim::AtMostUnderWay(most, tag) => {
            let count = crowd.in_transit_by_tag(tag);
            return if count <= most { Ok(()) } else { Err(format!("{count} are under way")) };
        }
        Claim::AtMost(most, state) => nodes().filter(|node| node.state() == state).nth(most),
        Claim::All(state) => nodes().find(|node| node.state() != state),
    };
    wrong.map_or(Ok(()), |node| Err(format!("node {} is in {}", node.index(), node.state_name())))
}

impl Definition for Table {
    fn description(&self, config: &dyn AnyConfig) -> Arc<Description> {
        match config.downcast_ref::<Limit>() {
            Some(&Limit { most }) if most > 0 => {
                Arc::new(Description { max_message: most * self.0.unit, ..Description::clone(&self.0.description) })
            }
            _ => Arc::clone(&self.0.description),
        }
    }

    fn config(&self) -> Box<dyn AnyConfig> {
        if self.is_limited() { Box::new(Limit::default()) } else { Box::new(()) }
    }

    fn decode_config(&self, bytes: &[u8]) -> Result<Box<dyn AnyConfig>, String> {
        if !self.is_limited() {
            return Ok(Box::new(()));
        }
        postcard::from_bytes::<Limit>(bytes)
            .map(|limit| Box::new(limit) as Box<dyn AnyConfig>)
            .map_err(|cause| cause.to_string())
    }

    fn node(&self, start: NodeStart<'_>, _effects: &mut Vec<AnyEffect>) -> Result<Box<dyn AnyNode>, String> {
        Reader::born(&self.0, start)
    }

    fn make_world(
        &self,
        instance: &Arc<dyn AnyInstance>,
        config: &dyn AnyConfig,
        reads: Reads,
        making: &mut NodeIndex,
    ) -> (Box<dyn AnyWorld>, Asked) {
        let (crowd, asked) = Crowd::new(&self.0.description, instance, config, reads, self.maker(), making);
        (Box::new(self.judged(crowd)), asked)
    }

    fn ended_node(
        &self,
        instance: &Arc<dyn AnyInstance>,
        _config: &dyn AnyConfig,
        node: NodeIndex,
        fields: Option<&[u8]>,
        alive: bool,
    ) -> Option<Box<dyn AnyNode>> {
        let mut ended = Reader::new(&self.0, node, instance.ids().of(node), instance.graph().degree(node));
        ended.alive = alive && fields.is_some();
        if let Some(fields) = fields {
            (ended.state, ended.number) = postcard::from_bytes(fields).ok()?;
        }
        (ended.state < self.0.description.states.len()).then(|| Box::new(ended) as Box<dyn AnyNode>)
    }

    fn ended_world(
        &self,
        instance: &Arc<dyn AnyInstance>,
        config: &dyn AnyConfig,
        nodes: Vec<Box<dyn AnyNode>>,
        sent: Vec<u64>,
    ) -> Box<dyn AnyWorld> {
        Box::new(self.judged(Crowd::ended(instance, config, self.maker(), nodes, sent)))
    }
}
