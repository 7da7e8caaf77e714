"""Turns failures of SQLite and of the file system into StorageErrors. Loads no SQLAlchemy."""

from __future__ import annotations

import errno
import sqlite3
from typing import TYPE_CHECKING

from desktop_app.services import errors

if TYPE_CHECKING:
    from types import TracebackType

_BY_CODE = {
    sqlite3.SQLITE_BUSY: errors.DatabaseLockedError,
    sqlite3.SQLITE_LOCKED: errors.DatabaseLockedError,
    sqlite3.SQLITE_FULL: errors.DiskFullError,
    sqlite3.SQLITE_READONLY: errors.ReadOnlyFolderError,
    sqlite3.SQLITE_CANTOPEN: errors.ReadOnlyFolderError,
    sqlite3.SQLITE_PERM: errors.ReadOnlyFolderError,
    sqlite3.SQLITE_CORRUPT: errors.DatabaseCorruptError,
    sqlite3.SQLITE_NOTADB: errors.DatabaseCorruptError,
}
_BY_ERRNO = {
    errno.ENOSPC: errors.DiskFullError,
    errno.EACCES: errors.ReadOnlyFolderError,
    errno.EROFS: errors.ReadOnlyFolderError,
    errno.EPERM: errors.ReadOnlyFolderError,
    errno.EEXIST: errors.ReadOnlyFolderError,
    errno.ENOTDIR: errors.ReadOnlyFolderError,
}


class translated:  # noqa: N801 - read like the function that it is to its callers
    """Turn what SQLite and the file system raise into StorageErrors; constraints pass through.

    Entered several times by each transaction; a generator would cost it ten times as much.

    Args:
        kinds: only these, where the block also runs code of others.
    """

    def __init__(self, kinds: tuple[type[Exception], ...] = (sqlite3.Error, OSError)) -> None:
        self._kinds = kinds

    def __enter__(self) -> None:
        """Nothing is prepared."""

    def __exit__(
        self, kind: object, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Raise the StorageError."""
        if isinstance(error, self._kinds) and not isinstance(error, sqlite3.IntegrityError):
            raise as_storage_error(error) from error


def as_storage_error(error: BaseException | None) -> errors.StorageError:
    """Return the StorageError for a failure of SQLite or of the file system."""
    if isinstance(error, sqlite3.Error):
        primary = getattr(error, "sqlite_errorcode", 0) & 0xFF
        return _BY_CODE.get(primary, errors.StorageError)(str(error))
    if isinstance(error, OSError) and error.errno in _BY_ERRNO:
        return _BY_ERRNO[error.errno](error.strerror or "")
    return errors.StorageError(str(error))
