"""Five parents at once, by keyboard alone, in a separate process; prints its findings as JSON.

Run as a script: data folder, sandbox URL. Each QR is read from the pixels; the five
phones pay in another order than they were served.
"""

from __future__ import annotations

import json
import sys
from functools import partial
from typing import TYPE_CHECKING, Any

from tests.e2e.keyboard_run import PACE, Clerk, decode, pay

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

ROLLS = ("R001", "R002", "R003", "R004", "R005")
ORDER = (3, 0, 4, 1, 2)


def chips(clerk: Clerk) -> list[QWidget]:
    """Return the tray's chips, oldest first, found by their properties."""
    from PySide6.QtWidgets import QPushButton

    tray = clerk.named("waitingTray")
    return [each for each in tray.findChildren(QPushButton) if each.property("attempt")]


def paid(clerk: Clerk) -> int:
    return sum(chip.property("state") == "paid" for chip in chips(clerk))


def collect(clerk: Clerk, roll_no: str) -> str:
    """Serve one parent until the QR is shown and readable; leave it in the tray."""
    from PySide6.QtCore import Qt

    search = clerk.named("studentSearch")
    clerk.until(search.hasFocus, "the student search has no focus")
    clerk.type(roll_no)
    clerk.press(Qt.Key.Key_Return)
    course = clerk.named("courseSearch")
    clerk.until(course.hasFocus, f"{roll_no} was not picked")
    clerk.type("phy")
    clerk.press(Qt.Key.Key_Return)
    clerk.press(Qt.Key.Key_F9)
    qr = clerk.named("qrView")
    clerk.until(lambda: qr.isVisible() and qr.property("text"), "no QR on screen")
    text: str = clerk.until(lambda: _read(clerk, qr), "the picture does not read", 40)
    clerk.press(Qt.Key.Key_Escape)
    return text


def _read(clerk: Clerk, qr: QWidget) -> str:
    """Return the QR's text if the picture shows it."""
    text: str = qr.property("text") or ""
    return text if decode(clerk.picture()) == [text] else ""


def run(folder: str, url: str) -> dict[str, Any]:
    """Show five QRs; the five parents pay in any order; all payments are detected."""
    from desktop_app.app import build

    app, window = build(["--data-dir", folder, "--gateway-url", url], pace=PACE)
    window.resize(1366, 768)
    window.show()
    clerk = Clerk(app, window)
    clerk.until(window.isVisible, "the window does not open")
    window.activateWindow()  # a bare X server has no window manager to activate it
    texts = [collect(clerk, roll_no) for roll_no in ROLLS]
    clerk.until(lambda: len(chips(clerk)) == len(ROLLS), "a chip is missing")
    for done, at in enumerate(ORDER, 1):
        pay(url, texts[at])
        clerk.until(partial(_are_paid, clerk, done), f"payment {done} is not seen")
    waiting = clerk.named("studentSearch").hasFocus()
    window.close()
    clerk.until(lambda: not window.isVisible(), "the window does not close", 25)
    return {"codes": len(set(texts)), "search_has_focus": waiting}


def _are_paid(clerk: Clerk, count: int) -> bool:
    return paid(clerk) == count


if __name__ == "__main__":
    sys.stdout.write(json.dumps(run(sys.argv[1], sys.argv[2])) + "\n")
