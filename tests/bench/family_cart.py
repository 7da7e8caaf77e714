"""A family's cart of twelve dues: from F12 to the total on screen, against the single bill.

One window, both measured in turns: the bill from Enter on its course, the family from F12 on one of
its students. The first round warms both and is not counted.
"""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from desktop_app.domain.courses import make_course
from desktop_app.domain.money import Money
from desktop_app.domain.students import make_student

from . import desks
from .counter import Counter, opened_window
from .figures import Figure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from desktop_app.bootstrap import OpenDesk

STUDENTS = 5_000
MEMBERS, DUES = 3, 12
ROUNDS = 25
TARGET = 2.0
FAMILY_TOTAL = "₹18,012.00"


def run() -> Iterator[Figure]:
    """Measure."""
    with desks.folder() as folder:
        with desks.opened(folder) as desk:
            _seed(desk)
        with opened_window(folder, desks.UNREACHABLE) as counter:
            _round(counter)
            pairs = [_round(counter) for _ in range(ROUNDS)]
    single, family = (statistics.median(each) for each in zip(*pairs, strict=True))
    yield Figure("family_cart", family, TARGET, single)


def _seed(desk: OpenDesk) -> None:
    desks.fill(desk, STUDENTS)
    services = desk.desk
    students = [
        services.students.add(
            make_student(roll_no=f"F{at}", name=f"Member {at} Nair", guardian_phone="9000000077")
        )
        for at in range(MEMBERS)
    ]
    services.students.add(make_student(roll_no="Q0", name="Single Nair"))
    services.courses.add(make_course(code="SOLO", title="Solo", fee=Money(1_180_000), gst_bp=0))
    for at in range(DUES):
        course = services.courses.add(
            make_course(code=f"FAM-{at}", title=f"Course {at}", fee=Money(150_100), gst_bp=0)
        )
        services.enrolments.enrol(students[at % MEMBERS].uid, course.uid)


def _round(counter: Counter) -> tuple[float, float]:
    """Return the milliseconds to the single bill, and to the family's total."""
    total = counter.named("totalLabel")
    _student(counter, "Q0")
    box = counter.named("courseSearch")
    QTest.keyClicks(box, "SOLO")
    counter.idle(0.3)
    single = _timed(
        counter, lambda: QTest.keyClick(box, Qt.Key.Key_Return), lambda: "11,800" in total.text()
    )
    counter.leave()
    _student(counter, "F0")
    counter.idle(0.3)
    family = _timed(
        counter,
        lambda: QTest.keyClick(counter.focused(), Qt.Key.Key_F12),
        lambda: total.text() == FAMILY_TOTAL,
    )
    counter.leave()
    return single, family


def _student(counter: Counter, roll_no: str) -> None:
    search = counter.named("studentSearch")
    counter.until(search.hasFocus, "the student search has no focus")
    QTest.keyClicks(search, roll_no)
    QTest.keyClick(search, Qt.Key.Key_Return)
    counter.until(counter.named("courseSearch").hasFocus, f"{roll_no} was not picked")


def _timed(counter: Counter, act: Callable[[], object], done: Callable[[], bool]) -> float:
    begun = time.perf_counter()
    act()
    counter.until(done, "no total came up")
    return (time.perf_counter() - begun) * 1_000
