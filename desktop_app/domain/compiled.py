"""Functions that are made once, for what each payment does many times.

Most are compiled from text that the program puts together, as dataclasses do. One function with
every field in its place takes a third of the time of loops over the fields: each payment makes
fifty records, and reads and writes twenty rows.
"""

from __future__ import annotations

from dataclasses import MISSING, fields
from functools import wraps
from json import JSONEncoder
from json.encoder import c_make_encoder, encode_basestring  # type: ignore[attr-defined]
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from _typeshed import DataclassInstance

Kind = TypeVar("Kind", bound="type[DataclassInstance]")

quoted: Callable[[str], str] = encode_basestring
"""Returns text as JSON. Raises TypeError for anything else."""


def compiled(arguments: Iterable[str], lines: Iterable[str], **known: Any) -> Callable[..., Any]:
    """Return a function.

    Args:
        arguments: the names of its arguments, with their defaults.
        lines: its statements, without indentation.
        known: what they use by name. Nothing that is read from a file may be in the text, but as
            `ascii` spells it.
    """
    text = f"def made({', '.join(arguments)}):\n " + "\n ".join(lines)
    exec(text, known)  # noqa: S102
    made: Callable[..., Any] = known["made"]
    return made


def quickly_made(kind: Kind) -> Kind:
    """Make the records of a frozen dataclass with slots in half the time.

    The constructor that this replaces writes each field through `object.__setattr__`. It is
    compiled with the first record, since a start makes few kinds of them.

    Raises:
        TypeError: a field has a factory, or no slot.
    """
    for field in fields(kind):
        if field.default_factory is not MISSING or field.name not in vars(kind):
            raise TypeError(f"{kind.__name__}.{field.name}")

    @wraps(vars(kind)["__init__"])
    def first(self: Any, *given: Any, **named: Any) -> None:
        made = _constructor(kind)
        type.__setattr__(kind, "__init__", made)
        made(self, *given, **named)

    type.__setattr__(kind, "__init__", first)
    return kind


def _constructor(kind: type[DataclassInstance]) -> Callable[..., None]:
    """Return what writes each slot of a new record through its descriptor."""
    arguments, lines, known = ["self"], [], {}
    for field in fields(kind):
        has_default = field.default is not MISSING
        arguments.append(f"{field.name}=default_{field.name}" if has_default else field.name)
        known[f"default_{field.name}"] = field.default
        known[f"set_{field.name}"] = vars(kind)[field.name].__set__
        lines.append(f"set_{field.name}(self, {field.name})")
    return compiled(arguments, lines, **known)


def json_writer(*, separators: tuple[str, str], sort_keys: bool) -> Callable[[Any], str]:
    """Return a function that does what the encoder of these options does; nothing is escaped.

    An encoder sets itself up again for each value, which takes twice as long as the writing.

    Args:
        separators: between two items, and after a key.
        sort_keys: whether the keys of an object are in order.
    """
    encoder = JSONEncoder(ensure_ascii=False, separators=separators, sort_keys=sort_keys)
    skips, allows_nan = False, True
    write = c_make_encoder(
        None, encoder.default, quoted, None, *reversed(separators), sort_keys, skips, allows_nan
    )  # fmt: skip
    return lambda value: "".join(write(value, 0))


def json_object(*names: str) -> Callable[..., str]:
    """Return a function that writes an object of these members, each of which it gets as JSON.

    An encoder takes three times as long for an object of twenty.
    """
    members = ", ".join([f'"{name}": {{{name}}}' for name in names])
    return compiled(names, [f"return f'{{{{{members}}}}}'"])
