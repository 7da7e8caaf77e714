"""The reason of a failed payment in our own words, and the sentence of Razorpay for support."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from desktop_app.sandbox.upi import FAILURES
from desktop_app.services.errors import FeatureOffError, RejectedError
from desktop_app.ui.core import i18n
from desktop_app.ui.core.error_notices import describe
from desktop_app.ui.core.gateway_reasons import REASONS, own_words
from desktop_app.ui.counter.payment_texts import failure_detail, note
from desktop_app.ui.settings.check_list import SUBJECTS

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from tests.ui.real_desk import RealDesk

GENERAL = {"payment_failed", "deemed_transaction", "payment_pending"}
"""Codes that say no more than that it failed, or that it is not known yet."""


@pytest.mark.parametrize("code", sorted(set(FAILURES) - GENERAL))
def test_every_code_of_a_declined_payment_has_our_words(code: str) -> None:
    sentence = FAILURES[code][3]
    words, theirs = own_words(f"{code}: {sentence}")
    assert words is REASONS[code]
    assert theirs == sentence


@pytest.mark.parametrize("failure", ["Card expired.", "brand_new_code: Card expired."])
def test_what_we_have_no_words_for_keeps_their_sentence(failure: str) -> None:
    assert own_words(failure) == (None, "Card expired.")


def test_a_failed_try_is_told_in_hindi_alone(real_desk: RealDesk, qapp: QApplication) -> None:
    view = replace(
        real_desk.shown("R001", "PHY-11"), failure=f"incorrect_pin: {FAILURES['incorrect_pin'][3]}"
    )
    words, _tone = note(view, is_offline=False)
    assert words == "The parent entered a wrong UPI PIN. The parent can try again with the same QR."
    i18n.set_language(qapp, "hi")
    try:
        words, _tone = note(view, is_offline=False)
        assert words == "पेरेंट ने UPI पिन ग़लत डाला। पेरेंट इसी QR से फिर कोशिश कर सकते हैं।"
    finally:
        i18n.set_language(qapp, "en")
    assert "incorrect PIN on the UPI app" in failure_detail(view)


def test_their_sentence_is_no_markup(real_desk: RealDesk) -> None:
    view = replace(real_desk.shown("R001", "PHY-11"), failure="<b>Bold</b>")
    assert failure_detail(view) == "&lt;b&gt;Bold&lt;/b&gt;"
    assert "Bold" not in note(view, is_offline=False)[0]


def test_a_refused_request_is_named_by_its_code_with_theirs_under_details() -> None:
    error = RejectedError("The order is paid already", reason="order_already_paid")
    notice = describe(error)
    assert notice.what == "Razorpay already has a payment for this fee."
    assert "The order is paid already" in notice.detail
    assert describe(RejectedError("x", reason="unheard_of")).what == (
        "Razorpay rejected the request."
    )
    off = FeatureOffError("off", reason="order_already_paid")
    assert describe(off).what == "This payment method isn't active on your Razorpay account."


def test_no_finding_of_a_check_has_a_raw_name(real_desk: RealDesk) -> None:
    found = {each.name for each in real_desk.services.health.run()}
    assert found <= set(SUBJECTS)
    assert SUBJECTS["errands"] == "Requests to Razorpay"
