"""The head of the audit chain, kept in a file beside the database.

It notices what the chain alone cannot: that yesterday's file was put back, or the newest rows
were cut off. It follows each commit; after a crash in between it is one behind, which holds too.
"""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING

from desktop_app.domain.audit import Head

if TYPE_CHECKING:
    from pathlib import Path

ANCHOR = "audit-anchor.json"


def read_anchor(folder: Path) -> Head | None:
    """The head as it was kept last; None without one, or where it cannot be read."""
    try:
        found = json.loads((folder / ANCHOR).read_text(encoding="utf-8"))
        return Head(int(found["number"]), str(found["hash"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write_anchor(folder: Path, head: Head) -> None:
    """Keep the head; where that fails the older one stays, which the chain holds as well."""
    path = folder / ANCHOR
    part = path.with_name(f"{ANCHOR}.part")
    with contextlib.suppress(OSError):
        part.write_text(json.dumps({"number": head.number, "hash": head.hash}), encoding="utf-8")
        part.replace(path)
