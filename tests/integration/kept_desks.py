"""Data folders as commands of the set-up left them: made once, copied for each test.

A command takes 6 ms and more, and a test of the command line wants up to eight before its own.
"""

from __future__ import annotations

import json
import shutil
from contextlib import suppress
from copy import deepcopy
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from desktop_app.config.paths import state_folder
from desktop_app.domain.receipt import IST

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Found = TypeVar("Found")
_PLACE = ".place.json"


class _Kept(NamedTuple):
    """A folder, what the user's system remembers of its book, and what making it returned."""

    folder: Path
    memory: dict[str, str]
    found: Any


class KeptDesks:
    """The folders by name. One belongs to the day on which it was made, as dues do.

    Args:
        home: where they are kept.
    """

    def __init__(self, home: Path) -> None:
        self._home = home
        self._kept: dict[tuple[str, object], _Kept] = {}

    def at(self, folder: Path, name: str, make: Callable[[], Found]) -> Found:
        """Put a folder there, made there by a function if it is the first of its name.

        Its book is remembered at this place from then on, and as it was when it was made.
        """
        key = name, datetime.now(IST).date()
        kept = self._kept.get(key)
        if kept is None:
            found = make()
            place = self._home / str(len(self._kept))
            shutil.copytree(folder, place)
            self._kept[key] = _Kept(place, _memory_of(folder), deepcopy(found))
            return found
        with suppress(FileNotFoundError):
            shutil.rmtree(folder)
        shutil.copytree(kept.folder, folder)
        for file, text in kept.memory.items():
            moved = _moved(text, folder) if file.endswith(_PLACE) else text
            (state_folder() / file).write_text(moved, encoding="utf-8")
        made: Found = deepcopy(kept.found)
        return made


def _moved(text: str, folder: Path) -> str:
    return json.dumps({**json.loads(text), "place": str(folder)}).ljust(len(text))


def _memory_of(folder: Path) -> dict[str, str]:
    """Return the files of the state folder about the book of a data folder."""
    for path in state_folder().glob(f"*{_PLACE}"):
        if json.loads(path.read_text(encoding="utf-8"))["place"] == str(folder):
            files = state_folder().glob(path.name.replace(_PLACE, ".*"))
            return {each.name: each.read_text(encoding="utf-8") for each in files}
    raise LookupError(f"no book is remembered at {folder}")
