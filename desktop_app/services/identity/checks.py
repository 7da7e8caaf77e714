"""Health checks of a book's identity."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.services.identity.foreign_orders import shared_code
from desktop_app.services.views.maintenance import CheckResult, Health

if TYPE_CHECKING:
    from desktop_app.services.context import Context
    from desktop_app.services.identity.service import BookIdentity
    from desktop_app.services.ports.system import BookRegistry


def check_book(identity: BookIdentity) -> CheckResult:
    """Check whether the book is where it belongs."""
    question = identity.question()
    if question is None:
        return CheckResult("book", Health.GOOD, "This folder is the desk's own.")
    return CheckResult(
        "book",
        Health.BAD,
        "This data folder was moved or copied here. Nothing is recorded.",
        "Run `pravesh desk moved` if it is the same desk in a new place, or `pravesh desk copied` "
        "if the other folder is still in use.",
    )


def check_code(context: Context) -> CheckResult:
    """Check whether another desk of the account has this desk's code."""
    code = shared_code(context)
    values = {"code": code}
    if not code:
        return CheckResult("desk_code", Health.GOOD, "No other desk uses this desk's code.")
    return CheckResult(
        "desk_code",
        Health.BAD,
        "Another desk uses the code {code} with these Razorpay keys.",
        "Both give out the same receipt numbers. Give one of them another code: `pravesh settings "
        "set desk.id CODE`.",
        values,
    )


def check_registry(registry: BookRegistry) -> CheckResult:
    """Check where this system remembers which folder each book belongs in."""
    if registry.is_in_keyring:
        return CheckResult(
            "book_memory", Health.GOOD, "The system's keyring remembers where each book belongs."
        )
    if registry.is_kept:
        return CheckResult(
            "book_memory",
            Health.NOTE,
            "A file remembers where each book belongs: this system has no keyring.",
            "It is weaker: who may write your files may change it. Start a keyring service.",
        )
    return CheckResult(
        "book_memory",
        Health.NOTE,
        "Nothing remembers where each book belongs: copied folders can't be noticed.",
        "Start a keyring service, or allow this user to write to its state folder.",
    )
