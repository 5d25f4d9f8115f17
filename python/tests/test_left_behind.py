"""What is killed is told of, and leaves nothing behind."""

import os
import signal
import time

import pytest
from started import ENDLESS, GUARDED, SCRIPT, begun, nothing_left, processes, python, soon


def twenty_nodes_and_their_server():
    assert soon(lambda: len(processes()) == 21, 30), processes()
    server, *nodes = processes()
    return server, nodes


@pytest.fixture
def run(tmp_path):
    """A script that runs for ever, once all of its nodes are there."""
    (tmp_path / "endless.py").write_text(ENDLESS + GUARDED)
    runs = []

    def begin(*words):
        runs.append(begun("endless.py", *words, folder=tmp_path))
        return runs[-1]

    yield begin
    for each in runs:
        each.kill()
        each.communicate()


def test_a_node_that_is_killed_is_named(run):
    endless = run()
    _, nodes = twenty_nodes_and_their_server()
    time.sleep(0.5)
    os.kill(nodes[5], signal.SIGKILL)
    _, told = endless.communicate(timeout=30)
    # Nodes are forked in their order.
    assert told.splitlines()[-1].startswith("distnodes.NodeFailed: node 5, "), told
    assert told.splitlines()[-1].endswith("its process was killed by signal 9 (SIGKILL)")
    assert nothing_left()


def test_a_run_goes_on_without_the_server_of_its_nodes(run):
    endless = run()
    server, _ = twenty_nodes_and_their_server()
    time.sleep(0.5)
    os.kill(server, signal.SIGKILL)
    time.sleep(0.5)
    assert endless.poll() is None
    endless.send_signal(signal.SIGINT)
    _, told = endless.communicate(timeout=30)
    assert told.splitlines()[-1] == "KeyboardInterrupt"
    assert nothing_left()


def test_a_node_that_cannot_be_forked_again_since_the_server_was_killed_is_named(run):
    endless = run("crash=3@1s", "recover=3@1500ms")
    server, _ = twenty_nodes_and_their_server()
    os.kill(server, signal.SIGKILL)
    _, told = endless.communicate(timeout=30)
    assert "node 3" in told.splitlines()[-1]
    assert told.splitlines()[-1].endswith(
        "its process cannot be started again: the process that forks the nodes was killed by signal 9 (SIGKILL)"
    )
    assert nothing_left()


def test_a_server_that_is_killed_before_it_can_fork_is_told_of(tmp_path):
    (tmp_path / "deadly.py").write_text(
        "import os, sys\nif 'mine' not in vars(sys.modules['__main__']): os.kill(os.getpid(), 9)\n" + SCRIPT
    )
    ended = python("-c", "mine = 1; import deadly; deadly.main()", folder=tmp_path)
    why = "the process that forks the nodes was killed by signal 9 (SIGKILL)"
    assert ended.stderr.splitlines()[-1] == f"OSError: node process 0 of 20 cannot be started: {why}"
    assert nothing_left()


def test_who_makes_the_run_leaves_nothing_behind_when_it_is_killed(run):
    endless = run()
    twenty_nodes_and_their_server()
    endless.kill()
    endless.communicate(timeout=30)
    assert nothing_left()


def test_a_server_that_is_still_importing_ends_with_who_makes_the_run(tmp_path):
    (tmp_path / "slow.py").write_text(
        "import sys, time\nif 'mine' not in vars(sys.modules['__main__']): time.sleep(60)\n" + SCRIPT
    )
    slow = begun("-c", "mine = 1; import slow; slow.main()", folder=tmp_path)
    assert soon(lambda: len(processes()) == 1, 30)
    # It imports, and looks at nothing else meanwhile.
    time.sleep(0.5)
    slow.kill()
    slow.communicate(timeout=30)
    assert nothing_left()


def test_a_kernel_that_is_killed_leaves_nothing_behind(tmp_path):
    pytest.importorskip("cloudpickle")
    pytest.importorskip("ipykernel")
    client = pytest.importorskip("jupyter_client")
    kernel, channel = client.manager.start_new_kernel(startup_timeout=60, cwd=str(tmp_path))
    try:
        channel.execute(ENDLESS + "main()")
        twenty_nodes_and_their_server()
        os.kill(kernel.provisioner.pid, signal.SIGKILL)
        assert nothing_left()
        # This is how Jupyter knows, and says that the kernel has died.
        assert soon(lambda: not kernel.is_alive())
    finally:
        channel.stop_channels()
        kernel.shutdown_kernel(now=True)
