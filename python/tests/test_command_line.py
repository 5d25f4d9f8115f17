"""The command line of a class: that of a script, and `python -m distnodes`."""

import json
import re
import shlex
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from distnodes._command_line import command as of_words

SCRIPT = '''
from typing import Annotated
import distnodes as nodes
from distnodes import Net, Port, Spontaneously, always, auto, finally_, init, on, protocol, terminal, u32, when
import beside

@nodes.message
class Rumour: pass

@nodes.alarm
class Late: pass

class State(nodes.State):
    Unaware = auto()
    Aware = terminal()
Unaware, Aware = State

@nodes.config
class Settings:
    patience: Annotated[nodes.Duration, "How long the first waits."] = 0.02
    often: u32 = 1

@protocol(links="reliable", config=Settings)
class Flooding:
    """Tells everybody."""
    state: State = Unaware
    patience: float = 0.0
    often: u32 = 1

    @init
    def begin(self, config: Settings) -> None:
        self.patience, self.often = config.patience, config.often

    @on(Spontaneously, in_=Unaware)
    def start(self, net: Net) -> None:
        net.report("patience", self.patience)
        net.set_alarm(self.patience, Late())

    @when(Late, in_=Unaware)
    def late(self, net: Net) -> None:
        beside.tell(net, Rumour, self.often)
        self.state = Aware

    @on(Rumour, in_=Unaware)
    def hear(self, sender: Port, net: Net) -> None:
        net.send_to_all_except(sender, Rumour())
        self.state = Aware

    @always
    def seldom(world: nodes.World) -> bool:
        return world.sent(Rumour) < 30

    @finally_
    def all_know(world: nodes.World) -> bool:
        return world.all_terminal

if __name__ == "__main__":
    nodes.main(Flooding)
'''
BESIDE = """
def tell(net, message, often):
    for _ in range(often):
        net.send_to_all(message())
"""
TELLS = """
    global runs
    runs += 1
    if runs == 100:
        open("told", "w").close()

runs = 0
"""
HERE = [sys.executable, "flooding.py"]
WAYS = {
    "script": HERE,
    "file": [sys.executable, "-m", "distnodes", "flooding.py:Flooding"],
    "module": [sys.executable, "-m", "distnodes", "flooding:Flooding"],
}


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "flooding.py").write_text(SCRIPT)
    (tmp_path / "beside.py").write_text(BESIDE)
    return tmp_path


def told(folder: Path, command: list[str], *words: str, status: int = 0) -> str:
    done = subprocess.run([*command, *words], cwd=folder, capture_output=True, text=True, timeout=90, check=False)
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("way", WAYS)
def test_a_line_that_is_shown_can_be_pasted(folder, way):
    words = ["--topology", "ring:5", "--patience", "30ms", "--seed", "3"]
    for command in ("run", "simulate"):
        shown = told(folder, WAYS[way], command, *words)
        line = re.search(r"again +(.*)", shown)[1]
        assert "--patience 30ms" in line
        again = told(folder, shlex.split(line), "--json")
        document = json.loads(again)
        assert (document["topology"], document["seed"], document["outcome"]) == ("ring:5", 3, "terminated")
        assert document["nodes_final"][0]["reported"] == {"patience": 0.03}


def test_a_line_of_the_catalogue_can_be_pasted(tmp_path):
    shown = told(tmp_path, [sys.executable, "-m", "distnodes"], "echo", "simulate", "--seed", "1")
    line = re.search(r"again +(.*)", shown)[1]
    # All but how long it took.
    assert told(tmp_path, shlex.split(line)).splitlines()[3:] == shown.splitlines()[3:]


def test_durations_have_their_unit(folder):
    help_text = " ".join(told(folder, HERE, "simulate", "--help").split())
    assert "--patience <Duration> How long the first waits Default: 20ms. Example: --patience 20ms" in help_text
    wrong = subprocess.run([*HERE, "run", "--patience", "0.5"], cwd=folder, capture_output=True, text=True, check=False)
    assert wrong.returncode == 2
    assert "--patience: `0.5` is not a time: `1.5s`, `20ms`" in wrong.stderr
    document = json.loads(told(folder, HERE, "simulate", "--json"))
    assert document["options"]["patience"] == "20ms"


def test_many_runs(folder):
    words = ["simulate", "--runs", "200", "--topology", "ring:6", "--seed", "1", "--json"]
    found = json.loads(told(folder, HERE, *words))
    assert (found["runs"], found["outcomes"]) == (200, {"terminated": 200})
    bad = told(folder, HERE, "simulate", "--runs", "20", "--topology", "ring:6", "--often", "20", status=1)
    assert "20 of 20 runs failed" in bad
    line = next(line for line in bad.splitlines() if " simulate flooding " in line)
    assert "does not hold" in told(folder, shlex.split(line), status=1)


def test_every_schedule(folder):
    checked = json.loads(told(folder, HERE, "check", "--topology", "ring:4", "--json"))
    assert checked["outcome"] == "holds"
    every = ["check", "--every-graph", "3..4", "--initiators", "every", "--csv", "checked.csv"]
    shown = told(folder, HERE, *every)
    assert "holds" in shown
    assert (folder / "checked.csv").read_text().startswith("protocol,nodes,edges")
    again = re.search(r"again +(.*)", shown)[1]
    assert "holds" in told(folder, shlex.split(again))
    bad = ["check", "--topology", "path:3", "--often", "40", "--schedule-out", "bad.schedule"]
    told(folder, HERE, *bad, status=1)
    assert "does not hold" in told(folder, HERE, "simulate", "--schedule", "bad.schedule", status=1)


def test_a_sweep(folder):
    words = ["sweep", "--topology", "ring:{n}", "--n", "3..9:3", "--seeds", "4", "--csv", "costs.csv"]
    first = told(folder, HERE, *words)
    rows = (folder / "costs.csv").read_text().splitlines()
    assert len(rows) == 4
    manifest = json.loads((folder / "costs.csv.manifest.json").read_text())
    assert manifest["complete"] is True
    assert "flooding" in first
    before = (folder / "costs.csv").stat().st_mtime_ns
    told(folder, HERE, *words)
    assert (folder / "costs.csv").read_text().splitlines() == rows
    assert (folder / "costs.csv").stat().st_mtime_ns >= before


def test_a_page_while_it_runs(folder):
    from urllib.request import urlopen

    with subprocess.Popen(
        [*HERE, "simulate", "--topology", "ring:4", "--live"], cwd=folder, stderr=subprocess.PIPE, text=True
    ) as live:
        try:
            assert live.stderr
            line = live.stderr.readline()
            address = re.search(r"http://\S+", line)
            assert address, line
            with urlopen(address[0], timeout=10) as page:
                assert b"<html" in page.read()
            begun = time.monotonic()
            live.send_signal(signal.SIGINT)
            live.wait(20)
            assert time.monotonic() - begun < 10
        finally:
            live.kill()


@pytest.mark.parametrize("of_a_thread", [False, True])
def test_ctrl_c_is_afterwards_what_it_was(of_a_thread, capfd):
    def command() -> None:
        ended.append(of_words(["list"]))

    ended: list[int] = []
    before = signal.getsignal(signal.SIGINT)
    if of_a_thread:
        thread = threading.Thread(target=command)
        thread.start()
        thread.join()
    else:
        command()
    assert ended == [0]
    assert signal.getsignal(signal.SIGINT) is before
    assert "flooding" in capfd.readouterr().out


def test_ctrl_c_ends_many_runs_and_says_what_was_found(folder):
    # A file appears with the hundredth run.
    (folder / "beside.py").write_text(BESIDE + TELLS)
    with subprocess.Popen(
        [*HERE, "simulate", "--runs", "1000000", "--topology", "ring:20", "--json"],
        cwd=folder,
        stdout=subprocess.PIPE,
        text=True,
    ) as many:
        try:
            deadline = time.monotonic() + 20
            while not (folder / "told").exists():
                assert time.monotonic() < deadline, "no run is made"
                time.sleep(0.02)
            many.send_signal(signal.SIGINT)
            said, _ = many.communicate(timeout=20)
        finally:
            many.kill()
    found = json.loads(said)
    assert found["interrupted"]
    assert 0 < found["runs"] < 1000000


def test_what_is_no_class(folder):
    done = subprocess.run(
        [sys.executable, "-m", "distnodes", "flooding.py:Floding", "run"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "flooding.py:Floding: AttributeError" in done.stderr
