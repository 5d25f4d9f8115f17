"""Sweeps: over several cores, kept in a file, and measured again where anything has changed."""

import csv
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import words_of_sweeps as protocols

import distnodes as nodes
from distnodes._workers import Workers

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


def test_a_table_has_what_json_does_not_have(tmp_path):
    swept = nodes.sweep("echo", lambda size: f"ring:{size.real:.0f}", size=[3 + 1j], seeds=1)
    swept.to_csv(tmp_path / "table.csv")
    assert [row["size"] for row in csv.DictReader((tmp_path / "table.csv").open())] == ["(3+1j)"]


def test_numbers_of_numpy_are_numbers_in_tables(tmp_path):
    numpy = pytest.importorskip("numpy")
    swept = nodes.sweep("echo", "ring:{n}", n=numpy.arange(3, 5), seeds=1, keep=tmp_path / "kept.csv")
    swept.to_csv(tmp_path / "table.csv")
    for name in ("kept.csv", "table.csv"):
        assert [row["n"] for row in csv.DictReader((tmp_path / name).open())] == ["3", "4"]


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
