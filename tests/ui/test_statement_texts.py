"""The words of a family's statement: what each line is about, and how sure its money is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from desktop_app.domain.key_mode import MoneyMode
from desktop_app.domain.money import Money
from desktop_app.domain.payment import Method
from desktop_app.services.posting.credits import (
    CHANGED,
    MOVED,
    OPENING,
    OVERPAID,
    RETURNED,
    TAKEN_BACK,
    USED,
)
from desktop_app.services.views.dues import LineKind, StatementLine
from desktop_app.services.views.evidence import TypedEvidence
from desktop_app.ui.accounts.texts import about_text, line_text
from tests.ui.test_fee_changes import asha, desk

if TYPE_CHECKING:
    from desktop_app.services.desk import Desk

__all__ = ["desk"]


def said(desk: Desk) -> list[tuple[str, str]]:
    return [(line_text(each), about_text(each)) for each in desk.dues.account(asha(desk)).lines]


def test_a_fee_is_named_once(desk: Desk) -> None:
    fees = [about for entry, about in said(desk) if entry == "Fee"]
    assert fees == [f"Course A · {number}/4" for number in (1, 2, 3, 4)]


def test_money_that_is_not_sure_is_never_called_a_payment_alone(desk: Desk) -> None:
    assert ("Payment", "Cash") in said(desk)
    [due, *_] = desk.dues.account(asha(desk)).dues
    typed = TypedEvidence(amount=due.balance + Money(500_00), reference="HDFCN52026112000")
    desk.payments.begin_dues({due.uid: None}, Method.NEFT, typed)
    assert ("Payment", "NEFT · Not verified") in said(desk)
    assert ("Credit", "Overpaid") in said(desk)
    [claim] = desk.claims.claimed()
    desk.claims.reverse(claim.uid, "the bank never showed it")
    lines = said(desk)
    assert ("Payment", "NEFT · Not received") in lines
    assert ("Not received", "NEFT") in lines, "no refund was made"
    assert ("Credit", "Not received") in lines
    assert not [entry for entry, _ in lines if entry == "Refund"]


def test_test_money_is_never_called_a_payment_alone(desk: Desk) -> None:
    [line] = [each for each in desk.dues.account(asha(desk)).lines if each.about == Method.CASH]
    assert line.mode is MoneyMode.LIVE
    tried = replace(line, about=Method.UPI_INTENT.value, mode=MoneyMode.TEST)
    assert about_text(tried) == "UPI · TEST MONEY"


def test_every_reason_of_credit_has_its_words(desk: Desk) -> None:
    [line, *_] = desk.dues.account(asha(desk)).lines
    reasons = (USED, OVERPAID, MOVED, RETURNED, TAKEN_BACK, CHANGED, f"{OPENING}tuition")
    for reason in reasons:
        words = about_text(StatementLine(line.at, LineKind.CREDIT, "Asha", reason, "", Money(1_00)))
        assert words
        assert words != reason
        assert ":" not in words
