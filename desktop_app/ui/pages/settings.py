"""Settings at a glance, and the ways to change them: the form, or the steps of the first run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QVBoxLayout

from desktop_app.domain.money import Money, format_rupees
from desktop_app.ui import theme
from desktop_app.ui.context import Context, Page
from desktop_app.ui.jobs import Lane, call
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.card import Card
from desktop_app.ui.widgets.labels import ElidedLabel, label

if TYPE_CHECKING:
    from desktop_app.services.api import Desk
    from desktop_app.services.views import KeysView, SettingsView

_THEMES = {"system": "As the system", "light": "Light", "dark": "Dark", "contrast": "High contrast"}
_PAPERS = {"a5": "A5 paper", "roll80": "80 mm roll"}
_FACTS = (
    "Centre",
    "Address",
    "GSTIN",
    "E-mail",
    "Desk",
    "Razorpay keys",
    "UPI limit",
    "Receipts on",
    "Look",
)
WIDTH = 680


class SettingsPage(Page):
    """How this desk is set up."""

    title = "Settings"

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._desk: Desk | None = None
        self._facts = {name: ElidedLabel("", "body") for name in _FACTS}
        self.change_button = Button(
            "Change settings…", kind="primary", icon="edit", name="changeSettingsButton"
        )
        self.change_button.setToolTip("Centre, desk, limit, paper, look and keys")
        self.change_button.clicked.connect(self._open_form)
        self.wizard_button = Button("Set up step by step…", name="wizardButton")
        self.wizard_button.setToolTip("The steps of the first start, once more")
        self.wizard_button.clicked.connect(self._open_wizard)
        self._lay_out()
        context.calls.settings_changed.connect(self._read)

    def attach(self, desk: Desk) -> None:
        """Take the open desk."""
        self._desk = desk
        self._read()

    def arrive(self) -> None:
        """Read what may have changed."""
        self._read()
        self.change_button.setFocus()

    def _read(self) -> None:
        if self._desk is not None:
            self.context.runner.submit(
                Lane.READ,
                call(_facts, self._desk),
                owner=self,
                on_done=self._show,
                on_error=self._failed,
            )

    def _show(self, facts: tuple[SettingsView, KeysView]) -> None:
        settings, keys = facts
        centre = settings.centre
        values = {
            "Centre": centre.name or "not set",
            "Address": centre.address.replace("\n", ", ") or "not set",
            "GSTIN": centre.gstin or "not registered: no GST is charged",
            "E-mail": centre.email or "not set",
            "Desk": settings.desk_id,
            "Razorpay keys": f"{keys.masked_id} ({keys.source})" if keys.masked_id else "none yet",
            "UPI limit": f"{format_rupees(Money(settings.upi_limit_paise))} a payment",
            "Receipts on": _PAPERS.get(settings.paper, settings.paper),
            "Look": _THEMES.get(settings.theme, settings.theme),
        }
        for name, value in values.items():
            self._facts[name].show_text(value)

    def _changed(self, _result: object = None) -> None:
        self.context.calls.settings_changed.emit()

    def _open_form(self) -> None:
        if self._desk is None:
            return
        from desktop_app.ui.dialogs.settings import SettingsDialog  # noqa: PLC0415 - seldom opened

        form = SettingsDialog(self._desk, self.context.runner, self.window())
        form.saved.connect(self._changed)
        form.open()

    def _open_wizard(self) -> None:
        if self._desk is None:
            return
        from desktop_app.ui.dialogs.wizard import SetupWizard  # noqa: PLC0415 - seldom opened

        wizard = SetupWizard(self._desk, self.context.runner, self.window())
        wizard.finished.connect(self._changed)
        wizard.open()

    def _failed(self, error: Exception) -> None:
        self.context.notices.tell(error)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.MARGIN, theme.MARGIN, theme.MARGIN, theme.MARGIN)
        column.setSpacing(theme.GROUP)
        column.addWidget(label("Settings", "page"))
        facts = Card(margin=theme.MARGIN)
        form = QFormLayout()
        form.setHorizontalSpacing(theme.MARGIN)
        form.setVerticalSpacing(theme.GROUP)
        for name, value in self._facts.items():
            form.addRow(label(name, "secondary"), value)
        facts.column.addLayout(form)
        facts.setMaximumWidth(WIDTH)
        column.addWidget(facts)
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.GROUP)
        buttons.addWidget(self.change_button)
        buttons.addWidget(self.wizard_button)
        buttons.addStretch(1)
        column.addLayout(buttons)
        column.addStretch(1)


def _facts(desk: Desk) -> tuple[SettingsView, KeysView]:
    return desk.settings.view(), desk.settings.keys()
