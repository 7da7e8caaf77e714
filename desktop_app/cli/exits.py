"""Exit codes and error messages of the command line."""

from __future__ import annotations

import sys
from enum import IntEnum
from typing import TYPE_CHECKING

from desktop_app.domain.errors import DomainError, InvalidInputError
from desktop_app.services import errors
from desktop_app.services.views.unapplied import MoneyDecision

if TYPE_CHECKING:
    from collections.abc import Mapping


class Exit(IntEnum):
    """Exit codes of commands."""

    DONE = 0
    """Done; for collect: paid."""
    USAGE = 2
    """Wrong usage."""
    NOT_PAID = 3
    """The last poll succeeded and found no payment; watching continues."""
    UNKNOWN = 4
    """The last poll failed, a write's answer was lost, or there is no connection."""
    REFUSED = 5
    """Bad key, bad data, no seat, already enrolled."""


_WRITTEN: Mapping[bool | None, str] = {
    False: "Nothing was recorded.",
    True: "We recorded part of it. Check `pravesh ledger` before you try again.",
    None: "We may have recorded part of it. Check `pravesh ledger` before you try again.",
}
_KEPT = "Run `pravesh reconcile` when you're back online."

DECIDED: Mapping[MoneyDecision, str] = {
    MoneyDecision.APPLIED: "This payment already pays the fee of {about}.",
    MoneyDecision.REFUND_ASKED: "You already refunded this payment. The refund is on its way.",
    MoneyDecision.REFUNDED: "You already refunded this payment.",
    MoneyDecision.HELD: "This payment no longer pays a fee. See `pravesh inbox`.",
    MoneyDecision.DISPUTED: "The parent's bank reversed this payment after a dispute.",
}
"""Texts of the decision that another window or command wrote first."""

_UNPAID = "It doesn't count as paid."
MOVED: Mapping[str, str] = {
    "deposited": "is already on a deposit slip. It counts as paid only when the bank credits it.",
    "cleared": "is already recorded as credited. We recorded its payment once.",
    "bounced": f"is already recorded as returned by the bank. {_UNPAID}",
    "returned": f"is already back with the parent. {_UNPAID}",
    "lost": f"is already marked as lost. {_UNPAID}",
    "stale": f"is already marked as too old. {_UNPAID}",
}
"""Texts of the step that another window or command recorded first, by `InstrumentState`."""

TABLE: Mapping[type[Exception], tuple[Exit, str]] = {
    errors.NoKeysError: (Exit.REFUSED, "Razorpay isn't set up yet. Run `pravesh keys set`."),
    errors.UnauthorisedError: (
        Exit.REFUSED,
        (
            "Razorpay rejected the API keys. No money moved. Run `pravesh keys set` and enter "
            "them again."
        ),
    ),
    errors.FeatureOffError: (
        Exit.REFUSED,
        (
            "Your Razorpay account doesn't have this payment method. No money moved. Choose "
            "another --method."
        ),
    ),
    errors.RejectedError: (Exit.REFUSED, "Razorpay rejected the request: {error} No money moved."),
    errors.UnreadableError: (Exit.UNKNOWN, f"We couldn't read Razorpay's answer. {_KEPT}"),
    errors.CaptureUnderWayError: (
        Exit.REFUSED,
        (
            "The bank is processing a payment for this fee. Don't collect again yet. Wait a minute "
            "and run `pravesh reconcile`."
        ),
    ),
    errors.StillOpenError: (
        Exit.UNKNOWN,
        (
            "We couldn't close the old QR for this fee, so we didn't create a new QR. The parent "
            "may still pay the old one. Run `pravesh reconcile` when you're back online."
        ),
    ),
    errors.PartlyPaidError: (
        Exit.UNKNOWN,
        (
            "The parent paid part of the amount with this link, so you can't cancel the link. It "
            "works until it expires."
        ),
    ),
    errors.UnavailableError: (
        Exit.UNKNOWN,
        f"You're offline, or Razorpay isn't responding. {_KEPT}",
    ),
    errors.RateLimitedError: (Exit.UNKNOWN, f"We sent Razorpay too many requests. {_KEPT}"),
    errors.OutcomeUnknownError: (
        Exit.UNKNOWN,
        f"We didn't get Razorpay's answer and don't know whether the request went through. {_KEPT}",
    ),
    errors.AlreadyDecidedError: (Exit.REFUSED, "{error} Nothing changed."),
    errors.ChequeMovedError: (
        Exit.REFUSED,
        "{error} Nothing changed. See `pravesh cheque list`.",
    ),
    errors.BookUndecidedError: (
        Exit.REFUSED,
        (
            "Someone moved or copied this data folder. Nothing was recorded or sent. If you "
            "moved it, run `pravesh desk moved`. If you still use the other folder, run `pravesh "
            "desk copied`."
        ),
    ),
    errors.DatabaseNewerError: (
        Exit.REFUSED,
        (
            "A newer version of Pravesh wrote this data. Nothing changed. Install the latest "
            "version."
        ),
    ),
    errors.DatabaseCorruptError: (
        Exit.REFUSED,
        (
            "The database is damaged. Nothing changed. Run `pravesh restore` with the latest "
            "backup in the data folder, then `pravesh reconcile`."
        ),
    ),
    errors.TamperedError: (
        Exit.REFUSED,
        "Someone changed the records outside Pravesh: {error} Tell the owner.",
    ),
    errors.DatabaseLockedError: (
        Exit.UNKNOWN,
        "Another program is using the database. Nothing changed. Try again.",
    ),
    errors.DiskFullError: (
        Exit.REFUSED,
        "The disk is full. Nothing changed. Free up some space, then try again.",
    ),
    errors.ImportCutOffError: (
        Exit.REFUSED,
        (
            "The import stopped. {error} We imported the rows up to that point. Fix the problem, "
            "then import the same file again."
        ),
    ),
    errors.ReadOnlyFolderError: (
        Exit.REFUSED,
        "We can't write to the data folder. Nothing changed. Check its permissions.",
    ),
}
"""Exit code and words by class; a row also holds for the classes derived from it."""


def explain(error: BaseException, *, has_written: bool | None = False) -> tuple[Exit, str]:
    """Return the exit code and message for an error; never a traceback or a key.

    Args:
        error: the error that ended the command.
        has_written: whether the command wrote to the books before; None where that is not known.
    """
    for kind in type(error).__mro__:
        if kind in TABLE:
            code, words = TABLE[kind]
            text = _said(error)
            return code, words.format(error=text if text.endswith(".") else f"{text}.")
    if isinstance(error, InvalidInputError):
        usage = error.field in {"gateway-url", "file", "kind"}
        return Exit.USAGE if usage else Exit.REFUSED, f"{error.field}: {error.message}"
    if isinstance(error, DomainError | errors.ServiceError):
        return Exit.REFUSED, f"{_sentence(error)} Nothing was sent."
    written = _WRITTEN[has_written]
    if isinstance(error, ImportError):
        return Exit.REFUSED if has_written is False else Exit.UNKNOWN, (
            f"A part of Pravesh is missing ({error}). {written} Install it. See "
            f"the log in the data folder."
        )
    if isinstance(error, OSError) and error.filename and has_written is False:
        return Exit.REFUSED, f"{error.strerror or type(error).__name__}: {error.filename}"
    return Exit.UNKNOWN, (
        f"Something went wrong in Pravesh ({type(error).__name__}). {written} See the "
        f"log in the data folder."
    )


def _said(error: BaseException) -> str:
    if isinstance(error, errors.AlreadyDecidedError):
        return DECIDED[error.decision].format(about=error.about)
    if isinstance(error, errors.ChequeMovedError) and error.state in MOVED:
        return f"Cheque {error.number} {MOVED[error.state]}"
    return str(error)


def _sentence(error: Exception) -> str:
    text = str(error) or type(error).__name__
    text = text[0].upper() + text[1:]
    return text if text.endswith(".") else f"{text}."


def complain(words: str) -> None:
    """Write a message to stderr."""
    sys.stderr.write(f"{words}\n")
