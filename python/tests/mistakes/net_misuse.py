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
    count: int = 0

    @on(Spontaneously)
    def start(self, net):
        net.send(Inform(1), 0)
        net.send_all(Inform(1))
        net.send_to_all(Inform)
        net.id()
        net.degree()
        net.ports()
        for p in net.ports:
            net.send(p)
        net.set_alarm(Timeout(), 3)
        net.set_alarm(3, Timeout)
        net.rng.seed(3)
        print(net.neighbors)

    @on(Inform)
    def hear(self): ...
    @when(Timeout)
    def ring(self): ...
