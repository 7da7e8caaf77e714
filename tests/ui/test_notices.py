"""Every error has its words: what happened, whether money moved, what to do next."""

from __future__ import annotations

import inspect
from datetime import date
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QPushButton

from desktop_app.cli.exits import MOVED as MOVED_ON_LINE
from desktop_app.domain import errors as rules
from desktop_app.domain.instruments import InstrumentState
from desktop_app.domain.money import Money
from desktop_app.services import errors
from desktop_app.services.views.unapplied import MoneyDecision
from desktop_app.ui.core.error_notices import DECIDED, MOVED, TABLE, describe
from desktop_app.ui.core.i18n import N_
from desktop_app.ui.core.notice import Notice

if TYPE_CHECKING:
    from tests.ui.clerk import Clerk


def kinds() -> list[type[Exception]]:
    return [
        kind
        for module in (errors, rules)
        for _, kind in inspect.getmembers(module, inspect.isclass)
        if issubclass(kind, Exception) and kind.__module__ == module.__name__
    ]


KINDS = kinds()


MADE: dict[type[Exception], Exception] = {
    type(each): each
    for each in (
        errors.PriceChangedError(Money(100), Money(200)),
        errors.OverLimitError(Money(200), Money(100)),
        errors.AlreadyDecidedError(MoneyDecision.APPLIED, "Asha Rao · Physics XI"),
        errors.FeePaidError("Asha Rao · Physics XI"),
        errors.DueClosedError("Asha Rao · Physics XI", is_paid=True),
        errors.DueCoveredError("Asha Rao · Physics XI", "Rohan Rao · Chemistry XI", Money(200)),
        errors.FullLineError("Physics XI", [0, 2]),
        errors.ChequeCoversError("Asha Rao · Physics XI", Money(200), "CQ-7"),
        errors.ChequeMovedError("000123", InstrumentState.CLEARED),
        errors.ReferenceUsedError(date(2026, 11, 3), "Asha Rao", "D1/26-27/000004"),
        errors.KnownAtGatewayError("credited", "D1/26-27/000004"),
        rules.InvalidInputError("name", "Name is missing."),
        rules.InvalidMoneyError("This amount is too large. Enter a smaller amount."),
    )
}


def make(kind: type[Exception]) -> Exception:
    return MADE.get(kind) or kind("raw rzp_live_secret text")


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_error_has_a_row_of_its_own(kind: type[Exception]) -> None:
    assert kind in TABLE


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_notice_says_all_three_things_and_nothing_raw(kind: type[Exception]) -> None:
    notice = describe(make(kind))
    for part in (notice.what, notice.money, notice.todo):
        assert part
        assert part.endswith((".", "”."))
    assert "rzp_live" not in f"{notice.what}{notice.money}{notice.todo}"


def test_amounts_are_named_where_they_matter() -> None:
    assert "₹1.00 to ₹2.00" in describe(make(errors.PriceChangedError)).what
    assert "₹2.00" in describe(make(errors.OverLimitError)).what


def test_the_cheque_that_covers_a_fee_is_named_with_its_slip() -> None:
    what = describe(make(errors.ChequeCoversError)).what
    assert what == "A cheque of ₹2.00 already covers this fee (slip CQ-7)."


def test_the_payment_that_has_a_typed_number_is_named() -> None:
    what = describe(make(errors.ReferenceUsedError)).what
    assert "03 Nov 2026 for Asha Rao (receipt D1/26-27/000004)" in what


def test_what_another_window_decided_is_named() -> None:
    assert DECIDED.keys() == {each.value for each in MoneyDecision}
    for decision in MoneyDecision:
        notice = describe(errors.AlreadyDecidedError(decision, "Asha Rao · Physics XI"))
        assert notice.what.endswith(".")
        assert ("Asha Rao" in notice.what) == (decision is MoneyDecision.APPLIED)
        assert notice.money == "We haven't used the payment twice."


def test_the_step_of_a_cheque_that_another_window_recorded_is_named() -> None:
    assert MOVED.keys() == MOVED_ON_LINE.keys() == set(InstrumentState) - {InstrumentState.IN_HAND}
    for state in InstrumentState:
        notice = describe(errors.ChequeMovedError("000123", state))
        assert "cheque 000123" in notice.what
        for part in (notice.what, notice.money, notice.todo):
            assert part.endswith(".")


def test_what_was_typed_wrongly_is_said_in_its_own_words() -> None:
    assert describe(make(rules.InvalidInputError)).what == "Name is missing."


def test_a_library_that_cannot_be_loaded_is_named() -> None:
    fault = "libgssapi_krb5.so.2: cannot open shared object file: No such file or directory"
    notice = describe(ImportError(fault))
    assert notice.what == f"Couldn't load part of Pravesh ({fault})."
    assert fault in notice.detail
    assert "'razorpay'" in describe(ModuleNotFoundError("No module named 'razorpay'")).detail


def test_a_bug_gets_words_too() -> None:
    notice = describe(ZeroDivisionError("x / 0"))
    assert "x / 0" not in notice.what
    assert "safe" in notice.money


def test_a_damaged_database_is_not_called_safe() -> None:
    words = TABLE[errors.DatabaseCorruptError]
    assert "may be missing" in words.money
    assert "safe" not in f"{words.what}{words.money}{words.todo}"


@pytest.mark.parametrize("kind", TABLE, ids=lambda kind: kind.__name__)
def test_every_row_says_whether_money_moved_and_what_to_do_next(kind: type[Exception]) -> None:
    words = TABLE[kind]
    for part in (words.what, words.money, words.todo):
        assert isinstance(part, N_)
        assert part.endswith(".")
    said = f"{words.what} {words.money}".lower()
    answers = ("money", "paid", "pay", "created", "changed", "confirmed", "safe")
    assert any(word in said for word in answers), "a parent asks what became of the money"


CANARIES = ("rzp_live_Abcd1234Efgh56", "9845012345", "asha@okicici", "QWERTYUIOP1234567890asdf")


@pytest.mark.parametrize("canary", CANARIES)
def test_detail_for_support_holds_no_secret(canary: str) -> None:
    cause = ValueError(f"sent by {canary} and 'Asha Rao'")
    error = errors.UnavailableError(f"no route for {canary}")
    error.__cause__ = cause
    notice = describe(error)
    assert canary not in notice.detail
    assert "Asha" not in notice.detail
    assert notice.detail.startswith("UnavailableError: no route for")
    assert "ValueError" in notice.detail


def test_what_a_clerk_can_mend_has_no_technical_detail() -> None:
    assert describe(errors.DuplicateError("R001")).detail == ""
    assert describe(rules.NoSeatError("full")).detail == ""
    assert describe(ZeroDivisionError("x")).detail != ""


def test_detail_is_folded_until_it_is_asked_for_and_can_be_copied(clerk: Clerk) -> None:
    clerk.window.parts.notices.tell(errors.DatabaseLockedError("busy for 9845012345"))
    detail = clerk.the(QLabel, "noticeDetail")
    assert detail.isHidden()
    clerk.the(QPushButton, "noticeDetailsButton").click()
    assert detail.isVisible()
    assert detail.text() == "DatabaseLockedError: busy for ••••••2345"
    clerk.the(QPushButton, "copyDetailButton").click()
    copied = QGuiApplication.clipboard().text()
    assert "Another program is using the database." in copied
    assert "DatabaseLockedError" in copied
    assert "9845012345" not in copied


def test_large_text_pushes_no_notice_over_the_bill(clerk: Clerk) -> None:
    area = clerk.window.parts.notices
    area.post(Notice("A long notice. " * 12))
    clerk.bot.wait(20)
    right = area.mapTo(clerk.window, area.rect().topRight()).x()
    assert right < clerk.named("collectButton").mapTo(clerk.window, QPoint(0, 0)).x()
