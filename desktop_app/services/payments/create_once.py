"""Idempotent creation: create one resource at the gateway exactly once, though answers get lost.

The attempt's row holds the intention before anything is sent. A lost answer is looked up by our
own reference; only when one more read deadline has passed and nothing is found is it created
again. Each write of an attempt on the way is one short transaction, never open during a call.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Generic, TypeVar
from unicodedata import category

from desktop_app.domain.payment import LIVE_STATES, AttemptState
from desktop_app.services import errors
from desktop_app.services.identity.book import reference_of
from desktop_app.services.ports.gateway import Payer

if TYPE_CHECKING:
    from collections.abc import Callable

    from desktop_app.domain.payment import Attempt
    from desktop_app.services.context import Context

Made = TypeVar("Made")

READ_DEADLINE_S = 10.0
"""Seconds that a request may still be on its way after its answer timed out."""

MOST_TRIES = 3
_READ_TRIES = 3
_FIRST_PAUSE_S = 0.7

NOBODY = "void@razorpay.com"
"""Razorpay's own samples use this address where a payer gave none."""


class LostCreationError(Exception):
    """A lost creation cannot be found: continue under a reference that was never sent.

    Attributes:
        note: the reason, for the attempt's events.
    """

    note = "not found"


class SpentOrderError(LostCreationError):
    """The order was paid before, and its money pays nothing: continue with a fresh order."""

    note = "its order was paid before"


@dataclass(frozen=True, slots=True)
class Recipe(Generic[Made]):
    """How one resource of an attempt is created and found again.

    Attributes:
        create: creates it, once.
        find: finds it by the attempt's reference.
        fits: whether it is what the attempt asked for, to the paisa.
        is_repeatable: whether creating it again under the same reference gives the same one.
    """

    create: Callable[[], Made]
    find: Callable[[], Made | None]
    fits: Callable[[Made], bool]
    is_repeatable: Callable[[], bool] = lambda: False


class OnceCreator:
    """Runs recipes for attempts."""

    def __init__(self, context: Context) -> None:
        self._clock = context.clock
        self._attempts = AttemptStore(context)

    def once(self, attempt: Attempt, recipe: Recipe[Made], *, is_new: bool) -> Made:
        """Create a resource, or find it where an earlier try may have created it.

        Args:
            attempt: in state `intent`, `unknown` or `ordered`, as stored.
            recipe: how to create and find it.
            is_new: whether nothing can have been sent for it yet.

        Raises:
            GatewayError: the attempt's state is stored: `unknown` where it may exist,
            `cancelled` and not sent where it certainly does not, `rejected` where refused.
            LostCreationError: an earlier try may have created it and cannot be found.
        """
        may_exist = not is_new
        for tries_left in range(MOST_TRIES - 1, -1, -1):
            found = self._find(attempt.uid, recipe) if may_exist else None
            if found is not None:
                return found
            if may_exist and not recipe.is_repeatable():
                raise LostCreationError
            may_exist = False
            try:
                return recipe.create()
            except errors.OutcomeUnknownError:
                may_exist = True
                unknown = replace(attempt, state=AttemptState.UNKNOWN)
                attempt = self._attempts.save(unknown, attempt, "answer lost")
                if not tries_left:
                    raise
            except errors.GatewayError as error:
                if not (isinstance(error, errors.RateLimitedError) and tries_left):
                    self._failed(attempt, error, may_exist=may_exist)
                    raise
                self._clock.sleep(_FIRST_PAUSE_S * 3)
        raise errors.OutcomeUnknownError("never reached")

    def _find(self, uid: str, recipe: Recipe[Made]) -> Made | None:
        """Look up a lost creation, and once more when it can no longer be on its way."""
        found = self._fitting(recipe)
        if found is not None:
            return found
        since = self._attempts.idle_s(uid)
        if since > READ_DEADLINE_S:
            return None
        self._clock.sleep(READ_DEADLINE_S - max(0.0, since))
        return self._fitting(recipe)

    def _fitting(self, recipe: Recipe[Made]) -> Made | None:
        for _again in range(2):
            try:
                found = self.patiently(recipe.find)
            except errors.RejectedError as refusal:
                raise errors.UnavailableError("the gateway rejected the look-up") from refusal
            if found is None or recipe.fits(found):
                return found
        raise errors.OutcomeUnknownError("the entity at the gateway differs from the one requested")

    def patiently(self, read: Callable[[], Made]) -> Made:
        """Run a read, again after a pause when it failed; the last failure passes through."""
        pause = _FIRST_PAUSE_S
        for _try in range(_READ_TRIES - 1):
            try:
                return read()
            except (errors.UnavailableError, errors.RateLimitedError):
                self._clock.sleep(pause)
                pause *= 2
        return read()

    def _failed(self, attempt: Attempt, error: errors.GatewayError, *, may_exist: bool) -> None:
        """Store what a certain failure means, unless an earlier try may have got through."""
        if may_exist:
            return
        if not isinstance(error, errors.RejectedError):
            if attempt.order_id is None:
                ended = replace(attempt, state=AttemptState.CANCELLED, sent=False)
                self._attempts.save(ended, attempt, "nothing was sent")
        elif not (isinstance(error, errors.NotFoundError) or is_feature_switch(error)):
            after_order = attempt.state is AttemptState.ORDERED
            state = AttemptState.CANCELLED if after_order else AttemptState.REJECTED
            self._attempts.save(replace(attempt, state=state), attempt, error.reason or "refused")


def is_feature_switch(refusal: errors.RejectedError) -> bool:
    """Whether another way may be tried: a feature is off, or a field or reference is refused."""
    return (
        isinstance(refusal, errors.FeatureOffError)
        or refusal.reason in {"extra_field_sent", "order_already_paid"}
        or refusal.existing_id is not None
    )


class AttemptStore:
    """Attempts, for the code that makes them payable."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def load(self, uid: str) -> Attempt:
        """Return an attempt as stored."""
        return self._context.store.reader.attempts.get(uid)[0]

    def awaiting(
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
        """Store an attempt as payable from now on, and its channel as working.

        One that another window ended while its code was made is never shown: the code is stored
        with it, and so is the command that closes it.
        """
        made = replace(
            attempt,
            remote_id=remote_id,
            qr_text=qr_text,
            image_path=image_path,
            gateway_created_at=created_at,
            expires_at=datetime.fromtimestamp(expires_at, UTC),
            is_remote_open=is_remote_open,
        )
        with self._context.store.writing() as work:
            now = work.attempts.get(attempt.uid).state
            is_live = now in LIVE_STATES
            work.attempts.save(replace(made, state=AttemptState.AWAITING if is_live else now), now)
            if work.capability(attempt.key_id, attempt.method.value) is not True:
                work.put_capability(
                    attempt.key_id, attempt.method.value, self._context.now(), available=True
                )
            action = "attempt.shown" if is_live else "attempt.made_too_late"
            self._context.audit(work, action, attempt.uid, {"amount": attempt.amount.paise})
            work.commit()

    def save(self, changed: Attempt, before: Attempt, note: str = "") -> Attempt:
        """Store a change if the state is still that of `before`; return the change."""
        with self._context.store.writing() as work:
            work.attempts.save(changed, before.state, note)
            work.commit()
        return changed

    def idle_s(self, uid: str) -> float:
        """Return the seconds since an attempt was last written."""
        with self._context.store.reading() as books:
            touched_at = books.attempts.updated_at(uid)
        return (self._context.now() - touched_at).total_seconds()

    def renew(self, uid: str, note: str = "not found") -> Attempt:
        """Continue under a fresh reference; what may exist under the old one stays watched."""
        fresh_uid = self._context.ids.new()
        with self._context.store.writing() as work:
            now = work.attempts.get(uid)
            if not now.is_live:
                work.nothing_to_write()
                return now
            work.attempts.save(replace(now, state=AttemptState.CANCELLED), now.state, note)
            fresh = replace(
                now,
                uid=fresh_uid,
                state=AttemptState.INTENT,
                reference=reference_of(self._context, work, fresh_uid),
                key_id=self._context.gateway().key_id,
                created_at=self._context.now(),
                order_id=None,
                order_receipt=None,
                gateway_created_at=None,
            )
            work.attempts.add(fresh, "begun anew")
            bill = work.bills.of_attempt(uid) if fresh.dues else None
            if bill is not None:
                work.bills.add_tender(bill.uid, fresh, self._context.ids.new())
            self._context.audit(work, "attempt.renewed", fresh.uid, {"before": uid})
            work.commit()
        return fresh

    def give_up(self, uid: str, note: str) -> None:
        """Cancel a live attempt."""
        attempt = self.load(uid)
        if attempt.is_live:
            self.save(replace(attempt, state=AttemptState.CANCELLED), attempt, note)

    def remember(self, attempt: Attempt, *, available: bool) -> None:
        """Remember whether the account has the attempt's channel."""
        with self._context.store.writing() as work:
            work.put_capability(
                attempt.key_id, attempt.method.value, self._context.now(), available=available
            )
            work.commit()

    def payer(self, attempt: Attempt) -> Payer:
        """Return the payer for UPI calls: the guardian's phone, else the student's."""
        with self._context.store.reading() as work:
            due = work.enrollments.due(attempt.parts[0].due_uid)
            enrollment = work.enrollments.get(due.enrollment_uid)
            student = work.students.get(enrollment.student_uid)
            centre_email = work.setting("centre.email") or ""
        if student is None:
            return Payer("", centre_email or NOBODY)
        phone = student.guardian_phone or student.phone
        return Payer(f"+91{phone}" if phone else "", student.email or centre_email or NOBODY)

    def label(self, attempt: Attempt) -> str:
        """Return the description for the payer's app: the course, never a name."""
        _uid, _name, roll_no, label = self._context.store.reader.attempts.names_of(attempt.uid)
        plain = "".join(filter(_is_plain, f"Fee {label} {roll_no}"))
        return " ".join(plain.split())[:80]


def _is_plain(letter: str) -> bool:
    """Whether a description keeps a character. Vowels of Hindi are marks, not letters."""
    return letter.isalnum() or letter in " .-/" or category(letter).startswith("M")
