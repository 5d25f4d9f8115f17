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


@protocol(topology="ring", initiator="one", links="udp")
class P:
    state: State = Idle

    @on(Inform, in_=Idle)
    def hear(self, net):
        net.send_to_all(Inform(1))
