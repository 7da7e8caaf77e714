"""Atomic file writes: after a power failure the old or the new file is complete."""

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
    """Yield a temporary file beside `path` that replaces it when the block succeeds.

    Raises:
        OSError: the folder is not writable, or the disk is full; `path` is unchanged.
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
