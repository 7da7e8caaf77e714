"""The left of the counter for a family: its fees with their ticks, and what changes the bill.

Widgets only. A course and a part are typed in place, under the list.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.money import format_plain, parse_rupees
from desktop_app.ui.core import theme
from desktop_app.ui.core.formatting import local_time, one_line, short_rupees
from desktop_app.ui.core.i18n import N_, tr
from desktop_app.ui.counter.family_list import FamilyList
from desktop_app.ui.counter.plan_strip import PlanStrip
from desktop_app.ui.counter.rows import COURSE_SHARES, COURSE_SPARE, course_rows
from desktop_app.ui.widgets.action_buttons import Act, action_buttons
from desktop_app.ui.widgets.boxes import fill, hbox, vbox
from desktop_app.ui.widgets.field import LabelledField
from desktop_app.ui.widgets.flow_layout import flowing
from desktop_app.ui.widgets.labels import ElidedLabel, label
from desktop_app.ui.widgets.picker import MARGINS, Picker
from desktop_app.ui.widgets.result_list import ResultList
from desktop_app.ui.widgets.search_box import SearchBox

if TYPE_CHECKING:
    from desktop_app.domain.money import Money
    from desktop_app.services.views.bills import BillView
    from desktop_app.services.views.enrolment import CourseRow
    from desktop_app.ui.counter.family_cart import Entry, FamilyCart
    from desktop_app.ui.counter.presenter import SearchAnswer

_NO_COURSE = N_("No matching course. Add the course in Courses.")
_NO_COURSES = N_("No courses yet. Add the first one in Courses.")


class FamilyPanel(QWidget):
    """The fees of a family.

    Signals:
        course_wanted: search courses for this text.
        added: the uids of a student and of the course to add.
        parted: the place of an entry and the part that is paid of it now; None for all.
        divided: the place of a course that begins, and the code of its next plan.
        concede_wanted: choose concessions for the selected course.
        student_wanted: add a brother or sister.
        back: the keyboard left the course or the part without a choice.
    """

    course_wanted = Signal(str)
    added = Signal(str, str)
    parted = Signal(int, object)
    divided = Signal(int, str)
    concede_wanted = Signal()
    student_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._student = ""
        self._parting = -1
        self._whole: Money | None = None
        self.title = ElidedLabel("", "name", name="familyName")
        self.about = label("", "caption", name="familyAbout")
        self.list = FamilyList()
        self._cart: FamilyCart | None = None
        self.plan = PlanStrip()
        self.plan.choose.setObjectName("familyPlanButton")
        self.plan.words.setObjectName("familyPlanLine")
        self.plan.wanted.connect(self._divide)
        buttons = action_buttons(
            None,
            Act(
                N_("Add a course   +"), self._add_for_row, "addLineButton",
                N_("Add a course for the selected student (+)"), "plus", "",
            ),
            Act(
                N_("Remove   Del"), self._remove_row, "removeLineButton",
                N_("Remove the selected fee from the bill (Del)"), "cross", "",
            ),
            Act(
                N_("Collect part   *"), self._part_for_row, "partLineButton",
                N_("Collect only part of the selected fee (*)"), kind="",
            ),
            Act(
                N_("Concession   F4"), self.concede_wanted.emit, "concedeLineButton",
                N_("Choose a concession or a promo code for the selected course (F4)"), kind="",
            ),
            Act(
                N_("Add a student   Ctrl+N"), self.student_wanted.emit, "addSiblingButton",
                N_("Add a brother or sister to this family (Ctrl+N)"), "person", "",
            ),
        )  # fmt: skip
        self.add_button, self.remove_button, self.part_button, self.concede_button, *rest = buttons
        [self.student_button] = rest
        self._buttons = buttons
        self._make_course()
        self._make_part()
        self._lay_out()
        self.list.adding.connect(self.ask_course)
        self.list.parting.connect(self._part_of_row)
        self.list.planning.connect(self._plan_of_row)
        self.list.moved.connect(self._show_plan)

    def show_cart(self, cart: FamilyCart) -> None:
        """Show a cart."""
        self._cart = cart
        self.title.show_text(one_line(cart.family.name))
        self._show_about(len(cart.family.members), len(cart.ticked))
        self.about.setText(f"{self.about.text()} · {short_rupees(cart.total)}")
        self.list.show_cart(cart)
        for each in self._changing:
            each.show()
        self._show_asking(None)
        self._show_plan()

    def show_bill(self, bill: BillView, name: str) -> None:
        """Show a bill that was offered; its lines stay."""
        self.title.show_text(f"{name} · {one_line(bill.payer_name)}")
        students = {line.student_uid for line in bill.lines}
        self._show_about(len(students), len(bill.lines))
        about = [self.about.text()]
        if bill.is_open:
            about.append(tr(N_("{amount} still due"), amount=short_rupees(bill.rest)))
        if bill.hold_until is not None:
            words = N_("open until {time}")
            if bill.holds_seats:
                words = N_("seats held until {time}")
            about.append(tr(words, time=local_time(bill.hold_until)))
        self.about.setText(" · ".join(about))
        self._cart = None
        self.list.show_bill(bill)
        self._show_plan()
        for each in self._changing:
            each.hide()
        self._show_asking(None)

    def ask_course(self, student_uid: str) -> None:
        """Ask for the course that a student begins."""
        self._student = student_uid
        self._show_asking(self._course)
        self.course.clear()
        self.course_wanted.emit("")
        self.course.focus()

    def show_courses(self, answer: SearchAnswer[CourseRow]) -> None:
        """Show the courses that were found."""
        rows = course_rows(answer)
        self.course.show_answer(rows, query=answer.query, count=len(answer.hits))

    def ask_part(self, at: int, whole: Money, part: Money | None) -> None:
        """Ask for the part of an entry that is paid now."""
        self._parting, self._whole = at, whole
        self._part.show_hint(N_("Enter up to {amount}. Leave the field empty to collect the "
                                "full amount."),
                             amount=format_plain(whole))  # fmt: skip
        self.part_edit.setText(format_plain(part) if part is not None else "")
        self._part.complain("")
        self._show_asking(self._part)
        self.part_edit.setFocus()
        self.part_edit.selectAll()

    def complain(self, error: InvalidInputError) -> None:
        """Show beside the part why it cannot be."""
        self._part.complain(tr(error.template, **error.values))
        self.part_edit.setFocus()

    def in_order(self) -> tuple[QWidget, ...]:
        """Return what has the keyboard here, in the order of Tab."""
        return (self.list, self.plan.choose, self.course.box, self.part_edit, *self._buttons)

    def go_back(self) -> bool:
        """Close what is asked; False where nothing is."""
        if self._course.isHidden() and self._part.isHidden():
            return False
        self._show_asking(None)
        self.list.setFocus()
        return True

    def _show_about(self, students: int, lines: int) -> None:
        members = tr(N_("{count} student", "{count} students"), count=students)
        fees = tr(N_("{count} fee on the bill", "{count} fees on the bill"), count=lines)
        self.about.setText(f"{members} · {fees}")

    def _show_asking(self, part: QWidget | None) -> None:
        self._course.setVisible(part is self._course)
        self._part.setVisible(part is self._part)

    def _take_course(self, row: object) -> None:
        self._show_asking(None)
        self.list.setFocus()
        self.added.emit(self._student, row.uid)  # type: ignore[attr-defined]

    def _take_part(self) -> None:
        text = self.part_edit.text().strip()
        try:
            part = parse_rupees(text) if text else None
        except InvalidInputError as error:
            self.complain(error)
            return
        self.parted.emit(self._parting, part)

    def end_part(self) -> None:
        """Close the part that was taken."""
        self._show_asking(None)
        self.list.setFocus()

    def _add_for_row(self) -> None:
        place = self.list.place()
        if place is not None:
            self.ask_course(place.student_uid)

    def _remove_row(self) -> None:
        place = self.list.place()
        if place is not None and place.at is not None:
            self.list.removed.emit(place.at)
            self.list.setFocus()

    def _part_for_row(self) -> None:
        place = self.list.place()
        if place is not None and place.at is not None:
            self._part_of_row(place.at)

    def _entry(self, at: int | None) -> Entry | None:
        entries = self._cart.entries if self._cart is not None else []
        return entries[at] if at is not None and at < len(entries) else None

    def _show_plan(self) -> None:
        """Show how the fee of the selected course is divided, where it begins."""
        place = self.list.place()
        entry = self._entry(place.at if place is not None else None)
        self.plan.show_bill(entry.planned if entry is not None else None)
        is_known = entry is not None and (entry.conceded is not None or not entry.wishes)
        self.plan.words.setVisible(is_known)
        self.concede_button.setEnabled(entry is not None and entry.due_uid is None)

    def _plan_of_row(self, _at: int) -> None:
        self.plan.choose_next()

    def _divide(self, code: str) -> None:
        place = self.list.place()
        if place is not None and place.at is not None:
            self.divided.emit(place.at, code)

    def _part_of_row(self, at: int) -> None:
        entry = self._entry(at)
        if entry is not None and entry.due_uid is not None and not entry.is_covered:
            self.ask_part(at, entry.whole, entry.part)

    def _make_course(self) -> None:
        results = ResultList(
            "familyCourses", N_("Courses"), COURSE_SHARES, _NO_COURSE, _NO_COURSES,
            spare=COURSE_SPARE,
        )  # fmt: skip
        box = SearchBox(name="familyCourseSearch", hint=N_("Course code, name or batch"))
        self.course = Picker(box, results)
        self.course.asked.connect(self.course_wanted)
        self.course.chosen.connect(self._take_course)
        self._course = QWidget()
        results.setMinimumHeight(theme.px(150))
        vbox((self.course, 1), inside=self._course, gap=theme.GRID)

    def _make_part(self) -> None:
        self.part_edit = QLineEdit()
        self.part_edit.setObjectName("partEdit")
        self.part_edit.setMaxLength(20)
        self.part_edit.returnPressed.connect(self._take_part)
        self._part = LabelledField(N_("Amount to collect now, in rupees"), self.part_edit)

    def _lay_out(self) -> None:
        buttons = QWidget()
        vbox(flowing(*self._buttons), inside=buttons, gap=0)
        hint = label(N_("Press Space to tick or untick a fee. Press F9 to collect the ticked "
                        "fees."),
                     "caption", wrap=True)  # fmt: skip
        self._changing = (buttons, hint)
        column = vbox(inside=self, gap=theme.GAP, margins=MARGINS)
        top = hbox((self.title, 1), label("F12", "key"))
        fill(column, top, self.about, (self.list, 2), self.plan, (self._course, 1), self._part)
        fill(column, buttons, hint)
