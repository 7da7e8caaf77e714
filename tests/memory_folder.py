"""A file system in memory: files of tests need no disk, whose syncing costs milliseconds."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

LEAST = 2 << 30
"""Bytes that have to be free: a suite writes less at once."""


def memory_folder() -> Path | None:
    """Return a file system in memory, None where this machine has none with room."""
    memory = Path("/dev/shm")  # noqa: S108 - folders with unique names are made there
    is_fit = os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > LEAST
    return memory if is_fit else None
