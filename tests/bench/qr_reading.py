"""QR codes read off the real window as phones see them, in the light and the dark theme.

Frames are captured from the window with a code of each channel shown, then tilted, blurred, scaled
to three camera pixels per module, and all of these combined; then the same under white specks over
3 % of the code. Each must decode to exactly the code that the view reports.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication

from desktop_app.ui.core import theme

from . import camera
from .counter import Counter, opened_window
from .desks import Sandbox, fill, folder, opened
from .figures import Figure
from .population import students

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from PySide6.QtGui import QImage

CODES = ("upi_intent", "qr_code", "payment_link") * 2
TILTS = (-15.0, -7.0, 7.0, 15.0)
GLARE = 0.03
GLARE_SEEDS = 5
View = tuple[str, "Callable[[QImage], QImage]"]


class Tally:
    """Number of decoded pictures, of all."""

    def __init__(self) -> None:
        self.read = 0
        self.frames = 0
        self.missed: list[str] = []

    def look(self, picture: QImage, text: str, words: str) -> None:
        """Decode a picture and compare it with the expected text."""
        self.frames += 1
        if camera.read(picture) == [text]:
            self.read += 1
        else:
            self.missed.append(words)

    @property
    def percent(self) -> float:
        """The share decoded, in percent."""
        return 100 * self.read / self.frames


def run() -> Iterator[Figure]:
    """Measure."""
    clean, spoilt = Tally(), Tally()
    with Sandbox() as sandbox, folder() as data:
        with opened(data, sandbox.url) as desk:
            fill(desk, len(CODES))
        rolls = [row[0] for row in students(len(CODES))]
        with opened_window(data, sandbox.url) as counter:
            for number, (roll_no, method) in enumerate(zip(rolls, CODES, strict=True)):
                counter.pick(roll_no, "PHY", method)
                counter.collect()
                text = counter.shown_code()
                for name in ("light", "dark"):
                    _scan(counter, text, f"{method} {name}", clean, spoilt, number)
                sandbox.pay(text)
                counter.until(lambda: counter.state() == "paid", "not paid")
                counter.leave()
    for words in (*clean.missed, *spoilt.missed):
        sys.stderr.write(f"qr: not read: {words}\n")
    yield Figure("qr_clean", clean.percent, 100, unit="%", at_least=True)
    yield Figure("qr_glare", spoilt.percent, 98, unit="%", at_least=True)


def _scan(
    counter: Counter, text: str, words: str, clean: Tally, spoilt: Tally, number: int
) -> None:
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        raise TypeError("no application")
    theme.apply(app, words.split()[1])
    counter.idle(0.3)
    module_px = counter.named("qrView").module_px()
    frame = counter.window.grab().toImage()
    code = camera.place_of(frame)
    for name, seen in _views(module_px):
        clean.look(seen(frame), text, f"{words} {name}")
        for seed in range(GLARE_SEEDS):
            glaring = camera.with_glare(frame, code, module_px, GLARE, number * 100 + seed)
            spoilt.look(seen(glaring), text, f"{words} {name} glare {seed}")


def _views(module_px: float) -> Iterator[View]:
    def far(picture: QImage) -> QImage:
        return camera.from_afar(picture, module_px)

    def soft(picture: QImage) -> QImage:
        return camera.blurred(picture, module_px)

    yield "straight", lambda picture: picture
    yield "blurred", soft
    yield "far", far
    for degrees in TILTS:
        yield f"tilted {degrees:g}", lambda picture, turn=degrees: camera.tilted(picture, turn)  # type: ignore[misc]
    for degrees in TILTS[::3]:
        yield (
            f"tilted {degrees:g}, blurred and far",
            lambda picture, turn=degrees: far(camera.tilted(soft(picture), turn)),  # type: ignore[misc]
        )
