"""Money that a person only claims: matched with the bank by hand, corrected, or taken back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.receipt import day_in_india
from desktop_app.domain.tender import Verification
from desktop_app.domain.tenders.registry import tender_of
from desktop_app.domain.text import require_line, require_reason
from desktop_app.domain.typed_references import parse_reference
from desktop_app.domain.working_days import working_days_since
from desktop_app.services.errors import ReferenceUsedError, UnknownPaymentError
from desktop_app.services.ports.tender_records import VerificationChange
from desktop_app.services.posting.reversals import bank_shows, reverse_payment

if TYPE_CHECKING:
    from datetime import date

    from desktop_app.services.context import Context
    from desktop_app.services.ports.records import PaymentRecord
    from desktop_app.services.ports.storage import Repositories
    from desktop_app.services.views.tenders import ClaimedPayment


class ClaimService:
    """Claimed payments. All local: no key books money as paid from a picture."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def claimed(self) -> tuple[ClaimedPayment, ...]:
        """Return payments that the bank has not shown yet; those to look at first come first."""
        today = day_in_india(self._context.now())
        most = int(self._context.settings().texts["claimed.days"])
        found = []
        for each in self._context.store.reader.tenders.claimed():
            days = working_days_since(day_in_india(each.recorded_at), today)
            found.append(replace(each, days=days, is_late=days > most))
        return tuple(sorted(found, key=lambda each: not (each.twin or each.is_late)))

    def match(self, payment_uid: str, on: date, where: str) -> None:
        """Note that a person found a payment in the bank account.

        Args:
            payment_uid: its uid.
            on: the bank's day.
            where: the line or statement in which it is.

        Raises:
            UnknownPaymentError, InvalidInputError: nothing was written.
        """
        note = require_line("where", "Statement entry", where)
        if on > day_in_india(self._context.now()):
            raise InvalidInputError(
                "on", "This date is in the future. Enter today or an earlier date."
            )
        with self._context.store.writing() as work:
            payment = _claimed(work, payment_uid)
            bank_shows(self._context, work, payment, Verification.MATCHED, on, note)
            work.commit()

    def reverse(self, payment_uid: str, reason: str) -> None:
        """Reverse a claimed payment that never came: its dues are open again.

        Raises:
            UnknownPaymentError, InvalidInputError: nothing was written.
        """
        why = require_reason(reason)
        with self._context.store.writing() as work:
            payment = _claimed(work, payment_uid)
            reverse_payment(self._context, work, payment, Verification.REVERSED, why)
            work.commit()

    def correct(self, payment_uid: str, typed: str, *, is_confirmed: bool = False) -> None:
        """Correct a slip in a typed reference while it is claimed; the old one stays taken.

        Raises:
            UnknownPaymentError, InvalidInputError: nothing was written.
            ReferenceUsedError: another payment has the corrected one.
        """
        with self._context.store.writing() as work:
            payment = _claimed(work, payment_uid)
            evidence = work.tenders.evidence(payment.uid)
            shape = tender_of(payment.method).shape
            if work.tenders.verification(payment.uid) is not Verification.CLAIMED:
                raise InvalidInputError(
                    "payment",
                    "This payment is already verified or removed, so you can't correct its number.",
                )
            if evidence is None or shape is None:
                raise InvalidInputError("payment", "This payment has no reference number.")
            reference = parse_reference(
                shape, typed, terminal=evidence.terminal, is_confirmed=is_confirmed
            )
            used = work.tenders.used(reference)
            if used is not None:
                day = day_in_india(used.received_at)
                raise ReferenceUsedError(day, used.student_name, used.receipt_no)
            work.tenders.change(
                VerificationChange(
                    uid=self._context.ids.new(),
                    payment_uid=payment.uid,
                    verification=Verification.CLAIMED,
                    created_at=self._context.now(),
                    reference=reference.text,
                    reason="corrected",
                )
            )
            detail = {"before": evidence.reference, "after": reference.text}
            self._context.audit(work, "payment.reference_corrected", payment.uid, detail)
            work.commit()


def _claimed(work: Repositories, payment_uid: str) -> PaymentRecord:
    payment = work.payments.find(payment_uid)
    if payment is None or payment.verification is not Verification.CLAIMED:
        raise UnknownPaymentError("we found no claimed payment with this id")
    return payment
