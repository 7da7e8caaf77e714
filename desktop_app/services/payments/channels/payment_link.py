"""The payment link channel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.domain.payment import INR
from desktop_app.services.payments.channels.base import notes_of

if TYPE_CHECKING:
    from desktop_app.domain.payment import Attempt
    from desktop_app.services.context import Context
    from desktop_app.services.ports.gateway import LinkFact, Payer


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
