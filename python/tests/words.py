"""States and messages for the tests of mistakes."""

import distnodes as nodes
from distnodes import auto, terminal


class State(nodes.State):
    Asleep = auto()
    Active = auto()
    Done = terminal()


Asleep, Active, Done = State


@nodes.message
class Ping:
    hops: nodes.u32 = 0


@nodes.message
class Pong:
    pass


@nodes.alarm
class Timeout:
    pass


@nodes.data
class Edge:
    weight: nodes.u64 = 0


class Plain:
    pass
