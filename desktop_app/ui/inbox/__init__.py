"""The inbox: unapplied payments, the outbox, disputes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.ui.core.i18n import N_
from desktop_app.ui.core.page_spec import PageSpec

if TYPE_CHECKING:
    from desktop_app.ui.core.page import Page, PageContext


def _make(context: PageContext) -> Page:
    from desktop_app.ui.inbox.page import InboxPage

    return InboxPage(context)


PAGE = PageSpec(
    "inbox", N_("Inbox"), _make,
    key="Ctrl+I", key_words=N_("Inbox"), counts=True,
)  # fmt: skip
