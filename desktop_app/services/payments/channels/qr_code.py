"""How an order, a QR code and a payment link are created and found again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.services.payments.channels.base import notes_of

if TYPE_CHECKING:
    from desktop_app.domain.payment import Attempt
    from desktop_app.services.context import Context
    from desktop_app.services.ports.gateway import QrFact

LOOK_BACK_S = 300


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
