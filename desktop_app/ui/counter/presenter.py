"""The counter's work: find a student and a course, quote, begin to collect.

It hands frozen views to the page and to `Attempts`; the payment itself is `PaymentPresenter`'s.
Never touches widgets or blocks.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from PySide6.QtCore import QObject, Signal

from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.receipt import IST
from desktop_app.domain.tender import Method
from desktop_app.domain.tenders.registry import tender_of
from desktop_app.ui.counter import conceded_bill
from desktop_app.ui.counter.payment_operations import course_of
from desktop_app.ui.counter.student_fees import StudentFees, read_fees

if TYPE_CHECKING:
    from collections.abc import Callable

    from desktop_app.services.desk import Desk
    from desktop_app.services.views.enrolment import Bill, CourseRow, StudentSummary
    from desktop_app.services.views.fees import ConcededView, ConcessionWish
    from desktop_app.services.views.payments import AttemptView, PaymentTotals
    from desktop_app.ui.core.jobs import CancelToken, JobRunner

Hit = TypeVar("Hit")
SHOWN = 20
RECENT = 8


@dataclass(frozen=True, slots=True)
class SearchAnswer(Generic[Hit]):
    """The hits of a search, and the text it answers."""

    query: str
    hits: tuple[Hit, ...]


class ChosenCourse(NamedTuple):
    """A course as it was chosen: by the default plan where `plan_code` is None."""

    uid: str
    plan_code: str | None = None
    wishes: tuple[ConcessionWish, ...] = ()


class Search(QObject):
    """One search as one types: only the newest text is answered.

    Signals:
        answered: an `SearchAnswer`.

    Args:
        find: searches the desk for a text.
    """

    answered = Signal(object)

    def __init__(
        self, runner: JobRunner, find: Callable[[Desk, str], tuple[object, ...]], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._runner = runner
        self.find = find
        self._text = ""

    def ask(self, text: str) -> None:
        """Search for a text; the answer to an older one is dropped."""
        self._text = text
        self._runner.local(
            lambda desk: SearchAnswer(text, self.find(desk, text)),
            self.answered.emit,
            owner=self,
            replaces="search",
        )

    def again(self) -> None:
        """Search for the same text again: what it answers may have changed."""
        self.ask(self._text)


class CounterPresenter(QObject):
    """The student and course picked at the counter, and their bill.

    Signals:
        picked: student and course as a pair, either may be None.
        billed: a Bill, or None when there is nothing to bill.
        began: an AttemptView that the payment panel is to go on with.
        kept: an AttemptView that waits to be collected later.
        enrolled: the name of a student who was enrolled with nothing to pay.
        busy: whether a payment is just being begun.
        recent: the newest payments.
        today: the PaymentTotals of today.
        fees: the StudentFees of the picked student; empty while nobody is picked.
    """

    picked = Signal(object)
    billed = Signal(object)
    began = Signal(object)
    kept = Signal(object)
    enrolled = Signal(str)
    busy = Signal(bool)
    recent = Signal(object)
    today = Signal(object)
    fees = Signal(object)

    def __init__(self, runner: JobRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self._student: StudentSummary | None = None
        self._course: CourseRow | None = None
        self._course_of = ""
        self._bill: Bill | None = None
        self._is_beginning = False
        self._is_quoting = False
        self._plan_code: str | None = None
        self._ahead = 0
        self.wishes: tuple[ConcessionWish, ...] = ()
        self._is_reading_fees = False
        self._fees_of = ""
        self._wanted: Callable[[], None] | None = None
        self._picking: CancelToken | None = None
        self.students = Search(runner, lambda desk, text: desk.students.search(text, SHOWN), self)
        self.courses = Search(runner, lambda desk, text: desk.courses.search(text, SHOWN), self)

    @property
    def bill(self) -> Bill | None:
        """The bill that is shown."""
        return self._bill

    @property
    def student(self) -> StudentSummary | None:
        """The student that is picked."""
        return self._student

    @property
    def course(self) -> CourseRow | None:
        """The course that is picked."""
        return self._course

    @property
    def chosen(self) -> ChosenCourse | None:
        """The course that is picked, with its plan and concessions; None without one."""
        if self._course is None:
            return None
        return ChosenCourse(self._course.uid, self._plan_code, self.wishes)

    @property
    def is_reading_fees(self) -> bool:
        """Whether it is being read what the picked student owes."""
        return self._is_reading_fees

    @property
    def can_collect(self) -> bool:
        """Whether a payment can be begun now."""
        return self._bill is not None and self._bill.can_collect and not self._is_beginning

    def begin(self) -> None:
        """Fill the lists; before the desk is open, it answers as soon as it is."""
        self.start_over()
        self.students.again()
        self.courses.again()
        self.read_recent()

    def pick_student(self, student: StudentSummary | None) -> None:
        """Pick a student, or none; a course that was chosen for somebody else is dropped."""
        if student is not None and self._course_of not in {"", student.uid}:
            self._course = None
        self._student = student
        self._pick()
        self.read_fees()

    def pick_course(self, course: CourseRow | None) -> None:
        """Pick a course, or none."""
        self._course = course
        self._pick()

    def pick_for(self, view: AttemptView) -> None:
        """Pick the student and the course of a payment, to bill its fee again."""
        bill = self._bill
        of = (view.student_uid, view.course_label)
        if bill is not None and (bill.student_uid, bill.course_label) == of:
            self.quote()
        else:
            self._picking = self._runner.local(partial(_pair_of, view), self._picked_for)

    def _picked_for(self, pair: tuple[StudentSummary, CourseRow]) -> None:
        self._student, self._course = pair
        self._pick()
        self.read_fees()

    def start_over(self) -> None:
        """Forget what was picked: the next parent is here."""
        self._student = self._course = None
        self._pick()
        self.read_fees()

    def read_recent(self) -> None:
        """Read the newest payments and today's sums again."""
        self._runner.local(
            lambda desk: desk.receipts.recent(RECENT),
            self.recent.emit,
            owner=self,
            replaces="recent",
        )
        self._runner.local(_totals, self.today.emit, owner=self, replaces="today")

    def read_fees(self) -> None:
        """Read what the picked student owes, and the phone numbers, which lists have masked."""
        student = self._student
        self._is_reading_fees = student is not None
        if student is None or student.uid != self._fees_of:
            self._show_fees(StudentFees())
        if student is not None:
            self._runner.local(
                partial(read_fees, student.uid), self._fees_read, failed=self._fees_not_read,
                owner=self, replaces="fees",
            )  # fmt: skip

    def quote(self) -> None:
        """Work the bill out for what is picked."""
        if self._student is None or self._course is None:
            return
        self._is_quoting = True
        wanted = (self._student.uid, self._course.uid, self._plan_code, self.wishes, self._ahead)
        self._runner.local(
            lambda desk: conceded_bill.quote(desk, *wanted),
            self._billed,
            failed=self._not_billed,
            replaces="quote",
        )

    def choose_plan(self, code: str) -> None:
        """Divide the fee by another plan; until its bill is there nothing is begun."""
        if self._student is None or self._course is None or self._is_beginning:
            return
        self._plan_code, self._bill, self._ahead = code, None, 0
        self.quote()

    def collect_more(self) -> None:
        """Collect one instalment more than what is due."""
        if self._bill is None or self._bill.plan is None or self._is_beginning:
            return
        self._ahead, self._bill = self._ahead + 1, None
        self.quote()

    def concede(self, wishes: tuple[ConcessionWish, ...]) -> None:
        """Reduce the bill by concessions, which are given when it is collected."""
        if self._student is None or self._course is None or self._is_beginning:
            return
        self.wishes, self._bill, self._ahead = wishes, None, 0
        self.quote()

    def wait_for_bill(self, wanted: Callable[[], None]) -> bool:
        """Continue once the bill is worked out; False where that is not being done."""
        if self._bill is not None or not self._is_quoting:
            return False
        self._wanted = wanted
        return True

    def collect(self, method: Method) -> None:
        """Begin the payment; a second call while it is being begun does nothing.

        While the bill is still being worked out, it waits for it.
        """
        if not self.wait_for_bill(partial(self.collect, method)):
            self._begin(method, self._began)

    def keep(self, method: Method) -> None:
        """Enrol now and collect later: nothing is sent. It waits for the bill as `collect` does."""
        if self.wait_for_bill(partial(self.keep, method)):
            return
        kept = method if tender_of(method).needs_gateway else Method.AUTO
        self._begin(kept, self._kept, is_kept=True)

    def _fees_read(self, fees: StudentFees) -> None:
        if self._student is not None and self._student.uid == fees.student_uid:
            self._is_reading_fees = False
            self._show_fees(fees)

    def _fees_not_read(self, error: Exception) -> None:
        if self._student is not None:
            self._is_reading_fees = False
            self._show_fees(StudentFees())
            self._runner.failed.emit(error)

    def _show_fees(self, fees: StudentFees) -> None:
        self._fees_of = fees.student_uid
        self.fees.emit(fees)

    def _pick(self) -> None:
        if self._picking is not None:
            self._picking.cancel()  # a pick by hand counts, not one that is still being read
        self._bill = self._wanted = self._plan_code = None
        self.wishes, self._ahead = (), 0
        self._is_quoting = False
        if self._course is None:
            self._course_of = ""
        elif self._student is not None:
            self._course_of = self._student.uid
        self.picked.emit((self._student, self._course))
        self.billed.emit(None)
        self.quote()

    def _billed(self, bill: Bill) -> None:
        if not self._is_quoting:
            return  # something else was picked since
        self._bill = bill
        self._is_quoting = False
        self.billed.emit(bill)
        wanted, self._wanted = self._wanted, None
        if wanted is not None:
            wanted()

    def _not_billed(self, error: Exception) -> None:
        if not self._is_quoting:
            return
        self._bill = self._wanted = None
        self._is_quoting = False
        self.billed.emit(None)
        self._runner.failed.emit(error)
        if self.wishes:  # one of them can't be given any more: the bill is shown without them
            self.concede(())

    def _begin(
        self, method: Method, done: Callable[[AttemptView], None], *, is_kept: bool = False
    ) -> None:
        bill = self._bill
        if bill is None or not self.can_collect:
            return
        self._is_beginning = True
        self.busy.emit(self._is_beginning)
        wishes = self.wishes
        finish: Callable[..., None] = self._enrolled if bill.is_free else done
        self._runner.local(
            lambda desk: conceded_bill.begin(desk, bill, method, wishes, is_kept=is_kept),
            finish,
            failed=self._not_begun,
        )

    def _began(self, view: AttemptView) -> None:
        self._free()
        self.wishes = ()
        self.began.emit(view)

    def _kept(self, view: AttemptView) -> None:
        self._free()
        self.wishes = ()
        self.kept.emit(view)

    def _enrolled(self, _done: ConcededView) -> None:
        bill = self._bill
        self._free()
        self.wishes = ()
        self.enrolled.emit(bill.student_name if bill is not None else "")

    def _not_begun(self, error: Exception) -> None:
        from desktop_app.services.errors import (
            PlanChangedError,
            PriceChangedError,
            UnknownCourseError,
            UnknownStudentError,
        )

        self._free()
        self._runner.failed.emit(error)
        if isinstance(error, InvalidInputError):
            self.wishes = ()
        if isinstance(error, PriceChangedError | PlanChangedError | InvalidInputError):
            self.courses.again()
            self.quote()
        elif isinstance(error, UnknownStudentError | UnknownCourseError):
            self.students.again()
            self.courses.again()

    def _free(self) -> None:
        self._is_beginning = False
        self.busy.emit(self._is_beginning)


def _totals(desk: Desk) -> PaymentTotals:
    """Return the sums of today, by India's day."""
    midnight = datetime.now(IST).replace(hour=0, minute=0, second=0, microsecond=0)
    return desk.receipts.totals(midnight)


def _pair_of(view: AttemptView, desk: Desk) -> tuple[StudentSummary, CourseRow]:
    """Read whom and what a payment is for."""
    return desk.students.find(view.roll_no), desk.courses.detail(course_of(desk, view))
