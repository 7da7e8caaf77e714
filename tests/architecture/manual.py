"""`python -m tests.architecture.manual`: copies the manual's screen pages into the package.

The originals are in `resources/help`; the program reads its own copy, because an installed package
has no `resources` beside it.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from desktop_app.services.settings.table import SETTINGS
from desktop_app.ui.manual import FIRST, HOME, topics

WRITTEN = Path(__file__).parents[2] / "resources" / "help"


def stale() -> tuple[str, ...]:
    """Return the pages whose copy differs from the original."""
    return tuple(
        topic
        for topic in topics()
        if (HOME / FIRST / f"{topic}.md").read_bytes() != (WRITTEN / f"{topic}.md").read_bytes()
    )


def unlisted_settings() -> tuple[str, ...]:
    """Return the settings without a row of key and default in the command line's page."""
    page = (WRITTEN / "command-line.md").read_text(encoding="utf-8")
    rows = set(re.findall(r"^\| `([\w.]+)` \| .+ \| (?:`([^`|]+)`|empty) \|$", page, re.MULTILINE))
    return tuple(key for key, row in SETTINGS.items() if (key, row.default) not in rows)


def main() -> int:
    """Copy the stale pages and print their names."""
    for topic in stale():
        (HOME / FIRST / f"{topic}.md").write_bytes((WRITTEN / f"{topic}.md").read_bytes())
        sys.stdout.write(f"{topic}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
