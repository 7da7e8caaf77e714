"""Rows 50-53: hours of a bad line on virtual time, with parents coming in as they do.

The gateway is the fake one behind a line whose moods follow the clock. Nothing sleeps: five hours
pass in seconds.
"""

from __future__ import annotations

import random
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desktop_app.config.clock import Uuid7Source
from desktop_app.documents.desk_documents import DeskDocuments
from desktop_app.domain.courses import make_course
from desktop_app.domain.errors import DomainError
from desktop_app.domain.money import Money
from desktop_app.domain.payment import AttemptState, Method
from desktop_app.domain.students import make_student
from desktop_app.services.connectivity import LineWatch
from desktop_app.services.context import Context
from desktop_app.services.enrolment.courses import CourseList
from desktop_app.services.enrolment.students import StudentRoll
from desktop_app.services.errors import (
    GatewayError,
    OutcomeUnknownError,
    ServiceError,
    UnavailableError,
)
from desktop_app.services.settings import settings_view
from desktop_app.services.sync.poll_cycle import Collecting
from desktop_app.storage.store import open_store
from tests.conftest import TestClock
from tests.fake_gateway import FakeGateway
from tests.proofs.fault_scenario import memory_folder
from tests.proofs.fault_verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from desktop_app.services.views.payments import AttemptView

Mood = Callable[[float, random.Random], bool]
FEE = Money(1_180_000)
METHODS = (Method.UPI_INTENT, Method.QR_CODE, Method.PAYMENT_LINK)
WRITES = frozenset(
    {"create_order", "create_intent", "create_qr", "create_link", "close_qr", "cancel_link",
     "capture", "refund"}
)  # fmt: skip
LOCAL = frozenset({"now", "key_id"})
CODE_LIFETIME_S = 900


@dataclass(frozen=True)
class NetworkProfile:
    """One row: how long, how the line is, how long a round trip takes."""

    row: int
    name: str
    seconds: int
    is_up: Mood
    trip_s: float = 0.2


def _outage(at: float, _dice: random.Random) -> bool:
    return not 600 <= at < 600 + 95 * 60


PROFILES = (
    NetworkProfile(50, "80 % success", 5 * 3_600, lambda _at, dice: dice.random() < 0.8),
    NetworkProfile(51, "95 minutes of outage", 2 * 3_600 + 600, _outage),
    NetworkProfile(52, "a line that flaps", 3_600, lambda at, _dice: int(at) % 2 == 0),
    NetworkProfile(53, "2 s round trips", 3_600, lambda _at, _dice: True, trip_s=2.0),
)


class DegradedGateway:
    """The port `PaymentGateway` over a line: each call takes its time, and may not get through.

    A write that does not get through is as often done as not; whoever asked cannot tell.
    """

    def __init__(self, inner: FakeGateway, profile: NetworkProfile, dice: random.Random) -> None:
        self._inner = inner
        self._profile = profile
        self._dice = dice
        self.is_restored = False
        self.began = inner.clock.ticks
        self.failed_calls = 0

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if name in LOCAL:
            return found
        return lambda *given, **named: self._transmit(name, lambda: found(*given, **named))

    def _transmit(self, name: str, call: Callable[[], Any]) -> Any:
        clock = self._inner.clock
        at = clock.ticks - self.began
        clock.advance(self._profile.trip_s)
        if self.is_restored or self._profile.is_up(at, self._dice):
            return call()
        self.failed_calls += 1
        if name not in WRITES:
            raise UnavailableError("no answer")
        if self._dice.random() < 0.5:
            call()
        raise OutcomeUnknownError("no answer")


@dataclass
class DegradedDay:
    """What is under way at the desk."""

    context: Context
    collecting: Collecting
    network: DegradedGateway
    gateway: FakeGateway
    clock: TestClock
    dice: random.Random
    students: list[str]
    course: str
    verdict: Verdict = field(default_factory=Verdict)
    to_pay: list[tuple[float, str]] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)

    def arrive(self) -> None:
        """Serve the next parent."""
        student, method = self.students.pop(), self.dice.choice(METHODS)
        self.waiting.append(student)
        self.press(student, method)

    def press(self, student: str, method: Method) -> None:
        """Let the clerk press collect, and the parent pay some time after a code is up."""
        try:
            begun = self.collecting.begin(student, self.course, method)
            view: AttemptView = self.collecting.open(begun.uid)
        except (GatewayError, ServiceError, DomainError):
            return
        if view.state is AttemptState.AWAITING and view.qr_text:
            after = self.dice.uniform(15, CODE_LIFETIME_S - 60)
            self.to_pay.append((self.clock.ticks + after, view.qr_text))

    def pay_what_is_due(self) -> None:
        """Let the parents whose time has come pay, whatever the desk's line is like."""
        due = [each for each in self.to_pay if each[0] <= self.clock.ticks]
        for each in due:
            self.to_pay.remove(each)
            if self.is_payable(each[1]):
                self.gateway.pay(each[1])

    def is_payable(self, text: str) -> bool:
        """Whether a phone would still pay a code."""
        target = self.gateway.payable[text]
        if target in self.gateway.payments:
            return not self.gateway.payments[target].captured
        code, link = self.gateway.codes.get(target), self.gateway.links.get(target)
        return bool((code and code.status == "active") or (link and link.status == "created"))

    def check(self) -> None:
        """Hold the ledger against the gateway's own books: nothing false, ever."""
        booked = self.context.store.reader.ledger()["payments"]
        for row in booked:
            real = self.gateway.payments.get(str(row["payment_id"]))
            if real is None or not real.captured or real.amount_paise != row["amount"]:
                self.verdict.record("false_paid", f"{row['payment_id']} was never captured")

    def close(self) -> None:
        """The line is good again: one reconcile, then both sides agree to the paisa."""
        self.network.is_restored = True
        self.clock.advance(40)
        self.collecting.reconcile()
        self.check()
        rows = self.context.store.reader.ledger()
        booked = {row["payment_id"] for row in rows["payments"]}
        for key, real in self.gateway.payments.items():
            if real.captured and key not in booked:
                self.verdict.record("lost", f"{key} was captured and is not in the ledger")
        receipts = [order.receipt for order in self.gateway.orders.values() if order.receipt]
        references = [code.reference for code in self.gateway.codes.values()]
        references += [link.reference for link in self.gateway.links.values()]
        for made in (receipts, references):
            for _ in range(len(made) - len(set(made))):
                self.verdict.record("duplicate", "a reference was made twice")


def play(
    profile: NetworkProfile, *, seconds: int | None = None, seed: int = 1
) -> tuple[Verdict, int, int]:
    """Play the hours.

    Returns:
        The verdict, how many fees were begun, and how many calls did not get through.
    """
    folder = Path(tempfile.mkdtemp(prefix="pravesh-hours-", dir=memory_folder()))
    clock = TestClock()
    store = open_store(folder, clock.now)
    try:
        day = _open_day(profile, store, clock, folder, random.Random(seed))
        until = clock.ticks + (seconds or profile.seconds)
        next_parent, next_look = clock.ticks, clock.ticks
        while clock.ticks < until:
            if clock.ticks >= next_parent and day.students:
                day.arrive()
                next_parent = clock.ticks + day.dice.expovariate(1 / 150)
            if clock.ticks >= next_look:
                look = day.collecting.look()
                next_look = clock.ticks + (look.next_in_s or 5.0)
                _retry_or_cancel(day)
            day.pay_what_is_due()
            clock.advance(max(0.2, min(next_parent, next_look) - clock.ticks))
            day.check()
        day.close()
        return day.verdict, len(day.waiting), day.network.failed_calls
    finally:
        store.close()
        shutil.rmtree(folder)


def _retry_or_cancel(day: DegradedDay) -> None:
    """Now and then the clerk tries again for a parent who has no code yet, or gives up a code."""
    if not day.waiting or day.dice.random() > 0.05:
        return
    student = day.dice.choice(day.waiting)
    live = [each for each in day.collecting.waiting() if each.student_uid == student]
    if live and day.dice.random() < 0.3:
        day.collecting.cancel(live[0].uid)
    else:
        day.press(student, live[0].method if live else day.dice.choice(METHODS))


def _open_day(
    profile: NetworkProfile, store: Any, clock: TestClock, folder: Path, dice: random.Random
) -> DegradedDay:  # fmt: skip
    gateway = FakeGateway(clock, unique_receipt=False)
    network = DegradedGateway(gateway, profile, dice)
    context = Context(
        store=store,
        gateway=lambda: network,
        settings=lambda: settings_view(store.reader.settings()),
        documents=DeskDocuments(),
        clock=clock,
        ids=Uuid7Source(),
        folder=folder,
        is_training=False,
    )
    watch = LineWatch(clock, gateway.now)
    students, courses = StudentRoll(context), CourseList(context)
    uids = [
        students.add(
            make_student(roll_no=f"R{n:03d}", name=f"Student {n}", phone="9000000001")
        ).uid
        for n in range(150)
    ]  # fmt: skip
    course = courses.add(
        make_course(code="PHY-11", title="Physics XI", batch="Morning", fee=FEE, seats=400)
    ).uid
    return DegradedDay(
        context, Collecting(context, watch), network, gateway, clock, dice, uids, course
    )


def play_all(*, short: bool) -> Iterator[tuple[int, str, Verdict]]:
    """Play every row; a few minutes of each in the short form."""
    for profile in PROFILES:
        verdict, begun, failed_calls = play(profile, seconds=900 if short else None)
        is_quiet = profile.trip_s > 1 or failed_calls > 0
        if not begun or not is_quiet:
            verdict.record("wrong_class", "nothing happened in these hours")
        yield profile.row, f"{profile.name}: {begun} fees, {failed_calls} calls struck", verdict
