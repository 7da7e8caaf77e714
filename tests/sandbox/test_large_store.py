"""100,000 orders and 300,000 payments fit in memory, and reads stay fast."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from desktop_app.sandbox.server import SandboxServer

from .sandbox_client import SandboxClient

if TYPE_CHECKING:
    from desktop_app.sandbox.entities import Payment


def test_attempts_share_what_is_equal_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    sent: list[dict[str, Any]] = [
        {"a": 1, "b": 2},
        {"a": 1, "b": 2},
        {"b": 2, "a": 1},
        {"a": True, "b": 2},
    ]
    with SandboxServer(state_file=path) as server:
        client = SandboxClient(server)
        order = client.order(notes=sent[0])
        for notes in sent[1:]:
            client.pay(client.intent(order, notes=notes)["link"], "failure")
        before = client.ok("GET", f"/v1/orders/{order['id']}/payments")["items"]
        shown = [json.dumps(payment["notes"]) for payment in reversed(before)]
        assert shown == [json.dumps(notes) for notes in sent[1:]]
        first, second, third = payments_of(server)
        kept = server._store.orders.get(order["id"]) if server._store else None
        assert kept is not None
        assert first.notes is kept.notes
        assert second.notes is not first.notes
        assert third.email is second.email is first.email
        assert third.error is first.error
    with SandboxServer(state_file=path) as server:
        client = SandboxClient(server)
        assert client.ok("GET", f"/v1/orders/{order['id']}/payments")["items"] == before
        first, _, third = payments_of(server)
        assert third.email is first.email
        assert third.status is first.status
        assert third.error is first.error


def payments_of(server: SandboxServer) -> list[Payment]:
    assert server._store is not None
    return list(server._store.payments.oldest_first())


@pytest.mark.soak
@pytest.mark.timeout(300)
def test_a_hundred_thousand_orders_fit() -> None:
    # A separate process: memory of other tests is not the sandbox's.
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.sandbox_size"],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    assert done.returncode == 0, done.stdout + done.stderr
