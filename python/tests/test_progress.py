"""How far a run is: shown on a terminal and in a notebook after some seconds, and nowhere else unless asked for."""

import os
import pty
import re
import subprocess
import sys

import pytest
from twins import twin

import distnodes as nodes
from distnodes._progress import Progress, line_of

SCRIPT = """
import sys
sys.path.insert(0, {examples!r})
import distnodes as nodes
from distnodes import _progress
_progress.PATIENCE = {patience}
from controlled_distance import ControlledDistance
{call}
"""
RUN = 'nodes.simulate(ControlledDistance, "ring:3000", ids="shuffled", initiators="all", seed=1{more})'
CHECK = 'nodes.check("flooding", every_graph="3..4", ids="all"{more})'
SWEEP = 'nodes.sweep([ControlledDistance, "echo"], "ring:{{n}}", n=[8, 16, 32], seeds=10{more})'
PROCESSES = 'nodes.run("controlled_distance", "ring:8", seed=1{more})'


def said(call: str, patience: float = 0.0, terminal: bool = True) -> str:
    """What a script writes to its standard error, which is a terminal or a pipe."""
    script = SCRIPT.format(
        examples=os.path.join(os.path.dirname(__file__), "..", "examples"), patience=patience, call=call
    )
    words = [sys.executable, "-c", script]
    if not terminal:
        ended = subprocess.run(words, capture_output=True, text=True, timeout=120, check=True)
        return ended.stderr
    leader, follower = pty.openpty()
    process = subprocess.Popen(words, stderr=follower, env={**os.environ, "COLUMNS": "60"})
    os.close(follower)
    text = b""
    # At its end, the terminal has no other side.
    while True:
        try:
            read = os.read(leader, 1 << 16)
        except OSError:
            break
        if not read:
            break
        text += read
    os.close(leader)
    assert process.wait(timeout=120) == 0
    return text.decode()


@pytest.mark.parametrize(
    ("call", "what"),
    [
        (RUN, r"\d+ events, [\d.]+m?s of virtual time"),
        (CHECK, r"\d+ of \d+ instances  \d+ stat"),
        (SWEEP, r"\d+ of 60 runs  \d+s"),
        (PROCESSES, r"\d nodes \w+|running"),
    ],
)
def test_a_terminal_shows_a_line_and_then_none(call, what):
    text = said(call.format(more=""))
    assert re.search(what, text), text
    lines = text.split("\r\x1b[K")
    assert lines[-1] == ""
    # No line is longer than the terminal is wide, or stays.
    assert all(len(line) < 60 for line in lines)
    assert "\n" not in text


def test_it_is_quiet_unless_it_takes_long():
    assert said(RUN.format(more=""), patience=60.0) == ""
    assert said(RUN.format(more=", progress=False")) == ""
    assert said(RUN.format(more=""), terminal=False) == ""


def test_it_can_be_forced():
    text = said(RUN.format(more=", progress=True"), patience=60.0, terminal=False)
    assert re.fullmatch(r"\d+ events, .* of virtual time  \d+s\n", text), text


def test_a_line_says_what_is_done_and_how_long_the_rest_will_take():
    # As the command line has it: see `cli/spinner.rs`.
    assert line_of("2 failed", None, "", 12.3) == "2 failed  12s"
    assert line_of("2 failed", (0, 100), "runs", 30.0) == f"{'░' * 30} 0 of 100 runs  2 failed  30s"
    assert line_of("", (1, 2), "", 5.0) == f"{'█' * 15}{'░' * 15} 1 of 2  5s, 5s left"
    assert (
        line_of("2 failed", (50, 100), "runs", 30.0) == f"{'█' * 15}{'░' * 15} 50 of 100 runs  2 failed  30s, 30s left"
    )
    assert [line_of("", None, "", seconds).strip() for seconds in (119, 120, 7199, 7200)] == [
        "119s",
        "2m",
        "119m",
        "2h",
    ]


def test_what_it_raises_ends_the_run(monkeypatch):
    class Full(Exception):
        pass

    def full(self: Progress, text: str, steps: object = None) -> None:
        raise Full

    monkeypatch.setattr(Progress, "at", full)
    for engine, graph in ((nodes.simulate, "ring:1000"), (nodes.run, "ring:8")):
        with pytest.raises(Full):
            engine(twin("controlled_distance"), graph, seed=1, progress=True)


def test_a_notebook_shows_one_output():
    pytest.importorskip("ipykernel")
    nbclient = pytest.importorskip("nbclient")
    nbformat = pytest.importorskip("nbformat")
    path = os.path.join(os.path.dirname(__file__), "..", "examples")
    seen = SCRIPT.format(examples=path, patience=0.0, call="")
    seen += "shown = []\nshow = _progress._Cell.show\n"
    seen += "_progress._Cell.show = lambda self, line: (shown.append(line), show(self, line))\n"
    cells = [
        nbformat.v4.new_code_cell(text) for text in (seen, RUN.format(more="") + ";", "assert shown, shown\nshown[0]")
    ]
    notebook = nbformat.v4.new_notebook(cells=cells)
    nbclient.NotebookClient(notebook, timeout=120).execute()
    # When it is over, it is empty.
    assert [output["data"] for output in cells[1].outputs] == [{"text/plain": "", "text/html": ""}]
    assert "events" in cells[2].outputs[0]["data"]["text/plain"]
