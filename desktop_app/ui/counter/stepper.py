"""The progress of a payment: made, waiting, seen by the bank, paid. Painted as dots on a line.

It shows views from the desk only. Each step has a distinct shape for done, now, ended
and failed, so that colour is never the only sign.
"""

from __future__ import annotations

from enum import Enum
from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop_app.domain.payment import AttemptState
from desktop_app.ui.core import theme
from desktop_app.ui.core.formatting import METHODS
from desktop_app.ui.core.i18n import N_, tr

if TYPE_CHECKING:
    from desktop_app.services.views.payments import AttemptView

DOT = 16
GAP = 4
_S = AttemptState


class Mark(Enum):
    """The state of a step."""

    TODO = "still to come"
    NOW = "now"
    DONE = "done"
    ENDED = "ended"
    FAILED = "failed"


_SPOKEN = {
    Mark.TODO: N_("{step}: still to come"),
    Mark.NOW: N_("{step}: now"),
    Mark.DONE: N_("{step}: done"),
    Mark.ENDED: N_("{step}: ended"),
    Mark.FAILED: N_("{step}: failed"),
}
_TOKENS = {
    Mark.TODO: "edge",
    Mark.NOW: "accent",
    Mark.DONE: "paid",
    Mark.ENDED: "ink_2",
    Mark.FAILED: "wrong",
}
Steps = tuple[tuple[N_, Mark], ...]


def steps_of(view: AttemptView) -> Steps:
    """Derive the steps of a payment from what is known of it."""
    made = Mark.TODO
    if view.state in (_S.REJECTED, _S.UNKNOWN):
        made = Mark.FAILED if view.state is _S.REJECTED else Mark.NOW
    elif view.order_id or view.state in (_S.ORDERED, _S.AWAITING, _S.PAID) or view.expires_at:
        made = Mark.DONE
    waiting = {_S.AWAITING: Mark.NOW, _S.PAID: Mark.DONE}.get(view.state, Mark.TODO)
    if view.state in (_S.EXPIRED, _S.CANCELLED, _S.LAPSED):
        waiting = Mark.ENDED
    seen = Mark.FAILED if view.failure else Mark.TODO
    if view.is_seen:
        seen = Mark.NOW
        waiting = Mark.DONE if waiting is Mark.NOW else waiting
    paid = Mark.TODO
    if view.state is _S.PAID:
        seen = paid = Mark.DONE
    return (
        (METHODS[view.method].made, made),
        (N_("Waiting"), waiting),
        (N_("Seen by the bank"), seen),
        (N_("Paid"), paid),
    )


class Stepper(QWidget):
    """Four dots on a line with their words."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("paymentSteps")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._steps: Steps = ()
        self._is_terse = False

    def show_steps(self, steps: Steps) -> None:
        """Show how far it is."""
        self._steps = steps
        self.retranslate()

    def be_terse(self, *, terse: bool) -> None:
        """Show the dots without their words, where there is little height."""
        if terse != self._is_terse:
            self._is_terse = terse
            self.updateGeometry()
            self.update()

    def marks(self) -> tuple[Mark, ...]:
        """Return the state of each step."""
        return tuple(mark for _, mark in self._steps)

    def sizeHint(self) -> QSize:
        """Ask for a row of dots and a row of words."""
        dot = theme.px(DOT)
        words = 0 if self._is_terse else self._metrics().height() + GAP
        return QSize(dot * 8, dot + words + 2)

    def minimumSizeHint(self) -> QSize:
        """Allow any width, never less height."""
        return QSize(0, self.sizeHint().height())

    def rescale(self) -> None:
        """Follow the text size."""
        self.updateGeometry()
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the line, the dots on it and the words under them."""
        if not self._steps:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.sized(self.font(), theme.CAPTION_PX))
        centres = self._centres()
        for (one, other), (_, mark) in zip(pairwise(centres), self._steps[1:], strict=True):
            self._line(painter, one, other, mark)
        for centre, (_, mark) in zip(centres, self._steps, strict=True):
            self._dot(painter, centre, mark)
        if not self._is_terse:
            self._words(painter, centres)

    def retranslate(self) -> None:
        """Name and paint the steps in the current language."""
        spoken = ", ".join(tr(_SPOKEN[mark], step=step) for step, mark in self._steps)
        self.setAccessibleName(spoken)
        self.rescale()

    def _metrics(self) -> QFontMetrics:
        return QFontMetrics(theme.sized(self.font(), theme.CAPTION_PX))

    def _centres(self) -> list[QPointF]:
        dot = theme.px(DOT)
        left, right = 1 + dot / 2, self.width() - 1 - dot / 2
        gap = (right - left) / (len(self._steps) - 1)
        return [QPointF(left + at * gap, 1 + dot / 2) for at in range(len(self._steps))]

    def _line(self, painter: QPainter, one: QPointF, other: QPointF, mark: Mark) -> None:
        radius = theme.px(DOT) / 2 + 3
        is_reached = mark in (Mark.DONE, Mark.NOW)
        look = theme.tokens()
        painter.setPen(QPen(QColor(look.paid if is_reached else look.line), 2))
        painter.drawLine(QPointF(one.x() + radius, one.y()), QPointF(other.x() - radius, one.y()))

    def _dot(self, painter: QPainter, centre: QPointF, mark: Mark) -> None:
        """Draw a tick, a filled dot in a ring, a cross, a bar or an empty ring."""
        look = theme.tokens()
        colour = QColor(getattr(look, _TOKENS[mark]))
        side = theme.px(DOT)
        ring = QRectF(centre.x() - side / 2 + 1, centre.y() - side / 2 + 1, side - 2, side - 2)
        painter.setPen(QPen(colour, 2))
        painter.setBrush(colour if mark is Mark.DONE else QColor(look.surface))
        painter.drawEllipse(ring)
        unit = side / 16
        pen = QPen(QColor(look.surface) if mark is Mark.DONE else colour, 2)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        lines = _SHAPES.get(mark, ())
        for x1, y1, x2, y2 in lines:
            painter.drawLine(
                QPointF(centre.x() + x1 * unit, centre.y() + y1 * unit),
                QPointF(centre.x() + x2 * unit, centre.y() + y2 * unit),
            )
        if mark is Mark.NOW:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            painter.drawEllipse(centre, 3.5 * unit, 3.5 * unit)

    def _words(self, painter: QPainter, centres: list[QPointF]) -> None:
        """Put each word under its dot; where not all have room, only the one that matters."""
        metrics = self._metrics()
        said = [tr(step) for step, _ in self._steps]
        rooms = [
            self._room(metrics, words, at.x()) for words, at in zip(said, centres, strict=True)
        ]
        is_tight = any(one.right() + GAP > other.left() for one, other in pairwise(rooms))
        matters = self._matters()
        for at, (words, room) in enumerate(zip(said, rooms, strict=True)):
            if is_tight and at != matters:
                continue
            _, mark = self._steps[at]
            tone = "ink_2" if mark in (Mark.TODO, Mark.ENDED) else _TOKENS[mark]
            painter.setPen(QColor(getattr(theme.tokens(), tone)))
            shown = metrics.elidedText(words, Qt.TextElideMode.ElideRight, room.width())
            painter.drawText(room, int(Qt.AlignmentFlag.AlignCenter.value), shown)

    def _room(self, metrics: QFontMetrics, words: str, centre: float) -> QRect:
        width = min(metrics.horizontalAdvance(words) + 2, self.width())
        left = min(max(0, round(centre - width / 2)), self.width() - width)
        return QRect(left, theme.px(DOT) + GAP, width, metrics.height())

    def _matters(self) -> int:
        """Return the step that matters most: the last that is not still to come."""
        reached = [at for at, (_, mark) in enumerate(self._steps) if mark is not Mark.TODO]
        return reached[-1] if reached else 0


_SHAPES: dict[Mark, tuple[tuple[float, float, float, float], ...]] = {
    Mark.DONE: ((-3.5, 0.2, -1, 2.8), (-1, 2.8, 3.6, -2.4)),
    Mark.FAILED: ((-2.6, -2.6, 2.6, 2.6), (-2.6, 2.6, 2.6, -2.6)),
    Mark.ENDED: ((-3, 0, 3, 0),),
}
