"""The connection is what real calls found it to be, whichever call of the port it was."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import pytest

from desktop_app.services import errors
from desktop_app.services.connectivity import ConnectionMonitor, monitored
from desktop_app.services.ports.gateway import PaymentGateway
from desktop_app.services.views.settings import Connectivity

if TYPE_CHECKING:
    from tests.clock import TestClock

CALLS = [
    name
    for name, _member in inspect.getmembers(PaymentGateway, inspect.isfunction)
    if not name.startswith("_") and name not in {"now", "is_genuine"}
]


class OneAnswer:
    """A gateway that answers each call alike."""

    key_id = "rzp_test_1"

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error

    def now(self) -> int:
        return 1_790_000_000

    def __getattr__(self, name: str) -> Any:
        def call(*given: object, **named: object) -> str:
            if self.error is not None:
                raise self.error
            return f"{name}{given}{named}"

        return call


def watched(clock: TestClock, inner: Any) -> tuple[ConnectionMonitor, Any]:
    monitor = ConnectionMonitor(clock)
    return monitor, monitored(inner, monitor)


def test_checking_a_signature_is_no_call(clock: TestClock) -> None:
    monitor, gateway = watched(clock, OneAnswer())
    assert gateway.is_genuine("a") == "is_genuine('a',){}"
    assert monitor.state().line is Connectivity.UNKNOWN


@pytest.mark.parametrize("name", CALLS)
def test_each_call_of_the_port_is_recorded(clock: TestClock, name: str) -> None:
    inner = OneAnswer()
    monitor, gateway = watched(clock, inner)
    assert monitor.state().line is Connectivity.UNKNOWN
    assert getattr(gateway, name)("a", b=1) == f"{name}('a',){{'b': 1}}"
    assert monitor.state().line is Connectivity.ONLINE
    inner.error = errors.UnavailableError("down")
    with pytest.raises(errors.UnavailableError):
        getattr(gateway, name)()
    assert monitor.state().line is Connectivity.OFFLINE


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (errors.NoKeysError("none"), Connectivity.NO_KEYS),
        (errors.UnauthorisedError("wrong"), Connectivity.REFUSED),
        (errors.RejectedError("no"), Connectivity.ONLINE),
        (errors.FeatureOffError("no"), Connectivity.ONLINE),
        (errors.RateLimitedError("slowly"), Connectivity.ONLINE),
        (errors.OutcomeUnknownError("lost"), Connectivity.OFFLINE),
        (errors.UnavailableError("down"), Connectivity.OFFLINE),
    ],
)
def test_an_error_says_what_the_connection_is(
    clock: TestClock, error: errors.GatewayError, line: Connectivity
) -> None:
    monitor, gateway = watched(clock, OneAnswer(error))
    with pytest.raises(type(error)):
        gateway.ping()
    assert monitor.state().line is line


def test_reading_clock_and_key_records_nothing(clock: TestClock) -> None:
    monitor, gateway = watched(clock, OneAnswer())
    assert (gateway.now(), gateway.key_id) == (1_790_000_000, "rzp_test_1")
    assert monitor.state().line is Connectivity.UNKNOWN


def test_a_fault_of_the_program_says_nothing_of_the_connection(clock: TestClock) -> None:
    monitor, gateway = watched(clock, OneAnswer(ValueError("bug")))
    with pytest.raises(ValueError, match="bug"):
        gateway.ping()
    assert monitor.state().line is Connectivity.UNKNOWN


def test_the_state_tells_since_when_and_how_far_the_clocks_are_apart(clock: TestClock) -> None:
    monitor, gateway = watched(clock, OneAnswer())
    gateway.ping()
    since = clock.now()
    clock.advance(60)
    gateway.ping()
    state = monitor.state()
    assert (state.since, state.checked_at) == (since, clock.now())
    assert state.clock_skew_s == clock.now().timestamp() - 1_790_000_000
