"""The id of a book, in its settings, and in every reference at the gateway."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.domain.reference import make_reference

if TYPE_CHECKING:
    from desktop_app.services.context import Context
    from desktop_app.services.ports.storage import UnitOfWork

BOOK_ID = "book.id"
KIND = "book.kind"
INSTALLATION = "book.installation"
BEFORE = "book.before"
"""The id of the book that this one began clean in the place of; its references may be met."""
CODE = "desk.id"
FIRST_CODE = "D1"
LIVE, TRAINING = "live", "training"
LEFT = "left to the original"
"""The decision of a copied book about what only the original may decide."""


def identify(context: Context, work: UnitOfWork, known: str | None = None) -> str:
    """Return the id of the book; make it where the book has none.

    Args:
        context: the ports.
        work: an open unit of work.
        known: the id that the book had, where that is known from elsewhere.
    """
    found = work.setting(BOOK_ID)
    if found:
        return found
    made = known or context.ids.new()
    work.put_setting(BOOK_ID, made)
    work.put_setting(KIND, TRAINING if context.is_training else LIVE)
    context.audit(work, "book.identified", made, {"known": int(known is not None)})
    return made


def reference_of(context: Context, work: UnitOfWork, attempt_uid: str) -> str:
    """Return the reference of a new attempt at the gateway."""
    code = work.setting(CODE) or FIRST_CODE
    return make_reference(code, identify(context, work), attempt_uid)
