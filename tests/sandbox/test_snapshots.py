"""Snapshots: back to an earlier state, whole, and as safe from a crash as any write."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from desktop_app.sandbox import snapshots
from desktop_app.sandbox.server import SandboxServer

from .sandbox_client import SandboxClient
from .webhook_receiver import WebhookReceiver

if TYPE_CHECKING:
    from pathlib import Path


def take(client: SandboxClient, name: str = "begin") -> dict[str, Any]:
    return client.control("snapshots", {"name": name})


def go_back(client: SandboxClient, name: str = "begin") -> dict[str, Any]:
    return client.control(f"snapshots/{name}/restore", {})


def test_everything_is_as_it_was(client: SandboxClient) -> None:
    client.control("clock", {"stopped": True})
    order, code = client.code(receipt="A", notes={"a": "b"})
    link, qr = client.link(reference_id="L"), client.qr_code()
    client.control("account", {"balance": 77})
    hook = {"url": "http://127.0.0.1:9/x", "secret": "s", "events": ["order.paid"]}
    client.control("webhooks", hook)
    before = (client.state(), client.control("account"), client.control("clock"))
    described = take(client)
    assert (described["name"], described["at"]) == ("begin", before[2]["now"])
    assert described["entities"] == 4

    client.pay(code)
    client.pay(link["short_url"])
    client.order(receipt="B")
    client.control("account", {"balance": 1})
    client.advance(20 * 86_400)
    assert go_back(client) == described
    assert (client.state(), client.control("account"), client.control("clock")) == before
    assert client.ok("GET", "/v1/orders", receipt="B")["count"] == 0
    assert client.ok("GET", "/v1/orders", receipt="A")["items"][0]["id"] == order["id"]
    assert "already attempted" in client.refusal(
        "POST", "/v1/payment_links", {"amount": 100, "reference_id": "L"}
    )
    assert client.pay(qr["image_content"])["status"] == "captured"
    assert client.pay(code)["status"] == "captured"


def test_timed_changes_are_those_of_the_snapshot(client: SandboxClient) -> None:
    client.code()
    take(client)
    client.advance(700)
    assert client.state()["payments"][0]["status"] == "failed"
    for _ in range(2):
        go_back(client)
        assert client.state()["payments"][0]["status"] == "created"
        client.advance(700)
        assert client.state()["payments"][0]["status"] == "failed"


def test_no_id_is_given_twice_without_a_seed(client: SandboxClient) -> None:
    take(client)
    first = client.order()["id"]
    go_back(client)
    assert client.order()["id"] != first


def test_webhooks_of_the_snapshot_are_sent_again(client: SandboxClient) -> None:
    with WebhookReceiver() as receiver:
        hook = {"url": receiver.url, "secret": "s", "events": ["order.paid"]}
        client.control("webhooks", hook)
        _, code = client.code()
        take(client)
        client.pay(code)
        first = receiver.wait_for(1)[0].event
        go_back(client)
        client.pay(code)
        second = receiver.wait_for(2)[1].event
        assert second["payload"]["order"] == first["payload"]["order"]
        client.control("reset", {})


def test_snapshots_are_listed_replaced_and_deleted(client: SandboxClient) -> None:
    take(client, "a")
    client.order()
    two = take(client, "b")
    again = take(client, "a")
    assert client.control("snapshots") == {"count": 2, "items": [two, again]}
    client.order()
    go_back(client, "a")
    assert len(client.state()["orders"]) == 1
    assert client.control("snapshots/a", method="DELETE") == again
    assert client.control("snapshots")["items"] == [two]
    client.control("reset", {})
    assert client.control("snapshots")["items"] == []
    for method, path in (("DELETE", "snapshots/a"), ("POST", "snapshots/b/restore")):
        status, answer = client.try_control(path, None if method == "DELETE" else {}, method)
        assert (status, list(answer)) == (400, ["error"])


@pytest.mark.parametrize(
    "wrong",
    [{}, {"name": ""}, {"name": "a/b"}, {"name": 1}, {"name": "a" * 101}, {"name": "a", "x": 1}],
)
def test_wrong_names_are_refused(client: SandboxClient, wrong: dict[str, Any]) -> None:
    status, answer = client.try_control("snapshots", wrong)
    assert (status, list(answer)) == (400, ["error"])
    assert client.control("snapshots")["count"] == 0


def test_number_and_memory_are_bounded(
    client: SandboxClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshots, "MOST_SNAPSHOTS", 2)
    take(client, "a")
    take(client, "b")
    take(client, "b")
    assert client.try_control("snapshots", {"name": "c"})[0] == 400
    monkeypatch.setattr(snapshots, "MOST_BYTES", 400)
    client.order(notes={str(n): os.urandom(90).hex() for n in range(10)})
    assert client.try_control("snapshots", {"name": "b"})[0] == 400
    assert client.control("snapshots")["count"] == 2


def test_what_the_disk_refuses_did_not_happen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_number: int) -> None:
        raise OSError(28, "No space left on device")

    path = tmp_path / "state.json"
    with SandboxServer(state_file=path, now=1_775_017_800) as server:
        client = SandboxClient(server)
        _, code = client.code()
        take(client)
        client.pay(code)
        client.advance(100)
        before, clock = client.state(), client.control("clock")
        with monkeypatch.context() as patched:
            patched.setattr("os.fsync", full)
            assert client.try_control("snapshots/begin/restore", {})[0] == 500
            assert client.try_control("reset", {})[0] == 500
            hook = {"url": "http://127.0.0.1:9/x", "secret": "s", "events": ["order.paid"]}
            assert client.try_control("webhooks", hook)[0] == 500
            assert client.try_control("clock", {"advance_s": 5})[0] == 500
        assert (client.state(), client.control("clock")) == (before, clock)
        client.order()
    with SandboxServer(state_file=path) as server:
        assert len(SandboxClient(server).state()["orders"]) == 2


def test_a_failed_rewrite_after_a_restore_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(13, "Permission denied")

    path = tmp_path / "state.json"
    with SandboxServer(state_file=path) as server:
        client = SandboxClient(server)
        kept = client.order()
        take(client)
        client.order()
        monkeypatch.setattr("pathlib.Path.replace", refuse)
        go_back(client)
        later = client.order()
        monkeypatch.undo()
    with SandboxServer(state_file=path) as server:
        found = [o["id"] for o in SandboxClient(server).state()["orders"]]
    assert found == [kept["id"], later["id"]]


def test_a_restore_survives_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    command = [sys.executable, "-m", "desktop_app.sandbox.command_line", "--state-file", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        opened = json.loads(process.stdout.readline())
        client = SandboxClient(SimpleNamespace(**opened))  # type: ignore[arg-type]
        kept = client.order()
        take(client)
        for _ in range(5):
            client.order()
        go_back(client)
        process.kill()
    with SandboxServer(state_file=path) as server:
        assert [o["id"] for o in SandboxClient(server).state()["orders"]] == [kept["id"]]
