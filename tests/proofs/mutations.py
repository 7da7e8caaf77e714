"""Defects with a name, put into the services on purpose: a proof that does not find them is blind.

Each is a line of the program changed as other software has it, or as it once was here. `MUTATIONS`
are looked for by random days; `SECOND_CHECKS` by the tests of their lines, since an earlier check
hides each of them from random days.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .mutants import edited
from .mutation_patch import applied

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager

    from .mutants import Mutant


@dataclass(frozen=True, slots=True)
class Edit:
    """A change of a file's text: what it holds exactly once, and what it holds instead.

    The number of lines stays: functions are found again by the line where they begin.

    Attributes:
        path: below `desktop_app`.
        then: a second change of the same file, where one does not make the defect.
    """

    path: str
    old: str
    new: str
    then: tuple[str, str] | None = None

    def mutant(self) -> Mutant:
        """Return it as a mutant. Raises ValueError where the file holds `old` no longer."""
        return edited(f"desktop_app/{self.path}", self.old, self.new, then=self.then)

    def applied(self) -> AbstractContextManager[None]:
        """Run with the defect, as long as the `with` block lasts."""
        return applied(self.mutant())


_DEFECTS: Mapping[str, Edit] = {
    "surplus_booked_as_fee": Edit(
        "domain/payment.py", "return Placement.SURPLUS", "return Placement.DUE"
    ),
    "lost_answer_taken_as_refusal": Edit(
        "services/payments/create_once.py",
        "except errors.OutcomeUnknownError:\n                may_exist = True",
        "except errors.OutcomeUnknownError:\n"
        "                self._failed(attempt, lost := errors.RejectedError(''), may_exist=False); "
        "raise lost",
    ),
    "lost_creation_repeated": Edit(
        "services/payments/create_once.py",
        "found = self._find(attempt.uid, recipe) if may_exist else None",
        "found = None",
        then=("if may_exist and not recipe.is_repeatable():", "if False:"),
    ),
    "pending_refunds_ignored": Edit(
        "storage/payments/refund_repository.py",
        "NOT IN ('failed', 'rejected')",
        "IN ('processed')",
    ),
    "late_payment_needs_no_seat": Edit(
        "domain/payment.py",
        "return Placement.DUE if has_seat else Placement.NO_SEAT",
        "return Placement.DUE",
    ),
    "ended_attempts_not_polled": Edit(
        "storage/payments/attempt_queries.py",
        'values = {"since": instant(since)}',
        "return self.live()",
        then=("rows = [*reading.execute(LIVE), *", "return self.live(); rows = [*"),
    ),
    "old_code_left_open": Edit(
        "services/payments/initiation.py", "paid = self._clear_others(uid)", "paid = None"
    ),
    "other_attempts_left_live": Edit(
        "services/posting/payments.py",
        "cancelled = _cancel_others(work, attempt)",
        "cancelled = ()",
    ),
}
MUTATIONS: Mapping[str, Callable[[], AbstractContextManager[None]]] = {
    name: edit.applied for name, edit in _DEFECTS.items()
}


SECOND_CHECKS: Mapping[str, tuple[Edit, tuple[str, ...]]] = {}
