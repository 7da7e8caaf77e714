"""Editors of settings by their kind, among them the centre's picture and the printer."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QComboBox, QFileDialog, QLineEdit

from desktop_app.domain.money import Money, format_plain, percent_text
from desktop_app.services.settings.table import Kind
from desktop_app.ui.core import theme
from desktop_app.ui.core.formatting import one_line
from desktop_app.ui.core.i18n import N_, bind_text, tr
from desktop_app.ui.forms.editors import ValueEditor
from desktop_app.ui.forms.entries import states_box
from desktop_app.ui.widgets.boxes import STRETCH, fill, hbox
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.labels import label
from desktop_app.ui.widgets.select import Select

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from PySide6.QtWidgets import QWidget

    from desktop_app.services.settings.table import Setting
    from desktop_app.ui.core.design_tokens import Tokens

LONGEST = 500
LEAST_LETTERS = 8
LOGO_SIDE = 72
TILE = QSize(36, 24)
"""The picture of a theme, in pixels at 100 %."""


class LogoBox(ValueEditor):
    """The centre's picture: shown, chosen, removed. Its value is a path, or empty."""

    def __init__(self) -> None:
        super().__init__()
        self._text = ""
        self.picture = label("", "caption", name="logoPicture")
        self.picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        bind_text(self.picture, "accessibleName", N_("Logo"))
        self.choose_button = Button(N_("Choose &logo…"), name="chooseLogoButton")
        self.remove_button = Button(N_("Remove"), kind="quiet", name="removeLogoButton")
        self.choose_button.clicked.connect(self._browse)
        self.remove_button.clicked.connect(self._remove)
        row = hbox(inside=self, gap=theme.GAP)
        fill(row, self.picture, self.choose_button, self.remove_button, STRETCH)
        self.setFocusProxy(self.choose_button)
        self.choose("")

    def value(self) -> str:
        """Return the value to save."""
        return self._text

    def choose(self, value: str) -> None:
        """Show a picture by its path."""
        self._text = value
        side = theme.px(LOGO_SIDE)
        self.picture.setFixedSize(side, side)
        path = Path(value)
        drawn = QPixmap(str(path)) if value and path.is_file() else QPixmap()
        if drawn.isNull():
            self.picture.setPixmap(QPixmap())
            self.picture.setText(path.name if value else tr(N_("No logo")))
        else:
            ratio = Qt.AspectRatioMode.KeepAspectRatio
            smooth = Qt.TransformationMode.SmoothTransformation
            self.picture.setPixmap(drawn.scaled(side, side, ratio, smooth))
        self.remove_button.setVisible(bool(value))

    def retranslate(self) -> None:
        """Show the word for no picture in the new language."""
        self.choose(self._text)

    def rescale(self) -> None:
        """Scale the picture to another text size."""
        self.choose(self._text)

    def take(self, path: str) -> None:
        """Use a picture that a person chose."""
        if path:
            self.choose(path)
            self.chosen.emit(path)

    def _browse(self) -> None:
        dialog = QFileDialog(self.window(), tr(N_("Logo")))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter(tr(N_("Images (*.png *.jpg *.jpeg *.svg)")))
        dialog.fileSelected.connect(self.take)
        dialog.open()

    def _remove(self) -> None:
        self.choose("")
        self.chosen.emit("")


class PrinterBox(Select):
    """The system's own printer, or one by its name; a missing one stays, marked as not found."""

    def __init__(self) -> None:
        super().__init__(((N_("System default printer"), ""),))
        self._names: tuple[str, ...] | None = None

    def choose(self, value: str) -> None:
        """Choose a printer, also before the system has listed any."""
        self._keep(value)
        super().choose(value)

    def show_names(self, names: Sequence[str]) -> None:
        """Offer the printers there are, without choosing any."""
        self._names = tuple(names)
        for name in names:
            self._keep(name)
        self.retranslate()

    def show_none(self, _error: Exception) -> None:
        """Offer no printer but the system's own: they could not be listed."""
        self.show_names(())

    def retranslate(self) -> None:
        """Show the system's own in the new language, and which printers are missing."""
        super().retranslate()
        for at in range(1, self.count()):
            self.setItemText(at, self._shown(str(self.itemData(at))))

    def _keep(self, name: str) -> None:
        if self.findData(name) < 0:
            self.addItem(self._shown(name), name)

    def _shown(self, name: str) -> str:
        shown = one_line(name, 80)
        is_missing = self._names is not None and name not in self._names
        return tr(N_("{printer} (not found)"), printer=shown) if is_missing else shown


class ThemeBox(Select):
    """The themes, each beside a small picture of a window in its colours."""

    def __init__(self, options: Sequence[tuple[N_, str]]) -> None:
        super().__init__(options)
        self.rescale()

    def rescale(self) -> None:
        """Draw the pictures for the text size, that of the system's theme as it is now."""
        size = QSize(theme.px(TILE.width()), theme.px(TILE.height()))
        self.setIconSize(size)
        for at in range(self.count()):
            look = theme.resolve(str(self.itemData(at)))
            self.setItemIcon(at, QIcon(_tile(look, size, self.devicePixelRatioF())))


def _tile(look: Tokens, size: QSize, ratio: float) -> QPixmap:
    """Draw a window in a theme's colours: navigation, two lines of text and a button."""
    drawn = QPixmap(size * ratio)
    drawn.setDevicePixelRatio(ratio)
    drawn.fill(QColor(look.canvas))
    painter, (wide, tall) = QPainter(drawn), size.toTuple()
    for colour, left, top, right, bottom in (
        (look.surface, 0.25, 0.15, 0.92, 0.85),
        (look.ink, 0.32, 0.28, 0.75, 0.36),
        (look.ink_2, 0.32, 0.44, 0.62, 0.50),
        (look.accent, 0.32, 0.62, 0.85, 0.78),
        (look.accent, 0.06, 0.15, 0.12, 0.40),
    ):
        painter.fillRect(
            QRectF(left * wide, top * tall, (right - left) * wide, (bottom - top) * tall),
            QColor(colour),
        )
    painter.setPen(QColor(look.edge))
    painter.drawRect(0, 0, wide - 1, tall - 1)
    painter.end()
    return drawn


class _WheelGuard(QObject):
    """Leaves the wheel to the page: scrolling past a list must not choose another entry."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Ignore the wheel, so that the area around the list scrolls."""
        if event.type() != QEvent.Type.Wheel:
            return super().eventFilter(watched, event)
        event.ignore()
        return True


def _line() -> QLineEdit:
    return QLineEdit(maxLength=LONGEST)


_EDITORS: Mapping[Kind, Callable[[], QWidget]] = {
    Kind.LINE: _line,
    Kind.RUPEES: _line,
    Kind.MINUTES: _line,
    Kind.PERCENT: _line,
    Kind.STATE: states_box,
    Kind.PRINTER: PrinterBox,
    Kind.PICTURE: LogoBox,
}


def make_editor(setting: Setting) -> QWidget:
    """Make the editor of a setting."""
    if setting.choices:
        made = ThemeBox if setting.kind is Kind.THEME else Select
        editor: QWidget = made([(N_(words), value) for words, value in setting.choices])
    else:
        editor = _EDITORS[setting.kind]()
    if isinstance(editor, QComboBox):  # a long choice is elided, and never cuts the page
        editor.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        editor.setMinimumContentsLength(LEAST_LETTERS)
        editor.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        editor.installEventFilter(_WheelGuard(editor))
    return editor


def as_typed(setting: Setting, text: str, folder: Path | None) -> str:
    """Return a kept setting as people type it; pictures are kept in the data folder."""
    if setting.kind is Kind.RUPEES:
        return format_plain(Money(int(text))).removesuffix(".00")
    if setting.kind is Kind.PERCENT:
        return percent_text(int(text))
    if setting.kind is Kind.MINUTES:
        return str(int(text) // 60)
    if setting.kind is Kind.PICTURE and text and folder is not None:
        return str(folder / text)
    return text
