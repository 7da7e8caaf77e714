"""The settings: pages at the left, OK, Cancel and Apply; Cancel changes nothing.

Everything that differs on any page is kept in one go. Pages check themselves in place.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QListWidget, QStackedWidget, QWidget

from desktop_app.domain.errors import InvalidInputError
from desktop_app.services.settings import SECTIONS
from desktop_app.ui.core import theme
from desktop_app.ui.core.error_notices import describe
from desktop_app.ui.core.i18n import N_, bind_text, tr
from desktop_app.ui.settings.about import AboutSection, BackupSection
from desktop_app.ui.settings.gateway import GatewaySection
from desktop_app.ui.settings.section import (
    DeskSection,
    PrintingSection,
    SettingsSection,
    resize_within_screen,
)
from desktop_app.ui.settings.setup import read_setup, save_setup
from desktop_app.ui.widgets.banner import DialogBanner
from desktop_app.ui.widgets.boxes import STRETCH, fill, hbox, vbox
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.card import rule
from desktop_app.ui.widgets.confirm_strip import unsaved_strip

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from PySide6.QtGui import QCloseEvent

    from desktop_app.ui.core.jobs import JobRunner
    from desktop_app.ui.settings.section import PrintTest
    from desktop_app.ui.settings.setup import NewKeys, Setup
    from desktop_app.ui.widgets.field import LabelledField

LIST_WIDTH = 212
SIZE = (900, 664)


class SettingsDialog(QDialog):
    """Everything about this desk. Shown with `open()`.

    Signals:
        saved: something was kept; the dialog may stay open.

    Attributes:
        sections: the pages by the name of their section.

    Args:
        folder: the data folder, for backups and logs.
        print_test: prints a test page on a paper and a printer, and reports the result; None
            without printing.
        printers: returns the names of the system's printers; may block, runs in a worker.
    """

    saved = Signal()

    def __init__(
        self,
        runner: JobRunner,
        parent: QWidget | None,
        *,
        folder: Path | None = None,
        print_test: PrintTest | None = None,
        printers: Callable[[], tuple[str, ...]] | None = None,
        at: str = "centre",
    ) -> None:
        super().__init__(parent)
        self.setObjectName("settingsDialog")
        bind_text(self, "windowTitle", N_("Settings"))
        bind_text(self, "accessibleName", N_("Settings"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._runner = runner
        self._folder = folder
        self._is_busy = self._keys_wanted = self._closes = False
        self.gateway, self.printing = GatewaySection(runner), PrintingSection(print_test)
        self.backup, self.about = BackupSection(runner), AboutSection(self.gateway.checks.lines)
        made = {
            "desk": DeskSection("desk"), "gateway": self.gateway, "printing": self.printing,
            "backup": self.backup, "about": self.about,
        }  # fmt: skip
        self.sections = {name: made.get(name) or SettingsSection(name) for name in SECTIONS}
        self.pages = QListWidget()
        self.stack = QStackedWidget()
        self.strip = unsaved_strip()
        self._build_buttons()
        self._lay_out()
        self._connect()
        self.rescale()
        self.ok_button.setDisabled(True)
        self.reset_button.setDisabled(True)
        self._mark()
        self.show_page(at)
        self._read()
        if printers is not None:
            box = self.printing.printer
            runner.local(lambda _desk: printers(), box.show_names, failed=box.show_none)

    # --- building

    def _build_buttons(self) -> None:
        self.reset_button = Button(
            N_("Reset this page"), kind="quiet", name="settingsResetButton",
            tip=N_("Put back what this page was at first; nothing is kept before OK"),
        )  # fmt: skip
        self.cancel_button = Button(N_("Cancel"), name="settingsCancelButton")
        self.apply_button = Button(N_("Apply"), name="settingsApplyButton")
        self.ok_button = Button(N_("OK"), kind="primary", name="settingsOkButton")
        self.ok_button.setDefault(True)

    def _lay_out(self) -> None:
        self.pages.setObjectName("settingsPages")
        bind_text(self.pages, "accessibleName", N_("Pages of the settings"))
        self.pages.setProperty("kind", "pages")
        self.pages.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for part in self.sections.values():
            self.pages.addItem(tr(part.title))
            self.stack.addWidget(part)
        buttons = hbox(self.reset_button, gap=theme.GAP, margins=(theme.MARGIN, 12))
        fill(buttons, STRETCH, self.cancel_button, self.apply_button, self.ok_button)
        column = vbox(inside=self, gap=0)
        column.addWidget(DialogBanner(self))
        fill(column, (hbox(self.pages, (self.stack, 1), gap=0), 1), self.strip, rule(), buttons)

    def _connect(self) -> None:
        self.pages.currentRowChanged.connect(self._page_chosen)
        self.ok_button.clicked.connect(lambda: self._keep(closes=True))
        self.apply_button.clicked.connect(lambda: self._keep(closes=False))
        self.cancel_button.clicked.connect(self.reject)
        self.reset_button.clicked.connect(self._reset)
        self.strip.confirmed.connect(self._throw_away)
        for part in self.sections.values():
            part.changed.connect(self._mark)
        self.gateway.keys.tried.connect(self._keys_tried)

    # --- pages

    @property
    def fields(self) -> dict[str, LabelledField]:
        """Every field, by its setting's key."""
        return {key: field for part in self.sections.values() for key, field in part.fields.items()}

    def show_page(self, name: str) -> None:
        """Bring a section to the front."""
        self.pages.setCurrentRow(list(self.sections).index(name))

    def current(self) -> str:
        """Return the name of the section in front."""
        return list(self.sections)[self.pages.currentRow()]

    def check(self) -> None:
        """Check keys, clock, disk and the rest, on the page that shows the findings."""
        self.show_page("gateway")
        self.gateway.check()

    def _page_chosen(self, at: int) -> None:
        self.stack.setCurrentIndex(at)
        self.reset_button.setVisible(self.sections[self.current()].can_reset)

    @property
    def is_changed(self) -> bool:
        """Whether something differs from what is kept."""
        return any(part.is_changed for part in self.sections.values())

    def _mark(self) -> None:
        self.apply_button.setEnabled(self.is_changed and not self._is_busy)

    def _read(self) -> None:
        self._runner.local(partial(read_setup, self._folder), self._load, failed=self._failed)

    def _load(self, setup: Setup) -> None:
        for part in self.sections.values():
            part.load(setup)
        self._be_busy(busy=False)

    def _reset(self) -> None:
        self.sections[self.current()].reset()
        self._mark()

    # --- keeping

    def _keep(self, *, closes: bool) -> None:
        if self._is_busy:
            return
        self._closes = closes
        self.strip.hide()
        texts, keys = self._changes(), self.gateway.keys
        if texts is None:
            return
        if keys.is_empty:
            self._save(texts, None)
        elif keys.is_tried:
            self._save(texts, keys.keys())
        else:  # `_keys_tried` continues
            self.show_page("gateway")
            self._keys_wanted = keys.check()
            self._be_busy(busy=self._keys_wanted)

    def _keys_tried(self, may_keep: bool) -> None:  # noqa: FBT001 - a signal's value
        wanted, self._keys_wanted = self._keys_wanted, False
        if not wanted:
            return
        self._be_busy(busy=False)
        texts = self._changes()
        if may_keep and texts is not None:
            self._save(texts, self.gateway.keys.keys())

    def _changes(self) -> dict[str, str] | None:
        """Return the values to save; None, and the page in front, where one is wrong."""
        found: dict[str, str] = {}
        for name, part in self.sections.items():
            try:
                found |= part.changes()
            except InvalidInputError as error:
                self.show_page(name)
                part.complain(error)
                return None
        return found

    def _save(self, texts: dict[str, str], keys: NewKeys | None) -> None:
        if not texts and keys is None:
            self._saved()
            return
        self._be_busy(busy=True)
        self._runner.local(partial(save_setup, texts, keys), self._saved, failed=self._failed)

    def _saved(self, _nothing: None = None) -> None:
        self._be_busy(busy=False)
        for part in self.sections.values():
            part.settle()
        self.gateway.keys.forget()
        self.saved.emit()
        if self._closes:
            self.accept()
        else:
            self._read()

    def _failed(self, error: Exception) -> None:
        self._be_busy(busy=False)
        if isinstance(error, InvalidInputError):
            for name, part in self.sections.items():
                if part.complain(error):
                    self.show_page(name)
                    return
        self.strip.say(describe(error).text())

    def _be_busy(self, *, busy: bool) -> None:
        """Disable what saves while a save or a trial of keys is on the way."""
        self._is_busy = busy
        self.ok_button.setDisabled(busy)
        self.reset_button.setDisabled(busy)
        self._mark()

    # --- leaving

    def reject(self) -> None:
        """Close; changes are thrown away only after a question."""
        if self._is_busy:
            return
        if self.strip.is_asking:
            self.strip.hide()
        elif self.is_changed:
            self.strip.ask(N_("What you changed is not saved yet."))
        else:
            super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask as Esc does when the window's cross is pressed."""
        if self._is_busy or (self.isVisible() and self.is_changed):
            event.ignore()
            self.reject()
            return
        super().closeEvent(event)

    def _throw_away(self) -> None:
        self.gateway.keys.forget()
        super().reject()

    # --- language and size

    def retranslate(self) -> None:
        """Name the pages in the new language."""
        for at, part in enumerate(self.sections.values()):
            self.pages.item(at).setText(tr(part.title))

    def rescale(self) -> None:
        """Resize to what the text needs, and no larger than the screen."""
        self.pages.setFixedWidth(theme.px(LIST_WIDTH))
        resize_within_screen(self, *SIZE)
