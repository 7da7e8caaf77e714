"""Queries as use-cases see them, by subject: each reads one snapshot and holds no lock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date, datetime

    from desktop_app.domain.audit import Head, Link
    from desktop_app.domain.checkout import Proofs
    from desktop_app.domain.key_mode import MoneyMode
    from desktop_app.domain.money import Money
    from desktop_app.domain.payment import Attempt
    from desktop_app.domain.refund import RefundState
    from desktop_app.services.ports.records import OutboxCommand
    from desktop_app.services.views.enrolment import (
        CourseRow,
        DueFilter,
        DueRow,
        StudentDetail,
        StudentPage,
        StudentSummary,
    )
    from desktop_app.services.views.identity import TrialCounts
    from desktop_app.services.views.maintenance import TestFees, UnlistedMoney
    from desktop_app.services.views.outbox import OutboxCommandView
    from desktop_app.services.views.payments import (
        PaymentEvent,
        PaymentFilter,
        PaymentIds,
        PaymentOutcome,
        PaymentPage,
        PaymentRow,
        PaymentTotals,
    )
    from desktop_app.services.views.receipts import ReceiptView
    from desktop_app.services.views.refunds import DisputeView
    from desktop_app.services.views.unapplied import FamilyDue, ReturningPayment


class StudentQueries(Protocol):
    """Queries of students."""

    def search(self, text: str, limit: int, /) -> tuple[StudentSummary, ...]:
        """Return students that match a text, best first; those served last for an empty one."""

    def page(self, text: str, offset: int, limit: int, /, *, unpaid: bool = False) -> StudentPage:
        """Return a page by roll number, or of those that match a text.

        Args:
            text: empty for all.
            offset: how many to skip.
            limit: the most rows.
            unpaid: only those of whose fees something is not paid.
        """

    def detail(self, uid: str) -> StudentDetail | None:
        """Return a student in full with the history."""

    def exactly(self, roll_no: str, phone: str) -> tuple[StudentSummary, ...]:
        """Return those with exactly this roll number, else with this phone (ten digits)."""

    def newest_roll_no(self) -> str | None:
        """Return the roll number added last."""

    def has_roll_no(self, roll_no: str) -> bool:
        """Return whether a roll number is taken, whatever its case."""


class CourseQueries(Protocol):
    """Queries of courses on offer."""

    def search(self, text: str, limit: int, /) -> tuple[CourseRow, ...]:
        """Return courses that match a text, best first; by code for an empty one."""

    def get(self, *, uid: str = "", code: str = "") -> CourseRow | None:
        """Return one course by uid or exact code."""


class DueQueries(Protocol):
    """Queries of dues that are open."""

    def listed(self, which: DueFilter, as_of: date) -> tuple[DueRow, ...]:
        """Return open dues with something to pay, the one that fell due first at the beginning.

        Args:
            which: which ones.
            as_of: the day in India by which they are aged.
        """

    def of_students(self, students: Sequence[str], as_of: date) -> tuple[DueRow, ...]:
        """Return the open dues of students, the one that fell due first at the beginning."""

    def of_enrollment(self, enrollment_uid: str, as_of: date) -> tuple[DueRow, ...]:
        """Return the open dues of an enrolment."""

    def has_batch(self, batch: str) -> bool:
        """Return whether a course, withdrawn or not, has this code or batch."""


class AttemptQueries(Protocol):
    """Queries of attempts and orders."""

    def live(self) -> tuple[Attempt, ...]:
        """Return every live attempt, oldest first."""

    def open_since(self, since: datetime) -> tuple[Attempt, ...]:
        """Return live attempts, and those ended since then that may have reached the gateway."""

    def watched(self, since: datetime) -> tuple[Attempt, ...]:
        """Return every attempt to check at the gateway, oldest first.

        Those made since then that may have reached the gateway, in any state but rejected, and
        older ones that are live, expired or cancelled and not lapsed yet.
        """

    def get(self, uid: str) -> tuple[Attempt, str, bool]:
        """Return an attempt, its newest failure and whether its payment was late.

        Raises:
            KeyError: there is none.
        """

    def awaiting(self, *, phone: str, amount: Money | None) -> Attempt | None:
        """Return the newest attempt that can be paid now and matches every clue.

        The phone is the student's or guardian's.
        """

    def names_of(self, uid: str) -> tuple[str, str, str, str]:
        """Return uid, name, roll number and course of an attempt's student.

        Of several dues: the first student's uid, and each other name once. Raises KeyError.
        """

    def proofs(self, uid: str) -> Proofs:
        """Return the proofs of the checkout that an attempt got.

        Of the genuine ones only those whose payment is still to be decided: it is neither posted,
        nor left to return by itself, nor returned.
        """

    def dues_of_order(self, order_id: str) -> frozenset[str]:
        """Return the dues that an order of ours is for; none for other orders."""


class PaymentQueries(Protocol):
    """Queries of payments."""

    def page(
        self, which: PaymentFilter, offset: int, limit: int, *, summed: bool = True
    ) -> PaymentPage:
        """Return a page, newest first; the sum may be missing where it is not wanted."""

    def recent(self, limit: int) -> tuple[PaymentRow, ...]:
        """Return the newest payments, newest first."""

    def totals(self, since: datetime | None, until: datetime | None) -> PaymentTotals:
        """Return the sums of what was recorded from one instant until before another."""

    def steps(self, payment_uid: str, /) -> tuple[PaymentEvent, ...]:
        """Return the steps in the life of a payment, oldest first; none for an unknown one."""

    def matching(
        self, *, utr: str, vpa: str, phone: str, amount: Money | None, since: datetime
    ) -> tuple[PaymentRow, ...]:
        """Return payments recorded since then that match every clue, newest first.

        The last digits of a UTR match. Of a VPA only its mask is stored, which others share.
        """

    def posted(self, payment_ids: Iterable[str]) -> tuple[PaymentRow, ...]:
        """Return the payments that are recorded of some of the gateway's, newest first."""

    def is_posted(self, payment_id: str, refunded_paise: int) -> bool:
        """Return whether a payment is posted with exactly this much of it refunded.

        What was only asked for does not count: the gateway may not know of it.
        """

    def has_live_money(self) -> bool:
        """Return whether any real money was ever recorded, cash included."""

    def trial(self) -> TrialCounts:
        """Return what was tried with test keys, and how many enrolments there are."""

    def is_known(self, payment_id: str) -> bool:
        """Return whether a payment of the gateway is posted, or held without its fee."""

    def ids_of(self, attempt_uid: str) -> PaymentIds | None:
        """Return what the gateway and the bank call an attempt's payment, the first of several."""

    def outcome_of(self, attempt_uid: str) -> PaymentOutcome:
        """Return the receipts of a paid attempt, and the dues that its money pays."""

    def has_refund(self, refund_id: str, state: RefundState) -> bool:
        """Return whether a refund is posted by the gateway's id, in exactly this state."""


class ReceiptQueries(Protocol):
    """Queries of receipts, as they were issued."""

    def get(self, uid: str) -> ReceiptView | None:
        """Return a receipt."""

    def of_attempt(self, attempt_uid: str) -> ReceiptView | None:
        """Return the receipt of an attempt's payment, the first of several."""

    def latest(self) -> ReceiptView | None:
        """Return the receipt issued last."""

    def mode_of(self, number: str) -> MoneyMode | None:
        """Return the mode of the money of a receipt by its number; None for an unknown one."""


class BalanceQueries(Protocol):
    """Recomputation of what follows from other rows."""

    def differences(self) -> tuple[str, ...]:
        """Return kind and uid of every row that is not what others make it."""

    def unlisted(self) -> tuple[UnlistedMoney, ...]:
        """Return money of payments that the books owe or are owed, and no list shows."""

    def of_test_keys(self) -> TestFees:
        """Return the payments made with test keys that pay fees, and how much they pay."""


class ExceptionQueries(Protocol):
    """Queries of what needs a decision or an answer."""

    def family_dues(self, student_uid: str) -> tuple[FamilyDue, ...]:
        """Return open dues of a student and of those who share a phone, newest first."""

    def dues_of(self, amount: Money) -> tuple[FamilyDue, ...]:
        """Return open dues of exactly an amount, newest first."""

    def may_hold_money(self) -> bool:
        """Return whether anything may wait for a decision in the inbox."""

    def has_claims(self) -> bool:
        """Return whether a payment was ever recorded on a person's word."""

    def has_open_refunds(self) -> bool:
        """Return whether a refund is not final."""

    def returning(self, since: datetime) -> tuple[ReturningPayment, ...]:
        """Return payments left to return by themselves, of attempts made since then."""

    def disputes(self) -> tuple[DisputeView, ...]:
        """Return disputes, newest first."""


class OutboxQueries(Protocol):
    """Queries of commands for the gateway."""

    def undelivered(self) -> tuple[OutboxCommand, ...]:
        """Return commands that are not final, by when they are due."""

    def views(self, since: datetime) -> tuple[OutboxCommandView, ...]:
        """Return commands that are not done; of those refused for good, the ones since then."""


class ExportQueries(Protocol):
    """Queries of everything at once, by the contract's names."""

    def ledger(self) -> Mapping[str, Sequence[Mapping[str, object]]]:
        """Return everything for `ledger --json`."""

    def students(self) -> Iterator[Mapping[str, object]]:
        """Yield every student by the CSV contract's columns."""

    def courses(self) -> Iterator[Mapping[str, object]]:
        """Yield every course on offer by the CSV contract's columns."""

    def balances(self) -> Iterator[Mapping[str, object]]:
        """Yield every student with the sums of fees, and credit."""

    def concessions(self) -> Iterator[Mapping[str, object]]:
        """Yield every concession, oldest first; one that was taken back says so."""


class AuditQueries(Protocol):
    """Queries of the audit trail, and checks of the whole database."""

    def links(self) -> Iterator[Link]:
        """Yield every entry, oldest first."""

    def head(self) -> Head | None:
        """Return the newest entry, None without one."""

    def has_link(self, head: Head) -> bool:
        """Return whether the chain contains an entry as it was known before."""

    def lost_hashes(self) -> frozenset[str]:
        """Return the hashes of entries that an earlier rollback found gone, and dealt with."""

    def last_at(self, until: datetime) -> datetime | None:
        """Return when the newest entry was written that no clock dates after an instant.

        Where all are, the newest one; None in a new database.
        """

    def newest_at(self, action: str) -> datetime | None:
        """Return when an action was last recorded, None if it never was."""

    def first_unsealed(self) -> str | None:
        """Describe a row that differs from its seal; None when all match."""

    def altered_schema(self) -> str | None:
        """Describe tables and triggers that the desk did not make, or misses; None without any."""

    def altered_at(self) -> tuple[datetime, str] | None:
        """Return when that was last noted while writing, and what it was; None if it never was."""

    def problems(self) -> tuple[str, ...]:
        """Return what the database's own checks report; empty when it is sound."""


class SettingQueries(Protocol):
    """Queries of settings."""

    def all(self) -> Mapping[str, str]:
        """Return every setting as stored."""
