"""Contrast in every theme, computed from the tokens; icons; the QR as any phone sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import zxingcpp
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from desktop_app.ui import icons, theme
from desktop_app.ui.theme import THEMES, contrast
from desktop_app.ui.widgets.qr_view import LEAST_PX, QUIET, QrView
from tests.ui.fake_desk import matrix

if TYPE_CHECKING:
    from tests.ui.till import Till

TEXT, LARGE = 4.5, 3.0
LINK = (
    "upi://pay?pa=centre.rzp@icici&pn=Vidya%20Coaching%20Centre&tr=RZPQk7h2LmN5t&am=11800.00&cu=INR"
)


@pytest.mark.parametrize("name", THEMES)
@pytest.mark.parametrize("ground", ["canvas", "surface", "raised", "accent_soft"])
@pytest.mark.parametrize("ink", ["ink", "ink_2"])
def test_text_is_readable_on_every_ground(name: str, ground: str, ink: str) -> None:
    look = THEMES[name]
    assert contrast(getattr(look, ink), getattr(look, ground)) >= TEXT


@pytest.mark.parametrize("name", THEMES)
@pytest.mark.parametrize("state", ["paid", "attention", "wrong", "accent"])
def test_states_are_readable_on_their_own_ground_and_on_the_page(name: str, state: str) -> None:
    look = THEMES[name]
    for ground in (f"{state}_soft", "surface", "canvas"):
        assert contrast(getattr(look, state), getattr(look, ground)) >= TEXT, ground


@pytest.mark.parametrize("name", THEMES)
def test_edges_and_the_focus_ring_stand_out(name: str) -> None:
    look = THEMES[name]
    for ground in (look.surface, look.canvas):
        assert contrast(look.edge, ground) >= LARGE
        assert contrast(look.accent, ground) >= LARGE
    assert contrast(look.on_accent, look.accent) >= TEXT


@pytest.mark.parametrize("name", icons.names())
def test_every_icon_draws_something(qapp: QApplication, name: str) -> None:
    drawn = icons.pixmap(name, "#102030").toImage()
    assert any(drawn.pixelColor(x, y).alpha() for x in range(20) for y in range(20))


def read(image: QImage) -> list[str]:
    grey = image.convertToFormat(QImage.Format.Format_Grayscale8)
    view = memoryview(grey.constBits()).cast("B", shape=[grey.height(), grey.bytesPerLine()])
    return [code.text for code in zxingcpp.read_barcodes(view)]


@pytest.mark.parametrize("name", THEMES)
def test_the_window_shows_exactly_one_code_that_reads(till: Till, name: str) -> None:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    theme.apply(app, name)
    till.collect()
    codes = read(till.window.grab().toImage())
    assert codes == [till.named("qrView").property("text")]


@pytest.mark.parametrize("length", [20, 120, 200, 260])
def test_a_code_is_large_enough_in_whole_pixels(qapp: QApplication, length: int) -> None:
    text = (LINK + "x" * 300)[:length]
    modules = matrix(text)
    view = QrView()
    view.show_code(text, modules)
    view.resize(view.sizeHint())
    size = view.module_px()
    assert isinstance(size, int)
    assert size >= 4
    assert size * (len(modules) + 2 * QUIET) >= LEAST_PX
    assert view.sizeHint().width() <= 400
    assert read(view.grab().toImage()) == [text]
    view.deleteLater()


def test_words_in_place_of_a_code_cannot_be_scanned(qapp: QApplication) -> None:
    view = QrView()
    view.show_code(LINK, matrix(LINK))
    view.show_words("Expired")
    view.resize(view.sizeHint())
    assert view.property("text") == ""
    assert read(view.grab().toImage()) == []
    view.deleteLater()
