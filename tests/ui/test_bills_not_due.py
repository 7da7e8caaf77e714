"""A part-paid bill of which nothing is due any more: the counter has its receipt."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest
from PySide6.QtCore import Qt

from desktop_app.domain.bills import BillState
from desktop_app.domain.payment import Method
from desktop_app.ui.widgets.buttons import Button
from tests.ui.test_family_counter import TUITION, Family, family, home, real_desk

if TYPE_CHECKING:
    from PySide6.QtCore import QUrl

    from desktop_app.services.desk import Desk
    from desktop_app.services.views.bills import BillView

__all__ = ["family", "home", "real_desk"]
KEY = Qt.Key


@pytest.fixture
def part_paid(family: Family) -> BillView:
    """Collect the tuition in cash, of a bill of three fees that stays on screen."""
    family.open()
    family.clerk.window.parts.counter.bill.ways.choose(Method.CASH)
    tender = family.clerk.named("tenderNow")
    tender.setFocus()
    tender.selectAll()  # type: ignore[attr-defined]
    family.type(str(TUITION.paise // 100))
    family.key(KEY.Key_F9)
    family.clerk.wait(lambda: family.clerk.focus == "printReceiptButton")
    assert family.clerk.text("paidReceipt") == "No receipt yet"
    return family.bill()


def write_off_the_rest(family: Family, bill: BillView) -> str:
    """Write off what is not paid, and return the number of the receipt."""
    rest = [str(line.due_uid) for line in bill.lines[1:]]

    def write_off(desk: Desk) -> None:
        for uid in rest:
            desk.dues.write_off(uid, "left for another town")

    family.clerk.window.runner.local(write_off)
    family.clerk.idle()
    bill = family.clerk.desk.real.carts.view(bill.uid)
    assert bill.state is BillState.PAID
    [receipt] = bill.receipts
    return receipt.number


def test_the_card_of_a_part_has_the_receipt_once_the_rest_is_written_off(
    family: Family, part_paid: BillView, monkeypatch: pytest.MonkeyPatch
) -> None:
    number, clerk = write_off_the_rest(family, part_paid), family.clerk
    sent: list[QUrl] = []
    monkeypatch.setattr(clerk.window.parts.context.printer.computer, "open_address", sent.append)
    clerk.wait(lambda: clerk.text("paidReceipt") == f"Receipt {number}")
    assert clerk.text("paidTitle") == "Paid, and the rest is written off"
    assert clerk.text("printReceiptButton").startswith("Print")
    assert clerk.text("sendReceiptButton").startswith("&WhatsApp")
    clerk.click("sendReceiptButton")
    clerk.wait(lambda: sent)
    assert number in unquote(sent[0].toString())
    clerk.click("printReceiptButton")
    clerk.wait(lambda: clerk.printed() == [number])
    clerk.wait(lambda: clerk.focus == "studentSearch")


def test_a_bill_on_screen_that_ends_elsewhere_offers_its_receipt(
    family: Family, part_paid: BillView
) -> None:
    family.key(KEY.Key_Return)
    family.clerk.wait(lambda: family.clerk.shown("familyPicker"))
    number, clerk = write_off_the_rest(family, part_paid), family.clerk
    clerk.wait(lambda: "The receipts for bill B-1 are ready. Paid: ₹14,160." in clerk.notices())
    assert clerk.focus == "studentSearch"
    [print_] = [
        each for each in clerk.window.parts.notices.findChildren(Button)
        if each.accessibleName() == "Print receipts"
    ]  # fmt: skip
    print_.click()
    clerk.wait(lambda: clerk.printed() == [number])
