"""The sandbox with 100,000 orders and 300,000 payments: its memory, and two reads of it.

The reads' control is the same read with 100 orders, in the same process and in turn. The sandbox
is filled through its own rules, so that every index and timer exists.
"""

from __future__ import annotations

import resource
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from desktop_app.sandbox.checkout import PayerDetails
from desktop_app.sandbox.entities import Order, Payment
from desktop_app.sandbox.lifecycle import Lifecycle
from desktop_app.sandbox.server import SandboxServer
from tests.sandbox.sandbox_client import SandboxClient

from .figures import Figure, alternate, milliseconds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from desktop_app.sandbox.entity_store import EntityStore

MANY, FEW = 100_000, 100
TRIES = 3
BATCH = 1000
ROUNDS = 60
MOST_MB = 400.0
SLOWEST = 2.0


def fill(store: EntityStore, count: int) -> list[str]:
    """Create orders, each failed twice and then paid; return their ids."""
    rules, ids, payer = Lifecycle(store), [], PayerDetails("parent@example.com", "+919000000001")
    for first in range(0, count, BATCH):
        with store.transaction():
            for number in range(first, min(first + BATCH, count)):
                now = store.clock.now()
                order = Order(
                    store.ids.new("order"), now, 50000, "INR", receipt=f"ENR-{number:06d}"
                )
                store.add(order)
                ids.append(order.id)
                for turn in range(TRIES):
                    _attempt(store, rules, order, payer, pays=turn == TRIES - 1)
    return ids


def _attempt(
    store: EntityStore, rules: Lifecycle, order: Order, payer: PayerDetails, *, pays: bool
) -> None:
    payment = Payment(
        id=store.ids.new("pay"),
        created_at=order.created_at,
        amount=order.amount,
        currency="INR",
        order_id=order.id,
        description="Fee",
        email=payer.email,
        contact=payer.contact,
        has_code=True,
    )
    rules.add_attempt(order, payment)
    if pays:
        rules.authorize(payment, "parent@okaxis", order.created_at)
    else:
        rules.fail(payment, "payment_declined", order.created_at)


def resident_mb() -> float:
    """Return the process's resident memory in MB, where the system reports it."""
    status = Path("/proc/self/statm")
    if not status.exists():
        return float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) / 1024
    return int(status.read_text().split()[1]) * resource.getpagesize() / 1e6


def run() -> Iterator[Figure]:
    """Measure."""
    with SandboxServer() as large, SandboxServer() as small:
        assert large._store is not None
        assert small._store is not None
        known = {large.url: fill(large._store, MANY), small.url: fill(small._store, FEW)}
        yield Figure("sandbox_memory", resident_mb(), MOST_MB, unit="MB")
        big, little = SandboxClient(large), SandboxClient(small)
        yield _ratio("sandbox_order", big, little, known, _one)
        yield _ratio("sandbox_page", big, little, known, _page)
        yield _ratio("sandbox_authorised", big, little, known, _authorised)


def _one(client: SandboxClient, ids: list[str]) -> None:
    client.ok("GET", f"/v1/orders/{ids[len(ids) // 3]}")


def _page(client: SandboxClient, ids: list[str]) -> None:
    query = {"count": 100, "receipt": "ENR-0000", "expand[]": "payments"}
    assert client.ok("GET", "/v1/orders", **query)["count"] == min(100, len(ids))


def _authorised(client: SandboxClient, ids: list[str]) -> None:
    del ids
    assert client.ok("GET", "/v1/orders", authorized=0, count=100)["count"] == 0


def _ratio(
    name: str,
    big: SandboxClient,
    little: SandboxClient,
    known: dict[str, list[str]],
    ask: Callable[[SandboxClient, list[str]], None],
) -> Figure:
    def timed(client: SandboxClient) -> float:
        return milliseconds(lambda: ask(client, known[client.server.url]))

    ours, control = alternate(lambda: timed(big), lambda: timed(little), ROUNDS)
    return Figure(name, ours, SLOWEST, control)


if __name__ == "__main__":
    missed = 0
    for figure in run():
        print(figure, flush=True)
        missed += not figure.holds
    sys.exit(missed > 0)
