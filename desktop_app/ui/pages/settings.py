"""Settings: the look of the desk now, the rest by `pravesh settings` until its own pages come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QComboBox, QFormLayout, QVBoxLayout

from desktop_app.ui import theme
from desktop_app.ui.context import Context, Page
from desktop_app.ui.jobs import Lane, call
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.card import Card
from desktop_app.ui.widgets.labels import ElidedLabel, label

if TYPE_CHECKING:
    from desktop_app.services.api import Desk
    from desktop_app.services.views import KeysView, SettingsView

_THEMES = (
    ("system", "As the system"),
    ("light", "Light"),
    ("dark", "Dark"),
    ("contrast-light", "High contrast, light"),
    ("contrast-dark", "High contrast, dark"),
)
_FACTS = ("Centre", "GSTIN", "Desk", "Razorpay keys", "Receipts on")
WIDTH = 640


class SettingsPage(Page):
    """How this desk is set up."""

    title = "Settings"

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._desk: Desk | None = None
        self._facts = {name: ElidedLabel("", "body") for name in _FACTS}
        self.look = QComboBox()
        self.look.setObjectName("themeSelect")
        self.look.setAccessibleName("Look of the desk")
        for name, words in _THEMES:
            self.look.addItem(words, name)
        self.look.activated.connect(self._choose_look)
        self.wizard_button = Button("Set up the desk again…", name="wizardButton", icon="settings")
        self.wizard_button.setToolTip("Centre, desk, keys and printing, step by step")
        self.wizard_button.clicked.connect(self._open_wizard)
        self._lay_out()

    def attach(self, desk: Desk) -> None:
        """Take the open desk."""
        self._desk = desk
        self._read()

    def arrive(self) -> None:
        """Read what may have changed."""
        self._read()
        self.look.setFocus()

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
        papers = {"a5": "A5 paper", "roll80": "80 mm roll"}
        values = {
            "Centre": settings.centre.name or "not set",
            "GSTIN": settings.centre.gstin or "not registered",
            "Desk": settings.desk_id,
            "Razorpay keys": f"{keys.masked_id} ({keys.source})" if keys.masked_id else "none",
            "Receipts on": papers.get(settings.paper, settings.paper),
        }
        for name, value in values.items():
            self._facts[name].show_text(value)
        self.look.setCurrentIndex(max(0, self.look.findData(settings.theme)))

    def _choose_look(self, at: int) -> None:
        if self._desk is not None:
            self.context.runner.submit(
                Lane.READ,
                call(self._desk.settings.put, "theme", str(self.look.itemData(at))),
                owner=self,
                on_done=self._changed,
                on_error=self._failed,
            )

    def _changed(self, _nothing: object) -> None:
        self.context.calls.settings_changed.emit()

    def _open_wizard(self) -> None:
        if self._desk is None:
            return
        from desktop_app.ui.dialogs.wizard import SetupWizard  # noqa: PLC0415 - seldom opened

        wizard = SetupWizard(self._desk, self.context.runner, self.window())
        wizard.finished.connect(self._changed)
        wizard.finished.connect(self._read)
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
        look_label = label("&Look", "secondary")
        look_label.setBuddy(self.look)
        form.addRow(look_label, self.look)
        facts.column.addLayout(form)
        facts.column.addSpacing(theme.GAP)
        facts.column.addWidget(self.wizard_button)
        facts.setMaximumWidth(WIDTH)
        column.addWidget(facts)
        column.addWidget(label("Everything else: pravesh settings, pravesh keys.", "caption"))
        column.addStretch(1)


def _facts(desk: Desk) -> tuple[SettingsView, KeysView]:
    return desk.settings.view(), desk.settings.keys()
