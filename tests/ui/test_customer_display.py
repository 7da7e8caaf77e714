"""The parent's screen: what it shows and never shows, in any size; and where it is placed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import zxingcpp
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QLabel, QProgressBar

from desktop_app.domain.money import Money
from desktop_app.domain.payment import AttemptState, Method
from desktop_app.domain.text import first_name
from desktop_app.services.views.payments import AttemptView
from desktop_app.ui.core import design_tokens, theme
from desktop_app.ui.core.attempts import Code
from desktop_app.ui.core.family_bill import FamilyBill
from desktop_app.ui.display import customer_display
from desktop_app.ui.display import texts as words
from desktop_app.ui.display.customer_display import CustomerDisplay, Scene
from tests.ui.real_desk import drawn_once

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

    from tests.ui.clerk import Clerk
    from tests.ui.samples import Template

pytestmark = pytest.mark.looks
TEXT = "upi://pay?pa=pravesh.rzp@icici&pn=Vidya&tr=RZPa1&am=11800.00&cu=INR&mc=8299&mode=15"
VIEW = AttemptView(
    "a1", "e1", "s1", "Asha Kumari Rao", "R001", "Physics XI · Morning", Method.UPI_INTENT,
    AttemptState.AWAITING, Money(1_180_000), datetime.now(UTC), qr_text=TEXT, expires_in_s=252.0,
    lifetime_s=300.0, order_id="order_1", failure="Payment was declined by the bank",
)  # fmt: skip
SIZES = [QSize(1920, 1080), QSize(1280, 800), QSize(800, 480), QSize(600, 1024), QSize(1024, 600)]
NAMES = [
    "Asha Rao",
    "Venkatanarasimharajuvaripetasubrahmanyamlakshmi Rao",
    "वेंकटनरसिम्हाराजु राव",
    "x" * 500,
    "محمد عرفان",
    "",
]


@pytest.fixture
def display(qtbot: QtBot, qapp: QApplication) -> CustomerDisplay:
    theme.apply(qapp, "light")
    made = CustomerDisplay(mode="live")
    qtbot.addWidget(made)
    made.show_centre("Vidya Coaching Centre")
    made.resize(1280, 800)
    made.show()
    return made


def show_code(display: CustomerDisplay, view: AttemptView = VIEW) -> None:
    display.show_view(view)
    display.show_code(Code(TEXT, drawn_once(TEXT)))


def texts(display: CustomerDisplay) -> str:
    """Everything that can be read on it."""
    return "\n".join(
        label.text() for label in display.findChildren(QLabel) if label.isVisibleTo(display)
    )


def scanned(display: CustomerDisplay) -> list[str]:
    image = display.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    pixels = memoryview(image.constBits()).cast("B", shape=[image.height(), image.bytesPerLine()])
    return [str(code.text) for code in zxingcpp.read_barcodes(pixels)]


@pytest.mark.parametrize(
    ("size", "look"),
    [*((size, "light") for size in SIZES), (SIZES[1], "dark"), (SIZES[3], "contrast-dark")],
    ids=str,
)
def test_the_code_is_read_off_any_screen(
    display: CustomerDisplay, qapp: QApplication, size: QSize, look: str
) -> None:
    theme.apply(qapp, look)
    display.resize(size)
    show_code(display)
    assert scanned(display) == [TEXT]
    assert display.qr.width() >= 300
    theme.apply(qapp, "light")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("size", SIZES[1:4], ids=str)
def test_nothing_is_cut_or_covered(display: CustomerDisplay, size: QSize, name: str) -> None:
    long = replace(
        VIEW,
        student_name=name,
        course_label=f"{name[:60]} repeater, two years",
        amount=Money(10**10),
    )
    display.show_centre(f"{name[:80]} Coaching Institute for Competitive Examinations")
    display.resize(size)
    show_code(display, long)
    shown = [
        widget
        for widget in (
            *display.findChildren(QLabel),
            *display.findChildren(QProgressBar),
            display.qr,
        )
        if widget.isVisibleTo(display) and widget.width()
    ]
    places = [
        (each, each.rect().translated(each.mapTo(display, each.rect().topLeft()))) for each in shown
    ]
    for at, (one, place) in enumerate(places):
        assert display.rect().contains(place), one.objectName()
        for other, elsewhere in places[at + 1 :]:
            assert not place.intersects(elsewhere), (one.objectName(), other.objectName())
    assert display.size() == size
    assert scanned(display) == [TEXT]


@pytest.mark.parametrize("size", SIZES[:4], ids=str)
def test_the_amount_is_the_largest_text_and_grows_with_the_screen(
    display: CustomerDisplay, size: QSize
) -> None:
    display.resize(size)
    show_code(display)
    amount = display.amount.font().pixelSize()
    assert display.amount.text() == "₹11,800.00"
    assert amount >= 56
    others = [each for each in display.findChildren(QLabel) if each is not display.amount]
    assert amount > max(each.font().pixelSize() for each in others)
    if size.width() == 1920:
        assert amount > 100


def test_english_and_hindi_stand_together(display: CustomerDisplay) -> None:
    show_code(display)
    display.show_remaining(252.0)
    said = texts(display)
    for expected in (
        "Vidya Coaching Centre", "Asha", "Physics XI · Morning", "₹11,800.00",
        "Eleven thousand eight hundred rupees only", "ग्यारह हज़ार आठ सौ रुपये मात्र",
        "Scan with any UPI app", "किसी भी UPI ऐप से स्कैन करें", "Time left", "बचा समय", "4:12",
    ):  # fmt: skip
        assert expected in said


@pytest.mark.parametrize("state", list(AttemptState))
def test_it_never_shows_what_is_nobodys_business(
    display: CustomerDisplay, state: AttemptState
) -> None:
    view = replace(
        VIEW, state=state, receipt_no="D1/26-27/000123", rrn="632408184821", payment_id="pay_1"
    )
    show_code(display, VIEW)
    display.show_view(view)
    said = texts(display)
    for secret in ("Rao", "Kumari", "R001", "declined", "632408", "pay_1", "order_1", "upi://"):
        assert secret not in said
    has_code = state is AttemptState.AWAITING
    assert bool(scanned(display)) is has_code
    assert display.qr.isVisible() is has_code


@pytest.mark.parametrize("method", [Method.NEFT, Method.CARD_MACHINE, Method.CHEQUE])
def test_money_that_the_bank_has_not_shown_is_not_called_paid(
    display: CustomerDisplay, method: Method
) -> None:
    display.show_view(replace(VIEW, state=AttemptState.PAID, method=method))
    said = texts(display)
    assert "Recorded. Thank you." in said
    assert "दर्ज हो गया। धन्यवाद।" in said
    assert "Paid" not in said
    assert not display.tick.isVisible()
    display.show_view(replace(VIEW, state=AttemptState.PAID, method=Method.CASH))
    assert "Paid. Thank you." in texts(display)


def test_thanks_stay_ten_seconds_then_everything_is_wiped(
    display: CustomerDisplay, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    show_code(display)
    display.show_view(replace(VIEW, state=AttemptState.PAID, receipt_no="D1/26-27/000123"))
    assert display._thanks.interval() == customer_display.THANKS_MS == 10_000
    said = texts(display)
    for expected in ("Paid. Thank you.", "धन्यवाद", "Asha", "Receipt · रसीद  D1/26-27/000123"):
        assert expected in said
    assert display.tick.isVisible()
    display.show_view(None)  # the clerk continues with the next student
    assert display.scene is Scene.THANKS
    display._thanks.start(1)
    qtbot.waitUntil(lambda: display.scene is Scene.IDLE)
    said = texts(display)
    assert "Asha" not in said
    assert "₹" not in said
    assert "Welcome" in said
    assert "स्वागत है" in said


def test_the_next_parent_ends_the_thanks_at_once(display: CustomerDisplay) -> None:
    display.show_view(replace(VIEW, state=AttemptState.PAID, receipt_no="D1/26-27/000123"))
    show_code(display, replace(VIEW, uid="a2", student_name="Ravi"))
    assert not display._thanks.isActive()
    assert "000123" not in texts(display)
    assert "Ravi" in texts(display)


def test_a_code_whose_time_is_over_is_gone(display: CustomerDisplay) -> None:
    show_code(display)
    display.show_remaining(59.2)
    assert "Almost out of time · समय कम बचा है  1:00" in texts(display)
    assert display.time.property("tone") == "attention"
    display.show_remaining(0)
    assert scanned(display) == []
    assert "समय ख़त्म" in texts(display)
    display.show_remaining(5)
    assert scanned(display) == []


def test_leaving_the_payment_wipes_the_screen(display: CustomerDisplay) -> None:
    show_code(display)
    display.show_view(None)
    assert scanned(display) == []
    assert "Asha" not in texts(display)
    display.show_code(Code(TEXT, drawn_once(TEXT)))  # came too late
    assert scanned(display) == []


def test_a_fee_on_the_page_of_the_checkout_has_nothing_to_scan(display: CustomerDisplay) -> None:
    show_code(display)
    display.show_view(replace(VIEW, uid="a2", method=Method.CHECKOUT, qr_text=None))
    assert display.scene is Scene.PAGE
    assert scanned(display) == []
    assert words.PAGE.hindi in texts(display)


def test_the_gateways_picture_is_shown_where_the_text_is_not_known(
    display: CustomerDisplay, tmp_path: Path
) -> None:
    image = QImage(330, 330, QImage.Format.Format_RGB32)
    image.fill(0xFF00FF)
    path = tmp_path / "qr.png"
    assert image.save(str(path))
    display.show_view(replace(VIEW, qr_text=None, image_path=path))
    assert display.scene is Scene.CODE
    assert display.qr.has_code


def test_the_centres_picture_stands_beside_its_name(
    display: CustomerDisplay, tmp_path: Path
) -> None:
    image = QImage(300, 150, QImage.Format.Format_RGB32)
    image.fill(0x3A3FB8)
    path = tmp_path / "logo.png"
    assert image.save(str(path))
    display.show_centre("Vidya", path)
    assert display.centre.logo.isVisible()
    shown = display.centre.logo.pixmap()
    assert shown.width() == 2 * shown.height()
    assert display.centre.logo.grab().toImage().pixelColor(12, 3) == design_tokens.QR_LIGHT
    for missing in (tmp_path / "gone.png", None):
        display.show_centre("", missing)
        assert not display.centre.logo.isVisible()
        assert "Fee desk · फ़ीस काउंटर" in texts(display)


@pytest.mark.parametrize("name", ["<img src=file:///etc/hostname>", "<h1>PAID</h1>", "a\u202eb"])
def test_names_are_literal(display: CustomerDisplay, name: str) -> None:
    display.show_centre(name)
    show_code(display, replace(VIEW, student_name=name, course_label=name))
    for label in display.findChildren(QLabel):
        assert label.textFormat() is Qt.TextFormat.PlainText or not label.text()
    assert display.course.full_text() == name


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("Asha Rao", "Asha"), ("S. K. Rao", "Rao"), ("Md. Irfan Khan", "Irfan"), ("A", "A"),
        ("आशा राव", "आशा"), ("D'Souza, Iqbal", "D'Souza"), ("  ", ""), ("Li Na", "Li"),
        ("Om Prakash", "Prakash"),
    ],
)  # fmt: skip
def test_of_a_name_only_the_first(name: str, first: str) -> None:
    assert first_name(name) == first


def test_training_says_so(qtbot: QtBot) -> None:
    made = CustomerDisplay(mode="training")
    qtbot.addWidget(made)
    made.resize(1280, 800)
    made.show()
    assert "PRACTICE: no real money · अभ्यास: असली पैसा नहीं" in texts(made)


# --- placement


def test_on_one_screen_f11_shows_and_hides_a_window(clerk: Clerk) -> None:
    window = clerk.window
    assert not window.display.isVisible()
    for expected in (True, False, True):
        window.parts.actions_by_name["display"].trigger()
        assert window.display.isVisible() is expected
    assert not window.display.isFullScreen()
    assert not window.display.windowFlags() & Qt.WindowType.FramelessWindowHint
    window.display.hide()


def test_two_screens(templates: Callable[[str], Template], tmp_path: Path) -> None:
    """A child process with two screens: the display opens on the second by itself, and follows."""
    screens = [
        {"name": name, "x": x, "y": 0, "width": wide, "height": high, "logicalDpi": 96,
         "logicalBaseDpi": 96, "dpr": 1}
        for name, x, wide, high in (("desk", 0, 1366, 768), ("parent", 1366, 1280, 800))
    ]  # fmt: skip
    config = tmp_path / "screens.json"
    config.write_text(json.dumps({"screens": screens}))
    desk = shutil.copytree(templates("counter").folder, tmp_path / "desk")
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "tests.ui.two_screens", str(desk)],
        env=os.environ | {"QT_QPA_PLATFORM": f"offscreen:configfile={config}"},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.split() == ["opened", "moved", "unplugged", "back", "hidden", "closed"]


def test_the_setting_opens_a_window_or_nothing(clerk: Clerk) -> None:
    place, display = clerk.window.parts.place, clerk.window.display
    place.follow("window")
    assert display.isVisible()
    display.close()
    place.follow("window")  # read again with the other settings: closed stays closed
    assert not display.isVisible()
    place.follow("auto")
    assert not display.isVisible()  # there is no second screen
    place.follow("window")
    place.follow("off")
    assert not display.isVisible()
    place.toggle()
    assert display.isVisible()
    place.stop()
    assert not display.isVisible()


def test_the_display_follows_the_payment_at_the_counter(clerk: Clerk) -> None:
    clerk.window.parts.place.toggle()
    shown = clerk.window.parts.display
    uid = clerk.collect()
    clerk.wait(lambda: shown.scene is Scene.CODE)
    assert shown.name.text() == "Asha"
    assert shown.qr.property("text") == clerk.named("qrView").property("text")
    clerk.desk.pay(uid)
    clerk.wait(lambda: shown.scene is Scene.THANKS)
    assert not shown.qr.isVisible()
    assert clerk.desk.number(1) in texts(shown)
    clerk.window.display.hide()


def _bill(count: int) -> FamilyBill:
    lines = tuple(
        ("Asha Rao" if at % 2 else "Rohan Rao", f"Course {at}", Money(100_000 + at))
        for at in range(count)
    )
    return FamilyBill(lines, Money(sum(each.paise for _, _, each in lines)))


def test_a_family_sees_its_lines_and_the_total_and_then_the_code(display: CustomerDisplay) -> None:
    display.show_bill(_bill(2))
    assert display.property("scene") == "bill"
    assert display.name.full_text() == "Rohan, Asha"
    assert display.course.full_text() == "Rohan · Course 0 · ₹1,000.00\nAsha · Course 1 · ₹1,000.01"
    assert display.amount.full_text() == "₹2,000.01"
    display.show_view(replace(VIEW, enrollment_uid=None, student_name="Asha Rao, Rohan Rao"))
    display.show_code(Code(TEXT, drawn_once(TEXT)))
    assert display.property("scene") == "code"
    assert display.name.full_text() == "Asha, Rohan"
    assert "Rohan · Course 0" in display.course.full_text()
    display.show_bill(_bill(3))
    assert display.property("scene") == "code", "the code stays"
    display.show_view(None)
    display.show_bill(_bill(1))
    assert display.property("scene") == "bill"
    display.show_bill(None)
    assert display.property("scene") == "idle"


def test_a_long_bill_is_counted_and_nothing_is_cut_off(display: CustomerDisplay) -> None:
    for size in SIZES:
        display.resize(size)
        display.show_bill(_bill(12))
        assert display.course.full_text().endswith("+ 4")
        assert "Rao" not in display.course.full_text()
        assert display.amount.text() == display.amount.full_text()
