"""The question whether the real book starts clean, and test money in the lists of the window."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QWidget

from desktop_app.domain.key_mode import MoneyMode
from desktop_app.domain.payment import Method
from desktop_app.services.maintenance.clean_start import KEPT
from desktop_app.services.views.settings import KeyMode
from desktop_app.storage.store import BACKUPS
from desktop_app.ui.inbox.unapplied_card import UnappliedCard
from desktop_app.ui.payments.page import PaymentsPage
from desktop_app.ui.tables.tags import enrollment_tag
from tests.ui.clerk import Clerk

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from desktop_app.ui.shell.main_window import MainWindow
    from tests.ui.real_desk import RealDesk


@pytest.fixture
def tried(qtbot: QtBot, window: MainWindow, open_copy: Callable[..., RealDesk]) -> Clerk:
    """A window on a real book with one payment of test keys; live keys are set by now."""
    desk = open_copy("counter")
    desk.gateway.key_id = "rzp_test_fake000000001"
    desk.pay(desk.shown("R001", "PHY-11").uid)
    desk.real.polling.run(asked=True)
    desk.gateway.key_id = "rzp_live_fake000000001"
    desk.vault.keys = ("rzp_live_AbCdEfGh1x9xYz", "a secret")
    window.is_training = False
    clerk = Clerk(window, desk, qtbot)
    window.attach(desk.services, desk.folder)
    return clerk


def payments(clerk: Clerk) -> PaymentsPage:
    page = clerk.window.parts.pages.page("payments")
    assert isinstance(page, PaymentsPage)
    return page


def strip(clerk: Clerk) -> QWidget:
    return clerk.the(QWidget, "cleanBookQuestion")


def test_the_question_starts_the_book_clean_after_one_confirmation(tried: Clerk) -> None:
    tried.wait(strip(tried).isVisible)
    assert strip(tried).accessibleName() == "Clear the test data?"
    assert tried.focus == "studentSearch", "typing goes on"
    tried.click("cleanBookStartButton")
    assert tried.shown("cleanBookConfirmButton")
    tried.click("cleanBookBackButton")
    assert tried.shown("cleanBookStartButton")
    assert tried.desk.payments()
    tried.click("cleanBookStartButton")
    tried.click("cleanBookConfirmButton")
    tried.wait(lambda: "Test data cleared." in tried.notices())
    assert not strip(tried).isVisible()
    assert tried.desk.payments() == ()
    assert tried.desk.student("R001").name
    [archive] = (tried.desk.folder / BACKUPS).glob("test-*.sqlite3")
    assert archive.name in tried.notices()
    page = payments(tried)
    tried.wait(lambda: page.table.model().rowCount() == 0)
    receipt = tried.collect()
    tried.desk.pay(receipt)
    tried.wait(lambda: tried.state() == "paid")
    assert tried.desk.row(0).receipt_no == tried.desk.number(1)
    assert not strip(tried).isVisible()


def test_kept_test_payments_are_asked_about_once(tried: Clerk) -> None:
    tried.wait(strip(tried).isVisible)
    tried.click("cleanBookKeepButton")
    tried.wait(lambda: not strip(tried).isVisible())
    tried.wait(lambda: tried.desk.get(KEPT))
    assert len(tried.desk.payments()) == 1
    assert tried.desk.real.clean_start.question() is None


def test_the_question_follows_the_keys(tried: Clerk) -> None:
    tried.wait(strip(tried).isVisible)
    tried.desk.vault.mode = KeyMode.TEST
    tried.desk.put("display.sound", "off")
    tried.window.parts.clean_book.read()
    tried.wait(lambda: not strip(tried).isVisible())
    tried.desk.vault.mode = KeyMode.LIVE
    tried.window.parts.clean_book.read()
    tried.wait(strip(tried).isVisible)
    tried.desk.pay(tried.desk.shown("R002", "PHY-11").uid)
    tried.window.parts.clean_book.read()
    tried.wait(lambda: not strip(tried).isVisible())


def test_what_cannot_be_done_is_said_and_asked_again(tried: Clerk) -> None:
    tried.wait(strip(tried).isVisible)
    tried.click("cleanBookStartButton")
    desk = tried.desk
    desk.real.payments.begin(desk.student("R002").uid, desk.course("PHY-11").uid, Method.CASH)
    tried.click("cleanBookConfirmButton")
    tried.wait(lambda: "This desk has real payments, so" in tried.notices())
    tried.wait(strip(tried).isEnabled)
    assert len(desk.payments()) == 2


def test_test_money_is_marked_in_lists_and_left_out_of_the_sum(tried: Clerk) -> None:
    desk = tried.desk
    desk.real.payments.begin(desk.student("R002").uid, desk.course("PHY-11").uid, Method.CASH)
    tried.window.parts.navigator.go("payments")
    page = payments(tried)
    tried.wait(lambda: page.sum.text() not in {"", "…"})
    [test, cash] = sorted(desk.payments(), key=lambda row: row.mode is MoneyMode.LIVE)
    assert test.amount == cash.amount
    assert page.count.text() == "2 payments"
    assert page.sum.text() == "₹11,800"
    assert tried.shown("paymentsUncounted")
    assert tried.text("paymentsUncounted") == "₹11,800 in test payments, not counted"
    shown = {
        page.table.model().index(row, column).data()
        for row in range(2)
        for column in range(page.table.model().columnCount())
    }
    assert {"Test: paid", "Paid"} <= shown
    page.state.choose("test")
    tried.wait(lambda: page.table.model().rowCount() == 1)
    page.table.pick_row(0)
    tried.wait(lambda: "test keys" in tried.text("paymentNote"))
    history = desk.real.students.detail(desk.student("R001").uid).history
    assert enrollment_tag(history[0]).word == "Test: paid"


def test_held_test_money_is_marked_in_the_inbox(
    qtbot: QtBot, open_copy: Callable[..., RealDesk]
) -> None:
    desk = open_copy("counter")
    desk.gateway.key_id = "rzp_test_fake000000001"
    view = desk.shown("R001", "PHY-11")
    desk.real.payments.expire(view.uid)
    desk.real.payments.begin(desk.student("R001").uid, desk.course("PHY-11").uid, Method.CASH)
    desk.pay(view.uid)
    desk.real.polling.reconcile()
    [held] = desk.real.unapplied.held()
    assert held.mode is MoneyMode.TEST
    card = UnappliedCard(held)
    qtbot.addWidget(card)
    assert card.name.text().endswith("R001 · Test money")
    card.show_held(replace(held, mode=MoneyMode.LIVE))
    assert card.name.text().endswith("R001")
