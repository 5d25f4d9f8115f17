"""A class of a notebook as processes: all that it uses goes along, and nothing of the notebook's besides."""

import subprocess
import sys

import pytest
from started import nothing_left

CELL = '''
from __future__ import annotations
import enum, sqlite3
from typing import Annotated
import distnodes as nodes
from distnodes import Net, Port, Spontaneously, auto, on, protocol, terminal, u32

# What a notebook holds, and cannot be sent.
data = sqlite3.connect(":memory:")

class Colour(enum.Enum):
    Red = 1
    Blue = 2

@nodes.data
class Entry:
    who: int
    colour: Colour = Colour.Red

    def __repr__(self):
        return f"{self.who}{self.colour.name}"

@nodes.message
class Base:
    hops: u32 = 1

@nodes.message
class Inform(Base):
    entries: list[Entry] = nodes.field(default_factory=list)

    def further(self, who):
        return Inform(self.hops + 1, [*self.entries, Entry(who, Colour.Blue)])

class State(nodes.State):
    Idle = auto("Knows nothing.")
    Informed = terminal("Knows.")

    def shown(self):
        return f"{self.name}: {self.doc} {self.is_terminal}"

Idle, Informed = State

@nodes.config
class Options:
    more: Annotated[u32, "Added to each."] = 5

@protocol(links="reliable", config=Options)
class Flooding:
    """Tells everybody."""
    state: State = Idle
    last: Inform | None = None
    more: u32 = 0

    @nodes.init
    def begin(self, config: Options) -> None:
        self.more = config.more

    @on(Spontaneously, in_=Idle)
    def start(self, net: Net) -> None:
        net.send_to_all(Inform())
        self.state = Informed
        net.report("shown", self.state.shown())

    @on(Inform, in_=Idle, if_=lambda self, msg: msg.hops > 0)
    def hear(self, msg: Inform, sender: Port, net: Net) -> None:
        self.last = msg
        net.send_to_all_except(sender, msg.further(net.id))
        net.report("entries", repr(msg.entries))
        net.report("frozen", type(msg).__slots__)
        self.state = Informed

    @on(Inform, in_=Idle)
    def never(self) -> None:
        raise AssertionError
'''
RUN = """
r = nodes.run(Flooding, "path:4", seed=1, config={"more": 7})
rows = r.rows()
assert r.ok, r.explanation
assert rows[0]["shown"] == "Informed: Knows. True", rows
assert [row.get("entries") for row in rows] == [None, "[]", "[1Blue]", "[1Blue, 2Blue]"], rows
assert rows[1]["frozen"] == ["entries"], rows
assert [node.more for node in r.nodes] == [7] * 4
assert r.nodes[3].last == Inform(3, [Entry(1, Colour.Blue), Entry(2, Colour.Blue)])
print("right")
"""


def test_a_class_without_a_file_is_carried():
    pytest.importorskip("cloudpickle")
    words = [sys.executable, "-"]
    ended = subprocess.run(words, input=CELL + RUN, capture_output=True, text=True, timeout=60, check=False)
    assert ended.stdout == "right\n", ended.stderr


def test_a_class_of_a_notebook_is_carried():
    pytest.importorskip("cloudpickle")
    pytest.importorskip("ipykernel")
    nbclient = pytest.importorskip("nbclient")
    nbformat = pytest.importorskip("nbformat")
    cells = [nbformat.v4.new_code_cell(text) for text in (CELL, RUN)]
    notebook = nbformat.v4.new_notebook(cells=cells)
    nbclient.NotebookClient(notebook, timeout=60).execute()
    assert [output.get("text") for output in cells[1].outputs] == ["right\n"]


TWENTY = """
r = nodes.run(Flooding, "ring:20", seed=1, config={"more": 7})
assert r.ok, r.explanation
print([node.state.name for node in r.nodes].count("Informed"))
"""
PRINTS = """
@protocol
class Printing(Flooding):
    @on(Inform, in_=Idle, if_=lambda self, msg: msg.hops > 0)
    def hear(self, net: Net) -> None:
        print("heard by", net.id, end="")
        self.state = Informed

nodes.run(Printing, "path:2", seed=1)
time.sleep(1)
"""


def test_a_notebook_shows_what_twenty_nodes_print(monkeypatch):
    pytest.importorskip("cloudpickle")
    pytest.importorskip("ipykernel")
    nbclient = pytest.importorskip("nbclient")
    nbformat = pytest.importorskip("nbformat")
    # Where it is, a kernel leaves the standard error of its process alone.
    monkeypatch.delenv("PYTEST_CURRENT_TEST")
    cells = [nbformat.v4.new_code_cell(text) for text in (CELL, TWENTY, "import time\n" + PRINTS)]
    notebook = nbformat.v4.new_notebook(cells=cells)
    nbclient.NotebookClient(notebook, timeout=60).execute()
    assert [output.get("text") for output in cells[1].outputs] == ["20\n"]
    assert [(output.get("name"), output.get("text")) for output in cells[2].outputs] == [
        ("stderr", "node 1: heard by 1\n")
    ]
    assert nothing_left()
