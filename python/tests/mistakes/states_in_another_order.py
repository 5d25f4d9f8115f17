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


Informed, Busy, Idle = State


@protocol
class P:
    state: State = Idle

    @on(Spontaneously, in_=Idle)
    def start(self, net):
        net.send_to_all(Inform(1))
        self.state = Informed

    @on(Inform, in_=Idle | Busy)
    def hear(self):
        self.state = Informed
