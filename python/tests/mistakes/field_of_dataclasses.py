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


from dataclasses import field, dataclass


@protocol
class P:
    xs: list[int] = field(default_factory=list)

    @on(Spontaneously)
    def start(self, net):
        net.send_to_all(Inform(1))

    @on(Inform)
    def hear(self): ...
