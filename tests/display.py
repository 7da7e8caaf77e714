"""A screen for real windows: Xvfb, with a window manager where one is installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

HAS_SCREEN = shutil.which("Xvfb") is not None
MANAGER = shutil.which("openbox")
START_S = 20.0


@contextmanager
def screen(width: int, height: int) -> Iterator[dict[str, str]]:
    """Run a screen of this many pixels; yield what its programs need in their environment."""
    reading, writing = os.pipe()
    with _running(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", f"{width}x{height}x24"], writing
    ):
        os.close(writing)
        with os.fdopen(reading) as number:
            display = f":{number.readline().strip()}"
        shown = {"DISPLAY": display, "WAYLAND_DISPLAY": "", "QT_QPA_PLATFORM": "xcb"}
        if MANAGER is None:
            yield shown
            return
        with tempfile.TemporaryDirectory() as folder:
            ready = Path(folder) / "ready"
            with _running([MANAGER, "--startup", f"touch {ready}"], **shown):
                _wait_for(ready)
                yield shown


@contextmanager
def _running(words: list[str], *kept_open: int, **more: str) -> Iterator[None]:
    process = subprocess.Popen(
        words, env={**os.environ, **more}, pass_fds=kept_open, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(10)


def _wait_for(path: Path) -> None:
    end = time.monotonic() + START_S
    while not path.exists() and time.monotonic() < end:
        time.sleep(0.02)
