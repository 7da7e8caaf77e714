"""Payments filtered by what they pay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.domain.money import Money
from desktop_app.domain.payment import Method
from desktop_app.services.views.payments import PaymentFilter

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.conftest import Counter


def test_payments_are_filtered_by_fee_head(counter: Counter, tmp_path: Path) -> None:
    counter.student("R001")
    counter.course("PHY-11")
    path = tmp_path / "dues.csv"
    rows = "R001,PHY-11,5900,tuition\nR001,PHY-11,2000,hostel\n"
    path.write_text(f"roll_no,course,amount,head\n{rows}", encoding="utf-8")
    counter.desk.imports.dues(path)
    tuition, hostel = (row["id"] for row in counter.ledger()["dues"])
    counter.payments.begin_dues({tuition: None}, Method.CASH)
    counter.payments.begin_dues({hostel: None}, Method.CASH)

    def amounts(**which: str) -> list[int]:
        page = counter.receipts.payments(PaymentFilter(**which))  # type: ignore[arg-type]
        assert page.total == len(page.rows)
        assert page.sum is not None
        assert page.sum.paise == sum(row.amount.paise for row in page.rows)
        return [row.amount.paise for row in page.rows]

    assert amounts(head="hostel") == [200_000]
    assert amounts(head="tuition") == [590_000]
    assert amounts(head="hostel", method="cash") == [200_000]
    assert amounts(head="hostel", method="upi") == []
    assert amounts(head="hostel", state="late") == []
    assert sorted(amounts()) == [200_000, 590_000]


def test_a_fee_head_s_sum_is_what_pays_it(counter: Counter, tmp_path: Path) -> None:
    counter.student("R001")
    counter.course("PHY-11")
    path = tmp_path / "dues.csv"
    rows = "R001,PHY-11,5900,tuition\nR001,PHY-11,2000,hostel\n"
    path.write_text(f"roll_no,course,amount,head\n{rows}", encoding="utf-8")
    counter.desk.imports.dues(path)
    tuition, hostel = (row["id"] for row in counter.ledger()["dues"])
    counter.payments.begin_dues({tuition: None, hostel: None}, Method.CASH)
    page = counter.receipts.payments(PaymentFilter(head="hostel"))
    assert [row.amount for row in page.rows] == [Money(7_900_00)]
    assert page.sum == Money(2_000_00)
