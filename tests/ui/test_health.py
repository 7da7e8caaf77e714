"""The status bar as a health strip: words with icons, what to do on a press, own words at start."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QPushButton

from desktop_app.services.errors import (
    DiskFullError,
    NoKeysError,
    UnauthorisedError,
    UnavailableError,
)
from desktop_app.services.maintenance.backups import LAST_BACKUP
from desktop_app.services.views.settings import KeyMode
from desktop_app.ui.settings.page import SettingsPage
from desktop_app.ui.shell import health_presenter
from desktop_app.ui.shell.status_strip import StatusItem
from tests.ui.test_window import press

if TYPE_CHECKING:
    from collections.abc import Iterator

    from desktop_app.services.views.settings import ConnectionState
    from tests.ui.clerk import Clerk

NOW = datetime.now(UTC)


def read(clerk: Clerk) -> None:
    """Read the health again and wait for it."""
    presenter = clerk.window.parts.health.presenter
    with clerk.bot.waitSignal(presenter.health):
        presenter.read()


@pytest.fixture
def shop(clerk: Clerk) -> Clerk:
    """A desk that is no training, its health read once."""
    clerk.window.is_training = False
    clerk.desk.vault.mode = KeyMode.LIVE
    clerk.wait(lambda: clerk.text("statusBackup") != "")
    clerk.started()
    read(clerk)
    return clerk


@pytest.fixture
def front(looking: Clerk) -> Iterator[Clerk]:
    """The same for tests that only read: the health that they made up is gone at their end."""
    mode = looking.desk.vault.mode
    looking.window.is_training = False
    looking.desk.vault.mode = KeyMode.LIVE
    read(looking)
    yield looking
    looking.window.is_training = True
    looking.desk.vault.mode = mode
    read(looking)


def opened(clerk: Clerk) -> SettingsPage:
    """The settings, once they have read what is set."""
    page = clerk.window.parts.page()
    assert isinstance(page, SettingsPage)
    clerk.wait(lambda: not clerk.window.runner.is_busy)
    return page


@pytest.mark.looks
def test_every_item_is_a_button_with_icon_word_and_name_that_fits_a_small_screen(
    shop: Clerk,
) -> None:
    shop.wait(lambda: shop.text("statusLine").startswith("Online"))
    for item in shop.window.parts.status.findChildren(StatusItem):
        assert item.isVisible(), item.objectName()
        assert item.text().strip()
        assert not item.icon().isNull()
        assert item.accessibleName() == item.text().strip()
        assert item.toolTip()
        assert item.height() >= 24
    shop.window.resize(1366, 768)
    shop.collect()
    shop.bot.wait(30)
    items = shop.window.parts.status.findChildren(QPushButton)
    right = max(each.mapTo(shop.window, each.rect().topRight()).x() for each in items)
    assert right <= shop.window.width()
    for each in items:
        assert each.width() >= each.sizeHint().width(), each.objectName()


def test_the_mode_is_a_word_that_explains_itself(front: Clerk) -> None:
    for mode, word, said in (
        (KeyMode.LIVE, "LIVE", "live API keys"),
        (KeyMode.TEST, "TEST KEYS", "don't reach your bank"),
        (KeyMode.NONE, "NO API KEYS", "Cash and receipts work"),
        (KeyMode.SANDBOX, "SANDBOX", "No real money moves"),
    ):
        front.desk.vault.mode = mode
        read(front)
        assert front.text("statusMode") == word
        assert said not in front.notices()
        front.click("statusMode")
        assert said in front.notices()


def test_without_keys_the_bar_says_so_once(shop: Clerk) -> None:
    shop.desk.vault.mode = KeyMode.NONE
    read(shop)
    assert shop.shown("statusMode"), "until the banner says it"
    shop.cut_line(NoKeysError("no keys"))
    shop.wait(lambda: shop.shown("offlineBanner"))
    assert not shop.shown("statusMode")
    assert not shop.shown("statusLine")
    shop.desk.vault.mode = KeyMode.LIVE
    shop.mend_line()
    shop.wait(lambda: not shop.shown("offlineBanner"))
    read(shop)
    assert shop.text("statusMode") == "LIVE"
    assert shop.shown("statusMode")


def test_test_keys_stripe_the_window_and_lead_to_the_settings(front: Clerk) -> None:
    assert not front.shown("trainingBanner")
    assert front.window.windowTitle() == "Pravesh"
    front.desk.vault.mode = KeyMode.TEST
    read(front)
    assert front.shown("trainingBanner")
    assert "TEST MONEY" in front.named("trainingBanner").accessibleName()
    assert front.window.windowTitle() == "Pravesh: TEST MONEY"
    assert not front.shown("phoneButton")
    assert not front.window.parts.display._banner.isHidden()
    front.click("bannerKeysButton")
    assert front.window.parts.pages.current_name() == "settings"
    assert opened(front).current() == "gateway"
    front.desk.vault.mode = KeyMode.LIVE
    read(front)
    assert not front.shown("trainingBanner")
    assert front.window.parts.display._banner.isHidden()
    assert front.window.windowTitle() == "Pravesh"
    front.desk.vault.mode = KeyMode.SANDBOX  # a gateway on loopback: no keys make its money real
    read(front)
    assert front.shown("trainingBanner")
    assert not front.shown("bannerKeysButton")


def test_training_tells_of_no_test_keys(clerk: Clerk) -> None:
    clerk.desk.vault.mode = KeyMode.TEST
    clerk.wait(lambda: clerk.text("statusMode") == "PRACTICE")
    read(clerk)
    assert "test keys" not in clerk.notices()
    clerk.click("statusMode")
    assert "This is practice mode." in clerk.notices()


def test_the_line_says_what_to_do(shop: Clerk) -> None:
    for error, said, button in (
        (None, "You're online.", "Try now"),
        (UnavailableError("cable"), "Can't reach Razorpay", "Try now"),
        (UnauthorisedError("401"), "rejected the API keys", "Open Settings"),
        (NoKeysError("none"), "isn't set up", "Open Settings"),
    ):
        if error is not None:
            shop.cut_line(error)
        shop.wait(lambda: is_online(shop) is (error is None))  # noqa: B023
        shop.click("statusLine")
        assert said in shop.window.parts.notices.texts()[-1]
        press(shop, button)
        if button == "Open Settings":
            page = opened(shop)
            assert page.current() == "gateway"
            page.open("backup")
        shop.window.parts.navigator.go("counter")
        shop.mend_line()
        shop.wait(lambda: is_online(shop))


def is_online(shop: Clerk) -> bool:
    return shop.text("statusLine").startswith("Online")


def test_a_clock_leads_to_the_check_that_explains_it(shop: Clerk) -> None:
    shop.desk.gateway.skew_s = 540
    shop.window.parts.line.retry()
    shop.wait(lambda: "off by 9 minutes." in shop.notices())
    press(shop, "Check everything")
    page = opened(shop)
    assert page.current() == "gateway"
    shop.wait(page.gateway.checks.lines)
    assert any("off by 9 minutes." in line for line in page.gateway.checks.lines())


def test_a_clock_that_is_off_by_more_than_five_minutes_is_told_once(front: Clerk) -> None:
    state: ConnectionState = front.desk.services.connection.state()
    line = front.window.parts.line
    line.line.emit(replace(state, clock_skew_s=299.0))
    assert "clock" not in front.notices()
    line.line.emit(replace(state, clock_skew_s=-1260.0))
    assert "off by 21 minutes." in front.notices()
    front.window.parts.notices.withdraw("health clock")
    line.line.emit(replace(state, clock_skew_s=-1261.0))
    assert "clock" not in front.notices()
    line.line.emit(replace(state, clock_skew_s=2.0))
    line.line.emit(replace(state, clock_skew_s=400.0))
    assert "off by 7 minutes." in front.notices(), "a new fault is told anew"
    line.line.emit(replace(state, clock_skew_s=0.0))
    assert "clock" not in front.notices(), "what is mended is no longer said"


def test_a_full_disk_is_told_at_start(front: Clerk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health_presenter, "_free", lambda _folder: 120_000_000)
    read(front)
    assert "nearly full. 120 MB" in front.notices()
    assert front.text("statusLook") == "1 needs attention"


def test_an_old_backup_warns_by_word_and_colour_and_one_of_today_is_calm(shop: Clerk) -> None:
    item = shop.named("statusBackup")
    for days, tone, said in (
        (0.0, "quiet", "Backup today 09:00."),
        (1.01, "attention", "more than a day"),
        (4.0, "attention", "more than a day"),
        (None, "attention", "No backup yet"),
    ):
        if days != 0.0:
            shop.desk.put(LAST_BACKUP, "" if days is None else f"{NOW - timedelta(days=days)}")
        read(shop)
        assert item.property("tone") == tone, days
        shop.click("statusBackup")
        assert said in shop.window.parts.notices.texts()[-1], days


def test_a_backup_can_be_made_from_the_strip_which_leads_to_its_page(shop: Clerk) -> None:
    shop.click("statusBackup")
    press(shop, "Open Settings")
    assert opened(shop).current() == "backup"
    shop.click("statusBackup")
    press(shop, "Back up now")
    shop.wait(lambda: "Backup made and checked" in shop.notices())
    assert [each.suffix for each in (shop.folder / "backups").iterdir()] == [".sqlite3"]
    shop.desk.calls.refuse("backups.make", DiskFullError("x"))
    shop.click("statusBackup")
    press(shop, "Back up now")
    shop.wait(lambda: "The disk is full." in shop.notices())


def test_what_waits_leads_to_the_payment(shop: Clerk) -> None:
    shop.click("statusWaiting")
    assert "No payments are pending." in shop.notices()
    shop.collect()
    shop.wait(lambda: shop.text("statusWaiting") == "1 pending")
    shop.window.parts.counter.next_student()
    shop.click("statusWaiting")
    press(shop, "Show the oldest")
    assert shop.window.parts.counter.is_paying


def test_what_needs_a_look_leads_to_the_inbox(shop: Clerk) -> None:
    assert shop.text("statusLook") == "No issues"
    shop.desk.held("R007", "MATH-9")
    shop.desk.refused_refund("R001", "PHY-11")
    read(shop)
    assert shop.named("statusLook").property("tone") == "wrong"
    shop.click("statusLook")
    assert "1 payment needs a decision." in shop.notices()
    assert "Razorpay rejected 1 request." in shop.notices()
    press(shop, "Open Inbox")
    assert shop.window.parts.pages.current_name() == "inbox"


def test_payments_that_cannot_be_read_are_shown_until_they_can(shop: Clerk) -> None:
    view = shop.desk.shown("R001", "PHY-11")
    paid = shop.desk.pay(view.uid)
    honest = shop.desk.gateway.payments[paid]
    shop.desk.gateway._set(paid, created_at=10**18)
    shop.desk.real.polling.run()
    read(shop)
    assert shop.named("statusLook").property("tone") == "wrong"
    shop.click("statusLook")
    assert "Couldn't check 1 payment." in shop.notices()
    shop.desk.gateway.payments[paid] = honest
    shop.desk.real.polling.run()
    read(shop)
    assert shop.text("statusLook") == "No issues"


def test_what_is_still_to_be_sent_can_be_sent_now(shop: Clerk) -> None:
    shop.desk.waiting_refund("R001", "PHY-11")
    read(shop)
    assert shop.text("statusLook") == "1 to send"
    shop.click("statusLook")
    press(shop, "Send now")
    shop.wait(lambda: len(shop.desk.gateway.refunds) == 1)
    shop.wait(lambda: shop.text("statusLook") == "No issues")
