"""UPI by intent: an order of our own, and on it a payment whose link is drawn as the QR."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from desktop_app.domain.errors import InvalidMoneyError
from desktop_app.domain.money import parse_rupees
from desktop_app.domain.payment import AttemptState
from desktop_app.services.connectivity import gateway_now
from desktop_app.services.errors import (
    FeatureOffError,
    MissingPhoneError,
    NotFoundError,
    OutcomeUnknownError,
    RateLimitedError,
    RejectedError,
    UnavailableError,
)
from desktop_app.services.payments.channels.base import notes_of
from desktop_app.services.payments.create_once import MOST_TRIES
from desktop_app.services.ports.records import OrderRecord

if TYPE_CHECKING:
    from desktop_app.domain.payment import Attempt
    from desktop_app.services.context import Context
    from desktop_app.services.payments.attempt_store import AttemptStore
    from desktop_app.services.payments.create_once import OnceCreator
    from desktop_app.services.payments.status_check import StatusChecker
    from desktop_app.services.ports.gateway import IntentFact, OrderFact, Payer

from typing import TYPE_CHECKING

from desktop_app.domain.payment import INR

if TYPE_CHECKING:
    from desktop_app.domain.payment import Attempt
    from desktop_app.services.context import Context
    from desktop_app.services.ports.gateway import OrderFact, Payer

_PAUSE_S = 2.0


class UpiIntentChannel:
    """Makes attempts payable by UPI intent."""

    def __init__(
        self,
        context: Context,
        looking: StatusChecker,
        creating: OnceCreator,
        rows: AttemptStore,
    ) -> None:
        self._context = context
        self._looking = looking
        self._creating = creating
        self._rows = rows

    def open(self, attempt: Attempt, *, is_new: bool) -> None:
        """Create the order where there is none, and an intent on it.

        Raises:
            GatewayError, MissingPhoneError: the attempt's state is stored.
        """
        payer = self._rows.payer(attempt)
        if not payer.contact:
            self._rows.give_up(attempt.uid, "no phone number")
            raise MissingPhoneError("UPI by intent needs a phone number of student or guardian")
        is_own_order = attempt.order_id is None
        if is_own_order:
            attempt = self._ordered(attempt, is_new=is_new)
        elif attempt.state is not AttemptState.ORDERED:
            attempt = self._rows.save(replace(attempt, state=AttemptState.ORDERED), attempt)
        try:
            made = self._make_intent(attempt, payer)
        except NotFoundError:
            if not is_own_order:
                raise
            attempt = self._ordered_again(attempt)
            made = self._make_intent(attempt, payer)
        if made is None:
            return
        now = int(gateway_now(self._context))
        self._rows.awaiting(
            attempt,
            remote_id=made.payment_id,
            qr_text=made.link,
            created_at=attempt.gateway_created_at or now,
            expires_at=now + self._context.settings().expiry_s,
            is_remote_open=False,
        )

    def _ordered_again(self, attempt: Attempt) -> Attempt:
        """The answer named an order the gateway does not know: find ours by its reference."""
        if attempt.order_id is not None:
            with self._context.store.writing() as work:
                work.attempts.drop_order(attempt.order_id)
                work.commit()
        return self._ordered(self._rows.load(attempt.uid), is_new=False)

    def _ordered(self, attempt: Attempt, *, is_new: bool) -> Attempt:
        """Create the order and commit its id before anything payable is made on it."""
        order: OrderFact = self._creating.once(attempt, OrderRecipe(self._context), is_new=is_new)
        attempt = self._rows.load(attempt.uid)
        ordered = replace(
            attempt,
            state=AttemptState.ORDERED,
            order_id=order.order_id,
            order_receipt=attempt.reference,
            gateway_created_at=order.created_at,
        )
        with self._context.store.writing() as work:
            work.attempts.add_order(
                OrderRecord(
                    order.order_id,
                    attempt.reference,
                    attempt.due_uid,
                    attempt.key_id,
                    attempt.amount,
                    order.created_at,
                ),
                self._context.now(),
            )
            work.attempts.save(ordered, attempt.state)
            work.commit()
        return ordered

    def _make_intent(self, attempt: Attempt, payer: Payer) -> IntentFact | None:
        """Make the intent; a lost one was never shown, so another may follow on the same order.

        Returns:
            None where the order turned out to be paid meanwhile.
        """
        for tries_left in range(MOST_TRIES - 1, -1, -1):
            made = self._try_intent(attempt, payer, tries_left)
            if made is not None:
                return made
            self.look_first(attempt)
            if self._rows.load(attempt.uid).state is AttemptState.PAID:
                return None
        raise OutcomeUnknownError("the order cannot be paid and is not paid")

    def _try_intent(self, attempt: Attempt, payer: Payer, tries_left: int) -> IntentFact | None:
        """Try once; None where a look at the order has to tell what came of it."""
        try:
            made = self._context.gateway().create_intent(
                order_id=attempt.order_id or "",
                amount=attempt.amount,
                payer=payer,
                description=self._rows.label(attempt),
                notes=notes_of(self._context, attempt),
            )
            check_amount(made.link, attempt)
        except (OutcomeUnknownError, RateLimitedError):
            if not tries_left:
                raise
            self._context.clock.sleep(_PAUSE_S)
            return None
        except (FeatureOffError, NotFoundError):
            raise
        except RejectedError as refusal:
            if refusal.reason != "order_already_paid":
                self._rows.give_up(attempt.uid, refusal.reason or "refused")
                raise
            return None
        return made

    def look_first(self, attempt: Attempt) -> None:
        """Look for money on what may have been shown. Raises UnavailableError when it fails."""
        seen = self._looking.check([attempt], asked=True)
        if seen.unseen:
            raise UnavailableError("the attempt could not be looked at")


def check_amount(link: str, attempt: Attempt) -> None:
    """Refuse to show a link whose amount is another; the link itself is never altered.

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


UNIQUE_RECEIPT = "unique_receipt"


class OrderRecipe:
    """An order; with `unique_receipt` where the account takes it."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._gateway = context.gateway()

    @property
    def is_repeatable(self) -> bool:
        """With `unique_receipt` the same reference is the same order."""
        with self._context.store.reading() as work:
            return work.capability(self._gateway.key_id, UNIQUE_RECEIPT) is not False

    def create(self, attempt: Attempt) -> OrderFact:
        """Create it, once; adopt the one that exists where the gateway says so."""
        with self._context.store.reading() as work:
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
