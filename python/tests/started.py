"""Programs that make runs of real processes, and which of their processes are there."""

import os
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from pathlib import Path

MARK = f"DISTNODES_TESTS={uuid.uuid4()}"
"""In the environment of all that these tests start: other runs on the machine are none of theirs."""
os.environ.update([MARK.split("=")])

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

def main(**options):
    given = dict(word.split("=") for word in sys.argv[1:] if "=" in word)
    result = nodes.run(Flooding, "ring:20", seed=1, **given, **options)
    print(result.outcome, result.messages, [node.state.name for node in result.nodes].count("Informed"))
    print(*result.notices, sep="\\n", end="")

'''
RIGHT = "terminated 21 20"

ENDLESS = (
    SCRIPT.replace('print("heard", sender)', "net.send(sender, Inform())")
    .replace("in_=Idle)\n    def hear", "in_=Idle | Informed)\n    def hear")
    .replace("net.send_to_all_except(sender, Inform())", "pass")
)
"""The same, but a message goes to and fro for ever."""

GUARDED = 'if __name__ == "__main__":\n    main()\n'


def python(*arguments: str, text: str = "", folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    """An interpreter, up to its end."""
    return subprocess.run(
        [sys.executable, *arguments], input=text, cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )


def begun(*arguments: str, folder: Path) -> subprocess.Popen[str]:
    """An interpreter that goes on."""
    return subprocess.Popen(
        [sys.executable, *arguments], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def processes() -> list[int]:
    """The nodes of these tests and the servers that fork them, the oldest first."""
    found = []
    for process in map(Path, filter(str.isdigit, os.listdir("/proc"))):
        folder = "/proc" / process
        try:
            environment, command = (folder / "environ").read_bytes(), (folder / "cmdline").read_bytes()
            if MARK.encode() in environment.split(b"\0") and b"distnodes._node" in command:
                found.append((int((folder / "stat").read_text().rpartition(")")[2].split()[19]), int(process.name)))
        except OSError:
            continue
    return [process for _, process in sorted(found)]


def soon(holds: Callable[[], bool], seconds: float = 10) -> bool:
    """Whether it holds by then."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def nothing_left() -> bool:
    """Whether all of these processes have ended."""
    return soon(lambda: not processes())
