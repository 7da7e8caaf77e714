"""The way of a payment from the gateway to the screen stays short: few files, few returns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from desktop_app.config.clock import SystemClock
from desktop_app.domain.payment import Method, match_attempt
from desktop_app.domain.state_machine import may_advance
from desktop_app.gateway.client import RazorpayGateway
from desktop_app.gateway.rate_limiter import RateLimiter
from desktop_app.gateway.sandbox_phone import SandboxPhone
from desktop_app.sandbox.server import SandboxServer
from desktop_app.services.connectivity import monitored
from desktop_app.services.posting import payments as posting
from tests.architecture.payment_way import PaymentWay
from tests.integration.conftest import counter
from tests.ui.clerk import Clerk

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from desktop_app.domain.payment import Attempt, PaymentFact, Placement
    from desktop_app.ui.shell.main_window import MainWindow
    from tests.integration.conftest import Counter
    from tests.ui.real_desk import RealDesk

__all__ = ["counter"]

MOST_FILES = 14
MOST_RETURNS = 5
SCREEN = "ui/counter/payment_panel.py:show_view"


def put_on_line(desk: RealDesk, server: SandboxServer) -> None:
    """Put the program's own client of the gateway in the place of the fake one."""
    clock = SystemClock()
    client = RazorpayGateway(
        key_id=server.key_id, key_secret=server.key_secret, base_url=server.url,
        budget=RateLimiter(600, clock), clock=clock,
    )  # fmt: skip
    desk._gateway = monitored(client, desk.monitor)


@pytest.fixture
def way(window: MainWindow, real_desk: RealDesk, qtbot: QtBot) -> PaymentWay:
    """The way of a payment that a look finds on an order of the QR on screen."""
    with SandboxServer() as server, PaymentWay(SCREEN) as recorded:
        put_on_line(real_desk, server)
        clerk = Clerk(window, real_desk, qtbot)
        window.attach(real_desk.services, real_desk.folder)
        clerk.started()
        uid = clerk.collect()
        window.parts.poller.stop()
        clerk.idle()
        SandboxPhone(server.url).pay(str(clerk.named("qrView").property("text")), "success")
        stored = real_desk.store.reader.attempts.get(uid)[0]
        recorded.payment_id = stored.remote_id or ""
        window.parts.poller.ask()
        clerk.wait(lambda: clerk.state() == "paid")
        clerk.idle()
    return recorded


def test_a_payment_passes_few_files_and_returns_to_few(way: PaymentWay) -> None:
    told = "\n".join(way.stays)
    assert way.stays[0] == "gateway/wire.py", told
    assert way.stays[-1] == "ui/counter/payment_panel.py", told
    assert "services/posting/payments.py" in way.files, told
    assert len(way.files) <= MOST_FILES, f"{len(way.files)} files:\n{told}"
    assert way.returns <= MOST_RETURNS, f"{way.returns} returns:\n{told}"


def way_of_a_poll(desk: Counter, roll_no: str) -> PaymentWay:
    """The way of a payment from a fake gateway to the result of the poll."""
    student, course = desk.student(roll_no), desk.courses.find("PHY-11")
    begun = desk.payments.begin(student.uid, course.uid, Method.UPI_INTENT)
    with PaymentWay("services/sync/poll_cycle.py:run") as recorded:
        recorded.payment_id = desk.pay(desk.payments.open(begun.uid))
        [paid] = desk.polling.run().changed
    assert paid.payment_id == recorded.payment_id
    return recorded


def matched_again(fact: PaymentFact, attempt: Attempt) -> None:
    match_attempt(fact, [attempt])


def tried_elsewhere(fact: PaymentFact, attempt: Attempt) -> None:
    del attempt
    states: Any = fact
    may_advance({}, states, states)


@pytest.mark.parametrize(
    ("detour", "files", "returns"),
    [(matched_again, set(), 2), (tried_elsewhere, {"domain/state_machine.py"}, 1)],
)
def test_a_detour_shows(
    counter: Counter,
    monkeypatch: pytest.MonkeyPatch,
    detour: Callable[[PaymentFact, Attempt], None],
    files: set[str],
    returns: int,
) -> None:
    counter.course()
    straight = way_of_a_poll(counter, "R001")
    placed = posting._placement

    def placed_later(*given: Any) -> Placement:
        detour(given[2], given[1])
        return placed(*given)

    monkeypatch.setattr(posting, "_placement", placed_later)
    longer = way_of_a_poll(counter, "R002")
    assert longer.files - straight.files == files
    assert longer.returns == straight.returns + returns
