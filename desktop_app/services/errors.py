"""Errors of services, besides those of the domain.

`GatewayError` and its kinds are the errors of the port `PaymentGateway`; the adapter maps all
errors of the network and the SDK to exactly these. Their texts may reach a log, never a screen:
the texts for people are chosen in one table by class (`ui/core/error_notices.py`,
`cli/output.py`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.domain.errors import InvalidInputError, NoSeatError, rule_text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from desktop_app.domain.instruments import InstrumentState
    from desktop_app.domain.money import Money
    from desktop_app.services.views.maintenance import BackupReport
    from desktop_app.services.views.unapplied import MoneyDecision


class GatewayError(Exception):
    """The gateway did not do what was asked, or it is not known whether it did."""


class RejectedError(GatewayError):
    """The gateway understood and refused; nothing was done. Final.

    Attributes:
        reason: Razorpay's stable reason code, or None.
        field: the field it objects to, or None.
        existing_id: the id of the existing resource, where the refusal names one.
    """

    def __init__(
        self,
        description: str,
        *,
        reason: str | None = None,
        field: str | None = None,
        existing_id: str | None = None,
    ) -> None:
        super().__init__(description)
        self.description = description
        self.reason = reason
        self.field = field
        self.existing_id = existing_id


class FeatureOffError(RejectedError):
    """The account does not have the feature that was asked for."""


class NotFoundError(RejectedError):
    """The id does not exist for these keys: another account's, or the other mode's."""


class LookUpRefusedError(RejectedError):
    """The look-up of an earlier try was refused; the result of that try remains unknown."""


class UnauthorisedError(GatewayError):
    """The keys are wrong or were replaced; nothing was done."""


class NoKeysError(UnauthorisedError):
    """No keys are set up yet; nothing was sent."""


class RateLimitedError(GatewayError):
    """Too many requests; nothing was done."""


class UnavailableError(GatewayError):
    """Certainly nothing was done: the request never reached the gateway, or it only asked."""


class UnreadableError(UnavailableError):
    """The gateway answered a question, and the answer makes no sense."""


class StillOpenError(UnavailableError):
    """An earlier QR or link of the fee could not be closed or looked at: no second one was made."""


class PartlyPaidError(GatewayError):
    """A link of which a part is paid cannot be cancelled; it closes by itself at its end."""


class OutcomeUnknownError(GatewayError):
    """A write's answer was lost or made no sense: it may or may not have been done."""


class ServiceError(Exception):
    """The desk itself cannot do what was asked; nothing was done."""


class UnknownStudentError(ServiceError):
    """No student has this roll number, phone or id."""


class UnknownCourseError(ServiceError):
    """No course has this code or id."""


class UnknownEnrollmentError(ServiceError):
    """There is no such enrolment."""

    def __init__(self, uid: str) -> None:
        super().__init__(f"no enrolment has the id “{uid}”")


class UnknownPlanError(ServiceError):
    """No fee plan has this id."""


class UnknownPaymentError(ServiceError):
    """No payment has this id, or nothing is held under it."""


class AlreadyDecidedError(UnknownPaymentError):
    """Another window or command decided about this payment first; nothing was done twice.

    Attributes:
        decision: the decision that was written.
        about: the student and course whose fee it pays now; empty when it pays none.
    """

    def __init__(self, decision: MoneyDecision, about: str = "") -> None:
        super().__init__(f"decided already: {decision} {about}".rstrip())
        self.decision = decision
        self.about = about


class ChequeMovedError(ServiceError):
    """Another window or command recorded a step of a cheque first; nothing was written.

    Attributes:
        number: of the cheque.
        state: its state now.
    """

    def __init__(self, number: str, state: InstrumentState) -> None:
        super().__init__(f"cheque {number} is {state.value.replace('_', ' ')} by now")
        self.number = number
        self.state = state


class FeePaidError(ServiceError):
    """The fee that held money was to pay was paid by another payment in the meantime.

    Attributes:
        about: its student and course.
    """

    def __init__(self, about: str) -> None:
        super().__init__(f"the fee of {about} was paid by another payment")
        self.about = about


class UnknownDueError(ServiceError):
    """No due has this id."""


class UnknownPromiseError(ServiceError):
    """No open promise has this id."""


class DueClosedError(ServiceError):
    """A due is paid, or was cancelled: nothing of it can be collected.

    Attributes:
        about: its student and course.
    """

    def __init__(self, about: str, *, is_paid: bool) -> None:
        super().__init__(f"{about} is {'already paid' if is_paid else 'no longer due'}")
        self.about = about


class DueCoveredError(ServiceError):
    """A due is in another live attempt: it may be paid there at any moment.

    Attributes:
        about: the student and course of the due.
        other: the students and courses of the attempt that covers it.
        amount: what that attempt collects.
        bill: the number of the bill that the attempt is of; None for none.
    """

    def __init__(self, about: str, other: str, amount: Money, bill: int | None = None) -> None:
        what, first = "a pending payment", "Finish or cancel that payment first."
        if bill is not None:
            what, first = f"bill B-{bill}, with a payment", "End that bill first."
        super().__init__(f"{about} is in {what} of {amount} for {other}. {first}")
        self.bill = bill
        self.about = about
        self.other = other
        self.amount = amount


class ChequeCoversError(DueCoveredError):
    """A cheque that is not credited yet covers a due.

    Attributes:
        slip_no: the number of its acknowledgement.
    """

    def __init__(self, about: str, amount: Money, slip_no: str) -> None:
        super().__init__(about, about, amount)
        self.slip_no = slip_no
        how = f"`pravesh cheque return {slip_no}`"
        said = f"a cheque of {amount} covers {about}. Return it first ({how}), or wait for the bank"
        self.args = (said,)


class ReferenceUsedError(InvalidInputError):
    """A typed reference is that of another payment: one payment counts once.

    Attributes:
        day: the day in India on which the other payment came.
        student_name: whose it is.
        receipt_no: its receipt; empty without one.
    """

    def __init__(self, day: date, student_name: str, receipt_no: str) -> None:
        super().__init__(
            "reference",
            rule_text(
                "You already recorded this number on {day} for {name} (receipt {receipt}). "
                "You can't record a payment twice."
            ),
            day=day.strftime("%d %b %Y"),
            name=student_name,
            receipt=receipt_no or "-",
        )
        self.day = day
        self.student_name = student_name
        self.receipt_no = receipt_no


class FullLineError(NoSeatError):
    """Lines of a cart are for a course that has too few seats; nothing was written.

    Attributes:
        label: the course.
        lines: their places in the cart, from 0.
    """

    def __init__(self, label: str, lines: Sequence[int]) -> None:
        super().__init__(f"{label} doesn't have enough seats for this bill.")
        self.label = label
        self.lines = tuple(lines)


class UnknownBillError(ServiceError):
    """No bill has this id, or its draft was dropped."""


class BillEndedError(ServiceError):
    """The bill takes no more payments: it is paid, or was ended."""


class KnownAtGatewayError(ServiceError):
    """The gateway has the payment of a typed reference: it is no claim, and nothing was written.

    Attributes:
        answer: what is known of it, see `LookupAnswer`.
        receipt_no: its receipt; empty without one.
    """

    def __init__(self, answer: str, receipt_no: str) -> None:
        known = f"receipt {receipt_no}" if receipt_no else answer.replace("_", " ")
        super().__init__(f"Razorpay has this payment already ({known}). See `pravesh find`.")
        self.answer = answer
        self.receipt_no = receipt_no


class AmbiguousStudentError(ServiceError):
    """Several students share this phone; the roll number identifies one."""


class DuplicateError(ServiceError):
    """A roll number or course code is taken already."""


class PriceChangedError(ServiceError):
    """The fee is no longer the one that was quoted."""

    def __init__(self, quoted: Money, now: Money) -> None:
        super().__init__(f"quoted {quoted}, now {now}")
        self.quoted = quoted
        self.now = now


class PlanChangedError(ServiceError):
    """The instalments that follow are no longer those that were quoted."""


class OverLimitError(ServiceError):
    """The amount is over what UPI takes in one payment."""

    def __init__(self, amount: Money, limit: Money) -> None:
        super().__init__(f"{amount} is over the UPI limit of {limit}")
        self.amount = amount
        self.limit = limit


class NothingToCollectError(ServiceError):
    """The amount is zero: there is nothing to send to the gateway."""


class AmountTooSmallError(ServiceError):
    """The way of paying takes no amount so small: UPI none under one rupee.

    Attributes:
        smallest: the least that it takes.
    """

    def __init__(self, smallest: Money) -> None:
        super().__init__(f"this way of paying needs at least {smallest}")
        self.smallest = smallest


class OpenAttemptError(ServiceError):
    """A QR of this fee is still open; it must be cancelled before the method changes to cash.

    Attributes:
        attempt_uid: the attempt to cancel.
    """

    def __init__(self, attempt_uid: str) -> None:
        super().__init__("a QR for this fee is still open, so cancel it first")
        self.attempt_uid = attempt_uid


class CaptureUnderWayError(ServiceError):
    """A payment of this fee is being captured; it must be known how that ends first."""


class MissingPhoneError(ServiceError):
    """UPI by intent needs a phone number, and neither student nor guardian has one."""


class BookUndecidedError(ServiceError):
    """The book was moved or copied and nobody has said which; nothing is recorded or sent."""


class StorageError(ServiceError):
    """The data folder or the database does not work; what was confirmed before is safe."""


class DatabaseNewerError(StorageError):
    """The database was written by a newer version of the program."""


class DatabaseCorruptError(StorageError):
    """The database file is damaged.

    Attributes:
        backup: the newest good backup, where one was looked for and found.
    """

    backup: BackupReport | None = None


class TamperedError(StorageError):
    """The books were changed by something else than the desk."""


class DatabaseLockedError(StorageError):
    """Another program holds the database; nothing was changed."""


class DiskFullError(StorageError):
    """The disk is full; nothing was changed."""


class ImportCutOffError(StorageError):
    """An import was cut off between two chunks; importing the same file again writes the rest."""


class ReadOnlyFolderError(StorageError):
    """The data folder cannot be written to; nothing was changed."""


class NoKeyringError(ServiceError):
    """The system has no place to keep secrets; keys can be given by the environment instead."""
