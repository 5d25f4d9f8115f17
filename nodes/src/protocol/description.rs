//! A protocol, described: what engines, tables and diagrams read.

use std::borrow::Cow;
use std::sync::Arc;

use serde::Serialize;

use super::{Declaration, Flag, InitiatorRule, Links, When};
use crate::link::DEFAULT_MAX_MESSAGE;
use crate::topology::{Any, Graph, TopologyClass};

/// A class of topologies, as a value.
#[derive(Clone, Debug)]
pub struct TopologyInfo {
    /// [`TopologyClass::NAME`].
    pub name: Cow<'static, str>,
    /// [`TopologyClass::DEFAULT`].
    pub default: Cow<'static, str>,
    accepts: Accepts,
}

/// The test of a class.
#[derive(Clone)]
enum Accepts {
    Function(fn(Graph) -> Result<Graph, String>),
    Closure(Arc<dyn Fn(Graph) -> Result<Graph, String> + Send + Sync>),
}

impl core::fmt::Debug for Accepts {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("..")
    }
}

impl TopologyInfo {
    /// The value of class `T`.
    pub const fn of<T: TopologyClass>() -> Self {
        TopologyInfo { name: Cow::Borrowed(T::NAME), default: Cow::Borrowed(T::DEFAULT), accepts: Accepts::Function(T::accept) }
    }

    /// A class made at run time: its name, the specification of a graph that is one, and its test, as
    /// [`TopologyClass::accept`].
    pub fn made(
        name: impl Into<String>,
        default: impl Into<String>,
        accept: impl Fn(Graph) -> Result<Graph, String> + Send + Sync + 'static,
    ) -> Self {
        TopologyInfo {
            name: Cow::Owned(name.into()),
            default: Cow::Owned(default.into()),
            accepts: Accepts::Closure(Arc::new(accept)),
        }
    }

    /// The graph as nodes of this class see it.
    ///
    /// # Errors
    /// If the graph is none of the class; the error says why.
    pub fn accept(&self, graph: Graph) -> Result<Graph, String> {
        match &self.accepts {
            Accepts::Function(accept) => accept(graph),
            Accepts::Closure(accept) => accept(graph),
        }
    }
}

/// A state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StateInfo {
    /// Its name.
    pub name: String,
    /// A node in it has decided.
    pub terminal: bool,
    /// What it means.
    pub doc: String,
}

/// A type of message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MessageInfo {
    /// Its name.
    pub name: String,
    /// Its fields.
    pub schema: String,
    /// What it means.
    pub doc: String,
}

impl MessageInfo {
    /// A type of message with that name, these fields, and that meaning.
    pub fn of(name: &str, schema: &str, doc: &str) -> Self {
        MessageInfo { name: name.into(), schema: schema.into(), doc: doc.into() }
    }
}

impl AlarmInfo {
    /// A type of alarm with that name and that meaning.
    pub fn of(name: &str, doc: &str) -> Self {
        AlarmInfo { name: name.into(), doc: doc.into() }
    }
}

/// A type of alarm.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AlarmInfo {
    /// Its name.
    pub name: String,
    /// What it means.
    pub doc: String,
}

/// What a rule answers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Trigger {
    /// The impulse.
    Spontaneously,
    /// The message of that tag.
    Message(u8),
    /// The alarm of that tag.
    Alarm(u8),
}

/// What a rule does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Action {
    /// Runs a handler.
    Handle {
        /// Its name.
        handler: String,
        /// The states (indices) that the handler, or a method that it calls, assigns.
        becomes: Vec<usize>,
    },
    /// Nothing.
    Ignore,
    /// Keeps the message until the state changes, or a condition does.
    Defer,
    /// Is a violation.
    Never,
}

/// STATE x EVENT -> ACTION.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RuleInfo {
    /// The event.
    pub trigger: Trigger,
    /// The states (indices) in which it applies.
    pub states: Vec<usize>,
    /// Its condition, its `if`, as written.
    pub guard: Option<String>,
    /// What happens.
    pub action: Action,
    /// What stands above the handler.
    pub doc: String,
}

/// `#[recover]`: how a node comes back from a crash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RecoveryInfo {
    /// The function's name.
    pub handler: String,
    /// The type of what a node stores, and is given when it comes back.
    pub stored: String,
    /// What stands above the function.
    pub doc: String,
}

/// A property.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PropertyInfo {
    /// The function's name.
    pub name: String,
    /// When it must hold.
    pub when: When,
    /// What it says.
    pub doc: String,
}

/// A protocol, described.
#[derive(Clone, Debug)]
pub struct Description {
    /// The type's name: `ControlledDistance`.
    pub name: String,
    /// What stands above it.
    pub doc: String,
    /// The problem that it solves.
    pub problem: String,
    /// Its cost, as the literature states it.
    pub cost: String,
    /// Where it is published.
    pub source: String,
    /// The class of topologies.
    pub topology: TopologyInfo,
    /// What the links promise.
    pub links: Links,
    /// Who may be woken.
    pub initiators: InitiatorRule,
    /// Every node knows n.
    pub knows_size: bool,
    /// Every node knows its neighbours' ids.
    pub knows_neighbour_ids: bool,
    /// No node knows an id of its own.
    pub anonymous: bool,
    /// Each node is given an input.
    pub has_input: bool,
    /// How many bytes a message may have, encoded: [`DEFAULT_MAX_MESSAGE`] unless it is declared, and at most
    /// [`LARGEST_MAX_MESSAGE`](crate::link::LARGEST_MAX_MESSAGE).  Where that is more than the default, it also bounds the input that
    /// a node process is given, and the final state that it tells.
    pub max_message: usize,
    /// The states, by index.
    pub states: Vec<StateInfo>,
    /// The messages, by tag.
    pub messages: Vec<MessageInfo>,
    /// The alarms, by tag.
    pub alarms: Vec<AlarmInfo>,
    /// The rules, in the order in which they are tried.
    pub rules: Vec<RuleInfo>,
    /// How a node comes back from a crash; `None` if it begins anew, and knows nothing of its former life.
    pub recovery: Option<RecoveryInfo>,
    /// The properties, in source order.
    pub properties: Vec<PropertyInfo>,
    /// The flags of its configuration.
    pub flags: Vec<Flag>,
    /// The fields of the struct, as text.
    pub schema: String,
}

impl Description {
    /// A protocol of that name of which nothing else is said: on any graph, with [`Fifo`](Links::Fifo) links and any initiators.
    pub fn named(name: impl Into<String>) -> Self {
        Description {
            name: name.into(),
            doc: String::new(),
            problem: String::new(),
            cost: String::new(),
            source: String::new(),
            topology: TopologyInfo::of::<Any>(),
            links: Links::Fifo,
            initiators: InitiatorRule::Any,
            knows_size: false,
            knows_neighbour_ids: false,
            anonymous: false,
            has_input: false,
            max_message: DEFAULT_MAX_MESSAGE,
            states: Vec::new(),
            messages: Vec::new(),
            alarms: Vec::new(),
            rules: Vec::new(),
            recovery: None,
            properties: Vec::new(),
            flags: Vec::new(),
            schema: String::new(),
        }
    }

    /// What the struct declares; the impl adds states, messages, rules and properties.
    pub fn new(declaration: &Declaration) -> Self {
        Description {
            doc: declaration.doc.into(),
            problem: declaration.problem.into(),
            cost: declaration.cost.into(),
            source: declaration.source.into(),
            topology: declaration.topology.clone(),
            links: declaration.links,
            initiators: declaration.initiators,
            knows_size: declaration.knows_size,
            knows_neighbour_ids: declaration.knows_neighbour_ids,
            anonymous: declaration.anonymous,
            has_input: declaration.has_input,
            max_message: declaration.max_message,
            schema: declaration.schema.into(),
            ..Description::named(declaration.name)
        }
    }

    /// The name on the command line: `controlled_distance`.
    pub fn snake_name(&self) -> String {
        let mut snake = String::new();
        let mut before = '_';
        for letter in self.name.chars() {
            if letter.is_uppercase() && before != '_' && !before.is_uppercase() {
                snake.push('_');
            }
            snake.extend(letter.to_lowercase());
            before = letter;
        }
        snake
    }

    /// Whether any state is terminal; a protocol without one ends `quiescent`.
    pub fn has_terminal_states(&self) -> bool {
        self.states.iter().any(|state| state.terminal)
    }

    /// A hash of all names and fields that two builds must agree on to talk to each other.
    pub fn fingerprint(&self) -> u64 {
        let mut hash = Fnv(0xcbf2_9ce4_8422_2325);
        hash.text(&self.name);
        hash.text(&self.schema);
        for state in &self.states {
            hash.text(&state.name);
        }
        for message in &self.messages {
            hash.text(&message.name);
            hash.text(&message.schema);
        }
        for flag in &self.flags {
            hash.text(&flag.name);
            hash.text(&flag.kind);
        }
        // The default was once the only limit, and has no part in the hash.
        if self.max_message != DEFAULT_MAX_MESSAGE {
            hash.text(&self.max_message.to_string());
        }
        hash.0
    }

    /// The [fingerprint](Description::fingerprint), as documents have it.
    pub(crate) fn fingerprint_text(&self) -> String {
        format!("{:016x}", self.fingerprint())
    }
}

/// The Fowler-Noll-Vo hash (FNV-1a, 64 bits): short, and the same everywhere.
struct Fnv(u64);

impl Fnv {
    fn text(&mut self, text: &str) {
        for byte in text.bytes().chain([0]) {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
        }
    }
}
