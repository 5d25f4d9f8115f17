"""Arrays that other processes see without a copy, and values on their way to them.

An array that cannot change is put into memory that workers share when it is first needed there, and stays as long as it
lives: so the data of a node reaches workers once, however often it is trained on.
"""

from __future__ import annotations

import io
import mmap
import os
import pickle
import sys
import weakref
from collections.abc import Callable
from typing import Any

LEAST = 1024
"""Arrays of fewer bytes are sent like other values."""
_SPAN = 1 << 38
"""Of addresses, and not of memory: what no array has needed takes none."""


def is_fixed(value: Any) -> bool:
    """Whether it is an array of NumPy whose elements cannot change: it is read-only, and so is what it is a view of."""
    numpy = sys.modules.get("numpy")
    if numpy is None or type(value) is not numpy.ndarray or value.dtype.kind in "OV":
        return False
    while type(value) is numpy.ndarray:
        if value.flags.writeable:
            return False
        value = value.base
    try:
        return value is None or memoryview(value).readonly
    except TypeError:
        return False


class Arena:
    """Memory that this process writes to, and that its workers see."""

    def __init__(self) -> None:
        self.descriptor = os.memfd_create("distnodes-arrays")
        os.ftruncate(self.descriptor, _SPAN)
        self._memory = mmap.mmap(self.descriptor, _SPAN)
        self._end = 0
        self._free: dict[int, list[int]] = {}
        self._there: dict[int, int] = {}
        """By the array's `id`: where it stands."""
        self.bytes = 0
        """How many have been written."""

    def place_of(self, array: Any) -> int:
        """Where a fixed array stands; it is written there if it is not there yet."""
        place = self._there.get(id(array))
        if place is None:
            size = -(-array.nbytes // mmap.PAGESIZE) * mmap.PAGESIZE
            free = self._free.get(size)
            if free:
                place = free.pop()
            else:
                place, self._end = self._end, self._end + size
                if self._end > _SPAN:
                    raise MemoryError("the arrays of a run do not fit into what its workers share")
            import numpy

            at = numpy.frombuffer(self._memory, array.dtype, array.size, place).reshape(array.shape)
            at[...] = array
            self.bytes += array.nbytes
            self._there[id(array)] = place
            weakref.finalize(array, self._gone, id(array), place, size).atexit = False
        return place

    def _gone(self, number: int, place: int, size: int) -> None:
        if self._there.pop(number, None) is not None and not self._memory.closed:
            self._memory.madvise(mmap.MADV_REMOVE, place, size)
            self._free.setdefault(size, []).append(place)

    def close(self) -> None:
        """Gives the memory back."""
        self._there.clear()
        self._memory.close()
        os.close(self.descriptor)


class _Pickler(pickle.Pickler):
    def __init__(self, into: io.BytesIO, refer: Callable[[Any], Any]) -> None:
        super().__init__(into, protocol=5)
        self._refer = refer

    def persistent_id(self, obj: Any) -> Any:
        return self._refer(obj) if is_fixed(obj) and obj.nbytes >= LEAST else None


class _Unpickler(pickle.Unpickler):
    def __init__(self, content: bytes, find: Callable[[Any], Any]) -> None:
        super().__init__(io.BytesIO(content))
        self._find = find

    def persistent_load(self, pid: Any) -> Any:
        return self._find(pid)


def packed(value: Any, refer: Callable[[Any], Any]) -> bytes:
    """A value, with fixed arrays replaced by what `refer` makes of them."""
    into = io.BytesIO()
    _Pickler(into, refer).dump(value)
    return into.getvalue()


def unpacked(content: bytes, find: Callable[[Any], Any]) -> Any:
    """The value again, with what `find` gives for what has replaced an array."""
    return _Unpickler(content, find).load()


def in_arena(arena: Arena) -> Callable[[Any], Any]:
    """What replaces an array on its way to a worker."""

    def refer(array: Any) -> Any:
        return arena.place_of(array), array.dtype.str, array.shape

    return refer


def from_arena(descriptor: int) -> Callable[[Any], Any]:
    """The arrays that other processes have written there, read-only."""
    import numpy

    memory = mmap.mmap(descriptor, _SPAN, prot=mmap.PROT_READ)

    def find(reference: Any) -> Any:
        place, dtype, shape = reference
        count = 1
        for length in shape:
            count *= length
        return numpy.frombuffer(memory, numpy.dtype(dtype), count, place).reshape(shape)

    return find
