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


from dataclasses import dataclass


@dataclass(frozen=True)
class Msg:
    x: int


@protocol
class P:
    @on(Spontaneously)
    def start(self, net):
        net.send_to_all(Msg(1))

    @on(Msg)
    def hear(self): ...
