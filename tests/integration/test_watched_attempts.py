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
from tests.integration.test_after_payment import balance, paid

if TYPE_CHECKING:
    from desktop_app.services.views.payments import AttemptView
    from tests.integration.conftest import Till

CHANNELS = [Method.UPI_INTENT, Method.QR_CODE, Method.PAYMENT_LINK]
DOWN = errors.UnavailableError("refused")
READS = ("orders_since", "fetch_order", "fetch_qr", "fetch_link", "ping", "payments_between")


def gaps(till: Till, seconds: float) -> list[float]:
    """Return the gaps between polls of watched attempts, as an obedient poller would wait."""
    waits: list[float] = []
    spent = 0.0
    while spent < seconds:
        wait = till.polling.run().next_in_s
        if wait is None:
            break
        waits.append(wait)
        till.clock.advance(wait)
        spent += wait
    return waits


def test_the_watch_slows_down_with_age_and_ends_after_six_days(till: Till) -> None:
    view = till.shown(Method.UPI_INTENT)
    till.payments.cancel(view.uid)
    first = gaps(till, 15 * 60)
    assert first[-1] == pytest.approx(60.0, rel=0.2)
    day = gaps(till, 23 * 3_600)
    assert day[-1] == pytest.approx(600.0, rel=0.2)
    rest = gaps(till, 30 * 86_400)
    assert rest[10] == pytest.approx(21_600.0, rel=0.2)
    assert till.polling.run().next_in_s is None, "six days are over"
    assert till.clock.at.day == 26


@pytest.mark.parametrize("method", [Method.UPI_INTENT, Method.PAYMENT_LINK])
@pytest.mark.parametrize("hours", [0.2, 11, 5 * 24])
def test_a_late_payment_is_found_by_watching_alone(
    till: Till, method: Method, hours: float
) -> None:
    view = till.shown(method)
    till.payments.expire(view.uid)
    gaps(till, hours * 3_600)
    till.pay(view)
    changed: list[AttemptView] = []
    for _ in range(400):
        look = till.polling.run()
        changed += look.changed
        if changed or look.next_in_s is None:
            break
        till.clock.advance(look.next_in_s)
    assert [(each.state, each.was_late) for each in changed] == [(AttemptState.PAID, True)]


@pytest.mark.parametrize("method", CHANNELS)
def test_reconnecting_checks_everything(till: Till, method: Method) -> None:
    view = till.shown(method)
    till.payments.cancel(view.uid)
    till.clock.advance(2 * 86_400)
    while (wait := till.polling.run().next_in_s or 0) < 3_600:
        till.clock.advance(wait)
    for call in READS:
        till.gateway.trouble(call, DOWN, times=3)
    with pytest.raises(errors.UnavailableError):
        till.context.gateway().ping()
    till.pay(view)
    waits: list[float] = []
    changed: list[AttemptView] = []
    for _ in range(20):
        look = till.polling.run()
        changed += look.changed
        waits.append(look.next_in_s or 0)
        till.clock.advance(min(waits[-1], 60))
    assert till.desk.connection.state().line is Connectivity.ONLINE
    assert waits[0] <= 30, "a line that is down is tried again soon"
    assert [each.uid for each in changed] == [view.uid]


def test_reconnecting_sends_outbox_commands(till: Till) -> None:
    view = till.shown(Method.QR_CODE)
    till.gateway.trouble("close_qr", DOWN, times=2)
    for call in READS:
        till.gateway.trouble(call, DOWN, times=2)
    till.payments.cancel(view.uid)
    for _ in range(15):
        till.clock.advance(till.polling.run().next_in_s or 0)
    assert {code.status for code in till.gateway.codes.values()} == {"closed"}


def test_old_attempts_leave_the_budget_to_a_paying_parent(till: Till) -> None:
    course = till.course()
    for number in range(6):
        student = till.student(f"R{number}", phone=f"90000000{number:02d}")
        begun = till.payments.begin(student.uid, course.uid, Method.UPI_INTENT)
        till.payments.cancel(till.payments.open(begun.uid).uid)
    till.clock.advance(3 * 3_600)
    student = till.student("R9", phone="9000000099")
    begun = till.payments.begin(student.uid, course.uid, Method.UPI_INTENT)
    till.payments.open(begun.uid)
    till.gateway.calls.clear()
    looks = len(gaps(till, 60))
    singles = till.gateway.calls.count("fetch_order")
    assert looks > 30
    assert 1 <= singles <= 3


def test_desks_on_one_key_share_its_requests(till: Till) -> None:
    till.shown(Method.UPI_INTENT)
    alone = gaps(till, 60)
    with till.context.store.writing() as work:
        work.put_setting("gateway.desks_on_this_key", "4")
        work.commit()
    assert till.context.settings().requests_per_minute == 15
    shared = gaps(till, 60)
    assert len(shared) <= 15 < len(alone)


# --- disputes


def dispute(payment_id: str, status: str, deducted: int = 0) -> DisputeFact:
    return DisputeFact(
        "disp_00000000000001", payment_id, 1_180_000, deducted, "chargeback", status,
        "chargeback", 1_796_000_000,
    )  # fmt: skip


def test_a_dispute_is_noticed_audited_and_booked_where_money_is_taken(till: Till) -> None:
    payment_id = paid(till)
    till.gateway.disputed["one"] = dispute(payment_id, "open")
    till.gateway.disputed["foreign"] = replace(
        dispute("pay_00000000009999", "open"), dispute_id="disp_00000000000002"
    )
    till.polling.reconcile()
    [seen] = till.desk.disputes.known()
    assert (seen.status, seen.payment_id, seen.amount.paise) == ("open", payment_id, 1_180_000)
    assert seen.respond_by is not None
    assert balance(till) == {"gateway": 1_180_000, "fees": -1_180_000}
    till.gateway.disputed["one"] = dispute(payment_id, "lost", 1_180_000)
    till.polling.reconcile()
    till.polling.reconcile()
    assert [each.status for each in till.desk.disputes.known()] == ["lost"]
    assert balance(till) == {"disputed": 1_180_000, "fees": -1_180_000}
    assert AuditVerifier(till.context).verify() is None
    actions = [link.entry.action for link in till.context.store.reader.audit.links()]
    assert [each for each in actions if "dispute" in each] == ["dispute.noticed", "dispute.changed"]


def test_the_watch_notices_disputes_by_itself_and_lives_without_them(till: Till) -> None:
    payment_id = paid(till)
    begun = till.payments.begin(
        till.student("R2", phone="9000000002").uid,
        till.courses.find("PHY-11").uid,
        Method.UPI_INTENT,
    )
    till.payments.cancel(till.payments.open(begun.uid).uid)
    till.gateway.trouble("disputes", errors.FeatureOffError("off"))
    till.gateway.disputed["one"] = dispute(payment_id, "open")
    gaps(till, 13 * 3_600)
    assert [each.status for each in till.context.store.reader.exceptions.disputes()] == ["open"]


@pytest.mark.parametrize("restarts", [False, True])
def test_a_fee_kept_to_collect_waits_until_somebody_goes_on_with_it(
    till: Till, *, restarts: bool
) -> None:
    """Begin without a connection, for hours; reconnecting must not remove it from the tray."""
    student, course = till.student(), till.course()
    kept = till.payments.begin(student.uid, course.uid, Method.AUTO)
    till.clock.advance(5 * 3600)
    if restarts:
        till.restart()
    assert till.polling.reconcile().is_complete
    assert [each.state for each in till.payments.waiting()] == [AttemptState.INTENT]
    shown = till.payments.open(kept.uid)
    assert shown.state is AttemptState.AWAITING
    assert len(till.gateway.orders) == 1


def test_a_fee_kept_to_collect_is_given_up_when_nothing_of_it_is_watched_any_more(
    till: Till,
) -> None:
    student, course = till.student(), till.course()
    kept = till.payments.begin(student.uid, course.uid, Method.AUTO)
    till.clock.advance(WATCH_S + 60)
    till.polling.reconcile()
    assert till.payments.view(kept.uid).state is AttemptState.CANCELLED
    assert till.payments.waiting() == ()
