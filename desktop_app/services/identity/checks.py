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
        return CheckResult("book", Health.GOOD, "This data folder belongs to this desk.")
    return CheckResult(
        "book",
        Health.BAD,
        "Someone moved or copied this data folder. We won't record anything until you choose "
        "Moved or Copied.",
        "If you moved it, run `pravesh desk moved`. If you still use the other folder, run "
        "`pravesh desk copied`.",
    )


def check_code(context: Context) -> CheckResult:
    """Check whether another desk of the account has this desk's code."""
    code = shared_code(context)
    values = {"code": code}
    if not code:
        return CheckResult(
            "desk_code", Health.GOOD, "We haven't seen another desk with this desk's ID."
        )
    return CheckResult(
        "desk_code",
        Health.BAD,
        "Another desk with these API keys already uses the ID {code}.",
        "Both desks use the same receipt numbers. Change one ID with `pravesh settings set "
        "desk.id CODE`.",
        values,
    )


def check_registry(registry: BookRegistry) -> CheckResult:
    """Check where this system remembers which folder each book belongs in."""
    if registry.is_in_keyring:
        return CheckResult(
            "book_memory", Health.GOOD, "We use this PC's keyring to detect copied data folders."
        )
    if registry.is_kept:
        return CheckResult(
            "book_memory",
            Health.NOTE,
            "This PC has no keyring, so we use a file to detect copied data folders.",
            "A keyring is safer. Start a keyring service.",
        )
    return CheckResult(
        "book_memory",
        Health.NOTE,
        "We can't detect copied data folders on this PC.",
        "Start a keyring service, or let this user write to the state folder.",
    )
