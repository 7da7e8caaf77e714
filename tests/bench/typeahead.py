"""Type-ahead among a million students, end to end: from a key press to the painted answer.

The real counter page on the real database, against the same page whose search is `LIKE '%x%'` over
the same file: queue, list and painting are the same, and both answer the same texts in turn. The
last letter of each text is measured; the ratio is of the 95th percentiles, as for the search
itself, since `LIKE` stops early wherever twenty students match.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import statistics
import tempfile
import time
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from desktop_app.domain.students import mask_phone
from desktop_app.services.views.enrolment import StudentSummary

from .big_file import filled
from .figures import Figure, percentile
from .student_search import COUNT, LIKE, mix

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

TARGET = 0.10
MEDIAN_MS = 100.0
TEXTS = 40
PATIENCE_S = 60.0


def run() -> Iterator[Figure]:
    """Measure."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    texts = [text for text in dict.fromkeys(mix()) if len(text) > 1][:TEXTS]
    with _desk(filled(COUNT)) as typist:
        typist.measure(texts[:3])
        ours, control = [], []
        for text in texts:
            ours += typist.measure([text])
            with typist.searching_by_like():
                control += typist.measure([text])
    yield Figure("typeahead", percentile(ours, 95), TARGET, percentile(control, 95))
    yield Figure("typeahead_median", statistics.median(ours), MEDIAN_MS)


class Typist:
    """Types into the search box of an open window and waits for painted answers."""

    def __init__(self, window: Any, path: Path) -> None:
        self._window = window
        self._path = path
        self._box = window.parts.counter.student.box
        self._results = window.parts.counter.student.results
        self._live = window.parts.counter.presenter.students

    def measure(self, texts: list[str]) -> list[float]:
        """Return the milliseconds from the last letter of each text to its painted answer."""
        return [self._type(text) for text in texts]

    def _type(self, text: str) -> float:
        from PySide6.QtTest import QTest

        self._box.setText(text[:-1])
        self._wait(text[:-1])
        begun = time.perf_counter()
        QTest.keyClicks(self._box, text[-1])
        self._wait(text)
        self._results.viewport().repaint()
        return (time.perf_counter() - begun) * 1000

    def _wait(self, text: str) -> None:
        from PySide6.QtWidgets import QApplication

        end = time.perf_counter() + PATIENCE_S
        while self._results.property("query") != text:
            QApplication.processEvents()
            if time.perf_counter() > end:
                raise TimeoutError(f"no answer to {text!r}")

    @contextmanager
    def searching_by_like(self) -> Iterator[None]:
        """Make the desk search by `LIKE`, on a separate connection."""
        uri = f"file:{self._path}?mode=ro"
        with closing(sqlite3.connect(uri, uri=True, check_same_thread=False)) as plain:
            plain.execute("PRAGMA cache_size=-16384")
            searching, by_like = self._live.find, _by_like(plain)
            self._live.find = lambda _desk, text: by_like(text)
            try:
                yield
            finally:
                self._box.clear()
                self._wait("")
                self._live.find = searching


def _by_like(plain: sqlite3.Connection) -> Callable[..., tuple[StudentSummary, ...]]:
    def search(text: str, limit: int = 20) -> tuple[StudentSummary, ...]:
        rows = plain.execute(LIKE, {"x": f"%{text}%", "limit": limit}).fetchall()
        return tuple(
            StudentSummary(
                uid, roll_no, name, mask_phone(phone), guardian, mask_phone(theirs), state, ""
            )
            for uid, roll_no, name, phone, guardian, theirs, state in rows
        )

    return search


@contextmanager
def _desk(path: Path) -> Iterator[Typist]:
    """Return the window on a desk with the students of the big file."""
    from desktop_app.app import build

    from .desks import UNREACHABLE, set_keys

    set_keys()
    with tempfile.TemporaryDirectory(prefix="pravesh-bench-") as made:
        data = Path(made, "data")
        data.mkdir()
        shutil.copy(path, data / "desk.sqlite3")  # the desk writes, and the file is cached
        _app, window = build(["--data-dir", str(data), "--gateway-url", UNREACHABLE])
        window.show()
        parts: Any = window.parts  # type: ignore[attr-defined]
        _until(lambda: parts.counter.student.results.property("count"))
        yield Typist(window, data / "desk.sqlite3")
        window.close_anyway()  # type: ignore[attr-defined]
        _until(lambda: not window.isVisible())


def _until(test: Callable[[], Any]) -> None:
    from PySide6.QtWidgets import QApplication

    end = time.perf_counter() + PATIENCE_S
    while not test():
        QApplication.processEvents()
        time.sleep(0.001)
        if time.perf_counter() > end:
            raise TimeoutError("the desk did not open")
