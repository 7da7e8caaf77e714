"""A disk that loses power: unsynced writes survive in part, torn by sectors.

An APSW VFS over files in memory. The power fails at a chosen operation: of every write since the
file's last sync, each sector survives or not independently, so that later writes may be there
without earlier ones; some sectors are torn inside or hold noise. A file created and never synced
may be missing, one deleted without a sync of its folder may be back, a truncation may not have
happened.

It has no shared memory: use it with `locking_mode=EXCLUSIVE`, which keeps the index of the WAL in
the heap. That loses nothing: the index is never synced, it is rebuilt from the WAL after a crash,
and the order of writes and syncs to file and WAL is the same.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import apsw

if TYPE_CHECKING:
    import random
    from pathlib import Path

SECTOR = 512
PAGE = 4096
POWERSAFE_OVERWRITE = 0x1000
"""The assumption of SQLite's VFS about disks: a write does not harm the bytes beside it."""

CHANCES = (0.0, 0.3, 0.7, 0.95, 1.0)
"""The chance that a sector survives, one drawn per cut: real caches are near empty or full."""

TORN, NOISE = 0.04, 0.02


class PowerCutError(Exception):
    """The power has failed."""


@dataclass
class TornFileContent:
    """One file: as the system shows it, as it is on the disk, and the writes in between.

    Attributes:
        pending: writes as (offset, bytes) and truncations as (size, None), oldest first.
        is_linked: whether the folder's entry of the file is on the disk.
    """

    content: bytearray = field(default_factory=bytearray)
    durable: bytearray = field(default_factory=bytearray)
    pending: list[tuple[int, bytes | None]] = field(default_factory=list)
    is_linked: bool = False

    def write(self, data: bytes, offset: int) -> None:
        _overwrite(self.content, data, offset)
        self.pending.append((offset, data))

    def truncate(self, size: int) -> None:
        del self.content[size:]
        self.pending.append((size, None))

    def sync(self) -> None:
        for offset, data in self.pending:
            if data is None:
                del self.durable[offset:]
            else:
                _overwrite(self.durable, data, offset)
        self.pending.clear()

    def survivor(self, rng: random.Random, chance: float) -> bytes:
        """Return what is found after the cut."""
        found = bytearray(self.durable)
        for offset, data in self.pending:
            if data is None:
                if rng.random() < chance:
                    del found[offset:]
                continue
            for at, piece in _sectors(data, offset):
                if rng.random() < chance:
                    _overwrite(found, _torn(piece, found[at : at + len(piece)], rng), at)
        return bytes(found)


def _overwrite(content: bytearray, data: bytes, offset: int) -> None:
    if len(content) < offset:
        content.extend(bytes(offset - len(content)))
    content[offset : offset + len(data)] = data


def _sectors(data: bytes, offset: int) -> list[tuple[int, bytes]]:
    pieces, start = [], 0
    while start < len(data):
        end = min(len(data), start + SECTOR - (offset + start) % SECTOR)
        pieces.append((offset + start, data[start:end]))
        start = end
    return pieces


def _torn(piece: bytes, before: bytes | bytearray, rng: random.Random) -> bytes:
    luck = rng.random()
    if luck < NOISE:
        return rng.randbytes(len(piece))
    if luck < NOISE + TORN:
        cut = rng.randrange(len(piece))
        rest = bytes(before)[cut:]
        return piece[:cut] + rest + bytes(len(piece) - cut - len(rest))
    return piece


class TornDisk:
    """Files in memory with a power switch.

    Args:
        rng: draws what survives.
        cut_at: at which operation the power fails, counted from 1; None for never.
    """

    def __init__(self, rng: random.Random, cut_at: int | None = None) -> None:
        self.files: dict[str, TornFileContent] = {}
        self.log: list[str] = []
        self.survivors: dict[str, bytes] | None = None
        self.cut_in = ""
        self._deleted: dict[str, TornFileContent] = {}
        self._rng = rng
        self._cut_at = cut_at

    def put_file(self, name: str, content: bytes) -> None:
        """Store a file durably."""
        self.files[name] = TornFileContent(
            bytearray(content), bytearray(content), [], is_linked=True
        )

    def record(self, what: str) -> None:
        """Log an operation that changes or syncs; the power may fail before it is complete."""
        self.log.append(what)
        if len(self.log) == self._cut_at and self.survivors is None:
            self.cut_in = what
            self.survivors = self._draw_survivors()
            raise PowerCutError

    def _draw_survivors(self) -> dict[str, bytes]:
        chance = self._rng.choice(CHANCES)
        found: dict[str, bytes] = {}
        for name, stored in self._deleted.items():
            if self._rng.random() < 0.5:
                found[name] = stored.survivor(self._rng, chance)
        for name, stored in self.files.items():
            if stored.is_linked or self._rng.random() < 0.5:
                found[name] = stored.survivor(self._rng, chance)
        return found

    def delete(self, name: str, *, synced: bool) -> None:
        """Remove a file's entry from its folder."""
        stored = self.files.pop(name, None)
        if stored is not None and stored.is_linked:
            self._deleted[name] = stored
        if synced:
            self.sync_folder()

    def open_file(self, name: str) -> TornFileContent:
        """Return the file of a name, created if there is none."""
        return self.files.setdefault(name, TornFileContent())

    def sync_folder(self) -> None:
        """Make the folder's entries and deletions durable."""
        self._deleted.clear()
        for stored in self.files.values():
            stored.is_linked = True

    def write_out(self, folder: Path) -> None:
        """Write what survived to real files."""
        for name, content in (self.survivors or {}).items():
            (folder / name.rpartition("/")[2]).write_bytes(content)


class TornFile:
    """An open file of the disk, as SQLite uses it."""

    def __init__(self, disk: TornDisk, name: str) -> None:
        self._disk = disk
        self._name = name
        self._stored = disk.open_file(name)

    def _kind(self) -> str:
        return "wal" if self._name.endswith("-wal") else "database"

    def xRead(self, amount: int, offset: int) -> bytes:  # noqa: N802
        return bytes(self._stored.content[offset : offset + amount])

    def xWrite(self, data: Any, offset: int) -> None:  # noqa: N802
        self._stored.write(bytes(data), offset)
        self._disk.record(f"{self._kind()} write")

    def xTruncate(self, size: int) -> None:  # noqa: N802
        self._stored.truncate(size)
        self._disk.record(f"{self._kind()} truncate")

    def xSync(self, _flags: int) -> None:  # noqa: N802
        self._disk.record(f"{self._kind()} sync")
        self._stored.sync()
        if self._kind() == "wal" and not self._stored.is_linked:
            self._disk.sync_folder()  # as SQLite's own VFS does after a new log's first sync

    def xFileSize(self) -> int:  # noqa: N802
        return len(self._stored.content)

    def xLock(self, _level: int) -> None:  # noqa: N802
        """Do nothing: there is one connection only."""

    def xUnlock(self, _level: int) -> None:  # noqa: N802
        """Do nothing: there is one connection only."""

    def xCheckReservedLock(self) -> bool:  # noqa: N802
        return False

    def xSectorSize(self) -> int:  # noqa: N802
        return PAGE

    def xDeviceCharacteristics(self) -> int:  # noqa: N802
        return POWERSAFE_OVERWRITE

    def xFileControl(self, _op: int, _pointer: int) -> bool:  # noqa: N802
        return False

    def xClose(self) -> None:  # noqa: N802
        """Do nothing: closing syncs nothing."""


class TornVfs(apsw.VFS):
    """The VFS of the disk that is inserted."""

    NAME = "torn"

    def __init__(self) -> None:
        self.disk: TornDisk | None = None
        super().__init__(self.NAME, "")

    def _inserted_disk(self) -> TornDisk:
        if self.disk is None:
            raise PowerCutError
        return self.disk

    def xFullPathname(self, name: str) -> str:  # noqa: N802
        return name if name.startswith("/") else f"/torn/{name}"

    def xOpen(self, name: Any, flags: list[int]) -> Any:  # noqa: N802
        flags[1] = flags[0]
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        return TornFile(self._inserted_disk(), path or "/torn/temporary")

    def xAccess(self, name: str, _flags: int) -> bool:  # noqa: N802
        return name in self._inserted_disk().files

    def xDelete(self, name: str, synced: bool) -> None:  # noqa: N802
        self._inserted_disk().delete(name, synced=synced)
        self._inserted_disk().record("delete")
