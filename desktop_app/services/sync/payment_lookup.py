"""“The parent says paid”: looks a payment up by what the parent knows of it.

The answer never goes beyond the evidence. A UTR, the payer's full VPA or phone, and the QR on
screen identify a payment; an amount, a time and a masked VPA only point to some. Own books first,
then the gateway's list of payments for that time, which shows VPAs in full.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from desktop_app.domain.capture import RETURNS_WITHIN
from desktop_app.domain.channels import channel_of
from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.money import Money
from desktop_app.domain.payment import AttemptState
from desktop_app.domain.tenders.registry import tender_of
from desktop_app.domain.text import clean_line
from desktop_app.domain.typed_references import normalised, parse_reference
from desktop_app.services.errors import GatewayError, KnownAtGatewayError
from desktop_app.services.payments.attempt_times import seconds_left
from desktop_app.services.views.payment_lookup import LookupAnswer, LookupResult
from desktop_app.services.views.settings import Connectivity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from desktop_app.domain.payment import Attempt, Method, PaymentFact
    from desktop_app.services.connectivity import ConnectionMonitor
    from desktop_app.services.context import Context
    from desktop_app.services.payments.service import PaymentService
    from desktop_app.services.sync.poll_cycle import PollCycle
    from desktop_app.services.views.evidence import TypedEvidence
    from desktop_app.services.views.payments import PaymentRow

WINDOW = timedelta(hours=36)
AROUND = timedelta(hours=2)
MOST_PAGES = 10
PAGE = 100
REVERSAL_DAYS = 5
"""RBI: a UPI debit without credit is reversed by T+5."""

SHORTEST_UTR = 4
_AT_GATEWAY = {
    LookupAnswer.CREDITED, LookupAnswer.IN_PROGRESS, LookupAnswer.FAILED, LookupAnswer.ELSEWHERE,
}  # fmt: skip
"""Answers after which a typed reference is no claim: the gateway has its payment."""


class LookupQuery(NamedTuple):
    """Facts that a parent knows; at least one of the first four is given.

    Attributes:
        utr: the last digits of the bank's reference, four at least.
        around: roughly when, aware; None for the last day and a half.
        attempt: the uid of the payment on screen, where the amount is its own.
    """

    utr: str = ""
    vpa: str = ""
    phone: str = ""
    amount: Money | None = None
    around: datetime | None = None
    attempt: str = ""

    @property
    def is_exact(self) -> bool:
        """Whether a clue identifies the payment or the payer."""
        return bool(self.utr or self.vpa or self.phone)


class _Listing(NamedTuple):
    """The gateway's payments of a span; `is_whole` when each of them was read."""

    shown: tuple[PaymentFact, ...]
    is_whole: bool

    def matching(self, query: LookupQuery) -> list[PaymentFact]:
        return [each for each in self.shown if _fits(each, query)]

    def missing(self, query: LookupQuery) -> str:
        """Return the clue that no payment has, were it the only one; empty without such."""
        alone = {
            "utr": LookupQuery(utr=query.utr),
            "vpa": LookupQuery(vpa=query.vpa),
            "phone": LookupQuery(phone=query.phone),
        }
        lone = (name for name, each in alone.items() if each.is_exact and not self.matching(each))
        return next(lone, "")


class PaymentLookup:
    """Finds a payment and its outcome."""

    def __init__(
        self,
        context: Context,
        line: ConnectionMonitor,
        polling: PollCycle,
        payments: PaymentService,
    ) -> None:
        self._context = context
        self._line = line
        self._polling = polling
        self._payments = payments

    def find(self, query: LookupQuery) -> LookupResult:
        """Look for a payment (gateway); money found on open attempts is posted first.

        What our own books know is answered without a connection too.

        Raises:
            InvalidInputError: an empty query, or too short a UTR.
            GatewayError: the gateway could not be asked, and our own books do not know it.
        """
        _check(query)
        if self._line.state().line is not Connectivity.OFFLINE:
            self._polling.run(asked=True)
        on_screen = self._on_screen(query)
        if query.is_exact:
            return self._by_payer(query, on_screen)
        if on_screen is not None:
            return self._by_attempt(on_screen)
        return self._by_amount(query)

    def require_unknown(self, method: Method, typed: TypedEvidence) -> None:
        """Look for a typed reference at the gateway before a person's word counts (gateway).

        What is found there is the gateway's money, and is booked as such. References that it does
        not know, and all of them while it cannot be asked, may be claimed.

        Raises:
            KnownAtGatewayError: the gateway has a payment with this reference.
            InvalidInputError: it is of a wrong shape.
        """
        shape = tender_of(method).shape
        if shape is None:
            return
        terminal = normalised(typed.terminal)
        reference = parse_reference(
            shape, typed.reference, terminal=terminal, is_confirmed=typed.is_confirmed
        )
        query = LookupQuery(utr=reference.rrn or "")
        if not query.utr or not self._context.gateway().key_id or self._in_books(query):
            return
        try:
            found = self.find(query)
        except GatewayError:
            return
        if found.answer in _AT_GATEWAY:
            raise KnownAtGatewayError(found.answer.value, found.receipt_no or "")

    # --- by what identifies a payment or its payer

    def _by_payer(self, query: LookupQuery, on_screen: Attempt | None) -> LookupResult:
        is_vpa_alone = not (query.utr or query.phone)
        own = self._in_books(query)
        if own and not is_vpa_alone:
            return _recorded(own)
        try:
            listing = self._list(query)
        except GatewayError:
            if own:
                return _possible(own[0], LookupAnswer.CREDITED)
            raise
        matching = listing.matching(query)
        captured = [each for each in matching if each.captured]
        if captured:
            return self._captured(captured)
        under_way, failed = self._uncaptured(matching)
        if under_way:
            return _answer(LookupAnswer.IN_PROGRESS, under_way[0])
        if failed:
            return _answer(LookupAnswer.FAILED, failed[0])
        return self._unseen(query, on_screen, listing)

    def _captured(self, captured: Sequence[PaymentFact]) -> LookupResult:
        """Answer for captured payments that match exactly, posted where they can be."""
        posted = self._posted(captured)
        if not posted:
            return self._not_here(captured[0])
        is_one = len(captured) == 1
        return _recorded(posted) if is_one else _possible(posted[0], LookupAnswer.CREDITED)

    def _not_here(self, fact: PaymentFact) -> LookupResult:
        """Answer for a captured payment that is not recorded; one of ours is still in doubt."""
        attempts = self._context.store.reader.attempts
        if fact.order_id and attempts.dues_of_order(fact.order_id):
            return LookupResult(LookupAnswer.UNCHECKED)
        return _answer(LookupAnswer.ELSEWHERE, fact)

    def _unseen(
        self, query: LookupQuery, on_screen: Attempt | None, listing: _Listing
    ) -> LookupResult:
        """Answer where no payment has the clues: the QR of the fee may show one without them."""
        shown = self._by_attempt(on_screen) if on_screen is not None else None
        if shown is not None and shown.answer is LookupAnswer.IN_PROGRESS:
            return shown
        if not listing.is_whole:
            return LookupResult(LookupAnswer.UNCHECKED)
        asked_for = on_screen or (self._awaiting(query) if query.phone else None)
        is_open = asked_for is not None and self._is_open(asked_for)
        if asked_for is not None and is_open and not (query.utr or query.vpa):
            return self._open_code(asked_for)
        missing = listing.missing(query)
        return LookupResult(LookupAnswer.NOT_FOUND, missing=missing, is_open=is_open)

    # --- by the QR on screen

    def _on_screen(self, query: LookupQuery) -> Attempt | None:
        """Return the attempt on screen, unless another amount was typed."""
        if not query.attempt:
            return None
        attempt = self._context.store.reader.attempts.get(query.attempt)[0]
        is_shown = channel_of(attempt.method) is not None
        is_meant = is_shown and query.amount in {None, attempt.amount}
        return attempt if is_meant else None

    def _by_attempt(self, attempt: Attempt) -> LookupResult:
        """Answer by the payments on the order, QR code or link of an attempt."""
        view = self._payments.view(attempt.uid)
        if view.payment_id:
            return _recorded(self._context.store.reader.payments.posted([view.payment_id]))
        facts = self._on_code(attempt)
        captured = [each for each in facts if each.captured]
        if captured:
            posted = self._posted(captured)
            return _recorded(posted) if posted else LookupResult(LookupAnswer.UNCHECKED)
        under_way, failed = self._uncaptured(facts)
        if under_way:
            return _answer(LookupAnswer.IN_PROGRESS, under_way[0])
        is_open = self._is_open(attempt)
        if failed:
            return replace(_answer(LookupAnswer.FAILED, failed[0]), is_open=is_open)
        if is_open:
            return self._open_code(attempt)
        return LookupResult(LookupAnswer.NOT_FOUND, amount=attempt.amount)

    def _on_code(self, attempt: Attempt) -> list[PaymentFact]:
        """Return the payments on what was shown of an attempt, newest first."""
        if not (attempt.remote_id or attempt.order_id):
            return []
        snapshot = self._payments.checker.channels[attempt.method].fetch(attempt, asked=True)
        return sorted(snapshot.payments, key=lambda each: each.created_at, reverse=True)

    def _is_open(self, attempt: Attempt) -> bool:
        state = self._payments.view(attempt.uid).state
        return state is AttemptState.AWAITING and seconds_left(self._context, attempt) != 0

    def _open_code(self, attempt: Attempt) -> LookupResult:
        names = self._context.store.reader.attempts.names_of(attempt.uid)
        return LookupResult(
            LookupAnswer.AWAITING, amount=attempt.amount, student_name=names[1], is_open=True
        )

    def _awaiting(self, query: LookupQuery) -> Attempt | None:
        attempts = self._context.store.reader.attempts
        return attempts.awaiting(phone=query.phone, amount=query.amount)

    # --- by what only points to some payments

    def _by_amount(self, query: LookupQuery) -> LookupResult:
        """Answer for an amount and a time: whose payment it is they cannot say."""
        own = self._in_books(query)
        if own:
            return _possible(own[0], LookupAnswer.CREDITED)
        listing = self._list(query)
        matching = listing.matching(query)
        captured = [each for each in matching if each.captured]
        posted = self._posted(captured)
        if posted:
            return _possible(posted[0], LookupAnswer.CREDITED)
        under_way, failed = self._uncaptured(matching)
        if under_way:
            return _possible(_answer(LookupAnswer.IN_PROGRESS, under_way[0]))
        asked_for = self._awaiting(query)
        if asked_for is not None and self._is_open(asked_for):
            return replace(self._open_code(asked_for), student_name="")
        if failed:
            return _possible(_answer(LookupAnswer.FAILED, failed[0]))
        return self._nothing_here(captured, listing)

    def _nothing_here(self, captured: Sequence[PaymentFact], listing: _Listing) -> LookupResult:
        """Answer for an amount that nothing of this desk has."""
        if captured:
            return replace(self._not_here(captured[0]), payment_id=None)
        is_known = listing.is_whole
        return LookupResult(LookupAnswer.NOT_FOUND if is_known else LookupAnswer.UNCHECKED)

    # --- the books and the gateway

    def _in_books(self, query: LookupQuery) -> tuple[PaymentRow, ...]:
        return self._context.store.reader.payments.matching(
            utr=query.utr,
            vpa=query.vpa,
            phone=query.phone,
            amount=query.amount,
            since=_span(self._context, query)[0],
        )

    def _uncaptured(
        self, facts: Sequence[PaymentFact]
    ) -> tuple[list[PaymentFact], list[PaymentFact]]:
        """Return the payments under way, and those that failed or return by themselves."""
        since = self._context.now() - RETURNS_WITHIN
        left = {each.payment_id for each in self._context.store.reader.exceptions.returning(since)}
        begun = [each for each in facts if _is_under_way(each)]
        failed = [each for each in facts if each.status == "failed"]
        failed += [each for each in begun if each.payment_id in left]
        return [each for each in begun if each.payment_id not in left], failed

    def _posted(self, captured: Sequence[PaymentFact]) -> tuple[PaymentRow, ...]:
        """Return what is recorded of captured payments, after a full look where some is not."""
        payments = self._context.store.reader.payments
        ids = [each.payment_id for each in captured]
        posted = payments.posted(ids)
        if len(posted) < len(ids):
            self._polling.reconcile()
            posted = payments.posted(ids)
        return posted

    def _list(self, query: LookupQuery) -> _Listing:
        since, until = _span(self._context, query)
        found: list[PaymentFact | None] = []
        is_whole = False
        for page in range(MOST_PAGES):
            shown = self._context.gateway().payments_between(
                int(since.timestamp()), int(until.timestamp()), skip=page * PAGE
            )
            found += shown
            is_whole = len(shown) < PAGE
            if is_whole:
                break
        readable = tuple(each for each in found if each is not None)
        return _Listing(readable, is_whole=is_whole and len(readable) == len(found))


def _check(query: LookupQuery) -> None:
    digits = clean_line(query.utr)
    if digits and not re.fullmatch(rf"\d{{{SHORTEST_UTR},12}}", digits):
        raise InvalidInputError("utr", "Enter the 12-digit UTR or its last 4 digits.")
    if not any((digits, query.vpa, query.phone, query.amount)):
        raise InvalidInputError("clues", "Enter a UTR, UPI ID, phone number or amount.")


def _span(context: Context, query: LookupQuery) -> tuple[datetime, datetime]:
    """Return the span to look in, by the gateway's clock."""
    theirs = context.gateway().now()
    now = context.now() if theirs is None else datetime.fromtimestamp(theirs, UTC)
    if query.around is None:
        return now - WINDOW, now + timedelta(minutes=5)
    return query.around - AROUND, query.around + AROUND


def _fits(payment: PaymentFact, query: LookupQuery) -> bool:
    """Whether a payment matches every field of a query; its missing fields exclude nothing."""
    phone = re.sub(r"\D", "", payment.contact or "")[-10:]
    tests = (
        (query.utr, (payment.rrn or "").endswith(query.utr)),
        (query.vpa, (payment.vpa or "").casefold() == query.vpa.casefold()),
        (query.phone, phone == query.phone),
        (query.amount, query.amount is not None and payment.amount_paise == query.amount.paise),
    )
    return all(held for clue, held in tests if clue)


def _is_under_way(payment: PaymentFact) -> bool:
    """Whether a payer has begun it: a code that nobody scanned has a payment in `created` too."""
    has_payer = bool(payment.vpa or payment.rrn)
    return payment.status == "authorized" or (payment.status == "created" and has_payer)


def _recorded(rows: Sequence[PaymentRow]) -> LookupResult:
    """Answer for recorded payments that match exactly; which of several is meant is not known."""
    if len(rows) > 1:
        return _possible(rows[0], LookupAnswer.CREDITED)
    row = rows[0]
    return LookupResult(
        answer=LookupAnswer.CREDITED,
        payment_id=row.payment_id,
        amount=row.amount,
        at=row.at,
        receipt_no=row.receipt_no,
        receipt_uid=row.receipt_uid,
        student_name=row.student_name,
    )


def _possible(found: PaymentRow | LookupResult, likely: LookupAnswer | None = None) -> LookupResult:
    """Answer for a payment that may be meant: its amount and time, and nobody's name."""
    answer = likely or (found.answer if isinstance(found, LookupResult) else None)
    return LookupResult(LookupAnswer.POSSIBLE, amount=found.amount, at=found.at, likely=answer)


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
