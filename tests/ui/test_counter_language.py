"""The counter in another language and at other text sizes: said again at once, whole, in its place.

The pseudo-language wraps every text that goes through the catalogue, so that one that does not
is seen bare.
"""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QWidget,
)

from desktop_app.domain.money import Money
from desktop_app.domain.payment import AttemptState, Method
from desktop_app.ui.core import i18n, theme
from desktop_app.ui.core.formatting import day_text
from desktop_app.ui.counter.days import short_date
from desktop_app.ui.counter.student_fees import StudentFee
from tests.architecture.translations import catalogue
from tests.ui.pseudo import Pseudo

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.ui.clerk import Clerk

KEY = Qt.Key
DATA = re.compile(
    r"Asha Rao|R001|Physics XI|Morning|Chemistry XI|Evening|PHY-\d+|CHE-\d+|MATH-9|NEET.*|UPI"
    r"|D1T?/26-27/\d+|₹\s?[\d,.]*|—|[\d:.,% •·+()/-]+|CGST|SGST|F\d+|Esc|Ctrl|Enter|Vidya\S*"
    r"|Eleven thousand eight hundred rupees only|Pravesh|Not enough money|pay_\S+"
)
MOVING = re.compile("checked|Check|rupees only|heque, card")


@pytest.fixture
def speak(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Switches the language; settings read at the same time switch nothing back."""
    really = i18n.set_language
    monkeypatch.setattr(i18n, "set_language", lambda _app, _code: None)

    def switch(name: str) -> None:
        if name == "pseudo":
            i18n.install_translator(qapp, Pseudo(qapp), name)
        else:
            really(qapp, name)

    yield switch
    i18n.install_translator(qapp, None, "en")
    theme.apply(qapp, "light")


def to_nobody(clerk: Clerk) -> None:
    clerk.type("zz")
    clerk.wait(lambda: clerk.named("studentResults").property("query") == "zz")


def to_answer(clerk: Clerk) -> None:
    clerk.window.parts.counter.next_student()
    clerk.click("parentSaysPaidButton")
    clerk.type("4821")
    clerk.press(KEY.Key_Return)
    claims = clerk.window.parts.counter.claims
    clerk.wait(lambda: claims.says_paid is not None and claims.says_paid.answer.isVisible())


def to_bill(clerk: Clerk) -> None:
    clerk.press(KEY.Key_Escape)
    clerk.pick()


def to_waiting(clerk: Clerk) -> None:
    clerk.press(KEY.Key_F9)
    clerk.wait(lambda: clerk.named("qrView").property("text"))
    clerk.wait(lambda: "checked" in clerk.window.parts.counter.panel.since.text())


def to_failed(clerk: Clerk) -> None:
    view = clerk.window.parts.payment.view
    assert view is not None
    clerk.desk.pay(view.uid, "failure")
    clerk.wait(clerk.window.parts.counter.panel.note.isVisible)


def to_question(clerk: Clerk) -> None:
    clerk.click("cancelPaymentButton")


def to_expired(clerk: Clerk) -> None:
    clerk.click("keepWaitingButton")
    clerk.run_out()
    clerk.wait(lambda: clerk.state() == "expired")


def to_paid(clerk: Clerk) -> None:
    clerk.window.parts.counter.next_student()
    clerk.desk.pay(clerk.collect("R001", "CHE-11"))
    clerk.wait(lambda: clerk.state() == "paid")
    clerk.wait(clerk.window.parts.counter.recent.rows)


def to_offline(clerk: Clerk) -> None:
    clerk.window.parts.counter.next_student()
    clerk.cut_line()
    clerk.wait(lambda: clerk.shown("offlineBanner"))
    clerk.pick()


SCENES = (to_nobody, to_answer, to_bill, to_waiting, to_failed, to_question, to_expired, to_paid,
          to_offline)  # fmt: skip
"""Each begins where the one before it ended."""


def said(top: QWidget) -> list[str]:
    """Every text of mine that is on screen, as a person reads or hears it."""
    words: list[str] = []
    for widget in top.findChildren(QWidget):
        if not widget.isVisible():
            continue
        if isinstance(widget, QLabel | QAbstractButton):
            words.append(widget.text())
        if isinstance(widget, QLineEdit):
            words.append(widget.placeholderText())
        if isinstance(widget, QComboBox):
            words += [widget.itemText(at) for at in range(widget.count())]
        words += [widget.accessibleName(), widget.toolTip(), widget.accessibleDescription()]
    return words


def bare(words: list[str]) -> list[str]:
    """Return the texts without translated parts and without data."""
    left: list[str] = []
    for each in words:
        count = 1
        while count:  # texts are nested: the innermost goes first
            each, count = re.subn(r"⟦[^⟦⟧]*⟧", "", each)  # noqa: PLW2901
        if re.search(r"[A-Za-z]{2}", DATA.sub("", each)):
            left.append(each)
    return left


def spoken(clerk: Clerk) -> set[str]:
    """Return the texts without figures and the amount in words: time passes, room changes."""
    words = {re.sub(r"\d+", "", word) for top in mine(clerk) for word in said(top)}
    return {word for word in words if not MOVING.search(word)}


def mine(clerk: Clerk) -> list[QWidget]:
    parts = clerk.window.parts
    return [parts.counter, parts.tray, parts.training_banner, parts.line_banner]


def test_every_text_of_the_counter_follows_the_language_at_once(
    clerk: Clerk, speak: Callable[[str], None]
) -> None:
    clerk.started()
    left: list[str] = []
    for scene in SCENES:
        scene(clerk)
        clerk.idle()
        before = spoken(clerk)
        speak("pseudo")
        clerk.bot.wait(20)
        rows = clerk.window.parts.counter.student.results.rows()
        words = [cell.text for row in rows for cell in row.cells if "“" in cell.text]
        words += [word for top in mine(clerk) for word in said(top)]
        left += [f"{scene.__name__}: {each}" for each in bare(words)]
        speak("en")
        with suppress(clerk.bot.TimeoutError):
            clerk.wait(lambda: spoken(clerk) == before)  # noqa: B023
        assert spoken(clerk) ^ before == set(), scene.__name__
    assert not left, "\n".join(left)


def test_hindi_says_the_words_of_a_counter_in_kota(
    clerk: Clerk, speak: Callable[[str], None]
) -> None:
    clerk.desk.pay(clerk.collect())
    clerk.wait(lambda: clerk.state() == "paid")
    speak("hi")
    clerk.wait(lambda: clerk.text("paymentState") != "Paid")
    assert clerk.text("paymentState") == "पेमेंट हो गया"
    assert "प्रिंट" in clerk.named("printReceiptButton").property("text")
    clerk.press(KEY.Key_Escape)
    clerk.pick("R002", "CHE-11")
    assert "₹11,799.99" in clerk.named("collectButton").property("text")
    assert clerk.named("methodSelect").property("currentText").startswith("UPI QR")


def test_amounts_in_words_follow_the_language(clerk: Clerk, speak: Callable[[str], None]) -> None:
    english, hindi = "Eleven thousand eight hundred rupees only", "ग्यारह हज़ार आठ सौ रुपये मात्र"
    clerk.window.resize(1600, 1000)  # a low panel leaves the words out
    clerk.pick()
    side = clerk.window.parts.counter.side

    def words() -> list[str]:
        texts = [each.text() for each in side.findChildren(QLabel) if each.isVisible()]
        return [text for text in texts if text in (english, hindi)]

    assert words() == [english]
    speak("hi")
    clerk.wait(lambda: words() == [hindi])
    clerk.press(KEY.Key_F9)
    clerk.wait(lambda: clerk.named("qrView").property("text"))
    clerk.wait(lambda: words() == [hindi])
    speak("en")
    clerk.wait(lambda: words() == [english])


def test_a_month_is_spelled_one_way(speak: Callable[[str], None]) -> None:
    on = date(2026, 11, 29)
    speak("hi")
    assert day_text(on) == "29 नवं 2026"
    assert day_text(on).startswith(short_date(on))


def test_states_without_a_text_do_not_exist() -> None:
    from desktop_app.ui.core.formatting import METHODS
    from desktop_app.ui.widgets.badge import STATES

    hindi = catalogue("hi")
    assert set(STATES) == set(AttemptState)
    assert set(METHODS) == set(Method)
    for words in (
        *(each[0] for each in STATES.values()),
        *(each.choice for each in METHODS.values()),
    ):
        assert words in hindi


@pytest.mark.looks
def test_the_qr_keeps_its_size_at_every_text_size(
    clerk: Clerk, qapp: QApplication, speak: object
) -> None:
    clerk.collect()
    qr = clerk.window.parts.counter.panel.qr
    module = qr.module_px()
    theme.apply(qapp, "light", 200)
    clerk.bot.wait(30)
    assert qr.module_px() == module
    assert qr.width() >= qr.sizeHint().width()


@pytest.mark.looks
def test_a_long_fee_is_shortened_and_its_access_key_is_not(
    clerk: Clerk, speak: Callable[[str], None]
) -> None:
    button = clerk.window.parts.counter.bill.also
    fee = StudentFee(
        clerk.desk.course("PHY-11"), "भौतिकी और रसायन शास्त्र, शाम की लंबी बैच", Money(12_980_00)
    )
    for language, key in (("hi", "(&D)"), ("en", "&")):
        speak(language)
        button.show_fees([fee], is_besides=True)
        button.resize(button.fontMetrics().horizontalAdvance(fee.label) * 3 // 2, button.height())
        button._say()
        text = button.text()
        assert key in text
        assert "₹12,980" in text
        assert "…" in text
        assert button.fontMetrics().horizontalAdvance(text.replace("&", "")) <= button.width()
        assert fee.label in button.accessibleName(), "it is read out whole"
