"""The counter: student and course on the left, the bill or the payment on the right.

Widgets only: presenters do the work, and what they say is shown here. User text is never markup.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QVBoxLayout,
)

from desktop_app.domain.payment import AttemptState
from desktop_app.ui import theme
from desktop_app.ui.context import Context, Page
from desktop_app.ui.pages.counter_rows import (
    COURSE_SHARES,
    RECENT_SHARES,
    STUDENT_SHARES,
    AddStudent,
    course_rows,
    recent_rows,
    student_rows,
)
from desktop_app.ui.presenters.counter import Answer, CounterPresenter
from desktop_app.ui.presenters.receipts import ReceiptsPresenter
from desktop_app.ui.widgets.bill_card import BillCard
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.labels import label
from desktop_app.ui.widgets.notice_area import Notice, Tone
from desktop_app.ui.widgets.payment_panel import PaymentPanel
from desktop_app.ui.widgets.picker import MARGINS, Picker
from desktop_app.ui.widgets.result_list import ResultList
from desktop_app.ui.widgets.search_box import SearchBox
from desktop_app.ui.widgets.till_side import TillSide
from desktop_app.ui.wording import short_rupees

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from desktop_app.services.api import Desk
    from desktop_app.services.views import AttemptView, Bill, CourseRow, PaymentRow, StudentHit
    from desktop_app.ui.presenters.attempts import Attempts
    from desktop_app.ui.presenters.payment import PaymentPresenter

NO_STUDENTS = "Nobody was served yet. Type a name, a roll number or a phone number."
NO_COURSE = "No course matches. Add one under Courses."
NO_COURSES = "There are no courses yet. Add the first one under Courses."


class CounterPage(Page):
    """Where fees are collected."""

    title = "Counter"

    def __init__(
        self,
        context: Context,
        payment: PaymentPresenter,
        attempts: Attempts,
        student_box: SearchBox,
    ) -> None:
        super().__init__(context)
        self._payment = payment
        self._attempts = attempts
        self.presenter = CounterPresenter(context.runner, self)
        self._receipts = ReceiptsPresenter(context, self)
        self.new_student = Button("New", icon="plus", name="newStudentButton")
        self.new_student.setAccessibleName("New student")
        self.new_student.setToolTip("New student (Ctrl+N)")
        self.student = Picker(
            "Student",
            student_box,
            ResultList("studentResults", "Students found", STUDENT_SHARES, NO_STUDENTS),
            self.new_student,
        )
        self.course = Picker(
            "Course",
            SearchBox(name="courseSearch", hint="Course, code or batch", key="F3"),
            ResultList("courseResults", "Courses found", COURSE_SHARES, NO_COURSE, NO_COURSES),
        )
        self.recent = ResultList(
            "recentPayments", "Recent payments", RECENT_SHARES, "The first payment will stand here."
        )
        self.bill = BillCard()
        self.panel = PaymentPanel()
        self.side = TillSide(self.bill, self.panel)
        self.late_inbox = QFrame()
        self.late_inbox.setObjectName("lateInbox")
        self.late_inbox.setAccessibleName("Late payments to settle")
        self.late_inbox.hide()
        self._lay_out()
        self._connect_picking()
        self._connect_paying()
        self.presenter.start_over()

    def attach(self, desk: Desk) -> None:
        """Take the open desk."""
        self.presenter.attach(desk)
        self._receipts.attach(desk)

    def arrive(self) -> None:
        """Put the focus where the next thing is to be done."""
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
                "There is no receipt on screen to print.", "F7 prints the last."
            )

    def go_back(self) -> None:
        """Esc: take a question back, then leave the payment, then empty the searches."""
        if self.panel.buttons.is_asking_to_cancel:
            self.panel.buttons.ask_nothing()
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
        if self.is_paying:
            if self.panel.open_button.isVisibleTo(self.panel):
                self.panel.press_open()
        elif self.bill.is_keeping:
            self.presenter.keep(self.bill.chosen_method())
        else:
            self.presenter.collect(self.bill.chosen_method())

    def next_student(self, typed: str = "") -> None:
        """Begin with the next parent; what waits goes on waiting."""
        self._payment.leave()
        self.presenter.start_over()
        self.bill.start_over()
        self.student.clear()
        self.course.clear()
        self.student.focus()
        if typed:
            self.student.box.insert(typed)

    def pick_student(self, student: StudentHit) -> None:
        """Serve a student that was found or added elsewhere."""
        if self.is_paying:
            self.next_student()
        self._pick_student(student)

    def show_attempt(self, view: AttemptView) -> None:
        """Bring a payment on screen, from the tray."""
        self._payment.show(view)

    def attempts_changed(self, changed: tuple[AttemptView, ...]) -> None:
        """Read the lists again when something was paid, and the bill when it may have changed."""
        if any(view.state is AttemptState.PAID for view in changed):
            self.presenter.read_recent()
            self.course.search_again()
        if not self.is_paying and self.presenter.bill is not None:
            self.presenter.quote()

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
        if self.presenter.student is None:
            self.student.focus()
        else:
            self.bill.method.setFocus()

    def _students_found(self, answer: Answer[StudentHit]) -> None:
        rows = student_rows(answer)
        self.student.show_answer(rows, query=answer.query, count=len(answer.hits))

    def _courses_found(self, answer: Answer[CourseRow]) -> None:
        self.course.show_answer(course_rows(answer), query=answer.query, count=len(answer.hits))

    def _picked(self, pair: tuple[StudentHit | None, CourseRow | None]) -> None:
        student, course = pair
        who = f"{student.name} · {student.roll_no}" if student else ""
        parts = (course.course.title, course.course.batch) if course else ()
        self.bill.show_picked(who, " · ".join(part for part in parts if part))

    def _billed(self, bill: Bill | None) -> None:
        self.bill.show_bill(bill)

    def _began(self, view: AttemptView) -> None:
        student = self.presenter.student
        if student is not None and student.uid == view.student_uid:
            self._payment.show(view, and_open=True)
        else:
            self._attempts.take((view,))  # left before it began: it waits in the tray

    def _kept(self, view: AttemptView) -> None:
        self._attempts.take((view,))
        self.context.notices.post(
            Notice(
                what=f"Kept to collect: {view.student_name}, {view.amount}.",
                money="Enrolled; no money has moved and nothing was sent.",
                todo="It waits in the tray. Press it there when the line is back.",
                tone=Tone.GOOD,
                stays=False,
            )
        )
        self.next_student()

    def _show_recent(self, payments: tuple[PaymentRow, ...]) -> None:
        self.recent.show_rows(recent_rows(payments), query="", count=len(payments))
        self.recent.select(-1)

    def _panel_shown(self, view: AttemptView | None) -> None:
        was_paying = self.is_paying
        self.side.bring(self.panel if view is not None else self.bill)
        if view is None:
            self.panel.clear()
            return
        self.panel.allow_renewal(allowed=self._is_billed(view))
        self.panel.show_view(view)
        self._tick()
        if view.state is AttemptState.PAID:
            self.panel.paid_card.print_button.setFocus()
        elif not was_paying:
            self.panel.buttons.says_paid.setFocus()

    def _is_billed(self, view: AttemptView) -> bool:
        bill = self.presenter.bill
        return bill is not None and (bill.student_uid, bill.course_label) == (
            view.student_uid,
            view.course_label,
        )

    def _renew(self) -> None:
        self._payment.leave()
        self.presenter.collect(self.bill.chosen_method())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let the payment fit the room there is."""
        super().resizeEvent(event)
        self.side.fit(self.width(), self.height())

    def _cancelled(self, view: AttemptView) -> None:
        self.context.notices.post(
            Notice(
                what=f"Cancelled: {short_rupees(view.amount)} for {view.student_name}.",
                todo="It is still watched: money that comes late is found.",
                stays=False,
            )
        )
        if self._payment.view is not None and self._payment.view.uid == view.uid:
            self._payment.leave()
            self.presenter.quote()
            self.student.focus()

    def _failed(self, error: Exception) -> None:
        self.context.notices.tell(error)

    def _print(self) -> None:
        self.print_current()

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
        presenter.billed.connect(self._billed)
        presenter.busy.connect(self.bill.show_busy)
        presenter.recent.connect(self._show_recent)
        presenter.failed.connect(self._failed)

    def _connect_paying(self) -> None:
        self.presenter.began.connect(self._began)
        self.presenter.kept.connect(self._kept)
        self.bill.collect.connect(self.collect)
        self.bill.keep.connect(self.collect)
        self._payment.shown.connect(self._panel_shown)
        self._payment.code.connect(self.panel.show_code)
        self._payment.receipt.connect(self.panel.show_receipt)
        self._payment.working.connect(self.panel.show_working)
        self._payment.cancelled.connect(self._cancelled)
        self._payment.failed.connect(self._failed)
        self._attempts.ticked.connect(self._tick)
        self.panel.open_wanted.connect(self._payment.open)
        self.panel.renew_wanted.connect(self._renew)
        self.panel.buttons.left.connect(self._leave)
        self.panel.buttons.cancelled.connect(self._payment.cancel)
        self.panel.paid_card.print_wanted.connect(self._print)
        self.panel.paid_card.typed.connect(self.next_student)
        self.recent.chosen.connect(self._show_receipt_of)

    def _leave(self) -> None:
        self.next_student()

    def _forget_student(self) -> None:
        if self.presenter.student is not None:
            self.presenter.pick_student(None)

    def _forget_course(self) -> None:
        if self.presenter.course is not None:
            self.presenter.pick_course(None)

    def _show_receipt_of(self, payment: PaymentRow) -> None:
        if payment.receipt_uid:
            self._receipts.show(payment.receipt_uid)

    def _tick(self) -> None:
        view = self._payment.view
        if view is not None and view.state is AttemptState.AWAITING:
            self.panel.show_remaining(self._attempts.remaining(view.uid), view.lifetime_s)

    def _lay_out(self) -> None:
        left = QVBoxLayout()
        left.setContentsMargins(*MARGINS)
        left.setSpacing(theme.GAP)
        left.addWidget(self.student, 5)
        left.addSpacing(theme.GRID)
        left.addWidget(self.course, 4)
        left.addSpacing(theme.GRID)
        left.addWidget(label("Recent payments", "strong"))
        left.addWidget(self.recent, 3)
        left.addWidget(self.late_inbox)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addLayout(left, 1)
        row.addWidget(self.side)
