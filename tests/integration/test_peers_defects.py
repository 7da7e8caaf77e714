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

if TYPE_CHECKING:
    from desktop_app.services.views.payments import AttemptView
    from tests.integration.conftest import Till


def another(till: Till, number: int, method: Method = Method.UPI_INTENT) -> AttemptView:
    """Serve one more parent until the QR is shown."""
    student = till.student(f"R{number:03d}", phone=f"90000000{number:02d}")
    begun = till.payments.begin(student.uid, till.courses.find("PHY-11").uid, method)
    return till.payments.open(begun.uid)


def test_defect_01_a_refused_cancel_never_lets_the_fee_be_charged_again(till: Till) -> None:
    view = till.shown(Method.PAYMENT_LINK)
    till.pay(view)  # the gateway refuses to cancel a paid link
    assert till.payments.cancel(view.uid).state is AttemptState.PAID
    with pytest.raises(AlreadyEnrolledError):
        till.payments.begin(view.student_uid, till.courses.find("PHY-11").uid, Method.PAYMENT_LINK)
    assert len(till.gateway.links) == 1


def test_defect_02_open_payments_do_not_overwrite_each_other_and_a_failed_look_goes_on(
    till: Till,
) -> None:
    views = [till.shown(Method.UPI_INTENT), another(till, 2), another(till, 3)]
    for view in reversed(views):
        till.pay(view)
    for call in ("orders_since", "fetch_order"):
        till.gateway.trouble(call, errors.UnavailableError("down"), times=6)
    assert not till.polling.run().succeeded
    till.gateway.troubles.clear()
    assert {each.uid for each in till.polling.run().changed} == {each.uid for each in views}
    receipts = {till.payments.view(each.uid).receipt_no for each in views}
    assert len(receipts) == 3


def test_defect_03_every_code_carries_its_amount_and_a_reference_of_its_own(till: Till) -> None:
    views = [till.shown(Method.UPI_INTENT), another(till, 2), another(till, 3, Method.QR_CODE)]
    asked = [parse_qs(urlsplit(view.qr_text or "").query) for view in views]
    assert [each["am"] for each in asked] == [["11800.00"]] * 3
    assert len({each["tr"][0] for each in asked}) == 3
    assert all(view.qr_text in till.gateway.payable for view in views), "shown unaltered"
    references = [str(row["receipt"]) for row in till.ledger()["attempts"]]
    assert len(set(references)) == 3
    assert references[0] in {order.receipt for order in till.gateway.orders.values()}


def test_defect_04_paise_are_kept_and_every_click_goes_on_with_one_order(till: Till) -> None:
    student, course = till.student(), till.course(fee=Money(123_457))
    shown = [
        till.payments.open(till.payments.begin(student.uid, course.uid, Method.UPI_INTENT).uid)
        for _ in range(3)
    ]
    assert [order.amount_paise for order in till.gateway.orders.values()] == [123_457]
    till.pay(shown[-1])
    till.courses.change(course.uid, replace(course.course, fee=Money(999_900)))
    till.polling.run()
    assert [row["amount"] for row in till.ledger()["payments"]] == [123_457], "what was captured"


@pytest.mark.parametrize("change", [{"amount_paise": 1_179_999}, {"currency": "USD"}])
def test_defect_05_only_the_exact_amount_in_an_authenticated_answer_pays(
    till: Till, change: dict[str, object]
) -> None:
    view = till.shown(Method.UPI_INTENT)
    payment = till.pay(view)
    till.gateway._set(payment, **change)
    till.polling.run()
    till.polling.reconcile()
    assert till.payments.view(view.uid).state is not AttemptState.PAID
    assert [row["state"] for row in till.ledger()["enrollments"]] == ["pending"]


def test_defect_05_a_second_payment_never_overwrites_the_first(till: Till) -> None:
    view = till.shown(Method.UPI_INTENT)
    till.pay(view)
    till.polling.run()
    before = till.ledger()["payments"]
    second = till.gateway._new_payment(view.order_id, 1_180_000)
    till.gateway._set(second, status="captured", captured=True, rrn="000000000077")
    till.polling.reconcile()
    rows = till.ledger()["payments"]
    assert [row for row in rows if row["payment_id"] != second] == before


def test_defect_06_a_refund_really_asks_the_gateway_and_looking_makes_no_order(till: Till) -> None:
    view = till.shown(Method.UPI_INTENT)
    for _ in range(5):
        till.polling.run()
        till.payments.view(view.uid)
    assert len(till.gateway.orders) == 1
    payment = till.pay(view)
    till.polling.run()
    done = till.desk.refunds.refund(payment, None, "left for another city")
    assert (done.state, len(till.gateway.refunds)) == (RefundState.PROCESSED, 1)


def test_defect_07_upi_takings_are_in_every_sum(till: Till) -> None:
    till.pay(till.shown(Method.UPI_INTENT))
    till.polling.run()
    till.payments.begin(
        till.student("R002", phone="9000000002").uid, till.courses.find("PHY-11").uid, Method.CASH
    )
    everything = till.receipts.payments(PaymentFilter())
    upi, cash = (till.receipts.payments(PaymentFilter(method=m)) for m in ("upi", "cash"))
    assert everything.sum == Money(2_360_000)
    assert (upi.sum, cash.sum) == (Money(1_180_000), Money(1_180_000))


def test_defect_08_the_desk_works_without_a_connection(till: Till) -> None:
    till.gateway.trouble("ping", errors.UnavailableError("down"), times=99)
    paid = till.payments.begin(till.student().uid, till.course().uid, Method.CASH)
    assert paid.receipt_no == "D1/26-27/000001"
    assert till.students.search("R001")
    assert till.receipts.payments(PaymentFilter()).total == 1
    assert till.receipts.html(paid.receipt_uid or "", "a5")
    report = till.polling.reconcile()
    assert not report.is_complete
    assert till.gateway.calls == ["ping"], "only the reconcile asked"


def test_defect_09_two_payments_of_one_order_are_two_rows_and_sql_in_a_name_is_a_name(
    till: Till,
) -> None:
    name = "Robert'); DROP TABLE payments;--"
    student = till.student("R007", name=name, phone="9000000007")
    assert [hit.name for hit in till.students.search(name)] == [name]
    begun = till.payments.begin(student.uid, till.course().uid, Method.UPI_INTENT)
    view = till.payments.open(begun.uid)
    till.pay(view)
    till.polling.run()
    second = till.gateway._new_payment(view.order_id, 1_180_000)
    till.gateway._set(second, status="captured", captured=True, rrn="000000000078")
    for _ in range(2):
        till.polling.reconcile()
    payments = till.ledger()["payments"]
    assert len({row["payment_id"] for row in payments}) == len(payments)


def test_defect_10_money_is_never_a_float(till: Till) -> None:
    for wrong in (1180.0, "1180", None, True):
        with pytest.raises(InvalidMoneyError):
            Money(wrong)  # type: ignore[arg-type]
    till.payments.begin(till.student().uid, till.course().uid, Method.CASH)
    with closing(sqlite3.connect(till.context.folder / DATABASE)) as raw:
        kinds = raw.execute("SELECT DISTINCT typeof(amount_paise) FROM ledger_entries").fetchall()
        assert kinds == [("integer",)]
        with pytest.raises(sqlite3.IntegrityError):
            raw.execute("INSERT INTO ledger_entries (amount_paise) VALUES (1180.5)")


def test_defect_11_states_come_from_their_list_and_a_fee_is_due_once(till: Till) -> None:
    student = till.student(email="")
    course = till.course()
    uids = {till.payments.begin(student.uid, course.uid, Method.UPI_INTENT).uid for _ in range(4)}
    assert len(uids) == len(till.ledger()["enrollments"]) == len(till.ledger()["attempts"]) == 1
    assert {row["state"] for row in till.ledger()["attempts"]} <= {
        each.value for each in AttemptState
    }


def test_defect_12_money_marks_the_request_it_was_for_and_no_older_one(till: Till) -> None:
    first = till.shown(Method.QR_CODE)
    till.payments.expire(first.uid)
    begun = till.payments.begin(first.student_uid, till.courses.find("PHY-11").uid, Method.QR_CODE)
    second = till.payments.open(begun.uid)
    assert second.qr_text != first.qr_text
    till.pay(second)
    till.polling.reconcile()
    assert till.payments.view(second.uid).state is AttemptState.PAID
    assert till.payments.view(first.uid).state is AttemptState.EXPIRED
    references = [row["receipt"] for row in till.ledger()["attempts"]]
    assert len(set(references)) == 2, "a reference is never used again"
