"""A channel: one way for a parent to pay an attempt through the gateway.

A new one is a module beside the others, a row in the registry, and its traits in
`domain/channels.py`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, NamedTuple, TypeVar
from urllib.parse import parse_qs, urlsplit

from desktop_app.domain.channels import CHANNELS
from desktop_app.domain.due_notes import dues_in_notes
from desktop_app.domain.errors import InvalidMoneyError
from desktop_app.domain.money import parse_rupees
from desktop_app.domain.payment import AttemptState, Method
from desktop_app.domain.reference import book_tag
from desktop_app.services import errors
from desktop_app.services.connectivity import gateway_now
from desktop_app.services.identity.book import BOOK_ID
from desktop_app.services.payments.create_once import AttemptStore, OnceCreator

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from desktop_app.domain.payment import Attempt, GatewaySnapshot, PaymentFact
    from desktop_app.services.context import Context
    from desktop_app.services.ports.storage import UnitOfWork

Shown = TypeVar("Shown")

CLOSED = {"closed", "paid", "cancelled", "expired"}
"""The gateway's statuses of a code or link that nobody can pay any more."""


class Resource(NamedTuple):
    """The order, code or link of an attempt at the gateway; unix seconds."""

    created_at: int
    order_id: str | None = None
    remote_id: str | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """The order, code or link that a payment was made on, of whichever desk; paise, unix seconds.

    Attributes:
        order_id: only where the attempts of a due share the order.
    """

    method: Method
    reference: str
    order_id: str | None
    remote_id: str | None
    amount_paise: int
    created_at: int
    notes: Mapping[str, str]


class GatewayChannel(ABC):
    """One way to pay.

    Args:
        context: the desk's ports.
    """

    method: ClassVar[Method]
    """The method that names it."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._creator = OnceCreator(context)
        self._attempts = AttemptStore(context)

    # --- how it begins

    @abstractmethod
    def open(self, attempt: Attempt, look: Callable[[Attempt], None], *, is_new: bool) -> None:
        """Create what a parent can pay, once, and store it: from then on the attempt awaits.

        Args:
            attempt: live and not payable yet, as stored.
            look: looks for money on what an attempt may have shown; raises UnavailableError when
                that fails.
            is_new: whether nothing can have been sent for it yet.

        Raises:
            GatewayError, MissingPhoneError: the attempt's state is stored.
            LostCreationError: an earlier try may have created it and cannot be found.
        """

    @abstractmethod
    def find(self, attempt: Attempt) -> Resource | None:
        """Find what a lost answer created, by the attempt's reference. Raises GatewayError."""

    # --- what it shows

    @abstractmethod
    def fetch(self, attempt: Attempt, *, asked: bool) -> GatewaySnapshot:
        """Read what an attempt has at the gateway, with its payments. Raises GatewayError.

        The snapshot's header is checked: own id, own reference, exact amount, INR, and sums
        that agree.
        """

    def listed(
        self, attempts: Sequence[Attempt], *, pages: int, asked: bool
    ) -> Mapping[str, GatewaySnapshot]:
        """Return the snapshots that one list call shows, by order id; none by default.

        Args:
            attempts: one of each order.
            pages: how many pages of the list may be read.
            asked: a person asked for it.

        Raises:
            GatewayError: the list could not be read.
        """
        del attempts, pages, asked
        return {}

    def ended(self, attempts: Sequence[Attempt], since: int) -> frozenset[str] | None:
        """Return the uids that a list of the channel shows as paid or ended. Raises GatewayError.

        None, by default, where it has no such list: the account's payments show then which of
        the attempts to fetch.

        Args:
            attempts: with what they have at the gateway.
            since: when the oldest of that was made, in unix seconds.
        """
        del attempts, since
        return None

    def correct(self, attempt: Attempt) -> bool:
        """Correct an id that the gateway does not know, where our reference finds another one.

        Returns:
            Whether it was corrected; by default there is nothing to find. Never raises
            GatewayError.
        """
        del attempt
        return False

    def trace(self, payment: PaymentFact) -> Origin | None:
        """Return what a payment was made on, if it is of this channel. Raises GatewayError.

        By it a book restored from an earlier backup finds its money; None, by default, where the
        gateway has no way from a payment to what it was made on.
        """
        del payment
        return None

    def _gateway_time(self, attempt: Attempt, *, is_new: bool) -> int:
        """Return the gateway's time, by which expiries are; ask for it before its first answer."""
        gateway = self._context.gateway()
        if gateway.now() is None:
            try:
                self._creator.patiently(gateway.ping)
            except errors.GatewayError:
                if is_new:
                    ended = replace(attempt, state=AttemptState.CANCELLED, sent=False)
                    self._attempts.save(ended, attempt, "nothing was sent")
                raise
        return int(gateway_now(self._context))


class ClosableChannel(GatewayChannel):
    """A channel whose code or page can be closed, by the command in `ChannelTraits.closed_by`."""

    @abstractmethod
    def close(self, remote_id: str) -> None:
        """Close what was shown; money may still land on it. Raises GatewayError."""

    @abstractmethod
    def is_closed(self, remote_id: str) -> bool:
        """Return whether it accepts no more money, paid included. Raises GatewayError."""


def notes_of(context: Context, attempt: Attempt) -> dict[str, str]:
    """Return the notes for the gateway: our own ids, no personal data.

    By them a database restored from an earlier backup can apply money that came since.
    """
    with context.store.reading() as books:
        book_id = books.setting(BOOK_ID) or ""
        own = {"book": book_tag(book_id), "attempt": attempt.uid}
        if attempt.due_uid is None:
            return own | dues_in_notes(attempt.dues)
        due = books.enrollments.due(attempt.due_uid)
        enrollment = books.enrollments.get(due.enrollment_uid)
    return own | {
        "due": due.uid,
        "enrollment": enrollment.uid,
        "student": enrollment.student_uid,
        "course": enrollment.course_uid,
    }


def choose_channel(work: UnitOfWork, key_id: str, *, has_phone: bool) -> Method:
    """Pick the first channel for `auto` that the account is not known to lack, else the last."""
    choices = [
        method
        for method, channel in CHANNELS.items()
        if channel.is_auto and (has_phone or not channel.needs_phone)
    ]
    known = (each for each in choices if work.capability(key_id, each.value) is not False)
    return next(known, choices[-1])


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
        raise errors.OutcomeUnknownError("the link is for another amount")


def first_problem(*facts: tuple[bool, str]) -> str | None:
    """Return the words of the first fact that does not hold."""
    return next((words for holds, words in facts if not holds), None)


def where_there_is(ask: Callable[[str], Shown | None], payment: PaymentFact) -> Shown | None:
    """Read what a payment was made on; an account without the feature has none of it."""
    try:
        return ask(payment.payment_id)
    except (errors.FeatureOffError, errors.NotFoundError):
        return None
