"""Start of the desk: first painted frame, first answer of the search box, memory afterwards.

Each against a bare PySide6 window of the same size, processes of both kinds in turn. The data
folder exists, holds students and is set up; the sandbox stands in for the gateway.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

from .desks import Sandbox, fill, folder, opened
from .figures import Figure, alternate

if TYPE_CHECKING:
    from collections.abc import Iterator

STUDENTS = 20_000
TYPED = "shar"
ROUNDS = {"frame": 15, "search": 9, "memory": 5}
MEGABYTE = 1_000_000
_NO_BYTECODE = "PYTHONDONTWRITEBYTECODE"


def run() -> Iterator[Figure]:
    """Measure."""
    with Sandbox() as sandbox, folder() as data:
        with opened(data, sandbox.url) as desk:
            fill(desk, STUDENTS, courses=12)
        options = ["--data-dir", str(data), "--gateway-url", sandbox.url]

        def pair(until: str, what: str) -> tuple[float, float]:
            against = "memory" if until == "memory" else "frame"
            _run("desk", until, options)
            _run("bare", against, [])
            return alternate(
                lambda: _run("desk", until, options)[what],
                lambda: _run("bare", against, [])[what],
                ROUNDS[until],
            )

        ours, bare = pair("frame", "ms")
        yield Figure("start_frame", ours, 1.4, bare)
        ours, bare = pair("search", "ms")
        yield Figure("start_search", ours, 3.2, bare)
        ours, bare = pair("memory", "mb")
        yield Figure("memory", ours, 1.7, bare, unit="MB")


def _run(kind: str, until: str, options: list[str]) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.bench.window_process", kind, until, TYPED, *options]
    # As on a desk that was started before: Python caches bytecode, even if the calling shell
    # disables it.
    kept = {name: value for name, value in os.environ.items() if name != _NO_BYTECODE}
    begun = time.monotonic()
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=60, check=False, env=kept
    )
    if done.returncode or not done.stdout:
        raise RuntimeError(f"the {kind} window ended: {done.stderr[-2000:]}")
    said: dict[str, Any] = json.loads(done.stdout)
    return {"ms": (said["at"] - begun) * 1000, "mb": said["rss"] / MEGABYTE}
