"""The real services on a real file, which a proof can drop at any moment and open again.

Knows how services are composed and nothing of what a proof does with them.
"""

from __future__ import annotations

import shutil
import tempfile
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from desktop_app.config.clock import Uuid7Source
from desktop_app.documents.desk_documents import DeskDocuments
from desktop_app.domain.courses import make_course
from desktop_app.domain.errors import AlreadyEnrolledError, DomainError, IllegalTransitionError
from desktop_app.domain.money import Money
from desktop_app.domain.payment import Method
from desktop_app.domain.students import make_student
from desktop_app.services.connectivity import ConnectionMonitor, monitored
from desktop_app.services.context import Context
from desktop_app.services.errors import (
    GatewayError,
    ServiceError,
    UnknownCourseError,
    UnknownStudentError,
)
from desktop_app.services.settings.table import settings_view
from desktop_app.services.views.enrolment import DueFilter
from desktop_app.services.views.maintenance import Health
from desktop_app.storage.store import DATABASE, SqlStore, open_store
from tests.composed_desk import compose_desk
from tests.memory_folder import memory_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from desktop_app.services.desk import Desk
    from desktop_app.services.enrolment.courses import CourseService
    from desktop_app.services.enrolment.enrolments import EnrolmentService
    from desktop_app.services.enrolment.students import StudentService
    from desktop_app.services.fees.carts import CartService
    from desktop_app.services.maintenance.health_checks import HealthChecks
    from desktop_app.services.payments.service import PaymentService
    from desktop_app.services.ports.gateway import PaymentGateway
    from desktop_app.services.ports.storage import Store
    from desktop_app.services.ports.system import BookRegistry, Clock, IdSource
    from desktop_app.services.receipts.issuing import ReceiptService
    from desktop_app.services.refunds.service import RefundService
    from desktop_app.services.sync.poll_cycle import PollCycle
    from desktop_app.services.unapplied.service import UnappliedPayments

FEE = Money(1_180_000)
UPI_CHANNELS = (Method.UPI_INTENT, Method.QR_CODE, Method.PAYMENT_LINK)
EXPECTED_ERRORS = (DomainError, ServiceError, GatewayError)
"""The errors by which services refuse a request or report a failure."""


@contextmanager
def refusals() -> Iterator[None]:
    """Allow a refusal; a step that asked a state machine for an illegal move is a defect.

    Raises:
        AssertionError: one did, and nothing had refused the step before.
    """
    try:
        yield
    except IllegalTransitionError as error:
        raise AssertionError(f"an illegal move was asked for: {error}") from error
    except EXPECTED_ERRORS:
        return


NON_LEDGER_CHECKS = frozenset({"keys", "gateway", "clock", "disk", "backup"})
"""The doctor's checks that do not concern what is written."""


@dataclass
class DeskServices:
    """The services of one desk process. Drop it without `close` to simulate a crash."""

    folder: Path
    store: SqlStore
    context: Context
    connection: ConnectionMonitor
    payments: PaymentService
    polling: PollCycle
    refunds: RefundService
    unapplied: UnappliedPayments
    receipts: ReceiptService
    students: StudentService
    courses: CourseService
    enrolments: EnrolmentService
    carts: CartService
    health: HealthChecks
    desk: Desk

    def student(self, roll_no: str = "R001", guardian_phone: str = "") -> str:
        """Return the uid of a student; add the student if this roll number is unknown."""
        with suppress(UnknownStudentError):
            return self.students.find(roll_no).uid
        made = make_student(
            roll_no=roll_no,
            name=f"Student {roll_no}",
            phone="9000000001",
            guardian_phone=guardian_phone,
        )
        return self.students.add(made).uid

    def course(self, code: str = "PHY-11", *, fee: Money = FEE, seats: int | None = 400) -> str:
        """Return the uid of a course; add the course if this code is unknown."""
        with suppress(UnknownCourseError):
            return self.courses.find(code).uid
        made = make_course(
            code=code, title="Physics XI", batch="Morning", fee=fee, gst_bp=1_800, seats=seats
        )
        return self.courses.add(made).uid

    def due(self, student: str, course: str) -> str:
        """Return the open due of a student's course; enrol the student where need be.

        Raises:
            AlreadyEnrolledError: its fee is paid, or written off.
        """
        try:
            dues = self.enrolments.enrol(student, course).dues
        except AlreadyEnrolledError:
            code = next(row.course.code for row in self.courses.search("") if row.uid == course)
            dues = self.enrolments.dues(DueFilter(student_uid=student, batch=code))
            if not dues:
                raise
        if not dues:
            raise AlreadyEnrolledError("nothing is due")
        return dues[0].uid

    def alarms(self) -> tuple[str, ...]:
        """Return what the doctor, and with it the start of a day, finds wrong with the books."""
        return tuple(
            f"{each.name}: {each.finding}"
            for each in self.health.run()
            if each.health is Health.BAD and each.name not in NON_LEDGER_CHECKS
        )

    def close(self) -> None:
        """Close the database."""
        self.store.close()


@cache
def migrated_database() -> bytes:
    """Return a migrated, empty database."""
    with tempfile.TemporaryDirectory(prefix="pravesh-proof-") as folder:
        open_store(Path(folder)).close()
        return Path(folder, DATABASE).read_bytes()


def create_data_folder(folder: Path) -> Path:
    """Create a data folder with a migrated, empty database; return the database's path."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    path = folder / DATABASE
    path.write_bytes(migrated_database())
    return path


@contextmanager
def temporary_folder(*, on_disk: bool = False) -> Iterator[Path]:
    """Yield a folder that is removed afterwards; in memory if possible, unless `on_disk`."""
    place = None if on_disk else memory_folder()
    made = tempfile.mkdtemp(prefix="pravesh-proof-", dir=place)
    try:
        yield Path(made)
    finally:
        shutil.rmtree(made, ignore_errors=True)


def open_services(
    folder: Path,
    gateway: PaymentGateway,
    clock: Clock,
    *,
    store: SqlStore | None = None,
    registry: BookRegistry | None = None,
    ids: IdSource | None = None,
    wrap_store: Callable[[SqlStore], Any] | None = None,
) -> DeskServices:
    """Open the services of a desk on a folder, as a new process does; settings are read once.

    Args:
        folder: a data folder that holds the database.
        gateway: the payment gateway.
        clock: the desk's clock.
        store: an open store to use; a new one by default.
        registry: what the user's system remembers of the folder's book, for a new store.
        ids: the source of uids; random ones by default.
        wrap_store: wraps the store that the services use.
    """
    store = store or open_store(folder, clock.now, registry)
    settings = settings_view(store.reader.settings.all())
    connection = ConnectionMonitor(clock)
    context = Context(
        store=cast("Store", wrap_store(store) if wrap_store else store),
        gateway=lambda: monitored(gateway, connection),
        settings=lambda: settings,
        documents=DeskDocuments(),
        clock=clock,
        ids=ids or Uuid7Source(),
        folder=folder,
        is_training=False,
    )
    desk = compose_desk(context, connection)
    return DeskServices(
        folder=folder,
        store=store,
        context=context,
        connection=connection,
        payments=desk.payments,
        polling=desk.polling,
        refunds=desk.refunds,
        unapplied=desk.unapplied,
        receipts=desk.receipts,
        students=desk.students,
        courses=desk.courses,
        enrolments=desk.enrolments,
        carts=desk.carts,
        health=desk.health,
        desk=desk,
    )


class InterceptedGateway:
    """A gateway each call of which passes through a function; `now` is read directly.

    Args:
        inner: the gateway.
        intercept: receives the call's name and the call, and returns the answer.
    """

    def __init__(self, inner: Any, intercept: Callable[[str, Callable[[], Any]], Any]) -> None:
        self._inner = inner
        self._intercept = intercept

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if not callable(found) or name == "now":
            return found
        return lambda *given, **named: self._intercept(name, lambda: found(*given, **named))


class CommitHookStore:
    """A store whose commits pass through a function."""

    def __init__(self, inner: SqlStore, commit: Callable[[Any, Callable[[], None]], None]) -> None:
        self._inner = inner
        self._commit = commit

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def writing(self) -> CommitHookWork:
        """Open a unit of work whose commit passes through the function."""
        return CommitHookWork(self._inner.writing(), self._commit)


class CommitHookWork:
    """A unit of work whose commit passes through a function."""

    def __init__(self, inner: Any, commit: Callable[[Any, Callable[[], None]], None]) -> None:
        self._inner = inner
        self._tap = commit

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def __enter__(self) -> CommitHookWork:
        self._inner.__enter__()
        return self

    def __exit__(self, *raised: Any) -> None:
        self._inner.__exit__(*raised)

    def commit(self) -> None:
        """Pass the commit to the function."""
        self._tap(self._inner, self._inner.commit)
