"""The findings of *Check everything*: a line a subject, a coloured word, and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from desktop_app.ui.core import theme
from desktop_app.ui.core.i18n import N_, tr
from desktop_app.ui.widgets.boxes import STRETCH, gridbox, hbox, vbox
from desktop_app.ui.widgets.icon_label import IconLabel
from desktop_app.ui.widgets.labels import label

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from desktop_app.services.views.maintenance import CheckResult

_STATES: Mapping[str, tuple[N_, str, str]] = {
    "good": (N_("OK"), "paid", "paid"),
    "note": (N_("Note"), "attention", "attention"),
    "bad": (N_("Problem"), "wrong", "wrong"),
}
SUBJECTS: Mapping[str, N_] = {
    "database": N_("Database"),
    "audit": N_("Audit log"),
    "balances": N_("Balances"),
    "lists": N_("Payment lists"),
    "test payments": N_("Test payments"),
    "desk": N_("Desk ID"),
    "desk_code": N_("Desk ID"),
    "backup": N_("Backup"),
    "errands": N_("Requests to Razorpay"),
    "stuck": N_("Payment checks"),
    "other keys": N_("Payments made with other keys"),
    "disk": N_("Disk"),
    "folder": N_("Data folder"),
    "book": N_("Data folder"),
    "book_memory": N_("Copy detection"),
    "keys": N_("API keys"),
    "gateway": N_("Razorpay"),
    "clock": N_("Clock"),
    "keyring": N_("Key storage"),
    "printers": N_("Printers"),
    "fonts": N_("Hindi font"),
    "channels": N_("Payment methods"),
}
_TODO: Mapping[str, N_] = {
    "database": N_("Close and reopen Pravesh. It will offer the latest good backup."),
    "audit": N_("Keep a copy of the data folder and tell the owner."),
    "balances": N_("Send a copy of the data folder to support."),
    "lists": N_("Press F5 to check again. If this stays, call support."),
    "test payments": N_("With the test keys, refund these payments and keep the enrolments."),
    "desk": N_("Choose another desk ID in Settings. Receipts will start a new series."),
    "desk_code": N_("Choose another desk ID in Settings for one of the two desks."),
    "backup": N_("Back up now in Settings, under Backup."),
    "errands": N_("See “Requests to Razorpay” in the Inbox."),
    "stuck": N_("Find the payment on Razorpay's dashboard and tell support."),
    "other keys": N_("To check these payments, enter the keys you made them with."),
    "disk": N_("Free up some space."),
    "folder": N_("Ask support to move the data folder to this PC's own disk."),
    "book": N_("Answer the question at the top of the window."),
    "keys": N_("Enter your API keys above."),
    "gateway": N_("Check the internet and your API keys. Cash and receipts still work."),
    "clock": N_("Set this PC's date and time to automatic."),
    "keyring": N_("Set up this PC's keyring, or set the API keys as environment variables."),
    "printers": N_("Add a printer in the PC's settings. Until then, we save receipts as PDF."),
    "channels": N_("Ask Razorpay to enable QR Codes or UPI for this account."),
}


class CheckList(QWidget):
    """The findings of a check."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("checkResults")
        self._results: Sequence[CheckResult] = ()
        self._grid = gridbox(12, 12, self)
        self._grid.setColumnStretch(1, 1)

    def show_results(self, results: Sequence[CheckResult]) -> None:
        """Show results in place of the last ones."""
        self._results = results
        self.retranslate()

    def lines(self) -> tuple[str, ...]:
        """Return every line in English, for support."""
        return tuple(
            f"{result.health.value} · {result.name} · {result.finding}" for result in self._results
        )

    def retranslate(self) -> None:
        """Show the results in the current language."""
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for row, result in enumerate(self._results):
            word, icon, tone = _STATES[result.health.value]
            line = QWidget()
            subject = label(tr(SUBJECTS.get(result.name, N_("Other"))), "strong")
            top = hbox(subject, label(tr(word), "small", tone=tone), STRETCH, gap=theme.GAP)
            vbox(top, label(check_words(result), "small", wrap=True), inside=line, gap=2)
            self._grid.addWidget(IconLabel(icon, tone, 18), row, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(line, row, 1)


def check_words(result: CheckResult) -> str:
    """Return what was found, and what to do unless it is good."""
    found = tr(N_(result.template), **result.values)
    if result.health.value == "good" or result.name not in _TODO:
        return found
    return f"{found} {tr(_TODO[result.name])}"
