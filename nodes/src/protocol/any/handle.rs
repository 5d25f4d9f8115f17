//! The handle of a protocol, and what stands behind it.

use core::any::Any;
use core::fmt::{self, Debug};
use core::panic::{RefUnwindSafe, UnwindSafe};
use core::time::Duration;
use std::borrow::Cow;
use std::sync::Arc;

use super::typed::Typed;
use super::{AnyConfig, AnyEffect, AnyInputs, AnyInstance, AnyNode, AnyWorld, Asked, Reads};
use crate::panics::caught;
use crate::protocol::{Description, Ids, Input, Local, Protocol, Random};
use crate::topology::{Graph, NodeIndex};

/// A protocol without its type: a cheap handle.
///
/// ```
/// # mod shout { use nodes::prelude::*;
/// # #[message] pub struct Inform;
/// # #[states] pub enum State { #[default] Idle, #[terminal] Informed }
/// # #[protocol(links = Reliable)] pub struct Flooding { state: State }
/// # #[protocol] impl Flooding {
/// #     #[on(Spontaneously in Idle)] fn start(&mut self, net: &mut Net<Self>) { net.send_to_all(Inform); self.state = State::Informed; }
/// #     #[on(Inform in Idle)] fn hear(&mut self, sender: Port, net: &mut Net<Self>) { net.send_to_all_except(sender, Inform); self.state = State::Informed; }
/// # }}
/// # use shout::Flooding;
/// use nodes::protocol::AnyProtocol;
/// use nodes::run::AnyRun;
/// use nodes::simulator::Simulation;
///
/// static PROTOCOLS: [AnyProtocol; 1] = [AnyProtocol::of::<Flooding>()];
///
/// // The name may come from anywhere.
/// let name = "flooding";
/// let protocol = PROTOCOLS.iter().find(|protocol| protocol.name() == name).expect("a protocol of that name");
/// let finished = AnyRun::of(protocol).topology("path:3").seed(1).by(Simulation::new())?;
/// assert_eq!(finished.document.messages.total, 2);
/// # Ok::<(), nodes::run::RunError>(())
/// ```
#[derive(Clone)]
pub struct AnyProtocol {
    definition: Held,
    /// What engines have attached.
    extensions: [Option<&'static dyn Extension>; EXTENSIONS],
}

const EXTENSIONS: usize = 4;

#[derive(Clone)]
enum Held {
    Static(&'static dyn Definition),
    Made(Arc<dyn Definition>),
}

/// What an engine that needs the protocol's type attaches to it; [`AnyProtocol::extension`] finds it.
pub trait Extension: Any + Send + Sync {}

impl AnyProtocol {
    /// Protocol `P`.
    pub const fn of<P: Protocol>() -> Self {
        AnyProtocol { definition: Held::Static(Typed::<P>::DEFINITION), extensions: [None; EXTENSIONS] }
    }

    /// A protocol made at run time.
    pub fn made(definition: impl Definition) -> Self {
        AnyProtocol { definition: Held::Made(Arc::new(definition)), extensions: [None; EXTENSIONS] }
    }

    /// With something attached.  Of two extensions of one type, [`extension`](AnyProtocol::extension) finds the first.
    ///
    /// # Panics
    /// If four are attached already.
    pub const fn with(mut self, extension: &'static dyn Extension) -> Self {
        let mut place = 0;
        while self.extensions[place].is_some() {
            place += 1;
        }
        self.extensions[place] = Some(extension);
        self
    }

    /// The extension of that type, if one is attached.
    pub fn extension<T: Extension>(&self) -> Option<&'static T> {
        self.extensions.iter().flatten().find_map(|extension| {
            let any: &'static dyn Any = *extension;
            any.downcast_ref()
        })
    }

    /// The protocol without extensions: every engine works without them.
    pub fn bare(mut self) -> Self {
        self.extensions = [None; EXTENSIONS];
        self
    }

    /// The description under the default configuration.
    pub fn description(&self) -> Arc<Description> {
        Definition::description(&**self, &*self.config())
    }

    /// The description under that configuration.
    pub fn description_of(&self, config: &dyn AnyConfig) -> Arc<Description> {
        Definition::description(&**self, config)
    }

    /// All nodes as they are before any event, and the effects of their `#[init]`.
    ///
    /// # Errors
    /// If a node cannot be made, since its `#[init]` panics: which, and why.
    pub fn world(
        &self,
        instance: &Arc<dyn AnyInstance>,
        config: &dyn AnyConfig,
        reads: Reads,
    ) -> Result<(Box<dyn AnyWorld>, Asked), (NodeIndex, String)> {
        let mut making = NodeIndex::new(0);
        caught(|| self.make_world(instance, config, reads, &mut making)).map_err(|what| (making, what))
    }

    /// Its name on a command line: `controlled_distance`.
    pub fn name(&self) -> String {
        self.description().snake_name()
    }
}

impl core::ops::Deref for AnyProtocol {
    type Target = dyn Definition;

    fn deref(&self) -> &dyn Definition {
        match &self.definition {
            Held::Static(definition) => *definition,
            Held::Made(definition) => &**definition,
        }
    }
}

impl Debug for AnyProtocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("AnyProtocol").field(&self.description().name).finish()
    }
}

/// Nothing is changed through a handle.
impl RefUnwindSafe for AnyProtocol {}
impl UnwindSafe for AnyProtocol {}

/// Where the nodes' inputs come from.
#[derive(Debug)]
pub enum InputSource<'a> {
    /// Node i gets the value that the type of inputs makes of i.
    ByIndex,
    /// Each is read from text; one for each node.
    Texts(&'a [String]),
    /// Each is drawn from `low..high`.
    Random {
        /// The lower bound, which may be drawn.
        low: &'a str,
        /// The upper bound, which is not drawn.
        high: &'a str,
        /// The random numbers.
        random: &'a mut Random,
    },
    /// Each is drawn from all values of the type, which has few: [`Input::values`].
    AnyValue {
        /// The random numbers.
        random: &'a mut Random,
    },
    /// Each is drawn from these, which are read from text.
    OneOf {
        /// The texts.
        texts: &'a [String],
        /// The random numbers.
        random: &'a mut Random,
    },
    /// Values; one for each node.
    Values(&'a AnyInputs),
}

impl InputSource<'_> {
    /// The inputs of that many nodes, of type `I`.
    ///
    /// # Errors
    /// If a text or a value is no input, nothing can be drawn, or there is not one input for each node.
    pub fn of<I: Input>(self, nodes: usize) -> Result<Vec<I>, WrongInput> {
        let mut source = self;
        // The values themselves, or those that they are drawn from: all, or the two bounds.
        let mut read_or_known = Vec::new();
        let mut values = None;
        match &source {
            InputSource::ByIndex => {}
            InputSource::Texts(texts) | InputSource::OneOf { texts, .. } => read_or_known = read(texts)?,
            InputSource::Random { low, high, .. } => read_or_known = read(&[String::from(*low), String::from(*high)])?,
            InputSource::AnyValue { .. } => read_or_known = I::values(),
            InputSource::Values(given) => match given.downcast::<I>() {
                Some(given) => values = Some(given),
                None => return Err(WrongInput::Type),
            },
        }
        let from = values.unwrap_or(&read_or_known);
        let mut inputs = Vec::with_capacity(nodes);
        let mut given = None;
        while inputs.len() < nodes {
            let node = inputs.len();
            let place = match &mut source {
                InputSource::ByIndex => {
                    inputs.push(I::by_index(node));
                    continue;
                }
                InputSource::Random { random, .. } => match I::random(&from[0], &from[1], random) {
                    Some(input) => {
                        inputs.push(input);
                        continue;
                    }
                    None => NOWHERE,
                },
                InputSource::AnyValue { random } | InputSource::OneOf { random, .. } => drawn(random, from.len()),
                InputSource::Texts(_) | InputSource::Values(_) => {
                    given = Some(from.len());
                    if from.len() == nodes { node } else { NOWHERE }
                }
            };
            match from.get(place) {
                Some(input) => inputs.push(input.clone()),
                None => return Err(WrongInput::not_made(given, nodes, I::EXPECTED, I::how_to_draw())),
            }
        }
        Ok(inputs)
    }
}

/// No value has this place.
const NOWHERE: usize = usize::MAX;

/// The place of one of so many choices.
#[inline(never)]
fn drawn(random: &mut Random, choices: usize) -> usize {
    if choices == 0 { NOWHERE } else { random.below(choices as u64) as usize }
}

#[inline(never)]
fn read<I: Input>(texts: &[String]) -> Result<Vec<I>, WrongInput> {
    let mut inputs = Vec::with_capacity(texts.len());
    while inputs.len() < texts.len() {
        let text = &texts[inputs.len()];
        match I::parse(text) {
            Some(input) => inputs.push(input),
            None => return Err(WrongInput::of_text(inputs.len(), text, I::EXPECTED, I::how_to_draw())),
        }
    }
    Ok(inputs)
}

/// Why the inputs of a run cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WrongInput {
    /// A text does not read as an input.
    #[error("`{text}` is not {expected}")]
    Text {
        /// Its index among the texts.
        place: usize,
        /// The text.
        text: String,
        /// What was expected.
        expected: Cow<'static, str>,
        /// How inputs can be drawn: [`Input::how_to_draw`].
        write: String,
    },
    /// The range is empty, or the type has no ranges, or not few values.
    #[error("nothing can be drawn from that: each node takes {expected}; write `{write}`")]
    NothingToDraw {
        /// What a node takes.
        expected: Cow<'static, str>,
        /// How inputs can be drawn: [`Input::how_to_draw`].
        write: String,
    },
    /// The values are of another type than the protocol's inputs.
    #[error("the values are of another type")]
    Type,
    /// There is not one value for each node.
    #[error("{given} values for {nodes} nodes; give each node one, or write `{write}`")]
    Count {
        /// How many there are.
        given: usize,
        /// How many nodes.
        nodes: usize,
        /// How inputs can be drawn instead: [`Input::how_to_draw`].
        write: String,
    },
}

impl WrongInput {
    #[inline(never)]
    fn of_text(place: usize, text: &str, expected: &'static str, write: String) -> Self {
        WrongInput::Text { place, text: text.to_owned(), expected: expected.into(), write }
    }

    /// There are not enough values, or too many, if some are given; else nothing could be drawn.
    #[inline(never)]
    fn not_made(given: Option<usize>, nodes: usize, expected: &'static str, write: String) -> Self {
        match given {
            Some(given) => WrongInput::Count { given, nodes, write },
            None => WrongInput::NothingToDraw { expected: expected.into(), write },
        }
    }
}

/// What a node begins with, in a process of its own.
#[derive(Debug)]
pub struct NodeStart<'a> {
    /// Its surroundings; the input is encoded.
    pub local: Local<Vec<u8>>,
    /// The configuration.
    pub config: &'a dyn AnyConfig,
    /// If it comes back from a crash: its incarnation, which counts the recoveries, and what it had stored.
    pub again: Option<(u32, Option<Box<[u8]>>)>,
    /// The time since the start of the run: 0 unless it comes back.
    pub now: Duration,
    /// Which of its effects are read.
    pub reads: Reads,
}

/// What a protocol is and does, without its type.  [`AnyProtocol::of`] has one for each [`Protocol`]; a protocol that is made at run
/// time implements it.
pub trait Definition: Send + Sync + 'static {
    /// Names, rules, properties, and assumptions.
    fn description(&self, config: &dyn AnyConfig) -> Arc<Description>;

    /// The default configuration; `()` for a protocol without flags.
    fn config(&self) -> Box<dyn AnyConfig> {
        Box::new(())
    }

    /// Reads what [`AnyConfig::encode`] wrote.
    ///
    /// # Errors
    /// If these bytes are not a configuration.
    fn decode_config(&self, _bytes: &[u8]) -> Result<Box<dyn AnyConfig>, String> {
        Ok(Box::new(()))
    }

    /// An instance of the problem, usually an [`Instance`](crate::protocol::Instance).  By default it is one without inputs.
    ///
    /// # Errors
    /// If the inputs cannot be made.
    fn instance(&self, graph: Graph, ids: Ids, seed: u64, inputs: InputSource<'_>) -> Result<Arc<dyn AnyInstance>, WrongInput> {
        <()>::__instance(graph, ids, seed, inputs)
    }

    /// A node, in a process of its own.  The effects of its `#[init]` or `#[recover]` are appended to `effects`.
    ///
    /// # Errors
    /// If its input does not decode.
    ///
    /// # Panics
    /// If `#[init]` or `#[recover]` panics.
    fn node(&self, start: NodeStart<'_>, effects: &mut Vec<AnyEffect>) -> Result<Box<dyn AnyNode>, String>;

    /// All nodes as they are before any event, and the effects of their `#[init]`.  Sets `making` to each node before it makes it, so
    /// that [`AnyProtocol::world`] knows which one panicked.
    ///
    /// # Panics
    /// If a node cannot be made.
    fn make_world(
        &self,
        instance: &Arc<dyn AnyInstance>,
        config: &dyn AnyConfig,
        reads: Reads,
        making: &mut NodeIndex,
    ) -> (Box<dyn AnyWorld>, Asked);

    /// A node as it ended in another process, with its fields as [`NodeView::encode`](super::NodeView::encode) gave them.  If they are
    /// not known, the node is dead and has its initial fields.  `None` if they do not decode.
    fn ended_node(
        &self,
        instance: &Arc<dyn AnyInstance>,
        config: &dyn AnyConfig,
        node: NodeIndex,
        fields: Option<&[u8]>,
        alive: bool,
    ) -> Option<Box<dyn AnyNode>>;

    /// A world at its end: nodes made by [`ended_node`](Definition::ended_node), in order, and how many messages of each tag were sent;
    /// none is under way.
    fn ended_world(
        &self,
        instance: &Arc<dyn AnyInstance>,
        config: &dyn AnyConfig,
        nodes: Vec<Box<dyn AnyNode>>,
        sent: Vec<u64>,
    ) -> Box<dyn AnyWorld>;
}
