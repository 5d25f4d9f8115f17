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
    @on(Spontaneously)
    def start(self, net):
        net.send_to_all(Inform(1))

    @on(Inform)
    def hear(self): ...
    @finish
    def end(self, net):
        net.send_to_all(Inform(1))

    @init
    def begin(self, config, net):
        net.send_to_all(Inform(1))

    @recover
    def back(self): ...
