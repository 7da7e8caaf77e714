"""The waiting tray: five parents in any order, chips that survive a restart and fit their room."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QMenu, QPushButton

from desktop_app.domain.payment import LIVE_STATES, AttemptState
from desktop_app.services.errors import UnavailableError
from desktop_app.ui.core import theme
from desktop_app.ui.core.i18n import N_
from desktop_app.ui.shell.payment_tray import Chip, PaymentTray
from desktop_app.ui.shell.tray_presenter import TrayPresenter
from tests.ui.clerk import Clerk

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

    from desktop_app.ui.shell.main_window import MainWindow
    from tests.ui.real_desk import RealDesk

KEY = Qt.Key
FIVE = ("R001", "R002", "R003", "R007", "R008")


@pytest.fixture
def restart(real_desk: RealDesk, window: MainWindow, qtbot: QtBot) -> Callable[[], Clerk]:
    """Opens a window on a desk with payments, as a restart does."""

    def open_again() -> Clerk:
        window.parts.poller.pace = 6.0
        window.attach(real_desk.services, real_desk.folder)
        return Clerk(window, real_desk, qtbot)

    return open_again


def collect_five(clerk: Clerk) -> dict[str, str]:
    """Five QRs up at once, everybody else still served; uid by roll number."""
    uids: dict[str, str] = {}
    for roll in FIVE:
        uids[roll] = clerk.collect(roll, "MATH-9")
        clerk.press(KEY.Key_Escape)
    return uids


def states(window: MainWindow) -> dict[str, str]:
    return {
        str(chip.property("attempt")): str(chip.property("state"))
        for chip in window.parts.tray.chips()
    }


def are_paid(window: MainWindow, count: int) -> bool:
    return list(states(window).values()).count("paid") == count


def test_five_parents_pay_in_any_order(clerk: Clerk) -> None:
    uids = collect_five(clerk)
    assert len(set(uids.values())) == len(FIVE)
    clerk.wait(lambda: set(states(clerk.window).values()) == {"awaiting"})
    for done, at in enumerate((4, 2, 0, 1, 3), 1):
        clerk.desk.pay(uids[FIVE[at]])
        clerk.wait(partial(are_paid, clerk.window, done))
        assert states(clerk.window)[uids[FIVE[at]]] == "paid"
    assert len(clerk.desk.payments()) == len(FIVE)
    assert clerk.focus == "studentSearch"


def test_chips_survive_a_restart(real_desk: RealDesk, restart: Callable[[], Clerk]) -> None:
    uids = {roll: real_desk.shown(roll, "MATH-9").uid for roll in FIVE}
    real_desk.gateway.hang()
    clerk = restart()
    tray = clerk.window.parts.tray
    clerk.wait(lambda: len(tray.chips()) == len(FIVE))
    assert [chip.property("attempt") for chip in tray.chips()] == list(uids.values())
    assert tray.isVisible()
    clerk.wait(lambda: "Checking 5 pending payments…" in clerk.notices())
    real_desk.pay(uids["R003"])
    real_desk.gateway.answer()
    clerk.wait(lambda: states(clerk.window)[uids["R003"]] == "paid")
    clerk.wait(lambda: "pending payment" not in clerk.notices())


def test_one_that_was_pending_is_said_so(real_desk: RealDesk, restart: Callable[[], Clerk]) -> None:
    real_desk.shown("R001", "PHY-11")
    real_desk.gateway.hang()
    clerk = restart()
    clerk.wait(lambda: "Checking 1 pending payment…" in clerk.notices())
    real_desk.gateway.answer()
    clerk.wait(lambda: clerk.notices() == "")


MIXES = (*((state,) for state in AttemptState), tuple(AttemptState), (AttemptState.INTENT,) * 3)


def test_every_count_of_pending_payments_agrees(clerk: Clerk) -> None:
    parts, first = clerk.window.parts, clerk.collect()
    clerk.started()
    parts.poller.stop()
    collected = parts.attempts.view(first)
    assert collected is not None
    count = 1
    for place, mix in enumerate(MIXES):
        made = [
            replace(
                collected,
                uid=f"made-{place}-{at}",
                state=state,
                qr_text=collected.qr_text if state is AttemptState.AWAITING else None,
            )
            for at, state in enumerate(mix)
        ]
        parts.attempts.take(made)
        live = [each for each in made if each.state in LIVE_STATES]
        assert_all_count(clerk, count + len(live))
        parts.attempts.take(replace(each, state=AttemptState.CANCELLED) for each in live)
        assert_all_count(clerk, count)
        if count:
            parts.attempts.take([replace(collected, state=AttemptState.CANCELLED)])
            count = 0
            assert_all_count(clerk, count)


def assert_all_count(clerk: Clerk, count: int) -> None:
    """Hold that strip, tray, notice and closing question count these pending payments."""
    parts = clerk.window.parts
    assert clerk.text("statusWaiting") == (f"{count} pending" if count else "Nothing pending")
    live = {state.value for state in LIVE_STATES}
    assert [state in live for state in states(clerk.window).values()].count(True) == count
    clerk.click("statusWaiting")
    said = {0: "No payments are pending.", 1: "1 payment is pending."}
    words = said.get(count, f"{count} payments are pending.")
    assert words in clerk.notices()
    parts.controller.ask_to_close()
    question = parts.controller._question
    assert question is not None
    asked = question.findChild(QLabel, "closingWords")
    assert isinstance(asked, QLabel)
    assert not count or asked.text() == words
    question.reject()
    assert len(parts.pending_payments()) == count, "closing asks for as many"


def test_the_closing_question_counts_again_and_goes_with_the_last_payment(clerk: Clerk) -> None:
    parts = clerk.window.parts
    views = [parts.attempts.view(clerk.collect())]
    clerk.press(KEY.Key_Escape)
    views.append(parts.attempts.view(clerk.collect("R002", "MATH-9")))
    parts.poller.stop()
    assert views[1] is not None
    unknown = replace(views[1], state=AttemptState.UNKNOWN, qr_text=None)
    parts.attempts.take([unknown])
    clerk.window.close()
    question = parts.controller._question
    assert question is not None
    asked = question.findChild(QLabel, "closingWords")
    assert isinstance(asked, QLabel)
    assert asked.text() == "2 payments are pending.", "of one without a QR the result isn't known"
    for view, words in zip(views, ("1 payment is pending.", ""), strict=True):
        assert view is not None
        parts.attempts.take([replace(view, state=AttemptState.CANCELLED)])
        assert not words or asked.text() == words
    clerk.wait(lambda: parts.controller._question is None)
    assert clerk.window.isVisible()


def test_what_cannot_be_checked_at_the_start_says_so(
    real_desk: RealDesk, restart: Callable[[], Clerk]
) -> None:
    real_desk.shown("R001", "PHY-11")
    real_desk.gateway.down = UnavailableError("cable")
    clerk = restart()
    clerk.wait(lambda: "Couldn't check" in clerk.notices())
    real_desk.gateway.down = None
    clerk.window.parts.line.retry()
    clerk.wait(lambda: "Couldn't check" not in clerk.notices())


def test_nothing_pending_says_nothing(looking: Clerk) -> None:
    looking.bot.wait(100)
    assert "pending payment" not in looking.notices()


def test_ended_and_late_chips_linger_and_then_go(clerk: Clerk) -> None:
    clock = [0.0]
    parts = clerk.window.parts
    parts.tray_presenter._clock_s = lambda: clock[0]
    old = clerk.collect()
    clerk.press(KEY.Key_Escape)
    clerk.run_out()
    clerk.wait(lambda: states(clerk.window) == {old: "expired"})
    uid = clerk.collect()
    assert uid != old
    clerk.wait(lambda: states(clerk.window) == {uid: "awaiting"})  # in the place of the old chip
    clerk.press(KEY.Key_Escape)
    clerk.run_out()
    clerk.wait(lambda: states(clerk.window) == {uid: "expired"})
    chip = parts.tray.chips()[0]
    assert "Expired" in chip.text()
    assert chip.property("tone") == "attention"
    clerk.desk.pay(uid)
    clerk.press(KEY.Key_F5)
    parts.line.retry()
    clerk.wait(lambda: states(clerk.window) == {uid: "paid"})
    assert "Paid late" in parts.tray.chips()[0].text()
    clock[0] = 61.0
    parts.tray_presenter.refresh()
    assert parts.tray.chips() == ()


def cancel(clerk: Clerk) -> None:
    clerk.the(QPushButton, "cancelPaymentButton").click()
    clerk.the(QPushButton, "reallyCancelButton").click()


def test_what_was_cancelled_on_screen_leaves_the_tray_at_once(clerk: Clerk) -> None:
    """The clerk who cancels knows: a chip beside the next parent's would only look open."""
    uid = clerk.collect()
    clerk.wait(lambda: states(clerk.window) == {uid: "awaiting"})
    cancel(clerk)
    clerk.wait(lambda: [each.state for each in clerk.desk.attempts()] == [AttemptState.CANCELLED])
    clerk.wait(lambda: states(clerk.window) == {})
    clerk.idle()
    assert states(clerk.window) == {}


def test_an_ended_chip_leaves_by_itself(clerk: Clerk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desktop_app.ui.shell.tray_presenter.LINGERS_S", 0.3)
    clerk.window.parts.tray_presenter._sweep.setInterval(100)
    uid = clerk.collect()
    clerk.press(KEY.Key_Escape)
    clerk.run_out()
    clerk.wait(lambda: states(clerk.window) == {uid: "expired"})
    clerk.wait(lambda: states(clerk.window) == {})
    assert not clerk.window.parts.tray_presenter._sweep.isActive()


def test_the_last_minute_has_another_word_and_shape(clerk: Clerk) -> None:
    clerk.desk.expire_after(30)
    clerk.collect()
    presenter = clerk.window.parts.tray_presenter
    assert isinstance(presenter, TrayPresenter)
    chips: list[tuple[Chip, ...]] = []
    presenter.chips.connect(chips.append)
    presenter.refresh()
    assert (chips[-1][0].word, chips[-1][0].icon) == ("Expires soon", "attention")


def made_chip(at: int, name: str = "Asha Rao") -> Chip:
    return Chip(
        f"a{at}", AttemptState.AWAITING.value, name, "₹11,800", N_("Not paid yet"), "waiting",
        "accent", "4:12",
    )  # fmt: skip


@pytest.fixture
def tray(qtbot: QtBot, qapp: QApplication) -> PaymentTray:
    theme.apply(qapp, "light")
    made = PaymentTray()
    qtbot.addWidget(made)
    made.resize(900, 44)
    made.show_chips(())
    return made


@pytest.mark.looks
def test_what_has_no_room_is_in_the_menu(tray: PaymentTray, qtbot: QtBot) -> None:
    tray.show_chips(tuple(made_chip(at) for at in range(9)))
    shown = [chip for chip in tray.chips() if not chip.isHidden()]
    hidden = len(tray.chips()) - len(shown)
    assert 2 <= len(shown) < 9
    assert f"+{hidden} more" in tray.overflow.text()
    assert all(chip.geometry().right() <= tray.width() for chip in shown)
    tray.overflow.click()
    menu = tray.findChild(QMenu, "moreWaitingMenu")
    assert isinstance(menu, QMenu)
    assert len(menu.actions()) == hidden
    with qtbot.waitSignal(tray.chosen) as chosen:
        menu.actions()[-1].trigger()
    assert chosen.args == ["a8"]
    menu.close()


@pytest.mark.looks
def test_the_tray_never_keeps_the_window_wide(tray: PaymentTray) -> None:
    tray.show_chips(tuple(made_chip(at) for at in range(9)))
    assert tray.minimumSizeHint().width() == 0


def test_a_hostile_name_is_short_and_literal_in_a_chip(tray: PaymentTray) -> None:
    tray.show_chips((made_chip(1, "<b>PAID</b> & \u202eevil\nname " + "x" * 500),))
    words = tray.chips()[0].text()
    assert "\n" not in words
    assert words.startswith(" <b>PAID</b> &&…")
    assert "₹11,800" in words
    assert len(words) < 60


def test_a_fee_to_collect_later_has_no_qr_yet(clerk: Clerk) -> None:
    clerk.cut_line()
    clerk.wait(lambda: clerk.shown("offlineBanner"))
    clerk.pick()
    clerk.click("keepToCollectButton")
    clerk.wait(lambda: len(clerk.window.parts.tray.chips()) == 1)
    assert "No QR yet" in clerk.window.parts.tray.chips()[0].text()
    assert [each.state for each in clerk.desk.attempts()] == [AttemptState.INTENT]


def test_the_payment_on_screen_has_no_chip_beside_it(clerk: Clerk) -> None:
    tray = clerk.window.parts.tray
    first = clerk.collect()
    clerk.wait(lambda: [chip.property("attempt") for chip in tray.chips()] == [first])
    assert tray.chips()[0].isHidden(), "its name is above the QR"
    clerk.wait(lambda: "left" in tray.chips()[0].accessibleName())
    assert tray.chips()[0].accessibleName().startswith("Asha Rao, ₹11,800, Not paid yet, ")
    clerk.press(KEY.Key_2, control=True)
    clerk.wait(lambda: not tray.chips()[0].isHidden())
    clerk.press(KEY.Key_1, control=True)
    clerk.wait(lambda: [chip.isHidden() for chip in tray.chips()] == [True])
    clerk.press(KEY.Key_Escape)
    clerk.wait(lambda: not tray.chips()[0].isHidden())
    tray.press(1)
    clerk.wait(lambda: [chip.isHidden() for chip in tray.chips()] == [True])
