"""The settings: pages at the left, OK, Cancel and Apply; Cancel changes nothing.

Everything that differs on any page is kept in one go. Pages check themselves in place.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QListWidget,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.receipt import IST
from desktop_app.ui.core import theme
from desktop_app.ui.core.error_notices import describe
from desktop_app.ui.core.i18n import N_, bind_text, tr
from desktop_app.ui.settings.about import AboutSection, BackupSection
from desktop_app.ui.settings.gateway import GatewaySection
from desktop_app.ui.settings.presenter import SettingsPresenter, SetupForm
from desktop_app.ui.settings.sections import (
    CentreSection,
    DeskSection,
    DisplaySection,
    PrintingSection,
)
from desktop_app.ui.widgets.banner import StripedBanner
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.card import rule
from desktop_app.ui.widgets.confirm_strip import unsaved_strip

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from PySide6.QtGui import QCloseEvent

    from desktop_app.services.desk import Desk
    from desktop_app.ui.core.jobs import JobRunner
    from desktop_app.ui.settings.presenter import NewKeys
    from desktop_app.ui.settings.section import SettingsSection
    from desktop_app.ui.widgets.field import LabelledField

LIST_WIDTH = 212
SIZE = (900, 664)


class SettingsDialog(QDialog):
    """Everything about this desk. Shown with `open()`.

    Signals:
        saved: something was kept; the dialog may stay open.

    Args:
        folder: the data folder, for backups and logs.
        print_test: prints a test page on a paper and a printer, and tells how it went; None
            without printing.
        printers: names the system's printers; may block, and is asked in a worker.
    """

    saved = Signal()

    def __init__(
        self,
        desk: Desk,
        runner: JobRunner,
        parent: QWidget | None,
        *,
        folder: Path | None = None,
        print_test: Callable[[str, Callable[[str], None], str], None] | None = None,
        printers: Callable[[], tuple[str, ...]] | None = None,
        at: str = "centre",
    ) -> None:
        super().__init__(parent)
        self.setObjectName("settingsDialog")
        bind_text(self, "windowTitle", N_("Settings"))
        bind_text(self, "accessibleName", N_("Settings"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._print_test = print_test
        self._is_busy = self._keys_wanted = self._closes = False
        self.presenter = SettingsPresenter(desk, runner, self, folder)
        self.centre, self.printing, self.display = (
            CentreSection(),
            PrintingSection(),
            DisplaySection(),
        )
        self.desk_part = DeskSection(datetime.now(IST).date())
        self.gateway = GatewaySection(self.presenter)
        self.backup, self.about = BackupSection(), AboutSection()
        self._by_name: dict[str, SettingsSection] = {
            "centre": self.centre,
            "desk": self.desk_part,
            "gateway": self.gateway,
            "printing": self.printing,
            "display": self.display,
            "backup": self.backup,
            "about": self.about,
        }
        self.parts = tuple(self._by_name.values())
        self.pages = QListWidget()
        self.stack = QStackedWidget()
        self.strip = unsaved_strip()
        self._build_buttons()
        self._lay_out(training=desk.is_training)
        self._connect()
        self._fit()
        self.be_busy(busy=True)
        self.show_page(at)
        self.presenter.read()
        if printers is not None:
            self.presenter.find_printers(printers)

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

    def _lay_out(self, *, training: bool) -> None:
        self.pages.setObjectName("settingsPages")
        bind_text(self.pages, "accessibleName", N_("Pages of the settings"))
        self.pages.setProperty("kind", "pages")
        self.pages.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for part in self.parts:
            self.pages.addItem(tr(part.title))
            self.stack.addWidget(part)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.pages)
        middle.addWidget(self.stack, 1)
        buttons = QHBoxLayout()
        buttons.setContentsMargins(theme.MARGIN, 12, theme.MARGIN, 12)
        buttons.setSpacing(theme.GAP)
        buttons.addWidget(self.reset_button)
        buttons.addStretch(1)
        for button in (self.cancel_button, self.apply_button, self.ok_button):
            buttons.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        if training:
            column.addWidget(
                StripedBanner("dialogTrainingBanner", N_("TRAINING"), N_("nothing here is real"))
            )
        column.addLayout(middle, 1)
        column.addWidget(self.strip)
        column.addWidget(rule())
        column.addLayout(buttons)

    def _connect(self) -> None:
        self.pages.currentRowChanged.connect(self._page_chosen)
        self.ok_button.clicked.connect(self._ok)
        self.apply_button.clicked.connect(self._apply)
        self.cancel_button.clicked.connect(self.reject)
        self.reset_button.clicked.connect(self._reset)
        self.strip.confirmed.connect(self._throw_away)
        for part in self.parts:
            part.changed.connect(self._mark)
        self.gateway.keys.tried.connect(self._keys_tried)
        self.gateway.check_asked.connect(self.presenter.run_checks)
        self.backup.backup_asked.connect(self.presenter.back_up)
        self.printing.test_asked.connect(self._test_page)
        self.about.checks = self.gateway.checks.lines
        presenter = self.presenter
        presenter.loaded.connect(self._load)
        presenter.saved.connect(self._saved)
        presenter.failed.connect(self._failed)
        presenter.checked.connect(self.gateway.show_results)
        presenter.check_failed.connect(self._check_failed)
        presenter.printers.connect(self.printing.printer.show_names)
        presenter.backed_up.connect(self.backup.show_made)
        presenter.backup_failed.connect(self._backup_failed)

    # --- pages

    @property
    def fields(self) -> dict[str, LabelledField]:
        """Every field, by its setting's key."""
        return {key: field for part in self.parts for key, field in part.fields.items()}

    def show_page(self, name: str) -> None:
        """Bring a section to the front."""
        self.pages.setCurrentRow(list(self._by_name).index(name))

    def current(self) -> str:
        """Return the name of the section in front."""
        return list(self._by_name)[self.pages.currentRow()]

    def check(self) -> None:
        """Check keys, clock, disk and the rest, on the page that shows what is found."""
        self.show_page("gateway")
        self.gateway.check()

    def _page_chosen(self, at: int) -> None:
        self.stack.setCurrentIndex(at)
        self.reset_button.setVisible(bool(self.parts[at].defaults))

    @property
    def is_changed(self) -> bool:
        """Whether something differs from what is kept."""
        return any(part.is_changed for part in self.parts)

    def _mark(self) -> None:
        self.apply_button.setEnabled(self.is_changed and not self._is_busy)

    def _load(self, setup: SetupForm) -> None:
        for part in self.parts:
            part.load(setup)
        self.be_busy(busy=False)

    def _reset(self) -> None:
        self.parts[self.stack.currentIndex()].reset()
        self._mark()

    # --- keeping

    def _ok(self) -> None:
        self._closes = True
        self._keep()

    def _apply(self) -> None:
        self._closes = False
        self._keep()

    def _keep(self) -> None:
        if self._is_busy:
            return
        self.strip.hide()
        texts = self._changes()
        if texts is None:
            return
        keys = self.gateway.keys
        if keys.is_empty:
            self._save(texts, None)
        elif keys.is_tried:
            self._save(texts, keys.keys())
        else:
            self._try_keys()

    def _try_keys(self) -> None:
        """Try new keys first; what comes of it is told by `tried`."""
        try:
            self.gateway.keys.keys()
        except InvalidInputError:
            self.show_page("gateway")
            return
        self._keys_wanted = True
        self.be_busy(busy=True)
        self.show_page("gateway")
        self.gateway.keys.check()

    def _keys_tried(self, may_keep: bool) -> None:  # noqa: FBT001 - a signal's value
        wanted, self._keys_wanted = self._keys_wanted, False
        if not wanted:
            return
        self.be_busy(busy=False)
        texts = self._changes()
        if may_keep and texts is not None:
            self._save(texts, self.gateway.keys.keys())

    def _changes(self) -> dict[str, str] | None:
        """What is to be kept; None, and the page in front, where something is wrong."""
        found: dict[str, str] = {}
        for name, part in self._by_name.items():
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
        self.be_busy(busy=True)
        self.presenter.save(texts, keys)

    def _saved(self) -> None:
        self.be_busy(busy=False)
        for part in self.parts:
            part.settle()
        self.gateway.keys.forget()
        self.saved.emit()
        if self._closes:
            self.accept()
        else:
            self.presenter.read()

    def _failed(self, error: Exception) -> None:
        self.be_busy(busy=False)
        if isinstance(error, InvalidInputError):
            for name, part in self._by_name.items():
                if part.complain(error):
                    self.show_page(name)
                    return
        self.strip.say(describe(error).text())

    def be_busy(self, *, busy: bool) -> None:
        """Take no second press while an answer is on the way."""
        self._is_busy = busy
        self.ok_button.setDisabled(busy)
        self.reset_button.setDisabled(busy)
        self._mark()

    # --- leaving

    def reject(self) -> None:
        """Close; what was changed is thrown away only when that was said."""
        if self._is_busy:
            return
        if self.strip.is_asking:
            self.strip.hide()
        elif self.is_changed:
            self.strip.ask(N_("What you changed is not saved yet."))
        else:
            super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:
        """The window's cross asks as Esc does."""
        if self._is_busy or (self.isVisible() and self.is_changed):
            event.ignore()
            self.reject()
            return
        super().closeEvent(event)

    def _throw_away(self) -> None:
        self.gateway.keys.forget()
        super().reject()

    # --- what pages ask for

    def _check_failed(self, error: Exception) -> None:
        self.gateway.show_failure(describe(error).text())

    def _backup_failed(self, error: Exception) -> None:
        self.backup.show_failure(describe(error).text())

    def _test_page(self, paper: str, printer: str) -> None:
        if self._print_test is not None:
            self._print_test(paper, self.printing.finding.setText, printer)

    # --- language and size

    def changeEvent(self, event: QEvent) -> None:
        """Name the pages in the new language, and make room for text of another size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "pages"):
            for at, part in enumerate(self.parts):
                self.pages.item(at).setText(tr(part.title))
        elif event.type() == QEvent.Type.StyleChange and hasattr(self, "pages"):
            self._fit()

    def _fit(self) -> None:
        """Be as large as the text wants, and no larger than the screen."""
        self.pages.setFixedWidth(theme.px(LIST_WIDTH))
        room = self.screen().availableGeometry().size()
        width = min(theme.px(SIZE[0]), room.width() - 2 * theme.GROUP)
        height = min(theme.px(SIZE[1]), room.height() - 3 * theme.GROUP)
        self.resize(width, height)
