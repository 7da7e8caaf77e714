"""The counter's lists: students and courses under their searches, and the newest payments.

What was found last is kept, to show it again in another language.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, Signal

from desktop_app.ui.core.i18n import N_
from desktop_app.ui.counter.rows import (
    COURSE_SHARES,
    COURSE_SPARE,
    RECENT_SHARES,
    RECENT_SPARE,
    STUDENT_SHARES,
    STUDENT_SPARE,
    course_rows,
    recent_rows,
    student_rows,
)
from desktop_app.ui.counter.student_fees import StudentFees
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.picker import Picker
from desktop_app.ui.widgets.result_list import ResultList
from desktop_app.ui.widgets.search_box import SearchBox

if TYPE_CHECKING:
    from desktop_app.services.views.enrolment import CourseRow, StudentSummary
    from desktop_app.services.views.payments import PaymentRow
    from desktop_app.ui.counter.bill_card import BillCard
    from desktop_app.ui.counter.presenter import CounterPresenter, SearchAnswer
    from desktop_app.ui.counter.today_card import TodayCard

NO_STUDENTS = N_("Search by name, roll number or phone.")
NO_COURSE = N_("No matching course. Add the course in Courses.")
NO_COURSES = N_("No courses yet. Add the first one in Courses.")
NO_PAYMENTS = N_("Today's payments appear here.")


class CounterLists(NamedTuple):
    """The lists, and the button beside the students."""

    new_student: Button
    student: Picker
    course: Picker
    recent: ResultList


def make_lists(student_box: SearchBox) -> CounterLists:
    """Return the lists; the first frame has shown the box of the students already."""
    new_student = Button(
        N_("Add student"),
        icon="plus",
        name="newStudentButton",
        tip=N_("Add a student (Ctrl+N)"),
    )
    student = Picker(
        student_box,
        ResultList(
            "studentResults",
            N_("Students found"),
            STUDENT_SHARES,
            NO_STUDENTS,
            spare=STUDENT_SPARE,
        ),
        new_student,
        recent=N_("Recent students"),
    )
    course = Picker(
        SearchBox(name="courseSearch", hint=N_("Course, code or batch"), key="F3"),
        ResultList(
            "courseResults",
            N_("Courses found"),
            COURSE_SHARES,
            NO_COURSE,
            NO_COURSES,
            spare=COURSE_SPARE,
        ),
    )
    recent = ResultList(
        "recentPayments",
        N_("Recent payments"),
        RECENT_SHARES,
        NO_PAYMENTS,
        spare=RECENT_SPARE,
        takes_keys=True,
    )
    return CounterLists(new_student, student, course, recent)


class FoundLists(QObject):
    """Shows answers of the presenter in the lists, and what a student owes among the courses.

    Signals:
        none_taken: the courses were shown, and none of them was picked.
    """

    none_taken = Signal()

    def __init__(
        self, lists: CounterLists, presenter: CounterPresenter, bill: BillCard, today: TodayCard
    ) -> None:
        super().__init__(presenter)
        self._lists, self._presenter = lists, presenter
        self._bill, self._today = bill, today
        self.students: SearchAnswer[StudentSummary] | None = None
        self.courses: SearchAnswer[CourseRow] | None = None
        self._fees = StudentFees()
        self._recent: tuple[PaymentRow, ...] = ()
        presenter.students.answered.connect(self._students_found)
        presenter.courses.answered.connect(self._courses_found)
        presenter.fees.connect(self._show_fees)
        presenter.recent.connect(self._show_recent)

    def show_again(self) -> None:
        """Show the lists in the current language."""
        if self.students is not None:
            self._students_found(self.students)
        if self.courses is not None:
            self._show_courses()
        self._show_recent(self._recent)

    def _students_found(self, answer: SearchAnswer[StudentSummary]) -> None:
        self.students = answer
        rows = student_rows(answer)
        self._lists.student.show_answer(rows, query=answer.query, count=len(answer.hits))

    def _courses_found(self, answer: SearchAnswer[CourseRow]) -> None:
        self.courses = answer
        self._show_courses()

    def _show_fees(self, fees: StudentFees) -> None:
        self._fees = fees
        self._bill.show_fees(fees)
        self._show_courses()

    def _show_courses(self) -> None:
        """Show the courses; with nothing typed, once it is known what the student owes."""
        answer, course = self.courses, self._lists.course
        if answer is None or (self._presenter.is_reading_fees and not answer.query):
            return
        fees = self._fees if self._fees.student_uid else None
        rows = course_rows(answer, fees)
        course.show_answer(rows, query=answer.query, count=len(answer.hits))
        if not course.is_taking and self._presenter.course is None:
            self.none_taken.emit()

    def _show_recent(self, payments: tuple[PaymentRow, ...]) -> None:
        self._recent = payments
        self._today.show_latest(payments[0] if payments else None)
        recent = self._lists.recent
        recent.show_rows(recent_rows(payments), query="", count=len(payments))
        recent.select(-1)
