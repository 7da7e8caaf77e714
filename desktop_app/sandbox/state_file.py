"""The state file: one JSON object a line, appended before an answer is sent, rewritten when long.

The first line names the file and its keys; every other line holds whole records, of which the
last per id counts, so a restart replays the file. A line cut off by a crash belongs to an answer
that was never sent, and is dropped. Must not know what a record means.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
from typing import TYPE_CHECKING, Any, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

Line = dict[str, Any]
MARK = "pravesh_sandbox"
FORMAT = 1
MIN_LINES_BEFORE_REWRITE = 2000


class StateFileError(OSError):
    """The state file cannot be read, or is not the sandbox's."""

    def __init__(self, words: str, path: Path) -> None:
        super().__init__(errno.EINVAL, words, str(path))


class StateFile:
    """An append-only file with an atomic rewrite."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: BinaryIO | None = None
        self._appended = 0
        self._allowed = MIN_LINES_BEFORE_REWRITE

    def read(self) -> Iterator[Line]:
        """Yield the lines of the file, none if it does not exist or is empty."""
        try:
            with self._path.open("rb") as file:
                yield from self._lines_of(file)
        except FileNotFoundError:
            return
        except StateFileError:
            raise
        except OSError as problem:
            raise StateFileError(f"cannot be read ({problem.strerror})", self._path) from problem

    def _lines_of(self, file: BinaryIO) -> Iterator[Line]:
        for number, raw in enumerate(file):
            is_whole = raw.endswith(b"\n")
            line = self._parse(raw) if is_whole else {}
            if number == 0 and line.get(MARK) != FORMAT:
                raise StateFileError("not a state file of this sandbox", self._path)
            if is_whole:
                yield line

    def _parse(self, raw: bytes) -> Line:
        try:
            line = json.loads(raw)
        except ValueError as problem:
            raise self.damaged() from problem
        if not isinstance(line, dict):
            raise StateFileError("not a state file of this sandbox", self._path)
        return line

    def rewrite(self, lines: Iterable[Line]) -> None:
        """Replace the file's content with these lines, atomically."""
        written = 0
        self._path.parent.mkdir(parents=True, exist_ok=True)
        beside = self._path.with_name(f"{self._path.name}.new")
        with beside.open("wb") as file:
            os.chmod(beside, 0o600)  # noqa: PTH101 - it holds the sandbox's own key pair
            for line in lines:
                file.write(_encode(line))
                written += 1
            file.flush()
            os.fsync(file.fileno())
        self.close()
        try:
            beside.replace(self._path)
            self._keep_name()
        finally:  # a file that could not be replaced is appended to as before
            self._file = self._path.open("ab")
        self._appended = 0
        self._allowed = max(MIN_LINES_BEFORE_REWRITE, 2 * written)

    def _keep_name(self) -> None:
        # The rename must survive a power cut too; Windows has no call for that.
        if os.name == "posix":
            folder = os.open(self._path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)

    def damaged(self) -> StateFileError:
        """Return the error for a damaged state file."""
        return StateFileError("damaged", self._path)

    def append(self, line: Line) -> None:
        """Append one line and sync it to disk; a failed write leaves the file unchanged."""
        if self._file is None:
            raise StateFileError("the state file is closed", self._path)
        size = self._file.seek(0, os.SEEK_END)
        try:
            self._file.write(_encode(line))
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError:
            self._cut_to(size)
            raise
        self._appended += 1

    def _cut_to(self, size: int) -> None:
        # A partial line in the middle of the file would make the rest unreadable.
        self.close()
        os.truncate(self._path, size)
        self._file = self._path.open("ab")

    @property
    def is_long(self) -> bool:
        """Whether a rewrite would make the file much shorter."""
        return self._appended > self._allowed

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._file.close()
            self._file = None


def _encode(line: Line) -> bytes:
    return json.dumps(line, separators=(",", ":")).encode() + b"\n"
