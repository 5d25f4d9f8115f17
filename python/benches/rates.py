"""How many messages a second of processor time: classes, the same protocol in Rust, SimPy, and Mesa, in one run.

    python benches/rates.py                      # classes, and SimPy and Mesa if they are installed
    python benches/rates.py --rust PROGRAM       # and the same in Rust: target/release/beside-jobs, of benches/

The job: a ring, on which each node starts a message that is passed on.  Set-up is taken off, as the Rust program does
it.  Medians of several runs, the series one after the other in each round, so that what disturbs the machine disturbs
all.  `Handler` is the handler of `Relay` called by itself, with a `net` that does nothing: what CPython takes for it,
without any engine.  Behind the rates stand the ratios for which there are goals, and the memory of a node.
"""

from __future__ import annotations

import argparse
import gc
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from itertools import repeat
from statistics import median

import distnodes as nodes
from distnodes import Net, Port, Spontaneously, World, always, init, message, on, protocol, u32


@nodes.config
class Options:
    """How far messages go."""

    hops: u32 = 10


@message
class Token:
    """What is passed on."""

    left: u32


@protocol(topology="Ring", initiators="all", config=Options)
class Relay:
    """Passes on the message that it is given: the least that a handler can do."""

    hops: u32 = 0
    seen: u32 = 0

    @init
    def new(self, config: Options) -> None:
        self.hops = config.hops

    @on(Spontaneously)
    def start(self, net: Net) -> None:
        net.send(0, Token(0))

    @on(Token)
    def relay(self, msg: Token, sender: Port, net: Net) -> None:
        self.seen += 1
        if self.seen < self.hops:
            net.send_other_way(sender, msg)


@protocol(topology="Ring", initiators="all", config=Options)
class Fresh:
    """Makes a new message for each link."""

    hops: u32 = 0

    @init
    def new(self, config: Options) -> None:
        self.hops = config.hops

    @on(Spontaneously)
    def start(self, net: Net) -> None:
        net.send(0, Token(self.hops))

    @on(Token)
    def relay(self, msg: Token, sender: Port, net: Net) -> None:
        if msg.left > 1:
            net.send_other_way(sender, Token(msg.left - 1))


@protocol(topology="Ring", initiators="all", config=Options)
class Watched(Fresh):
    """The same, with a property that is looked at after each event."""

    @always
    def none_is_lost(world: World) -> bool:
        return world.in_transit() <= world.sent()


def simulated(protocol: type, size: int, delay: str, hops: int) -> tuple[float, int]:
    gc.collect()
    started = time.process_time()
    result = nodes.simulate(protocol, f"ring:{size}", seed=1, delay=delay, config={"hops": hops})
    return time.process_time() - started, result.messages


def rate(job: Callable[[int], tuple[float, int]], size: int, events: int) -> float:
    """Messages a second, without setting up."""
    base, few = job(1)
    whole, many = job(max(2, events // size))
    return (many - few) / (whole - base)


class Nothing(dict):  # type: ignore[type-arg]
    """A net whose method does nothing to speak of, and is none of Python's."""

    send_other_way = dict.setdefault


def handler_alone(calls: int) -> float:
    """Calls a second of the least handler, from a loop that is none of Python's."""
    node, net = Relay(), Nothing()
    node.hops = calls + 1
    started = time.process_time()
    deque(map(Relay.relay, repeat(node, calls), repeat(Token(0)), repeat(1), repeat(net)), maxlen=0)
    return calls / (time.process_time() - started)


def resident() -> int:
    """Bytes of memory that this process has."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096


@protocol(topology="Ring", initiators="one")
class Measured:
    """Two numbers a node; the one that starts looks at the memory, when all nodes have been made."""

    hops: u32 = 0
    seen: u32 = 0

    @on(Spontaneously)
    def start(self) -> None:
        looked.append(resident())


looked: list[int] = []
"""What it sees: a result of so many nodes does not have what each reports."""


def memory(size: int) -> float:
    """Bytes of a node while it is simulated: the object, and what the engine keeps of it."""
    before = resident()
    nodes.simulate(Measured, f"ring:{size}", seed=1, properties=False)
    return (looked[0] - before) / size


def printed(command: list[str]) -> float:
    """The rate that another program prints."""
    return float(subprocess.run(command, capture_output=True, check=True, text=True).stdout)


def in_simpy(size: int, hops: int) -> tuple[float, int]:
    """As its manual suggests: a process and a store a node, a delay by `timeout`."""
    import simpy

    started = time.process_time()
    env = simpy.Environment()
    stores = [simpy.Store(env) for _ in range(size)]
    sent = 0

    def carry(to: int, left: int):  # type: ignore[no-untyped-def]
        yield env.timeout(1)
        yield stores[to].put(left)

    def node(place: int):  # type: ignore[no-untyped-def]
        nonlocal sent
        sent += 1
        env.process(carry((place + 1) % size, hops))
        while True:
            left = yield stores[place].get()
            if left > 1:
                sent += 1
                env.process(carry((place + 1) % size, left - 1))

    for place in range(size):
        env.process(node(place))
    env.run()
    return time.process_time() - started, sent


def in_mesa(size: int, hops: int) -> tuple[float, int]:
    """Agents with inboxes, a tick for each step: no delays, and no order of events."""
    import mesa

    class Node(mesa.Agent):  # type: ignore[misc]
        def __init__(self, model: mesa.Model) -> None:
            super().__init__(model)
            self.inbox, self.arriving = [hops], []  # type: ignore[var-annotated]

        def step(self) -> None:
            for left in self.inbox:
                self.model.sent += 1
                if left > 1:
                    self.next.arriving.append(left - 1)
            self.inbox = []

        def turn(self) -> None:
            self.inbox, self.arriving = self.arriving, []

    class Model(mesa.Model):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.sent = 0
            everyone = [Node(self) for _ in range(size)]
            for place, each in enumerate(everyone):
                each.next = everyone[(place + 1) % size]

    started = time.process_time()
    model = Model()
    while any(each.inbox for each in model.agents):
        model.agents.do("step")
        model.agents.do("turn")
    return time.process_time() - started, model.sent


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rust", help="the program with the same protocol in Rust")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--memory", type=int, help="prints the memory of one of so many nodes, and nothing else")
    given = parser.parse_args()
    if given.memory:
        print(memory(given.memory))
        return
    series: dict[str, Callable[[], float]] = {}
    for size in (1_000, 100_000):
        events = max(given.events, 10 * size)
        for delay in ("unit", "uniform:1ms..10ms"):
            word = delay.partition(":")[0]
            for kind in (Relay, Fresh, Watched):
                series[f"{kind.__name__} {size} {word}"] = partial(
                    rate, partial(simulated, kind, size, delay), size, events
                )
            if given.rust:
                series[f"Rust {size} {word}"] = partial(printed, [given.rust, "relay", str(size), word, "without"])
    for name, peer in (("SimPy", in_simpy), ("Mesa", in_mesa)):
        if find_spec(name.lower()) is None:
            print(f"{name} is not installed: left out")
        else:
            series[f"{name} 1000 unit"] = partial(rate, partial(peer, 1_000), 1_000, 100_000)
    series["Handler"] = partial(handler_alone, given.events)
    found: dict[str, list[float]] = {name: [] for name in series}
    for _ in range(given.runs):
        for name, measure in series.items():
            found[name].append(measure())
    for name, rates in found.items():
        print(f"{name:24} {median(rates) / 1e6:8.3f} M/s   {min(rates) / 1e6:.3f} to {max(rates) / 1e6:.3f}")
    # In a process of its own, whose memory is nobody else's.
    own = [sys.executable, __file__, "--memory", "1000000"]
    print(f"{'memory of a node':24} {printed(own):8.0f} B")
    for name, over, under in RATIOS:
        if over in found and under in found:
            print(f"{name:60} {median(found[over]) / median(found[under]):8.2f}")


RATIOS = (
    ("Rust / the least handler", "Rust 1000 unit", "Relay 1000 unit"),
    ("Rust / a new message each hop", "Rust 1000 unit", "Fresh 1000 unit"),
    ("Rust / the least handler called by itself, without an engine", "Rust 1000 unit", "Handler"),
    ("n = 1e3 / n = 1e5, the least handler", "Relay 1000 unit", "Relay 100000 unit"),
    ("n = 1e3 / n = 1e5, a new message each hop", "Fresh 1000 unit", "Fresh 100000 unit"),
    ("without / with a property that looks at the world", "Fresh 1000 unit", "Watched 1000 unit"),
    ("a new message each hop / SimPy", "Fresh 1000 unit", "SimPy 1000 unit"),
    ("a new message each hop / Mesa", "Fresh 1000 unit", "Mesa 1000 unit"),
)


if __name__ == "__main__":
    main()
