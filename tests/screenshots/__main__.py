"""`python -m tests.screenshots DIR`: pictures of the real program at a centre in its third month.

Two languages, two screens, two sizes of text, three looks; options select fewer. Each picture is
the whole screen: Xvfb with a window manager. The desk is the program's own, its Razorpay is the
sandbox in a separate process. Checks nothing itself.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from itertools import product
from pathlib import Path

from desktop_app.services import languages
from tests import display
from tests.screenshots import centre
from tests.screenshots.session import KINDS

SCREENS = ("1366x728", "1280x720")
LOOKS = ("light", "dark", "contrast-light")
PERCENTS = ("100", "150")


def parsed(words: list[str]) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.screenshots", description=__doc__)
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--only", action="append", metavar="SCENE[=LOOK]", default=[])
    parser.add_argument("--kind", action="append", choices=[*KINDS])
    parser.add_argument("--theme", action="append", choices=[*LOOKS, "contrast-dark"])
    parser.add_argument("--language", action="append", choices=[*languages.offered()])
    parser.add_argument("--size", action="append", metavar="WIDTHxHEIGHT")
    parser.add_argument("--text", action="append", metavar="PERCENT")
    parser.add_argument("--days", type=int, default=centre.DAYS, help="of the centre's past")
    return parser.parse_args(words)


def main(words: list[str]) -> int:
    given = parsed(words)
    looks = ",".join(given.theme or LOOKS)
    failed = 0
    with tempfile.TemporaryDirectory(prefix="pravesh-pictures-") as work:
        kept, home = Path(work) / "kept", Path(work) / "home"
        for size, language, percent, kind in product(
            given.size or SCREENS, given.language or languages.offered(), given.text or PERCENTS,
            given.kind or KINDS,
        ):  # fmt: skip
            folder = given.folder / f"{size}-{language}-{percent}"
            folder.mkdir(parents=True, exist_ok=True)
            _prepare(kind, kept, home, given.days)
            with display.screen(*(int(side) for side in size.split("x"))) as shown:
                failed += subprocess.run(
                    [sys.executable, "-m", "tests.screenshots.session", folder, home, kind,
                     language, percent, looks, *given.only],
                    env={**os.environ, **shown}, check=False,
                ).returncode  # fmt: skip
    return min(failed, 1)


def _prepare(kind: str, kept: Path, home: Path, days: int) -> None:
    """Make the centre that a session plays at; always in the same place, else it was copied."""
    shutil.rmtree(home, ignore_errors=True)
    if kind == "new":
        home.mkdir()
    elif kind == "keyless":
        centre.make(centre.Home(home), days=0, training=False)
    else:
        if not kept.exists():
            centre.make(centre.Home(home), days=days)
            home.rename(kept)
        shutil.copytree(kept, home)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
