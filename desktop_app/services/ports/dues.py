"""Dues, promises and families as use-cases see them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from desktop_app.domain.defaulters import OpenPrincipal
    from desktop_app.domain.money import Money
    from desktop_app.domain.promises import MoneyIn, Promise, PromiseState
    from desktop_app.services.views.dues import DueChoice, DuePage, DueSums, FamilyAccount


@dataclass(frozen=True, slots=True)
class PromiseRecord:
    """A promise; of the student where there is no family."""

    uid: str
    student_uid: str
    family_uid: str | None
    amount: Money
    by_on: date
    note: str
    state: PromiseState
    noted_at: datetime


@dataclass(frozen=True, slots=True)
class ContactRecord:
    """A message to a family, or a call, about its dues.

    Attributes:
        way: `whatsapp` or `call`.
    """

    uid: str
    student_uid: str
    family_uid: str | None
    way: str
    note: str
    noted_at: datetime


@dataclass(frozen=True, slots=True)
class LateFeeBasis:
    """The amounts from which the late fee of a due is calculated.

    Attributes:
        balance: what was open of the due at its due date.
        asked: the late fees that were asked for it before; those waived since count.
        waived: what was waived before it was asked.
    """

    balance: Money
    asked: Money
    waived: Money


class FamilyRepository(Protocol):
    """Families with their promises and contacts."""

    def family_of(self, student_uid: str) -> str | None:
        """Return the family of a student; None without one."""

    def add_promise(self, promise: PromiseRecord) -> None:
        """Add one."""

    def promise(self, uid: str) -> PromiseRecord | None:
        """Return one."""

    def promises_of(self, student_uid: str) -> tuple[Promise, ...]:
        """Return the promises of a student's family, oldest first."""

    def open_promises(self) -> tuple[PromiseRecord, ...]:
        """Return every open promise."""

    def advance_promise(self, uid: str, following: PromiseState) -> bool:
        """Change the state of an open promise; False when it was not open."""

    def money_of(self, student_uid: str) -> tuple[MoneyIn, ...]:
        """Return what came for the dues of a student's family, oldest first."""

    def principals_of(self, student_uid: str) -> tuple[OpenPrincipal, ...]:
        """Return the open fees of a student's family."""

    def owed_by(self, student_uid: str) -> Money:
        """Return all that is open of a student's family."""

    def add_contact(self, contact: ContactRecord) -> None:
        """Add one."""

    def late_fee_basis(self, due_uid: str) -> LateFeeBasis:
        """Return what the late fee of a due is calculated from."""

    def late_fees_of(self, due_uid: str) -> Sequence[str]:
        """Return the open late fees that follow a due, by uid."""

    def written_off(self, due_uid: str) -> Money:
        """Return what was written off of a due and not restored."""

    def has_new_course(self, due_uid: str) -> bool:
        """Return whether the course was changed since a due was written off."""


class DueListQueries(Protocol):
    """Queries of the list of dues, and of a family's account."""

    def page(self, which: DueChoice, as_of: date, days: int, offset: int, limit: int) -> DuePage:
        """Return a page: what fell due first, of a day the largest balance.

        Args:
            which: which dues.
            as_of: the day in India by which they are aged.
            days: the overdue days after which a family is a defaulter.
            offset: how many to skip.
            limit: the most rows.
        """

    def sums(self, as_of: date) -> DueSums:
        """Return the sums of all open dues by bucket."""

    def account(self, student_uid: str, as_of: date, days: int) -> FamilyAccount | None:
        """Return the account of a student's family; None for an unknown student."""

    def late_fees(self, due_uids: Sequence[str], on: date) -> Mapping[str, Money]:
        """Return the late fee of each of some dues, were it paid on a day, by uid."""
