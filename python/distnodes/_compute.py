"""Training takes time: `net.compute`, and what a run has for it.

A function is called with arguments of the moment, by another process, while the simulation goes on.  What it gives is
looked at when the alarm rings that it belongs to, at its virtual time: so the result of a run does not depend on how
many processes compute, nor on how fast they are.
"""

from __future__ import annotations

from _thread import _local
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from ._records import record_of

if TYPE_CHECKING:
    import os

    from ._native import Net
    from ._pool import Pool, Task
    from ._remembered import Remembered
    from ._speeds import Speeds

MEASURED = "measured"


class _Computed:
    """In the place of what is being computed."""

    def __repr__(self) -> str:
        return ".."


COMPUTED = _Computed()


def computed() -> Any:
    """The default of the field of an alarm that gets what a function has computed::

    @nodes.alarm
    class Trained:
        round: int
        weights: list[float] = nodes.computed()

    net.compute(train, weights, takes=1.5, then=Trained(round=3))
    """
    return COMPUTED


class Computation(NamedTuple):
    """What `net.compute` did in a run."""

    calls: int
    """How many calls there were."""
    cached: int
    """How many of them were not made, since the cache had their results."""
    shipped: int
    """How many bytes of arguments went to other processes."""
    seconds: float
    """How long the calls took, in seconds of the processor, those that the cache had not among them."""


class Context:
    """What a run has for computing."""

    def __init__(
        self,
        workers: int | None = 0,
        cache: str | os.PathLike[str] | None = None,
        speeds: Speeds | None = None,
        draws: bool = True,
    ) -> None:
        if workers is not None and workers < 0:
            raise ValueError(
                f"workers={workers}: 0 computes in this process; a larger number is that of other processes which do"
            )
        self._workers = workers
        self._pool: Pool | None = None
        self._cache: Remembered | None = None
        if cache is not None:
            from ._remembered import Remembered

            self._cache = Remembered(cache)
        self.speeds = speeds
        self._draws = draws
        self._calls = self._cached = 0
        self._seconds = 0.0
        self.is_measured = False
        """Whether some time of the run was measured, so that it is not the same again."""

    @property
    def computation(self) -> Computation:
        """What was done so far."""
        return Computation(self._calls, self._cached, self._pool.shipped if self._pool else 0, self._seconds)

    def begin(
        self, net: Net, function: Callable[..., Any], arguments: tuple[Any, ...], keywords: dict[str, Any]
    ) -> Call:
        """Has a call made, or has found its result."""
        self._calls += 1
        # All outcomes of a draw would be looked at by a check.
        seed = net.random(0, (1 << 63) - 1) if self._draws else 0
        content = (seed, arguments, keywords)
        key = None
        if self._cache is not None:
            key = self._cache.key(function, content)
            found = self._cache.find(key)
            if found is not None:
                self._cached += 1
                return Call(self, done=found)
        return Call(self, self._submitted(function, content), key)

    def _submitted(self, function: Callable[..., Any], content: Any) -> Task:
        from ._pool import Pool, Task

        if self._workers == 0:
            return _here(function, content)
        if self._pool is None:
            import os

            self._pool = Pool(self._workers or len(os.sched_getaffinity(0)))
        try:
            packed = self._pool.pack(content)
        except Exception as wrong:
            raise TypeError(f"net.compute({_name(function)}, ..): {_not_packed(content, wrong)}") from None
        task = Task(function, packed, content)
        self._pool.submit(task)
        return task

    def result(self, task: Task, key: str | None) -> Done:
        """What came of a call, once it is made."""
        answer = task.answer
        if answer is None:
            assert self._pool is not None, "a call that is not made yet is made by another process"
            answer = self._pool.wait(task)
        self._seconds += answer.seconds
        if answer.wrong is not None:
            raise answer.wrong
        done = Done(answer.result, answer.seconds)
        if key is not None and self._cache is not None:
            self._cache.keep(key, done, task.function)
        return done

    def close(self) -> None:
        """Ends what it has started."""
        if self._pool:
            self._pool.close()


class Done(NamedTuple):
    """What a call gave."""

    result: Any
    seconds: float


class Call:
    """A call whose result an alarm waits for."""

    def __init__(
        self, context: Context, task: Task | None = None, key: str | None = None, done: Done | None = None
    ) -> None:
        self._context, self._task, self._key, self._done = context, task, key, done

    def done(self) -> Done:
        """Waits for the result.

        Raises:
            BaseException: What the function has raised.
        """
        if self._done is None:
            assert self._task is not None, "a call is done, or has a task"
            self._done = self._context.result(self._task, self._key)
            self._task = None
        return self._done


class Pending:
    """An alarm that waits for what is being computed."""

    def __init__(self, alarm: Any, field: str, call: Call) -> None:
        self._alarm, self._field, self._call = alarm, field, call

    def ring(self) -> Any:
        """The alarm with its result, for which it waits.

        Raises:
            BaseException: What the function has raised.
        """
        values = {name: getattr(self._alarm, name) for name in record_of(type(self._alarm)).annotations}  # type: ignore[union-attr]
        return type(self._alarm)(**{**values, self._field: self._call.done().result})


class _Contexts(_local):
    """The contexts of the runs that this thread makes, innermost last."""

    def __init__(self) -> None:
        self.open: list[Context] = []


_CONTEXTS = _Contexts()


def context() -> Context:
    """That of the run that is being made: one that computes at once, unless the run has another."""
    return _CONTEXTS.open[-1] if _CONTEXTS.open else Context()


def speed_of(node: int) -> float:
    """How fast that node computes, in the run that is being made."""
    speeds = context().speeds
    return 1.0 if speeds is None else speeds.of(node)


@contextmanager
def computing(context: Context) -> Iterator[Context]:
    """What is computed within is computed by that."""
    _CONTEXTS.open.append(context)
    try:
        yield context
    finally:
        _CONTEXTS.open.pop()
        context.close()


def begin(net: Net, function: Any, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> tuple[Any, Any, Pending]:
    """What `net.compute` is given; the time after which an alarm is to ring, the alarm, and what it waits for.

    Raises:
        TypeError: If it is given something else.
        ValueError: If a time, or an amount of work, is none.
    """
    name = _name(function)
    if not callable(function):
        raise TypeError(f"net.compute({name}, ..): the first argument is the function that computes")
    takes, work, then = (keywords.pop(key, None) for key in ("takes", "work", "then"))
    alarm, field = _alarm_of(name, then)
    if (takes is None) == (work is None):
        raise TypeError(
            f"net.compute({name}, ..): how long does it take? write either `takes=1.5`, in seconds of the run, or "
            "`work=..`, which a node of speed 1 does in as many seconds"
        )
    here = context()
    factor = _factor(name, takes)
    if work is not None:
        takes = _seconds(name, "work", work) / net.speed
    elif factor is None:
        takes = _seconds(name, "takes", takes.total_seconds() if hasattr(takes, "total_seconds") else takes)
    call = here.begin(net, function, arguments, keywords)
    if factor is not None:
        here.is_measured = True
        takes = call.done().seconds * factor / net.speed
    return takes, alarm, Pending(alarm, field, call)


def _factor(name: str, takes: Any) -> float | None:
    """What the measured time is multiplied by; None if it is not to be measured."""
    if not isinstance(takes, str):
        return None
    word, colon, factor = takes.partition(":")
    try:
        if word != MEASURED:
            raise ValueError
        return _seconds(name, "takes", float(factor)) if colon else 1.0
    except ValueError:
        raise ValueError(
            f'net.compute({name}, .., takes="{takes}"): write seconds, or `"{MEASURED}"`, or `"{MEASURED}:2.5"` for so '
            "many times what it takes here"
        ) from None


def _seconds(name: str, what: str, given: Any) -> float:
    number = given.item() if hasattr(given, "item") else given  # one of NumPy
    if isinstance(number, bool) or not isinstance(number, int | float) or not 0 <= number < float("inf"):
        raise ValueError(f"net.compute({name}, .., {what}={given!r}): write a number of seconds, 0 or more")
    return float(number)


def _alarm_of(name: str, then: Any) -> tuple[Any, str]:
    """The alarm that rings then, and the field of it that gets the result."""
    if then is None:
        raise TypeError(
            f"net.compute({name}, ..): what is the result for? write `then=Trained`, an alarm of the protocol"
        )
    cls = then if isinstance(then, type) else type(then)
    record = record_of(cls)
    if record is None or record.kind != "alarm":
        raise TypeError(
            f"net.compute({name}, .., then={then!r}): write an alarm, `@nodes.alarm class {cls.__name__}: ..`"
        )
    fields = [field for field, default in record.defaults.items() if default is COMPUTED]
    if len(fields) != 1:
        example = next(iter(record.annotations), "result")
        which = "no field" if not fields else f"{len(fields)} fields"
        raise TypeError(
            f"net.compute({name}, .., then={cls.__name__}): {which} of `{cls.__name__}` has the default that stands "
            f"for the result; write `{example}: .. = nodes.computed()` for one"
        )
    if then is cls:
        missing = [field for field in record.annotations if field not in record.defaults]
        if missing:
            raise TypeError(
                f"net.compute({name}, .., then={cls.__name__}): it has other fields too; write "
                f"`then={cls.__name__}({', '.join(f'{field}=..' for field in missing)})`"
            )
        then = cls()
    return then, fields[0]


def _name(function: Any) -> str:
    return getattr(function, "__qualname__", None) or repr(function)


def _here(function: Callable[..., Any], content: Any) -> Task:
    """A call that is made now, with arguments of its own, as another process would have them."""
    import pickle

    from ._calls import called, seeded
    from ._pool import Answer, Task
    from ._shared import packed, unpacked

    fixed: list[Any] = []

    def refer(array: Any) -> int:
        fixed.append(array)
        return len(fixed) - 1

    try:
        as_sent = packed(content, refer)
    except Exception as wrong:
        raise TypeError(f"net.compute({_name(function)}, ..): {_not_packed(content, wrong)}") from None

    def work() -> Any:
        seed, arguments, keywords = unpacked(as_sent, fixed.__getitem__)
        with seeded(seed):
            return function(*arguments, **keywords)

    task = Task(function, b"", None)
    task.answer = Answer(*pickle.loads(called(work)))
    return task


def _not_packed(content: Any, wrong: Exception) -> str:
    """Which argument other processes cannot have."""
    from ._shared import packed

    _, arguments, keywords = content
    for place, value in [*enumerate(arguments, 2), *keywords.items()]:
        try:
            packed(value, lambda _: 0)
        except Exception as refused:
            which = f"argument {place}" if isinstance(place, int) else f"`{place}`"
            return f"another process cannot have {which}: {refused}"
    return f"other processes cannot have its arguments: {wrong}"
