"""The desk behind the window in tests: the real services on a copy of a seeded database.

Only what lies outside the program is played: the gateway (`tests.fake_gateway`), the keyring and
the parent's phone. A test brings a state about as a day at the centre would: by asking the
services, by paying as a parent, and by cutting the line.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from desktop_app.bootstrap.desk_factory import make_desk
from desktop_app.bootstrap.settings_cache import CachedSettings
from desktop_app.config.clock import Uuid7Source
from desktop_app.documents.desk_documents import DeskDocuments
from desktop_app.documents.qr import qr_matrix
from desktop_app.domain.check_code import TRAINING_KEY
from desktop_app.domain.money import INR
from desktop_app.domain.payment import AttemptState, Method
from desktop_app.domain.receipt import IST, financial_year
from desktop_app.domain.students import make_student
from desktop_app.services.connectivity import ConnectionMonitor, monitored
from desktop_app.services.context import Context
from desktop_app.services.errors import RateLimitedError, RejectedError
from desktop_app.services.identity.service import BookIdentity
from desktop_app.services.maintenance.clean_start import CleanStart
from desktop_app.services.maintenance.health_checks import HealthChecks
from desktop_app.services.ports.gateway import DisputeFact
from desktop_app.services.receipts.issuing import ReceiptService
from desktop_app.services.receipts.verification import ReceiptVerifier
from desktop_app.services.settings.key_ids import checked_key_id
from desktop_app.services.settings.service import SettingsService
from desktop_app.storage.store import DATABASE, SqlStore
from tests.fake_gateway import FakeGateway
from tests.memory_registry import MemoryRegistry
from tests.ui.played_ports import (
    RECEIPT_KEY,
    KeptReceiptKeys,
    PlayedPhone,
    PlayedVault,
    RunningClock,
)
from tests.ui.service_calls import ServiceCalls, WatchedService

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from desktop_app.domain.courses import Course
    from desktop_app.domain.students import Student
    from desktop_app.services.desk import Desk
    from desktop_app.services.views.enrolment import CourseRow, StudentSummary
    from desktop_app.services.views.payments import AttemptView, PaymentRow
    from desktop_app.services.views.receipts import ReceiptView
    from desktop_app.services.views.unapplied import UnappliedPayment
    from tests.warm_database import WarmDatabase

WATCHED = (
    "students courses payments polling lookup receipts refunds disputes unapplied outbox settings "
    "backups health imports exports phone"
).split()


drawn_once = cache(qr_matrix)
"""A QR takes long to draw, and the fake gateway's are the same in every test."""


class RealDesk:
    """An open desk of real services, and the handles a test holds it by.

    Attributes:
        services: the desk that the window gets.
        real: the same services, unseen by the calls.
        gateway: the fake gateway behind it.
        calls: what its services were called for, and what they do instead.
    """

    def __init__(
        self, folder: Path, *, training: bool = True, warm: WarmDatabase | None = None
    ) -> None:
        self.folder, self.clock, self.calls = folder, RunningClock(), ServiceCalls()
        self.store = SqlStore(folder / DATABASE, self.clock.now)
        self._warm = warm
        if warm is not None:
            warm.lend(self.store)
        self.gateway, self.vault = FakeGateway(self.clock), PlayedVault(training=training)
        self.phone = PlayedPhone(self.gateway)
        self.receipt_keys = KeptReceiptKeys(TRAINING_KEY if training else RECEIPT_KEY)
        self.monitor = ConnectionMonitor(self.clock)
        self._settings = CachedSettings(self.store, self.clock)
        self._gateway = monitored(self.gateway, self.monitor)
        self.context = Context(
            store=self.store,
            gateway=lambda: self._gateway,
            settings=self._settings,
            documents=DeskDocuments(folder),
            clock=self.clock,
            ids=Uuid7Source(),
            folder=folder,
            is_training=training,
        )
        self.registry = MemoryRegistry()
        self.identity = BookIdentity(
            self.context, self.registry, forget_settings=self._settings.forget
        )
        self.real = self._make()
        self.services = self._watched(self.real)

    def _make(self) -> Desk:
        context, vault = self.context, self.vault
        settings = SettingsService(
            context,
            vault,
            lambda *_keys: context.gateway(),
            partial(checked_key_id, is_training=context.is_training, is_loopback=False),
            self._settings.forget,
        )
        receipts = ReceiptService(context, ReceiptVerifier(context, self.receipt_keys))
        return make_desk(
            context,
            self.monitor,
            settings=settings,
            health=HealthChecks(context, self.monitor, vault, ()),
            receipts=receipts,
            take_changes=self.store.changes.take,
            identity=self.identity,
            clean_start=CleanStart(context, self.registry, self.vault.view, self._settings.forget),
            phone=self.phone if context.is_training else None,
        )

    def _watched(self, desk: Desk) -> Desk:
        services: dict[str, Any] = {
            name: WatchedService(name, service, self.calls)
            for name in WATCHED
            if (service := getattr(desk, name)) is not None
        }
        return replace(desk, qr_matrix=drawn_once, **services)

    def close(self) -> None:
        self.gateway.answer()
        self.calls.go_on()
        if self._warm is None:
            self.store.close()
        else:
            self._warm.take_back(self.store)

    # --- what is on the books

    def student(self, roll_no: str) -> StudentSummary:
        return next(
            each for each in self.services.students.search(roll_no) if each.roll_no == roll_no
        )

    def course(self, code: str) -> CourseRow:
        return self.real.courses.find(code)

    def enter(self, students: Iterable[Student]) -> None:
        """Enter students into the roll, unchecked: files of others may hold anything."""
        with self.store.writing() as work:
            work.students.upsert_all(students, self.clock.now(), self.context.ids.new)
            work.commit()

    def returned(self, roll_no: str, code: str) -> None:
        """Receive money that Razorpay's dashboard has returned before the desk looked."""
        view = self.shown(roll_no, code)
        self.gateway.refund(self.pay(view.uid), view.amount, key="dashboard", reference="")
        self.real.polling.run(asked=True)

    def student_with_due(
        self, roll_no: str, code: str, *, like: str, name: str = "Ravi Rao"
    ) -> str:
        """Enter somebody with the phone of another student and an open fee; return its uid."""
        phone = self.real.students.detail(self.student(like).uid).student.phone
        new = self.real.students.add(make_student(roll_no=roll_no, name=name, phone=phone))
        self.real.payments.begin(new.uid, self.course(code).uid, Method.UPI_INTENT)
        return new.uid

    def offer(self, course: Course) -> None:
        """Put a course on offer, unchecked: files of others may hold anything."""
        with self.store.writing() as work:
            work.courses.upsert_all([course], self.clock.now(), self.context.ids.new)
            work.commit()

    def rename(self, roll_no: str, name: str, *, guardian_name: str = "") -> None:
        """Change a student's name in the roll, unchecked: files of others may hold anything."""
        found = self.student(roll_no)
        student = self.real.students.detail(found.uid).student
        student = replace(student, name=name, guardian_name=guardian_name)
        self.real.students.change(found.uid, student)

    def change_course(self, code: str, **facts: Any) -> None:
        row = self.course(code)
        self.real.courses.change(row.uid, replace(row.course, **facts))

    def view(self, uid: str) -> AttemptView:
        """An attempt as it is on the books."""
        return self.real.payments.view(uid)

    def open(self, uid: str) -> AttemptView:
        """Make an attempt payable, unseen by the calls."""
        return self.real.payments.open(uid)

    def number(self, at: int) -> str:
        """The number of this desk's receipt, counted from 1."""
        series = "D1T" if self.context.is_training else "D1"
        return f"{series}/{financial_year(self.clock.now().astimezone(IST).date())}/{at:06d}"

    def prints(self) -> list[tuple[str, str]]:
        """Every print that was counted: the receipt's uid and the paper."""
        entries = [link.entry for link in self.store.reader.audit.links()]
        counted = [each for each in entries if each.action == "receipt.printed"]
        return [(each.subject, str(each.detail["paper"])) for each in counted]

    def receipt(self, uid: str) -> ReceiptView:
        found = self.store.reader.receipts.get(uid)
        assert found is not None
        return found

    def payments(self) -> tuple[PaymentRow, ...]:
        """Every payment received, newest first."""
        return self.real.receipts.recent(1000)

    def attempts(self) -> list[AttemptView]:
        """Every attempt there is, oldest first."""
        since = self.clock.now() - timedelta(days=6)
        return [self.view(each.uid) for each in self.store.reader.attempts.open_since(since)]

    def get(self, key: str) -> str | None:
        """A setting as it is kept; None where nobody ever set it."""
        return self.store.reader.settings.all().get(key)

    def put(self, key: str, value: str) -> None:
        """Keep a setting, unchecked: a test may want what no screen offers."""
        with self.store.writing() as work:
            work.put_setting(key, value)
            work.commit()
        self._settings.forget()

    @contextmanager
    def ago(self, **how_long: int) -> Iterator[None]:
        """Put the clock back for what happened before."""
        back = timedelta(**how_long).total_seconds()
        self.clock.advance(-back)
        yield
        self.clock.advance(back)

    def row(self, at: int) -> PaymentRow:
        """A payment by its place in the list, 0 is the newest."""
        return self.payments()[at]

    def expire_after(self, seconds: int) -> None:
        """Show the codes of later payments only that long."""
        self.put("payment.expiry_s", str(seconds))

    # --- what parents do

    def pay(self, uid: str, outcome: str = "success") -> str:
        """Pay the code of an attempt as its parent; return the payment's id."""
        return self.gateway.pay(self.code(uid), outcome)

    def code(self, uid: str) -> str:
        """The code of an attempt, shown or no longer."""
        attempt = self.store.reader.attempts.get(uid)[0]
        return attempt.qr_text or ""

    def shown(self, roll_no: str, code: str, method: Method = Method.AUTO) -> AttemptView:
        """Make a fee payable as another window of the desk would."""
        payments = self.real.payments
        begun = payments.begin(self.student(roll_no).uid, self.course(code).uid, method)
        return payments.open(begun.uid) if begun.state is AttemptState.INTENT else begun

    def paid(self, roll_no: str, code: str, method: Method = Method.AUTO) -> AttemptView:
        """Collect a fee from begin to paid."""
        view = self.shown(roll_no, code, method)
        if view.state is not AttemptState.PAID:
            self.pay(view.uid)
            self.real.polling.run(asked=True)
        return self.view(view.uid)

    # --- what is left to decide

    def held(self, roll_no: str, code: str, *, seat: bool = False) -> UnappliedPayment:
        """Hold money that came when the course was full.

        Args:
            seat: whether a seat is free again since.
        """
        view, seats = self.shown(roll_no, code), self.course(code).course.seats
        self.real.payments.expire(view.uid)
        self.change_course(code, seats=0)
        self.pay(view.uid)
        self.real.polling.reconcile()
        self.change_course(code, seats=seats if seat else 0)
        return self._held_of(view)

    def held_twice(self, roll_no: str, code: str) -> UnappliedPayment:
        """Hold money for a fee that was paid in cash before it came."""
        view = self.shown(roll_no, code)
        self.real.payments.cancel(view.uid)
        self.shown(roll_no, code, Method.CASH)
        self.pay(view.uid)
        self.real.polling.reconcile()
        return self._held_of(view)

    def held_otherwise(
        self,
        roll_no: str,
        code: str,
        *paise: int | None,
        currency: str = INR,
        method: Method = Method.PAYMENT_LINK,
    ) -> UnappliedPayment:
        """Hold money of other amounts than the fee; None pays what is left of it."""
        view = self.shown(roll_no, code, method)
        for part in paise:
            self.gateway.pay(self.code(view.uid), paise=part, currency=currency)
        self.real.polling.reconcile()
        return self._held_of(view)

    def returning(self, roll_no: str, code: str) -> AttemptView:
        """Have a slow payment of a fee that was paid in cash before the bank had it."""
        view = self.shown(roll_no, code)
        self.real.payments.cancel(view.uid)
        self.shown(roll_no, code, Method.CASH)
        self.gateway.authorise_slowly(self.code(view.uid))
        return view

    def _held_of(self, view: AttemptView) -> UnappliedPayment:
        found = self.real.unapplied.held()
        return next(each for each in found if each.roll_no == view.roll_no)

    def uid(self, at: int = 0) -> str:
        """The uid of the receipt of a payment by its place in the list."""
        return self.row(at).receipt_uid or ""

    def waiting_refund(self, roll_no: str, code: str, error: Exception | None = None) -> str:
        """Ask for a refund that has to wait, as the gateway is busy; return the payment's uid."""
        uid = self.paid_uid(self.paid(roll_no, code))
        self.gateway.trouble("refund", error or RateLimitedError("later"))
        self.real.refunds.refund(uid, None, "moved away")
        return uid

    def refused_refund(self, roll_no: str, code: str) -> str:
        """Ask for a refund that is refused when it is sent; return the payment's uid."""
        uid = self.waiting_refund(roll_no, code)
        self.gateway.trouble("refund", RejectedError("not enough balance"))
        self.real.outbox.run(everything=True)
        return uid

    def disputed(
        self, roll_no: str, code: str, status: str = "open", until: datetime | None = None
    ) -> None:
        """Open a dispute about a paid fee; `until` is the day to answer by."""
        payment, number = self.paid(roll_no, code).payment_id or "", len(self.gateway.disputed) + 1
        self.gateway.disputed[payment] = DisputeFact(
            f"disp_{number:014d}",
            payment,
            1_180_000,
            0,
            "chargeback",
            status,
            "chargeback",
            int(until.timestamp()) if until else 0,
        )
        self.real.disputes.notice()

    def paid_uid(self, view: AttemptView) -> str:
        """The uid of the payment of a paid attempt."""
        return next(row.uid for row in self.payments() if row.receipt_uid == view.receipt_uid)
