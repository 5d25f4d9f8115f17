"""The source of classes and functions, where it can be had: in a file or a notebook, not after `exec`."""

from __future__ import annotations

import ast
import linecache
import sys
from collections.abc import Iterator
from functools import lru_cache
from types import CodeType, FunctionType
from typing import Any, NamedTuple


class Module(NamedTuple):
    """A file, read."""

    functions: dict[tuple[str, int], ast.FunctionDef]
    """By name and first line, which is that of the first decorator."""
    lambdas: dict[int, list[ast.Lambda]]
    """By line, in order."""
    fields: dict[tuple[str, str], int]
    """The lines of the names that a class annotates or binds, by its qualified name."""
    twice: dict[str, list[tuple[str, int, int]]]
    """Methods with decorators that a class defines again, by its qualified name: with the first and the last line."""


@lru_cache(maxsize=64)
def _read(source: str) -> Module | None:
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return None
    functions: dict[tuple[str, int], ast.FunctionDef] = {}
    lambdas: dict[int, list[ast.Lambda]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            functions[node.name, first] = node
        elif isinstance(node, ast.Lambda):
            lambdas.setdefault(node.lineno, []).append(node)
    fields = {
        (name, target.id): item.lineno
        for name, cls in _classes(tree, "")
        for item in cls.body
        for target in _targets(item)
        if isinstance(target, ast.Name)
    }
    return Module(functions, lambdas, fields, {name: _twice(cls) for name, cls in _classes(tree, "")})


def _twice(cls: ast.ClassDef) -> list[tuple[str, int, int]]:
    lines: dict[str, list[int]] = {}
    for item in cls.body:
        if isinstance(item, ast.FunctionDef) and any(isinstance(one, ast.Call) for one in item.decorator_list):
            lines.setdefault(item.name, []).append(item.lineno)
    return [(name, found[0], found[-1]) for name, found in lines.items() if len(found) > 1]


def _targets(item: ast.stmt) -> list[ast.expr]:
    if isinstance(item, ast.AnnAssign):
        return [item.target]
    return item.targets if isinstance(item, ast.Assign) else []


def module_of(code: CodeType) -> Module | None:
    """The file in which that code stands."""
    linecache.checkcache(code.co_filename)
    lines = linecache.getlines(code.co_filename)
    return _read("".join(lines)) if lines else None


def tree_of(function: FunctionType) -> ast.FunctionDef | None:
    """The definition of a function."""
    module = module_of(function.__code__)
    code = function.__code__
    return module.functions.get((code.co_name, code.co_firstlineno)) if module else None


def guard_text(guard: Any) -> str | None:
    """The condition of a guard as written: the body of a lambda, what a function returns, or its name."""
    if not isinstance(guard, FunctionType):
        return None
    if guard.__name__ != "<lambda>":
        tree = tree_of(guard)
        if tree and isinstance(tree.body[-1], ast.Return) and len(tree.body) == 1 and tree.body[-1].value:
            return ast.unparse(tree.body[-1].value)
        return guard.__name__
    module = module_of(guard.__code__)
    found = list(module.lambdas.get(guard.__code__.co_firstlineno, ())) if module else []
    if len(found) > 1:
        found = [node for node in found if _stands_at(node, guard.__code__)]
    return ast.unparse(found[0].body) if found else None


def _stands_at(node: ast.Lambda, code: CodeType) -> bool:
    """Whether the code's instructions come from within that lambda's body."""
    body = node.body
    start, end = (body.lineno, body.col_offset), (body.end_lineno or 0, body.end_col_offset or 0)
    for line, end_line, column, end_column in code.co_positions():
        if None in (line, end_line, column, end_column) or column == end_column:
            continue
        if not (start <= (line or 0, column or 0) and (end_line or 0, end_column or 0) <= end):
            return False
    return True


def within(statement: ast.stmt) -> Iterator[ast.AST]:
    """All nodes within a statement, but not those of functions and classes within it."""
    pending = _children(statement)
    while pending:
        node = pending.pop()
        yield node
        pending.extend(_children(node))


def _children(node: ast.AST) -> list[ast.AST]:
    """In reverse order."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return []
    return list(ast.iter_child_nodes(node))[::-1]


def path_of(cls: type) -> str:
    """The file in which a class stands: that of its methods, or of its module."""
    functions = (value for value in vars(cls).values() if isinstance(value, FunctionType))
    code = next((function.__code__ for function in functions if function.__module__ == cls.__module__), None)
    if code:
        return code.co_filename
    module = sys.modules.get(cls.__module__)
    return getattr(module, "__file__", None) or f"<{cls.__module__}>"


def field_line(cls: type, name: str) -> int | None:
    """The line on which a class annotates or binds a name, if its source can be had."""
    lines = linecache.getlines(path_of(cls))
    module = _read("".join(lines)) if lines else None
    return module.fields.get((cls.__qualname__, name)) if module else None


def defined_twice(cls: type) -> list[tuple[str, int, int]]:
    """The methods with decorators that a class defines more than once: with the lines of the first and the last."""
    lines = linecache.getlines(path_of(cls))
    module = _read("".join(lines)) if lines else None
    return module.twice.get(cls.__qualname__, []) if module else []


def _classes(node: ast.AST, prefix: str) -> Iterator[tuple[str, ast.ClassDef]]:
    """All classes with their qualified names."""
    for child in ast.iter_child_nodes(node):
        inner = prefix
        if isinstance(child, ast.ClassDef):
            yield prefix + child.name, child
            inner = f"{prefix}{child.name}."
        elif isinstance(child, ast.FunctionDef):
            inner = f"{prefix}{child.name}.<locals>."
        yield from _classes(child, inner)
