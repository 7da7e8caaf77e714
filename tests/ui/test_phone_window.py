"""The parent's simulated phone: pays, declines, waits, pays late and twice, and says it is one."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton

from desktop_app.domain.money import Money
from desktop_app.domain.payment import AttemptState
from desktop_app.services.views.payments import PhoneSees
from desktop_app.ui.core import i18n, theme
from tests.ui.text_sizes import SIZES_TOGETHER

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from desktop_app.ui.training.phone_window import PhonePanel
    from tests.ui.clerk import Clerk


@pytest.fixture
def phone(clerk: Clerk) -> PhonePanel:
    clerk.collect()
    panel = clerk.window.parts.phone
    assert panel is not None
    clerk.wait(panel.pay_button.isEnabled)
    return panel


def press(phone: PhonePanel, name: str) -> None:
    button = phone.findChild(QPushButton, name)
    assert isinstance(button, QPushButton)
    button.click()


def test_it_shows_who_is_paid_and_how_much_and_speaks_hindi_at_once(
    phone: PhonePanel, clerk: Clerk, qapp: QApplication
) -> None:
    assert phone._payee.text() == "Vidya Coaching Centre"
    assert phone._amount.text() == "₹11,800.00"
    assert phone.pay_button.text().strip() == "Pay ₹11,800"
    words = [label.text() for label in phone.findChildren(QLabel)]
    assert "PRACTICE MODE" in words
    assert "Practice UPI app" in words
    press(phone, "phoneDeclineButton")
    clerk.wait(lambda: phone._said.text().startswith("Declined"))
    i18n.set_language(qapp, "hi")
    try:
        clerk.wait(lambda: phone._said.text().startswith("पेमेंट के लिए मना कर दिया"))
        assert phone.pay_button.text().strip() == "₹11,800 पेमेंट करें"
    finally:
        i18n.set_language(qapp, "en")
    clerk.wait(lambda: phone.pay_button.text().strip() == "Pay ₹11,800")


def test_what_the_parent_did_last_stays_until_the_next_qr(phone: PhonePanel, clerk: Clerk) -> None:
    """The counter takes its QR down once it is paid, which is at once."""
    phone.pay_button.click()
    clerk.wait(lambda: phone._said.text() == "Paid.")
    clerk.wait(lambda: not phone.pay_button.isEnabled())
    clerk.wait(lambda: _state(clerk) is AttemptState.PAID)
    clerk.press(Qt.Key.Key_Escape)
    clerk.idle()
    assert phone._payee.text() == "No QR to scan"
    assert phone._said.text() == "Paid."
    clerk.collect("R002", "MATH-9")
    clerk.wait(lambda: phone._said.text() == "")


def test_what_else_a_parent_may_do(phone: PhonePanel, clerk: Clerk) -> None:
    twice = "Paid twice. Razorpay refunds the second payment."
    for name, outcomes, words in (
        ("phoneDeclineButton", ["failure"], "Declined. The parent can still pay with this QR."),
        ("phoneTimeoutButton", ["timeout"], "The parent's phone isn't responding."),
        ("phoneLateButton", ["late"], "The payment arrives in a minute."),
        ("phoneTwiceButton", ["success", "success"], twice),
    ):
        clerk.desk.phone.paid.clear()
        press(phone, name)
        clerk.wait(partial(_says, phone, words))
        assert [outcome for _, outcome in clerk.desk.phone.paid] == outcomes
        assert phone._icon.isVisibleTo(phone)
        if "success" not in outcomes:
            clerk.wait(phone.pay_button.isEnabled)
            assert phone._said.text() == words
            assert _state(clerk) is AttemptState.AWAITING


def _says(phone: PhonePanel, words: str) -> bool:
    return phone._said.text() == words


@pytest.mark.looks
@pytest.mark.parametrize("percents", SIZES_TOGETHER)
def test_large_text_scrolls_and_is_not_cut(
    phone: PhonePanel, clerk: Clerk, qapp: QApplication, percents: tuple[int, ...]
) -> None:
    for percent in percents:
        theme.apply(qapp, "light", percent)
        clerk.wait(lambda: phone.width() == theme.px(360))
        for button in phone.findChildren(QPushButton):
            if button.text():
                assert button.sizeHint().width() <= button.width(), (button.text(), percent)


def test_what_is_over_is_said_plainly_and_what_was_paid_keeps_its_note(
    phone: PhonePanel, clerk: Clerk
) -> None:
    seen = PhoneSees(
        False, "Vidya Coaching Centre", Money(1_180_000), "Fee", "the payment is captured"
    )
    note = phone.findChild(QLabel, "phoneNote")
    assert note is not None
    phone.show_seen(seen)
    assert note.text() == "This QR is no longer active."
    clerk.collect()
    clerk.wait(phone.pay_button.isEnabled)
    phone.pay_button.click()
    clerk.wait(lambda: not phone.pay_button.isEnabled())
    phone.show_seen(seen)
    assert note.text() == "Fee"


def _state(clerk: Clerk) -> AttemptState | None:
    view = clerk.window.parts.payment.view
    return view.state if view is not None else None
