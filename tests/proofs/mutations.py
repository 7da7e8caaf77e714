"""Defects put into the services on purpose, to show that a proof would find them.

Each is a mistake seen in other software; its patch lasts as long as its `with` block.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from desktop_app.domain.money import Money
from desktop_app.domain.payment import Placement, place
from desktop_app.services import errors
from desktop_app.services.payments.create_once import OnceCreator, Recipe
from desktop_app.services.payments.initiation import PaymentInitiator
from desktop_app.services.posting import payments
from desktop_app.storage.payments.attempt_queries import SqlAttemptQueries
from desktop_app.storage.payments.refund_repository import SqlRefundRepository

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractContextManager
    from datetime import datetime

    from desktop_app.domain.payment import Attempt, PaymentFact


@contextmanager
def surplus_booked_as_fee() -> Iterator[None]:
    """Book a second payment of a fee as a fee again."""

    def placed_as_due(payment: PaymentFact, *, is_due_open: bool, has_seat: bool) -> Placement:
        placed = place(payment, is_due_open=is_due_open, has_seat=has_seat)
        return Placement.DUE if placed is Placement.SURPLUS else placed

    with patch.object(payments, "place", placed_as_due):
        yield


@contextmanager
def lost_answer_taken_as_refusal() -> Iterator[None]:
    """Treat a lost answer as a refusal: nothing was made, nothing is polled."""
    real: Callable[..., Any] = OnceCreator.once

    def once(self: OnceCreator, attempt: Attempt, recipe: Recipe[Any], *, is_new: bool) -> Any:
        def create_or_fail() -> Any:
            try:
                return recipe.create()
            except errors.OutcomeUnknownError as error:
                raise errors.RejectedError("failed") from error

        return real(self, attempt, replace(recipe, create=create_or_fail), is_new=is_new)

    with patch.object(OnceCreator, "once", once):
        yield


@contextmanager
def lost_creation_repeated() -> Iterator[None]:
    """After a lost answer, create the same thing again without looking it up."""
    real: Callable[..., Any] = OnceCreator.once

    def once(self: OnceCreator, attempt: Attempt, recipe: Recipe[Any], *, is_new: bool) -> Any:
        return real(self, attempt, replace(recipe, is_repeatable=lambda: True), is_new=is_new)

    with (
        patch.object(OnceCreator, "_find", lambda *_: None),
        patch.object(OnceCreator, "once", once),
    ):
        yield


@contextmanager
def pending_refunds_ignored() -> Iterator[None]:
    """Count only processed refunds against a further refund."""

    def refunded(self: SqlRefundRepository, payment_uid: str) -> Money:
        found = self._connection.execute(
            "SELECT coalesce(sum(amount_paise), 0) FROM refunds "
            "WHERE payment_uid = :uid AND state = 'processed'",
            {"uid": payment_uid},
        )
        return Money(int(found.fetchone()[0]))

    with patch.object(SqlRefundRepository, "refunded", refunded):
        yield


@contextmanager
def late_payment_needs_no_seat() -> Iterator[None]:
    """Enrol by a late payment, even when the seat was sold."""

    def placed_with_a_seat(payment: PaymentFact, *, is_due_open: bool, has_seat: bool) -> Placement:
        del has_seat
        return place(payment, is_due_open=is_due_open, has_seat=True)

    with patch.object(payments, "place", placed_with_a_seat):
        yield


@contextmanager
def ended_attempts_not_polled() -> Iterator[None]:
    """Stop polling what was cancelled or expired."""

    def live_only(self: SqlAttemptQueries, _since: datetime) -> tuple[Attempt, ...]:
        return self.live()

    with patch.object(SqlAttemptQueries, "watched", live_only):
        with patch.object(SqlAttemptQueries, "open_since", live_only):
            yield


@contextmanager
def old_code_left_open() -> Iterator[None]:
    """Make a new code without closing and polling the earlier one."""
    with patch.object(PaymentInitiator, "_clear_others", lambda *_: None):
        yield


@contextmanager
def other_attempts_left_live() -> Iterator[None]:
    """Leave the due's other live attempt as it is when a fee was paid."""
    with patch.object(payments, "_cancel_others", lambda *_: ()):
        yield


MUTATIONS: Mapping[str, Callable[[], AbstractContextManager[None]]] = {
    each.__name__: each
    for each in (
        surplus_booked_as_fee,
        lost_answer_taken_as_refusal,
        lost_creation_repeated,
        pending_refunds_ignored,
        late_payment_needs_no_seat,
        ended_attempts_not_polled,
        old_code_left_open,
        other_attempts_left_live,
    )
}
