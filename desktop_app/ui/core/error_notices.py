"""The texts of every error, in one table by class.

Each entry says what happened, whether money moved, and what to do next. Error texts themselves
never reach the screen, except those of `InvalidInputError`, which are written for people; the
folded detail for support is redacted by `diagnostics.py`. The area that shows notices is
`widgets/notice_area.py`; there are no modal boxes.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from desktop_app.domain import errors as rules
from desktop_app.services import errors
from desktop_app.ui.core import diagnostics
from desktop_app.ui.core.i18n import N_, tr
from desktop_app.ui.core.notice import Notice, Tone

if TYPE_CHECKING:
    from collections.abc import Mapping

NOTHING_MOVED = N_("No money has moved.")
_OURS = {"label", "unit"}
"""Values of an error that name a field or a unit in our own words, and are translated too."""


class ErrorText(NamedTuple):
    """How one kind of error is put to the clerk."""

    what: N_
    todo: N_
    money: N_ = NOTHING_MOVED
    tone: Tone = Tone.WRONG


TABLE: Mapping[type[Exception], ErrorText] = {
    # the gateway
    errors.GatewayError: ErrorText(
        N_("Razorpay did not do what was asked."),
        N_("Ask again with F5."),
        money=N_("No new payment was confirmed."),
    ),
    errors.RejectedError: ErrorText(
        N_("Razorpay refused the request."),
        N_("Check the amount and the student's phone and e-mail, or choose another method."),
    ),
    errors.FeatureOffError: ErrorText(
        N_("This Razorpay account does not have that way of paying."),
        N_("Choose another method, or ask Razorpay to switch it on."),
    ),
    errors.NotFoundError: ErrorText(
        N_("Razorpay does not know this payment under the present keys."),
        N_("Check in Settings that the keys are those it was made with."),
        money=N_("No new payment was confirmed."),
    ),
    errors.LookUpRefusedError: ErrorText(
        N_("Razorpay does not say what became of an earlier try."),
        N_("The desk goes on asking. Look at the refund on Razorpay's dashboard if it is urgent."),
        money=N_("It may have been done or not; it is not done a second time."),
        tone=Tone.ATTENTION,
    ),
    errors.UnauthorisedError: ErrorText(
        N_("Razorpay does not accept the keys."),
        N_("Enter the key id and secret again in Settings; cash works meanwhile."),
    ),
    errors.NoKeysError: ErrorText(
        N_("No Razorpay keys are set up yet."), N_("Enter them in Settings; cash works without.")
    ),
    errors.RateLimitedError: ErrorText(
        N_("Razorpay asks us to slow down."),
        N_("Wait a few seconds and try again."),
        money=N_("Nothing was created; open payments are still watched."),
        tone=Tone.ATTENTION,
    ),
    errors.UnavailableError: ErrorText(
        N_("Razorpay cannot be reached."),
        N_("Try again, take cash, or keep the fee to collect later."),
        money=N_("Nothing was created."),
        tone=Tone.ATTENTION,
    ),
    errors.UnreadableError: ErrorText(
        N_("Razorpay's answer couldn't be read."),
        N_("Try again. If it stays, check everything in Settings."),
        money=N_("Nothing was created."),
        tone=Tone.ATTENTION,
    ),
    errors.StillOpenError: ErrorText(
        N_("The earlier QR of this fee could not be closed yet."),
        N_("Try again when the line is back; if the parent has paid, it shows here."),
        money=N_("It may still be paid, so no second one was made."),
        tone=Tone.ATTENTION,
    ),
    errors.PartlyPaidError: ErrorText(
        N_("The parent paid a part of this link, so Razorpay can't cancel it."),
        N_("It closes by itself when it expires. If the rest is paid, it shows here."),
        tone=Tone.ATTENTION,
    ),
    errors.OutcomeUnknownError: ErrorText(
        N_("The answer from Razorpay was lost."),
        N_("Press F9 to go on with the same payment: it is never made twice."),
        money=N_("It is not known yet whether anything was created; it is being looked up."),
        tone=Tone.ATTENTION,
    ),
    # the desk
    errors.ServiceError: ErrorText(
        N_("The desk could not do that."), N_("Try again; if it stays, run a check.")
    ),
    errors.UnknownStudentError: ErrorText(
        N_("This student is not on the roll any more."), N_("Search again with F2.")
    ),
    errors.UnknownPaymentError: ErrorText(
        N_("The desk does not know this payment."), N_("Search it again under Payments.")
    ),
    errors.AlreadyDecidedError: ErrorText(
        N_("Somebody decided about this payment first."),
        N_("Check it under Payments."),
        money=N_("Nothing was done a second time."),
        tone=Tone.ATTENTION,
    ),
    errors.FeePaidError: ErrorText(
        N_("Another payment already paid this fee."),
        N_("Put it against another fee of the family, or refund it."),
        money=N_("The money is still held."),
        tone=Tone.ATTENTION,
    ),
    errors.UnknownCourseError: ErrorText(
        N_("This course is no longer on offer."), N_("Pick another course with F3.")
    ),
    errors.UnknownDueError: ErrorText(
        N_("The desk does not know this fee."), N_("Search the student again with F2.")
    ),
    errors.DueClosedError: ErrorText(
        N_("This fee is already paid, or isn't due any more."),
        N_("Check the student's payments, then collect what is still due."),
        tone=Tone.ATTENTION,
    ),
    errors.DueCoveredError: ErrorText(
        N_("This fee is part of another payment that is still open."),
        N_("Cancel that payment first, or collect all of its fees together."),
        tone=Tone.ATTENTION,
    ),
    errors.AmbiguousStudentError: ErrorText(
        N_("Several students share this phone number."), N_("Use the roll number.")
    ),
    errors.DuplicateError: ErrorText(
        N_("This number or code is taken already."), N_("Choose another one.")
    ),
    errors.PriceChangedError: ErrorText(
        N_("The fee has changed since it was quoted."),
        N_("Tell the parent the new total and press F9 again."),
        tone=Tone.ATTENTION,
    ),
    errors.OverLimitError: ErrorText(
        N_("The amount is over what UPI takes in one payment."),
        N_("Choose Payment link or Cash."),
        tone=Tone.ATTENTION,
    ),
    errors.NothingToCollectError: ErrorText(
        N_("There is nothing to pay for this course."),
        N_("Choose Cash to enrol without a payment, or check the course's fee."),
        tone=Tone.ATTENTION,
    ),
    errors.AmountTooSmallError: ErrorText(
        N_("Razorpay takes nothing under ₹1.00."), N_("Take it in cash.")
    ),
    errors.OpenAttemptError: ErrorText(
        N_("A QR for this fee is still open."),
        N_("Cancel it first, then take cash."),
        money=N_("It may still be paid."),
        tone=Tone.ATTENTION,
    ),
    errors.CaptureUnderWayError: ErrorText(
        N_("A payment of this fee is being confirmed right now."),
        N_("Wait a minute, then check with F5 whether it is paid."),
        money=N_("Nothing was collected a second time."),
        tone=Tone.ATTENTION,
    ),
    errors.MissingPhoneError: ErrorText(
        N_("UPI needs a phone number, and neither the student nor the guardian has one."),
        N_("Add a phone number under Students, or choose another way of paying."),
        tone=Tone.ATTENTION,
    ),
    errors.BookUndecidedError: ErrorText(
        N_("Nothing is recorded: this desk was moved or copied."),
        N_("Choose at the top of the window which it was. Then do this again."),
        money=N_("No money moved."),
        tone=Tone.ATTENTION,
    ),
    errors.StorageError: ErrorText(
        N_("The desk's database does not work."),
        N_("Close the desk and start it again; if it stays, call support."),
        money=N_(
            "What was confirmed before is safe. Open payments are found again at the next start."
        ),
    ),
    errors.DatabaseNewerError: ErrorText(
        N_("The database was written by a newer Pravesh."),
        N_("Install the newest version on this PC."),
        money=N_("Nothing was changed. What was confirmed before is safe."),
    ),
    errors.DatabaseCorruptError: ErrorText(
        N_("The database file is damaged."),
        N_(
            "Keep the file. Restore the newest backup with “pravesh restore”, then compare with "
            "Razorpay's dashboard and the printed receipts."
        ),
        money=N_(
            "Nothing was changed, and no money moves by this. What was taken since the newest "
            "backup may be missing from it, cash too."
        ),
    ),
    errors.TamperedError: ErrorText(
        N_("The books were changed by something else than this desk."),
        N_("Tell the owner; “pravesh doctor” says which rows."),
        money=N_("What Razorpay confirmed is still known there; a copy of the books was kept."),
    ),
    errors.DatabaseLockedError: ErrorText(
        N_("Another program holds the database."),
        N_("Close other programs that use the data folder (backup, file sync) and try again."),
        money=N_("Nothing was changed."),
        tone=Tone.ATTENTION,
    ),
    errors.DiskFullError: ErrorText(
        N_("The disk is full."),
        N_("Free some space on the disk and try again."),
        money=N_("Nothing was changed. What was confirmed before is safe."),
    ),
    errors.ImportCutOffError: ErrorText(
        N_("The import was cut off."),
        N_("Check the disk and the data folder, then import the same file again."),
        money=N_("The rows before that are kept. No money moved."),
    ),
    errors.ReadOnlyFolderError: ErrorText(
        N_("The data folder cannot be written to."),
        N_("Ask for write permission on the folder, or start with another --data-dir."),
        money=N_("Nothing was changed."),
    ),
    errors.NoKeyringError: ErrorText(
        N_("This system has no safe place for keys."),
        N_("Give RAZORPAY_KEY_ID and RAZORPAY_KEY_SECRET in the environment."),
    ),
    # the installation
    ImportError: ErrorText(
        N_("A part of the program cannot be loaded: {part}."),
        N_("Install what is missing, then start the desk again."),
        money=N_("What was confirmed before is safe."),
    ),
    # the rules
    rules.DomainError: ErrorText(
        N_("The rules of the desk do not allow that."), N_("Check what was entered.")
    ),
    rules.InvalidInputError: ErrorText(
        N_("Something that was entered cannot be right."), N_("Correct it and try again.")
    ),
    rules.InvalidMoneyError: ErrorText(
        N_("This is not an amount."), N_("Type it like 12,500 or 12500.50.")
    ),
    rules.IllegalTransitionError: ErrorText(
        N_("This payment has moved on meanwhile."),
        N_("Look at its state, then go on."),
        money=N_("What is shown now is what Razorpay confirmed."),
        tone=Tone.ATTENTION,
    ),
    rules.NoSeatError: ErrorText(
        N_("The course is full."), N_("Pick another batch with F3."), tone=Tone.ATTENTION
    ),
    rules.AlreadyEnrolledError: ErrorText(
        N_("The student is enrolled in this course already."),
        N_("See the receipt under Payments."),
        money=N_("No money was collected now."),
        tone=Tone.ATTENTION,
    ),
    rules.ReceiptSeriesFullError: ErrorText(
        N_("The receipt series of this year is full."),
        N_("Set another desk id in Settings. Its receipts start a new series."),
    ),
}

DECIDED: Mapping[str, N_] = {
    "applied": N_("This payment already pays a fee: {about}."),
    "refund_asked": N_("A refund of this payment is already on its way."),
    "refunded": N_("This payment was already refunded, in full or in part."),
    "held": N_("This payment no longer pays a fee. It waits in the Inbox."),
    "disputed": N_("A dispute took this payment back."),
}
"""Texts of the decision that another window or command wrote first, by `MoneyDecision`."""

_UNFORESEEN = ErrorText(
    N_("Something went wrong in the program."),
    N_("Go on; if it comes again, close the desk and start it again."),
    money=N_("What was confirmed before is safe; open payments are still watched."),
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
    """Return what is wrong with typed text, in the current language."""
    values = {
        name: N_(value) if name in _OURS and isinstance(value, str) else value
        for name, value in error.values.items()
    }
    return tr(error.template, **values)


def _what(words: ErrorText, error: BaseException) -> str:
    if isinstance(error, rules.InvalidInputError):
        return typed_wrongly(error)
    what, values = _named(words, error)
    return tr(what, **values)


def _named(words: ErrorText, error: BaseException) -> tuple[N_, dict[str, object]]:
    """Return the sentence of an error that carries values, and the values."""
    match error:
        case errors.PriceChangedError():
            what = N_("The fee has changed from {quoted} to {now}.")
            return what, {"quoted": error.quoted, "now": error.now}
        case errors.OverLimitError():
            what = N_("{amount} is over the UPI limit of {limit} for one payment.")
            return what, {"amount": error.amount, "limit": error.limit}
        case errors.AlreadyDecidedError():
            return DECIDED[error.decision], {"about": error.about}
        case errors.FeePaidError():
            return N_("Another payment already paid this fee: {about}."), {"about": error.about}
        case ImportError():
            return words.what, {"part": diagnostics.redact(str(error)).rstrip(".")}
        case _:
            return words.what, {}


def _detail(error: BaseException) -> str:
    """Return the detail for support; empty where the texts are complete."""
    if isinstance(error, errors.StorageError | errors.GatewayError):
        return diagnostics.named(error)
    is_known = isinstance(error, errors.ServiceError | rules.DomainError)
    return "" if is_known else diagnostics.named(error)
