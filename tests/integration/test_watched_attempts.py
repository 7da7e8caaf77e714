"""Cancelled and expired attempts stay watched: by age, after reconnecting, and for disputes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from desktop_app.domain.payment import AttemptState, Method
from desktop_app.domain.polling import WATCH_S
from desktop_app.services import errors
from desktop_app.services.maintenance.audit_verification import AuditVerifier
from desktop_app.services.ports.gateway import DisputeFact
from desktop_app.services.views.settings import Connectivity
from tests.integration.reached import paid, shown
from tests.integration.test_after_payment import balance

if TYPE_CHECKING:
    from desktop_app.services.views.payments import AttemptView
    from tests.integration.conftest import Counter

CHANNELS = [Method.UPI_INTENT, Method.QR_CODE, Method.PAYMENT_LINK]
DOWN = errors.UnavailableError("refused")
READS = ("orders_since", "fetch_order", "fetch_qr", "fetch_link", "ping", "payments_between")


def gaps(counter: Counter, seconds: float) -> list[float]:
    """Return the gaps between polls of watched attempts, as an obedient poller would wait."""
    waits: list[float] = []
    spent = 0.0
    while spent < seconds:
        wait = counter.polling.run().next_in_s
        if wait is None:
            break
        waits.append(wait)
        counter.clock.advance(wait)
        spent += wait
    return waits


def test_the_watch_slows_down_with_age_and_ends_after_six_days(counter: Counter) -> None:
    view = shown(counter, Method.UPI_INTENT)
    counter.payments.cancel(view.uid)
    first = gaps(counter, 15 * 60)
    assert first[-1] == pytest.approx(60.0, rel=0.2)
    day = gaps(counter, 23 * 3_600)
    assert day[-1] == pytest.approx(600.0, rel=0.2)
    rest = gaps(counter, 30 * 86_400)
    assert rest[10] == pytest.approx(21_600.0, rel=0.2)
    assert counter.polling.run().next_in_s is None, "six days are over"
    assert counter.clock.at.day == 26


@pytest.mark.parametrize("method", [Method.UPI_INTENT, Method.PAYMENT_LINK])
@pytest.mark.parametrize("hours", [0.2, 11, 5 * 24])
def test_a_late_payment_is_found_by_watching_alone(
    counter: Counter, method: Method, hours: float
) -> None:
    view = shown(counter, method)
    counter.payments.expire(view.uid)
    gaps(counter, hours * 3_600)
    counter.pay(view)
    changed: list[AttemptView] = []
    for _ in range(400):
        look = counter.polling.run()
        changed += look.changed
        if changed or look.next_in_s is None:
            break
        counter.clock.advance(look.next_in_s)
    assert [(each.state, each.was_late) for each in changed] == [(AttemptState.PAID, True)]


@pytest.mark.parametrize("method", CHANNELS)
def test_reconnecting_checks_everything(counter: Counter, method: Method) -> None:
    view = shown(counter, method)
    counter.payments.cancel(view.uid)
    counter.clock.advance(2 * 86_400)
    while (wait := counter.polling.run().next_in_s or 0) < 3_600:
        counter.clock.advance(wait)
    for call in READS:
        counter.gateway.trouble(call, DOWN, times=3)
    with pytest.raises(errors.UnavailableError):
        counter.context.gateway().ping()
    counter.pay(view)
    waits: list[float] = []
    changed: list[AttemptView] = []
    for _ in range(20):
        look = counter.polling.run()
        changed += look.changed
        waits.append(look.next_in_s or 0)
        counter.clock.advance(min(waits[-1], 60))
    assert counter.desk.connection.state().line is Connectivity.ONLINE
    assert waits[0] <= 30, "a line that is down is tried again soon"
    assert [each.uid for each in changed] == [view.uid]


def test_reconnecting_sends_outbox_commands(counter: Counter) -> None:
    view = shown(counter, Method.QR_CODE)
    counter.gateway.trouble("close_qr", DOWN, times=2)
    for call in READS:
        counter.gateway.trouble(call, DOWN, times=2)
    counter.payments.cancel(view.uid)
    for _ in range(15):
        counter.clock.advance(counter.polling.run().next_in_s or 0)
    assert {code.status for code in counter.gateway.codes.values()} == {"closed"}


def test_old_attempts_leave_the_budget_to_a_paying_parent(counter: Counter) -> None:
    course = counter.course()
    for number in range(6):
        student = counter.student(f"R{number}", phone=f"90000000{number:02d}")
        begun = counter.payments.begin(student.uid, course.uid, Method.UPI_INTENT)
        counter.payments.cancel(counter.payments.open(begun.uid).uid)
    counter.clock.advance(3 * 3_600)
    student = counter.student("R9", phone="9000000099")
    begun = counter.payments.begin(student.uid, course.uid, Method.UPI_INTENT)
    counter.payments.open(begun.uid)
    counter.gateway.calls.clear()
    looks = len(gaps(counter, 60))
    singles = counter.gateway.calls.count("fetch_order")
    assert looks > 30
    assert 1 <= singles <= 3


def test_desks_on_one_key_share_its_requests(counter: Counter) -> None:
    shown(counter, Method.UPI_INTENT)
    alone = gaps(counter, 60)
    with counter.context.store.writing() as work:
        work.put_setting("gateway.desks_on_this_key", "4")
        work.commit()
    assert counter.context.settings().requests_per_minute == 15
    shared = gaps(counter, 60)
    assert len(shared) <= 15 < len(alone)


# --- disputes


def dispute(payment_id: str, status: str, deducted: int = 0) -> DisputeFact:
    return DisputeFact(
        "disp_00000000000001", payment_id, 1_180_000, deducted, "chargeback", status,
        "chargeback", 1_796_000_000,
    )  # fmt: skip


def test_a_dispute_is_noticed_audited_and_booked_where_money_is_taken(counter: Counter) -> None:
    payment_id = paid(counter)
    counter.gateway.disputed["one"] = dispute(payment_id, "open")
    counter.gateway.disputed["foreign"] = replace(
        dispute("pay_00000000009999", "open"), dispute_id="disp_00000000000002"
    )
    counter.polling.reconcile()
    [seen] = counter.desk.disputes.known()
    assert (seen.status, seen.payment_id, seen.amount.paise) == ("open", payment_id, 1_180_000)
    assert seen.respond_by is not None
    assert balance(counter) == {"gateway": 1_180_000, "fees": -1_180_000}
    counter.gateway.disputed["one"] = dispute(payment_id, "lost", 1_180_000)
    counter.polling.reconcile()
    counter.polling.reconcile()
    assert [each.status for each in counter.desk.disputes.known()] == ["lost"]
    assert balance(counter) == {"disputed": 1_180_000, "fees": -1_180_000}
    assert AuditVerifier(counter.context).verify() is None
    actions = [link.entry.action for link in counter.context.store.reader.audit.links()]
    assert [each for each in actions if "dispute" in each] == ["dispute.noticed", "dispute.changed"]


def test_the_watch_notices_disputes_by_itself_and_lives_without_them(counter: Counter) -> None:
    payment_id = paid(counter)
    begun = counter.payments.begin(
        counter.student("R2", phone="9000000002").uid,
        counter.courses.find("PHY-11").uid,
        Method.UPI_INTENT,
    )
    counter.payments.cancel(counter.payments.open(begun.uid).uid)
    counter.gateway.trouble("disputes", errors.FeatureOffError("off"))
    counter.gateway.disputed["one"] = dispute(payment_id, "open")
    gaps(counter, 13 * 3_600)
    assert [each.status for each in counter.context.store.reader.exceptions.disputes()] == ["open"]


@pytest.mark.parametrize("restarts", [False, True])
def test_a_fee_kept_to_collect_waits_until_somebody_goes_on_with_it(
    counter: Counter, *, restarts: bool
) -> None:
    """Begin without a connection, for hours; reconnecting must not remove it from the tray."""
    student, course = counter.student(), counter.course()
    kept = counter.payments.begin(student.uid, course.uid, Method.AUTO)
    counter.clock.advance(5 * 3600)
    if restarts:
        counter.restart()
    assert counter.polling.reconcile().is_complete
    assert [each.state for each in counter.payments.waiting()] == [AttemptState.INTENT]
    shown = counter.payments.open(kept.uid)
    assert shown.state is AttemptState.AWAITING
    assert len(counter.gateway.orders) == 1


def test_a_fee_kept_to_collect_is_given_up_when_nothing_of_it_is_watched_any_more(
    counter: Counter,
) -> None:
    student, course = counter.student(), counter.course()
    kept = counter.payments.begin(student.uid, course.uid, Method.AUTO)
    counter.clock.advance(WATCH_S + 60)
    counter.polling.reconcile()
    assert counter.payments.view(kept.uid).state is AttemptState.CANCELLED
    assert counter.payments.waiting() == ()
