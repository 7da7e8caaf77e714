"""The counter's work: find a student and a course, quote, begin to collect.

It hands frozen views to the page and to `Attempts`; the payment itself is `PaymentPresenter`'s.
It touches no widget and blocks never.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from PySide6.QtCore import QObject, Signal

from desktop_app.domain.payment import Method
from desktop_app.ui.core.jobs import CancelToken, JobRunner, Lane, call
from desktop_app.ui.counter.payment_operations import course_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from desktop_app.services.desk import Desk
    from desktop_app.services.views.enrolment import Bill, CourseRow, StudentSummary
    from desktop_app.services.views.payments import AttemptView

Hit = TypeVar("Hit")
SHOWN = 20
RECENT = 8


@dataclass(frozen=True, slots=True)
class SearchAnswer(Generic[Hit]):
    """What a search brought, and the text it answers."""

    query: str
    hits: tuple[Hit, ...]


class Search(QObject):
    """One search as one types: only the newest text is answered.

    Signals:
        answered: an `SearchAnswer`.
        failed: an error.
    """

    answered = Signal(object)
    failed = Signal(object)

    def __init__(self, runner: JobRunner, parent: QObject) -> None:
        super().__init__(parent)
        self._runner = runner
        self._find: Callable[[str, int], tuple[object, ...]] | None = None
        self._token = CancelToken()
        self._text = ""
        self._running = ""

    def attach(self, find: Callable[[str, int], tuple[object, ...]]) -> None:
        """Take what answers; what was typed before is searched now."""
        self._find = find
        self.ask(self._text)

    def ask(self, text: str) -> None:
        """Search for a text; an older search that is still running is given up."""
        self._text = text
        if self._find is None:
            return
        self._token.cancel()
        self._running = text
        self._token = self._runner.submit(
            Lane.LOCAL,
            call(self._find, text, SHOWN),
            owner=self,
            on_done=self._done,
            on_error=self.failed.emit,
        )

    def again(self) -> None:
        """Search for the same text again: what it answers may have changed."""
        self.ask(self._text)

    def _done(self, hits: tuple[object, ...]) -> None:
        self.answered.emit(SearchAnswer(self._running, hits))


class CounterPresenter(QObject):
    """What has been picked at the counter, and what follows from it.

    Signals:
        picked: student and course as a pair, either may be None.
        billed: a Bill, or None when there is nothing to bill.
        began: an AttemptView that the payment panel is to go on with.
        kept: an AttemptView that waits to be collected later.
        busy: whether a payment is just being begun.
        recent: the newest payments.
        failed: an error to put into words.
    """

    picked = Signal(object)
    billed = Signal(object)
    began = Signal(object)
    kept = Signal(object)
    busy = Signal(bool)
    recent = Signal(object)
    failed = Signal(object)

    def __init__(self, runner: JobRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self._desk: Desk | None = None
        self._student: StudentSummary | None = None
        self._course: CourseRow | None = None
        self._bill: Bill | None = None
        self._is_beginning = False
        self._is_quoting = False
        self._wanted: Callable[[], None] | None = None
        self._quoting = CancelToken()
        self.students = Search(runner, self)
        self.courses = Search(runner, self)
        self.students.failed.connect(self.failed)
        self.courses.failed.connect(self.failed)

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
    def can_collect(self) -> bool:
        """Whether a payment can be begun now."""
        return self._bill is not None and not self._bill.obstacle and not self._is_beginning

    def attach(self, desk: Desk) -> None:
        """Take the open desk and answer what was typed meanwhile."""
        self._desk = desk
        self.students.attach(desk.students.search)
        self.courses.attach(desk.courses.search)
        self.read_recent()

    def pick_student(self, student: StudentSummary | None) -> None:
        """Pick a student, or none."""
        self._student = student
        self._pick()

    def pick_course(self, course: CourseRow | None) -> None:
        """Pick a course, or none."""
        self._course = course
        self._pick()

    def pick_for(self, view: AttemptView) -> None:
        """Pick the student and the course of a payment, to bill its fee again."""
        if self._desk is None:
            return
        bill = self._bill
        if bill is not None and (bill.student_uid, bill.course_label) == (
            view.student_uid,
            view.course_label,
        ):
            self.quote()
            return
        self._runner.submit(
            Lane.LOCAL,
            call(_pair_of, self._desk, view),
            owner=self,
            on_done=self._picked_for,
            on_error=self.failed.emit,
        )

    def _picked_for(self, pair: tuple[StudentSummary, CourseRow]) -> None:
        self._student, self._course = pair
        self._pick()

    def start_over(self) -> None:
        """Forget what was picked: the next parent is here."""
        self._student = self._course = None
        self._pick()

    def read_recent(self) -> None:
        """Read the newest payments again."""
        if self._desk is not None:
            self._runner.submit(
                Lane.LOCAL,
                call(self._desk.receipts.recent, RECENT),
                owner=self,
                on_done=self.recent.emit,
                on_error=self.failed.emit,
            )

    def quote(self) -> None:
        """Work the bill out for what is picked."""
        self._quoting.cancel()
        if self._desk is None or self._student is None or self._course is None:
            return
        self._is_quoting = True
        self._quoting = self._runner.submit(
            Lane.LOCAL,
            call(self._desk.collecting.quote, self._student.uid, self._course.uid),
            owner=self,
            on_done=self._billed,
            on_error=self._not_billed,
        )

    def collect(self, method: Method) -> None:
        """Begin the payment; a second call while it is being begun does nothing.

        While the bill is still being worked out, it waits for it.
        """
        if self._bill is None and self._is_quoting:
            self._wanted = call(self.collect, method)
        else:
            self._begin(method, self._began)

    def keep(self, method: Method) -> None:
        """Enrol now and collect later: nothing is sent."""
        self._begin(Method.AUTO if method is Method.CASH else method, self._kept)

    def _pick(self) -> None:
        self._bill = self._wanted = None
        self._is_quoting = False
        self._quoting.cancel()
        self.picked.emit((self._student, self._course))
        self.billed.emit(None)
        self.quote()

    def _billed(self, bill: Bill) -> None:
        self._bill = bill
        self._is_quoting = False
        self.billed.emit(bill)
        wanted, self._wanted = self._wanted, None
        if wanted is not None:
            wanted()

    def _not_billed(self, error: Exception) -> None:
        self._bill = self._wanted = None
        self._is_quoting = False
        self.billed.emit(None)
        self.failed.emit(error)

    def _begin(self, method: Method, on_done: Callable[[AttemptView], None]) -> None:
        if self._desk is None or self._bill is None or not self.can_collect:
            return
        self._is_beginning = True
        self.busy.emit(self._is_beginning)
        bill = self._bill
        self._runner.submit(
            Lane.LOCAL,
            call(
                self._desk.collecting.begin, bill.student_uid, bill.course_uid, method, bill.total
            ),
            owner=self,
            on_done=on_done,
            on_error=self._not_begun,
        )

    def _began(self, view: AttemptView) -> None:
        self._free()
        self.began.emit(view)

    def _kept(self, view: AttemptView) -> None:
        self._free()
        self.kept.emit(view)

    def _not_begun(self, error: Exception) -> None:
        from desktop_app.services.errors import (  # noqa: PLC0415 - not needed to start
            PriceChangedError,
            UnknownCourseError,
            UnknownStudentError,
        )

        self._free()
        self.failed.emit(error)
        if isinstance(error, PriceChangedError):
            self.courses.again()
            self.quote()
        elif isinstance(error, UnknownStudentError | UnknownCourseError):
            self.students.again()
            self.courses.again()

    def _free(self) -> None:
        self._is_beginning = False
        self.busy.emit(self._is_beginning)


def _pair_of(desk: Desk, view: AttemptView) -> tuple[StudentSummary, CourseRow]:
    """Read whom and what a payment is for."""
    return desk.students.find(view.roll_no), desk.courses.detail(course_of(desk, view))
