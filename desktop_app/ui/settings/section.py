"""Sections of the settings page: a heading and the fields that the table of settings declares."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, cast

from PySide6.QtWidgets import QWidget

from desktop_app.domain.receipt import IST, financial_year
from desktop_app.services.settings.table import SECTIONS, SETTINGS, in_section
from desktop_app.ui.core import theme
from desktop_app.ui.core.i18n import N_, bind_text
from desktop_app.ui.settings.editors import make_editor
from desktop_app.ui.settings.fields import SettingFields
from desktop_app.ui.widgets.boxes import hbox
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.flow_layout import flowing
from desktop_app.ui.widgets.labels import label

if TYPE_CHECKING:
    from collections.abc import Callable

    from desktop_app.ui.settings.editors import PrinterBox

    PrintTest = Callable[[str, Callable[[str], None], str], None]

FORM_PX = 640
"""The width of a section's form at a text size of 100 %."""
SAMPLE_PX = 272
"""The least width that a sample receipt beside the form can be read at."""


class SettingsSection(SettingFields):
    """A section of the page.

    Args:
        name: the section of the table of settings.
    """

    def __init__(self, name: str) -> None:
        super().__init__()
        section = SECTIONS[name]
        self.title = N_(section.title)
        self.column.setContentsMargins(theme.MARGIN, 20, theme.MARGIN, 20)
        self.column.setSpacing(theme.GROUP)
        self.column.addWidget(label(self.title, "section"))
        if section.sentence:
            self.column.addWidget(label(N_(section.sentence), "secondary", wrap=True))
        self.build_above()
        self.column.addLayout(self.grid)
        for setting in in_section(name):
            editor = make_editor(setting)
            self.add(setting, editor, setting.label, setting.hint, is_wide=setting.is_wide)
        self.can_reset = section.can_reset and bool(self.fields)
        self.has_sample = section.has_sample
        self.build()
        self.column.addStretch(1)

    def build_above(self) -> None:
        """Add what is in the section above its fields."""

    def build(self) -> None:
        """Add what is in the section below its fields."""

    def defaults(self) -> dict[str, str]:
        """Return the default of every setting in the section."""
        return {key: SETTINGS[key].default for key in self.fields}

    def add_row(self, *parts: QWidget) -> None:
        """Add buttons beside each other, and what is no button under them."""
        self.column.addWidget(flowing(*(part for part in parts if isinstance(part, Button))))
        for part in parts:
            if not isinstance(part, Button):
                self.column.addWidget(part)


class CentreSection(SettingsSection):
    """The centre, and the way through the first steps again."""

    def build(self) -> None:
        """Add the button of the first set-up."""
        self.wizard_button = Button(
            N_("Set up again, step &by step…"), kind="quiet", name="wizardButton",
            tip=N_("Run the first-time setup again"),
        )  # fmt: skip
        self.add_row(self.wizard_button)


class DeskSection(SettingsSection):
    """Which desk this is, and its receipt series."""

    def build(self) -> None:
        """Add the first receipt number."""
        self._number = label("", "caption", name="nextNumber", wrap=True)
        self.column.addWidget(self._number)
        self.changed.connect(self._show_number)

    def _show_number(self) -> None:
        words = N_("Receipt numbers start at {number}.")
        bind_text(self._number, "text", words, number=first_number(self.value("desk.id")))


class PrintingSection(SettingsSection):
    """Paper, printer and test page.

    Args:
        print_test: prints a test page on a paper and a printer, and reports the result.
    """

    def __init__(self, print_test: PrintTest | None) -> None:
        self._print_test = print_test
        super().__init__("printing")

    def build(self) -> None:
        """Add the test page."""
        self.printer = cast("PrinterBox", self.fields["print.printer"].editor)
        self.test_page = TestPage("testPageButton", "testPageFinding", self._test)
        self.column.addWidget(self.test_page)

    def _test(self, tell: Callable[[str], None]) -> None:
        if self._print_test is not None:
            self._print_test(self.value("receipt.paper"), tell, self.value("print.printer"))


class TestPage(QWidget):
    """A button that prints a test page, and where the page went, under their object names."""

    def __init__(
        self, button: str, finding: str, test: Callable[[Callable[[str], None]], None]
    ) -> None:
        super().__init__()
        self.button = Button(
            N_("Print a &test page"), icon="print", name=button,
            tip=N_("Print a sample on the chosen paper. It isn't a receipt."),
        )  # fmt: skip
        self.finding = label("", "small", name=finding, wrap=True)
        self.button.clicked.connect(lambda: test(self.finding.setText))
        hbox(self.button, (self.finding, 1), inside=self)


def first_number(desk_id: str) -> str:
    """Return the first receipt number of a desk in the current financial year."""
    typed = desk_id.strip().upper() or "D1"
    return f"{typed}/{financial_year(datetime.now(IST).date())}/000001"


def resize_within_screen(window: QWidget, width: int, height: int) -> None:
    """Resize a window to pixels at 100 %, and no larger than the screen."""
    room = window.screen().availableGeometry().size()
    most = room.width() - 2 * theme.GROUP, room.height() - 3 * theme.GROUP
    window.resize(min(theme.px(width), most[0]), min(theme.px(height), most[1]))
