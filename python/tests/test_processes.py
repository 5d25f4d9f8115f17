"""Real processes: classes from everywhere, what they print, and what is left behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from twins import twin

import distnodes as nodes

SCRIPT = '''
import sys
import distnodes as nodes
from distnodes import Net, Port, Spontaneously, auto, on, protocol, terminal

@nodes.message
class Inform: pass

class State(nodes.State):
    Idle = auto()
    Informed = terminal()
Idle, Informed = State

@protocol(links="reliable")
class Flooding:
    """Tells everybody."""
    state: State = Idle

    @on(Spontaneously, in_=Idle)
    def start(self, net: Net) -> None:
        net.send_to_all(Inform())
        self.state = Informed

    @on(Inform, in_=Idle)
    def hear(self, sender: Port, net: Net) -> None:
        print("heard", sender)
        net.send_to_all_except(sender, Inform())
        self.state = Informed

def main():
    result = nodes.run(Flooding, "ring:20", seed=1, **dict(word.split("=") for word in sys.argv[1:]))
    print(result.outcome, result.messages, [node.state.name for node in result.nodes].count("Informed"))

'''
RIGHT = "terminated 21 20"


def python(*arguments: str, text: str = "", folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], input=text, cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )


def left(word: str) -> list[int]:
    """The processes whose command line has that word."""
    found = []
    for process in filter(str.isdigit, os.listdir("/proc")):
        try:
            if word in Path(f"/proc/{process}/cmdline").read_text():
                found.append(int(process))
        except OSError:
            continue
    return found


def nothing_left() -> bool:
    deadline = time.monotonic() + 10
    while left("distnodes._node"):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


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
    script.write_text(SCRIPT + 'if __name__ == "__main__":\n    main()\n')
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


def test_a_class_of_a_notebook(tmp_path):
    # As in a notebook, there is no file.
    pytest.importorskip("cloudpickle")
    ended = python("-", folder=tmp_path, text=SCRIPT + "main()\n")
    assert ended.stdout.strip() == RIGHT, ended.stderr
    refused = python("-", "spawn=exec", folder=tmp_path, text=SCRIPT + "main()\n")
    assert "so that another process cannot import it" in refused.stderr


def test_the_command_line_of_the_catalogue(tmp_path):
    ended = python("-m", "distnodes", "controlled_distance", "--seed", "1", "--json", folder=tmp_path)
    assert ended.returncode == 0, ended.stderr
    assert '"outcome":"terminated"' in ended.stdout
    assert "controlled_distance" in python("-m", "distnodes", "list", folder=tmp_path).stdout
    assert python("-m", "distnodes", "lsit", folder=tmp_path).returncode == 2


def test_threads_of_an_imported_module_are_refused(tmp_path):
    (tmp_path / "threaded.py").write_text(
        SCRIPT + "import threading, time\nthreading.Thread(target=time.sleep, args=(60,), daemon=True).start()\n"
    )
    ended = python("-c", "import threaded; threaded.main()", folder=tmp_path)
    assert 'has started 1 threads, which a fork would lose: run it with `spawn="exec"`' in ended.stderr
    assert python("-c", "import threaded; threaded.main()", "spawn=exec", folder=tmp_path).stdout.strip() == RIGHT
    assert nothing_left()


def test_what_goes_wrong_while_importing_is_told(tmp_path):
    (tmp_path / "wrong.py").write_text(
        SCRIPT + 'if __name__ == "wrong" and not sys.argv[0].endswith("main.py"): raise OSError("no such luck")\n'
    )
    (tmp_path / "main.py").write_text("import wrong\nwrong.main()\n")
    ended = python(str(tmp_path / "main.py"), folder=tmp_path)
    assert "OSError: no such luck" in ended.stderr
    assert nothing_left()


ENDLESS = (
    SCRIPT.replace('print("heard", sender)', "net.send(sender, Inform())")
    .replace("in_=Idle)\n    def hear", "in_=Idle | Informed)\n    def hear")
    .replace("net.send_to_all_except(sender, Inform())", "pass")
)


@pytest.mark.parametrize("whom", ["node", "server", "initializer"])
def test_who_is_killed_leaves_nothing_behind(tmp_path, whom):
    script = tmp_path / "endless.py"
    script.write_text(ENDLESS + 'if __name__ == "__main__":\n    main()\n')
    run = subprocess.Popen(
        [sys.executable, str(script)], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    deadline = time.monotonic() + 30
    while len(left("distnodes._node")) < 21 and time.monotonic() < deadline:
        time.sleep(0.02)
    children = left("distnodes._node")
    assert len(children) == 21
    time.sleep(0.5)
    # The server is the oldest of them.
    server = min(
        children, key=lambda child: int(Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()[19])
    )
    victims = {"node": [child for child in children if child != server][5], "server": server, "initializer": run.pid}
    os.kill(victims[whom], signal.SIGKILL)
    if whom == "server":
        # All nodes are forked: the run goes on without it.
        time.sleep(0.5)
        assert run.poll() is None
        run.send_signal(signal.SIGINT)
    _, told = run.communicate(timeout=30)
    if whom == "node":
        assert "was killed by signal 9" in told
    assert nothing_left()


def test_five_hundred_nodes():
    ended = nodes.run(twin("flooding"), "gnp:500,0.02", seed=1)
    assert ended.ok, ended.explanation
    assert nothing_left()
