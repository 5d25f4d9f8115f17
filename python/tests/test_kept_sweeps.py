"""Sweeps that are kept in a file, go on where they were, and are measured again where anything has changed."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import words_of_sweeps as protocols

import distnodes as nodes

HELPER = """
def twice(number):
    return 2 * number
"""


BASE = """
import distnodes as nodes
from distnodes import Net, Spontaneously, on, protocol
import helper
from . import mixin

@nodes.message
class Hello: pass

class Base(mixin.Mixin):
    @on(Spontaneously)
    def start(self, net: Net) -> None:
        self.greet(net, helper.twice(1))
"""


MIXIN = """
class Mixin:
    def greet(self, net, times):
        from package.base import Hello
        for _ in range(times):
            net.send_to_all(Hello())
"""


PROTOCOL = '''
from distnodes import on, protocol
from package.base import Base, Hello

@protocol
class Greeting(Base):
    """Greets."""

    @on(Hello)
    def hear(self) -> None:
        pass
'''


PROGRAM = """
import os
import distnodes as nodes
from package.greeting import Greeting

def note(result):
    os.write(2, b"run\\n")
    return 1

if __name__ == "__main__":
    sweep = nodes.sweep(Greeting, "path:{n}", n=[2, 3], seeds=3, keep="rows.csv", measure={"note": note})
    print(sum(row["messages"] for row in sweep.rows))
"""


def write(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)


def swept(folder: Path) -> tuple[int, int, str]:
    """The sum of messages, how many runs were made, and what was said."""
    done = subprocess.run(
        [sys.executable, "program.py"], cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return int(done.stdout), done.stderr.count("run\n"), done.stderr


@pytest.fixture
def project(tmp_path):
    for name, text in [
        ("helper.py", HELPER),
        ("package/__init__.py", ""),
        ("package/base.py", BASE),
        ("package/mixin.py", MIXIN),
        ("package/greeting.py", PROTOCOL),
        ("program.py", PROGRAM),
    ]:
        write(tmp_path, name, text)
    return tmp_path


@pytest.mark.parametrize(
    ("name", "before", "after", "messages"),
    [
        ("helper.py", "2 * number", "3 * number", 18),
        ("package/mixin.py", "range(times)", "range(times + 2)", 24),
        ("package/base.py", "helper.twice(1)", "helper.twice(2)", 24),
        ("package/greeting.py", "pass", "raise_nothing = 1", 12),
        ("program.py", "return 1", "return 2", 12),
    ],
)
def test_what_changed_is_measured_again_and_nothing_else_is(project, name, before, after, messages):
    assert swept(project)[:2] == (12, 6)
    assert swept(project)[:2] == (12, 0)
    text = (project / name).read_text()
    write(project, name, text.replace(before, after))
    again = swept(project)
    assert again[:2] == (messages, 6)
    assert f"{Path(name).name} changed since then: 6 runs are made again" in again[2]
    # What no run uses has no effect.
    write(project, "unused.py", "nothing = 1")
    assert swept(project)[:2] == (messages, 0)


def test_a_sweep_is_extended(tmp_path):
    path = tmp_path / "rows.csv"

    def made(**more):
        counted = nodes.sweep(protocols.Chatting, "ring:{n}", keep=path, **more)
        return counted, json.loads(Path(f"{path}.manifest.json").read_text())

    first, manifest = made(n=[3, 4], seeds=2)
    assert (len(first), manifest["complete"], manifest["rows"]) == (4, True, 4)
    before = path.read_text()
    more, manifest = made(n=[4, 5], seeds=3)
    assert (len(more), manifest["rows"]) == (6, 8)
    assert len(list(csv.DictReader(path.read_text().splitlines()))) == 8
    # What is not asked for now is not thrown away.
    assert set(before.splitlines()) <= set(path.read_text().splitlines())
    assert more.rows == nodes.sweep(protocols.Chatting, "ring:{n}", n=[4, 5], seeds=3).rows


def test_files_that_are_not_of_such_a_sweep(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(ValueError, match=r"rows.csv is there, and no sweep wrote it; name another file, or remove it"):
        nodes.sweep(protocols.Chatting, "ring:{n}", n=[3], keep=path)
    assert path.read_text() == "a,b\n1,2\n"
    path.unlink()
    nodes.sweep(protocols.Chatting, "ring:{n}", n=[3], seeds=1, keep=path)
    with pytest.raises(ValueError, match=r"is of a sweep with graph 'ring:\{n\}', not 'path:\{n\}'"):
        nodes.sweep(protocols.Chatting, "path:{n}", n=[3], seeds=1, keep=path)
    with pytest.raises(ValueError, match="options"):
        nodes.sweep(protocols.Chatting, "ring:{n}", n=[3], seeds=1, keep=path, options={"delay": "exponential:1s"})


def test_a_graph_file_that_changed_is_read_again(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("g.edges").write_text("0 1\n1 2\n")

    def edges():
        return nodes.sweep("echo", "file:{g}.edges", g=["g"], seeds=2, keep="rows.csv").rows[0]["edges"]

    assert edges() == 2
    Path("g.edges").write_text("0 1\n1 2\n2 3\n")
    with pytest.warns(UserWarning, match="what is read changed since then: 2 runs are made again") as warned:
        assert edges() == 3
    assert warned[0].filename == __file__


def test_runs_of_this_process_and_of_others_are_not_mixed(tmp_path):
    def swept(workers):
        return nodes.sweep(protocols.Chatting, "ring:3", seeds=2, workers=workers, keep=tmp_path / "rows.csv").rows

    before = swept(1)
    for workers in (2, 1):
        with pytest.warns(UserWarning, match="other processes and now by this one, or the other way round: 2 runs"):
            assert swept(workers) == before
    assert swept(1) == before


def test_another_package_is_warned_of_where_the_sweep_is_called(tmp_path):
    def swept():
        return nodes.sweep("echo", "ring:3", seeds=2, keep=tmp_path / "rows.csv").rows

    before = swept()
    manifest = tmp_path / "rows.csv.manifest.json"
    manifest.write_text(manifest.read_text().replace('"package": "', '"package": "another '))
    with pytest.warns(UserWarning, match="the package or the interpreter is another one") as warned:
        assert swept() == before
    assert warned[0].filename == __file__


def test_texts_and_nothing_come_back_as_they_were(tmp_path):
    def again():
        swept = nodes.sweep(
            protocols.Chatting,
            "ring:{n}",
            n=[3],
            seeds=1,
            keep=tmp_path / "rows.csv",
            measure={"text": protocols.text, "number": protocols.number, "nothing": protocols.nothing},
        )
        return [swept.rows[0][name] for name in ("text", "number", "nothing", "time")]

    assert again() == again() == ["12", 1.5, None, 3.0]


def test_tables_have_the_same_texts_as_rows_that_are_kept(tmp_path):
    def graph(n, chord, kind):
        return f"{kind}:{n}"

    swept = nodes.sweep(
        "echo",
        graph,
        n=[3, 4],
        chord=[True, None],
        kind=["ring", "path"],
        seeds=2,
        keep=tmp_path / "kept.csv",
        measure={"text": protocols.text, "number": protocols.number, "nothing": protocols.nothing},
    )
    swept.to_csv(tmp_path / "table.csv")
    assert (tmp_path / "table.csv").read_bytes() == (tmp_path / "kept.csv").read_bytes()


def test_numbers_of_numpy_are_numbers_in_tables(tmp_path):
    numpy = pytest.importorskip("numpy")
    swept = nodes.sweep("echo", "ring:{n}", n=numpy.arange(3, 5), seeds=1, keep=tmp_path / "kept.csv")
    swept.to_csv(tmp_path / "table.csv")
    for name in ("kept.csv", "table.csv"):
        assert [row["n"] for row in csv.DictReader((tmp_path / name).open())] == ["3", "4"]


SCRIPT = '''
import os
import distnodes as nodes
from distnodes import Net, Port, Spontaneously, on, protocol

@nodes.message
class Ball: pass

@protocol
class Slow:
    """Takes its time."""
    @on(Spontaneously)
    def start(self, net: Net) -> None:
        net.send_to_all(Ball())
    @on(Ball)
    def take(self, sender: Port, net: Net) -> None:
        sum(range(2_000_000))
        with open(f"ran.{os.getpid()}", "a") as ran:
            ran.write("x")
        if net.now < 0.003:
            net.send(sender, Ball())

if __name__ == "__main__":
    swept = nodes.sweep(Slow, "path:2", seeds=40, keep="rows.csv", workers=2)
    print(len(swept), sum(row["messages"] for row in swept.rows))
'''


def runs_made(folder: Path) -> int:
    return sum(len(path.read_text()) for path in folder.glob("ran.*"))


def test_a_sweep_that_is_killed_goes_on_where_it_was(tmp_path):
    (tmp_path / "slow.py").write_text(SCRIPT)
    script = subprocess.Popen([sys.executable, "slow.py"], cwd=tmp_path)
    rows = tmp_path / "rows.csv"
    while not rows.exists() or rows.read_text().count("\n") < 10:
        assert script.poll() is None
        time.sleep(0.02)
    script.send_signal(signal.SIGKILL)
    script.wait()
    # Its workers end with it.
    ends = time.monotonic() + 30
    while any(name.isdigit() and works_in(name, tmp_path) for name in os.listdir("/proc")):
        assert time.monotonic() < ends
        time.sleep(0.02)
    kept = rows.read_text().count("\n") - 1
    for path in tmp_path.glob("ran.*"):
        path.unlink()
    done = subprocess.run(
        [sys.executable, "slow.py"], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout == "40 120\n"
    assert runs_made(tmp_path) == 3 * (40 - kept)


KILLED_AS_IT_WRITES = """
import os
import sys
import distnodes as nodes

left, replace = int(sys.argv[1]), os.replace

def replaced(new, old):
    global left
    left -= 1
    if left == 0:
        os._exit(9)
    replace(new, old)

os.replace = replaced
nodes.sweep("echo", "ring:{n}", n=[3, 4], seeds=int(sys.argv[2]), keep="rows.csv")
"""


@pytest.mark.parametrize("seeds_before", [0, 2])
def test_a_sweep_goes_on_wherever_it_was_killed_as_it_wrote(tmp_path, monkeypatch, seeds_before):
    monkeypatch.chdir(tmp_path)

    def swept(seeds):
        return nodes.sweep("echo", "ring:{n}", n=[3, 4], seeds=seeds, keep="rows.csv").rows

    for kill_at in range(1, 20):
        for path in tmp_path.iterdir():
            path.unlink()
        if seeds_before:
            swept(seeds_before)
        command = [sys.executable, "-c", KILLED_AS_IT_WRITES, str(kill_at), "3"]
        status = subprocess.run(command, timeout=60, check=False).returncode
        assert len(swept(3)) == 6
        if status == 0:
            break
        assert status == 9
    assert kill_at > 4


def works_in(process: str, folder: Path) -> bool:
    try:
        return os.readlink(f"/proc/{process}/cwd") == str(folder)
    except OSError:
        return False
