"""What it costs to start: importing the package, and nodes that are processes of their own.

    python benches/processes.py                  # 20, 100 and 500 forked nodes, 20 interpreters, and the import
    python benches/processes.py --nodes 1000     # another number

Processor time of a node is that of all processes of a run but this one, the server that forks and what stands between
among them, without that of a run of one node; so it has no share of what is done once.  Its memory is its proportional
set size (PSS), which counts a page that several processes share in parts, as the node ends; and what it shares with no
other process.  Ready are the nodes when the first of them is woken.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from statistics import mean, median

import distnodes as nodes
from distnodes import Net, Spontaneously, finish, init, message, on, protocol


def clock() -> float:
    """Seconds on the machine's clock, which all processes share."""
    return time.monotonic()


@nodes.config
class Options:
    """What nodes look at."""

    memory: bool = False


@message
class Hello:
    """Says hello."""


@protocol(config=Options)
class Greeting:
    """Greets its neighbours: each node handles a message or two."""

    memory: bool = False

    @init
    def new(self, config: Options) -> None:
        self.memory = config.memory

    @on(Spontaneously)
    def start(self, net: Net) -> None:
        net.report("woken", clock())
        net.send_to_all(Hello())

    @on(Hello)
    def hear(self) -> None:
        """There is nothing to do."""

    @finish
    def end(self, net: Net) -> None:
        if self.memory:
            lines = Path("/proc/self/smaps_rollup").read_text().splitlines()[1:]
            size = {name: int(value.split()[0]) for name, _, value in (line.partition(":") for line in lines)}
            net.report("shared", size["Pss"])
            net.report("own", size["Private_Clean"] + size["Private_Dirty"])


def processor(whom: int) -> float:
    used = resource.getrusage(whom)
    return used.ru_utime + used.ru_stime


def cost(size: int, spawn: str, memory: bool = False) -> dict[str, float]:
    """Of one run."""
    graph = f"ring:{size}" if size > 2 else (size, [])
    before, here, there = clock(), processor(resource.RUSAGE_SELF), processor(resource.RUSAGE_CHILDREN)
    ended = nodes.run(Greeting, graph, seed=1, initiators="one", spawn=spawn, config={"memory": memory})  # type: ignore[arg-type]
    assert ended.ok, ended.explanation
    rows = ended.rows()
    found = {
        "ready": next(row["woken"] for row in rows if "woken" in row) - before,
        "here": processor(resource.RUSAGE_SELF) - here,
        "there": processor(resource.RUSAGE_CHILDREN) - there,
    }
    if memory:
        found |= {name: mean(row[name] for row in rows) for name in ("shared", "own")}
    return found


def imports(runs: int) -> float:
    """Processor seconds of the import, over those of the interpreter alone: the least, which nothing else disturbs."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}

    def least(code: str) -> float:
        found = []
        for _ in range(runs):
            before = processor(resource.RUSAGE_CHILDREN)
            subprocess.run([sys.executable, "-c", code], check=True, env=environment)
            found.append(processor(resource.RUSAGE_CHILDREN) - before)
        return min(found)

    return least("import distnodes") - least("pass")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--nodes", type=int, nargs="+", default=[20, 100, 500])
    parser.add_argument("--interpreters", type=int, default=20, help='how many with `spawn="exec"`; 0 for none')
    parser.add_argument("--runs", type=int, default=5)
    given = parser.parse_args()
    print(f"import distnodes: {imports(4 * given.runs) * 1e3:.1f} ms of processor time")
    series = [("fork", size) for size in given.nodes] + [("exec", given.interpreters)] * (given.interpreters > 0)
    print(f"{'':12} {'ready':>8} {'processor time':>16} {'of this process':>16} {'PSS':>10} {'its own':>10}")
    for spawn, size in series:
        found: dict[str, list[float]] = {}
        for _ in range(given.runs):
            one, run = cost(1, spawn), cost(size, spawn)
            run["there"] -= one["there"]
            run |= {name: value for name, value in cost(size, spawn, memory=True).items() if name in ("shared", "own")}
            for name, value in run.items():
                found.setdefault(name, []).append(value)
        of = {name: median(values) for name, values in found.items()}
        print(
            f"{spawn} {size:>7} {of['ready']:>6.2f} s {of['there'] / (size - 1) * 1e3:>10.2f} ms each "
            f"{of['here'] / size * 1e3:>8.2f} ms each {of['shared'] / 1024:>6.2f} MiB {of['own'] / 1024:>6.2f} MiB"
        )


if __name__ == "__main__":
    main()
