"""Runs of classes: what handlers can do, what goes wrong, and what comes out."""

import enum
import signal
import threading
import traceback
from datetime import timedelta

import pytest
from twins import twin

import distnodes as nodes
from distnodes import (
    Id,
    Net,
    Port,
    Spontaneously,
    alarm,
    always,
    data,
    init,
    message,
    on,
    protocol,
    recover,
    u8,
    u32,
    when,
)


class Colour(enum.Enum):
    Red = 1
    Blue = 2


@data
class Pair:
    left: int
    right: str


@message
class Everything:
    number: int
    small: u8
    real: float
    truth: bool
    text: str
    raw: bytes
    many: list[int]
    two: tuple[int, str]
    table: dict[str, list[int]]
    distinct: set[int]
    perhaps: u32 | None
    colour: Colour
    pair: Pair
    who: Id
    port: Port


VALUES = Everything(
    -(2**100),
    255,
    0.1,
    True,
    "ß",
    b"\x00\xff",
    [1, 2],
    (3, "x"),
    {"b": [1], "a": []},
    {3, 1},
    None,
    Colour.Blue,
    Pair(7, "z"),
    9,
    1,
)


@protocol
class Courier:
    """Keeps what it is given."""

    got: list[Everything] = nodes.field(default_factory=list)

    @on(Spontaneously)
    def start(self, net: Net) -> None:
        net.send_to_all(VALUES)

    @on(Everything)
    def take(self, msg: Everything) -> None:
        self.got.append(msg)


def test_every_type_arrives_as_it_was_sent():
    simulated = nodes.simulate(Courier, "path:2", seed=1)
    real = nodes.run(Courier, "path:2", seed=1)
    for result in (simulated, real):
        (got,) = result.nodes[1].got
        assert got == VALUES
        assert got.colour is Colour.Blue
    # postcard's encoding: see its specification.  A zigzag varint of 101 bits takes 15 bytes, and so on.
    assert (
        simulated.document["messages"]["bytes"]
        == real.document["messages"]["bytes"]
        == (
            1
            + 15
            + 1
            + 8
            + 1
            + (1 + 2)
            + (1 + 2)
            + (1 + 1 + 1)
            + (1 + 2)
            + (1 + (2 + 1) + (2 + 1 + 1))
            + (1 + 2)
            + 1
            + 1
            + (1 + 2)
            + 1
            + 1
        )
    )


@message
class Items:
    items: list[int]


@protocol
class Careless:
    """Changes what it has sent, and what it was given."""

    seen: list[list[int]] = nodes.field(default_factory=list)

    @on(Spontaneously)
    def start(self, net: Net) -> None:
        items = [1]
        net.send_to_all(Items(items))
        items.append(2)

    @on(Items)
    def take(self, msg: Items) -> None:
        msg.items.append(3)
        self.seen.append(msg.items)


def test_a_message_is_what_it_was_when_it_was_sent():
    result = nodes.simulate(Careless, "star:4", seed=1)
    assert [node.seen for node in result.nodes[1:]] == [[[1, 3]]] * 3


class Trouble(Exception):
    pass


@message
class Knock:
    pass


@protocol
class Fragile:
    """Breaks when somebody knocks."""

    @on(Spontaneously)
    def start(self, net: Net) -> None:
        net.send(0, Knock())

    @on(Knock)
    def break_down(self) -> None:
        raise Trouble("ouch")


def test_what_a_handler_raises_comes_out_with_its_traceback():
    with pytest.raises(nodes.NodeFailed, match=r"node 1, .*Trouble: ouch at .*test_engines\.py:") as caught:
        nodes.simulate(Fragile, "path:2", seed=1)
    cause = caught.value.__cause__
    assert isinstance(cause, Trouble)
    frames = []
    trace = cause.__traceback__
    while trace:
        frames.append(trace.tb_frame.f_code.co_name)
        trace = trace.tb_next
    assert frames[-1] == "break_down"
    assert caught.value.result.outcome == "crashed"
    assert caught.value.result.messages == 1


def test_a_node_stands_where_its_handler_has_left_it():
    class State(nodes.State):
        CALM = nodes.auto()
        UPSET = nodes.auto()

    @protocol
    class Rash:
        state: State = State.CALM

        @on(Spontaneously)
        def start(self) -> None:
            self.state = State.UPSET
            raise Trouble("upset")

    with pytest.raises(nodes.NodeFailed) as raised:
        nodes.simulate(Rash, "path:2", seed=1)
    result = raised.value.result
    assert [node.state for node in result.nodes] == [State.UPSET, State.CALM]
    assert [row["state"] for row in result.rows()] == ["UPSET", "CALM"]


def test_a_process_that_raises_is_named():
    with pytest.raises(nodes.NodeFailed, match=r"node 1, .*Trouble: ouch"):
        nodes.run(Fragile, "path:2", seed=1)


@pytest.mark.parametrize(
    ("handler", "what"),
    [
        (lambda net: net.send(5, Knock()), "there is no port 5: this node has 1 port"),
        (lambda net: net.send(0, Items([1])), "Wrong has no rule for message Items: write `@on(Items, in_=..)`"),
        (lambda net: net.send(0, Knock), "Knock is the class: send one of it, `Knock(..)`"),
        (lambda net: net.send_other_way(0, Knock()), "net.send_other_way needs a `Ring`"),
        (lambda net: net.size, 'net.size needs the number of nodes: declare it, `@protocol(knows=("size",))`'),
        (
            lambda net: net.id_of(0),
            'net.id_of needs the neighbours\' ids: declare it, `@protocol(knows=("neighbour_ids",))`',
        ),
        (lambda net: net.input, "declare what nodes are given"),
        (lambda net: net.left, "net.left needs a `OrientedRing`"),
        (lambda net: net.random(2, 1), "the range is empty"),
        (lambda net: net.store(1), "nothing takes it up after a crash"),
        (lambda net: net.report("x", object()), "not JSON serializable"),
    ],
)
def test_what_a_handler_may_not_do(handler, what):
    @protocol
    class Wrong:
        """Does something wrong."""

        @on(Spontaneously)
        def start(self, net: Net) -> None:
            handler(net)

        @on(Knock)
        def knock(self) -> None:
            pass

    with pytest.raises(nodes.NodeFailed) as caught:
        nodes.simulate(Wrong, "path:2", seed=1)
    assert what in str(caught.value)


def test_net_belongs_to_one_step():
    kept = []

    @protocol
    class Keeper:
        """Keeps what it may not keep."""

        @on(Spontaneously)
        def start(self, net: Net) -> None:
            kept.append(net)

        @on(Knock)
        def knock(self) -> None:
            pass

    nodes.simulate(Keeper, "path:2", seed=1)
    with pytest.raises(RuntimeError, match="belongs to one step"):
        kept[0].send(0, Knock())


def test_a_run_within_a_run():
    @protocol
    class Outer:
        """Makes a run of another protocol."""

        inner: u32 = 0

        @on(Spontaneously)
        def start(self, net: Net) -> None:
            self.inner = nodes.simulate("flooding", "ring:5", seed=1).messages
            assert net.degree == 2
            net.send_to_all(Knock())

        @on(Knock)
        def knock(self) -> None:
            pass

    result = nodes.simulate(Outer, "ring:3", seed=1)
    # 2m - n + 1.
    assert result.nodes[0].inner == 6
    assert result.messages == 2


def test_two_threads_simulate_at_a_time():
    results = {}

    def work(seed):
        results[seed] = nodes.simulate(twin("controlled_distance"), "ring:200", seed=seed, ids="shuffled").messages

    workers = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    for seed, messages in results.items():
        assert messages == nodes.simulate("controlled_distance", "ring:200", seed=seed, ids="shuffled").messages


@message
class Tick:
    pass


@alarm
class Ring:
    pass


@protocol
class Endless:
    """Never ends."""

    @on(Spontaneously)
    def start(self, net: Net) -> None:
        net.send_to_all(Tick())

    @on(Tick)
    def tick(self, sender: Port, net: Net) -> None:
        net.send(sender, Tick())


@pytest.mark.parametrize("engine", [nodes.simulate, nodes.run])
def test_ctrl_c_ends_a_run(engine):
    timer = threading.Timer(1.5, signal.raise_signal, [signal.SIGINT])
    timer.start()
    try:
        with pytest.raises(KeyboardInterrupt):
            engine(Endless, "path:2", seed=1)
    finally:
        timer.cancel()


def test_time_and_alarms():
    @protocol
    class Clock:
        """Rings after a quarter of a second."""

        rang: float = 0.0

        @on(Spontaneously)
        def start(self, net: Net) -> None:
            net.set_alarm(nodes.secs(9), Ring())
            net.restart(timedelta(milliseconds=250), Ring())

        @when(Ring)
        def ring(self, net: Net) -> None:
            self.rang = net.now

        @on(Knock)
        def knock(self) -> None:
            pass

    assert nodes.simulate(Clock, "path:2", seed=1).nodes[0].rang == 0.25
    assert nodes.simulate(Clock, "path:2", seed=1, until=0.1).nodes[0].rang == 0.0


@nodes.config
class Settings:
    """How it is set."""

    rounds: u32 = 3
    name: str = "x"


@protocol(input=int, config=Settings)
class Configured:
    """Reports what it is given."""

    @init
    def begin(self, config: Settings, net: Net) -> None:
        net.report("given", [config.rounds, config.name, net.input])

    @on(Spontaneously)
    def start(self, net: Net) -> None:
        pass

    @on(Knock)
    def knock(self) -> None:
        pass


def reported(result):
    return [node["reported"]["given"] for node in result.document["nodes_final"]]


def test_inputs_and_configuration():
    assert reported(nodes.simulate(Configured, "path:2", seed=1)) == [[3, "x", 0], [3, "x", 1]]
    given = nodes.simulate(Configured, "path:2", seed=1, inputs=[7, -(2**70)], config={"rounds": 5, "name": "y"})
    assert reported(given) == [[5, "y", 7], [5, "y", -(2**70)]]
    real = nodes.run(Configured, "path:2", seed=1, inputs=[7, 8], config={"rounds": 5})
    assert reported(real) == [[5, "x", 7], [5, "x", 8]]
    assert reported(nodes.simulate(Configured, "path:2", seed=1, inputs="4,5")) == [[3, "x", 4], [3, "x", 5]]
    with pytest.raises(TypeError, match=r"inputs\[1\]: 'a' is not an int"):
        nodes.simulate(Configured, "path:2", inputs=[1, "a"])
    with pytest.raises(ValueError, match="rounds"):
        nodes.simulate(Configured, "path:2", config={"rounds": "many"})


@protocol(links="reliable")
class Recovering:
    """Comes back with what it had stored."""

    count: u32 = 0

    @on(Spontaneously)
    def start(self, net: Net) -> None:
        net.send_to_all(Tick())
        # The run goes on until then.
        net.set_alarm(0.6, Ring())

    @when(Ring)
    def ring(self) -> None:
        pass

    @on(Tick)
    def tick(self, net: Net) -> None:
        self.count += 1
        net.store({"count": self.count})

    @recover
    def back(self, saved: dict[str, int], net: Net) -> None:
        self.count = saved["count"] + 10


@pytest.mark.parametrize("engine", [nodes.simulate, nodes.run])
def test_a_node_comes_back_with_what_it_stored(engine):
    result = engine(Recovering, "path:2", seed=1, crash="1@300ms", recover="1@400ms")
    assert result.nodes[1].count == 11


def test_properties_say_what_is_wrong():
    @protocol
    class Watched:
        """Counts."""

        count: u32 = 0

        @on(Spontaneously)
        def start(self, net: Net) -> None:
            net.send_to_all(Tick())

        @on(Tick)
        def tick(self, sender: Port, net: Net) -> None:
            self.count += 1
            net.send(sender, Tick())

        @always
        def few(world: nodes.World) -> bool:
            return world.sent(Tick) < 5

        @always
        def small(node: nodes.Node) -> str | None:
            return f"it has {node.count}" if node.count > 1 else None

    result = nodes.simulate(Watched, "path:2", seed=1)
    assert result.outcome == "violated"
    assert result.properties == {"few": "holds", "small": "violated"}
    assert "`small` does not hold: it has 2 (at time 3, after a step of node 1)" in " ".join(result.explanation)
    checked = nodes.check(Watched, "path:2")
    assert checked.outcome == "violated"
    # The shortest: the impulse, and three messages.
    assert checked.violations[0]["events"] == 4


def test_options_that_are_wrong_are_named_as_in_python():
    flooding = twin("flooding")
    with pytest.raises(ValueError, match="has no option `sede`; did you mean `seed=7`"):
        nodes.simulate(flooding, "ring:4", sede=1)
    with pytest.raises(ValueError, match="`dealy`"):
        nodes.simulate(flooding, "ring:4", delay="dealy")
    with pytest.raises(ValueError, match='on a ring each has 2; try `graph="ring:8"`'):
        nodes.simulate(twin("controlled_distance"), "path:4")
    with pytest.raises(TypeError, match="is not a protocol"):
        nodes.simulate(int, "ring:4")
    with pytest.raises(ValueError, match="no algorithm `nothing`"):
        nodes.simulate("nothing")


def test_stepping():
    sim = nodes.simulation(twin("flooding"), "path:3", seed=1)
    assert [event.kind for event in sim.pending] == ["impulse"]
    sim.step()
    assert sim.nodes[0].state.name == "Done" or sim.nodes[0].is_decided
    (arrival,) = sim.pending
    assert (arrival.kind, arrival.node) == ("deliver", 1)
    sim.deliver(arrival)
    with pytest.raises(ValueError, match="no such message is under way"):
        sim.deliver(arrival)
    assert sim.run() == 1
    assert sim.is_over
    assert sim.look(lambda world: world.sent()) == 2
    assert [str(event) for event in sim.past][1:] == [
        "Info { value: 0 } arrives at 1",
        "Info { value: 0 } arrives at 2",
    ]


@protocol
class Frail:
    """Cannot take the second."""

    count: u32 = 0

    @on(Spontaneously)
    def start(self, net: Net) -> None:
        net.send_to_all(Tick())

    @on(Tick)
    def tick(self) -> None:
        self.count += 1
        {1: "all is well"}[self.count]


@protocol
class Watching(Frail):
    """Its property cannot look."""

    @on(Tick)
    def tick(self) -> None:
        self.count += 1

    @always
    def look(node: nodes.Node) -> bool:
        return 1 / (2 - node.count) > 0


@pytest.mark.parametrize(
    "how", [{"graph": "path:3", "initiators": "all"}, {"every_graph": "2..3", "initiators": "every"}]
)
@pytest.mark.parametrize(("of", "raises", "where"), [(Frail, KeyError, "tick"), (Watching, ZeroDivisionError, "look")])
def test_what_is_raised_on_some_schedule(how, of, raises, where):
    with pytest.raises(nodes.NodeFailed, match=f"raised {raises.__name__}: ") as failed:
        nodes.check(of, **how)
    assert type(failed.value.__cause__) is raises
    assert [frame.name for frame in traceback.extract_tb(failed.value.__cause__.__traceback__)][-1] == where
    checked = failed.value.result
    assert checked.outcome == "violated"
    # What it has found makes it again.
    with pytest.raises(nodes.NodeFailed) as again:
        nodes.replay(of, checked.violations[0]["schedule"])
    assert type(again.value.__cause__) is raises
