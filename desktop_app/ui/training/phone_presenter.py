"""Drives the parent's simulated phone, in training only: scans what is on screen, pays, or not."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from desktop_app.services.desk import Desk
    from desktop_app.services.views.payments import AttemptView, PhoneSees
    from desktop_app.ui.core.jobs import JobRunner


class PhonePresenter(QObject):
    """Drives the phone window.

    Signals:
        sees: the PhoneSees of the QR on screen, or None when there is none.
        working: whether the phone is busy.
        done: what the phone did, as a text of the window (`T`).
        failed: an error to put into words.
    """

    sees = Signal(object)
    working = Signal(bool)
    done = Signal(object)
    failed = Signal(object)

    def __init__(self, runner: JobRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self._text = ""
        self._is_paying = False

    @property
    def text(self) -> str:
        """The text of the QR in front of the camera; empty when there is none."""
        return self._text

    def watch(self, view: AttemptView | None) -> None:
        """Point the phone's camera at what the counter shows."""
        text = (view.qr_text or "") if view is not None else ""
        if text != self._text:
            self._text = text
            self.scan()

    def scan(self) -> None:
        """Scan the QR on screen."""
        if self._text:
            scan = partial(_scan, self._text)
            self._runner.gateway(scan, self._seen, failed=self.failed.emit)
        else:
            self.sees.emit(None)

    def pay(self, outcome: str, words: str, after_s: int = 0, times: int = 1) -> None:
        """Do with the payment what a parent might do.

        Args:
            outcome: `success`, `failure`, `timeout` or `late`.
            words: what was done, for the screen.
            after_s: for `late`, how much later the money comes, in seconds.
            times: how often it is paid.
        """
        if self._text and not self._is_paying:
            self._set_paying(paying=True)
            pay = partial(_pay, self._text, outcome, after_s, times, words)
            self._runner.gateway(pay, self._paid, failed=self._not_paid)

    def _seen(self, sees: PhoneSees | None) -> None:
        self.sees.emit(sees if self._text else None)

    def _paid(self, words: str) -> None:
        self._set_paying(paying=False)
        self.done.emit(words)
        self.scan()

    def _not_paid(self, error: Exception) -> None:
        self._set_paying(paying=False)
        self.failed.emit(error)

    def _set_paying(self, *, paying: bool) -> None:
        self._is_paying = paying
        self.working.emit(paying)


def _scan(text: str, desk: Desk) -> PhoneSees | None:
    return desk.phone.scan(text) if desk.phone is not None else None


def _pay(text: str, outcome: str, after_s: int, times: int, words: str, desk: Desk) -> str:
    if desk.phone is not None:
        for _ in range(times):
            desk.phone.pay(text, outcome, after_s)
    return words
