"""Training takes virtual time, and is done by other processes meanwhile: the result does not depend on them."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import training

import distnodes as nodes
from distnodes import Net, Spontaneously, on, protocol, when

CLIENTS = 6
HERE = Path(__file__).parent


def averaged(**options):
    options = {"seed": 3, "speeds": "lognormal:1,0.5", **options}
    return nodes.simulate(training.Averaging, f"star:{CLIENTS + 1}", inputs=list(range(CLIENTS + 1)), **options)


def outcome(result):
    return result.time, [(node.state, node.w) for node in result.nodes], result.messages


def test_the_result_is_the_same_for_any_number_of_workers():
    alone = averaged(workers=0)
    assert alone.outcome == "terminated"
    for workers in (1, 2, 4):
        result = averaged(workers=workers)
        assert outcome(result) == outcome(alone)
        assert result.computation.calls == CLIENTS * training.ROUNDS
    assert outcome(averaged(seed=4)) != outcome(alone)


def test_a_trace_is_the_same_for_any_number_of_workers():
    assert averaged(workers=0, trace="full").trace == averaged(workers=2, trace="full").trace
    assert outcome(averaged(workers=2, trace="full")) == outcome(averaged(workers=0))


def test_time_follows_from_work_and_speed():
    # Each round waits for the slowest: a message there, its training, a message back; only the last ends with it.
    speeds = {1: 0.25, 2: 4}
    result = averaged(speeds=speeds, workers=0, delay="uniform:1ms..1ms")
    assert result.time == pytest.approx(training.ROUNDS * (4 + 0.002))
    assert averaged(speeds=0.5, workers=0, delay="uniform:1ms..1ms").time == pytest.approx(training.ROUNDS * 2.002)


def test_data_goes_to_workers_once_and_then_models_alone():
    data = CLIENTS * 2000 * 3 * 8
    result = averaged(workers=2)
    models = result.computation.shipped - data
    # Of a call: three numbers, a seed, a rate, and how they are called.
    assert 0 < models < CLIENTS * training.ROUNDS * 500


def test_a_run_that_is_made_again_computes_only_what_is_missing(tmp_path):
    first = averaged(cache=tmp_path)
    files = sorted(tmp_path.iterdir())
    assert len(files) == CLIENTS * training.ROUNDS
    assert {file.suffix for file in files} == {".npz"}
    again = averaged(cache=tmp_path, workers=0)
    assert again.computation.cached == again.computation.calls == len(files)
    assert outcome(again) == outcome(first)
    # One that is damaged is made again; another seed shares nothing.
    files[0].write_bytes(files[0].read_bytes()[:50])
    assert averaged(cache=tmp_path).computation.cached == len(files) - 1
    assert averaged(cache=tmp_path, seed=4).computation.cached == 0


KILLED = """
import sys
import distnodes as nodes
from test_compute import averaged, outcome
if __name__ == "__main__":
    result = averaged(cache=sys.argv[1], workers=2, config={"spin": 0.05})
    print(result.computation.calls, result.computation.cached, outcome(result))
"""


def test_a_run_that_was_killed_goes_on_where_it_was(tmp_path):
    script, cache = tmp_path / "killed.py", tmp_path / "cache"
    script.write_text(KILLED)
    command = [sys.executable, str(script), str(cache)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(HERE), *filter(None, sys.path)])}
    calls = CLIENTS * training.ROUNDS
    process = subprocess.Popen(command, env=environment)
    deadline = time.monotonic() + 60
    while len(list(cache.glob("*.npz"))) < 0.7 * calls and time.monotonic() < deadline:
        time.sleep(0.005)
    process.kill()
    process.wait()
    kept = len(list(cache.glob("*.npz")))
    assert 0.7 * calls <= kept < calls, "it was killed in the midst"
    printed = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
    made, cached, rest = printed.split(maxsplit=2)
    assert int(made) == calls
    assert int(cached) == kept
    assert rest.strip() == str(outcome(averaged(config={"spin": 0.05}, workers=0)))


def asked(why, **options):
    return nodes.simulate(training.Asking, "path:2", inputs=[why, why], seed=1, **options)


@pytest.mark.parametrize("workers", [0, 1])
def test_what_the_function_raises_is_raised_when_the_alarm_rings(workers):
    with pytest.raises(nodes.NodeFailed) as failed:
        asked("lost", workers=workers)
    assert isinstance(failed.value.__cause__, LookupError)
    assert "raise LookupError(why)" in str(failed.value.__cause__.__cause__)
    assert failed.value.node == 0
    assert failed.value.result.document["time"]["virtual"] == 2000


def test_a_result_of_another_type_is_refused():
    with pytest.raises(nodes.NodeFailed, match=r"Found\.result: 'one' is not an int"):
        asked("text")


def test_a_worker_that_is_killed_is_told():
    with pytest.raises(nodes.NodeFailed, match="a process that computes has ended by SIGKILL"):
        asked("killed", workers=1)


def children():
    found = subprocess.run(
        ["pgrep", "-P", str(os.getpid()), "-f", "_computer"], capture_output=True, text=True, check=False
    )
    return found.stdout.split()


def test_ctrl_c_ends_a_run_that_waits_and_nothing_is_left():
    timer = threading.Timer(1.5, lambda: os.kill(os.getpid(), signal.SIGINT))
    timer.start()
    begun = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        asked("waits", workers=1)
    assert time.monotonic() - begun < 10
    timer.join()
    assert children() == []


def test_workers_end_with_the_run():
    averaged(workers=2)
    assert children() == []


def test_as_processes_it_computes_the_same():
    result = nodes.run(training.Averaging, "star:4", seed=1, inputs=[0, 1, 2, 3])
    assert result.outcome == "terminated"
    assert all(len(node.w) == 3 and node.w != [0.0, 0.0, 0.0] for node in result.nodes)


def test_all_schedules_are_looked_at():
    checked = nodes.check(training.Averaging, "star:3", inputs=[0, 1, 2])
    assert checked.holds


def test_measured_times_are_marked():
    @protocol(initiators="one")
    class Measuring:
        found: int = 0

        @on(Spontaneously)
        def ask(self, net: Net) -> None:
            net.compute(len, [1, 2, 3], takes="measured:1000", then=training.Found)

        @when(training.Found)
        def take(self, alarm: training.Found) -> None:
            self.found = alarm.result

    result = nodes.simulate(Measuring, "path:2", seed=1)
    assert result.nodes[0].found == 3
    assert result.time > 0
    assert "does not make this run again" in result.notices[0]


def wrong(**keywords):
    """What one says who writes that."""

    @protocol(initiators="one")
    class Wrong:
        @on(Spontaneously)
        def ask(self, net: Net) -> None:
            net.compute(*keywords.pop("given", (len, [1])), **{"takes": 1, "then": training.Found, **keywords})

        @when(training.Found)
        def take(self) -> None:
            pass

        @when(training.Trained)
        def other(self) -> None:
            pass

    with pytest.raises(nodes.NodeFailed) as failed:
        nodes.simulate(Wrong, "path:2", seed=1, workers=1)
    return str(failed.value.__cause__)


@nodes.alarm
class Bare:
    result: int


def test_mistakes_are_explained():
    assert "write either `takes=1.5`, in seconds of the run, or `work=..`" in wrong(takes=None)
    assert "write either" in wrong(work=3)
    assert "write a number of seconds, 0 or more" in wrong(takes=-1)
    assert 'write seconds, or `"measured"`' in wrong(takes="long")
    assert "what is the result for? write `then=Trained`" in wrong(then=None)
    assert "write `then=Trained(round=..)`" in wrong(then=training.Trained)
    assert "`result: .. = nodes.computed()`" in wrong(then=Bare)
    assert "the first argument is the function" in wrong(given=(3,))
    assert "another process cannot have argument 2" in wrong(given=(len, (one for one in [1])))


def test_what_no_cache_keeps_is_refused(tmp_path):
    @protocol(initiators="one")
    class Wrong:
        @on(Spontaneously)
        def ask(self, net: Net) -> None:
            net.compute(object, takes=1, then=training.Found)

        @when(training.Found)
        def take(self) -> None:
            pass

    with pytest.raises(nodes.NodeFailed, match="what it gives is a object, and a cache keeps arrays"):
        nodes.simulate(Wrong, "path:2", seed=1, cache=tmp_path)


@pytest.mark.parametrize(
    ("speeds", "text"),
    [
        ("lognorml:1,1", "did you mean"),
        ("lognormal:1", "are no two numbers"),
        ("uniform:4..1", "the range is empty"),
        ({1: 0}, "is no speed"),
        (-1, "is no speed"),
    ],
)
def test_speeds_that_are_none_are_refused(speeds, text):
    with pytest.raises(ValueError, match=text):
        averaged(speeds=speeds)


def test_speeds_follow_from_the_seed():
    from distnodes._speeds import Speeds

    speeds = Speeds("lognormal:2,0.5", 7)
    drawn = sorted(speeds.of(node) for node in range(2001))
    assert drawn[1000] == pytest.approx(2, rel=0.1), "the median"
    assert [Speeds("lognormal:2,0.5", 7).of(node) for node in range(9)] == [speeds.of(node) for node in range(9)]
    even = [Speeds("uniform:1..3", 7).of(node) for node in range(2000)]
    assert min(even) >= 1
    assert max(even) <= 3
    assert sum(even) / 2000 == pytest.approx(2, rel=0.05)
