"""Repositories and queries of counter tenders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date, datetime

    from desktop_app.domain.instruments import InstrumentState
    from desktop_app.domain.money import Money
    from desktop_app.domain.tender import Verification
    from desktop_app.domain.typed_references import TypedReference
    from desktop_app.services.ports.tender_records import (
        CashSums,
        CreditRecord,
        DepositSlip,
        EvidenceRecord,
        InstrumentEvent,
        InstrumentRecord,
        UsedReference,
        VerificationChange,
    )
    from desktop_app.services.views.receipts import ReceiptView
    from desktop_app.services.views.tenders import ChequeRow, ClaimedPayment, DepositSlipView


class TenderRepository(Protocol):
    """Evidence of counter tenders, and how sure their money has become."""

    def add_evidence(self, evidence: EvidenceRecord) -> None:
        """Add what was typed about a payment."""

    def evidence(self, payment_uid: str) -> EvidenceRecord | None:
        """Return what was typed about a payment."""

    def change(self, change: VerificationChange) -> None:
        """Add a change of how sure a payment is."""

    def verification(self, payment_uid: str) -> Verification:
        """Return how sure a payment is now. Raises KeyError."""

    def used(self, reference: TypedReference) -> UsedReference | None:
        """Return the payment of any method that has a reference already, now or before."""

    def cash(
        self,
        students: Collection[str],
        enrollments: Collection[str],
        since: datetime,
        *,
        has_deposits: bool,
    ) -> CashSums:
        """Return the cash taken before of the families of students, and for enrolments.

        Args:
            students: by uid; all of their families count.
            enrollments: by uid.
            since: the beginning of the day.
            has_deposits: whether deposits are summed up.
        """

    def cash_in_credit(self, students: Collection[str]) -> Mapping[str, Money]:
        """Return how much cash is in the credit of students, by uid."""


class InstrumentRepository(Protocol):
    """Cheques, demand drafts and the slips they are deposited with."""

    def add(self, instrument: InstrumentRecord) -> None:
        """Add one. Raises DuplicateError where the same cheque is there already."""

    def get(self, reference: str) -> InstrumentRecord:
        """Return one by its uid or its acknowledgement's number. Raises KeyError."""

    def of_attempt(self, attempt_uid: str) -> InstrumentRecord | None:
        """Return the one that an attempt began with."""

    def same(self, instrument: InstrumentRecord) -> InstrumentRecord | None:
        """Return one that was not given back with this number, account and bank or MICR code."""

    def save(self, instrument: InstrumentRecord, event: InstrumentEvent) -> bool:
        """Store what may change of one, with the event; False where its state had changed.

        Raises:
            IllegalTransitionError: it may not become that.
        """

    def events(self, uid: str) -> tuple[InstrumentEvent, ...]:
        """Return the steps in the life of one, oldest first."""

    def bounced_of_family(self, student_uid: str) -> int:
        """Return how often cheques of a student's family were returned unpaid."""

    def next_slip(self) -> int:
        """Return the number of the next deposit slip of this desk."""

    def add_slip(self, slip: DepositSlip) -> None:
        """Add a deposit slip."""


class CreditRepository(Protocol):
    """Credit of students."""

    def add(self, credit: CreditRecord) -> None:
        """Add a row; a negative one uses credit. Raises IntegrityError below nothing."""

    def balance(self, student_uid: str) -> Money:
        """Return the credit of a student."""

    def of_payment(self, payment_uid: str) -> dict[str, Money]:
        """Return what a payment brought as credit, less what went back with it, by student."""

    def moved_from(self, student_uid: str) -> tuple[tuple[str, Money], ...]:
        """Return to whom credit of a student was moved, less what came back, the latest first."""

    def gone(self, student_uid: str, *, is_test_money_gone: bool) -> Money:
        """Return how much of a student's credit is of money that lost disputes took.

        Args:
            student_uid: whose.
            is_test_money_gone: whether the money of test keys counts as gone, too.
        """

    def has_test_money(self, student_uid: str) -> bool:
        """Return whether test keys brought credit to a student, or to one who moved some there."""

    def has_opening(self, student_uid: str, head: str) -> bool:
        """Return whether an opening balance of a head was brought in for a student."""


class TenderQueries(Protocol):
    """Queries of cheques and of money that is only claimed."""

    def cheques(
        self, states: Collection[InstrumentState], today: date, text: str = ""
    ) -> tuple[ChequeRow, ...]:
        """Return cheques and drafts in some states by their date.

        Args:
            states: which.
            today: the day in India, by which post-dated ones are held.
            text: part of a name, a number, a bank or an acknowledgement's number.
        """

    def cheque(self, reference: str, today: date) -> ChequeRow | None:
        """Return one by its uid, attempt or acknowledgement's number, or its own if unique."""

    def slip(self, uid: str, today: date) -> DepositSlipView | None:
        """Return a deposit slip with its cheques."""

    def acknowledgement(self, uid: str) -> ReceiptView | None:
        """Return the acknowledgement of a cheque by its uid, without the centre."""

    def claimed(self) -> tuple[ClaimedPayment, ...]:
        """Return payments that the bank has not shown yet, oldest first."""

    def is_one_family(self, one: str, other: str) -> bool:
        """Return whether two students are of one family."""

    def credit_of(self, student_uid: str) -> Money:
        """Return the credit of a student."""
