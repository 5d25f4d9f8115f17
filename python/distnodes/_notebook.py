"""What a notebook shows of a result.

The page of a recorded run stands in a frame that has an origin of its own, so that whatever is in it, such as the label
of a node, reaches nothing of the notebook.  Pictures are images, in which no script runs.  All other text is escaped.
"""

from __future__ import annotations

import base64
import html
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ._result import Result

LARGEST_PAGE = 2_000_000
"""A page of more characters is not shown: the picture is, which stands in its place."""
MOST_ROWS = 50
"""Of more nodes there is no table."""
HEIGHT = 640
"""Of the frame, in pixels."""


def shown(result: Result) -> str:
    """The result as HTML."""
    parts = [f"<p>{html.escape(repr(result)[1:-1])}</p>"]
    if not result.ok and result.explanation:
        parts.append(f"<pre>{html.escape(chr(10).join(result.explanation))}</pre>")
    picture = image(result.picture())
    page = None if result.trace is None else result.to_html()
    if page is not None and len(page) <= LARGEST_PAGE:
        parts.append(framed(page, picture))
    else:
        parts.append(picture or f"<p>{html.escape(states(result))}</p>")
        hint = "made with <code>trace=True</code>, it shows all that happened"
        if page is not None:
            hint = "its page is too large for a notebook: <code>to_html(path)</code> writes it to a file"
        parts.append(f"<p><small>The run as it ended; {hint}.</small></p>")
        rows = result.rows() if int(result.document["nodes"]) <= MOST_ROWS else []
        if rows:
            parts.append(f"<details><summary>{len(rows)} nodes</summary>{table(rows)}</details>")
    return "".join(parts)


_OVER_ALL = "position:absolute;inset:0;width:100%;height:100%;border:0;background:#fff"


def framed(page: str, picture: str) -> str:
    """The page in a frame, over the picture: that is seen where a notebook that is not trusted has no frames."""
    return (
        f'<div style="position:relative;height:{HEIGHT}px;overflow:hidden">{picture}'
        + f'<iframe sandbox="allow-scripts" style="{_OVER_ALL}" srcdoc="{html.escape(page)}"></iframe></div>'
    )


def image(svg: str | None, of: str = "the graph") -> str:
    """A picture, as an image: of what, for those who do not see it."""
    if svg is None:
        return ""
    data = base64.b64encode(svg.encode()).decode()
    return f'<img style="max-width:100%;max-height:{HEIGHT}px" alt="{of}" src="data:image/svg+xml;base64,{data}">'


def states(result: Result) -> str:
    """How many nodes ended in each state."""
    counts: dict[str, int] = {}
    for node in result.document["nodes_final"]:
        counts[str(node["state"])] = counts.get(str(node["state"]), 0) + 1
    return ", ".join(f"{state}: {count}" for state, count in counts.items()) or f"{result.document['nodes']} nodes"


def table(rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows as HTML."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    head = "".join(f"<th>{html.escape(name)}</th>" for name in names)
    lines = ("".join(f"<td>{html.escape(str(row.get(name, '')))}</td>" for name in names) for row in rows)
    return f"<table><tr>{head}</tr>{''.join(f'<tr>{line}</tr>' for line in lines)}</table>"
