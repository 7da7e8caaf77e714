"""Settings at a glance, and the ways to change them: the dialog, or the steps of the first run."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFormLayout, QFrame, QScrollArea, QWidget

from desktop_app.domain.money import Money, format_rupees
from desktop_app.services.settings import Kind, in_summary
from desktop_app.ui.core import theme
from desktop_app.ui.core.i18n import N_, tr
from desktop_app.ui.core.page import Page, PageContext
from desktop_app.ui.receipts.printer_test import PrinterTest
from desktop_app.ui.settings.setup import Setup, read_setup
from desktop_app.ui.widgets.boxes import STRETCH, fill, hbox, vbox
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.card import Card
from desktop_app.ui.widgets.labels import ElidedLabel, label

if TYPE_CHECKING:
    from collections.abc import Mapping

    from desktop_app.services.settings import Setting, Summary
    from desktop_app.services.views.changes import Changes
    from desktop_app.services.views.settings import KeysView
    from desktop_app.ui.settings.dialog import SettingsDialog

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
        self._setup: Setup | None = None
        self._values: dict[str, ElidedLabel] = {}
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

    def arrive(self) -> None:
        """Read what may have changed."""
        self._read()
        self.change_button.setFocus()

    def open(self, argument: object) -> None:
        """Open the dialog at a section; `check` opens the gateway's and checks everything."""
        is_check = argument == "check"
        dialog = self.open_dialog("gateway" if is_check else str(argument))
        if is_check:
            dialog.check()

    def apply_changes(self, changes: Changes) -> None:
        """Read the settings again."""
        if changes.settings:
            self._read()

    def _read(self) -> None:
        self.context.runner.local(partial(read_setup, None), self._show, replaces="read")

    def _show(self, setup: Setup) -> None:
        self._setup = setup
        self.retranslate()

    def retranslate(self) -> None:
        """Show the settings in the current language."""
        if self._setup is None:
            return
        texts = self._setup.settings.texts
        self._values["keys"].show_text(_key_words(self._setup.keys))
        for setting, summary in in_summary():
            words = _words(setting, summary, texts[setting.key])
            if setting.key == "display.theme":
                words += f" · {texts['display.text_size']} %"
            self._values[setting.key].show_text(words)

    def rescale(self) -> None:
        """Set the width for the text size."""
        self._card.setMaximumWidth(theme.px(WIDTH))

    def open_dialog(self, at: str = "centre", _checked: object = None) -> SettingsDialog:
        """Open the dialog at a section."""
        from desktop_app.ui.settings.dialog import SettingsDialog

        context = self.context
        form = SettingsDialog(
            context.runner, self.window(), folder=getattr(self.window(), "data_dir", None),
            print_test=PrinterTest(context.printer, self), printers=context.printer.names, at=at,
        )  # fmt: skip
        form.open()
        return form

    def _open_wizard(self) -> None:
        from desktop_app.ui.settings.wizard import open_wizard

        open_wizard(self.context, self.window())

    def _lay_out(self) -> None:
        inner = QWidget()
        column = vbox(
            label(N_("Settings"), "page"), inside=inner, gap=theme.GROUP, margins=theme.MARGIN
        )
        facts = self._card = Card(margin=theme.MARGIN)
        facts.setMaximumWidth(theme.px(WIDTH))
        form = QFormLayout(horizontalSpacing=theme.MARGIN, verticalSpacing=theme.GROUP)
        for setting, summary in in_summary():
            self._add_row(form, setting.key, N_(summary.caption))
            if setting.key == "desk.id":
                self._add_row(form, "keys", N_("Razorpay keys"))
        facts.column.addLayout(form)
        buttons = hbox(self.change_button, self.wizard_button, STRETCH, gap=theme.GROUP)
        fill(column, facts, buttons, STRETCH)
        area = QScrollArea(widgetResizable=True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidget(inner)
        vbox(area, inside=self)

    def _add_row(self, form: QFormLayout, key: str, caption: N_) -> None:
        self._values[key] = ElidedLabel("", "body")
        form.addRow(label(caption, "secondary"), self._values[key])


def _words(setting: Setting, summary: Summary, text: str) -> str:
    if not text:
        return tr(N_(summary.unset))
    value = {each: tr(N_(words)) for words, each in setting.choices}.get(text, text)
    if setting.kind is Kind.RUPEES:
        value = format_rupees(Money(int(text)))
    return tr(N_(summary.words), value=value) if summary.words else value


def _key_words(keys: KeysView) -> str:
    source = _SOURCES.get(keys.source, N_("{keys}"))
    return tr(source, keys=keys.masked_id) if keys.masked_id else tr(N_("none yet"))
