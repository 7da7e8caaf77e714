"""A clock that is stopped, is set, and runs on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from desktop_app.sandbox.clock import SandboxClock, read_instant
from desktop_app.sandbox.server import SandboxServer

from .sandbox_client import SandboxClient

if TYPE_CHECKING:
    from pathlib import Path

APRIL = 1_775_017_800  # 2026-04-01 10:00 in India


@pytest.mark.parametrize(
    "given", [APRIL, str(APRIL), "2026-04-01T10:00", "2026-04-01 10:00:00", "2026-04-01T04:30:00Z"]
)
def test_an_instant_is_read_from_a_number_or_a_time(given: object) -> None:
    assert read_instant(given) == APRIL


@pytest.mark.parametrize(
    "given",
    ["", "soon", True, None, 1.5, [], 0, -1, 10**10, "9" * 5000, "1999-01-01", "0001-01-01"],
)
def test_what_is_no_instant_is_refused(given: object) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        read_instant(given)


def test_it_stops_and_runs_on_from_where_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    wall = [1000.0]
    monkeypatch.setattr("time.time", lambda: wall[0])
    clock = SandboxClock()
    clock.advance(500)
    clock.stop()
    wall[0] += 70
    assert clock.now() == 1500
    clock.advance(10)
    clock.run()
    wall[0] += 5
    assert clock.now() == 1515
    clock.set(5000)
    wall[0] += 1
    assert clock.now() == 5001
    wall[0] -= 90
    assert clock.now() == 5001


def test_a_stopped_clock_moves_only_when_it_is_moved(client: SandboxClient) -> None:
    at = client.now() + 1000
    assert client.control("clock", {"now": at, "stopped": True}) == {"now": at, "stopped": True}
    _, code = client.code()
    client.pay(code, "timeout")
    assert client.control("clock", {"advance_s": 599})["now"] == at + 599
    assert client.state()["payments"][0]["status"] == "created"
    client.advance(1)
    assert client.state()["payments"][0]["status"] == "failed"
    assert client.order()["created_at"] == at + 600
    assert client.send("GET", "/v1/orders", **client.auth)[1]["Date"]
    assert client.control("clock", {"stopped": False})["stopped"] is False
    assert client.now() >= at + 600


def test_an_empty_sandbox_can_be_set_to_any_time(client: SandboxClient) -> None:
    client.control("clock", {"now": "2026-04-01T10:00", "stopped": True})
    assert client.order()["created_at"] == APRIL
    assert client.try_control("clock", {"now": APRIL - 1})[0] == 400
    assert client.control("clock", {"now": APRIL + 5, "advance_s": 5})["now"] == APRIL + 10
    client.control("reset", {})
    assert client.control("clock")["stopped"] is False


WRONG: list[dict[str, Any]] = [
    {},
    {"now": "soon"},
    {"now": 5},
    {"now": 10**11},
    {"stopped": 1},
    {"stopped": None},
    {"frozen": True},
    {"now": APRIL, "advance_s": -1},
]


@pytest.mark.parametrize("wrong", WRONG)
def test_wrong_moves_change_nothing(client: SandboxClient, wrong: dict[str, Any]) -> None:
    client.control("clock", {"stopped": True})
    before = client.control("clock")
    status, answer = client.try_control("clock", wrong)
    assert (status, list(answer)) == (400, ["error"])
    assert client.control("clock") == before


def test_a_given_start_comes_back_with_a_reset_and_stays_over_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    with SandboxServer(now=APRIL, state_file=path) as server:
        client = SandboxClient(server)
        assert client.order()["created_at"] == APRIL
        client.advance(50)
        client.control("clock", {"stopped": False})
        client.control("reset", {})
        assert client.control("clock") == {"now": APRIL, "stopped": True}
        client.advance(60)
    with SandboxServer(state_file=path) as server:
        assert SandboxClient(server).control("clock") == {"now": APRIL + 60, "stopped": True}
