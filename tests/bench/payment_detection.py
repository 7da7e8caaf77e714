"""From paying at the gateway to PAID on screen and committed, one open order, in the real window.

Each round is one window in one process, so that its order is the only one of the last
minute: orders opened one after another share a request budget, which `ten_open` measures. The
sandbox runs in a separate process and is paid by a thread; the payer's instant is recorded before
the paying request is sent. On screen counts once `paymentState` is paid and another
connection reads the payment from the database.

The control is a loop that polls every 10 s from the moment the QR was shown and stops at 90 s
(Odoo's schedule), with instant answers: its figure is the time from the payer's instant to the
next tick. The payers' instants are spread evenly over its period and are the same for both.
"""

from __future__ import annotations

import json
import math
import sqlite3
import statistics
import subprocess
import sys
import threading
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from .counter import Counter, opened_window
from .desks import Sandbox, fill, folder, opened, pay
from .figures import Figure
from .population import students

if TYPE_CHECKING:
    from collections.abc import Iterator

ROUNDS = 14
PERIOD_S = 10.0
SOONEST_S = 1.0
TARGET = 0.15


@dataclass(slots=True)
class Paid:
    """Monotonic instants of display and commit; 0 before."""

    at: float = 0.0


def run() -> Iterator[Figure]:
    """Measure."""
    with Sandbox() as sandbox, folder() as data:
        with opened(data, sandbox.url) as desk:
            fill(desk, ROUNDS)
        pairs = [
            _apart(data, sandbox.url, row[0], SOONEST_S + PERIOD_S * (number + 0.5) / ROUNDS)
            for number, row in enumerate(students(ROUNDS))
        ]
    ours = statistics.median(pair[0] for pair in pairs) * 1000
    control = statistics.median(pair[1] for pair in pairs) * 1000
    yield Figure("paid_to_screen", ours, TARGET, control)


def _apart(data: Path, url: str, roll_no: str, wait: float) -> tuple[float, float]:
    """Serve one parent in a process; return the desk's seconds and the control's."""
    command = [sys.executable, "-m", "tests.bench.payment_detection", str(data), url, roll_no]
    done = subprocess.run([*command, str(wait)], check=True, stdout=subprocess.PIPE)
    ours, control = json.loads(done.stdout.splitlines()[-1])
    return ours, control


def _round(data: Path, url: str, roll_no: str, wait: float) -> tuple[float, float]:
    with opened_window(data, url) as counter:
        return _one(counter, url, data, roll_no, wait)


def _one(counter: Counter, url: str, data: Path, roll_no: str, wait: float) -> tuple[float, float]:
    """Serve one parent; return the desk's seconds and the control's."""
    counter.pick(roll_no, "PHY", "upi_intent")
    counter.collect()
    text = counter.shown_code()
    shown_at = time.monotonic()
    paid = Paid()

    def pay_later() -> None:
        time.sleep(wait)
        paid.at = time.monotonic()
        pay(url, text)

    payer = threading.Thread(target=pay_later)
    payer.start()
    counter.until(lambda: counter.state() == "paid", "paid, and the window does not say so")
    while not _is_committed(data, roll_no):
        time.sleep(0.001)
    ours = time.monotonic() - paid.at
    payer.join()
    counter.leave()
    phase = paid.at - shown_at
    return ours, math.ceil(phase / PERIOD_S) * PERIOD_S - phase


def _is_committed(data: Path, roll_no: str) -> bool:
    with closing(sqlite3.connect(data / "desk.sqlite3", timeout=15)) as connection:
        found = connection.execute(
            "SELECT 1 FROM payments p JOIN students s ON s.uid = p.student_uid "
            "JOIN receipts r ON r.payment_uid = p.uid WHERE s.roll_no = ?",
            (roll_no,),
        ).fetchone()
    return found is not None


if __name__ == "__main__":
    data_dir, gateway_url, roll, seconds = sys.argv[1:]
    sys.stdout.write(json.dumps(_round(Path(data_dir), gateway_url, roll, float(seconds))))
