"""Lists of payments from the real database: by status, decision and position, with totals."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from desktop_app.domain.money import Money
from desktop_app.domain.payment import Method
from desktop_app.services.views.payments import PaymentFilter

if TYPE_CHECKING:
    import pytest

    from desktop_app.services.views.payments import PaymentRow
    from tests.integration.conftest import Till

STATES = ("late", "held", "refunded")


def listed(till: Till, state: str = "", text: str = "", method: str = "") -> tuple[PaymentRow, ...]:
    found = till.receipts.payments(PaymentFilter(state=state, text=text, method=method))
    assert found.total == len(found.rows)
    assert found.sum == Money(sum(row.amount.paise for row in found.rows))
    return found.rows


def held_money(till: Till) -> str:
    """Hold a payment of R001 that came after R002 took the last seat; return its uid."""
    course = till.course(seats=1)
    begun = till.payments.begin(till.student().uid, course.uid, Method.UPI_INTENT)
    view = till.payments.open(begun.uid)
    till.payments.expire(view.uid)
    other = till.student("R002", phone="9000000002")
    till.payments.begin(other.uid, course.uid, Method.CASH)
    till.pay(view)
    till.polling.reconcile()
    [held] = listed(till, "held")
    return held.uid


def test_each_status_filters_until_a_decision(till: Till) -> None:
    uid = held_money(till)
    assert {state: len(listed(till, state)) for state in STATES} == {
        "late": 1, "held": 1, "refunded": 0,
    }  # fmt: skip
    assert listed(till, "held")[0].decision == ""
    course = till.courses.find("PHY-11")
    till.courses.change(course.uid, replace(course.course, seats=2))
    till.desk.unapplied.enrol(uid)
    assert listed(till, "held") == ()
    [late] = listed(till, "late")
    assert (late.uid, late.decision) == (uid, "enrolled")


def test_refunds_in_part_or_in_full_are_found_with_method_and_text(till: Till) -> None:
    uid = held_money(till)
    till.desk.refunds.refund(uid, Money(100), "a part")
    assert [row.state for row in listed(till, "refunded")] == ["partly refunded"]
    assert len(listed(till, "held")) == 1
    till.desk.refunds.refund(uid, None, "the rest")
    assert [row.state for row in listed(till, "refunded", "R001", "upi")] == ["refunded"]
    assert listed(till, "refunded", "R002") == ()
    assert listed(till, "refunded", method="cash") == ()
    assert listed(till, "held") == ()


def test_every_page_is_found_by_its_position(till: Till) -> None:
    course = till.course(seats=None)
    for at in range(1, 8):
        student = till.student(f"R{at:03d}", phone=f"900000000{at}")
        till.payments.begin(student.uid, course.uid, Method.CASH)
    everything = listed(till)
    rolls = [row.roll_no for row in everything]
    assert rolls == [f"R{at:03d}" for at in range(7, 0, -1)]
    for offset in range(9):
        page = till.receipts.payments(PaymentFilter(), offset=offset, limit=3, summed=False)
        assert page.rows == everything[offset : offset + 3]
        assert (page.total, page.sum) == (7, None)


def test_no_payments_at_all(till: Till) -> None:
    page = till.receipts.payments(PaymentFilter(), summed=False)
    assert (page.rows, page.total) == ((), 0)
    assert till.receipts.payments(PaymentFilter()).sum == Money(0)


def test_a_desk_without_held_payments_opens_no_writing_transaction(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    course = till.course(seats=None)
    till.payments.begin(till.student().uid, course.uid, Method.CASH)
    with monkeypatch.context() as patched:
        patched.setattr(type(till.context.store), "writing", None)
        assert till.desk.unapplied.held() == ()
    assert not till.context.store.reader.exceptions.may_hold_money()


def test_a_desk_with_past_held_payments_is_queried_in_full(till: Till) -> None:
    held_money(till)
    assert till.context.store.reader.exceptions.may_hold_money()
