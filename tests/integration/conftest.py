"""A desk of real use-cases on a real database, with a fake gateway and a test clock."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from desktop_app.config.clock import Uuid7Source
from desktop_app.documents.desk_documents import DeskDocuments
from desktop_app.domain.courses import make_course
from desktop_app.domain.money import Money
from desktop_app.domain.payment import AttemptState, Method
from desktop_app.domain.students import make_student
from desktop_app.sandbox.server import SandboxServer
from desktop_app.services.connectivity import ConnectionMonitor, monitored
from desktop_app.services.context import Context
from desktop_app.services.maintenance.audit_verification import AuditVerifier
from desktop_app.services.settings.table import settings_view
from tests.composed_desk import compose_desk
from tests.fake_gateway import FakeGateway
from tests.integration.kept_desks import KeptDesks
from tests.proofs.sandbox_http import SandboxHttp

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from desktop_app.services.desk import Desk
    from desktop_app.services.enrolment.courses import CourseService
    from desktop_app.services.enrolment.students import StudentService
    from desktop_app.services.payments.service import PaymentService
    from desktop_app.services.receipts.issuing import ReceiptService
    from desktop_app.services.sync.poll_cycle import PollCycle
    from desktop_app.services.views.enrolment import CourseRow, StudentSummary
    from desktop_app.services.views.payments import AttemptView
    from desktop_app.storage.store import SqlStore
    from tests.clock import TestClock
    from tests.memory_registry import MemoryRegistry

FEE = Money(1_180_000)


@dataclass
class Counter:
    """The objects that a test of a collection needs."""

    context: Context
    gateway: FakeGateway
    clock: TestClock
    connection: ConnectionMonitor
    desk: Desk
    registry: MemoryRegistry

    @property
    def payments(self) -> PaymentService:
        return self.desk.payments

    @property
    def polling(self) -> PollCycle:
        return self.desk.polling

    @property
    def students(self) -> StudentService:
        return self.desk.students

    @property
    def courses(self) -> CourseService:
        return self.desk.courses

    @property
    def receipts(self) -> ReceiptService:
        return self.desk.receipts

    def student(self, roll_no: str = "R001", **facts: str) -> StudentSummary:
        known = {"name": f"Student {roll_no}", "phone": "9000000001"} | facts
        return self.students.add(make_student(roll_no=roll_no, **known))

    def course(
        self, code: str = "PHY-11", *, fee: Money = FEE, seats: int | None = 400
    ) -> CourseRow:
        return self.courses.add(
            make_course(code=code, title="Physics XI", batch="Morning", fee=fee, gst_bp=1_800,
                        seats=seats)
        )  # fmt: skip

    def shown(self, method: Method = Method.AUTO) -> AttemptView:
        """Show the QR for a fee of a new student."""
        begun = self.payments.begin(self.student().uid, self.course().uid, method)
        view = self.payments.open(begun.uid)
        assert view.state is AttemptState.AWAITING
        return view

    def pay(self, view: AttemptView, outcome: str = "success") -> str:
        assert view.qr_text is not None
        return self.gateway.pay(view.qr_text, outcome)

    def restart(self) -> None:
        """Drop all state in memory, as a new process would."""
        self.desk = compose_desk(self.context, self.connection, self.registry)

    def ledger(self) -> dict[str, list[dict[str, Any]]]:
        found = self.context.store.reader.exports.ledger()
        return {name: [dict(row) for row in rows] for name, rows in found.items()}


@pytest.fixture
def counter(store: SqlStore, tmp_path: Path, clock: TestClock, registry: MemoryRegistry) -> Counter:
    gateway, connection = FakeGateway(clock), ConnectionMonitor(clock)
    context = Context(
        store=store,
        gateway=lambda: monitored(gateway, connection),
        settings=lambda: settings_view(store.reader.settings.all()),
        documents=DeskDocuments(),
        clock=clock,
        ids=Uuid7Source(),
        folder=tmp_path,
        is_training=False,
    )
    desk = compose_desk(context, connection, registry)
    return Counter(context, gateway, clock, connection, desk, registry)


@pytest.fixture(scope="session")
def running_sandbox() -> Iterator[SandboxServer]:
    """The sandbox that tests of the command line share."""
    with SandboxServer() as running:
        yield running


@pytest.fixture
def server(running_sandbox: SandboxServer) -> SandboxServer:
    """A sandbox that has forgotten everything."""
    SandboxHttp(running_sandbox.url).control("reset", {})
    return running_sandbox


@pytest.fixture(scope="session")
def kept_desks(tmp_path_factory: pytest.TempPathFactory) -> KeptDesks:
    return KeptDesks(tmp_path_factory.mktemp("kept"))


@pytest.fixture
def books_hold(counter: Counter, store: SqlStore) -> Iterator[None]:
    """Fail a test after which a row of money has no seal, or another one than it should."""
    yield
    assert AuditVerifier(counter.context).verify() is None
    with store.readers.reading() as reading:  # opening a connection costs more than the query
        for (content,) in reading.execute("SELECT content FROM receipts").all():
            assert content == json.dumps(json.loads(content), ensure_ascii=False)
