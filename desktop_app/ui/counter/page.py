"""The counter: student and course on the left, the bill or the payment on the right.

Widgets only: presenters do the work. User text is never markup.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from desktop_app.domain.payment import AttemptState
from desktop_app.ui.core import theme
from desktop_app.ui.core.formatting import one_line
from desktop_app.ui.core.i18n import N_
from desktop_app.ui.core.notice import Tone
from desktop_app.ui.core.page import Page, PageContext
from desktop_app.ui.counter.bill_card import BillCard
from desktop_app.ui.counter.claims import Claims
from desktop_app.ui.counter.payment_controller import PaymentController
from desktop_app.ui.counter.payment_panel import PaymentPanel
from desktop_app.ui.counter.presenter import CounterPresenter, SearchAnswer
from desktop_app.ui.counter.rows import (
    COURSE_SHARES,
    COURSE_SPARE,
    RECENT_SHARES,
    RECENT_SPARE,
    STUDENT_SHARES,
    STUDENT_SPARE,
    AddStudent,
    course_rows,
    recent_rows,
    student_rows,
)
from desktop_app.ui.counter.side_panel import SidePanel
from desktop_app.ui.receipts.presenter import ReceiptsPresenter
from desktop_app.ui.widgets.boxes import fill, hbox, vbox
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.picker import MARGINS, Picker, heading
from desktop_app.ui.widgets.result_list import ResultList
from desktop_app.ui.widgets.search_box import SearchBox

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from desktop_app.services.views.changes import Changes
    from desktop_app.services.views.enrolment import CourseRow, StudentSummary
    from desktop_app.services.views.payments import AttemptView, PaymentRow
    from desktop_app.services.views.settings import SettingsView
    from desktop_app.ui.core.attempts import Attempts
    from desktop_app.ui.counter.payment_presenter import PaymentPresenter

NO_STUDENTS = N_("Nobody was served yet. Type a name, a roll number or a phone number.")
NO_COURSE = N_("No course matches. Add one under Courses.")
NO_COURSES = N_("There are no courses yet. Add the first one under Courses.")
NO_PAYMENTS = N_("The first payment will stand here.")


class CounterPage(Page):
    """Where fees are collected."""

    title = N_("Counter")

    def __init__(
        self,
        context: PageContext,
        payment: PaymentPresenter,
        attempts: Attempts,
        student_box: SearchBox,
    ) -> None:
        super().__init__(context)
        self._payment = payment
        self._attempts = attempts
        self.presenter = CounterPresenter(context.runner, self)
        self._receipts = ReceiptsPresenter(context, self)
        self._found: tuple[SearchAnswer[StudentSummary] | None, SearchAnswer[CourseRow] | None] = (
            None,
            None,
        )
        self._recent: tuple[PaymentRow, ...] = ()
        self._collects_picked = False
        self._build_lists(student_box)
        self.bill = BillCard()
        self.panel = PaymentPanel()
        self.side = SidePanel(self.bill, self.panel)
        self.claims = Claims(context, payment, attempts, self.side, self.panel)
        self._paying = PaymentController(
            payment, attempts, self.presenter, self.side, self.claims,
            context.notices, self.student.focus,
        )  # fmt: skip
        self._lay_out()
        self._connect_picking()
        self._connect_paying()
        self.presenter.begin()

    def open(self, argument: object) -> None:
        """Select a student (`StudentSummary`) to collect from, alone or as a pair with a course."""
        if isinstance(argument, tuple):
            student, course = argument
            self.pick_student(student)
            self.presenter.pick_course(course)
        else:
            self.pick_student(cast("StudentSummary", argument))

    def student_added(self, student: StudentSummary) -> None:
        """Select the new student."""
        self.pick_student(student)

    def apply_changes(self, changes: Changes) -> None:
        """Search again, read the recent payments again, and the bill when it may have changed."""
        if changes.students:
            self.student.search_again()
        if changes.courses:
            self.course.search_again()
        if changes.payments:
            self.presenter.read_recent()
            if not self.is_paying and self.presenter.bill is not None:
                self.presenter.quote()

    def apply_settings(self, settings: SettingsView) -> None:
        """Use the centre's name in messages to parents."""
        self.claims.show_centre(settings.centre.name)

    def show_line(self, *, offline: bool) -> None:
        """Show what the connection allows, beside the bill and beside a QR that is up."""
        self.bill.show_offline(offline=offline)
        self.panel.show_offline(offline=offline)

    def arrive(self) -> None:
        """Focus the next thing to do."""
        self.presenter.read_recent()
        if self.is_paying and self.is_paid:
            self.panel.paid_card.print_button.setFocus()
        else:
            self.student.focus()

    @property
    def is_paying(self) -> bool:
        """Whether a payment is on screen rather than the bill."""
        return self.side.is_paying

    @property
    def is_paid(self) -> bool:
        """Whether the payment on screen is paid."""
        view = self._payment.view
        return view is not None and view.state is AttemptState.PAID

    def start_find(self) -> None:
        """Ctrl+F: search a student."""
        self.student.focus()

    def print_current(self) -> None:
        """Ctrl+P: print the receipt on screen."""
        view = self._payment.view
        if view is not None and view.receipt_uid:
            self.context.printer.print_receipt(view.receipt_uid)
            self.next_student()
        else:
            self.context.notices.say(
                N_("There is no receipt on screen to print."), N_("F7 prints the last.")
            )

    def go_back(self) -> None:
        """Esc: close the drawer, take a question back, leave the payment, empty the searches."""
        if self.side.has_drawer:
            self.claims.close()
            self._paying.focus_again()
        elif self.panel.buttons.is_asking:
            self.panel.buttons.ask_nothing()
        elif self.recent.hasFocus():
            self.student.focus()
        elif self.is_paying:
            self.next_student()
        elif self.course.box.hasFocus() and self.course.box.text():
            self.course.clear()
        else:
            self.course.clear()
            self.student.clear()
            self.student.focus()

    def collect(self) -> None:
        """F9: collect the bill, or make the payment on screen payable."""
        if self.side.has_drawer:
            return
        if self.is_paying:
            if self.panel.open_button.isVisibleTo(self.panel):
                self.panel.press_open()
        elif self.course.is_taking:
            self._collects_picked = True
        elif self.bill.is_over_limit:
            self.bill.point_at_link()
        elif self.bill.is_keeping:
            self.presenter.keep(self.bill.chosen_method())
        else:
            self.presenter.collect(self.bill.chosen_method())

    def show_recent(self) -> None:
        """F6: put the keyboard into the recent payments."""
        self.recent.setFocus()

    def next_student(self, typed: str = "") -> None:
        """Begin with the next parent; attempts that wait are kept."""
        self.claims.close()
        self._collects_picked = False
        self._payment.leave()
        self.presenter.start_over()
        self.bill.start_over()
        self.student.clear()
        self.course.clear()
        self.student.focus()
        if typed:
            self.student.box.insert(typed)

    def pick_student(self, student: StudentSummary) -> None:
        """Serve a student that was found or added elsewhere."""
        if self.is_paying:
            self.next_student()
        self._pick_student(student)

    def show_attempt(self, view: AttemptView) -> None:
        """Bring a payment on screen, from the tray; nobody else's pick stays beside it."""
        self.claims.close()
        student = self.presenter.student
        if student is not None and student.uid != view.student_uid:
            self.presenter.start_over()
            self.student.clear()
            self.course.clear()
        self._payment.show(view)

    def _pick_student(self, student: object) -> None:
        if isinstance(student, AddStudent):
            self.context.calls.new_student.emit(student.text)
            return
        self.presenter.pick_student(student)  # type: ignore[arg-type]
        self.course.focus()

    def _offer_new_student(self) -> None:
        self.context.calls.new_student.emit(self.student.box.text().strip())

    def _pick_course(self, course: object) -> None:
        self.presenter.pick_course(course)  # type: ignore[arg-type]
        collects, self._collects_picked = self._collects_picked, False
        if self.presenter.student is None:
            self.student.focus()
        else:
            self.bill.method.setFocus()
            if collects:
                self.collect()

    def _students_found(self, answer: SearchAnswer[StudentSummary]) -> None:
        self._found = (answer, self._found[1])
        rows = student_rows(answer)
        self.student.show_answer(rows, query=answer.query, count=len(answer.hits))

    def _courses_found(self, answer: SearchAnswer[CourseRow]) -> None:
        self._found = (self._found[0], answer)
        self.course.show_answer(course_rows(answer), query=answer.query, count=len(answer.hits))

    def _picked(self, pair: tuple[StudentSummary | None, CourseRow | None]) -> None:
        student, course = pair
        who = f"{student.name} · {student.roll_no}" if student else ""
        parts = (course.course.title, course.course.batch) if course else ()
        self.bill.show_picked(who, " · ".join(part for part in parts if part))

    def _began(self, view: AttemptView) -> None:
        student = self.presenter.student
        if student is not None and student.uid == view.student_uid:
            self._payment.show(view, and_open=True)
        else:
            self._attempts.take((view,))  # left before it began: it waits in the tray

    def _kept(self, view: AttemptView) -> None:
        self._attempts.take((view,))
        self.context.notices.note(
            N_("Kept to collect: {name}, {amount}."),
            money=N_("Enrolled; no money has moved and nothing was sent."),
            todo=N_("It waits in the tray. Press it there when the line is back."),
            tone=Tone.GOOD,
            stays=False,
            values={"name": one_line(view.student_name, 60), "amount": str(view.amount)},
        )
        self.next_student()

    def _show_recent(self, payments: tuple[PaymentRow, ...]) -> None:
        self._recent = payments
        self.recent.show_rows(recent_rows(payments), query="", count=len(payments))
        self.recent.select(-1)

    def retranslate(self) -> None:
        """Show the lists in the current language."""
        students, courses = self._found
        if students is not None:
            self._students_found(students)
        if courses is not None:
            self._courses_found(courses)
        self._show_recent(self._recent)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the payment to the size."""
        super().resizeEvent(event)
        self.side.fit(self.width(), self.height())

    def _connect_picking(self) -> None:
        presenter = self.presenter
        self.new_student.clicked.connect(self._offer_new_student)
        self.student.asked.connect(presenter.students.ask)
        self.student.chosen.connect(self._pick_student)
        self.student.edited.connect(self._forget_student)
        presenter.students.answered.connect(self._students_found)
        self.course.asked.connect(presenter.courses.ask)
        self.course.chosen.connect(self._pick_course)
        self.course.edited.connect(self._forget_course)
        presenter.courses.answered.connect(self._courses_found)
        presenter.picked.connect(self._picked)
        presenter.billed.connect(self.bill.show_bill)
        presenter.busy.connect(self.bill.show_busy)
        presenter.recent.connect(self._show_recent)

    def _connect_paying(self) -> None:
        self.presenter.began.connect(self._began)
        self.presenter.kept.connect(self._kept)
        self.bill.collect.connect(self.collect)
        self.bill.keep.connect(self.collect)
        self.side.left.connect(self.next_student)
        self.panel.paid_card.print_wanted.connect(self.print_current)
        self.panel.paid_card.typed.connect(self.next_student)
        self.recent.chosen.connect(self._show_receipt_of)

    def _forget_student(self) -> None:
        if self.presenter.student is not None:
            self.presenter.pick_student(None)

    def _forget_course(self) -> None:
        self._collects_picked = False
        if self.presenter.course is not None:
            self.presenter.pick_course(None)

    def _show_receipt_of(self, payment: PaymentRow) -> None:
        if payment.receipt_uid:
            from desktop_app.ui.receipts.preview import open_preview

            open_preview(self._receipts, payment.receipt_uid)

    def _build_lists(self, student_box: SearchBox) -> None:
        self.new_student = Button(
            N_("New"), icon="plus", name="newStudentButton", tip=N_("New student (Ctrl+N)")
        )
        self.student = Picker(
            N_("Student"),
            student_box,
            ResultList(
                "studentResults",
                N_("Students found"),
                STUDENT_SHARES,
                NO_STUDENTS,
                spare=STUDENT_SPARE,
            ),
            self.new_student,
        )
        self.course = Picker(
            N_("Course"),
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
        self.recent = ResultList(
            "recentPayments",
            N_("Recent payments"),
            RECENT_SHARES,
            NO_PAYMENTS,
            spare=RECENT_SPARE,
            takes_keys=True,
        )

    def _lay_out(self) -> None:
        left = vbox((self.student, 5), theme.GRID, (self.course, 4), gap=theme.GAP, margins=MARGINS)
        fill(left, theme.GRID, heading(N_("Recent payments"), "F6"), (self.recent, 3))
        hbox((left, 1), self.side, inside=self, gap=0)
