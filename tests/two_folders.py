"""Desks of real services on several folders, installations and one account, as tests compose them.

A folder is opened as the program does: the book's identity is checked, then whether its rows are
the newest; a held book only reads at the gateway.
"""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from desktop_app.config.clock import Uuid7Source
from desktop_app.documents.desk_documents import DeskDocuments
from desktop_app.domain.courses import make_course
from desktop_app.domain.errors import DomainError
from desktop_app.domain.money import Money
from desktop_app.domain.payment import Method
from desktop_app.domain.students import make_student
from desktop_app.services.connectivity import ConnectionMonitor, ReadOnlyGateway, monitored
from desktop_app.services.context import Context
from desktop_app.services.errors import UnknownCourseError, UnknownStudentError
from desktop_app.services.identity.service import BookIdentity
from desktop_app.services.recovery.rollback_detection import detect_rollback
from desktop_app.services.settings.table import settings_view
from desktop_app.storage.store import DATABASE, open_store
from tests.composed_desk import compose_desk
from tests.exported_rows import exported
from tests.proofs.proof_desk import migrated_database

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from desktop_app.services.desk import Desk
    from desktop_app.services.ports.gateway import PaymentGateway
    from desktop_app.services.ports.system import BookRegistry, Clock
    from desktop_app.services.views.payments import AttemptView
    from desktop_app.storage.store import SqlStore

FEE = Money(1_180_000)


class FolderDesk:
    """The desk of one folder, as one start of the program has it.

    Args:
        folder: the data folder.
        registry: what the user's system remembers.
        gateway: the account; several desks may share it.
        clock: the PC's.
        is_checked: whether the book's identity is checked; without it the defect shows.
    """

    def __init__(
        self,
        folder: Path,
        registry: BookRegistry,
        gateway: PaymentGateway,
        clock: Clock,
        *,
        is_checked: bool = True,
        is_training: bool = False,
    ) -> None:
        self.folder, self.registry = folder, registry
        if not (folder / DATABASE).exists():
            folder.mkdir(parents=True, exist_ok=True)
            for end in ("-wal", "-shm"):  # SQLite deletes them beside a new file
                (folder / f"{DATABASE}{end}").unlink(missing_ok=True)
            (folder / DATABASE).write_bytes(migrated_database())
        self.store: SqlStore = open_store(folder, clock.now, registry)
        line = ConnectionMonitor(clock)
        self.context = Context(
            store=self.store,
            gateway=lambda: self._guarded(monitored(gateway, line)),
            settings=lambda: settings_view(self.store.reader.settings.all()),
            documents=DeskDocuments(),
            clock=clock,
            ids=Uuid7Source(),
            folder=folder,
            is_training=is_training,
        )
        self.store.check_before_writing(self._detect)
        self.identity = BookIdentity(self.context, registry, self._detect)
        try:
            if is_checked:
                self.identity.check()
            if self.store.refusal is None:
                self._detect(is_thorough=False)
        except BaseException:
            self.store.close()
            raise
        self.desk: Desk = replace(compose_desk(self.context, line), identity=self.identity)

    def _detect(self, *, is_thorough: bool = True) -> None:
        training = self.context.is_training
        detect_rollback(self.store, self.context.now(), training=training, is_thorough=is_thorough)

    def _guarded(self, gateway: PaymentGateway) -> PaymentGateway:
        refusal = self.store.refusal
        return (
            gateway
            if refusal is None
            else cast("PaymentGateway", ReadOnlyGateway(gateway, refusal))
        )

    @property
    def code(self) -> str:
        return self.context.settings().desk_id

    def setting(self, key: str) -> str:
        return self.store.reader.settings.all().get(key, "")

    def begin(self, roll_no: str, method: Method, course: str = "PHY-11") -> AttemptView:
        """Begin to collect the fee of a student, who is added if need be."""
        return self.desk.payments.begin(self._student(roll_no), self._course(course), method)

    def cash(self, roll_no: str, course: str = "PHY-11") -> str:
        """Collect a fee in cash; return the receipt's number."""
        return self.begin(roll_no, Method.CASH, course).receipt_no or ""

    def shown(
        self, roll_no: str, method: Method = Method.UPI_INTENT, course: str = "PHY-11"
    ) -> AttemptView:
        """Show the QR of a student's fee."""
        return self.desk.payments.open(self.begin(roll_no, method, course).uid)

    def _student(self, roll_no: str) -> str:
        try:
            return self.desk.students.find(roll_no).uid
        except UnknownStudentError:
            made = make_student(roll_no=roll_no, name=f"Student {roll_no}", phone="9000000001")
            return self.desk.students.add(made).uid

    def _course(self, code: str) -> str:
        try:
            return self.desk.courses.find(code).uid
        except UnknownCourseError:
            made = make_course(
                code=code, title="Physics XI", batch="Morning", fee=FEE, gst_bp=1_800, seats=400
            )
            return self.desk.courses.add(made).uid

    def numbers(self) -> list[str]:
        """Return the numbers of all receipts in the book, oldest first."""
        return [str(row["number"]) for row in exported(self.store, "receipts")]

    def paid_ids(self) -> set[str]:
        """Return the gateway's ids of all payments in the book, and in its inbox."""
        rows = exported(self.store, "payments")
        held = {each.payment_id for each in self.desk.unapplied.held()}
        return ({str(row["payment_id"]) for row in rows} | {str(each) for each in held}) - {"None"}

    def actions(self) -> list[str]:
        """Return the actions of the audit trail, oldest first."""
        return [link.entry.action for link in self.store.reader.audit.links()]

    def close(self) -> None:
        self.store.close()


def copy_folder(source: Path, target: Path) -> Path:
    """Copy a closed data folder, as a person does with a file manager."""
    shutil.copytree(source, target)
    return target


def copy_book(source: Path, target: Path) -> Path:
    """Copy the database alone, as a person does who keeps backups by hand."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source / DATABASE, target)
    return target


def refuses(do: Callable[[], object]) -> bool:
    """Return whether the desk refuses what is asked."""
    from desktop_app.services.errors import ServiceError

    try:
        do()
    except (ServiceError, DomainError):
        return True
    return False
