"""Every small defect that can be put into the code of money: sites in its syntax, drawn by a seed.

A mutant is one changed expression or one removed statement. Log calls, docstrings, annotations,
type-checking blocks and the words of errors are left as they are: no promise rests on them.
"""

from __future__ import annotations

import ast
import random
import re
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[2]
CODE_OF_MONEY = (
    "domain/allocation.py",
    "domain/capture.py",
    "domain/fees.py",
    "domain/ledger.py",
    "domain/payment.py",
    "domain/refund.py",
    "domain/tax.py",
    "gateway/errors.py",
    "gateway/wire.py",
    "services/outbox/*.py",
    "services/payments/capture.py",
    "services/payments/cancellation.py",
    "services/payments/status_check.py",
    "services/posting/*.py",
    "services/recovery/*.py",
    "services/refunds/*.py",
    "services/unapplied/*.py",
    "storage/payments/*.py",
)
_COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
    ast.BitXor: ast.BitOr,
}
_SWAPPED_NAMES = {"min": "max", "max": "min", "any": "all", "all": "any"}
_SQL = (
    (r"(?<![<>!])=", "!="),
    (r"!=", "="),
    (r"<=", "<"),
    (r">=", ">"),
    (r"<(?![=>])", "<="),
    (r"(?<![-<])>(?!=)", ">="),
    (r"\bNOT (?=IN|EXISTS)", ""),
    (r"(?<!NOT )\b(?=IN \(|EXISTS)", "NOT "),
    (r"\bAND\b", "OR"),
    (r"\bIS NULL\b", "IS NOT NULL"),
    (r"\bIS NOT NULL\b", "IS NULL"),
    (r"(?<='),'\w+'(?=\))", ""),
    (r"\bDESC\b", "ASC"),
    (r"\bLEFT JOIN\b", "JOIN"),
)
_IS_SQL = re.compile(r"\b(SELECT|UPDATE|INSERT|WHERE|ORDER BY|NOT IN|IN \()|\w = ")
_NOT_RUN = {"annotation", "returns", "decorator_list", "bases", "type_params"}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One defect: where it is, and the tree of the whole module with it.

    Attributes:
        path: below the repository.
        first_line: of the changed part.
        last_line: of the changed part.
        in_function: whether it is in a function, not in what runs at import.
        before: the changed part as it is.
        after: the changed part in the mutant.
    """

    path: str
    first_line: int
    last_line: int
    in_function: bool
    before: str
    after: str
    tree: ast.Module

    @property
    def module(self) -> str:
        """The name of its module."""
        return self.path.removesuffix(".py").replace("/", ".")

    def __str__(self) -> str:
        return f"{self.path}:{self.first_line}: {self.before}  →  {self.after or 'removed'}"


@dataclass(frozen=True, slots=True)
class _Site:
    """A part of a tree that can be replaced: a field of its parent."""

    parent: ast.AST
    field: str
    index: int | None
    in_function: bool

    @property
    def node(self) -> ast.AST:
        found = getattr(self.parent, self.field)
        node: ast.AST = found if self.index is None else found[self.index]
        return node

    def put(self, node: ast.AST) -> None:
        if self.index is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.index] = node


def files() -> list[str]:
    """Return the paths of the code of money, below the repository."""
    package = ROOT / "desktop_app"
    return sorted(
        {
            path.relative_to(ROOT).as_posix()
            for pattern in CODE_OF_MONEY
            for path in package.glob(pattern)
            if path.name != "__init__.py"
        }
    )


def draw(seed: int, count: int) -> tuple[list[Mutant], int]:
    """Draw mutants without repetition; return them in order of place, and how many there are."""
    known = [(path, number) for path in files() for number in range(_count(path))]
    drawn = random.Random(seed).sample(known, min(count, len(known)))
    return [_mutant(path, number) for path, number in sorted(drawn)], len(known)


def edited(path: str, old: str, new: str, *, then: tuple[str, str] | None = None) -> Mutant:
    """Return the mutant in which the only `old` of a file is `new`.

    Raises:
        ValueError: the file does not hold `old` exactly once.
    """
    original = (ROOT / path).read_text(encoding="utf-8")
    text = original
    for was, becomes in [(old, new), *([then] if then else [])]:
        if text.count(was) != 1:
            raise ValueError(f"{path} holds {was!r} {text.count(was)} times")
        text = text.replace(was, becomes)
    line = original[: original.index(old)].count("\n") + 1
    inside = any(
        each.lineno <= line <= (each.end_lineno or 0)
        for each in ast.walk(ast.parse(original))
        if isinstance(each, ast.FunctionDef)
    )
    return Mutant(path, line, line, inside, old.strip(), new.strip(), ast.parse(text))


@cache
def _count(path: str) -> int:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return sum(1 for _ in changes(tree))


def changes(tree: ast.Module) -> Iterator[tuple[_Site, ast.AST]]:
    """Yield every part of a module that can be changed, with what may take its place."""
    return ((site, new) for site in _sites(tree) for new in _replacements(site))


def _mutant(path: str, number: int) -> Mutant:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    site, new = next(pair for at, pair in enumerate(changes(tree)) if at == number)
    old = site.node
    before = _short(old)
    site.put(ast.copy_location(new, old))
    ast.fix_missing_locations(tree)
    placed = old.target if isinstance(old, ast.comprehension) else old
    first = getattr(placed, "lineno", 0)
    last = getattr(old, "end_lineno", first)
    after = "" if isinstance(new, ast.Pass) else _short(new)
    return Mutant(path, first, last, site.in_function, before, after, tree)


def _short(node: ast.AST) -> str:
    text = ast.unparse(node)
    return " ".join((text.split("\n", 1)[0] if isinstance(node, ast.If) else text).split())


# --- where


def _sites(node: ast.AST, *, in_function: bool = False, in_class: bool = False) -> Iterator[_Site]:
    """Walk what may be mutated, parents first."""
    for field, value in ast.iter_fields(node):
        if field in _NOT_RUN or (field == "args" and not isinstance(node, ast.Call)):
            continue
        many = isinstance(value, list)
        for index, child in enumerate(value if many else [value]):
            if not isinstance(child, ast.AST) or _is_left_alone(child):
                continue
            if in_class and not isinstance(child, ast.FunctionDef):
                continue
            inside = in_function or isinstance(child, ast.FunctionDef)
            if isinstance(child, ast.stmt | ast.expr | ast.comprehension):
                yield _Site(node, field, index if many else None, inside)
            yield from _sites(child, in_function=inside, in_class=isinstance(child, ast.ClassDef))


def _is_left_alone(node: ast.AST) -> bool:
    match node:
        case ast.Expr(value=ast.Constant()):  # a docstring
            return True
        case ast.If(test=ast.Name(id="TYPE_CHECKING")):
            return True
        case ast.Expr(value=call):
            return _is_left_alone(call)
        case ast.Call(func=ast.Attribute(value=ast.Name(id="log"))):
            return True
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            return name.endswith("Error")  # its words
        case _:
            return isinstance(node, ast.Import | ast.ImportFrom | ast.expr_context)


# --- what


def _replacements(site: _Site) -> Iterator[ast.AST]:
    node = site.node
    for kind, operator in _OPERATORS:
        if isinstance(node, kind):
            yield from operator(site, node)


def _compared(_site: _Site, node: ast.Compare) -> Iterator[ast.AST]:
    for at, op in enumerate(node.ops):
        for new in _COMPARISONS[type(op)]:
            ops = [*node.ops]
            ops[at] = new()
            yield ast.Compare(node.left, ops, node.comparators)


def _joined(_site: _Site, node: ast.BoolOp) -> Iterator[ast.AST]:
    yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
    for left_out in range(len(node.values)):
        rest = [each for at, each in enumerate(node.values) if at != left_out]
        yield rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest)


def _turned(_site: _Site, node: ast.UnaryOp) -> Iterator[ast.AST]:
    if isinstance(node.op, ast.Not | ast.USub):
        yield node.operand


def _calculated(_site: _Site, node: ast.BinOp) -> Iterator[ast.AST]:
    is_text = any(isinstance(each, ast.JoinedStr | ast.List) for each in (node.left, node.right))
    if type(node.op) in _ARITHMETIC and not is_text:
        yield ast.BinOp(node.left, _ARITHMETIC[type(node.op)](), node.right)


def _added(_site: _Site, node: ast.AugAssign) -> Iterator[ast.AST]:
    if type(node.op) in _ARITHMETIC:
        yield ast.AugAssign(node.target, _ARITHMETIC[type(node.op)](), node.value)
    yield ast.Pass()


def _constants(site: _Site, node: ast.Constant) -> Iterator[ast.AST]:
    value = node.value
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, int):
        yield ast.Constant(value + 1)
    elif isinstance(value, str) and _IS_SQL.search(value):
        for pattern, new in _SQL:
            for found in re.finditer(pattern, value):
                yield ast.Constant(value[: found.start()] + new + value[found.end() :])
    elif isinstance(value, str) and isinstance(
        site.parent, ast.Compare | ast.Set | ast.Tuple | ast.Dict | ast.keyword
    ):
        yield ast.Constant(f"{value}_")


def _members(_site: _Site, node: ast.Attribute) -> Iterator[ast.AST]:
    """The next member of an enumeration."""
    members = _enumerations().get(node.value.id, ()) if isinstance(node.value, ast.Name) else ()
    if node.attr in members:
        after = members[(members.index(node.attr) + 1) % len(members)]
        yield ast.Attribute(node.value, after, ast.Load())


def _swapped(site: _Site, node: ast.Name) -> Iterator[ast.AST]:
    if site.field == "func" and node.id in _SWAPPED_NAMES:
        yield ast.Name(_SWAPPED_NAMES[node.id], ast.Load())


def _unfiltered(_site: _Site, node: ast.comprehension) -> Iterator[ast.AST]:
    if node.ifs:
        yield ast.comprehension(node.target, node.iter, [], node.is_async)


def _decided(_site: _Site, node: ast.If | ast.IfExp | ast.While) -> Iterator[ast.AST]:
    """The guard gone, and the condition turned where it is no comparison."""
    ends = (ast.Return, ast.Raise, ast.Continue, ast.Break)
    if isinstance(node, ast.If) and not node.orelse and isinstance(node.body[-1], ends):
        yield ast.If(ast.Constant(value=False), node.body, [])
    if not isinstance(node.test, ast.Compare):
        turned = deepcopy(node)
        turned.test = ast.UnaryOp(ast.Not(), turned.test)
        yield turned


def _returned(_site: _Site, node: ast.Return) -> Iterator[ast.AST]:
    if node.value is not None and not isinstance(node.value, ast.Constant):
        yield ast.Return(ast.Constant(None))


def _removed(site: _Site, node: ast.Expr | ast.Assign | ast.Raise) -> Iterator[ast.AST]:
    """Calls, changes of objects, and errors that are not all of a guard."""
    match node:
        case ast.Expr(value=ast.Call()) | ast.Assign(targets=[ast.Attribute() | ast.Subscript()]):
            yield ast.Pass()
        case ast.Raise() if not isinstance(site.parent, ast.If) or len(site.parent.body) > 1:
            yield ast.Pass()
        case _:
            pass


_OPERATORS: tuple[tuple[Any, Callable[[_Site, Any], Iterator[ast.AST]]], ...] = (
    (ast.Compare, _compared),
    (ast.BoolOp, _joined),
    (ast.UnaryOp, _turned),
    (ast.BinOp, _calculated),
    (ast.AugAssign, _added),
    (ast.Constant, _constants),
    (ast.Attribute, _members),
    (ast.Name, _swapped),
    (ast.comprehension, _unfiltered),
    (ast.If | ast.IfExp | ast.While, _decided),
    (ast.Return, _returned),
    (ast.Expr | ast.Assign | ast.Raise, _removed),
    (ast.Continue, lambda _site, _node: iter([ast.Break()])),
    (ast.Break, lambda _site, _node: iter([ast.Continue()])),
)


@cache
def _enumerations() -> dict[str, tuple[str, ...]]:
    """Return the members of each enumeration of the domain, and of its short names."""
    found: dict[str, tuple[str, ...]] = {}
    for path in sorted((ROOT / "desktop_app/domain").glob("*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            match node:
                case ast.ClassDef(name=name, bases=[ast.Name(id="StrEnum")], body=body):
                    targets = [each.targets[0] for each in body if isinstance(each, ast.Assign)]
                    found[name] = tuple(each.id for each in targets if isinstance(each, ast.Name))
                case ast.Assign(targets=[ast.Name(id=short)], value=ast.Name(id=name)):
                    found[short] = found.get(name, ())
                case _:
                    pass
    return found
