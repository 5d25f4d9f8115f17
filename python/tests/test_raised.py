"""What user code raises in nodes that are processes of their own."""

import subprocess
import sys
from pathlib import Path

import failing
import pytest
from started import nothing_left

import distnodes as nodes

HERE = Path(failing.__file__)


def line_of(text: str) -> int:
    return 1 + [line.strip() for line in HERE.read_text().splitlines()].index(text)


@pytest.mark.parametrize("spawn", ["fork", "exec"])
def test_what_a_handler_raises_is_shown_with_its_traceback(spawn):
    with pytest.raises(nodes.NodeFailed, match=r"node 1 in state .*: raised SoldOut: nothing is left") as caught:
        nodes.run(failing.InAHandler, "path:2", seed=1, spawn=spawn)
    failed, raised = caught.value, caught.value.__cause__
    assert failed.node == 1
    assert failed.result.outcome == "crashed"
    assert isinstance(raised, nodes.Raised)
    assert (raised.type, raised.node) == ("failing.SoldOut", 1)
    # Though it says so: a crash that was planned is known by other means than its text.
    assert raised.message == "nothing is left: crashed, as planned"
    serve, sold = (
        line_of(text) for text in ("sell()", 'raise SoldOut("nothing is left: crashed, as planned") from empty')
    )
    assert f'File "{HERE}", line {serve}, in serve\n    sell()\n' in raised.traceback
    assert f'File "{HERE}", line {sold}, in sell\n' in raised.traceback
    # What it was raised from, too.
    assert (
        "KeyError: 'shelf 7'\n\nThe above exception was the direct cause of the following exception" in raised.traceback
    )
    assert str(raised).startswith("in node 1\nTraceback (most recent call last):\n")
    assert str(raised).endswith("\nfailing.SoldOut: nothing is left: crashed, as planned")
    assert nothing_left()


def test_a_simulated_node_fails_alike():
    with pytest.raises(nodes.NodeFailed, match=r"node 1 in state .*: raised SoldOut: nothing is left") as caught:
        nodes.simulate(failing.InAHandler, "path:2", seed=1)
    assert isinstance(caught.value.__cause__, failing.SoldOut)
    assert caught.value.node == 1


@pytest.mark.parametrize(("protocol", "kind"), [("AtTheBeginning", "SystemExit"), ("AtTheEnd", "failing.SoldOut")])
@pytest.mark.parametrize("spawn", ["fork", "exec"])
def test_wherever_it_is_raised(protocol, kind, spawn):
    with pytest.raises(nodes.NodeFailed) as caught:
        nodes.run(getattr(failing, protocol), "path:2", seed=1, spawn=spawn)
    assert (caught.value.node, caught.value.__cause__.type) == (1, kind)
    assert nothing_left()


@pytest.mark.parametrize(
    ("protocol", "begin"),
    [
        (failing.ByNoise, "grüße\n\N{SNOWMAN}"),
        (failing.ByEscapes, "\x01\x01"),
        (failing.ByNoText, "caf\udce9"),
    ],
)
def test_whatever_it_says_is_told_or_cut(protocol, begin):
    with pytest.raises(nodes.NodeFailed) as caught:
        nodes.run(protocol, "path:2", seed=1)
    raised = caught.value.__cause__
    assert raised.type == "ValueError"
    assert raised.message.startswith(begin)
    assert "in serve" in raised.traceback
    assert len(raised.traceback) < 20_000


def test_a_property_that_raises_has_its_exception_here():
    with pytest.raises(nodes.NodeFailed) as caught:
        nodes.run(failing.InAProperty, "path:2", seed=1)
    assert isinstance(caught.value.__cause__, AttributeError)
    assert caught.value.node is None


@pytest.mark.parametrize("make", [nodes.simulate, nodes.run])
def test_a_planned_crash_is_no_failure(make):
    ended = make(failing.Never, "path:3", seed=1, crash="2@0s")
    assert ended.outcome == "crashed"
    assert "node 2" in ended.explanation[0]


def test_a_program_that_ends_so_shows_all(tmp_path):
    words = f"import sys; sys.path.insert(0, {str(HERE.parent)!r}); import failing, distnodes; "
    run = "distnodes.run(failing.InAHandler, 'path:2', seed=1)"
    ended = subprocess.run([sys.executable, "-c", words + run], capture_output=True, text=True, timeout=60, check=False)
    shown = ended.stderr
    assert (
        "distnodes.Raised: in node 1\nTraceback (most recent call last):\n" in shown
        or "distnodes.Raised: in node 1\n" in shown
    )
    assert shown.splitlines()[-1].startswith("distnodes.NodeFailed: node 1 in state ")
