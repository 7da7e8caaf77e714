"""Gaps in the GUI's event loop while the gateway hangs: the window must answer within 100 ms.

Every call to the sandbox (a separate process) hangs before anything happens, while a clerk
collects, searches, changes pages and presses F5. A timer in the window's event loop records its
delays. A second, idle process records when the whole machine stalled; gaps at the same moment are
not caused by the window and are excluded.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtTest import QTest

from .counter import Counter, opened_window
from .desks import Sandbox, fill, folder, opened
from .figures import Figure
from .population import students

if TYPE_CHECKING:
    from collections.abc import Iterator

TICK_MS = 5
GAP_S = 0.1
NOISE_S = 0.05
HANG_S = 12.0
STUDENTS = 2_000
Gap = tuple[float, float]

WATCHDOG = """
import json, sys, threading, time
ended = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
last, gaps = time.monotonic(), []
while not ended.wait(0.005):
    now = time.monotonic()
    if now - last > {noise}:
        gaps.append((last, now))
    last = now
print(json.dumps(gaps))
"""


class DelayRecorder(QObject):
    """Records every delay of the event loop."""

    def __init__(self) -> None:
        super().__init__()
        self.gaps: list[Gap] = []
        self.longest = 0.0
        self._last = time.monotonic()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        self._timer.start(TICK_MS)

    def stop(self) -> None:
        """Stop recording."""
        self._timer.stop()

    def _beat(self) -> None:
        now = time.monotonic()
        self.longest = max(self.longest, now - self._last)
        if now - self._last > GAP_S:
            self.gaps.append((self._last, now))
        self._last = now


def run() -> Iterator[Figure]:
    """Measure."""
    with Sandbox() as sandbox, folder() as data:
        with opened(data, sandbox.url) as desk:
            fill(desk, STUDENTS, courses=3)
        rolls = [row[0] for row in students(STUDENTS)]
        with opened_window(data, sandbox.url) as counter, StallDetector() as machine:
            counter.pick(rolls[0], "PHY-11", "upi_intent")
            counter.collect()
            counter.shown_code()
            counter.leave()
            _hang(sandbox)
            pulse = DelayRecorder()
            _work(counter, rolls)
            pulse.stop()
            _heal(sandbox)
            counter.idle(2.0)
            gaps = [gap for gap in pulse.gaps if not machine.stalled(gap)]
    words = " ".join(f"{(ended - begun) * 1000:.0f}" for begun, ended in gaps)
    sys.stderr.write(
        f"gaps: longest {pulse.longest * 1000:.0f} ms; counted, in ms: {words or '-'}\n"
    )
    yield Figure("gaps", len(gaps), 0, unit="")


def _hang(sandbox: Sandbox) -> None:
    for depth in range(1, 5):
        path = "/v1" + "/*" * depth
        fault = {"method": "*", "path": path, "kind": "timeout_before", "times": 10_000}
        sandbox.control("faults", {**fault, "delay_s": HANG_S})


def _heal(sandbox: Sandbox) -> None:
    sandbox.control("reset", {})


def _work(counter: Counter, rolls: list[str]) -> None:
    """Do a clerk's work while no call returns: the poller, an opening and F5 all hang."""
    for roll_no in rolls[1:3]:
        counter.pick(roll_no, "PHY-12", "upi_intent")
        counter.idle(0.5)
        counter.collect()
        counter.idle(2.0)
        QTest.keyClick(counter.window, Qt.Key.Key_F5)
        counter.idle(0.5)
        counter.leave()
    for name in "Aarav Sharma", "कुमार", "2020A", "9876":
        search = counter.named("studentSearch")
        search.setFocus()
        for letter in name:
            QTest.keyClicks(search, letter) if letter.isascii() else search.insert(letter)
            counter.idle(0.06)
        search.clear()
    for screen in ("students", "courses", "payments", "inbox", "counter"):
        counter.window.parts.navigator.go(screen)
        counter.idle(1.0)
    counter.pick(rolls[5], "PHY-13", "cash")
    counter.idle(0.5)
    counter.collect()
    counter.until(lambda: counter.state() == "paid", "cash needs the gateway")
    counter.leave()
    counter.idle(3.0)


class StallDetector:
    """The idle second process, as a context manager."""

    def __enter__(self) -> StallDetector:
        self._gaps: list[Gap] | None = None
        self._lock = threading.Lock()
        self._process = subprocess.Popen(
            [sys.executable, "-c", WATCHDOG.format(noise=NOISE_S)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def stalled(self, gap: Gap) -> bool:
        """Return whether the machine stalled during a gap; stops recording."""
        if self._gaps is None:
            said, _ = self._process.communicate("")
            self._gaps = [(begun, ended) for begun, ended in json.loads(said)]
        return any(begun < gap[1] and ended > gap[0] for begun, ended in self._gaps)

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self._process.communicate("")
