"""Fields of the pages' forms: how one is shown, and the JSON value of what was typed.

Must not know which call a field belongs to.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ..banking_days import INDIA
from ..pages.payment_form import FormError, read_paise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from werkzeug.datastructures import MultiDict

    Options = tuple[tuple[str, str], ...]

ABSENT = object()


@dataclass(frozen=True, slots=True)
class Field:
    """One field.

    Attributes:
        name: of the JSON; a dot leads into an object.
        kind: `text`, `secret`, `rupees`, `number`, `seconds`, `percent` (in hundredths), `moment`,
            `switch`, `choice`, `lines` or `suggest` (a text with suggestions).
        value: shown until something else was typed.
    """

    name: str
    label: str
    kind: str = "text"
    value: str = ""
    options: Options = ()
    hint: str = ""
    is_required: bool = False

    def read(self, form: MultiDict[str, str]) -> Any:
        """Return the JSON value of what was typed, ABSENT where the field is empty.

        Raises:
            FormError: It can't be read.
        """
        typed = form.get(self.name, "").strip()
        if self.kind == "switch":
            return bool(typed)
        if not typed:
            if self.is_required:
                raise FormError(self.name, f"Enter {_lowered(self.label)}.")
            return ABSENT
        return _READERS.get(self.kind, str)(typed)


def named(values: Iterable[str]) -> Options:
    """Return options that are shown as they are."""
    return tuple((value, value) for value in values)


def body_of(fields: Iterable[Field], form: MultiDict[str, str]) -> dict[str, Any]:
    """Return the JSON body of a form.

    Raises:
        FormError: A field can't be read.
    """
    body: dict[str, Any] = {}
    for field in fields:
        value = field.read(form)
        if value is ABSENT:
            continue
        outer, _, inner = field.name.partition(".")
        if inner:
            body.setdefault(outer, {})[inner] = value
        else:
            body[outer] = value
    return body


def typed_moment(seconds: int) -> str:
    """Return Unix seconds as a browser's field for date and time shows them, in India."""
    return datetime.fromtimestamp(seconds, INDIA).strftime("%Y-%m-%dT%H:%M:%S")


def typed_rupees(paise: int | None) -> str:
    """Return paise as they are typed in rupees."""
    if paise is None:
        return ""
    whole, rest = divmod(paise, 100)
    return f"{whole}.{rest:02d}" if rest else str(whole)


def _moment(typed: str) -> int:
    try:
        moment = datetime.fromisoformat(typed)
    except ValueError:
        raise FormError("", "Enter a date and time, e.g. 2026-12-31T10:00.") from None
    return int(moment.replace(tzinfo=INDIA).timestamp())


def _number(typed: str) -> int:
    if not (typed.isascii() and typed.isdigit() and len(typed) < 16):  # noqa: PLR2004
        raise FormError("", "Enter a whole number.")
    return int(typed)


def _seconds(typed: str) -> float:
    try:
        seconds = float(typed)
    except ValueError:
        raise FormError("", "Enter a number of seconds.") from None
    if not 0 <= seconds < 10**9:
        raise FormError("", "Enter a number of seconds.")
    return seconds


def _percent(typed: str) -> int:
    try:
        return read_paise(typed)
    except FormError:
        raise FormError("", "Enter a percentage, e.g. 2 or 1.95.") from None


def _lines(typed: str) -> list[str]:
    return typed.replace(",", " ").split()


def _lowered(label: str) -> str:
    return label if label[:2].isupper() else label[:1].lower() + label[1:]


_READERS: dict[str, Callable[[str], Any]] = {
    "rupees": read_paise,
    "number": _number,
    "seconds": _seconds,
    "percent": _percent,
    "moment": _moment,
    "lines": _lines,
}
