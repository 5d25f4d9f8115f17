"""What is known of a protocol without running it."""

from __future__ import annotations

from typing import Any, Literal

from ._engines import known

Form = Literal["table", "dot", "svg", "mermaid"]


class Description:
    """A protocol's assumptions, messages, rules, states and properties; `print` shows them as a table, a notebook with
    the diagram of the states above."""

    def __init__(self, protocol: Any) -> None:
        self._protocol = known(protocol)

    def to(self, form: Form) -> str:
        """The whole as text, or the diagram of the states in that form.

        Args:
            form: `"table"` is the whole; `"svg"` a picture, `"dot"` for Graphviz, `"mermaid"` for Markdown.

        Raises:
            ValueError: If there is no such form.
        """
        from ._engines import call

        return str(call(self._protocol.described, form))

    def __str__(self) -> str:
        return self.to("table")

    def __repr__(self) -> str:
        return f"<the description of {self._protocol.type_name}: print it>"

    def _repr_html_(self) -> str:
        import html

        # As an image, so that its styles are its own: here, since most programs have no notebook.
        from ._notebook import image

        return f"{image(self.to('svg'), 'the states')}<pre>{html.escape(self.to('table'))}</pre>"


def describe(protocol: type | str) -> Description:
    """What is known of a protocol without running it, as the command `describe` shows it::

        print(nodes.describe(Flooding))
        nodes.describe(Flooding).to("svg")

    Args:
        protocol: A class with `@protocol`, or the name of an algorithm of the catalogue.

    Raises:
        TypeError: If the class is no protocol.
        ValueError: If there is no such algorithm.
    """
    return Description(protocol)
