"""Repositories of money inside a unit of work: rows are added; only a refund's state changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from desktop_app.domain.ledger import MovementKind
    from desktop_app.domain.money import Money
    from desktop_app.domain.refund import RefundState
    from desktop_app.services.ports.records import (
        AllocationRecord,
        DisputeRecord,
        Movement,
        PaymentRecord,
        ReceiptLine,
        ReceiptRecord,
        RefundRecord,
        UnmatchedRecord,
    )


class PaymentRepository(Protocol):
    """Payments of dues in this database."""

    def add(self, payment: PaymentRecord, at: datetime) -> None:
        """Add one."""

    def by_payment_id(self, payment_id: str) -> PaymentRecord | None:
        """Return a payment by the gateway's id."""

    def of_attempt(self, attempt_uid: str) -> tuple[PaymentRecord, ...]:
        """Return the payments that were made for an attempt, oldest first."""

    def find(self, reference: str) -> PaymentRecord | None:
        """Return a payment by the gateway's id or by our own."""

    def is_on_order(self, order_id: str) -> bool:
        """Return whether a payment on an order is posted, returned ones included."""

    def dues_paid_by(self, payment: PaymentRecord) -> tuple[str, ...]:
        """Return the dues that a payment pays, in the order it came to pay them."""

    def due_paid_by(self, payment: PaymentRecord) -> str | None:
        """Return the due that a payment pays, the first of several; None for no due."""


class AllocationRepository(Protocol):
    """Allocations: parts of payments that pay dues."""

    def add(self, allocation: AllocationRecord) -> None:
        """Add one; one that takes another back is negative."""

    def of_payment(self, payment_uid: str) -> tuple[AllocationRecord, ...]:
        """Return every allocation of a payment, oldest first."""

    def of_due(self, due_uid: str) -> tuple[AllocationRecord, ...]:
        """Return every allocation to a due, oldest first."""

    def from_credit(self, student_uid: str) -> tuple[AllocationRecord, ...]:
        """Return what a student's credit pays and was not taken back, the latest first."""


class RefundRepository(Protocol):
    """Refunds, made here or noticed at the gateway."""

    def add(self, refund: RefundRecord) -> None:
        """Add one."""

    def save(self, refund: RefundRecord, expected: RefundState) -> bool:
        """Store state and gateway id if the state is still the expected one."""

    def get(self, uid: str) -> tuple[RefundRecord, PaymentRecord] | None:
        """Return a refund with its payment."""

    def of_payment(self, payment_uid: str) -> tuple[RefundRecord, ...]:
        """Return every refund of a payment, oldest first."""

    def identify(self, uid: str, refund_id: str) -> None:
        """Store the gateway's id of a refund that was booked without one."""

    def unidentified(self, most: int) -> tuple[PaymentRecord, ...]:
        """Return payments with a refund of the gateway that was booked without its id, any few."""

    def all_open(self) -> tuple[tuple[RefundRecord, PaymentRecord], ...]:
        """Return refunds that are not final, with their payments, oldest first."""

    def refunded(self, payment_uid: str) -> Money:
        """Return how much of a payment was refunded or is being refunded."""

    def returned(self, payment_uid: str) -> Money:
        """Return how much of a payment the gateway has agreed to refund, or refunded."""

    def refundable(self, payment: PaymentRecord) -> Money:
        """Return a payment's amount less its refunds and what lost disputes took."""


class UnappliedRepository(Protocol):
    """Payments that pay no due, and what was decided about them."""

    def held(self) -> tuple[PaymentRecord, ...]:
        """Return payments that pay no due, undecided and not refunded, oldest first.

        They came late without a seat, or twice, or a refund in full failed after all.
        """

    def decide(self, payment_uid: str, decision: str, due_uid: str | None, at: datetime) -> None:
        """Record a decision about money that is held. Raises DuplicateError when it is not."""


class ReceiptRepository(Protocol):
    """Receipts and their series."""

    def next_sequence(self, series: str, year: str) -> int:
        """Allocate the next number of a series; rolling back frees it again."""

    def last_sequence(self, series: str, year: str) -> int:
        """Return the last allocated number of a series, 0 before the first."""

    def last_sequences(self) -> dict[str, int]:
        """Return the last number by series and year, such as `D1/26-27`, newest series first."""

    def advance_series(self, series: str, year: str, upto: int) -> int:
        """Advance a series to at least `upto`; return its new last number."""

    def add(self, receipt: ReceiptRecord, lines: Sequence[ReceiptLine]) -> None:
        """Add one with its lines."""

    def has_any(self, payment_uid: str) -> bool:
        """Return whether a receipt shows a part of a payment."""

    def add_print(self, receipt_uid: str, paper: str, at: datetime) -> None:
        """Record one print of a receipt."""


class LedgerRepository(Protocol):
    """The ledger: double entry."""

    def add(self, movement: Movement) -> None:
        """Add a movement with its entries. Raises ValueError when they do not sum to zero."""

    def overdrawn(self) -> Mapping[str, Money]:
        """Return payments of which more went back than was taken from what they paid, by uid."""

    def held(self, payment_uid: str) -> Money:
        """Return how much of a payment is owed to the payer."""

    def movement_of(self, source_uid: str, kind: MovementKind) -> str | None:
        """Return the newest movement of a kind that something caused; None for none."""


class DisputeRepository(Protocol):
    """Disputes (chargebacks)."""

    def find(self, dispute_id: str) -> DisputeRecord | None:
        """Return a dispute by the gateway's id."""

    def save(self, dispute: DisputeRecord) -> None:
        """Add a dispute, or update what may change of it."""


class UnmatchedRepository(Protocol):
    """Captured payments with our references whose fee is not in this database."""

    def add(self, stray: UnmatchedRecord) -> None:
        """Add one."""

    def find(self, reference: str) -> UnmatchedRecord | None:
        """Return one by our own id or the gateway's payment id."""

    def held(self) -> tuple[UnmatchedRecord, ...]:
        """Return those that wait for a decision and are not being refunded, oldest first."""

    def reopen(self, uid: str) -> bool:
        """Hold one again that was returned, where its refund failed; False where it was not."""

    def settle(self, uid: str, state: str) -> bool:
        """Record a decision; False when it was decided before."""
