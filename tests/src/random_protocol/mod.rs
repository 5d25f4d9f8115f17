//! Protocols drawn at random, to compare engines on: by a seed, a table of rules, a small graph, links, initiators, and properties.
//!
//! A node's state, the message and the number that it carries select a cell of the [`Rules`], which says what follows.  What the
//! language offers is drawn, too: alarms, random draws, messages to oneself, rules that are `never` to be needed, messages that are
//! deferred, terminal states.  Each node sends, and sets alarms, so many times at most: every run ends, unless that is left out.

mod rules;

use core::fmt;

use nodes::network::{Budget, Duplicates};
use nodes::protocol::{Links, Protocol, Random};
use nodes::run::{AnyRun, Initiators, Run, Wake};
use nodes::topology::{Graph, GraphBuilder, TopologyClass};

use crate::graphs;
pub use rules::{Rules, Settings};

/// Any graph, also with one-way links.
pub enum Whatever {}

impl TopologyClass for Whatever {
    const NAME: &'static str = "Whatever";
    const DEFAULT: &'static str = "complete:3";

    fn accept(graph: Graph) -> Result<Graph, String> {
        Ok(graph)
    }
}

/// The properties, any of which may be asked of a case: the input of each node is the set of them, as bits.
mod asked {
    pub(super) const AT_MOST_ONE: u16 = 1;
    pub(super) const VISITED: u16 = 2;
    pub(super) const UNDER_WAY: u16 = 4;
    pub(super) const SENT: u16 = 8;
    pub(super) const LOCAL: u16 = 16;
    pub(super) const EXACTLY_ONE: u16 = 32;
    pub(super) const ALL: u16 = 64;
    pub(super) const NEVER_TWO: u16 = 128;
    pub(super) const MEMBERS: u16 = 256;
    pub(super) const NOT_BOTH: u16 = 512;
    pub(super) const AT_THE_END: u16 = 1024;
    pub(super) const NEVER_TWO_UNDER_WAY: u16 = 2048;
    pub(super) const NONE: u16 = 4096;
    pub(super) const COUNT: usize = 13;
    /// No property: nodes store what they are, and recover with that.
    pub(super) const STORED: u16 = 8192;
    /// A property that does not hold at the start.
    pub(super) const ANY_LEFT_ZERO: u16 = 16384;
}

/// The protocol of a table; `$terminal` stands at state `Three`.
macro_rules! protocol {
    ($module:ident, $(#[$terminal:meta])?) => {
        mod $module {
            use State::*;
            use nodes::prelude::*;
            use nodes::protocol::MessageOf;
            use nodes::topology::NodeIndex;

            use super::rules::{Act, Cell, Event, Rules, Settings, To};
            use super::{Whatever, asked};

            #[message]
            pub(super) struct A(pub u8);
            #[message]
            pub(super) struct B(pub u8);
            #[message]
            pub(super) struct C(pub u8);

            #[alarm]
            pub(super) struct Early;
            #[alarm]
            pub(super) struct Late;

            #[states]
            #[derive(Copy)]
            pub(super) enum State {
                #[default]
                Zero,
                One,
                Two,
                $(#[$terminal])?
                Three,
            }

            const STATES: [State; 4] = [Zero, One, Two, Three];

            #[protocol(topology = Whatever, input = u16)]
            pub(super) struct Drawn {
                state: State,
                number: u8,
                /// So many more times it may send or set an alarm, if that is limited.
                left: Option<u8>,
                asked: u16,
                rules: Rules,
            }

            #[protocol]
            #[defer(A in Zero | One | Two)]
            #[never(B in Zero | One | Two)]
            #[otherwise(ignore)]
            impl Drawn {
                #[init]
                fn new(settings: &Settings, net: &mut Net<Self>) -> Self {
                    let rules = Rules::of(settings);
                    let left = (!settings.unlimited).then_some(rules.budget());
                    Drawn { state: Zero, number: 0, left, asked: *net.input(), rules }
                }

                #[recover]
                fn back(saved: (u8, Option<u8>), settings: &Settings, net: &mut Net<Self>) -> Self {
                    let (number, left) = saved;
                    if number > 1 {
                        net.send_to_all(C(number));
                    }
                    Drawn { number, left, ..Drawn::new(settings, net) }
                }

                #[on(Spontaneously in Zero | One | Two | Three)]
                fn start(&mut self, net: &mut Net<Self>) {
                    self.react(Event::Impulse, None, net);
                }

                #[on(A in Zero | One | Two | Three if self.knows(Event::A(msg.0)))]
                fn a(&mut self, msg: A, sender: Port, net: &mut Net<Self>) {
                    self.react(Event::A(msg.0), Some(sender), net);
                }

                #[on(B in Zero | One | Two | Three if self.knows(Event::B(msg.0)))]
                fn b(&mut self, msg: B, sender: Port, net: &mut Net<Self>) {
                    self.react(Event::B(msg.0), Some(sender), net);
                }

                #[on(C in Zero | One | Two | Three if self.knows(Event::C(msg.0)))]
                fn c(&mut self, msg: C, sender: Port, net: &mut Net<Self>) {
                    self.react(Event::C(msg.0), Some(sender), net);
                }

                #[when(Early in Zero | One | Two | Three)]
                fn early(&mut self, net: &mut Net<Self>) {
                    self.react(Event::Early, None, net);
                }

                #[when(Late in Zero | One | Two | Three)]
                fn late(&mut self, net: &mut Net<Self>) {
                    self.react(Event::Late, None, net);
                }

                fn cell(&self, event: Event) -> &Cell {
                    self.rules.cell(self.state as usize, event)
                }

                fn knows(&self, event: Event) -> bool {
                    !self.cell(event).is_empty()
                }

                fn react(&mut self, event: Event, sender: Option<Port>, net: &mut Net<Self>) {
                    let rules = self.rules.clone();
                    let cell = rules.cell(self.state as usize, event);
                    let Some(last) = cell.len().checked_sub(1) else { return };
                    let rule = &cell[if last == 0 { 0 } else { net.random(0..=last) }];
                    self.number = rule.number.of(self.number, event.number());
                    for act in &rule.acts {
                        if *act == Act::Cancel {
                            net.cancel::<Early>();
                        } else if self.left != Some(0) {
                            self.left = self.left.map(|left| left - 1);
                            self.act(*act, sender, net, &rules);
                        }
                    }
                    self.state = STATES[rule.becomes];
                    if self.asked & asked::STORED > 0 && self.number > 0 {
                        net.store(&(self.number, self.left));
                    }
                }

                fn act(&mut self, act: Act, sender: Option<Port>, net: &mut Net<Self>, rules: &Rules) {
                    match act {
                        Act::SendA(to, number) => send(to, A(number.of(self.number)), sender, net),
                        Act::SendB(to, number) => send(to, B(number.of(self.number)), sender, net),
                        Act::SendC(to, number) => send(to, C(number.of(self.number)), sender, net),
                        Act::SetEarly => net.set_alarm(millis(rules.early()), Early),
                        Act::SetLate => net.set_alarm(millis(rules.late()), Late),
                        Act::Cancel => {}
                    }
                }

                #[always]
                fn at_most_one_is_in_one(world: &World<Self>) -> bool {
                    is_not_asked(world, asked::AT_MOST_ONE) || world.in_state(One).count() <= 1
                }

                #[always]
                fn node_0_never_was_in_one(world: &World<Self>) -> bool {
                    is_not_asked(world, asked::VISITED) || !matches!(world.node(NodeIndex::new(0)).state, One)
                }

                #[always]
                fn at_most_one_c_is_under_way(world: &World<Self>) -> bool {
                    is_not_asked(world, asked::UNDER_WAY) || world.in_transit::<C>() <= 1
                }

                /// Two that are under way at once are passed by if one of them is lost.
                #[always]
                fn two_c_are_not_under_way(world: &World<Self>) -> bool {
                    is_not_asked(world, asked::NEVER_TWO_UNDER_WAY) || world.in_transit::<C>() != 2
                }

                #[always]
                fn at_most_two_a_are_sent(world: &World<Self>) -> bool {
                    is_not_asked(world, asked::SENT) || world.sent::<A>() <= 2
                }

                #[always]
                fn whoever_is_in_two_has_a_zero(node: &Node<Self>) -> bool {
                    node.asked & asked::LOCAL == 0 || !matches!(node.state, Two) || node.number == 0
                }

                /// Whether any was, which a count tells later no more.
                #[always]
                fn none_ever_is_in_one(world: &World<Self>) -> bool {
                    is_not_asked(world, asked::NONE) || world.in_state(One).count() == 0
                }

                /// Three may be.
                #[always]
                fn two_never_are_in_one(world: &World<Self>) -> bool {
                    is_not_asked(world, asked::NEVER_TWO) || world.in_state(One).count() != 2
                }

                #[always]
                fn who_is_in_one_has_no_three(world: &World<Self>) -> bool {
                    is_not_asked(world, asked::MEMBERS) || world.in_state(One).all(|node| node.number != 3)
                }

                #[always]
                fn one_and_two_exclude_each_other(world: &World<Self>) -> bool {
                    let none = |state| world.in_state(state).count() == 0;
                    is_not_asked(world, asked::NOT_BOTH) || none(One) || none(Two)
                }

                #[always]
                fn all_have_an_even_number_when_all_are_done(world: &World<Self>) -> bool {
                    is_not_asked(world, asked::AT_THE_END)
                        || !world.all_terminal()
                        || world.nodes().all(|node| node.number % 2 == 0)
                }

                /// None has before the first step.
                #[always]
                fn one_has_left_zero(world: &World<Self>) -> bool {
                    let is_any_in = |state| world.in_state(state).count() > 0;
                    is_not_asked(world, asked::ANY_LEFT_ZERO) || [One, Two, Three].into_iter().any(is_any_in)
                }

                #[finally]
                fn exactly_one_is_in_one(world: &World<Self>) -> bool {
                    is_not_asked(world, asked::EXACTLY_ONE) || world.in_state(One).count() == 1
                }

                #[finally]
                fn all_have_the_same_number(world: &World<Self>) -> bool {
                    is_not_asked(world, asked::ALL) || world.nodes().all(|node| node.number == world.nodes().as_slice()[0].number)
                }
            }

            /// Whether that property is not asked of this case.  The inputs are no part of a configuration: a property that looks at
            /// them has not looked at the run.
            fn is_not_asked(world: &World<Drawn>, property: u16) -> bool {
                world.input(NodeIndex::new(0)) & property == 0
            }

            fn send<M: MessageOf<Drawn>>(to: To, msg: M, sender: Option<Port>, net: &mut Net<Drawn>) {
                let back = sender.filter(|sender| net.ports().any(|port| port == *sender));
                match (to, back) {
                    (To::Itself, _) => net.send_to_self(msg),
                    (To::All, _) | (To::Others, None) => net.send_to_all(msg),
                    (To::Others, Some(sender)) => net.send_to_all_except(sender, msg),
                    (To::Back, Some(sender)) => net.send(sender, msg),
                    (To::First, _) | (To::Back, None) => {
                        if let Some(first) = net.ports().next() {
                            net.send(first, msg);
                        }
                    }
                }
            }
        }
    };
}
protocol!(open,);
protocol!(deciding, #[terminal]);

/// A case: a protocol, and all that a run of it starts from.
#[derive(Debug)]
pub struct Case {
    /// The run.
    pub run: AnyRun,
    text: String,
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Case {
    /// The case of a seed.
    pub fn of_seed(seed: u64) -> Self {
        Case::limited(seed, 4, 0, &mut Random::stream(seed, "case", 0))
    }

    /// A case in which so many messages may be lost and duplicated, or links be cut.
    pub fn with_budget(seed: u64) -> Self {
        let mut random = Random::stream(seed, "budget", 0);
        let losses = Some(random.range(0..=3)).filter(|losses| *losses < 3);
        let duplicates = Some(random.range(0..=2)).filter(|count| *count < 2).map(Duplicates::AtMost);
        let cuts = if losses.is_none() { random.range(0..=1) } else { 0 };
        Case::limited(seed, 3, 0, &mut random).within(Budget { losses, duplicates, cuts, ..Budget::default() })
    }

    /// A case of a seed whose runs need not end: nothing limits how often a node acts.
    pub fn without_end(seed: u64) -> Self {
        let mut random = Random::stream(seed, "case without end", 0);
        Case::on::<open::Drawn>(Settings { rules: seed, unlimited: true }, 3, 0, &mut random)
    }

    /// A case with faults: on two or three nodes, which store what they are.
    pub fn with_faults(seed: u64) -> Self {
        let mut random = Random::stream(seed, "faults", 0);
        let crashes = random.range(0..=1);
        let mut budget = Budget { crashes, recoveries: random.range(0..=crashes), ..Budget::default() };
        budget.losses = Some(random.range(0..=2)).filter(|losses| *losses < 2);
        budget.duplicates = Some(random.range(0..=2)).filter(|count| *count < 2).map(Duplicates::AtMost);
        Case::limited(seed, 3, asked::STORED, &mut random).within(budget)
    }

    /// A case whose nodes act so many times at most.
    fn limited(seed: u64, most: usize, besides: u16, random: &mut Random) -> Self {
        let settings = Settings { rules: seed, unlimited: false };
        if random.chance(0.25) {
            Case::on::<deciding::Drawn>(settings, most, besides, random)
        } else {
            Case::on::<open::Drawn>(settings, most, besides, random)
        }
    }

    /// The case with faults.
    fn within(self, budget: Budget) -> Self {
        Case { run: self.run.faults(budget.into()), text: format!("{budget}; {}", self.text) }
    }

    /// On at most that many nodes; `besides` is part of what is asked.
    fn on<P: Protocol<Config = Settings, Input = u16>>(
        settings: Settings,
        most: usize,
        besides: u16,
        random: &mut Random,
    ) -> Self {
        let meets = !settings.unlimited && besides == 0 && Rules::meets(settings.rules);
        let nodes = random.range(if meets { 3 } else { 2 }..=most);
        let graph = if meets { star(nodes) } else { graph(nodes, random) };
        let links = [Links::Fifo, Links::Reliable, Links::Reliable, Links::Lossy][random.range(0..4)];
        let asks = besides | if settings.unlimited || random.chance(0.25) { 0 } else { 1 << random.range(0..asked::COUNT) };
        let at_start = !settings.unlimited && asks == besides && Random::stream(settings.rules, "at the start", 0).chance(0.5);
        let asks = asks | if at_start { asked::ANY_LEFT_ZERO } else { 0 };
        let woken = if meets { (1..nodes).collect() } else { graphs::some_nodes(nodes, random) };
        let wake = if random.chance(0.5) { Wake::Together } else { Wake::Random };
        let ways = if graph.is_directed() { "one-way" } else { "both ways" };
        let ends = graph.links().map(|link| format!("{}-{}", link.a, link.b)).collect::<Vec<_>>().join(" ");
        let text = format!(
            "links {ends}, {ways}, {links:?}; {woken:?} woken, {wake:?}; properties {asks:#b}\n{}",
            Rules::of(&settings)
        );
        let run = Run::<P>::on(graph).config(settings).links(links).seed(0).wake_up(wake);
        let initiators = Initiators::Given(woken.into_iter().map(|node| (node, None)).collect());
        let run = run.initiators(initiators).inputs(vec![asks; nodes]);
        Case { run: run.into(), text }
    }
}

/// All others have node 0 as their only neighbour.
fn star(nodes: usize) -> Graph {
    let mut star = GraphBuilder::new(nodes);
    (1..nodes).for_each(|leaf| {
        star.link(0, leaf);
    });
    star.build()
}

/// A connected graph, whose links lead one way or both.
fn graph(nodes: usize, random: &mut Random) -> Graph {
    let both = graphs::connected(nodes, random);
    if random.chance(0.75) {
        return both;
    }
    let mut one_way = GraphBuilder::new(nodes).directed();
    for link in both.links() {
        let (a, b) = (link.a.index(), link.b.index());
        if random.chance(0.5) {
            one_way.link(a, b)
        } else {
            one_way.link(b, a)
        };
    }
    one_way.build()
}
