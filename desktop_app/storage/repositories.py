"""The repositories of one transaction, by subject."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, Self, TypeVar

from desktop_app.storage.enrolment.course_repository import SqlCourseRepository
from desktop_app.storage.enrolment.enrolment_repository import SqlEnrollmentRepository
from desktop_app.storage.enrolment.student_repository import SqlStudentRepository
from desktop_app.storage.outbox_repository import SqlOutboxRepository
from desktop_app.storage.payments.allocation_repository import SqlAllocationRepository
from desktop_app.storage.payments.attempt_repository import SqlAttemptRepository
from desktop_app.storage.payments.dispute_repository import SqlDisputeRepository
from desktop_app.storage.payments.ledger_repository import SqlLedgerRepository
from desktop_app.storage.payments.payment_repository import SqlPaymentRepository
from desktop_app.storage.payments.receipt_repository import SqlReceiptRepository
from desktop_app.storage.payments.refund_repository import SqlRefundRepository
from desktop_app.storage.payments.unapplied_repository import SqlUnappliedRepository
from desktop_app.storage.payments.unmatched_repository import SqlUnmatchedRepository
from desktop_app.storage.repository import Transaction, run

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from desktop_app.storage.fees.bill_repository import SqlBillRepository
    from desktop_app.storage.fees.concession_repository import SqlConcessionRepository
    from desktop_app.storage.fees.family_repository import SqlFamilyRepository
    from desktop_app.storage.fees.plan_repository import SqlPlanRepository
    from desktop_app.storage.fees.promo_repository import SqlPromoRepository
    from desktop_app.storage.payments.credit_repository import SqlCreditRepository
    from desktop_app.storage.payments.instrument_repository import SqlInstrumentRepository
    from desktop_app.storage.payments.tender_repository import SqlTenderRepository

Made = TypeVar("Made")
DEFAULT_DESK = "D1"
_CAPABILITY = "SELECT is_available FROM capabilities WHERE key_id = :key_id AND name = :name"


def _attempts(given: Transaction) -> SqlAttemptRepository:
    return SqlAttemptRepository(SqlOutboxRepository, given)


def _tenders(given: Transaction) -> SqlTenderRepository:
    from desktop_app.storage.payments.tender_repository import SqlTenderRepository

    return SqlTenderRepository(given)


def _instruments(given: Transaction) -> SqlInstrumentRepository:
    from desktop_app.storage.payments.instrument_repository import SqlInstrumentRepository

    return SqlInstrumentRepository(given)


def _credits(given: Transaction) -> SqlCreditRepository:
    from desktop_app.storage.payments.credit_repository import SqlCreditRepository

    return SqlCreditRepository(given)


def _bills(given: Transaction) -> SqlBillRepository:
    from desktop_app.storage.fees.bill_repository import SqlBillRepository  # few units need it

    return SqlBillRepository(given)


def _concessions(given: Transaction) -> SqlConcessionRepository:
    from desktop_app.storage.fees.concession_repository import SqlConcessionRepository

    return SqlConcessionRepository(given)


def _plans(given: Transaction) -> SqlPlanRepository:
    from desktop_app.storage.fees.plan_repository import SqlPlanRepository

    return SqlPlanRepository(given)


def _promos(given: Transaction) -> SqlPromoRepository:
    from desktop_app.storage.fees.promo_repository import SqlPromoRepository

    return SqlPromoRepository(given)


def _families(given: Transaction) -> SqlFamilyRepository:
    from desktop_app.storage.fees.family_repository import SqlFamilyRepository

    return SqlFamilyRepository(given)


class _Made(Generic[Made]):
    """A repository of a transaction, built when it is first used: a payment needs half of them.

    What is built takes the place of this in the instance. A class's `__getattr__` would first make
    an AttributeError for each.
    """

    def __init__(self, make: Callable[..., Made]) -> None:
        self._make = make

    def __set_name__(self, owner: type[SqlRepositories], name: str) -> None:
        self._name = name

    def __get__(self, books: SqlRepositories, owner: type[SqlRepositories]) -> Made:
        made = books.__dict__[self._name] = self._make(books.given)
        return made


class SqlRepositories:
    """A repository per subject, on one connection.

    Attributes:
        given: what each of them is built with.
    """

    students = _Made(SqlStudentRepository)
    courses = _Made(SqlCourseRepository)
    enrollments = _Made(SqlEnrollmentRepository)
    families = _Made(_families)
    outbox = _Made(SqlOutboxRepository)
    attempts = _Made(_attempts)
    payments = _Made(SqlPaymentRepository)
    allocations = _Made(SqlAllocationRepository)
    refunds = _Made(SqlRefundRepository)
    unapplied = _Made(SqlUnappliedRepository)
    receipts = _Made(SqlReceiptRepository)
    ledger = _Made(SqlLedgerRepository)
    disputes = _Made(SqlDisputeRepository)
    unmatched = _Made(SqlUnmatchedRepository)
    tenders = _Made(_tenders)
    instruments = _Made(_instruments)
    credits = _Made(_credits)
    bills = _Made(_bills)
    concessions = _Made(_concessions)
    promos = _Made(_promos)
    plans = _Made(_plans)

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._settings: Mapping[str, str] | None = None

    def use(self, connection: sqlite3.Connection, cursor: sqlite3.Cursor) -> Self:
        """Set the connection, which is in a transaction, and its cursor for the repositories."""
        self._connection = connection
        self._desk_id = self.setting("desk.id") or DEFAULT_DESK
        self._now = self._clock()
        self.given = Transaction(connection, cursor, self._desk_id, self._now)
        self._seals = self.given.seals
        return self

    def setting(self, key: str) -> str | None:
        """Return a setting as stored; all are read at once, since none changes from outside."""
        if self._settings is None:
            found = self._connection.execute("SELECT key, value FROM settings")
            self._settings = dict(found.fetchall())
        return self._settings.get(key)

    def capability(self, key_id: str, name: str) -> bool | None:
        """Return whether an account has a feature; None when never tried."""
        row = run(self._connection, _CAPABILITY, {"key_id": key_id, "name": name}).fetchone()
        return None if row is None else bool(row[0])
