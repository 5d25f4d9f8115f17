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


import enum


class S(enum.Enum):
    A = 1
    B = 2


@protocol
class P:
    state: S = S.A

    @on(Spontaneously, in_=S.A)
    def start(self, net):
        net.send_to_all(Inform(1))
        self.state = S.B

    @on(Inform)
    def hear(self): ...
