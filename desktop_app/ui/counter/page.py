"""The counter: one column from student to course, and the bill or the payment beside it.

Widgets only: presenters do the work. User text is never markup.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import Signal

from desktop_app.domain.payment import AttemptState
from desktop_app.ui.core.formatting import one_line
from desktop_app.ui.core.i18n import N_
from desktop_app.ui.core.notice import Tone
from desktop_app.ui.core.page import HELD_BILLS, BegunPayment, FamilyBill, Page, PageContext
from desktop_app.ui.counter.bill_card import BillCard
from desktop_app.ui.counter.claims import Claims
from desktop_app.ui.counter.column import CounterColumn
from desktop_app.ui.counter.concessions import Concessions
from desktop_app.ui.counter.first_steps import FirstStepsOffer
from desktop_app.ui.counter.lists import FoundLists, make_lists
from desktop_app.ui.counter.payment_controller import PaymentController
from desktop_app.ui.counter.payment_panel import PaymentPanel
from desktop_app.ui.counter.presenter import CounterPresenter
from desktop_app.ui.counter.rows import AddStudent
from desktop_app.ui.counter.side_panel import SidePanel
from desktop_app.ui.counter.tenders import Tenders, ToTake, of_bill
from desktop_app.ui.counter.today_card import TodayCard
from desktop_app.ui.counter.ways_on import WaysOn
from desktop_app.ui.widgets.boxes import hbox

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QResizeEvent

    from desktop_app.services.views.changes import Changes
    from desktop_app.services.views.enrolment import Bill, CourseRow, StudentSummary
    from desktop_app.services.views.payments import AttemptView
    from desktop_app.services.views.settings import SettingsView
    from desktop_app.ui.core.attempts import Attempts
    from desktop_app.ui.counter.family_desk import FamilyDesk
    from desktop_app.ui.counter.payment_presenter import PaymentPresenter
    from desktop_app.ui.widgets.search_box import SearchBox


class CounterPage(Page):
    """Where fees are collected.

    Signals:
        family_shown: the `FamilyBill` on screen, or None.
    """

    family_shown = Signal(object)
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
        self._goes_on: Callable[[], None] | None = None
        lists = make_lists(student_box)
        self.new_student, self.student = lists.new_student, lists.student
        self.course, self.recent = lists.course, lists.recent
        self._family: FamilyDesk | None = None
        self.today = TodayCard()
        self.bill = BillCard()
        self.panel = PaymentPanel()
        self.side = SidePanel(self.today, self.bill, self.panel)
        self.found = FoundLists(lists, self.presenter, self.bill, self.today)
        self.ways_on = WaysOn(context, self, self.bill, self.panel, self.today, self.recent)
        self.claims = Claims(context, payment, attempts, self.side, self.panel)
        self._paying = PaymentController(
            payment, attempts, self.presenter, self.side, self.claims,
            context, self.student.focus, self.next_student, self.take_back,
        )  # fmt: skip
        self.tenders = Tenders(
            context, self, self._to_take, payment, self.next_student, self._paying.bill_again
        )
        self.bill.tender_button.clicked.connect(self.take_tender)
        self.column = CounterColumn(self.student, self.course, self.recent)
        hbox((self.column, 1), self.side, inside=self, gap=0)
        self.notices_at = self.column.places
        self.concessions = Concessions(context, self.presenter, self.side, self.next_student)
        self._first_steps = FirstStepsOffer(self.column, self.presenter, context)
        self._connect_picking()
        self._connect_paying()
        self._connect_reaching()
        self.presenter.begin()

    def open(self, argument: object) -> None:
        """Select a student (`StudentSummary`), alone or with a course; or show what was begun."""
        if isinstance(argument, BegunPayment):
            self.show_attempt(argument.view, and_open=True)
        elif argument == HELD_BILLS:
            if self.is_paying:
                self.next_student()
            self.family.open_held()
        elif isinstance(argument, FamilyBill):
            if self.is_paying:
                self.next_student()
            bill = argument
            self.family.open(bill.student_uid, bill.dues, is_collected=bill.is_collected)
        elif isinstance(argument, tuple):
            student, course = argument
            self.pick_student(student)
            self.presenter.pick_course(course)
        else:
            self.pick_student(cast("StudentSummary", argument))

    def family_student(self) -> str:
        """Return the student at the counter."""
        return self.presenter.student.uid if self.presenter.student else ""

    def student_added(self, student: StudentSummary) -> None:
        """Select the new student, or take a brother or sister into the family on screen."""
        if self._family is None or not self._family.take_in(student):
            self.pick_student(student)

    def apply_changes(self, changes: Changes) -> None:
        """Search again, read the recent payments again, and the bill when it may have changed."""
        if changes.students:
            self.student.search_again()
        if changes.courses:
            self.course.search_again()
        if self._family is not None:
            self._family.apply_changes(changes)
        if changes.payments:
            if self.is_paying and self.is_paid:
                self.panel.paid_card.read_again()
            self.presenter.read_recent()
            if self.presenter.student is not None:
                self.presenter.read_fees()
            is_covered = self.column.covered is not None
            if not self.is_paying and not is_covered and self.presenter.bill is not None:
                self.presenter.quote()

    def apply_settings(self, settings: SettingsView) -> None:
        """Use the centre's name in messages to parents."""
        self.claims.show_centre(settings.centre.name)

    def show_line(self, *, offline: bool) -> None:
        """Show what the connection allows, beside the bill and beside a QR that is up."""
        self.bill.show_offline(offline=offline)
        self.panel.show_offline(offline=offline)

    def show_keys(self, *, has_keys: bool) -> None:
        """Offer what the API keys allow: without any, only cash."""
        self.bill.show_keys(has_keys=has_keys)

    def choose_method(self, number: int) -> None:
        """Choose a way of paying by its number (Alt+1 to Alt+3), where a bill is shown."""
        if not self.is_paying and not self.side.has_drawer:
            self.bill.ways.choose_number(number)

    def arrive(self) -> None:
        """Focus the next thing to do."""
        self.presenter.read_recent()
        if self.is_paying and self.is_paid:
            self.panel.paid_card.print_button.setFocus()
        elif self._family is None or not self._family.is_open:
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
        if view is not None and self.is_paid and not self.panel.paid_card.waits:
            self.ways_on.print_receipts(view)
            self.next_student()
        else:
            self.context.notices.say(
                N_("There's no receipt on the screen."), N_("Press F7 to print the last receipt.")
            )

    def _print_or_go_on(self) -> None:
        """Print the receipt on screen, or continue with the bill that has none yet."""
        if self.panel.paid_card.waits:
            self.next_student()
        else:
            self.print_current()

    def go_back(self) -> None:
        """Esc: close the drawer, take a question back, leave the payment, empty the searches."""
        if self._family is not None and self._family.go_back():
            return
        if self.side.has_drawer:
            self.claims.close()
            self._paying.focus_again()
        elif self.panel.buttons.is_asking:
            self.panel.buttons.ask_nothing()
        elif self.recent.hasFocus():
            self.student.focus()
        elif not self.is_paying and self.course.box.hasFocus() and self.course.box.text():
            self.course.clear()
        else:
            self.next_student()

    def collect(self) -> None:
        """F9: collect the bill, or make the payment on screen payable."""
        if self.side.has_drawer:
            return
        if not self.is_paying and self._family is not None and self._family.collect():
            return
        if self.is_paying:
            if self.panel.open_button.isVisibleTo(self.panel):
                self.panel.press_open()
        else:
            self._collect_bill()

    def _collect_bill(self) -> None:
        """Collect the fee of the bill; one that is due and not picked yet is billed first."""
        if self.course.is_taking:
            self._goes_on = self.collect
        elif self._is_due_listed:
            self.course.take()
        elif self.bill.is_over_limit:
            self.bill.point_at_link()
        elif self.bill.is_keeping:
            self.presenter.keep(self.bill.chosen_method())
        else:
            self.presenter.collect(self.bill.chosen_method())

    @property
    def _is_due_listed(self) -> bool:
        """Whether no course is picked yet, and Enter bills a fee that the student owes."""
        is_missing = self.presenter.student is not None and self.presenter.course is None
        return is_missing and self.course.results.current() is not None

    def take_tender(self) -> None:
        """F8: take a payment for what is shown; a fee that is due is billed first."""
        if self._family is not None and self._family.is_open:
            self.tenders.open()
        elif self.course.is_taking:
            self._goes_on = self.take_tender
        elif self._is_due_listed:
            self._goes_on = self.take_tender
            self.course.take()
        elif not self.presenter.wait_for_bill(self.tenders.open):
            self.tenders.open(self._missing())

    def _missing(self) -> N_ | None:
        """Return what has to be picked before there is a bill; None where the bill says why."""
        if self.presenter.student is None:
            return N_("Select a student and a course first.")
        return N_("Select a course (F3).") if self.presenter.course is None else None

    def start_new(self) -> None:
        """Ctrl+N: add a student, by the name that was typed if it matched nobody.

        A family gets a brother or sister.
        """
        if self._family is not None and not self.is_paying and self._family.add_student():
            return
        results = self.student.results
        text = self.student.box.text().strip()
        matched = results.property("query") != self.student.box.text() or results.property("count")
        self.context.calls.new_student.emit("" if matched else text)

    def show_recent(self) -> None:
        """F6: put the keyboard into the recent payments."""
        if self.side.is_alone:
            self.next_student()
        self.column.show_recent()

    def next_student(self, typed: str = "") -> None:
        """Begin with the next parent; attempts that wait are kept."""
        self.claims.close()
        if self._family is not None and self._family.keeps_on():
            return
        self._goes_on = None
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
        if self.is_paying or self._family is not None:
            self.next_student()
        self._pick_student(student)

    @property
    def family(self) -> FamilyDesk:
        """The families and their bills; made when it is first wanted."""
        if self._family is None:
            from desktop_app.ui.counter.family_desk import FamilyDesk

            self._family = FamilyDesk(self, self._payment)
        return self._family

    def _to_take(self) -> ToTake | None:
        """Return what F8 takes a payment for: the family's bill, or the one fee."""
        if self._family is not None and self._family.is_open:
            return self._family.to_take()
        return of_bill(self.presenter)

    def concede(self) -> None:
        """F4: choose concessions for the fee on the bill, or a new course of the family."""
        if self._family is None or not self._family.concede():
            self.concessions.open()

    def take_back(self, view: AttemptView) -> bool:
        """Show the family's bill of a payment again; False where it is of none on screen."""
        return self._family is not None and self._family.take_back(view)

    def show_attempt(self, view: AttemptView, *, and_open: bool = False) -> None:
        """Bring a payment on screen, made payable if asked; nobody else's pick stays beside it."""
        self.claims.close()
        student = self.presenter.student
        if student is not None and student.uid != view.student_uid:
            self.presenter.start_over()
            self.student.clear()
            self.course.clear()
        self._payment.show(view, and_open=and_open)

    def _pick_student(self, student: object) -> None:
        if isinstance(student, AddStudent):
            self.context.calls.new_student.emit(student.text)
            return
        self.tenders.serve(student.uid)  # type: ignore[attr-defined]
        self.context.printer.forget_saved()
        self.course.clear()  # Enter must not take what was searched for somebody else
        self.course.expect()
        self.presenter.pick_student(student)  # type: ignore[arg-type]
        self.course.focus()

    def _pick_course(self, course: object) -> None:
        self.presenter.pick_course(course)  # type: ignore[arg-type]
        goes_on, self._goes_on = self._goes_on, None
        if self.presenter.student is None:
            self.student.focus()
        else:
            self.bill.ways.focus()
            if goes_on is not None:
                goes_on()

    def _picked(self, pair: tuple[StudentSummary | None, CourseRow | None]) -> None:
        student, course = pair
        who = f"{student.name} · {student.roll_no}" if student else ""
        parts = (course.course.title, course.course.batch) if course else ()
        what = " · ".join(part for part in parts if part)
        has_limited_seats = course is not None and course.seats_left is not None
        self.bill.show_picked(who, what, has_limited_seats=has_limited_seats)
        self.column.show_picked(who, what)
        part = self.bill if student or course else self.today
        self.side.rest_on(part, is_ready=student is not None and course is not None)
        self.fit_sides()

    def _show_bill(self, bill: Bill | None) -> None:
        self.bill.show_bill(bill)
        if self.bill.is_closed and not self.is_paying and not self.side.has_drawer:
            self.bill.other_course.setFocus()

    def _began(self, view: AttemptView) -> None:
        student = self.presenter.student
        self.bill.ways.note_used()
        if student is not None and student.uid == view.student_uid:
            self._payment.show(view, and_open=True)
        else:
            self._attempts.take((view,))  # left before it began: it waits in the tray

    def _kept(self, view: AttemptView) -> None:
        self._attempts.take((view,))
        self.context.notices.note(
            N_("Enrolled: {name}. Fee due: {amount}."),
            money=N_("No money moved. We sent nothing to Razorpay."),
            todo=N_("Once you're online, collect the fee from the tray at the bottom."),
            tone=Tone.GOOD,
            stays=False,
            values={"name": one_line(view.student_name, 60), "amount": str(view.amount)},
        )
        self.next_student()

    def retranslate(self) -> None:
        """Show the lists in the current language."""
        self.found.show_again()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the payment to the size."""
        super().resizeEvent(event)
        self.fit_sides()

    def fit_sides(self) -> None:
        """Divide the page; where there is little room, only the side in use is shown."""
        self.side.fit(self.width(), self.height())

    def _show_sides(self) -> None:
        is_alone = self.side.is_alone
        self.notices_at = self.side.places if is_alone else self.column.places
        self.column.setHidden(is_alone)
        self.side.setHidden(self.side.is_narrow and not is_alone)
        self.column.offer_finding(offered=self.side.is_narrow)

    def _connect_picking(self) -> None:
        presenter = self.presenter
        self.new_student.clicked.connect(self.start_new)
        self.student.asked.connect(presenter.students.ask)
        self.student.chosen.connect(self._pick_student)
        self.student.edited.connect(self._forget_student)
        self.course.asked.connect(presenter.courses.ask)
        self.course.chosen.connect(self._pick_course)
        self.course.edited.connect(self._forget_course)
        presenter.picked.connect(self._picked)
        presenter.billed.connect(self._show_bill)
        presenter.busy.connect(self.bill.show_busy)
        self.found.none_taken.connect(self._course_not_taken)

    def _connect_paying(self) -> None:
        self.presenter.began.connect(self._began)
        self.presenter.kept.connect(self._kept)
        self.bill.collect.connect(self.collect)
        self.bill.keep.connect(self.collect)
        self.side.left.connect(self.next_student)
        self.panel.paid_card.print_wanted.connect(self._print_or_go_on)
        self.panel.paid_card.typed.connect(self.next_student)
        self.side.fitted.connect(self._show_sides)

    def _connect_reaching(self) -> None:
        """Connect what picks, removes and finds."""
        self.column.student_removed.connect(self._remove_student)
        self.column.course_removed.connect(self._remove_course)
        self.column.find_wanted.connect(self.claims.open)
        self.bill.fee_wanted.connect(self._pick_course)
        self.bill.plan.wanted.connect(self.presenter.choose_plan)
        self.bill.plan.more_wanted.connect(self.presenter.collect_more)
        self.presenter.today.connect(self.today.show_totals)
        self.bill.typed.connect(self.next_student)
        self.bill.other_course_wanted.connect(self.course.focus)
        self.bill.family_button.clicked.connect(self._open_family)

    def _open_family(self) -> None:
        """Show all fees of the family of the student on the bill, as F12 does."""
        student_uid = self.family_student()
        if student_uid:
            self.family.open(student_uid)

    def _remove_student(self) -> None:
        if self.is_paying:
            self.next_student()
        self.presenter.pick_student(None)
        self.student.clear()
        self.student.focus()

    def _remove_course(self) -> None:
        if self.is_paying:
            self._payment.leave()
        self.presenter.pick_course(None)
        self.course.clear()
        self.course.focus()

    def _forget_student(self) -> None:
        if self.presenter.student is not None:
            self.presenter.pick_student(None)

    def _course_not_taken(self) -> None:
        self._goes_on = None

    def _forget_course(self) -> None:
        self._goes_on = None
        if self.presenter.course is not None:
            self.presenter.pick_course(None)
