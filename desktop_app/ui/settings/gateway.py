"""The settings' page about Razorpay: keys, masked with Replace, and a check of everything.

A stored secret is never shown again, not even its length.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from desktop_app.ui.core import theme
from desktop_app.ui.core.error_notices import describe
from desktop_app.ui.core.i18n import N_, tr
from desktop_app.ui.settings.key_fields import KeyFields
from desktop_app.ui.settings.section import SettingsSection
from desktop_app.ui.widgets.boxes import fill, gridbox, hbox
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.card import Card
from desktop_app.ui.widgets.icon_label import IconLabel
from desktop_app.ui.widgets.labels import label

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from desktop_app.services.views.maintenance import CheckResult
    from desktop_app.ui.core.jobs import JobRunner
    from desktop_app.ui.settings.setup import Setup

_SOURCES: Mapping[str, N_] = {
    "environment": N_("Set by the environment of this PC; they cannot be changed here."),
    "training": N_("Training uses the sandbox's own keys."),
}
_STATES: Mapping[str, tuple[N_, str, str]] = {
    "good": (N_("Good"), "paid", "paid"),
    "note": (N_("Note"), "attention", "attention"),
    "bad": (N_("Wrong"), "wrong", "wrong"),
}
_SUBJECTS: Mapping[str, N_] = {
    "database": N_("Database"),
    "audit": N_("Audit trail"),
    "desk": N_("Desk"),
    "backup": N_("Backup"),
    "disk": N_("Disk"),
    "folder": N_("Data folder"),
    "keys": N_("Keys"),
    "gateway": N_("Razorpay"),
    "clock": N_("Clock"),
    "keyring": N_("Safe place for keys"),
    "printers": N_("Printers"),
    "channels": N_("Ways of paying"),
}
_TODO: Mapping[str, N_] = {
    "database": N_("Close the desk and start it again: it offers the newest good backup."),
    "audit": N_("Keep a copy of the data folder and tell the owner."),
    "desk": N_("Set another desk id in Settings. Its receipts start a new series."),
    "backup": N_("Make one now: Settings, Backup."),
    "disk": N_("Free some space on the disk of the data folder."),
    "folder": N_("Ask support to move the data folder to this PC's own disk."),
    "keys": N_("Enter them above."),
    "gateway": N_("Check the line and the keys; cash and receipts go on without."),
    "clock": N_("Set date and time of this PC to automatic."),
    "keyring": N_("Set up the system's keyring, or give the keys in the environment."),
    "printers": N_("Set one up in the system's settings; until then receipts become PDFs."),
    "channels": N_("Ask Razorpay to switch on QR Codes or UPI for this account."),
}


class Checks(QWidget):
    """The findings of a check: one line a subject, a coloured word, and what to do."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("checkResults")
        self._results: Sequence[CheckResult] = ()
        self._grid = gridbox(12, theme.GAP, self)
        self._grid.setColumnStretch(3, 1)

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
        top = Qt.AlignmentFlag.AlignTop
        for row, result in enumerate(self._results):
            word, icon, tone = _STATES[result.health.value]
            self._grid.addWidget(IconLabel(icon, tone, 18), row, 0, top)
            self._grid.addWidget(label(tr(word), "strong", tone=tone), row, 1, top)
            subject = _SUBJECTS.get(result.name, N_(result.name))
            self._grid.addWidget(label(tr(subject), "strong"), row, 2, top)
            self._grid.addWidget(label(check_words(result), "small", wrap=True), row, 3)


def check_words(result: CheckResult) -> str:
    """Return what was found, and what to do unless it is good."""
    found = tr(N_(result.template), **result.values)
    if result.health.value == "good":
        return found
    return f"{found} {tr(_TODO.get(result.name, N_('')))}".strip()


class GatewaySection(SettingsSection):
    """Keys, how many desks share them, and the check.

    Args:
        runner: runs the check, and the trial of keys.
    """

    def __init__(self, runner: JobRunner) -> None:
        self._runner = runner
        super().__init__("gateway")

    def build_above(self) -> None:
        """Add the keys in a card."""
        well = Card("well", margin=12)
        self.masked = label("", "small", name="maskedKeys", wrap=True)
        self.replace_button = Button(
            N_("&Replace…"), name="replaceKeysButton", tip=N_("Replace the keys")
        )
        self.replace_button.clicked.connect(self._replace)
        row = hbox(label(N_("Keys"), "strong"), (self.masked, 1), self.replace_button, gap=12)
        self.keys = KeyFields(self._runner)
        self.keys.hide()
        self.keys.typed.connect(self.changed)
        fill(well.column, row, self.keys)
        self.column.addWidget(well)

    def build(self) -> None:
        """Add the check and its results."""
        self.check_button = Button(
            N_("Check everythin&g"), icon="refresh", name="checkDeskButton",
            tip=N_("Check keys, ways of paying, clock, disk, backup and printers"),
        )  # fmt: skip
        self.check_button.clicked.connect(self.check)
        self.asking = label("", "small", name="checkFinding", wrap=True)
        self.add_row(self.check_button, self.asking)
        self.checks = Checks()
        self.column.addWidget(self.checks)

    def load(self, setup: Setup) -> None:
        """Show what is set."""
        super().load(setup)
        self.keys.hide()
        self.keys.forget()
        self.retranslate()

    @property
    def is_changed(self) -> bool:
        """Whether something differs, keys included."""
        return super().is_changed or not self.keys.is_empty

    def retranslate(self) -> None:
        """Show the masked keys and where they come from, in the current language."""
        if self.setup is None:
            return
        view = self.setup.keys
        source = _SOURCES.get(view.source)
        words = view.masked_id or tr(N_("None yet: only cash is taken."))
        self.masked.setText(f"{words}  {tr(source)}" if source else words)
        self.replace_button.setEnabled(source is None)
        self.replace_button.show_text(N_("&Replace…") if view.masked_id else N_("Ent&er keys…"))

    def _replace(self) -> None:
        self.keys.show()
        self.replace_button.setEnabled(False)
        self.keys.key_id.setFocus()

    def check(self) -> None:
        """Check everything: keys, gateway, clock, disk, backup, printers."""
        self.check_button.setEnabled(False)
        self.asking.setText(tr(N_("Checking…")))
        self._runner.gateway(
            lambda desk: desk.health.run(), self._show_results, failed=self._show_failure
        )

    def _show_results(self, results: Sequence[CheckResult]) -> None:
        self._show_failure(None)
        self.checks.show_results(results)

    def _show_failure(self, error: Exception | None) -> None:
        self.check_button.setEnabled(True)
        self.asking.setText(describe(error).text() if error else "")
