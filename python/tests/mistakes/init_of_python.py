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


@protocol
class P:
    def __init__(self, x):
        self.x = x

    @on(Spontaneously)
    def start(self, net):
        net.send_to_all(Inform(self.x))

    @on(Inform)
    def hear(self): ...
