"""A graph whose labels are code, shown in a notebook: none of it runs.

Labels are in the page's frame, in pictures, in tables and in texts.  What is tried in each is held against a control,
which shows the same without care, and in which it does run.
"""

from __future__ import annotations

import html
import http.server
import os
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest

import distnodes as nodes
from distnodes import Net, Port, Spontaneously, message, on, protocol

CHROMIUM = os.environ.get("NODES_CHROMIUM") or shutil.which("chromium") or shutil.which("chrome") or ""

# From the frame, only a message gets out.
CODE = "top.postMessage('ran','*')"
HOSTILE = [
    f'<img src=x onerror="{CODE}">',
    f"<script>{CODE}</script>",
    f"</script><script>{CODE}</script>",
    f"</title></svg></iframe><script>{CODE}</script>",
    f'"></iframe><img src=x onerror={CODE}>',
    f"'onload='{CODE}",
    f"&lt;script&gt;{CODE}&lt;/script&gt;",
    f"{{{{TRACE}}}}<svg onload={CODE}>",
    f"javascript:{CODE}",
    "]]><!--",
]


@message
class Say:
    text: str


@protocol
class Gossip:
    """Passes on what it reads, and reports it."""

    heard: str = ""

    @on(Spontaneously)
    def start(self, net: Net) -> None:
        for text in HOSTILE:
            net.send_to_all(Say(text))

    @on(Say)
    def hear(self, msg: Say, sender: Port, net: Net) -> None:
        self.heard = msg.text
        net.report(msg.text, msg.text)
        net.log(msg.text)

    @nodes.finally_
    def calm(node: nodes.Node) -> str | None:
        return node.heard or None


def hostile(trace: bool) -> nodes.Result:
    networkx = pytest.importorskip("networkx")
    graph = networkx.Graph([(HOSTILE[0], label) for label in HOSTILE[1:]])
    # A property that does not hold says so, in the words of a label.
    result = nodes.simulate(Gossip, graph, seed=1, trace="full" if trace else False)
    assert result.outcome == "violated"
    return result


def shown(trace: bool) -> str:
    return hostile(trace)._repr_html_()


class Tags(HTMLParser):
    """The elements of a page, with their attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


PLAIN = {"p", "pre", "small", "code", "div", "details", "summary", "table", "tr", "th", "td", "img", "iframe"}


@pytest.mark.parametrize("trace", [False, True])
def test_what_stands_in_the_notebook_is_text_pictures_and_a_frame(trace):
    found = Tags(shown(trace)).found
    assert {tag for tag, _ in found} <= PLAIN
    assert not [name for _, attributes in found for name in attributes if name.startswith("on")]
    frames = [attributes for tag, attributes in found if tag == "iframe"]
    assert [frame["sandbox"] for frame in frames] == ["allow-scripts"] * trace
    assert all(set(frame) == {"sandbox", "style", "srcdoc"} for frame in frames)
    images = [str(attributes["src"]) for tag, attributes in found if tag == "img"]
    assert len(images) == 1
    assert images[0].startswith("data:image/svg+xml;base64,")


DRAWN = {"svg", "title", "style", "defs", "marker", "rect", "g", "path", "circle", "polygon", "text"}


@pytest.mark.parametrize("picture", [nodes.Result.picture, lambda result: result.export("svg")])
def test_pictures_hold_shapes_and_text_alone(picture):
    elements = list(ElementTree.fromstring(str(picture(hostile(True)))).iter())
    assert {element.tag.removeprefix("{http://www.w3.org/2000/svg}") for element in elements} <= DRAWN
    assert not [name for element in elements for name in element.attrib if name.startswith("on") or "href" in name]
    # The labels are there, as text.
    assert any(element.text == HOSTILE[1] for element in elements)


def test_a_label_that_is_not_escaped_is_seen():
    found = Tags(shown(False) + f"<p>{HOSTILE[0]}</p>").found
    assert [name for _, attributes in found for name in attributes if name.startswith("on")] == ["onerror"]


class Server:
    """Serves one page to a browser, and notes whether code has run in it."""

    LISTENS = """<!doctype html><meta charset="utf-8"><title>notebook</title>
        <script>addEventListener("message", () => { new Image().src = "/ran"; });</script>"""
    # A picture that takes its time: till then the page is not loaded, so that the browser waits.
    WAITS = '<img src="/slow">'
    SECONDS = 3.0

    def __init__(self, content: str) -> None:
        self.asked: list[str] = []
        page = (self.LISTENS + content + self.WAITS).encode()
        asked = self.asked

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked.append(self.path)
                if self.path == "/slow":
                    time.sleep(Server.SECONDS)
                self.send_response(200 if self.path == "/" else 404)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.end_headers()
                self.wfile.write(page if self.path == "/" else b"")

            def log_message(self, *_: object) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    def visit(self, profile: Path) -> list[str]:
        """What the browser has asked for when it has opened the page."""
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        try:
            subprocess.run(
                [
                    CHROMIUM,
                    "--headless",
                    "--no-sandbox",
                    "--disable-gpu",
                    "--disable-background-networking",
                    "--no-first-run",
                    f"--user-data-dir={profile}",
                    "--dump-dom",
                    f"http://127.0.0.1:{self.server.server_port}/",
                ],
                capture_output=True,
                timeout=120,
                check=True,
            )
        finally:
            self.server.shutdown()
            self.server.server_close()
        return self.asked


def careless() -> Iterator[tuple[str, str]]:
    """What a notebook would show if less care were taken: it runs, which the test sees."""
    page = f"<!doctype html><p>{HOSTILE[0]}</p>"
    yield "no escaping", page
    yield "a frame with the code in it", f'<iframe sandbox="allow-scripts" srcdoc="{html.escape(page)}"></iframe>'
    yield "a picture that is no image", f"<svg xmlns='http://www.w3.org/2000/svg' onload=\"{CODE}\"></svg>"


@pytest.mark.skipif(not CHROMIUM, reason="there is no Chromium")
@pytest.mark.parametrize("trace", [False, True])
def test_no_label_runs_in_a_browser(trace, tmp_path):
    asked = Server(shown(trace)).visit(tmp_path)
    assert "/slow" in asked
    assert "/ran" not in asked


@pytest.mark.skipif(not CHROMIUM, reason="there is no Chromium")
@pytest.mark.parametrize("content", [pytest.param(content, id=name) for name, content in careless()])
def test_code_that_runs_in_a_browser_is_seen(content, tmp_path):
    assert "/ran" in Server(content).visit(tmp_path)


@pytest.mark.skipif(not CHROMIUM, reason="there is no Chromium")
def test_the_page_in_the_frame_comes_to_life(tmp_path):
    """Its own scripts run: the same page, which says so when it has drawn itself."""
    says = f"<script>setInterval(() => {{ if (globalThis.nodes) {CODE} }}, 50)</script>"
    framed = shown(True).replace("&lt;/body&gt;", html.escape(says) + "&lt;/body&gt;")
    assert says not in shown(True)
    assert "/ran" in Server(framed).visit(tmp_path)
