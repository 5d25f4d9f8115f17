"""The page of a run that goes on."""

from __future__ import annotations

import os
import sys

from . import _native


class Live:
    """The page of a run, served on this machine: until it is closed, or nothing refers to it any more."""

    def __init__(self, page: _native.Page) -> None:
        self._page = page

    @property
    def address(self) -> str:
        """What a browser on this machine opens.  Who has the address may steer a simulated run."""
        return self._page.address

    def close(self) -> None:
        """Serves the page no longer."""
        self._page.close()

    def wait(self) -> None:
        """Waits for Ctrl-C, so that the page of a script stays."""
        from threading import Event

        print(f"page: it stays at {self.address} until Ctrl-C", file=sys.stderr, flush=True)
        try:
            Event().wait()
        except KeyboardInterrupt:
            self.close()

    def __repr__(self) -> str:
        return f"<the page at {self.address}>"


class Opening:
    """What an engine calls when the page of its run is there."""

    def __init__(self, note: str = "") -> None:
        self.live: Live | None = None
        self._note = note

    def __call__(self, page: _native.Page) -> None:
        self.live = Live(page)
        print(f"page: {page.address}{self._note}", file=sys.stderr, flush=True)
        # As the command line does it.
        if sys.stderr and sys.stderr.isatty() and (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
            import webbrowser

            webbrowser.open(page.address)


def opening(live: bool, note: str = "") -> Opening | None:
    """That, if a page is asked for."""
    return Opening(note) if live else None
