"""Random histories of payments of other amounts and currencies, real ones and not lies.

Draws what parents, staff, the network and kills do, and judges the book by one sum: what was
captured on its references is what its payments pay and what waits in its inbox, to the paisa.
"""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from typing import TYPE_CHECKING

from desktop_app.domain.money import INR
from desktop_app.domain.payment import AttemptState, Method

from .ledger_audit import DOUBLED
from .proof_desk import EXPECTED_ERRORS, UPI_CHANNELS
from .refund_histories import FEE, RefundDesk, RefundHistory

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

    from desktop_app.services.views.unapplied import UnappliedPayment

TICKS, TICK_S = 3, 1_000

AMOUNTS = {
    "exact": (FEE, INR),
    "plus fee": (FEE + 27_848, INR),
    "less offer": (FEE - 50_000, INR),
    "half": (FEE // 2, INR),
    "odd part": (123_457, INR),
    "dollars": (12_900, "USD"),
}
"""Payments in place of the fee, besides the rest of a link."""

KINDS = (
    *(f"{amount} by {method.value}" for amount in AMOUNTS for method in UPI_CHANNELS),
    "rest of a link", "applied", "applied together", "refunded", "cancelled", "stale read",
    "killed", "no answer",
)  # fmt: skip
"""Events that a run of histories has to contain."""

BOOKED_SQL = "SELECT payment_id, amount_paise, currency FROM payments WHERE payment_id IS NOT NULL"
ALLOCATED_SQL = """
    SELECT coalesce(sum(a.amount_paise), 0) FROM allocations a
    JOIN payments p ON p.uid = a.payment_uid WHERE p.payment_id IS NOT NULL
"""
LIVE_SQL = "SELECT uid FROM attempts WHERE state IN ('unknown','ordered','awaiting')"


class MisfitHistory(RefundHistory):
    """One history of a desk's codes that are paid with other amounts."""

    steps = 16

    def __init__(self, desk: RefundDesk, rng: random.Random) -> None:
        super().__init__(desk, rng)
        self._course = desk.services.courses.search("", 1)[0].uid
        self._texts: dict[str, tuple[str, Method]] = {}

    def _steps(self) -> tuple[Callable[[], None], ...]:
        return (self._show_and_pay, self._show_and_pay, self._pay_otherwise, self._pay_in_halves,
                self._pay_rest, self._decide, self._decide, self._cancel, self._stale,
                self._die_soon, self._look, self._look, self._pass_time)  # fmt: skip

    # --- what parents and staff do

    def _show(self, method: Method | None = None) -> str | None:
        """Show a code of a new student on any channel; return its text, None where it failed."""
        services, method = self.desk.services, method or self.rng.choice(UPI_CHANNELS)
        student = services.student(f"S{len(self._texts)}-{self.rng.randrange(10**6)}")
        view = services.payments.open(services.payments.begin(student, self._course, method).uid)
        if view.state is not AttemptState.AWAITING or not view.qr_text:
            return None
        self._texts[view.qr_text] = (view.uid, view.method)
        return view.qr_text

    def _show_and_pay(self) -> None:
        text = self._show()
        if text is not None:
            self._pay_text(text)

    def _pay_in_halves(self) -> None:
        """Pay a link in two halves, and look in between or not; staff may apply them."""
        text = self._show(Method.PAYMENT_LINK)
        if text is None:
            return
        self.desk.gateway.pay(text, paise=FEE // 2)
        if self.rng.random() < 0.5:
            self._look()
        self.desk.gateway.pay(text)
        self.happened["rest of a link"] += 1
        self._look()
        if self.rng.random() < 0.7:
            self._decide()

    def _open_texts(self) -> list[str]:
        return [text for text in self._texts if self.desk.gateway.is_payable(text)]

    def _pay_otherwise(self) -> None:
        """Pay a code that is still open, however old, with any amount."""
        texts = self._open_texts()
        if not texts:
            return
        self._pay_text(self.rng.choice(texts))

    def _pay_text(self, text: str) -> None:
        amount = self.rng.choice(list(AMOUNTS))
        paise, currency = AMOUNTS[amount]
        self.desk.gateway.pay(text, paise=paise, currency=currency)
        self.happened[f"{amount} by {self._texts[text][1].value}"] += 1

    def _pay_rest(self) -> None:
        """Pay what is left of a link."""
        gateway = self.desk.gateway
        links = [text for text in self._open_texts() if gateway.payable[text] in gateway.links]
        begun = [
            text
            for text in links
            if gateway.links[gateway.payable[text]].status == "partially_paid"
        ]
        if begun:
            gateway.pay(self.rng.choice(begun))
            self.happened["rest of a link"] += 1

    def _decide(self) -> None:
        """Decide about held money, as staff do, now and then about what cannot be."""
        unapplied = self.desk.services.unapplied
        held = unapplied.held()
        if not held:
            return
        card = self.rng.choice(held)
        way = self.rng.choice(("apply", "apply", "refund", "enrol"))
        if way == "apply":
            unapplied.apply(card.uid)
            self.happened["applied together" if card.parts > 1 else "applied"] += 1
        elif way == "refund":
            self.desk.gateway.refund_status = self.rng.choice(("pending", "processed"))
            unapplied.refund(card.uid)
            self.happened["refunded"] += 1
        else:
            unapplied.enrol(card.uid)

    def _cancel(self) -> None:
        waiting = self.desk.services.payments.waiting()
        if waiting:
            self.desk.services.payments.cancel(self.rng.choice(waiting).uid)
            self.happened["cancelled"] += 1

    # --- what holds

    def _phantom(self) -> str:
        """Return a payment in the book that the gateway has otherwise, or not; at all times."""
        payments = self.desk.gateway.payments
        for payment_id, paise, currency in self.desk.rows(BOOKED_SQL):
            real = payments[payment_id]
            if (real.captured, real.amount_paise, real.currency) != (True, paise, currency):
                return f"{payment_id} is booked as {currency} {paise}"
        return next((words for words, sql in DOUBLED.items() if self.desk.rows(sql)), "")

    def _ended(self) -> str:
        """Return how the book differs from the gateway after calm, and what has not ended."""
        with self._calm():
            for _tick in range(TICKS):
                with suppress(*EXPECTED_ERRORS):
                    self.desk.services.polling.run()
                whole = self.desk.services.polling.reconcile().is_complete
                self.desk.clock.advance(TICK_S)
            whole = self.desk.services.polling.reconcile().is_complete
        differs = self._missing() or self._sums() or self._balances()
        if differs:
            return differs
        if not whole:
            return "the reconcile was incomplete"
        return "an attempt is live past its end" if self.desk.rows(LIVE_SQL) else ""

    def _missing(self) -> str:
        """Return the captured payments that the book does not have."""
        booked = {row[0] for row in self.desk.rows(BOOKED_SQL)}
        lost = [payment_id for payment_id in self._payments() if payment_id not in booked]
        return f"{len(lost)} captured payments are in no list" if lost else ""

    def _balances(self) -> str:
        """Return the first row that does not add up from others."""
        found = self.desk.services.store.reader.balances.differences()
        return f"{found[0]} does not add up" if found else ""

    def _sums(self) -> str:
        """Return in which currency captured money is not payments and inbox, to the paisa."""
        captured: Counter[str] = Counter()
        for payment_id in self._payments():
            fact = self.desk.gateway.payments[payment_id]
            captured[fact.currency] += fact.amount_paise - fact.amount_refunded_paise
        ours = Counter({INR: int(self.desk.rows(ALLOCATED_SQL)[0][0])})
        for card in self.desk.services.unapplied.held():
            ours[card.currency] += _paise_of(card)
        for currency in captured.keys() | ours.keys():
            if captured[currency] != ours[currency]:
                return f"{currency}: {captured[currency]} captured, {ours[currency]} in lists"
        return ""


def _paise_of(card: UnappliedPayment) -> int:
    return card.amount.paise
