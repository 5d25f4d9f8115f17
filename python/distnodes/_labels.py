"""Nodes by the labels that they have in a NetworkX graph, wherever one is named."""

from __future__ import annotations

import operator
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, SupportsIndex, TypeVar, overload

from ._graphs import Graph
from ._mistakes import did_you_mean
from ._times import time_text

T = TypeVar("T")

_WORDS = ("one", "all", "every")
_TEXTS = ("initiators", "crash", "recover", "partition", "link_down", "uplink")
_ENDS = (",", "|", "-", "@", " ", ">")


class Labels:
    """The labels of a graph's nodes."""

    def __init__(self, graph: Graph | None) -> None:
        self._numbers: dict[Any, int] = (graph and graph.labels) or {}
        self._labels = list(self._numbers)
        self._nodes = graph.nodes if graph else sys.maxsize

    def __bool__(self) -> bool:
        return bool(self._numbers)

    def number(self, name: Any) -> int:
        """The number of the node with that label, that number, or `"@"` and the text of that label.

        Raises:
            ValueError: If there is none, or more than one.
        """
        text = name[1:] if isinstance(name, str) and name.startswith("@") else None
        by_label = self._by_text(text) if text is not None else self._numbers.get(name) if _can_be_key(name) else None
        by_number = _integer(name)
        if by_number is not None and not 0 <= by_number < self._nodes:
            by_number = None
        if by_label is not None and by_number is not None and by_label != by_number:
            other = self._labels[by_number]
            raise ValueError(
                f"`{name}` is the label of node {by_label}, and the number of the node that is labelled `{other}`: "
                f"write `{self._clearly(by_label)}` or `{self._clearly(by_number)}`"
            )
        found = by_number if by_label is None else by_label
        if found is None:
            label = name if text is None else text
            raise ValueError(f"no node has the label `{label}`{did_you_mean(str(label), [*map(str, self._labels)])}")
        return found

    def _clearly(self, number: int) -> str:
        """What to write for that node, where a number could mean another."""
        label = self._labels[number]
        if [str(one) for one in self._labels].count(str(label)) == 1:
            return f'"@{label}"'
        return repr(label if isinstance(label, str) else number)

    def _by_text(self, text: str) -> int | None:
        found = [label for label in self._labels if str(label) == text]
        if len(found) > 1:
            several = " and ".join(repr(label) for label in found)
            raise ValueError(
                f"several nodes have the label `{text}`, {several}: give the label itself, and not its text"
            )
        return self._numbers[found[0]] if found else None

    def option(self, name: str, value: Any) -> Any:
        """The value of an option, with numbers for labels.

        Raises:
            ValueError: If a node that it names is not there, or is not clear.
        """
        if isinstance(value, Mapping) and name in ("crash", "recover"):
            return [f"{self.number(node)}@{time_text(when)}" for node, when in value.items()]
        if isinstance(value, Mapping) and name == "uplink":
            return [f"{self.number(node)}@{rate}" for node, rate in value.items()]
        if name == "ids" and isinstance(value, Mapping):
            return self.in_order(name, value)
        if not self or name not in _TEXTS:
            return value
        if name == "initiators" and not isinstance(value, str):
            if isinstance(value, Sequence | set | frozenset) and value not in self:
                return [self._initiator(each) for each in value]
            return self.number(value)
        if isinstance(value, str):
            return self._text(name, value)
        return [self._text(name, each) for each in value] if isinstance(value, Iterable) else value

    def __contains__(self, name: Any) -> bool:
        return _can_be_key(name) and name in self._numbers

    def _initiator(self, each: Any) -> Any:
        """A node; or, as text, a node and when it starts."""
        is_text = isinstance(each, str) and each not in self and ("@" in each or each.isdecimal())
        return self._text("initiators", each) if is_text else self.number(each)

    def _text(self, name: str, text: str) -> str:
        """A text of the command line with numbers for labels: `@Rome` where a node may stand; or it begins with one."""
        if name == "initiators" and (text in _WORDS or text.startswith("random:")):
            if text in self:
                raise ValueError(f'`{text}` is a word, and the label of a node: write `["{text}"]` for the node')
            return text
        if name == "uplink":
            # In front of the first node may stand a law, which has numbers and commas of its own.
            place = text.rfind(",", 0, text.find("@")) + 1 if "@" in text else len(text)
            law, nodes = text[:place], text[place:]
            return law + (self._text("", nodes) if nodes else "")
        if text in self:
            return str(self.number(text))
        node, at, time = text.rpartition("@")
        if at and node in self and time:
            return f"{self.number(node)}@{time}"
        return self._marked(text)

    def _marked(self, text: str) -> str:
        """Labels behind `@` as numbers; a number that could be another node's label is refused."""
        by_length = sorted({str(label) for label in self._labels}, key=len, reverse=True)
        written, place, is_node = "", 0, True
        while place < len(text):
            rest = text[place:]
            if is_node and rest[0] == "@":
                label = next((one for one in by_length if _begins(rest[1:], one)), None)
                if label is None:
                    label = rest[1 : min((rest.find(mark, 1) for mark in _ENDS if mark in rest[1:]), default=len(rest))]
                written, place, is_node = written + str(self.number(f"@{label}")), place + 1 + len(label), False
            elif is_node and rest[0].isdecimal():
                digits = rest[: len(rest) - len(rest.lstrip("0123456789"))]
                written, place, is_node = written + str(self._plain(int(digits))), place + len(digits), False
            else:
                is_node = rest[0] in ",|->" or (is_node and rest[0] == " ")
                written, place = written + rest[0], place + 1
        return written

    def _plain(self, number: int) -> int:
        """A number in a text, which is that of a node, unless it may be the label of another."""
        by_label = self._by_text(str(number))
        if by_label not in (None, number):
            self.number(number)
            raise ValueError(f'`{number}` is the label of node {by_label}: write `"@{number}"` for it')
        return number

    def values(self, name: str, given: Iterable[Any] | Mapping[Any, Any]) -> list[Any]:
        """What each node is given, in the order of their numbers, in which it may be given itself."""
        return self.in_order(name, given) if isinstance(given, Mapping) else list(given)

    def in_order(self, name: str, given: Mapping[Any, T]) -> list[T]:
        """What each node is given, in the order of their numbers.

        Raises:
            ValueError: If a node is missing.
        """
        found = {self.number(label): value for label, value in given.items()}
        nodes = self._nodes if self else 1 + max(found, default=-1)
        missing = next((number for number in range(nodes) if number not in found), None)
        if missing is not None:
            label = self._labels[missing] if self else missing
            raise ValueError(
                f"{name}: nothing is given for the node `{label}`; each of the {nodes} nodes needs a value"
            )
        return [found[number] for number in range(nodes)]


def _integer(name: Any) -> int | None:
    """A number, which may be one of NumPy; not a truth value."""
    try:
        return None if isinstance(name, bool) else operator.index(name)
    except TypeError:
        return None


def _can_be_key(name: Any) -> bool:
    return type(name).__hash__ is not None and not isinstance(name, slice)


def _begins(text: str, label: str) -> bool:
    """Whether the text begins with that label, and nothing more belongs to it."""
    rest = text[len(label) :]
    return text.startswith(label) and (not rest or rest[0] in _ENDS)


class Nodes(Sequence[T]):
    """Nodes in order, by number or by label: `nodes[3]`, `nodes["Rome"]`."""

    def __init__(self, nodes: Sequence[T], labels: Labels) -> None:
        self._nodes = nodes
        self._by = labels

    @overload
    def __getitem__(self, place: SupportsIndex) -> T: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[T]: ...
    @overload
    def __getitem__(self, place: str | tuple[Any, ...]) -> T: ...
    def __getitem__(self, place: Any) -> Any:
        """A node.

        Raises:
            KeyError: If no node has that label, or it could be another's number.
            IndexError: If there is no such number.
        """
        if isinstance(place, slice) or (not self._by and _integer(place) is not None):
            return self._nodes[place]
        try:
            return self._nodes[self._by.number(place)]
        except ValueError as unknown:
            if _integer(place) is not None and place not in self._by:
                return self._nodes[place]
            raise KeyError(str(unknown)) from None

    # By their places, and not as a sequence has it by `self[0]`, which could be a label.
    def __iter__(self) -> Iterator[T]:
        return iter(self._nodes)

    def __reversed__(self) -> Iterator[T]:
        return reversed(self._nodes)

    def __len__(self) -> int:
        return len(self._nodes)

    def __repr__(self) -> str:
        return repr(list(self))
