"""`python -m tests.architecture.manual`: copies the manual's pages of screens into the package.

They are written in `resources/help`; the program reads its own copy, since an installed package has
no `resources` beside it.
"""

from __future__ import annotations

import sys
from pathlib import Path

from desktop_app.ui.manual import FIRST, HOME, topics

WRITTEN = Path(__file__).parents[2] / "resources" / "help"


def stale() -> tuple[str, ...]:
    """The pages whose copy differs from what was written."""
    return tuple(
        topic
        for topic in topics()
        if (HOME / FIRST / f"{topic}.md").read_bytes() != (WRITTEN / f"{topic}.md").read_bytes()
    )


def main() -> int:
    """Copy what differs, and name it."""
    for topic in stale():
        (HOME / FIRST / f"{topic}.md").write_bytes((WRITTEN / f"{topic}.md").read_bytes())
        sys.stdout.write(f"{topic}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
