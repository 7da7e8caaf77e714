"""Two desks of one folder, one of which acts between two writes or calls of the other.

A step of one desk (a bill, a tender, a claim, a cheque, a concession, a look) is stopped before and
after each of its transactions and of its calls to the gateway; there the other desk may do
something with the same family. No due is in two live attempts, none is paid twice, no reference
counts twice and no credit is used twice; after each round the books are audited. The control begins
attempts without a look at live ones, and without the index of the database.
"""

from __future__ import annotations

import random
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from desktop_app.domain.instruments import BounceReason, InstrumentState
from desktop_app.domain.money import Money
from desktop_app.domain.payment import Method
from desktop_app.domain.receipt import day_in_india
from desktop_app.services.payments import begin
from desktop_app.services.views.dues import DueChoice
from desktop_app.services.views.evidence import TypedEvidence
from desktop_app.services.views.fees import ConcessionWish

from . import ledger_audit
from .family_carts import FamilyRound
from .fee_invariants import FEE_INVARIANTS
from .proof_desk import EXPECTED_ERRORS, InterceptedGateway, open_services, temporary_folder
from .report_figures import Figure, count_figure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from desktop_app.storage.store import SqlStore

    from .proof_desk import DeskServices

LONG_TIMES, SHORT_TIMES = 10_000, 20
STEPS_A_ROUND = 60
SEED = 17
WHY = "agreed with the family"
CHEQUE = TypedEvidence(bank="SBI", payer="Vikram", last4="4321")
COUNTER = (Method.NEFT, Method.NEFT, Method.CHEQUE, Method.CREDIT, Method.CASH)


class PausingStore:
    """A store that lets somebody else act before and after each transaction."""

    def __init__(self, inner: SqlStore, pause: Callable[[], None]) -> None:
        self._inner = inner
        self._pause = pause

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    @contextmanager
    def writing(self) -> Iterator[Any]:
        """Open a unit of work."""
        self._pause()
        with self._inner.writing() as work:
            yield work
        self._pause()


@dataclass
class InterleavedRound(FamilyRound):
    """A round of which each step may be cut in two by a step of the other desk."""

    is_inside: bool = False
    is_ready: bool = False

    def wrong_when(self) -> Mapping[str, str]:
        """Return what never holds, as queries that find nothing."""
        return {**super().wrong_when(), **FEE_INVARIANTS}

    def open_desk(self) -> DeskServices:
        """Open a desk whose transactions and calls let the other one act."""
        at = len(self.desks)

        def pause() -> None:
            self._let_act(1 - at)

        def call(_name: str, do: Callable[[], Any]) -> Any:
            pause()
            found = do()
            pause()
            return found

        client = InterceptedGateway(self.backend.client(self.clock), call)
        return open_services(
            self.folder, client, self.clock, wrap_store=lambda store: PausingStore(store, pause)
        )

    def _let_act(self, at: int) -> None:
        """Start a step of the other desk, unless it is itself within one."""
        if self.is_inside or not self.is_ready or self.rng.random() < 0.6:
            return
        self.is_inside = True
        try:
            action = self.rng.choice(self.actions())
            with suppress(*EXPECTED_ERRORS):
                action(self.desks[at])
            self.counts["interleaved"] += 1
            self._look_for_wrong()
        finally:
            self.is_inside = False

    def _step(self, action: Callable[[DeskServices], None], desk: DeskServices) -> None:
        self.is_ready = True
        super()._step(action, desk)
        self.is_ready = False

    def actions(self) -> tuple[Callable[[DeskServices], None], ...]:
        """Return what a desk may do."""
        more = (self._counter, self._counter, self._counter, self._bank, self._cheque,
                self._concede, self._decide, self._move)  # fmt: skip
        return (*super().actions(), *more)

    def _counter(self, desk: DeskServices) -> None:
        """Collect at the counter: as typed, by cheque, from credit or in cash."""
        dues = desk.carts.family(self.members[0]).dues
        if not dues:
            return
        method, number = self.rng.choice(COUNTER), self.rng.randrange(10)
        typed = TypedEvidence(amount=self.rng.choice((None, Money(150_000), Money(500_000))))
        if method is Method.NEFT:
            today = day_in_india(self.clock.now())
            typed = replace(typed, reference=f"HDFCN5202611200{number}", dated=today, last4="4321")
        elif method is Method.CHEQUE:
            day = day_in_india(self.clock.now())
            typed = replace(CHEQUE, amount=typed.amount, reference=f"00000{number}", dated=day)
        chosen = self.rng.sample(dues, min(len(dues), self.rng.randint(1, 2)))
        desk.payments.begin_dues({each.uid: None for each in chosen}, method, typed)

    def _bank(self, desk: DeskServices) -> None:
        claims = desk.desk.claims.claimed()
        if claims:
            uid = self.rng.choice(claims).uid
            if self.rng.random() < 0.5:
                desk.desk.claims.reverse(uid, "it never came")
            else:
                desk.desk.claims.match(uid, day_in_india(self.clock.now()), "the statement")

    def _cheque(self, desk: DeskServices) -> None:
        cheques = desk.desk.cheques
        states = (InstrumentState.IN_HAND, InstrumentState.DEPOSITED, InstrumentState.BOUNCED,
                  InstrumentState.CLEARED)  # fmt: skip
        found = cheques.listed(states)
        if found:
            uid = self.rng.choice(found).uid
            self.rng.choice((
                lambda: cheques.deposit([uid], "HDFC"),
                lambda: cheques.clear(uid),
                lambda: cheques.bounce(uid, BounceReason.FUNDS.value),
                lambda: cheques.give_back(uid, WHY),
            ))()  # fmt: skip

    def _concede(self, desk: DeskServices) -> None:
        dues = desk.desk.dues.page(DueChoice()).rows
        if dues:
            enrollment = self.rng.choice(dues).enrollment_uid
            given = desk.desk.concessions.of_enrollment(enrollment)
            if given:
                desk.desk.concessions.take_back(given[0].uid, WHY)
            else:
                desk.desk.concessions.concede(
                    enrollment, [ConcessionWish("other", 1_000, reason=WHY)]
                )

    def _decide(self, desk: DeskServices) -> None:
        dues = desk.carts.family(self.members[0]).dues
        if dues and self.rng.random() < 0.3:
            desk.desk.dues.write_off(self.rng.choice(dues).uid, WHY)

    def _move(self, desk: DeskServices) -> None:
        giver, taker = self.rng.sample(self.members, 2)
        desk.desk.credits.move(giver, taker, Money(50_000), WHY)


def run_times(folder: Path, times: int, *, is_control: bool = False) -> InterleavedRound:
    """Run rounds until the other desk has acted that often within a step."""
    made = InterleavedRound(folder, random.Random(SEED), is_control)
    while made.counts["interleaved"] < times:
        made.run(STEPS_A_ROUND)
    return made


def prove(*, long: bool) -> Iterator[Figure]:
    """Interleave the transactions and calls of two desks."""
    with temporary_folder() as folder:
        done = run_times(folder / "desk", LONG_TIMES if long else SHORT_TIMES)
        with patch.multiple(begin, _end_or_keep_live=lambda *_: None):
            control = run_times(folder / "control", SHORT_TIMES, is_control=True)
    yield Figure(
        "interleavings.times",
        ledger_audit.format_counts(done.counts),
        "acts of one desk within a step of the other",
        done.counts["interleaved"] >= (LONG_TIMES if long else SHORT_TIMES),
    )
    yield count_figure("interleavings.wrong", done.wrong.total(), control=control.wrong.total())
    for words, times in done.wrong.items():
        if times:
            yield Figure("interleavings.wrong", f"{times} {words}", "0", holds=False)
