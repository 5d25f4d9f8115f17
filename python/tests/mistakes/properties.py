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
        net.send_to_all(Inform(1))

    @on(Inform)
    def hear(self): ...
    @always
    def count(world):
        return True

    @always
    @property
    def other(self):
        return True

    @always
    def wrong(self):
        return True

    @always
    def two(world, node):
        return True

    @finally_
    def lam():
        return True
