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


class S2(nodes.State):
    A = auto(name=int)
    B = auto(x=list)
    C = terminal(y=u8)


@protocol
class P:
    state: S2 = S2.C(300)

    @on(Spontaneously, in_=S2.A(3))
    def start(self, net):
        net.send_to_all(Inform(1))
        self.state = S2.C
        self.state = S2.C()
        self.state = S2.C(z=3)
        self.state = S2.A.x

    @on(Inform)
    def hear(self):
        self.state.y = 3
