"""After a restore or a loss: finds payments of fees that were begun after the database's last row.

The restored database does not know them, but Razorpay does. Every captured payment since the
backup is traced to its order, link or QR code; where that has our reference it is posted: to its
fee where our notes identify it, else into the inbox as money of an unknown fee. Nothing is created
at the gateway, and cash cannot be found this way.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from desktop_app.domain.due_notes import dues_from_notes
from desktop_app.domain.errors import DomainError
from desktop_app.domain.money import Money, total
from desktop_app.domain.payment import (
    INR,
    Attempt,
    AttemptDue,
    AttemptState,
    is_elsewhere,
    mask_vpa,
)
from desktop_app.domain.reference import (
    attempt_in_notes,
    book_tag,
    is_of_book,
    is_untagged,
    make_reference,
)
from desktop_app.services import errors
from desktop_app.services.enrolment.quoting import enrol, standing
from desktop_app.services.identity.book import BOOK_ID
from desktop_app.services.isolation import note_stuck, passing_over
from desktop_app.services.ports.records import UnmatchedRecord
from desktop_app.services.posting.payments import own_share, post_payment
from desktop_app.services.posting.refund_reading import NO_REFUNDS, read_refunds
from desktop_app.services.recovery.rollback_detection import SINCE, UNTIL, detect_rollback

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from desktop_app.domain.payment import Method, PaymentFact
    from desktop_app.services.context import Context
    from desktop_app.services.enrolment.quoting import EnrolmentStanding
    from desktop_app.services.payments.channels.base import GatewayChannel, Origin
    from desktop_app.services.ports.storage import Repositories, UnitOfWork

PAGE = 100
MOST_PAGES = 500
MOST_UNREADABLE = 20
MARGIN_S = 90_000
"""A PC's clock, by which the newest row was written, may be wrong by a day."""


class RestoreRecovery:
    """Goes through the account's payments since the backup, for six days after a restore."""

    def __init__(self, context: Context, channels: Mapping[Method, GatewayChannel]) -> None:
        self._context = context
        self._channels = channels
        self._foreign: set[str] = set()

    def run(self) -> tuple[tuple[str, ...], int]:
        """Make one pass.

        Returns:
            The attempts that money was booked for, and how many pages or payments were not seen.
        """
        context = self._context
        training = context.is_training
        detect_rollback(context.store, context.now(), training=training, is_thorough=False)
        since = self._since()
        if since is None:
            return (), 0
        booked: list[str] = []
        unseen = 0
        until = int(self._context.now().timestamp()) + MARGIN_S
        for page in range(MOST_PAGES):
            try:
                shown = self._context.gateway().payments_between(since, until, skip=page * PAGE)
                unseen += self._take_all(shown, booked)
            except errors.UnreadableError:
                unseen += 1  # the next page may make sense
                if unseen > MOST_UNREADABLE:
                    return tuple(booked), unseen
                continue
            except errors.GatewayError:
                return tuple(booked), unseen + 1
            if len(shown) < PAGE:
                return tuple(booked), unseen
        return tuple(booked), unseen + 1

    def _take_all(self, shown: Sequence[PaymentFact | None], booked: list[str]) -> int:
        """Post the new payments of a page; return how many could not be traced or posted now."""
        stuck: dict[str, str] = {}
        facts = [each for each in shown if each is not None and self._is_new(each)]
        for fact in facts:
            with passing_over(stuck, fact.payment_id):
                try:
                    uid = self._take(fact)
                except (errors.RejectedError, errors.UnreadableError) as error:
                    stuck[fact.payment_id] = type(error).__name__
                else:
                    booked += [] if uid is None else [uid]
        seen = {
            each.payment_id for each in shown if each is not None
        }  # also those posted elsewhere
        note_stuck(self._context, stuck, seen - stuck.keys())
        return len(stuck) + shown.count(None)

    def _since(self) -> int | None:
        stored = self._context.store.reader.settings.all()
        until = stored.get(UNTIL)
        if until is None or self._context.now() > datetime.fromisoformat(until):
            return None
        return int(datetime.fromisoformat(stored[SINCE]).timestamp()) - MARGIN_S

    def _is_new(self, fact: PaymentFact) -> bool:
        if not fact.captured or fact.payment_id in self._foreign:
            return False
        return not self._context.store.reader.payments.is_known(fact.payment_id)

    def _take(self, fact: PaymentFact) -> str | None:
        """Post one payment; return the uid of its attempt where its fee is known."""
        origin = self._origin(fact)
        if origin is None:
            self._foreign.add(fact.payment_id)
            return None
        with self._context.store.reading() as books:
            if _is_known(books, origin):
                return None
        if (fact.amount_paise, fact.currency) != (origin.amount_paise, INR):
            self._require_same(fact)
        has_returned = fact.amount_refunded_paise > 0
        refunds = read_refunds(self._context, fact) if has_returned else NO_REFUNDS
        with self._context.store.writing() as work:
            if _is_known(work, origin):
                work.nothing_to_write()
                return None
            attempt = self._rebuilt(work, origin)
            if attempt is not None and not is_elsewhere(attempt, fact):
                own = own_share(self._context, attempt, fact)
                post_payment(self._context, work, attempt, own, refunds)
            elif not self._keep(work, origin, fact) and attempt is None:
                work.nothing_to_write()
                return None
            work.commit()
        return None if attempt is None else attempt.uid

    def _require_same(self, fact: PaymentFact) -> None:
        """Check another amount or currency: a list alone is not believed. Raises GatewayError."""
        found = self._context.gateway().fetch_payment(fact.payment_id)
        told = (fact.payment_id, fact.order_id, fact.amount_paise, fact.currency)
        shown = (found.payment_id, found.order_id, found.amount_paise, found.currency)
        if not found.captured or shown != told:
            raise errors.UnreadableError("a list shows another payment than there is")

    # --- its origin

    def _origin(self, fact: PaymentFact) -> Origin | None:
        """Trace a payment; None where it was not made by this desk."""
        asked = set()
        for channel in self._channels.values():
            if type(channel).trace in asked:
                continue  # channels on our orders trace alike
            asked.add(type(channel).trace)
            origin = channel.trace(fact)
            found = None if origin is None else self._as_made(origin)
            if found is not None and self._is_ours(found):
                return found
        return None

    def _as_made(self, origin: Origin) -> Origin:
        """Return an origin with the reference that this book gave it, if that was edited since."""
        uid = attempt_in_notes(origin.reference, origin.notes)
        stored = self._context.store.reader.settings.all()
        book_id = stored.get(BOOK_ID, "")
        if uid is None or origin.notes.get("book") != book_tag(book_id):
            return origin
        with self._context.store.reading() as books:
            try:
                reference = books.attempts.get(uid).reference
            except KeyError:
                reference = make_reference(self._context.settings().desk_id, book_id, uid)
        return replace(origin, reference=reference)

    def _is_ours(self, origin: Origin) -> bool:
        """Return whether a reference is of this book: every desk may have the code D1.

        One without a tag is older than tags; its notes name a student, and ids occur in one book.
        """
        stored = self._context.store.reader.settings.all()
        if is_of_book(origin.reference, stored.get(BOOK_ID, "")):
            return True
        if not is_untagged(origin.reference, self._context.settings().desk_id):
            return False
        student_uid = origin.notes.get("student", "")
        return self._context.store.reader.students.detail(student_uid) is not None

    # --- the fee, made again from our notes

    def _rebuilt(self, work: UnitOfWork, origin: Origin) -> Attempt | None:
        """Rebuild the attempt, with its enrolment where that is missing; None if impossible."""
        uid = origin.notes.get("attempt")
        if not uid:
            return None
        dues = dues_from_notes(origin.notes) or self._only_due(work, origin)
        enrollments = _enrollments_of(work, dues)
        amount = total(each.amount for each in dues)
        if not enrollments or amount.paise != origin.amount_paise:
            return None
        is_only = len(dues) == 1
        attempt = Attempt(
            uid=uid,
            enrollment_uid=enrollments[0] if is_only else None,
            due_uid=dues[0].due_uid if is_only else None,
            dues=() if is_only else dues,
            method=origin.method,
            state=AttemptState.CANCELLED,
            amount=amount,
            reference=origin.reference,
            key_id=self._context.gateway().key_id,
            created_at=datetime.fromtimestamp(origin.created_at, UTC),
            order_id=origin.order_id,
            order_receipt=origin.reference if origin.order_id else None,
            remote_id=origin.remote_id,
            gateway_created_at=origin.created_at,
        )
        if attempt.order_id is not None:
            work.attempts.add_order(attempt, self._context.now())
        work.attempts.add(attempt, "found after a restore")
        self._context.audit(work, "attempt.recovered", attempt.uid, {"due": dues[0].due_uid})
        return attempt

    def _only_due(self, work: UnitOfWork, origin: Origin) -> tuple[AttemptDue, ...]:
        """Return the due of a course fee or a part of it; enrol where that is missing."""
        notes = origin.notes
        if not {"due", "enrollment", "student", "course"} <= notes.keys():
            return ()
        try:
            found = standing(work, notes["student"], notes["course"])
        except (errors.ServiceError, DomainError):
            return ()
        amount = Money(origin.amount_paise)
        if found.quote.total != amount:  # a part of it, if the book knows the due
            return (AttemptDue(notes["due"], amount),)
        return (AttemptDue(found.due_uid or self._enrolled(work, found, origin), amount),)

    def _enrolled(self, work: UnitOfWork, found: EnrolmentStanding, origin: Origin) -> str:
        uid, due_uid = origin.notes["enrollment"], origin.notes["due"]
        created_at = datetime.fromtimestamp(origin.created_at, UTC)
        enrol(work, found, uid=uid, due_uid=due_uid, at=created_at)
        self._context.audit(work, "enrollment.recovered", uid)
        return due_uid

    def _keep(self, work: UnitOfWork, origin: Origin, fact: PaymentFact) -> bool:
        """Keep money of an unknown fee, for staff to place; False where all went back."""
        digits = re.sub(r"\D", "", fact.contact or "")
        stray = UnmatchedRecord(
            uid=self._context.ids.new(),
            payment_id=fact.payment_id,
            order_id=fact.order_id,
            reference=origin.reference,
            key_id=self._context.gateway().key_id,
            rrn=fact.rrn,
            vpa_masked=mask_vpa(fact.vpa),
            phone_masked=f"••••••{digits[-4:]}" if digits else "",
            method=origin.method,
            amount=Money(fact.amount_paise - fact.amount_refunded_paise),
            currency=fact.currency,
            state="held",
            received_at=datetime.fromtimestamp(fact.created_at, UTC),
        )
        if not stray.amount:
            return False
        work.unmatched.add(stray)
        detail: dict[str, str | int | None] = {
            "payment_id": fact.payment_id,
            "amount": stray.amount.paise,
        }
        self._context.audit(work, "stray.noticed", stray.uid, detail)
        return True


def _enrollments_of(books: Repositories, dues: Sequence[AttemptDue]) -> list[str]:
    """Return the enrolment of each due; none where a due is not in this book."""
    try:
        return [books.enrollments.due(each.due_uid).enrollment_uid for each in dues]
    except KeyError:
        return []


def _is_known(books: Repositories, origin: Origin) -> bool:
    """Whether the database knows the attempt: then polling sees its money."""
    return books.attempts.find(origin.reference) is not None
