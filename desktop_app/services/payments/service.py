"""The main job, one fee from quote to paid, as a clerk asks for it.

Beginning a payment is imported when one begins: a desk that only looks for payments, as each does
after its start, does without.
"""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING

from desktop_app.domain.payment import AttemptState
from desktop_app.domain.polling import MINUTE_S
from desktop_app.services.payments.cancellation import Cancellation
from desktop_app.services.payments.initiation import PaymentInitiator
from desktop_app.services.payments.status_check import StatusChecker
from desktop_app.services.views.evidence import NOTHING_TYPED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from desktop_app.domain.cash_limits import CashRoom
    from desktop_app.domain.money import Money
    from desktop_app.domain.payment import Attempt, Method
    from desktop_app.services.context import Context
    from desktop_app.services.outbox.dispatcher import OutboxDispatcher
    from desktop_app.services.payments.begin import Agree
    from desktop_app.services.views.enrolment import Bill
    from desktop_app.services.views.evidence import CashCheck, TypedEvidence
    from desktop_app.services.views.payments import AttemptView, PaymentOutcome
    from desktop_app.services.views.plans import LaterPart


class PaymentService:
    """Collects fees. One in a process: it remembers which attempts nothing was sent for yet."""

    def __init__(self, context: Context, outbox: OutboxDispatcher) -> None:
        self.checker = StatusChecker(context)
        self.cancellation = Cancellation(context, self.checker, outbox)
        self._context = context
        self._opening = PaymentInitiator(context, self.checker, self.cancellation)
        self._lock = threading.Lock()
        self._new: set[str] = set()
        self._opened: deque[float] = deque()

    def quote(
        self, student_uid: str, course_uid: str, plan_code: str | None = None, ahead: int = 0
    ) -> Bill:
        """Return the bill of a course for a student (local). Nothing is written or sent.

        Args:
            student_uid: the student.
            course_uid: the course.
            plan_code: the plan of a new enrolment; None for the course's default.
            ahead: how many instalments are collected besides what is due.
        """
        from desktop_app.services.enrolment.quoting import make_bill

        return make_bill(self._context, student_uid, course_uid, plan_code, ahead)

    def begin(
        self,
        student_uid: str,
        course_uid: str,
        method: Method,
        quoted: Money | None = None,
        plan_code: str | None = None,
        typed: TypedEvidence = NOTHING_TYPED,
        agree: Agree | None = None,
        ahead: int = 0,
        later: tuple[LaterPart, ...] | None = None,
    ) -> AttemptView:
        """Enrol and write the intent (local). What the counter takes is recorded at once.

        By a plan, the instalments due today are collected, and `ahead` more of them. A live attempt
        of the same fee by the same method is returned, to be continued.

        Raises:
            AlreadyEnrolledError, NoSeatError, PriceChangedError (when `quoted` is no longer
            the total), PlanChangedError (when other instalments follow than `later`),
            OverLimitError, NothingToCollectError, NoKeysError.
        """
        from desktop_app.services.payments.begin import begin

        given = (student_uid, course_uid, method, quoted, plan_code)
        begun = begin(self._context, *given, ahead=ahead, typed=typed, agree=agree, later=later)
        return self._begun(*begun)

    def keep(
        self,
        student_uid: str,
        course_uid: str,
        method: Method,
        quoted: Money | None = None,
        plan_code: str | None = None,
        agree: Agree | None = None,
        ahead: int = 0,
        later: tuple[LaterPart, ...] | None = None,
    ) -> AttemptView:
        """Enrol now and collect later (local): the enrolment stays even if nothing can be sent.

        Raises:
            Like `begin`.
        """
        from desktop_app.services.payments.begin import begin

        fee = (student_uid, course_uid, method, quoted, plan_code)
        kept = begin(self._context, *fee, ahead=ahead, is_kept=True, agree=agree, later=later)
        return self._begun(*kept)

    def undo_unsent(self, attempt_uid: str) -> bool:
        """End the enrolment that a payment began with, where nothing of it was sent (local).

        Returns:
            Whether an enrolment was ended.
        """
        from desktop_app.services.payments.begin import undo_unsent

        return undo_unsent(self._context, attempt_uid)

    def begin_dues(
        self,
        asked: Mapping[str, Money | None],
        method: Method,
        typed: TypedEvidence = NOTHING_TYPED,
    ) -> AttemptView:
        """Begin one payment for dues (local), of whichever students; otherwise like `begin`.

        Args:
            asked: what to collect of each due, by uid, in the order offered; None for its balance.
            method: how.
            typed: what was typed about a counter tender.

        Raises:
            UnknownDueError, DueClosedError: one cannot be collected.
            DueCoveredError: one is in another payment that is still open.
            InvalidInputError: a part is too large, or would leave less than a rupee.
            NoSeatError, OverLimitError, NothingToCollectError, AmountTooSmallError.
            CashLimitError: it is more cash than the law allows.
            ReferenceUsedError: another payment has the typed reference.
        """
        from desktop_app.services.payments.begin import begin_dues

        return self._begun(*begin_dues(self._context, asked, method, typed))

    def cash_check(self, asked: Mapping[str, Money | None]) -> CashCheck:
        """Return how much cash may be taken for dues now (local). Nothing is written.

        Raises:
            UnknownDueError, DueClosedError, InvalidInputError: one cannot be collected.
        """
        from desktop_app.services.payments.begin import cash_check

        return cash_check(self._context, asked)

    def cash_near(self, attempt_uid: str) -> tuple[CashRoom, ...]:
        """Return the cash limits that the family or the courses of a payment come near to now."""
        from desktop_app.services.payments.begin import cash_near

        return cash_near(self._context, attempt_uid)

    def begin_again(self, attempt_uid: str, method: Method) -> AttemptView:
        """Begin another payment for the same dues with the same amounts (local); see `begin_dues`.

        Enrolled students owe what was agreed, even where the course or its price has changed since.
        """
        from desktop_app.services.payments.begin import begin_again

        return self._begun(*begin_again(self._context, attempt_uid, method))

    def _begun(self, attempt: Attempt, is_new: bool) -> AttemptView:  # noqa: FBT001 - a pair
        return self.begun(attempt, is_new=is_new)

    def begun(self, attempt: Attempt, *, is_new: bool) -> AttemptView:
        """Return an attempt that was just written; a new one never reached the gateway (local)."""
        if is_new:
            with self._lock:
                self._new.add(attempt.uid)
        return self.view(attempt.uid)

    def open(self, attempt_uid: str) -> AttemptView:
        """Make an attempt payable (gateway): look for money, create once, find lost answers.

        Never cancelled half-way. The view is `awaiting` with a QR, or `paid` when money was
        found. On a GatewayError the attempt's state is already stored; calling again continues.
        """
        with self._lock:
            is_new = attempt_uid in self._new
            self._new.discard(attempt_uid)
            self._opened.append(self._context.clock.monotonic())
        return self.view(self._opening.open(attempt_uid, is_new=is_new))

    def view(self, attempt_uid: str, *, is_sure: bool = True) -> AttemptView:
        """Return an attempt as stored, with what the last look remembers of it (local)."""
        return self.checker.view(attempt_uid, is_sure=is_sure)

    def outcome(self, attempt_uid: str) -> PaymentOutcome:
        """Return the receipts of a paid attempt, and the dues it pays (local)."""
        return self._context.store.reader.payments.outcome_of(attempt_uid)

    def waiting(self) -> tuple[AttemptView, ...]:
        """Return every live attempt, oldest first (local)."""
        return tuple(self.view(each.uid) for each in self._context.store.reader.attempts.live())

    def cancel(self, attempt_uid: str) -> AttemptView:
        """Cancel an attempt (gateway): close it, look once more; it may turn out `paid`."""
        is_sure = self.cancellation.give_up(attempt_uid, AttemptState.CANCELLED)
        return self.view(attempt_uid, is_sure=is_sure)

    def expire(self, attempt_uid: str) -> AttemptView:
        """Stop showing an attempt whose time is over (gateway); otherwise like `cancel`."""
        is_sure = self.cancellation.give_up(attempt_uid, AttemptState.EXPIRED)
        return self.view(attempt_uid, is_sure=is_sure)

    def opened_lately(self) -> int:
        """Return how many attempts were opened in the last minute."""
        now = self._context.clock.monotonic()
        with self._lock:
            while self._opened and now - self._opened[0] >= MINUTE_S:
                self._opened.popleft()
            return len(self._opened)
