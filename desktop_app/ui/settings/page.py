"""Settings at a glance, and the ways to change them: the dialog, or the steps of the first run."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QFormLayout, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from desktop_app.domain.money import Money, format_rupees
from desktop_app.services.views.changes import Changes
from desktop_app.ui.core import theme
from desktop_app.ui.core.i18n import LANGUAGES, N_, tr
from desktop_app.ui.core.jobs import Lane, call
from desktop_app.ui.core.page import Page, PageContext
from desktop_app.ui.receipts.test_print import TestPrint
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.card import Card
from desktop_app.ui.widgets.labels import ElidedLabel, label

if TYPE_CHECKING:
    from collections.abc import Mapping

    from desktop_app.services.desk import Desk
    from desktop_app.services.views.settings import KeysView, SettingsView
    from desktop_app.ui.settings.dialog import SettingsDialog

_THEMES: Mapping[str, N_] = {
    "system": N_("As the system"),
    "light": N_("Light"),
    "dark": N_("Dark"),
    "contrast": N_("High contrast"),
}
_PAPERS: Mapping[str, N_] = {
    "a4": N_("A4 page"),
    "a5": N_("A5 page"),
    "roll80": N_("80 mm roll"),
    "roll58": N_("58 mm roll"),
}
_FACTS: Mapping[str, N_] = {
    "centre": N_("Centre"),
    "address": N_("Address"),
    "gstin": N_("GSTIN"),
    "email": N_("E-mail"),
    "desk": N_("Desk"),
    "keys": N_("Razorpay keys"),
    "limit": N_("UPI limit"),
    "paper": N_("Receipts on"),
    "look": N_("Look"),
    "language": N_("Language"),
}
_SOURCES: Mapping[str, N_] = {
    "keyring": N_("{keys} (kept by the system)"),
    "environment": N_("{keys} (from the environment)"),
    "training": N_("{keys} (training)"),
}
WIDTH = 760


class SettingsPage(Page):
    """How this desk is set up."""

    title = N_("Settings")

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        self._desk: Desk | None = None
        self._shown: tuple[SettingsView, KeysView] | None = None
        self._facts = {name: ElidedLabel("", "body") for name in _FACTS}
        self.change_button = Button(
            N_("Change settings…"), kind="primary", icon="edit", name="changeSettingsButton",
            tip=N_("Centre, desk, keys, printing, display, language, backup, about"),
        )  # fmt: skip
        self.change_button.clicked.connect(partial(self.open_dialog, "centre"))
        self.wizard_button = Button(
            N_("Set up step by step…"), name="wizardButton",
            tip=N_("The steps of the first start, once more"),
        )  # fmt: skip
        self.wizard_button.clicked.connect(self._open_wizard)
        self._lay_out()

    def attach(self, desk: Desk) -> None:
        """Take the open desk."""
        self._desk = desk
        self._read()

    def arrive(self) -> None:
        """Read what may have changed."""
        self._read()
        self.change_button.setFocus()

    def open(self, argument: object) -> None:
        """Open the dialog at a section; `check` opens the gateway's and checks everything."""
        is_check = argument == "check"
        dialog = self.open_dialog("gateway" if is_check else str(argument))
        if is_check and dialog is not None:
            dialog.check()

    def apply_changes(self, changes: Changes) -> None:
        """Read again what is set."""
        if changes.settings:
            self._read()

    def _read(self) -> None:
        if self._desk is not None:
            self.context.runner.submit(
                Lane.LOCAL,
                call(_facts, self._desk),
                owner=self,
                on_done=self._show,
                on_error=self._failed,
            )

    def _show(self, facts: tuple[SettingsView, KeysView]) -> None:
        self._shown = facts
        self._say()

    def _say(self) -> None:
        if self._shown is None:
            return
        settings, keys = self._shown
        centre = settings.centre
        not_set = tr(N_("not set"))
        source = _SOURCES.get(keys.source, N_("{keys}"))
        limit = format_rupees(Money(settings.upi_limit_paise))
        values = {
            "centre": centre.name or not_set,
            "address": centre.address.replace("\n", ", ") or not_set,
            "gstin": centre.gstin or tr(N_("not registered: no GST is charged")),
            "email": centre.email or not_set,
            "desk": settings.desk_id,
            "keys": tr(source, keys=keys.masked_id) if keys.masked_id else tr(N_("none yet")),
            "limit": tr(N_("{amount} a payment"), amount=limit),
            "paper": tr(_PAPERS.get(settings.paper, N_(settings.paper))),
            "look": f"{tr(_THEMES.get(settings.theme, N_('')))} · {settings.text_percent} %",
            "language": LANGUAGES.get(settings.language, settings.language),
        }
        for name, value in values.items():
            self._facts[name].show_text(value)

    def changeEvent(self, event: QEvent) -> None:
        """Say it in the new language, at the new size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "_shown"):
            self._say()
        elif event.type() == QEvent.Type.StyleChange and hasattr(self, "_card"):
            self._card.setMaximumWidth(theme.px(WIDTH))

    def _changed(self, _result: object = None) -> None:
        self.context.calls.changed.emit(Changes(settings=True))

    def open_dialog(self, at: str = "centre", _checked: object = None) -> SettingsDialog | None:
        """Open the dialog at a section; None while no desk is open."""
        if self._desk is None:
            return None
        from desktop_app.ui.settings.dialog import SettingsDialog  # noqa: PLC0415 - seldom opened

        form = SettingsDialog(
            self._desk, self.context.runner, self.window(),
            folder=getattr(self.window(), "data_dir", None),
            print_test=TestPrint(self.context.printer, self),
            printers=self.context.printer.names, at=at,
        )  # fmt: skip
        form.saved.connect(self._changed)
        form.open()
        return form

    def _open_wizard(self) -> None:
        if self._desk is None:
            return
        from desktop_app.ui.settings.wizard import SetupWizard  # noqa: PLC0415 - seldom opened

        wizard = SetupWizard(
            self._desk,
            self.context.runner,
            self.window(),
            print_test=TestPrint(self.context.printer, self),
        )
        wizard.finished.connect(self._changed)
        wizard.open()

    def _failed(self, error: Exception) -> None:
        self.context.notices.tell(error)

    def _lay_out(self) -> None:
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(theme.MARGIN, theme.MARGIN, theme.MARGIN, theme.MARGIN)
        column.setSpacing(theme.GROUP)
        column.addWidget(label(N_("Settings"), "page"))
        facts = self._card = Card(margin=theme.MARGIN)
        facts.setMaximumWidth(theme.px(WIDTH))
        form = QFormLayout()
        form.setHorizontalSpacing(theme.MARGIN)
        form.setVerticalSpacing(theme.GROUP)
        for name, value in self._facts.items():
            form.addRow(label(_FACTS[name], "secondary"), value)
        facts.column.addLayout(form)
        column.addWidget(facts)
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.GROUP)
        buttons.addWidget(self.change_button)
        buttons.addWidget(self.wizard_button)
        buttons.addStretch(1)
        column.addLayout(buttons)
        column.addStretch(1)
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setWidget(inner)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(area)


def _facts(desk: Desk) -> tuple[SettingsView, KeysView]:
    return desk.settings.view(), desk.settings.keys()
