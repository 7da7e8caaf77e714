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
from desktop_app.ui.core.gateway_reasons import REASONS
from desktop_app.ui.core.i18n import N_, tr
from desktop_app.ui.core.notice import Notice, Tone

if TYPE_CHECKING:
    from collections.abc import Mapping

NOTHING_MOVED = N_("No money moved.")
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
        N_("Razorpay didn't complete the request."),
        N_("Press F5 to check again."),
        money=N_("We haven't confirmed any new payment."),
    ),
    errors.RejectedError: ErrorText(
        N_("Razorpay rejected the request."),
        N_("Check the amount and the student's phone and email, or choose another method."),
    ),
    errors.FeatureOffError: ErrorText(
        N_("This payment method isn't active on your Razorpay account."),
        N_("Choose another method, or ask Razorpay to activate this method."),
    ),
    errors.NotFoundError: ErrorText(
        N_("Razorpay can't find this payment with the current API keys."),
        N_("You may have made this payment with other API keys. Check the keys in Settings."),
        money=N_("We haven't confirmed any new payment."),
    ),
    errors.LookUpRefusedError: ErrorText(
        N_("We couldn't check an earlier request with Razorpay."),
        N_("We keep checking. If it's urgent, find the refund on Razorpay's dashboard."),
        money=N_("The request may or may not have gone through. We won't send it twice."),
        tone=Tone.ATTENTION,
    ),
    errors.UnauthorisedError: ErrorText(
        N_("Razorpay rejected the API keys."),
        N_("Enter the key ID and secret again in Settings. You can still take cash."),
    ),
    errors.NoKeysError: ErrorText(
        N_("Razorpay isn't set up yet."),
        N_("Enter your API keys in Settings. You can still take cash."),
    ),
    errors.RateLimitedError: ErrorText(
        N_("We sent Razorpay too many requests."),
        N_("Wait a few seconds, then try again."),
        money=N_("We didn't create a payment. We keep checking pending payments."),
        tone=Tone.ATTENTION,
    ),
    errors.UnavailableError: ErrorText(
        N_("Can't reach Razorpay."),
        N_(
            "Check the internet and try again, or take cash. You can also enrol now and "
            "collect later."
        ),
        money=N_("Nothing was created."),
        tone=Tone.ATTENTION,
    ),
    errors.UnreadableError: ErrorText(
        N_("Couldn't read Razorpay's answer."),
        N_("Try again. If the problem continues, run “Check everything” in Settings."),
        money=N_("Nothing was created."),
        tone=Tone.ATTENTION,
    ),
    errors.StillOpenError: ErrorText(
        N_("Couldn't close the old QR for this fee."),
        N_("Try again once you're online. If the parent has paid, the payment will show here."),
        money=N_("The parent may still pay with the old QR, so we didn't create a new QR."),
        tone=Tone.ATTENTION,
    ),
    errors.PartlyPaidError: ErrorText(
        N_("The parent paid part of the amount with this link, so Razorpay can't cancel the link."),
        N_(
            "The link works until it expires. If the parent pays the rest, the payment will show "
            "here."
        ),
        money=N_("The amount already paid is safe."),
        tone=Tone.ATTENTION,
    ),
    errors.OutcomeUnknownError: ErrorText(
        N_("Razorpay's answer didn't arrive."),
        N_("Press F9 to continue with the same payment. We won't create a second one."),
        money=N_("We're checking whether the payment was created."),
        tone=Tone.ATTENTION,
    ),
    # the desk
    errors.ServiceError: ErrorText(
        N_("Couldn't complete this action."),
        N_("Try again. If the problem continues, run “Check everything” in Settings."),
    ),
    errors.UnknownStudentError: ErrorText(
        N_("This student no longer exists."), N_("Search again (F2).")
    ),
    errors.UnknownPaymentError: ErrorText(
        N_("Couldn't find this payment."), N_("Search for the student or receipt in Payments.")
    ),
    errors.AlreadyDecidedError: ErrorText(
        N_("Someone already handled this payment."),
        N_("See the result in Payments."),
        money=N_("We haven't used the payment twice."),
        tone=Tone.ATTENTION,
    ),
    errors.ChequeMovedError: ErrorText(
        N_("Someone already recorded a step for cheque {number}."),
        N_("See the cheque's status, then continue."),
        money=N_("Nothing changed."),
        tone=Tone.ATTENTION,
    ),
    errors.FeePaidError: ErrorText(
        N_("Another payment already covers this fee."),
        N_("Use this payment for another fee of this family, or refund it."),
        money=N_("This payment is still on hold."),
        tone=Tone.ATTENTION,
    ),
    errors.UnknownCourseError: ErrorText(
        N_("This course is no longer available."), N_("Select another course (F3).")
    ),
    errors.UnknownPlanError: ErrorText(
        N_("This fee plan is no longer available."), N_("Select another plan (P).")
    ),
    errors.UnknownDueError: ErrorText(
        N_("Couldn't find this fee."), N_("Select the student again (F2).")
    ),
    errors.UnknownPromiseError: ErrorText(
        N_("This promise to pay is already kept, broken or cancelled."),
        N_("Open the family's account again."),
        tone=Tone.ATTENTION,
    ),
    errors.UnknownEnrollmentError: ErrorText(
        N_("Couldn't find this enrolment."), N_("Select the student again (F2).")
    ),
    errors.DueClosedError: ErrorText(
        N_("This fee is already paid or no longer due."),
        N_("Check the student's payments, then collect only the fees still due."),
        tone=Tone.ATTENTION,
    ),
    errors.FullLineError: ErrorText(
        N_("A course doesn't have enough seats for this bill."),
        N_("Remove the marked fee from the bill, or choose another course."),
        money=N_("We didn't collect any money this time."),
        tone=Tone.ATTENTION,
    ),
    errors.UnknownBillError: ErrorText(
        N_("This bill is no longer on hold."), N_("Press F12 to open the family's account again.")
    ),
    errors.BillEndedError: ErrorText(
        N_("You can't take more payments on this bill."),
        N_("Press F12 to open the family's account again."),
        tone=Tone.ATTENTION,
    ),
    errors.DueCoveredError: ErrorText(
        N_("This fee is part of another pending payment."),
        N_("Cancel that payment first, or collect all its fees together."),
        tone=Tone.ATTENTION,
    ),
    errors.ChequeCoversError: ErrorText(
        N_("A cheque already covers this fee."),
        N_("Wait until the bank credits the cheque, or return it to the parent in Cheques."),
        money=N_("We didn't collect any money this time."),
        tone=Tone.ATTENTION,
    ),
    errors.ReferenceUsedError: ErrorText(
        N_("Another payment already has this number."),
        N_("Check the number, or find the other payment in Payments."),
        money=N_("Nothing changed."),
    ),
    errors.KnownAtGatewayError: ErrorText(
        N_("Razorpay already has a payment with this number."),
        N_("To see the payment's status, search for the number in “Find a payment”."),
        money=N_("We haven't used the payment twice."),
        tone=Tone.ATTENTION,
    ),
    errors.AmbiguousStudentError: ErrorText(
        N_("Several students have this phone number."), N_("Use the roll number instead.")
    ),
    errors.DuplicateError: ErrorText(
        N_("This number or code is already in use."), N_("Enter a different number or code.")
    ),
    errors.PriceChangedError: ErrorText(
        N_("The fee has changed."),
        N_("Tell the parent the new total, then press F9 again."),
        tone=Tone.ATTENTION,
    ),
    errors.PlanChangedError: ErrorText(
        N_("The fee plan has changed."),
        N_("Tell the parent the new dates and amounts, then press F9 again."),
        tone=Tone.ATTENTION,
    ),
    errors.OverLimitError: ErrorText(
        N_("The amount is over the UPI limit for one payment."),
        N_("Choose Link or Cash."),
        tone=Tone.ATTENTION,
    ),
    errors.NothingToCollectError: ErrorText(
        N_("There's nothing to pay for this course."),
        N_("To enrol without a payment, choose Cash. If there should be a fee, edit the course."),
        tone=Tone.ATTENTION,
    ),
    errors.AmountTooSmallError: ErrorText(
        N_("This amount is too small for this payment method."), N_("Take cash instead.")
    ),
    errors.OpenAttemptError: ErrorText(
        N_("A QR for this fee is still active."),
        N_("Cancel the QR first, then take cash."),
        money=N_("The parent may still pay with this QR."),
        tone=Tone.ATTENTION,
    ),
    errors.CaptureUnderWayError: ErrorText(
        N_("Razorpay is confirming a payment for this fee."),
        N_("Wait a minute, then press F5 to check."),
        money=N_("We haven't collected the fee twice."),
        tone=Tone.ATTENTION,
    ),
    errors.MissingPhoneError: ErrorText(
        N_("UPI needs a phone number. Neither the student nor the parent has one."),
        N_("Add a phone number in Students, or choose another method."),
        tone=Tone.ATTENTION,
    ),
    errors.BookUndecidedError: ErrorText(
        N_("Not recorded. Someone moved or copied this desk's data folder."),
        N_("At the top of the window, choose Moved or Copied. Then try again."),
        money=N_("No money moved."),
        tone=Tone.ATTENTION,
    ),
    errors.StorageError: ErrorText(
        N_("Pravesh can't use its database."),
        N_("Close and reopen Pravesh. If that doesn't help, contact support."),
        money=N_(
            "Confirmed payments are safe. We'll check pending payments the next time Pravesh "
            "starts."
        ),
    ),
    errors.DatabaseNewerError: ErrorText(
        N_("This database is from a newer version of Pravesh."),
        N_("Install the latest version of Pravesh on this PC."),
        money=N_("Nothing changed. Confirmed payments are safe."),
    ),
    errors.DatabaseCorruptError: ErrorText(
        N_("The database file is damaged."),
        N_(
            "Keep the damaged file. Restore the latest backup with “pravesh restore”. Then "
            "compare the payments with Razorpay's dashboard and the printed receipts."
        ),
        money=N_(
            "Nothing changed and no money moved. Fees you collected after the latest backup, "
            "including cash, may be missing from the backup."
        ),
    ),
    errors.TamperedError: ErrorText(
        N_("Someone changed the records outside Pravesh."),
        N_("Tell the owner. Run “pravesh doctor” to list the changed records."),
        money=N_("Razorpay still has every UPI and link payment. We kept a copy of the records."),
    ),
    errors.DatabaseLockedError: ErrorText(
        N_("Another program is using the database."),
        N_(
            "Close other programs that use the data folder, such as backup or file sync. "
            "Then try again."
        ),
        money=N_("Nothing changed."),
        tone=Tone.ATTENTION,
    ),
    errors.DiskFullError: ErrorText(
        N_("The disk is full."),
        N_("Free up some space on the disk, then try again."),
        money=N_("Nothing changed. Confirmed payments are safe."),
    ),
    errors.ImportCutOffError: ErrorText(
        N_("The import stopped partway."),
        N_("Check the disk and the data folder, then import the same file again."),
        money=N_("We imported the rows up to that point. No money moved."),
    ),
    errors.ReadOnlyFolderError: ErrorText(
        N_("Pravesh can't write to the data folder."),
        N_("Get write permission for the folder, or start Pravesh with another --data-dir."),
        money=N_("Nothing changed."),
    ),
    errors.NoKeyringError: ErrorText(
        N_("This PC has no secure storage for API keys."),
        N_("Set RAZORPAY_KEY_ID and RAZORPAY_KEY_SECRET as environment variables."),
    ),
    # the installation
    ImportError: ErrorText(
        N_("Couldn't load part of Pravesh ({part})."),
        N_("Install the missing part, then start Pravesh again."),
        money=N_("Confirmed payments are safe."),
    ),
    # the rules
    rules.DomainError: ErrorText(
        N_("Pravesh can't complete this action."), N_("Check what you entered, then try again.")
    ),
    rules.InvalidInputError: ErrorText(
        N_("Something you entered isn't right."), N_("Check what you entered, then try again.")
    ),
    rules.InvalidMoneyError: ErrorText(
        N_("This isn't a valid amount."), N_("Enter an amount, e.g. 12,500 or 12500.50.")
    ),
    rules.IllegalTransitionError: ErrorText(
        N_("This payment has changed."),
        N_("Check the payment's status, then continue."),
        money=N_("We've updated the status from Razorpay."),
        tone=Tone.ATTENTION,
    ),
    rules.NoSeatError: ErrorText(
        N_("The course is full."), N_("Select another batch (F3)."), tone=Tone.ATTENTION
    ),
    rules.AlreadyEnrolledError: ErrorText(
        N_("This student is already enrolled in this course."),
        N_("Find the receipt in Payments."),
        money=N_("We didn't collect any money this time."),
        tone=Tone.ATTENTION,
    ),
    rules.ReceiptSeriesFullError: ErrorText(
        N_("This year's receipt numbers are used up."),
        N_("Choose another desk ID in Settings. Receipts will start a new series."),
    ),
}

DECIDED: Mapping[str, N_] = {
    "applied": N_("This payment already covers a fee: {about}."),
    "refund_asked": N_("A refund of this payment is already on its way."),
    "refunded": N_("Someone already refunded this payment, in full or in part."),
    "held": N_("This payment no longer covers a fee. It's in the Inbox."),
    "disputed": N_("The parent's bank reversed this payment after a dispute."),
}
"""Texts of the decision that another window or command wrote first, by `MoneyDecision`."""

_UNPAID = N_("This cheque doesn't count as paid.")
MOVED: Mapping[str, ErrorText] = {
    "deposited": ErrorText(
        N_("Someone already added cheque {number} to a deposit slip."),
        N_("Check with the bank, then record whether it credited or returned the cheque."),
        money=N_("The cheque counts as paid only when the bank credits it."),
        tone=Tone.ATTENTION,
    ),
    "cleared": ErrorText(
        N_("Someone already recorded that the bank credited cheque {number}."),
        N_("Find the receipt in Payments."),
        money=N_("We recorded its payment once."),
        tone=Tone.ATTENTION,
    ),
    "bounced": ErrorText(
        N_("Someone already recorded that the bank returned cheque {number}."),
        N_("Deposit the cheque again, or return it to the parent."),
        money=_UNPAID,
        tone=Tone.ATTENTION,
    ),
    "returned": ErrorText(
        N_("Someone already returned cheque {number} to the parent."),
        N_("Collect the fee another way."),
        money=_UNPAID,
        tone=Tone.ATTENTION,
    ),
    "lost": ErrorText(
        N_("Someone already marked cheque {number} as lost."),
        N_("Ask the parent to stop the cheque at their bank, and for a new one."),
        money=_UNPAID,
        tone=Tone.ATTENTION,
    ),
    "stale": ErrorText(
        N_("Someone already marked cheque {number} as too old."),
        N_("Ask the parent for a new cheque."),
        money=_UNPAID,
        tone=Tone.ATTENTION,
    ),
}
"""Texts of a cheque by its `InstrumentState`, where another window or command was faster."""

_UNFORESEEN = ErrorText(
    N_("Something went wrong in Pravesh."),
    N_("You can continue. If the problem returns, close and reopen Pravesh."),
    money=N_("Confirmed payments are safe. We keep checking pending payments."),
)


def describe(error: BaseException) -> Notice:
    """Return the notice of an error, chosen by its class or its nearest ancestor in the table.

    The texts are in the current language; a notice on screen is made again after a switch.
    """
    return replace(_describe(error), again=partial(_describe, error))


def _describe(error: BaseException) -> Notice:
    words = _words_of(error)
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
        case errors.DueCoveredError() | errors.FullLineError():
            return _of_bill(words, error)
        case errors.OverLimitError():
            what = N_("{amount} is over the UPI limit of {limit} for one payment.")
            return what, {"amount": error.amount, "limit": error.limit}
        case errors.AlreadyDecidedError() | errors.FeePaidError():
            return _decided(error), {"about": error.about}
        case ImportError():
            return words.what, {"part": diagnostics.redact(str(error)).rstrip(".")}
        case _:
            return words.what, {"number": getattr(error, "number", "")}


def _decided(error: errors.AlreadyDecidedError | errors.FeePaidError) -> N_:
    """Return the sentence about what another window wrote first."""
    if isinstance(error, errors.AlreadyDecidedError):
        return DECIDED[error.decision]
    return N_("Another payment already covers this fee: {about}.")


def _of_bill(
    words: ErrorText, error: errors.DueCoveredError | errors.FullLineError
) -> tuple[N_, dict[str, object]]:
    """Return the sentence of an error about a bill, and its values."""
    if isinstance(error, errors.FullLineError):
        return N_("{course} doesn't have enough seats for this bill."), {"course": error.label}
    if isinstance(error, errors.ChequeCoversError):
        what = N_("A cheque of {amount} already covers this fee (slip {slip}).")
        return what, {"amount": error.amount, "slip": error.slip_no}
    if error.bill is None:
        return words.what, {}
    what = N_("This fee is on bill {bill}, which has a pending payment of {amount}.")
    return what, {"bill": f"B-{error.bill}", "amount": error.amount}


def _words_of(error: BaseException) -> ErrorText:
    """Return the texts of an error's class; a plain refusal is named by its reason."""
    if isinstance(error, errors.ChequeMovedError) and error.state in MOVED:
        return MOVED[error.state]
    words = next((TABLE[kind] for kind in type(error).__mro__ if kind in TABLE), _UNFORESEEN)
    if type(error) is not errors.RejectedError:
        return words
    return words._replace(what=REASONS.get(error.reason or "", words.what))


def _detail(error: BaseException) -> str:
    """Return the detail for support; empty where the texts are complete."""
    if isinstance(error, errors.StorageError | errors.GatewayError):
        return diagnostics.named(error)
    is_known = isinstance(error, errors.ServiceError | rules.DomainError)
    return "" if is_known else diagnostics.named(error)
