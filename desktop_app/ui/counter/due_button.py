"""A fee that the picked student owes besides what is billed; a press bills it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QSizePolicy

from desktop_app.ui.core.formatting import one_line, short_rupees
from desktop_app.ui.core.i18n import N_, tr
from desktop_app.ui.widgets.buttons import Button, without_key
from desktop_app.ui.widgets.labels import set_tone

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QResizeEvent

    from desktop_app.ui.counter.student_fees import StudentFee

_BESIDES_PX = 36
"""Of the icon, the border and the padding."""


class DueButton(Button):
    """Names the first of the fees that are due, its course shortened where there is little room.

    Signals:
        wanted: bill the fee, as the `CourseRow` of its course.
    """

    wanted = Signal(object)

    def __init__(self) -> None:
        super().__init__(
            kind="compact",
            icon="late",
            name="alsoDueButton",
            tip=N_("Show the bill for this fee (Alt+D)"),
        )
        self._fees: tuple[StudentFee, ...] = ()
        self._is_besides = False
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        set_tone(self, "attention")
        self.clicked.connect(self._press)
        self.hide()

    def show_fees(self, fees: Sequence[StudentFee], *, is_besides: bool) -> None:
        """Show the first of the fees that are due; none hides it.

        Args:
            fees: the fees, of courses that are on offer.
            is_besides: whether another fee is billed now.
        """
        self._fees, self._is_besides = tuple(fees), is_besides
        self._say()
        self.setVisible(bool(fees))

    def minimumSizeHint(self) -> QSize:
        """Return a height only: any width will do."""
        return QSize(0, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shorten the course to the width."""
        super().resizeEvent(event)
        self._say()

    def retranslate(self) -> None:
        """Name the fee in the current language."""
        self._say()

    def _say(self) -> None:
        if not self._fees:
            return
        fee = self._fees[0]
        words = N_("&Due: {amount} for {course}")
        if self._is_besides:
            words = N_("Also &due: {amount} for {course}")
        amount = short_rupees(fee.due)
        course = one_line(fee.label).replace("&", "&&")
        self.setAccessibleName(without_key(tr(words, amount=amount, course=course)))
        metrics, flags = self.fontMetrics(), Qt.TextFlag.TextShowMnemonic.value
        room = self.width() - self.iconSize().width() - _BESIDES_PX
        room -= metrics.size(flags, tr(words, amount=amount, course="")).width()
        shown = metrics.elidedText(course, Qt.TextElideMode.ElideRight, room, flags)
        self.setText(f" {tr(words, amount=amount, course=shown)}")

    def _press(self) -> None:
        if self._fees:
            self.wanted.emit(self._fees[0].course)
