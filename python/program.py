
import os
import sys
import time
import distnodes as nodes
from distnodes import Net, Port, Spontaneously, on, protocol, u32

@nodes.message
class Ball: pass

@protocol(topology="Ring", links="reliable", initiators="all")
class Endless:
    """Plays for ever, and counts."""
    count: u32 = 0

    @on(Spontaneously)
    def start(self, net: Net) -> None:
        net.send_to_all(Ball())

    @on(Ball)
    def take(self, sender: Port, net: Net) -> None:
        self.count += 1
        work()
        net.send(sender, Ball())

def work() -> None:
    """Nothing much, or a handler that takes long."""
    if len(sys.argv) > 2:
        while True:
            pass

if __name__ == "__main__":
    print("begun", flush=True)
    try:
        print(eval(sys.argv[1]))
    except KeyboardInterrupt:
        print("interrupted", time.time(), flush=True)
        os._exit(7)
