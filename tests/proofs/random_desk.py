"""Random days at a desk: fees on every channel, refunds, late payments, restarts, crashes.

Runs the services with the gateway in memory; the same seed gives the same days.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from desktop_app.config.book_registry import BookRegistry
from desktop_app.domain.courses import make_course
from desktop_app.domain.money import Money
from desktop_app.domain.payment import AttemptState, Method
from desktop_app.domain.students import make_student
from desktop_app.services.errors import ServiceError
from tests.clock import TestClock

from .gateway_backends import FakeBackend
from .ledger_audit import query
from .proof_desk import EXPECTED_ERRORS, UPI_CHANNELS, create_data_folder, open_services

if TYPE_CHECKING:
    import random
    from collections.abc import Callable
    from pathlib import Path

    from .proof_desk import DeskServices

METHODS = (*UPI_CHANNELS, Method.CASH)
FULL_COURSE_SEATS = 2


def state_of(folder: Path) -> Path:
    """Return where the system of a desk remembers its book."""
    return folder.with_name(f"{folder.name}-state")


class RandomDesk:
    """A desk with random days in one folder; what its system remembers is beside the folder.

    Args:
        folder: the data folder, which is emptied first.
        rng: decides what happens.
        changes_lists: whether students, courses and settings change as well.
    """

    def __init__(self, folder: Path, rng: random.Random, *, changes_lists: bool = False) -> None:
        self._more = (self._change_lists,) if changes_lists else ()
        self.folder = folder
        self.registry = BookRegistry(state_of(folder))
        self.rng = rng
        self.clock = TestClock()
        self.backend = FakeBackend(self.clock)
        create_data_folder(folder)
        self.desk: DeskServices = self._open()
        self._students = 0

    def _open(self) -> DeskServices:
        client = self.backend.client(self.clock)
        return open_services(self.folder, client, self.clock, registry=self.registry)

    def start_day(self) -> tuple[str, ...]:
        """Open in the morning; return what the desk's own checks find wrong."""
        self.desk.close()
        self.clock.advance(timedelta(hours=14).total_seconds())
        self.desk = self._open()
        return self.desk.alarms()

    def end_day(self) -> None:
        """Close the desk."""
        self.desk.close()

    def run_events(self, events: int) -> None:
        """Run a number of random events; the desk refuses what is not allowed."""
        things: tuple[Callable[[], None], ...] = (
            self._fee,
            self._fee,
            self._fee,
            self._late_fee,
            self._several,
            self._refund,
            self._print,
            self._refund_unapplied,
            self._restart,
            self._crash,
            *self._more,
        )
        for _event in range(events):
            self.clock.advance(self.rng.choice((5, 40, 300)))
            with suppress(*EXPECTED_ERRORS):
                self.rng.choice(things)()

    def _begin_fee(self) -> tuple[str, str | None]:
        self._students += 1
        student = self.desk.student(f"R{self._students:03d}")
        course = self.rng.choice(
            (
                self.desk.course(),
                self.desk.course("CHE-12", fee=Money(99_999), seats=None),
                self.desk.course("BIO-12", fee=Money(50_000), seats=FULL_COURSE_SEATS),
            )
        )
        method = self.rng.choice(METHODS)
        view = self.desk.payments.begin(student, course, method)
        if method is not Method.CASH:
            view = self.desk.payments.open(view.uid)
        return view.uid, view.qr_text if view.state is AttemptState.AWAITING else None

    def _fee(self) -> None:
        _uid, text = self._begin_fee()
        if text and self.rng.random() < 0.9:
            self.backend.pay(text)
            self.desk.polling.run()

    def _late_fee(self) -> None:
        uid, text = self._begin_fee()
        self.desk.payments.cancel(uid)
        if text in self.backend.payable_codes():
            self.backend.pay(text)
        self.desk.polling.reconcile()

    def _several(self) -> None:
        """Collect three dues of two students at once."""
        self._students += 2
        pair = [self.desk.student(f"R{self._students - n:03d}") for n in range(2)]
        courses = (self.desk.course(), self.desk.course("CHE-12", fee=Money(99_999), seats=None))
        lines = [(pair[0], courses[0]), (pair[1], courses[0]), (pair[1], courses[1])]
        method = self.rng.choice(METHODS)
        dues = [self.desk.due(*line) for line in lines]
        view = self.desk.payments.begin_dues(dict.fromkeys(dues), method)
        if method is not Method.CASH:
            view = self.desk.payments.open(view.uid)
        if view.qr_text and self.rng.random() < 0.9:
            self.backend.pay(view.qr_text)
            self.desk.polling.run()

    def _refund(self) -> None:
        uid = self._random_uid("SELECT uid FROM payments ORDER BY recorded_at, uid")
        amount = self.rng.choice((None, Money(100)))
        self.desk.refunds.refund(uid, amount, "leaves")

    def _print(self) -> None:
        uid = self._random_uid("SELECT uid FROM receipts ORDER BY issued_at, uid")
        self.desk.receipts.note_printed(uid, "a5")

    def _change_lists(self) -> None:
        """Rename a student and a course, set a setting, take over an import."""
        number = self.rng.randrange(1, self._students + 2)
        now, context = self.clock.now(), self.desk.context
        kept = make_student(roll_no=f"R{number:03d}", name=f"Renamed {number}", phone="9000000001")
        more = [make_student(roll_no=f"I{number + n:04d}", name=f"Student {n}") for n in range(9)]
        course = make_course(code="CHE-12", title=f"Chemistry {number}", fee=Money(99_999))
        self.desk.courses.change(self.desk.course("CHE-12", fee=Money(99_999), seats=None), course)
        with context.store.writing() as work:
            work.put_setting("centre.name", f"Centre {number}")
            work.students.upsert_all([kept, *more], now, context.ids.new)
            work.commit()

    def _refund_unapplied(self) -> None:
        held = self.desk.unapplied.held()
        if held:
            self.desk.unapplied.refund(self.rng.choice(held).uid)

    def _random_uid(self, sql: str) -> str:
        found = query(self.folder, sql)
        if not found:
            raise ServiceError("nothing there yet")
        return str(self.rng.choice(found)[0])

    def _restart(self) -> None:
        self.desk.close()
        self.desk = self._open()

    def _crash(self) -> None:
        """Drop the desk in the middle of a transaction."""
        with suppress(ZeroDivisionError), self.desk.context.store.writing() as work:
            self.desk.context.audit(work, "attempt.begun", "nobody")
            _ = 1 / 0
        self._restart()
