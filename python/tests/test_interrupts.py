"""Ctrl-C, at any time, in each engine."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from started import soon

PROGRAM = '''
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
        eval(sys.argv[1])
    except KeyboardInterrupt:
        print("interrupted", time.time(), flush=True)
        os._exit(7)
'''
WAYS = {
    "simulate": 'nodes.simulate(Endless, "ring:5", seed=1)',
    "recorded": 'nodes.simulate(Endless, "ring:5", seed=1, trace=True)',
    "the catalogue simulated": 'nodes.simulate("lamport", "complete:50", seed=1, config={"requests": 10**6})',
    "run": 'nodes.run(Endless, "ring:3", seed=1)',
    "check": 'nodes.check(Endless, "ring:4")',
    "a check of many": 'nodes.check(Endless, every_graph="3..4", ids="all")',
    "the catalogue checked": 'nodes.check("lamport", "complete:4")',
    "many of the catalogue checked": 'nodes.check("flooding", every_graph=6)',
    "sweep": 'nodes.sweep(Endless, "ring:{n}", n=[3, 4], seeds=5)',
    "a sweep by processes": 'nodes.sweep(Endless, "ring:{n}", n=[3, 4], seeds=5, keep="rows.csv", workers=2)',
    "the catalogue swept": 'nodes.sweep("lamport", "complete:{n}", n=[200], seeds=50)',
    "Trial": 'nodes.Trial(Endless).on("ring:4").seeds(10**6).max_events(10**9).must_hold()',
    "a trial of the catalogue": 'nodes.Trial("echo").on("gnp:30,0.3").seeds(10**7).must_hold()',
    "stepping": 'nodes.simulation(Endless, "ring:4").run(10**9)',
}
OF_CLASSES = ("simulate", "check", "a check of many", "sweep", "a sweep by processes", "Trial", "stepping")


def interrupted(folder: Path, *words: str) -> float:
    """How long it took until Ctrl-C was seen, in seconds."""
    (folder / "program.py").write_text(PROGRAM)
    with subprocess.Popen(
        [sys.executable, "program.py", *words],
        cwd=folder,
        stdout=subprocess.PIPE,
        text=True,
        # As in a terminal, where the signal goes to all that were started.
        start_new_session=True,
    ) as program:
        assert program.stdout
        assert program.stdout.readline() == "begun\n"
        time.sleep(1.2)
        assert program.poll() is None, "it has ended by itself"
        sent = time.time()
        os.killpg(program.pid, signal.SIGINT)
        try:
            said = program.stdout.read().split()
            assert program.wait(20) == 7
        finally:
            program.kill()
    assert said[0] == "interrupted"
    return float(said[1]) - sent


def left_in(folder: Path) -> list[str]:
    """The processes that work in that folder."""
    found = []
    for process in filter(str.isdigit, os.listdir("/proc")):
        try:
            if os.readlink(f"/proc/{process}/cwd") == str(folder):
                found.append(process)
        except OSError:
            continue
    return found


def nothing_left_in(folder: Path) -> bool:
    """Whether all of these processes have ended."""
    return soon(lambda: not left_in(folder), 5)


@pytest.mark.parametrize("way", WAYS)
def test_it_is_seen_at_once(way, tmp_path):
    took = interrupted(tmp_path, WAYS[way])
    # On a machine that does much else besides, everything takes longer.
    assert took < 0.5 + 0.25 * os.getloadavg()[0], f"{took} s"
    assert nothing_left_in(tmp_path)


@pytest.mark.parametrize("way", OF_CLASSES)
def test_a_handler_that_never_returns_is_ended(way, tmp_path):
    took = interrupted(tmp_path, WAYS[way], "long")
    assert took < 0.5 + 0.25 * os.getloadavg()[0], f"{took} s"
    assert nothing_left_in(tmp_path)
