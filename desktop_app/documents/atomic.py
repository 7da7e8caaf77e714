"""Writes a file whole or not at all: a cut power line leaves the old file or the new one."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Hand out a scratch file beside `path`, and put it in its place when the block succeeds.

    Raises:
        OSError: the folder cannot be written to, or the disk is full; `path` is as it was.
    """
    handle, name = tempfile.mkstemp(prefix=f".{path.name[:40]}.", suffix=".part", dir=path.parent)
    os.close(handle)
    scratch = Path(name)
    try:
        yield scratch
        _flush(scratch)
        scratch.chmod(0o644)
        scratch.replace(path)
    except BaseException:
        with suppress(OSError):
            scratch.unlink()
        raise


def _flush(scratch: Path) -> None:
    with scratch.open("rb+") as written:
        os.fsync(written.fileno())
