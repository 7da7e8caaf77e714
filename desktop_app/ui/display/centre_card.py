"""The centre's name and picture across the top of the customer display."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel

from desktop_app.ui.core import design_tokens, theme
from desktop_app.ui.display.fitted_label import FittedLabel
from desktop_app.ui.widgets.boxes import fill

if TYPE_CHECKING:
    from pathlib import Path

_RIM = 8
_PAPER = "background: %s; border-radius: %dpx;"
"""Pictures are drawn for paper: in a dark theme a dark one would vanish."""


class CentreCard(QFrame):
    """A name, and on white paper beside it the centre's picture."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "centre")
        self._source: QPixmap | None = None
        self.name = FittedLabel(bold=True, name="displayCentre")
        self.logo = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        self.logo.setObjectName("displayLogo")
        self.logo.setStyleSheet(_PAPER % (design_tokens.QR_LIGHT.name(), theme.RADIUS))
        self.logo.hide()
        self._row = QHBoxLayout(self)
        fill(self._row, self.logo, (self.name, 1))

    def show_centre(self, name: str, logo: Path | None) -> None:
        """Set the centre's name and picture."""
        self.name.say(name)
        self.logo.setAccessibleName(name)
        picture = QPixmap(str(logo)) if logo is not None else QPixmap()
        self._source = None if picture.isNull() else picture

    def measure(self, wide: int, unit: float) -> None:
        """Fit the card to a screen.

        Args:
            wide: the screen's width in pixels.
            unit: how large things are shown on it, 1.0 at 1280 by 800.
        """
        pad, gap = round(40 * unit), round(16 * unit)
        self._row.setContentsMargins(pad, gap, pad, gap)
        self._row.setSpacing(gap)
        room = wide - 2 * pad
        self.logo.setVisible(self._source is not None)
        if self._source is not None:
            ratio = self.devicePixelRatioF()
            size = QSize(round(140 * unit * ratio), round(64 * unit * ratio))
            shown = self._source.scaled(
                size, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
            )
            shown.setDevicePixelRatio(ratio)
            self.logo.setPixmap(shown)
            rim = QSize(2 * _RIM, 2 * _RIM)
            self.logo.setFixedSize(shown.deviceIndependentSize().toSize() + rim)
            room -= self.logo.width() + gap
        least = max(13, round(18 * unit))
        taken = self.name.fit(max(80, room), round(32 * unit), least=least, lines=2)
        logo = self.logo.height() if self._source is not None else 0
        self.setFixedHeight(max(taken, logo) + 2 * gap)
