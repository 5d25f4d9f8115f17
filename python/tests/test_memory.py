"""A million messages, and runs one after the other, leave no memory behind, whether they are recorded or not."""

import subprocess
import sys

import pytest

SCRIPT = """
import gc
import distnodes as nodes
from distnodes import Net, Port, Spontaneously, message, on, protocol

@message
class Items:
    items: list[int]

@protocol(topology="Ring", initiators="all")
class Relay:
    '''Hands on what it got, as often as that says; each of 100 nodes begins.'''

    heard: int = 0

    @on(Spontaneously)
    def start(self, net: Net) -> None:
        net.send(0, Items([self.begins]))

    @on(Items)
    def relay(self, msg: Items, sender: Port, net: Net) -> None:
        self.heard += 1
        if msg.items[0] > 1:
            net.send_other_way(sender, Items([msg.items[0] - 1]))

def memory():
    # In KiB: what the process has, and the most it ever had.
    gc.collect()
    fields = dict(line.split(":") for line in open("/proc/self/status") if line.startswith(("VmRSS", "VmHWM")))
    return [int(fields[name].split()[0]) for name in ("VmRSS", "VmHWM")]

def run(each, **more):
    Relay.begins = each
    result = nodes.simulate(Relay, "ring:100", seed=1, **more)
    assert result.messages == 100 * each
    return len(result.trace or b"")
"""


def figures(script: str) -> list[int]:
    words = [sys.executable, "-c", SCRIPT + script]
    ended = subprocess.run(words, capture_output=True, text=True, timeout=300, check=False)
    assert ended.returncode == 0, ended.stderr
    return [int(word) for word in ended.stdout.split()]


def test_a_million_messages_take_the_memory_of_a_few():
    before, after = figures("run(10); before = memory()[1]; run(10_000); print(before, memory()[1])")
    # A million messages of 100 bytes would be 100 MiB.
    assert after - before < 2048


@pytest.mark.parametrize("more", ["", ", trace=True"])
def test_runs_one_after_the_other_leave_nothing_behind(more):
    script = f"""
for _ in range(3):
    run(1000{more})
before = memory()[0]
for _ in range(10):
    run(1000{more})
print(before, memory()[0])
"""
    before, after = figures(script)
    # A million messages in all: this is two bytes of each.
    assert after - before < 2048


@pytest.mark.parametrize("how", ["True", "'none'"])
def test_a_record_of_a_million_messages_takes_little_more_than_its_size(how):
    script = f"run(10); before = memory()[1]; size = run(10_000, trace={how}); print(before, memory()[1], size >> 10)"
    before, after, size = figures(script)
    # It is in memory while it grows, and copied once.
    assert size > 0
    assert after - before < 4 * size + 2048
