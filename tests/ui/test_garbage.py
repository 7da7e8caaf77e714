"""Widgets in cycles are destroyed by the GUI thread, and by no worker."""

from __future__ import annotations

import gc
import threading
import weakref
from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QApplication, QWidget

from desktop_app.ui.core.garbage import NEW_OBJECTS, GarbageTimer

if TYPE_CHECKING:
    from collections.abc import Iterator


class Knot(QWidget):
    """A widget that only the collector of cycles can destroy."""

    def __init__(self) -> None:
        super().__init__()
        self.myself = self


@pytest.fixture
def timer(qapp: QApplication) -> Iterator[GarbageTimer]:
    """A timer that has begun: what was there before is looked at no more."""
    gc.enable()
    made = GarbageTimer(qapp)
    made.collect()
    yield made
    made.stop()
    made.deleteLater()
    gc.unfreeze()


def make_objects() -> None:
    assert [[] for _ in range(2 * NEW_OBJECTS)]


def test_a_widget_in_a_cycle_dies_in_the_gui_thread(timer: GarbageTimer) -> None:
    threads: list[threading.Thread] = []
    weakref.finalize(Knot(), lambda: threads.append(threading.current_thread()))
    worker = threading.Thread(target=make_objects)
    worker.start()
    worker.join()
    assert threads == []
    kept: list[list[int]] = [[] for _ in range(2 * NEW_OBJECTS)]
    timer.collect()
    assert threads == [threading.main_thread()], len(kept)


def test_it_waits_until_there_is_something_to_collect(timer: GarbageTimer) -> None:
    ended: list[str] = []
    gc.collect()
    weakref.finalize(Knot(), ended.append, "knot")
    timer.collect()
    assert ended == []
