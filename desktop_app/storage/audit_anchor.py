"""Anchors of the audit chain: a file beside the database, and a copy in the user's system.

Written after each commit; after a crash in between it is one commit behind, which the chain
contains too. The code in it (HMAC-SHA256) takes a secret that is not in the data folder, so a
person with the folder can delete an anchor or put an older one back, and not write one.
"""

from __future__ import annotations

import contextlib
import errno
import hmac
import json
import os
import re
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from desktop_app.domain.anchor import Anchor, Anchors, highest
from desktop_app.domain.audit import Head
from desktop_app.services.errors import NoKeyringError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from desktop_app.services.ports.system import BookRegistry

ANCHOR = "audit-anchor.json"
VERSION = 2
LENGTH = 512
"""One disk sector, always filled: it is overwritten in one write that leaves no older text."""
MOST_SERIES = 12
"""Series that fit; a desk uses one or two in a financial year."""

_SERIES = re.compile(r"K?[A-Z0-9]{1,3}/\d\d-\d\d")
"""Of receipts, or of the acknowledgements of cheques, which begin with a K."""
_HASH = re.compile(r"[0-9a-f]{64}")
_LARGEST = 10**12
_JSON = json.JSONEncoder(separators=(",", ":"))
_quoted = json.encoder.encode_basestring_ascii


class SealedAnchor(NamedTuple):
    """An anchor with its code, ready to be written.

    Attributes:
        content: the text as the file in the data folder holds it.
        has_copy: whether a copy belongs outside the folder.
    """

    book_id: str
    text: str
    content: bytes
    has_copy: bool


class _Spelled(NamedTuple):
    """An anchor as it was found.

    Attributes:
        payload: what the code is over.
        code: None in the format of earlier versions, empty where the secret was out of reach.
    """

    anchor: Anchor
    payload: str
    code: str | None


class _Judge(NamedTuple):
    """The test of whether an anchor is genuine.

    Attributes:
        book_id: the id in the database; empty where it has none, and any book's will do.
        secret: None where it is out of reach.
        copy: the text in the user's state folder.
        takes_old: whether the earlier format, which has no code, counts.
    """

    book_id: str
    secret: bytes | None
    copy: str | None
    takes_old: bool

    def is_genuine(self, spelled: _Spelled, text: str | None) -> bool:
        """Return whether this installation wrote an anchor of this book.

        Without a code, or without the secret, the copy outside the data folder is believed.
        """
        if spelled.code is None:
            return self.takes_old
        if self.book_id and spelled.anchor.book_id != self.book_id:
            return False
        if self.secret is None or not spelled.code:
            return text == self.copy
        return hmac.compare_digest(spelled.code, _code(spelled.payload, self.secret))


class AuditAnchor:
    """The anchors of one data folder.

    Args:
        folder: the data folder.
        registry: keeps the secret and the copy; without it a code proves nothing.
    """

    def __init__(self, folder: Path, registry: BookRegistry | None) -> None:
        self._folder = folder
        self._path = folder / ANCHOR
        self._file = str(self._path)
        self._given = registry
        self._remembers = ""

    @property
    def _registry(self) -> BookRegistry | None:
        """The registry; None where the next start would find another secret."""
        return self._given if self._given is not None and self._given.is_kept else None

    def read(self, book_id: str, *, is_thorough: bool, is_upgrade: bool) -> Anchors:
        """Return the anchors of the database's book.

        Args:
            book_id: the id in the database; empty where it has none.
            is_thorough: whether to ask the keyring, which blocks. Without it the keyring is asked
                only where the file differs from the copy in the user's state folder.
            is_upgrade: whether no version that has a secret has used the database; it may then
                have an anchor of the earlier format.
        """
        found, registry = _read(self._path), self._registry
        known = book_id or (registry and registry.book_at(self._folder)) or ""
        copy = registry.anchor(known) if registry and known else None
        copy = copy and copy.strip()
        if not is_thorough and found is not None and found == copy:
            spelled = _parse(found)
            return Anchors((spelled.anchor,) if spelled else (), has_file=True)
        copies = [each.strip() for each in registry.anchors(known)] if registry and known else []
        judge = _Judge(book_id, _secret_of(registry), copy, takes_old=is_upgrade and not copies)
        genuine: list[Anchor] = []
        claimed: list[Mapping[str, int]] = []
        for text in dict.fromkeys((found, *copies)):
            if (spelled := _parse(text)) is None:
                continue
            if judge.is_genuine(spelled, text):
                genuine.append(spelled.anchor)
            else:
                claimed.append(spelled.anchor.series)
        genuine.sort(key=lambda each: each.head.number, reverse=True)
        return Anchors(tuple(genuine), highest(*claimed), self._path.exists())

    def seal(self, anchor: Anchor) -> SealedAnchor:
        """Return an anchor as `write` writes it. Called before the commit that it is written after.

        After a commit the processor has slept for the disk, and everything costs several times
        what it costs before.
        """
        registry = self._registry
        text = _spell(anchor, _secret_of(registry)).ljust(LENGTH)
        has_copy = registry is not None and self._is_place_of(anchor.book_id, registry)
        return SealedAnchor(anchor.book_id, text, text.encode(), has_copy)

    def write(self, sealed: SealedAnchor) -> None:
        """Write an anchor; where that fails the older one stays, which the chain contains too."""
        try:
            _overwrite(self._file, sealed.content)
        except OSError:  # read-only after a copy from a disc, or not a file
            with contextlib.suppress(OSError):
                self._path.unlink()
                _overwrite(self._file, sealed.content)
        self.write_copy(sealed)

    def write_copy(self, sealed: SealedAnchor) -> None:
        """Write only the copy outside the folder, as of a book that is not in it yet."""
        if sealed.has_copy and self._given is not None:
            self._given.remember_anchor(sealed.book_id, sealed.text)

    def _is_place_of(self, book_id: str, registry: BookRegistry) -> bool:
        """Return whether this is the folder of a book: the copy of another folder is left alone."""
        if not book_id or book_id == self._remembers:
            return bool(book_id)
        place = registry.place(book_id)
        if place is None:
            return True
        with contextlib.suppress(OSError):
            if place == self._folder or place.samefile(self._folder):
                self._remembers = book_id
        return book_id == self._remembers


def _secret_of(registry: BookRegistry | None) -> bytes | None:
    """Return the secret; None where it is in a keyring that is locked."""
    if registry is None:
        return b""
    try:
        return registry.secret()
    except NoKeyringError:
        return None


def _spell(anchor: Anchor, secret: bytes | None) -> str:
    """Return the text of an anchor; its code is empty while the secret is out of reach."""
    series = islice(anchor.series.items(), MOST_SERIES)
    last = ",".join([f"{_quoted(name)}:{number}" for name, number in series])
    number, linked = anchor.head.number, anchor.head.hash
    payload = (  # as `_compact` returns it, in less time
        f'{{"v":{VERSION},"book":{_quoted(anchor.book_id)},"number":{number},'
        f'"hash":{_quoted(linked)},"series":{{{last}}}}}'
    )
    code = "" if secret is None else _code(payload, secret)
    return f'{payload[:-1]},"code":"{code}"}}'


def _compact(found: Mapping[str, object]) -> str:
    return _JSON.encode(found)


def _code(payload: str, secret: bytes) -> str:
    """Return the code over an anchor. The secret is used for nothing else under this prefix."""
    code = _begun(secret).copy()
    code.update(payload.encode())
    return code.hexdigest()


@lru_cache(maxsize=1)
def _begun(secret: bytes) -> hmac.HMAC:
    """Return a code that has taken its key: that costs more than the rest of it."""
    return hmac.new(secret, b"audit anchor ", "sha256")


def _parse(text: str | None) -> _Spelled | None:
    """Return an anchor of either format; None where it cannot be read."""
    try:
        found = json.loads(text or "")
        code = found.pop("code", None)
        head = Head(int(found["number"]), str(found["hash"]))
        series = {str(name): int(number) for name, number in found.get("series", {}).items()}
        book_id = str(found.get("book", ""))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    is_sane = _HASH.fullmatch(head.hash) and 0 <= head.number < _LARGEST
    if not is_sane or not all(map(_SERIES.fullmatch, series)) or len(series) > MOST_SERIES:
        return None
    is_old = found.keys() == {"number", "hash"} and code is None
    if not is_old and (found.get("v") != VERSION or not isinstance(code, str)):
        return None
    return _Spelled(Anchor(head, book_id, series), _compact(found), code)


def _read(path: Path) -> str | None:
    """Return the text of a file of a sector at most; None for anything else."""
    with contextlib.suppress(OSError, ValueError):
        if path.is_file() and path.stat().st_size <= LENGTH:
            return path.read_text(encoding="utf-8").strip()
    return None


def _overwrite(path: str, content: bytes) -> None:
    """Overwrite a file in place, in one write that no power cut tears.

    A new file and a rename would add half again to the time of each payment. A file that is new,
    or of another length, is flushed: its size is not in place yet.

    Raises:
        OSError: it cannot be written, or it is a link or a pipe.
    """
    flags = os.O_WRONLY | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    file = os.open(path, flags, 0o600)
    try:
        state = os.fstat(file)
        if state.st_nlink > 1:
            raise OSError(errno.EMLINK, "the file has another name")
        os.write(file, content)
        if state.st_size != LENGTH:
            os.ftruncate(file, LENGTH)
            os.fsync(file)
    finally:
        os.close(file)
