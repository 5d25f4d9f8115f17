//! The attribute macros of `nodes`, which exports them; nobody depends on this crate by itself.
//!
//! What was written goes through four stages, each a file or a few: it is *parsed* (`parse`, `args`; bodies stay unread, so
//! that half-typed code keeps its completion), made a *model* of rules (`model`, `scan`), *checked* (`check`; what depends on
//! the states is left to constants that the compiler evaluates), and *expanded* (`expand`, `dispatch`, `set`, `describe`;
//! `declare` for the struct).  All work on `proc_macro2`, so that tests need no compiler.  A mistake costs its own rule only:
//! the rest is always emitted.

mod args;
mod check;
mod config;
mod declare;
mod derive;
mod describe;
mod diagnostics;
mod dispatch;
mod expand;
mod lenient;
mod message;
mod model;
mod outside;
mod parse;
mod refused;
mod scan;
mod set;
mod state;
#[cfg(test)]
mod tests;
mod text;
mod words;

use proc_macro::TokenStream;

/// Makes a struct and its `impl` a protocol: on the struct it declares what is assumed, on the `impl` it reads the rules.
///
/// ```
/// use State::*;
/// use nodes::prelude::*;
///
/// #[message]
/// struct Token {
///     hops: u32,
/// }
///
/// #[states]
/// enum State {
///     #[default]
///     Idle,
///     Waiting,
///     #[terminal]
///     Done,
/// }
///
/// /// How large is the ring?
/// #[protocol(topology = Ring, initiators = One, problem = "ring size", cost = "n messages")]
/// struct RingSize {
///     state: State,
///     size: u32,
/// }
///
/// #[protocol]
/// #[never(Token in Done)]
/// impl RingSize {
///     #[on(Spontaneously in Idle)]
///     fn start(&mut self, net: &mut Net<Self>) {
///         net.send(Port::new(0), Token { hops: 1 });
///         self.state = Waiting;
///     }
///
///     #[on(Token in Idle)]
///     fn pass_on(&mut self, msg: Token, sender: Port, net: &mut Net<Self>) {
///         net.send_other_way(sender, Token { hops: msg.hops + 1 });
///         self.state = Done;
///     }
///
///     #[on(Token in Waiting)]
///     fn back(&mut self, Token { hops }: Token, net: &mut Net<Self>) {
///         self.size = hops;
///         net.report("size", hops);
///         self.state = Done;
///     }
///
///     #[finally]
///     fn right(world: &World<Self>) -> bool {
///         world.nodes().all(|node| node.size == 0 || node.size as usize == world.topology().node_count())
///     }
/// }
/// ```
///
/// # On the struct
///
/// | option | values | without it |
/// |---|---|---|
/// | `topology = ..` | `Any`, `Ring`, `OrientedRing`, `DirectedRing`, `Complete`, `Tree`, `Grid`, `Torus`, `Hypercube` (no import needed), or a type of your own that implements `TopologyClass` | `Any` |
/// | `links = ..` | `Fifo` (every message arrives, in order), `Reliable` (in any order), `Lossy` (or not at all) | `Fifo` |
/// | `initiators = ..` | `Any`, `One`, `All` | `Any` |
/// | `knows(..)` | `Size` (n), `NeighbourIds`, or both: `knows(Size, NeighbourIds)` | neither |
/// | `anonymous` | a node does not know an id of its own | it does |
/// | `input = T` | each node is given a `T` (`net.input()`), a type that implements `Input` | `()` |
/// | `max_message = ".."` | how large an encoded message may be, at most `"1 GiB"`: `"45 MiB"`; units are `B`, `KiB`, `MiB`, `GiB` | `"1 MiB"` |
/// | `problem`, `cost`, `source` | texts for people | |
///
/// The field `state`, an enum with [`#[states]`](macro@states), is the node's state; a protocol without the field has only one.
/// The struct becomes `Clone`, `Debug`, `Serialize`, `Deserialize`, and `Default` if its fields are; a `#[derive]` of your own
/// stands *below* `#[protocol]`, which leaves out what it finds there.
///
/// # On the `impl`
///
/// Every message needs a rule in every state that is not terminal, or it does not compile.  A rule is a method with
/// [`#[on(Message in State)]`](macro@on), or stands on the `impl`, below `#[protocol]`:
///
/// | attribute | what happens to the message |
/// |---|---|
/// | `#[ignore(Message in State)]` | nothing |
/// | [`#[defer(Message in State)]`](macro@defer) | it waits until the state changes, or a condition holds: `#[defer(Message in State if ..)]` |
/// | [`#[never(Message in State)]`](macro@never) | it cannot come; should it, that is a violation |
/// | [`#[otherwise(ignore)]`](macro@otherwise) | nothing, for all that is not mentioned |
///
/// A terminal state means *decided*, not deaf: a rule may name it and answer there, but not leave it.  What has no rule there
/// is dropped, and counted as *late*.  The other attributes of methods are [`#[when]`](macro@when), [`#[init]`](macro@init),
/// [`#[recover]`](macro@recover), [`#[finish]`](macro@finish), [`#[always]`](macro@always) and [`#[finally]`](macro@finally).
/// Methods without one are yours.
///
/// The messages become an enum, here `RingSizeMsg`, that is itself a message; alarms, if there are any, another (`..Alarm`).
/// An `impl` in another module than its struct says where the states are: `#[protocol(states = State)]`.
///
/// A protocol may have type parameters (`struct Echo<T: Payload>`); its states may not, so that the rules are checked once and
/// for all.
#[proc_macro_attribute]
pub fn protocol(args: TokenStream, item: TokenStream) -> TokenStream {
    let (args, item) = (args.into(), item.into());
    let expansion = if expand::is_impl(&item) { expand::implement(args, item) } else { declare::declare(args, item) };
    expansion.into()
}

/// Makes a struct or enum a type of message.
///
/// ```
/// use nodes::prelude::*;
///
/// /// Is there anybody with a smaller id?
/// #[message]
/// pub struct Forth {
///     pub origin: Id,
///     pub limit: u32,
/// }
///
/// #[message]
/// #[derive(Eq, Hash)]
/// pub enum Answer {
///     Yes,
///     No { because: String },
/// }
///
/// /// Any value that can be carried.
/// #[message]
/// pub struct Wave<T> {
///     pub value: T,
/// }
/// ```
///
/// It becomes `Clone`, `Debug`, `PartialEq`, `Serialize` and `Deserialize`; a `#[derive]` of your own for more stands below.  A
/// field can be whatever is all that: numbers, texts, ids, ports, collections, other messages.  For many bytes take
/// `nodes::Bytes`, which is decoded by one copy where a `Vec<u8>` is decoded byte by byte.  What only stands in a field is
/// [`#[data]`](macro@data).
#[proc_macro_attribute]
pub fn message(args: TokenStream, item: TokenStream) -> TokenStream {
    message::message(args.into(), item.into()).into()
}

/// Makes a struct or enum data, for fields of nodes, messages and states: it does not travel by itself, and is stored, shown and
/// compared with what has it.
///
/// ```
/// use nodes::prelude::*;
///
/// /// What a node remembers of a link.
/// #[data]
/// #[derive(Default)]
/// pub struct Edge {
///     pub weight: u64,
///     pub rejected: bool,
/// }
/// ```
///
/// It becomes what a [`#[message]`](macro@message) is, `Clone`, `Debug`, `PartialEq`, `Serialize` and `Deserialize`, but no rule can be
/// for it.
#[proc_macro_attribute]
pub fn data(args: TokenStream, item: TokenStream) -> TokenStream {
    message::data(args.into(), item.into()).into()
}

/// Makes a struct or enum a type of alarm, which a node sets for itself and handles by [`#[when]`](macro@when).
///
/// ```
/// use nodes::prelude::*;
///
/// #[alarm]
/// struct Retry {
///     attempt: u32,
/// }
/// ```
///
/// `net.set_alarm(millis(20), Retry { attempt: 1 })` sets one, which rings after that time, or after one of a range that is drawn:
/// `millis(20)..millis(40)`.  `net.cancel::<Retry>()` takes all of them back, `net.restart(..)` does that and sets one.  Alarms
/// never travel.
#[proc_macro_attribute]
pub fn alarm(args: TokenStream, item: TokenStream) -> TokenStream {
    message::alarm(args.into(), item.into()).into()
}

/// Makes an enum the states of a protocol.
///
/// ```
/// use nodes::prelude::*;
///
/// #[states]
/// pub enum State {
///     /// Nothing has happened yet.
///     #[default]
///     Asleep,
///     Waiting { answers: usize },
///     #[terminal]
///     Leader,
///     #[terminal]
///     Follower,
/// }
/// ```
///
/// `#[default]` marks the state in which a node begins (what it carries begins at its own default), `#[terminal]` those in
/// which it has decided.  The enum becomes `Clone`, `Debug`, `Default`, `PartialEq`, `Serialize` and `Deserialize`, and `Copy`
/// if no state carries anything.  A rule names states without what they carry: `in Waiting`, or `in Waiting { .. }`.
#[proc_macro_attribute]
pub fn states(args: TokenStream, item: TokenStream) -> TokenStream {
    state::states(args.into(), item.into()).into()
}

/// Makes a struct the configuration of a protocol: each field is a flag on the command line.
///
/// ```
/// use nodes::prelude::*;
///
/// #[config]
/// struct Settings {
///     /// Times that each node asks.
///     #[default(3)]
///     #[range(1..=1000)]
///     requests: u32,
///     /// How long it stays at most.
///     #[default(millis(20))]
///     longest_stay: Duration,
/// }
///
/// #[protocol]
/// struct Asker {
///     left: u32,
/// }
///
/// #[protocol]
/// impl Asker {
///     #[init]
///     fn new(config: &Settings) -> Self {
///         Asker { left: config.requests }
///     }
///
///     #[on(Spontaneously if self.left > 0)]
///     fn ask(&mut self) {
///         self.left -= 1;
///     }
/// }
/// ```
///
/// That gives `--requests` and `--longest-stay`, with the documentation as their help.  Without `#[default(..)]` a field begins
/// at the default of its type.  Numbers, `bool`, texts, `Duration` and `Id` are flags, and each of them as an `Option`.
///
/// Where a test (`nodes::testing::Trial`) makes a failing run small, it may lower numbers that are marked `#[shrink]`: how often
/// something is done, say.  All else stays as it was, since the failure may be due to it.
#[proc_macro_attribute]
pub fn config(args: TokenStream, item: TokenStream) -> TokenStream {
    config::config(args.into(), item.into()).into()
}

macro_rules! inside_protocol {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[proc_macro_attribute]
        pub fn $name(_: TokenStream, item: TokenStream) -> TokenStream {
            outside::complain(stringify!($name), item.into()).into()
        }
    )*};
}

inside_protocol! {
    /// A rule, on a method of an `impl` with [`#[protocol]`](macro@protocol): what a node does with a message, or with the
    /// impulse.
    ///
    /// ```
    /// # use State::*;
    /// # use nodes::prelude::*;
    /// # #[message] struct Forth { origin: Id, limit: u32 }
    /// # #[states] enum State { #[default] Asleep, Candidate, Defeated }
    /// # #[protocol(topology = Ring)] struct Election { state: State }
    /// #[protocol]
    /// impl Election {
    ///     #[on(Spontaneously in Asleep)]
    ///     fn start(&mut self, net: &mut Net<Self>) {
    ///         net.send_to_all(Forth { origin: net.id(), limit: 1 });
    ///         self.state = Candidate;
    ///     }
    ///
    ///     #[on(Forth in Asleep | Defeated)]
    ///     #[on(Forth in Candidate if msg.origin < net.id())]
    ///     fn give_way(&mut self, msg: Forth, sender: Port, net: &mut Net<Self>) {
    ///         net.send_other_way(sender, msg);
    ///         self.state = Defeated;
    ///     }
    ///
    ///     /// The rest of the pair: the origin is not smaller.
    ///     #[on(Forth in Candidate)]
    ///     fn own_or_larger(&mut self) {}
    /// }
    /// ```
    ///
    /// - **The event** is a [message](macro@message), or `Spontaneously`: the impulse, by which an initiator starts.  A node may get
    ///   several (`--initiators 3@0s,3@1s`), as events from outside; where no rule answers one, nothing happens.
    /// - **`in`** names the states.  Without it, the rule is for every state that is not terminal and that no other rule of the event
    ///   names.
    /// - **`if`** is a condition over `self` and the handler's parameters (`msg`, `sender` and `net` where it leaves them out).  Rules
    ///   with `if` are tried first, in source order, and do not count as coverage: somebody must handle the rest.
    /// - **The method** takes `&mut self`, the message, the `Port` that it came from, `&mut Net<Self>`: each after `self` may be left out,
    ///   or be a pattern.  It returns nothing, changes the state by `self.state = ..`, and is one atomic step.  It may have several rules,
    ///   and other methods may call it.
    on

    /// A rule for an [alarm](macro@alarm), on a method of an `impl` with [`#[protocol]`](macro@protocol).
    ///
    /// ```
    /// # use State::*;
    /// # use nodes::prelude::*;
    /// # #[message] struct Ask;
    /// # #[states] enum State { #[default] Idle, Waiting, #[terminal] GaveUp }
    /// # #[protocol] struct Client { state: State }
    /// #[alarm]
    /// struct Retry {
    ///     attempt: u32,
    /// }
    ///
    /// #[protocol]
    /// #[otherwise(ignore)]
    /// impl Client {
    ///     #[on(Spontaneously in Idle)]
    ///     fn start(&mut self, net: &mut Net<Self>) {
    ///         net.set_alarm(secs(1), Retry { attempt: 1 });
    ///         self.state = Waiting;
    ///     }
    ///
    ///     #[when(Retry in Waiting if alarm.attempt == 3)]
    ///     fn give_up(&mut self) {
    ///         self.state = GaveUp;
    ///     }
    ///
    ///     #[when(Retry in Waiting)]
    ///     fn again(&mut self, Retry { attempt }: Retry, net: &mut Net<Self>) {
    ///         net.send_to_all(Ask);
    ///         net.set_alarm(secs(1), Retry { attempt: attempt + 1 });
    ///     }
    /// #   #[on(Ask in Idle)] fn ask(&mut self) {}
    /// }
    /// ```
    ///
    /// `in` and `if` are those of [`#[on]`](macro@on).  An alarm that rings in a state without a rule for it does nothing.
    when

    /// How a node begins, where `Default` is not enough: a function of an `impl` with [`#[protocol]`](macro@protocol).
    ///
    /// ```
    /// # use nodes::prelude::*;
    /// # #[config] struct Settings { requests: u32 }
    /// # #[protocol(knows(Size))] struct Asker { left: u32, answers: Vec<bool> }
    /// #[protocol]
    /// impl Asker {
    ///     #[init]
    ///     fn new(config: &Settings, net: &mut Net<Self>) -> Self {
    ///         Asker { left: config.requests, answers: vec![false; net.size()] }
    ///     }
    /// #   #[on(Spontaneously)] fn start(&mut self) {}
    /// }
    /// ```
    ///
    /// The [configuration](macro@config) and the net may each be left out.  It may set alarms.
    init

    /// How a node comes back after a crash: a function of an `impl` with [`#[protocol]`](macro@protocol).
    ///
    /// ```
    /// # use nodes::prelude::*;
    /// # #[message] struct Add;
    /// #[protocol]
    /// struct Counter {
    ///     count: u64,
    /// }
    ///
    /// #[protocol]
    /// impl Counter {
    ///     #[recover]
    ///     fn back(saved: u64) -> Self {
    ///         Counter { count: saved }
    ///     }
    ///
    ///     #[on(Add)]
    ///     fn add(&mut self, net: &mut Net<Self>) {
    ///         self.count += 1;
    ///         net.store(&self.count);
    ///     }
    /// #   #[on(Spontaneously)] fn start(&mut self, net: &mut Net<Self>) { net.send_to_all(Add); }
    /// }
    /// ```
    ///
    /// It is given what the node stored last, and may take the [configuration](macro@config) and the net besides.  All else
    /// that the node knew, its alarms and what it deferred are gone.  A node that has stored nothing, or whose protocol has no
    /// `#[recover]`, begins as it did at first, without an impulse.
    recover

    /// A node's last word, on a method of an `impl` with [`#[protocol]`](macro@protocol): called once at the end of a run, also
    /// after a timeout or an error.  It may only `report` and `log`.
    ///
    /// ```
    /// # use nodes::prelude::*;
    /// # #[protocol] struct Counter { count: u32 }
    /// #[protocol]
    /// impl Counter {
    ///     #[finish]
    ///     fn finish(&mut self, net: &mut Net<Self>) {
    ///         net.report("count", self.count);
    ///     }
    /// #   #[on(Spontaneously)] fn start(&mut self) {}
    /// }
    /// ```
    finish

    /// A safety property, on a function of an `impl` with [`#[protocol]`](macro@protocol): it must hold in every configuration
    /// of a run.
    ///
    /// ```
    /// # use nodes::prelude::*;
    /// # #[states] enum State { #[default] Idle, #[terminal] Leader }
    /// # #[protocol] struct Election { state: State, votes: usize }
    /// #[protocol]
    /// impl Election {
    ///     /// Never two leaders.
    ///     #[always]
    ///     fn at_most_one(world: &World<Self>) -> bool {
    ///         world.in_state(State::Leader).count() <= 1
    ///     }
    ///
    ///     /// An invariant of one node, which is cheaper to look at.
    ///     #[always]
    ///     fn few_votes(node: &Node<Self>) -> Result<(), String> {
    ///         if node.votes < 100 { Ok(()) } else { Err(format!("{} votes", node.votes)) }
    ///     }
    /// #   #[on(Spontaneously in Idle)] fn start(&mut self) { self.state = State::Leader; }
    /// }
    /// ```
    always

    /// A property of the end of a run, on a function of an `impl` with [`#[protocol]`](macro@protocol); it looks like
    /// [`#[always]`](macro@always).  The end is when nothing is under way any more: in a run that `--for` or a time limit ends before,
    /// it is not checked.
    ///
    /// ```
    /// # use nodes::prelude::*;
    /// # #[states] enum State { #[default] Idle, #[terminal] Leader }
    /// # #[protocol] struct Election { state: State }
    /// #[protocol]
    /// impl Election {
    ///     /// When all is quiet, there is one leader.
    ///     #[finally]
    ///     fn elected(world: &World<Self>) -> bool {
    ///         world.in_state(State::Leader).count() == 1 && world.all_terminal()
    ///     }
    /// #   #[on(Spontaneously in Idle)] fn start(&mut self) { self.state = State::Leader; }
    /// }
    /// ```
    finally

    /// A message that cannot come in a state, declared on an `impl` below [`#[protocol]`](macro@protocol).  Should it come,
    /// that is a violation, in every engine.
    ///
    /// ```
    /// # use State::*;
    /// # use nodes::prelude::*;
    /// # #[message] struct Back;
    /// # #[states] enum State { #[default] Asleep, Candidate }
    /// # #[protocol] struct Election { state: State }
    /// #[protocol]
    /// #[never(Back in Asleep)]
    /// impl Election {
    ///     #[on(Spontaneously in Asleep)]
    ///     fn start(&mut self) {
    ///         self.state = Candidate;
    ///     }
    ///
    ///     #[on(Back in Candidate)]
    ///     fn back(&mut self) {}
    /// }
    /// ```
    never

    /// A message that waits, declared on an `impl` below [`#[protocol]`](macro@protocol): for another state, or for a condition to
    /// hold.  It is kept in its place, and offered again each time that the state changes, those of a link in the order of their
    /// arrival.  If a rule with `if` speaks of it in that state, this one or another, it is also offered after each step of the node:
    /// not only a change of the state's name may let the message through.  A condition on the clock, `net.now()`, is looked at
    /// in the next step, for which an alarm can be set.
    ///
    /// If messages still wait when a run ends, a notice names them.
    ///
    /// ```
    /// # use State::*;
    /// # use nodes::prelude::*;
    /// # #[message] struct Request;
    /// # #[states] enum State { #[default] Idle, InCriticalSection }
    /// # #[protocol] struct Mutex { state: State }
    /// #[protocol]
    /// #[defer(Request in InCriticalSection)]
    /// impl Mutex {
    ///     #[on(Spontaneously in Idle)]
    ///     fn enter(&mut self) {
    ///         self.state = InCriticalSection;
    ///     }
    ///
    ///     #[on(Request in Idle)]
    ///     fn grant(&mut self, sender: Port, net: &mut Net<Self>) {
    ///         net.send(sender, Request);
    ///     }
    /// }
    /// ```
    ///
    /// In GHS, which builds a minimum spanning tree, a test waits until the node's level has risen:
    ///
    /// ```
    /// # use State::*;
    /// # use nodes::prelude::*;
    /// # #[message] struct Test { level: u32 } #[message] struct Accept; #[message] struct Merge;
    /// # #[states] enum State { #[default] Found, Find }
    /// # #[protocol] struct Ghs { state: State, level: u32 }
    /// #[protocol]
    /// #[defer(Test in Find | Found if msg.level > self.level)]
    /// impl Ghs {
    ///     # #[on(Spontaneously)] fn start(&mut self) {}
    ///     #[on(Test in Find | Found)]
    ///     fn test(&mut self, sender: Port, net: &mut Net<Self>) {
    ///         net.send(sender, Accept);
    ///     }
    ///
    ///     #[on(Merge)]
    ///     fn merge(&mut self) {
    ///         self.level += 1;
    ///     }
    ///     # #[on(Accept)] fn accepted(&mut self) {}
    /// }
    /// ```
    defer

    /// `#[otherwise(ignore)]` on an `impl` below [`#[protocol]`](macro@protocol): what no rule mentions is ignored, the book's
    /// "nil".
    ///
    /// It takes the question "what if this message comes in that state?" away, which is where most mistakes are; better say
    /// `#[ignore]`, `#[defer]` or [`#[never]`](macro@never) one by one.
    otherwise
}
