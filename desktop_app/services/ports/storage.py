"""The desk's memory as use-cases see it: one writer at a time, any number of readers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from contextlib import AbstractContextManager
    from datetime import datetime
    from pathlib import Path
    from types import TracebackType

    from desktop_app.domain.audit import AuditEntry, Head
    from desktop_app.domain.courses import Course
    from desktop_app.domain.enrollment import DueState, EnrollmentState
    from desktop_app.domain.money import Money
    from desktop_app.domain.payment import Attempt, AttemptState
    from desktop_app.domain.refund import RefundState
    from desktop_app.domain.students import Student
    from desktop_app.services.ports.outbox import OutboxRepository, UnmatchedRepository
    from desktop_app.services.ports.queries import Reader
    from desktop_app.services.ports.records import (
        DueRecord,
        EnrollmentRecord,
        ImportCounts,
        Movement,
        PaymentRecord,
        ReceiptRecord,
        RefundRecord,
    )
    from desktop_app.services.views.maintenance import BackupReport


class StudentRepository(Protocol):
    """Students, inside a unit of work."""

    def add(self, uid: str, student: Student, at: datetime) -> None:
        """Add one. Raises DuplicateError."""
        ...

    def change(self, uid: str, student: Student, at: datetime) -> None:
        """Replace one. Raises DuplicateError, UnknownStudentError."""
        ...

    def get(self, uid: str) -> Student | None:
        """Read one."""
        ...

    def note_served(self, uid: str, at: datetime) -> None:
        """Remember that the student was just at the counter."""
        ...

    def take_all(
        self, students: Iterable[Student], at: datetime, new_uid: Callable[[], str]
    ) -> ImportCounts:
        """Add or replace many by roll number."""
        ...


class CourseRepository(Protocol):
    """Courses, inside a unit of work."""

    def add(self, uid: str, course: Course, at: datetime) -> None:
        """Add one. Raises DuplicateError."""
        ...

    def change(self, uid: str, course: Course, at: datetime) -> None:
        """Replace one. Raises DuplicateError, UnknownCourseError."""
        ...

    def get(self, uid: str) -> Course | None:
        """Read one that is on offer; None when unknown or withdrawn."""
        ...

    def withdraw(self, uid: str, at: datetime) -> bool:
        """Take one off the list; False when it was not there."""
        ...

    def has_free_seat(self, uid: str, *, besides: str = "") -> bool:
        """Whether a seat is neither taken nor held by a live attempt, leaving one enrolment out.

        The course may be withdrawn.
        """
        ...

    def take_all(
        self, courses: Iterable[Course], at: datetime, new_uid: Callable[[], str]
    ) -> ImportCounts:
        """Add or replace many by code."""
        ...


class EnrollmentRepository(Protocol):
    """Enrolments and their dues, inside a unit of work."""

    def current(self, student_uid: str, course_uid: str) -> EnrollmentRecord | None:
        """The pending or active enrolment of a student in a course."""
        ...

    def get(self, uid: str) -> EnrollmentRecord:
        """Read one."""
        ...

    def add(self, enrollment: EnrollmentRecord, due: DueRecord) -> None:
        """Add one with its due."""
        ...

    def advance(self, uid: str, expected: EnrollmentState, following: EnrollmentState) -> bool:
        """Change the state if it is the expected one; False when it was not."""
        ...

    def due_of(self, enrollment_uid: str) -> DueRecord:
        """The due of an enrolment."""
        ...

    def due(self, due_uid: str) -> DueRecord:
        """Read a due."""
        ...

    def advance_due(self, uid: str, expected: DueState, following: DueState) -> bool:
        """Change a due's state if it is the expected one; False when it was not."""
        ...


class AttemptRepository(Protocol):
    """Attempts and orders, inside a unit of work."""

    def add(self, attempt: Attempt, note: str = "") -> None:
        """Add one. Raises DuplicateError when the due has a live attempt already."""
        ...

    def get(self, uid: str) -> Attempt:
        """Read one. Raises KeyError."""
        ...

    def save(self, attempt: Attempt, expected: AttemptState, note: str = "") -> bool:
        """Store one if its state is still the expected one; a change of state leaves an event."""
        ...

    def set_failure(self, uid: str, words: str) -> bool:
        """Remember the newest failed try in the payer's app; False when known already."""
        ...

    def failure(self, uid: str) -> str:
        """The newest failed try, in words; empty without one."""
        ...

    def touched_at(self, uid: str) -> datetime:
        """When the row was last written."""
        ...

    def find(self, reference: str) -> Attempt | None:
        """One by our own reference at the gateway."""
        ...

    def of_due(self, due_uid: str) -> tuple[Attempt, ...]:
        """Every attempt of a due, oldest first."""
        ...

    def of_order(self, order_id: str) -> tuple[Attempt, ...]:
        """Every attempt on an order, oldest first."""
        ...

    def add_order(self, attempt: Attempt, at: datetime) -> None:
        """Add the order of an attempt; the same one twice is one."""
        ...

    def move_order(self, wrong: str, right: str) -> None:
        """Put another order id in the place of one that the gateway does not know."""
        ...

    def drop_order(self, order_id: str) -> None:
        """Forget an order id that an answer named and the gateway does not know."""
        ...


class PaymentRepository(Protocol):
    """Payments, refunds, receipts and the ledger, inside a unit of work. Only ever added to."""

    def payment(self, payment_id: str) -> PaymentRecord | None:
        """A payment by the gateway's id."""
        ...

    def of_attempt(self, attempt_uid: str) -> tuple[PaymentRecord, ...]:
        """The payments of an attempt, oldest first."""
        ...

    def add_payment(self, payment: PaymentRecord, at: datetime) -> None:
        """Add one."""
        ...

    def find_payment(self, reference: str) -> PaymentRecord | None:
        """A payment by the gateway's id or by our own."""
        ...

    def returned(self, payment_uid: str) -> Money:
        """How much of a payment the gateway has taken on to give back, or gave back."""
        ...

    def refunded(self, payment_uid: str) -> Money:
        """How much of a payment went back or is on its way back."""
        ...

    def left_of(self, payment: PaymentRecord) -> Money:
        """What of a payment may still go back: less refunds, and what lost disputes took."""
        ...

    def add_refund(self, refund: RefundRecord) -> None:
        """Add one."""
        ...

    def save_refund(self, refund: RefundRecord, expected: RefundState) -> bool:
        """Store state and gateway id if the state is still the expected one."""
        ...

    def refund(self, uid: str) -> tuple[RefundRecord, PaymentRecord] | None:
        """A refund with its payment."""
        ...

    def refunds_of(self, payment_uid: str) -> tuple[RefundRecord, ...]:
        """Every refund of a payment, oldest first."""
        ...

    def open_refunds(self) -> tuple[tuple[RefundRecord, PaymentRecord], ...]:
        """Refunds that have not come to their end, with their payments, oldest first."""
        ...

    def held(self) -> tuple[PaymentRecord, ...]:
        """Money that pays nothing: late without a seat, or twice; undecided and not returned."""
        ...

    def due_paid_by(self, payment: PaymentRecord) -> str | None:
        """The due that a payment pays, at once or by a decision; None where it pays none."""
        ...

    def decide(self, payment_uid: str, decision: str, due_uid: str, at: datetime) -> None:
        """Note what was decided about held money, once."""
        ...

    def next_sequence(self, series: str, year: str) -> int:
        """Take the next number of a receipt series; a rolled back transaction gives it back."""
        ...

    def receipts_upto(self, series: str, year: str) -> int:
        """The last number of a series that was taken, 0 before the first."""
        ...

    def skip_receipts(self, series: str, year: str, upto: int) -> int:
        """Let a series go on after a number at least; return the number it goes on after."""
        ...

    def add_receipt(self, receipt: ReceiptRecord) -> None:
        """Add one."""
        ...

    def add_movement(self, movement: Movement) -> None:
        """Add ledger entries. Raises ValueError when they do not sum to nought."""
        ...

    def note_print(self, receipt_uid: str, paper: str, at: datetime) -> None:
        """Count one print of a receipt."""
        ...


class Repositories(Protocol):
    """The repositories on one snapshot. Read through it; writing raises RuntimeError."""

    @property
    def students(self) -> StudentRepository:
        """The roll of students."""
        ...

    @property
    def courses(self) -> CourseRepository:
        """The courses."""
        ...

    @property
    def enrollments(self) -> EnrollmentRepository:
        """Enrolments and dues."""
        ...

    @property
    def attempts(self) -> AttemptRepository:
        """Attempts and orders."""
        ...

    @property
    def money(self) -> PaymentRepository:
        """Payments, refunds, receipts and the ledger."""
        ...

    @property
    def outbox(self) -> OutboxRepository:
        """What must still be said to the gateway."""
        ...

    @property
    def strays(self) -> UnmatchedRepository:
        """Disputes, and money of fees that are not in this book."""
        ...

    def setting(self, key: str) -> str | None:
        """Read a setting as stored."""
        ...

    def capability(self, key_id: str, name: str) -> bool | None:
        """What is remembered of an account's feature; None when never tried."""
        ...


class UnitOfWork(Repositories, Protocol):
    """One writing transaction: leaves without `commit` roll back."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

    def commit(self) -> None:
        """Make it all durable. Raises a StorageError, and then nothing was changed."""
        ...

    def nothing_to_write(self) -> None:
        """Declare that nothing is to be written, as it turned out under the lock.

        Without it, a block that ends without an error and has changed nothing is a fault: it made
        others wait for no reason.
        """
        ...

    def audit(self, entry: AuditEntry) -> None:
        """Append to the audit chain."""
        ...

    def put_setting(self, key: str, value: str) -> None:
        """Store a setting."""
        ...

    def remember_capability(self, key_id: str, name: str, at: datetime, *, available: bool) -> None:
        """Remember whether an account has a feature."""
        ...


class Store(Protocol):
    """The database: one writer at a time, any number of readers."""

    def reading(self) -> AbstractContextManager[Repositories]:
        """Open the repositories on the newest committed state. Raises a StorageError.

        Never waits for the writer. What is decided on it must be checked again where it is
        written: it may be out of date by then.
        """
        ...

    def writing(self) -> AbstractContextManager[UnitOfWork]:
        """Open a unit of work, for what writes only. Raises a StorageError."""
        ...

    @property
    def reader(self) -> Reader:
        """Queries on the newest committed state."""
        ...

    def anchor(self) -> Head | None:
        """The head of the audit chain as it was kept outside the database."""
        ...

    def backup(self, path: Path) -> BackupReport:
        """Copy the database online, open the copy, check and count it."""
        ...
