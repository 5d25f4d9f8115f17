from __future__ import annotations

import distnodes as nodes
from distnodes import *


@nodes.message
class Inform:
    hops: int = 0


@nodes.alarm
class Timeout:
    pass


class State(nodes.State):
    Idle = auto()
    Busy = auto(left=u8)
    Informed = terminal()


Idle, Busy, Informed = State


@nodes.message
class Tree:
    child: Leaf


@protocol
class P:
    leaf: Leaf | None = None
    other: Missing = None

    @on(Spontaneously)
    def start(self, net: Net) -> None:
        net.send_to_all(Tree(Leaf(1)))

    @on(Tree)
    def hear(self, msg: Tree) -> None: ...


@nodes.data
class Leaf:
    x: int
