"""Nodes are named by the labels of a NetworkX graph, wherever one is named."""

import re

import pytest
from twins import twin

import distnodes as nodes
from distnodes import Net, Spontaneously, message, on, protocol

networkx = pytest.importorskip("networkx")

CITIES = networkx.Graph([("Rome", "Milan"), ("Milan", "Turin"), ("Turin", "New York, NY"), ("New York, NY", "Rome")])
GRID = networkx.grid_2d_graph(2, 3)
# Node 0 is labelled 1, and so on.
FROM_ONE = networkx.cycle_graph(range(1, 5))
FLOODING = twin("flooding")


@message
class Knock:
    pass


@protocol(input=int)
class Greeting:
    """Counts who has knocked."""

    knocks: int = 0

    @on(Spontaneously)
    def start(self, net: Net) -> None:
        net.report("input", net.input)
        net.send_to_all(Knock())

    @on(Knock)
    def knock(self) -> None:
        self.knocks += 1


def starters(graph, initiators):
    result = nodes.simulate(Greeting, graph, seed=1, initiators=initiators)
    return [index for index, node in enumerate(result.rows()) if node["sent"]]


@pytest.mark.parametrize(
    ("graph", "initiators", "numbers"),
    [
        (CITIES, "Turin", [2]),
        (CITIES, ["Rome", "New York, NY"], [0, 3]),
        (CITIES, "@Rome,@New York, NY", [0, 3]),
        (CITIES, {"Milan"}, [1]),
        (CITIES, ["@Milan", 2], [1, 2]),
        (CITIES, "@Milan@5ms,2@0s", [1, 2]),
        (CITIES, ["Milan@5ms", "@Turin@0s"], [1, 2]),
        (CITIES, "1,3", [1, 3]),
        (CITIES, "one", [0]),
        (CITIES, "all", [0, 1, 2, 3]),
        (GRID, [(0, 1), (1, 2)], [1, 5]),
        (GRID, (1, 0), [3]),
        (GRID, "@(0, 2)", [2]),
        (FROM_ONE, ["@1", 4], [0, 3]),
        (FROM_ONE, 0, [0]),
    ],
    ids=str,
)
def test_initiators(graph, initiators, numbers):
    assert starters(graph, initiators) == numbers


@pytest.mark.parametrize(
    ("graph", "initiators", "text"),
    [
        (CITIES, ["Rom"], "no node has the label `Rom`; did you mean `Rome`?"),
        (CITIES, "@Rom@5ms,1", "no node has the label `Rom`; did you mean `Rome`?"),
        (CITIES, 4, "no node has the label `4`"),
        (
            FROM_ONE,
            1,
            '`1` is the label of node 0, and the number of the node that is labelled `2`: write `"@1"` or `"@2"`',
        ),
        (networkx.Graph([(1, "1")]), 1, "write `0` or `'1'`"),
        (FROM_ONE, "1,2", "`1` is the label of node 0, and the number of the node that is labelled `2`"),
        (FROM_ONE, "4", "`4` is the label of node 3: write"),
        (
            networkx.Graph([("all", "b")]),
            "all",
            '`all` is a word, and the label of a node: write `["all"]` for the node',
        ),
        (
            networkx.Graph([(7, "7"), (7, "b")]),
            "@7",
            "several nodes have the label `7`, 7 and '7': give the label itself, and not its text",
        ),
    ],
    ids=str,
)
def test_what_is_not_clear_is_refused(graph, initiators, text):
    with pytest.raises(ValueError, match=re.escape(text)):
        starters(graph, initiators)


def test_nodes_are_gone_through_by_their_places():
    ended = nodes.simulate(FLOODING, networkx.path_graph([1, 2, 3]), seed=1).nodes
    assert [node.index for node in ended] == [0, 1, 2]
    assert [node.index for node in reversed(ended)] == [2, 1, 0]
    assert ended[2:][0] in ended
    assert repr(ended).count("<") == 3
    assert ended["@1"].index == 0


@pytest.mark.parametrize("graph", [CITIES, "ring:4"], ids=["labelled", "numbered"])
def test_numbers_of_other_libraries_are_numbers(graph):
    class Two:
        """As `numpy.int64(2)`."""

        def __index__(self) -> int:
            return 2

    assert nodes.simulate(FLOODING, graph, seed=1).nodes[Two()].index == 2
    crashed = nodes.simulate(FLOODING, graph, seed=1, crash={Two(): 0})
    assert crashed.explanation[0].startswith("node 2 in state Idle, ")


def test_labels_that_are_numbers_of_nodes_are_just_that():
    graph = networkx.Graph([(2, 0), (0, 1)])
    assert list(graph.nodes) == [2, 0, 1]
    assert starters(graph, 2) == [2]
    assert starters(graph, "0,1") == [0, 1]
    assert [node.index for node in nodes.simulate(FLOODING, graph, seed=1, initiators=2).nodes] == [0, 1, 2]
    assert "label" not in nodes.simulate(FLOODING, graph, seed=1).rows()[0]


@pytest.mark.parametrize(
    ("crash", "recover"),
    [
        ("Milan@500us", "Milan@9ms"),
        ("@Milan@500us", ["@Milan@9ms"]),
        ({"Milan": 0.0005}, {"@Milan": "9ms"}),
        ({1: 0.0005}, {1: 0.009}),
    ],
    ids=str,
)
def test_crashes(crash, recover):
    by_label = nodes.simulate(FLOODING, CITIES, seed=1, crash=crash, on_crash="continue")
    by_number = nodes.simulate(FLOODING, CITIES, seed=1, crash="1@500us", on_crash="continue")
    assert by_label.rows() == by_number.rows()
    assert by_label.nodes["Milan"].state.name == "Idle"
    back = nodes.simulate(FLOODING, CITIES, seed=1, crash=crash, recover=recover)
    assert (
        back.document["messages"]
        == nodes.simulate(FLOODING, CITIES, seed=1, crash="1@500us", recover="1@9ms").document["messages"]
    )


@pytest.mark.parametrize(
    ("uplink", "written"),
    [
        ({"Milan": "5kbit/s", "Rome": "2kbit/s"}, "1@5kbit/s,0@2kbit/s"),
        ("9kbit/s,@Milan@5kbit/s,0@2kbit/s", "9kbit/s,1@5kbit/s,0@2kbit/s"),
        (["lognormal:9kbit/s,0.5", "@Milan@5kbit/s"], "lognormal:9kbit/s,0.5,1@5kbit/s"),
        ("Milan@5kbit/s", "1@5kbit/s"),
        ("5kbit/s", "5kbit/s"),
    ],
    ids=str,
)
def test_uplinks(uplink, written):
    result = nodes.simulate(FLOODING, CITIES, seed=1, uplink=uplink)
    assert result.document["options"]["uplink"] == written


def test_a_graph_by_text_has_uplinks_by_number():
    result = nodes.simulate(FLOODING, "ring:4", seed=1, uplink={1: "1kbit/s", 2: "2kbit/s"})
    assert result.document["options"]["uplink"] == "1@1kbit/s,2@2kbit/s"


def test_a_graph_by_text_has_crashes_by_number():
    result = nodes.simulate(FLOODING, "ring:4", seed=1, crash={1: 0.0005}, on_crash="continue")
    assert [row["state"] for row in result.rows()] == ["Done", "Idle", "Done", "Done"]


def test_cuts():
    options = {"seed": 1, "until": 1}
    for name, labels, numbers in (
        ("link_down", "@Rome-@Milan@0s..2s", "0-1@0s..2s"),
        ("partition", "@Rome,@Milan|@Turin,@New York, NY@0s..2s", "0,1|2,3@0s..2s"),
    ):
        by_label = nodes.simulate(FLOODING, CITIES, **{name: labels}, **options)
        assert by_label.rows() == nodes.simulate(FLOODING, CITIES, **{name: numbers}, **options).rows()
        assert by_label.rows() != nodes.simulate(FLOODING, CITIES, **options).rows()


def test_ids_and_inputs():
    values = {"Turin": 30, "Rome": 10, "New York, NY": 40, "Milan": 20}
    result = nodes.simulate(Greeting, CITIES, seed=1, ids=values, inputs=values, initiators="all")
    assert [row["id"] for row in result.rows()] == [row["input"] for row in result.rows()] == [10, 20, 30, 40]
    del values["Milan"]
    with pytest.raises(ValueError, match="inputs: nothing is given for the node `Milan`; each of the 4 nodes needs"):
        nodes.simulate(Greeting, CITIES, inputs=values)
    by_number = nodes.simulate(Greeting, "ring:3", seed=1, inputs={1: 11, 0: 10, 2: 12}, initiators="all")
    assert [row["input"] for row in by_number.rows()] == [10, 11, 12]


def test_nodes_of_results_and_of_runs_that_are_stepped_through():
    result = nodes.simulate(Greeting, CITIES, seed=1, initiators="Rome")
    sim = nodes.simulation(Greeting, CITIES, initiators="Rome")
    sim.run()
    for found in (result.nodes, sim.nodes):
        assert found["Milan"].index == found["@Milan"].index == found[1].index == found[-3].index == 1
        assert [node.index for node in found] == [node.index for node in found[:]] == [0, 1, 2, 3]
        with pytest.raises(KeyError, match="no node has the label `Milano`; did you mean `Milan`"):
            found["Milano"]
        with pytest.raises(IndexError):
            found[4]
    ambiguous = nodes.simulate(Greeting, FROM_ONE, seed=1).nodes
    assert ambiguous["@4"].index == ambiguous[4].index == 3
    with pytest.raises(KeyError, match="`1` is the label of node 0, and the number of"):
        ambiguous[1]
    assert nodes.simulate(Greeting, GRID, seed=1).nodes[1, 2].index == 5


def test_a_property_names_a_node_by_its_label():
    sim = nodes.simulation(Greeting, CITIES, inputs=[1, 2, 3, 4])
    assert sim.look(lambda world: (world.node("Turin").index, world.input("Turin"))) == (2, 3)
    with pytest.raises(KeyError, match="no node has the label `Paris`"):
        sim.look(lambda world: world.node("Paris"))


def test_checks_and_processes():
    checked = nodes.check(FLOODING, CITIES, initiators=["Turin"])
    assert checked.holds
    ran = nodes.run(FLOODING, CITIES, seed=1, initiators=["Turin"])
    assert ran.nodes["Turin"].index == 2
    assert ran.document["options"]["initiators"] == [2]
