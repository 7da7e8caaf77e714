"""The twelve defects found in the code of other fee desks: each is shown to be impossible here.

The number in a test's name is the defect's in `resources/docs/never-lost.md`, which names its
source.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

from desktop_app.domain.errors import AlreadyEnrolledError, InvalidMoneyError
from desktop_app.domain.money import Money
from desktop_app.domain.payment import AttemptState, Method
from desktop_app.domain.refund import RefundState
from desktop_app.services import errors
from desktop_app.services.views.payments import PaymentFilter
from desktop_app.storage.store import DATABASE
from tests.integration.reached import shown

if TYPE_CHECKING:
    from desktop_app.services.views.payments import AttemptView
    from tests.integration.conftest import Counter


def another(counter: Counter, number: int, method: Method = Method.UPI_INTENT) -> AttemptView:
    """Serve one more parent until the QR is shown."""
    student = counter.student(f"R{number:03d}", phone=f"90000000{number:02d}")
    begun = counter.payments.begin(student.uid, counter.courses.find("PHY-11").uid, method)
    return counter.payments.open(begun.uid)


def test_defect_01_a_refused_cancel_never_lets_the_fee_be_charged_again(counter: Counter) -> None:
    view = shown(counter, Method.PAYMENT_LINK)
    counter.pay(view)  # the gateway refuses to cancel a paid link
    assert counter.payments.cancel(view.uid).state is AttemptState.PAID
    with pytest.raises(AlreadyEnrolledError):
        counter.payments.begin(
            view.student_uid, counter.courses.find("PHY-11").uid, Method.PAYMENT_LINK
        )
    assert len(counter.gateway.links) == 1


def test_defect_02_open_payments_do_not_overwrite_each_other_and_a_failed_look_goes_on(
    counter: Counter,
) -> None:
    views = [shown(counter, Method.UPI_INTENT), another(counter, 2), another(counter, 3)]
    for view in reversed(views):
        counter.pay(view)
    for call in ("orders_since", "fetch_order"):
        counter.gateway.trouble(call, errors.UnavailableError("down"), times=6)
    assert not counter.polling.run().succeeded
    counter.gateway.troubles.clear()
    assert {each.uid for each in counter.polling.run().changed} == {each.uid for each in views}
    receipts = {counter.payments.view(each.uid).receipt_no for each in views}
    assert len(receipts) == 3


def test_defect_03_every_code_carries_its_amount_and_a_reference_of_its_own(
    counter: Counter,
) -> None:
    views = [
        shown(counter, Method.UPI_INTENT),
        another(counter, 2),
        another(counter, 3, Method.QR_CODE),
    ]
    asked = [parse_qs(urlsplit(view.qr_text or "").query) for view in views]
    assert [each["am"] for each in asked] == [["11800.00"]] * 3
    assert len({each["tr"][0] for each in asked}) == 3
    assert all(view.qr_text in counter.gateway.payable for view in views), "shown unaltered"
    references = [str(row["receipt"]) for row in counter.ledger()["attempts"]]
    assert len(set(references)) == 3
    assert references[0] in {order.receipt for order in counter.gateway.orders.values()}


def test_defect_04_paise_are_kept_and_every_click_goes_on_with_one_order(counter: Counter) -> None:
    student, course = counter.student(), counter.course(fee=Money(123_457))
    shown = [
        counter.payments.open(
            counter.payments.begin(student.uid, course.uid, Method.UPI_INTENT).uid
        )
        for _ in range(3)
    ]
    assert [order.amount_paise for order in counter.gateway.orders.values()] == [123_457]
    counter.pay(shown[-1])
    counter.courses.change(course.uid, replace(course.course, fee=Money(999_900)))
    counter.polling.run()
    assert [row["amount"] for row in counter.ledger()["payments"]] == [123_457], "what was captured"


@pytest.mark.parametrize("change", [{"amount_paise": 1_179_999}, {"currency": "USD"}])
def test_defect_05_only_the_exact_amount_in_an_authenticated_answer_pays(
    counter: Counter, change: dict[str, object]
) -> None:
    view = shown(counter, Method.UPI_INTENT)
    payment = counter.pay(view)
    counter.gateway._set(payment, **change)
    counter.polling.run()
    counter.polling.reconcile()
    assert counter.payments.view(view.uid).state is not AttemptState.PAID
    assert [row["state"] for row in counter.ledger()["enrollments"]] == ["pending"]


def test_defect_05_a_second_payment_never_overwrites_the_first(counter: Counter) -> None:
    view = shown(counter, Method.UPI_INTENT)
    counter.pay(view)
    counter.polling.run()
    before = counter.ledger()["payments"]
    second = counter.gateway._new_payment(view.order_id, 1_180_000)
    counter.gateway._set(second, status="captured", captured=True, rrn="000000000077")
    counter.polling.reconcile()
    rows = counter.ledger()["payments"]
    assert [row for row in rows if row["payment_id"] != second] == before


def test_defect_06_a_refund_really_asks_the_gateway_and_looking_makes_no_order(
    counter: Counter,
) -> None:
    view = shown(counter, Method.UPI_INTENT)
    for _ in range(5):
        counter.polling.run()
        counter.payments.view(view.uid)
    assert len(counter.gateway.orders) == 1
    payment = counter.pay(view)
    counter.polling.run()
    done = counter.desk.refunds.refund(payment, None, "left for another city")
    assert (done.state, len(counter.gateway.refunds)) == (RefundState.PROCESSED, 1)


def test_defect_07_upi_takings_are_in_every_sum(counter: Counter) -> None:
    counter.pay(shown(counter, Method.UPI_INTENT))
    counter.polling.run()
    counter.payments.begin(
        counter.student("R002", phone="9000000002").uid,
        counter.courses.find("PHY-11").uid,
        Method.CASH,
    )
    everything = counter.receipts.payments(PaymentFilter())
    upi, cash = (counter.receipts.payments(PaymentFilter(method=m)) for m in ("upi", "cash"))
    assert everything.sum == Money(2_360_000)
    assert (upi.sum, cash.sum) == (Money(1_180_000), Money(1_180_000))


def test_defect_08_the_desk_works_without_a_connection(counter: Counter) -> None:
    counter.gateway.trouble("ping", errors.UnavailableError("down"), times=99)
    paid = counter.payments.begin(counter.student().uid, counter.course().uid, Method.CASH)
    assert paid.receipt_no == "D1/26-27/000001"
    assert counter.students.search("R001")
    assert counter.receipts.payments(PaymentFilter()).total == 1
    assert counter.receipts.html(paid.receipt_uid or "", "a5")
    report = counter.polling.reconcile()
    assert not report.is_complete
    assert counter.gateway.calls == ["ping"], "only the reconcile asked"


def test_defect_09_two_payments_of_one_order_are_two_rows_and_sql_in_a_name_is_a_name(
    counter: Counter,
) -> None:
    name = "Robert'); DROP TABLE payments;--"
    student = counter.student("R007", name=name, phone="9000000007")
    assert [hit.name for hit in counter.students.search(name)] == [name]
    begun = counter.payments.begin(student.uid, counter.course().uid, Method.UPI_INTENT)
    view = counter.payments.open(begun.uid)
    counter.pay(view)
    counter.polling.run()
    second = counter.gateway._new_payment(view.order_id, 1_180_000)
    counter.gateway._set(second, status="captured", captured=True, rrn="000000000078")
    for _ in range(2):
        counter.polling.reconcile()
    payments = counter.ledger()["payments"]
    assert len({row["payment_id"] for row in payments}) == len(payments)


def test_defect_10_money_is_never_a_float(counter: Counter) -> None:
    for wrong in (1180.0, "1180", None, True):
        with pytest.raises(InvalidMoneyError):
            Money(wrong)  # type: ignore[arg-type]
    counter.payments.begin(counter.student().uid, counter.course().uid, Method.CASH)
    with closing(sqlite3.connect(counter.context.folder / DATABASE)) as raw:
        kinds = raw.execute("SELECT DISTINCT typeof(amount_paise) FROM ledger_entries").fetchall()
        assert kinds == [("integer",)]
        with pytest.raises(sqlite3.IntegrityError):
            raw.execute("INSERT INTO ledger_entries (amount_paise) VALUES (1180.5)")


def test_defect_11_states_come_from_their_list_and_a_fee_is_due_once(counter: Counter) -> None:
    student = counter.student(email="")
    course = counter.course()
    uids = {
        counter.payments.begin(student.uid, course.uid, Method.UPI_INTENT).uid for _ in range(4)
    }
    assert (
        len(uids) == len(counter.ledger()["enrollments"]) == len(counter.ledger()["attempts"]) == 1
    )
    assert {row["state"] for row in counter.ledger()["attempts"]} <= {
        each.value for each in AttemptState
    }


def test_defect_12_money_marks_the_request_it_was_for_and_no_older_one(counter: Counter) -> None:
    first = shown(counter, Method.QR_CODE)
    counter.payments.expire(first.uid)
    begun = counter.payments.begin(
        first.student_uid, counter.courses.find("PHY-11").uid, Method.QR_CODE
    )
    second = counter.payments.open(begun.uid)
    assert second.qr_text != first.qr_text
    counter.pay(second)
    counter.polling.reconcile()
    assert counter.payments.view(second.uid).state is AttemptState.PAID
    assert counter.payments.view(first.uid).state is AttemptState.EXPIRED
    references = [row["receipt"] for row in counter.ledger()["attempts"]]
    assert len(set(references)) == 2, "a reference is never used again"
