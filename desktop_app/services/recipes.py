"""How an order, a QR code and a payment link are created and found again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.domain.payment import INR
from desktop_app.services.errors import RejectedError

if TYPE_CHECKING:
    from desktop_app.domain.payment import Attempt
    from desktop_app.services.context import Context
    from desktop_app.services.gateway_port import LinkFact, OrderFact, Payer, QrFact

UNIQUE_RECEIPT = "unique_receipt"
LOOK_BACK_S = 300


class OrderRecipe:
    """An order; with `unique_receipt` where the account takes it."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._gateway = context.gateway()

    @property
    def is_repeatable(self) -> bool:
        """With `unique_receipt` the same reference is the same order."""
        with self._context.store.writing() as work:
            return work.capability(self._gateway.key_id, UNIQUE_RECEIPT) is not False

    def create(self, attempt: Attempt) -> OrderFact:
        """Create it, once; adopt the one that exists where the gateway says so."""
        with self._context.store.writing() as work:
            unique = work.capability(attempt.key_id, UNIQUE_RECEIPT) is not False
        try:
            return self._send(attempt, unique=unique)
        except RejectedError as refusal:
            if refusal.existing_id is not None:
                existing = self._gateway.fetch_order(refusal.existing_id, asked=True)
                if self.fits(attempt, existing):
                    return existing
            if not unique or refusal.reason != "extra_field_sent":
                raise
        with self._context.store.writing() as work:
            work.remember_capability(
                attempt.key_id, UNIQUE_RECEIPT, self._context.now(), available=False
            )
            work.commit()
        return self._send(attempt, unique=False)

    def _send(self, attempt: Attempt, *, unique: bool) -> OrderFact:
        return self._gateway.create_order(
            reference=attempt.reference,
            amount=attempt.amount,
            notes=notes_of(self._context, attempt),
            unique=unique,
        )

    def find(self, attempt: Attempt) -> OrderFact | None:
        """Find it by the attempt's reference."""
        return self._gateway.find_order(attempt.reference)

    def fits(self, attempt: Attempt, made: OrderFact) -> bool:
        """Whether it is what the attempt asked for."""
        asked = (attempt.reference, attempt.amount.paise, INR)
        return (made.receipt, made.amount_paise, made.currency) == asked


class QrRecipe:
    """A single-use QR code of a fixed amount."""

    is_repeatable = False

    def __init__(self, context: Context, *, label: str, close_by: int | None) -> None:
        self._context = context
        self._gateway = context.gateway()
        self._label = label
        self._close_by = close_by

    def create(self, attempt: Attempt) -> QrFact:
        """Create it, once."""
        return self._gateway.create_qr(
            reference=attempt.reference,
            amount=attempt.amount,
            name="Fee",
            description=self._label,
            close_by=self._close_by,
            notes=notes_of(self._context, attempt),
        )

    def find(self, attempt: Attempt) -> QrFact | None:
        """Find it by the reference in its notes."""
        since = self._gateway.now()
        made_at = int(attempt.created_at.timestamp())
        floor = None if since is None else min(since, made_at) - LOOK_BACK_S
        return self._gateway.find_qr(attempt.reference, floor)

    def fits(self, attempt: Attempt, made: QrFact) -> bool:
        """Whether it is what the attempt asked for."""
        return (made.reference, made.amount_paise) == (attempt.reference, attempt.amount.paise)


class LinkRecipe:
    """A payment link that sends no message."""

    is_repeatable = False

    def __init__(
        self, context: Context, *, label: str, payer: Payer, expire_by: int | None
    ) -> None:
        self._context = context
        self._gateway = context.gateway()
        self._label = label
        self._payer = payer
        self._expire_by = expire_by

    def create(self, attempt: Attempt) -> LinkFact:
        """Create it, once."""
        return self._gateway.create_link(
            reference=attempt.reference,
            amount=attempt.amount,
            description=self._label,
            payer=self._payer,
            expire_by=self._expire_by,
            notes=notes_of(self._context, attempt),
        )

    def find(self, attempt: Attempt) -> LinkFact | None:
        """Find it by the attempt's reference."""
        return self._gateway.find_link(attempt.reference)

    def fits(self, attempt: Attempt, made: LinkFact) -> bool:
        """Whether it is what the attempt asked for."""
        asked = (attempt.reference, attempt.amount.paise, INR)
        return (made.reference, made.amount_paise, made.currency) == asked


def notes_of(context: Context, attempt: Attempt) -> dict[str, str]:
    """What is noted at the gateway: our own ids, no personal data.

    They let money be mapped again by a book that was restored from before it was asked for.
    """
    with context.store.writing() as work:
        enrollment = work.enrollments.get(attempt.enrollment_uid)
    return {
        "attempt": attempt.uid,
        "due": attempt.due_uid,
        "enrollment": enrollment.uid,
        "student": enrollment.student_uid,
        "course": enrollment.course_uid,
    }
