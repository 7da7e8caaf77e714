"""The ways of paying: three segments, and a list beside them for the other forms of UPI.

The list holds every way and is the one that is asked; the segments press it. Without keys only
what needs no gateway can be chosen.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QComboBox, QListView, QSizePolicy, QWidget

from desktop_app.domain.channels import takes_only_upi
from desktop_app.domain.tender import Beginning, Evidence, Method
from desktop_app.domain.tenders.registry import tender_of
from desktop_app.ui.core import theme
from desktop_app.ui.core.formatting import METHODS
from desktop_app.ui.core.i18n import N_, bind_text, tr
from desktop_app.ui.widgets.boxes import fill, hbox, turn
from desktop_app.ui.widgets.buttons import Button

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QPaintEvent, QResizeEvent, QWheelEvent

SEGMENTS = (
    (Method.AUTO, N_("UPI")),
    (Method.PAYMENT_LINK, N_("Link")),
    (Method.CASH, N_("Cash")),
)
"""In the order of their numbers."""
_OTHER = N_("More…")
_BESIDES = 52
"""Width of the list besides its word: paddings and the arrow."""
_NUMBER_PX, _NUMBER_ROOM = 12, 18
_UNTYPED = {Evidence.NONE, Evidence.TENDERED}
_FLAGS = Qt.ItemDataRole.UserRole - 1
"""The role under which an item of a list of choices keeps whether it can be chosen."""


def offered() -> tuple[Method, ...]:
    """Return the ways for which nothing has to be typed; the others are in the tender panel."""
    return tuple(
        method
        for method in METHODS
        if tender_of(method).evidence in _UNTYPED
        and tender_of(method).beginning is not Beginning.SETTLED
    )


class OtherMethods(QComboBox):
    """Every way of paying; opened, it lists those without a segment."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("methodSelect")
        bind_text(self, "accessibleName", N_("Payment method"))
        bind_text(self, "toolTip", N_("Other ways to collect this fee"))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        with QSignalBlocker(self):
            for method in offered():
                self.addItem(tr(METHODS[method].choice), method.value)
        self.rescale()

    def showPopup(self) -> None:
        """List the ways that have no segment."""
        view = self.view()
        if isinstance(view, QListView):
            for method, _ in SEGMENTS:
                view.setRowHidden(self.findData(method.value), True)  # noqa: FBT003 - Qt's order
        super().showPopup()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Choose nothing by the wheel: it turns when something else is meant."""
        event.ignore()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Show one word, whatever is chosen: the segments show that."""
        from PySide6.QtWidgets import QStyle, QStyleOptionComboBox, QStylePainter

        painter, option = QStylePainter(self), QStyleOptionComboBox()
        self.initStyleOption(option)
        option.currentText = tr(_OTHER)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)

    def retranslate(self) -> None:
        """Name the ways in the present language."""
        for at, method in enumerate(offered()):
            self.setItemText(at, tr(METHODS[method].choice))
        self.rescale()

    def rescale(self) -> None:
        """Be as wide as the word needs."""
        self.ensurePolished()
        self.setFixedWidth(self.fontMetrics().horizontalAdvance(tr(_OTHER)) + theme.px(_BESIDES))


class Segment(Button):
    """A way of paying, with its number at the right end where there is room."""

    def __init__(self, words: N_, icon: str, name: str, number: int) -> None:
        super().__init__(words, kind="segment", icon=icon, name=name)
        self._number = str(number)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the number beside the words."""
        super().paintEvent(event)
        if not self.has_number():
            return
        from PySide6.QtGui import QPainter

        painter = QPainter(self)
        font = self.font()
        font.setPixelSize(theme.px(_NUMBER_PX))
        painter.setFont(font)
        painter.setPen(getattr(theme.tokens(), "accent" if self.isChecked() else "ink_2"))
        edge = theme.px(theme.GAP)
        painter.drawText(
            self.rect().adjusted(0, 0, -edge, 0),
            Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, self._number,
        )  # fmt: skip

    def has_number(self) -> bool:
        """Return whether the number has room beside the words."""
        words = self.fontMetrics().horizontalAdvance(self.text()) + self.iconSize().width()
        return self.width() - words >= 2 * theme.px(_NUMBER_ROOM)


class MethodChoice(QWidget):
    """Chooses how a fee is paid; the way that was used last stays chosen.

    Signals:
        changed: another way is chosen.
        set_up_wanted: enter the keys that UPI and links need.
    """

    changed = Signal()
    set_up_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._has_keys = True
        self._usual = Method.AUTO
        self._is_exception = False
        self.select = OtherMethods()
        self._group = QButtonGroup(self)
        self.segments = {
            method: self._segment(method, words, number)
            for number, (method, words) in enumerate(SEGMENTS, start=1)
        }
        self.set_up = Button(
            N_("Set up Razorpay"), kind="link", name="setUpRazorpayButton",
            tip=N_("Enter your API keys to collect by UPI or link"),
        )  # fmt: skip
        self.set_up.clicked.connect(self.set_up_wanted)
        self.set_up.hide()
        self._ways = hbox(gap=theme.GRID)
        fill(self._ways, *((each, 1) for each in self.segments.values()), self.select)
        self._row = hbox((self._ways, 1), self.set_up, inside=self, gap=theme.GRID)
        self.select.currentIndexChanged.connect(self._changed)
        self._changed()

    def chosen(self) -> Method:
        """Return the way that is chosen; one that is possible."""
        method = Method(str(self.select.currentData()))
        is_possible = self._has_keys or not tender_of(method).needs_gateway
        return method if is_possible else Method.CASH

    def choose(self, method: Method, *, is_exception: bool = False) -> None:
        """Choose a way.

        Args:
            method: the way; without keys none that needs them.
            is_exception: whether it is for this fee only.
        """
        if self._has_keys or not tender_of(method).needs_gateway:
            self.select.setCurrentIndex(self.select.findData(method.value))
            self._is_exception = is_exception

    def choose_number(self, number: int) -> None:
        """Choose a segment by its number, from 1, and give it the focus."""
        method, _ = SEGMENTS[number - 1]
        self.choose(method)
        self.focus()

    def changeEvent(self, event: QEvent) -> None:
        """Fit the list's width once it is styled."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self.select.rescale()
            self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the width."""
        super().resizeEvent(event)
        self._arrange()

    def retranslate(self) -> None:
        """Fit the words of the language."""
        self._arrange()

    def _arrange(self) -> None:
        """Put the way to the keys under the segments where both have no room side by side."""
        needed = self._ways.sizeHint().width() + theme.GRID + self.set_up.sizeHint().width()
        turn(self._row, is_upright=not self.set_up.isHidden() and needed > self.width())

    def focus(self) -> None:
        """Put the focus on the segment that is chosen."""
        found = self.segments.get(self._shown())
        if found is not None and found.isEnabled():
            found.setFocus()
        else:
            self.select.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose a segment by its number alone while the keyboard is here."""
        numbers = {str(number): number for number in range(1, len(SEGMENTS) + 1)}
        number = numbers.get(event.text())
        if number is None or event.modifiers() & Qt.KeyboardModifier.AltModifier:
            super().keyPressEvent(event)
        else:
            self.choose_number(number)

    def note_used(self) -> None:
        """Remember the way that is chosen: a payment begins with it."""
        if not self._is_exception:
            self._usual = self.chosen()

    def start_over(self) -> None:
        """Choose the way that was used last."""
        self.choose(self._usual)

    def show_keys(self, *, has_keys: bool) -> None:
        """Offer only what needs no gateway while there are no keys."""
        if has_keys == self._has_keys:
            return
        self._has_keys = has_keys
        for method in offered():
            if tender_of(method).needs_gateway:
                index = self.select.findData(method.value)
                self.select.setItemData(index, None if has_keys else 0, _FLAGS)
                if method in self.segments:
                    self.segments[method].setEnabled(has_keys)
        self.set_up.setHidden(has_keys)
        self.select.setVisible(has_keys)
        self._arrange()
        self._usual = Method.AUTO if has_keys else Method.CASH
        self.start_over()

    def _segment(self, method: Method, words: N_, number: int) -> Button:
        made = Segment(words, METHODS[method].icon, f"{method}Segment", number)
        made.setCheckable(True)
        for name in ("toolTip", "accessibleDescription"):
            tip = N_("Collect by {way} (Alt+{number})")
            bind_text(made, name, tip, way=words, number=number)
        made.clicked.connect(partial(self._press, method))
        self._group.addButton(made)
        return made

    def _press(self, method: Method, _checked: object = None) -> None:
        self.choose(method)

    def _shown(self) -> Method:
        """Return the way whose segment stands for the one that is chosen."""
        method = self.chosen()
        return Method.AUTO if takes_only_upi(method) else method

    def _changed(self, _index: object = None) -> None:
        shown = self._shown()
        self._group.setExclusive(False)  # a way without a segment checks none
        for method, segment in self.segments.items():
            segment.setChecked(method is shown)
        self._group.setExclusive(shown in self.segments)
        self._is_exception = False
        self.changed.emit()
