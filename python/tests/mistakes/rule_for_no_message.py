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


class Plain:
    pass


@protocol
class P:
    @on(Spontaneously)
    def start(self, net):
        net.send_to_all(Inform(1))

    @on(Plain)
    def hear(self): ...
    @on("Inform")
    def hear2(self): ...
    @on
    def hear3(self): ...
    @on()
    def hear4(self): ...
