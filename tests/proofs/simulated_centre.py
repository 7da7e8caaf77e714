"""A centre with two desks on one key, day after day on virtual time, audited each evening.

Real services, real storage, one gateway. All randomness comes from one generator, so that a seed is
a history; its trace is a running hash of everything that the desks and parents saw.
"""

from __future__ import annotations

import hashlib
import random
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from desktop_app.domain.money import INR, Money
from desktop_app.domain.payment import AttemptState, Method
from desktop_app.domain.refund import WATCHED_S

from .actors import HOUR_S, OPENING_HOURS, NetworkConditions, Parent, arrivals
from .gateway_facts import captured_payments, count_references, refund_entities
from .ledger_audit import BOOKED_SQL, GATEWAY_BALANCE_SQL, REFUNDS_SQL, booked_payments
from .misfit_histories import ALLOCATED_SQL
from .proof_desk import EXPECTED_ERRORS, create_data_folder
from .state_machine_desk import VIOLATIONS_SQL
from .virtual_desk import VirtualDesk, seed_random
from .virtual_gateway import VirtualGateway
from .virtual_time import VirtualTime

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from desktop_app.services.ports.gateway import RefundFact
    from desktop_app.services.views.payments import AttemptView, PollResult

    from .ledger_audit import Captured

    Begin = Callable[[Method], AttemptView]

DESKS = 2
DAY_S = 86_400.0
START = datetime(2026, 4, 6, 3, 30, tzinfo=UTC)
COURSES = (("PHY", 1_180_000, None), ("CHE", 1_180_000, 60), ("MAT", 99_999, None),
           ("BIO", 450_050, 25), ("TOP", 3_000_000, 6))  # fmt: skip
MOST_TRIES = 3
OTHERWISE = 0.06
"""The share of payments of another amount or currency than was asked."""
FAMILIES = 0.2
"""How many parents pay for two children at once."""


@dataclass
class SimulationTotals:
    """Counts of what happened."""

    days: int = 0
    payments: int = 0
    late: int = 0
    surplus: int = 0
    misfits: int = 0
    several: int = 0
    refunds: int = 0
    crashes: int = 0
    polls: int = 0
    wrong: list[str] = field(default_factory=list)
    traces: list[str] = field(default_factory=list)


class SimulatedCentre:
    """Two desks on one account, from a seed."""

    def __init__(self, folder: Path, seed: int) -> None:
        seed_random(seed)
        self.rng = random.Random(seed)
        self.time = VirtualTime(START)
        self.conditions = NetworkConditions(self.rng)
        self.gateway = VirtualGateway(
            self.time, latency=self._latency, next_trouble=self._next_trouble
        )
        self.gateway.refund_status = "pending"
        self.digest = hashlib.sha256()
        self.totals = SimulationTotals()
        self._is_evening = False
        self._is_frozen = False
        self._number = 0
        self.desks = [self._make_desk(folder / f"desk{n}", n) for n in range(DESKS)]
        self.courses = [self._add_courses(desk, n) for n, desk in enumerate(self.desks)]

    def _make_desk(self, folder: Path, number: int) -> VirtualDesk:
        create_data_folder(folder)
        return VirtualDesk(folder, self.gateway, self.time, series=number, on_poll=self._on_poll)

    def _add_courses(self, desk: VirtualDesk, number: int) -> list[str]:
        with desk.services.context.store.writing() as work:
            work.put_setting("desk.id", f"D{number + 1}")
            work.commit()
        return [
            desk.services.course(code, fee=Money(fee), seats=seats) for code, fee, seats in COURSES
        ]

    def trace(self, *facts: object) -> None:
        """Add facts to the trace."""
        self.digest.update(repr((round(self.time.at, 3), *facts)).encode())

    def _latency(self) -> float:
        return 0.0 if self._is_frozen else self.conditions.latency(self.time.at)

    def _next_trouble(self, name: str) -> Any:
        return self.conditions.trouble(name, self.time.at, is_fine=self._is_evening)

    def _on_poll(self, look: PollResult) -> None:
        self.trace("look", [(each.uid, each.state.value, each.receipt_no) for each in look.changed])

    # --- a day

    def run_day(self, hours: float = OPENING_HOURS) -> None:
        """Run one day from opening to the audit, which may come early."""
        morning = START.timestamp() + self.totals.days * DAY_S
        self.time.run_until(morning)
        self._is_evening = False
        self.conditions.plan_day(morning)
        for number, desk in enumerate(self.desks):
            desk.start()
            for parent in arrivals(self.rng):
                self._plan(desk, number, parent, morning)
            for _ in range(self.rng.choice((0, 1, 1, 2, 3))):
                self._plan_crash(desk, morning)
            for _ in range(3):
                at = morning + self.rng.uniform(1, OPENING_HOURS - 0.5) * HOUR_S
                self.time.plan(at, lambda desk=desk: desk.run(lambda: self._refund(desk)))  # type: ignore[misc]
        self.time.run_until(morning + hours * HOUR_S)
        self._close_day()
        self.totals.days += 1
        self.totals.traces.append(self.digest.hexdigest())

    def _plan(self, desk: VirtualDesk, number: int, parent: Parent, morning: float) -> None:
        """Plan a parent: every fifth pays up to three fees of two children at once."""
        fees = [(self._new_roll_no(), self._draw_course(number))]
        if self.rng.random() < FAMILIES:
            other = self._new_roll_no()
            fees += [(self.rng.choice((fees[0][0], other)), self._draw_course(number)),
                     (other, self._draw_course(number))]  # fmt: skip
            fees = list(dict.fromkeys(fees))

        def begin(method: Method) -> AttemptView:
            services = desk.services
            found = [(services.student(roll_no), course) for roll_no, course in fees]
            if len(found) == 1:
                return services.payments.begin(*found[0], method)
            dues = [services.due(*each) for each in found]
            return services.payments.begin_dues(dict.fromkeys(dues), method)

        def come() -> None:
            self._serve(desk, begin, parent, parent.method, MOST_TRIES)

        self.time.plan(morning + parent.after_s, come)

    def _new_roll_no(self) -> str:
        self._number += 1
        return f"R{self._number:06d}"

    def _draw_course(self, number: int) -> str:
        return self.rng.choices(self.courses[number], (30, 25, 25, 15, 5))[0]

    def _plan_crash(self, desk: VirtualDesk, morning: float) -> None:
        at = morning + self.rng.uniform(0.1, OPENING_HOURS - 0.5) * HOUR_S
        self.time.plan(at, lambda: self._crash(desk), may_sleep=False)

    def _crash(self, desk: VirtualDesk) -> None:
        desk.stop()
        self.totals.crashes += 1
        self.trace("crash")
        self.time.plan(self.time.at + self.rng.uniform(2, 600), lambda: self._restart(desk))

    def _restart(self, desk: VirtualDesk) -> None:
        if not desk.is_on and not self._is_evening:
            desk.start()

    # --- parents at the desk

    def _serve(
        self, desk: VirtualDesk, begin: Begin, parent: Parent, method: Method, tries: int
    ) -> None:
        """Collect a fee; after a failure again a little later, the last time in cash."""
        if self._is_evening or not tries:
            return

        def again() -> None:
            then = Method.CASH if tries == MOST_TRIES - 1 else method
            self._serve(desk, begin, parent, then, tries - 1)

        try:
            view = self._collect(desk, begin, method)
        except EXPECTED_ERRORS as error:
            self.trace("refused", type(error).__name__)
            self.time.plan(self.time.at + self.rng.uniform(20, 200), again)
            return
        if view is None:
            self.time.plan(self.time.at + 700, again)
        elif view.state is AttemptState.AWAITING and view.qr_text:
            self._plan_payment(desk, view, begin, parent)

    def _collect(self, desk: VirtualDesk, begin: Begin, method: Method) -> AttemptView | None:
        """Begin a fee and open its code; return None if the desk is off or crashes."""
        shown: list[AttemptView] = []

        def collect() -> None:
            view = begin(method)
            if method is not Method.CASH:
                view = desk.services.payments.open(view.uid)
                desk.poll_within()
            self.trace("collect", view.uid, method.value, view.state.value)
            shown.append(view)

        desk.run(collect)
        return shown[0] if shown else None

    def _plan_payment(
        self, desk: VirtualDesk, view: AttemptView, begin: Begin, parent: Parent
    ) -> None:
        """Plan the parent's payment, the code's expiry, and the end of the parent's patience."""
        at, text = self.time.at + parent.pays_after_s, view.qr_text or ""
        late_at = at + parent.late_s
        if parent.behaviour in {"at_once", "twice"}:
            self.time.plan(at, lambda: self._pay(text, "success"), may_sleep=False)
        elif parent.behaviour == "late":
            self.time.plan(late_at, lambda: self._pay(text, "success"), may_sleep=False)
        elif parent.behaviour == "fails_first":
            self.time.plan(at, lambda: self._pay(text, "failure"), may_sleep=False)
            self.time.plan(at + 30, lambda: self._pay(text, "success"), may_sleep=False)
        elif parent.behaviour == "captured_late":
            self.time.plan(at, lambda: self._fail_and_capture(text, late_at), may_sleep=False)
        ends_at = self.time.at + (view.expires_in_s or 900.0) + 1.0
        self.time.plan(ends_at, lambda: desk.run(lambda: self._expire(desk, view)))
        if parent.patience_s is not None or parent.behaviour == "twice":
            patience = parent.patience_s or max(1.0, parent.pays_after_s - 2.0)
            self.time.plan(
                self.time.at + patience,
                lambda: desk.run(lambda: self._cancel_and_switch(desk, view, begin)),
            )

    def _pay(self, text: str, outcome: str) -> str | None:
        if not self.gateway.is_payable(text):
            return None
        paise, currency = None, INR
        if outcome == "success" and self.rng.random() < OTHERWISE:
            paise, currency = self._otherwise(text)
        payment_id = self.gateway.pay(text, outcome, paise=paise, currency=currency)
        self.trace("pay", payment_id, outcome, paise, currency)
        return payment_id

    def _otherwise(self, text: str) -> tuple[int, str]:
        """Draw another amount than is asked: a fee on top, an offer, a part, dollars.

        Who pays a part often pays the rest a minute later.
        """
        asked = self.gateway.amount_of(text) or 0
        kind = self.rng.choice(("fee", "offer", "part", "part", "dollars"))
        if kind == "part" and self.rng.random() < 0.7:
            rest_at = self.time.at + 60
            self.time.plan(rest_at, lambda: self._pay(text, "success"), may_sleep=False)
        paise = {"fee": asked + asked // 42, "offer": asked - asked // 20, "part": asked // 2}
        return (12_900, "USD") if kind == "dollars" else (paise[kind], INR)

    def _fail_and_capture(self, text: str, late_at: float) -> None:
        payment_id = self._pay(text, "failure")
        if payment_id is not None:
            self.time.plan(late_at, lambda: self.gateway.capture_late(payment_id), may_sleep=False)

    def _expire(self, desk: VirtualDesk, view: AttemptView) -> None:
        with suppress(*EXPECTED_ERRORS):
            self.trace("expire", desk.services.payments.expire(view.uid).state.value)

    def _cancel_and_switch(self, desk: VirtualDesk, view: AttemptView, begin: Begin) -> None:
        """Cancel, then take cash or another channel; the parent may still pay the first code."""
        with suppress(*EXPECTED_ERRORS):
            ended = desk.services.payments.cancel(view.uid)
            self.trace("cancel", ended.state.value, ended.is_sure)
            if ended.state is AttemptState.PAID:
                return
            method = self.rng.choice((Method.CASH, Method.UPI_INTENT, Method.QR_CODE))
            begun = begin(method)
            if method is Method.CASH:
                return
            again = desk.services.payments.open(begun.uid)
            desk.poll_within()
            text = again.qr_text
            if again.state is AttemptState.AWAITING and text:
                self.time.plan(
                    self.time.at + 25, lambda: self._pay(text, "success"), may_sleep=False
                )
                self.time.plan(
                    self.time.at + (again.expires_in_s or 900.0) + 1.0,
                    lambda: desk.run(lambda: self._expire(desk, again)),
                )

    # --- refunds

    def _refund(self, desk: VirtualDesk) -> None:
        """Refund a payment here or on the dashboard, in full or in part; banks settle it later."""
        booked = desk.rows(
            "SELECT uid, payment_id, amount_paise FROM payments ORDER BY rowid DESC LIMIT 80"
        )
        if not booked:
            return
        uid, payment_id, paise = self.rng.choice(booked)
        part = self.rng.choice((paise, paise, paise // 3, 100))
        if payment_id and self.rng.random() < 0.25:
            status = self.rng.choice(("pending", "pending", "processed", "failed"))
            self.gateway.refund_on_dashboard(payment_id, part, status)
            self.trace("dashboard", payment_id, part, status)
            return
        with suppress(*EXPECTED_ERRORS):
            done = desk.services.refunds.refund(uid, Money(part), "leaves")
            self.trace("refund", done.state.value, part)

    def _decide(self, desk: VirtualDesk) -> None:
        """Decide on the unapplied payments, as staff do in the evening."""
        for held in desk.services.unapplied.held():
            with suppress(*EXPECTED_ERRORS):
                if held.applicable is not None and self.rng.random() < 0.6:
                    desk.services.unapplied.apply(held.uid)
                elif held.can_enrol and self.rng.random() < 0.6:
                    desk.services.unapplied.enrol(held.uid)
                elif held.applicable is not None and self.rng.random() < 0.6:
                    desk.services.unapplied.apply(held.uid)
                else:
                    desk.services.unapplied.refund(held.uid)
                self.trace("decided", held.payment_id)

    # --- the evening

    def _close_day(self) -> None:
        """Restore the network, restart both desks, reconcile, and audit."""
        self._is_evening = True
        self.conditions.clear()
        for key, fact in list(self.gateway.refunds.items())[-300:]:
            if fact.status == "pending" and self.rng.random() < 0.7:
                self.gateway.settle_refund(key, self.rng.choice(("processed",) * 9 + ("failed",)))
            elif self._may_fail_yet(fact) and self.rng.random() < 0.02:
                self.gateway.settle_refund(key, "failed")
        for desk in self.desks:
            desk.stop()
            desk.start()
            self.time.run_until(self.time.at + 60)
            desk.run(lambda desk=desk: self._decide(desk))  # type: ignore[misc]
        self._is_frozen = True  # no payment changes between the last poll and the audit
        for desk in self.desks:
            if not desk.services.polling.reconcile().is_complete:
                self.totals.wrong.append("the evening's reconcile was incomplete")
        self._audit()
        self._is_frozen = False
        for desk in self.desks:
            self.totals.polls += desk.polls
            desk.polls = 0
            desk.stop()

    def _may_fail_yet(self, fact: RefundFact) -> bool:
        """Return whether the payer's bank may still send a refund back that was processed."""
        return fact.status == "processed" and self.gateway._now() - fact.created_at < WATCHED_S

    def _audit(self) -> None:
        """Compare gateway, ledger and receipts of both desks to the paisa."""
        wrong: list[str] = []
        booked: dict[str, tuple[int, int]] = {}
        refunds: set[tuple[Any, ...]] = set()
        held = 0
        for desk in self.desks:
            wrong += [row[0] for row in desk.rows(VIOLATIONS_SQL)]
            booked |= booked_payments(desk.rows(BOOKED_SQL))
            refunds |= set(map(tuple, desk.rows(REFUNDS_SQL)))
            held += desk.rows(GATEWAY_BALANCE_SQL)[0][0]
            self.trace("books", [tuple(row) for row in desk.rows(ACCOUNTS_SQL)])
            sums = desk.rows("SELECT coalesce(sum(amount_paise), 0) FROM ledger_entries")[0][0]
            if sums:
                wrong.append("the ledger does not sum to zero")
        captured = captured_payments(self.gateway)
        if booked != captured:
            differences = sorted(set(booked.items()) ^ set(captured.items()))[:4]
            wrong.append(f"desks and gateway differ: {differences}")
        wrong += self._missing_from_lists(captured)
        if refunds != refund_entities(self.gateway):
            wrong.append("a refund is booked otherwise than the gateway has it")
        if held != sum(paid - back for paid, back in captured.values()):
            wrong.append("the ledgers' balance differs from the gateway's")
        if any(times > 1 for times in count_references(self.gateway).values()):
            wrong.append("a reference was used twice at the gateway")
        if self.gateway.excess_refunds:
            wrong.append("more refunds were requested than was paid")
        self.totals.wrong += [f"day {self.totals.days + 1}: {each}" for each in wrong]

    def _missing_from_lists(self, captured: Captured) -> list[str]:
        """Return in which currencies captured money is not payments and inbox, to the paisa."""
        listed, left = Counter[str](), Counter[str]()
        for desk in self.desks:
            listed[INR] += desk.rows(ALLOCATED_SQL)[0][0]
            for card in desk.services.unapplied.held():
                listed[card.currency] += card.amount.paise
        for payment_id, (paid, back) in captured.items():
            left[self.gateway.payments[payment_id].currency] += paid - back
        currencies = sorted(left.keys() | listed.keys())
        return [
            f"{left[each]} {each} are captured, {listed[each]} in lists"
            for each in currencies
            if left[each] != listed[each]
        ]

    def finish(self) -> SimulationTotals:
        """Count what happened, and close the databases."""
        for desk in self.desks:
            for kind, number in desk.rows(
                "SELECT CASE WHEN placement IN ('surplus', 'misfit') THEN placement "
                "WHEN is_late THEN 'late' ELSE 'on time' END, count(*) FROM payments GROUP BY 1"
            ):
                self.totals.payments += number
                self.totals.late += number if kind == "late" else 0
                self.totals.surplus += number if kind == "surplus" else 0
                self.totals.misfits += number if kind == "misfit" else 0
            self.totals.several += desk.rows(
                "SELECT count(*) FROM payments WHERE enrollment_uid IS NULL"
            )[0][0]
            self.totals.refunds += desk.rows("SELECT count(*) FROM refunds")[0][0]
            desk.close()
        return self.totals


ACCOUNTS_SQL = (
    "SELECT account, sum(amount_paise) FROM ledger_entries GROUP BY account ORDER BY account"
)
