"""The left of the counter: one column that advances from the student to the course to the bill.

What is picked folds into a chip, so that the list in use has the room. The newest payments are a
slim strip under it, and take the column once both are picked or F6 is pressed.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QApplication, QWidget

from desktop_app.ui import icons
from desktop_app.ui.core import theme
from desktop_app.ui.core.formatting import one_line
from desktop_app.ui.core.i18n import N_, bind_text
from desktop_app.ui.widgets.boxes import STRETCH, Stretch, fill, hbox, vbox
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.labels import label
from desktop_app.ui.widgets.picker import MARGINS
from desktop_app.ui.widgets.result_list import ROW

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent, QResizeEvent

    from desktop_app.ui.widgets.picker import Picker
    from desktop_app.ui.widgets.result_list import ResultList

TALL = 540
"""From this height on, at 100 %, the strip has three payments, else one."""
LOW = 300
"""Below this height, at 100 %, it fills the page to its edges."""
CROSS = 24
"""The side of the cross on a chip, in pixels at 100 %; the style keeps its room free."""


class Step(Enum):
    """The list in use."""

    STUDENT = "student"
    COURSE = "course"
    BILL = "both are picked"


class PickedChip(Button):
    """A choice folded up, with a cross; pressing it takes the choice back."""

    def __init__(self, name: str, icon: str, tip: N_) -> None:
        super().__init__(kind="chip", icon=icon, name=name, tip=tip)
        self.setProperty("has_cross", "yes")
        self._full = ""
        self.hide()

    def show_picked(self, text: str) -> None:
        """Show what is picked; an empty text hides the chip."""
        self._full = one_line(text)
        self.setHidden(not text)
        self.fit(self.maximumWidth())

    def fit(self, width: int) -> None:
        """Shorten the text to a width, in pixels; the sign stays."""
        self.setMaximumWidth(max(1, width))
        self.ensurePolished()
        metrics = self.fontMetrics()
        room = width - self.iconSize().width() - theme.px(36 + CROSS)
        short = metrics.elidedText(self._full, Qt.TextElideMode.ElideRight, max(0, room))
        self.show_text(short)
        bind_text(self, "accessibleName", N_("Remove {name}"), name=self._full)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the cross at the right end."""
        super().paintEvent(event)
        side = theme.px(CROSS)
        drawn = icons.pixmap("cross", theme.tokens().ink_2, side, self.devicePixelRatioF())
        left = self.width() - side - theme.px(theme.GAP)
        QPainter(self).drawPixmap(left, (self.height() - side) // 2, drawn)


class CounterColumn(QWidget):
    """The searches, one at a time, and the newest payments.

    Signals:
        student_removed: the student's chip was pressed.
        course_removed: the course's chip was pressed.
        find_wanted: find a payment.
    """

    student_removed = Signal()
    course_removed = Signal()
    find_wanted = Signal()

    def __init__(self, student: Picker, course: Picker, recent: ResultList) -> None:
        super().__init__()
        self.student, self.course, self.recent = student, course, recent
        self._step = Step.STUDENT
        self._is_recent_wanted = False
        self._first_steps: QWidget | None = None
        self.covered: QWidget | None = None
        self._lacking: frozenset[Step] = frozenset()
        self.student_chip = PickedChip("studentChip", "person", N_("Choose another student (F2)"))
        self.course_chip = PickedChip("courseChip", "courses", N_("Choose another course (F3)"))
        self.student_chip.clicked.connect(self.student_removed)
        self.course_chip.clicked.connect(self.course_removed)
        self._chips = QWidget()
        row = hbox(inside=self._chips, gap=theme.GAP)
        fill(row, self.student_chip, self.course_chip, Stretch(0))
        row.addStretch(1)
        self.finder = Button(
            N_("Find a payment"), kind="status", icon="search", name="findPaymentButton",
            tip=N_("Find a payment by UTR, UPI ID, phone, amount or time"),
        )  # fmt: skip
        self.finder.clicked.connect(self.find_wanted)
        self.finder.hide()
        self._top = QWidget()
        top = hbox(inside=self._top, gap=theme.GAP)
        fill(top, label(N_("Recent payments"), "caption"), self.finder, STRETCH, label("F6", "key"))
        self.places = vbox(inside=self, gap=theme.GAP, margins=MARGINS)
        fill(self.places, self._chips, (student, 1), (course, 1), self._top, (recent, 0))
        student.wanted.connect(self._to_student)
        course.wanted.connect(self._to_course)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._follow_focus)
        self.show_step(Step.STUDENT)

    @property
    def step(self) -> Step:
        """The list in use."""
        return self._step

    def show_step(self, step: Step) -> None:
        """Show one list."""
        self._step = step
        self._arrange()

    def show_picked(self, student: str, course: str) -> None:
        """Fold what is picked into chips, and go to what is missing."""
        self.student_chip.show_picked(student)
        self.course_chip.show_picked(course)
        self._chips.setHidden(not (student or course))
        if student and course:
            self.show_step(Step.BILL)
        elif self._step is Step.BILL:
            self.show_step(Step.COURSE if student else Step.STUDENT)
        self._fit_chips()

    def cover(self, part: QWidget) -> None:
        """Show another part instead of the searches, such as a family's fees."""
        self.uncover()
        self.covered = part
        if self.places.indexOf(part) < 0:
            self.places.insertWidget(0, part, 1)
        self._arrange()

    def uncover(self) -> None:
        """Show the searches again."""
        covered, self.covered = self.covered, None
        if covered is not None:
            covered.hide()
            self._arrange()

    def show_recent(self) -> None:
        """Show the newest payments in the whole column, with the keyboard on them."""
        self._is_recent_wanted = True
        self._arrange()
        self.recent.setFocus()

    def offer_finding(self, *, offered: bool) -> None:
        """Offer to find a payment here, where the bill with the same offer is not beside it."""
        self.finder.setVisible(offered)

    def add_first_steps(self, card: QWidget) -> None:
        """Add what to do first at an empty centre."""
        self._first_steps = card
        self.places.insertWidget(self.places.indexOf(self._top), card)
        for picker in (self.student, self.course):
            picker.box.textChanged.connect(self._arrange)

    def show_lacking(self, steps: frozenset[Step]) -> None:
        """Show what to do first while lists of these steps are empty; with none, no more."""
        self._lacking = steps
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the chips and the strip to the size."""
        super().resizeEvent(event)
        self._fit_chips()
        self._arrange()

    def rescale(self) -> None:
        """Fit the chips and the strip to the text size."""
        self._fit_chips()
        self._arrange()

    def retranslate(self) -> None:
        """Shorten the chips again."""
        self._fit_chips()

    def _to_student(self) -> None:
        self.show_step(Step.STUDENT)

    def _to_course(self) -> None:
        self.show_step(Step.COURSE)

    def _follow_focus(self, before: QWidget | None, now: QWidget | None) -> None:
        """Fold the payments into their strip again once the keyboard has left them."""
        if self._is_recent_wanted and before is self.recent and now is not None:
            self._is_recent_wanted = False
            QTimer.singleShot(0, self, self._arrange)

    def _arrange(self) -> None:
        if self.covered is not None:
            for part in (self._chips, self.student, self.course, self._top, self.recent):
                part.hide()
            if self._first_steps is not None:
                self._first_steps.hide()
            self.covered.show()
            return
        is_open = self._is_recent_wanted or self._step is Step.BILL
        self.student.setVisible(self._step is Step.STUDENT)
        self.course.setVisible(self._step is Step.COURSE)
        has_steps = self._show_first_steps()
        for picker, step in ((self.student, Step.STUDENT), (self.course, Step.COURSE)):
            is_empty = has_steps and step in self._lacking
            picker.results.setHidden(self._is_recent_wanted or is_empty)
            self.places.setStretchFactor(picker, 0 if is_open or is_empty else 1)
        self.places.setStretchFactor(self.recent, 1 if is_open else 0)
        left, top, right, bottom = MARGINS
        if self.height() < theme.px(LOW):
            top, bottom = theme.GRID, theme.GRID
        self.places.setContentsMargins(left, top, right, bottom)
        self._size_recent(is_open=is_open)
        for part in (self._top, self.recent):
            part.setHidden(has_steps and not self.recent.rows())

    def _show_first_steps(self) -> bool:
        """Show what to do first where the list in use is empty and nothing was typed."""
        card, picker = self._first_steps, self.student
        if card is None:
            return False
        is_shown = bool(self._lacking) and self._step is Step.STUDENT
        if self._step is Step.COURSE:
            is_shown, picker = Step.COURSE in self._lacking, self.course
        is_shown = is_shown and not self._is_recent_wanted and not picker.box.text()
        card.setVisible(is_shown)
        self.places.setStretchFactor(card, int(self._step in self._lacking))
        return is_shown

    def _size_recent(self, *, is_open: bool) -> None:
        """Show the newest payments as a slim strip, or as a list in the whole column."""
        rows = 3 if self.height() >= theme.px(TALL) else 1
        strip = rows * theme.px(ROW) + 2
        self.recent.setMinimumHeight(strip if not is_open else theme.px(ROW))
        self.recent.setMaximumHeight(strip if not is_open else 16_777_215)
        bars = Qt.ScrollBarPolicy
        self.recent.setVerticalScrollBarPolicy(
            bars.ScrollBarAsNeeded if is_open else bars.ScrollBarAlwaysOff
        )

    def _fit_chips(self) -> None:
        shown = [chip for chip in (self.student_chip, self.course_chip) if not chip.isHidden()]
        margins = MARGINS[0] + MARGINS[2] + theme.GAP * max(0, len(shown) - 1)
        for chip in shown:
            chip.fit((self.width() - margins) // len(shown))
