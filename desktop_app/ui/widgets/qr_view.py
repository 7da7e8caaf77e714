"""A QR code that any phone reads: black on a white card in every theme, in whole pixels.

300 pixels wide or more where there is room, and never less than 60 mm, with four quiet modules
around. The text of the code is in the dynamic property `text`; a code that must not be paid is
never drawn.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop_app.ui.core import design_tokens, theme
from desktop_app.ui.core.i18n import N_, bind_text, tr

if TYPE_CHECKING:
    from pathlib import Path

    from desktop_app.ui.core.attempts import Modules

QUIET = 4
LEAST_MODULE = 4
LEAST_PX = 300
LEAST_MM = 60.0
MM_PER_INCH = 25.4
LARGEST_DPI = 240.0
RIM = 6
LOW_PX = 200
EXPECTED_MODULES = 65


class QrView(QWidget):
    """A white card with a QR code, a picture of one, or words where there is none."""

    def __init__(self, name: str = "qrView", least_px: int = LEAST_PX) -> None:
        super().__init__()
        self.setObjectName(name)
        bind_text(self, "accessibleName", N_("Payment QR code"))
        self.setProperty("text", "")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._least_px = least_px
        self._room: int | None = None
        self._modules: Modules = ()
        self._picture: QPixmap | None = None
        self._words = ""
        self._is_low = False

    def set_least(self, pixels: int) -> None:
        """Set the least size of the code, in pixels."""
        if pixels != self._least_px:
            self._least_px = pixels
            self.updateGeometry()
            self.update()

    def set_room(self, pixels: int | None) -> None:
        """Fit into a height, in pixels; no code gets smaller than its floor. None is any height."""
        if pixels != self._room:
            self._room = pixels
            self.updateGeometry()
            self.update()

    def floor(self) -> int:
        """Return the height of the smallest code that a phone reads well, with its rim."""
        return self._count() * self._floor_px() + 2 * RIM

    def show_code(self, text: str, modules: Modules) -> None:
        """Show a code with the text `text`."""
        self._modules, self._picture, self._words = modules, None, ""
        self._say(text)

    def show_picture(self, path: Path) -> None:
        """Show the gateway's picture of a code whose text is unknown."""
        self._modules, self._picture, self._words = (), QPixmap(str(path)), ""
        self._say("")

    def show_words(self, words: str, *, low: bool = False) -> None:
        """Show words instead of a code.

        Args:
            words: the text.
            low: whether to use little height, which leaves room for a button.
        """
        self._modules, self._picture, self._words = (), None, words
        self._is_low = low
        self._say("")

    @property
    def has_code(self) -> bool:
        """Whether a code is shown."""
        return bool(self._modules) or self._picture is not None

    def module_px(self) -> int:
        """Return the whole pixels of a module: enough for 300 px and 60 mm, where there is room."""
        wanted = self._wanted_module()
        if self._room is None:
            return wanted
        return max(self._floor_px(), min(wanted, (self._room - 2 * RIM) // self._count()))

    @property
    def is_shrunk(self) -> bool:
        """Whether a code is smaller than it should be, for want of room."""
        return self.has_code and self.module_px() < self._wanted_module()

    def _wanted_module(self) -> int:
        wanted_px = max(self._least_px, self._by_mm())
        return max(LEAST_MODULE, math.ceil(wanted_px / self._count()))

    def sizeHint(self) -> QSize:
        """Return the size of the code with its rim."""
        side = self._count() * self.module_px() + 2 * RIM
        if self.has_code:
            return QSize(side, side)
        height = max(LOW_PX, theme.px(LOW_PX)) if self._is_low else side
        return QSize(side, height if self._room is None else max(1, min(height, self._room)))

    def minimumSizeHint(self) -> QSize:
        """Return the same size: a clipped code cannot be paid."""
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the card and its contents."""
        painter = QPainter(self)
        side = self.sizeHint().width()
        card = QRect((self.width() - side) // 2, 0, side, min(side, self.height()))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(theme.tokens().line))
        painter.setBrush(design_tokens.QR_LIGHT if self.has_code else QColor(theme.tokens().canvas))
        painter.drawRoundedRect(card.adjusted(0, 0, -1, -1), theme.RADIUS, theme.RADIUS)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        if self._modules:
            self._draw_modules(painter, card)
        elif self._picture is not None:
            self._draw_picture(painter, card, self._picture)
        else:
            self._draw_words(painter, card)

    def retranslate(self) -> None:
        """Describe the code to screen readers in the present language."""
        if self.has_code:
            self.setAccessibleDescription(tr(N_("Payment QR code, ready to scan")))
        elif self._words:
            self.setAccessibleDescription(tr(N_("No QR code: {why}"), why=self._words))
        else:
            self.setAccessibleDescription(tr(N_("No QR code")))

    def _say(self, text: str) -> None:
        self.setProperty("text", text)
        self.retranslate()
        self.updateGeometry()
        self.update()

    def _count(self) -> int:
        """Return the modules of a side, with the quiet ones."""
        return (len(self._modules) or EXPECTED_MODULES) + 2 * QUIET

    def _floor_px(self) -> int:
        return max(LEAST_MODULE, math.ceil(self._by_mm() / self._count()))

    def _by_mm(self) -> float:
        dpi = self.screen().physicalDotsPerInch()
        return LEAST_MM / MM_PER_INCH * min(dpi, LARGEST_DPI) / self.devicePixelRatioF()

    def _draw_modules(self, painter: QPainter, card: QRect) -> None:
        size = self.module_px()
        left = card.left() + RIM + QUIET * size
        top = card.top() + RIM + QUIET * size
        for y, row in enumerate(self._modules):
            for x, is_dark in enumerate(row):
                if is_dark:
                    painter.fillRect(
                        left + x * size, top + y * size, size, size, design_tokens.QR_DARK
                    )

    def _draw_picture(self, painter: QPainter, card: QRect, picture: QPixmap) -> None:
        room = card.adjusted(RIM, RIM, -RIM, -RIM)
        scaled = picture.scaled(
            room.size(),
            Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
        painter.drawPixmap(
            room.center().x() - scaled.width() // 2,
            room.center().y() - scaled.height() // 2,
            scaled,
        )

    def _draw_words(self, painter: QPainter, card: QRect) -> None:
        painter.setFont(theme.sized(self.font(), theme.SECTION_PX, bold=True))
        painter.setPen(QColor(theme.tokens().ink_2))
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(card.adjusted(24, 0, -24, 0), int(flags.value), self._words)
