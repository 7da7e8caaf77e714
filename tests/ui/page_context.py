"""The context of pages, without a window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from desktop_app.ui.core.jobs import JobRunner
from desktop_app.ui.core.page import PageContext, PageRequests
from desktop_app.ui.receipts.printing import ReceiptPrinter
from desktop_app.ui.widgets.notice_area import NoticeArea

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot


def make_context(qtbot: QtBot) -> Iterator[PageContext]:
    """Yield the context of pages; for fixtures, since it ends its threads afterwards."""
    window = QWidget()
    qtbot.addWidget(window)
    runner = JobRunner()  # no parent: widgets are gone before fixtures end
    notices = NoticeArea(window)
    runner.failed.connect(notices.tell)
    yield PageContext(runner, notices, ReceiptPrinter(runner, notices), PageRequests())
    qtbot.waitUntil(lambda: not runner.is_busy)
    runner.close(wait=True)
