"""The centre of the screenshots: the same seed makes the same one, and it holds what is shown."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from desktop_app.bootstrap import Options, open_desk
from desktop_app.sandbox.server import SandboxServer
from tests.bench.desks import Sandbox, set_keys
from tests.screenshots.centre import KEYS, Home, make

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class HomeHere(Home):
    """A centre whose Razorpay runs in this process: starting Python would take as long as a day."""

    @contextmanager
    def sandbox(self) -> Iterator[Sandbox]:
        key_id, secret = KEYS
        with SandboxServer(
            state_file=self.folder / "sandbox.json", key_id=key_id, key_secret=secret
        ) as server:
            set_keys(*KEYS)
            running = Sandbox()
            running.url = server.url
            yield running


def ledger(home: Home) -> Any:
    options = Options(training=True, data_dir=home.desk, gateway_url="http://127.0.0.1:9")
    opened = open_desk(options)
    try:
        assert opened.verify_trail() is None
        return opened.store.reader.exports.ledger()
    finally:
        opened.close()


def made(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Make a centre of two days; return its ledger."""
    monkeypatch.setenv("XDG_STATE_HOME", str(folder / "state"))
    home = HomeHere(folder)
    make(home, days=2)
    return ledger(home)


@pytest.mark.timeout(120)
def test_the_same_seed_makes_the_same_centre(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("RAZORPAY_KEY_ID", "RAZORPAY_KEY_SECRET"):
        monkeypatch.setenv(name, "taken back at the end")
    one, two = (made(tmp_path / name, monkeypatch) for name in ("one", "two"))
    for kind in ("enrollments", "payments", "refunds", "receipts"):
        first, second = (
            [(row["amount"], row.get("rrn"), row.get("state")) for row in each[kind]]
            for each in (one, two)
        )
        assert first == second, kind
    placements = Counter(row["placement"] for row in one["payments"])
    assert placements["applied"] > 10
    assert placements.keys() == {"applied", "surplus", "no_seat", "misfit"}
    assert {row["tender"] for row in one["payments"]} == {"gateway", "cash", "neft"}
    assert [row["state"] for row in one["refunds"]] == ["pending"]
    assert {row["mode"] for row in one["payments"]} == {"training"}
