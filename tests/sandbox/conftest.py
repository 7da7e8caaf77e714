"""A sandbox that is empty for each test, and a fresh one where its threads matter."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest

from desktop_app.sandbox.server import SandboxServer

from .sandbox_client import SandboxClient
from .situations import AllSituations
from .webhook_receiver import WebhookReceiver

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def running() -> Iterator[SandboxServer]:
    """The sandbox that most tests share; starting one takes longer than most of them."""
    with SandboxServer() as shared:
        yield shared


@pytest.fixture
def server(running: SandboxServer) -> SandboxServer:
    """A sandbox that has forgotten everything, and has no other accounts."""
    client = SandboxClient(running)
    client.control("reset", {})
    for account in client.control("accounts")["items"]:
        if not account["own"]:
            client.control(f"accounts/{account['key_id']}", method="DELETE")
    return running


@pytest.fixture
def fresh_server() -> Iterator[SandboxServer]:
    """A sandbox for this test alone, and a check that it leaves no thread behind."""
    before = set(threading.enumerate())
    with SandboxServer() as fresh:
        yield fresh
    assert set(threading.enumerate()) <= before


@pytest.fixture
def client(server: SandboxServer) -> SandboxClient:
    return SandboxClient(server)


@pytest.fixture(scope="session")
def answers() -> dict[str, Any]:
    """Return a sandbox's answers in every situation that Razorpay documents."""
    with WebhookReceiver() as receiver, SandboxServer() as running:
        return AllSituations(SandboxClient(running), receiver).all()
