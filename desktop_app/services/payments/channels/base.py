"""A channel: one way for a parent to pay an attempt through the gateway.

A new one is a module beside the others and a row in the registry.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qs, urlsplit

from desktop_app.domain.errors import InvalidMoneyError
from desktop_app.domain.money import parse_rupees
from desktop_app.domain.payment import UPI_CHANNELS, AttemptState, Method
from desktop_app.domain.reference import book_tag
from desktop_app.services.connectivity import gateway_now
from desktop_app.services.errors import GatewayError, OutcomeUnknownError
from desktop_app.services.identity.book import BOOK_ID
from desktop_app.services.payments.attempt_store import AttemptStore
from desktop_app.services.payments.create_once import OnceCreator

if TYPE_CHECKING:
    from collections.abc import Callable

    from desktop_app.domain.payment import Attempt, GatewaySnapshot
    from desktop_app.services.context import Context
    from desktop_app.services.ports.storage import UnitOfWork


class Resource(NamedTuple):
    """The order, code or link of an attempt at the gateway; unix seconds."""

    created_at: int
    order_id: str | None = None
    remote_id: str | None = None


class Channel(ABC):
    """One way to pay.

    Args:
        context: the desk's ports.
        look: looks for money on what an attempt may have shown; raises UnavailableError when
            that fails.
    """

    def __init__(self, context: Context, look: Callable[[Attempt], None]) -> None:
        self._context = context
        self._look = look
        self._creator = OnceCreator(context)
        self._attempts = AttemptStore(context)

    @abstractmethod
    def open(self, attempt: Attempt, *, is_new: bool) -> None:
        """Create what a parent can pay, once, and store it: from then on the attempt awaits.

        Args:
            attempt: live and not payable yet, as stored.
            is_new: whether nothing can have been sent for it yet.

        Raises:
            GatewayError, MissingPhoneError: the attempt's state is stored.
            NothingFoundError: an earlier try may have created it and cannot be found.
        """

    @abstractmethod
    def find(self, attempt: Attempt) -> Resource | None:
        """Find what a lost answer created, by the attempt's reference. Raises GatewayError."""

    @abstractmethod
    def fetch(self, attempt: Attempt, *, asked: bool) -> GatewaySnapshot:
        """Read what an attempt has at the gateway, with its payments. Raises GatewayError.

        The snapshot's header is checked: own id, own reference, exact amount, INR, and sums
        that agree.
        """

    def _gateway_time(self, attempt: Attempt, *, is_new: bool) -> int:
        """Return the gateway's time, by which expiries are; ask for it before its first answer."""
        gateway = self._context.gateway()
        if gateway.now() is None:
            try:
                self._creator.patiently(gateway.ping)
            except GatewayError:
                if is_new:
                    ended = replace(attempt, state=AttemptState.CANCELLED, sent=False)
                    self._attempts.save(ended, attempt, "nothing was sent")
                raise
        return int(gateway_now(self._context))


def notes_of(context: Context, attempt: Attempt) -> dict[str, str]:
    """Return the notes for the gateway: our own ids, no personal data.

    By them a database restored from an earlier backup can apply money that came since.
    """
    with context.store.reading() as books:
        enrollment = books.enrollments.get(attempt.enrollment_uid)
        book_id = books.setting(BOOK_ID) or ""
    return {
        "book": book_tag(book_id),
        "attempt": attempt.uid,
        "due": attempt.due_uid,
        "enrollment": enrollment.uid,
        "student": enrollment.student_uid,
        "course": enrollment.course_uid,
    }


def choose_channel(work: UnitOfWork, key_id: str, *, has_phone: bool) -> Method:
    """Pick the first channel the account is not known to lack; UPI intent needs a phone number."""
    for channel in UPI_CHANNELS:
        if channel is Method.UPI_INTENT and not has_phone:
            continue
        if work.capability(key_id, channel.value) is not False:
            return channel
    return Method.PAYMENT_LINK


def check_amount(link: str, attempt: Attempt) -> None:
    """Refuse a UPI link for another amount; the link itself is never altered.

    Raises:
        OutcomeUnknownError: the amount in it is not the attempt's.
    """
    if not link.startswith("upi://"):
        return
    amounts = parse_qs(urlsplit(link).query).get("am", [])
    try:
        fits = all(parse_rupees(each) == attempt.amount for each in amounts)
    except InvalidMoneyError:
        fits = False
    if not fits:
        raise OutcomeUnknownError("the link is for another amount")


def first_problem(*facts: tuple[bool, str]) -> str | None:
    """Return the words of the first fact that does not hold."""
    return next((words for holds, words in facts if not holds), None)
