"""The pages of the settings that are plain fields: centre, desk, printing, display and language."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QWidget

from desktop_app.domain.money import Money, format_plain
from desktop_app.domain.receipt import financial_year
from desktop_app.ui.core import theme
from desktop_app.ui.core.formatting import one_line
from desktop_app.ui.core.i18n import LANGUAGES, N_, tr
from desktop_app.ui.settings.section import SettingsSection
from desktop_app.ui.students.student_form import states_box
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.labels import label
from desktop_app.ui.widgets.select import Select

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from PySide6.QtCore import QEvent

    from desktop_app.ui.settings.presenter import SetupForm

PAPERS = (
    (N_("A5 page"), "a5"),
    (N_("A4 page"), "a4"),
    (N_("80 mm roll"), "roll80"),
    (N_("58 mm roll"), "roll58"),
)
THEMES = (
    (N_("As the system"), "system"),
    (N_("Light"), "light"),
    (N_("Dark"), "dark"),
    (N_("High contrast"), "contrast"),
)
SIZES = (
    (N_("100 % (normal)"), "100"),
    (N_("125 %"), "125"),
    (N_("150 % (large)"), "150"),
    (N_("200 % (very large)"), "200"),
)
SOUNDS = ((N_("On: a short sound when paid"), "on"), (N_("Off"), "off"))
CUSTOMER = (
    (N_("On the second screen, by itself"), "auto"),
    (N_("In a window of its own"), "window"),
    (N_("Not shown"), "off"),
)
_NAMES = tuple((N_(name), code) for code, name in LANGUAGES.items())
"""Each language by its own name, in every language."""
LOGO_SIDE = 72


class LogoBox(QWidget):
    """The centre's picture: seen, chosen, removed. Its text is a path, a kept name, or empty.

    Signals:
        changed: another one was chosen, or none.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.folder: Path | None = None
        self._text = ""
        self.picture = QLabel()
        self.picture.setObjectName("logoPicture")
        self.picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.picture.setProperty("role", "caption")
        self.choose_button = Button(N_("Choose &picture…"), name="chooseLogoButton")
        self.remove_button = Button(N_("Remove"), kind="quiet", name="removeLogoButton")
        self.choose_button.clicked.connect(self._choose)
        self.remove_button.clicked.connect(self._remove)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.GAP)
        for part in (self.picture, self.choose_button, self.remove_button):
            row.addWidget(part)
        row.addStretch(1)
        self.setFocusProxy(self.choose_button)
        self.show_text("")

    def text(self) -> str:
        """What is to be kept."""
        return self._text

    def show_text(self, text: str) -> None:
        """Show a picture by its path or kept name."""
        self._text = text
        side = theme.px(LOGO_SIDE)
        self.picture.setFixedSize(side, side)
        path = Path(text)
        if text and not path.is_absolute() and self.folder is not None:
            path = self.folder / text
        drawn = QPixmap(str(path)) if text and path.is_file() else QPixmap()
        if drawn.isNull():
            self.picture.setPixmap(QPixmap())
            self.picture.setText(tr(N_("none")) if not text else path.name)
        else:
            ratio = Qt.AspectRatioMode.KeepAspectRatio
            smooth = Qt.TransformationMode.SmoothTransformation
            self.picture.setPixmap(drawn.scaled(side, side, ratio, smooth))
        self.picture.setAccessibleName(tr(N_("The centre's picture")))
        self.remove_button.setVisible(bool(text))

    def changeEvent(self, event: QEvent) -> None:
        """Say it in the new language, at the new size."""
        super().changeEvent(event)
        if event.type() in (event.Type.LanguageChange, event.Type.StyleChange):
            self.show_text(self._text)

    def take(self, path: str) -> None:
        """Take a picture that was chosen."""
        if path:
            self.show_text(path)
            self.changed.emit()

    def _choose(self) -> None:
        dialog = QFileDialog(self.window(), tr(N_("The centre's picture")))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter(tr(N_("Pictures (*.png *.jpg *.jpeg *.svg)")))
        dialog.fileSelected.connect(self.take)
        dialog.open()

    def _remove(self) -> None:
        self.show_text("")
        self.changed.emit()


class CentreSection(SettingsSection):
    """What receipts say about the centre."""

    title = N_("Centre and GST")
    sentence = N_("This stands on every receipt and on the customer display.")

    def build(self) -> None:
        """Name, address, tax, picture."""
        self.add_line("centre.name", N_("Centre's &name"), (0, 0), span=2)
        self.add_line("centre.address", N_("&Address on receipts"), (1, 0), span=2)
        self.add_line(
            "centre.gstin", N_("&GSTIN"), (2, 0),
            hint=N_("Leave empty when not registered: then no GST is charged."),
        )  # fmt: skip
        self.add_field("centre.state", N_("&State"), states_box(), (2, 1))
        self.add_line(
            "centre.email", N_("&E-mail"), (3, 0), span=2,
            hint=N_("Used for parents who have none; Razorpay asks for one."),
        )  # fmt: skip
        self.logo = LogoBox()
        self.logo.setObjectName("centreLogoField")
        self.column.addWidget(label(N_("Picture on receipts"), "small"))
        self.column.addWidget(self.logo)
        self.logo.changed.connect(self.changed)
        self._kept_logo = ""

    def load(self, setup: SetupForm) -> None:
        """Show what is set."""
        self.logo.folder = setup.folder
        self.logo.show_text(setup.texts.get("centre.logo", ""))
        super().load(setup)

    def settle(self) -> None:
        """Take what stands there for unchanged."""
        super().settle()
        self._kept_logo = self.logo.text()

    @property
    def is_changed(self) -> bool:
        """Whether something differs, the picture included."""
        return super().is_changed or self.logo.text() != self._kept_logo

    def changes(self) -> dict[str, str]:
        """What differs, the picture included."""
        found = super().changes()
        if self.logo.text() != self._kept_logo:
            found["centre.logo"] = self.logo.text()
        return found


class DeskSection(SettingsSection):
    """Which desk this is, and its receipt series."""

    title = N_("This desk")
    sentence = N_("Every desk has an id of its own, so that receipt numbers never clash.")
    defaults = {"desk.id": "D1", "upi.limit_paise": "10000000"}  # noqa: RUF012

    def __init__(self, today: date) -> None:
        self._year = financial_year(today)
        super().__init__()

    def build(self) -> None:
        """Id and limit."""
        self.desk_id = self.add_line("desk.id", N_("&Desk id"), (0, 0))
        self.add_line(
            "upi.limit_paise", N_("&UPI limit in rupees"), (0, 1),
            hint=N_("For one payment: 1,00,000; up to 5,00,000 for verified education accounts."),
        )  # fmt: skip
        self.number = label("", "caption", name="nextNumber", wrap=True)
        self.column.addWidget(self.number)
        self.desk_id.textChanged.connect(self._show_number)

    def shown(self, key: str, text: str) -> str:
        """Write the limit in rupees."""
        if key == "upi.limit_paise":
            return format_plain(Money(int(text or 0))).removesuffix(".00")
        return text

    def changeEvent(self, event: QEvent) -> None:
        """Say the number in the new language."""
        super().changeEvent(event)
        if event.type() == event.Type.LanguageChange and hasattr(self, "number"):
            self._show_number()

    def _show_number(self, _typed: object = None) -> None:
        typed = self.desk_id.text().strip().upper() or "D1"
        number = f"{typed}/{self._year}/000001"
        self.number.setText(tr(N_("Receipts of this desk: {number}, and so on."), number=number))


class PrinterBox(Select):
    """The system's own printer, or one by its name; one that is gone stays, and says so."""

    def __init__(self) -> None:
        super().__init__(((N_("The system's own printer"), ""),))
        self._names: tuple[str, ...] | None = None

    def keep(self, name: str) -> None:
        """Have a printer among those to choose from."""
        if self.findData(name) < 0:
            self.addItem(self._said(name), name)

    def show_names(self, names: Sequence[str]) -> None:
        """Offer the printers there are, without choosing any."""
        self._names = tuple(names)
        for name in names:
            self.keep(name)
        self._say_names()

    def changeEvent(self, event: QEvent) -> None:
        """Say in the new language which is gone."""
        super().changeEvent(event)
        if event.type() == event.Type.LanguageChange:
            self._say_names()

    def _say_names(self) -> None:
        for at in range(1, self.count()):
            self.setItemText(at, self._said(str(self.itemData(at))))

    def _said(self, name: str) -> str:
        shown = one_line(name, 80)
        is_gone = self._names is not None and name not in self._names
        return tr(N_("{printer} (not found)"), printer=shown) if is_gone else shown


class PrintingSection(SettingsSection):
    """What receipts are printed on."""

    title = N_("Printing")
    sentence = N_("A receipt that finds no printer is kept as PDF; no payment is lost by it.")
    defaults = {"receipt.paper": "a5", "receipt.language": "en", "print.printer": ""}  # noqa: RUF012
    test_asked = Signal(str, str)

    def build(self) -> None:
        """Paper, language, printer, test page."""
        self.printer = PrinterBox()
        self.paper = self.add_select("receipt.paper", N_("Receipts on &paper"), PAPERS, (0, 0))
        self.add_select("receipt.language", N_("&Language of receipts"), _NAMES, (0, 1))
        self.add_field("print.printer", N_("P&rinter"), self.printer, (1, 0), span=2)
        self.test_button = Button(
            N_("Print a &test page"), icon="print", name="testPageButton",
            tip=N_("Print a specimen on the paper that is chosen; it counts as no receipt"),
        )  # fmt: skip
        self.test_button.clicked.connect(self._test)
        self.finding = label("", "small", name="testPageFinding", wrap=True)
        row = QHBoxLayout()
        row.addWidget(self.test_button)
        row.addWidget(self.finding, 1)
        self.column.addLayout(row)

    def _test(self) -> None:
        self.test_asked.emit(self.paper.value(), self.printer.value())

    def put(self, key: str, text: str) -> None:
        """Show a setting; a printer also before the system has named any."""
        if key == "print.printer":
            self.printer.keep(text)
        super().put(key, text)


class DisplaySection(SettingsSection):
    """How the window looks and sounds, and in which language."""

    title = N_("Display and language")
    sentence = N_("Changes are seen at once when you press Apply; no restart is needed.")
    defaults = {  # noqa: RUF012
        "display.language": "en", "display.text_size": "100", "display.theme": "system",
        "display.sound": "on", "display.customer": "auto",
    }  # fmt: skip

    def build(self) -> None:
        """Language, size, theme, sound, the parent's screen."""
        self.add_select("display.language", N_("&Language"), _NAMES, (0, 0))
        self.add_select("display.text_size", N_("Te&xt size"), SIZES, (0, 1))
        self.add_select("display.theme", N_("Loo&k"), THEMES, (1, 0))
        self.add_select("display.sound", N_("S&ound"), SOUNDS, (1, 1))
        self.add_select("display.customer", N_("&Customer display"), CUSTOMER, (2, 0), span=2)
