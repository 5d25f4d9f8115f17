"""The graph of a run, drawn by matplotlib: nodes by the states in which they ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._extras import needed

if TYPE_CHECKING:
    from . import _native

PIXELS = 96
"""In an inch of a figure that is made for the drawing."""
ABOVE_AND_BELOW = 1.0
"""What its title and its legend take, in inches."""
LINE, BOLD = "#8a97a8", "#1d4ed8"
EDGE, CRASHED, INK = "#46505f", "#c01048", "#14243a"
RING = 1.22
"""The radius of the ring of a terminal state, in radii of the node."""
LEAST_FONT = 4.0
"""Smaller letters, in points, are not drawn."""


def draw(drawing: _native.Drawing, bold: set[int], title: str, ax: Any) -> Any:
    """Draws it on axes, or on new ones; the axes.

    Args:
        drawing: Where all stands.
        bold: The numbers of links that stand out.
        title: What stands above it.
        ax: The axes; None: those of a new figure.
    """
    pyplot = needed("matplotlib.pyplot", "Result.draw")
    low, high = _frame(drawing)
    # Letters have a size on paper, and all else one in pixels of the drawing.
    points_in_pixel = 72 / PIXELS
    is_own = ax is None
    if is_own:
        width, height = ((high[axis] - low[axis]) / PIXELS for axis in (0, 1))
        _, ax = pyplot.subplots(figsize=(max(4.0, width), height + ABOVE_AND_BELOW), layout="constrained")
    # Nothing in it is a formula.
    ax.set_title(title, parse_math=False)
    ax.set_aspect("equal")
    ax.set_xlim(low[0], high[0])
    ax.set_ylim(high[1], low[1])
    ax.set_axis_off()
    if not is_own:
        ax.apply_aspect()
        heights = ax.transData.transform([(0, 0), (0, 1)])[:, 1]
        points_in_pixel = abs(heights[1] - heights[0]) * 72 / ax.figure.dpi
    _links(drawing, bold, ax)
    _nodes(drawing, ax)
    _names(drawing, drawing.font * points_in_pixel, ax)
    _legend(drawing, bold, ax)
    return ax


def _frame(drawing: _native.Drawing) -> tuple[list[float], list[float]]:
    """The least and the greatest x and y, with a margin."""
    points = [*drawing.points, *(point for link in drawing.links for point in link)]
    margin = 2 * drawing.radius
    low = [min(point[axis] for point in points) - margin for axis in (0, 1)]
    high = [max(point[axis] for point in points) + margin for axis in (0, 1)]
    if drawing.font:
        for text, (x, _), is_beside in drawing.names:
            half = 0.3 * drawing.font * len(text) * is_beside
            low[0], high[0] = min(low[0], x - half), max(high[0], x + half)
    return low, high


def _links(drawing: _native.Drawing, bold: set[int], ax: Any) -> None:
    path = needed("matplotlib.path", "Result.draw").Path
    collections = needed("matplotlib.collections", "Result.draw")
    curve = [path.MOVETO, path.CURVE4, path.CURVE4, path.CURVE4]
    width = 1.2 if len(drawing.links) <= 300 else 0.5
    for is_bold, colour, wide in ((False, LINE, width), (True, BOLD, 2.5 * width)):
        links = [link for number, link in enumerate(drawing.links) if (number in bold) == is_bold]
        style = {"edgecolors": colour, "linewidths": wide, "zorder": 1 + is_bold / 2}
        ax.add_collection(collections.PathCollection([path(link, curve) for link in links], facecolors="none", **style))
        if drawing.directed:
            heads = [_head(link[-2], link[-1], 0.45 * drawing.radius) for link in links]
            ax.add_collection(collections.PolyCollection(heads, facecolors=colour, **style))


def _head(before: tuple[float, float], end: tuple[float, float], size: float) -> list[tuple[float, float]]:
    """The head of an arrow."""
    dx, dy = end[0] - before[0], end[1] - before[1]
    length = (dx * dx + dy * dy) ** 0.5 or 1.0
    dx, dy = dx / length * size, dy / length * size
    base = end[0] - dx, end[1] - dy
    return [end, (base[0] - dy / 2, base[1] + dx / 2), (base[0] + dy / 2, base[1] - dx / 2)]


def _outline(drawing: _native.Drawing, state: int, radius: float, upwards: bool = False) -> Any:
    """The shape of a state around 0, y downwards unless said otherwise."""
    path = needed("matplotlib.path", "Result.draw").Path
    corners = drawing.states[state][4]
    if corners is None:
        circle = path.unit_circle()
        return path(circle.vertices * radius, circle.codes)
    points = [(x * radius, (-y if upwards else y) * radius) for x, y in corners]
    return path([*points, points[0]], closed=True)


def _nodes(drawing: _native.Drawing, ax: Any) -> None:
    collections = needed("matplotlib.collections", "Result.draw")
    path = needed("matplotlib.path", "Result.draw").Path

    def at(outline: Any, point: tuple[float, float]) -> Any:
        return path(outline.vertices + point, outline.codes)

    for state, (_, is_terminal, fill, _, _) in enumerate(drawing.states):
        for is_crashed in (False, True):
            points = [
                point
                for point, its, crashed in zip(drawing.points, drawing.nodes, drawing.crashed, strict=True)
                if its == state and crashed == is_crashed
            ]
            if not points:
                continue
            rings = [(drawing.radius, fill, EDGE, 1.0)]
            if is_crashed:
                # Pale, and nothing shines through.
                rings = [(drawing.radius, "white", EDGE, 1.0), (drawing.radius, f"{fill}40", EDGE, 1.0)]
            elif is_terminal:
                rings.append((drawing.radius * RING, "none", fill, 1.4))
            for radius, face, edge, wide in rings:
                outline = _outline(drawing, state, radius)
                ax.add_collection(
                    collections.PathCollection(
                        [at(outline, point) for point in points],
                        facecolors=face,
                        edgecolors=edge,
                        linewidths=wide,
                        zorder=2,
                    )
                )
    crashed = [point for point, is_so in zip(drawing.points, drawing.crashed, strict=True) if is_so]
    if crashed:
        cross = path([(-1, -1), (1, 1), (-1, 1), (1, -1)], [path.MOVETO, path.LINETO] * 2)
        half = path(cross.vertices * drawing.radius * 0.8, cross.codes)
        ax.add_collection(
            collections.PathCollection(
                [at(half, point) for point in crashed], facecolors="none", edgecolors=CRASHED, linewidths=2, zorder=3
            )
        )


def _names(drawing: _native.Drawing, font: float, ax: Any) -> None:
    if font < LEAST_FONT:
        return
    for (text, (x, y), is_beside), state, crashed in zip(drawing.names, drawing.nodes, drawing.crashed, strict=True):
        ink = INK if is_beside or crashed else drawing.states[state][3]
        ax.text(x, y, text, fontsize=font, color=ink, ha="center", va="center", zorder=4, parse_math=False)


def _legend(drawing: _native.Drawing, bold: set[int], ax: Any) -> None:
    line = needed("matplotlib.lines", "Result.draw").Line2D
    live = [state for state, crashed in zip(drawing.nodes, drawing.crashed, strict=True) if not crashed]
    handles = []
    for state, (name, is_terminal, fill, _, _) in enumerate(drawing.states):
        if live.count(state) and len(drawing.states) > 1:
            handles.append(
                line(
                    [],
                    [],
                    linestyle="none",
                    marker=_outline(drawing, state, 1.0, upwards=True),
                    markersize=10,
                    markerfacecolor=fill,
                    markeredgecolor=EDGE,
                    label=f"{name}{', decided' if is_terminal else ''}: {live.count(state)}",
                )
            )
    crashed = sum(drawing.crashed)
    if crashed:
        handles.append(line([], [], linestyle="none", marker="x", markeredgecolor=CRASHED, label=f"crashed: {crashed}"))
    if bold:
        handles.append(line([], [], color=BOLD, linewidth=3, label=f"tree: {len(bold)} links"))
    if handles:
        ax.legend(handles=handles, loc="upper center", bbox_to_anchor=(0.5, 0.0), ncols=2, frameon=False)
