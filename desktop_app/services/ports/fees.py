"""Plans, concessions and promo codes as use-cases write and read them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from desktop_app.domain.money import ZERO, Money

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from desktop_app.domain.concession_kinds import ConcessionKind
    from desktop_app.domain.enrollment import DueState, EnrollmentState
    from desktop_app.domain.fee_heads import FeeHead
    from desktop_app.domain.late_fee import LateRule
    from desktop_app.domain.plans import FeePlan
    from desktop_app.domain.promo_codes import PromoCode


@dataclass(frozen=True, slots=True)
class OwnKind:
    """A kind of concession that the centre added or edited."""

    kind: ConcessionKind
    is_archived: bool


@dataclass(frozen=True, slots=True)
class ConcessionRecord:
    """A concession of an enrolment, or one that takes another back. Written once.

    Attributes:
        listed: the list price of its heads, as the price is quoted: with its tax or without.
        asked: what it was worth before any limit.
        amount: what was given; negative where it takes another back.
        terms: how it counts in the sum of all, as JSON.
        reverses_uid: the concession that this one takes back.
    """

    uid: str
    enrollment_uid: str
    kind_code: str
    promo_uid: str | None
    listed: Money
    asked: Money
    amount: Money
    terms: str
    reason: str
    proof_note: str
    created_at: datetime
    reverses_uid: str | None = None


@dataclass(frozen=True, slots=True)
class ConcessionDue:
    """A due as a concession sees it.

    Attributes:
        price: what it would ask without any concession.
        conceded: what concessions took off so far.
        is_net: whether its course is priced without tax.
        is_live: whether a live attempt offers it.
    """

    uid: str
    head_code: str
    label: str
    due_on: date
    state: DueState
    asked: Money
    paid: Money
    conceded: Money
    rate_bp: int
    is_net: bool
    is_live: bool = False

    @property
    def price(self) -> Money:
        """The amount without any concession."""
        return self.asked + self.conceded

    @property
    def balance(self) -> Money:
        """The amount that is not paid."""
        return self.asked - self.paid


@dataclass(frozen=True, slots=True)
class PromoRecord:
    """A promo code as stored."""

    uid: str
    promo: PromoCode
    created_at: datetime
    is_archived: bool = False


@dataclass(frozen=True, slots=True)
class PromoHold:
    """A use of a promo code by an enrolment, that was not freed.

    Attributes:
        has_paid: whether anything was paid for the enrolment since.
        is_live: whether a live attempt asks for it.
        paid: what is paid for it now.
        balance: what is still due.
    """

    uid: str
    enrollment_uid: str
    student_uid: str
    family_uid: str | None
    held_at: datetime
    enrollment_state: EnrollmentState
    is_used: bool
    has_paid: bool
    is_live: bool
    paid: Money = ZERO
    balance: Money = ZERO


class ConcessionRepository(Protocol):
    """Kinds of concessions, and those that were given."""

    def own_kinds(self) -> tuple[OwnKind, ...]:
        """Return the kinds that the centre added or edited."""

    def put_kind(self, own: OwnKind, at: datetime) -> None:
        """Add or replace a kind."""

    def dues(self, enrollment_uid: str) -> tuple[ConcessionDue, ...]:
        """Return the dues that the list price of an enrolment consists of, by date.

        One that other instalments replaced asks for nothing; what was conceded on it counts.
        """

    def of_enrollment(self, enrollment_uid: str) -> tuple[ConcessionRecord, ...]:
        """Return the concessions of an enrolment that were not taken back, oldest first."""

    def get(self, uid: str) -> ConcessionRecord:
        """Return one. Raises KeyError."""

    def parts_of(self, uid: str) -> Mapping[str, Money]:
        """Return what a concession takes off each due, by uid."""

    def titles_of(self, due_uid: str) -> tuple[str, str]:
        """Return the titles of the concessions on a due, in English and in Hindi."""

    def add(self, concession: ConcessionRecord, parts: Mapping[str, Money]) -> None:
        """Add one with its part of each due."""

    def has_sibling(self, student_uid: str, enrollment_uid: str | None, on: date) -> bool:
        """Return whether a brother or sister is enrolled already.

        Args:
            student_uid: the student.
            enrollment_uid: the enrolment that would have the concession; None before there is one.
            on: courses that ended before this day do not count.
        """

    def family_of(self, student_uid: str) -> str | None:
        """Return the family of a student; None without brothers and sisters."""

    def is_first(self, student_uid: str, enrollment_uid: str | None) -> bool:
        """Return whether a student never had another enrolment that was not cancelled."""


class PromoRepository(Protocol):
    """Promo codes and their uses."""

    def find(self, code: str) -> PromoRecord | None:
        """Return the newest of a code, archived or not."""

    def get(self, uid: str) -> PromoRecord:
        """Return one. Raises KeyError."""

    def all(self) -> tuple[PromoRecord, ...]:
        """Return every code, the newest first."""

    def add(self, promo: PromoRecord) -> None:
        """Add one. Raises DuplicateError."""

    def archive(self, uid: str, at: datetime) -> bool:
        """Archive one; False when it was already."""

    def holds(self, promo_uid: str) -> tuple[PromoHold, ...]:
        """Return the uses that were not freed, oldest first."""

    def hold(self, uid: str, promo_uid: str, enrollment_uid: str, bill_uid: str | None) -> None:
        """Hold a use for an enrolment."""

    def mark_used(self, uid: str) -> None:
        """Note that a hold was paid."""

    def free(self, uid: str) -> None:
        """Free a use."""


class PlanRepository(Protocol):
    """Fee plans with their heads and parts, fee heads and late-fee rules."""

    def add(self, uid: str, course_uid: str, plan: FeePlan, at: datetime) -> None:
        """Add one. Raises DuplicateError when the course has a plan of this code."""

    def change(self, uid: str, plan: FeePlan, at: datetime) -> None:
        """Replace one. Raises DuplicateError, UnknownPlanError."""

    def get(self, uid: str) -> tuple[str, FeePlan] | None:
        """Return the course of a plan that is on offer, and the plan."""

    def of_course(self, course_uid: str) -> Mapping[str, FeePlan]:
        """Return the plans of a course by uid: the default first, then by code."""

    def withdraw(self, uid: str, at: datetime) -> bool:
        """Archive one; False when it was not there."""

    def heads(self) -> tuple[FeeHead, ...]:
        """Return the fee heads that the centre added or edited, archived ones among them."""

    def archived_heads(self) -> frozenset[str]:
        """Return the codes of the fee heads that no new plan is offered."""

    def save_head(self, head: FeeHead, at: datetime, *, is_archived: bool) -> None:
        """Add or replace a fee head; dues keep what was agreed."""

    def late_rule(self, code: str) -> LateRule | None:
        """Return a late-fee rule."""

    def late_rules(self) -> Mapping[str, tuple[str, LateRule]]:
        """Return the titles and rules of late fees by code."""

    def save_late_rule(self, code: str, title: str, rule: LateRule, at: datetime) -> None:
        """Add or replace a late-fee rule; enrolments keep their copy."""
