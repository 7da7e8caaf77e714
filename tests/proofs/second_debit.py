"""The desk causes no second debit: it captures and shows only what is due at that moment.

Days on virtual time without automatic capture, so that every capture is the desk's own. Two windows
on one folder, slow payments that the bank authorises before, while and after codes are cancelled,
cash, seats that run out. What happens during a call's round trip happens between decision and
effect. The controls take the decision away, and then only what makes it safe between windows.
"""

from __future__ import annotations

import random
from collections import Counter
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from desktop_app.domain.capture import CaptureStep
from desktop_app.domain.money import Money
from desktop_app.domain.payment import AttemptState, Method
from desktop_app.services.payments import capture
from desktop_app.services.posting import payments as posting
from desktop_app.storage.store import DATABASE, SqlStore

from .proof_desk import (
    EXPECTED_ERRORS,
    UPI_CHANNELS,
    create_data_folder,
    open_services,
    temporary_folder,
)
from .report_figures import Figure, count_figure
from .state_machine_desk import VIOLATIONS_SQL
from .virtual_desk import SequentialIds, seed_random
from .virtual_gateway import VirtualGateway, round_trip_s
from .virtual_time import VirtualTime

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from desktop_app.services.ports.gateway import LinkFact, OrderFact, QrFact

    from .proof_desk import DeskServices

START = datetime(2026, 11, 20, 3, 30, tzinfo=UTC)
SEED, SHORT_SEED = 4_004, 4_006
LONG_DAYS, SHORT_DAYS = 60, 1
PARENTS, DAY_S = 24, 400.0
SHORT_PARENTS, SHORT_DAY_S = 14, 250.0
POLL_S, RECONCILE_S = 3.0, 45.0
FEW_SEATS = 6
SLOWER = 4
"""How many times longer a round trip takes than on an ordinary network."""


@dataclass
class DebitCounts:
    """Counts of what the desk did over all days."""

    parents: int = 0
    captures: int = 0
    left: int = 0
    cash: int = 0
    refused_cash: int = 0
    second: Counter[str] = field(default_factory=Counter)


@dataclass
class CountingGateway(VirtualGateway):
    """A gateway that knows the due of everything the desk made, and counts captures.

    Attributes:
        is_paid: whether the books have a due as paid.
        counts: gets each capture, and each that was a second debit.
    """

    is_paid: Callable[[str], bool] = lambda _due: False
    counts: DebitCounts = field(default_factory=DebitCounts)
    dues: dict[str, str] = field(default_factory=dict)
    captured_dues: set[str] = field(default_factory=set)

    def create_order(self, *, notes: Mapping[str, str], **named: Any) -> OrderFact:
        made = super().create_order(notes=notes, **named)
        self.dues[made.order_id] = notes["due"]
        return made

    def create_qr(self, *, notes: Mapping[str, str], **named: Any) -> QrFact:
        made = super().create_qr(notes=notes, **named)
        self.dues[made.qr_id] = notes["due"]
        return made

    def create_link(self, *, notes: Mapping[str, str], **named: Any) -> LinkFact:
        made = super().create_link(notes=notes, **named)
        self.dues[made.order_id or ""] = notes["due"]
        return made

    def _captured(self, payment_id: str) -> None:
        """Count a capture as it reaches the gateway."""
        payment = self.payments[payment_id]
        due = self.dues.get(payment.order_id or self.payable.get(payment_id, ""), "")
        self.counts.captures += 1
        if self.is_paid(due):
            self.counts.second["captured, though its fee was paid"] += 1
        elif due in self.captured_dues:
            self.counts.second["captured, though another capture was on its way"] += 1
        self.captured_dues.add(due)
        super()._captured(payment_id)


class SlowDay:
    """One day of parents who pay slowly, at two windows of one folder."""

    def __init__(self, folder: Path, seed: int, counts: DebitCounts, *, is_short: bool) -> None:
        seed_random(seed)
        self._parents = SHORT_PARENTS if is_short else PARENTS
        self._length_s = SHORT_DAY_S if is_short else DAY_S
        self.rng = random.Random(seed)
        self.counts = counts
        self.time = VirtualTime(START)
        self.gateway = CountingGateway(
            self.time,
            latency=lambda: SLOWER * round_trip_s(self.rng),
            is_paid=self._is_paid,
            counts=counts,
        )
        self.gateway.auto_capture = False
        create_data_folder(folder)
        self.store = SqlStore(folder / DATABASE, self.time.now)
        self.windows = [
            open_services(
                folder, self.gateway, self.time, store=self.store, ids=SequentialIds(number)
            )
            for number in range(2)
        ]
        self._polling = [False, False]
        self.courses = [
            self.windows[0].course("PHY", fee=Money(1_180_000), seats=None),
            self.windows[0].course("BIO", fee=Money(450_000), seats=FEW_SEATS),
        ]

    def _rows(self, sql: str) -> list[Any]:
        with self.store.readers.reading() as reading:
            return reading.execute(sql).all()

    def _is_paid(self, due: str) -> bool:
        return bool(self._rows(f"SELECT 1 FROM dues WHERE uid = '{due}' AND state = 'paid'"))

    def run(self) -> None:
        """Run the day; count what was debited a second time."""
        begin = self.time.at
        for number in range(self._parents):
            at = begin + self.rng.uniform(0, self._length_s - 100)
            self.time.plan(at, lambda number=number: self._serve(number))  # type: ignore[misc]
        for window in range(2):
            self._plan_polls(window, begin)
        self.time.run_until(begin + self._length_s)
        self._calm_down()
        self.store.close()

    def _plan_polls(self, window: int, begin: float) -> None:
        at = begin + window
        while at < begin + self._length_s:
            self.time.plan(at, lambda: self._poll(window, everything=False))
            at += POLL_S
        at = begin + 30 + 37 * window
        while at < begin + self._length_s:
            self.time.plan(at, lambda: self._poll(window, everything=True))
            at += RECONCILE_S

    def _poll(self, window: int, *, everything: bool) -> None:
        """Look as a window does: never twice at a time."""
        if self._polling[window]:
            return
        self._polling[window] = True
        polling = self.windows[window].polling
        try:
            if everything:
                polling.reconcile()
            else:
                polling.run()
        finally:
            self._polling[window] = False

    # --- parents

    def _serve(self, number: int) -> None:
        """Show a code, end it, take the fee otherwise; the phone pays whenever it can."""
        desk = self.rng.choice(self.windows)
        student, course = desk.student(f"R{number:03d}"), self.rng.choice(self.courses)
        self.counts.parents += 1
        for _code in range(self.rng.choice((1, 1, 2))):
            self._show_code(desk, student, course)
        other = self.rng.choice(self.windows)
        for _try in range(self.rng.choice((0, 1, 2))):
            at = self.time.at + self.rng.uniform(0.1, 8)
            self.time.plan(at, lambda: self._cash(other, student, course))

    def _show_code(self, desk: DeskServices, student: str, course: str) -> None:
        with suppress(*EXPECTED_ERRORS):
            begun = desk.payments.begin(student, course, self.rng.choice(UPI_CHANNELS))
            view = desk.payments.open(begun.uid)
            self._check()
            if view.state is AttemptState.AWAITING and view.qr_text:
                text = view.qr_text
                for _payment in range(self.rng.choice((0, 1, 1, 2))):
                    at = self.time.at + self.rng.uniform(0.5, 10)
                    self.time.plan(at, lambda: self._authorise(text), may_sleep=False)
            self.time.sleep(self.rng.uniform(0.2, 5))
            if desk.payments.view(view.uid).state is AttemptState.AWAITING:
                desk.payments.cancel(view.uid)

    def _authorise(self, text: str) -> None:
        target = self.gateway.payable.get(text, "")
        paid = self.gateway.payments.get(target)
        if paid is None or paid.status == "created":
            self.gateway.authorise_slowly(text)

    def _cash(self, desk: DeskServices, student: str, course: str) -> None:
        try:
            desk.payments.begin(student, course, Method.CASH)
            self.counts.cash += 1
        except EXPECTED_ERRORS as refusal:
            self.counts.refused_cash += type(refusal).__name__ == "CaptureUnderWayError"
        self._check()

    # --- the verdict

    def _check(self) -> None:
        for (words,) in self._rows(VIOLATIONS_SQL):
            self.counts.second[str(words)] += 1

    def _calm_down(self) -> None:
        """Reconcile until nothing changes, and count the money that pays nothing."""
        self.gateway.latency = None
        for window in (0, 1, 0):
            self.time.sleep(RECONCILE_S)
            self.windows[window].polling.reconcile()
        self._check()
        for (placement,) in self._rows(
            "SELECT placement FROM payments WHERE method != 'cash' AND placement != 'applied'"
        ):
            self.counts.second[f"booked as {placement}"] += 1
        self.counts.left += len(self.windows[0].unapplied.returning())


@contextmanager
def captures_whatever_fits() -> Iterator[None]:
    """Capture every authorised payment of the right amount."""
    real = capture._decide

    def asked(books: Any, attempt: Any, payment: Any) -> Any:
        return capture._Decision(real(books, attempt, payment).owner, CaptureStep.ASKED, True)

    with patch.object(capture, "_decide", asked):
        yield


@contextmanager
def looks_before_it_captures() -> Iterator[None]:
    """Decide by the books alone: another window's capture on its way is not noticed."""

    def notes(_self: object, _due: str) -> dict[str, object]:
        return {}

    with (
        patch.object(posting, "refuse_during_capture", lambda *_: None),
        patch(
            "desktop_app.storage.payments.attempt_repository.SqlAttemptRepository.capture_notes",
            notes,
        ),
    ):
        yield


def run_days(days: int, *, is_short: bool) -> DebitCounts:
    """Run a number of days, each from its own seed."""
    counts, seed = DebitCounts(), SHORT_SEED if is_short else SEED
    for day in range(days):
        with temporary_folder() as folder:
            SlowDay(folder / "desk", seed + day, counts, is_short=is_short).run()
    return counts


def prove(*, long: bool) -> Iterable[Figure]:
    """Count second debits, beside both controls."""
    found = run_days(LONG_DAYS if long else SHORT_DAYS, is_short=not long)
    with captures_whatever_fits():
        careless = run_days(SHORT_DAYS, is_short=not long)
    with looks_before_it_captures():
        hasty = run_days(LONG_DAYS if long else SHORT_DAYS, is_short=not long)
    yield Figure(
        "second_debit.days",
        f"{found.parents} parents, {found.captures} captures, {found.left} payments left to "
        f"return, {found.cash} fees in cash, {found.refused_cash} times cash had to wait",
        "captures, left payments and cash",
        holds=all((found.captures, found.left, found.cash)),
    )
    yield count_figure(
        "second_debit.caused by the desk",
        found.second.total(),
        control=careless.second.total(),
    )
    yield count_figure(
        "second_debit.between two windows", found.second.total(), control=hasty.second.total()
    )
    for words, times in found.second.most_common():
        yield Figure("second_debit.caused by the desk", f"{times} {words}", "0", holds=False)
