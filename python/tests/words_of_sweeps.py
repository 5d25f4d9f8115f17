"""Protocols and functions for tests of sweeps, at the level of a module, where other processes find them."""

import distnodes as nodes
from distnodes import Net, Port, Spontaneously, on, protocol, u32


@nodes.message
class Ball:
    """To and fro."""


@protocol
class Chatting:
    """Answers once."""

    count: u32 = 0

    @on(Spontaneously)
    def start(self, net: Net) -> None:
        net.send_to_all(Ball())

    @on(Ball)
    def take(self, sender: Port, net: Net) -> None:
        self.count += 1
        if self.count == 1:
            net.send(sender, Ball())


@protocol
class Fragile(Chatting):
    """Cannot take it."""

    @on(Ball)
    def take(self, sender: Port, net: Net) -> None:
        {}["no"]


def late(result):
    return result.document["messages"]["late"] + sum(node.count for node in result.nodes)


def text(result):
    return "12"


def number(result):
    return 1.5


def nothing(result):
    return None
