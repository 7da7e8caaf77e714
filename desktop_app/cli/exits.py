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
    False: "Nothing was written to the books.",
    True: "Some of it is in the books: check `pravesh ledger` before you try again.",
    None: "Some of it may be in the books: check `pravesh ledger` before you try again.",
}
_KEPT = "Nothing is lost: run `pravesh reconcile` when the line is back."

DECIDED: Mapping[MoneyDecision, str] = {
    MoneyDecision.APPLIED: "This payment already pays the fee of {about}.",
    MoneyDecision.REFUND_ASKED: "A refund of this payment is on its way already.",
    MoneyDecision.REFUNDED: "This payment was refunded already.",
    MoneyDecision.HELD: "This payment pays no fee any more; see `pravesh inbox`.",
    MoneyDecision.DISPUTED: "A dispute took this payment back.",
}
"""Texts of the decision that another window or command wrote first."""

TABLE: Mapping[type[Exception], tuple[Exit, str]] = {
    errors.NoKeysError: (Exit.REFUSED, "No Razorpay keys are set; run `pravesh keys set`."),
    errors.UnauthorisedError: (
        Exit.REFUSED,
        (
            "Razorpay does not take these keys. Nothing was sent that could move money; run "
            "`pravesh keys set`."
        ),
    ),
    errors.FeatureOffError: (
        Exit.REFUSED,
        (
            "This Razorpay account does not have that way of paying. No money moved; choose "
            "another --method."
        ),
    ),
    errors.RejectedError: (Exit.REFUSED, "Razorpay refused: {error} No money moved."),
    errors.UnreadableError: (Exit.UNKNOWN, f"Razorpay's answer couldn't be read. {_KEPT}"),
    errors.CaptureUnderWayError: (
        Exit.REFUSED,
        (
            "A payment of this fee is being confirmed right now. Nothing was collected; wait a "
            "minute and run `pravesh reconcile`."
        ),
    ),
    errors.StillOpenError: (
        Exit.UNKNOWN,
        (
            "The earlier QR of this fee could not be closed, so no second one was made. It may "
            "still be paid; run `pravesh reconcile` when the line is back."
        ),
    ),
    errors.PartlyPaidError: (
        Exit.UNKNOWN,
        (
            "The parent paid a part of this link, so Razorpay can't cancel it. It closes by itself "
            "when it expires."
        ),
    ),
    errors.UnavailableError: (Exit.UNKNOWN, f"Razorpay cannot be reached. {_KEPT}"),
    errors.RateLimitedError: (Exit.UNKNOWN, f"Razorpay asks for fewer requests. {_KEPT}"),
    errors.OutcomeUnknownError: (
        Exit.UNKNOWN,
        f"Razorpay's answer was lost: it may or may not have been done. {_KEPT}",
    ),
    errors.AlreadyDecidedError: (Exit.REFUSED, "{error} Nothing was done a second time."),
    errors.BookUndecidedError: (
        Exit.REFUSED,
        (
            "This data folder is not where its desk was last used. Was it moved or copied? "
            "Nothing was recorded or sent. If this is the same desk in a new place, run `pravesh "
            "desk moved`. If the other folder is still in use, run `pravesh desk copied`."
        ),
    ),
    errors.DatabaseNewerError: (
        Exit.REFUSED,
        (
            "The data was written by a newer version of Pravesh. Nothing was changed; install that "
            "version."
        ),
    ),
    errors.DatabaseCorruptError: (
        Exit.REFUSED,
        (
            "The database is damaged. Nothing was changed; run `pravesh restore` with the newest "
            "file in the data folder's backups, then `pravesh reconcile`."
        ),
    ),
    errors.TamperedError: (
        Exit.REFUSED,
        "The books were changed by something else than the desk: {error} Tell the owner.",
    ),
    errors.DatabaseLockedError: (
        Exit.UNKNOWN,
        "Another program holds the database. Nothing was changed; try again.",
    ),
    errors.DiskFullError: (
        Exit.REFUSED,
        "The disk is full. Nothing was changed; free some space and try again.",
    ),
    errors.ImportCutOffError: (
        Exit.REFUSED,
        (
            "The import was cut off: {error} The rows before that are kept; when it is put right, "
            "import the same file again."
        ),
    ),
    errors.ReadOnlyFolderError: (
        Exit.REFUSED,
        "The data folder cannot be written to. Nothing was changed; check its permissions.",
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
            f"Pravesh can't load a part that it needs ({error}). {written} Install what is "
            f"missing. The log in the data folder has the details."
        )
    if isinstance(error, OSError) and error.filename and has_written is False:
        return Exit.REFUSED, f"{error.strerror or type(error).__name__}: {error.filename}"
    return Exit.UNKNOWN, (
        f"Pravesh stopped on an error of its own ({type(error).__name__}). {written} The log in "
        f"the data folder has the details."
    )


def _said(error: BaseException) -> str:
    if isinstance(error, errors.AlreadyDecidedError):
        return DECIDED[error.decision].format(about=error.about)
    return str(error)


def _sentence(error: Exception) -> str:
    text = str(error) or type(error).__name__
    text = text[0].upper() + text[1:]
    return text if text.endswith(".") else f"{text}."


def complain(words: str) -> None:
    """Write a message to stderr."""
    sys.stderr.write(f"{words}\n")
