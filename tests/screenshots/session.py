"""`python -m tests.screenshots.session DIR HOME KIND LANGUAGE PERCENT LOOK,… [SCENE[=LOOK] …]`.

One window in a separate process, on the screen that `DISPLAY` names: Qt has one application in a
process. `python -m tests.screenshots` starts it. A scene that cannot be played is reported, and the
next one is.
"""

from __future__ import annotations

import os
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from tests.screenshots import scenes
from tests.screenshots.centre import Home
from tests.screenshots.studio import Dress, Studio

if TYPE_CHECKING:
    from collections.abc import Callable

KINDS: dict[str, tuple[tuple[Callable[[Studio], None], ...], tuple[str, ...]]] = {
    "day": (scenes.DAY, ("--training",)),
    "keyless": ((scenes.without_keys,), ()),
    "new": ((scenes.empty,), ()),
}
"""Sessions by name: their scenes, and the program's options.

A day is one of practice: with test keys outside of it, only the cash would be counted.
"""


def main(words: list[str]) -> int:
    folder, home, kind, language, percent, looks, *only = words
    dress = Dress(tuple(looks.split(",")), language, int(percent))
    played, options = KINDS[kind]
    wanted = {scene: look for scene, _, look in (each.partition("=") for each in only)}
    failed = 0
    with Home(Path(home)).sandbox() as sandbox:
        if kind == "keyless":
            for name in ("RAZORPAY_KEY_ID", "RAZORPAY_KEY_SECRET"):
                del os.environ[name]
        studio = Studio(Path(folder), dress, Home(Path(home)).desk, sandbox, *options)
        for scene in played:
            if only and scene.__name__ not in wanted:
                continue
            studio.only = wanted.get(scene.__name__, "")
            try:
                studio.idle()
                scene(studio)
            except Exception:  # noqa: BLE001 - the other pictures are wanted all the more
                failed += 1
                sys.stderr.write(f"{scene.__name__}: {traceback.format_exc(limit=-4)}\n")
        studio.close()
    return failed


if __name__ == "__main__":
    code = main(sys.argv[1:])
    sys.stdout.flush()
    os._exit(code)
