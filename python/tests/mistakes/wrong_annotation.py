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
    count: "integer" = 0
    of: 3 = 3
    when: "datetime.datetime" = None
    n: "List[int]" = None
    x: list = None

    @on(Spontaneously)
    def start(self, net: Port):
        net.send_to_all(Inform(1))

    @on(Inform)
    def hear(self, msg: Timeout, sender: Net, net: int): ...
