"""Puts a mutant into the running process, and takes it out again.

A function is replaced by its code: every name, alias and bound method that leads to it has the
defect at once. What runs at import is computed again, and its result replaces the old one wherever
it was imported. No file is written.
"""

from __future__ import annotations

import ast
import gc
import importlib
import sys
from contextlib import contextmanager
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any

from .mutants import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .mutants import Mutant

_MISSING = object()


class NotAppliedError(Exception):
    """The mutant changes nothing that runs."""


@contextmanager
def applied(mutant: Mutant, known: Iterable[FunctionType] | None = None) -> Iterator[None]:
    """Run with a mutant.

    Args:
        mutant: the defect.
        known: the functions among which its own are; all of this process by default. A fork that
            looks at every object copies all memory.

    Raises:
        NotAppliedError: nothing of it could be put into the running code.
    """
    path = str(ROOT / mutant.path)
    module = importlib.import_module(mutant.module)
    code = compile(mutant.tree, path, "exec", dont_inherit=True)
    if mutant.in_function:
        undo = _swap_functions(path, code, functions() if known is None else known)
    else:
        undo = _swap_values(module, mutant.tree)
    if not undo:
        raise NotAppliedError(str(mutant))
    try:
        yield
    finally:
        for holder, name, value in reversed(undo):
            _set(holder, name, value)


def _set(holder: Any, name: str, value: Any) -> None:
    if isinstance(holder, dict):
        holder[name] = value
    else:
        setattr(holder, name, value)


def functions() -> list[FunctionType]:
    """Return every function of this process."""
    is_frozen = gc.get_freeze_count() > 0
    gc.unfreeze()  # what is frozen is not listed
    found = [each for each in gc.get_objects() if type(each) is FunctionType]
    if is_frozen:
        gc.freeze()  # else every later collection of garbage looks at all that was imported
    return found


def _swap_functions(
    path: str, code: CodeType, known: Iterable[FunctionType]
) -> list[tuple[Any, str, Any]]:
    new = _codes(code)
    undo: list[tuple[Any, str, Any]] = []
    for each in known:
        old = each.__code__
        if old.co_filename != path:
            continue
        changed = new.get((old.co_qualname, old.co_firstlineno), old)
        if changed.co_freevars == old.co_freevars and _work(changed) != _work(old):
            undo.append((each, "__code__", old))
            each.__code__ = changed
    return undo


def _codes(code: CodeType) -> dict[tuple[str, int], CodeType]:
    """Return the code of every function in a module's code, by name and line."""
    found = {(code.co_qualname, code.co_firstlineno): code}
    for const in code.co_consts:
        if isinstance(const, CodeType):
            found |= _codes(const)
    return found


def _work(code: CodeType) -> tuple[object, ...]:
    """Return what code does, without the places of its text."""
    consts = tuple(
        _work(each) if isinstance(each, CodeType) else (type(each), each) for each in code.co_consts
    )
    return code.co_code, code.co_names, code.co_varnames, consts


def _swap_values(module: Any, tree: ast.Module) -> list[tuple[Any, str, Any]]:
    """Compute the module's values again; put each that differs in the place of the old one."""
    values = [each for each in tree.body if isinstance(each, ast.Assign | ast.AnnAssign)]
    body = [each for each in values if getattr(each, "value", None) is not None]
    space = dict(vars(module))
    exec(compile(ast.Module([*body], []), module.__file__, "exec"), space)  # noqa: S102
    undo: list[tuple[Any, str, Any]] = []
    for name, new in space.items():
        old = vars(module).get(name, _MISSING)
        if name.startswith("__") or old is new or old is _MISSING or old == new:
            continue
        for other in [*sys.modules.values()]:
            names = getattr(other, "__dict__", {})
            if names.get(name, _MISSING) is old:
                undo.append((names, name, old))
                names[name] = new
    return undo
