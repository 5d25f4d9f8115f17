"""The page of a run that goes on: served while the run and its result are there, and only if it is asked for."""

import re
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from twins import twin

import distnodes as nodes
from distnodes import Net, Port, Spontaneously, _native, message, on, protocol


@message
class Ping:
    pass


@protocol
class Endless:
    """Never ends."""

    @on(Spontaneously)
    def start(self, net: Net) -> None:
        net.send_to_all(Ping())

    @on(Ping)
    def answer(self, sender: Port, net: Net) -> None:
        net.send(sender, Ping())


def get(address: str) -> str:
    with urllib.request.urlopen(address, timeout=20) as answer:
        return answer.read().decode(errors="replace")


def command(address: str, text: str) -> int:
    """Sends what the page's buttons send."""
    parts = urlsplit(address)
    origin = f"{parts.scheme}://{parts.netloc}"
    request = urllib.request.Request(
        f"{origin}/cmd?{parts.query}",
        data=text.encode(),
        headers={"Origin": origin, "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=20) as answer:
        return answer.status


class Watching(threading.Thread):
    """Waits until a run says where its page is, opens it, and lets the run go on."""

    def __init__(self, capsys, resumes: bool) -> None:
        super().__init__(daemon=True)
        self.capsys, self.resumes = capsys, resumes
        self.page = ""
        self.start()

    def run(self) -> None:
        text = ""
        while not (found := re.search(r"page: (http://127\.0\.0\.1:\d+/\?t=\w+)", text)):
            time.sleep(0.05)
            text += self.capsys.readouterr().err
        self.page = get(found[1])
        if self.resumes:
            command(found[1], '{"do": "resume"}')


def test_a_simulated_run_waits_until_its_page_lets_it_go_on(capsys):
    watching = Watching(capsys, resumes=True)
    result = nodes.simulate(twin("controlled_distance"), "ring:8", seed=7, live=True)
    watching.join(20)
    assert 'data-live="simulate"' in watching.page
    assert result.messages == 52
    # Nothing is kept of what went to the page, unless it is asked for.
    assert result.trace is None
    assert result.live is not None
    # The page stays, and all of the run is there.
    parts = urlsplit(result.live.address)
    trace = f"{parts.scheme}://{parts.netloc}/trace?{parts.query}"
    whole = nodes.simulate(twin("controlled_distance"), "ring:8", seed=7, trace=True)
    with urllib.request.urlopen(trace, timeout=20) as answer:
        assert _native.export(answer.read(), "ndjson") == whole.export("ndjson")
    result.live.close()
    with pytest.raises(urllib.error.URLError):
        get(result.live.address)


def test_real_processes_have_a_page(capsys):
    watching = Watching(capsys, resumes=False)
    result = nodes.run(twin("controlled_distance"), "ring:8", seed=7, live=True, trace=True)
    watching.join(20)
    assert 'data-live="run"' in watching.page
    assert result.messages == 52
    assert result.trace is not None
    assert "Forth" in result.export("ndjson")
    assert result.live is not None
    result.live.close()


def test_ctrl_c_ends_a_run_that_waits_and_its_page():
    script = (
        "import sys, _thread, threading\n"
        f"sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
        "from test_live import Endless\n"
        "import distnodes as nodes\n"
        # Other threads run while the run waits.
        "threading.Timer(0.5, _thread.interrupt_main).start()\n"
        "try:\n"
        "    nodes.simulate(Endless, 'path:2', seed=1, live=True)\n"
        "except KeyboardInterrupt:\n"
        "    print('ended', [thread.name for thread in threading.enumerate()])\n"
    )
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert ended.stdout == "ended ['MainThread']\n", ended.stderr


def test_no_page_is_served_unless_it_is_asked_for(capsys, monkeypatch):
    import webbrowser

    from distnodes import _live

    def never(*_: object) -> None:
        raise AssertionError("something was opened")

    monkeypatch.setattr(webbrowser, "open", never)
    monkeypatch.setattr(_live, "Opening", never)
    result = nodes.simulate(twin("controlled_distance"), "ring:8", seed=7, trace=True)
    assert result.live is None
    assert capsys.readouterr() == ("", "")


def test_a_program_without_standard_error_has_a_page(monkeypatch):
    monkeypatch.setattr(sys, "stderr", None)
    result = nodes.run(twin("controlled_distance"), "ring:8", seed=7, live=True)
    assert result.live is not None
    assert "<html" in get(result.live.address)
    result.live.close()


def test_a_browser_is_opened_only_by_those_who_sit_at_a_screen(capsys, monkeypatch):
    import webbrowser

    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", opened.append)
    monkeypatch.setenv("DISPLAY", ":0")
    result = nodes.run(twin("controlled_distance"), "ring:8", seed=7, live=True)
    assert opened == []
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    result = nodes.run(twin("controlled_distance"), "ring:8", seed=7, live=True)
    assert result.live is not None
    assert opened == [result.live.address]
