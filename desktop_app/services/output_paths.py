"""Checks the path of a file that a person names, before anything is written to it.

Every writer of such a path asks here: backup, export, PDF, the sandbox's files. A file of the
program's own is refused under each of its names: through `..`, symbolic and hard links, and in
other letters where the file system ignores case.
"""

from __future__ import annotations

import tempfile
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

from desktop_app.domain.errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Iterator

FIELD = "file"
TRAINING = "training"
DATABASE = "desk.sqlite3"
ANCHOR = "audit-anchor.json"
OWN_FILES = (
    ("", f"{DATABASE}*"),
    ("", "audit-anchor*"),
    ("", "window.ini*"),
    ("", "sandbox-*.json*"),
    ("", "logo-*.png"),
    ("", "replaced-*"),
    ("logs", "pravesh.log*"),
    ("logs", "sandbox.log*"),
    ("backups", "daily-*"),
    ("backups", "before-upgrade-*"),
)
"""Folder within a data folder, and pattern of the name in lower case."""
LOCKS = "pravesh-*.lock"
"""Of the windows, in the folder for temporary files."""
BOOKS = "pravesh-books"
"""The folder, in lower case, with what the user's system remembers of books."""
_DATABASE_MARK = b"SQLite format 3\x00"


def check_output(path: Path, folder: Path, *, may_replace_database: bool = False) -> None:
    """Check that a file may be written.

    Args:
        path: the file, which may exist.
        folder: the data folder.
        may_replace_database: whether a closed database may be there, as an earlier backup is.

    Raises:
        InvalidInputError: it is one of the program's own files, no regular file, or a database.
    """
    try:
        found = path.resolve()
        if found.is_symlink():  # a circle of links
            found.stat()
        exists = found.exists()
        is_own = _has_own_name(found, folder) or (exists and _is_own(found, folder))
    except (OSError, RuntimeError, ValueError) as error:
        raise InvalidInputError(
            FIELD, "Couldn't open {name}. Choose another file.", name=path.name
        ) from error
    if is_own:
        raise InvalidInputError(
            FIELD, "{name} is reserved for Pravesh. Choose another name.", name=path.name
        )
    if not exists:
        return
    if not found.is_file():
        raise InvalidInputError(
            FIELD, "{name} is a folder or a device. Choose a file.", name=path.name
        )
    if found.with_name(f"{found.name}-wal").exists():
        raise InvalidInputError(
            FIELD, "{name} is open in another program. Choose another name.", name=path.name
        )
    if not may_replace_database and _is_database(found):
        raise InvalidInputError(FIELD, "{name} is a database. Choose another name.", name=path.name)


def check_folder(folder: Path) -> None:
    """Check that a data folder does not take the place of a file of another data folder.

    Raises:
        InvalidInputError: its path is the name of one of the program's own files.
    """
    try:
        found = folder.resolve()
        is_own = (found.parent / DATABASE).exists() and _has_own_name(found, found.parent)
    except (OSError, RuntimeError, ValueError):
        return  # opening it reports what is wrong with it
    if is_own:
        raise InvalidInputError(
            FIELD, "{name} is reserved for Pravesh. Choose another name.", name=folder.name
        )


def _has_own_name(found: Path, folder: Path) -> bool:
    """Compare by name as well: the log of a closed database does not exist, and must not."""
    name = found.name.casefold().rstrip(". ")
    return any(
        fnmatchcase(name, pattern) and place.exists() and place.samefile(found.parent)
        for place, pattern in _places(found, folder)
        if found.parent.exists()
    )


def _is_own(found: Path, folder: Path) -> bool:
    """Compare with each of the program's own files by what the file system calls the same."""
    return any(
        each.samefile(found)
        for place, pattern in _places(found, folder)
        for each in _files(place, pattern)
    )


def _files(place: Path, pattern: str) -> Iterator[Path]:
    """Yield the files of a folder, by a pattern in lower case."""
    if not place.is_dir():
        return
    for each in place.iterdir():
        if fnmatchcase(each.name.casefold(), pattern) and each.exists():
            yield each


def _places(found: Path, folder: Path) -> Iterator[tuple[Path, str]]:
    """Yield the folders with files of the program's own, and the pattern of their names.

    Besides the data folder these are training's, and that of any other book the file would be in.
    """
    real = folder.parent if folder.name == TRAINING else folder
    homes = {real, real / TRAINING}
    homes |= {each for each in (found.parent, found.parent.parent) if (each / ANCHOR).exists()}
    for home in homes:
        for place, pattern in OWN_FILES:
            yield home / place, pattern
    yield Path(tempfile.gettempdir()), LOCKS
    if found.parent.name.casefold() == BOOKS:
        yield found.parent, "*"


def _is_database(found: Path) -> bool:
    try:
        with found.open("rb") as file:
            return file.read(len(_DATABASE_MARK)) == _DATABASE_MARK
    except OSError:
        return False
