"""Random days at the desk: whatever happens in whatever order, books and gateway agree."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from desktop_app.config.clock import Uuid7Source
from desktop_app.documents.desk_documents import DeskDocuments
from desktop_app.domain.courses import make_course
from desktop_app.domain.errors import DomainError
from desktop_app.domain.money import Money
from desktop_app.domain.payment import AttemptState, Method
from desktop_app.domain.students import make_student
from desktop_app.services import errors
from desktop_app.services.collecting import Collecting
from desktop_app.services.context import Context
from desktop_app.services.line import LineWatch
from desktop_app.services.preferences import settings_view
from desktop_app.services.refunding import Refunding
from desktop_app.services.rolls import CourseList, StudentRoll
from desktop_app.storage.store import DATABASE, SqlStore, open_store
from tests.conftest import TestClock
from tests.fake_gateway import FakeGateway

if TYPE_CHECKING:
    from desktop_app.services.views import AttemptView

METHODS = st.sampled_from([Method.AUTO, Method.UPI_INTENT, Method.QR_CODE, Method.PAYMENT_LINK])
WRITES = ["create_order", "create_intent", "create_qr", "create_link", "close_qr", "cancel_link",
          "capture", "refund"]  # fmt: skip
READS = ["orders_since", "fetch_order", "find_order", "find_qr", "find_link", "fetch_qr",
         "fetch_link", "refunds_of"]  # fmt: skip
NO = (DomainError, errors.ServiceError, errors.GatewayError)
_template: list[Path] = []


def template() -> Path:
    """One migrated database, made once."""
    if not _template:
        folder = Path(tempfile.mkdtemp(prefix="desk-machine-"))
        open_store(folder).close()
        _template.append(folder / DATABASE)
    return _template[0]


class DeskMachine(RuleBasedStateMachine):
    """One desk, two courses (one of a single seat), two students, a phone that never tires."""

    @initialize()
    def open(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="desk-"))
        shutil.copy(template(), self.folder / DATABASE)
        self.clock = TestClock()
        self.store = SqlStore(self.folder / DATABASE, self.clock.now)
        self.gateway = FakeGateway(self.clock)
        self.context = Context(
            store=self.store, gateway=lambda: self.gateway,
            settings=lambda: settings_view(self.store.reader.settings()),
            documents=DeskDocuments(), clock=self.clock, ids=Uuid7Source(), folder=self.folder,
            is_training=False,
        )  # fmt: skip
        self.line = LineWatch(self.clock, self.gateway.now)
        self.restart()
        roll, courses = StudentRoll(self.context), CourseList(self.context)
        self.students = [
            roll.add(make_student(roll_no=f"R{n}", name=f"S {n}", phone=f"900000000{n}")).uid
            for n in range(2)
        ]
        self.courses = [
            courses.add(make_course(code=c, title=c, fee=Money(fee), gst_bp=1_800, seats=seats)).uid
            for c, fee, seats in (("A", 1_180_000, 1), ("B", 99_999, None))
        ]
        self.texts: list[str] = []

    @rule()
    def restart(self) -> None:
        """A new process knows only what was written."""
        self.collecting = Collecting(self.context, self.line)
        self.refunding = Refunding(self.context, self.line)

    @rule(
        name=st.sampled_from(WRITES + READS), is_done=st.booleans(), times=st.integers(1, 3),
        kind=st.sampled_from([errors.OutcomeUnknownError, errors.UnavailableError,
                              errors.RateLimitedError, errors.UnauthorisedError]),
    )  # fmt: skip
    def trouble(
        self, name: str, is_done: bool, times: int, kind: type[errors.GatewayError]
    ) -> None:
        """The next calls fail; only a lost answer to a write may have been done."""
        if name in READS and kind is errors.OutcomeUnknownError:
            kind = errors.UnavailableError
        done = is_done and kind is errors.OutcomeUnknownError
        self.gateway.trouble(name, kind("trouble"), is_done=done, times=times)

    @rule(student=st.integers(0, 1), course=st.integers(0, 1), method=METHODS)
    def collect(self, student: int, course: int, method: Method) -> None:
        with suppress(*NO):
            begun = self.collecting.begin(self.students[student], self.courses[course], method)
            self._shown(self.collecting.open(begun.uid))

    @rule(student=st.integers(0, 1), course=st.integers(0, 1))
    def begin_only(self, student: int, course: int) -> None:
        """The desk dies between the intent and the first call."""
        with suppress(*NO):
            self.collecting.begin(self.students[student], self.courses[course], Method.AUTO)
        self.restart()

    @rule(student=st.integers(0, 1), course=st.integers(0, 1))
    def cash(self, student: int, course: int) -> None:
        with suppress(*NO):
            self.collecting.begin(self.students[student], self.courses[course], Method.CASH)

    def _shown(self, view: AttemptView) -> None:
        if view.state is AttemptState.AWAITING and view.qr_text:
            self.texts.append(view.qr_text)

    @rule(which=st.integers(0, 99), outcome=st.sampled_from(["success", "failure", "authorized"]))
    def pay(self, which: int, outcome: str) -> None:
        """Any code that was ever shown may be paid, however old, once it is not captured."""
        open_ = [text for text in self.texts if self._is_payable(text)]
        if open_:
            self.gateway.pay(open_[which % len(open_)], outcome)

    def _is_payable(self, text: str) -> bool:
        target = self.gateway.payable[text]
        payment = self.gateway.payments.get(target)
        used = target in self.gateway.codes and self.gateway.codes[target].status == "closed"
        link = self.gateway.links.get(target)
        return not ((payment and payment.captured) or used or (link and link.status == "paid"))

    @rule(which=st.integers(0, 99), ends=st.sampled_from(["cancel", "expire"]))
    def give_up(self, which: int, ends: str) -> None:
        waiting = self.collecting.waiting()
        if waiting:
            uid = waiting[which % len(waiting)].uid
            with suppress(*NO):
                getattr(self.collecting, ends)(uid)

    @rule()
    def look(self) -> None:
        self.collecting.look()

    @rule()
    def reconcile(self) -> None:
        self.collecting.reconcile()

    @rule(seconds=st.sampled_from([1, 30, 700, 1_000, 40_000]))
    def time_passes(self, seconds: int) -> None:
        self.clock.advance(seconds)

    @rule(which=st.integers(0, 99), part=st.sampled_from([None, 100, 50_000]))
    def refund(self, which: int, part: int | None) -> None:
        booked = self.rows("SELECT uid FROM payments ORDER BY rowid")
        if booked:
            with suppress(*NO):
                amount = Money(part) if part else None
                self.refunding.refund(booked[which % len(booked)][0], amount, "asked")

    # --- what always holds

    def rows(self, sql: str) -> list[Any]:
        with closing(sqlite3.connect(self.folder / DATABASE)) as raw:
            return raw.execute(sql).fetchall()

    @invariant()
    def nothing_is_doubled(self) -> None:
        if not hasattr(self, "store"):
            return
        live = "state IN ('intent','unknown','ordered','awaiting')"
        assert not self.rows(
            f"SELECT 1 FROM attempts WHERE {live} GROUP BY due_uid HAVING count(*) > 1"
        )
        assert not self.rows(
            "SELECT 1 FROM payments p JOIN attempts a ON a.uid = p.attempt_uid "
            "WHERE p.placement = 'due' GROUP BY a.due_uid HAVING count(*) > 1"
        )
        assert self.rows("SELECT coalesce(sum(amount_paise), 0) FROM ledger_entries") == [(0,)]
        receipts = [o.receipt for o in self.gateway.orders.values() if o.receipt]
        assert len(receipts) == len(set(receipts))
        for seats, active in self.rows(
            "SELECT c.seats, count(*) FROM courses c JOIN enrollments e ON e.course_uid = c.uid "
            "WHERE e.state = 'active' GROUP BY c.uid"
        ):
            assert seats is None or active <= seats

    def teardown(self) -> None:
        if not hasattr(self, "store"):
            return
        try:
            self.agree()
        finally:
            self.store.close()
            shutil.rmtree(self.folder, ignore_errors=True)

    def agree(self) -> None:
        """The line is back: after one reconcile the desk knows what the gateway knows."""
        self.gateway.troubles.clear()
        self.restart()
        self.clock.advance(60)
        assert self.collecting.reconcile().is_complete
        assert self.collecting.reconcile().is_complete, "captured on the first pass, seen on this"
        captured = {p.payment_id: p for p in self.gateway.payments.values() if p.captured}
        booked = {
            row[0]: row[1:]
            for row in self.rows(
                "SELECT payment_id, amount_paise, (SELECT coalesce(sum(r.amount_paise), 0) FROM "
                "refunds r WHERE r.payment_uid = p.uid AND r.state NOT IN ('failed','rejected')) "
                "FROM payments p WHERE payment_id IS NOT NULL"
            )
        }
        assert set(booked) == set(captured)
        for payment_id, (paise, refunded) in booked.items():
            assert paise == captured[payment_id].amount_paise
            assert refunded == captured[payment_id].amount_refunded_paise
        active = self.rows("SELECT count(*) FROM enrollments WHERE state = 'active'")[0][0]
        fees = self.rows(
            "SELECT count(*) FROM payments p WHERE placement = 'due' AND amount_paise > "
            "(SELECT coalesce(sum(r.amount_paise), 0) FROM refunds r WHERE r.payment_uid = p.uid "
            "AND r.state NOT IN ('failed','rejected'))"
        )[0][0]
        assert active == fees
        held = self.rows(
            "SELECT coalesce(sum(amount_paise), 0) FROM ledger_entries WHERE account = 'gateway'"
        )[0][0]
        theirs = sum(p.amount_paise - p.amount_refunded_paise for p in captured.values())
        assert held == theirs
        numbers = [row[0] for row in self.rows("SELECT sequence FROM receipts ORDER BY sequence")]
        assert numbers == list(range(1, len(numbers) + 1)), "no gaps, no repeats"


@pytest.mark.timeout(170)
def test_whatever_happens_books_and_gateway_agree() -> None:
    run_state_machine_as_test(
        DeskMachine,
        settings=settings(
            settings.get_profile("ci"), max_examples=40, stateful_step_count=30, deadline=None
        ),
    )


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_fifty_thousand_steps() -> None:
    run_state_machine_as_test(
        DeskMachine, settings=settings(max_examples=1_000, stateful_step_count=50, deadline=None)
    )
