"""Contrast in every theme, computed from the tokens; icons; the QR as any phone sees it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import zxingcpp
from PySide6.QtGui import QImage

from desktop_app.documents.qr import qr_matrix
from desktop_app.ui import icons
from desktop_app.ui.core import theme
from desktop_app.ui.core.design_tokens import THEMES
from desktop_app.ui.core.stylesheet import stylesheet
from desktop_app.ui.core.theme import contrast
from desktop_app.ui.widgets.qr_view import LEAST_PX, QUIET, QrView

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from tests.ui.clerk import Clerk

pytestmark = pytest.mark.looks
ROOT = Path(__file__).parents[2]
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


@pytest.mark.parametrize("name", THEMES)
def test_text_on_buttons_and_chips_is_readable(name: str) -> None:
    look = THEMES[name]
    resting = look.raised if look.border > 1 else look.line
    pairs = {
        "primary": (look.on_accent, look.accent),
        "danger": (look.wrong, look.surface),
        "quiet": (look.ink_2, look.canvas),
        "disabled primary": (look.ink_2, resting),
        "disabled": (look.ink_2, look.canvas),
        "pressed": (look.ink, resting),
        "selected row": (look.ink, look.accent_soft),
        "selected page of the settings": (look.accent, look.accent_soft),
        "selected text": (look.on_accent, look.accent),
        "tooltip": (look.ink, look.surface),
    }
    for what, (ink, ground) in pairs.items():
        assert contrast(ink, ground) >= TEXT, what


@pytest.mark.parametrize("name", THEMES)
@pytest.mark.parametrize("state", ["paid", "attention", "wrong", "accent"])
def test_icons_and_borders_of_states_stand_out(name: str, state: str) -> None:
    look = THEMES[name]
    for ground in (look.surface, look.canvas, getattr(look, f"{state}_soft")):
        assert contrast(getattr(look, state), ground) >= LARGE


@pytest.mark.parametrize("name", THEMES)
def test_the_focus_ring_stands_out_from_what_it_surrounds(name: str) -> None:
    look = THEMES[name]
    for ground in (look.surface, look.canvas, look.raised, look.accent_soft):
        assert contrast(look.accent, ground) >= LARGE
    assert contrast(look.on_accent, look.accent) >= LARGE, "the ring inside a primary button"


@pytest.mark.parametrize("name", ["contrast-light", "contrast-dark"])
def test_high_contrast_is_black_on_white_with_strong_borders(name: str) -> None:
    look = THEMES[name]
    assert {look.ink, look.canvas} == {"#000000", "#FFFFFF"}
    assert contrast(look.ink_2, look.surface) == 21
    assert contrast(look.edge, look.surface) == 21
    assert look.border == 2


@pytest.mark.parametrize(
    ("wish", "system", "name"),
    [
        ("system", (False, False), "light"),
        ("system", (True, False), "dark"),
        ("system", (False, True), "contrast-light"),
        ("system", (True, True), "contrast-dark"),
        ("contrast", (True, False), "contrast-dark"),
        ("contrast", (False, False), "contrast-light"),
        ("light", (True, True), "light"),
        ("dark", (False, True), "dark"),
    ],
)
def test_a_theme_goes_by_the_user_first_then_by_the_system(
    qapp: QApplication,
    monkeypatch: pytest.MonkeyPatch,
    wish: str,
    system: tuple[bool, bool],
    name: str,
) -> None:
    monkeypatch.setattr(theme, "system_look", lambda: system)
    assert theme.resolve(wish).name == name


def test_the_window_follows_the_system_while_it_runs(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    theme.apply(qapp, "system", 125)
    monkeypatch.setattr(theme, "system_look", lambda: (True, True))
    theme._system_changed()
    assert theme.tokens().name == "contrast-dark"
    assert theme.scale() == 1.25
    theme.apply(qapp, "light")
    theme._system_changed()
    assert theme.tokens().name == "light", "whoever chose a look keeps it"


def test_no_rule_of_the_style_sheet_names_a_colour() -> None:
    from desktop_app.ui.core import stylesheet

    assert not re.search(r"#[0-9A-Fa-f]{3,8}\b|\brgb", stylesheet._SHEET)


@pytest.mark.parametrize("percent", [100, 125, 150, 200])
def test_text_grows_with_the_size_that_is_set(qapp: QApplication, percent: int) -> None:
    theme.apply(qapp, "light", percent)
    assert qapp.font().pixelSize() == round(15 * percent / 100)
    assert theme.px(40) == 40 * percent // 100
    theme.apply(qapp, "light")


def test_what_the_design_language_says_of_colours_is_so() -> None:
    written = (ROOT / "resources" / "docs" / "design-language.md").read_text(encoding="utf-8")
    for look in THEMES.values():
        for token in ("canvas", "surface", "ink", "ink_2", "line", "accent", "paid", "wrong"):
            assert getattr(look, token) in written, f"{look.name} {token}"
    for name in icons.names():
        assert f"`{name}`" in written, name


def test_what_the_design_language_says_of_sizes_is_so() -> None:
    written = (ROOT / "resources" / "docs" / "design-language.md").read_text(encoding="utf-8")
    [sizes] = re.findall(r"Sizes at\s+100 %: (.*?)\.", written, re.S)
    told = {words.split(maxsplit=1)[1]: int(words.split()[0]) for words in sizes.split(" ·")}
    roles = {
        "caption": "caption", "table": "small", "section": "section", "page": "page",
        "the amount at large text": "total", "the amount": "amount", "customer display": "display",
    }  # fmt: skip
    sheet = stylesheet(THEMES["light"])
    for name, role in roles.items():
        rule = re.search(rf'QLabel\[role="{role}"\] {{ font-size: (\d+)px', sheet)
        assert rule is not None, role
        assert told[name] == int(rule[1]), name
    assert told["body"] == theme.BODY_PX


@pytest.mark.parametrize("name", icons.names())
def test_every_icon_draws_something(qapp: QApplication, name: str) -> None:
    drawn = icons.pixmap(name, "#102030").toImage()
    assert any(drawn.pixelColor(x, y).alpha() for x in range(20) for y in range(20))


def read(image: QImage) -> list[str]:
    grey = image.convertToFormat(QImage.Format.Format_Grayscale8)
    view = memoryview(grey.constBits()).cast("B", shape=[grey.height(), grey.bytesPerLine()])
    return [code.text for code in zxingcpp.read_barcodes(view)]


@pytest.mark.looks
def test_the_window_shows_exactly_one_code_that_reads_while_themes_change(
    clerk: Clerk, qapp: QApplication
) -> None:
    clerk.collect()
    clerk.window.parts.poller.stop()
    clerk.started()
    for name in THEMES:
        theme.apply(qapp, name)
        clerk.bot.wait(30)
        assert theme.tokens().name == name
        codes = read(clerk.window.grab().toImage())
        assert codes == [clerk.named("qrView").property("text")], name


@pytest.mark.parametrize("length", [20, 120, 200, 260])
def test_a_code_is_large_enough_in_whole_pixels(qapp: QApplication, length: int) -> None:
    text = (LINK + "x" * 300)[:length]
    modules = qr_matrix(text)
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
    view.show_code(LINK, qr_matrix(LINK))
    view.show_words("Expired")
    view.resize(view.sizeHint())
    assert view.property("text") == ""
    assert read(view.grab().toImage()) == []
    view.deleteLater()
