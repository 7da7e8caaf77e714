"""What the desk says when something happened: the words for every error, in one table by class.

Each entry says what happened, whether money moved, and what to do next. Error texts themselves
never reach the screen, except those of `InvalidInputError`, which are written for people; the
folded detail for support is redacted by `diagnostics.py`. The area that shows notices is
`widgets/notice_area.py`; there are no modal boxes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from desktop_app.domain import errors as rules
from desktop_app.services import errors
from desktop_app.ui.core import diagnostics
from desktop_app.ui.core.i18n import T, tr
from desktop_app.ui.core.notice import Notice, Tone

if TYPE_CHECKING:
    from collections.abc import Mapping

NOTHING_MOVED = T("No money has moved.")
_OURS = {"label", "unit"}
"""Values of an error that name a field or a unit in our own words, and are translated too."""


@dataclass(frozen=True, slots=True)
class Words:
    """How one kind of error is put to the clerk."""

    what: T
    money: T
    todo: T
    tone: Tone = Tone.WRONG


TABLE: Mapping[type[Exception], Words] = {
    # the gateway
    errors.GatewayError: Words(
        T("Razorpay did not do what was asked."),
        T("No new payment was confirmed."),
        T("Ask again with F5."),
    ),
    errors.RejectedError: Words(
        T("Razorpay refused the request."),
        NOTHING_MOVED,
        T("Check the amount and the student's phone and e-mail, or choose another method."),
    ),
    errors.FeatureOffError: Words(
        T("This Razorpay account does not have that way of paying."),
        NOTHING_MOVED,
        T("Choose another method, or ask Razorpay to switch it on."),
    ),
    errors.NotFoundError: Words(
        T("Razorpay does not know this payment under the present keys."),
        T("No new payment was confirmed."),
        T("Check in Settings that the keys are those it was made with."),
    ),
    errors.LookUpRefusedError: Words(
        T("Razorpay does not say what became of an earlier try."),
        T("It may have been done or not; it is not done a second time."),
        T("The desk goes on asking. Look at the refund on Razorpay's dashboard if it is urgent."),
        Tone.ATTENTION,
    ),
    errors.UnauthorisedError: Words(
        T("Razorpay does not accept the keys."),
        NOTHING_MOVED,
        T("Enter the key id and secret again in Settings; cash works meanwhile."),
    ),
    errors.NoKeysError: Words(
        T("No Razorpay keys are set up yet."),
        NOTHING_MOVED,
        T("Enter them in Settings; cash works without."),
    ),
    errors.RateLimitedError: Words(
        T("Razorpay asks us to slow down."),
        T("Nothing was created; open payments are still watched."),
        T("Wait a few seconds and try again."),
        Tone.ATTENTION,
    ),
    errors.UnavailableError: Words(
        T("Razorpay cannot be reached."),
        T("Nothing was created."),
        T("Try again, take cash, or keep the fee to collect later."),
        Tone.ATTENTION,
    ),
    errors.StillOpenError: Words(
        T("The earlier QR of this fee could not be closed yet."),
        T("It may still be paid, so no second one was made."),
        T("Try again when the line is back; if the parent has paid, it shows here."),
        Tone.ATTENTION,
    ),
    errors.OutcomeUnknownError: Words(
        T("The answer from Razorpay was lost."),
        T("It is not known yet whether anything was created; it is being looked up."),
        T("Press F9 to go on with the same payment: it is never made twice."),
        Tone.ATTENTION,
    ),
    # the desk
    errors.ServiceError: Words(
        T("The desk could not do that."), NOTHING_MOVED, T("Try again; if it stays, run a check.")
    ),
    errors.UnknownStudentError: Words(
        T("This student is not on the roll any more."), NOTHING_MOVED, T("Search again with F2.")
    ),
    errors.UnknownPaymentError: Words(
        T("The desk does not know this payment."),
        NOTHING_MOVED,
        T("Search it again under Payments."),
    ),
    errors.UnknownCourseError: Words(
        T("This course is no longer on offer."), NOTHING_MOVED, T("Pick another course with F3.")
    ),
    errors.AmbiguousStudentError: Words(
        T("Several students share this phone number."), NOTHING_MOVED, T("Use the roll number.")
    ),
    errors.DuplicateError: Words(
        T("This number or code is taken already."), NOTHING_MOVED, T("Choose another one.")
    ),
    errors.PriceChangedError: Words(
        T("The fee has changed since it was quoted."),
        NOTHING_MOVED,
        T("Tell the parent the new total and press F9 again."),
        Tone.ATTENTION,
    ),
    errors.OverLimitError: Words(
        T("The amount is over what UPI takes in one payment."),
        NOTHING_MOVED,
        T("Choose Payment link or Cash."),
        Tone.ATTENTION,
    ),
    errors.NothingToCollectError: Words(
        T("There is nothing to pay for this course."),
        NOTHING_MOVED,
        T("Choose Cash to enrol without a payment, or check the course's fee."),
        Tone.ATTENTION,
    ),
    errors.AmountTooSmallError: Words(
        T("Razorpay takes nothing under ₹1.00."), NOTHING_MOVED, T("Take it in cash.")
    ),
    errors.OpenAttemptError: Words(
        T("A QR for this fee is still open."),
        T("It may still be paid."),
        T("Cancel it first, then take cash."),
        Tone.ATTENTION,
    ),
    errors.MissingPhoneError: Words(
        T("UPI needs a phone number, and neither the student nor the guardian has one."),
        NOTHING_MOVED,
        T("Add a phone number under Students, or choose another way of paying."),
        Tone.ATTENTION,
    ),
    errors.StorageError: Words(
        T("The desk's database does not work."),
        T("What was confirmed before is safe. Open payments are found again at the next start."),
        T("Close the desk and start it again; if it stays, call support."),
    ),
    errors.DatabaseNewerError: Words(
        T("The database was written by a newer Pravesh."),
        T("Nothing was changed. What was confirmed before is safe."),
        T("Install the newest version on this PC."),
    ),
    errors.DatabaseCorruptError: Words(
        T("The database file is damaged."),
        T(
            "Nothing was changed, and no money moves by this. What was taken since the newest "
            "backup may be missing from it, cash too."
        ),
        T(
            "Keep the file. Restore the newest backup with “pravesh restore”, then compare with "
            "Razorpay's dashboard and the printed receipts."
        ),
    ),
    errors.TamperedError: Words(
        T("The books were changed by something else than this desk."),
        T("What Razorpay confirmed is still known there; a copy of the books was kept."),
        T("Tell the owner; “pravesh doctor” says which rows."),
    ),
    errors.DatabaseLockedError: Words(
        T("Another program holds the database."),
        T("Nothing was changed."),
        T("Close other programs that use the data folder (backup, file sync) and try again."),
        Tone.ATTENTION,
    ),
    errors.DiskFullError: Words(
        T("The disk is full."),
        T("Nothing was changed. What was confirmed before is safe."),
        T("Free some space on the disk and try again."),
    ),
    errors.ImportCutOffError: Words(
        T("The import was cut off."),
        T("The rows before that are kept. No money moved."),
        T("Check the disk and the data folder, then import the same file again."),
    ),
    errors.ReadOnlyFolderError: Words(
        T("The data folder cannot be written to."),
        T("Nothing was changed."),
        T("Ask for write permission on the folder, or start with another --data-dir."),
    ),
    errors.NoKeyringError: Words(
        T("This system has no safe place for keys."),
        NOTHING_MOVED,
        T("Give RAZORPAY_KEY_ID and RAZORPAY_KEY_SECRET in the environment."),
    ),
    # the installation
    ImportError: Words(
        T("A part of the program cannot be loaded: {part}."),
        T("What was confirmed before is safe."),
        T("Install what is missing, then start the desk again."),
    ),
    # the rules
    rules.DomainError: Words(
        T("The rules of the desk do not allow that."), NOTHING_MOVED, T("Check what was entered.")
    ),
    rules.InvalidInputError: Words(
        T("Something that was entered cannot be right."),
        NOTHING_MOVED,
        T("Correct it and try again."),
    ),
    rules.InvalidMoneyError: Words(
        T("This is not an amount."), NOTHING_MOVED, T("Type it like 12,500 or 12500.50.")
    ),
    rules.IllegalTransitionError: Words(
        T("This payment has moved on meanwhile."),
        T("What is shown now is what Razorpay confirmed."),
        T("Look at its state, then go on."),
        Tone.ATTENTION,
    ),
    rules.NoSeatError: Words(
        T("The course is full."), NOTHING_MOVED, T("Pick another batch with F3."), Tone.ATTENTION
    ),
    rules.AlreadyEnrolledError: Words(
        T("The student is enrolled in this course already."),
        T("Nothing more is to be paid."),
        T("See the receipt under Payments."),
        Tone.ATTENTION,
    ),
    rules.ReceiptSeriesFullError: Words(
        T("The receipt series of this year is full."),
        NOTHING_MOVED,
        T("Shorten the desk's id in Settings to start a new series."),
    ),
}

_UNFORESEEN = Words(
    T("Something went wrong in the program."),
    T("What was confirmed before is safe; open payments are still watched."),
    T("Go on; if it comes again, close the desk and start it again."),
)


def describe(error: BaseException) -> Notice:
    """Return the notice of an error, chosen by its class or its nearest ancestor in the table.

    The texts are in the current language; a notice on screen is made again after a switch.
    """
    return replace(_describe(error), again=partial(_describe, error))


def _describe(error: BaseException) -> Notice:
    words = next((TABLE[kind] for kind in type(error).__mro__ if kind in TABLE), _UNFORESEEN)
    return Notice(
        what=_what(words, error),
        money=tr(words.money),
        todo=tr(words.todo),
        tone=words.tone,
        key=type(error).__name__,
        detail=_detail(error),
    )


def typed_wrongly(error: rules.InvalidInputError) -> str:
    """Say what is wrong with what was typed, in the language of now."""
    values = {
        name: T(value) if name in _OURS and isinstance(value, str) else value
        for name, value in error.values.items()
    }
    return tr(error.template, **values)


def _what(words: Words, error: BaseException) -> str:
    if isinstance(error, rules.InvalidInputError):
        return typed_wrongly(error)
    if isinstance(error, errors.PriceChangedError):
        return tr(
            T("The fee has changed from {quoted} to {now}."), quoted=error.quoted, now=error.now
        )
    if isinstance(error, errors.OverLimitError):
        return tr(
            T("{amount} is over the UPI limit of {limit} for one payment."),
            amount=error.amount,
            limit=error.limit,
        )
    if isinstance(error, ImportError):
        return tr(words.what, part=diagnostics.redact(str(error)).rstrip("."))
    return tr(words.what)


def _detail(error: BaseException) -> str:
    """What support may want to know; nothing where the words say all there is."""
    if isinstance(error, errors.StorageError | errors.GatewayError):
        return diagnostics.named(error)
    is_known = isinstance(error, errors.ServiceError | rules.DomainError)
    return "" if is_known else diagnostics.named(error)
