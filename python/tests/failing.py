"""Protocols whose nodes fail, each at another place."""

import os

import distnodes as nodes
from distnodes import Net, Port, Spontaneously, World, auto, finally_, on, protocol, terminal


class SoldOut(Exception):
    """Of the user's own, and cannot be carried: it refers to a file."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.file = open(os.devnull)  # noqa: SIM115


@nodes.message
class Order:
    """Wants something."""


class State(nodes.State):
    Waiting = auto()
    Served = terminal()


Waiting, Served = State


def sell() -> None:
    try:
        raise KeyError("shelf 7")
    except KeyError as empty:
        raise SoldOut("nothing is left: crashed, as planned") from empty


@protocol
class InAHandler:
    """Fails where a message arrives."""

    state: State = Waiting

    @on(Spontaneously, in_=Waiting)
    def start(self, net: Net) -> None:
        net.send_to_all(Order())
        self.state = Served

    @on(Order, in_=Waiting)
    def serve(self, sender: Port, net: Net) -> None:
        self.state = Served
        sell()


@protocol
class AtTheBeginning(InAHandler):
    """Fails as it is made."""

    @nodes.init
    def new(self, net: Net) -> None:
        if net.id == 1:
            raise SystemExit(3)


@protocol
class Never(InAHandler):
    """Does not fail."""

    @on(Order, in_=Waiting)
    def serve(self, net: Net) -> None:
        self.state = Served


@protocol
class AtTheEnd(Never):
    """Fails as it finishes."""

    @nodes.finish
    def end(self, net: Net) -> None:
        if net.id == 1:
            sell()


@protocol
class ByNoise(InAHandler):
    """Says more than anybody wants to read, and in words of its own."""

    @on(Order, in_=Waiting)
    def serve(self) -> None:
        raise ValueError("grüße\n" + "\N{SNOWMAN}" * 100_000)


@protocol
class ByEscapes(InAHandler):
    """Says more than anybody wants to read, each character of which takes several to write."""

    @on(Order, in_=Waiting)
    def serve(self) -> None:
        raise ValueError("\x01" * 200_000 + "\N{GRINNING FACE}" * 200_000)


@protocol
class ByNoText(InAHandler):
    """Says what is no text: a name of a file, as the system has it."""

    @on(Order, in_=Waiting)
    def serve(self) -> None:
        raise ValueError(os.fsdecode(b"caf\xe9"))


@protocol
class InAProperty(Never):
    """Is looked at by a property that fails."""

    @finally_
    def all_is_sold(world: World) -> bool:
        return world.nodes[0].shelf == 0
