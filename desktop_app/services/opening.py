"""Making an attempt payable: one thing a parent can pay, on one of the channels.

Before anything new is created, whatever else was payable for the same due is closed and looked
at. If that look fails or shows money, nothing new is made.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from desktop_app.domain.enrollment import DueState
from desktop_app.domain.errors import InvalidMoneyError
from desktop_app.domain.money import parse_rupees
from desktop_app.domain.payment import AttemptState, Method
from desktop_app.services.attempt_views import gateway_now
from desktop_app.services.creating import MOST_TRIES, Creating
from desktop_app.services.enrolling import choose_channel
from desktop_app.services.errors import (
    FeatureOffError,
    MissingPhoneError,
    OutcomeUnknownError,
    RateLimitedError,
    RejectedError,
    UnavailableError,
)
from desktop_app.services.gateway_port import Payer
from desktop_app.services.recipes import LinkRecipe, OrderRecipe, QrRecipe
from desktop_app.services.records import OrderRecord

if TYPE_CHECKING:
    from desktop_app.domain.payment import Attempt
    from desktop_app.services.closing import Closing
    from desktop_app.services.context import Context
    from desktop_app.services.gateway_port import IntentFact, LinkFact, OrderFact, QrFact
    from desktop_app.services.line import LineWatch
    from desktop_app.services.looking import Looking

SHORTEST_LINK_S = 16 * 60
"""Razorpay wants a link to live fifteen minutes at least; one more for clocks and queues."""

NOBODY = "void@razorpay.com"
"""Razorpay's own samples use this address where a payer gave none."""

_PAUSE_S = 2.0


class Opening:
    """Makes attempts payable."""

    def __init__(
        self, context: Context, line: LineWatch, looking: Looking, closing: Closing
    ) -> None:
        self._context = context
        self._line = line
        self._looking = looking
        self._closing = closing
        self._creating = Creating(context, line)

    def open(self, uid: str, *, is_new: bool) -> str:
        """Make an attempt payable, or find its money.

        Returns:
            The uid of the attempt to show: another one of the due where that was paid.

        Raises:
            GatewayError, MissingPhoneError: the attempt's state is stored.
        """
        paid = self._clear_others(uid)
        if paid is not None:
            return paid
        attempt = self._load(uid)
        if not is_new and (attempt.remote_id or attempt.order_id):
            self._look_first(attempt)
            attempt = self._load(uid)
        if attempt.state is AttemptState.AWAITING or not attempt.is_live:
            return uid
        self._make_payable(attempt, is_new=is_new)
        return uid

    def _load(self, uid: str) -> Attempt:
        return self._context.store.reader.attempt(uid)[0]

    def _clear_others(self, uid: str) -> str | None:
        """Close and look at the due's other attempts; the uid of one that is paid, or None."""
        with self._context.store.writing() as work:
            attempt = work.attempts.get(uid)
            others = [
                each
                for each in work.attempts.of_due(attempt.due_uid)
                if each.uid != uid and each.sent and each.method is not Method.CASH
            ]
        for other in others:
            self._closing.close_remote(other)
        payable = [other for other in others if other.remote_id or other.order_id]
        if payable:
            seen = self._looking.look_at(payable, asked=True)
            if seen.unseen:
                raise UnavailableError("the earlier attempt could not be looked at")
        with self._context.store.writing() as work:
            due = work.enrollments.due(attempt.due_uid)
            paid = [
                each.uid
                for each in work.attempts.of_due(attempt.due_uid)
                if each.state is AttemptState.PAID
            ]
        return paid[0] if due.state is DueState.PAID and paid else None

    def _look_first(self, attempt: Attempt) -> None:
        """Look for money on what an earlier run may have shown."""
        seen = self._looking.look_at([attempt], asked=True)
        if seen.unseen:
            raise UnavailableError("the attempt could not be looked at")

    def _make_payable(self, attempt: Attempt, *, is_new: bool) -> None:
        while True:
            try:
                self._by_channel(attempt, is_new=is_new)
            except FeatureOffError:
                self._remember(attempt, available=False)
                if not attempt.chosen_by_auto:
                    self._give_up(attempt.uid, "the account lacks this channel")
                    raise
                attempt = self._next_channel(self._load(attempt.uid))
            else:
                return

    def _by_channel(self, attempt: Attempt, *, is_new: bool) -> None:
        if attempt.method is Method.UPI_INTENT:
            self._intent(attempt, is_new=is_new)
        elif attempt.method is Method.QR_CODE:
            self._qr_code(attempt, is_new=is_new)
        else:
            self._link(attempt, is_new=is_new)

    # --- channels

    def _intent(self, attempt: Attempt, *, is_new: bool) -> None:
        payer = self._payer(attempt)
        if not payer.contact:
            self._give_up(attempt.uid, "no phone number")
            raise MissingPhoneError("UPI by intent needs a phone number of student or guardian")
        if attempt.order_id is None:
            attempt = self._ordered(attempt, is_new=is_new)
        elif attempt.state is not AttemptState.ORDERED:
            attempt = self._save(replace(attempt, state=AttemptState.ORDERED), attempt)
        made = self._make_intent(attempt, payer)
        if made is None:
            return
        now = int(gateway_now(self._context))
        self._awaiting(
            attempt,
            remote_id=made.payment_id,
            qr_text=made.link,
            created_at=attempt.gateway_created_at or now,
            expires_at=now + self._context.settings().expiry_s,
            is_remote_open=False,
        )

    def _ordered(self, attempt: Attempt, *, is_new: bool) -> Attempt:
        """Create the order and commit its id before anything payable is made on it."""
        order: OrderFact = self._creating.once(attempt, OrderRecipe(self._context), is_new=is_new)
        attempt = self._load(attempt.uid)
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
            self._look_first(attempt)
            if self._load(attempt.uid).state is AttemptState.PAID:
                return None
        raise OutcomeUnknownError("the order cannot be paid and is not paid")

    def _try_intent(self, attempt: Attempt, payer: Payer, tries_left: int) -> IntentFact | None:
        """Try once; None where a look at the order has to tell what came of it."""
        try:
            with self._line.noting():
                made = self._context.gateway().create_intent(
                    order_id=attempt.order_id or "",
                    amount=attempt.amount,
                    payer=payer,
                    description=self._label(attempt),
                    notes={"attempt": attempt.uid},
                )
            check_amount(made.link, attempt)
        except (OutcomeUnknownError, RateLimitedError):
            if not tries_left:
                raise
            self._context.clock.sleep(_PAUSE_S)
            return None
        except FeatureOffError:
            raise
        except RejectedError as refusal:
            if refusal.reason != "order_already_paid":
                self._give_up(attempt.uid, refusal.reason or "refused")
                raise
            return None
        return made

    def _qr_code(self, attempt: Attempt, *, is_new: bool) -> None:
        close_by = self._gateway_time() + self._context.settings().expiry_s
        recipe = QrRecipe(self._context, label=self._label(attempt), close_by=close_by)
        made: QrFact = self._creating.once(attempt, recipe, is_new=is_new)
        attempt = self._load(attempt.uid)
        picture = None
        if made.image_content is None and made.image_url:
            path = self._context.folder / "qr" / f"{attempt.uid}.png"
            url = made.image_url
            picture = self._creating.patiently(
                lambda: self._context.gateway().save_image(url, path)
            )
        elif made.image_content is not None:
            check_amount(made.image_content, attempt)
        self._awaiting(
            attempt,
            remote_id=made.qr_id,
            qr_text=made.image_content,
            image_path=str(picture) if picture else None,
            created_at=made.created_at,
            expires_at=made.close_by or close_by,
            is_remote_open=True,
        )

    def _link(self, attempt: Attempt, *, is_new: bool) -> None:
        life = self._context.settings().expiry_s
        now = self._gateway_time()
        recipe = LinkRecipe(
            self._context,
            label=self._label(attempt),
            payer=self._payer(attempt),
            expire_by=now + max(life, SHORTEST_LINK_S),
        )
        made: LinkFact = self._creating.once(attempt, recipe, is_new=is_new)
        self._awaiting(
            self._load(attempt.uid),
            remote_id=made.link_id,
            qr_text=made.short_url,
            created_at=made.created_at,
            expires_at=int(gateway_now(self._context)) + life,
            is_remote_open=True,
        )

    def _gateway_time(self) -> int:
        """The gateway's time, asked for where no answer told it yet: expiries are by its clock."""
        gateway = self._context.gateway()
        if gateway.now() is None:
            self._creating.patiently(gateway.ping)
        return int(gateway_now(self._context))

    # --- what is stored

    def _awaiting(
        self,
        attempt: Attempt,
        *,
        remote_id: str,
        qr_text: str | None,
        created_at: int,
        expires_at: int,
        is_remote_open: bool,
        image_path: str | None = None,
    ) -> None:
        awaiting = replace(
            attempt,
            state=AttemptState.AWAITING,
            remote_id=remote_id,
            qr_text=qr_text,
            image_path=image_path,
            gateway_created_at=created_at,
            expires_at=datetime.fromtimestamp(expires_at, UTC),
            is_remote_open=is_remote_open,
        )
        with self._context.store.writing() as work:
            work.attempts.save(awaiting, attempt.state)
            if work.capability(attempt.key_id, attempt.method.value) is not True:
                work.remember_capability(
                    attempt.key_id, attempt.method.value, self._context.now(), available=True
                )
            self._context.audit(
                work, "attempt.shown", attempt.uid, {"amount": attempt.amount.paise}
            )
            work.commit()

    def _save(self, changed: Attempt, before: Attempt, note: str = "") -> Attempt:
        with self._context.store.writing() as work:
            work.attempts.save(changed, before.state, note)
            work.commit()
        return changed

    def _give_up(self, uid: str, note: str) -> None:
        attempt = self._load(uid)
        if attempt.is_live:
            self._save(replace(attempt, state=AttemptState.CANCELLED), attempt, note)

    def _remember(self, attempt: Attempt, *, available: bool) -> None:
        with self._context.store.writing() as work:
            work.remember_capability(
                attempt.key_id, attempt.method.value, self._context.now(), available=available
            )
            work.commit()

    def _next_channel(self, attempt: Attempt) -> Attempt:
        """Go on with the next channel; an order that was made stays behind, unpaid."""
        has_phone = bool(self._payer(attempt).contact)
        with self._context.store.writing() as work:
            following = choose_channel(work, attempt.key_id, has_phone=has_phone)
            if following is attempt.method:
                raise FeatureOffError("the account has no channel for UPI")
            changed = replace(
                attempt,
                method=following,
                order_id=None,
                order_receipt=None,
                gateway_created_at=None,
            )
            work.attempts.save(changed, attempt.state)
            work.commit()
        return changed

    def _payer(self, attempt: Attempt) -> Payer:
        with self._context.store.writing() as work:
            enrollment = work.enrollments.get(attempt.enrollment_uid)
            student = work.students.get(enrollment.student_uid)
            centre_email = work.setting("centre.email") or ""
        if student is None:
            return Payer("", centre_email or NOBODY)
        phone = student.guardian_phone or student.phone
        return Payer(f"+91{phone}" if phone else "", student.email or centre_email or NOBODY)

    def _label(self, attempt: Attempt) -> str:
        """What the payer's app shows: the course, never a name."""
        _uid, _name, roll_no, label = self._context.store.reader.names_of(attempt.enrollment_uid)
        plain = "".join(
            letter for letter in f"Fee {label} {roll_no}" if letter.isalnum() or letter in " .-/"
        )
        return " ".join(plain.split())[:80]


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
