"""What a method does, as far as its source shows: the states that it assigns, what it sends, which methods it calls."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Mapping
from types import FunctionType, ModuleType
from typing import Any, NamedTuple

from ._source import tree_of, within
from ._states import State

UNKNOWN: Any = object()
"""In the place of what a name means, where that cannot be seen."""

SENDING = frozenset(
    ("send", "send_to", "send_to_all", "send_to_all_except", "send_random", "send_to_self", "send_other_way")
)
RINGING = frozenset(("set_alarm", "restart", "cancel"))


class Assignment(NamedTuple):
    """`self.state = ..`."""

    line: int
    states: tuple[State, ...]
    """All states that are mentioned in the value."""
    plain: State | None
    """The state, if the value is nothing else."""
    certain: bool
    """It stands in the body itself, and nothing returns before."""
    given: tuple[int, tuple[str, ...]] | None = None
    """How many values the state is given to carry by place, and which by name; `None` if it has no parentheses."""


class Use(NamedTuple):
    """Something that is mentioned, and where."""

    line: int
    name: str
    value: Any = None
    """What it means."""
    is_class: bool = False
    """The class itself is mentioned, and no instance of it is made."""


class Scan:
    """What the source of one method shows."""

    def __init__(self, function: FunctionType, tree: ast.FunctionDef) -> None:
        self.function = function
        parameters = (*tree.args.posonlyargs, *tree.args.args)
        self._parameters = {parameter.arg for parameter in parameters}
        self._self = parameters[0].arg if parameters else ""
        self.assignments: list[Assignment] = []
        self.unknown_states: list[Use] = []
        """Names assigned to `self.state` that mean nothing, or something other than a state."""
        self.calls: set[str] = set()
        """The methods that it calls on its node."""
        self.calls_super = False
        self.sends: list[Use] = []
        """What is sent: the class of each message, or the class itself where no instance is made."""
        self.rings: list[Use] = []
        self.net: list[Use] = []
        """Everything that is asked of `net`."""
        self.fields: list[Use] = []
        """The attributes of the node that are assigned."""
        self.ordered: list[Use] = []
        """The attributes of the node whose elements are taken one by one, in their order."""
        self.returns: list[int] = []
        self.compared: list[Use] = []
        """`self.state == ..` as a statement."""
        self.loose: list[Use] = []
        """Names that are read but bound nowhere."""
        self.outside: list[Use] = []
        """Functions of a clock or of a random number generator that are called."""
        self.made_calls: list[ast.Call] = []
        """All calls."""
        self.of_event: list[Use] = []
        """What is asked of `msg` or `alarm`, and, as a class, what is assigned there."""
        self.shared: list[Use] = []
        """Names of others that it binds: `global count`."""
        self.carried: list[Use] = []
        """`self.state.answers = ..`."""
        self.mentions: dict[str, list[int]] = {}
        """The attributes of the node that are mentioned, with the lines."""
        self.is_open = False
        """The node itself is given away, so that it may be changed elsewhere."""
        self._read(tree)

    def _read(self, tree: ast.FunctionDef) -> None:
        certain = True
        for statement in tree.body:
            for node in (statement, *within(statement)):
                self._node(node, certain and node is statement)
            certain = certain and not any(isinstance(node, ast.Return) for node in ast.walk(statement))

    def _node(self, node: ast.AST, certain: bool) -> None:
        for child in ast.iter_child_nodes(node):
            self.is_open |= self._is_self(child) and not isinstance(node, ast.Attribute)
        if isinstance(node, ast.Attribute) and self._is_self(node.value):
            self.mentions.setdefault(node.attr, []).append(node.lineno)
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                self.is_open = True
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    self._target(target, value, certain)
            case ast.AnnAssign(target=target, value=ast.expr() as value) | ast.AugAssign(target=target, value=value):
                self._target(target, value, certain)
            case ast.Call():
                self.made_calls.append(node)
                self._call(node)
            case ast.Global(names=names) | ast.Nonlocal(names=names):
                self.shared.extend(Use(node.lineno, name) for name in names)
            case ast.Attribute(value=ast.Name(id="msg" | "alarm" as event), attr=name) if event in self._parameters:
                self.of_event.append(Use(node.lineno, name, event, isinstance(node.ctx, ast.Store)))
            case ast.Attribute(value=owner, attr=name, ctx=ast.Store()) if self._is_own(owner, "state"):
                self.carried.append(Use(node.lineno, name))
            case ast.For(iter=source) | ast.ListComp(generators=[ast.comprehension(iter=source), *_]):
                self._takes_in_order(source)
            case ast.Return(value=ast.expr() as value) if not self._gives_nothing(value):
                self.returns.append(node.lineno)
            case ast.Expr(value=ast.Compare(left=left, ops=[ast.Eq()], comparators=[right])):
                if self._is_own(left, "state"):
                    self.compared.append(Use(node.lineno, ast.unparse(right)))
            case ast.Attribute(value=ast.Name(id="net"), attr=name):
                self.net.append(Use(node.lineno, name))
            case ast.Name(id=name, ctx=ast.Load()) if self._is_loose(name):
                self.loose.append(Use(node.lineno, name))

    def _target(self, target: ast.expr, value: ast.expr, certain: bool) -> None:
        if isinstance(target, ast.Tuple | ast.List):
            for part in target.elts:
                self._target(part, value, False)
        elif self._is_own(target, "state"):
            self._assigns(target, value, certain)
        elif isinstance(target, ast.Attribute) and self._is_self(target.value):
            self.fields.append(Use(target.lineno, target.attr))

    def _assigns(self, target: ast.expr, value: ast.expr, certain: bool) -> None:
        states = []
        for node in ast.walk(value):
            found = self.meaning(node)
            if isinstance(found, State):
                states.append(found)
        plain = self.meaning(value.func if isinstance(value, ast.Call) else value)
        if isinstance(plain, State):
            given = _given(value) if isinstance(value, ast.Call) else None
            self.assignments.append(Assignment(target.lineno, tuple(states), plain, certain, given))
            return
        self.assignments.append(Assignment(target.lineno, tuple(states), None, certain))
        if isinstance(value, ast.Constant):
            self.unknown_states.append(Use(target.lineno, ast.unparse(value), value.value))
            return
        name = value.id if isinstance(value, ast.Name) else value.attr if isinstance(value, ast.Attribute) else ""
        of_states = isinstance(value, ast.Attribute) and _is_states(self.meaning(value.value))
        if of_states or (isinstance(value, ast.Name) and (plain is not UNKNOWN or self._is_loose(name))):
            self.unknown_states.append(Use(target.lineno, name, plain))

    def _call(self, node: ast.Call) -> None:
        called = node.func
        if isinstance(called, ast.Attribute):
            if self._is_self(called.value) or _is_super(called.value):
                self.calls.add(called.attr)
                self.calls_super |= _is_super(called.value)
            elif isinstance(called.value, ast.Name) and called.value.id == "net":
                self._asks(called.attr, node)
            if called.attr == "pop":
                self._takes_in_order(called.value)
        found = self.meaning(called)
        if found in (list, tuple) and node.args:
            self._takes_in_order(node.args[0])
        if found is not UNKNOWN and (name := _name_outside(found, bool(node.args or node.keywords))):
            self.outside.append(Use(node.lineno, name, ast.unparse(called)))

    def _takes_in_order(self, source: ast.expr) -> None:
        if isinstance(source, ast.Attribute) and self._is_self(source.value):
            self.ordered.append(Use(source.lineno, source.attr))

    def _asks(self, name: str, node: ast.Call) -> None:
        uses = self.sends if name in SENDING else self.rings if name in RINGING else None
        given = [*node.args, *(keyword.value for keyword in node.keywords)]
        if name == "compute":
            uses, given = self.rings, [keyword.value for keyword in node.keywords if keyword.arg == "then"]
        if uses is None or not given:
            return
        last = given[-1]
        found = self.meaning(last.func if isinstance(last, ast.Call) else last)
        if isinstance(found, type):
            uses.append(Use(node.lineno, name, found, is_class=not isinstance(last, ast.Call)))

    def meaning(self, node: ast.AST) -> Any:
        """What a name, or an attribute of a module or class, means in that method; `UNKNOWN` if that cannot be seen."""
        if isinstance(node, ast.Name):
            return lookup(self.function, node.id)
        if isinstance(node, ast.Attribute):
            owner = self.meaning(node.value)
            if isinstance(owner, ModuleType | type):
                return getattr(owner, node.attr, UNKNOWN)
        return UNKNOWN

    def _is_self(self, node: ast.AST) -> bool:
        return isinstance(node, ast.Name) and node.id == self._self

    def _is_own(self, node: ast.AST, field: str) -> bool:
        return isinstance(node, ast.Attribute) and node.attr == field and self._is_self(node.value)

    def _is_loose(self, name: str) -> bool:
        code = self.function.__code__
        bound = name in code.co_varnames or name in code.co_cellvars or name in code.co_freevars
        return not bound and lookup(self.function, name) is UNKNOWN and name in code.co_names

    def _gives_nothing(self, value: ast.expr) -> bool:
        """`None`, or what a method of the node or of `net` gives, which is nothing."""
        match value:
            case ast.Constant(value=None):
                return True
            case ast.Call(func=ast.Attribute(value=owner)):
                return self._is_of_node(owner)
            case _:
                return False

    def _is_of_node(self, node: ast.expr) -> bool:
        return self._is_self(node) or _is_super(node) or (isinstance(node, ast.Name) and node.id == "net")


def _given(call: ast.Call) -> tuple[int, tuple[str, ...]]:
    return len(call.args), tuple(keyword.arg or "**" for keyword in call.keywords)


def lookup(function: FunctionType, name: str) -> Any:
    """What a name means in a function, if it is not one of its own variables."""
    code = function.__code__
    if name in code.co_varnames or name in code.co_cellvars:
        return UNKNOWN
    if name in code.co_freevars and function.__closure__:
        try:
            return function.__closure__[code.co_freevars.index(name)].cell_contents
        except ValueError:  # not bound yet
            return UNKNOWN
    return function.__globals__.get(name, getattr(builtins, name, UNKNOWN))


def _is_super(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "super"


def _is_states(found: object) -> bool:
    return isinstance(found, type) and issubclass(found, State)


def _name_outside(found: Any, has_arguments: bool) -> str:
    """Whether it is a clock (`"clock"`) or draws random numbers (`"coin"`, `"rng.choice(..)"`); empty if it is neither.

    A generator of one's own that is given a seed is neither.
    """
    name = getattr(found, "__name__", "")
    if has_arguments and (isinstance(found, type) or name in ("default_rng", "uuid3", "uuid5")):
        return ""
    module = getattr(found, "__module__", None) or type(getattr(found, "__self__", None)).__module__
    if module == "random":
        return "rng" if isinstance(found, type) else f"rng.{name}(..)"
    if module in ("random", "secrets", "uuid") or module.startswith("numpy.random"):
        return "coin"
    of_time = module == "time" and name not in ("struct_time", "strftime", "sleep")
    of_date = module in ("datetime", "builtins") and name in ("now", "utcnow", "today")
    return "clock" if of_time or of_date else ""


def function_of(value: Any) -> FunctionType | None:
    """The function, if something that a class binds is one or wraps one."""
    function = value.__func__ if isinstance(value, staticmethod | classmethod) else value
    return function if type(function) is FunctionType else None


def scan(function: FunctionType) -> Scan | None:
    """What the method does, if its source can be had."""
    tree = tree_of(function)
    return Scan(function, tree) if tree else None


Scans = Mapping[str, tuple[Scan, ...]]
"""By the method's name; several for one that calls what it overrides."""


def scans_of(cls: type, names: Iterable[str]) -> Scans:
    """What each of these methods does, as far as its source can be had."""
    found: dict[str, tuple[Scan, ...]] = {}
    for name in names:
        scans = []
        for owner in cls.__mro__:
            function = function_of(vars(owner).get(name))
            one = scan(function) if function else None
            if one:
                scans.append(one)
            if function and not (one and one.calls_super):
                break
        if scans:
            found[name] = tuple(scans)
    return found


def becomes(method: str, scans: Scans) -> tuple[State, ...]:
    """The states that a method, or one that it calls, may assign."""
    states: dict[State, None] = {}
    for name in called(method, scans):
        for one in scans[name]:
            for assignment in one.assignments:
                states.update(dict.fromkeys(assignment.states))
    return tuple(states)


def called(method: str, scans: Scans) -> Iterable[str]:
    """The method and all that it calls, directly or not, as far as their source is known."""
    seen: dict[str, None] = {}
    pending = [method]
    while pending:
        name = pending.pop()
        if name in scans and name not in seen:
            seen[name] = None
            pending.extend(sorted(call for one in scans[name] for call in one.calls))
    return seen
