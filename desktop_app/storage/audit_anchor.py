"""The head of the audit chain, kept in a file beside the database.

It detects what the chain alone cannot: an older file put in place, or the newest rows cut off. It
is written after each commit; after a crash in between it is one entry behind, which matches too.
"""

from __future__ import annotations

import contextlib
import json
import os
from typing import TYPE_CHECKING

from desktop_app.domain.audit import Head

if TYPE_CHECKING:
    from pathlib import Path

ANCHOR = "audit-anchor.json"
LENGTH = 160
"""Fixed, so that a shorter text overwrites a longer one."""


def read_anchor(folder: Path) -> Head | None:
    """Return the head as last written; None without one, or where it cannot be read."""
    try:
        found = json.loads((folder / ANCHOR).read_text(encoding="utf-8"))
        return Head(int(found["number"]), str(found["hash"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write_anchor(folder: Path, head: Head) -> None:
    """Write the head; where that fails the older one stays, which the chain contains as well.

    The file is overwritten in place, in one write smaller than a disk sector: a new file and a
    rename would add half again to the time of each payment.
    """
    text = json.dumps({"number": head.number, "hash": head.hash}).ljust(LENGTH)
    with contextlib.suppress(OSError):
        file = os.open(f"{folder}/{ANCHOR}", os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            os.write(file, text.encode())
        finally:
            os.close(file)
