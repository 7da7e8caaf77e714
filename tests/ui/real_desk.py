"""The desk behind the window in tests: the real services on a copy of a seeded database.

Only what lies outside the program is played: the gateway (`tests.fake_gateway`), the keyring and
the parent's phone. A test brings a state about as a day at the centre would: by asking the
services, by paying as a parent, and by cutting the line.
"""

from __future__ import annotations

import shutil
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from desktop_app.bootstrap.desk_factory import make_desk
from desktop_app.bootstrap.settings_cache import CachedSettings
from desktop_app.config.clock import Uuid7Source
from desktop_app.config.secrets import mask_key_id
from desktop_app.documents.desk_documents import DeskDocuments
from desktop_app.documents.qr import qr_matrix
from desktop_app.domain.check_code import TRAINING_KEY, CentreKey
from desktop_app.domain.courses import make_course
from desktop_app.domain.money import Money
from desktop_app.domain.payment import AttemptState, Method
from desktop_app.domain.receipt import IST, financial_year
from desktop_app.domain.students import make_student
from desktop_app.services.connectivity import ConnectionMonitor, monitored
from desktop_app.services.context import Context
from desktop_app.services.errors import RateLimitedError, RejectedError
from desktop_app.services.maintenance.backups import LAST_BACKUP
from desktop_app.services.maintenance.health_checks import HealthChecks
from desktop_app.services.ports.gateway import DisputeFact
from desktop_app.services.receipts.issuing import ReceiptService
from desktop_app.services.receipts.verification import ReceiptVerifier
from desktop_app.services.settings import SettingsService, checked_key_id
from desktop_app.services.views.payments import PhoneSees
from desktop_app.services.views.settings import KeyMode, KeysView
from desktop_app.storage.store import DATABASE, SqlStore, open_store
from tests.fake_gateway import FakeGateway

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from desktop_app.domain.courses import Course
    from desktop_app.domain.students import Student
    from desktop_app.services.desk import Desk
    from desktop_app.services.views.enrolment import CourseRow, StudentSummary
    from desktop_app.services.views.payments import AttemptView, PaymentRow
    from desktop_app.services.views.receipts import ReceiptView
    from desktop_app.services.views.unapplied import UnappliedPayment

PATIENCE_S = 20.0
RECEIPT_KEY = CentreKey(b"the centre's key", datetime(2020, 1, 1, tzinfo=UTC))
WATCHED = (
    "students courses payments polling lookup receipts refunds disputes unapplied outbox settings "
    "backups health imports exports phone"
).split()


def today_at(hour: int) -> datetime:
    """An hour of this machine's today."""
    return datetime.now().astimezone().replace(hour=hour, minute=0, second=0, microsecond=0)


drawn_once = cache(qr_matrix)
"""A QR takes long to draw, and the fake gateway's are the same in every test."""


class RunningClock:
    """The time of this machine, which a test can put ahead."""

    def __init__(self) -> None:
        self._ahead_s = 0.0

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self._ahead_s)

    def monotonic(self) -> float:
        return time.monotonic() + self._ahead_s

    def sleep(self, seconds: float) -> None:
        """Advance the time at once."""
        self.advance(seconds)
        time.sleep(0.001)

    def advance(self, seconds: float) -> None:
        self._ahead_s += seconds


class PlayedVault:
    """The port `KeyVault` without a keyring.

    Attributes:
        mode: the mode of the keys; None for what their id says.
        error: raised when keys are saved.
    """

    def __init__(self, *, training: bool) -> None:
        self.keys: tuple[str, str] | None = None
        self.mode: KeyMode | None = None
        self.source = "keyring"
        self.error: Exception | None = None
        if training:
            self.keys = ("rzp_test_AbCdEfGh1x9xYz", "a secret")
            self.mode, self.source = KeyMode.SANDBOX, "training"

    def load(self) -> tuple[str, str] | None:
        return self.keys

    def save(self, key_id: str, key_secret: str) -> None:
        if self.error is not None:
            raise self.error
        self.keys = (key_id, key_secret)

    def forget(self) -> None:
        self.keys = None

    def view(self) -> KeysView:
        if self.keys is None:
            return KeysView("", KeyMode.NONE, "none")
        is_live = self.keys[0].startswith("rzp_live_")
        mode = self.mode or (KeyMode.LIVE if is_live else KeyMode.TEST)
        return KeysView(mask_key_id(self.keys[0]), mode, self.source)


class KeptReceiptKeys:
    """The port `ReceiptKeys` without a keyring."""

    def __init__(self, *keys: CentreKey) -> None:
        self.kept = keys

    def load(self) -> tuple[CentreKey, ...]:
        return self.kept

    def add(self, key: CentreKey) -> None:
        self.kept = (*self.kept, key)


class PlayedPhone:
    """The port `ParentPhone` beside the fake gateway."""

    def __init__(self, gateway: FakeGateway) -> None:
        self._gateway = gateway
        self.paid: list[tuple[str, str]] = []

    def scan(self, qr_text: str) -> PhoneSees:
        amount = self._gateway.amount_of(qr_text)
        if amount is None:
            return PhoneSees(
                is_payable=False, payee="", amount=None, note="", reason="This code is not known."
            )
        is_payable = all(text != qr_text or outcome != "success" for text, outcome in self.paid)
        reason = "" if is_payable else "This order is paid already."
        return PhoneSees(is_payable, "Vidya Coaching Centre", Money(amount), "Fee", reason)

    def pay(self, qr_text: str, outcome: str = "success", after_s: int = 0) -> None:
        if self._gateway.amount_of(qr_text) is None:
            raise RejectedError("this code is not known")
        self.paid.append((qr_text, outcome))
        if outcome in {"success", "failure"}:
            self._gateway.pay(qr_text, outcome)


@dataclass
class Orders:
    """Records, delays or fails calls of the services, by their names.

    Attributes:
        calls: every call with what it was given, like `("payments.open", uid)`.
    """

    calls: list[tuple[object, ...]] = field(default_factory=list)
    _refused: dict[str, Exception] = field(default_factory=dict)
    _held: dict[str, threading.Event] = field(default_factory=dict)
    _played: dict[str, Callable[..., object]] = field(default_factory=dict)

    def names(self) -> list[str]:
        return [str(call[0]) for call in self.calls]

    def count(self, name: str) -> int:
        return self.names().count(name)

    def of(self, name: str) -> list[tuple[object, ...]]:
        """Return the arguments of every call of a name."""
        return [call[1:] for call in self.calls if call[0] == name]

    def refuse(self, name: str, error: Exception) -> None:
        """Raise an error in every call of a name."""
        self._refused[name] = error

    def allow(self, name: str) -> None:
        self._refused.pop(name, None)

    def hold(self, name: str) -> None:
        """Hold every call of a name until `go_on`."""
        self._held[name] = threading.Event()

    def go_on(self) -> None:
        """Release every call that was held."""
        while self._held:
            self._held.popitem()[1].set()

    def play(self, name: str, answer: Callable[..., object]) -> None:
        """Answer every call of a name in the service's place."""
        self._played[name] = answer

    def call(self, name: str, found: Callable[..., object], *given: Any, **named: Any) -> object:
        self.calls.append((name, *given, *named.values()))
        held = self._held.get(name)
        if held is not None:
            held.wait(PATIENCE_S)
        if name in self._refused:
            raise self._refused[name]
        return self._played.get(name, found)(*given, **named)


class WatchedService:
    """A real service whose calls are recorded, held or refused as a test orders."""

    def __init__(self, name: str, service: object, orders: Orders) -> None:
        self._name, self._service, self._orders = name, service, orders

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._service, name)
        if not callable(found):
            return found
        return partial(self._orders.call, f"{self._name}.{name}", found)


class RealDesk:
    """An open desk of real services, and the handles a test holds it by.

    Attributes:
        services: the desk that the window gets.
        real: the same services, unseen by the orders.
        gateway: the fake gateway behind it.
        orders: what its services were called for, and what they shall do instead.
    """

    def __init__(self, folder: Path, *, training: bool = True) -> None:
        self.folder, self.clock, self.orders = folder, RunningClock(), Orders()
        self.store = SqlStore(folder / DATABASE, self.clock.now)
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
            phone=self.phone if context.is_training else None,
        )

    def _watched(self, desk: Desk) -> Desk:
        services: dict[str, Any] = {
            name: WatchedService(name, service, self.orders)
            for name in WATCHED
            if (service := getattr(desk, name)) is not None
        }
        return replace(desk, qr_matrix=drawn_once, **services)

    def close(self) -> None:
        self.gateway.answer()
        self.orders.go_on()
        self.store.close()

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
        """Make an attempt payable, unseen by the orders."""
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


@dataclass(frozen=True)
class Sample:
    """The content of a seeded database."""

    settings: Mapping[str, str]
    students: Sequence[tuple[str, str, str, str]] = ()
    courses: Sequence[tuple[str, str, str, int, int | None]] = ()
    is_taxed_on_top: bool = False


@dataclass(frozen=True)
class Template:
    """A seeded database to copy, and what the gateway remembers of it."""

    folder: Path
    gateway: FakeGateway

    def open(self, folder: Path, *, training: bool = True) -> RealDesk:
        """Open a desk on a copy."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        made = RealDesk(folder, training=training)
        made.gateway.adopt(self.gateway)
        return made


def seed(folder: Path, sample: Sample, fill: Callable[[RealDesk], None] | None = None) -> Template:
    """Make the database of a sample.

    Args:
        fill: what happened at the desk since.
    """
    now, new_id = datetime.now(UTC), Uuid7Source().new
    store = open_store(folder)
    students = [
        make_student(roll_no=roll, name=name, phone=phone, guardian_name=guardian, state="KA")
        for roll, name, phone, guardian in reversed(sample.students)  # the first is the newest
    ]
    courses = [
        make_course(
            code=code, title=title, batch=batch, fee=Money(fee), gst_bp=1800, seats=seats,
            tax_inclusive=not sample.is_taxed_on_top,
        )
        for code, title, batch, fee, seats in sample.courses
    ]  # fmt: skip
    with store.writing() as work:
        for key, value in sample.settings.items():
            work.put_setting(key, value)
        work.put_setting(LAST_BACKUP, today_at(9).isoformat())
        work.students.upsert_all(students, now, new_id)
        work.courses.upsert_all(courses, now, new_id)
        work.commit()
    store.close()
    desk = RealDesk(folder, training=False)
    if fill is not None:
        fill(desk)
    desk.real.polling.reconcile()  # the first one of a desk keeps in the settings that it was
    desk.close()
    return Template(folder, desk.gateway)


COUNTER = Sample(
    settings={
        "centre.name": "Vidya Coaching Centre",
        "centre.address": "MG Road, Bengaluru",
        "centre.gstin": "29ABCDE1234F1ZW",
        "centre.state": "KA",
        "display.theme": "light",
        "gateway.requests_per_minute": "600",
        "setup.done": "yes",
    },
    students=(
        ("R001", "Asha Rao", "9845012345", "Meena Rao"),
        ("R002", "Asha Raote", "9845077712", "Sunil Raote"),
        ("R003", 'D\'Souza, Iqbal "Raj"', "9000000002", ""),
        ("R004", "आशा राव", "9000000005", "मीना राव"),
        ("R005", "Venkatanarasimharajuvaripeta Lakshmi Satyanarayana Subrahmanyam", "9000000006",
         ""),
        ("R006", "<b>PAID</b> <img src=file:///etc/passwd>", "9000000003", ""),
        ("R007", "Ravi Kumar", "9812345670", "Suresh Kumar"),
        ("R008", "Meena Sharma", "9876501234", "Anil Sharma"),
    ),
    courses=(
        ("PHY-11", "Physics XI", "Morning", 1180000, 40),
        ("PHY-12", "Physics XII", "Evening", 1298000, 3),
        ("CHE-11", "Chemistry XI", "Evening", 1179999, 12),
        ("MATH-9", "Mathematics IX", "Weekend", 236000, None),
        ("NEET-R", "NEET repeater, two years, with hostel", "Full day", 14500000, 0),
    ),
)  # fmt: skip
"""A centre on a day without any payment yet."""

NEW = Sample(settings={})
"""A desk that was never set up."""

BARE = Sample(
    settings={
        "centre.name": "Shiksha Classes",
        "centre.address": "12, MG Road\nBengaluru",
        "centre.gstin": "29ABCDE1234F1ZW",
        "centre.state": "KA",
        "gateway.requests_per_minute": "600",
    }
)
"""A centre that has neither students nor courses yet."""

BUSY = replace(
    BARE,
    students=(
        ("R001", "Asha Rao", "9845012345", "Sunita Rao"),
        ("R002", "आशा कुमारी", "9845077712", "रमेश कुमार"),
        ("R003", "Ravi Kumar", "9900112233", "Mahesh Kumar"),
        ("R004", "Meena Sharma", "9811122334", "Anil Sharma"),
        ("R005", "Iqbal Khan", "9733344556", "Salma Khan"),
        ("R006", "Divya Nair", "9447055667", "Rajan Nair"),
        ("R007", "Arjun Patel", "9898012300", "Kiran Patel"),
        ("R008", "Sofia D'Souza", "9822045678", "Maria D'Souza"),
        ("R009", "Venkata Subramaniam Iyer", "9444011223", "Lakshmi Iyer"),
        ("R010", "Gurpreet Singh", "", ""),
    ),
    courses=(
        ("PHY-11", "Physics XI", "Morning", 10_000_00, 16),
        ("PHY-12", "Physics XII", "Evening", 12_500_00, 7),
        ("CHE-11", "Chemistry XI", "Morning", 9_500_00, 4),
        ("MAT-12", "Mathematics XII", "Weekend", 11_000_00, None),
        ("NEET-F", "NEET Foundation, two years", "Morning", 84_000_00, 60),
        ("ENG-S", "Spoken English", "", 4_500_00, 20),
    ),
    is_taxed_on_top=True,
)
"""A centre on a day with 24 payments, see `busy_day`."""

_BUSY_METHODS = (Method.UPI_INTENT, Method.CASH, Method.UPI_INTENT, Method.PAYMENT_LINK)
SURPLUS, IN_CASH_BEFORE, LATE = 2, 3, 5
"""Places of payments in the list: one for a fee paid before, that one, and one that came late."""


def busy_day(desk: RealDesk) -> None:
    """Record 24 payments, one every 17 minutes, the newest of them now; leave one fee open."""
    people, offer = BUSY.students, BUSY.courses
    twice: AttemptView | None = None
    for at in reversed(range(24)):
        with desk.ago(minutes=17 * at, seconds=at):
            roll, code = people[at % len(people)][0], offer[at % len(offer)][0]
            method = _BUSY_METHODS[at % len(_BUSY_METHODS)]
            if at == IN_CASH_BEFORE:
                twice = desk.shown(people[SURPLUS][0], offer[SURPLUS][0])
                desk.real.payments.cancel(twice.uid)
                desk.paid(twice.roll_no, offer[SURPLUS][0], Method.CASH)
            elif at == SURPLUS and twice is not None:
                desk.pay(twice.uid)
                desk.real.polling.reconcile()
            elif at == LATE:
                late = desk.shown(roll, code)
                desk.real.payments.expire(late.uid)
                desk.pay(late.uid)
                desk.real.polling.reconcile()
            else:
                desk.paid(roll, code, method)
    desk.real.payments.begin(desk.student("R001").uid, desk.course("MAT-12").uid, Method.UPI_INTENT)
