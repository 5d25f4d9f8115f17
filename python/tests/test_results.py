"""What becomes of results: pictures, tables, and the schedules of a check as runs."""

import sys
from xml.etree import ElementTree

import pytest
from twins import twin

import distnodes as nodes
from distnodes import Net, Port, Spontaneously, message, on, protocol, u32
from distnodes._frames import arrow_stream, to_polars

SVG = "{http://www.w3.org/2000/svg}"


def drawn(picture: str) -> dict[str, list[ElementTree.Element]]:
    """The nodes of a picture by the titles of their states; under `bold`, the links that stand out."""
    root = ElementTree.fromstring(picture)
    found: dict[str, list[ElementTree.Element]] = {
        "bold": [path for path in root.iter(f"{SVG}path") if "#1d4ed8" in path.get("style", "")]
    }
    for node in root.iter(f"{SVG}g"):
        title = node.find(f"{SVG}title")
        if title is not None and title.text is not None:
            found.setdefault(title.text.rpartition(": ")[2], []).append(node)
    return found


def test_a_picture_shows_the_states_in_which_nodes_ended():
    result = nodes.simulate("controlled_distance", "ring:8", seed=7)
    picture = result.picture()
    assert picture is not None
    parts = drawn(picture)
    assert (len(parts["Leader"]), len(parts["Follower"]), len(parts["bold"])) == (1, 7, 0)
    # The page's colours of the first two terminal states, each with a ring: see `look.js`.
    assert [shape.get("style") for shape in parts["Leader"][0]][1:] == [
        "fill:#0072b2;stroke:#46505f",
        "fill:none;stroke:#0072b2;stroke-width:1.75",
    ]
    assert "fill:#56b4e9" in str(parts["Follower"][0][1].get("style"))
    legend = [text.text for text in ElementTree.fromstring(picture).iter(f"{SVG}text")]
    assert legend[-2:] == ["Leader, decided: 1", "Follower, decided: 7"]


def test_a_picture_shows_who_has_crashed():
    result = nodes.simulate(twin("flooding"), "ring:6", seed=3, crash="2@1ms", on_crash="continue")
    parts = drawn(str(result.picture()))
    assert [node[0].text for node in parts["crashed"]] == ["2: crashed"]
    assert len(parts["Done"]) == 5


def test_a_picture_shows_a_tree():
    result = nodes.simulate(twin("shout"), "gnp:12,0.3", seed=3)
    # A tree of 12 nodes has 11 links; `parent` and `children` have the same.
    for field in ("parent", "children"):
        assert len(drawn(str(result.picture(tree=field)))["bold"]) == 11
    with pytest.raises(ValueError, match="there is no such field; did you mean `parent`"):
        result.picture(tree="parnt")
    with pytest.raises(ValueError, match="node 0 has 'Done' there, which is no port"):
        result.picture(tree="state")
    with pytest.raises(ValueError, match=r"node 0 has no port \d+"):
        result.picture(tree="received")


def test_real_processes_have_a_picture():
    assert len(drawn(str(nodes.run(twin("flooding"), "ring:4", seed=1).picture()))["Done"]) == 4


def test_a_large_graph_has_no_picture():
    result = nodes.simulate("flooding", "ring:2001", seed=1)
    assert result.picture() is None
    with pytest.raises(ValueError, match="more than 2000 nodes"):
        result.draw()
    assert "Done: 2001" in result._repr_html_()


class Figure:
    """matplotlib without a screen."""

    def __init__(self) -> None:
        matplotlib = pytest.importorskip("matplotlib")
        matplotlib.use("Agg")
        from matplotlib import pyplot

        self.pyplot = pyplot


def test_draw_shows_states_and_a_legend():
    pyplot = Figure().pyplot
    result = nodes.simulate("controlled_distance", "ring:8", seed=7)
    ax = result.draw()
    assert ax.get_title() == "ControlledDistance on ring:8"
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["Leader, decided: 1", "Follower, decided: 7"]
    assert sorted(text.get_text() for text in ax.texts) == [str(node) for node in range(8)]
    # Links; the nodes of both states, with rings.
    counts = [len(collection.get_paths()) for collection in ax.collections]
    assert counts == [8, 0, 1, 1, 7, 7]
    pyplot.close(ax.figure)


def test_draw_uses_axes_that_are_given():
    pyplot = Figure().pyplot
    figure, axes = pyplot.subplots(1, 2)
    result = nodes.simulate(twin("shout"), [(0, 1), (1, 2), (2, 0)], seed=1)
    assert result.draw(axes[1], tree="parent") is axes[1]
    assert not axes[0].collections
    assert [text.get_text() for text in axes[1].get_legend().get_texts()] == ["Done, decided: 3", "tree: 2 links"]
    assert (axes[1].xaxis_inverted(), axes[1].yaxis_inverted()) == (False, True)
    pyplot.close(figure)


def test_draw_takes_no_name_for_a_formula(recwarn):
    pyplot = Figure().pyplot
    networkx = pytest.importorskip("networkx")
    graph = networkx.Graph([(r"$\frac{1}$", "$"), ("$", r"a_b^c")])
    ax = nodes.simulate(twin("flooding"), graph, seed=1).draw()
    ax.figure.canvas.draw()
    assert r"$\frac{1}$" in [text.get_text() for text in ax.texts]
    pyplot.close(ax.figure)


@pytest.mark.parametrize(
    ("library", "use"),
    [
        ("matplotlib", lambda result: result.draw()),
        ("pandas", lambda result: result.to_pandas()),
        ("polars", lambda result: result.to_polars()),
    ],
)
def test_a_library_that_is_not_there_is_named(monkeypatch, library, use):
    for name in [name for name in sys.modules if name.partition(".")[0] == library]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "meta_path", [Absent(library), *sys.meta_path])
    result = nodes.simulate("flooding", "ring:4", seed=1)
    with pytest.raises(ImportError, match=f"needs {library}, which is not installed: `pip install {library}`"):
        use(result)


class Absent:
    """A finder of modules that does not find one library."""

    def __init__(self, library: str) -> None:
        self.library = library

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        if name.partition(".")[0] == self.library:
            raise ModuleNotFoundError(f"No module named {self.library!r}", name=self.library)


@message
class Say:
    number: int


@protocol
class Reporter:
    """Reports what has no one type."""

    @on(Spontaneously)
    def start(self, net: Net) -> None:
        net.send_to_all(Say(1))

    @on(Say)
    def hear(self, msg: Say, sender: Port, net: Net) -> None:
        net.report("number", 2**70 if net.id == 1 else 1.5 if net.id == 2 else 3)
        net.report("mixed", "text" if net.id == 1 else 1)
        net.report("table", {f"key {net.id}": [net.id]})
        net.report("list", [net.id])
        net.report("time", net.now)


def reported() -> nodes.Result:
    return nodes.simulate(Reporter, "star:4", seed=1)


def test_polars_has_all_values_as_they_are():
    pytest.importorskip("polars")
    frame = reported().to_polars()
    assert frame["mixed"].to_list() == [None, "text", 1, 1]
    assert frame["table"].to_list() == [None, {"key 1": [1]}, {"key 2": [2]}, {"key 3": [3]}]
    assert frame["list"].to_list() == [None, [1], [2], [3]]
    assert frame["number"].to_list() == [None, 2**70, 1.5, 3]
    assert str(frame["time"].dtype) == "Float64"


def test_a_column_of_whole_numbers_and_others_is_of_floats():
    polars = pytest.importorskip("polars")
    # The first hundred rows look like integers, from which polars would infer.
    rows = [{"cost": number} for number in range(150)] + [{"cost": 0.5}, {"cost": None}]
    frame = to_polars(rows, "a test")
    assert frame["cost"].dtype == polars.Float64
    assert frame["cost"].to_list()[-2:] == [0.5, None]


@pytest.mark.parametrize("reader", ["pyarrow", "polars"])
def test_an_arrow_stream_is_read_by_other_libraries(reader, monkeypatch):
    library = pytest.importorskip(reader)
    result = reported()
    if reader == "pyarrow":
        table = library.table(result)
        assert table.column("sent").to_pylist() == [3, 0, 0, 0]
    else:
        # Without pyarrow, polars makes it.
        monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == "pyarrow" else object())
        table = library.DataFrame(result)
        assert table["sent"].to_list() == [3, 0, 0, 0]
    mixed = table["mixed"].to_pylist() if reader == "pyarrow" else table["mixed"].to_list()
    assert mixed == ["null", '"text"', "1", "1"]


def test_a_sweep_is_an_arrow_stream_too():
    pyarrow = pytest.importorskip("pyarrow")
    table = pyarrow.table(nodes.sweep("flooding", "path:{n}", n=[4, 8], seeds=2))
    assert table.column("messages").to_pylist() == [3, 3, 7, 7]
    assert table.column("n").to_pylist() == [4, 4, 8, 8]


def test_an_arrow_stream_needs_a_library(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    monkeypatch.setattr(sys, "meta_path", [Absent("pyarrow"), *sys.meta_path])
    for name in [name for name in sys.modules if name.partition(".")[0] == "pyarrow"]:
        monkeypatch.delitem(sys.modules, name)
    with pytest.raises(ImportError, match="`pip install pyarrow`"):
        arrow_stream([{"a": 1}], None, "a test")


@protocol
class Counting:
    """Counts what it hears."""

    heard: u32 = 0

    @on(Spontaneously)
    def start(self, net: Net) -> None:
        net.send_to_all(Say(3))

    @on(Say)
    def hear(self, msg: Say, sender: Port, net: Net) -> None:
        self.heard += 1
        net.report("heard", self.heard)
        if msg.number > 1:
            net.send(sender, Say(msg.number - 1))


def test_history_has_every_report_in_order():
    result = nodes.simulate(Counting, "path:2", seed=1, trace=True)
    assert result.history("heard") == [(0.001, 1, 1), (0.002, 0, 1), (0.003, 1, 2)]
    assert [event["kind"] for event in result.events()].count("report") == 3
    with pytest.raises(ValueError, match="`trace=True`"):
        nodes.simulate(Counting, "path:2", seed=1).history("heard")


def test_columns_of_the_engine_are_not_overwritten():
    @protocol
    class Counting:
        """Counts what it sends, and reports under names that are taken."""

        node: Port | None = None
        sent: u32 = 0
        label: str = "a"

        @on(Spontaneously)
        def start(self, net: Net) -> None:
            net.send_to_all(Say(1))
            self.sent = 41

        @on(Say)
        def hear(self, sender: Port, net: Net) -> None:
            self.node = sender
            net.report("id", "mine")
            net.report("free", True)

    result = nodes.simulate(Counting, "path:2", seed=1)
    first, second = result.rows()
    assert (first["node"], first["sent"], first["field.sent"], first["field.label"]) == (0, 1, 41, "a")
    assert (second["id"], second["reported.id"], second["free"]) == (1, "mine", True)
    assert len(drawn(str(result.picture(tree="field.node")))["bold"]) == 1


def test_rows_of_too_many_nodes_are_refused():
    result = nodes.simulate("flooding", "ring:100001", seed=1, properties=False)
    with pytest.raises(ValueError, match="of 100001 nodes no rows are kept"):
        result.rows()


@protocol(input=u32)
class Unsafe:
    """Holds only if nobody crashes."""

    given: u32 = 0

    @on(Spontaneously)
    def start(self, net: Net) -> None:
        net.send_to_all(Say(net.input))

    @on(Say)
    def hear(self, msg: Say) -> None:
        self.given = msg.number

    @nodes.finally_
    def told(world: nodes.World) -> bool:
        return world.nodes[1].given == 41


def test_a_counterexample_is_a_run_that_is_recorded():
    # The graph and the inputs have no text.
    checked = nodes.check(Unsafe, [(0, 1)], faults="crashes=1", inputs=[41, 7], seed=1)
    assert checked.outcome == "violated"
    run = checked.counterexample()
    assert run is not None
    assert run.outcome == "violated"
    assert run.properties == {"told": "violated"}
    assert "crash" in [event["kind"] for event in run.events()]
    assert nodes.check(Unsafe, [(0, 1)], inputs=[41, 7], seed=1).counterexample() is None


def test_a_counterexample_has_the_labels_of_its_graph():
    networkx = pytest.importorskip("networkx")
    graph = networkx.Graph([("Rome", "Milan")])
    run = nodes.check(Unsafe, graph, faults="crashes=1", inputs=[41, 7], seed=1).counterexample()
    assert run is not None
    assert run.nodes["Milan"].index == 1


def test_a_counterexample_of_the_catalogue():
    checked = nodes.check("flooding", every_graph=3, faults="crashes=1")
    run = checked.counterexample()
    assert run is not None
    assert not run.ok
    assert checked._repr_html_().count("<iframe") == 1
