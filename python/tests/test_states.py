"""States that carry something: made, compared, checked, simulated, and as processes."""

import copy
import pickle

import pytest

import distnodes as nodes
from distnodes import (
    Net,
    Port,
    Spontaneously,
    World,
    auto,
    finally_,
    message,
    on,
    plan_of,
    protocol,
    terminal,
    u8,
    u32,
    when,
)


@message
class Ask:
    pass


@message
class Answer:
    value: u32


@nodes.alarm
class Patience:
    pass


class State(nodes.State):
    Idle = auto("Has not been asked.")
    Waiting = auto("Waits for answers.", answers=u8, heard=list[Port])
    Done = terminal("Knows the sum.", total=u32)


Idle, Waiting, Done = State


@protocol(links="reliable", initiators="one")
@nodes.ignore(Answer, in_=Idle)
class Summing:
    """Asks its neighbours for their ids, and adds them up."""

    state: State = Idle
    sum: u32 = 0

    @on(Spontaneously, in_=Idle)
    def start(self, net: Net) -> None:
        net.send_to_all(Ask())
        self.state = Waiting(answers=0, heard=[])

    @on(Ask)
    def answer(self, sender: Port, net: Net) -> None:
        net.send(sender, Answer(net.id))
        self.state = Done(total=net.id)

    @on(Answer, in_=Waiting)
    def add(self, msg: Answer, sender: Port, net: Net) -> None:
        self.sum += msg.value
        answers = self.state.answers + 1
        if answers == net.degree:
            self.state = Done(self.sum)
        else:
            self.state = Waiting(answers, [*self.state.heard, sender])

    @finally_
    def all_know(world: World) -> bool:
        return world.count(Done) == len(world.nodes) and all(node.state == Done for node in world.nodes)


EXPECTED = [Done(total=6), Done(1), Done(2), Done(3)]


def test_a_state_is_a_value():
    assert Waiting(3, [1]) == Waiting(answers=3, heard=[1]) != Waiting(4, [1])
    assert Waiting == Waiting(3, []) == Waiting
    assert Waiting(3, []) != Idle
    assert Waiting(3, []).named is Waiting
    assert (Waiting(3, []).name, Waiting(3, []).index, Done(1).is_terminal) == ("Waiting", 1, True)
    assert hash(Waiting(3, [])) == hash(Waiting)
    assert repr(Waiting(3, [1])) == "Waiting(answers=3, heard=[1])"
    assert pickle.loads(pickle.dumps(Waiting(3, [1]))) == copy.deepcopy(Waiting(3, [1])) == Waiting(3, [1])
    assert isinstance(Waiting(3, []), State)


@pytest.mark.parametrize(
    ("wrong", "error", "text"),
    [
        (lambda: Waiting(3), TypeError, r"what `Waiting` carries is written `Waiting\(answers=.., heard=..\)`"),
        (lambda: Waiting(3, [], answers=4), TypeError, "what `Waiting` carries"),
        (lambda: Waiting(3, herd=[]), TypeError, "what `Waiting` carries"),
        (lambda: Idle(), TypeError, "the state `Idle` carries nothing: write it without parentheses"),
        (lambda: Waiting(3, [])(4, []), TypeError, "the state `Waiting` carries nothing"),
        (
            lambda: Waiting.answers,
            AttributeError,
            "`Waiting` is the name of a state; a node in it has `self.state.answers`",
        ),
        (lambda: Waiting(3, []).answer, AttributeError, "the state `Waiting` carries no `answer`"),
        (lambda: setattr(Waiting(3, []), "answers", 4), AttributeError, "what a state carries is not changed; write"),
    ],
)
def test_what_is_wrong_with_one(wrong, error, text):
    with pytest.raises(error, match=text):
        wrong()


def test_the_plan_knows_what_states_carry():
    plan = plan_of(Summing)
    assert [info.carries for info in plan.states] == [
        (),
        (("answers", ("u8",)), ("heard", ("list", ("port",)))),
        (("total", ("u32",)),),
    ]
    assert [rule.becomes for rule in plan.rules if rule.handler == "add"] == [(1, 2)]


@pytest.mark.parametrize("engine", [nodes.simulate, nodes.run])
def test_a_run(engine):
    result = engine(Summing, "star:4", seed=1)
    assert result.outcome == "terminated"
    assert [node.state for node in result.nodes] == EXPECTED
    assert [row["state"] for row in result.rows()] == ["Done"] * 4
    assert set(result.properties.values()) <= {"holds", "held-at-end"}


def test_a_check_tells_states_apart_by_what_they_carry():
    """The same with the counter in a field has as many states."""

    class Plain(nodes.State):
        Idle = auto()
        Waiting = auto()
        Done = terminal()

    @protocol(links="reliable", initiators="one")
    @nodes.ignore(Answer, in_=Plain.Idle)
    class InFields:
        state: Plain = Plain.Idle
        sum: u32 = 0
        answers: u8 = 0
        heard: list[Port] = nodes.field(default_factory=list)

        @on(Spontaneously, in_=Plain.Idle)
        def start(self, net: Net) -> None:
            net.send_to_all(Ask())
            self.state = Plain.Waiting

        @on(Ask)
        def answer(self, sender: Port, net: Net) -> None:
            net.send(sender, Answer(net.id))
            self.state = Plain.Done

        @on(Answer, in_=Plain.Waiting)
        def add(self, msg: Answer, sender: Port, net: Net) -> None:
            self.sum += msg.value
            self.answers += 1
            if self.answers == net.degree:
                self.state = Plain.Done
                self.heard = []
            else:
                self.heard.append(sender)

    ours, theirs = (nodes.check(cls, "star:4", seed=1, reduction="full") for cls in (Summing, InFields))
    assert ours.holds
    assert theirs.holds
    assert (ours.states, ours.messages) == (theirs.states, theirs.messages)
    assert ours.states > 20


def test_stepping_shows_what_a_state_carries():
    sim = nodes.simulation(Summing, "star:4", seed=1)
    sim.step()
    assert sim.nodes[0].state == Waiting(0, [])
    assert sim.look(lambda world: (world.count(Waiting), [node.index for node in world.in_state(Waiting)])) == (1, [0])
    sim.run()
    assert [node.state for node in sim.nodes] == EXPECTED


def test_nodes_do_not_share_what_their_first_state_carries():
    class Beginning(nodes.State):
        Counting = auto("Counts.", seen=list[int])

    @protocol(initiators="all")
    class Counter:
        state: Beginning = Beginning.Counting(seen=[])

        @on(Spontaneously)
        def start(self, net: Net) -> None:
            self.state.seen.append(net.id)
            net.set_alarm(1, Patience())

        @when(Patience)
        def ring(self) -> None:
            self.state = Beginning.Counting([*self.state.seen, 9])

    assert [node.state.seen for node in nodes.simulate(Counter, "path:3", seed=1).nodes] == [[0, 9], [1, 9], [2, 9]]


def test_a_state_without_what_it_carries_is_told_when_it_is_entered():
    def enter(node):
        node.state = Waiting

    @protocol
    @nodes.otherwise_ignore
    class Hidden:
        state: State = Idle

        @on(Spontaneously, in_=Idle)
        def start(self) -> None:
            enter(self)

        @on(Ask, in_=Idle | Waiting)
        def asked(self) -> None:
            self.state = Waiting(0, []) if self.state == Idle else Done(1)

    with pytest.raises(
        nodes.NodeFailed, match=r"`Waiting` carries something: write `self.state = Waiting\(answers=.., h"
    ):
        nodes.simulate(Hidden, "path:2", seed=1)


@nodes.topology(usual="star:9")
def Star(graph: nodes.Graph) -> bool | str:
    centre = graph.degrees[0]
    return centre == graph.nodes - 1 == len(graph.links) or f"node 0 has {centre} neighbours, in a star all others"


def test_a_topology_of_ones_own():
    @protocol(topology=Star)
    class Gather(Summing):
        """Only on stars."""

    assert nodes.simulate(Gather, seed=1).document["topology"] == "star:9"
    assert nodes.simulate(Gather, [(0, 1), (0, 2)], seed=1).outcome == "terminated"
    assert nodes.check(Gather, "star:3").holds
    refused = (
        r"Gather is declared for topology Star, and `path:4` is none: node 0 has 1 neighbours, in a star all others; "
        r'try `graph="star:9"`'
    )
    for engine in (nodes.simulate, nodes.check, nodes.run):
        with pytest.raises(ValueError, match=refused):
            engine(Gather, "path:4")
    with pytest.raises(nodes.ProtocolError, match=r"`net.left` needs a `OrientedRing`"):

        @protocol
        class Left(Gather):
            @on(Ask)
            def answer(self, net: Net) -> None:
                net.send(net.left, Answer(1))


def test_a_topology_that_raises():
    @nodes.topology(usual="path:2")
    def broken(graph: nodes.Graph) -> bool:
        return graph.nodes / 0 > 1

    @protocol(topology=broken)
    class Never(Summing):
        """Runs on no graph."""

    with pytest.raises(ValueError, match="ZeroDivisionError: division by zero"):
        nodes.simulate(Never, "path:2")


def test_a_description():
    description = nodes.describe(Summing)
    text = str(description)
    assert "Asks its neighbours for their ids, and adds them up." in text
    assert "Waits for answers." in text
    assert text == description.to("table")
    assert description.to("svg").startswith("<svg")
    assert description.to("dot").startswith("digraph")
    assert description.to("mermaid").startswith("---\ntitle: Summing\n---\nstateDiagram")
    shown = description._repr_html_()
    assert shown.startswith("<img ")
    # What styles it has reach nothing of the notebook.
    assert "<style" not in shown
    assert "<svg" not in shown
    assert str(nodes.describe("echo")).startswith("Echo")
    with pytest.raises(ValueError, match="there is no `png`; write `table`, `dot`, `svg` or `mermaid`"):
        description.to("png")
    with pytest.raises(TypeError, match="is not a protocol"):
        nodes.describe(int)


def test_a_check_needs_a_graph():
    with pytest.raises(
        ValueError, match=r"check\(Summing\): on which graph\? .* `check\(Summing, \"ring:4\"\)`, or `check"
    ):
        nodes.check(Summing)
    with pytest.raises(ValueError, match=r'`check\("chang_roberts", "directed-ring:3"\)`'):
        nodes.check("chang_roberts")
    for name in ("flooding", "chang_roberts", "hyper_elect", "saturation", "lamport"):
        with pytest.raises(ValueError, match="on which graph") as asked:
            nodes.check(name)
        small = str(asked.value).split('", "')[1].split('"')[0]
        assert nodes.check(name, small, most_states=500).states > 0
