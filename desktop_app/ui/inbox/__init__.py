"""The inbox: unapplied payments, the outbox, disputes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.ui.core.i18n import T
from desktop_app.ui.core.page import PageSpec

if TYPE_CHECKING:
    from desktop_app.ui.core.page import Context, Page


def _make(context: Context) -> Page:
    from desktop_app.ui.inbox.page import InboxPage  # noqa: PLC0415 - when first shown

    return InboxPage(context)


PAGE = PageSpec("inbox", T("Inbox"), _make)
