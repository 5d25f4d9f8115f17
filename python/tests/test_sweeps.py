"""Sweeps: what may be asked for, and their rows over several cores."""

import csv
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
import words_of_sweeps as protocols

import distnodes as nodes
from distnodes._workers import Workers


def with_tests_on_its_path(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path])}
    return subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_rows_are_the_same_for_any_number_of_workers():
    grid = {"n": [5, 9], "p": [0.3, 0.6]}
    several = [protocols.Chatting, "echo"]
    made = [
        nodes.sweep(several, "gnp:{n},{p}", seeds=4, workers=workers, measure={"late": protocols.late}, **grid)
        for workers in (1, 2, 3)
    ]
    assert len(made[0]) == 2 * 2 * 2 * 4
    assert made[0].rows == made[1].rows == made[2].rows
    assert [row["seed"] for row in made[0].rows[:4]] == [1, 2, 3, 4]
    alone = nodes.simulate(protocols.Chatting, "gnp:5,0.3", seed=2)
    assert made[1].rows[1]["messages"] == alone.messages


def test_rows_of_the_catalogue_are_there_as_they_are_made():
    noted = [time.monotonic()]
    at = {"at": lambda result: noted.append(time.monotonic())}
    nodes.sweep("echo", "complete:100", seeds=60, workers=2, measure=at)
    begun, first, *_, last = noted
    assert len(noted) == 61
    assert first - begun < (last - begun) / 2


def test_graphs_that_are_made_and_values_that_are_no_text():
    def circle(n, chord):
        return [(i, (i + 1) % n) for i in range(n)] + ([(0, n // 2)] if chord else [])

    swept = nodes.sweep(protocols.Chatting, circle, n=[4, 6], chord=[True, False], seeds=2, workers=2)
    assert [row["edges"] for row in swept.rows] == [5, 5, 4, 4, 7, 7, 6, 6]
    assert [row["chord"] for row in swept.rows[:4]] == [True, True, False, False]


@pytest.mark.parametrize("protocol", [protocols.Chatting, "echo"])
def test_a_graph_that_is_there_already(tmp_path, protocol):
    networkx = pytest.importorskip("networkx")
    links = [("a", "b"), ("b", "c"), ("c", "a"), ("c", "d")]
    keep = tmp_path / "rows.csv"
    for graph, edges in ((networkx.Graph(links), 4), ([(0, 1), (1, 2)], 2), ((3, [(0, 1), (1, 2)]), 2)):
        swept = nodes.sweep(protocol, graph, seeds=3, workers=2)
        assert [row["edges"] for row in swept.rows] == [edges] * 3
        assert swept.rows[0]["messages"] == nodes.simulate(protocol, graph, seed=1).messages
    kept = nodes.sweep(protocol, networkx.Graph(links), seeds=2, keep=keep)
    assert nodes.sweep(protocol, networkx.Graph(links), seeds=2, keep=keep).rows == kept.rows
    with pytest.warns(UserWarning, match="what is read changed since then: 2 runs are made again"):
        assert nodes.sweep(protocol, networkx.Graph(links[:3]), seeds=2, keep=keep).rows[0]["edges"] == 3
    with pytest.raises(ValueError, match="`n` stands nowhere"):
        nodes.sweep(protocol, [(0, 1)], n=[3])
    with pytest.raises(TypeError, match="5 is not a graph"):
        nodes.sweep(protocol, 5)


def test_braces_with_more_than_a_name():
    sizes = [row["nodes"] for row in nodes.sweep("echo", "ring:{n:02d}", n=[3, 12], seeds=1).rows]
    assert sizes == [3, 12]
    sizes = [row["nodes"] for row in nodes.sweep("echo", "ring:{n:{width}}", n=[3], width=["02"], seeds=1).rows]
    assert sizes == [3]
    with pytest.raises(ValueError, match=r"`\{n\}` has no values"):
        nodes.sweep("echo", "ring:{n:02d}", seeds=1)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("ring:{n", "expected '}' before end of string; a brace that stands for itself is written twice"),
        ("ring:n}", "Single '}' encountered in format string; a brace that stands for itself is written twice"),
        ("ring:{}", "`{}` names no variable; write such as `{n}`"),
        ("ring:{0}", "`{0}` names no variable; write such as `{n}`"),
    ],
)
def test_braces_that_are_wrong(text, said):
    with pytest.raises(ValueError, match=re.escape(f"graph={text!r}: {said}")):
        nodes.sweep("echo", text, n=[3])
    with pytest.raises(ValueError, match=re.escape(f"delay={text!r}: {said}")):
        nodes.sweep("echo", "ring:{n}", n=[3], options={"delay": text})


@pytest.mark.parametrize("protocol", [protocols.Chatting, "echo"])
@pytest.mark.parametrize("name", ["graph", "seed", "live", "progress"])
def test_what_is_no_option_of_single_runs(protocol, name):
    with pytest.raises(ValueError, match=f"options: `{name}` is no option of single runs of a sweep; "):
        nodes.sweep(protocol, "ring:3", options={name: False})


def test_columns_and_protocols_that_are_not_there():
    swept = nodes.sweep(["echo", protocols.Chatting], "ring:{n}", n=[3], seeds=1)
    for asks in (swept.cells, lambda name: swept.growth(name, "Echo"), lambda name: swept.plot(object(), name)):
        with pytest.raises(ValueError, match="there is no column `mesages`; did you mean `messages`\\?"):
            asks("mesages")
    for asks in (swept.cells, swept.growth):
        with pytest.raises(ValueError, match="there is no protocol `echos`; did you mean `Echo`\\?"):
            asks(protocol="echos")
    with pytest.raises(ValueError, match="there is no variable `k`; write `nodes`, `edges` or `n`"):
        swept.plot(x="k")


@pytest.mark.parametrize("protocol", [protocols.Chatting, "echo"])
@pytest.mark.parametrize("seed", [-1, 2**64])
def test_numbers_that_are_no_seeds(protocol, seed):
    with pytest.raises(ValueError, match=rf"seeds: {seed} is none; a seed is a number from 0 to 2\*\*64 - 1"):
        nodes.sweep(protocol, "ring:3", seeds=[1, seed])
    with pytest.raises(ValueError, match=r"seeds=-5: give how many, or which, such as seeds=\[5\]"):
        nodes.sweep(protocol, "ring:3", seeds=-5)
    rows = nodes.sweep(protocol, "ring:3", seeds=[0, 2**64 - 1]).rows
    assert [row["seed"] for row in rows] == [0, 2**64 - 1]


def test_a_table_has_what_json_does_not_have(tmp_path):
    swept = nodes.sweep("echo", lambda size: f"ring:{size.real:.0f}", size=[3 + 1j], seeds=1)
    swept.to_csv(tmp_path / "table.csv")
    assert [row["size"] for row in csv.DictReader((tmp_path / "table.csv").open())] == ["(3+1j)"]


def test_what_a_handler_raises_in_another_process():
    with pytest.raises(nodes.NodeFailed, match="KeyError") as failed:
        nodes.sweep(protocols.Fragile, "path:{n}", n=[2, 9], seeds=2, workers=2)
    assert isinstance(failed.value.__cause__, KeyError)
    assert failed.value.__cause__.__traceback__ is not None
    assert failed.value.result.outcome == "crashed"
    with pytest.raises(ZeroDivisionError):
        nodes.sweep(protocols.Chatting, "path:3", seeds=2, workers=2, measure={"bad": lambda result: 1 / 0})
    with pytest.raises(TypeError, match="measure: bad gives"):
        nodes.sweep(protocols.Chatting, "path:3", seeds=2, measure={"bad": lambda result: result})
    with pytest.raises(ValueError, match="topology"):
        nodes.sweep("controlled_distance", "path:{n}", n=[3], seeds=2)


def leave(result):
    raise SystemExit("enough")


def test_what_ends_a_process_is_raised_here():
    with pytest.raises(SystemExit, match="enough"):
        nodes.sweep(protocols.Chatting, "path:3", seeds=2, workers=2, measure={"leave": leave})


FAILING = """
import distnodes as nodes
from words_of_sweeps import Chatting

def late_failure(result):
    if result.seed == 3:
        raise ValueError("third")
    return "x" * 1_000_000

if __name__ == "__main__":
    for _ in range(5):
        try:
            nodes.sweep(Chatting, "path:3", seeds=50, workers=2, measure={"m": late_failure})
        except ValueError as wrong:
            print(wrong)
"""


def test_workers_say_nothing_at_an_early_end(tmp_path):
    (tmp_path / "script.py").write_text(FAILING)
    done = with_tests_on_its_path(tmp_path, "script.py")
    assert (done.stdout, done.stderr) == ("third\n" * 5, "")


IN_PLACE_OF_A_WORKER = f"""#!{sys.executable}
import socket
import sys
sys.path[:] = {sys.path!r}
from distnodes._worker import receive, send
pipe = socket.socket(fileno=int(sys.argv[-2]))
receive(pipe)
send(pipe, b"")
sys.exit(3)
"""


class AfterIt:
    """What is only told to a worker that has ended."""

    def __init__(self, workers):
        self.workers = workers

    def __reduce__(self):
        self.workers._processes[0].wait()
        return list, ()


def test_a_worker_that_has_ended_is_told_something(tmp_path, monkeypatch):
    ended = "a worker process has ended with status"
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(RuntimeError, match=f"{ended} 1"), Workers(b"x" * 10_000_000, 1):
        pass
    executable = tmp_path / "python"
    executable.write_text(IN_PLACE_OF_A_WORKER)
    executable.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(executable))
    with Workers(b"", 1) as workers, pytest.raises(RuntimeError, match=f"{ended} 3"):
        list(workers.answers([AfterIt(workers)]))


def test_a_class_that_other_processes_cannot_have():
    @nodes.protocol
    class Inner(protocols.Chatting):
        """In a function."""

    with pytest.raises(TypeError, match="stands in a function, so that another process cannot import it: put it at"):
        nodes.sweep(Inner, "ring:{n}", n=[3], workers=2)
    assert len(nodes.sweep(Inner, "ring:{n}", n=[3], seeds=3)) == 3


@pytest.mark.parametrize("keep", [None, "rows.csv"])
def test_one_worker_is_this_process(tmp_path, monkeypatch, keep):
    monkeypatch.chdir(tmp_path)
    by = {"by": lambda result: os.getpid()}
    swept = nodes.sweep(protocols.Chatting, "ring:{n}", n=[3, 4], seeds=2, workers=1, keep=keep, measure=by)
    assert [row["by"] for row in swept.rows] == [os.getpid()] * 4


NOTEBOOK = """
import distnodes as nodes
from distnodes import Net, Spontaneously, auto, on, protocol, terminal

class State(nodes.State):
    Idle = auto()
    Done = terminal()
Idle, Done = State

@nodes.message
class Hello: pass

def greet(net): net.send_to_all(Hello())

@protocol
class Greeting:
    state: State = Idle
    @on(Spontaneously, in_=Idle)
    def start(self, net: Net) -> None:
        greet(net)
        self.state = Done
    @on(Hello, in_=Idle)
    def hear(self) -> None:
        self.state = Done

done = {"done": lambda result: sum(node.state is Done for node in result.nodes)}
swept = nodes.sweep(Greeting, "star:{n}", n=[3, 4], seeds=2, workers=2, keep="rows.csv", measure=done)
print([(row["messages"], row["done"]) for row in swept.rows])
"""


def test_a_class_of_a_notebook(tmp_path):
    pytest.importorskip("cloudpickle")

    def swept(text):
        command = [sys.executable, "-"]
        return subprocess.run(command, input=text, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=True)

    right = "[(2, 3), (2, 3), (3, 4), (3, 4)]\n"
    assert swept(NOTEBOOK).stdout == right
    again = swept("# another cell before it\n" + NOTEBOOK)
    assert (again.stdout, again.stderr) == (right, "")
    changed = swept(NOTEBOOK.replace("net.send_to_all(Hello())", "net.send_to_all(Hello()); net.send_to_all(Hello())"))
    assert changed.stdout == "[(4, 3), (4, 3), (6, 4), (6, 4)]\n"
    assert "code changed since then: 4 runs are made again" in changed.stderr


def test_a_script_without_a_guard_is_its_own_only_process(tmp_path):
    script = tmp_path / "unguarded.py"
    text = "import sys\nimport distnodes as nodes\nfrom words_of_sweeps import Chatting\n"
    text += '@nodes.protocol\nclass Own(Chatting):\n    """Of this script."""\n'
    text += "print(len(nodes.sweep(Own, 'ring:{n}', n=[3], workers=eval(sys.argv[1]))))\n"
    script.write_text(text)

    def swept(workers):
        environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent)}
        command = [sys.executable, str(script), workers]
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)

    assert swept("None").stdout == "10\n"
    assert swept("2").stderr.splitlines()[-1].endswith('put the sweep behind `if __name__ == "__main__":`')


@pytest.mark.parametrize("name", nodes.sweep("echo", "ring:3", seeds=1).rows[0])
def test_names_of_columns_are_taken(name):
    said = f"`{name}` is called like another column"
    for graph in (f"ring:{{{name}}}", lambda **size: [(0, 1)]):
        with pytest.raises(ValueError, match=f"the variable {said}"):
            nodes.sweep("echo", graph, **{name: [3]})
    with pytest.raises(ValueError, match=f"measure: {said}"):
        nodes.sweep("echo", "ring:3", measure={name: protocols.number})


def test_a_measure_is_not_called_like_a_variable():
    with pytest.raises(ValueError, match="measure: `n` is called like another column"):
        nodes.sweep("echo", "ring:{n}", n=[3], measure={"n": protocols.number})


WITH_ARGUMENTS = """
import sys
import distnodes as nodes
from words_of_sweeps import Ball, Chatting
from distnodes import Net, Spontaneously, on, protocol

TIMES = int(sys.argv[1]) if len(sys.argv) == 2 else 1

@protocol
class Own(Chatting):
    @on(Spontaneously)
    def start(self, net: Net) -> None:
        for _ in range(TIMES):
            net.send_to_all(Ball())

if __name__ == "__main__":
    print(*(nodes.sweep(Own, "path:2", seeds=3, workers=n).rows[0]["messages"] for n in (1, 2)), sys.argv)
"""


def test_other_processes_have_the_arguments_of_the_script(tmp_path):
    (tmp_path / "script.py").write_text(WITH_ARGUMENTS)
    done = with_tests_on_its_path(tmp_path, "script.py", "5")
    assert done.stdout == "7 7 ['script.py', '5']\n", done.stderr
