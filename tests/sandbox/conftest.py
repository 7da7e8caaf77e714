"""A fresh sandbox for each test, and a check that none leaves a thread behind."""

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


@pytest.fixture
def server() -> Iterator[SandboxServer]:
    before = set(threading.enumerate())
    with SandboxServer() as running:
        yield running
    assert set(threading.enumerate()) <= before


@pytest.fixture
def client(server: SandboxServer) -> SandboxClient:
    return SandboxClient(server)


@pytest.fixture(scope="session")
def answers() -> dict[str, Any]:
    """Return a sandbox's answers in every situation that Razorpay documents."""
    with WebhookReceiver() as receiver, SandboxServer() as running:
        return AllSituations(SandboxClient(running), receiver).all()
