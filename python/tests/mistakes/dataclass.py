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


@protocol
@dataclass(frozen=True)
class P:
    count: int = 0

    @on(Spontaneously)
    def start(self, net):
        self.count += 1
        net.send_to_all(Inform(1))

    @on(Inform)
    def hear(self): ...
