"""Protocols that compute, for tests: federated averaging, and one call that goes wrong."""

import os
import time

import numpy

import distnodes as nodes
from distnodes import Local, Net, Spontaneously, auto, init, on, protocol, terminal, when

ROUNDS = 5


@nodes.message
class Global:
    round: int
    w: list[float]


@nodes.message
class Update:
    w: list[float]


@nodes.alarm
class Trained:
    round: int
    w: list[float] = nodes.computed()


class State(nodes.State):
    Client = auto()
    Server = auto()
    Done = terminal()


Client, Server, Done = State


@nodes.config
class Setup:
    spin: float = 0.0
    """Seconds that training takes at least."""


def train(w: list[float], features: numpy.ndarray, rate: float, spin: float = 0.0) -> list[float]:
    noise = numpy.random.random(3)  # of the generator that all code shares
    trained = numpy.array(w)
    for _ in range(20):
        trained -= rate * features.T @ (features @ trained - 1) / len(features)
    end = time.process_time() + spin
    while time.process_time() < end:
        pass
    return list(map(float, trained + 1e-3 * noise))


@protocol(initiators="one", input=int, config=Setup)
@nodes.never(Update, in_=Client)
@nodes.never(Global, in_=Server)
class Averaging:
    """The hub of a star averages what the others have trained; each of them has data of its own."""

    state: State = Client
    w: list[float] = nodes.field(default_factory=lambda: [0.0, 0.0, 0.0])
    features: Local[numpy.ndarray | None] = None
    got: list[list[float]] = nodes.field(default_factory=list)
    round: int = 0
    spin: float = 0.0

    @init
    def begin(self, config: Setup, net: Net) -> None:
        self.spin = config.spin
        features = numpy.random.default_rng(net.input).normal(size=(2000, 3))
        features.flags.writeable = False
        self.features = features

    @on(Spontaneously, in_=Client)
    def start(self, net: Net) -> None:
        net.send_to_all(Global(0, self.w))
        self.state = Server

    @on(Global, in_=Client)
    def learn(self, msg: Global, net: Net) -> None:
        net.compute(train, msg.w, self.features, rate=0.05, spin=self.spin, work=1, then=Trained(round=msg.round))

    @when(Trained, in_=Client)
    def answer(self, alarm: Trained, net: Net) -> None:
        net.send(0, Update(alarm.w))
        if alarm.round == ROUNDS - 1:
            self.w = alarm.w
            self.state = Done

    @on(Update, in_=Server)
    def collect(self, msg: Update, net: Net) -> None:
        self.got.append(msg.w)
        if len(self.got) < net.degree:
            return
        self.w = [sum(parts) / len(parts) for parts in zip(*self.got, strict=True)]
        self.got = []
        self.round += 1
        if self.round == ROUNDS:
            self.state = Done
        else:
            net.send_to_all(Global(self.round, self.w))


def fails(why: str) -> int:
    if why == "killed":
        os.kill(os.getpid(), 9)
    if why == "waits":
        time.sleep(600)
    if why == "text":
        return "one"  # type: ignore[return-value]
    raise LookupError(why)


@nodes.alarm
class Found:
    result: int = nodes.computed()


@protocol(initiators="one", input=str)
class Asking:
    """Computes once, and keeps what comes of it."""

    found: int = 0

    @on(Spontaneously)
    def ask(self, net: Net) -> None:
        net.compute(fails, net.input, takes=2, then=Found)

    @when(Found)
    def take(self, alarm: Found) -> None:
        self.found = alarm.result
