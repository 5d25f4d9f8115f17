"""Real processes: classes from everywhere, what they print, and how they are made."""

import os
import sys
import threading
import time

import pytest
from started import GUARDED, RIGHT, SCRIPT, nothing_left, python
from twins import twin

import distnodes as nodes


@pytest.mark.parametrize("name", ["flooding", "saturation", "echo", "controlled_distance", "ricart_agrawala"])
def test_twins_as_processes(name):
    graphs = {"saturation": "random-tree:15", "controlled_distance": "ring:12", "ricart_agrawala": "complete:4"}
    ended = nodes.run(twin(name), graphs.get(name, "gnp:12,0.3"), seed=1)
    assert ended.ok, ended.explanation
    assert set(ended.properties.values()) <= {"holds", "held-at-end"}
    if name == "flooding":
        assert ended.messages == 2 * ended.document["edges"] - ended.document["nodes"] + 1
    if name == "ricart_agrawala":
        # 2(n - 1) messages for each entry; each node enters twice.
        assert ended.messages == 2 * 3 * 4 * 2
    assert nothing_left()


@pytest.mark.parametrize("spawn", ["fork", "exec"])
def test_a_class_of_a_script(tmp_path, spawn):
    script = tmp_path / "script.py"
    script.write_text(SCRIPT + GUARDED)
    ended = python(str(script), f"spawn={spawn}", folder=tmp_path)
    assert ended.stdout.strip() == RIGHT, ended.stderr
    # What nodes print stands on standard error, whole lines, each behind its node.
    printed = [line for line in ended.stderr.splitlines() if "heard" in line]
    assert "node 1: heard 0" in printed
    assert len(printed) == 19


@pytest.mark.parametrize("spawn", ["fork", "exec"])
def test_a_class_of_a_module(tmp_path, spawn):
    (tmp_path / "written.py").write_text(SCRIPT)
    ended = python("-c", "import written; written.main()", f"spawn={spawn}", folder=tmp_path)
    assert ended.stdout.strip() == RIGHT, ended.stderr


def test_a_class_of_a_terminal(tmp_path):
    # As in a notebook, there is no file.
    pytest.importorskip("cloudpickle")
    ended = python("-", folder=tmp_path, text=SCRIPT + "main()\n")
    assert ended.stdout.strip() == RIGHT, ended.stderr
    refused = python("-", "spawn=exec", folder=tmp_path, text=SCRIPT + "main()\n")
    assert "so that another process cannot import it" in refused.stderr


@pytest.mark.parametrize("spawn", ["fork", "exec"])
@pytest.mark.parametrize("where", ["script", "module"])
def test_a_run_that_imports_itself_is_refused(tmp_path, where, spawn):
    (tmp_path / "written.py").write_text(SCRIPT + "main()\n")
    words = ["written.py"] if where == "script" else ["-c", "import written"]
    ended = python(*words, f"spawn={spawn}", folder=tmp_path)
    assert ended.returncode == 1
    assert 'makes a run as it is imported: put that behind `if __name__ == "__main__":`' in ended.stderr
    # The sentence reaches the user's own process, and the process that said it made no other one.
    assert ended.stderr.splitlines()[-1].startswith(("OSError: ", "distnodes.NodeFailed: ")), ended.stderr
    assert nothing_left()


def test_a_node_makes_no_run(tmp_path):
    (tmp_path / "written.py").write_text(SCRIPT.replace('print("heard", sender)', "main()"))
    ended = python("-c", "import written; written.main()", folder=tmp_path)
    assert "a handler makes a run of real processes, and its node is one itself" in ended.stderr
    assert nothing_left()


def test_a_script_is_a_module_for_what_looks_for_its_classes(tmp_path):
    # As pickle does, by the name of the module: `__mp_main__`.
    script = tmp_path / "script.py"
    uses = "import pickle; assert pickle.loads(pickle.dumps(State.Idle)) is Idle; print(__name__, *sys.argv[1:])"
    script.write_text(SCRIPT.replace('print("heard", sender)', uses) + GUARDED)
    ended = python(str(script), "more", folder=tmp_path)
    assert ended.stdout.strip() == RIGHT, ended.stderr
    assert "node 1: __mp_main__ more" in ended.stderr.splitlines()


def test_all_that_a_node_prints_is_behind_its_number(tmp_path):
    prints = 'print("one\\ntwo", sender, end=" and "); print("three"); print("bad", file=sys.stderr)'
    prints += '; print("no end", end="")'
    (tmp_path / "printing.py").write_text(SCRIPT.replace('print("heard", sender)', prints) + GUARDED)
    by_command = "-m distnodes printing.py:Flooding run --topology ring:20 --initiators 0"
    for words in (["printing.py"], ["printing.py", "spawn=exec"], by_command.split()):
        ended = python(*words, folder=tmp_path)
        lines = ended.stderr.splitlines()
        assert {"node 1: one", "node 1: two 0 and three", "node 1: bad", "node 1: no end"} <= set(lines), ended.stderr


def test_the_command_line_of_the_catalogue(tmp_path):
    ended = python("-m", "distnodes", "controlled_distance", "--seed", "1", "--json", folder=tmp_path)
    assert ended.returncode == 0, ended.stderr
    assert '"outcome":"terminated"' in ended.stdout
    assert "controlled_distance" in python("-m", "distnodes", "list", folder=tmp_path).stdout
    assert python("-m", "distnodes", "lsit", folder=tmp_path).returncode == 2


TELLS = """
        net.report("parent", os.getppid())
        net.report("threads", len(os.listdir("/proc/self/task")))
        net.report("modules", sorted(sys.modules))
        net.report("command", open("/proc/self/cmdline").read().split("\\0"))
        net.report("files", [os.readlink(f"/proc/self/fd/{file}") for file in (0, 1, 2)])
        net.report("math", [os.environ[f"{name}_NUM_THREADS"] for name in ("OMP", "OPENBLAS", "MKL", "NUMEXPR")])
"""


@pytest.mark.parametrize("spawn", ["fork", "exec"])
def test_nodes_begin_afresh(tmp_path, monkeypatch, spawn):
    (tmp_path / "telling.py").write_text("import os\n" + SCRIPT.replace('\n        print("heard", sender)', TELLS))
    (tmp_path / "only_here.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    import only_here  # noqa: F401
    import telling

    ended = nodes.run(telling.Flooding, "ring:5", seed=1, spawn=spawn)
    for row in ended.rows()[1:]:
        assert row["parent"] == os.getpid()
        assert row["threads"] == 1
        assert "telling" in row["modules"]
        assert not {"only_here", "pytest"} & set(row["modules"])
        assert row["command"][:4] == [sys.executable, "-u", "-m", "distnodes._node"]
        assert row["files"] == ["/dev/null", os.readlink("/proc/self/fd/2"), os.readlink("/proc/self/fd/2")]
        assert row["math"] == ["1"] * 4
    assert nothing_left()


THREADED = SCRIPT + "import threading, time\nthreading.Thread(target=time.sleep, args=(60,), daemon=True).start()\n"
NOTICE = (
    "importing the protocol has started a thread, which a fork would lose: each node is an interpreter of its own, as "
    'with `spawn="exec"`'
)


def test_where_a_fork_would_lose_threads_nodes_are_interpreters(tmp_path):
    (tmp_path / "threaded.py").write_text(THREADED)
    ended = python("-c", "import threaded; threaded.main()", folder=tmp_path)
    assert ended.stdout.splitlines() == [RIGHT, NOTICE], ended.stderr
    assert python("-c", "import threaded; threaded.main()", "spawn=exec", folder=tmp_path).stdout.strip() == RIGHT
    assert nothing_left()


def test_threads_of_which_python_does_not_know_count(tmp_path):
    numpy = pytest.importorskip("numpy")
    # OpenBLAS starts its threads when it is loaded, unless it is told not to: so nodes have one thread.
    (tmp_path / "counted.py").write_text("import numpy\n" + SCRIPT)
    ended = python("-c", "import counted; counted.main()", folder=tmp_path)
    assert ended.stdout.strip() == RIGHT, (numpy.__version__, ended.stdout, ended.stderr)
    # A thread that a C library starts, as seen in /proc/self/task.
    thread = "import ctypes, _thread\n_thread.start_new_thread(ctypes.CDLL(None).sleep, (60,))\n"
    (tmp_path / "counted.py").write_text(SCRIPT + thread)
    ended = python("-c", "import counted; counted.main()", folder=tmp_path)
    assert ended.stdout.splitlines() == [RIGHT, NOTICE], ended.stderr


def test_a_class_without_a_file_that_starts_threads_is_refused(tmp_path):
    pytest.importorskip("cloudpickle")
    (tmp_path / "threads.py").write_text(THREADED.replace(SCRIPT, ""))
    uses = SCRIPT.replace('print("heard", sender)', "threads.time")
    ended = python("-", folder=tmp_path, text=f"import threads\n{uses}main()\n")
    assert "and `Flooding` was made in a notebook or a terminal" in ended.stderr.splitlines()[-1], ended.stderr
    assert ended.stderr.splitlines()[-1].endswith("to start each node by itself: put it into a module")


@pytest.mark.parametrize("spawn", ["fork", "exec"])
def test_what_goes_wrong_while_importing_is_told(tmp_path, spawn):
    (tmp_path / "wrong.py").write_text(
        SCRIPT + 'if "mine" not in vars(sys.modules["__main__"]): raise OSError("no such luck")\n'
    )
    (tmp_path / "main.py").write_text("mine = 1\nimport wrong\nwrong.main()\n")
    ended = python(str(tmp_path / "main.py"), f"spawn={spawn}", folder=tmp_path)
    assert ended.stderr.splitlines()[-1].endswith("OSError: no such luck"), ended.stderr
    # Where the process that imports stands in the user's own code, and nothing of how it came there.
    assert f'Traceback (most recent call last):\n  File "{tmp_path / "wrong.py"}", line ' in ended.stderr
    assert nothing_left()


def test_five_hundred_nodes():
    ended = nodes.run(twin("flooding"), "gnp:500,0.02", seed=1)
    assert ended.ok, ended.explanation
    assert nothing_left()


def test_runs_of_several_threads_go_on_at_a_time():
    ended = []

    def make(graph: str, after: float) -> None:
        time.sleep(after)
        ended.append(nodes.run(twin("flooding"), graph, seed=1).outcome)

    # The short run, which has begun first, ends while nodes of the other are still being forked.
    for after in (0.02, 0.05, 0.08):
        runs = [threading.Thread(target=make, args=given) for given in (("path:2", 0), ("ring:60", after))]
        for run in runs:
            run.start()
        for run in runs:
            run.join()
    assert ended == ["terminated"] * 6
    assert nothing_left()
