"""Whether this book is where it belongs; and what it is when it was moved or copied.

A copied data folder would be a second desk under the same name: the same receipt numbers, and
each payment in two books. Until it is decided which it is, everything can be read and nothing is
recorded or sent.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.outbox import CommandState
from desktop_app.domain.receipt import normalise_desk_id
from desktop_app.domain.refund import RefundState
from desktop_app.services.errors import BookUndecidedError, ServiceError
from desktop_app.services.identity.book import (
    BOOK_ID,
    CODE,
    FIRST_CODE,
    INSTALLATION,
    LEFT,
    identify,
)
from desktop_app.services.identity.foreign_orders import shared_code

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from desktop_app.services.context import Context
    from desktop_app.services.ports.storage import UnitOfWork
    from desktop_app.services.ports.system import BookRegistry
    from desktop_app.services.views.identity import BookQuestion, CopyReport


class BookIdentity:
    """The identity of one open book. All local.

    Attributes:
        registry: remembers books outside their folders.

    Args:
        context: the ports.
        registry: what the attribute holds.
        decided: called once a decision has been written and the book is no longer held.
        forget_settings: called before that: settings are read again.
    """

    def __init__(
        self,
        context: Context,
        registry: BookRegistry,
        decided: Callable[[], None] = lambda: None,
        forget_settings: Callable[[], None] = lambda: None,
    ) -> None:
        self._context = context
        self.registry = registry
        self._decided = decided
        self._forget_settings = forget_settings
        self._question: BookQuestion | None = None

    def check(self) -> None:
        """Compare book, installation and folder at the start; hold the book where they differ.

        A book without an id gets one. A training book follows its folder: no money is in it.
        """
        if not self.registry.is_kept:
            return  # each start would be another installation
        stored = self._context.store.reader.settings.all()
        book_id, folder = stored.get(BOOK_ID), self._context.folder
        here = self.registry.installation_id()
        if not book_id:
            self._adopt(here, self.registry.book_at(folder) if self._is_used() else None)
            return
        place, code = self.registry.place(book_id), stored.get(CODE) or FIRST_CODE
        owner = stored.get(INSTALLATION)
        is_in_place = place is None or is_same_folder(place, folder)
        if self._context.is_training or (is_in_place and owner == here):
            self._remember(book_id, code, place)
        elif is_in_place and owner is None:
            self._adopt(here, None)
        else:
            self._question = self._made_question(book_id, code, place)
            self._context.store.hold(BookUndecidedError("someone moved or copied this data folder"))

    def question(self) -> BookQuestion | None:
        """Return what must be decided before anything is recorded; None where nothing must.

        Any thread, no I/O.
        """
        return self._question

    def shared_code(self) -> str:
        """Return this desk's code where another desk was seen under it lately; else empty."""
        return shared_code(self._context)

    def moved(self) -> None:
        """Make this folder and installation the book's own.

        Raises:
            ServiceError: there is nothing to decide.
        """
        question = self._asked()
        with self._context.store.deciding() as work:
            book_id = identify(self._context, work)
            work.put_setting(INSTALLATION, self.registry.installation_id())
            before = str(question.place) if question.place else ""
            self._context.audit(work, "book.moved", book_id, {"from": before})
            work.commit()
        self._end(book_id, question.code)

    def copied(self, code: str = "") -> CopyReport:
        """Make this book another one than the book it was copied from: other id, other desk code.

        What is open at the gateway belongs to the original. Nothing is sent.

        Args:
            code: the new desk code; one that no known desk has by default.

        Raises:
            InvalidInputError: the code is none, or like that of a known desk.
            ServiceError: there is nothing to decide.
        """
        from desktop_app.domain.desk_code import is_alike

        question = self._asked()
        taken = self._taken(question.code)
        chosen = normalise_desk_id(code or question.new_code)
        if any(is_alike(chosen, each) for each in taken):
            raise InvalidInputError(
                "code",
                "{code} starts with the same 2 characters as another desk's ID. Choose a "
                "different ID.",
                code=chosen,
            )
        made = self._context.ids.new()
        with self._context.store.deciding() as work:
            before = work.setting(BOOK_ID) or ""
            report = self._leave(work, chosen)
            work.put_setting(BOOK_ID, made)
            work.put_setting(CODE, chosen)
            work.put_setting(INSTALLATION, self.registry.installation_id())
            detail = {"from": before, "code_before": question.code, "code": chosen}
            self._context.audit(work, "book.copied", made, detail)
            work.commit()
        self._end(made, chosen)
        return report

    # --- at the start

    def _is_used(self) -> bool:
        return self._context.store.reader.audit.head() is not None

    def _adopt(self, here: str, known: str | None) -> None:
        """Add an id to the book; a backup older than ids gets back that of its folder's book."""
        with self._context.store.writing() as work:
            book_id = identify(self._context, work, known)
            work.put_setting(INSTALLATION, here)
            code = work.setting(CODE) or FIRST_CODE
            work.commit()
        self.registry.remember_place(book_id, self._context.folder, code)

    def _remember(self, book_id: str, code: str, place: Path | None) -> None:
        folder = self._context.folder
        if place != folder or self.registry.code(book_id) != code:
            self.registry.remember_place(book_id, folder, code)

    # --- a decision

    def _made_question(self, book_id: str, code: str, place: Path | None) -> BookQuestion:
        from desktop_app.domain.desk_code import free_code  # no start needs it
        from desktop_app.services.views.identity import BookQuestion

        new_code = free_code({code, *self.registry.codes(but=book_id)})
        return BookQuestion(self._context.folder, place, code, new_code)

    def _asked(self) -> BookQuestion:
        """Return the question; also where orders show that a copy of the whole PC is at work."""
        if self._question is not None:
            return self._question
        code = shared_code(self._context)
        if not code:
            raise ServiceError(
                "this data folder belongs to this desk, so there's nothing to choose"
            )
        book_id = self._context.store.reader.settings.all().get(BOOK_ID, "")
        return self._made_question(book_id, code, self._context.folder)

    def _end(self, book_id: str, code: str) -> None:
        self.registry.remember_place(book_id, self._context.folder, code)
        self._question = None
        self._forget_settings()  # the next receipt must not get the code from before
        self._context.store.release()
        self._decided()

    def _leave(self, work: UnitOfWork, code: str) -> CopyReport:
        """End without a call what the original still does: attempts, commands, open cards."""
        commands = work.outbox.unfinished()
        for command in commands:
            detail = {"kind": command.kind.value, "state": command.state.value}
            work.outbox.save(replace(command, state=CommandState.DONE, problem=LEFT))
            self._context.audit(work, "errand.left", command.uid, detail)
        for refund, _paid in work.refunds.all_open():
            if refund.state is not RefundState.PENDING:  # what was accepted is followed on
                work.refunds.save(replace(refund, state=RefundState.REJECTED), refund.state)
                self._context.audit(work, "refund.left", refund.uid)
        attempts = work.attempts.leave(LEFT)
        held = self._leave_held(work)
        from desktop_app.services.views.identity import CopyReport

        report = CopyReport(code, attempts, len(commands), held)
        counts = {"attempts": attempts, "commands": report.commands, "held": held}
        self._context.audit(work, "book.left_open", code, {**counts})
        return report

    def _leave_held(self, work: UnitOfWork) -> int:
        """Remove undecided payments from the inbox: to decide them twice would book them twice."""
        now = self._context.now()
        held, unmatched = work.unapplied.held(), work.unmatched.held()
        for payment in held:
            work.unapplied.decide(payment.uid, LEFT, None, now)
        for each in unmatched:
            work.unmatched.settle(each.uid, "left")
        return len(held) + len(unmatched)

    # --- codes

    def _taken(self, code: str) -> set[str]:
        return {code, *self.registry.codes()}


def is_same_folder(one: Path, other: Path) -> bool:
    """Return whether two paths name the same folder, by whatever spelling or link."""
    if one == other:
        return True
    try:
        return one.samefile(other)
    except OSError:
        return False
