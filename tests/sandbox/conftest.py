"""A fresh sandbox for each test, and proof that none leaves a thread behind."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest

from desktop_app.sandbox.server import SandboxServer

from .sandbox_client import Till
from .situations import Play
from .webhook_receiver import Receiver

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def server() -> Iterator[SandboxServer]:
    before = set(threading.enumerate())
    with SandboxServer() as running:
        yield running
    assert set(threading.enumerate()) <= before


@pytest.fixture
def till(server: SandboxServer) -> Till:
    return Till(server)


@pytest.fixture(scope="session")
def answers() -> dict[str, Any]:
    """What a sandbox answers in every situation that Razorpay documents."""
    with Receiver() as receiver, SandboxServer() as running:
        return Play(Till(running), receiver).all()
