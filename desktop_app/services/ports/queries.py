"""Queries as use-cases see them: each reads one consistent snapshot and holds no lock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from desktop_app.domain.audit import Head, Link
    from desktop_app.domain.money import Money
    from desktop_app.domain.payment import Attempt
    from desktop_app.services.ports.records import OutboxCommand
    from desktop_app.services.views.enrolment import (
        CourseRow,
        StudentDetail,
        StudentPage,
        StudentSummary,
    )
    from desktop_app.services.views.outbox import ErrandView
    from desktop_app.services.views.payments import PaymentFilter, PaymentPage, PaymentRow
    from desktop_app.services.views.receipts import ReceiptView
    from desktop_app.services.views.refunds import DisputeView
    from desktop_app.services.views.unapplied import FamilyDue


class Reader(Protocol):
    """Queries; each reads one consistent snapshot and holds no lock."""

    def search_students(self, text: str, limit: int) -> tuple[StudentSummary, ...]:
        """Find students, best first; those served last for an empty text."""
        ...

    def student_page(self, text: str, offset: int, limit: int) -> StudentPage:
        """List students by roll number, or those that match a text."""
        ...

    def student_detail(self, uid: str) -> StudentDetail | None:
        """A student in full with the history."""
        ...

    def students_by(self, roll_no: str, phone: str) -> tuple[StudentSummary, ...]:
        """Those with exactly this roll number, else with exactly this phone (ten digits)."""
        ...

    def newest_roll_no(self) -> str | None:
        """The roll number added last."""
        ...

    def has_roll_no(self, roll_no: str) -> bool:
        """Whether a roll number is taken, whatever its case."""
        ...

    def courses(self, text: str, limit: int) -> tuple[CourseRow, ...]:
        """Find courses on offer, best first; by code for an empty text."""
        ...

    def course(self, *, uid: str = "", code: str = "") -> CourseRow | None:
        """One course on offer by uid or exact code."""
        ...

    def payments(
        self, which: PaymentFilter, offset: int, limit: int, *, summed: bool = True
    ) -> PaymentPage:
        """List payments, newest first; their sum may be missing where it is not wanted."""
        ...

    def recent_payments(self, limit: int) -> tuple[PaymentRow, ...]:
        """The newest payments, newest first."""
        ...

    def find_payment(
        self, *, utr: str, vpa: str, phone: str, amount: Money | None, since: datetime
    ) -> PaymentRow | None:
        """The newest payment recorded since then that has every clue given."""
        ...

    def family_dues(self, student_uid: str) -> tuple[FamilyDue, ...]:
        """Open dues of a student and of those who share a phone, newest first."""
        ...

    def receipt(self, uid: str) -> ReceiptView | None:
        """A receipt as it was issued."""
        ...

    def receipt_of_attempt(self, attempt_uid: str) -> ReceiptView | None:
        """The receipt of an attempt's money."""
        ...

    def latest_receipt(self) -> ReceiptView | None:
        """The receipt issued last."""
        ...

    def live_attempts(self) -> tuple[Attempt, ...]:
        """Every live attempt, oldest first."""
        ...

    def open_attempts(self, since: datetime) -> tuple[Attempt, ...]:
        """Live attempts, and those given up since then that may have reached the gateway."""
        ...

    def watched_attempts(self, since: datetime) -> tuple[Attempt, ...]:
        """Every attempt to look at, oldest first.

        Those made since then that may have reached the gateway, in any state but rejected, and
        older ones that are live, expired or cancelled and not lapsed yet.
        """
        ...

    def may_hold_money(self) -> bool:
        """Whether anything may wait for a decision in the inbox, told without a writing unit."""
        ...

    def has_open_refunds(self) -> bool:
        """Whether a refund has not come to its end."""
        ...

    def attempt(self, uid: str) -> tuple[Attempt, str, bool]:
        """An attempt, its newest failed try in words, and whether its money came late."""
        ...

    def is_booked(self, payment_id: str, refunded_paise: int) -> bool:
        """Whether a payment is booked with at least so much of it refunded."""
        ...

    def dues_of(self, amount: Money) -> tuple[FamilyDue, ...]:
        """Open dues of exactly an amount, newest first."""
        ...

    def attempt_like(self, *, phone: str, amount: Money | None, since: datetime) -> Attempt | None:
        """The newest attempt at the gateway that has every clue given.

        One that is live, or was given up since then; the phone is the student's or guardian's.
        """
        ...

    def is_known_money(self, payment_id: str) -> bool:
        """Whether a payment of the gateway is booked, or held as money of an unknown fee."""
        ...

    def last_written(self) -> datetime | None:
        """When the newest entry of the audit trail was written, None in a new book."""
        ...

    def due_of_order(self, order_id: str) -> str | None:
        """The due that an order of ours is for; None where it is none of ours."""
        ...

    def names_of(self, enrollment_uid: str) -> tuple[str, str, str, str]:
        """(student uid, student name, roll number, course label) of an enrolment."""
        ...

    def open_errands(self) -> tuple[OutboxCommand, ...]:
        """Errands that are not over, those due first before others."""
        ...

    def errands(self, since: datetime) -> tuple[ErrandView, ...]:
        """Errands that are not done; of those refused for good, the ones since then."""
        ...

    def disputes(self) -> tuple[DisputeView, ...]:
        """Disputes that were noticed, newest first."""
        ...

    def settings(self) -> Mapping[str, str]:
        """Every setting as stored."""
        ...

    def ledger(self) -> Mapping[str, Sequence[Mapping[str, object]]]:
        """Everything for `ledger --json`, by the contract's names."""
        ...

    def student_rows(self) -> Iterator[Mapping[str, object]]:
        """Every student by the CSV contract's columns."""
        ...

    def course_rows(self) -> Iterator[Mapping[str, object]]:
        """Every course on offer by the CSV contract's columns."""
        ...

    def audit_links(self) -> Iterator[Link]:
        """Every audit row, oldest first."""
        ...

    def audit_head(self) -> Head | None:
        """The newest audit row, None without one."""
        ...

    def unsealed(self) -> str | None:
        """Say which row of money is not as it was sealed, None when all are."""
        ...

    def has_link(self, head: Head) -> bool:
        """Whether the audit chain contains a row as it was seen before."""
        ...

    def rewound_at(self) -> datetime | None:
        """When it was last noticed that rows were gone, None when it never was."""
        ...

    def problems(self) -> tuple[str, ...]:
        """What the database's own check finds wrong; empty when it is sound."""
        ...
