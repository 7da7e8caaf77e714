"""A gateway on virtual time: its answers take time, are counted, and may be lost.

Adds to the tests' fake what many days need: indexes, codes and links that expire, refunds refused
beyond what was paid, and an account's limit of requests.
"""

from __future__ import annotations

import math
from collections import defaultdict, deque
from dataclasses import dataclass, field, replace
from itertools import islice, takewhile
from typing import TYPE_CHECKING, TypeVar

from desktop_app.services.errors import RateLimitedError, RejectedError
from tests.fake_gateway import FakeGateway, Trouble

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from desktop_app.domain.money import Money
    from desktop_app.domain.payment import PaymentFact
    from desktop_app.gateway.rate_limiter import RateLimiter
    from desktop_app.services.ports.gateway import LinkFact, OrderFact, Payer, QrFact, RefundFact
    from tests.clock import TestClock

    from .virtual_time import VirtualTime

REQUESTS_PER_CALL = {"fetch_order": 2, "fetch_qr": 2, "fetch_link": 2}
"""Calls of the port that are more than one request on the wire."""

BACKGROUND_READS = (
    "orders_since", "fetch_order", "fetch_qr", "fetch_link", "refunds_of", "payments_between",
    "codes_since", "refunds_since",
)  # fmt: skip
"""Reads that are urgent only when a person requested them."""

OPEN_LINKS = {"created", "partially_paid"}
"""The statuses of a link that takes payments."""

MINUTE_S = 60.0
PAGE = 100


def round_trip_s(rng: random.Random) -> float:
    """Draw the seconds of a request there and back on an ordinary network."""
    return min(1.5, rng.lognormvariate(-1.7, 0.4))


def busiest_minute(times: Sequence[float]) -> int:
    """Return the most requests in any sixty seconds.

    Args:
        times: seconds, oldest first.
    """
    most = oldest = 0
    for newest, at in enumerate(times):
        while at - times[oldest] >= MINUTE_S:
            oldest += 1
        most = max(most, newest - oldest + 1)
    return most


class MinuteLimit:
    """An account's limit of requests in any sixty seconds."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._admitted: deque[float] = deque()

    def admits(self, now: float) -> bool:
        """Count a request at a time in seconds, unless the limit is reached."""
        while self._admitted and now - self._admitted[0] >= MINUTE_S:
            self._admitted.popleft()
        if len(self._admitted) >= self._limit:
            return False
        self._admitted.append(now)
        return True


@dataclass
class VirtualGateway(FakeGateway):
    """The fake gateway with what a simulation of many days needs.

    Attributes:
        latency: returns the seconds of the next request.
        next_trouble: returns what happens to the next call of a name, None for nothing.
        budget: the desk's own request budget, asked before each request.
        limit: the account's limit; beyond it the answer is 429.
        requests: seconds at which each request reached the gateway.
        refused: requests answered 429.
        excess_refunds: refunds that the desk requested beyond the rest of a payment.
    """

    clock: VirtualTime | TestClock
    latency: Callable[[], float] | None = None
    next_trouble: Callable[[str], Trouble | None] | None = None
    budget: RateLimiter | None = None
    limit: MinuteLimit | None = None
    requests: list[float] = field(default_factory=list)
    refused: int = 0
    excess_refunds: int = 0
    _urgent: bool = True
    _by_order: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    _by_code: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    _link_by_order: dict[str, str] = field(default_factory=dict)
    _refunds_by_payment: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    # --- the wire

    def _enter(self, name: str) -> Trouble | None:
        urgent = self._urgent or name not in BACKGROUND_READS
        self._urgent = True
        for _request in range(REQUESTS_PER_CALL.get(name, 1)):
            self._send_request(urgent=urgent)
        trouble = self.next_trouble(name) if self.next_trouble else None
        if trouble is not None:
            self.calls.append(name)
            if not trouble.is_done:
                raise trouble.error
            return trouble
        return super()._enter(name)

    def _send_request(self, *, urgent: bool) -> None:
        if self.budget is not None:
            self.budget.take(urgent=urgent)
        if self.latency is not None:
            self.clock.sleep(self.latency() / 2)
        now = self.clock.monotonic()
        self.requests.append(now)
        if self.limit is not None and not self.limit.admits(now):
            self.refused += 1
            raise RateLimitedError("too many requests")

    def _await_answer(self) -> None:
        if self.latency is not None:
            self.clock.sleep(self.latency() / 2)

    # --- reads, with their urgency and their indexes

    def orders_since(
        self, since: int, *, skip: int = 0, asked: bool = False
    ) -> tuple[OrderFact, ...]:
        self._urgent = asked
        self._leave(self._enter("orders_since"))
        shown = tuple(self._expanded(each) for each in _newest(self.orders, since, skip))
        self._await_answer()
        return shown

    def codes_since(self, since: int, *, asked: bool = False) -> tuple[QrFact, ...]:
        self._urgent = asked
        self._leave(self._enter("codes_since"))
        shown = tuple(_newest(self.codes, since))
        self._await_answer()
        return shown

    def payments_between(
        self, since: int, until: int, *, skip: int = 0, asked: bool = True
    ) -> tuple[PaymentFact, ...]:
        self._urgent = asked
        self._leave(self._enter("payments_between"))
        shown = tuple(_newest(self.payments, since, skip, until))
        self._await_answer()
        return shown

    def fetch_order(self, order_id: str, *, asked: bool = False) -> OrderFact:
        self._urgent = asked
        shown = super().fetch_order(order_id, asked=asked)
        self._await_answer()
        return shown

    def fetch_qr(
        self, qr_id: str, *, asked: bool = False
    ) -> tuple[QrFact, tuple[PaymentFact, ...]]:
        self._expire_if_due(qr_id)
        self._urgent = asked
        shown = super().fetch_qr(qr_id, asked=asked)
        self._await_answer()
        return shown

    def fetch_link(
        self, link_id: str, *, asked: bool = False
    ) -> tuple[LinkFact, tuple[PaymentFact, ...]]:
        self._expire_if_due(link_id)
        self._urgent = asked
        shown = super().fetch_link(link_id, asked=asked)
        self._await_answer()
        return shown

    def refunds_of(self, payment_id: str) -> tuple[RefundFact, ...]:
        self._urgent = False
        self._leave(self._enter("refunds_of"))
        return tuple(self.refunds[key] for key in self._refunds_by_payment[payment_id])

    def refunds_since(self, since: int, *, skip: int = 0) -> tuple[RefundFact, ...]:
        self._urgent = False
        return super().refunds_since(since, skip=skip)

    def _payments_of(self, order_id: str) -> tuple[PaymentFact, ...]:
        return tuple(self.payments[key] for key in self._by_order[order_id])

    def _paid_on(self, remote_id: str) -> list[str]:
        return self._by_code[remote_id]

    def _new_payment(self, order_id: str | None, paise: int) -> str:
        made = super()._new_payment(order_id, paise)
        if order_id is not None:
            self._by_order[order_id].append(made)
        return made

    def _link_of_order(self, order_id: str) -> LinkFact | None:
        link_id = self._link_by_order.get(order_id)
        return None if link_id is None else self.links[link_id]

    # --- what expires

    def _expire_if_due(self, remote_id: str) -> None:
        now = self.clock.now().timestamp()
        code, link = self.codes.get(remote_id), self.links.get(remote_id)
        if code and code.status == "active" and code.close_by and code.close_by <= now:
            self.codes[remote_id] = replace(code, status="closed")
        if link and link.status in OPEN_LINKS and 0 < link.expire_by <= now:
            self.links[remote_id] = replace(link, status="expired")

    # --- refunds

    def refund(self, payment_id: str, amount: Money, *, key: str, reference: str) -> RefundFact:
        if key not in self.refunds:
            mine = (self.refunds[each] for each in self._refunds_by_payment[payment_id])
            asked = sum(
                each.amount_paise for each in mine if each.reference and each.status != "failed"
            )
            payment = self.payments[payment_id]
            if asked + amount.paise > payment.amount_paise:
                self.excess_refunds += 1
            if payment.amount_refunded_paise + amount.paise > payment.amount_paise:
                self._leave(self._enter("refund"))
                raise RejectedError("The total refund amount is greater than the refund payment")
        return super().refund(payment_id, amount, key=key, reference=reference)

    def _new_refund(
        self, key: str, payment_id: str, paise: int, status: str, reference: str | None
    ) -> RefundFact:
        self._refunds_by_payment[payment_id].append(key)
        return super()._new_refund(key, payment_id, paise, status, reference)

    # --- the phone

    def is_payable(self, text: str) -> bool:
        """Return whether a phone could pay this code now."""
        target = self.payable[text]
        self._expire_if_due(target)
        if target in self.codes:
            return self.codes[target].status == "active"
        if target in self.links:
            return self.links[target].status in OPEN_LINKS
        if target in self.orders:
            return self.orders[target].status != "paid"
        return not self.payments[target].captured

    def _scanned(self, text: str) -> str:
        """Return the payment that a scan begins; one on a closed code goes back."""
        target = self.payable[text]
        self._expire_if_due(target)
        payment_id = super()._scanned(text)
        if target in self.codes:
            self._by_code[target].append(payment_id)
        return payment_id

    def capture_late(self, payment_id: str, *, goes_back: bool | None = None) -> None:
        """Capture what failed before; with None the gateway's own rule decides if it goes back."""
        if self.payments[payment_id].captured:
            return
        known = set(self.refunds)
        self._captured(payment_id)
        if goes_back is False:
            for key in self.refunds.keys() - known:
                del self.refunds[key]
                self._refunds_by_payment[payment_id].remove(key)
            self._set(payment_id, status="captured", amount_refunded_paise=0)

    def create_link(
        self, *, reference: str, amount: Money, description: str, payer: Payer,
        expire_by: int | None, notes: Mapping[str, str],
    ) -> LinkFact:  # fmt: skip
        try:
            return super().create_link(
                reference=reference, amount=amount, description=description, payer=payer,
                expire_by=expire_by, notes=notes,
            )  # fmt: skip
        finally:
            if self.links:
                newest = next(reversed(self.links.values()))
                self._link_by_order[newest.order_id or ""] = newest.link_id


Listed = TypeVar("Listed", "OrderFact", "QrFact", "PaymentFact")


def _newest(
    facts: Mapping[str, Listed], since: int, skip: int = 0, until: float = math.inf
) -> Iterator[Listed]:
    """Return a page of what was made between two unix seconds, newest first."""
    recent = takewhile(lambda each: each.created_at >= since, reversed(list(facts.values())))
    return islice((each for each in recent if each.created_at <= until), skip, skip + PAGE)
