"""Methods that Checkout offers: the account's, less what the options hide, in the order they ask.

Reads `method`, `config.display` (`hide`, `blocks`, `sequence`, `preferences`) and the order's own
method. Anything that is not of that form is ignored, as a page of any site can send it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .payment_form import METHODS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

OFF = (False, 0, "0", "false")


def offered(options: dict[str, Any], only: str | None) -> tuple[str, ...]:
    """Return the codes of the methods to offer; `only` is the order's method."""
    display = inner(inner(options, "config"), "display")
    off = {name for name, on in inner(options, "method").items() if _is_off(on)}
    off |= set(_kinds(display.get("hide")))
    kinds = [kind for kind in _arranged(display) if kind not in off and only in (None, kind)]
    return tuple(code for kind in kinds for code in _codes(kind))


def inner(options: dict[str, Any], name: str) -> dict[str, Any]:
    """Return an object of the options, empty if it is none."""
    value = options.get(name)
    return value if isinstance(value, dict) else {}


def _is_off(switch: object) -> bool:
    return isinstance(switch, bool | int | str) and switch in OFF


def _codes(kind: str) -> list[str]:
    """Return the choices of a method: UPI is a QR code or an app."""
    return [code for code in METHODS if code == kind or (kind == "upi" and code == "app")]


def _arranged(display: dict[str, Any]) -> list[str]:
    blocks = inner(display, "blocks")
    asked = display.get("sequence")
    sequence = asked if isinstance(asked, list) else [f"block.{name}" for name in blocks]
    found: list[str] = []
    for part in sequence:
        found += _kinds_of(part, blocks)
    if not _is_off(inner(display, "preferences").get("show_default_blocks", True)):
        found += [code for code in METHODS if code != "app"]
    return list(dict.fromkeys(found))


def _kinds_of(part: object, blocks: dict[str, Any]) -> Iterable[str]:
    if not isinstance(part, str):
        return ()
    if part.startswith("block."):
        return _kinds(inner(blocks, part.removeprefix("block.")).get("instruments"))
    return (part,)


def _kinds(instruments: object) -> Iterator[str]:
    """Yield the methods of a list of instruments; one bank of many hides or shows no method."""
    for instrument in instruments if isinstance(instruments, list) else ():
        if isinstance(instrument, dict) and isinstance(instrument.get("method"), str):
            yield instrument["method"]
