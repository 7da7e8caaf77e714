"""The page of dues: what is open, how long it is overdue, and what is done about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.ui.core.i18n import N_
from desktop_app.ui.core.page_spec import PageSpec

if TYPE_CHECKING:
    from desktop_app.ui.core.page import Page, PageContext


def _make(context: PageContext) -> Page:
    from desktop_app.ui.dues.page import DuesPage

    return DuesPage(context)


PAGE = PageSpec("dues", N_("Dues"), _make, key="Ctrl+D")
