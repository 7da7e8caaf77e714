"""How the desk looks: colours, sizes and fonts as tokens, and applying them to the application.

Themes are palettes on Qt's Fusion style. Nothing here sets the system's colour scheme
(`QStyleHints.setColorScheme` does nothing on bare X11) and no other module names a colour.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from desktop_app.ui.core.design_tokens import (
    CONTRAST_DARK,
    CONTRAST_LIGHT,
    DARK,
    LIGHT,
    THEMES,
    Tokens,
)
from desktop_app.ui.core.i18n import call_each
from desktop_app.ui.core.stylesheet import stylesheet

if TYPE_CHECKING:
    from collections.abc import Iterator

GRID = 4
GAP = 8
GROUP = 16
MARGIN = 24
RADIUS = 8
BANNER = 30
"""Height of the striped banner: the first frame keeps its place."""
CONTROL = 36
PRIMARY = 48

CAPTION_PX = 12
TABLE_PX = 13
BODY_PX = 15
SECTION_PX = 18


def resolve(name: str) -> Tokens:
    """Find a theme by the name kept in the settings; `system` and `contrast` go by the system.

    A system set to high contrast is followed, unless another theme was chosen.
    """
    if name in THEMES:
        return THEMES[name]
    if QGuiApplication.instance() is None:
        return LIGHT
    is_dark, has_contrast = system_look()
    if name == "contrast" or has_contrast:
        return CONTRAST_DARK if is_dark else CONTRAST_LIGHT
    return DARK if is_dark else LIGHT


def system_look() -> tuple[bool, bool]:
    """Return whether the system is set to dark, and whether to high contrast."""
    hints = QGuiApplication.styleHints()
    access = hints.accessibility()
    is_dark = hints.colorScheme() == Qt.ColorScheme.Dark
    return is_dark, access.contrastPreference() == Qt.ContrastPreference.HighContrast


def follow_system(app: QApplication) -> None:
    """Apply the theme again whenever the system's colours or contrast change; call once."""
    if app.property("followsSystem"):
        return
    app.setProperty("followsSystem", "yes")
    hints = QGuiApplication.styleHints()
    hints.colorSchemeChanged.connect(_system_changed)
    hints.accessibility().contrastPreferenceChanged.connect(_system_changed)


def _system_changed(_now: object = None) -> None:
    app = QApplication.instance()
    if isinstance(app, QApplication):
        apply(app, str(app.property("themeWish") or "system"), round(scale() * 100))


def tokens() -> Tokens:
    """Return the tokens of the applied theme."""
    app = QApplication.instance()
    name = str(app.property("themeName")) if app is not None else ""
    return THEMES.get(name, LIGHT)


def scale() -> float:
    """Return the scale of the text, 1.0 to 2.0."""
    app = QApplication.instance()
    percent = app.property("textPercent") if app is not None else None
    return percent / 100 if isinstance(percent, int) else 1.0


def px(pixels: int) -> int:
    """Turn a length at 100 % into one at the text size that is set."""
    return round(pixels * scale())


def apply(app: QApplication, name: str = "system", percent: int = 100) -> Tokens:
    """Dress the whole application in a theme; may be called again at any time.

    Args:
        app: the application.
        name: the theme's name in the settings.
        percent: size of all text, 100 to 200. A widget that fixes a length takes it through
            `px` and has a method `rescale()`, which is called after every change.
    """
    chosen = prepare(app, name, percent)
    dressed = f"{chosen.name} {percent}"
    if app.property("themeSheet") != dressed:
        app.setProperty("themeSheet", dressed)
        app.setFont(figure_font(app.font()))
        if app.styleSheet():  # a new one in its place dresses all that Qt has rules of, as widgets
            app.setStyleSheet("")  # that were destroyed, and ends the program
        app.setStyleSheet(stylesheet(chosen, percent / 100))
        call_each(app, "rescale")
    return chosen


def prepare(app: QApplication, name: str = "system", percent: int = 100) -> Tokens:
    """Set style, font and palette without the style sheet.

    A window that is built first and gets the sheet then is dressed once, not at every layout.
    """
    app.setProperty("textPercent", percent)
    app.setProperty("themeWish", name)
    chosen = resolve(name)
    if app.property("themeName") != chosen.name:
        app.setProperty("themeName", chosen.name)
        app.setFont(figure_font(app.font()))
        app.setPalette(palette(chosen))
    return chosen


@contextmanager
def undressed() -> Iterator[None]:
    """Remove the style sheet while many widgets are made; they are styled once, at the end.

    Under a sheet Qt styles a widget and all in it again whenever it is moved into another.
    """
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        raise TypeError("widgets need an application")
    sheet = app.styleSheet()
    app.setStyleSheet("")
    try:
        yield
    finally:
        app.setStyleSheet(sheet)


def is_dressed() -> bool:
    """Return whether the style sheet is applied."""
    app = QApplication.instance()
    return isinstance(app, QApplication) and bool(app.styleSheet())


def figure_font(base: QFont, pixels: int = BODY_PX) -> QFont:
    """Return a font with figures of one width, so that columns of money line up."""
    font = QFont(base)
    font.setPixelSize(px(pixels))
    font.setFeature(QFont.Tag.fromString("tnum"), 1)
    return font


def sized(base: QFont, pixels: int, *, bold: bool = False) -> QFont:
    """Copy a font in another size (at 100 %), for widgets that paint their own text."""
    font = QFont(base)
    font.setPixelSize(px(pixels))
    font.setBold(bold)
    return font


def palette(chosen: Tokens) -> QPalette:
    """Turn tokens into a palette, disabled colours included."""
    made = QPalette()
    role = QPalette.ColorRole
    colours = {
        role.Window: chosen.canvas,
        role.WindowText: chosen.ink,
        role.Base: chosen.surface,
        role.AlternateBase: chosen.raised,
        role.Text: chosen.ink,
        role.PlaceholderText: chosen.ink_2,
        role.Button: chosen.surface,
        role.ButtonText: chosen.ink,
        role.BrightText: chosen.wrong,
        role.Highlight: chosen.accent,
        role.HighlightedText: chosen.on_accent,
        role.Accent: chosen.accent,
        role.Link: chosen.accent,
        role.LinkVisited: chosen.accent,
        role.ToolTipBase: chosen.surface,
        role.ToolTipText: chosen.ink,
        role.Light: chosen.surface,
        role.Midlight: chosen.line,
        role.Mid: chosen.line,
        role.Dark: chosen.edge,
        role.Shadow: chosen.edge,
    }
    for each, colour in colours.items():
        made.setColor(each, QColor(colour))
    for each in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, each, QColor(chosen.ink_2))
    return made


def contrast(one: str, other: str) -> float:
    """Compute the WCAG contrast ratio of two #RRGGBB colours, from 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]  # noqa: PLR2004 - WCAG 2
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
