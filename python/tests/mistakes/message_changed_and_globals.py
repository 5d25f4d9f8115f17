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


COUNT = 0


@protocol
class P:
    count: int = 0

    @on(Spontaneously)
    def start(self, net):
        global COUNT
        COUNT += 1
        net.send_to_all(Inform(1))

    @on(Inform)
    def hear(self, msg):
        msg.hops = 3
        msg.hops += 1
        self.cuont = msg.hop
        Inform(hop=3)
        Inform(1, 2)
