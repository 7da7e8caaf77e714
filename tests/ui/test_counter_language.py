"""The counter in another language and at other text sizes: said again at once, whole, in its place.

The pseudo-language wraps every text that goes through the catalogue, so that one that does not
is seen bare.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QScrollArea,
    QWidget,
)

from desktop_app.domain.payment import AttemptState, Method
from desktop_app.ui.core import i18n, theme
from tests.architecture.translations import missing
from tests.ui.pseudo import Pseudo
from tests.ui.text_sizes import LARGE_SIZES, TEXT_SIZES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.ui.till import Till

pytestmark = pytest.mark.looks
KEY = Qt.Key
DATA = re.compile(
    r"Asha Rao|R001|Physics XI|Morning|Chemistry XI|Evening|PHY-\d+|CHE-\d+|MATH-9|NEET.*|UPI"
    r"|D1T?/26-27/\d+|₹\s?[\d,.]*|—|[\d:.,% •·+()/-]+|CGST|SGST|F\d+|Esc|Ctrl|Enter|Vidya\S*"
    r"|Eleven thousand eight hundred rupees only|Pravesh|Not enough money|pay_\S+"
)
MINE = (
    "ui/counter/",
    "ui/shell/banners",
    "ui/shell/payment_tray",
    "ui/shell/tray",
    "ui/shell/reminders",
    "ui/core/formatting",
    "ui/widgets/badge",
    "ui/widgets/qr_view",
    "ui/widgets/result_list",
)


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


def to_bill(till: Till) -> None:
    till.pick()


def to_waiting(till: Till) -> None:
    till.collect()
    till.wait(lambda: "checked" in till.window.parts.counter.panel.checked.text())


def to_failed(till: Till) -> None:
    to_waiting(till)
    view = till.window.parts.payment.view
    assert view is not None
    till.desk.pay(view.uid, "failure")
    till.wait(till.window.parts.counter.panel.note.isVisible)


def to_question(till: Till) -> None:
    to_waiting(till)
    till.click("cancelPaymentButton")


def to_paid(till: Till) -> None:
    till.desk.pay(till.collect())
    till.wait(lambda: till.state() == "paid")
    till.wait(till.window.parts.counter.recent.rows)


def to_expired(till: Till) -> None:
    till.desk.expire_after(1)
    till.collect()
    till.wait(lambda: till.state() == "expired")


def to_offline(till: Till) -> None:
    till.cut_line()
    till.wait(lambda: till.shown("offlineBanner"))
    till.pick()


def to_answer(till: Till) -> None:
    till.click("parentSaysPaidButton")
    till.type("4821")
    till.press(KEY.Key_Return)
    claims = till.window.parts.counter.claims
    till.wait(lambda: claims.says_paid is not None and claims.says_paid.answer.isVisible())


def to_nobody(till: Till) -> None:
    till.type("zz")
    till.wait(lambda: till.named("studentResults").property("query") == "zz")


SCENES = (to_bill, to_waiting, to_failed, to_question, to_paid, to_expired, to_offline, to_answer,
          to_nobody)  # fmt: skip


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


def spoken(till: Till) -> set[str]:
    """Return the texts of the counter without figures: time passes."""
    words = {re.sub(r"\d+", "", word) for top in mine(till) for word in said(top)}
    return {word for word in words if "checked" not in word and "ask now" not in word}


def mine(till: Till) -> list[QWidget]:
    parts = till.window.parts
    return [parts.counter, parts.tray, parts.training_banner, parts.line_banner]


@pytest.mark.parametrize("scene", SCENES)
def test_every_text_of_the_counter_follows_the_language_at_once(
    till: Till, speak: Callable[[str], None], scene: Callable[[Till], None]
) -> None:
    scene(till)
    till.started()
    till.bot.wait(20)
    before = spoken(till)
    speak("pseudo")
    till.bot.wait(20)
    for top in mine(till):
        assert bare(said(top)) == []
    rows = till.window.parts.counter.student.results.rows()
    assert bare([cell.text for row in rows for cell in row.cells if "“" in cell.text]) == []
    speak("en")
    till.wait(lambda: spoken(till) == before)


def test_no_text_of_the_counter_lacks_its_hindi() -> None:
    gaps = {text: place for text, place in missing("hi").items() if place.startswith(MINE)}
    assert gaps == {}


def test_hindi_says_the_words_of_a_counter_in_kota(
    till: Till, speak: Callable[[str], None]
) -> None:
    till.desk.pay(till.collect())
    till.wait(lambda: till.state() == "paid")
    speak("hi")
    till.wait(lambda: till.text("paymentState") != "Paid")
    assert till.text("paymentState") == "भुगतान हो गया"
    assert "प्रिंट" in till.named("printReceiptButton").property("text")
    till.press(KEY.Key_Escape)
    till.pick("R002", "CHE-11")
    assert "₹11,799.99" in till.named("collectButton").property("text")
    assert till.named("methodSelect").property("currentText").startswith("UPI QR")


def test_amounts_in_words_follow_the_language(till: Till, speak: Callable[[str], None]) -> None:
    english, hindi = "Eleven thousand eight hundred rupees only", "ग्यारह हज़ार आठ सौ रुपये मात्र"
    till.window.resize(1600, 1000)  # a low panel leaves the words out
    till.pick()
    side = till.window.parts.counter.side

    def words() -> list[str]:
        texts = [each.text() for each in side.findChildren(QLabel) if each.isVisible()]
        return [text for text in texts if text in (english, hindi)]

    assert words() == [english]
    speak("hi")
    till.wait(lambda: words() == [hindi])
    till.press(KEY.Key_F9)
    till.wait(lambda: till.named("qrView").property("text"))
    till.wait(lambda: words() == [hindi])
    speak("en")
    till.wait(lambda: words() == [english])


def test_states_without_a_text_do_not_exist() -> None:
    from desktop_app.ui.core.formatting import METHODS
    from desktop_app.ui.widgets.badge import STATES

    hindi = i18n.catalogue("hi")
    assert set(STATES) == set(AttemptState)
    assert set(METHODS) == set(Method)
    for words in (
        *(each[0] for each in STATES.values()),
        *(each.choice for each in METHODS.values()),
    ):
        assert words in hindi


@pytest.mark.parametrize("percent", TEXT_SIZES)
@pytest.mark.parametrize("scene", [to_bill, to_waiting, to_question, to_paid, to_answer])
def test_nothing_is_cut_or_overlapped_at_any_text_size(
    till: Till,
    qapp: QApplication,
    speak: Callable[[str], None],
    percent: int,
    scene: Callable[[Till], None],
) -> None:
    scene(till)
    speak("hi")
    theme.apply(qapp, "light", percent)
    till.bot.wait(80)
    side = till.window.parts.counter.side
    scroll = side.findChild(QScrollArea)
    assert scroll is not None
    viewport = scroll.viewport().width()
    for widget in side.findChildren(QWidget):
        if not widget.isVisible() or not isinstance(widget, QLabel | QAbstractButton | QLineEdit):
            continue
        corner = widget.mapTo(side, QPoint(widget.width(), 0)).x()
        assert corner <= side.width(), (widget.objectName(), widget.property("text"))
        if scroll.isAncestorOf(widget):
            place = widget.mapTo(scroll.viewport(), QPoint(widget.width(), 0)).x()
            assert place <= viewport, (widget.objectName(), widget.property("text"))
        if isinstance(widget, QAbstractButton):
            assert widget.width() >= widget.minimumSizeHint().width(), widget.text()
            assert widget.height() >= widget.minimumSizeHint().height() - 2, widget.text()


def test_the_qr_keeps_its_size_at_every_text_size(
    till: Till, qapp: QApplication, speak: object
) -> None:
    till.collect()
    qr = till.window.parts.counter.panel.qr
    module = qr.module_px()
    theme.apply(qapp, "light", 200)
    till.bot.wait(30)
    assert qr.module_px() == module
    assert qr.width() >= qr.sizeHint().width()


@pytest.mark.parametrize("percent", LARGE_SIZES)
def test_the_whole_qr_is_in_sight_at_every_text_size(
    till: Till, qapp: QApplication, percent: int
) -> None:
    theme.apply(qapp, "light", percent)
    till.collect()
    panel = till.window.parts.counter.panel
    till.wait(lambda: panel.qr.visibleRegion().boundingRect().height() == panel.qr.height())
    assert panel.qr.visibleRegion().boundingRect().width() >= panel.qr.sizeHint().width()
