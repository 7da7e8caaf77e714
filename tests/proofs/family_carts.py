"""Two desks of one folder serve the same families: no due is in two live attempts, none paid twice.

Each draw is one step of one desk: offer a cart, tender again, cancel, end a bill, pay a code, look,
or collect a due of it singly. The steps of both interleave as drawn; after each, the database is
asked for a due that two live attempts cover and for a bill with two live tenders, and at the end of
a round the books are audited. The control begins attempts without a look at live ones, and without
the index of the database that allows one live attempt a due.
"""

from __future__ import annotations

import random
import sqlite3
from collections import Counter
from contextlib import closing, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from unittest.mock import patch

from desktop_app.domain.bills import OPEN_BILLS
from desktop_app.domain.money import Money
from desktop_app.domain.payment import Method
from desktop_app.services.payments import begin
from desktop_app.services.views.bills import Cart, CartLine
from desktop_app.storage.store import DATABASE
from tests.clock import TestClock

from . import ledger_audit
from .crash_flows import FAMILY_PHONE
from .gateway_backends import FakeBackend
from .proof_desk import (
    EXPECTED_ERRORS,
    UPI_CHANNELS,
    create_data_folder,
    open_services,
    temporary_folder,
)
from .report_figures import Figure, count_figure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from desktop_app.services.views.payments import AttemptView

    from .proof_desk import DeskServices

SEED = 13
LONG_STEPS, SHORT_STEPS = 10_000, 150
STEPS_A_ROUND = 100
MEMBERS, COURSES = 3, 4
COVERED_TWICE = """
    SELECT x.due_uid FROM attempt_dues x JOIN attempts a ON a.uid = x.attempt_uid
    WHERE a.state IN ('intent','unknown','ordered','awaiting')
    GROUP BY x.due_uid HAVING count(*) > 1
"""
TWO_TENDERS = """
    SELECT t.bill_uid FROM bill_tenders t JOIN attempts a ON a.uid = t.attempt_uid
    WHERE a.state IN ('intent','unknown','ordered','awaiting')
    GROUP BY t.bill_uid HAVING count(*) > 1
"""
OVERPAID = "SELECT 1 FROM due_balances WHERE paid_paise > asked_paise"
PAID_BILL_WITH_A_REST = """
    SELECT h.uid FROM bills h JOIN bill_lines l ON l.bill_uid = h.uid
    JOIN due_balances b ON b.due_uid = l.due_uid
    WHERE h.state = 'paid' AND b.state = 'open' AND b.balance_paise > b.asked_paise - l.amount_paise
    AND NOT EXISTS (SELECT 1 FROM allocations a
        WHERE a.due_uid = b.due_uid AND a.reverses_uid IS NOT NULL)
"""
WRONG = {
    "a due in two live attempts": COVERED_TWICE,
    "a bill with two live tenders": TWO_TENDERS,
    "a due that is paid twice": OVERPAID,
    "a paid bill whose line is open": PAID_BILL_WITH_A_REST,
}


@dataclass
class FamilyRound:
    """One family, two desks, and what they did."""

    folder: Path
    rng: random.Random
    is_control: bool = False
    counts: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)

    def run(self, steps: int) -> None:
        """Run a round and audit its end."""
        create_data_folder(self.folder)
        if self.is_control:
            with closing(sqlite3.connect(self.folder / DATABASE)) as raw:
                raw.execute("DROP INDEX uq_attempt_dues_live")
        clock = TestClock()
        self.clock, self.backend = clock, FakeBackend(clock)
        self.desks: list[DeskServices] = []
        for _ in range(2):
            self.desks.append(self.open_desk())
        first = self.desks[0]
        self.members = [first.student(f"R{at:03d}", FAMILY_PHONE) for at in range(MEMBERS)]
        self.courses = [
            first.course(f"C-{at}", fee=Money(400_000 + 123_45 * at), seats=3)
            for at in range(COURSES)
        ]
        for _ in range(steps):
            self._step(self.rng.choice(self.actions()), self.rng.choice(self.desks))
        self._finish()
        for desk in self.desks:
            desk.close()

    def open_desk(self) -> DeskServices:
        """Open a desk on the folder."""
        return open_services(self.folder, self.backend.client(self.clock), self.clock)

    def actions(self) -> tuple[Callable[[DeskServices], None], ...]:
        """Return what a desk may do; a frequent action is in it twice."""
        return (self._offer, self._offer, self._tender, self._tender, self._cancel, self._end,
                self._pay, self._pay, self._look, self._single, self._wait)  # fmt: skip

    def _step(self, action: Callable[[DeskServices], None], desk: DeskServices) -> None:
        try:
            action(desk)
            self.counts[action.__name__.strip("_")] += 1
        except EXPECTED_ERRORS as error:
            self.counts[type(error).__name__] += 1
        self._look_for_wrong()

    def wrong_when(self) -> Mapping[str, str]:
        """Return what never holds, as queries that find nothing."""
        return WRONG

    def _look_for_wrong(self) -> None:
        with closing(sqlite3.connect(self.folder / DATABASE)) as raw:
            for words, sql in self.wrong_when().items():
                self.wrong[words] += raw.execute(sql).fetchone() is not None

    def _lines(self) -> tuple[CartLine, ...]:
        count = self.rng.randint(1, 4)
        pairs = [(member, course) for member in self.members for course in self.courses]
        return tuple(
            CartLine(member, course_uid=course) for member, course in self.rng.sample(pairs, count)
        )

    def _offer(self, desk: DeskServices) -> None:
        method = self.rng.choice((*UPI_CHANNELS, Method.CASH))
        due_lines = tuple(
            CartLine(each.student_uid, due_uid=each.uid)
            for each in desk.carts.family(self.members[0]).dues
            if self.rng.random() < 0.3
        )
        amount = self.rng.choice((None, None, Money(150_000)))
        lines = (due_lines or self._lines())[:8]
        self._open(desk, desk.carts.offer(Cart(lines), method, amount).attempt)

    def _open(self, desk: DeskServices, view: AttemptView) -> None:
        if view.method is not Method.CASH and self.rng.random() < 0.9:
            desk.payments.open(view.uid)

    def _tender(self, desk: DeskServices) -> None:
        found = [each for each in desk.carts.held() if each.state in OPEN_BILLS]
        if found:
            method = self.rng.choice((*UPI_CHANNELS, Method.CASH))
            amount = self.rng.choice((None, Money(100_000)))
            bill = self.rng.choice(found)
            self._open(desk, desk.carts.tender(bill.uid, method, amount).attempt)

    def _cancel(self, desk: DeskServices) -> None:
        waiting = desk.payments.waiting()
        if waiting:
            desk.payments.cancel(self.rng.choice(waiting).uid)

    def _end(self, desk: DeskServices) -> None:
        found = desk.carts.held()
        if found:
            desk.carts.end(self.rng.choice(found).uid)

    def _pay(self, desk: DeskServices) -> None:
        del desk
        codes = self.backend.payable_codes()
        if codes:
            self.backend.pay(self.rng.choice(codes))

    def _look(self, desk: DeskServices) -> None:
        desk.polling.run(asked=True)

    def _single(self, desk: DeskServices) -> None:
        dues = desk.carts.family(self.members[0]).dues
        if dues:
            method = self.rng.choice((Method.CASH, Method.UPI_INTENT))
            self._open(desk, desk.payments.begin_dues({self.rng.choice(dues).uid: None}, method))

    def _wait(self, desk: DeskServices) -> None:
        self.clock.advance(self.rng.choice((30, 400, 2_000)))
        desk.carts.tidy()

    def _finish(self) -> None:
        """Cancel what is open, end every bill, and audit the books."""
        desk = self.desks[0]
        for view in desk.payments.waiting():
            with suppress(*EXPECTED_ERRORS):
                desk.payments.cancel(view.uid)
        desk.polling.reconcile()
        for each in desk.carts.held():
            desk.carts.end(each.uid)
        self.counts["rounds"] += 1
        self.wrong["a bill that does not end"] += bool(desk.carts.held())
        seen = ledger_audit.audit(self.folder, self.backend.captured())
        self.wrong["money lost or invented"] += bool(seen.lost_paise or seen.invented_paise)
        for words in (*seen.half_written, *seen.doubled):
            self.wrong[words] += 1
        for words in desk.alarms():
            self.wrong[words] += 1


def run_rounds(
    folder: Path, steps: int, seed: int = SEED, *, is_control: bool = False
) -> FamilyRound:
    """Run as many rounds as give the steps; return the counts of all."""
    made = FamilyRound(folder, random.Random(seed), is_control)
    for _ in range(steps // STEPS_A_ROUND):
        made.run(STEPS_A_ROUND)
    return made


def prove(*, long: bool) -> Iterator[Figure]:
    """Interleave the steps of two desks."""
    times = 2 if long else 1
    with temporary_folder() as folder:
        done = run_rounds(folder / "desk", LONG_STEPS if long else SHORT_STEPS)
        with patch.multiple(begin, _end_or_keep_live=lambda *_: None):
            control = run_rounds(folder / "control", times * STEPS_A_ROUND, is_control=True)
    yield Figure(
        "carts.steps",
        ledger_audit.format_counts(done.counts),
        "offers, tenders, payments and refusals",
        min(done.counts[name] for name in ("offer", "tender", "pay", "single")) > 0
        and done.counts["DueCoveredError"] > 0,
    )
    yield count_figure("carts.wrong", done.wrong.total(), control=control.wrong.total())
    for words, times in done.wrong.items():
        if times:
            yield Figure("carts.wrong", f"{times} {words}", "0", holds=False)
