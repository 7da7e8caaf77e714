"""A whole enrolment by keyboard alone, in a separate process; prints its findings as JSON.

Run as a script: data folder, sandbox URL. On a real display the screen itself is
captured, not the widget.
"""

from __future__ import annotations

import json
import sys
import time
import urllib.request
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QApplication, QMainWindow, QWidget

PACE = 4.0
"""How many times faster than usual the gateway is asked: what is tested is not the waiting."""


class Clerk:
    """Types keys and reads the window."""

    def __init__(self, app: QApplication, window: QMainWindow) -> None:
        self.app, self.window = app, window

    def until(self, test: Callable[[], Any], words: str, seconds: float = 20) -> Any:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.app.processEvents()
            if value := test():
                return value
            time.sleep(0.01)
        raise SystemExit(words)

    def named(self, name: str) -> QWidget:
        from PySide6.QtWidgets import QWidget

        found = self.window.findChild(QWidget, name)
        if found is None:
            raise SystemExit(f"no widget named {name}")
        return found

    def focused(self) -> QWidget:
        return self.app.focusWidget() or self.window

    def press(self, key: Any) -> None:
        from PySide6.QtTest import QTest

        QTest.keyClick(self.focused(), key)

    def type(self, text: str) -> None:
        from PySide6.QtTest import QTest

        QTest.keyClicks(self.focused(), text)

    def answered(self, results: str, text: str) -> None:
        view = self.named(results)
        self.until(lambda: view.property("query") == text and view.property("count"), results)

    def picture(self) -> Any:
        """Return the picture that a parent's camera would take."""
        from PySide6.QtGui import QGuiApplication

        if QGuiApplication.platformName() == "xcb":
            grabbed = self.app.primaryScreen().grabWindow(0)
        else:
            grabbed = self.window.grab()
        return grabbed.toImage()


def decode(image: Any) -> list[str]:
    """Return the text of every code in a picture."""
    import zxingcpp
    from PySide6.QtGui import QImage

    grey = image.convertToFormat(QImage.Format.Format_Grayscale8)
    shape = [grey.height(), grey.bytesPerLine()]
    pixels = memoryview(grey.constBits()).cast("B", shape=shape)
    return [code.text for code in zxingcpp.read_barcodes(pixels)]


def pay(url: str, text: str) -> None:
    """Pay as a phone would."""
    request = urllib.request.Request(
        f"{url}/_sandbox/upi/pay",
        data=json.dumps({"qr": text, "vpa": "parent@okaxis", "outcome": "success"}).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=15) as answer:
        answer.read()


def run(folder: str, url: str) -> dict[str, Any]:
    """Find the student, pick the course, collect, be paid, go to the next."""
    from PySide6.QtCore import Qt

    from desktop_app.app import build

    app, window = build(["--data-dir", folder, "--gateway-url", url], pace=PACE)
    window.resize(1366, 768)
    window.show()
    clerk = Clerk(app, window)
    clerk.until(window.isVisible, "the window does not open")
    window.activateWindow()  # a bare X server has no window manager to activate it
    search = clerk.named("studentSearch")
    clerk.until(search.hasFocus, "focus does not start in the student search")
    clerk.type("asha")
    clerk.answered("studentResults", "asha")
    clerk.press(Qt.Key.Key_Return)
    clerk.press(Qt.Key.Key_F3)
    clerk.type("phy")
    clerk.answered("courseResults", "phy")
    clerk.press(Qt.Key.Key_Return)
    total = clerk.named("totalLabel")
    clerk.until(lambda: "11,800" in str(total.property("text")), "no total")
    clerk.press(Qt.Key.Key_F9)
    qr = clerk.named("qrView")
    text = clerk.until(lambda: qr.isVisible() and qr.property("text"), "no QR on screen")
    clerk.until(lambda: decode(clerk.picture()) == [text], "the picture does not read")
    pay(url, text)
    state = clerk.named("paymentState")
    clerk.until(lambda: state.property("state") == "paid", "the payment is not seen")
    printing = clerk.named("printReceiptButton")
    clerk.until(printing.hasFocus, "after paid the focus is not on Print")
    clerk.type("r")
    clerk.until(lambda: search.hasFocus() and search.property("text") == "r", "no next student")
    window.close()
    clerk.until(lambda: not window.isVisible(), "the window does not close", 25)
    return {"text": text, "said": state.property("text")}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(run(sys.argv[1], sys.argv[2])) + "\n")
