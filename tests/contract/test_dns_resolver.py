"""Names are resolved within a call's time limit, and a hung look-up never delays a new one."""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING, Any

import pytest

from desktop_app.gateway import dns_resolver
from desktop_app.gateway.dns_resolver import MOST_HANGING, Resolver

if TYPE_CHECKING:
    from collections.abc import Iterator

FOUND = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.9", 443))]


class SystemResolver:
    """The system's resolver: silent while the line is down."""

    def __init__(self) -> None:
        self.may_answer = threading.Event()
        self.is_down = True
        self.asked = 0

    def __call__(self, *_asked: Any, **_options: Any) -> list[Any]:
        self.asked += 1
        if self.is_down:
            self.may_answer.wait(20)
            raise socket.gaierror(socket.EAI_AGAIN, "gave up late")
        return FOUND


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch) -> Iterator[SystemResolver]:
    made = SystemResolver()
    monkeypatch.setattr(socket, "getaddrinfo", made)
    monkeypatch.setattr(dns_resolver, "WITHIN_S", 0.05)
    yield made
    made.may_answer.set()
    for thread in threading.enumerate():
        if thread.name.startswith("resolve-"):
            thread.join(5)


def ask(resolver: Resolver) -> list[str]:
    return resolver.addresses("api.razorpay.com", 443, 0.1)


def test_a_silent_resolver_times_out_without_an_address(system: SystemResolver) -> None:
    with pytest.raises(socket.gaierror):
        ask(Resolver())
    assert system.asked == 1


def test_a_hung_look_up_does_not_hide_a_restored_connection(system: SystemResolver) -> None:
    resolver = Resolver()
    with pytest.raises(socket.gaierror):
        ask(resolver)
    system.is_down = False
    assert ask(resolver) == ["127.0.0.9"]


def test_a_dead_connection_leaves_few_hung_look_ups(system: SystemResolver) -> None:
    resolver = Resolver()
    for _ in range(MOST_HANGING + 3):
        with pytest.raises(socket.gaierror):
            ask(resolver)
    assert system.asked == MOST_HANGING


def test_concurrent_calls_share_a_look_up(system: SystemResolver) -> None:
    resolver = Resolver()
    waiting = [threading.Thread(target=_ask_quietly, args=(resolver,)) for _ in range(5)]
    for each in waiting:
        each.start()
    for each in waiting:
        each.join()
    assert system.asked == 1


def _ask_quietly(resolver: Resolver) -> None:
    with pytest.raises(socket.gaierror):
        ask(resolver)
