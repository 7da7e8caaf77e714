"""The head of the audit chain, kept in a file beside the database.

It notices what the chain alone cannot: that yesterday's file was put back, or the newest rows
were cut off. It follows each commit; after a crash in between it is one behind, which holds too.
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
"""Always the same, so that a shorter text leaves nothing of a longer one behind."""


def read_anchor(folder: Path) -> Head | None:
    """The head as it was kept last; None without one, or where it cannot be read."""
    try:
        found = json.loads((folder / ANCHOR).read_text(encoding="utf-8"))
        return Head(int(found["number"]), str(found["hash"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write_anchor(folder: Path, head: Head) -> None:
    """Keep the head; where that fails the older one stays, which the chain holds as well.

    It is written over in place, in one piece of less than a disk's sector: a new file and a
    rename with every payment would cost as much as half of the payment itself.
    """
    text = json.dumps({"number": head.number, "hash": head.hash}).ljust(LENGTH)
    with contextlib.suppress(OSError):
        file = os.open(folder / ANCHOR, os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            os.write(file, text.encode())
        finally:
            os.close(file)
