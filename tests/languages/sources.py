"""Texts of the window, with their plural forms and the places where they are shown."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from desktop_app.documents.receipt_words import CONTEXT
from tests.architecture.translations import found_texts, strings

if TYPE_CHECKING:
    from collections.abc import Collection

SHOWN = {
    "ui/core": "messages", "ui/counter": "counter", "ui/courses": "courses page",
    "ui/display": "customer display", "ui/forms": "student and course forms",
    "ui/inbox": "inbox", "ui/payments": "payments page", "ui/receipts": "receipts",
    "ui/settings": "settings and first set-up", "ui/shell": "main window",
    "ui/students": "students page", "ui/tables": "lists", "ui/training": "practice mode",
    "ui/widgets": "all pages", "config": "system check", "documents": "receipts on paper, files",
    "domain": "checks of what you enter", "services": "messages and checks",
    "storage": "messages", "gateway": "messages",
}  # fmt: skip
"""Where the texts of a folder of the program are shown, for a translator."""
QT = "Qt's own dialogs and menus"
_PAPERS = (
    "documents/paper_sheet", "documents/receipt_html", "documents/receipt_words",
    "documents/slip_html", "documents/deposit_html",
)  # fmt: skip
_BOTH = "checkout/"
"""Texts that have their Hindi beside them."""


class Source(NamedTuple):
    """A text in English: its form for many, if any, the modules that show it, and its context.

    The context distinguishes it from the same text elsewhere; those of receipts have one.
    """

    text: str
    many: str
    places: tuple[str, ...]
    context: str = ""

    @property
    def shown(self) -> str:
        """Where it is shown, for a translator."""
        shown = dict.fromkeys(_shown(place) for place in self.places)
        return f"Shown in: {', '.join(shown)}" if shown else f"Shown in: {QT}"


def _shown(place: str) -> str:
    parts = place.split("/")
    folder = "/".join(parts[:2]) if parts[0] == "ui" else parts[0]
    return SHOWN.get(folder, folder)


def sources(known: Collection[tuple[str, str]] = ()) -> dict[tuple[str, str], Source]:
    """Return every text of the source by its context and itself.

    Args:
        known: what is translated, by context and text. A text that no mark makes one of the window
            still is one while a string of the program equals it, such as the name of a field.
    """
    places: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    many: dict[tuple[str, str], str] = {}
    for place, text, plural in found_texts():
        places["", text][place.partition(":")[0]] = None
        if plural:
            many["", text] = plural
    for place, text in strings():
        if place.startswith(_BOTH):
            continue
        if (CONTEXT, text) in known and place.startswith(_PAPERS):
            places[CONTEXT, text][place] = None
        elif ("", text) in known and text not in many.values() and not place.startswith(_PAPERS):
            places["", text][place] = None
    return {
        key: Source(key[1], many.get(key, ""), tuple(sorted(found)), key[0])
        for key, found in sorted(places.items())
    }
