//! A run under way: takes what is due, lets the node make its step, carries out what it asks for, looks at the properties.

mod cast;
mod core;
mod course;
mod doom;
mod effects;
mod steered;
mod step;

use ::core::any::Any;
use ::core::num::NonZeroU32;
use ::core::ops::ControlFlow;
use std::collections::VecDeque;
use std::sync::Arc;

use self::cast::{Cast, Untyped};
use self::core::Core;
use super::queue::Queue;
use super::result::Ended;
use super::{Simulation, Steering, Watch};
use crate::execution::{End, Prepared};
use crate::network::{Happening, Observer, OnCrash};
use crate::panics::caught;
use crate::protocol::{AnyWorld, Asked, Extension, Protocol, TypedWorld};
use crate::topology::{NodeIndex, Port};

/// A message under way.
#[derive(Debug)]
struct Parcel<M, N> {
    to: NodeIndex,
    /// The port that it arrives at.
    port: Port,
    depth: NonZeroU32,
    /// Its number on its link, where messages can overtake each other.
    number: u32,
    msg: M,
    /// Its number in the run, where that is followed.
    sending: N,
}

/// A message of a node to itself.
#[derive(Debug)]
struct Own<M, N> {
    node: NodeIndex,
    msg: M,
    sending: N,
}

/// Whether the run goes on.
type Flow = ControlFlow<()>;

/// A run.
struct Engine<'a, C: Cast> {
    core: Core<'a>,
    cast: Box<C>,
    queue: Queue<Parcel<C::Msg, C::Number>>,
    own: VecDeque<Own<C::Msg, C::Number>>,
}

impl<'a, C: Cast> Engine<'a, C> {
    /// Everything as it is before anything happens but `#[init]`.
    fn new(core: Core<'a>, cast: Box<C>) -> Self {
        let mut queue = Queue::new(core.kind);
        if core.is_large {
            queue.expect(2 * core.graph.node_count());
        }
        let mut engine = Engine { core, cast, queue, own: VecDeque::new() };
        for node in engine.core.graph.nodes() {
            if let Some(alarm) = engine.cast.next_alarm(node) {
                engine.core.alarms.push(alarm, node);
                engine.core.waiting += usize::from(engine.is_waiting(node));
            }
        }
        engine
    }

    /// Does what `#[init]` asked for, and lets the run take its course, to its end.
    fn run(&mut self, asked: Asked, go_on: &mut dyn FnMut(&mut Self)) {
        let mut asked = asked.into_iter();
        while self.core.end.is_none() {
            let done = caught(|| {
                for (node, effects) in &mut asked {
                    self.core.acting = node;
                    self.carry_out_untyped(node, effects);
                }
                go_on(self);
            });
            if let Err(what) = done {
                self.failed(what);
            }
        }
        self.crash_the_doomed();
    }

    /// A handler, or a property, panicked.
    #[cold]
    fn failed(&mut self, what: String) {
        let node = self.core.acting;
        let end = self.core.judge.panicked(node, what);
        if let Some(observer) = self.cast.observer() {
            end.tell(observer);
        }
        if let End::Panicked { .. } = end {
            self.cast.forget();
            if self.core.prepared.faults.on_crash == OnCrash::Continue {
                return self.crash(node);
            }
            self.cast.any_mut().crash(node);
        }
        self.core.end = Some(end);
    }
}

/// Makes runs of a protocol with its types: the loop of most simulated events.  Attached to an
/// [`AnyProtocol`](crate::protocol::AnyProtocol), it makes each of its runs that nothing observes or steers.
pub struct Fast {
    run: RunTyped,
}

/// Takes a run from its beginning to its end.
type RunTyped = for<'a> fn(Core<'a>, Box<dyn AnyWorld>, Asked, &mut Option<&mut Watch<'_>>) -> (Core<'a>, Box<dyn AnyWorld>);

impl Extension for Fast {}

impl Fast {
    /// For protocol `P`.
    pub const fn of<P: Protocol>() -> &'static Fast {
        const { &Fast { run: run_typed::<P> } }
    }
}

impl ::core::fmt::Debug for Fast {
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        f.write_str("Fast")
    }
}

fn run_typed<'a, P: Protocol>(
    core: Core<'a>,
    world: Box<dyn AnyWorld>,
    asked: Asked,
    watch: &mut Option<&mut Watch<'_>>,
) -> (Core<'a>, Box<dyn AnyWorld>) {
    let world: Box<dyn Any> = world;
    let Ok(world) = world.downcast::<TypedWorld<P>>() else {
        panic!("the fast loop of another protocol is attached to {}", core.description.name)
    };
    let mut engine = Engine::new(core, world);
    engine.run(asked, &mut |engine| engine.go_on(watch));
    (engine.core, engine.cast)
}

fn run_untyped<'a>(
    core: Core<'a>,
    world: Box<dyn AnyWorld>,
    asked: Asked,
    watch: &mut Option<&mut Watch<'_>>,
    steering: Option<&mut dyn Steering>,
    observer: &mut dyn Observer,
) -> (Core<'a>, Box<dyn AnyWorld>) {
    observer.begun(world.view());
    let mut engine = Engine::new(core, Box::new(Untyped::new(world, observer)));
    match steering {
        None => engine.run(asked, &mut |engine| engine.go_on(watch)),
        Some(steering) => engine.run(asked, &mut |engine| engine.go_on_steered(watch, steering)),
    }
    (engine.core, engine.cast.world)
}

/// Makes a run, from its beginning to its end.
///
/// # Errors
/// If a node does not come into being: what was prepared, which node, and why.
pub(super) fn run(
    mut prepared: Prepared,
    simulation: &mut Simulation<'_>,
    fast: Option<&'static Fast>,
    observer: &mut dyn Observer,
) -> Result<Ended, Box<(Prepared, NodeIndex, String)>> {
    let (mut watch, steering) = (simulation.watch.take(), simulation.steering.take());
    if let Some(most) = simulation.max_in_transit {
        prepared.note_option("max-in-transit", most.to_string());
    }
    let made = prepared.protocol.world(&prepared.instance, &*prepared.config, observer.reads());
    let (world, asked) = match made {
        Ok(made) => made,
        Err((node, what)) => return Err(Box::new((prepared, node, what))),
    };
    let instance = Arc::clone(&prepared.instance);
    let core = Core::new(prepared, instance.graph(), simulation);
    let (core, world) = match fast {
        Some(fast) => (fast.run)(core, world, asked, &mut watch),
        None => run_untyped(core, world, asked, &mut watch, steering, observer),
    };
    let now = core.time();
    let Core { prepared, tally, courier, reported, judge, end, .. } = core;
    Ok(Ended { prepared, world, tally, links: courier.tally, reported, now, judge, end: end.unwrap_or(End::Quiet) })
}
