"""The payments page and refunds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.ui.core.i18n import N_
from desktop_app.ui.core.page_spec import PageSpec

if TYPE_CHECKING:
    from desktop_app.ui.core.page import Page, PageContext


def _make(context: PageContext) -> Page:
    from desktop_app.ui.payments.page import PaymentsPage

    return PaymentsPage(context)


PAGE = PageSpec("payments", N_("Payments"), _make)
