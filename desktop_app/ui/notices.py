"""What the desk says when something happened: the words for every error, in one table by class.

Each entry says what happened, whether money moved, and what to do next. Error texts themselves
never reach the screen, except those of `InvalidInputError`, which are written for people. The
area that shows notices is `widgets/notice_area.py`; there are no modal boxes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from desktop_app.domain import errors as rules
from desktop_app.services import errors
from desktop_app.ui.widgets.notice_area import Notice, NoticeArea, Tone

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["NOTHING_MOVED", "TABLE", "Notice", "NoticeArea", "Tone", "Words", "describe"]

NOTHING_MOVED = "No money has moved."
_SAFE = "What was confirmed before is safe."


@dataclass(frozen=True, slots=True)
class Words:
    """How one kind of error is put to the clerk."""

    what: str
    money: str
    todo: str
    tone: Tone = Tone.WRONG


TABLE: Mapping[type[Exception], Words] = {
    # the gateway
    errors.GatewayError: Words(
        "Razorpay did not do what was asked.",
        "No new payment was confirmed.",
        "Ask again with F5.",
    ),
    errors.RejectedError: Words(
        "Razorpay refused the request.",
        NOTHING_MOVED,
        "Check the amount and the student's phone and e-mail, or choose another method.",
    ),
    errors.FeatureOffError: Words(
        "This Razorpay account does not have that way of paying.",
        NOTHING_MOVED,
        "Choose another method, or ask Razorpay to switch it on.",
    ),
    errors.NotFoundError: Words(
        "Razorpay does not know this payment under the present keys.",
        "No new payment was confirmed.",
        "Check in Settings that the keys are those it was made with.",
    ),
    errors.UnauthorisedError: Words(
        "Razorpay does not accept the keys.",
        NOTHING_MOVED,
        "Enter the key id and secret again in Settings; cash works meanwhile.",
    ),
    errors.NoKeysError: Words(
        "No Razorpay keys are set up yet.",
        NOTHING_MOVED,
        "Enter them in Settings; cash works without.",
    ),
    errors.RateLimitedError: Words(
        "Razorpay asks us to slow down.",
        "Nothing was created; open payments are still watched.",
        "Wait a few seconds and try again.",
        Tone.ATTENTION,
    ),
    errors.UnavailableError: Words(
        "Razorpay cannot be reached.",
        "Nothing was created.",
        "Try again, take cash, or keep the fee to collect later.",
        Tone.ATTENTION,
    ),
    errors.OutcomeUnknownError: Words(
        "The answer from Razorpay was lost.",
        "It is not known yet whether anything was created; it is being looked up.",
        "Press F9 to go on with the same payment: it is never made twice.",
        Tone.ATTENTION,
    ),
    # the desk
    errors.ServiceError: Words(
        "The desk could not do that.", NOTHING_MOVED, "Try again; if it stays, run a check."
    ),
    errors.UnknownStudentError: Words(
        "This student is not on the roll any more.", NOTHING_MOVED, "Search again with F2."
    ),
    errors.UnknownPaymentError: Words(
        "The desk does not know this payment.", NOTHING_MOVED, "Search it again under Payments."
    ),
    errors.UnknownCourseError: Words(
        "This course is no longer on offer.", NOTHING_MOVED, "Pick another course with F3."
    ),
    errors.AmbiguousStudentError: Words(
        "Several students share this phone number.", NOTHING_MOVED, "Use the roll number."
    ),
    errors.DuplicateError: Words(
        "This number or code is taken already.", NOTHING_MOVED, "Choose another one."
    ),
    errors.PriceChangedError: Words(
        "The fee has changed since it was quoted.",
        NOTHING_MOVED,
        "Tell the parent the new total and press F9 again.",
        Tone.ATTENTION,
    ),
    errors.OverLimitError: Words(
        "The amount is over what UPI takes in one payment.",
        NOTHING_MOVED,
        "Choose Payment link or Cash.",
        Tone.ATTENTION,
    ),
    errors.NothingToCollectError: Words(
        "There is nothing to pay for this course.",
        NOTHING_MOVED,
        "Choose Cash to enrol without a payment, or check the course's fee.",
        Tone.ATTENTION,
    ),
    errors.AmountTooSmallError: Words(
        "Razorpay takes nothing under ₹1.00.", NOTHING_MOVED, "Take it in cash."
    ),
    errors.OpenAttemptError: Words(
        "A QR for this fee is still open.",
        "It may still be paid.",
        "Cancel it first, then take cash.",
        Tone.ATTENTION,
    ),
    errors.MissingPhoneError: Words(
        "UPI needs a phone number, and neither the student nor the guardian has one.",
        NOTHING_MOVED,
        "Add a phone number under Students, or choose another way of paying.",
        Tone.ATTENTION,
    ),
    errors.StorageError: Words(
        "The desk's database does not work.",
        f"{_SAFE} Open payments are found again at the next start.",
        "Close the desk and start it again; if it stays, call support.",
    ),
    errors.DatabaseNewerError: Words(
        "The database was written by a newer Pravesh.",
        f"Nothing was changed. {_SAFE}",
        "Install the newest version on this PC.",
    ),
    errors.DatabaseCorruptError: Words(
        "The database file is damaged.",
        "Nothing was changed, and no money moves by this. What was taken since the newest backup "
        "may be missing from it, cash too.",
        "Keep the file. Restore the newest backup with “pravesh restore”, then compare with "
        "Razorpay's dashboard and the printed receipts.",
    ),
    errors.DatabaseLockedError: Words(
        "Another program holds the database.",
        "Nothing was changed.",
        "Close other programs that use the data folder (backup, file sync) and try again.",
        Tone.ATTENTION,
    ),
    errors.DiskFullError: Words(
        "The disk is full.",
        f"Nothing was changed. {_SAFE}",
        "Free some space on the disk and try again.",
    ),
    errors.ReadOnlyFolderError: Words(
        "The data folder cannot be written to.",
        "Nothing was changed.",
        "Ask for write permission on the folder, or start with another --data-dir.",
    ),
    errors.NoKeyringError: Words(
        "This system has no safe place for keys.",
        NOTHING_MOVED,
        "Give RAZORPAY_KEY_ID and RAZORPAY_KEY_SECRET in the environment.",
    ),
    # the rules
    rules.DomainError: Words(
        "The rules of the desk do not allow that.", NOTHING_MOVED, "Check what was entered."
    ),
    rules.InvalidInputError: Words(
        "Something that was entered cannot be right.", NOTHING_MOVED, "Correct it and try again."
    ),
    rules.InvalidMoneyError: Words(
        "This is not an amount.", NOTHING_MOVED, "Type it like 12,500 or 12500.50."
    ),
    rules.IllegalTransitionError: Words(
        "This payment has moved on meanwhile.",
        "What is shown now is what Razorpay confirmed.",
        "Look at its state, then go on.",
        Tone.ATTENTION,
    ),
    rules.NoSeatError: Words(
        "The course is full.", NOTHING_MOVED, "Pick another batch with F3.", Tone.ATTENTION
    ),
    rules.AlreadyEnrolledError: Words(
        "The student is enrolled in this course already.",
        "Nothing more is to be paid.",
        "See the receipt under Payments.",
        Tone.ATTENTION,
    ),
    rules.ReceiptSeriesFullError: Words(
        "The receipt series of this year is full.",
        NOTHING_MOVED,
        "Shorten the desk's id in Settings to start a new series.",
    ),
}

_UNFORESEEN = Words(
    "Something went wrong in the program.",
    "What was confirmed before is safe; open payments are still watched.",
    "Go on; if it comes again, close the desk and start it again.",
)


def describe(error: BaseException) -> Notice:
    """Choose the words for an error by its class, or its nearest ancestor in the table."""
    words = next((TABLE[kind] for kind in type(error).__mro__ if kind in TABLE), _UNFORESEEN)
    what = error.message if isinstance(error, rules.InvalidInputError) else words.what
    return Notice(
        what=_with_amounts(what, error),
        money=words.money,
        todo=words.todo,
        tone=words.tone,
        key=type(error).__name__,
    )


def _with_amounts(what: str, error: BaseException) -> str:
    if isinstance(error, errors.PriceChangedError):
        return f"The fee has changed from {error.quoted} to {error.now}."
    if isinstance(error, errors.OverLimitError):
        return f"{error.amount} is over the UPI limit of {error.limit} for one payment."
    return what
