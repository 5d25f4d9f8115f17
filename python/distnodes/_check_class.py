"""What can be wrong with the class as a class of Python."""

from __future__ import annotations

from types import FunctionType

from ._model import Model
from ._rules import clauses_of
from ._source import defined_twice, path_of


def check_class(model: Model) -> None:
    """Says what is wrong with how the class is made."""
    if "__dataclass_params__" in vars(model.cls):
        model.mistakes.add("`@protocol` reads the fields itself, which change; leave `@dataclass` out")
    for owner in model.cls.__mro__:
        made = vars(owner).get("__init__")
        if isinstance(made, FunctionType) and "__dataclass_params__" not in vars(owner):
            text = (
                "a node is not made by `__init__`: its fields begin with their defaults; where that is not enough, put"
            )
            text += " `@init` above `def begin(self, net)`"
            model.mistakes.add(text, made.__code__.co_firstlineno, "__init__", made.__code__.co_filename)
    for name, first, last in defined_twice(model.cls):
        if clauses_of(vars(model.cls).get(name)):
            text = f"`{name}` is defined twice, and the rules of the first, in line {first}, are lost"
            model.mistakes.add(f"{text}; call one of them otherwise", last, name, path_of(model.cls))
