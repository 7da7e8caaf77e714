"""The list of a million payments against the same list with a thousand: first paint, last page.

Deepest page: a jump to the very end; its control is the same with the first page, after a jump
back.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from .figures import Figure
from .list_pages import FEW, MANY, child, measured

if TYPE_CHECKING:
    from collections.abc import Iterator

    from desktop_app.ui.payments.page import PaymentsPage

TARGET = 2.0
MEMORY_MB = 32.0


def run() -> Iterator[Figure]:
    """Measure."""
    from .many_payments import folder_with

    many, few = (measured("payment_list", folder_with(count)) for count in (MANY, FEW))
    yield Figure("list_first_paint", many["first"], TARGET, few["first"])
    yield Figure("list_deepest_page", many["deepest"], TARGET, many["top"])
    yield Figure("list_middle_page", many["middle"], TARGET, many["top"])
    yield Figure("list_memory", (many["resident"] - few["resident"]) / 1e6, MEMORY_MB, unit="MB")


def _page() -> type[PaymentsPage]:
    from desktop_app.ui.payments.page import PaymentsPage

    return PaymentsPage


if __name__ == "__main__":
    child(sys.argv[1], _page, lambda page: page.days.buttons["all"].click())
