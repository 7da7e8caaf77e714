"""Captures authorised payments, and only what is due at that moment.

The decision is noted in one writing transaction before the capture is sent: what another window or
process decided for the same due is seen there, and a due is not paid otherwise while a capture for
it is under way. A payment that would pay nothing is left: the bank returns it by itself.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from desktop_app.domain.capture import CaptureNote, CaptureStep
from desktop_app.domain.payment import Placement, match_attempt
from desktop_app.services import errors
from desktop_app.services.posting.payments import placement_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from desktop_app.domain.payment import Attempt, PaymentFact
    from desktop_app.services.context import Context
    from desktop_app.services.ports.storage import Repositories

REFUSED_AGAIN_S = 300.0
"""Seconds until a capture that was refused twice is tried again."""


class CaptureResult(Enum):
    """The result of an authorised payment."""

    ASKED = "asked"
    """The capture was sent: another check shows its result."""
    PENDING = "pending"
    """It is due and not captured yet: a later check tries again."""
    LEFT = "left"
    """It is not due: it returns by itself."""


class _Decision(NamedTuple):
    """The decision about a payment; `step` is None while another capture of the due is open."""

    owner: Attempt
    step: CaptureStep | None
    is_news: bool


class PaymentCapture:
    """Captures authorised payments. One in a process: it remembers refusals."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._refused: dict[str, float] = {}
        self._over: set[str] = set()

    def take(self, attempt: Attempt, payment: PaymentFact) -> CaptureResult:
        """Capture a payment that is due, or leave it (gateway). Never raises GatewayError.

        Args:
            attempt: whose order, code or link the payment is on.
            payment: authorised, and of exactly the amount asked for.
        """
        if self._refused.get(payment.payment_id, 0.0) > self._context.clock.monotonic():
            return CaptureResult.PENDING
        with self._context.store.reading() as books:
            decision = _decide(books, attempt, payment)
        if decision.is_news:
            decision = self._note(attempt, payment)
        if decision.step is None:
            return CaptureResult.PENDING
        if decision.step is CaptureStep.LEFT:
            return CaptureResult.LEFT
        return self._send(attempt, payment)

    def _note(self, attempt: Attempt, payment: PaymentFact) -> _Decision:
        """Decide again under the lock, and note the decision."""
        with self._context.store.writing() as work:
            decision = _decide(work, attempt, payment)
            if decision.step is None or not decision.is_news:
                work.nothing_to_write()
                return decision
            work.attempts.note_capture(decision.owner.uid, decision.step, payment.payment_id)
            self._context.audit(
                work,
                f"capture.{'asked' if decision.step is CaptureStep.ASKED else 'left'}",
                decision.owner.uid,
                {"payment_id": payment.payment_id, "amount": payment.amount_paise},
            )
            work.commit()
        return decision

    def _send(self, attempt: Attempt, payment: PaymentFact) -> CaptureResult:
        try:
            self._context.gateway().capture(payment.payment_id, attempt.amount)
        except (errors.UnavailableError, errors.UnauthorisedError):
            return CaptureResult.PENDING
        except errors.RejectedError:
            # It was captured in between, which the next check shows; or it will go back.
            is_first = payment.payment_id not in self._refused
            again_at = 0.0 if is_first else self._context.clock.monotonic() + REFUSED_AGAIN_S
            self._refused[payment.payment_id] = again_at
            return CaptureResult.ASKED if is_first else CaptureResult.PENDING
        except errors.GatewayError:
            return CaptureResult.ASKED
        return CaptureResult.ASKED

    def note_over(self, attempt: Attempt, gone_back: Iterable[PaymentFact]) -> None:
        """Note that payments which were asked for or left have failed or gone back."""
        over = {each.payment_id for each in gone_back} - self._over
        if not over:
            return
        with self._context.store.reading() as books:
            notes = _notes_of(books, attempt)
        noted = [each for each in notes.values() if each.payment_id in over]
        open_ = [each for each in noted if each.step is not CaptureStep.OVER]
        if open_:
            with self._context.store.writing() as work:
                for note in open_:
                    work.attempts.note_capture(note.attempt_uid, CaptureStep.OVER, note.payment_id)
                work.commit()
        self._over |= over


def _decide(books: Repositories, attempt: Attempt, payment: PaymentFact) -> _Decision:
    """Decide about a payment by the state of these books."""
    is_shared = attempt.shares_order and attempt.order_id is not None
    group = books.attempts.of_order(attempt.order_id or "") if is_shared else ()
    owner = match_attempt(payment, group or (books.attempts.get(attempt.uid),))
    notes = _notes_of(books, owner)
    known = notes.get(payment.payment_id)
    if placement_of(books, owner, payment) is not Placement.APPLIED:
        is_news = known is None or known.step is not CaptureStep.LEFT
        return _Decision(owner, CaptureStep.LEFT, is_news)
    has_rival = any(
        note.step is CaptureStep.ASKED
        and note.payment_id != payment.payment_id
        and books.payments.by_payment_id(note.payment_id) is None
        for note in notes.values()
    )
    return _Decision(owner, None if has_rival else CaptureStep.ASKED, is_news=not has_rival)


def _notes_of(books: Repositories, attempt: Attempt) -> dict[str, CaptureNote]:
    """Return the newest note of each authorised payment of an attempt's dues, by payment id."""
    found: dict[str, CaptureNote] = {}
    for part in attempt.parts:
        found |= books.attempts.capture_notes(part.due_uid)
    return found
