"""Paths of the desk's data."""

from __future__ import annotations

import os
import sys
from pathlib import Path

APP = "Pravesh"
BOOKS = "Pravesh-books"
SANDBOX = "Pravesh-sandbox"
TRAINING = "training"


def ensure_home() -> None:
    """Set HOME to the root folder for a user without a home, as Qt does.

    A container may run as a user id that has no entry in passwd; Python and its libraries then
    raise RuntimeError wherever they look for the home folder.
    """
    try:
        Path.home()
    except RuntimeError:
        os.environ["HOME"] = "/"


def data_folder(chosen: Path | None, *, training: bool) -> Path:
    """Return the data folder; training has its own folder in it, so that the two never mix."""
    if chosen is None:
        import platformdirs  # only without an explicit folder

        chosen = Path(platformdirs.user_data_dir(APP, appauthor=False))
    folder = chosen.expanduser().absolute()
    return folder / TRAINING if training else folder


def state_folder() -> Path:
    """Return the user's folder for what is remembered about books, outside every data folder.

    Its name differs from the program's: Windows and macOS have one folder for data and state.
    """
    system: str = sys.platform
    if system.startswith("linux"):
        # As platformdirs has it, whose import costs a start 10 ms.
        base = os.environ.get("XDG_STATE_HOME", "").strip() or "~/.local/state"
        return Path(base).expanduser() / BOOKS
    import platformdirs

    return Path(platformdirs.user_state_dir(BOOKS, appauthor=False))


def sandbox_folder() -> Path:
    """Return the folder of the sandbox's certificate authority, outside every data folder."""
    import platformdirs

    return Path(platformdirs.user_data_dir(SANDBOX, appauthor=False))
