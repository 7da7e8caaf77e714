"""Random histories of refunds on one desk whose book and gateway are rewound for each.

Draws what people, banks and the network do, and judges the book; knows no way of booking.
"""

from __future__ import annotations

import copy
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from desktop_app.domain.money import Money
from desktop_app.domain.payment import Method
from desktop_app.domain.refund import WATCHED_S
from desktop_app.services import errors
from desktop_app.services.ports.gateway import DisputeFact
from tests.clock import TestClock
from tests.fake_gateway import Trouble

from .gateway_facts import refund_entities
from .ledger_audit import DOUBLED, REFUNDS_SQL, RETURNED
from .proof_desk import EXPECTED_ERRORS, CommitHookStore, open_services
from .rewindable_desk import RewindableDesk
from .virtual_gateway import VirtualGateway

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from desktop_app.domain.payment import PaymentFact
    from desktop_app.services.ports.gateway import LinkFact, OrderFact, QrFact, RefundFact

Read = TypeVar("Read")
FEE = 1_180_000
PARTS = (100, 300_000, 590_000, FEE)
METHODS = (Method.UPI_INTENT, Method.QR_CODE, Method.PAYMENT_LINK, Method.QR_CODE)
MEMORY = (
    "payments", "refunds", "orders", "codes", "links", "payable", "disputed", "count",
    "_by_order", "_by_code", "_link_by_order", "_refunds_by_payment",
)  # fmt: skip
"""Names of the fields that hold the gateway's state."""

KINDS = (
    "dashboard", "desk", "answer lost", "several at once", "before the first look", "processed",
    "failed", "failed after all", "stale read", "killed", "no answer", "chargeback",
)  # fmt: skip
"""Kinds of events that a run of histories has to contain."""

LEFT_SQL = f"""
    SELECT p.payment_id, p.amount_paise - {RETURNED} - (
        SELECT coalesce(sum(x.deducted_paise), 0) FROM disputes x WHERE x.payment_uid = p.uid),
        coalesce((SELECT sum(a.amount_paise) FROM allocations a WHERE a.payment_uid = p.uid), 0) > 0
    FROM payments p
"""
"""Each payment, what is left of it, and whether that pays its fee."""


class Killed(BaseException):
    """The process ends here: nothing after it runs, nothing catches it."""


@dataclass
class StaleGateway(VirtualGateway):
    """A gateway whose next reads may be answered from an older state.

    Attributes:
        older: what it knew then; None for no older state.
        stale_reads: how many of the next reads are answered from it.
    """

    older: dict[str, Any] | None = None
    stale_reads: int = 0
    stale_total: int = field(default=0)

    def memory(self) -> dict[str, Any]:
        """Return a copy of everything that it knows now."""
        return {name: copy.deepcopy(getattr(self, name)) for name in MEMORY}

    def recall(self, memory: dict[str, Any]) -> None:
        """Know only what a copy holds."""
        for name, value in memory.items():
            setattr(self, name, copy.deepcopy(value))

    def _read(self, read: Callable[[], Read]) -> Read:
        if self.older is None or not self.stale_reads:
            return read()
        self.stale_reads -= 1
        self.stale_total += 1
        now = {name: getattr(self, name) for name in MEMORY}
        for name, value in self.older.items():
            setattr(self, name, value)
        try:
            return read()
        finally:
            for name, value in now.items():
                setattr(self, name, value)

    def fetch_payment(self, payment_id: str, *, asked: bool = False) -> PaymentFact:
        return self._read(lambda: VirtualGateway.fetch_payment(self, payment_id, asked=asked))

    def refunds_of(self, payment_id: str) -> tuple[RefundFact, ...]:
        return self._read(lambda: VirtualGateway.refunds_of(self, payment_id))

    def refunds_since(self, since: int, *, skip: int = 0) -> tuple[RefundFact, ...]:
        return self._read(lambda: VirtualGateway.refunds_since(self, since, skip=skip))

    def fetch_order(self, order_id: str, *, asked: bool = False) -> OrderFact:
        return self._read(lambda: VirtualGateway.fetch_order(self, order_id, asked=asked))

    def orders_since(
        self, since: int, *, skip: int = 0, asked: bool = False
    ) -> tuple[OrderFact, ...]:
        return self._read(lambda: VirtualGateway.orders_since(self, since, skip=skip, asked=asked))

    def fetch_qr(
        self, qr_id: str, *, asked: bool = False
    ) -> tuple[QrFact, tuple[PaymentFact, ...]]:
        return self._read(lambda: VirtualGateway.fetch_qr(self, qr_id, asked=asked))

    def fetch_link(
        self, link_id: str, *, asked: bool = False
    ) -> tuple[LinkFact, tuple[PaymentFact, ...]]:
        return self._read(lambda: VirtualGateway.fetch_link(self, link_id, asked=asked))


class RefundDesk(RewindableDesk):
    """A desk with three paid fees and a fourth whose code is shown."""

    gateway: StaleGateway

    def __init__(self, folder: Path) -> None:
        self._dies: Callable[[str], None] = lambda _where: None
        super().__init__(folder, StaleGateway)
        course = self.services.course("PHY", fee=Money(FEE), seats=None)
        self.texts = []
        for number, method in enumerate(METHODS):
            begun = self.services.payments.begin(
                self.services.student(f"R{number}"), course, method
            )
            view = self.services.payments.open(begun.uid)
            self.texts.append(view.qr_text or "")
        for text in self.texts[:-1]:
            self.gateway.pay(text)
        self.services.polling.reconcile()
        self.record_state()
        self._gateway_then = self.gateway.memory()

    def restart(self) -> None:
        """Open the services again; each commit may be the process's last act."""
        self.services = open_services(
            self.folder, self.gateway, self.clock, store=self._store, ids=self._ids,
            wrap_store=lambda store: CommitHookStore(store, self._commit),
        )  # fmt: skip

    def _commit(self, _work: Any, commit: Callable[[], None]) -> None:
        self._dies("before a commit")
        commit()
        self._dies("after a commit")

    def reset(self, dies: Callable[[str], None]) -> None:
        """Restore the book and the gateway to the recorded state."""
        self._dies = lambda _where: None
        self.rewind(series=1)
        self.clock = TestClock()
        self.gateway = StaleGateway(self.clock)
        self.gateway.recall(self._gateway_then)
        self.restart()
        self._dies = dies

    def rows(self, sql: str) -> list[Any]:
        """Return rows of the newest committed state."""
        return self.raw.execute(sql).fetchall()


class RefundHistory:
    """One history of a desk's refunds, from its own generator.

    Attributes:
        steps: how many things happen.
    """

    steps = 12

    def __init__(self, desk: RefundDesk, rng: random.Random) -> None:
        self.desk, self.rng = desk, rng
        self.happened: Counter[str] = Counter()
        self._until_death = 0
        desk.reset(self._maybe_die)
        desk.gateway.next_trouble = self._next_trouble
        self._is_calm = False

    def run(self) -> str:
        """Play the steps, then calm; return the first thing that is wrong, empty for nothing."""
        steps = self._steps()
        for _step in range(self.steps):
            try:
                self.rng.choice(steps)()
            except Killed:
                self.happened["killed"] += 1
                self.desk.restart()
            except EXPECTED_ERRORS:
                pass
            found = self._phantom()
            if found:
                return found
        self.happened["stale read"] += self.desk.gateway.stale_total
        return self._ended()

    def _steps(self) -> tuple[Callable[[], None], ...]:
        """Return what may happen; a name that is there twice is drawn twice as often."""
        return (self._dashboard, self._dashboard, self._ask, self._end, self._end, self._stale,
                self._die_soon, self._look, self._look, self._pay_and_return, self._dispute,
                self._pass_time)  # fmt: skip

    # --- what people, banks and the network do

    def _payments(self) -> list[str]:
        return [each.payment_id for each in self.desk.gateway.payments.values() if each.captured]

    def _dashboard(self) -> None:
        """Refund on the dashboard, now and then several parts at once."""
        payment_id = self.rng.choice(self._payments())
        times = self.rng.choice((1, 1, 1, 3))
        made = 0
        for _time in range(times):
            status = self.rng.choice(("pending", "pending", "processed", "failed"))
            part = self.rng.choice(PARTS)
            made += self.desk.gateway.refund_on_dashboard(payment_id, part, status) is not None
        self.happened["dashboard"] += made
        self.happened["several at once"] += made > 1

    def _ask(self) -> None:
        """Ask for a refund at the desk; its answer may be lost, and it may be asked for twice."""
        gateway = self.desk.gateway
        gateway.refund_status = self.rng.choice(("pending", "processed"))
        if self.rng.random() < 0.4:
            lost = errors.OutcomeUnknownError("lost")
            gateway.trouble("refund", lost, is_done=self.rng.random() < 0.6, times=2)
            self.happened["answer lost"] += 1
        self.happened["desk"] += 1
        part = Money(self.rng.choice(PARTS))
        self.desk.services.refunds.refund(self.rng.choice(self._payments()), part, "leaves")

    def _end(self) -> None:
        """End a refund at the bank, or send one back that counted as processed."""
        gateway = self.desk.gateway
        alive = [
            key
            for key, each in gateway.refunds.items()
            if each.status == "pending"
            or (each.status == "processed" and gateway._now() - each.created_at < WATCHED_S)
        ]
        if not alive:
            return
        key = self.rng.choice(alive)
        was = gateway.refunds[key].status
        status = "failed" if was == "processed" else self.rng.choice(("processed", "failed"))
        gateway.settle_refund(key, status)
        self.happened["failed after all" if was == "processed" else status] += 1

    def _pay_and_return(self) -> None:
        """Pay the fourth fee, and return it before the desk looks."""
        gateway, text = self.desk.gateway, self.desk.texts[-1]
        if not gateway.is_payable(text):
            return
        payment_id = gateway.pay(text)
        part, status = (
            self.rng.choice((FEE, FEE, 300_000)),
            self.rng.choice(("pending", "processed")),
        )
        gateway.refund_on_dashboard(payment_id, part, status)
        self.happened["before the first look"] += 1

    def _dispute(self) -> None:
        """Lose a chargeback about what is left of a payment."""
        gateway, payment_id = self.desk.gateway, self.rng.choice(self._payments())
        payment = gateway.payments[payment_id]
        left = payment.amount_paise - payment.amount_refunded_paise
        if left < FEE or gateway.disputed or self.rng.random() < 0.7:
            return
        gateway.disputed["one"] = DisputeFact(
            "disp_00000001", payment_id, 100, 100, "fraud", "lost", "chargeback", None
        )
        self.happened["chargeback"] += 1

    def _stale(self) -> None:
        """Answer some of the next reads from an older state, which is remembered now and then."""
        gateway = self.desk.gateway
        if gateway.older is None or self.rng.random() < 0.5:
            gateway.older = gateway.memory()
        gateway.stale_reads = self.rng.randint(1, 6)

    def _die_soon(self) -> None:
        """Kill the process at one of the next calls or commits, while it looks."""
        self._until_death = self.rng.randint(1, 12)
        try:
            self._look()
        finally:
            self._until_death = 0

    def _look(self) -> None:
        """Look as the clock or a person does."""
        polling = self.desk.services.polling
        if self.rng.random() < 0.3:
            polling.run()
        else:
            polling.reconcile()

    def _pass_time(self) -> None:
        self.desk.clock.advance(self.rng.choice((60, 40_000, 200_000)))

    def _next_trouble(self, name: str) -> Trouble | None:
        self._maybe_die(name)
        if self._is_calm or name == "refund" or self.rng.random() > 0.06:
            return None
        self.happened["no answer"] += 1
        return Trouble(errors.UnavailableError("no line"))

    def _maybe_die(self, _where: str) -> None:
        if self._until_death:
            self._until_death -= 1
            if not self._until_death:
                raise Killed

    # --- what holds

    def _phantom(self) -> str:
        """Return a refund in the book that the gateway does not have; at all times."""
        known = {each[:3] for each in refund_entities(self.desk.gateway)}
        for row in self.desk.rows(REFUNDS_SQL):
            if tuple(row[:3]) not in known:
                return f"{row[0]} is booked and not at the gateway"
        for words, sql in DOUBLED.items():
            if self.desk.rows(sql):
                return words
        return ""

    @contextmanager
    def _calm(self) -> Iterator[None]:
        gateway = self.desk.gateway
        gateway.troubles.clear()
        gateway.stale_reads = 0
        self._is_calm = True
        self.desk.restart()
        self.desk.clock.advance(60)
        yield

    def _ended(self) -> str:
        """Return how the book differs from the gateway after one calm reconcile."""
        with self._calm():
            if not self.desk.services.polling.reconcile().is_complete:
                return "the reconcile was incomplete"
        checks = (self._entities, self._sums, self._rest, self._open)
        return next((found for check in checks if (found := check())), "")

    def _entities(self) -> str:
        """Return which refund is booked otherwise than the gateway has it."""
        booked = set(map(tuple, self.desk.rows(REFUNDS_SQL)))
        real = refund_entities(self.desk.gateway)
        return f"refunds differ: {sorted(booked ^ real)[:2]}" if booked != real else ""

    def _sums(self) -> str:
        """Return of which payment another sum is booked as returned than was."""
        payments = self.desk.gateway.payments
        for payment_id, back in self.desk.rows(f"SELECT payment_id, {RETURNED} FROM payments p"):
            real = payments[payment_id].amount_refunded_paise
            if real != back:
                return f"{payment_id}: {back} paise are booked as returned, {real} were"
        return ""

    def _rest(self) -> str:
        """Return of which payment the rest neither pays a fee nor waits for a decision.

        A refund may take more than a chargeback has left: then there is no rest.
        """
        services = self.desk.services
        held = {each.payment_id: each.amount.paise for each in services.unapplied.held()}
        for payment_id, left, pays in self.desk.rows(LEFT_SQL):
            if left > 0 and not pays and held.get(payment_id) != left:
                return f"{payment_id}: {left} paise are left, {held.get(payment_id)} are held"
            may_go_back = services.refunds.basis(payment_id).left.paise
            if may_go_back != max(0, left):
                return f"{payment_id}: {left} paise are left, {may_go_back} refundable"
        return ""

    def _open(self) -> str:
        """Return whether a refund is still followed that the gateway has ended."""
        is_open = self.desk.services.store.reader.exceptions.has_open_refunds()
        pends = any(each.status == "pending" for each in self.desk.gateway.refunds.values())
        return "a refund is open that the gateway has ended" if is_open and not pends else ""
