"""The settings' section about Razorpay: keys, masked with Replace, and a check of everything.

A stored secret is never shown again, not even its length.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QApplication

from desktop_app.ui.core.error_notices import describe
from desktop_app.ui.core.i18n import N_, tr
from desktop_app.ui.settings.check_list import CheckList
from desktop_app.ui.settings.key_fields import KeyFields
from desktop_app.ui.settings.section import SettingsSection
from desktop_app.ui.settings.setup import save_setup
from desktop_app.ui.widgets.boxes import fill, hbox
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.card import Card
from desktop_app.ui.widgets.flow_layout import flowing
from desktop_app.ui.widgets.labels import label

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from desktop_app.services.views.maintenance import CheckResult
    from desktop_app.ui.core.jobs import JobRunner
    from desktop_app.ui.settings.setup import Setup

_SOURCES: Mapping[str, N_] = {
    "environment": N_(
        "Your API keys come from this PC's environment variables. You can't change them here."
    ),
    "training": N_("Practice mode uses its own API keys."),
}


class GatewaySection(SettingsSection):
    """Keys, how many desks share them, and the check.

    Args:
        runner: runs the check, and tries and keeps the keys.

    Signals:
        keys_saved: new keys were kept.
    """

    keys_saved = Signal()

    def __init__(self, runner: JobRunner) -> None:
        self._runner = runner
        self._is_saving = False
        super().__init__("gateway")

    def build_above(self) -> None:
        """Add the keys in a card."""
        well = Card("well", margin=12)
        self.masked = label("", "small", name="maskedKeys", wrap=True)
        self.replace_button = Button(
            N_("&Replace…"), name="replaceKeysButton", tip=N_("Enter new API keys")
        )
        self.replace_button.clicked.connect(self._replace)
        row = hbox(label(N_("API keys"), "strong"), (self.masked, 1), self.replace_button, gap=12)
        self.keys = KeyFields(self._runner)
        self.keys.hide()
        self.keys.typed.connect(self._mark)
        self.keys.tried.connect(self._keys_tried)
        self.save_button = Button(
            N_("Check and sa&ve"), kind="primary", name="saveKeysButton",
            tip=N_("Check the keys with Razorpay, then save them"),
        )  # fmt: skip
        self.cancel_button = Button(N_("Cancel"), name="cancelKeysButton")
        self.save_button.clicked.connect(self._save)
        self.cancel_button.clicked.connect(self.put_away)
        self.keys.column.addWidget(flowing(self.save_button, self.cancel_button))
        self.keys.check_button.hide()
        self.keys_finding = label("", "small", name="keysSaved", wrap=True)
        self.keys_finding.hide()
        fill(well.column, row, self.keys, self.keys_finding)
        self.column.addWidget(well)

    def build(self) -> None:
        """Add the check and its results."""
        self.check_button = Button(
            N_("Check everythin&g"), icon="refresh", name="checkDeskButton",
            tip=N_("Check keys, payment methods, clock, disk, backup and printers"),
        )  # fmt: skip
        self.check_button.clicked.connect(self.check)
        self.asking = label("", "small", name="checkFinding", wrap=True)
        self.add_row(self.check_button, self.asking)
        self.checks = CheckList()
        self.column.addWidget(self.checks)

    def load(self, setup: Setup) -> None:
        """Show what is set."""
        super().load(setup)
        self.retranslate()

    def retranslate(self) -> None:
        """Show the masked keys and where they come from, in the current language."""
        if self.setup is None:
            return
        view = self.setup.keys
        source = _SOURCES.get(view.source)
        words = view.masked_id or tr(N_("Not set. You can only take cash."))
        self.masked.setText(f"{words}  {tr(source)}" if source else words)
        self.replace_button.setEnabled(source is None and self.keys.isHidden())
        self.replace_button.show_text(N_("&Replace…") if view.masked_id else N_("Ent&er keys…"))

    # --- keys

    def _replace(self) -> None:
        self.keys_finding.hide()
        self.keys.show()
        self._mark()
        self.replace_button.setEnabled(False)
        self.keys.key_id.setFocus()

    def put_away(self) -> None:
        """Forget what was typed and fold the fields away."""
        if self._is_saving:
            return
        focus = QApplication.focusWidget()
        had_focus = focus is not None and self.keys.isAncestorOf(focus)
        self.keys.forget()
        self.keys.hide()
        self.retranslate()
        if had_focus:
            self.replace_button.setFocus()

    def _mark(self) -> None:
        self.save_button.setEnabled(not self._is_saving and not self.keys.is_empty)

    def _save(self) -> None:
        self._be_busy(busy=self.keys.check())

    def _keys_tried(self, may_keep: bool) -> None:  # noqa: FBT001 - a signal's value
        if not may_keep or not self._is_saving:
            self._be_busy(busy=False)
            return
        was_reached = self.keys.was_reached
        self._runner.local(
            partial(save_setup, {}, self.keys.keys()),
            lambda _nothing: self._saved(was_reached=was_reached), owner=self,
            failed=self._not_saved,
        )  # fmt: skip

    def _saved(self, *, was_reached: bool) -> None:
        self._be_busy(busy=False)
        self.put_away()
        saved = N_("We saved your API keys. Razorpay accepts them.")
        unsure = N_("Keys saved, but not checked. We couldn't reach Razorpay.")
        self.keys_finding.setText(tr(saved if was_reached else unsure))
        self.keys_finding.show()
        self.keys_saved.emit()

    def _not_saved(self, error: Exception) -> None:
        self._be_busy(busy=False)
        self.keys.show_failure(error)

    def _be_busy(self, *, busy: bool) -> None:
        self._is_saving = busy
        self.cancel_button.setDisabled(busy)
        self._mark()

    # --- the check

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
