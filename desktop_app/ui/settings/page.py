"""The settings: a list of sections, and the form of one of them. Changes apply at once.

What is chosen, or typed and left, is kept right away and can be undone. Fields check themselves in
place; what is wrong is never kept.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidget, QStackedWidget

from desktop_app.domain.errors import InvalidInputError
from desktop_app.services.settings.table import SECTIONS, SETTINGS
from desktop_app.ui.core import theme
from desktop_app.ui.core.error_notices import describe
from desktop_app.ui.core.i18n import N_, bind_text, tr
from desktop_app.ui.core.page import Page, PageContext
from desktop_app.ui.receipts.printer_test import PrinterTest
from desktop_app.ui.settings.about import AboutSection, BackupSection
from desktop_app.ui.settings.concessions import ConcessionsSection
from desktop_app.ui.settings.fee_heads import FeesSection
from desktop_app.ui.settings.gateway import GatewaySection
from desktop_app.ui.settings.sample_receipt import SampleReceipt
from desktop_app.ui.settings.saved_bar import SavedBar
from desktop_app.ui.settings.section import (
    FORM_PX,
    SAMPLE_PX,
    CentreSection,
    DeskSection,
    PrintingSection,
    SettingsSection,
)
from desktop_app.ui.settings.setup import read_setup, save_setup
from desktop_app.ui.widgets.boxes import STRETCH, fill, hbox, vbox
from desktop_app.ui.widgets.labels import label
from desktop_app.ui.widgets.select import Select

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtGui import QHideEvent, QResizeEvent

    from desktop_app.services.views.changes import Changes
    from desktop_app.ui.settings.setup import Setup
    from desktop_app.ui.widgets.field import LabelledField

LIST_PX = 212
FORM_SHARE, SAMPLE_SHARE = 10_000, 100
"""The form takes the room up to its width, then the sample; without a sample the rest is left."""
NARROW_PX = LIST_PX + 400
"""Narrower than this, at a text size of 100 %, the list of sections is a drop-down."""


class _Save(NamedTuple):
    """Settings on their way to be kept.

    Attributes:
        texts: by key, as they are kept.
        is_undo: whether they were kept before, and are put back.
    """

    texts: dict[str, str]
    is_undo: bool = False


class SettingsPage(Page):
    """How this desk is set up.

    Attributes:
        sections: by their names in the table of settings.
    """

    title = N_("Settings")

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        self.setObjectName("settingsPage")
        self._texts: dict[str, str] = {}
        self._waiting: list[_Save] = []
        self._undo: list[dict[str, str]] = []
        self._is_saving = False
        runner = context.runner
        self.gateway = GatewaySection(runner)
        self.printing = PrintingSection(PrinterTest(context.printer, self))
        self.backup, self.about = BackupSection(runner), AboutSection(self.gateway.checks.lines)
        self.centre, self.concessions = CentreSection("centre"), ConcessionsSection(runner)
        self.fees = FeesSection(runner)
        made = {
            "centre": self.centre,
            "desk": DeskSection("desk"), "gateway": self.gateway, "printing": self.printing,
            "backup": self.backup, "about": self.about, "concessions": self.concessions,
            "fees": self.fees,
        }  # fmt: skip
        self.sections = {name: made.get(name) or SettingsSection(name) for name in SECTIONS}
        self._build()
        self._lay_out()
        self._connect()
        self.rescale()
        self.show_section("centre")

    # --- building

    def _build(self) -> None:
        self.pages = QListWidget()
        self.pages.setObjectName("settingsPages")
        bind_text(self.pages, "accessibleName", N_("Sections"))
        self.pages.setProperty("kind", "pages")
        self.pages.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        options = [(part.title, name) for name, part in self.sections.items()]
        self.section_box = Select(options, name="settingsSectionSelect", title=N_("Sections"))
        self.stack = QStackedWidget()
        for part in self.sections.values():
            self.pages.addItem(tr(part.title))
            self.stack.addWidget(part)
        self.sample = SampleReceipt(self.context.runner)
        self.bar = SavedBar()
        self.heading = label(N_("Settings"), "page")

    def _lay_out(self) -> None:
        top = hbox(
            self.heading, STRETCH, (self.section_box, FORM_SHARE), gap=0,
            margins=(theme.MARGIN, theme.GROUP, theme.MARGIN, theme.GAP),
        )  # fmt: skip
        middle = hbox(self.pages, gap=0)
        fill(middle, (self.stack, FORM_SHARE), (self.sample, SAMPLE_SHARE), STRETCH)
        column = vbox(inside=self, gap=0)
        column.addLayout(top)
        fill(column, (middle, 1), self.bar)

    def _connect(self) -> None:
        self.pages.currentRowChanged.connect(self._section_chosen)
        self.section_box.currentIndexChanged.connect(self.pages.setCurrentRow)
        self.centre.wizard_button.clicked.connect(self._open_wizard)
        self.bar.undo_button.clicked.connect(self.undo)
        self.bar.reset_button.clicked.connect(self._reset)
        self.gateway.keys_saved.connect(self._read)
        for part in self.sections.values():
            part.committed.connect(partial(self._commit, part))
            part.changed.connect(self._show_sample)

    # --- sections

    @property
    def fields(self) -> dict[str, LabelledField]:
        """Every field, by its setting's key."""
        return {key: field for part in self.sections.values() for key, field in part.fields.items()}

    def show_section(self, name: str) -> None:
        """Bring a section to the front."""
        self.pages.setCurrentRow(list(self.sections).index(name))

    def current(self) -> str:
        """Return the name of the section in front."""
        return list(self.sections)[max(0, self.pages.currentRow())]

    def _section_chosen(self, at: int) -> None:
        self.section_box.setCurrentIndex(at)
        self.stack.setCurrentIndex(at)
        self.bar.offer_reset(is_offered=self.sections[self.current()].can_reset)
        self._arrange()
        self._show_sample()

    def arrive(self) -> None:
        """Read what may have changed."""
        self._read()
        box = self.printing.printer
        self.context.runner.local(
            lambda _desk: self.context.printer.names(), box.show_names, failed=box.show_none,
            replaces="printers",
        )  # fmt: skip
        (self.section_box if self.pages.isHidden() else self.pages).setFocus()

    def open(self, argument: object) -> None:
        """Show a section; `check` shows the gateway's and checks everything."""
        is_check = argument == "check"
        self.show_section("gateway" if is_check else str(argument))
        if is_check:
            self.gateway.check()

    def apply_changes(self, changes: Changes) -> None:
        """Read the settings again."""
        if changes.settings:
            self._read()

    def _read(self) -> None:
        read = partial(read_setup, self._folder())
        self.context.runner.local(read, self._show, failed=self._not_read, replaces="read")

    def _folder(self) -> Path | None:
        return getattr(self.window(), "data_dir", None)

    def _show(self, setup: Setup) -> None:
        if not self._is_saving:
            self._texts = dict(setup.settings.texts)
        for part in self.sections.values():
            part.load(setup)
        self._show_sample()

    def _not_read(self, error: Exception) -> None:
        self.bar.say(describe(error).text(), is_wrong=True)

    # --- keeping

    def _commit(self, part: SettingsSection, key: str) -> None:
        text = part.text(key)
        part.settle(key)
        self._save(_Save({key: text}))

    def _reset(self) -> None:
        part = self.sections[self.current()]
        self._save(_Save(part.defaults()))

    def undo(self) -> None:
        """Put back what the last change replaced."""
        if self._undo:
            self._save(_Save(self._undo.pop(), is_undo=True))

    def _save(self, save: _Save) -> None:
        """Keep settings one change after the other, which several workers would not."""
        self._waiting.append(save)
        if not self._is_saving:
            self._save_next()

    def _save_next(self) -> None:
        self._is_saving = bool(self._waiting)
        if not self._waiting:
            return
        save = self._waiting.pop(0)
        before = {key: self._texts.get(key, SETTINGS[key].default) for key in save.texts}
        texts = {key: text for key, text in save.texts.items() if text != before[key]}
        self.context.runner.local(
            partial(save_setup, texts, None), partial(self._saved, save, before), owner=self,
            failed=partial(self._not_saved, save),
        )  # fmt: skip

    def _saved(self, save: _Save, before: dict[str, str], _nothing: None) -> None:
        self._texts |= save.texts
        if not save.is_undo:
            self._undo.append(before)
        names = [N_(SETTINGS[key].label) for key in save.texts]
        self.bar.say_saved(names, is_undo=save.is_undo, can_undo=bool(self._undo))
        for part in self.sections.values():
            for key in save.texts.keys() & part.fields.keys():
                part.settle(key)
        self._save_next()
        self._read()

    def _not_saved(self, save: _Save, error: Exception) -> None:
        for name, part in self.sections.items():
            if isinstance(error, InvalidInputError) and part.complain(error):
                self.show_section(name)
                break
        else:
            self.bar.say(describe(error).text(), is_wrong=True)
        for part in self.sections.values():
            for key in save.texts.keys() & part.fields.keys():
                part.unsettle(key)
        self._save_next()

    def _open_wizard(self) -> None:
        from desktop_app.ui.settings.wizard import open_wizard

        open_wizard(self.context, self.window())

    # --- the sample, sizes, language

    def _show_sample(self) -> None:
        if self.sample.isVisible() or not self.isVisible():
            texts: dict[str, str] = {}
            for part in self.sections.values():
                if part.setup is not None and part.has_sample:
                    texts |= part.good_texts()
            self.sample.show_texts(texts)

    def hideEvent(self, event: QHideEvent) -> None:
        """Forget keys that were typed and not saved, once another page is shown."""
        super().hideEvent(event)
        if not event.spontaneous():
            self.gateway.put_away()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show the sample beside the form where there is room for it."""
        super().resizeEvent(event)
        self._arrange()

    def rescale(self) -> None:
        """Set the widths for the text size."""
        self.pages.setFixedWidth(theme.px(LIST_PX))
        self.stack.setMaximumWidth(theme.px(FORM_PX))
        self._arrange()

    def _arrange(self) -> None:
        wide = self.width()
        is_narrow = wide < theme.px(NARROW_PX)
        self.pages.setHidden(is_narrow)
        self.section_box.setVisible(is_narrow)
        self.heading.setHidden(is_narrow)
        left = wide - theme.px(FORM_PX) - (0 if is_narrow else theme.px(LIST_PX))
        has_sample = self.sections[self.current()].has_sample
        self.sample.setVisible(has_sample and left >= SAMPLE_PX)

    def retranslate(self) -> None:
        """Name the sections in the new language."""
        for at, part in enumerate(self.sections.values()):
            self.pages.item(at).setText(tr(part.title))
