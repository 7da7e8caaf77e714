"""The database as use-cases see it: one writer at a time, any number of readers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime
    from pathlib import Path

    from desktop_app.domain.anchor import Anchors
    from desktop_app.domain.audit import AuditEntry
    from desktop_app.domain.capture import CaptureNote, CaptureStep
    from desktop_app.domain.checkout import Proofs
    from desktop_app.domain.courses import Course
    from desktop_app.domain.enrollment import DueState, EnrollmentState
    from desktop_app.domain.payment import Attempt, AttemptState
    from desktop_app.domain.students import Student, StudentNames
    from desktop_app.services.errors import ServiceError
    from desktop_app.services.ports.bills import BillRepository
    from desktop_app.services.ports.dues import FamilyRepository
    from desktop_app.services.ports.fees import (
        ConcessionRepository,
        PlanRepository,
        PromoRepository,
    )
    from desktop_app.services.ports.outbox import OutboxRepository
    from desktop_app.services.ports.payments import (
        AllocationRepository,
        DisputeRepository,
        LedgerRepository,
        PaymentRepository,
        ReceiptRepository,
        RefundRepository,
        UnappliedRepository,
        UnmatchedRepository,
    )
    from desktop_app.services.ports.reader import Reader
    from desktop_app.services.ports.records import (
        DueChange,
        DueRecord,
        EnrollmentMove,
        EnrollmentRecord,
        EnrollmentTerms,
        ImportCounts,
    )
    from desktop_app.services.ports.tenders import (
        CreditRepository,
        InstrumentRepository,
        TenderRepository,
    )
    from desktop_app.services.views.identity import CleanBook
    from desktop_app.services.views.maintenance import BackupReport, BookContents


class StudentRepository(Protocol):
    """Students."""

    def add(self, uid: str, student: Student, at: datetime) -> None:
        """Add one. Raises DuplicateError."""

    def change(self, uid: str, student: Student, at: datetime) -> None:
        """Replace one. Raises DuplicateError, UnknownStudentError."""

    def get(self, uid: str) -> Student | None:
        """Return one."""

    def names(self, uid: str) -> StudentNames | None:
        """Return the names of one."""

    def mark_served(self, uid: str, at: datetime) -> None:
        """Record that the student was just at the counter."""

    def upsert_all(
        self, students: Iterable[Student], at: datetime, new_uid: Callable[[], str]
    ) -> ImportCounts:
        """Add or replace many by roll number."""


class CourseRepository(Protocol):
    """Courses."""

    def add(self, uid: str, course: Course, at: datetime) -> None:
        """Add one. Raises DuplicateError."""

    def change(self, uid: str, course: Course, at: datetime) -> None:
        """Replace one. Raises DuplicateError, UnknownCourseError."""

    def get(self, uid: str) -> Course | None:
        """Return one that is on offer; None when unknown or withdrawn."""

    def on_offer(self, uid: str) -> tuple[Course, bool] | None:
        """Return one that is on offer, and whether it has fee plans, by one statement."""

    def archived(self, uid: str) -> Course | None:
        """Return one that was withdrawn from the list."""

    def withdraw(self, uid: str, at: datetime) -> bool:
        """Withdraw one from the list; False when it was not there."""

    def has_free_seats(self, uid: str, enrollments: Sequence[str]) -> bool:
        """Return whether enrolments can have a seat each, or a new one where none is given."""

    def upsert_all(
        self, courses: Iterable[Course], at: datetime, new_uid: Callable[[], str]
    ) -> ImportCounts:
        """Add or replace many by code."""


class EnrollmentRepository(Protocol):
    """Enrolments and their dues."""

    def current(self, student_uid: str, course_uid: str) -> EnrollmentRecord | None:
        """Return the pending or active enrolment of a student in a course."""

    def get(self, uid: str) -> EnrollmentRecord:
        """Return one."""

    def add(self, enrollment: EnrollmentRecord, *dues: DueRecord) -> None:
        """Add one with its dues."""

    def advance(self, uid: str, expected: EnrollmentState, following: EnrollmentState) -> bool:
        """Change the state if it is the expected one; False when it was not."""

    def due_of(self, enrollment_uid: str) -> DueRecord:
        """Return the first due of an enrolment. Raises KeyError."""

    def dues_of(self, enrollment_uid: str) -> tuple[DueRecord, ...]:
        """Return every due of an enrolment, in its order."""

    def due(self, due_uid: str) -> DueRecord:
        """Return a due. Raises KeyError."""

    def dues_with_enrollments(
        self, due_uids: Sequence[str]
    ) -> tuple[tuple[DueRecord, EnrollmentRecord], ...]:
        """Return dues with their enrolments, in this order. Raises KeyError."""

    def due_with_enrollment(self, due_uid: str) -> tuple[DueRecord, EnrollmentRecord]:
        """Return a due and its enrolment. Raises KeyError."""

    def advance_due(self, uid: str, expected: DueState, following: DueState) -> bool:
        """Change a due's state if it is the expected one; False when it was not."""

    def change_due(self, change: DueChange) -> None:
        """Record a change of what is asked for a due, or of its date."""

    def add_dues(self, dues: Iterable[DueRecord], at: datetime) -> None:
        """Add dues to an enrolment that is there already."""

    def add_terms(self, terms: EnrollmentTerms) -> None:
        """Freeze what was agreed at enrolment."""

    def terms_of(self, enrollment_uid: str) -> EnrollmentTerms | None:
        """Return what was agreed; None for an enrolment without a plan."""

    def move(self, move: EnrollmentMove, course: Course, at: datetime) -> bool:
        """Move an enrolment to another course; False when it was not in the one it left."""


class AttemptRepository(Protocol):
    """Attempts and orders."""

    def add(self, attempt: Attempt, note: str = "") -> None:
        """Add one. Raises DuplicateError when the due has a live attempt already."""

    def get(self, uid: str) -> Attempt:
        """Return one. Raises KeyError."""

    def save(self, attempt: Attempt, expected: AttemptState, note: str = "") -> bool:
        """Store one if its state is still the expected one; a change of state adds an event."""

    def mark_paid(self, attempt: Attempt, note: str) -> bool:
        """Set the state to paid, and nothing else, if it is still that of the attempt given."""

    def has_note(self, uid: str, note: str) -> bool:
        """Return whether an event of an attempt has exactly this note."""

    def set_failure(self, uid: str, words: str) -> bool:
        """Set the newest failed try in the payer's app; False when known already."""

    def failure(self, uid: str) -> str:
        """Return the newest failed try, in words; empty without one."""

    def updated_at(self, uid: str) -> datetime:
        """Return when the row was last written."""

    def find(self, reference: str) -> Attempt | None:
        """Return one by our own reference at the gateway."""

    def of_due(self, due_uid: str) -> tuple[Attempt, ...]:
        """Return every attempt of a due, oldest first."""

    def of_order(self, order_id: str) -> tuple[Attempt, ...]:
        """Return every attempt on an order, oldest first."""

    def add_note(self, uid: str, note: str) -> None:
        """Add an event that changes no state."""

    def proofs(self, uid: str) -> Proofs:
        """Return the proofs of the checkout that an attempt got."""

    def note_capture(self, uid: str, step: CaptureStep, payment_id: str) -> None:
        """Note a step of an authorised payment of an attempt."""

    def capture_notes(self, due_uid: str) -> Mapping[str, CaptureNote]:
        """Return the newest note of each authorised payment of a due, by payment id."""

    def add_order(self, attempt: Attempt, at: datetime) -> None:
        """Add the order of an attempt; the same one twice is one."""

    def move_order(self, wrong: str, right: str) -> None:
        """Replace an order id that the gateway does not know by another."""

    def drop_order(self, order_id: str) -> None:
        """Remove an order id that a response named and the gateway does not know."""

    def leave(self, note: str) -> int:
        """End, as never sent from here, all that may still bring money; return how many."""


class Repositories(Protocol):
    """A repository per subject on one snapshot; writing through them raises RuntimeError."""

    @property
    def students(self) -> StudentRepository:
        """Students."""

    @property
    def courses(self) -> CourseRepository:
        """Courses."""

    @property
    def enrollments(self) -> EnrollmentRepository:
        """Enrolments and dues."""

    @property
    def families(self) -> FamilyRepository:
        """Families with their promises and contacts."""

    @property
    def plans(self) -> PlanRepository:
        """Fee plans."""

    @property
    def attempts(self) -> AttemptRepository:
        """Attempts and orders."""

    @property
    def payments(self) -> PaymentRepository:
        """Payments."""

    @property
    def allocations(self) -> AllocationRepository:
        """Allocations of payments to dues."""

    @property
    def refunds(self) -> RefundRepository:
        """Refunds."""

    @property
    def unapplied(self) -> UnappliedRepository:
        """Payments that pay no due."""

    @property
    def receipts(self) -> ReceiptRepository:
        """Receipts and their series."""

    @property
    def ledger(self) -> LedgerRepository:
        """The ledger."""

    @property
    def disputes(self) -> DisputeRepository:
        """Disputes."""

    @property
    def unmatched(self) -> UnmatchedRepository:
        """Payments whose fee is not in this database."""

    @property
    def tenders(self) -> TenderRepository:
        """Evidence of counter tenders."""

    @property
    def instruments(self) -> InstrumentRepository:
        """Cheques and demand drafts."""

    @property
    def credits(self) -> CreditRepository:
        """Credit of students."""

    @property
    def bills(self) -> BillRepository:
        """Bills."""

    @property
    def concessions(self) -> ConcessionRepository:
        """Concessions and their kinds."""

    @property
    def promos(self) -> PromoRepository:
        """Promo codes and their uses."""

    @property
    def outbox(self) -> OutboxRepository:
        """Commands for the gateway."""

    def setting(self, key: str) -> str | None:
        """Return a setting as stored."""

    def capability(self, key_id: str, name: str) -> bool | None:
        """Return whether an account has a feature; None when never tried."""


class UnitOfWork(Repositories, Protocol):
    """One writing transaction: leaving it without `commit` rolls back."""

    def commit(self) -> None:
        """Make everything durable. Raises a StorageError, and then nothing was changed."""

    def nothing_to_write(self) -> None:
        """Declare that there is nothing to write, as it turned out under the lock.

        Without it, a block that ends without an error and has changed nothing is a fault: it made
        others wait for no reason.
        """

    def audit(self, entry: AuditEntry) -> None:
        """Append to the audit chain."""

    def put_setting(self, key: str, value: str) -> None:
        """Store a setting."""

    def put_capability(self, key_id: str, name: str, at: datetime, *, available: bool) -> None:
        """Store whether an account has a feature."""


class Store(Protocol):
    """The database: one writer at a time, any number of readers.

    Attributes:
        refusal: why nothing is recorded now; None where it is.
    """

    refusal: ServiceError | None

    def reading(self) -> AbstractContextManager[Repositories]:
        """Open repositories on the newest committed state. Raises a StorageError.

        Never waits for the writer. What is decided on it must be checked again where it is
        written: it may be out of date by then.
        """

    def writing(self) -> AbstractContextManager[UnitOfWork]:
        """Open a unit of work, for what writes only. Raises a StorageError, or the refusal."""

    def check_before_writing(self, check: Callable[[], object]) -> None:
        """Call this once before the first unit of work; others wait for it."""

    def hold(self, refusal: ServiceError) -> None:
        """Refuse to write from now on, with this error."""

    def release(self) -> None:
        """Allow writing again."""

    def deciding(self) -> AbstractContextManager[UnitOfWork]:
        """Open a unit of work in spite of a refusal, for what ends it."""

    @property
    def reader(self) -> Reader:
        """Queries by subject on the newest committed state."""

    def anchors(self, *, is_thorough: bool = True) -> Anchors:
        """Return the anchors of this book that are kept outside the database.

        Args:
            is_thorough: whether to ask the keyring, which blocks, even where file and copy agree.
        """

    def backup(self, path: Path) -> BackupReport:
        """Copy the database online, open the copy, check and count it."""

    def start_clean(
        self, book: CleanBook, settings: Collection[str], check: Callable[[], None]
    ) -> None:
        """Archive the book and put a new one in its place, without its money.

        Args:
            book: the new book, and where the old one is archived.
            settings: the settings that stay.
            check: raises where the book must stay; called while nobody else can write.

        Raises:
            StorageError: another program has the book open, or it cannot be written; it is as
                before.
        """

    def read_backup(self, path: Path) -> BookContents:
        """Read what a backup holds. Raises a StorageError."""
