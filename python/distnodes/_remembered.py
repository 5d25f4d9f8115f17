"""What `net.compute` has computed, kept in files, so that a run that was killed goes on where it was.

A file is an archive of NumPy (`.npz`) with the arrays of a result, and a text that says how they lie in it: no pickles.
It is called by a hash of the function's source, of all that it uses, and of what it was given.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import weakref
import zipfile
from collections.abc import Callable
from hashlib import blake2b
from pathlib import Path
from typing import Any

from ._compute import Done
from ._origin import code_of, hash_of
from ._shared import is_fixed

_TREE = "tree"


class Remembered:
    """Results by what they follow from."""

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        try:
            import numpy  # noqa: F401
        except ImportError:
            raise ImportError(
                "cache=..: results are kept as archives of NumPy: install it, `pip install numpy`"
            ) from None
        self._folder = Path(folder)
        self._folder.mkdir(parents=True, exist_ok=True)
        self._code: dict[Any, str] = {}
        self._arrays: dict[int, bytes] = {}

    def key(self, function: Callable[..., Any], content: Any) -> str:
        """The name of the file that has the result of a call."""
        code = self._code.get(function)
        if code is None:
            code = self._code[function] = hash_of(sys.version, function.__qualname__, code_of([function]))
        hashed = blake2b(code.encode(), digest_size=20)
        self._add(hashed, content)
        return hashed.hexdigest()

    def find(self, key: str) -> Done | None:
        """The result of that name; None if there is none that can be read."""
        import numpy

        try:
            with numpy.load(self._folder / f"{key}.npz", allow_pickle=False) as file:
                tree = json.loads(file[_TREE].tobytes())
                return Done(_grown(tree["result"], file), float(tree["seconds"]))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            return None  # one that was damaged is made again

    def keep(self, key: str, done: Done, function: Callable[..., Any]) -> None:
        """Keeps a result.

        Raises:
            TypeError: If it holds something that is neither an array nor plain data.
        """
        import numpy

        arrays: dict[str, Any] = {}
        try:
            tree = {"result": _taken_apart(done.result, arrays, "what it gives"), "seconds": done.seconds}
        except TypeError as wrong:
            raise TypeError(f"net.compute({function.__qualname__}, ..), cache=..: {wrong}") from None
        arrays[_TREE] = numpy.frombuffer(json.dumps(tree).encode(), numpy.uint8)
        part = self._folder / f"{key}.{os.getpid()}.part"
        try:
            with part.open("wb") as file:
                numpy.savez(file, **arrays)
            part.replace(self._folder / f"{key}.npz")
        finally:
            part.unlink(missing_ok=True)

    def _add(self, hashed: Any, value: Any) -> None:
        """Adds a value to a hash, so that values that differ add other bytes."""
        array = _as_array(value)
        if array is not None:
            hashed.update(b"a%s%r" % (type(value).__name__.encode(), (array.dtype.str, array.shape)))
            hashed.update(self._content_of(value, array))
        elif isinstance(value, dict):
            hashed.update(b"d%d:" % len(value))
            for key, each in value.items():
                self._add(hashed, key)
                self._add(hashed, each)
        elif isinstance(value, list | tuple):
            hashed.update(b"%s%d:" % (type(value).__name__.encode(), len(value)))
            for each in value:
                self._add(hashed, each)
        elif isinstance(value, set | frozenset):
            hashed.update(b"s%d:" % len(value))
            for text in sorted(_hash_alone(self, each) for each in value):
                hashed.update(text)
        elif value is None or isinstance(value, bool | int | float | complex | str | bytes):
            text = repr(value).encode()
            hashed.update(b"%s%d:%s" % (type(value).__name__.encode(), len(text), text))
        elif callable(value) and hasattr(value, "__qualname__"):
            hashed.update(b"f" + code_of([value]).encode())
        else:
            # An object: its class, and what `copy` takes of it.
            hashed.update(b"o" + code_of([type(value)]).encode())
            self._add(hashed, _state_of(value))

    def _content_of(self, value: Any, array: Any) -> bytes:
        """A hash of the elements; that of an array that cannot change is made once."""
        known = self._arrays.get(id(value))
        if known is None:
            import numpy

            known = blake2b(
                numpy.ascontiguousarray(array).view(numpy.uint8).data if array.size else b"", digest_size=20
            ).digest()
            if is_fixed(value):
                self._arrays[id(value)] = known
                weakref.finalize(value, self._arrays.pop, id(value), None).atexit = False
        return known


def _hash_alone(remembered: Remembered, value: Any) -> bytes:
    hashed = blake2b(digest_size=20)
    remembered._add(hashed, value)
    return hashed.digest()


def _state_of(value: Any) -> Any:
    """What an object is made of, as plain data and other objects."""
    reduced: Any = value.__reduce_ex__(4)
    if isinstance(reduced, str):
        return reduced
    maker, arguments, *more = reduced
    plain = [part for part in arguments if not isinstance(part, type)]
    return [maker.__qualname__, plain, *(list(part) if hasattr(part, "__next__") else part for part in more)]


def _as_array(value: Any) -> Any:
    """An array, or a number of NumPy, or a tensor of PyTorch, as an array; None if it is neither."""
    numpy, torch = sys.modules.get("numpy"), sys.modules.get("torch")
    if numpy is not None and isinstance(value, numpy.ndarray | numpy.generic):
        return numpy.asarray(value) if not value.dtype.hasobject else None
    if torch is not None and isinstance(value, torch.Tensor):
        flat = value.detach().cpu().contiguous()
        return (flat.view(torch.int16) if flat.dtype == torch.bfloat16 else flat).numpy()
    return None


def _taken_apart(value: Any, arrays: dict[str, Any], where: str) -> Any:
    """A value as JSON has it, its arrays apart."""
    array = _as_array(value)
    if array is not None:
        name = str(len(arrays))
        arrays[name] = array
        kind = type(value).__module__.partition(".")[0]
        if kind == "torch":
            return {"tensor": [name, str(value.dtype).removeprefix("torch.")]}
        return {"array" if array.ndim or type(value).__name__ == "ndarray" else "number": name}
    if (
        value is None
        or isinstance(value, bool | int | str)
        or (isinstance(value, float) and value == value and abs(value) < float("inf"))
    ):
        return {"plain": value}
    if isinstance(value, float):
        return {"float": repr(value)}
    if isinstance(value, bytes):
        return {"bytes": value.hex()}
    if isinstance(value, list | tuple):
        return {
            type(value).__name__: [_taken_apart(each, arrays, f"{where}[{place}]") for place, each in enumerate(value)]
        }
    if isinstance(value, dict):
        pairs = [
            [_taken_apart(key, arrays, f"a key of {where}"), _taken_apart(each, arrays, f"{where}[{key!r}]")]
            for key, each in value.items()
        ]
        return {"dict": pairs}
    raise TypeError(
        f"{where} is a {type(value).__name__}, and a cache keeps arrays, numbers, texts, and lists and dicts of them: "
        "give what it consists of, such as `nodes.learn.parameters(model)`"
    )


def _grown(tree: Any, file: Any) -> Any:
    """The value again."""
    ((kind, content),) = tree.items()
    if kind == "plain":
        return content
    if kind == "array":
        return file[content]
    if kind == "number":
        return file[content][()]
    if kind == "tensor":
        torch: Any = importlib.import_module("torch")
        name, dtype = content
        tensor = torch.from_numpy(file[name])
        return tensor.view(torch.bfloat16) if dtype == "bfloat16" else tensor
    if kind == "float":
        return float(content)
    if kind == "bytes":
        return bytes.fromhex(content)
    if kind == "dict":
        return {_grown(key, file): _grown(each, file) for key, each in content}
    grown = [_grown(each, file) for each in content]
    return tuple(grown) if kind == "tuple" else grown
