"""The types of fields: integers of a width, ids, ports, times, and what stays at its node.

For a type checker each is the plain Python type; the annotation carries what the engines need besides.
"""

from __future__ import annotations

from typing import Annotated, Any, TypeAlias, TypeVar

T = TypeVar("T")


class Kind:
    """Marks an annotated type: which codec carries it, and what the type is called."""

    __slots__ = ("head", "name")

    def __init__(self, head: str, name: str) -> None:
        self.head = head
        self.name = name

    def __repr__(self) -> str:
        return self.name


class LocalMark:
    """Marks a field that is not data for the engines."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "Local"


u8: TypeAlias = Annotated[int, Kind("u8", "u8")]
"""An integer from 0 to 2**8 - 1, as all of these: a value out of range is an error when it is sent or stored."""
u16: TypeAlias = Annotated[int, Kind("u16", "u16")]
u32: TypeAlias = Annotated[int, Kind("u32", "u32")]
u64: TypeAlias = Annotated[int, Kind("u64", "u64")]
i8: TypeAlias = Annotated[int, Kind("i8", "i8")]
"""An integer from -2**7 to 2**7 - 1."""
i16: TypeAlias = Annotated[int, Kind("i16", "i16")]
i32: TypeAlias = Annotated[int, Kind("i32", "i32")]
i64: TypeAlias = Annotated[int, Kind("i64", "i64")]

Id: TypeAlias = Annotated[int, Kind("id", "Id")]
"""The id of a node: distinct from those of all others, from 0 to 2**64 - 1."""
Port: TypeAlias = Annotated[int, Kind("port", "Port")]
"""A node's end of a link: its ports are 0, 1, 2, ..., in the order of its neighbours."""
Duration: TypeAlias = Annotated[float, Kind("float", "Duration")]
"""A time in seconds.  As a flag of a configuration it is written with a unit: `1.5s`, `20ms`."""

Array: TypeAlias = Annotated[Any, Kind("array", "Array")]
"""An array of NumPy's, or a tensor of a library that has DLPack, such as PyTorch: bools, integers, real and complex
numbers, in any shape.  `numpy.ndarray`, `NDArray[..]` and `torch.Tensor` are types of fields as well."""

Local: TypeAlias = Annotated[T, LocalMark()]
"""`Local[T]`: a field of a node that no engine reads.

It may have any type, such as a model or a function.  It is not shown, not stored and not compared; where each node is a
process, it stays in that process.
"""
