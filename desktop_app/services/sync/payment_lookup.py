"""“The parent says paid”: looks a payment up by what the parent knows of it.

Own books first, then the gateway's list of payments for that time. One of four answers, each
proven: `credited`, `in_progress`, `failed`, `not_found`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from desktop_app.domain.capture import RETURNS_WITHIN
from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.money import Money
from desktop_app.domain.text import clean_line
from desktop_app.services.errors import UnreadableError
from desktop_app.services.views.payment_lookup import LookupAnswer, LookupResult
from desktop_app.services.views.settings import Connectivity

if TYPE_CHECKING:
    from desktop_app.domain.payment import PaymentFact
    from desktop_app.services.connectivity import ConnectionMonitor
    from desktop_app.services.context import Context
    from desktop_app.services.sync.poll_cycle import PollCycle

WINDOW = timedelta(hours=36)
AROUND = timedelta(hours=2)
MOST_PAGES = 10
PAGE = 100
REVERSAL_DAYS = 5
"""RBI: a UPI debit without credit is reversed by T+5."""

STILL_UNDER_WAY = timedelta(minutes=10)
"""A UPI payment that is not captured after ten minutes is failed by Razorpay."""

SHORTEST_UTR = 4


@dataclass(frozen=True, slots=True)
class LookupQuery:
    """Facts that a parent knows; at least one is given.

    Attributes:
        utr: the last digits of the bank's reference, four at least.
        around: roughly when, aware; None for the last day and a half.
    """

    utr: str = ""
    vpa: str = ""
    phone: str = ""
    amount: Money | None = None
    around: datetime | None = None


class PaymentLookup:
    """Finds a payment and its outcome."""

    def __init__(self, context: Context, line: ConnectionMonitor, polling: PollCycle) -> None:
        self._context = context
        self._line = line
        self._polling = polling

    def find(self, clues: LookupQuery) -> LookupResult:
        """Look for a payment (gateway); money found on open attempts is posted first.

        What our own books know is answered without a connection too.

        Raises:
            InvalidInputError: an empty query, or too short a UTR.
            GatewayError: the gateway could not be asked, and our own books do not know it.
        """
        _check(clues)
        if self._line.state().line is not Connectivity.OFFLINE:
            self._polling.run(asked=True)
        own = self._in_books(clues)
        if own is not None:
            return own
        matching = self._at_gateway(clues)
        captured = [each for each in matching if each.captured]
        if captured:
            self._polling.reconcile()
            return self._in_books(clues) or _answer(LookupAnswer.CREDITED, captured[0])
        since = self._context.now() - RETURNS_WITHIN
        left = {each.payment_id for each in self._context.store.reader.exceptions.returning(since)}
        waiting = [each for each in matching if each.status in {"authorized", "created"}]
        for payment in waiting:
            if payment.payment_id not in left:
                return _answer(LookupAnswer.IN_PROGRESS, payment)
        failed = [each for each in matching if each.status == "failed"] + waiting
        if failed:
            return _answer(LookupAnswer.FAILED, failed[0])
        return self._on_own_attempt(clues) or LookupResult(LookupAnswer.NOT_FOUND)

    def _on_own_attempt(self, clues: LookupQuery) -> LookupResult | None:
        """Assume an own code that is or just was open, for a payment that Razorpay shows later.

        Only where phone or amount point to it: a UTR alone identifies nothing in our books.
        """
        if not (clues.phone or clues.amount):
            return None
        asked_for = self._context.store.reader.attempts.find(
            phone=clues.phone, amount=clues.amount, since=self._context.now() - STILL_UNDER_WAY
        )
        if asked_for is None:
            return None
        _uid, name, _roll_no, _label = self._context.store.reader.students.names_of(
            asked_for.enrollment_uid
        )
        return LookupResult(
            LookupAnswer.IN_PROGRESS,
            amount=asked_for.amount,
            at=asked_for.created_at,
            student_name=name,
        )

    def _in_books(self, clues: LookupQuery) -> LookupResult | None:
        """Find it among the payments recorded here."""
        since = _span(self._context, clues)[0]
        row = self._context.store.reader.payments.find(
            utr=clues.utr, vpa=clues.vpa, phone=clues.phone, amount=clues.amount, since=since
        )
        if row is None:
            return None
        return LookupResult(
            answer=LookupAnswer.CREDITED,
            payment_id=row.payment_id,
            amount=row.amount,
            at=row.at,
            receipt_no=row.receipt_no,
            receipt_uid=row.receipt_uid,
            student_name=row.student_name,
        )

    def _at_gateway(self, clues: LookupQuery) -> list[PaymentFact]:
        since, until = _span(self._context, clues)
        matching: list[PaymentFact] = []
        has_unreadable = False
        for page in range(MOST_PAGES):
            shown = self._context.gateway().payments_between(
                int(since.timestamp()), int(until.timestamp()), skip=page * PAGE
            )
            matching += [each for each in shown if each is not None and _fits(each, clues)]
            has_unreadable = has_unreadable or None in shown
            if len(shown) < PAGE:
                break
        if has_unreadable and not matching:
            raise UnreadableError("one of the payments of that time cannot be read")
        return matching


def _check(clues: LookupQuery) -> None:
    digits = clean_line(clues.utr)
    if digits and not re.fullmatch(rf"\d{{{SHORTEST_UTR},12}}", digits):
        raise InvalidInputError("utr", "A UTR has 12 digits; its last four are enough.")
    if not any((digits, clues.vpa, clues.phone, clues.amount)):
        raise InvalidInputError("clues", "Give the UTR, the VPA, the phone or the amount.")


def _span(context: Context, clues: LookupQuery) -> tuple[datetime, datetime]:
    """Return the span to look in, by the gateway's clock."""
    theirs = context.gateway().now()
    now = context.now() if theirs is None else datetime.fromtimestamp(theirs, UTC)
    if clues.around is None:
        return now - WINDOW, now + timedelta(minutes=5)
    return clues.around - AROUND, clues.around + AROUND


def _fits(payment: PaymentFact, clues: LookupQuery) -> bool:
    """Whether a payment matches every field of a query; its missing fields exclude nothing."""
    phone = re.sub(r"\D", "", payment.contact or "")[-10:]
    tests = (
        (clues.utr, (payment.rrn or "").endswith(clues.utr)),
        (clues.vpa, (payment.vpa or "").casefold() == clues.vpa.casefold()),
        (clues.phone, phone == clues.phone),
        (clues.amount, clues.amount is not None and payment.amount_paise == clues.amount.paise),
    )
    return all(held for clue, held in tests if clue)


def _answer(answer: LookupAnswer, payment: PaymentFact) -> LookupResult:
    at = datetime.fromtimestamp(payment.created_at, UTC)
    back_by = (at + timedelta(days=REVERSAL_DAYS)).date() if answer is LookupAnswer.FAILED else None
    return LookupResult(
        answer=answer,
        payment_id=payment.payment_id,
        amount=Money(payment.amount_paise),
        at=at,
        back_by=back_by,
    )
