"""Promises of families: noted at the desk, judged when it opens for the day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.domain.promises import PromiseState, check_promise, judged
from desktop_app.domain.receipt import day_in_india
from desktop_app.domain.text import optional_line
from desktop_app.services.errors import UnknownPromiseError, UnknownStudentError
from desktop_app.services.ports.dues import PromiseRecord
from desktop_app.services.views.dues import PromiseRow

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from desktop_app.domain.money import Money
    from desktop_app.services.context import Context
    from desktop_app.services.ports.storage import Repositories


class PromiseService:
    """Notes, cancels and judges promises. All local."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def add(self, student_uid: str, amount: Money, by_on: date, note: str = "") -> PromiseRow:
        """Record that a student's family promised an amount by a date.

        Raises:
            InvalidInputError: `field` is `amount`, `by_on` or `note`.
            UnknownStudentError: nothing was written.
        """
        note = optional_line("note", "Note", note)
        with self._context.store.writing() as work:
            if work.students.get(student_uid) is None:
                raise UnknownStudentError("this student was archived")
            known = work.families.promises_of(student_uid)
            check_promise(
                amount,
                by_on,
                today=self._today(),
                open_now=sum(each.state is PromiseState.OPEN for each in known),
                due=work.families.owed_by(student_uid),
            )
            promise = PromiseRecord(
                uid=self._context.ids.new(),
                student_uid=student_uid,
                family_uid=work.families.family_of(student_uid),
                amount=amount,
                by_on=by_on,
                note=note,
                state=PromiseState.OPEN,
                noted_at=self._context.now(),
            )
            work.families.add_promise(promise)
            said: dict[str, str | int | None] = {"amount": amount.paise, "by_on": by_on.isoformat()}
            self._context.audit(work, "promise.noted", promise.uid, said)
            work.commit()
        return _row_of(promise)

    def cancel(self, uid: str) -> None:
        """Cancel an open promise. Raises UnknownPromiseError."""
        with self._context.store.writing() as work:
            if not work.families.advance_promise(uid, PromiseState.WITHDRAWN):
                raise UnknownPromiseError("no open promise has this id")
            self._context.audit(work, "promise.cancelled", uid)
            work.commit()

    def judge(self) -> Mapping[str, PromiseState]:
        """Judge every open promise by the money that came; return those that ended, by uid.

        It is called when the desk opens for the day, and does nothing the second time.
        """
        with self._context.store.reading() as books:
            found = self._ended(books)
        if not found:
            return {}
        with self._context.store.writing() as work:
            found = self._ended(work)
            for uid, state in found.items():
                if work.families.advance_promise(uid, state):
                    self._context.audit(work, f"promise.{state.value}", uid)
            if found:
                work.commit()
            else:
                work.nothing_to_write()
        return found

    def _ended(self, books: Repositories) -> dict[str, PromiseState]:
        ended: dict[str, PromiseState] = {}
        for promise in books.families.open_promises():
            if promise.uid in ended:
                continue
            states = judged(
                books.families.promises_of(promise.student_uid),
                books.families.money_of(promise.student_uid),
                self._today(),
            )
            ended |= {uid: state for uid, state in states.items() if state is not PromiseState.OPEN}
        return ended

    def _today(self) -> date:
        return day_in_india(self._context.now())


def _row_of(promise: PromiseRecord) -> PromiseRow:
    return PromiseRow(
        promise.uid, promise.amount, promise.by_on, promise.note, promise.state, promise.noted_at
    )
