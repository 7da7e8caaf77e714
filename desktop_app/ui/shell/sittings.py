"""Ends the bills whose time is over, once a minute: what was paid of them gets its receipts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

if TYPE_CHECKING:
    from desktop_app.services.views.bills import BillView
    from desktop_app.ui.core.jobs import JobRunner
    from desktop_app.ui.core.page import PageContext

EVERY_MS = 60_000


class Sittings(QObject):
    """Looks for bills whose sitting is over.

    Args:
        runner: runs the look.
        context: shows what ended, and prints its receipts.
        parent: the window.
    """

    def __init__(self, runner: JobRunner, context: PageContext, parent: QObject) -> None:
        super().__init__(parent)
        self._runner, self._context = runner, context
        self._timer = QTimer(self, interval=EVERY_MS)
        self._timer.timeout.connect(self.look)

    def start(self) -> None:
        """Look now, and once a minute from now on."""
        self._timer.start()
        self.look()

    def look(self) -> None:
        """Look now."""
        self._runner.local(
            lambda desk: desk.carts.tidy(), self._say, owner=self, replaces="sittings"
        )

    def _say(self, bills: tuple[BillView, ...]) -> None:
        from desktop_app.ui.counter.bill_news import say_over  # not at a start

        for bill in bills:
            if bill.paid:
                say_over(self._context, bill)
