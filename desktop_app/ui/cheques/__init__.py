"""The page of cheques and demand drafts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.ui.core.i18n import N_
from desktop_app.ui.core.page_spec import PageSpec

if TYPE_CHECKING:
    from desktop_app.ui.core.page import Page, PageContext


def _make(context: PageContext) -> Page:
    from desktop_app.ui.cheques.page import ChequesPage

    return ChequesPage(context)


PAGE = PageSpec("cheques", N_("Cheques"), _make)
