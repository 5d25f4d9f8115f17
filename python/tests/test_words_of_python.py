"""What the engines say is said in Python: arguments, errors, and how to make a run again."""

import subprocess
import sys
from datetime import timedelta

import pytest
from twins import HERE, twin

import distnodes as nodes
from distnodes import Net, Spontaneously, auto, finish, init, message, never, on, protocol, u32


@message
class Knock:
    pass


@nodes.config
class Settings:
    """How it is set."""

    longest_stay: nodes.Duration = 0.02
    loud: bool = True
    size: u32 = 3


@protocol(config=Settings)
class Configured:
    """Reports what it is given."""

    @init
    def begin(self, config: Settings, net: Net) -> None:
        net.report("given", [config.longest_stay, config.loud, config.size])

    @on(Spontaneously)
    def start(self, net: Net) -> None:
        net.send_to_all(Knock())

    @on(Knock)
    def knock(self) -> None:
        pass


def given(result):
    return result.rows()[0]["given"]


def test_a_run_says_the_line_that_makes_it_again():
    result = nodes.simulate(
        Configured, "path:3", config={"longest_stay": 0.5, "loud": False}, initiators=[0, 2], seed=3
    )
    config = '{"longest_stay": "500ms", "loud": False}'
    line = f'nodes.simulate(Configured, "path:3", initiators="0,2", seed=3, config={config})'
    assert result.replay == line
    assert given(eval(line)) == given(result) == [0.5, False, 3]
    catalogue = nodes.simulate("lamport", "complete:3", config={"requests": 1}, until=2.5, seed=1)
    assert catalogue.replay == ('nodes.simulate("lamport", "complete:3", until="2.5s", seed=1, config={"requests": 1})')
    assert eval(catalogue.replay).document["messages"] == catalogue.document["messages"]


def test_a_graph_of_the_program_has_no_such_line():
    assert nodes.simulate(Configured, [(0, 1)], seed=3).replay is None


def test_flags_are_named_by_their_fields():
    stay = timedelta(milliseconds=250)
    assert given(nodes.simulate(Configured, "path:2", config={"longest_stay": stay, "size": 7})) == [0.25, True, 7]
    with pytest.raises(ValueError, match="`Configured` has no flag `longeststay`; did you mean `longest_stay`"):
        nodes.simulate(Configured, "path:2", config={"longeststay": 1})
    with pytest.raises(ValueError, match="has no flag `x`; it has `longest_stay`, `loud` or `size`"):
        nodes.simulate(Configured, "path:2", config={"x": 1})
    with pytest.raises(ValueError, match="`Flooding` has no configuration"):
        nodes.simulate(twin("flooding"), "path:2", config={"x": 1})


def test_options_of_the_command_line_are_no_arguments():
    with pytest.raises(ValueError, match="`runs` is an option of the command line; `Trial` and `sweep` make many runs"):
        nodes.simulate(Configured, "path:2", runs=10)
    with pytest.raises(ValueError, match=r"write a number from 0 to 1 such as `loss=0.1`"):
        nodes.simulate(Configured, "path:2", loss=2)


def test_explanations_name_arguments():
    result = nodes.simulate(twin("flooding"), "complete:100", max_in_transit=30, delay="exponential:5ms", seed=1)
    assert result.explanation[0].endswith(" are under way; `max_in_transit` allows more")


def test_a_delay_can_be_one_time():
    assert nodes.simulate(twin("flooding"), "path:3", delay=0.5, seed=1).time == 1.0


@message
class Parcel:
    data: bytes


@protocol
class Server:
    """Sends everyone a kilobyte."""

    @on(Spontaneously)
    def start(self, net: Net) -> None:
        net.send_to_all(Parcel(bytes(1000)))

    @on(Parcel)
    def take(self, net: Net) -> None:
        net.report("at", net.now)


def test_a_star_waits_for_the_uplink_of_its_server():
    result = nodes.simulate(Server, "star:6", delay=0.5, uplink={0: "1Mbit/s"}, bandwidth="1Gbit/s", seed=1)
    length = result.document["messages"]["max_bytes"]
    one, link = 8 * length / 1e6, 8 * length / 1e9
    assert [row["at"] for row in result.rows()[1:]] == pytest.approx([k * one + link + 0.5 for k in range(1, 6)])
    assert result.time == pytest.approx(5 * one + link + 0.5)
    assert result.replay == (
        'nodes.simulate(Server, "star:6", delay="uniform:500ms..500ms", bandwidth="1Gbit/s", '
        'uplink="0@1Mbit/s", seed=1)'
    )


def test_rates_that_are_wrong():
    with pytest.raises(ValueError, match=r"bandwidth: `10` has no unit; write one such as `10Mbit/s`"):
        nodes.simulate(Server, "star:6", bandwidth=10)
    with pytest.raises(ValueError, match=r"uplink: there is no node 6; the nodes are 0 to 5"):
        nodes.simulate(Server, "star:6", uplink={6: "1Mbit/s"})
    with pytest.raises(ValueError, match=r"run has no option `bandwidth`, which is one of simulate, sweep"):
        nodes.run(Server, "star:6", bandwidth="10Mbit/s")


def test_a_planned_crash_is_no_failure():
    result = nodes.simulate(twin("flooding"), "path:3", crash="1@1ms", seed=1)
    assert (result.outcome, result.ok) == ("crashed", False)
    assert result.explanation == ["node 1 in state Idle, at time 1: crashed as planned"]
    assert nodes.simulate(twin("flooding"), "path:3", crash="2@1ms", on_crash="continue", seed=1).ok


def test_a_planned_crash_of_a_process_is_no_failure():
    result = nodes.run(twin("flooding"), "path:3", crash="1@1ms", seed=1)
    assert (result.outcome, result.explanation[0].split()[-3:]) == ("crashed", ["crashed,", "as", "planned"])


def test_a_schedule_of_the_checker_is_stepped_through():
    violation = nodes.check(twin("flooding"), "path:3", faults="crashes=1").violations[0]
    sim = nodes.simulation(twin("flooding"), "path:3", faults="crashes=1")
    sim.replay(violation["schedule"])
    assert sim.is_over
    assert [node.state.name for node in sim.nodes] == ["Idle"] * 3


def test_a_notebook_shows_a_table_of_a_run_that_was_not_recorded():
    shown = nodes.simulate(twin("flooding"), "path:3", seed=1)._repr_html_()
    assert "<th>state</th>" in shown
    assert shown.count("<td>Done</td>") == 3
    assert "trace=True" in shown
    assert "<table" not in nodes.simulate(twin("flooding"), "path:100", seed=1)._repr_html_()


def test_that_table_runs_no_script():
    networkx = pytest.importorskip("networkx")
    graph = networkx.Graph([("<script>alert(1)</script>", "b")])
    shown = nodes.simulate(twin("flooding"), graph, seed=1)._repr_html_()
    assert "<script" not in shown
    assert "&lt;script&gt;" in shown


def test_a_script_without_a_guard_is_told(tmp_path):
    script = tmp_path / "unguarded.py"
    script.write_text(
        "import distnodes as nodes\n"
        "@nodes.message\nclass Knock: pass\n"
        "@nodes.protocol\nclass Unguarded:\n"
        "    @nodes.on(nodes.Spontaneously)\n    def start(self, net): net.send_to_all(Knock())\n"
        "    @nodes.on(Knock)\n    def knock(self): pass\n"
        "nodes.run(Unguarded, 'path:2')\n"
    )
    ended = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 1
    assert 'put that behind `if __name__ == "__main__":`' in ended.stderr.splitlines()[-1]


class State(nodes.State):
    Asleep = auto()
    Awake = auto()


Asleep, Awake = State


def test_a_rule_is_named_as_a_decorator():
    @protocol
    @never(Knock, in_=Asleep)
    class Deaf:
        """Hears what it cannot hear."""

        state: State = Asleep

        @on(Spontaneously, in_=Asleep)
        def start(self, net: Net) -> None:
            net.send_to_all(Knock())
            self.state = Awake

        @on(Knock, in_=Awake)
        def knock(self) -> None:
            pass

    result = nodes.simulate(Deaf, "path:2", seed=1)
    assert result.explanation[0] == (
        "node 1, at time 1: `Knock` arrived in state Asleep, which `@never(Knock, in_=Asleep)` rules out"
    )


def test_what_a_property_says_is_left_as_it_is():
    @protocol
    class Pump:
        """Stops."""

        @on(Spontaneously)
        def start(self, net: Net) -> None:
            net.send_to_all(Knock())

        @on(Knock)
        def knock(self) -> None:
            pass

        @nodes.finally_
        def it_runs(world: nodes.World) -> str:
            return "the pump panicked: cold"

    assert "`it_runs` does not hold: the pump panicked: cold" in nodes.simulate(Pump, "path:2", seed=1).explanation[0]
    checked = nodes.check(Pump, "path:2")
    assert checked.explanation[0].startswith("`it_runs` does not hold: the pump panicked: cold")


@pytest.mark.parametrize("make", [nodes.simulate, nodes.check])
@pytest.mark.parametrize("of_a_property", [False, True])
def test_what_is_raised_is_told_in_full(make, of_a_property):
    @protocol
    class Raising:
        """Raises, and says what an engine of Rust might."""

        @on(Spontaneously)
        def start(self, net: Net) -> None:
            net.send_to_all(Knock())

        @on(Knock)
        def knock(self) -> None:
            if not of_a_property:
                raise ValueError("it panicked: cold")

        @nodes.finally_
        def it_runs(world: nodes.World) -> bool:
            raise ValueError("it panicked: cold")

    with pytest.raises(nodes.NodeFailed, match=r" raised ValueError: it panicked: cold"):
        make(Raising, "path:2")


def test_what_net_does_not_have_is_a_mistake():
    with pytest.raises(nodes.ProtocolError, match=r"there is no `net.sent_to_all`; did you mean `send_to_all`"):

        @protocol
        class Misspelt:
            """Sends by a name that is not there."""

            @on(Spontaneously)
            def start(self, net: Net) -> None:
                net.sent_to_all(Knock())

            @on(Knock)
            def knock(self) -> None:
                pass


def test_the_history_of_what_was_reported():
    @protocol
    class Reporting:
        """Reports twice."""

        @on(Spontaneously)
        def start(self, net: Net) -> None:
            net.report("loss", {"of": [0.5, "x = y"]})
            net.send_to_all(Knock())

        @on(Knock)
        def knock(self, net: Net) -> None:
            net.report("loss", 0.25)

        @finish
        def end(self, net: Net) -> None:
            net.report("end", True)

    result = nodes.simulate(Reporting, "path:2", seed=1, trace=True)
    assert result.history("loss") == [(0.0, 0, {"of": [0.5, "x = y"]}), (0.001, 1, 0.25)]
    assert result.history("nothing") == []


def command_line(*words, folder):
    return subprocess.run(
        [sys.executable, "-m", "distnodes", *words], cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )


def test_a_class_has_a_command_line(tmp_path):
    (tmp_path / "spread.py").write_text((HERE.parent / "examples" / "first.py").read_text())
    for place in ("spread:First", "spread.py:First"):
        described = command_line(place, "describe", folder=tmp_path)
        assert "Rumour  hops: u32" in described.stdout, described.stderr
    simulated = command_line("spread:First", "simulate", "--topology", "ring:6", "--seed", "1", folder=tmp_path)
    assert "everybody_knows  holds" in simulated.stdout
    ran = command_line("spread:First", "--topology", "ring:6", folder=tmp_path)
    assert ran.returncode == 0, ran.stderr
    assert "links       7 datagrams" in ran.stdout
    assert command_line("spread:Frist", "describe", folder=tmp_path).stderr.startswith("spread:Frist: AttributeError: ")
